"""Strict decoding of UTF-8 and JSON, with a readable message for every error."""

import json
import re
from json import JSONDecodeError
from typing import Any

from uphold.formats.reading import BadRow

LONGEST_LINE = 64 * 1024 * 1024
"""Maximal length of a line, in bytes."""

BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

lenient_decoder = json.JSONDecoder()
"""Finds where a value ends that the strict decoder rejected."""


def _unique_fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise BadRow(f'field "{repeated}" stands twice in one object; keep one of them')
    return fields


def _reject_constant(constant: str) -> None:
    raise BadRow(f"{constant} is no JSON number; leave the field out where there is none")


_strict_decoder = json.JSONDecoder(object_pairs_hook=_unique_fields, parse_constant=_reject_constant)


def parse_json(text: str) -> Any:
    """Return the JSON value that `text` consists of. Raises BadRow."""
    try:
        value = _strict_decoder.decode(text)
    except JSONDecodeError as error:
        raise BadRow(describe_syntax_error(error)) from None
    except RecursionError:
        raise BadRow("nested too deeply to be read") from None
    except ValueError as error:
        raise BadRow(f"not JSON that can be read: {error}") from None
    check_surrogates(text, 0, len(text), value)
    return value


def parse_value_at(text: str, position: int) -> tuple[Any, int]:
    """Return the JSON value that begins at `position`, and the position of its end.

    Raises BadRow for invalid contents, and JSONDecodeError or RecursionError if its end cannot be found.
    """
    value, end = _strict_decoder.raw_decode(text, position)
    check_surrogates(text, position, end, value)
    return value, end


def check_surrogates(text: str, start: int, end: int, value: Any) -> None:
    """Raise BadRow if `value`, which was decoded from `text[start:end]`, holds half of a surrogate pair."""
    if _SURROGATE.search(text, start, end):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise BadRow("half of a surrogate pair (\\ud800..\\udfff) is no character; remove it") from None
        except RecursionError:
            raise BadRow("nested too deeply to be read") from None


def parse_line(raw: bytes, offset: int) -> dict[str, Any]:
    """Return the JSON object on a line that begins `offset` bytes into its file. Raises BadRow and UnicodeDecodeError."""
    if len(raw) > LONGEST_LINE and len(raw.rstrip(b"\r\n")) > LONGEST_LINE:
        raise BadRow("the line is longer than 64 MiB")
    if b"\0" in raw:
        raise BadRow(f"a NUL byte at byte {offset + raw.index(0)}; this is no text file, or a broken one")
    value = parse_json(raw.decode())
    if type(value) is dict:
        return value
    raise BadRow(describe_not_an_object(value))


def describe_not_an_object(value: Any) -> str:
    """Return the message for a row that is some other JSON value."""
    return f"{describe(value)} where an object with fields was expected"


def describe_syntax_error(error: JSONDecodeError) -> str:
    """Return the message for incomplete or malformed JSON."""
    problem = f"{error.msg[:1].lower()}{error.msg[1:]}".removesuffix(" at")  # "Unterminated string starting at"
    return f"not JSON: {problem} at column {error.colno}"


def describe(value: Any) -> str:
    """Return how messages name a value of the wrong type."""
    if value is None or value is True or value is False:
        return str(json.dumps(value))
    if isinstance(value, (int, float)):
        return f"the number {_shorten(repr(value))}"
    if isinstance(value, str):
        return f'the text "{_shorten(value)}"'
    return "a list" if isinstance(value, list) else "an object"


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
