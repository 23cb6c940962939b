"""`uphold completion SHELL`: a script that the shell takes, and what it completes with it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.command_line import done, environment, told

BASH = shutil.which("bash")


COMPLETED = {
    ("uphold", "st"): {"stats"},
    ("uphold", "imports", ""): {"drop"},
    ("uphold", "stats", "--f"): {"--full"},
    ("uphold", "completion", ""): {"bash", "zsh", "fish"},
}
"""What bash offers for the last of some words."""


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    lines = [
        "source <(uphold completion bash)",
        *(
            f"COMP_WORDS=({' '.join(map(repr, words))}); COMP_CWORD={len(words) - 1}; _uphold_completion uphold;"
            ' echo "${COMPREPLY[*]}"'
            for words in COMPLETED
        ),
    ]
    assert BASH is not None
    program = tmp_path / "uphold"  # under its own name, as an installation has it
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m uphold_tui "$@"\n', "utf-8")
    program.chmod(0o755)
    env = environment(PATH=f"{tmp_path}:{os.environ['PATH']}")
    done = subprocess.run([BASH, "-c", "\n".join(lines)], env=env, capture_output=True, text=True, check=True)
    assert [set(line.split()) for line in done.stdout.splitlines()] == list(COMPLETED.values())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_of_its_own(tmp_path: Path, shell: str) -> None:
    assert f"_UPHOLD_COMPLETE=complete_{shell}" in done(tmp_path, "completion", shell)


def test_another_shell_is_a_sentence(tmp_path: Path) -> None:
    assert "'bash', 'zsh', 'fish'" in told(tmp_path, "completion", "tcsh")
