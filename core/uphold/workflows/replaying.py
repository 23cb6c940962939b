"""Holds the last report of a run against the file and the facts: what no longer is as it was, and what was added since."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from uphold import __version__
from uphold.errors import BadUsage
from uphold.formatting import count_noun, noun
from uphold.records.enums import EventKind
from uphold.records.headline_judge import versioned_name
from uphold.records.replayed import Changed, Fact, FactKind, PairFacts, Replay, WrittenReport
from uphold.records.runs import Run
from uphold.reports.figures import changed_figures
from uphold.store import facts, runs, sets, written_reports
from uphold.store.database import Store
from uphold.store.headline_judges import run_judges
from uphold.store.outcomes import rebuild
from uphold.workflows.run_evidence import CollectedRun, collect_run

_TEXT_KINDS = {
    FactKind.TEXT: FactKind.TEXT,
    FactKind.CANDIDATE: FactKind.CANDIDATE,
    FactKind.BASELINE: FactKind.CANDIDATE,
    FactKind.REFERENCE: FactKind.REFERENCE,
}
"""The kinds of facts that are texts, and under which kind `text_facts` reads them."""

_SHOWN = 8
"""Digits of a digest that are shown."""


def replay_report(store: Store, run_name: str | None) -> Replay:
    """Return what became of the last report of a run.

    Every figure is computed again with the judge of the report, in a copy in memory whose stored outcomes are made anew from
    the facts. Raises BadUsage for a run that does not exist or has no report.
    """
    run = runs.find_run(store, run_name)
    report = written_reports.last_report(store, run.id)
    if report is None:
        raise BadUsage(f"no report of {run.name!r} was written; `uphold report {run.number} -o report.html` writes one")
    with store.copy_in_memory() as copy:
        found = _Recorded(copy, run, report)
        changed = [*_changed_file(report), *found.changed()]
        changed += _changed_outcomes(copy, report, found.pairs_changed)
        now = collect_run(copy, run, report.judge_named, report.created_at)
        changed += changed_figures(report.figures, _figures_with_its_judge(copy, run, report, now))
        since = (*_later_work(copy, run, report, found), *_other_basis(run, report, now))
    return Replay(report, run.name, tuple(changed), since, sum(len(pair.facts) for pair in report.facts))


def _changed_file(report: WrittenReport) -> Iterator[Changed]:
    """Yield that the file of the report was edited or is not where it was written."""
    path = Path(report.path)
    was = f"sha256 {report.sha256[:_SHOWN]}"
    try:
        if not path.is_file():
            yield Changed("report", was, f"not there: {path}")
            return
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        yield Changed("report", was, f"not readable: {path} ({error})")
    else:
        if digest != report.sha256:
            yield Changed("report", was, f"edited: sha256 {digest[:_SHOWN]}")


# facts


@dataclass(frozen=True, slots=True)
class _Names:
    """What facts are called by."""

    run: Run
    runs: Mapping[int, Run]
    judges: Mapping[int, str]
    reviewers: Mapping[int, str]

    def of(self, pair: PairFacts, fact: Fact) -> str:
        """Return what a fact is: `decision of ana on desk-0007, turn 1`."""
        on, run = self.place(pair), self.runs.get(pair.run, self.run)
        if fact.kind is FactKind.JUDGMENT:
            order = "" if fact.label in ("none", "unknown") else f", {fact.label}"
            return f"judgment of {self.judges.get(fact.owner, fact.owner)} on {on}{order}"
        if fact.kind is FactKind.EVENT:
            return f"{_EVENTS.get(fact.label, fact.label)} of {self.reviewers.get(fact.owner, fact.owner)} on {on}"
        words = {
            FactKind.TEXT: "instruction of",
            FactKind.REFERENCE: "reference of",
            FactKind.CANDIDATE: f"response of {run.candidate} to",
            FactKind.BASELINE: f"response of {run.baseline} to",
            FactKind.PLACE: f"place in the queue {fact.label} of",
        }
        return f"{words[fact.kind]} {on}"

    def place(self, pair: PairFacts) -> str:
        """Return key and turn of a pair, and its run where that is another one."""
        on = f"{pair.key}, turn {pair.turn}"
        return on if pair.run == self.run.id else f"{on}, in {self.runs.get(pair.run, self.run).name}"


_EVENTS = {
    EventKind.CARRIED.value: "carried decision",
    EventKind.REPEAT.value: "repeated decision",
    EventKind.ADJUDICATED.value: "adjudication",
    EventKind.BROKEN.value: "mark as broken",
    EventKind.UNBROKEN.value: "unmarking as broken",
    EventKind.UNFLAG.value: "unflagging",
}

_Key = tuple[int, FactKind, int]
"""Pair, kind and row id of a fact."""


class _Recorded:
    """The facts of a report beside the same rows as they are now; `added` are those that were written later.

    `pairs_changed` are the pairs on which `changed` has found something.
    """

    def __init__(self, store: Store, run: Run, report: WrittenReport) -> None:
        self._report = report
        self.pairs_changed: set[int] = set()
        self._pairs = [pair.pair for pair in report.facts]
        judges = {fact.owner for pair in report.facts for fact in pair.facts if fact.kind is FactKind.JUDGMENT}
        judges |= {report.judge_id} if report.judge_id is not None else set()
        now = facts.read_facts(store, self._pairs, judges)
        recorded = {_key(pair, fact) for pair in report.facts for fact in pair.facts}
        self._now = {_key(pair, fact): fact for pair in now for fact in pair.facts}
        self._there = {pair.pair: pair for pair in now}
        self.added = [fact for key, fact in self._now.items() if key not in recorded]
        self.forgotten = facts.forgotten_pairs(store, self._pairs)
        self._superseded = facts.superseded_judgments(
            store, [fact.id for pair in report.facts for fact in pair.facts if fact.kind is FactKind.JUDGMENT]
        )
        self._texts = _texts_now(store, report)
        judge_names, reviewers = facts.owner_names(store)
        self._names = _Names(run, {one.id: one for one in runs.all_runs(store)}, judge_names, reviewers)

    @property
    def replaced(self) -> int:
        """How many judgments another one has superseded since."""
        return len(self._superseded)

    def changed(self) -> Iterator[Changed]:
        """Yield the facts whose rows do not say what they said, or are gone; a text that several pairs have once."""
        told: set[tuple[FactKind, int]] = set()
        for pair in self._report.facts:
            if pair.pair not in self._there:
                self.pairs_changed.add(pair.pair)
                yield Changed(f"pair {self._names.place(pair)}", "there", None)
                continue
            for fact in pair.facts:
                one = self._changed(pair, fact)
                if one is None or (fact.kind in _TEXT_KINDS and (fact.kind, fact.id) in told):
                    continue
                told.add((fact.kind, fact.id))
                self.pairs_changed.add(pair.pair)
                yield one

    def _changed(self, pair: PairFacts, fact: Fact) -> Changed | None:
        now = self._now.get(_key(pair, fact))
        if fact.kind in _TEXT_KINDS:
            return self._changed_text(pair, fact, now)
        if fact.kind is FactKind.JUDGMENT and fact.id in self._superseded:
            now = replace(fact, digest=self._superseded[fact.id])
        if now is None:
            return Changed(self._names.of(pair, fact), fact.value or _shown(fact.digest), None)
        if now.digest == fact.digest or (pair.pair in self.forgotten and now.value == fact.value):
            return None
        if now.value != fact.value:
            return Changed(self._names.of(pair, fact), fact.value, now.value)
        words = (f"{fact.value}, {_shown(one.digest)}".removeprefix(", ") for one in (fact, now))
        return Changed(self._names.of(pair, fact), *words)

    def _changed_text(self, pair: PairFacts, fact: Fact, now: Fact | None) -> Changed | None:
        """Return what became of a text: its row, and whether the pair still has it; a reference may be another one since."""
        digest = self._texts[_TEXT_KINDS[fact.kind]].get(fact.id)
        if digest is not None and pair.pair in self.forgotten:
            return None
        if now is None and fact.kind is not FactKind.REFERENCE:
            others = (one for one in self._there[pair.pair].facts if one.kind is fact.kind)
            digest = next((one.digest for one in others), None)
        if digest == fact.digest:
            return None
        return Changed(self._names.of(pair, fact), _shown(fact.digest), None if digest is None else _shown(digest))


def _key(pair: PairFacts, fact: Fact) -> _Key:
    return pair.pair, fact.kind, fact.id


def _shown(digest: str) -> str:
    return f"digest {digest[:_SHOWN]}"


def _texts_now(store: Store, report: WrittenReport) -> dict[FactKind, dict[int, str]]:
    """Return the digests of the texts, responses and references that a report rests on, as they are now."""
    ids: dict[FactKind, set[int]] = {kind: set() for kind in _TEXT_KINDS.values()}
    for pair in report.facts:
        for fact in pair.facts:
            if fact.kind in _TEXT_KINDS:
                ids[_TEXT_KINDS[fact.kind]].add(fact.id)
    return {kind: facts.text_facts(store, kind, numbers) for kind, numbers in ids.items()}


def _changed_outcomes(copy: Store, report: WrittenReport, changed: Collection[int]) -> Iterator[Changed]:
    """Make the outcomes that are stored beside the facts anew, and yield those that were not what the facts amount to.

    On the pairs that are `changed` that is no news: their outcomes are of the facts as they were.
    """
    pairs = [pair.pair for pair in report.facts]
    keys = {pair.pair: f"{pair.key}, turn {pair.turn}" for pair in report.facts}
    stored = facts.stored_outcomes(copy, pairs)
    with copy.writing() as conn:
        rebuild(conn)
    made = facts.stored_outcomes(copy, pairs)
    judges, _ = facts.owner_names(copy)
    for key in dict.fromkeys((*made, *stored)):
        what, pair, judge = key
        if made.get(key) != stored.get(key) and pair not in changed:
            yield Changed(
                f"stored {what.format(judges.get(judge, judge))} on {keys[pair]}", made.get(key), stored.get(key)
            )


# figures

_HISTORY = "checkpoints."
"""How the names of the figures of all runs of the set begin: each has the judge of its own headline."""


def _figures_with_its_judge(copy: Store, run: Run, report: WrittenReport, now: CollectedRun) -> Mapping[str, object]:
    """Return the figures as they are now with the judge of the report, where its verdicts are still there."""
    judge = next((one for one in run_judges(copy, run.id) if one.id == report.judge_id), None)
    if judge is None or now.judge_id == report.judge_id:
        return now.figures
    as_then = collect_run(copy, run, versioned_name(judge), report.created_at)
    history = {name: value for name, value in now.figures.items() if name.startswith(_HISTORY)}
    return {name: value for name, value in as_then.figures.items() if not name.startswith(_HISTORY)} | history


# later work

_KINDS = {
    EventKind.DECISION.value: "decision",
    EventKind.CARRIED.value: "carried decision",
    EventKind.UNDO.value: "undo",
    EventKind.REDO.value: "redo",
}


def _later_work(copy: Store, run: Run, report: WrittenReport, found: _Recorded) -> Iterator[str]:
    """Yield what was added in the ordinary way since a report was written."""
    kinds = Counter(_KINDS.get(fact.label, "other review act") for fact in found.added if fact.kind is FactKind.EVENT)
    yield from (_added(number, kind) for kind, number in kinds.items())
    judged = sum(fact.kind is FactKind.JUDGMENT for fact in found.added)
    if judged:
        yield _added(judged, "judgment")
    if found.replaced:
        yield f"{count_noun(found.replaced, 'judgment')} {noun(found.replaced, 'was', 'were')} made anew"
    current, recorded = set(facts.current_pair_ids(copy, run)), {one.pair for one in report.facts if one.run == run.id}
    if new := len(current - recorded):
        yield _added(new, "pair")
    if gone := len(recorded - current):
        yield f"{count_noun(gone, 'pair')} {noun(gone, 'is', 'are')} no longer current: edited, answered anew or retired"
    if found.forgotten:
        forgotten = len(found.forgotten)
        yield f"the texts of {count_noun(forgotten, 'pair')} were forgotten"
    of_runs = {one.run for one in report.facts} | {run.id}
    later = written_reports.later_acts(copy, run.set_id, of_runs, report.created_at)
    if later.acts_elsewhere:
        acts = count_noun(later.acts_elsewhere, "review act")
        yield f"{acts} in other runs of the set {noun(later.acts_elsewhere, 'was', 'were')} added since"
    if later.tags:
        yield f"{count_noun(later.tags, 'tag')} {noun(later.tags, 'was', 'were')} given or taken since"
    if later.plans:
        yield _added(later.plans, "plan")
    if sets.set_hash(copy, run.set_id) != report.set_hash:
        yield "the set was changed"
    if report.made_with != __version__:
        yield f"uphold is version {__version__} now; the report was written with {report.made_with}"


def _other_basis(run: Run, report: WrittenReport, now: CollectedRun) -> Iterator[str]:
    """Yield that the numbers rest on another judge than those of the report, or are held against another run."""
    if now.judge_id != report.judge_id:
        judge = now.evidence.origin.judge
        yield f"the numbers of the run rest on another judge now: {'none' if judge is None else judge.name}"
    against = now.evidence.against
    if {one.run for one in report.facts} - {run.id} != ({against.id} if against is not None else set()):
        yield f"the run is held against another one now: {'none' if against is None else against.name}"


def _added(number: int, what: str) -> str:
    return f"{count_noun(number, what)} {noun(number, 'was', 'were')} added since"
