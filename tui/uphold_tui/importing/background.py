"""Previews and imports in the background: a thread with a database connection of its own."""

import shlex
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from uphold.errors import BadFile, BadUsage, UpholdError
from uphold.records.import_preview import ImportPreview, ImportRefusal
from uphold.records.import_request import ImportRequest
from uphold.records.rows import ImportSummary
from uphold.settings import Settings, program_words
from uphold.workflows.import_attempt import ImportRefused
from uphold.workflows.import_preview import preview_import
from uphold.workflows.importing import ImportProgress, import_files
from uphold.workflows.lookup import Store, open_store
from uphold.workflows.next_step import NextStep, next_step
from uphold_tui.widgets.work_thread import failure_words

Result = TypeVar("Result", ImportPreview, "ImportOutcome")

_EXIT_SECONDS = 10.0
"""Most that leaving the app waits for an import to be rolled back."""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did, what can be done next, and the command that takes it back, where it added anything."""

    summary: ImportSummary
    step: NextStep
    drop: str | None = None


class ImportWork(Generic[Result]):
    """A preview or an import at work on one request; `on_update` is called in its thread whenever something has changed.

    At the end one of these is set: `result`; `refusal`, where the files are not taken as they are; `error`, where something
    else is wrong, such as a database that is locked; `was_stopped`. Without a result nothing has been written.
    """

    def __init__(
        self,
        path: Path,
        request: ImportRequest,
        begin: Callable[[Store], Generator[ImportProgress | Result, None, None]],
        on_update: Callable[[], None],
    ) -> None:
        self.request = request
        self.progress: ImportProgress | None = None
        self.result: Result | None = None
        self.refusal: ImportRefusal | None = None
        self.error: str | None = None
        self.was_stopped = False
        self._path, self._on_update = path, on_update
        self._begin: Callable[[Store], Generator[ImportProgress | Result, None, None]] = begin
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop; what it has begun to write is rolled back."""
        self._stopping.set()

    def stop_and_wait(self) -> bool:
        """Stop, and wait until nothing is written any more; return False if that takes too long."""
        self.stop()
        return self.wait(_EXIT_SECONDS)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended, for at most so long; return whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop and has not ended yet."""
        return self._stopping.is_set() and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self.was_stopped or any(end is not None for end in (self.result, self.refusal, self.error))

    def _work(self) -> None:
        stopped = False
        try:
            with open_store(self._path) as store, closing(self._begin(store)) as updates:
                for update in updates:
                    if not isinstance(update, ImportProgress):
                        self.result = update
                    elif self._stopping.is_set():
                        stopped = True
                        break
                    else:
                        self.progress = update
                        self._on_update()
        except ImportRefused as error:
            self.refusal = ImportRefusal(error.sentence, error.suggestion)
        except (BadFile, BadUsage) as error:
            self.refusal = ImportRefusal(str(error))
        except UpholdError as error:
            self.error = str(error)
        except Exception as error:
            self.error = failure_words(error, "reading")
        self.was_stopped = stopped
        self._on_update()


def start_preview(path: Path, request: ImportRequest, on_update: Callable[[], None]) -> "ImportWork[ImportPreview]":
    """Start to preview a request against the database at `path`."""
    work = ImportWork(path, request, lambda store: preview_import(store, request), on_update)
    work.start()
    return work


def start_import(
    path: Path, request: ImportRequest, settings: Settings, on_update: Callable[[], None]
) -> "ImportWork[ImportOutcome]":
    """Start to import a request into the database at `path`."""

    def begin(store: Store) -> Generator[ImportProgress | ImportOutcome, None, None]:
        with closing(import_files(store, request)) as updates:
            for update in updates:
                if isinstance(update, ImportSummary):
                    words = [*program_words(path), "imports", "drop", str(update.number)]
                    drop = shlex.join(words) if update.number is not None else None
                    yield ImportOutcome(update, next_step(store, update, settings), drop)
                else:
                    yield update

    work = ImportWork(path, request, begin, on_update)
    work.start()
    return work
