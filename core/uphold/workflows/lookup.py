"""The store, as faces open it."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.judgments import PairVerdict, verdict_of
from uphold.records.reviews import ReviewEvent
from uphold.records.runs import Run, RunRow, SetRow
from uphold.store import judgments, pairs, reviews, runs, sets
from uphold.store.database import Store, open_store
from uphold.store.imports import ImportRecord, all_imports, drop_import
from uphold.store.pairs import PairTexts
from uphold.store.runs import all_runs, find_run
from uphold.store.scores import SystemPerplexity, perplexities_of
from uphold.store.sets import find_set

__all__ = [
    "Home",
    "ImportRecord",
    "PairRecord",
    "Store",
    "SystemPerplexity",
    "all_imports",
    "all_runs",
    "drop_import",
    "find_run",
    "find_set",
    "home",
    "open_store",
    "pair_records",
    "run_perplexities",
]


@dataclass(frozen=True, slots=True)
class Home:
    """The runs and eval sets of a file."""

    runs: list[RunRow]
    sets: list[SetRow]


def home(store: Store) -> Home:
    """The runs and eval sets of a file, with their counts."""
    return Home(runs.run_rows(store), sets.set_rows(store))


def run_perplexities(store: Store, run: str | None, set_name: str | None = None) -> list[SystemPerplexity]:
    """Those of the two systems of a run, or of every system measured on a set."""
    if set_name is not None:
        return perplexities_of(store, find_set(store, set_name))
    found = find_run(store, run)
    return perplexities_of(store, found.set_id, [found.candidate, found.baseline])


_SOME = 5


@dataclass(frozen=True, slots=True)
class PairRecord:
    """One pair, every judge's verdict on it, and every reviewer's acts in force, oldest first."""

    run: Run
    texts: PairTexts
    current: bool
    judges: tuple[PairVerdict, ...]
    said: tuple[tuple[str, ReviewEvent], ...]


def pair_records(store: Store, wanted: str, key: str | None) -> list[PairRecord]:
    """The pairs of an example of a run, one per turn, and older ones that are no longer current.

    With one run in the file its name may be left out: `wanted` is then the key.

    Raises BadUsage with some keys of the run where it has no such example, or none was named.
    """
    run, key = _meant(store, wanted, key)
    found = pairs.find_pairs(store, run.id, key) if key is not None else []
    if not found:
        why = "say which pair" if key is None else f"run {run.name!r} has no pair of an example {key!r}"
        raise BadUsage(f"{why}: uphold show RUN KEY; {_some_keys(store, run)}")
    judges = [judge[0] for judge in runs.judges_of(store, run.id)]
    return [_said(store, run, pair_id, bool(current), judges) for pair_id, _, current in found]


def _said(store: Store, run: Run, pair_id: int, current: bool, judges: list[int]) -> PairRecord:
    verdicts = (judgments.on_pair(store, pair_id, judge, verdict_of) for judge in judges)
    return PairRecord(
        run,
        pairs.pair_texts(store, pair_id),
        current,
        tuple(v for v in verdicts if v is not None),
        tuple(reviews.said_of(store, pair_id)),
    )


def _meant(store: Store, wanted: str, key: str | None) -> tuple[Run, str | None]:
    """The run and the key; a single word names the key where there is one run, and it is not called so."""
    try:
        return runs.find_run(store, wanted), key
    except BadUsage:
        only = runs.all_runs(store)
        if key is not None or len(only) != 1:
            raise
        return only[0], wanted


def _some_keys(store: Store, run: Run) -> str:
    known = pairs.first_keys(store, run.id, _SOME + 1)
    return f"keys of {run.name!r}: {', '.join(known[:_SOME])}{', …' if len(known) > _SOME else ''}"
