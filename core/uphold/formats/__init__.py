"""File bytes to rows: one module per format, and a catalogue that sniffs."""

from uphold.formats.reading import FileReading
from uphold.formats.registry import FORMATS, read, sniff

__all__ = ["FORMATS", "FileReading", "read", "sniff"]
