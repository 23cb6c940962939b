"""The README and the pages of docs: their code blocks, and their commands run as a reader would run them.

A `sh` block is run line by line. A block that follows a line such as "`answers.jsonl`:" is that file. A block with a comment
that it needs an API key or a model server is run where its model is one of the Anthropic API, for which the loopback server
stands; otherwise only its options are checked.
"""

import re
import shlex
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.command_line import uphold_alone
from support.terminal import UPHOLD, Terminal, note_frames

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w.-]+\.\w+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
_NEEDS = re.compile(r"^# needs (an API key|a model server)$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\b[A-Z]+\b|\[|\.\.\.")


@dataclass(frozen=True)
class Command:
    """A command line of a page; `runs` is False where it needs a server that the test has not."""

    text: str
    runs: bool = True

    @property
    def words(self) -> list[str]:
        """Its arguments, without the program."""
        return shlex.split(self.text)[1:]

    @property
    def is_review(self) -> bool:
        """Whether it opens the app."""
        return self.words[:1] == ["review"]


class Page:
    """One page."""

    def __init__(self, name: str) -> None:
        self.path = ROOT / name
        self.text = self.path.read_text("utf-8")

    def blocks(self, language: str) -> list[str]:
        """The code blocks in a language."""
        return [body for found, body in _BLOCK.findall(self.text) if found == language]

    def files(self) -> dict[str, str]:
        """The files that the page shows, by name."""
        return dict(_FILE.findall(self.text))

    def block_commands(self) -> list[Command]:
        """The commands of the `sh` blocks, in order."""
        return [
            Command(line, runs=not _NEEDS.search(block) or "anthropic:" in line)
            for block in self.blocks("sh")
            for line in block.splitlines()
            if line.startswith("uphold ")
        ]

    def inline_commands(self) -> list[Command]:
        """The commands in running text that name no placeholder and are in no block."""
        known = [command.text for command in self.block_commands()]
        found = (text.replace("\n", " ") for text in re.findall(r"`(uphold [^`]*)`", _BLOCK.sub("", self.text)))
        return [Command(text) for text in dict.fromkeys(found) if not _PLACEHOLDER.search(text) and text not in known]

    def named_commands(self) -> list[str]:
        """The names of all commands that are named anywhere."""
        found = re.findall(r"`uphold ([a-z]+)[^`]*`", self.text)
        return sorted({*found, *(command.words[0] for command in self.block_commands())})


def run(command: Command, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, in a folder; its data folder is there too, and standard input is no terminal."""
    folders = {"XDG_DATA_HOME": str(folder / "share"), "XDG_CONFIG_HOME": str(folder)}
    return uphold_alone(folder, *command.words, **(folders | env))


def review(command: Command, folder: Path, env: dict[str, str], *waits: str, decides: bool = True) -> int | None:
    """Run a command that opens the review in a terminal, decide one pair, and leave; `waits` come on the first screen."""
    with Terminal([*UPHOLD, *command.words], cwd=folder, env=env) as terminal:
        terminal.see(*waits, "better", timeout=60)
        if decides:
            note_frames(terminal)
            terminal.send("a")
        terminal.send("Q")
        terminal.rest()
        return terminal.code


@cache
def options_of(command: str) -> set[str]:
    """The options that the help of a command names."""
    done = run(Command(f"uphold {command} --help"), ROOT, {})
    assert done.returncode == 0, command
    return {"--db", "--config", *re.findall(r"(?<![\w-])(--?[a-z][\w-]*)", done.stdout)}
