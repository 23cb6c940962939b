"""Collects the evidence of a run: its statistics and decision, its history, what it was made from, and the facts behind it."""

from dataclasses import dataclass, replace

from uphold import __version__
from uphold.records.checkpoints import CheckpointRow
from uphold.records.judgments import JudgeRef
from uphold.records.replayed import PairFacts
from uphold.records.run_evidence import RunEvidence, RunOrigin
from uphold.records.runs import Run
from uphold.records.statistics import RunStatistics
from uphold.reports.decision import decide
from uphold.reports.figures import figures
from uphold.store import checkpoints, facts, run_evidence, sets
from uphold.store.blessed import blessed_run_of
from uphold.store.database import Store
from uphold.workflows.benchmarks import score_changes
from uphold.workflows.checkpoints import checkpoint_rows
from uphold.workflows.run_context import database_option
from uphold.workflows.standing import run_standing
from uphold.workflows.statistics import StatisticsOptions, read_run_statistics, review_plan
from uphold.workflows.telling_pairs import telling_pairs

_MAX_HISTORY = 12
"""Runs of the history that are shown."""

_HALF_WIDTH = 0.05
"""The half-width of the plan from which the smallest change that can be found is taken; that does not depend on it."""


@dataclass(frozen=True, slots=True)
class CollectedRun:
    """The evidence of a run, and what is recorded of a report on it; `facts` are read only for one that is written."""

    evidence: RunEvidence
    figures: dict[str, object]
    facts: tuple[PairFacts, ...]
    judge_id: int | None


@dataclass(frozen=True, slots=True)
class _Basis:
    """The row ids of the pairs and judges that the figures of a run rest on: its own, and those of the blessed run."""

    pairs: tuple[int, ...]
    judges: frozenset[int]

    @classmethod
    def of(cls, store: Store, run: Run, numbers: RunStatistics, against: Run | None) -> "_Basis":
        """Return the basis of a run's figures."""
        based_on = [run] if against is None else [run, against]
        pairs = (pair for one in based_on for pair in facts.current_pair_ids(store, one))
        return cls(tuple(pairs), frozenset(judge.judge_id for judge in numbers.judges))

    def fingerprint(self, store: Store, numbers: RunStatistics) -> str:
        """Return the fingerprint of the facts, and of what else the figures rest on."""
        basis = {
            "set_hash": numbers.set_hash,
            "candidate": numbers.candidate,
            "baseline": numbers.baseline,
            "judge": [(judge.name, judge.version) for judge in numbers.judges],
            "planned": numbers.headline.planned if numbers.headline is not None else None,
        }
        return facts.fingerprint(store, self.pairs, self.judges, basis)


def collect_run(store: Store, run: Run, judge: str | None, at: str, *, with_facts: bool = False) -> CollectedRun:
    """Read the evidence of one run, and if wanted the facts behind it; `at` is when the report is made.

    The caller holds a snapshot.
    """
    options = StatisticsOptions(judge=judge, by_tag=True, first_only=True)
    numbers = _to_hand_on(store, run, read_run_statistics(store, run.name, options))
    shown, against = _shown_judge(numbers), blessed_run_of(store, run)
    history, left_out, own = _history(store, run, judge)
    labelled = run_evidence.labelled_pairs(store, run, shown)
    basis = _Basis.of(store, run, numbers, against)
    evidence = RunEvidence(
        run=run,
        numbers=numbers,
        decision=decide(numbers),
        checkpoint=own,
        against=against,
        read=run_evidence.read_counts(store, run, labelled),
        readers=tuple(checkpoints.readers(store, run.id)),
        pairs=tuple(telling_pairs(store, run, against, labelled, shown)),
        history=history,
        left_out=left_out,
        scores=score_changes(store, run, own.scores),
        smallest_change=review_plan(store, run.name, _HALF_WIDTH)[1].smallest_change,
        origin=_origin(store, run, shown, own),
        fingerprint=basis.fingerprint(store, numbers),
        created_at=at,
        standing=run_standing(store, run, shown),
    )
    return CollectedRun(
        evidence,
        figures(evidence),
        tuple(facts.read_facts(store, basis.pairs, basis.judges)) if with_facts else (),
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
