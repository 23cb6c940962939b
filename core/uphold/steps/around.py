"""store -> what stands around a review: the set's reasons, how far people agree, what else waits."""

from uphold.records.runs import Run
from uphold.reviewing.reasons import USUAL
from uphold.steps.queueing import DISPUTED
from uphold.store import plans, sifting
from uphold.store.database import Store


class AroundRun:
    """A run that is read in one of its queues."""

    def __init__(self, store: Store, run: Run, queue: str) -> None:
        self.store, self.run, self.queue = store, run, queue
        self._shared: tuple[int, int] | None = None

    def reason_words(self) -> dict[str, str]:
        """The reasons to choose from, by their keys: the set's own, else the usual ones."""
        return plans.reason_keys(self.store, self.run.set_id) or dict(USUAL)

    def keep_reason_words(self, words: dict[str, str]) -> None:
        """Give the set reasons of its own."""
        plans.write_reason_keys(self.store, self.run.set_id, words)

    def waiting(self) -> str:
        """What else waits in this run, as a sentence; empty where nothing does."""
        open_ = set(sifting.disputed_pairs(self.store, self.run.id)) - sifting.settled_pairs(self.store, self.run.id)
        if not open_ or self.queue == DISPUTED:
            return ""
        return f"{len(open_)} in dispute: uphold review --queue {DISPUTED}."

    def shared(self) -> tuple[int, int]:
        """How many pairs of the run several people read, and on how many they say the same."""
        if self._shared is None:
            self._shared = sifting.shared_pairs(self.store, self.run.id)
        return self._shared
