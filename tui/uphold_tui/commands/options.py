"""Options, arguments, exit codes and messages that several commands share; the global options are in `Context`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from uphold.errors import DatabaseLost, UpholdError
from uphold.settings import Project, Settings, database_path, read_project, read_settings

if TYPE_CHECKING:
    from uphold.workflows.lookup import Store

WORK_LEFT = 4
"""Exit code of a command that could not do all of its work."""

Concurrency = Annotated[int, typer.Option("--concurrency", metavar="N", help="Number of requests at a time.")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Base URL of the server.")]
ApiKeyEnv = Annotated[
    str | None, typer.Option("--api-key-env", metavar="NAME", help="Environment variable that holds the API key.")
]
Timeout = Annotated[
    float | None, typer.Option("--timeout", metavar="S", help="Timeout of a request in seconds; 300 by default.")
]
MaxCost = Annotated[float | None, typer.Option("--max-cost", metavar="USD", help="Stop before this cost is passed.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reviewer = Annotated[
    str | None, typer.Option("--reviewer", metavar="NAME", help="Who does it; the user name by default.")
]
ReviewerName = Annotated[
    str | None, typer.Option("--reviewer", metavar="NAME", help="Name of the reviewer; the user name by default.")
]
SetName = Annotated[str, typer.Argument(metavar="SET", help="Name of the eval set.")]
RunName = Annotated[str | None, typer.Argument(metavar="[RUN]", help="Name or number of the run.")]
OldName = Annotated[str, typer.Argument(metavar="OLD", help="The present name.")]
NewName = Annotated[str, typer.Argument(metavar="NEW", help="The new name.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
FieldColumns = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Read a field from another column; may be repeated."),
]


def print_other_sets(from_other_sets: Mapping[str, int]) -> None:
    """Print how many responses came with other sets, by set."""
    from uphold.formatting import count_noun
    from uphold_tui.console import print_text

    for name, number in from_other_sets.items():
        print_text(f"{count_noun(number, 'response')} came with the set {name!r}")


def print_renamed(kind: str, old: str, new: str, *, json: bool) -> None:
    """Print that a set, system or reviewer (`kind`) has another name now."""
    from uphold_tui.console import print_json, print_line

    if json:
        print_json({kind: new, "before": old})
    else:
        print_line(f"the {kind} {old!r} is called {new!r} now")


def print_next(context: "Context", *words: str) -> None:
    """Print the command that comes next, ready to paste, on standard error; words in capitals are to be filled in."""
    from shlex import join

    from uphold.settings import program_words
    from uphold_tui.console import print_note

    print_note(f"next: {join([*program_words(context.path), *words])}")


def reviewer_name(settings: Settings, given: str | None) -> str:
    """Return the name to review under: the one given, that of the settings, or the user's."""
    from getpass import getuser

    try:
        return given or settings.reviewer or getuser()
    except (OSError, KeyError):
        return "reviewer"


def reviewer_in(store: "Store", settings: Settings, given: str | None) -> str:
    """Return the name to review a file under: the one given, that which the file was packed for, or as `reviewer_name` does."""
    from uphold.workflows.lookup import packed_for

    return reviewer_name(settings, given or packed_for(store))


@dataclass(frozen=True)
class Context:
    """The global options as given on the command line."""

    db: Path | None
    config: Path | None

    opened: ClassVar[list[Path]] = []
    """The databases that this process has opened, the latest last."""

    @property
    def path(self) -> Path:
        """Path of the database."""
        return database_path(self.db)

    @property
    def settings(self) -> Settings:
        """The user's settings; read at each access."""
        return read_settings(self.config)

    @property
    def project(self) -> Project:
        """What commands need not be told: the table [project] of the settings file of this folder."""
        return read_project(self.config)

    def open(self, *, create: bool = False, reading: bool = False) -> "Store":
        """Open the database; `create` makes a new one if it does not exist, `reading` opens it read-only."""
        from uphold.workflows.lookup import open_store
        from uphold_tui.console import wait_notes

        self.opened.append(self.path)
        store = open_store(self.path, create=create, reading=reading, tell_wait=wait_notes(self.path))
        _tell_copy(store)
        return store

    @contextmanager
    def open_or_make(self) -> "Iterator[Store]":
        """Open the database, or make one that is there once the block has ended without an error."""
        from uphold.workflows.lookup import open_or_make_store
        from uphold_tui.console import wait_notes

        self.opened.append(self.path)
        with open_or_make_store(self.path, tell_wait=wait_notes(self.path)) as store:
            _tell_copy(store)
            yield store

    @contextmanager
    def open_for_work(self) -> "Iterator[Store]":
        """Open the database for work that is paid for.

        Raises DatabaseLost where the file is lost meanwhile; what was written by then is copied to a new file beside it,
        which the message names, as long as the connection holds it.
        """
        with self.open() as store:
            try:
                yield store
                store.check_file()
            except DatabaseLost as lost:
                raise _with_copy(lost, store) from lost


def _tell_copy(store: "Store") -> None:
    """Say where the copy is that was made before the file was brought up to date."""
    if store.copied_before_migration is not None:
        from uphold_tui.console import print_note

        print_note(
            f"{store.path} was made by an older uphold and is brought up to date; as it was: {store.copied_before_migration}"
        )


def _with_copy(lost: DatabaseLost, store: "Store") -> DatabaseLost:
    """Copy a lost database, and return the error with the name of the copy."""
    from uphold.workflows.saving_elsewhere import copy_lost

    try:
        copy = copy_lost(store)
    except UpholdError as error:
        return DatabaseLost(f"{lost}; no copy could be made: {error}", readable=lost.readable)
    if copy is None:
        return lost
    return DatabaseLost(f"{lost}; all that was stored by then is in {copy}", readable=lost.readable)
