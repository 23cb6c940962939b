"""Examples as rows of a list: their columns and signs, and which quick filters stand above it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from textual.content import Content

from uphold.records.example_list import ExampleFilter, Kinds
from uphold.records.sets import ExampleRow, ExampleStatus
from uphold_tui import safe_text
from uphold_tui.themes import DOUBT, FAINT, MUTED, OVERTURNED, STRONG, THICK, Signs

_LONGEST_KEY = 18

_LONGEST_INSTRUCTION = 400
"""Characters of an instruction of which a row shows the beginning."""

_MARK_WIDTH = 3
"""Cells for the bar of a marked example and the sign of its status."""

_HEADS = {"reference": "ref"}
"""Heads of columns that are not called by the name of their field."""

_COLUMNS = ("key", "instruction", "tags", "reference", "outcomes", "parted", "health")

_OUTCOMES = ("won", "tied", "lost")

_ALWAYS = (ExampleFilter.ALL, ExampleFilter.ACTIVE)
"""Quick filters that are offered even where they leave no example."""

HEALTH_WORDS = {
    "leaked": "leaked",
    "empty": "empty",
    "broken": "broken",
    "duplicate": "duplicate",
    "near-duplicate": "nearly the same",
    "split": "reviewers split",
    "flips": "order flips",
    "no-reference": "no reference",
    "long": "too long",
    "always-lost": "always lost",
    "always-won": "always won",
    "always-tie": "always tie",
    "forgotten": "forgotten",
}
"""What may be wrong, the worst first, as lists call it."""

_EXPECTED = ("no-reference",)
"""What is no fault while nobody wanted it: shown in lists only where other examples of the set have it."""


@dataclass(frozen=True, slots=True)
class SetContents:
    """Properties of a set's examples that decide the columns of its list.

    `outcome_digits` are those of the largest number of wins, ties or losses, `parted_digits` those of the largest number of
    pairs on which people and judge part, 0 where there is no such pair.
    """

    key_width: int = 4
    tag_width: int = 0
    has_references: bool = False
    has_runs: bool = False
    outcome_digits: int = 1
    parted_digits: int = 0

    @classmethod
    def of(cls, rows: Sequence[ExampleRow]) -> "SetContents":
        """Look through all examples of a set."""
        return cls(
            key_width=max((len(safe_text.safe_line(row.key[:40])) for row in rows), default=4),
            tag_width=max((len(", ".join(row.tags)[:40]) for row in rows), default=0),
            has_references=any(row.text.references and any(row.text.references) for row in rows),
            has_runs=any(row.runs or row.unread or row.stale for row in rows),
            outcome_digits=max((len(str(max(row.wins, row.ties, row.losses))) for row in rows), default=1),
            parted_digits=max((len(str(row.parted)) for row in rows if row.parted), default=0),
        )


@dataclass(frozen=True, slots=True)
class ExampleColumns:
    """Widths of the columns in cells; 0 where there is no room for one. `outcome_cells` are those for won, tied and lost."""

    key: int
    instruction: int
    tags: int = 0
    reference: int = 0
    outcome_cells: tuple[int, ...] = ()
    parted: int = 0
    health: int = 0

    @classmethod
    def fitting(cls, width: int, contents: SetContents) -> "ExampleColumns":
        """Return columns for `width` cells; the instruction gets what is left."""
        key = min(max(contents.key_width, 4), _LONGEST_KEY if width >= 80 else 13 if width >= 60 else 10) + 2
        tags = (
            min(max(contents.tag_width, 4), (11 if width >= 66 else 7) + max(width - 60, 0) // 6) + 2
            if contents.tag_width
            else 0
        )
        columns = cls(key, 0, health=21 if width >= 100 else 3)
        if width >= 44:
            columns = replace(columns, tags=tags)
        if width >= 52 and contents.has_runs:
            digits = contents.outcome_digits
            cells = tuple(max(len(word), digits) if width >= 90 else digits for word in _OUTCOMES)
            parted = contents.parted_digits + 4 if contents.parted_digits else 0
            columns = replace(columns, outcome_cells=cells, parted=parted)
        if width >= 60 and contents.has_references:
            columns = replace(columns, reference=5)
        taken = sum(cells for _, cells in columns.all)
        return replace(columns, instruction=max(width - _MARK_WIDTH - taken, 0))

    @property
    def outcomes(self) -> int:
        """The width of the column of outcomes."""
        return sum(self.outcome_cells) + len(self.outcome_cells) + 1 if self.outcome_cells else 0

    @property
    def has_outcome_words(self) -> bool:
        """Whether outcomes have room for their words as heads."""
        return bool(self.outcome_cells) and self.outcome_cells[-1] >= len(_OUTCOMES[-1])

    @property
    def all(self) -> tuple[tuple[str, int], ...]:
        """(name, width) of every column from left to right."""
        return tuple((name, getattr(self, name)) for name in _COLUMNS)


def _outcome_words(parts: Sequence[str], columns: ExampleColumns) -> str:
    """Return wins, ties and losses, or their heads, each ending in its own column."""
    return " ".join(f"{part:>{width}}" for part, width in zip(parts, columns.outcome_cells, strict=False))


def heads(columns: ExampleColumns, signs: Signs) -> Content:
    """Return the row of column heads."""
    outcomes = [word if columns.has_outcome_words else word[0] for word in _OUTCOMES]
    words = {
        **_HEADS,
        "parted": signs.overturned,
        "health": signs.broken if columns.health <= 3 else "health",
        "outcomes": _outcome_words(outcomes, columns),
    }
    cells = [_cell(Content.styled(words.get(name, name), FAINT), width) for name, width in columns.all]
    return Content.assemble(" " * _MARK_WIDTH, *cells)


def status_sign(status: ExampleStatus, signs: Signs) -> Content:
    """Return the sign of a status, one cell; a blank for active."""
    if status is ExampleStatus.DRAFT:
        return Content.styled(signs.draft, DOUBT)
    return Content.styled(signs.retired, MUTED) if status is ExampleStatus.RETIRED else Content(" ")


@dataclass(frozen=True, slots=True)
class RowLook:
    """How rows are drawn: their columns and signs, and what may be wrong with the examples."""

    columns: ExampleColumns
    signs: Signs
    kinds: Kinds
    contents: SetContents


def row(example: ExampleRow, look: RowLook, *, is_marked: bool) -> Content:
    """Return the row of one example; a retired one is struck through."""
    columns = look.columns
    retired = example.status is ExampleStatus.RETIRED
    instruction = safe_text.running(example.text.turns[0][:_LONGEST_INSTRUCTION]) if example.text.turns else Content("")
    if retired:
        instruction = instruction.stylize(f"{MUTED} strike")
    cells = {
        "key": safe_text.key(example.key, MUTED, columns.key - 2),
        "instruction": instruction,
        "tags": safe_text.tags(example.tags, MUTED, columns.tags - 2),
        "reference": Content.styled(look.signs.upheld if example.text.has_all_references else "", MUTED),
        "outcomes": _outcomes(example, columns),
        "parted": _parted(example, look.signs) if example.parted and not retired else Content(""),
        "health": _health(example, look),
    }
    padded = [_cell(cells[name], width) for name, width in columns.all]
    mark = Content.assemble((THICK if is_marked else " ", STRONG), status_sign(example.status, look.signs), " ")
    return Content.assemble(mark, *padded)


def _outcomes(example: ExampleRow, columns: ExampleColumns) -> Content:
    """Return wins, ties and losses over the runs; nothing where no run has an outcome."""
    numbers = (example.wins, example.ties, example.losses)
    return Content.styled(_outcome_words(list(map(str, numbers)), columns), MUTED) if any(numbers) else Content("")


def _parted(example: ExampleRow, signs: Signs) -> Content:
    return Content.assemble((signs.overturned, OVERTURNED), (f" {example.parted}", MUTED))


def shown_kinds(kinds: AbstractSet[str], *, has_references: bool) -> list[str]:
    """Return what may be wrong with an example, the worst first; a lacking reference only where others have one."""
    return [kind for kind in HEALTH_WORDS if kind in kinds and (has_references or kind not in _EXPECTED)]


def _health(example: ExampleRow, look: RowLook) -> Content:
    kinds = shown_kinds(look.kinds.get(example.key, frozenset()), has_references=look.contents.has_references)
    if not kinds:
        return Content("")
    if look.columns.health <= 3:
        return Content.styled(look.signs.broken, DOUBT)
    more = f" +{len(kinds) - 1}" if len(kinds) > 1 else ""
    return Content.assemble((look.signs.broken, DOUBT), (f" {HEALTH_WORDS[kinds[0]]}{more}", MUTED))


def _cell(content: Content, width: int) -> Content:
    if not width:
        return Content("")
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    return Content.assemble(cut, " " * (width - cut.cell_length))


def offered_filters(counts: Mapping[ExampleFilter, int], chosen: ExampleFilter) -> list[ExampleFilter]:
    """Return the quick filters that leave some example, and the chosen one."""
    return [only for only in ExampleFilter if only in _ALWAYS or only is chosen or counts.get(only)]
