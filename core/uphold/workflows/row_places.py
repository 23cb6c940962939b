"""Keeps where imported rows came from, in a few bytes a row: an import of 100,000 rows keeps all of them."""

from array import array

from uphold.records.rows import RowSource


class RowPlaces:
    """The sources of new rows of a table, whose ids begin at `first`, each with the id of what owns it."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._files: dict[str, int] = {}
        self._owners = array("q")
        self._numbers, self._lines, self._items = array("I"), array("I"), array("I")

    def add(self, number: int, source: RowSource, owner: int = 0) -> None:
        """Keep the source of the row with this id; ids come in order."""
        missing = [0] * (number - self._first - len(self._lines))
        file_number = self._files.setdefault(source.file, len(self._files))
        for values, value in (
            (self._owners, owner),
            (self._numbers, file_number),
            (self._lines, source.line or 0),
            (self._items, source.item or 0),
        ):
            values.extend(missing)
            values.append(value)

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
