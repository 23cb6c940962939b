"""An error of the program's own, outside the app: one sentence with the log file, and no traceback in the terminal."""

import re
from pathlib import Path

import pytest

from uphold_tui.console import OWN_ERROR, UnknownErrors, run_guarded
from uphold_tui.error_log import describe_error

SECRET = "sk-a-key-that-nobody-may-see"


def fail() -> None:
    hidden = SECRET
    raise LookupError(f"no {hidden}")


def test_an_unexpected_error_is_one_sentence_with_the_log_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert run_guarded(fail, UnknownErrors(lambda error: None, describe_error)) == OWN_ERROR
    printed = capsys.readouterr()
    assert printed.out == ""
    found = re.fullmatch(
        r"uphold stopped because of an error of its own, LookupError in \S+ line \d+; details are in (\S+\.log)\n",
        printed.err,
    )
    assert found
    assert "in fail" in Path(found[1]).read_text()


def test_an_error_that_a_value_in_the_database_explains_is_that_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    known = UnknownErrors(lambda error: OSError(5, "trouble", "x.db"), describe_error)
    assert run_guarded(fail, known) == 2
    assert capsys.readouterr().err == "x.db: cannot be written or read (trouble)\n"
