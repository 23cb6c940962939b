"""Pairs as rows of a list: what mark each has, and how wide its columns are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from uphold.records.listed import Listed, ListedTexts
from uphold.records.runs import Run
from uphold.records.words import Choice, EventKind, Preference, Verdict
from uphold_tui import showing
from uphold_tui.look import BOLD, DOUBT, FAINT, MUTED, STRONG, THICK, Signs
from uphold_tui.widgets import verdicts

_LONGEST_KEY = 18
_VERDICT = len(Verdict.INCONSISTENT) + 2
_SPARE_FOR_WHY = 20
"""Columns that must be to spare before reasons have one of their own; else they stand where no note is."""


@dataclass(frozen=True, slots=True)
class PairColumns:
    """How wide each column is; 0 where there is no room for it."""

    key: int
    instruction: int
    apart: int = 0
    tags: int = 0
    judge: int = 0
    you: int = 0
    why: int = 0
    note: int = 0

    @classmethod
    def fitting(
        cls, width: int, key: int, name: int = 12, *, tagged: bool = True, reasoned: bool = False
    ) -> "PairColumns":
        """Columns for a width, with keys of `key` cells and systems of `name`; the instruction has what is left."""
        key = min(max(key, 4), _LONGEST_KEY if width >= 100 else 12) + 2
        if width >= 100:
            spare = max(width - 114, 0)
            said = min(max(name, 9), 12 + spare // 10) + 2
            why = 12 + spare // 8 if reasoned and spare >= _SPARE_FOR_WHY else 0
            made = cls(key, 0, 8, 11 + spare // 8 if tagged else 0, max(said, _VERDICT), said, why, 13 + spare // 3)
        elif width >= 60:
            made = cls(key, 0, judge=_VERDICT, you=12)
        else:
            made = cls(key, 0)
        others = made.key + made.apart + made.tags + made.judge + made.you + made.why + made.note
        return replace(made, instruction=max(width - 4 - others, 0))

    @property
    def all(self) -> tuple[tuple[str, int], ...]:
        """(name, width) from left to right."""
        names = ("key", "instruction", "apart", "tags", "judge", "you", "why", "note")
        return tuple((name, getattr(self, name)) for name in names)


@dataclass(frozen=True, slots=True)
class Names:
    """What verdicts and decisions are called in lists: by the systems."""

    candidate: str
    baseline: str

    @classmethod
    def of(cls, run: Run) -> "Names":
        """The names of a run's systems, harmless."""
        return cls(showing.safe_line(run.candidate), showing.safe_line(run.baseline))

    def of_preference(self, preferred: Preference) -> str:
        """A system's name, or tie."""
        words = {Preference.CANDIDATE: self.candidate, Preference.BASELINE: self.baseline}
        return words.get(preferred, "tie")

    def of_verdict(self, verdict: Verdict | None) -> str:
        """A verdict in a word."""
        if verdict is None:
            return ""
        return self.of_preference(verdict.preference) if verdict.preference is not None else verdict.value

    def of_choice(self, choice: Choice | None) -> str:
        """A decision in a word."""
        if choice is None:
            return ""
        return "both bad" if choice is Choice.BOTH_BAD else self.of_preference(choice.preference)


def heads(at: PairColumns) -> Content:
    """The words over the columns."""
    words = {"apart": "chars"}
    return Content.assemble(
        "    ", *(_cell(Content.styled(words.get(n, n), FAINT), w, n == "apart") for n, w in at.all)
    )


def mark(pair: Listed, signs: Signs) -> Content:
    """Four cells: where you stand, and a flag, or that it was carried over."""
    if pair.broken:
        first = Content.styled(signs.broken, DOUBT)
    elif pair.ruling is not None:
        first = verdicts.ruling_sign(pair.ruling, signs)
    else:
        first = Content.styled(signs.skipped if pair.skipped else signs.undecided, MUTED)
    carried = pair.decision is not None and pair.decision.kind is EventKind.CARRIED
    flag = Content.styled(signs.flagged, DOUBT) if pair.flagged else Content(signs.carried if carried else " ")
    return Content.assemble(first, " ", flag, " ")


def row(pair: Listed, texts: ListedTexts | None, at: PairColumns, names: Names, signs: Signs, several: bool) -> Content:
    """One pair; `several` says that keys alone do not tell pairs apart, so that turns are named."""
    judge, you = names.of_verdict(pair.told), names.of_choice(pair.choice)
    if pair.skipped and not you:
        you = "skipped"
    key = Content.assemble(showing.line(pair.key, MUTED), (f" {pair.turn}" if several else "", FAINT))
    why = showing.line(", ".join(pair.reasons), MUTED)
    cells = {
        "key": key,
        "instruction": showing.running(texts.instruction) if texts is not None else Content(""),
        "apart": Content.styled(_apart(pair, texts), FAINT),
        "tags": showing.tags(pair.tags, MUTED),
        "judge": Content.styled(judge, MUTED),
        "you": Content.styled(you, BOLD if pair.differs else MUTED if pair.choice is None else ""),
        "why": why,
        "note": showing.running(pair.note, MUTED) if pair.note else why if not at.why else Content(""),
    }
    return Content.assemble(mark(pair, signs), *(_cell(cells[name], width, name == "apart") for name, width in at.all))


def _apart(pair: Listed, texts: ListedTexts | None) -> str:
    """How much longer the candidate's answer is; without its sign where that would give away the sides."""
    if texts is None:
        return ""
    if not pair.read:
        return f"{abs(texts.apart):,}"
    return f"{texts.apart:+,}".replace("-", "−") if texts.apart else "0"


def marked(content: Content, *, is_marked: bool) -> Content:
    """The row with the column before it: a bar where the pair is marked."""
    return Content.assemble((THICK if is_marked else " ", STRONG), content)


def _cell(content: Content, width: int, right: bool = False) -> Content:
    if not width:
        return Content("")
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    gap = " " * (width - 2 - cut.cell_length)
    return Content.assemble(gap, cut, "  ") if right else Content.assemble(cut, gap, "  ")


def key_width(pairs: Iterable[Listed], several: bool) -> int:
    """Cells that the longest key takes."""
    return max((len(showing.safe_line(pair.key[:40])) for pair in pairs), default=4) + (2 if several else 0)


def has_turns(pairs: Sequence[Listed]) -> bool:
    """Is some key there more than once?"""
    return any(pair.turn > 1 for pair in pairs)
