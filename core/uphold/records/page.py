"""A page of text as it is meant, not as it is drawn: the command line and the app each draw it in their own way.

Foreign text in it is raw; whoever shows a page makes it harmless first.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a span is, so that it can be given its strength and its side."""

    TEXT = "text"
    BOLD = "bold"
    MUTED = "muted"
    NUMBER = "number"
    STRONG_NUMBER = "strong-number"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text with its role; a number stands at the right of its column."""

    text: str
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True)
class Line:
    """One span is a sentence of its own; several are the columns of a table row."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading; the columns of neighbouring table rows line up."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A title, a line of what it is about, and sections in reading order."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
