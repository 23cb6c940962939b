"""An error of the app's own ends in a sentence and a log file, without the values of variables."""

import re
import sqlite3
from pathlib import Path

import pytest
from textual.app import App
from textual.screen import Screen
from textual.widgets import Static

from support.app_samples import app, database, press, shown
from uphold.errors import BadDatabase
from uphold_tui.app import UpholdApp, app_end
from uphold_tui.error_log import KEPT, log_folder, write_error_log

SECRET = "sk-a-key-that-nobody-may-see"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of logs."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return log_folder()


def fail() -> None:
    """Raise with a value in a variable that no log may show."""
    hidden = SECRET
    raise LookupError(len(hidden))


class Rendering(Screen[None]):
    """A screen whose widget cannot be drawn."""

    class Broken(Static):
        def render(self) -> str:
            fail()
            return ""

    def compose(self):  # type: ignore[no-untyped-def]
        yield self.Broken()


class Composing(Screen[None]):
    """A screen that cannot be made."""

    def compose(self):  # type: ignore[no-untyped-def]
        fail()
        yield Static()


def private_text(log: Path, folder: Path) -> str:
    """The text of a log that only its owner may read."""
    assert log.parent == folder
    assert log.stat().st_mode & 0o777 == 0o600
    return log.read_text()


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


async def _work() -> None:
    fail()


def _in_handler(made: App[str]) -> None:
    made.call_later(fail)


def _in_worker(made: App[str]) -> None:
    made.run_worker(_work())


def _in_render(made: App[str]) -> None:
    made.push_screen(Rendering())


def _in_compose(made: App[str]) -> None:
    made.push_screen(Composing())


async def _failed(made: UpholdApp, begin: object) -> str:
    """Run the app into an error; what it printed itself."""

    async def run() -> None:
        async with made.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            begin(made)  # type: ignore[operator]
            await pilot.pause()
            await pilot.pause()

    with pytest.raises(Exception, match=r".*"):
        await run()
    return "".join(str(part) for part in made._exit_renderables)


@pytest.mark.parametrize("begin", [_in_handler, _in_worker, _in_render, _in_compose])
async def test_an_error_ends_in_one_sentence_and_a_log(
    tmp_path: Path, state: Path, begin: object, capfd: pytest.CaptureFixture[str]
) -> None:
    store = database(tmp_path)
    made = app(store)
    printed = await _failed(made, begin)
    end = app_end(made, store.lost())
    assert end.code == 4
    (sentence,) = end.troubles
    found = re.fullmatch(
        r"uphold stopped because of an error of its own, LookupError in \S+ line \d+; details are in (\S+\.log)",
        sentence,
    )
    assert found
    text = private_text(Path(found[1]), state)
    assert "in fail" in text
    out, err = capfd.readouterr()
    for said in (text, sentence, printed, out, err):
        assert SECRET not in said
    assert "Traceback" not in printed + out + err


async def test_an_error_that_is_a_message_is_that_sentence_with_its_exit_code(tmp_path: Path, state: Path) -> None:
    def refuse() -> None:
        raise BadDatabase("x.db: the disk is full; free some space")

    store = database(tmp_path)
    made = app(store)
    await _failed(made, lambda made: made.call_later(refuse))
    end = app_end(made, store.lost())
    assert (end.code, end.troubles) == (2, ("x.db: the disk is full; free some space",))
    assert files_in(state) == []


async def test_an_unsaved_verdict_is_named_when_the_app_breaks_off(tmp_path: Path) -> None:
    store = database(tmp_path)
    made = app(store)

    async def run() -> None:
        async with made.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            store.path.unlink()
            await press(pilot, "t")
            made.call_later(fail)
            await pilot.pause()

    with pytest.raises(LookupError):
        await run()
    end = app_end(made, store.lost())
    assert end.code == 4
    assert end.troubles[0].startswith("not kept: the verdict 'tie' on k-")


async def test_an_error_that_a_bad_value_led_to_names_the_value(tmp_path: Path, state: Path) -> None:
    store = database(tmp_path)
    store.conn.execute("PRAGMA ignore_check_constraints=ON")
    with store.writing() as conn:
        conn.execute("UPDATE runs SET created_at = 'yesterday'")
    made = app(store)
    await _failed(made, _in_handler)
    end = app_end(made, store.lost())
    (sentence,) = end.troubles
    assert end.code == 2
    assert "a value in the table runs, row 1, is not one that uphold writes: created_at is no time" in sentence
    assert files_in(state) == []


async def test_a_verdict_that_waited_for_a_lock_is_not_said_to_wait_when_the_app_has_ended(tmp_path: Path) -> None:
    store = database(tmp_path)
    made = app(store)
    async with made.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await press(pilot, "t", "Q")
        assert "Not everything is kept" in shown(pilot)
        await press(pilot, "x")
    other.close()
    end = app_end(made, store.lost())
    assert end.code == 4
    assert end.troubles[0].startswith("not kept: the verdict 'tie' on k-")
    assert "locked by another program" in end.troubles[0]
    assert "waiting" not in end.troubles[0]


async def test_a_verdict_that_waits_for_a_lock_can_be_saved_elsewhere(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await press(pilot, "t", "S", "enter")
        assert "1 decision written to" in shown(pilot)
        other.close()
        await press(pilot, "right")
        assert "Not saved" not in shown(pilot)
    (written,) = tmp_path.glob("*-unsaved.jsonl")  # noqa: ASYNC240  (a test)
    assert '"review": "tie"' in written.read_text()
    assert store.one("SELECT count(*) FROM events")[0] == 0


def test_only_the_last_logs_are_kept(state: Path) -> None:
    state.mkdir(parents=True)
    for number in range(KEPT + 5):
        (state / f"error-20200101-{number:06d}-1.log").touch()
    assert write_error_log(ValueError("x")) is not None
    assert len(list(state.iterdir())) == KEPT


def test_a_message_of_the_error_is_made_safe_in_the_log(state: Path) -> None:
    log = write_error_log(ValueError("\x1b]52;c;x\x07"))
    assert log is not None
    assert "\x1b" not in log.read_text()


def test_no_place_for_logs_is_said(state: Path) -> None:
    from uphold_tui.error_log import describe_error

    state.parent.parent.mkdir(parents=True)
    state.parent.write_text("a file where the folder would be")
    assert "no log could be written" in describe_error(ValueError("x"))
