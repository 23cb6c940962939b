"""store -> reviewing: which queue of a run brings most just now."""

from uphold.records.runs import Run
from uphold.reviewing.advising import Advice, Known, advice
from uphold.reviewing.history import replay
from uphold.reviewing.strata import uncertain
from uphold.steps.queueing import judged
from uphold.store import events, listing, runs, sifting
from uphold.store.database import Store

__all__ = ["Advice", "what_next"]


def what_next(store: Store, run: Run, reviewer: str, judge: str | None = None) -> Advice:
    """What this reviewer had best read next; raises BadUsage for a judge that has not judged the run."""
    first = runs.primary_judge(store, run.id, judge)
    rows = [row for row in listing.pair_rows(store, run.id, first[0] if first else None) if not row.broken]
    keyed = [(row.pair_id, row.key, row.turn, "") for row in rows]
    strata = uncertain(judged(store, run, first[0] if first else None, keyed))
    known = store.one("SELECT id FROM reviewers WHERE name = ?", (reviewer,))
    history = replay(events.own_events(store, run.id, known[0]) if known is not None else ())
    pairs = [
        Known(strata[row.pair_id], row.verdict, row.label, history.stand(row.pair_id).decision is not None)
        for row in rows
    ]
    current = {row.pair_id for row in rows}
    disputes = set(sifting.disputed_pairs(store, run.id)) - sifting.settled_pairs(store, run.id)
    return advice(pairs, len(disputes & current), judged=first is not None)
