"""Reading a pool beside the app: in a thread, with progress, until it is stopped."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

from uphold.formatting import count_noun, percent
from uphold.records.proposals import Proposed, ProposeProgress
from uphold.workflows.lookup import open_store
from uphold.workflows.proposals import ProposeRequest, propose


class ProposeRun:
    """Proposes examples for the set `set_name` in the database at `path`, once."""

    def __init__(self, path: Path, set_name: str, request: ProposeRequest, reviewer: str) -> None:
        self.path, self.set_name, self.request, self.reviewer = path, set_name, request, reviewer
        self._stopped = Event()

    def stop(self) -> None:
        """End at the next row of the pool; nothing is proposed then."""
        self._stopped.set()

    async def run(self, tell: Callable[[ProposeProgress], None]) -> Proposed | None:
        """Propose in a thread, which opens the file anew; return what was proposed, None where it was stopped.

        `tell` is called on the event loop. Raises as `propose` does.
        """
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(self._propose, lambda progress: loop.call_soon_threadsafe(tell, progress))

    def _propose(self, tell: Callable[[ProposeProgress], object]) -> Proposed | None:
        with (
            open_store(self.path) as store,
            closing(propose(store, self.set_name, self.request, self.reviewer)) as steps,
        ):
            for step in steps:
                if isinstance(step, Proposed):
                    return step
                if self._stopped.is_set():
                    return None
                tell(step)
        return None


def progress_words(progress: ProposeProgress) -> str:
    """Return how far a pool is read."""
    if progress.total and progress.done >= progress.total:
        return f"choosing from {count_noun(progress.rows, 'row')}"
    share = f"{percent(progress.done / progress.total)}, " if progress.total else ""
    return f"reading the pool: {share}{count_noun(progress.rows, 'row')}"


def proposed_words(made: Proposed) -> str:
    """Return what came of it, in a sentence."""
    parts = [f"{count_noun(len(made.new), 'proposal')} from {count_noun(made.rows, 'row')}"]
    if made.known:
        parts.append(f"{count_noun(made.known, 'row')} in the set or proposed before")
    if made.skipped:
        where, why = made.skipped[0]
        parts.append(f"{count_noun(len(made.skipped), 'row')} left out ({where.rsplit('/', 1)[-1]}: {why})")
    return "; ".join(parts)
