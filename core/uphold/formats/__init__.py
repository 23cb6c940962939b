"""File bytes to rows: one module per format, and a catalogue that sniffs."""

from uphold.formats.reading import Reading
from uphold.formats.registry import FORMATS, read, sniff

__all__ = ["FORMATS", "Reading", "read", "sniff"]
