"""Two versions of a text as one: words that went are struck, words that came stand on a tint, the others are muted."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from textual.content import Content

from uphold_tui.themes import MUTED, TINT

_WORD = re.compile(r"\S+")

_MOST_COMPARED = 600
"""Words between equal beginnings and ends that are compared; more are shown as replaced, so that no text takes seconds."""

_KEPT = 12
"""Words of an unchanged stretch that are shown on each side of a change."""

_STRUCK = f"{MUTED} strike"

Piece = tuple[str, str]
"""`same`, `old` or `new`, and the words."""


def inline_diff(old: str, new: str) -> Content:
    """Return what became of a text; both have been made safe. White space alone is no difference."""
    pieces = _elided(list(_pieces(_WORD.findall(old), _WORD.findall(new))))
    styles = {"same": MUTED, "old": _STRUCK, "new": TINT}
    return Content(" ").join([Content.styled(words, styles[kind]) for kind, words in pieces if words])


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    yield "same", " ".join(new[:first])
    yield from _middle(old[first : len(old) - last], new[first : len(new) - last])
    yield "same", " ".join(new[len(new) - last :])


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if max(len(old), len(new)) > _MOST_COMPARED:
        yield "old", " ".join(old)
        yield "new", " ".join(new)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield "same", " ".join(new[c:d])
        else:
            yield "old", " ".join(old[a:b])
            yield "new", " ".join(new[c:d])


def _elided(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the pieces, with the middle of long unchanged stretches left out."""
    kept = [piece for piece in pieces if piece[1]]
    for at, (kind, text) in enumerate(kept):
        words = text.split(" ")
        if kind != "same" or len(words) <= 2 * _KEPT + 4:
            yield kind, text
            continue
        before = " ".join(words[:_KEPT]) if at > 0 else ""
        after = " ".join(words[-_KEPT:]) if at < len(kept) - 1 else ""
        yield kind, f"{before} … {after}".strip() if before or after else text
