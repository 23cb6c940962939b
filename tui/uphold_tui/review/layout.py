"""The parts around a pair, computed from session, state and size: header, live keys, numbers, rail, CSS classes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.formatting import count, count_noun, of_n, percent
from uphold.records.enums import QueueKind, Side
from uphold.records.reviews import PairView, ReviewProgress
from uphold.reviewing.presentation import reason_shown
from uphold.workflows.queue_drawing import describe_queue
from uphold.workflows.review_session import ReviewSession
from uphold_tui import safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.keys import Key, label
from uphold_tui.review.answer_pane import compare
from uphold_tui.review.live_numbers import RailView, numbers_line
from uphold_tui.review.reading import PaneState, ReadingState
from uphold_tui.review.verdict_strip import StripState, keys_shown
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets import badges, header
from uphold_tui.widgets.rows import entry
from uphold_tui.widgets.text_body import Margins

if TYPE_CHECKING:
    from uphold.records.statistics import LiveNumbers

RAIL_COLUMNS = 40
"""Columns of the rail; review.tcss holds the same number."""

KeyTable = Mapping[str, Key]
"""The keys of the review by their ids."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the size of the terminal leaves room for.

    `narrow` puts one pane above the other, `tiny` shows one pane only, `low` drops blank rows, `wide` has a rail.
    """

    width: int = 120
    height: int = 36

    @property
    def narrow(self) -> bool:
        """Whether there is less room than for two panes side by side."""
        return self.width < 100

    @property
    def tiny(self) -> bool:
        """Whether there is room for one pane only."""
        return self.width < 60 or self.height < 18

    @property
    def low(self) -> bool:
        """Whether blank rows between the parts are left out."""
        return self.height < 30 and self.width >= 100

    @property
    def wide(self) -> bool:
        """Whether there is room for the rail."""
        return self.width >= 160

    @property
    def columns(self) -> int:
        """Columns left of the rail."""
        return self.width - RAIL_COLUMNS if self.wide else self.width

    @property
    def has_numbers_row(self) -> bool:
        """Whether the numbers stand on a row of their own."""
        return not self.narrow and not self.wide


@dataclass(frozen=True, slots=True)
class ScreenState:
    """What the review shows besides the session's pair: how it is read, what the last key did, the latest numbers."""

    table: KeyTable
    options: AppOptions
    reading: ReadingState
    panes: PaneState = field(default_factory=PaneState)
    message: Content = field(default_factory=Content)
    not_saved: str | None = None
    lost: bool = False
    numbers: "LiveNumbers | None" = None
    selecting: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the two answers."""

    header: tuple[Content, Content]
    footer: Sequence[Sequence[Content]]
    numbers: Content
    rail: RailView | None


_OPEN_RUN_HINT = "uphold review without --queue opens the run itself."

_EMPTY_PAGES: dict[str, tuple[str, str, str]] = {
    QueueKind.RANDOM: (
        "This run has no pair to review.",
        "Its examples are retired, or their answers were replaced and not compared again.",
        "uphold runs lists what there is; uphold import FILE adds to it.",
    ),
    QueueKind.DISPUTED: (
        "No pair is in dispute.",
        "Wherever several people decided a pair they said the same, or it is settled already.",
        _OPEN_RUN_HINT,
    ),
    QueueKind.FLAGGED: ("No pair is flagged.", "f flags one for a second look while you review.", _OPEN_RUN_HINT),
}

RATES_HIDDEN = "rates are shown when the blind session ends (: blind off)"

RATES_RESTING = "numbers rest in a blind session"
"""The same where the row of numbers says it already."""

_RATES_REST = "rates rest while you read"
"""Where `numbers` is "rest" in uphold.toml; the key of the numbers shows them."""


def session_chips(session: ReviewSession, *, short: bool = False) -> Iterator[str]:
    """Blind or not, and which queue it is where that is not the random one; `short`: not what its numbers are worth."""
    if session.blind:
        yield "blind"
    if session.adjudicating and session.total:
        yield f"dispute {of_n(session.index + 1, session.total)}"
    elif session.queue != QueueKind.RANDOM:
        words = describe_queue(session.queue)
        yield safe_text.safe_line(words.rpartition(":")[0] if short or not session.total else words)


def mode_chips(reading: ReadingState) -> Iterator[str]:
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


def footer_keys(session: ReviewSession, state: ScreenState, pair: PairView, shape: Shape) -> list[list[Content]]:
    """What is live now besides the keys of the You row, in groups; the one before the last goes first where room is short.

    While a verdict is not saved what can be done with it stands in the You row, and no other screen opens.
    """
    table, reading, is_saved = state.table, state.reading, state.not_saved is None
    decided = badges.your_choice(pair) is not None
    live = [*(() if decided else ("skip",)), *(() if shape.tiny else ("flag", "comment"))]
    live += [*(("why",) if pair.state.decision is not None and not shape.tiny else ()), "undo"]
    shown = keys_shown(strip_state(session, state, pair), shape.columns)
    act = _entries(table, *(name for name in live if is_saved and name not in shown))
    if shape.tiny:
        return [[_entry(table, "pane"), *act], *last_footer_keys(table)]
    if reading.diff:
        steps = [_entry(table, "diff", "diff off"), _entry(table, "change"), _entry(table, "change_back", "previous")]
        return [steps, act, *last_footer_keys(table)]
    if reading.find:
        steps = [
            _entry(table, "change", "next match"),
            _entry(table, "change_back", "previous"),
            _entry(table, "find", "find"),
            _entry(table, "unfind"),
        ]
        return [steps, act, *last_footer_keys(table)]
    figures = ("figures",) if is_saved and not session.blind else ()
    finding = ("find", "filter") if is_saved else ("find",)
    return [
        act,
        _reading_keys(table, pair, reading, state.panes, shape),
        *([_entries(table, "pairs", *figures)] if shape.wide and is_saved else []),
        _entries(table, *((figures or ("find",)) if shape.narrow else finding)),
        *last_footer_keys(table),
    ]


def _selecting_keys(table: KeyTable) -> list[list[Content]]:
    """What is live while lines are selected."""
    lines = [_entry(table, "down", "more lines"), _entry(table, "up", "fewer"), _entry(table, "pane", "other pane")]
    return [lines, [_entry(table, "copy"), _entry(table, "unfind", "end")], *last_footer_keys(table)]


def _reading_keys(
    table: KeyTable, pair: PairView, reading: ReadingState, panes: PaneState, shape: Shape
) -> list[Content]:
    fold = _entry(table, "zoom", "fold" if panes.zoomed else None)
    first = _entry(table, "diff")
    if pair.turn > 1:
        words = "fold turns" if reading.earlier else "unfold turns"
        first = _entry(table, "earlier", "turns" if shape.narrow else words)
    if shape.narrow:
        return [fold, first]
    if pair.verdict_hidden:
        return [first, fold]
    in_short = pair.adjudicating and shape.wide  # its reason has the rest of one row there
    has_raw = pair.judge is not None and (in_short or pair.judge.verdict.preference is None)
    return [first, *(_entries(table, "raw") if has_raw else []), *_entries(table, "names"), fold]


def last_footer_keys(table: KeyTable) -> list[list[Content]]:
    """The group that is never left out."""
    return [_entries(table, "help", "back")]


def _entries(table: KeyTable, *names: str) -> list[Content]:
    return [_entry(table, name) for name in names]


def _entry(table: KeyTable, name: str, word: str | None = None) -> Content:
    return entry(table[f"review.{name}"], word)


def nothing_to_review(session: ReviewSession) -> Content:
    """The page of a queue without a pair: what is so, why, and what there is to do."""
    what, why, then = _EMPTY_PAGES.get(session.queue, _EMPTY_PAGES[QueueKind.RANDOM])
    return Content.assemble((f"{what}\n\n", BOLD), (f"{why}\n", MUTED), (then, MUTED))


def css_classes(session: ReviewSession, panes: PaneState, shape: Shape) -> dict[str, bool]:
    """The screen's CSS classes: what it has room for, and which panes are on it."""
    only = panes.single if shape.tiny else panes.alone if panes.zoomed else None
    return {
        "-narrow": shape.narrow,
        "-wide": shape.wide,
        "-low": shape.low,
        "-tiny": shape.tiny,
        "-stacked": panes.stacked,
        "-only-a": only is Side.A,
        "-only-b": only is Side.B,
        "-whole": shows_whole_instruction(panes, shape),
        "-empty": session.current is None,
    }


def shows_whole_instruction(panes: PaneState, shape: Shape) -> bool:
    """Whether the instruction is unfolded."""
    return panes.zoomed and panes.alone is None and not shape.tiny


def margins(shape: Shape) -> Margins:
    """Blank rows and columns around the answers."""
    if shape.narrow:
        return Margins(above=0, left=1)
    return Margins(above=0) if shape.low else Margins()


def arrange(session: ReviewSession, state: ScreenState, shape: Shape) -> Frame:
    """What stands around the session's pair, or around the page that says that there is none."""
    pair = session.current
    rail = rail_view(session, state, shape) if shape.wide else None
    if pair is None:
        return Frame(_header(session, state, shape), last_footer_keys(state.table), Content(""), rail)
    footer = footer_keys(session, state, pair, shape)
    if state.selecting:
        footer = _selecting_keys(state.table)
    return Frame(_header(session, state, shape), footer, _numbers(session, state, pair, shape), rail)


def strip_state(session: ReviewSession, state: ScreenState, pair: PairView) -> StripState:
    """What the verdict strip draws for a pair."""
    return StripState(
        pair,
        reason_shown(pair, names_shown=state.reading.names),
        state.message,
        state.not_saved,
        state.lost,
        state.options.signs,
        dict(state.table),
        broken=session.is_broken(pair.pair_id),
        shown_open=session.blind and pair.has_verdict and not pair.verdict_hidden,
        left_out=session.verdicts_left_out,
    )


def _header(session: ReviewSession, state: ScreenState, shape: Shape) -> tuple[Content, Content]:
    """Set, systems and modes at the left; how far the reviewer is, or how often people agree, at the right."""
    run, progress, signs = session.run, shown_progress(session, state.options), state.options.signs
    names = (safe_text.line(run.set), safe_text.line(run.candidate), safe_text.line(run.baseline))
    modes = chain(session_chips(session, short=shape.narrow), mode_chips(state.reading))
    if shape.narrow:
        counts = _shared(session, short=True) if session.adjudicating else header.short_counts(progress, signs)
        return header.title(*names, modes, gap="  "), counts
    counts = _shared(session) if session.adjudicating else header.counts(progress, signs)
    return header.title(*names, modes), counts


def shown_progress(session: ReviewSession, options: AppOptions) -> ReviewProgress:
    """How far the reviewer is; upheld and overturned rest in a blind session, and where the reviewer wants them to."""
    progress = session.progress
    return replace(progress, rates_hidden=True) if options.numbers_rest else progress


def _shared(session: ReviewSession, *, short: bool = False) -> Content:
    """How many pairs several people read, and on how many they say the same."""
    shared, same = session.shared()
    if not shared:
        return Content.styled("no pair read by several", MUTED)
    if short:
        return Content.styled(f"{of_n(same, shared)} the same", MUTED)
    return Content.styled(f"{count_noun(shared, 'pair')} read by several   {count(same)} the same", MUTED)


def rail_view(session: ReviewSession, state: ScreenState, shape: Shape) -> RailView:
    """What the rail shows; no numbers while the session is blind."""
    back = label(state.table["review.previous"])
    trail = tuple(session.trail(shape.height))
    progress = shown_progress(session, state.options)
    numbers = None if progress.rates_hidden else state.numbers
    resting = "rates rest while it is blind" if session.blind else f"rates rest: {_numbers_key(state)} shows them"
    return RailView(
        numbers,
        progress,
        trail,
        back,
        state.options.signs,
        describe_queue(session.queue),
        resting,
        session.pace(),
    )


def _numbers_key(state: ScreenState) -> str:
    return label(state.table["review.figures"])


def _numbers(session: ReviewSession, state: ScreenState, pair: PairView, shape: Shape) -> Content:
    """The row of numbers; with the word diff on, how much of the two answers is the same stands in front."""
    before, numbers = None, state.numbers
    if state.reading.diff:
        before = Content.styled(f"{percent(compare(pair).same)} of the words are the same", MUTED)
    if session.blind:
        return before or Content.styled(RATES_HIDDEN, MUTED)
    if state.options.numbers_rest:
        return before or Content.assemble(
            (f"{_RATES_REST}   ", MUTED), (_numbers_key(state), BOLD), (" shows them", MUTED)
        )
    if session.adjudicating and numbers is not None and numbers.unresolved:
        left_out = count_noun(numbers.unresolved, "unresolved pair is", "unresolved pairs are")
        before = Content.styled(f"{left_out} left out of the rate", MUTED)
        numbers = replace(numbers, unresolved=0)
    several = session.has_several_judges
    return numbers_line(numbers, session.run.candidate, shape.width - 6, before, several_judges=several)
