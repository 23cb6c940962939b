"""Fences: random words that separate the parts of a prompt, and the check that no text can imitate one."""

import secrets
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

PIECE = 8
"""No text between fences holds this many characters of the fence in a row."""

_OTHER_BYTES = bytes(set(range(256)) - set(b"0123456789abcdef"))


def new_fence() -> str:
    """Return a random 128-bit word as 32 hex digits."""
    return secrets.token_hex(16)


def imitates(text: str, fence: str) -> bool:
    """Whether a text holds `PIECE` characters of a fence in a row, however they are written.

    A model may read characters that look alike or are invisible as plain ones. So everything but hex digits is left out
    of the text first, after NFKC and case folding of each character: what is found in the text without its invisible
    characters is found in its hex digits too. Takes linear time for any text.
    """
    digits = _hex_digits(text)
    return any(piece in digits for piece in _pieces(fence))


def imitated(texts: Iterable[str], fence: str) -> bool:
    """Whether any of the texts imitates the fence."""
    return any(imitates(text, fence) for text in texts)


def _hex_digits(text: str) -> bytes:
    if not text.isascii():
        # One character at a time: normalising a long run of combining marks at once takes quadratic time.
        text = text.translate({ord(char): _folded(char) for char in set(text) if not char.isascii()})
    return text.encode("ascii").lower().translate(None, _OTHER_BYTES)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    """Return the ASCII characters that a character stands for after NFKC and case folding."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    return folded.encode("ascii", "ignore").decode()


@lru_cache(maxsize=64)
def _pieces(fence: str) -> tuple[bytes, ...]:
    digits = _hex_digits(fence)
    return tuple(digits[start : start + PIECE] for start in range(max(len(digits) - PIECE, 0) + 1))
