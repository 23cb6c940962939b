"""The `pairs` format, uphold's own: one comparison, answer, verdict or review a row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from uphold.errors import BadUsage
from uphold.formats.given import GivenFile
from uphold.formats.items import items
from uphold.formats.notes import BadRow, Notes, Options
from uphold.formats.pairs_cells import from_cells
from uphold.formats.pairs_row import FIELDS, JUDGED, REVIEWED, RowReader
from uphold.records.rows import Row

name = "pairs"
looks = 'JSONL, a JSON array or CSV with "instruction", "turns" or "key", and "response_candidate", "response_baseline"'
unread: frozenset[str] = frozenset()

_TELLING = frozenset({"instruction", "turns", "key", "response_candidate", "response_baseline"})


def sniff(file: GivenFile, columns: frozenset[str] = frozenset()) -> str | None:
    """`rows` where the first row has a field of ours (or one of the mapped `columns`), or is JSON too broken to tell."""
    if file.shape == "empty":
        return None
    if not file.fields:
        return "rows" if file.shape in ("jsonl", "array") else None
    return "rows" if file.fields & (_TELLING | columns) else None


def read(files: Mapping[str, Sequence[GivenFile]], options: Options, notes: Notes) -> Iterator[Row]:
    """Every row of every file; raises BadUsage for a mapping that fits nothing."""
    columns = _Columns(options.mapping)
    shapes: dict[tuple[tuple[str, ...], bool, bool], None] = {}  # rows that look alike are accounted for once
    reader = RowReader(notes, options.candidate or "candidate", options.baseline or "baseline")
    for file in files["rows"]:
        in_csv = file.shape == "csv"
        if in_csv:
            columns.meet(file.fields or ())
            notes.leave(name for name in sorted(file.fields or ()) if name not in FIELDS and name not in columns.taken)
        for where, found in items(file, notes):
            given = columns.renamed(found) if columns.mapping else found
            try:
                row = reader.row(where, from_cells(given) if in_csv else given)
            except BadRow as bad:
                notes.refuse(where, f"{bad}{columns.hint()}")
                continue
            shapes[tuple(given), bool(row.judgments), bool(row.reviews)] = None
            yield row
    columns.refuse_unmet()
    notes.unused.extend(columns.displaced)
    for fields, judged, reviewed in shapes:
        notes.fields(dict.fromkeys(fields), _used(judged, reviewed))


def _used(judged: bool, reviewed: bool) -> frozenset[str]:
    return FIELDS - (frozenset() if judged else JUDGED) - (frozenset() if reviewed else REVIEWED)


class _Columns:
    """Other people's column names: `mapping` is our field -> their column."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        unknown = sorted(mapping.keys() - FIELDS)
        if unknown:
            raise BadUsage(
                f'--map: "{unknown[0]}" is no field of the pairs format; its fields: {", ".join(sorted(FIELDS))}'
            )
        self.mapping = mapping
        self.taken = frozenset(mapping.values())
        self._unmet = dict.fromkeys(mapping.values())
        self._met: dict[str, None] = {}
        self.displaced: dict[str, None] = {}

    def meet(self, names: Any) -> None:
        """Take down which columns there are."""
        self._met.update(dict.fromkeys(names))
        for column in names:
            self._unmet.pop(column, None)

    def renamed(self, found: dict[str, Any]) -> dict[str, Any]:
        """The row with our names; a field whose name was given to another column is displaced."""
        self.meet(found)
        kept = {field: value for field, value in found.items() if field not in self.taken and field not in self.mapping}
        self.displaced.update(dict.fromkeys(found.keys() & self.mapping.keys() - self.taken))
        return kept | {field: found[column] for field, column in self.mapping.items() if column in found}

    def hint(self) -> str:
        """What to add to the message of a bad row while a mapped column has not been met."""
        return f' (--map: no column "{next(iter(self._unmet))}" so far)' if self._unmet else ""

    def refuse_unmet(self) -> None:
        """Raise BadUsage where a mapped column occurs in no row."""
        for column in self._unmet:
            there = ", ".join(f'"{met}"' for met in list(self._met)[:20])
            raise BadUsage(f'--map: no row has a column "{column}"; the columns are {there}')
