"""File bytes to rows: one module per format, and a catalogue that sniffs."""

from uphold.formats.catalogue import FORMATS, read, sniff
from uphold.formats.notes import Reading

__all__ = ["FORMATS", "Reading", "read", "sniff"]
