"""Help of every command: `-h`, and examples that the parser takes; a word that is no command is answered with the nearest."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from support.command_line import done, told, uphold
from uphold_tui.cli import app, global_options_first

ROOT: Any = get_command(app)


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it; a group too where it does something by itself."""
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, (*path, name))
        if not getattr(command, "no_args_is_help", False):
            yield (*path, name), command


COMMANDS = dict(commands(ROOT))


def examples(command: Any) -> list[str]:
    """The lines of a command's help that are commands themselves."""
    return [line for line in (command.help or "").splitlines() if re.match(r"uphold [a-z]", line)]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_help_has_an_example_that_parses(path: tuple[str, ...]) -> None:
    lines = examples(COMMANDS[path])
    assert lines
    for line in lines:
        words = global_options_first(shlex.split(line)[1:])
        context, command = ROOT.make_context("uphold", list(words), resilient_parsing=True), ROOT
        for word in path:
            assert words.pop(0) == word, f"{line} is an example of another command"
            command = command.get_command(context, word)
        command.make_context(" ".join(path), words, parent=context).close()


@pytest.mark.parametrize(
    "arguments", [(), ("runs",), ("set",), ("set", "pin"), ("imports", "drop"), ("systems", "rename")]
)
def test_h_is_help_everywhere(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    short, long = uphold(tmp_path, *arguments, "-h"), uphold(tmp_path, *arguments, "--help")
    assert short.returncode == 0
    assert short.stdout == long.stdout
    assert short.stdout.startswith(f"Usage: {' '.join(('uphold', *arguments))}")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stas", "`uphold stats`"),
        ("set nwe", "`uphold set new`"),
        ("imports dorp", "`uphold imports drop`"),
        ("runs bles 1", "`uphold runs bless`"),
        ("pin desk", "`uphold set pin`"),
        ("load answers.csv", "`uphold import`"),
        ("rename x y", "`uphold set rename` or `uphold systems rename` or `uphold reviewers rename`"),
    ],
)
def test_a_word_that_is_no_command_names_the_ones_that_may_be_meant(tmp_path: Path, typed: str, meant: str) -> None:
    word = next(word for word in typed.split() if word not in ("set", "imports", "runs"))
    assert told(tmp_path, *typed.split()) == f"no such command {word!r}; did you mean {meant}?"


def test_a_word_like_no_command_leads_to_the_list(tmp_path: Path) -> None:
    assert told(tmp_path, "xylophone") == "no such command 'xylophone'; see uphold --help"


def test_an_option_that_is_none_names_the_ones_that_may_be_meant(tmp_path: Path) -> None:
    assert (
        told(tmp_path, "stats", "--jsn")
        == "no such option: --jsn; did you mean --json or --set? See uphold stats --help"
    )


def test_a_run_that_is_missing_is_answered_with_the_command_that_makes_one(tmp_path: Path) -> None:
    done(tmp_path, "set", "new", "empty")
    (tmp_path / "mine.csv").write_text("prompt,base,tuned\nSay hi,hello,hey\n")
    done(tmp_path, "import", "mine.csv", "--map", "instruction=prompt", "--systems", "base,tuned")
    for arguments in (("stats",), ("show", "1", "x"), ("plan", "7")):
        makes_one = told(tmp_path, *arguments).splitlines()[-1]
        assert makes_one == "uphold --db x.db review --set mine --candidate tuned --baseline base"


def test_what_comes_next_is_ready_to_paste(tmp_path: Path) -> None:
    made = uphold(tmp_path, "set", "new", "my set")
    assert (made.stdout, made.stderr) == (
        "the set 'my set' is made\n",
        "next: uphold --db x.db set add 'my set' --from FILE\n",
    )
