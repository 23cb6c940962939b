"""Cells of an exported CSV file that no spreadsheet takes for formulas, and the texts that they stand for.

A spreadsheet takes a cell for a formula that begins with one of `SIGNS`; some do so behind blanks and invisible characters.
One that splits cells at semicolons, tabs or line breaks sees such a beginning in the middle of a text too. At each of these
places an apostrophe is put before the sign, behind apostrophes that stand there already; so taking one away at each of them
gives the text back. A comma is no such place: all texts are quoted, for commas.
"""

import re
from collections.abc import Sequence

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"

_SEPARATORS = ";\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
_INVISIBLE = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4"
    r"\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff"
)
# White space but separators; a quotation mark, which a spreadsheet may take for an empty quoted beginning of the cell.
_SKIPPED = rf'(?:[^\S{_SEPARATORS}]|[{_INVISIBLE}"])*+'
_SIGN = f"(?=[{re.escape(SIGNS)}])"

# Possessive repeats, so that the time grows with the length of the text.
_AT_START = re.compile(rf"'*+(?=[\t\r\n])|{_SKIPPED}'*+{_SIGN}")
_LATER = re.compile(rf"[{_SEPARATORS}]{_SKIPPED}'*+{_SIGN}")
_DEFUSED_AT_START = re.compile(rf"'++(?=[\t\r\n])|{_SKIPPED}'++{_SIGN}")
_DEFUSED_LATER = re.compile(rf"[{_SEPARATORS}]{_SKIPPED}'++{_SIGN}")

PAIR_COLUMNS = (
    "run",
    "set",
    "key",
    "turn",
    "tags",
    "candidate",
    "baseline",
    "context",
    "instruction",
    "reference",
    "response_candidate",
    "response_baseline",
    "earlier_turns",
    "human_label",
    "human_votes",
    "adjudicated",
)
"""Columns of the pair itself; the texts are those of its turn, `earlier_turns` is a JSON list of those before it."""


def defuse(text: str) -> str:
    """Return a cell in whose stead no spreadsheet computes anything."""
    found = _AT_START.match(text)
    if found:
        text = f"{found[0]}'{text[found.end() :]}"
    return _LATER.sub(r"\g<0>'", text)


def restore(cell: str) -> str:
    """Return the text that `defuse` made a cell of."""
    found = _DEFUSED_AT_START.match(cell)
    if found:
        cell = found[0][:-1] + cell[found.end() :]
    return _DEFUSED_LATER.sub(lambda later: later[0][:-1], cell)


def is_export(header: Sequence[str]) -> bool:
    """Whether a CSV file with this header is an export of ours, whose cells are to be restored."""
    return tuple(header[: len(PAIR_COLUMNS)]) == PAIR_COLUMNS
