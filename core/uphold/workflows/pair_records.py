"""One pair with everything recorded on it: its texts, every judge's verdict and every review event in force."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.judgments import PairVerdict
from uphold.records.reviews import ReviewEvent
from uphold.records.runs import Run
from uphold.store import headline_judges, judgments, pairs, reviews, runs
from uphold.store.database import Store
from uphold.store.pairs import PairTexts

_KEYS_LISTED = 5


@dataclass(frozen=True, slots=True)
class PairRecord:
    """A pair with every judge's verdict on it, and the review events in force, (reviewer, event), oldest first."""

    run: Run
    texts: PairTexts
    current: bool
    verdicts: tuple[PairVerdict, ...]
    events: tuple[tuple[str, ReviewEvent], ...]


def pair_records(store: Store, run_or_key: str, key: str | None) -> list[PairRecord]:
    """Return the pairs of an example in a run, one per turn, and older ones that are no longer current.

    If the database has a single run, it may be left out: `run_or_key` is then the key.

    Raises BadUsage, naming some keys of the run, if the key is missing or unknown.
    """
    run, key = _run_and_key(store, run_or_key, key)
    found = pairs.find_pairs(store, run.id, key) if key is not None else []
    if not found:
        problem = "say which pair" if key is None else f"run {run.name!r} has no pair of an example {key!r}"
        raise BadUsage(f"{problem}: uphold show RUN KEY; {_some_keys(store, run)}")
    judges = [judge.id for judge in headline_judges.judges_in_order(store, run)[1]]
    return [_read_record(store, run, pair_id, bool(current), judges) for pair_id, _, current in found]


def _read_record(store: Store, run: Run, pair_id: int, current: bool, judges: list[int]) -> PairRecord:
    verdicts = (judgments.read_pair_verdict(store, pair_id, judge) for judge in judges)
    return PairRecord(
        run,
        pairs.pair_texts(store, pair_id),
        current,
        tuple(v for v in verdicts if v is not None),
        tuple(reviews.events_on_pair(store, pair_id)),
    )


def _run_and_key(store: Store, run_or_key: str, key: str | None) -> tuple[Run, str | None]:
    """Return the run and the key; one argument that names no run is the key, if there is a single run."""
    try:
        return runs.find_run(store, run_or_key), key
    except BadUsage:
        all_runs = runs.all_runs(store)
        if key is not None or len(all_runs) != 1:
            raise
        return all_runs[0], run_or_key


def _some_keys(store: Store, run: Run) -> str:
    keys = pairs.first_keys(store, run.id, _KEYS_LISTED + 1)
    return f"keys of {run.name!r}: {', '.join(keys[:_KEYS_LISTED])}{', …' if len(keys) > _KEYS_LISTED else ''}"
