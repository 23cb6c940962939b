"""store -> perplexities, as they are shown beside the win rate."""

from uphold.store.database import Store
from uphold.store.perplexities import SystemPerplexity, perplexities_of
from uphold.store.runs import find_run
from uphold.store.sets import find_set

__all__ = ["SystemPerplexity", "run_perplexities"]


def run_perplexities(store: Store, run: str | None, set_name: str | None = None) -> list[SystemPerplexity]:
    """Those of the two systems of a run, or of every system measured on a set."""
    if set_name is not None:
        return perplexities_of(store, find_set(store, set_name))
    found = find_run(store, run)
    return perplexities_of(store, found.set_id, [found.candidate, found.baseline])
