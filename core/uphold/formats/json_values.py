"""Strict decoding: UTF-8 and JSON, with a sentence for everything that is not."""

import json
import re
from json import JSONDecodeError
from typing import Any

from uphold.formats.reading import BadRow

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes; a longer line is an error."""


BOM = b"\xef\xbb\xbf"


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRow(f'field "{twice}" stands twice in one object; keep one of them')
    return found


def _refuse_constant(word: str) -> None:
    raise BadRow(f"{word} is no JSON number; leave the field out where there is none")


_strict = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)


lenient = json.JSONDecoder()
"""Finds where a value ends when the strict reading refused it."""


def loads(text: str) -> Any:
    """The one JSON value in `text`; raises BadRow."""
    try:
        value = _strict.decode(text)
    except JSONDecodeError as bad:
        raise BadRow(syntax(bad)) from None
    except RecursionError:
        raise BadRow("nested too deeply to be read") from None
    except ValueError as bad:
        raise BadRow(f"not JSON that can be read: {bad}") from None
    refuse_surrogates(text, 0, len(text), value)
    return value


def value_at(text: str, position: int) -> tuple[Any, int]:
    """The JSON value that begins at `position`, and where it ends; raises BadRow for what is in it and
    JSONDecodeError or RecursionError where its end cannot be found."""
    value, end = _strict.raw_decode(text, position)
    refuse_surrogates(text, position, end, value)
    return value, end


def refuse_surrogates(text: str, start: int, end: int, value: Any) -> None:
    """Raise BadRow where an escape in `text[start:end]` left half of a surrogate pair in `value`."""
    if _SURROGATE.search(text, start, end):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise BadRow("half of a surrogate pair (\\ud800..\\udfff) is no character; remove it") from None
        except RecursionError:
            raise BadRow("nested too deeply to be read") from None


def line_object(raw: bytes, offset: int) -> dict[str, Any]:
    """The JSON object on one line that begins `offset` bytes into its file; raises BadRow."""
    if len(raw) > LONGEST_LINE and len(raw.rstrip(b"\r\n")) > LONGEST_LINE:
        raise BadRow("the line is longer than 64 MiB")
    if b"\0" in raw:
        raise BadRow(f"a NUL byte at byte {offset + raw.index(0)}; this is no text file, or a broken one")
    try:
        text = raw.decode()
    except UnicodeDecodeError as bad:
        raise BadRow(not_utf8(raw, offset + bad.start)) from None
    value = loads(text)
    if type(value) is dict:
        return value
    raise BadRow(not_an_object(value))


def not_utf8(data: bytes, at: int) -> str:
    """The sentence for a byte that is not UTF-8."""
    seems = " (it begins like UTF-16)" if data.startswith(_UTF_16) else ""
    return f"not UTF-8 at byte {at}{seems}; save the file as UTF-8"


def not_an_object(value: Any) -> str:
    """The sentence for a row that is JSON of another kind."""
    return f"{described(value)} where an object with fields was expected"


def syntax(bad: JSONDecodeError) -> str:
    """The sentence for JSON that breaks off or is malformed."""
    return f"not JSON: {bad.msg[:1].lower()}{bad.msg[1:]} at column {bad.colno}"


def described(value: Any) -> str:
    """A value of the wrong kind, as a message names it."""
    if value is None or value is True or value is False:
        return str(json.dumps(value))
    if isinstance(value, (int, float)):
        return f"the number {_cut(repr(value))}"
    if isinstance(value, str):
        return f'the text "{_cut(value)}"'
    return "a list" if isinstance(value, list) else "an object"


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
