"""Every `uphold` command in the README does what it says there, in the order in which a reader meets them."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import model_server
from support.terminal import Terminal

README = Path(__file__).parents[1] / "README.md"


UPHOLD = [sys.executable, "-m", "uphold_tui"]


TEXT = README.read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def block_commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("uphold ")]


def inline_commands() -> list[str]:
    """Commands in running text that name no placeholder."""
    found = re.findall(r"`(uphold [^`\n]*)`", TEXT)
    return [text for text in found if not re.search(r"[A-Z\[]", text) and text not in block_commands()]


def named_commands() -> list[str]:
    return sorted({text.split()[1] for text in re.findall(r"`(uphold [a-z][^`\n]*)`", TEXT)})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the README's own example row in answers.jsonl, and a model server for the judge."""
    folder = tmp_path_factory.mktemp("readme")
    (row,) = blocks("json")
    more = [json.loads(row) | {"key": f"q-{n:02d}", "instruction": f"Question {n}?"} for n in range(2, 8)]
    (folder / "answers.jsonl").write_text(row + "".join(json.dumps(r) + "\n" for r in more), "utf-8")
    with model_server.serving(lambda asked: model_server.verdict("A")) as server:
        keys = {"ANTHROPIC_API_KEY": "sk-test", "ANTHROPIC_BASE_URL": server.url, "NO_PROXY": "127.0.0.1"}
        # The demo's database is kept in the user's data folder: not in the one of whoever runs the tests.
        yield folder, keys | {"XDG_DATA_HOME": str(tmp_path_factory.mktemp("data"))}


def run(command: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)[1:]
    return subprocess.run(
        [*UPHOLD, *words],
        cwd=folder,
        env=os.environ | env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def review(folder: Path, env: dict[str, str]) -> int | None:
    """Open the review in a terminal, decide one pair, leave."""
    with Terminal([*UPHOLD, "review"], cwd=folder, env=env) as terminal:
        terminal.wait("lora-r16", "better", timeout=60)
        terminal.quiet()
        terminal.send("a")
        terminal.wait("1 of 7", timeout=60)
        terminal.send("Q")
        terminal.rest()
        return terminal.code


def test_the_commands_of_the_first_ten_minutes_work_one_after_the_other(desk: tuple[Path, dict[str, str]]) -> None:
    folder, env = desk
    commands = block_commands()
    assert len(commands) >= 7
    for command in commands:
        if command == "uphold review":
            assert review(folder, env) == 0
            continue
        done = run(command, folder, env)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert done.stdout or "written to" in done.stderr, command
    for command in inline_commands():
        done = run(command, folder, env)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_every_command_that_the_readme_names_exists_and_has_help(desk: tuple[Path, dict[str, str]]) -> None:
    folder, env = desk
    assert {"demo", "import", "judge", "review", "stats", "runs", "show"} <= set(named_commands())
    for name in named_commands():
        done = run(f"uphold {name} --help", folder, env)
        assert done.returncode == 0, name
        assert "Usage" in done.stdout


def test_the_picture_and_the_files_that_the_readme_shows_are_there() -> None:
    shown = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert shown
    for target in shown:
        assert target.startswith("http") or (README.parent / target).is_file(), target


def test_what_ci_runs_is_the_readmes_own_test_command() -> None:
    lines = [line for line in TEXT.splitlines() if ".venv/bin/pytest" in line]
    assert len(lines) == 1
    script = (README.parent / ".ci" / "run").read_text("utf-8")
    assert "grep -m1 -F '.venv/bin/pytest' README.md" in script
