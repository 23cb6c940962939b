"""Data of the checkpoints screen; each function opens the database itself, so that a thread can call it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from uphold.records.checkpoints import BlessedRun, CheckpointRow, LostExample, Opinion
from uphold.records.runs import Run
from uphold.records.scores import ScoreChange
from uphold.reports.comparison_report import comparison_report, several_report
from uphold.reports.model import Report
from uphold.workflows.benchmarks import PERPLEXITY, score_changes
from uphold.workflows.checkpoints import (
    bless_run,
    checkpoint_rows,
    history_version,
    lost_and_won,
    old_and_new,
    opinions_on,
)
from uphold.workflows.comparison import compare_runs, compare_several
from uphold.workflows.handing_on import HandOnRequest, hand_on
from uphold.workflows.lookup import open_store
from uphold.workflows.pair_records import PairRecord

_BENCHMARKS = 2
"""Benchmarks that have a column."""


@dataclass(frozen=True, slots=True)
class History:
    """The runs of a set, the latest first, and by run id the scores of each candidate beside the baseline's.

    `version` changes whenever any of it may have changed.
    """

    rows: tuple[CheckpointRow, ...]
    scores: Mapping[int, Mapping[str, ScoreChange]]
    version: tuple[int | None, ...] = ()

    @property
    def shown_scores(self) -> tuple[str, ...]:
        """The names of the scores that have a column: the first benchmarks, and the perplexity of the references last."""
        names = dict.fromkeys(name for found in self.scores.values() for name in found)
        benchmarks = [name for name in names if name != PERPLEXITY][:_BENCHMARKS]
        return (*benchmarks, *([PERPLEXITY] if PERPLEXITY in names else []))

    @property
    def blessed(self) -> CheckpointRow | None:
        """The row of the blessed run; None where none is blessed."""
        return next((row for row in self.rows if row.blessed is not None), None)


@dataclass(frozen=True, slots=True)
class Changed:
    """The examples that a run lost and won against the blessed run."""

    lost: tuple[LostExample, ...]
    won: tuple[LostExample, ...]


@dataclass(frozen=True, slots=True)
class OldAndNew:
    """The pair of an example in the blessed run and in another, None where there is none, and who said what on each."""

    old: PairRecord | None
    new: PairRecord | None
    old_said: tuple[Opinion, ...] = ()
    new_said: tuple[Opinion, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckpointsSource:
    """Reads what the screen shows of one set, and blesses its runs.

    `history` lists the runs; given the history that is known it returns that, where nothing has changed. `changed` returns the
    examples that the second run lost and won against the first, `both` an example in two runs, `compared` the report of two
    runs or more; `bless` blesses a run with a note. `hand_on` writes a report or an export to a file, and returns what was
    written in words; `judge` is the judge that the user named.
    """

    set: str
    reviewer: str
    history: Callable[[History | None], History]
    changed: Callable[[Run, Run], Changed]
    both: Callable[[Run, Run, LostExample], OldAndNew]
    compared: Callable[[Sequence[Run]], Report]
    bless: Callable[[Run, str | None], BlessedRun]
    hand_on: Callable[[HandOnRequest], str]
    judge: str | None = None


def checkpoints_source(path: Path, set_name: str, reviewer: str, judge: str | None = None) -> CheckpointsSource:
    """Return the source of a set's checkpoints in the database at `path`; `judge` is the one that the user named."""

    def history(known: History | None) -> History:
        with open_store(path) as store:
            version = history_version(store)
            if known is not None and known.version == version:
                return known
            rows = checkpoint_rows(store, set_name, judge)
            scores = {row.run.id: score_changes(store, row.run, row.scores) for row in rows if row.scores}
            return History(tuple(reversed(rows)), scores, version)

    def changed(before: Run, after: Run) -> Changed:
        with open_store(path) as store:
            lost, won = lost_and_won(store, before, after)
            return Changed(tuple(lost), tuple(won))

    def both(before: Run, after: Run, example: LostExample) -> OldAndNew:
        with open_store(path) as store:
            old, new = old_and_new(store, before, after, example.key, example.turn)
            said = opinions_on(store, [pair for pair in (old, new) if pair is not None])
            old_said, new_said = (() if pair is None else said.get(pair.texts.pair_id, ()) for pair in (old, new))
            return OldAndNew(old, new, old_said, new_said)

    def compared(found: Sequence[Run]) -> Report:
        names = [run.name for run in found]
        with open_store(path) as store:
            if len(names) == 2:
                return comparison_report(compare_runs(store, names[0], names[1], judge))
            return several_report(compare_several(store, names, judge))

    def bless(run: Run, note: str | None) -> BlessedRun:
        with open_store(path) as store:
            return bless_run(store, run.name, note, reviewer)

    def handed_on(request: HandOnRequest) -> str:
        return hand_on(path, request)

    return CheckpointsSource(set_name, reviewer, history, changed, both, compared, bless, handed_on, judge)
