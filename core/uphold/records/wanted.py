"""Reads and writes how many examples of a tag are wanted in a set: a JSON object of counts by tag."""

import json
from collections.abc import Mapping

from uphold.errors import BadUsage


def read_wanted(value: str | None) -> dict[str, int]:
    """Return the wanted counts by tag; empty where none are set. What is no count, in a foreign database, is left out."""
    found = json.loads(value) if value else {}
    if type(found) is not dict:
        return {}
    return {tag: number for tag, number in found.items() if type(number) is int and number > 0}


def write_wanted(wanted: Mapping[str, int]) -> str | None:
    """Return wanted counts as they are stored, None for none."""
    kept = {tag: number for tag, number in wanted.items() if number}
    return json.dumps(kept, ensure_ascii=False) if kept else None


def parse_wanted(texts: list[str]) -> dict[str, int]:
    """Return the counts of texts such as `warranty=12`. Raises BadUsage for one that is none."""
    found = {}
    for text in texts:
        tag, equals, number = text.rpartition("=")
        if not (equals and tag.strip() and number.isascii() and number.isdigit() and len(number) <= 6):
            raise BadUsage(f"{text!r} is no TAG=N, such as {tag or text}=12; N is 0 for no longer wanted")
        found[tag] = int(number)
    return found
