"""Where the rows came from that an import has added, in a few bytes a row."""

from array import array

from uphold.records.rows import RowSource


class RowPlaces:
    """The sources of new rows of a table, whose ids begin at `first`, each with the id of what owns it."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._files: dict[str, int] = {}
        self._owners, self._numbers = array("q"), array("q")
        self._lines, self._items = array("q"), array("q")

    def add(self, number: int, source: RowSource, owner: int = 0) -> None:
        """Keep the source of the row with this id; ids come in order."""
        missing = number - self._first - len(self._lines)
        for values in (self._owners, self._numbers, self._lines, self._items):
            values.extend([0] * missing)
        self._owners.append(owner)
        self._numbers.append(self._files.setdefault(source.file, len(self._files)))
        self._lines.append(source.line or 0)
        self._items.append(source.item or 0)

    def source(self, number: int) -> RowSource | None:
        """Return the source of a row, None for one that was there before."""
        position = number - self._first
        if not 0 <= position < len(self._lines):
            return None
        file = list(self._files)[self._numbers[position]]
        return RowSource(file, self._lines[position] or None, self._items[position] or None)

    def owner(self, number: int) -> int | None:
        """Return the owner of a row, None for one that was there before."""
        position = number - self._first
        return self._owners[position] if 0 <= position < len(self._owners) else None
