"""Options, arguments and exit codes that several commands share; the global options are in `Context`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.settings import Settings, database_path, read_settings

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
RunName = Annotated[str | None, typer.Argument(metavar="[RUN]", help="Name or number of the run.")]


def print_other_sets(from_other_sets: Mapping[str, int]) -> None:
    """Print how many responses came with other sets, by set."""
    from uphold.formatting import count_noun
    from uphold_tui.console import print_text

    for name, number in from_other_sets.items():
        print_text(f"{count_noun(number, 'response')} came with the set {name!r}")


def reviewer_name(settings: Settings, given: str | None) -> str:
    """Return the name to review under: the one given, that of the settings, or the user's."""
    from getpass import getuser

    try:
        return given or settings.reviewer or getuser()
    except (OSError, KeyError):
        return "reviewer"


@dataclass(frozen=True)
class Context:
    """The global options as given on the command line."""

    db: Path | None
    config: Path | None

    @property
    def path(self) -> Path:
        """Path of the database."""
        return database_path(self.db)

    @property
    def settings(self) -> Settings:
        """The user's settings; read at each access."""
        return read_settings(self.config)

    def open(self, *, create: bool = False, reading: bool = False) -> "Store":
        """Open the database; `create` makes a new one if it does not exist, `reading` opens it read-only."""
        from uphold.workflows.lookup import open_store

        return open_store(self.path, create=create, reading=reading)
