"""Q quits from any screen and dialog; where something would be lost it asks first."""

from pathlib import Path

import pytest

from support.app_samples import app, database, make_app, press, shown
from uphold.workflows.curating import make_set
from uphold.workflows.lookup import Store
from uphold_tui.app import UpholdApp
from uphold_tui.dialogs.not_kept import NotKeptScreen

SIZE = (120, 36)


def has_quit(made: UpholdApp) -> bool:
    """Whether the app was left."""
    return made._exit


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "l",
        "i",
        "E V",
        "l question_mark",
        "r",
        "i w",
        *(
            pytest.param(keys, marks=pytest.mark.slow)
            for keys in (
                "E",
                "i c",
                "l enter",
                "i colon escape",
                "i question_mark",
                "I",
                "question_mark",
                "i W",
                "i s",
                "i e",
            )
        ),
    ],
)
async def test_it_quits_from_every_screen_and_dialog(tmp_path: Path, keys: str) -> None:
    made = app(database(tmp_path))
    async with made.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, *keys.split())
        assert not has_quit(made)
        await press(pilot, "Q")
        assert has_quit(made)


async def test_in_a_field_it_is_a_letter(tmp_path: Path) -> None:
    made = app(database(tmp_path))
    async with made.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "c", "Q")
        assert not has_quit(made)
        assert "Q" in shown(pilot)


async def test_a_set_that_was_changed_gets_its_version(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with make_app(store).run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "E", "D", *"thin", "enter", "Q")
        assert has_quit(pilot.app)  # type: ignore[arg-type]
    assert versions(store) == 1
    assert pilot.app.return_value == "sample is version 1 now"


def versions(store: Store) -> int:
    return int(store.one("SELECT COUNT(*) FROM set_versions")[0])


async def test_what_is_being_written_is_asked_about(tmp_path: Path) -> None:
    store = database(tmp_path)
    make_set(store, "mine", "mira", None)
    made = make_app(store)
    async with made.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "E", "enter", *"Angrily")
        made.action_quit_app()
        await pilot.pause()
        assert isinstance(made.screen, NotKeptScreen)
        assert "still being written" in shown(pilot)
        await press(pilot, "Q")
        assert not has_quit(made)
        await press(pilot, "s", "escape")
        assert not has_quit(made)
        made.action_quit_app()
        await press(pilot, "x")
        assert has_quit(made)
