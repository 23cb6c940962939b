"""The editor of the environment, whatever is named there: a text comes back, or a sentence says why not."""

import shlex
import sys

import pytest

from uphold.errors import BadUsage
from uphold_tui.editor import edit_text


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)


def program(text: str) -> str:
    """A command that runs this program; the file is its first argument."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(text)}"


def test_what_the_editor_leaves_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", program("import sys; open(sys.argv[1], 'a').write('and more')"))
    assert edit_text("text ", kept_for="it") == "text and more"


@pytest.mark.parametrize("variable", ["VISUAL", "EDITOR"])
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("'", r"is no command \(No closing quotation\); set it to your editor"),
        ("/no/such/editor -w", "/no/such/editor: cannot be run .*; set \\$EDITOR to your editor"),
        (program("raise SystemExit(3)"), "ended with code 3; nothing is changed"),
    ],
)
def test_an_editor_that_cannot_be_had_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, command: str, said: str
) -> None:
    monkeypatch.setenv(variable, command)
    with pytest.raises(BadUsage, match=said):
        edit_text("text", kept_for="it")


def test_blanks_name_no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", " ")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadUsage, match="vi: cannot be run"):
        edit_text("text", kept_for="it")
