"""Text of users as it stands in a report file: what could act there is shown by a sign, in HTML and in Markdown alike."""

import re

from uphold.formatting import count
from uphold.text import one_line, terminal_safe

LONGEST = 20_000
"""Characters of a text that a report shows."""

_LONGEST_LINE = 2_000

_FOLD_AT = 420
"""Longer texts are folded: about so many characters stand before the fold."""

_ACTIVE = re.compile(r"[\\`*_\[\]<>|~&@$]|(?<=:)//|(?<=www)\.")
"""Characters that Markdown, HTML in it, or the pages that show it, would act on anywhere in a line."""

_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s|$)")

_BACKTICKS = re.compile("`+")


def block(text: str) -> str:
    """Return a text with its line breaks, cut to `LONGEST` characters."""
    shown = terminal_safe(text[:LONGEST]).replace("\u2028", "\n").replace("\u2029", "\n")
    left = len(text) - LONGEST
    return f"{shown}\n… {count(left)} more characters" if left > 0 else shown


def line(text: str) -> str:
    """Return a text on one line, cut to `_LONGEST_LINE` characters; line breaks in it become blanks."""
    shown = " ".join(text[: LONGEST + 1].split())
    return one_line(shown if len(shown) <= _LONGEST_LINE else shown[: _LONGEST_LINE - 1] + "…")


def folded(text: str) -> tuple[str, str]:
    """Return what stands before the fold of a text, and the rest; without a rest there is nothing to fold.

    It is folded at the end of a word, and a few characters are not worth it.
    """
    shown = block(text)
    if len(shown) <= _FOLD_AT * 3 // 2:
        return shown, ""
    at = max(shown.rfind(" ", 0, _FOLD_AT), shown.rfind("\n", 0, _FOLD_AT))
    at = at if at > _FOLD_AT // 2 else _FOLD_AT
    return shown[:at], shown[at:]


def markdown_line(text: str) -> str:
    """Return a text as one line of Markdown in which nothing acts: no markup, HTML, link, mention or formula."""
    escaped = _ACTIVE.sub(lambda found: "".join(f"\\{char}" for char in found.group()), line(text))
    escaped = _NUMBERED.sub(r"\1\\\2", escaped)
    return re.sub(r"^(\s*)([#+=-])", r"\1\\\2", escaped)


def markdown_block(text: str) -> str:
    """Return a text as a fenced block of Markdown, in which nothing acts."""
    shown = block(text)
    fence = "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(shown)), default=0))
    return f"{fence}text\n{shown}\n{fence}"
