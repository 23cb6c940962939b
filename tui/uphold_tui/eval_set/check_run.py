"""A check of a set beside the app: in a thread, with progress, until it is stopped."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from uphold.formatting import percent
from uphold.records.set_checks import CheckProgress, SetCheck
from uphold.workflows.lookup import open_store
from uphold.workflows.set_checks import check_set


class CheckRun:
    """One check of the set `set_name` in the database at `path`, and against training files."""

    def __init__(self, path: Path, set_name: str, against: Sequence[Path] = ()) -> None:
        self.path, self.set_name, self.against = path, set_name, against
        self._stopped = Event()

    def stop(self) -> None:
        """End the check at its next step; what it found until then is forgotten."""
        self._stopped.set()

    async def run(self, tell: Callable[[CheckProgress], None]) -> SetCheck | None:
        """Check in a thread, which opens the file anew; return what was found, None where it was stopped.

        `tell` is called on the event loop. Raises BadUsage and BadFile as `check_set` does.
        """
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(self._check, lambda progress: loop.call_soon_threadsafe(tell, progress))

    def _check(self, tell: Callable[[CheckProgress], object]) -> SetCheck | None:
        with open_store(self.path) as store:
            for step in check_set(store, self.set_name, self.against):
                if self._stopped.is_set():
                    return None
                if isinstance(step, SetCheck):
                    return step
                tell(step)
        return None


def progress_words(progress: CheckProgress) -> str:
    """Return how far a check is."""
    share = f", {percent(progress.done / progress.total)}" if progress.total else ""
    return f"checking: {progress.what}{share}"
