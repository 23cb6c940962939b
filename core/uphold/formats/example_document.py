"""An example as a text for an editor, and back: a section a part, between lines that its own texts cannot imitate.

Head and foot are longer than the lines in which vim looks for mode lines, and the foot begins a page of its own, where emacs
looks for local variables: no text of the example can set anything in the editor.
"""

import re
import secrets
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.sets import Example, fitted_references

_HEAD = """\
Change what stands below the lines that begin with {mark} and save; leave without saving to change nothing.
Those lines, this head and the foot are no part of the example.
An empty section is none. To add a turn, write a line "{mark} turn N" with the next number.
Tags stand one a line.


Example {key} of the set {set}

"""

_FOOT = """\
\f



This is the foot. What stands here is left out.



"""

_SECTION = re.compile(r"context|turn ([1-9][0-9]{0,3})|reference ([1-9][0-9]{0,3})|tags|end", re.ASCII)


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """What stands in the sections of a document: None for a context or a reference that is empty."""

    turns: tuple[str, ...]
    context: str | None
    references: tuple[str | None, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExampleDocument:
    """An example as a text; `mark` begins the lines between its sections."""

    text: str
    mark: str
    example: Example

    def parse(self, text: str) -> DocumentParts:
        """Return what was written; untouched parts are as they were. Raises BadUsage for a section that is lacking."""
        before, after = _sections(self.text, self.mark), _sections(text, self.mark)
        known = self.example.text
        original = {"context": known.context}
        original |= {f"reference {turn}": reference for turn, reference in enumerate(known.references, 1)}

        def read(name: str) -> str | None:
            return original.get(name) if before.get(name) == after.get(name) else after.get(name) or None

        turns: list[str] = []
        while (body := after.get(f"turn {len(turns) + 1}")) is not None:
            turns.append(body)
        numbered = [name for name in after if name.startswith(("turn ", "reference "))]
        beyond = next((name for name in numbered if int(name.rpartition(" ")[2]) > len(turns)), None)
        if not turns or beyond is not None:
            raise BadUsage(
                f'the line "{self.mark} turn {len(turns) + 1}" is lacking'
                + (f", but {beyond} is there" if beyond else "")
            )
        references = tuple(read(f"reference {turn}") for turn in range(1, len(turns) + 1))
        tags = tuple(dict.fromkeys(line.strip() for line in after.get("tags", "").splitlines() if line.strip()))
        if before.get("tags") == after.get("tags"):
            tags = self.example.tags
        return DocumentParts(tuple(turns), read("context"), references, tags)


def example_document(example: Example, set_name: str) -> ExampleDocument:
    """Return an example as a text for an editor."""
    text = example.text
    parts: list[tuple[str, str]] = [("context", text.context or "")]
    for turn, (asked, reference) in enumerate(
        zip(text.turns, fitted_references(text.references, len(text.turns)), strict=True), 1
    ):
        parts += [(f"turn {turn}", asked), (f"reference {turn}", reference or "")]
    parts.append(("tags", "\n".join(example.tags)))
    mark = f"==== {secrets.token_hex(4)}"
    while any(mark in body for _, body in parts):
        mark = f"==== {secrets.token_hex(4)}"
    head = _HEAD.format(key=_shown(example.key), set=_shown(set_name), mark=mark)
    body = "".join(f"{mark} {name}\n{part}\n" for name, part in parts)
    return ExampleDocument(f"{head}{body}{mark} end\n{_FOOT}", mark, example)


def _shown(name: str) -> str:
    return name if name.isprintable() else ascii(name)


def _sections(text: str, mark: str) -> dict[str, str]:
    """Return what stands below each line that begins with the mark, without the line break at its end."""
    found: dict[str, str] = {}
    name, lines = "", list[str]()
    for line in re.split(r"(?<=\n)", text):
        if not line.startswith(mark):
            lines.append(line)
            continue
        if name:
            found[name] = "".join(lines).removesuffix("\n")
        name, lines = line[len(mark) :].strip(), []
        if _SECTION.fullmatch(name) is None or name in found:
            raise BadUsage(f'the line "{line.strip()[:80]}" names no section, or one that is there already')
        if name == "end":
            return found
    raise BadUsage(f'the line "{mark} end" is lacking')
