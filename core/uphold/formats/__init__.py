"""Reading of import files and writing of exports; `registry` lists the formats."""

from uphold.formats.reading import FileReading, ReadOptions
from uphold.formats.registry import FORMATS, detect_format, open_files

__all__ = ["FORMATS", "FileReading", "ReadOptions", "detect_format", "open_files"]
