"""Whole prompts of a user's own: texts with fields such as `{instruction}`, into which the texts of a pair are put once.

`{{` and `}}` stand for braces. The texts that are put in are never looked at for fields again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from uphold.errors import BadUsage

FIELDS = ("instruction", "reference", "context", "response_a", "response_b", "rubric")
"""Names of the fields; the two responses have to be there."""

_REQUIRED = ("response_a", "response_b")

_MARK = re.compile(r"\{\{|\}\}|\{(\w*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Template:
    """A template in pieces: texts as they are, and between them the names of fields. `names[i]` comes after `texts[i]`."""

    texts: tuple[str, ...]
    names: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the prompt; a value that ends with a line break stands on lines of its own."""
        parts, at_line_start = [self.texts[0]], self.texts[0].endswith("\n") or not self.texts[0]
        for name, text in zip(self.names, self.texts[1:], strict=True):
            value = values[name]
            if value.endswith("\n") and not at_line_start:
                value = f"\n{value}"
            following = text.removeprefix("\n") if value.endswith("\n") else text
            parts += [value, following]
            at_line_start = (value + following).endswith("\n")
        return "".join(parts)


@lru_cache(maxsize=16)
def parse_template(text: str) -> Template:
    """Return the pieces of a template.

    Raises BadUsage, with the line, for a brace that is neither doubled nor part of a field, for a field that there is not, and
    for a template without the responses.
    """
    texts, names, start, rest = [], [], 0, ""
    for mark in _MARK.finditer(text):
        rest += text[start : mark.start()]
        start = mark.end()
        if mark[0] in ("{{", "}}"):
            rest += mark[0][0]
        elif mark[1] in FIELDS:
            texts.append(rest)
            names.append(mark[1])
            rest = ""
        else:
            raise BadUsage(_problem(text, mark))
    for name in _REQUIRED:
        if name not in names:
            raise BadUsage(f"template: {{{name}}} is missing, so that there would be nothing to compare")
    return Template((*texts, rest + text[start:]), tuple(names))


def _problem(text: str, mark: re.Match[str]) -> str:
    """Return the sentence about a brace that begins or ends no field."""
    line = text.count("\n", 0, mark.start()) + 1
    fields = ", ".join(f"{{{name}}}" for name in FIELDS)
    if mark[1] is not None:
        return (
            f"template, line {line}: there is no field {mark[0]}; fields are {fields}, and a brace that is to stay is"
            " written twice, {{ or }}"
        )
    shown = text[mark.start() :].split("\n", 1)[0][:40]
    return (
        f"template, line {line}: the brace before {shown[1:]!r} belongs to no field; one that is to stay is written twice,"
        f" {mark[0] * 2} (fields are {fields})"
    )
