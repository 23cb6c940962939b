"""The options that every command gets: the database and the settings file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from uphold.settings import Settings, database_path, read_settings

if TYPE_CHECKING:
    from uphold.workflows.lookup import Store


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
