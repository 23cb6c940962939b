"""What stands around a pair: the chips of modes that are on, the keys that are live, and the page when there is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from uphold.records.reviews import PairView
from uphold.workflows.queue_drawing import DISPUTED, FLAGGED, RANDOM, queue_words
from uphold.workflows.review_session import ReviewSession
from uphold_tui import safe_text
from uphold_tui.keys import Key
from uphold_tui.review.answer_pane import ReadingState
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets.rows import entry

Table = Mapping[str, Key]
"""The keys of the review by their ids."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the size of the terminal leaves room for, and whether something is unfolded."""

    narrow: bool = False
    tiny: bool = False
    zoomed: bool = False


_REST = "uphold review without --queue opens the run itself."


_NOTHING = {
    RANDOM: (
        "This run has no pair to review.",
        "Its examples are retired, or their answers were replaced and not compared again.",
        "uphold runs lists what there is; uphold import FILE adds to it.",
    ),
    DISPUTED: (
        "No pair is in dispute.",
        "Nobody has said of a pair what another did not say, or it is settled.",
        _REST,
    ),
    FLAGGED: ("No pair is flagged.", "f flags one for a second look while you review.", _REST),
}


RESTING = "rates are shown when the blind session ends (: blind off)"


def session_chips(session: ReviewSession, *, short: bool = False) -> Iterator[str]:
    """Blind or not, and which queue it is where that is not the random one; `short`: not what its numbers are worth."""
    if session.blind:
        yield "blind"
    if session.adjudicating and session.total:
        yield f"dispute {session.index + 1} of {session.total}"
    elif session.queue != RANDOM:
        words = queue_words(session.queue)
        yield safe_text.safe_line(words.rpartition(":")[0] if short or not session.total else words)


def chips(reading: ReadingState) -> Iterator[str]:
    """The modes that are on."""
    if reading.diff:
        yield "word diff"
    elif reading.markdown:
        yield "markdown"
    elif reading.reference:
        yield "reference"
    if reading.find:
        yield f"/ {safe_text.safe_line(reading.find)}"
    if reading.names:
        yield "names"


def live_keys(table: Table, pair: PairView, reading: ReadingState, shape: Shape) -> list[list[Content]]:
    """What is live now besides the keys of the You row, in groups; the one before the last goes first where room is short."""
    if shape.tiny:
        return [_entries(table, "pane", "skip", "undo"), *last_keys(table)]
    act = _entries(table, "skip", "flag", "comment", *(("why",) if pair.state.decision is not None else ()), "undo")
    if reading.diff:
        steps = [_entry(table, "diff", "diff off"), _entry(table, "change"), _entry(table, "change_back", "previous")]
        return [steps, act, *last_keys(table)]
    if reading.find:
        steps = [
            _entry(table, "change", "next match"),
            _entry(table, "change_back", "previous"),
            _entry(table, "find", "find"),
        ]
        return [act, steps, *last_keys(table)]
    return [act, _reading_keys(table, pair, reading, shape), _entries(table, "find", "filter"), *last_keys(table)]


def _reading_keys(table: Table, pair: PairView, reading: ReadingState, shape: Shape) -> list[Content]:
    fold = _entry(table, "zoom", "fold" if shape.zoomed else None)
    first = _entry(table, "diff")
    if pair.turn > 1:
        first = _entry(table, "earlier", "fold turns" if reading.earlier else "unfold turns")
    if shape.narrow:
        return [fold, first]
    if pair.verdict_hidden:
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


def nothing_to_review(session: ReviewSession) -> Content:
    """The page of a queue without a pair: what is so, why, and what there is to do."""
    what, why, then = _NOTHING.get(session.queue, _NOTHING[RANDOM])
    return Content.assemble((f"{what}\n\n", BOLD), (f"{why}\n", MUTED), (then, MUTED))
