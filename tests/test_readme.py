"""Every `uphold` command in the README does what it says there, in the order in which a reader meets them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import model_server
from support.documents import ROOT, Command, Page, review, run

README = Page("README.md")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the README's own file `answers.jsonl`, and a model server for the judge."""
    folder = tmp_path_factory.mktemp("readme")
    (rows,) = README.blocks("jsonl")
    (folder / "answers.jsonl").write_text(rows, "utf-8")
    with model_server.serving(lambda asked: model_server.verdict("A")) as server:
        keys = {"ANTHROPIC_API_KEY": "sk-test", "ANTHROPIC_BASE_URL": server.url, "NO_PROXY": "127.0.0.1"}
        # The demo's database is kept in the user's data folder: not in the one of whoever runs the tests.
        yield folder, keys | {"XDG_DATA_HOME": str(tmp_path_factory.mktemp("data"))}


def test_the_commands_of_the_first_ten_minutes_work_one_after_the_other(desk: tuple[Path, dict[str, str]]) -> None:
    folder, env = desk
    commands = README.block_commands()
    assert len(commands) >= 7
    for command in commands:
        if command.is_review:
            assert review(command, folder, env, "lora-r16") == 0
            continue
        done = run(command, folder, env)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert done.stdout or "written to" in done.stderr, command
    (listed,) = json.loads(run(Command("uphold runs --json"), folder, env).stdout)
    assert (listed["pairs"], listed["reviewed"]) == (3, 1)
    stats = json.loads(run(Command("uphold stats --json"), folder, env).stdout)
    assert stats["human"]["win_rate"]["rate"] is not None
    assert [judge["unreadable"] + judge["failed"] for judge in stats["judges"]] == [0, 0]
    for command in README.inline_commands():
        done = run(command, folder, env)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_the_rule_of_the_second_step_can_read_the_row_of_the_first(desk: tuple[Path, dict[str, str]]) -> None:
    folder, env = desk
    imported, judged = README.block_commands()[:2]
    other = [Command(f"{command.text} --db other.db") for command in (imported, judged)]
    assert run(other[0], folder, env).returncode == 0
    assert "unreadable" not in run(other[1], folder, env).stdout


def test_every_command_that_the_readme_names_exists_and_has_help(desk: tuple[Path, dict[str, str]]) -> None:
    folder, env = desk
    assert {"demo", "import", "judge", "review", "stats", "runs", "show"} <= set(README.named_commands())
    for name in README.named_commands():
        done = run(Command(f"uphold {name} --help"), folder, env)
        assert done.returncode == 0, name
        assert "Usage" in done.stdout


def test_the_picture_and_the_files_that_the_readme_shows_are_there() -> None:
    shown = re.findall(r"\]\(([^)#]+)\)", README.text)
    assert shown
    for target in shown:
        assert target.startswith("http") or (ROOT / target).is_file(), target


def test_what_ci_runs_is_the_readmes_own_test_command() -> None:
    lines = [line for line in README.text.splitlines() if ".venv/bin/pytest" in line]
    assert len(lines) == 1
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "grep -m1 -F '.venv/bin/pytest' README.md" in script
