"""What stands around a pair: the chips of modes that are on, the keys that are live, and the page when there is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from uphold.records.reviewed import PairView
from uphold.steps.queueing import RANDOM, in_words
from uphold.steps.reviewing import ReviewSession
from uphold_tui import showing
from uphold_tui.keys import Key
from uphold_tui.look import BOLD, MUTED
from uphold_tui.widgets.answer import Reading
from uphold_tui.widgets.footer import entry

Table = Mapping[str, Key]
"""The keys of the review by their ids."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the size of the terminal leaves room for, and whether something is unfolded."""

    narrow: bool = False
    tiny: bool = False
    zoomed: bool = False


RESTING = "rates are shown when the blind session ends"


def session_chips(session: ReviewSession) -> Iterator[str]:
    """Blind or not, and which queue it is where that is not the random one."""
    if session.blind:
        yield "blind"
    if session.adjudicating and session.total:
        yield f"dispute {session.index + 1} of {session.total}"
    elif session.queue != RANDOM:
        yield showing.safe_line(in_words(session.queue))


def chips(reading: Reading) -> Iterator[str]:
    """The modes that are on."""
    if reading.diff:
        yield "word diff"
    elif reading.markdown:
        yield "markdown"
    elif reading.reference:
        yield "reference"
    if reading.find:
        yield f"/ {showing.safe_line(reading.find)}"
    if reading.names:
        yield "names"


def live_keys(table: Table, pair: PairView, reading: Reading, shape: Shape) -> list[list[Content]]:
    """What is live now besides the keys of the You row, in at most three groups."""
    if shape.tiny:
        return [_entries(table, "pane", "skip", "undo"), *last_keys(table)]
    act = _entries(table, "skip", "flag", "comment", *(("why",) if pair.stand.decision is not None else ()), "undo")
    if reading.diff:
        steps = [_entry(table, "diff", "diff off"), *_entries(table, "change", "change_back")]
        return [steps, act, *last_keys(table)]
    if reading.find:
        steps = [_entry(table, "change", "next match"), _entry(table, "change_back"), _entry(table, "find", "find")]
        return [act, steps, *last_keys(table)]
    return [act, _reading_keys(table, pair, reading, shape), *last_keys(table)]


def _reading_keys(table: Table, pair: PairView, reading: Reading, shape: Shape) -> list[Content]:
    fold = _entry(table, "zoom", "fold" if shape.zoomed else None)
    first = _entry(table, "diff")
    if pair.turn > 1:
        first = _entry(table, "earlier", "fold turns" if reading.earlier else "unfold turns")
    if shape.narrow:
        return [fold, first]
    if pair.veiled:
        return [first, fold]
    unsettled = pair.judge is not None and pair.judge.verdict.preference is None
    return [first, *(_entries(table, "raw") if unsettled else []), *_entries(table, "names"), fold]


def last_keys(table: Table) -> list[list[Content]]:
    """The group that is never left out."""
    return [_entries(table, "help", "back")]


def _entries(table: Table, *names: str) -> list[Content]:
    return [_entry(table, name) for name in names]


def _entry(table: Table, name: str, word: str | None = None) -> Content:
    return entry(table[f"review.{name}"], word)


def nothing_to_review() -> Content:
    """The page of a run without a current pair."""
    return Content.assemble(
        ("This run has no pair to review.\n\n", BOLD),
        ("Its examples are retired, or their answers were replaced and not compared again.\n", MUTED),
        ("uphold runs lists what there is; uphold import FILE adds to it.", MUTED),
    )
