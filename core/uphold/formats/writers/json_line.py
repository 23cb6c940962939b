"""JSON as ASCII on one line, for files with a JSON value on each line and for what a terminal may show."""

import json
from typing import Any


def ascii_json(value: Any) -> str:
    """Return a value as JSON without a line break or any character but printable ASCII."""
    # DEL is the one control character that JSON does not escape.
    return json.dumps(value, ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f")


def json_line(value: Any) -> str:
    """Return a value as a line of a JSONL file, with its line end."""
    return ascii_json(value) + "\n"
