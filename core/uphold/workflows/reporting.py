"""Collects the evidence of a run, and writes and records reports of runs."""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from uphold import __version__
from uphold.errors import BadDatabase, BadUsage
from uphold.records.checkpoints import BlessedRun, CheckpointRow, LostExample
from uphold.records.enums import AnswerOrder, Preference, Verdict
from uphold.records.judgments import JudgeRef, Judgment
from uphold.records.replayed import PairFacts, WrittenReport
from uphold.records.run_evidence import JudgeReason, RunEvidence, RunOrigin, TellingKind, TellingPair
from uphold.records.runs import Run
from uphold.records.statistics import RunStatistics
from uphold.records.texts import cell_text
from uphold.reports.decision import decide
from uphold.reports.document import Document
from uphold.reports.evidence_report import evidence_document
from uphold.reports.figures import figures
from uphold.reports.numbered_people import numbered_people
from uphold.store import checkpoints, facts, judgments, pairs, run_evidence, runs, sets, written_reports
from uphold.store.blessed import find_blessed
from uphold.store.database import Store, now
from uphold.store.exports import snapshot
from uphold.store.run_evidence import LabelledPair
from uphold.workflows.benchmarks import score_changes
from uphold.workflows.checkpoints import checkpoint_rows, lost_and_won
from uphold.workflows.exporting import check_target, write_lines
from uphold.workflows.review_session import database_option
from uphold.workflows.statistics import StatisticsOptions, read_run_statistics, review_plan

FORMS = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown"}
"""The forms of a report by the ending of its file."""

_MAX_HISTORY = 12

_MAX_OF_A_KIND = {
    TellingKind.OVERTURNED: 3,
    TellingKind.LOST: 3,
    TellingKind.INCONSISTENT: 2,
    TellingKind.UPHELD: 1,
}
"""How many pairs of each kind a report shows."""

_HALF_WIDTH = 0.05


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """The runs of a report, by name or number, none for the only one; `judge` is the one that the user names."""

    runs: tuple[str, ...] = ()
    judge: str | None = None
    no_names: bool = False


@dataclass(frozen=True, slots=True)
class CollectedRun:
    """The evidence of a run, and what is recorded of a report on it."""

    evidence: RunEvidence
    figures: dict[str, object]
    facts: tuple[PairFacts, ...]
    judge_id: int | None


def report_form(path: Path) -> str:
    """Return the form that a file's name asks for; raises BadUsage where it asks for none."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise BadUsage(f"{path}: a report is written as .html or .md; name a file that ends so, such as report.html")
    return form


def collect(store: Store, request: ReportRequest) -> list[CollectedRun]:
    """Read the evidence of each run of a report from one state of the database.

    Raises BadUsage for a run or judge that does not exist, and for a run that is named twice.
    """
    with snapshot(store):
        found = [runs.find_run(store, name) for name in request.runs or (None,)]
        twice = next((run for place, run in enumerate(found) if run in found[:place]), None)
        if twice is not None:
            raise BadUsage(f"the run {twice.name!r} is named twice; name each once")
        at = now()
        return [collect_run(store, run, request.judge, at) for run in found]


def collect_run(store: Store, run: Run, judge: str | None, at: str) -> CollectedRun:
    """Read the evidence of one run; `at` is when the report is made. The caller holds a snapshot."""
    options = StatisticsOptions(judge=judge, by_tag=True, first_only=True)
    numbers = _to_hand_on(store, run, read_run_statistics(store, run.name, options))
    shown = _shown_judge(numbers)
    history, left_out, own = _history(store, run, judge)
    labelled = run_evidence.labelled_pairs(store, run, shown)
    judge_ids = {one.judge_id for one in numbers.judges}
    against = _against(store, run)
    based_on = [run] if against is None else [run, against.run]
    pair_ids = [pair for one in based_on for pair in facts.current_pair_ids(store, one)]
    basis = {
        "set_hash": numbers.set_hash,
        "candidate": run.candidate,
        "baseline": run.baseline,
        "judge": None if shown is None else [shown.name, shown.version],
        "planned": numbers.headline.planned if numbers.headline is not None else None,
    }
    evidence = RunEvidence(
        run=run,
        numbers=numbers,
        decision=decide(numbers),
        checkpoint=own,
        against=against,
        read=run_evidence.read_counts(store, run, labelled),
        readers=tuple(checkpoints.readers(store, run.id)),
        pairs=tuple(_telling_pairs(store, run, against, labelled, shown)),
        history=history,
        left_out=left_out,
        scores=score_changes(store, run, own.scores),
        smallest_change=review_plan(store, run.name, _HALF_WIDTH)[1].smallest_change,
        origin=_origin(store, run, shown, own),
        fingerprint=facts.fingerprint(store, pair_ids, judge_ids, basis),
        created_at=at,
    )
    return CollectedRun(
        evidence,
        figures(evidence),
        tuple(facts.read_facts(store, pair_ids, judge_ids)),
        None if shown is None else shown.id,
    )


def _to_hand_on(store: Store, run: Run, numbers: RunStatistics) -> RunStatistics:
    """Return the statistics with the hash of the set, and without the path of this file in the command that they name."""
    judge = replace(numbers.judge, ask=numbers.judge.ask.replace(database_option(store.path), "", 1))
    return replace(numbers, set_hash=sets.set_hash(store, run.set_id), judge=judge)


def _shown_judge(numbers: RunStatistics) -> JudgeRef | None:
    """Return the judge whose verdicts the report shows: that of the headline where it has read a pair, else another."""
    first = next(iter(numbers.judges), None)
    return None if first is None else JudgeRef(first.judge_id, first.name, first.kind, first.version)


def _history(store: Store, run: Run, judge: str | None) -> tuple[tuple[CheckpointRow, ...], int, CheckpointRow]:
    """Return the runs of the set against the run's baseline, latest first, how many are left out, and the run's own row.

    The run itself and the blessed one are never left out.
    """
    rows = [row for row in checkpoint_rows(store, run.set, judge) if row.run.baseline_id == run.baseline_id]
    rows.reverse()
    own = next(row for row in rows if row.run.id == run.id)
    kept = [row for row in rows if row.run.id == run.id or row.blessed is not None]
    kept += [row for row in rows if row not in kept][: max(_MAX_HISTORY - len(kept), 0)]
    shown = tuple(row for row in rows if row in kept)
    return shown, len(rows) - len(shown), own


# telling pairs


def _telling_pairs(
    store: Store, run: Run, against: BlessedRun | None, labelled: Sequence[LabelledPair], judge: JudgeRef | None
) -> Iterator[TellingPair]:
    """Yield the pairs that tell most: overturned, lost against the blessed run, inconsistent; else one that was upheld."""
    by_place = {(one.key, one.turn): one for one in labelled if not one.forgotten}
    lost = _lost(store, run, against)
    chosen: dict[int, list[TellingKind]] = {}
    ranked = (
        (TellingKind.LOST, [by_place[one.key, one.turn] for one in lost if (one.key, one.turn) in by_place]),
        (TellingKind.OVERTURNED, _ranked(one for one in by_place.values() if one.is_compared and not one.is_upheld)),
        (TellingKind.INCONSISTENT, _ranked(one for one in by_place.values() if one.verdict is Verdict.INCONSISTENT)),
    )
    for kind, found in ranked:
        for one in found[: _MAX_OF_A_KIND[kind]]:
            chosen.setdefault(one.pair_id, [])
    for kind, found in ranked:
        for one in found:
            if one.pair_id in chosen:
                chosen[one.pair_id].append(kind)
    for one in _ranked(one for one in by_place.values() if one.is_upheld and one.label.value == "candidate")[
        : _MAX_OF_A_KIND[TellingKind.UPHELD]
    ]:
        chosen[one.pair_id] = [TellingKind.UPHELD]
    opinions = checkpoints.opinions(store, list(chosen))
    by_id = {one.pair_id: one for one in by_place.values()}
    for pair_id, kinds in chosen.items():
        one, texts = by_id[pair_id], pairs.pair_texts(store, pair_id)
        verdict = judgments.read_pair_verdict(store, pair_id, judge.id) if judge is not None else None
        yield TellingPair(
            key=one.key,
            turn=one.turn,
            kinds=tuple(kinds),
            instruction=texts.text.turns[one.turn - 1],
            context=texts.text.context,
            candidate_answer=cell_text(texts.candidate_cells[-1]),
            baseline_answer=cell_text(texts.baseline_cells[-1]),
            label=one.label,
            verdict=None if one.verdict is None else one.verdict.value,
            reasons=tuple(_reasons(verdict.judgments, inconsistent=one.verdict is Verdict.INCONSISTENT))
            if verdict is not None
            else (),
            opinions=opinions.get(pair_id, ()),
            lost_against=against.run.candidate if against is not None and TellingKind.LOST in kinds else None,
        )


def _against(store: Store, run: Run) -> BlessedRun | None:
    """Return the blessed run of a run's set; None where there is none, or it is this one."""
    found = find_blessed(store, run.set_id)
    return None if found is None or found.run.id == run.id else found


def _lost(store: Store, run: Run, against: BlessedRun | None) -> list[LostExample]:
    """Return the examples that people say were lost against the blessed run."""
    return [] if against is None else [one for one in lost_and_won(store, against.run, run)[0] if one.by]


def _ranked(found: Iterable[LabelledPair]) -> list[LabelledPair]:
    """Return pairs by how much they tell: opposite winners, then those with a note, then the judge's confidence."""

    def rank(one: LabelledPair) -> tuple[bool, bool, float, str, int]:
        opposite = "tie" not in (one.label.value, one.verdict.value if one.verdict is not None else "tie")
        return not opposite, not one.explained, -(one.confidence or 0.0), one.key, one.turn

    return sorted(found, key=rank)


_SIDE_A = {AnswerOrder.CANDIDATE_FIRST: Preference.CANDIDATE, AnswerOrder.BASELINE_FIRST: Preference.BASELINE}


def _reasons(found: Iterable[Judgment], *, inconsistent: bool) -> Iterator[JudgeReason]:
    """Yield the judge's reasons: of an inconsistent pair one in each order, else the first there is."""
    seen: set[AnswerOrder] = set()
    for judgment in found:
        if not judgment.reason or judgment.order in seen or (seen and not inconsistent):
            continue
        seen.add(judgment.order)
        yield JudgeReason(judgment.reason, _SIDE_A.get(judgment.order), judgment.order is AnswerOrder.UNKNOWN)


def _origin(store: Store, run: Run, judge: JudgeRef | None, own: CheckpointRow) -> RunOrigin:
    examples, turns = run_evidence.active_examples_and_turns(store, run.set_id)
    floor = sets.settings_of(store, run.set_id).get("floor")
    return RunOrigin(
        set_version=own.set_version,
        examples=examples,
        single_turns=turns <= 1,
        floor=None if floor is None else float(floor),
        judge=None if judge is None else run_evidence.judge_origin(store, run, judge),
        files=run_evidence.imported_files(store, run.set),
        made_with=__version__,
    )


# writing


def shown_evidence(collected: Iterable[CollectedRun], request: ReportRequest) -> list[RunEvidence]:
    """Return the evidence as a report shows it: without people's names where that is asked for."""
    found = [one.evidence for one in collected]
    return [numbered_people(one) for one in found] if request.no_names else found


def report_text(document: Document, form: str) -> str:
    """Return a document as the text of a file of a form, html or markdown."""
    if form == "html":
        from uphold.reports.html import html_page

        return html_page(document)
    from uphold.reports.markdown import markdown_page

    return markdown_page(document)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A report that was written: its file, and whether it is recorded in the database, which `replay` needs."""

    path: Path
    runs: tuple[CollectedRun, ...]
    recorded: bool


def write_report(store: Store, request: ReportRequest, path: Path, *, force: bool = False) -> WrittenFile:
    """Write a report to a file and record it; in a database that may only be read it is not recorded.

    Raises as `collect`, `report_form` and `check_target` do, and BadFile where the file cannot be written.
    """
    form = report_form(path)
    target = _recordable(path.resolve())
    check_target(path, store.path, force=force)
    collected = collect(store, request)
    text = report_text(evidence_document(shown_evidence(collected, request)), form)
    write_lines([text], path, store.path, force=force)
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    records = [_record(one, request, form, target, digest) for one in collected]
    recorded = False
    with contextlib.suppress(BadDatabase) if store.read_only else contextlib.nullcontext():
        with store.writing() as conn:
            for record in records:
                written_reports.add_report(conn, record)
        recorded = True
    return WrittenFile(target, tuple(collected), recorded)


def _recordable(path: Path) -> Path:
    """Return a path that can be recorded; raises BadUsage where it is no text."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise BadUsage(f"{str(path)!r}: this path is not UTF-8; name a file whose path is") from error
    return path


def _record(one: CollectedRun, request: ReportRequest, form: str, target: Path, digest: str) -> WrittenReport:
    evidence = one.evidence
    return WrittenReport(
        run_id=evidence.run.id,
        form=form,
        path=str(target),
        sha256=digest,
        fingerprint=evidence.fingerprint,
        state=evidence.decision.state.value,
        sentence=evidence.decision.sentence,
        set_hash=evidence.numbers.set_hash,
        set_version=evidence.origin.set_version,
        judge_id=one.judge_id,
        judge_named=request.judge,
        made_with=evidence.origin.made_with,
        figures=one.figures,
        facts=one.facts,
        created_at=evidence.created_at,
    )
