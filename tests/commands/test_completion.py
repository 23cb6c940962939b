"""`uphold completion SHELL`: a script that the shell takes, and what it completes with it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.command_line import done, environment, told

BASH = shutil.which("bash")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder with the program under its own name, as an installation has it."""
    file = tmp_path / "uphold"
    file.write_text(f'#!/bin/sh\nexec {sys.executable} -m uphold_tui "$@"\n', "utf-8")
    file.chmod(0o755)
    return tmp_path


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last word, once it has read the script."""
    listed = " ".join(f"'{word}'" for word in words)
    script = (
        f"source <(uphold completion bash); COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1};"
        ' _uphold_completion uphold; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert BASH is not None
    path = f"{folder}:{environment()['PATH']}"
    ended = subprocess.run([BASH, "-c", script], env=environment(PATH=path), capture_output=True, text=True, check=True)
    return ended.stdout.split()


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("uphold", "st"), {"stats"}),
        (("uphold", "imports", ""), {"drop"}),
        (("uphold", "stats", "--f"), {"--full"}),
        (("uphold", "completion", ""), {"bash", "zsh", "fish"}),
    ],
)
def test_bash_completes_commands_and_options(program: Path, words: tuple[str, ...], offered: set[str]) -> None:
    assert set(completed(program, *words)) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_of_its_own(tmp_path: Path, shell: str) -> None:
    assert f"_UPHOLD_COMPLETE=complete_{shell}" in done(tmp_path, "completion", shell)


def test_another_shell_is_a_sentence(tmp_path: Path) -> None:
    assert "'bash', 'zsh', 'fish'" in told(tmp_path, "completion", "tcsh")
