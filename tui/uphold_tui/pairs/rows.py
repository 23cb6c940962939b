"""Pairs as rows of a list: their columns and their marks."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from textual.content import Content

from uphold.formatting import count, signed_count
from uphold.records.enums import Choice, EventKind, Preference, Verdict
from uphold.records.pair_list import ListedPair, ListedTexts
from uphold.records.runs import Run
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, STRONG, THICK, Signs
from uphold_tui.widgets import badges

_LONGEST_KEY = 18

_VERDICT_WIDTH = len(Verdict.INCONSISTENT) + 2

_MARK_WIDTH = 4

_HEADS = {"length_difference": "chars", "reasons": "why"}
"""Heads of columns that are not called by the name of their field."""

_SPARE_FOR_REASONS = 20
"""Spare cells from which reasons get a column of their own; with fewer they are shown in place of a missing note."""


@dataclass(frozen=True, slots=True)
class ListContents:
    """Properties of a list's pairs that decide its columns; `key_width` is that of the longest key in cells."""

    key_width: int = 4
    has_turns: bool = False
    has_tags: bool = False
    has_reasons: bool = False
    has_notes: bool = False

    @classmethod
    def of(cls, pairs: Sequence[ListedPair]) -> "ListContents":
        """Look through all pairs of a list."""
        has_turns = any(pair.turn > 1 for pair in pairs)
        longest = max((len(safe_text.safe_line(pair.key[:40])) for pair in pairs), default=4)
        return cls(
            key_width=longest + (2 if has_turns else 0),
            has_turns=has_turns,
            has_tags=any(pair.tags for pair in pairs),
            has_reasons=any(pair.reasons for pair in pairs),
            has_notes=any(pair.note for pair in pairs),
        )


@dataclass(frozen=True, slots=True)
class PairColumns:
    """Widths of the columns in cells; 0 where there is no room for one."""

    key: int
    instruction: int
    length_difference: int = 0
    tags: int = 0
    judge: int = 0
    you: int = 0
    reasons: int = 0
    note: int = 0

    @classmethod
    def fitting(cls, width: int, contents: ListContents, name_width: int) -> "PairColumns":
        """Return columns for `width` cells and system names of `name_width`; the instruction gets what is left."""
        key = min(max(contents.key_width, 4), _LONGEST_KEY if width >= 100 else 12) + 2
        if width >= 100:
            spare = max(width - 117, 0)
            system = min(max(name_width, 9), 12 + spare // 10) + 2
            has_words = contents.has_notes or contents.has_reasons
            columns = cls(
                key,
                instruction=0,
                length_difference=8,
                tags=(14 if has_words else 18) + spare // 8 if contents.has_tags else 0,
                judge=max(system, _VERDICT_WIDTH),
                you=system,
                reasons=12 + spare // 8 if contents.has_reasons and spare >= _SPARE_FOR_REASONS else 0,
                note=13 + spare // 3 if has_words else 0,
            )
        elif width >= 60:
            columns = cls(key, instruction=0, judge=_VERDICT_WIDTH, you=12)
        else:
            columns = cls(key, instruction=0)
        taken = sum(cells for _, cells in columns.all)
        return replace(columns, instruction=max(width - _MARK_WIDTH - taken, 0))

    @property
    def all(self) -> tuple[tuple[str, int], ...]:
        """(name, width) of every column from left to right."""
        return tuple((column.name, getattr(self, column.name)) for column in fields(self))


@dataclass(frozen=True, slots=True)
class SystemNames:
    """The names of a run's two systems, made safe to show: verdicts and decisions are called by them in lists."""

    candidate: str
    baseline: str

    @classmethod
    def of(cls, run: Run) -> "SystemNames":
        """Return the names of a run's systems."""
        return cls(safe_text.safe_line(run.candidate), safe_text.safe_line(run.baseline))

    def of_preference(self, preferred: Preference) -> str:
        """Return a system's name, or `tie`."""
        words = {Preference.CANDIDATE: self.candidate, Preference.BASELINE: self.baseline}
        return words.get(preferred, "tie")

    def of_verdict(self, verdict: Verdict | None) -> str:
        """Return a verdict in a word or two; nothing for none."""
        if verdict is None:
            return ""
        return self.of_preference(verdict.preference) if verdict.preference is not None else verdict.value

    def of_choice(self, choice: Choice | None) -> str:
        """Return a decision in a word or two; nothing for none."""
        if choice is None:
            return ""
        return "both bad" if choice is Choice.BOTH_BAD else self.of_preference(choice.preference)


def heads(columns: PairColumns) -> Content:
    """Return the row of column heads."""
    cells = [
        _cell(Content.styled(_HEADS.get(name, name), FAINT), width, right=name == "length_difference")
        for name, width in columns.all
    ]
    return Content.assemble(" " * _MARK_WIDTH, *cells)


def mark(pair: ListedPair, signs: Signs) -> Content:
    """Return the first four cells of a row: its ruling or state, then a flag or the sign of a carried decision."""
    if pair.broken:
        first = Content.styled(signs.broken, DOUBT)
    elif pair.ruling is not None:
        first = badges.ruling_sign(pair.ruling, signs)
    else:
        first = _undecided(pair, signs)
    carried = pair.decision is not None and pair.decision.kind is EventKind.CARRIED
    flag = Content.styled(signs.flagged, DOUBT) if pair.flagged else Content(signs.carried if carried else " ")
    return Content.assemble(first, " ", flag, " ")


def _undecided(pair: ListedPair, signs: Signs) -> Content:
    """Return the mark of a pair that is to be decided, again where its texts have changed since."""
    if pair.stale:
        return Content.styled(signs.stale, DOUBT)
    return Content.styled(signs.skipped if pair.skipped else signs.undecided, MUTED)


def row(
    pair: ListedPair, texts: ListedTexts | None, columns: PairColumns, names: SystemNames, signs: Signs, with_turn: bool
) -> Content:
    """Return the row of one pair; `with_turn` puts the turn behind the key, which then does not identify the pair."""
    judge, you = names.of_verdict(pair.visible_verdict), names.of_choice(pair.choice)
    if not you:
        you = "broken" if pair.broken else "stale" if pair.stale else "skipped" if pair.skipped else ""
    turn = f" {pair.turn}" if with_turn else ""
    key = Content.assemble(safe_text.key(pair.key, MUTED, columns.key - 2 - len(turn)), (turn, MUTED))
    reasons = safe_text.line(", ".join(pair.reasons), MUTED)
    cells = {
        "key": key,
        "instruction": safe_text.running(texts.instruction) if texts is not None else Content(""),
        "length_difference": Content.styled(_length_difference(pair, texts), MUTED),
        "tags": safe_text.tags(pair.tags, MUTED, columns.tags - 2),
        "judge": Content.styled(judge, MUTED),
        "you": Content.styled(you, BOLD if pair.differs else MUTED if pair.choice is None else ""),
        "reasons": reasons,
        "note": safe_text.running(pair.note, MUTED) if pair.note else Content("") if columns.reasons else reasons,
    }
    padded = [_cell(cells[name], width, right=name == "length_difference") for name, width in columns.all]
    return Content.assemble(mark(pair, signs), *padded)


def _length_difference(pair: ListedPair, texts: ListedTexts | None) -> str:
    """Return by how many characters the candidate's answer is longer; unsigned while that would give away the sides."""
    if texts is None:
        return ""
    if not pair.read:
        return count(abs(texts.length_difference))
    return signed_count(texts.length_difference)


def marked(content: Content, *, is_marked: bool) -> Content:
    """Return the row behind one more cell, which has a bar where the pair is marked."""
    return Content.assemble((THICK if is_marked else " ", STRONG), content)


def _cell(content: Content, width: int, *, right: bool = False) -> Content:
    if not width:
        return Content("")
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    gap = " " * (width - 2 - cut.cell_length)
    return Content.assemble(gap, cut, "  ") if right else Content.assemble(cut, gap, "  ")
