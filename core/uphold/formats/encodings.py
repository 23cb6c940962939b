"""Encodings of text files: recognising them, finding the one that `--encoding` names, and reading them as UTF-8."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from encodings.aliases import aliases
from typing import Any, BinaryIO

from uphold.errors import BadFile, BadUsage
from uphold.formats.json_values import BOM, LONGEST_LINE

_BLOCK = 256 * 1024
"""Bytes that are decoded at a time."""

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""Byte order marks; that of UTF-32 begins like that of UTF-16."""

_NO_TEXT = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
"""Codecs of Python that decode to text but are no encodings of files."""

_OTHER_GUESSES = ("windows-1251", "windows-1250", "gb18030", "shift_jis", "big5", "euc_kr", "mac-roman")

_HIGH = re.compile(rb"[\x80-\xff]+")
_WITHIN_WORD = re.compile(r"(?<=[A-Za-z])[\x80-\U0010ffff](?=[A-Za-z])")

_MOST_BAD_LINES = 200
"""Lines that are not UTF-8 after which the rest of the file is not looked at to guess its encoding."""


class WrongEncoding(BadFile):
    """Text that is not UTF-8; `guesses` are the encodings that it may be in, the likeliest first."""

    def __init__(self, message: str, guesses: tuple[str, ...]) -> None:
        super().__init__(message)
        self.guesses = guesses


def find_encoding(name: str) -> str | None:
    """Return the codec of an encoding by any of its names; None for UTF-8. Raises BadUsage for what is no text encoding."""
    try:
        codec = codecs.lookup(name).name
        io.TextIOWrapper(io.BytesIO(), encoding=codec)  # raises LookupError for bytes to bytes and text to text
    except (LookupError, ValueError):
        codec = "undefined"
    if codec.replace("-", "_") in _NO_TEXT:
        raise BadUsage(f"--encoding: {name!r} is no encoding of text that Python knows{_nearest(name)}")
    return None if codec in ("utf-8", "utf-8-sig") else codec


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    known = {spelling.replace("_", "-") for alias in aliases.items() for spelling in alias}
    found = get_close_matches(name.lower().replace("_", "-"), known, 3) or ["utf-16", "windows-1252", "gb18030"]
    return f"; perhaps {' or '.join(found)}"


def unicode_form(head: bytes) -> str | None:
    """Return the encoding of a file that begins like UTF-16 or UTF-32: with a mark, or with every other byte zero."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[: len(head) // 4 * 4][:4096]
    zeros = [sample[start::4].count(0) * 4 / len(sample) for start in range(4)] if sample else []
    for encoding, wanted in (("utf-16-le", (0, 1, 0, 1)), ("utf-16-be", (1, 0, 1, 0))):
        if zeros and all(share > 0.6 if want else share < 0.05 for share, want in zip(zeros, wanted, strict=True)):
            return encoding
    return None


def check_encoding(name: str, head: bytes, encoding: str | None) -> str | None:
    """Return the encoding to read a file with that begins with `head`; None for UTF-8.

    `encoding` is what the user named, if anything. Raises BadFile, naming the file `name`, where the bytes say otherwise.
    """
    form = unicode_form(head)
    if encoding is None:
        if form is not None:
            message = f"{name}:1: not UTF-8 at byte 0; it is {form.upper()}: {_remedy(form)}"
            raise WrongEncoding(message, (form,))
        return None
    is_wide = encoding.startswith(("utf-16", "utf-32"))
    if form is not None and not is_wide:
        raise BadFile(f"{name}:1: not {encoding} but {form.upper()}: use --encoding {form}")
    if form is None and (head.startswith(BOM) or _is_utf8(head, beyond_ascii=not is_wide)):
        raise BadFile(f"{name}:1: not {encoding} but UTF-8: leave out --encoding")
    return _with_order(encoding, head)


def _is_utf8(head: bytes, *, beyond_ascii: bool) -> bool:
    """Whether bytes are UTF-8, though the last character may be cut off."""
    if b"\0" in head or (beyond_ascii and head.isascii()):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return bool(head)


def _with_order(encoding: str, head: bytes) -> str:
    """Return the encoding with its byte order, so that a part of the file can be decoded too."""
    if encoding not in ("utf-16", "utf-32"):
        return encoding
    if head.startswith((b"\xfe\xff", b"\0\0\xfe\xff")) or unicode_form(head) == "utf-16-be":
        return f"{encoding}-be"
    return f"{encoding}-le"


class Utf8Stream(io.RawIOBase):
    """The bytes of `source`, which is text in another encoding, as UTF-8. Raises BadFile for bytes that do not fit it."""

    def __init__(self, source: BinaryIO, encoding: str, name: str) -> None:
        self._source, self._encoding, self._name = source, encoding, name
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = memoryview(b"")
        self._lines = 1
        self._ended = False

    def readable(self) -> bool:
        """Return True: this stream can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`; return the number of bytes, 0 at the end."""
        while not self._ready and not self._ended:
            self._ready = memoryview(self._next_block())
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next_block(self) -> bytes:
        block = self._source.read(_BLOCK)
        self._ended = not block
        try:
            text = self._decoder.decode(block, final=self._ended)
            data = text.encode()
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(self._encoding, "ignore")
            raise self._misfit(before.count("\n"), bytes(error.object[error.start : error.end])) from None
        except UnicodeEncodeError as error:
            raise self._misfit(text.count("\n", 0, error.start), b"") from None
        self._lines += data.count(b"\n")
        return data

    def _misfit(self, lines: int, data: bytes) -> BadFile:
        what = (
            f"the bytes {data[:4].hex(' ')} are no text in it" if data else "half of a surrogate pair is no character"
        )
        return BadFile(
            f"{self._name}:{self._lines + lines}: not {self._encoding}: {what}; name another with --encoding"
        )


def text_lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines of UTF-8 text with their ends: LF, CR LF or CR.

    Raises UnicodeDecodeError, and ValueError for a line that is longer than `LONGEST_LINE`.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    while block := stream.read(_BLOCK):
        # The last line may go on in the next block, or its CR be followed by a LF there.
        lines = list(io.StringIO(rest + decoder.decode(block), newline=""))
        rest = lines.pop() if lines else ""
        yield from lines
        if len(rest) > LONGEST_LINE:
            raise ValueError("the line is longer than 64 MiB")
    yield from io.StringIO(rest + decoder.decode(b"", True), newline="")


@dataclass(frozen=True, slots=True)
class BadBytes:
    """The first byte of a file that is not UTF-8, counted from 0, its line from 1, and what to do about it.

    `guesses` are the encodings that the file may be in.
    """

    line: int
    offset: int
    advice: str
    guesses: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"not UTF-8 at byte {self.offset}; {self.advice}"


def find_bad_bytes(stream: BinaryIO, start: int) -> BadBytes | None:
    """Look through a stream, which begins `start` bytes into its file; return None if all of it is UTF-8."""
    first: tuple[int, int] | None = None
    sample: list[bytes] = []
    good = number = 0
    while len(sample) < _MOST_BAD_LINES and (raw := stream.readline(LONGEST_LINE)):
        try:
            good += not raw.isascii() and bool(raw.decode())
        except UnicodeDecodeError as error:
            breaks = raw.count(b"\r", 0, error.start) if not number else 0  # a file whose lines all end in CR
            first = first or (number + 1 + breaks, start + error.start)
            sample.append(raw[max(0, error.start - 1000) :][:20_000])
        start += len(raw)
        number += 1
    return BadBytes(*first, *_advice(b"\n".join(sample), good, len(sample))) if first else None


def _advice(sample: bytes, good: int, bad: int) -> tuple[str, tuple[str, ...]]:
    """Return what to do about bytes that are not UTF-8, and the encodings that they may be in."""
    if good:
        where = "this line is not" if bad == 1 else "these lines are not"
        return f"other lines are UTF-8, {where}: mend it, or save the file as UTF-8", ()
    if _decodes(sample, "utf-8", "surrogatepass"):
        return "half of a surrogate pair is no character; save the file as UTF-8", ()
    guesses = guess_encodings(sample)
    if len(guesses) == 1:
        return f"it looks like {guesses[0].capitalize()}: {_remedy(guesses[0])}", guesses
    named = f"--encoding {guesses[0]} or {', '.join(guesses[1:])}" if guesses else "--encoding NAME"
    return f"name its encoding (perhaps {named}), or save the file as UTF-8", guesses


def _remedy(encoding: str) -> str:
    return f"import it with --encoding {encoding}, or save the file as UTF-8"


def guess_encodings(sample: bytes) -> tuple[str, ...]:
    """Return the encodings that bytes, which are not UTF-8, may be in; one alone is likely.

    Western text has single bytes beyond ASCII among ASCII letters, and Windows-1252 makes letters of those within words.
    """
    runs = _HIGH.findall(sample)
    if _decodes(sample, "windows-1252") and len(runs) > 0.6 * sum(map(len, runs)):
        within = _WITHIN_WORD.findall(sample.decode("windows-1252"))
        if all(character.isalpha() or character in "’–—" for character in within):
            return ("windows-1252",)
    return tuple(encoding for encoding in _OTHER_GUESSES if _decodes(sample, encoding))


def _decodes(data: bytes, encoding: str, errors: str = "strict") -> bool:
    try:
        data.decode(encoding, errors)
    except UnicodeDecodeError:
        return False
    return True
