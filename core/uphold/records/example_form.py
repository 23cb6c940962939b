"""A whole example as one text to be changed in an editor, and back.

Each part stands below a line with its name between dashes. There are more dashes than any line of the texts begins with, so
that no text can look like the beginning of a part.
"""

import re
from dataclasses import dataclass

from uphold.errors import BadUsage

_LEAST_DASHES = 4

_MODELINES = 5
"""Lines at both ends of a file in which an editor may look for settings; none of them is ever a line of a text."""


@dataclass(frozen=True, slots=True)
class ExampleForm:
    """The parts of an example as texts; `references` has one a turn, and tags stand in one line with commas."""

    turns: tuple[str, ...]
    context: str
    references: tuple[str, ...]
    tags: str


def _marker(dashes: int, name: str) -> str:
    return f"{'-' * dashes} {name} {'-' * dashes}"


def form_text(title: str, form: ExampleForm) -> str:
    """Return the text of a form; `title` says what it is about."""
    texts = "\n".join([*form.turns, form.context, *form.references, form.tags])
    longest = max((len(found[0]) for found in re.finditer(r"^-+", texts, re.MULTILINE)), default=0)
    dashes = max(longest + 1, _LEAST_DASHES)
    head = [
        title,
        "Each part stands below the line with its name, and these lines stay as they are.",
        "A turn, a context or a reference is taken away by leaving nothing below its line.",
        "A further turn is written below lines like those of the others, with the next number.",
        "Leave the editor without saving to change nothing.",
    ]
    several = len(form.turns) > 1
    parts: list[tuple[str, str]] = []
    for number, (turn, reference) in enumerate(zip(form.turns, form.references, strict=True), 1):
        parts.append((f"turn {number}" if several else "instruction", turn))
        if several:
            parts.append((f"reference {number}", reference))
    parts.append(("context", form.context))
    if not several:
        parts.append(("reference", form.references[0]))
    parts.append(("tags", form.tags))
    body = [line for name, text in parts for line in (_marker(dashes, name), text)]
    return "\n".join([*head, *body, _marker(dashes, "end"), *[""] * _MODELINES])


def parse_form(text: str) -> ExampleForm:
    """Return the parts of a form's text.

    Raises BadUsage where a part is there twice, where there is no turn, or where the lines that name the parts are damaged.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    dashes = next(
        (len(found[1]) for line in reversed(lines) if (found := re.fullmatch(r"(-{4,}) end \1", line.strip()))), 0
    )
    if not dashes:
        raise BadUsage("the last line with dashes is gone: it says where the text ends; nothing was changed")
    name_line = re.compile(rf"-{{{dashes}}} ([a-z]+(?: \d{{1,4}})?) -{{{dashes}}}")
    parts: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        found = name_line.fullmatch(line.rstrip())
        if found:
            name = found[1]
            if name in parts:
                raise BadUsage(f"the part {name!r} is there twice; nothing was changed")
            parts[name] = []
        elif name:
            parts[name].append(line)
    texts = {name: "\n".join(lines) for name, lines in parts.items()}
    return ExampleForm(*_turns(texts), texts.get("tags", "").strip())


def _turns(texts: dict[str, str]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Return turns, context and references."""
    known = re.compile(r"(turn|reference) (\d+)|instruction|reference|context|tags|end")
    if unknown := next((name for name in texts if not known.fullmatch(name)), None):
        raise BadUsage(f"there is no part called {unknown!r}; nothing was changed")
    numbers = sorted(int(name.split()[1]) for name in texts if name.startswith("turn "))
    if numbers:
        if numbers != list(range(1, len(numbers) + 1)) or "instruction" in texts:
            raise BadUsage("turns are numbered 1, 2, 3 and so on; nothing was changed")
        turns = tuple(texts[f"turn {number}"] for number in numbers)
        references = tuple(texts.get(f"reference {number}", "") for number in numbers)
    elif "instruction" in texts:
        turns, references = (texts["instruction"],), (texts.get("reference", ""),)
    else:
        raise BadUsage("there is no instruction; nothing was changed")
    return turns, texts.get("context", ""), references
