"""The numbers of a run as figures: rows of parts, some of which open the pairs behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from uphold.records.listed import Only, Wanted
from uphold.records.numbers import LEAST_FOR_RATE, Rate, Share
from uphold.records.results import Assisted, Budget, JudgeNumbers, RunNumbers, TagNumbers
from uphold.records.words import Preference
from uphold.reports.headline import refusal, standing
from uphold.steps.history import RunPoint
from uphold_tui import showing
from uphold_tui.look import BOLD, FAINT, MUTED, PLAIN, Signs
from uphold_tui.widgets.bars import axis, interval
from uphold_tui.widgets.chart import chart
from uphold_tui.widgets.digits import large
from uphold_tui.widgets.numbers import span

Part = tuple[Content, Wanted | None]
"""What is drawn, and the pairs it opens."""

Row = tuple[Part, ...]

NAMED = 15
"""Columns of a name before its bar."""

SPOKEN = ("assisted", "human-only")
"""States of the headline in which there is a rate."""


@dataclass(frozen=True, slots=True)
class FiguresView:
    """What the screen of numbers draws; `reviewer` is the one who looks."""

    numbers: RunNumbers
    reviewer: str
    history: Sequence[RunPoint] = ()
    by_tag: bool = False
    signs: Signs = PLAIN


def plain(content: Content | str, style: str = "") -> Row:
    """A row that opens nothing."""
    return ((Content.styled(content, style) if isinstance(content, str) else content, None),)


def blank() -> Row:
    """A blank row."""
    return plain("")


def wrapped(text: str, width: int, style: str = MUTED) -> Iterator[Row]:
    """A sentence over as many rows as it takes; its names are made harmless."""
    for row in showing.running(text, style).wrap(max(width, 8)):
        yield plain(row)


def left_rows(view: FiguresView, width: int) -> list[Row]:
    """The headline, the intervals against 50, what they rest on, and history or tags."""
    numbers = view.numbers
    rows = [*_headline(numbers, width), blank(), *_bars(numbers, width)]
    if said := list(_sentences(numbers, width)):
        rows += [blank(), *said]
    points = [point for point in view.history if point.rate.rate is not None]
    if view.by_tag and numbers.tags:
        return [*rows, blank(), *_tags(numbers.tags, width)]
    if len(points) > 1:
        rows += [blank(), plain("History, like these", BOLD), *map(plain, chart(points, numbers.run or "", width))]
    return rows


# the headline


def _headline(numbers: RunNumbers, width: int) -> Iterator[Row]:
    found = numbers.headline
    if found is not None and found.state in SPOKEN and found.population.win_rate.rate is not None:
        yield from _large(found, numbers, width)
        return
    human = numbers.human
    labelled = human.wins + human.ties + human.losses
    won = Content.assemble((f"{human.wins} of {labelled} won by ", BOLD), showing.line(numbers.candidate or "", BOLD))
    if human.reviewed:
        yield ((won.truncate(width, ellipsis=True), Wanted(people=Preference.CANDIDATE)),)
    for said in refusal(found) if found is not None else ["Pooled runs have no one candidate."]:
        yield from wrapped(said, width, MUTED if human.reviewed else BOLD)


def _large(found: Assisted, numbers: RunNumbers, width: int) -> Iterator[Row]:
    like, this = found.population.win_rate, found.this_set.win_rate
    how = "judge-assisted" if found.state == "assisted" else "people alone"
    pairs = numbers.pairs - numbers.human.broken
    exact = this.method == "exact"
    lines = [
        Content.assemble(("percent won by ", BOLD), showing.line(numbers.candidate or "", BOLD), (f", {how}", BOLD)),
        Content.styled(f"{span(like)} for instructions like these", MUTED),
        Content.styled(f"{'exact' if exact else span(this)} in this set of {pairs:,}", MUTED),
    ]
    figure = large(str(round(100 * (like.rate or 0))))
    for glyphs, line in zip(figure, lines, strict=True):
        row = Content.assemble((glyphs, BOLD), "  ", line).truncate(width, ellipsis=True)
        yield ((row, Wanted(people=Preference.CANDIDATE)),)


# bars


def _bars(numbers: RunNumbers, width: int) -> Iterator[Row]:
    room = bar_width(width)
    won, read = Wanted(people=Preference.CANDIDATE), Wanted(only=Only.READ)
    if room:
        yield plain(Content.assemble(" " * NAMED, axis(room)))
    found = numbers.headline
    if found is not None and found.state in SPOKEN:
        yield bar("win rate", found.population.win_rate, room, won, strong=True)
        yield bar("this set", found.this_set.win_rate, room, won)
        yield bar("win and tie", found.population.win_tie_rate, room, read)
        yield bar("ties half", found.population.ties_half, room, read)
        yield bar("humans only", numbers.human.rates.win_rate, room, won)
    else:
        yield bar("win rate", numbers.human.rates.win_rate, room, won, strong=True)
        yield bar("win and tie", numbers.human.rates.win_tie_rate, room, read)
        yield bar("ties half", numbers.human.rates.ties_half, room, read)
    if numbers.judges:
        yield _alone(numbers.judges[0].win_rate, room)


def bar_width(width: int) -> int:
    """Columns of a bar where the whole row has `width`; 0 where there is no room for one."""
    return min(width - NAMED - 14, 44) if width >= 44 else 0


def bar(name: str, rate: Rate, room: int, wanted: Wanted, *, strong: bool = False) -> Row:
    """A name, its interval against 50, and both in figures; or the reason why there is none."""
    label = Content.styled(name.ljust(NAMED), BOLD if strong else MUTED)
    if rate.rate is None or rate.n < LEAST_FOR_RATE:
        why = f"{LEAST_FOR_RATE} needed for a rate" if rate.n < LEAST_FOR_RATE else rate.reason or ""
        return ((Content.assemble(label, showing.running(why, FAINT)), None),)
    drawn = Content.assemble(interval(rate.rate, rate.low, rate.high, room), "  ") if room else Content("")
    ends = "exact" if rate.method == "exact" else span(rate) or "no interval"
    figure = Content.assemble((f"{round(100 * rate.rate):>3}", BOLD), (f"  {ends}", MUTED))
    return ((Content.assemble(label, drawn, figure), wanted),)


def _alone(share: Share, room: int) -> Row:
    """What the judge alone would say: a point without an interval."""
    label = Content.styled("judge alone".ljust(NAMED), MUTED)
    if share.rate is None:
        return ((Content.assemble(label, showing.running(share.reason or "", FAINT)), None),)
    drawn = Content.assemble(interval(share.rate, share.rate, share.rate, room).stylize(FAINT), "  ") if room else ""
    figure = Content.assemble((f"{round(100 * share.rate):>3}", MUTED), ("  opinion", FAINT))
    return ((Content.assemble(label, drawn, figure), Wanted(judge=Preference.CANDIDATE)),)


def _sentences(numbers: RunNumbers, width: int) -> Iterator[Row]:
    found, human = numbers.headline, numbers.human
    if found is None or found.state not in SPOKEN:
        if human.rates.ties_half.low is not None and human.rates.win_rate.n >= LEAST_FOR_RATE:
            yield from wrapped(standing(human.rates.ties_half, numbers.candidate or "", numbers.baseline or ""), width)
        return
    half = found.population.ties_half
    yield from wrapped(standing(half, numbers.candidate or "", numbers.baseline or ""), width)
    if found.worth_verdicts:
        yield from wrapped(f"The judge’s verdicts are worth about {found.worth_verdicts} more reviews.", width)
    if found.planned is not None and found.n < found.planned:
        yield from wrapped(f"Provisional: {found.n} of {found.planned} planned reviews are there.", width)


# tags


def _tags(tags: Sequence[TagNumbers], width: int) -> Iterator[Row]:
    yield plain(Content.assemble(("By tag", BOLD), ("   won of read", FAINT)))
    room = bar_width(width)
    for tag in sorted(tags, key=lambda one: -one.pairs):
        won = tag.human.rates.win_rate
        name = showing.line(tag.tag).truncate(NAMED - 2, ellipsis=True)
        label = Content.assemble(name.stylize(MUTED), " " * (NAMED - name.cell_length))
        if won.rate is None or won.n < LEAST_FOR_RATE:
            words = f"{tag.human.wins} of {tag.human.reviewed} read, {tag.pairs} pairs"
            yield ((Content.assemble(label, (words, FAINT)), Wanted(tag=tag.tag)),)
            continue
        drawn = Content.assemble(interval(won.rate, won.low, won.high, room), "  ") if room else Content("")
        figure = Content.assemble((f"{round(100 * won.rate):>3}", BOLD), (f"  {span(won)}", MUTED))
        yield ((Content.assemble(label, drawn, figure), Wanted(tag=tag.tag)),)


# what more reviews buy


def budget_rows(budget: Sequence[Budget], now: Assisted | None, pairs: int) -> Iterator[Row]:
    """Half-widths after more verdicts; those of now where there are some."""
    if not budget:
        return
    yield plain("With more reviews", BOLD)
    heads = [f"+{row.more}" for row in budget]
    like = [f"±{round(100 * row.population_half_width)}" for row in budget]
    this = [
        "exact" if row.this_set_half_width < 0.005 else f"±{round(100 * row.this_set_half_width)}" for row in budget
    ]
    if now is not None and now.state in SPOKEN:
        heads.insert(0, "now")
        like.insert(0, _half(now.population.win_rate))
        this.insert(0, _half(now.this_set.win_rate))
    for name, cells, style in (("", heads, FAINT), ("like these", like, ""), ("this set", this, "")):
        row = Content.assemble((name.ljust(12), MUTED), *((f"{cell:>8}", style) for cell in cells))
        yield ((row, Wanted(only=Only.UNREAD)),) if name else plain(row)


def _half(rate: Rate) -> str:
    if rate.low is None or rate.high is None:
        return "–"
    return f"±{round(50 * (rate.high - rate.low))}"


def judge_of(numbers: RunNumbers) -> JudgeNumbers | None:
    """The judge that the figures are about."""
    return numbers.judges[0] if numbers.judges else None
