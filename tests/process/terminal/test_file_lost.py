"""The real program whose database is taken away: last words, exit code, and a terminal as it was before."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.imports import bring, judged
from support.terminal import UPHOLD, Terminal, note_frames, without_holding
from uphold.store.database import open_store

SECRET = "sk-a-key-that-nobody-may-see"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "kept.db"
    with open_store(made, create=True) as store:
        bring(store, *(judged(f"k{number}") for number in range(3)))
    return made


def review(path: Path, *program: str, **env: str) -> Terminal:
    options = without_holding(path.parent)
    command = [*(program or UPHOLD), *options, "--db", str(path), "review", "--reviewer", "mira"]
    terminal = Terminal(command, size=(150, 36), env=env)
    terminal.see("says the candidate")
    note_frames(terminal)
    return terminal


def press(terminal: Terminal, key: str, shows: str) -> None:
    terminal.send(key)
    terminal.see(shows)


def decide(terminal: Terminal, key: str) -> None:
    press(terminal, key, "before:")
    note_frames(terminal)


def _restored(stream: bytes) -> bool:
    """Whether the alternate screen was left and the cursor is there again."""
    return stream.rindex(b"\x1b[?1049l") > stream.rindex(b"\x1b[?1049h") and b"\x1b[?25h" in stream


def truncate(path: Path) -> None:
    os.truncate(path, 4096)


@pytest.mark.parametrize(
    ("spoil", "said", "leave"),
    [
        (Path.unlink, b"was deleted", "\x03"),
        (truncate, b"was truncated", "qx"),
        pytest.param(Path.unlink, b"was deleted", "Qx", marks=pytest.mark.slow),
        pytest.param(Path.unlink, b"was deleted", "qx", marks=pytest.mark.slow),
        pytest.param(truncate, b"was truncated", "\x03", marks=pytest.mark.slow),
        pytest.param(truncate, b"was truncated", "Qx", marks=pytest.mark.slow),
    ],
)
def test_the_last_words_are_true(path: Path, spoil: Callable[[Path], None], said: bytes, leave: str) -> None:
    with review(path) as terminal:
        decide(terminal, "t")
        spoil(path)
        press(terminal, "4", "Not kept")
        if len(leave) == 2:
            press(terminal, leave[0], "Not everything is kept")
        terminal.send(leave[-1])
        stream = terminal.rest()
        words = stream[stream.rindex(b"\x1b[?1049l") :]
        assert terminal.code == 4
    assert b"not kept: the verdict 'both bad' on k" in words
    assert said in words
    assert f"kept in {path}".encode() not in words
    assert b"goes on" not in words
    assert _restored(stream)


def test_the_last_words_name_the_copy_in_which_the_review_went_on(path: Path) -> None:
    with review(path) as terminal:
        decide(terminal, "t")
        path.unlink()
        press(terminal, "4", "Not kept")
        press(terminal, "S", "Save to")
        press(terminal, "\r", "saved; the review goes on in")
        terminal.send("q")
        words = terminal.rest()
        assert terminal.code == 0
    copy = path.with_name("kept-saved.db")
    assert f"kept in {copy}; uphold --db {copy} review goes on".encode() in words
    with open_store(copy, reading=True) as store:
        assert store.one("SELECT count(*) FROM current_decisions")[0] == 2


_BREAKING = f"""
import sys
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.cli import main
def action_skip(self):
    hidden = {SECRET!r}
    raise LookupError(len(hidden))
ReviewScreen.action_skip = action_skip
main()
"""


def test_an_error_of_the_app_is_one_sentence_a_log_and_an_exit_code(path: Path, tmp_path: Path) -> None:
    with review(path, sys.executable, "-c", _BREAKING, XDG_STATE_HOME=str(tmp_path / "state")) as terminal:
        decide(terminal, "t")
        terminal.send("s")
        stream = terminal.rest()
        words = stream[stream.rindex(b"\x1b[?1049l") :]
        assert terminal.code == 4
    (log,) = (tmp_path / "state" / "uphold" / "log").iterdir()
    assert b"uphold stopped because of an error of its own, LookupError in " in words
    assert f"; details are in {log}".encode() in words
    assert b"everything else is kept in" in words
    assert b"Traceback" not in stream
    assert SECRET.encode() not in stream
    assert SECRET not in log.read_text()
    assert _restored(stream)
