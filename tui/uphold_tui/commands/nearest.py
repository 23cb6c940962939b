"""A word that is no command: which command was meant."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

_USUAL_WORDS = {
    "add": "import",
    "agreement": "stats",
    "annotate": "review",
    "delete": "imports drop",
    "diff": "compare",
    "eval": "judge",
    "evaluate": "judge",
    "history": "runs",
    "label": "review",
    "list": "runs",
    "load": "import",
    "ls": "runs",
    "new": "init",
    "open": "review",
    "remove": "imports drop",
    "results": "stats",
    "sample": "demo",
    "save": "export",
    "setup": "init",
    "start": "demo",
    "status": "runs",
    "summary": "stats",
    "try": "demo",
    "tutorial": "demo",
    "winrate": "stats",
}
"""Words of other programs for what a command does."""

_NAMED = 3
"""Commands that are named at most."""


def describe_unknown(group: Any, context: Any, typed: str) -> str:
    """Return the sentence for a word that is no command of a group, with the whole commands that may have been meant."""
    meant = commands_meant(group, context, typed)
    if not meant:
        return f"no such command {typed!r}; see {context.command_path} --help"
    return f"no such command {typed!r}; did you mean {' or '.join(f'`{command}`' for command in meant)}?"


def commands_meant(group: Any, context: Any, typed: str) -> list[str]:
    """Return the commands that may have been meant by a word that is none of `group`, such as `uphold set pin`.

    They are those of the group that are spelled nearly so; where there is none, what other programs call so, and commands
    of any group that have this name, or nearly.
    """
    word = typed.lower()
    root = context.find_root()
    own = get_close_matches(word, group.list_commands(context), 2)
    if own:
        return [f"{context.command_path} {name}" for name in own]
    paths = list(_paths(root.command, root))
    found = [path for path in paths if " ".join(path) == _USUAL_WORDS.get(word)]
    found += [path for path in paths if path[-1] == word]
    if not found:
        near = get_close_matches(word, {path[-1] for path in paths}, _NAMED)
        found = [path for name in near for path in paths if path[-1] == name]
    return [" ".join((root.command_path, *path)) for path in found[:_NAMED]]


def _paths(group: Any, context: Any, before: Sequence[str] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, such as ("set", "pin")."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*before, name)
        if hasattr(command, "list_commands"):
            yield from _paths(command, context, (*before, name))
