"""Reading a database from a notebook: runs, pairs, judgments, reviews and statistics as records and as plain dicts.

    import uphold

    with uphold.open("uphold.db") as db:
        run = db.run("sft-2-vs-base")
        frame = pandas.DataFrame(run.pairs().dicts())

Nothing is written. Pairs are those of `uphold export`: current ones that nobody marked broken.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from uphold.errors import BadDatabase
from uphold.records.certificates import Standing
from uphold.records.notebook import (
    JudgmentRecord,
    PairRecord,
    ReviewRecord,
    RunRecord,
    StatisticRecord,
)
from uphold.records.rows import ExportedPair
from uphold.records.runs import Run, RunRow
from uphold.records.statistics import RunStatistics
from uphold.records.texts import cell_text
from uphold.workflows.exporting import ExportRequest, open_export
from uphold.workflows.lookup import Store, find_run, home, open_store
from uphold.workflows.standing import statistics_standing
from uphold.workflows.statistics import StatisticsOptions, read_run_statistics

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Records(Generic[Record]):
    """Records in an order, read-only; `dicts` are what a data frame takes."""

    items: tuple[Record, ...]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.items)

    @overload
    def __getitem__(self, place: int) -> Record: ...

    @overload
    def __getitem__(self, place: slice) -> "Records[Record]": ...

    def __getitem__(self, place: int | slice) -> "Record | Records[Record]":
        return Records(self.items[place]) if isinstance(place, slice) else self.items[place]

    def dicts(self) -> list[dict[str, Any]]:
        """Return each record as a flat dict: text, numbers, booleans and None by field."""
        return [asdict(item) for item in self.items]  # type: ignore[call-overload]


def _word(value: StrEnum | None) -> str | None:
    """Return what an enumeration's value is called, as plain text."""
    return None if value is None else value.value


class Statistics:
    """The statistics of a run: every number as a record, or as `uphold stats --json` has them.

    `numbers` is the frozen record that screens and reports are drawn from, `standing` the certificate of its judge, None where
    there is none.
    """

    def __init__(self, numbers: RunStatistics, standing: Standing | None = None) -> None:
        self.numbers, self.standing = numbers, standing

    def json(self) -> dict[str, Any]:
        """Return the object that `uphold stats --json` prints."""
        from uphold.reports.json_output import statistics_json

        return statistics_json(self.numbers, self.standing)

    def records(self) -> Records[StatisticRecord]:
        """Return every number with its interval, in the order of `json`."""
        return Records(tuple(_flattened("", self.json())))

    def dicts(self) -> list[dict[str, Any]]:
        """Return every number as a flat dict."""
        return self.records().dicts()


_VALUES = ("rate", "value", "difference", "standard_error")
"""The field that holds the number of an object with an interval."""


def _flattened(path: str, value: Any) -> Iterator[StatisticRecord]:
    """Yield the numbers of a JSON value, named by their path; items of a list go by their name, else by their place."""
    if isinstance(value, dict):
        own = next((name for name in _VALUES if name in value and not isinstance(value[name], dict | list)), None)
        if own is not None:
            more = {name: value.get(name) for name in ("low", "high", "n", "level", "method", "reason")}
            yield StatisticRecord(path, value[own], **more)
            return
        for name, part in value.items():
            yield from _flattened(f"{path}.{name}" if path else name, part)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _flattened(f"{path}.{_item_name(place, part)}", part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield StatisticRecord(path, value)


def _item_name(place: int, item: Any) -> str:
    if isinstance(item, dict):
        named = [item[name] for name in ("judge", "tag", "reviewer", "a", "b") if isinstance(item.get(name), str)]
        if named:
            return "-".join(named)
    return str(place)


def _current(store: Store) -> Store:
    """Return a store whose file is still the one at its path; raises BadDatabase where what it reads is of the past."""
    found = store.file.loss() if store.file is not None and not store.read_only else None
    if found is not None:
        raise BadDatabase(f"{store.path}: {found.happened} since it was opened; open it anew with uphold.open")
    return store


class RunReader:
    """One run of an open database. Each method reads the file as it is then.

    Raises BadDatabase where another file was put in its place, or none.
    """

    def __init__(self, store: Store, run: Run) -> None:
        self._store, self._run = store, run

    @property
    def name(self) -> str:
        """The name of the run."""
        return self._run.name

    def __repr__(self) -> str:
        return f"<run {self._run.number} {self._run.name!r} of {self._run.set!r}>"

    def pairs(self, judge: str | None = None) -> Records[PairRecord]:
        """Return the current pairs, with the verdicts of the headline's judge or of the one named."""
        return Records(tuple(_pair_record(pair) for pair in self._exported(judge)))

    def reviews(self) -> Records[ReviewRecord]:
        """Return what each reviewer decided on each pair."""
        return Records(tuple(record for pair in self._exported() for record in _review_records(pair)))

    def judgments(self) -> Records[JudgmentRecord]:
        """Return the judgments of every judge in force."""
        return Records(tuple(record for pair in self._exported() for record in _judgment_records(pair)))

    def statistics(self, judge: str | None = None, *, tag: str | None = None, full: bool = False) -> Statistics:
        """Return the statistics of the run; `full` adds those that need resampling.

        Raises BadUsage for a judge or a tag that does not exist.
        """
        options = StatisticsOptions(judge=judge, tag=tag, full=full)
        store = _current(self._store)
        numbers = read_run_statistics(store, self._run.name, options)
        return Statistics(numbers, statistics_standing(store, numbers))

    def _exported(self, judge: str | None = None) -> Iterator[ExportedPair]:
        with open_export(_current(self._store), ExportRequest(self._run.name, judge=judge)) as export:
            yield from export.pairs()


class Database:
    """A database that is open for reading; close it, or use it in a `with` block."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def runs(self) -> Records[RunRecord]:
        """Return the runs with their counts, as `uphold runs` lists them."""
        return Records(tuple(map(_run_record, home(_current(self._store)).runs)))

    def run(self, name_or_number: str | int | None = None) -> RunReader:
        """Return a run; the name may be left out where there is one. Raises BadUsage, with the runs, for one there is not."""
        wanted = None if name_or_number is None else str(name_or_number)
        return RunReader(self._store, find_run(_current(self._store), wanted))


def open_database(path: str | Path) -> Database:
    """Open a database for reading, as `uphold.open`.

    Raises BadDatabase where there is none, or it is none of uphold's.
    """
    store = open_store(Path(path), reading=True)
    store.refuse_writing()
    return Database(store)


def _run_record(row: RunRow) -> RunRecord:
    shown = row.judge.shown
    return RunRecord(
        row.run.number,
        row.run.name,
        row.run.set,
        row.run.candidate,
        row.run.baseline,
        row.pairs,
        row.reviewed,
        row.wins,
        row.ties,
        row.losses,
        row.unresolved,
        None if shown is None else shown.name,
        row.judged,
    )


def _pair_record(pair: ExportedPair) -> PairRecord:
    last, judge = pair.turn - 1, pair.judge
    return PairRecord(
        pair.run,
        pair.set,
        pair.key,
        pair.turn,
        ",".join(pair.tags),
        pair.candidate,
        pair.baseline,
        pair.text.context,
        pair.text.turns[last],
        pair.text.reference(pair.turn),
        cell_text(pair.candidate_cells[last]),
        cell_text(pair.baseline_cells[last]),
        judge.name if judge is not None else None,
        judge.verdict.verdict.value if judge is not None else None,
        judge.confidence if judge is not None else None,
        judge.preference if judge is not None else None,
        pair.label,
        pair.votes,
        pair.adjudicated,
        pair.contents,
    )


def _review_records(pair: ExportedPair) -> Iterator[ReviewRecord]:
    for reviewer in pair.reviewers:
        state, first = reviewer.state, reviewer.first_decision
        shown = first.shown if first is not None else None
        yield ReviewRecord(
            pair.run,
            pair.key,
            pair.turn,
            reviewer.name,
            decision=_word(state.decision.choice if state.decision is not None else None),
            first_decision=_word(first.choice if first is not None else None),
            ruling=_word(reviewer.ruling),
            reasons=",".join(state.reasons),
            comment=reviewer.comment,
            flagged=state.flagged,
            skipped=state.skipped,
            mode=shown.mode if shown is not None else None,
            verdict_shown=shown.verdict_shown if shown is not None else None,
            judge_verdict=_word(shown.verdict if shown is not None else None),
            seconds=first.seconds if first is not None else None,
            source=first.source if first is not None else None,
            at=first.at if first is not None else None,
        )


def _judgment_records(pair: ExportedPair) -> Iterator[JudgmentRecord]:
    for judge in pair.judges:
        for judgment in judge.verdict.judgments:
            yield JudgmentRecord(
                pair.run,
                pair.key,
                pair.turn,
                judge.name,
                judge.version,
                judge.verdict.kind,
                judgment.order.value,
                judgment.sample,
                judgment.status.value,
                _word(judgment.verdict),
                judgment.preference,
                judgment.confidence,
                judgment.reason,
                judgment.problem,
                judgment.cost,
                judgment.seconds,
                judgment.at,
                judge.verdict.verdict.value,
            )
