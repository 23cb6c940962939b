"""A dozen screens as they look; after a wanted change: `pytest tests/tui/test_snapshots.py --snapshot-update`."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from support.app_samples import make_app
from support.import_screens import press_settled, settled
from support.picture_scenes import SCENES
from support.pictures import lead, opened
from support.screen_text import as_snapshot
from uphold.workflows.lookup import open_store

WIDE, NARROW, WIDEST = (120, 36), (80, 24), (160, 40)

SCREENS = [
    ("open", WIDE),
    ("open", NARROW),
    ("open", WIDEST),
    ("overturned", WIDE),
    ("word-diff", WIDE),
    ("turns", WIDE),
    ("blind", WIDE),
    ("blind-after", WIDE),
    ("dispute", WIDE),
    ("state-inconsistent", NARROW),
    ("list", WIDE),
    ("numbers-history", WIDE),
    ("numbers-wrong", WIDE),
    ("home", WIDE),
    ("home-empty", NARROW),
    ("set", WIDE),
    ("set", NARROW),
    ("set-writing", WIDE),
    ("set-proposals", WIDE),
    ("set-versions", WIDE),
    ("judging", WIDE),
    ("checkpoints-lost", WIDE),
    ("new-checkpoint", WIDE),
    ("workbench", WIDE),
    ("workbench", NARROW),
    ("help", WIDE),
]


class Screens(SingleFileSnapshotExtension):
    """One text file a screen, in `snapshots`."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """A folder for the tests of a file, beside it."""
        return str(Path(test_location.filepath).parent / "snapshots" / test_location.basename)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the databases of the scenes are made, each once."""
    return tmp_path_factory.mktemp("scenes")


@pytest.mark.parametrize(("name", "size"), SCREENS, ids=[f"{name}-{width}x{high}" for name, (width, high) in SCREENS])
async def test_it_looks_as_it_did(name: str, size: tuple[int, int], folder: Path, snapshot: SnapshotAssertion) -> None:
    with opened(SCENES[name], folder) as app:
        async with app.run_test(size=size) as pilot:
            await lead(pilot, SCENES[name])
            assert as_snapshot(app) == snapshot(extension_class=Screens)


async def test_an_import_looks_as_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(
        "Question;base;sft;Score\nWhere is it?;Wait.;It left.;3\nMay I return it?;Yes.;No.;5\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    with open_store(tmp_path / "support.db", create=True) as store:
        app = make_app(store, reviewer="mira")
        async with app.run_test(size=WIDE) as pilot:
            await settled(pilot)
            await press_settled(pilot, "I", "enter")
            assert as_snapshot(app) == snapshot(extension_class=Screens)
