from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import hostile_texts
from support.control_sequences import kinds
from support.hostile_texts import Dress
from support.settling import collected, quick_apps

__all__ = ["collected", "quick_apps"]


@dataclass(frozen=True)
class Side:
    """One of the two databases: what its texts were made with, and where it is."""

    dress: Dress
    database: Path

    @property
    def folder(self) -> Path:
        """The folder that it and its files are in."""
        return self.database.parent


@dataclass(frozen=True)
class Sides:
    """A hostile database and its harmless twin."""

    hostile: Side
    harmless: Side

    def compare(self, run: Callable[[Side], bytes]) -> bytes:
        """Do the same on both; the hostile stream has no kind of sequence that the harmless one has not."""
        streams = {side: run(side) for side in (self.harmless, self.hostile)}
        stream = streams[self.hostile]
        assert kinds(stream) - kinds(streams[self.harmless]) == set()
        for sequence in hostile_texts.SEQUENCES:
            assert sequence.encode() not in stream
        return stream


@pytest.fixture(scope="session")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """Both databases, made once."""
    folder = tmp_path_factory.mktemp("foreign")
    made = {
        name: Side(dress, hostile_texts.database(folder / name, dress))
        for name, dress in (("hostile", hostile_texts.as_it_is), ("harmless", hostile_texts.harmless))
    }
    return Sides(**made)
