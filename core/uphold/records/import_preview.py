"""Records of an import preview: columns, the first rows as they are understood, and why files are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from uphold.records.import_request import ImportRequest, ImportSuggestion
from uphold.records.rows import ImportRow, ImportSummary


@dataclass(frozen=True, slots=True)
class ImportRefusal:
    """Why files are not imported; `suggestion` are options that would take them, None where there are none to name.

    `words` are words of verdicts, decisions or orders, by field, that somebody has to say the meaning of.
    """

    sentence: str
    suggestion: ImportSuggestion | None = None
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of the files: some values of it as text, and what it is taken for.

    `field` is the field of the format, `system` the system whose answers it holds; both None where it is not used.
    `suggested` is the field, or `answers of SYSTEM`, that the refusal's suggestion would take it for.
    """

    name: str
    samples: tuple[str, ...]
    field: str | None = None
    system: str | None = None
    suggested: str | None = None


@dataclass(frozen=True, slots=True)
class UnderstoodRow:
    """A row as it was understood: the text of its example completed from the set, beside what the row itself holds."""

    row: ImportRow
    key: str
    turns: tuple[str, ...]
    context: str | None
    references: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do. `fields` are those that a column can be mapped to, empty where the format takes no mapping.

    `is_new_set`: the import would make the set. `set_reason` says why the set was chosen where no option and no file name
    did. `rows` are the first ones. `summary` counts what has been read: the whole where `complete`, else the head of the
    files. `takes_names`: candidate and baseline can be named. `request` is the one that was previewed.
    """

    request: ImportRequest
    format: str | None = None
    set: str | None = None
    is_new_set: bool = True
    set_reason: str | None = None
    columns: tuple[PreviewColumn, ...] = ()
    fields: tuple[str, ...] = ()
    rows: tuple[UnderstoodRow, ...] = ()
    summary: ImportSummary = field(default_factory=ImportSummary)
    complete: bool = False
    takes_names: bool = False
    refusal: ImportRefusal | None = None

    @property
    def suggested_request(self) -> ImportRequest | None:
        """The request with the options that the refusal suggests, or None."""
        if self.refusal is None or self.refusal.suggestion is None:
            return None
        return self.request.with_suggestion(self.refusal.suggestion)
