"""The run of a review as a whole: reasons, disputes, marks of others, and whether others wrote to the file."""

import shlex
from pathlib import Path

from uphold.records.enums import QueueKind
from uphold.records.reviews import DEFAULT_REASONS
from uphold.records.runs import Run
from uphold.settings import database_path, program_words
from uphold.store import packs, pairs, reviews
from uphold.store.database import Store
from uphold.store.runs import responses_from_other_sets


class RunContext:
    """What belongs to the run as a whole: its reasons, its disputes, and whether other processes wrote to the file.

    `verdicts_left_out`: this is a blind pack, in which no verdict can be.
    """

    def __init__(self, store: Store, run: Run, queue: str) -> None:
        self.store, self.run, self.queue = store, run, queue
        self.verdicts_left_out = packs.is_blind_pack(store)
        self._written = store.data_version()
        self._asked: int | None = None
        self._shared: tuple[int, int] | None = None

    def reason_words(self) -> dict[str, str]:
        """Return the reasons to choose from, by key: the set's own, else the default ones."""
        return reviews.reason_keys(self.store, self.run.set_id) or dict(DEFAULT_REASONS)

    def keep_reason_words(self, words: dict[str, str]) -> None:
        """Give the set these reasons, by key."""
        reviews.write_reason_keys(self.store, self.run.set_id, words)

    def from_other_sets(self) -> dict[str, int]:
        """Return by set name how many responses of the run came with another set."""
        return responses_from_other_sets(self.store.conn, run_id=self.run.id)

    def open_disputes(self) -> tuple[int, str]:
        """Return how many disputes of the run are open, and the command that opens them; (0, "") in their own queue."""
        disputed = set(reviews.disputed_pairs(self.store, self.run.id)) - self.settled_pairs()
        if not disputed or self.queue == QueueKind.DISPUTED:
            return 0, ""
        words = (*program_words(self.store.path), "review", self.run.argument, "--queue", QueueKind.DISPUTED)
        return len(disputed), shlex.join(words)

    def shared(self) -> tuple[int, int]:
        """Return how many pairs of the run several reviewers decided, and on how many they agree."""
        if self._shared is None:
            self._shared = reviews.shared_pair_counts(self.store, self.run.id)
        return self._shared

    def forget_shared(self) -> None:
        """Count the shared pairs again when they are asked for next."""
        self._shared = None

    def changed_elsewhere(self) -> bool:
        """Whether another connection wrote to the file since this was last called."""
        written = self.store.data_version()
        if written == self._written:
            return False
        self._written, self._shared = written, None
        return True

    def written_since_asked(self) -> bool:
        """Whether another connection wrote to the file since this was last called; at the first call it may have."""
        written = self.store.data_version()
        if written == self._asked:
            return False
        self._asked = written
        return True

    def broken_pairs(self) -> set[int]:
        """Return the ids of the pairs that somebody marked as broken."""
        return reviews.broken_pairs(self.store, self.run.id)

    def stale_pairs(self) -> set[int]:
        """Return the ids of the run's pairs that are current no longer."""
        return pairs.stale_pairs(self.store, self.run.id)

    def settled_pairs(self) -> set[int]:
        """Return the ids of the disputed pairs that somebody settled."""
        return reviews.adjudicated_pairs(self.store, self.run.id)


def database_option(path: Path) -> str:
    """Return the ` --db FILE` that a command needs for this file; empty where it is the default database."""
    return "" if database_path(None).absolute() == path.absolute() else f" --db {shlex.quote(str(path))}"
