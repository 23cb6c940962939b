"""store -> one pair with everything that was said of it."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.judging.consensus import consensus
from uphold.records.judged import JudgeOnPair
from uphold.records.reviewed import Event
from uphold.records.runs import Run
from uphold.store import events, judgments, pairs, runs
from uphold.store.database import Store
from uphold.store.pairs import PairTexts


@dataclass(frozen=True, slots=True)
class PairSaid:
    """One pair, every judge's verdict on it, and every reviewer's acts in force, oldest first."""

    run: Run
    texts: PairTexts
    current: bool
    judges: tuple[JudgeOnPair, ...]
    said: tuple[tuple[str, Event], ...]


def pairs_said(store: Store, wanted: str, key: str) -> list[PairSaid]:
    """The pairs of an example of a run, one per turn, and older ones that are no longer current."""
    run = runs.find_run(store, wanted)
    found = pairs.find_pairs(store, run.id, key)
    if not found:
        raise BadUsage(f"run {run.name!r} has no pair of an example {key!r}; `uphold review` shows the keys")
    judges = [judge[0] for judge in runs.judges_of(store, run.id)]
    return [_said(store, run, pair_id, bool(current), judges) for pair_id, _, current in found]


def _said(store: Store, run: Run, pair_id: int, current: bool, judges: list[int]) -> PairSaid:
    verdicts = (judgments.on_pair(store, pair_id, judge, consensus) for judge in judges)
    return PairSaid(
        run, pairs.pair_texts(store, pair_id), current, tuple(v for v in verdicts if v is not None),
        tuple(events.said_of(store, pair_id)),
    )  # fmt: skip
