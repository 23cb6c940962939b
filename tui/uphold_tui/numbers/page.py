"""The page of a run's numbers: rows of parts, some of which list the pairs behind them, arranged in columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Region

from uphold.records.counts import CLASSES
from uphold.records.enums import Preference, QuickFilter
from uphold.records.pair_list import PairFilter
from uphold.records.statistics import (
    MIN_FOR_RATE,
    Assisted,
    JudgeStatistics,
    Rate,
    RunStatistics,
    Share,
    TagStatistics,
    Value,
    WidthForecast,
)
from uphold.reports.run_report import conclusion, refusal
from uphold.workflows.comparison import RunPoint
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, FAINT, HEAT_OTHER, HEAT_SAME, MUTED, PLAIN, Signs
from uphold_tui.widgets.bars import axis, chart, interval, large_digits
from uphold_tui.widgets.rates import kappa, span

Part = tuple[Content, PairFilter | None]
"""A part of a row, and the filter of the pairs behind it if there are any."""

Row = tuple[Part, ...]

_NAME_WIDTH = 15
"""Cells of a name before its bar."""

_LABEL_WIDTH = 26
"""Cells of a name in the rows of the right half, which have no bar."""

_MATRIX_CELL = 11
"""Cells of a count in the table of people against judge."""

_WITH_RATE = ("assisted", "human-only")
"""States of the headline in which it is a rate."""

_WON = PairFilter(label=Preference.CANDIDATE)

_READ = PairFilter(only=QuickFilter.READ)


@dataclass(frozen=True, slots=True)
class NumbersView:
    """Data of the page; `reviewer` is the one who reads it, `by_tag` shows tags in place of the history."""

    statistics: RunStatistics
    reviewer: str
    history: Sequence[RunPoint] = ()
    by_tag: bool = False
    signs: Signs = PLAIN


@dataclass(frozen=True, slots=True)
class NumberLink:
    """The region of a number on the page, and the filter of the pairs behind it."""

    region: Region
    pair_filter: PairFilter


def arrange(columns: Sequence[Sequence[Row]], widths: Sequence[int]) -> tuple[list[list[Content]], list[NumberLink]]:
    """Put columns of rows side by side; return the joined rows as parts, and the links column by column."""
    height = max(map(len, columns), default=0)
    joined: list[list[Content]] = [[] for _ in range(height)]
    links: list[NumberLink] = []
    left = 0
    for column, width in zip(columns, widths, strict=True):
        for y in range(height):
            x = left
            for part, pair_filter in column[y] if y < len(column) else ():
                if pair_filter is not None:
                    links.append(NumberLink(Region(x, y, part.cell_length, 1), pair_filter))
                joined[y].append(part)
                x += part.cell_length
            joined[y].append(Content(" " * (left + width - x)))
        left += width
    return joined, links


def plain(content: Content | str, style: str = "") -> Row:
    """Return a row without a link."""
    return ((Content.styled(content, style) if isinstance(content, str) else content, None),)


def blank() -> Row:
    """Return a blank row."""
    return plain("")


def wrapped(text: str, width: int, style: str = MUTED) -> Iterator[Row]:
    """Wrap a sentence over as many rows as it takes; foreign text in it is made safe."""
    for row in safe_text.running(text, style).wrap(max(width, 8)):
        yield plain(row)


def left_rows(view: NumbersView, width: int) -> list[Row]:
    """Return the left half: the headline, the intervals against 50, sentences on them, then history or tags."""
    statistics = view.statistics
    rows = [*_headline(statistics, width), blank(), *_bars(statistics, width)]
    if sentences := list(_sentences(statistics, width)):
        rows += [blank(), *sentences]
    points = [point for point in view.history if point.rate.rate is not None]
    if view.by_tag and statistics.tags:
        return [*rows, blank(), *_tags(statistics.tags, width)]
    if len(points) > 1:
        rows += [blank(), plain("History, like these", BOLD), *map(plain, chart(points, statistics.run or "", width))]
    return rows


# the headline


def _headline(statistics: RunStatistics, width: int) -> Iterator[Row]:
    """Return the win rate in large digits, or the reason why there is none."""
    headline = statistics.headline
    if headline is not None and headline.state in _WITH_RATE and headline.population.win_rate.rate is not None:
        yield from _large_headline(headline, statistics, width)
        return
    human = statistics.human
    labelled = human.wins + human.ties + human.losses
    candidate = safe_text.line(statistics.candidate or "", BOLD)
    won = Content.assemble((f"{human.wins} of {labelled} won by ", BOLD), candidate)
    if human.reviewed:
        yield ((won.truncate(width, ellipsis=True), PairFilter(label=Preference.CANDIDATE)),)
    for sentence in refusal(headline) if headline is not None else ["Pooled runs have no one candidate."]:
        yield from wrapped(sentence, width, MUTED if human.reviewed else BOLD)


def _large_headline(headline: Assisted, statistics: RunStatistics, width: int) -> Iterator[Row]:
    population, this_set = headline.population.win_rate, headline.this_set.win_rate
    basis = "judge-assisted" if headline.state == "assisted" else "people alone"
    candidate = safe_text.line(statistics.candidate or "", BOLD)
    pairs = statistics.pairs - statistics.human.broken
    is_exact = this_set.method == "exact"
    lines = [
        Content.assemble(("percent won by ", BOLD), candidate, (f", {basis}", BOLD)),
        Content.styled(f"{span(population)} for instructions like these", MUTED),
        Content.styled(f"{'exact' if is_exact else span(this_set)} in this set of {pairs:,}", MUTED),
    ]
    digits = large_digits(str(round(100 * (population.rate or 0))))
    for digit_row, line in zip(digits, lines, strict=True):
        row = Content.assemble((digit_row, BOLD), "  ", line).truncate(width, ellipsis=True)
        yield ((row, PairFilter(label=Preference.CANDIDATE)),)


# bars


def _bars(statistics: RunStatistics, width: int) -> Iterator[Row]:
    room = _bar_width(width)
    if room:
        yield plain(Content.assemble(" " * _NAME_WIDTH, axis(room)))
    headline, human = statistics.headline, statistics.human
    if headline is not None and headline.state in _WITH_RATE:
        yield _bar_row("win rate", headline.population.win_rate, room, _WON, strong=True)
        yield _bar_row("this set", headline.this_set.win_rate, room, _WON)
        yield _bar_row("win and tie", headline.population.win_tie_rate, room, _READ)
        yield _bar_row("ties half", headline.population.ties_half, room, _READ)
        yield _bar_row("humans only", human.rates.win_rate, room, _WON)
    else:
        yield _bar_row("win rate", human.rates.win_rate, room, _WON, strong=True)
        yield _bar_row("win and tie", human.rates.win_tie_rate, room, _READ)
        yield _bar_row("ties half", human.rates.ties_half, room, _READ)
    if statistics.judges:
        yield _judge_alone(statistics.judges[0].win_rate, room)


def _bar_width(width: int) -> int:
    """Return the cells of a bar in a row of `width`; 0 where there is no room for one."""
    return min(width - _NAME_WIDTH - 14, 44) if width >= 44 else 0


def _bar_row(name: str, rate: Rate, room: int, pair_filter: PairFilter, *, strong: bool = False) -> Row:
    """Return a name, its interval as a bar against 50, and the rate and interval in percent; or why there is no rate."""
    label = Content.styled(name.ljust(_NAME_WIDTH), BOLD if strong else MUTED)
    if rate.rate is None or rate.n < MIN_FOR_RATE:
        reason = f"{MIN_FOR_RATE} needed for a rate" if rate.n < MIN_FOR_RATE else rate.reason or ""
        return plain(Content.assemble(label, safe_text.running(reason, FAINT)))
    bar = Content.assemble(interval(rate.rate, rate.low, rate.high, room), "  ") if room else Content("")
    ends = "exact" if rate.method == "exact" else span(rate) or "no interval"
    percent = Content.assemble((f"{round(100 * rate.rate):>3}", BOLD), (f"  {ends}", MUTED))
    return ((Content.assemble(label, bar, percent), pair_filter),)


def _judge_alone(share: Share, room: int) -> Row:
    """Return the judge's own win rate: a point without an interval."""
    label = Content.styled("judge alone".ljust(_NAME_WIDTH), MUTED)
    if share.rate is None:
        return plain(Content.assemble(label, safe_text.running(share.reason or "", FAINT)))
    bar = Content.assemble(interval(share.rate, share.rate, share.rate, room).stylize(FAINT), "  ") if room else ""
    percent = Content.assemble((f"{round(100 * share.rate):>3}", MUTED), ("  opinion", FAINT))
    return ((Content.assemble(label, bar, percent), PairFilter(verdict=Preference.CANDIDATE)),)


def _sentences(statistics: RunStatistics, width: int) -> Iterator[Row]:
    """Return what the numbers amount to, and what they rest on."""
    headline, human = statistics.headline, statistics.human
    names = statistics.candidate or "", statistics.baseline or ""
    if headline is None or headline.state not in _WITH_RATE:
        if human.rates.ties_half.low is not None and human.rates.win_rate.n >= MIN_FOR_RATE:
            yield from wrapped(conclusion(human.rates.ties_half, *names), width)
        return
    yield from wrapped(conclusion(headline.population.ties_half, *names), width)
    if headline.worth_verdicts:
        yield from wrapped(f"The judge’s verdicts are worth about {headline.worth_verdicts} more reviews.", width)
    if headline.planned is not None and headline.n < headline.planned:
        yield from wrapped(f"Provisional: {headline.n} of {headline.planned} planned reviews are there.", width)


# tags


def _tags(tags: Sequence[TagStatistics], width: int) -> Iterator[Row]:
    yield plain(Content.assemble(("By tag", BOLD), ("   won of read", FAINT)))
    room = _bar_width(width)
    for tag in sorted(tags, key=lambda tag: -tag.pairs):
        rate = tag.human.rates.win_rate
        name = safe_text.line(tag.tag).truncate(_NAME_WIDTH - 2, ellipsis=True)
        label = Content.assemble(name.stylize(MUTED), " " * (_NAME_WIDTH - name.cell_length))
        if rate.rate is None or rate.n < MIN_FOR_RATE:
            counts = f"{tag.human.wins} of {tag.human.reviewed} read, {tag.pairs} pairs"
            yield ((Content.assemble(label, (counts, FAINT)), PairFilter(tag=tag.tag)),)
            continue
        bar = Content.assemble(interval(rate.rate, rate.low, rate.high, room), "  ") if room else Content("")
        percent = Content.assemble((f"{round(100 * rate.rate):>3}", BOLD), (f"  {span(rate)}", MUTED))
        yield ((Content.assemble(label, bar, percent), PairFilter(tag=tag.tag)),)


# what more reviews buy


def _forecast_rows(budget: Sequence[WidthForecast], now: Assisted | None) -> Iterator[Row]:
    """Return half-widths of the win rate's intervals, in percent, now and after so many more reviews."""
    if not budget:
        return
    yield plain("With more reviews", BOLD)
    heads = [f"+{row.more}" for row in budget]
    population = [f"±{round(100 * row.population_half_width)}" for row in budget]
    this_set = [
        "exact" if row.this_set_half_width < 0.005 else f"±{round(100 * row.this_set_half_width)}" for row in budget
    ]
    if now is not None and now.state in _WITH_RATE:
        heads.insert(0, "now")
        population.insert(0, _half_width(now.population.win_rate))
        this_set.insert(0, _half_width(now.this_set.win_rate))
    for name, cells, style in (("", heads, FAINT), ("like these", population, ""), ("this set", this_set, "")):
        row = Content.assemble((name.ljust(12), MUTED), *((f"{cell:>8}", style) for cell in cells))
        yield ((row, PairFilter(only=QuickFilter.UNREAD)),) if name else plain(row)


def _half_width(rate: Rate) -> str:
    if rate.low is None or rate.high is None:
        return "–"
    return f"±{round(50 * (rate.high - rate.low))}"


def right_rows(view: NumbersView, width: int) -> list[Row]:
    """Return the right half: agreement with the judge, the table of people against judge, biases, and the forecast."""
    statistics = view.statistics
    rows: list[Row] = []
    if statistics.judges:
        judge = statistics.judges[0]
        rows += [*_agreement(judge, statistics, width), blank()]
        if judge.agreement.n:
            only_you = statistics.reviewers.names == (view.reviewer,)
            rows += [*_matrix(judge, statistics, "you" if only_you else "people", width), blank()]
        rows += [*_biases(judge, view, width), blank()]
    else:
        rows += [*wrapped("No judge has read this run.", width, BOLD), blank()]
    return [*rows, *_forecast_rows(statistics.budget, statistics.headline)]


def _agreement(judge: JudgeStatistics, statistics: RunStatistics, width: int) -> Iterator[Row]:
    agreement, people = judge.agreement, statistics.reviewers
    yield plain(Content.assemble(("judge: ", FAINT), safe_text.line(judge.name, MUTED)).truncate(width, ellipsis=True))
    yield from _rate_row("says what people say", agreement.observed, width, strong=True)
    yield from _rate_row("without ties", agreement.without_ties, width)
    if agreement.blind.n:
        yield from _rate_row("blind reviews only", agreement.blind, width)
    for pair in people.pairs[:3]:
        name = f"{safe_text.safe_line(pair.a)[:10]} and {safe_text.safe_line(pair.b)[:10]}"
        yield from _rate_row(name, pair.agreement, width)
    if agreement.n >= MIN_FOR_RATE:
        yield from _coefficient_row("κ, above chance", agreement.kappa, width)
        yield from _coefficient_row("AC1, above chance", agreement.ac1, width)
    if people.alpha.value is not None:
        yield from _coefficient_row("α among people", people.alpha, width)


def _rate_row(name: str, rate: Rate, width: int, *, strong: bool = False) -> Iterator[Row]:
    """Return `says what people say   50 of 64   78  67–86`."""
    label = Content.styled(name, BOLD if strong else MUTED)
    if rate.rate is None:
        yield from _refused(label, rate.reason, width)
        return
    counts = f"{round(rate.rate * rate.n):,} of {rate.n:,}"
    if rate.n < MIN_FOR_RATE:
        yield ((_columns(label, counts, "", f"{MIN_FOR_RATE} needed", width), _READ),)
    else:
        yield ((_columns(label, counts, f"{round(100 * rate.rate)}", span(rate), width), _READ),)


def _coefficient_row(name: str, value: Value, width: int) -> Iterator[Row]:
    ends = (
        f"{kappa(Value(value.low))}–{kappa(Value(value.high))}"
        if value.low is not None and value.high is not None
        else ""
    )
    label = Content.styled(name, MUTED)
    if value.value is None:
        yield from _refused(label, value.reason, width)
    else:
        yield ((_columns(label, "", kappa(value), ends, width), _READ),)


def _columns(label: Content, counts: str, number: str, ends: str, width: int) -> Content:
    """Return a name, counts, a number, and both ends of its interval in columns."""
    room = max(min(width - 29, _LABEL_WIDTH), 8)
    name = label.truncate(room, ellipsis=True)
    gap = " " * (room - name.cell_length)
    return Content.assemble(name, gap, (f"{counts:>11}", MUTED), (f"{number:>6}", BOLD), (f"   {ends}", MUTED))


def _refused(label: Content, reason: str | None, width: int) -> Iterator[Row]:
    """Return a name and why there is no number: behind it where there is room, else below."""
    whole = Content.assemble(label, "  ", safe_text.running(reason or "", FAINT))
    if whole.cell_length <= width:
        yield plain(whole)
    else:
        yield plain(label)
        yield from wrapped(reason or "", width, FAINT)


# people against judge


def _matrix(judge: JudgeStatistics, statistics: RunStatistics, people: str, width: int) -> Iterator[Row]:
    """Return the confusion matrix: what people say in rows, what the judge says in columns."""
    names = (statistics.candidate or "candidate", "tie", statistics.baseline or "baseline")
    label = 14 if width >= 14 + 3 * _MATRIX_CELL + 7 else 0
    cell = _MATRIX_CELL if label else max((width - 2) // 3, 4)
    margin = " " * (label + 7 if label else 0)
    yield plain(Content.assemble(margin, ("judge", MUTED)))
    heads = [_right(safe_text.line(name, MUTED), cell) for name in names]
    yield plain(Content.assemble(margin, *heads))
    most = max((count for row in judge.agreement.confusion for count in row), default=1) or 1
    for row, (name, counts) in enumerate(zip(names, judge.agreement.confusion, strict=True)):
        who = Content.styled((people if row == 1 else "").ljust(7), MUTED) if label else Content("")
        head = Content.assemble(who, _right(safe_text.line(name, MUTED), label - 2), "  ") if label else Content("")
        yield ((head, None), *(_matrix_cell(row, column, count, most, cell) for column, count in enumerate(counts)))


def _matrix_cell(row: int, column: int, count: int, most: int, width: int) -> Part:
    """Return one count, tinted by its size: in one colour where people and judge agree, in another where they do not."""
    tints = HEAT_SAME if row == column else HEAT_OTHER
    tint = tints[min(round(count / most * (len(tints) - 1) + 0.49), len(tints) - 1)]
    text = Content.styled(f"{count:>{width // 2 + 1}}".ljust(width), f"{BOLD if row == column else ''} {tint}".strip())
    return text, PairFilter(label=CLASSES[row], verdict=CLASSES[column]) if count else None


def _right(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 1, 0), ellipsis=True)
    return Content.assemble(" " * (width - cut.cell_length), cut)


# biases


def _biases(judge: JudgeStatistics, view: NumbersView, width: int) -> Iterator[Row]:
    """Return how often the first and the longer answer are chosen, and a warning where the judge is biased."""
    room = _bar_width(width)
    yield plain(Content.assemble(("Leans".ljust(_NAME_WIDTH), BOLD), axis(room) if room else ""))
    own = next((bias for bias in view.statistics.reviewers.leans if bias.name == view.reviewer), None)
    yield plain("first shown is chosen", MUTED)
    yield _bar_row("  judge", judge.position.first_rate, room, PairFilter(only=QuickFilter.INCONSISTENT))
    if own is not None:
        yield _bar_row("  you", own.first, room, _READ)
    yield plain("longer is chosen", MUTED)
    yield _bar_row("  judge", judge.length.judge_longer, room, PairFilter(only=QuickFilter.JUDGE_LONGER))
    yield _bar_row("  people", judge.length.human_longer, room, PairFilter(only=QuickFilter.YOU_LONGER))
    yield blank()
    flips, both = judge.position.flips, judge.position.pairs_in_both_orders
    if both:
        words = f"{flips} of {both} verdicts changed with the order."
        yield ((Content.styled(words, MUTED), PairFilter(only=QuickFilter.INCONSISTENT)),)
    warning = _bias_warning(judge)
    if warning:
        first, *rest = Content.styled(warning, MUTED).wrap(max(width - 2, 8))
        yield plain(Content.assemble(("! ", DOUBT), first))
        yield from (plain(Content.assemble("  ", row)) for row in rest)


def _bias_warning(judge: JudgeStatistics) -> str:
    """Return a sentence where the interval of a bias excludes one half, else nothing."""
    length, people = judge.length.judge_longer, judge.length.human_longer
    if length.low is not None and length.low > 0.5:
        same = people.low is not None and people.low > 0.5
        return f"The judge leans to the longer answer; people {'do too' if same else 'are not shown to'}."
    if length.high is not None and length.high < 0.5:
        return "The judge leans to the shorter answer."
    first = judge.position.first_rate
    if first.low is not None and first.low > 0.5:
        return "The judge leans to the answer it sees first."
    return "The judge leans to the answer it sees second." if first.high is not None and first.high < 0.5 else ""
