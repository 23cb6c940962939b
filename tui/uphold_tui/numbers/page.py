"""The page of a run's numbers, drawn from the report that the command line prints.

The page has its own arrangement: large digits, intervals as bars, columns, the history. It finds sections and rows by
their ids, gives some of them shorter names, and leaves out those named in `_LEFT_OUT`; a row or sentence that it does not
know stands where its section does, so that whatever a report shows is on the page too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from textual.content import Content
from textual.geometry import Region

from uphold.formatting import NONE, count, of_n
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.pair_list import PairFilter
from uphold.records.statistics import WEIGHTED, Rate, Share, Value
from uphold.reports.comparison_report import difference_sentence
from uphold.reports.model import (
    TOO_FEW,
    TOO_FEW_SHORT,
    ConfusionMatrix,
    ForecastTable,
    Item,
    NumberRow,
    Report,
    ReportSection,
    RowId,
    SectionId,
    Sentence,
    Tone,
)
from uphold.reports.number_text import count_text, number_text, row_name
from uphold.reports.rate_text import forecast_text, rate_interval, width_text
from uphold.reports.text_tables import item_table
from uphold.workflows.history import RunPoint, history_judges, judge_changes
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, FAINT, HEAT_OTHER, HEAT_SAME, MUTED
from uphold_tui.widgets.bars import axis, chart, interval, large_digits

Part = tuple[Content, PairFilter | None]
"""A part of a row, and the filter of the pairs behind it if there are any."""

Row = tuple[Part, ...]

_NAME_WIDTH = 15
"""Cells of a name before its bar."""

_BAR_NUMBERS = 14
"""Cells of the figure and the interval behind a bar, with the gap before them."""

_TAG_NUMBERS = 30
"""Cells that a tag's name leaves to its numbers."""

_LABEL_WIDTH = 26
"""Cells of a name in the rows of the right half, which have no bar."""

_MATRIX_CELL = 11
"""Cells of a count in the table of people against judge."""

_GAP = 6
"""Cells between columns of the page."""

_TWO_COLUMNS, _THIRD = 115, 54
"""Cells of a page with two columns, and of the narrowest of three columns."""

_WIDEST = 76
"""Cells of the widest column."""

_MAX_REVIEWER_PAIRS = 3

_REVIEWER_NAME = 10
"""Characters of a reviewer's name where two stand in a row."""

_NAMES: Mapping[str, str] = {
    RowId.LIKE_THESE: "win rate",
    RowId.THIS_SET: "this set",
    RowId.WIN_TIE: "win and tie",
    RowId.TIES_HALF: "ties half",
    RowId.JUDGE_ALONE: "judge alone",
    RowId.BLIND: "blind reviews only",
    RowId.ALPHA: "α among people",
    RowId.AGREEMENT: "says what people say",
    RowId.AGREEMENT_THIS_SET: "  in this set",
    RowId.DRAWS_AS_TIES: "  with draws as ties",
    RowId.ACCURACY: "right, mean of orders",
    RowId.CONSISTENCY: "same in both orders",
}
"""Names of rows that have little room here; others keep the report's."""

_LEFT_OUT = frozenset(
    {
        *(RowId.ALL_READ, RowId.BASIS, RowId.PLAN_HINT),
        *(RowId.PEOPLE_COUNTS, RowId.PEOPLE_REFUSAL, RowId.PEOPLE_WITHOUT_TIES, RowId.CLUSTERED, RowId.PEEK_SAFE),
        *(RowId.VERDICT_COUNTS, RowId.MEAN_PREFERENCE, RowId.NO_AGREEMENT, RowId.UNWEIGHTED, RowId.CEILING),
        *(RowId.MATRIX_HEAD, RowId.PER_CLASS, RowId.ANCHORING, RowId.CONFIDENCE),
        *(RowId.ORDER_HEAD, RowId.FLIPS, RowId.LENGTH_HEAD),
        *(RowId.REVIEWER_NAMES, RowId.REVIEWER_PROGRESS, RowId.REVIEWER_PAIRS, RowId.REVIEWERS_AC1),
        *(RowId.REVIEWER_HEAD, RowId.REVIEWER_FIRST, RowId.REVIEWER_LONGER, RowId.REVIEWER_AGAIN),
        *(RowId.TAG_DIFFERENCE, RowId.TAGS_OVERLAP),
    }
)
"""Rows and sentences of the report that the page does without; the reviewer's own leans have a place among the judge's."""

_SECTIONS_LEFT_OUT = frozenset({SectionId.OTHER_JUDGES, SectionId.NOTES})

_SECTIONS_PLACED = frozenset(
    {
        *(SectionId.HEADLINE, SectionId.PEOPLE, SectionId.JUDGE),
        *(SectionId.REVIEWERS, SectionId.TAGS, SectionId.FORECAST),
    }
)
"""Sections that have their place on the page; any other follows at the end of the right half."""

_LEANS = (RowId.FIRST_SHOWN, RowId.LONGER_BY_JUDGE, RowId.LONGER_BY_PEOPLE)
_AGREEMENT = (*(RowId.AGREEMENT, RowId.AGREEMENT_THIS_SET, RowId.DRAWS_AS_TIES, RowId.WITHOUT_TIES, RowId.BLIND),)
_ORDERS = (RowId.CONSISTENCY, RowId.ACCURACY, RowId.RIGHT_IN_BOTH, RowId.RERUN)
_COEFFICIENTS = (RowId.KAPPA, RowId.AC1, RowId.ALPHA)
_LEAN_WARNINGS = (RowId.LENGTH_LEAN, RowId.ORDER_LEAN)


@dataclass(frozen=True, slots=True)
class NumbersView:
    """Data of the page; `reviewer` is the one who reads it, `readers` are all who have read pairs of the run.

    `by_tag` shows tags in place of the history; where there is none, a page of several columns has them in any case.
    """

    report: Report
    run: str
    candidate: str
    reviewer: str
    readers: Sequence[str] = ()
    history: Sequence[RunPoint] = ()
    by_tag: bool = False

    def shows_tags(self, columns: int) -> bool:
        """Whether a page of so many columns has the tags."""
        return self.by_tag or columns == 3 or (columns == 2 and not self.has_history)

    @property
    def has_history(self) -> bool:
        """Whether two runs of the set have a rate."""
        return sum(point.rate.rate is not None for point in self.history) > 1

    def items(self, section_id: SectionId) -> tuple[Item, ...]:
        """Return the items of a section, of the first judge's for judges; none where there is no such section."""
        found = self.section(section_id)
        return found.items if found is not None else ()

    def section(self, section_id: SectionId) -> ReportSection | None:
        """Return the first section with an id."""
        return next((section for section in self.report.sections if section.id == section_id), None)


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


def page_columns(view: NumbersView, width: int) -> tuple[list[list[Row]], list[int]]:
    """Return the columns of the page, as many as `width` cells have room for, and their widths with the gap between them.

    One column holds all; of two, the left one ends with the history or the tags; a third one has both.
    """
    aside = [*_history(view, _THIRD), *_by_tag(view, _THIRD)] if width >= 3 * _THIRD + 2 * _GAP else []
    if aside:
        third = min((width - 2 * _GAP) // 3, _WIDEST)
        columns = [
            _main_rows(view, third),
            right_rows(view, third),
            _joined(_history(view, third), _by_tag(view, third)),
        ]
        return columns, [third + _GAP, third + _GAP, third]
    if width >= _TWO_COLUMNS:
        half = min((width - _GAP) // 2, _WIDEST)
        return [left_rows(view, half, columns=2), right_rows(view, half)], [half + _GAP, half]
    return [[*left_rows(view, width), blank(), *right_rows(view, width)]], [width]


def left_rows(view: NumbersView, width: int, columns: int = 1) -> list[Row]:
    """Return the left half: the headline, the intervals against 50, sentences on them, then history or tags."""
    tags = _by_tag(view, width) if view.shows_tags(columns) else []
    return _joined(_main_rows(view, width), tags or _history(view, width))


def _joined(*blocks: list[Row]) -> list[Row]:
    """Return blocks of rows below one another, with a blank row between them."""
    rows: list[Row] = []
    for block in filter(None, blocks):
        rows += [blank(), *block] if rows else block
    return rows


def _main_rows(view: NumbersView, width: int) -> list[Row]:
    """Return the headline, the intervals against 50, and sentences on them."""
    return _joined([*_headline(view, width), blank(), *_bars(view, width)], list(_sentences(view, width)))


def _history(view: NumbersView, width: int) -> list[Row]:
    """Return the win rates of the set's runs; nothing where fewer than two have one."""
    if not view.has_history:
        return []
    points = [point for point in view.history if point.rate.rate is not None]
    return [
        plain("History, like these", BOLD),
        *map(plain, chart(points, view.run, width, judge_changes(points))),
        *wrapped(history_judges(points), width),
        *_since_the_run_before(view, width),
    ]


def _by_tag(view: NumbersView, width: int) -> list[Row]:
    """Return the win rate of each tag; nothing where no pair has one."""
    tags = _rows(view.items(SectionId.TAGS))
    return list(_tags(view, tags, width)) if tags else []


def _since_the_run_before(view: NumbersView, width: int) -> Iterator[Row]:
    """Return what changed from the run before to this one."""
    for before, point in pairwise(view.history):
        if point.run.name == view.run and point.difference is not None:
            yield from wrapped(difference_sentence(point.run.candidate, before.run.candidate, point.difference), width)


def _rows(items: Iterable[Item]) -> list[NumberRow]:
    return [item for item in items if isinstance(item, NumberRow)]


def _of(items: Iterable[Item], *ids: RowId) -> list[NumberRow]:
    """Return the numbers with these ids, in the order of the ids."""
    found = _rows(items)
    return [row for row_id in ids for row in found if row.id == row_id]


def _others(items: Iterable[Item], *placed: RowId) -> list[Item]:
    """Return the items that are neither left out here nor placed by id."""
    return [item for item in items if item.id not in _LEFT_OUT and item.id not in placed]


def _name(row: NumberRow) -> str:
    """Return the name of a row on this page."""
    if row.id == RowId.REVIEWER_PAIR:
        return " and ".join(reviewer[:_REVIEWER_NAME] for reviewer in row.subjects)
    return _NAMES.get(row.id) or row_name(row)


# the headline


def _headline(view: NumbersView, width: int) -> Iterator[Row]:
    """Return the win rate in large digits, or the reason why there is none."""
    items = view.items(SectionId.HEADLINE)
    like_these, this_set = _of(items, RowId.LIKE_THESE), _of(items, RowId.THIS_SET)
    if like_these and this_set and number_text(like_these[0]).figure:
        yield from _large_headline(view, like_these[0], this_set[0], width)
        return
    for row in _of(view.items(SectionId.PEOPLE), RowId.PEOPLE_WIN):
        n = row.number.n if isinstance(row.number, Rate) else 0
        candidate = safe_text.line(view.candidate, BOLD)
        won = Content.assemble((f"{of_n(row.hits or 0, n)} won by ", BOLD), candidate)
        if n:
            yield ((won.truncate(width, ellipsis=True), row.pairs),)
        style = MUTED if n else BOLD
        for item in items:
            if isinstance(item, Sentence) and item.id == RowId.REFUSAL:
                yield from wrapped(item.text, width, style)


def _large_headline(view: NumbersView, like_these: NumberRow, this_set: NumberRow, width: int) -> Iterator[Row]:
    candidate, basis = safe_text.line(view.candidate, BOLD), safe_text.line(like_these.note, BOLD)
    lines = [
        Content.assemble(("percent won by ", BOLD), candidate, (", ", BOLD), basis),
        Content.styled(f"{_ends(like_these)} {like_these.name}", MUTED),
        Content.styled(f"{_ends(this_set)} in this set of {count(this_set.of or 0)}", MUTED),
    ]
    for digit_row, line in zip(large_digits(number_text(like_these).figure), lines, strict=True):
        row = Content.assemble((digit_row, BOLD), "  ", line).truncate(width, ellipsis=True)
        yield ((row, like_these.pairs),)


# bars


def _bars(view: NumbersView, width: int) -> Iterator[Row]:
    room = _bar_width(width)
    if room:
        yield plain(Content.assemble(" " * _NAME_WIDTH, axis(room)))
    headline = _rows(_others(view.items(SectionId.HEADLINE)))
    people = _rows(_others(view.items(SectionId.PEOPLE)))
    if headline:
        people = [row for row in people if row.id not in (RowId.PEOPLE_WIN_TIE, RowId.PEOPLE_TIES_HALF)]
    for row in (*headline, *people, *_of(view.items(SectionId.JUDGE), RowId.JUDGE_ALONE)):
        if headline and row.id == RowId.PEOPLE_WIN:
            yield _bar_row("humans only", replace(row, tone=Tone.TEXT), room)
        elif isinstance(row.number, (Rate, Share)):
            yield _bar_row(_name(row), row, room)
        else:
            yield from _number_row(row, width)


def _bar_width(width: int) -> int:
    """Return the cells of a bar in a row of `width`; 0 where there is no room for one."""
    return min(width - _NAME_WIDTH - _BAR_NUMBERS, 44) if width >= 44 else 0


def _bar_row(name: str, row: NumberRow, room: int) -> Row:
    """Return a name, its interval as a bar against 50, and the rate and interval in percent; or why there is no rate."""
    number, text = row.number, number_text(row)
    label = Content.styled(safe_text.safe_line(name)[:_NAME_WIDTH].ljust(_NAME_WIDTH), _style(row))
    if not isinstance(number, (Rate, Share)) or not text.figure:
        few = isinstance(number, Rate) and number.n < MIN_FOR_RATE
        reason = (row.too_few if row.aside else TOO_FEW) if few else text.note  # rows of this page have words for it
        return plain(Content.assemble(label, safe_text.running(reason, MUTED)))
    if isinstance(number, Share):
        bar = _bar(number.rate, number.rate, number.rate, room).stylize(FAINT)
        figure = Content.assemble((f"{text.figure:>3}", MUTED), ("  opinion", MUTED))
    else:
        bar = _bar(number.rate, number.low, number.high, room)
        figure = Content.assemble((f"{text.figure:>3}", BOLD), (f"  {_ends(row)}", MUTED))
    return ((Content.assemble(label, bar, figure), row.pairs),)


def _bar(rate: float | None, low: float | None, high: float | None, room: int) -> Content:
    """Return an interval as a bar with the gap after it; nothing where there is no room."""
    return Content.assemble(interval(rate, low, high, room), "  ") if room else Content("")


def _ends(row: NumberRow) -> str:
    """Return the interval of a rate, or in a word why there is none."""
    if not isinstance(row.number, Rate):
        return ""
    without = "weighted" if row.number.method == WEIGHTED else NONE
    return "exact" if row.number.method == "exact" else rate_interval(row.number) or without


def _style(row: NumberRow) -> str:
    return BOLD if row.tone is Tone.BOLD else MUTED


def _sentences(view: NumbersView, width: int) -> Iterator[Row]:
    """Return what the numbers amount to, and what they rest on."""
    placed = (RowId.REFUSAL,)
    items = [*_others(view.items(SectionId.HEADLINE), *placed), *_others(view.items(SectionId.PEOPLE), *placed)]
    for item in items:
        if not isinstance(item, NumberRow):
            yield from _item(item, width)


def _item(item: Item, width: int) -> Iterator[Row]:
    """Return an item of a report that has no picture here: a sentence, a number, or a table as text."""
    if isinstance(item, NumberRow):
        yield from _number_row(item, width)
    elif isinstance(item, Sentence) and item.tone is Tone.WARNING:
        yield from _warning(item.text, width)
    elif isinstance(item, Sentence):
        yield from wrapped(item.text, width)
    else:
        for cells in item_table(item).rows:
            yield from wrapped("  ".join(filter(None, cells)), width)


def _warning(text: str, width: int) -> Iterator[Row]:
    first, *rest = safe_text.running(text, MUTED).wrap(max(width - 2, 8))
    yield plain(Content.assemble(("! ", DOUBT), first))
    yield from (plain(Content.assemble("  ", row)) for row in rest)


# tags


def _tags(view: NumbersView, tags: Sequence[NumberRow], width: int) -> Iterator[Row]:
    yield plain(Content.assemble(("By tag", BOLD), ("   won of read", FAINT)))
    longest = max(safe_text.line(row.name).cell_length for row in tags) + 2
    name_width = min(max(longest, _NAME_WIDTH), max(width - _TAG_NUMBERS, _NAME_WIDTH))
    room = min(_bar_width(width), max(width - name_width - _BAR_NUMBERS, 0))
    for row in sorted(tags, key=lambda row: -row.sizes[0].number if row.sizes else 0):
        number, text = row.number, number_text(row)
        name = safe_text.key(row.name, MUTED, name_width - 2)
        label = Content.assemble(name, " " * (name_width - name.cell_length))
        if not isinstance(number, Rate) or not text.figure:
            pairs, read = map(count_text, row.sizes)
            counts = f"{text.counts} read" if text.counts else read
            yield ((Content.assemble(label, (f"{counts}, {pairs}", MUTED)), row.pairs),)
            continue
        bar = _bar(number.rate, number.low, number.high, room)
        figure = Content.assemble((f"{text.figure:>3}", BOLD), (f"  {text.ends}", MUTED))
        yield ((Content.assemble(label, bar, figure), row.pairs),)


# what more reviews buy


def _forecast(view: NumbersView, table: ForecastTable) -> Iterator[Row]:
    """Return half-widths of the win rate's intervals, in percent, now and after so many more reviews."""
    yield plain("With more reviews, about", BOLD)
    heads = [f"+{count(forecast.more)}" for forecast in table.forecasts]
    population, this_set = (list(texts) for texts in zip(*map(forecast_text, table.forecasts), strict=True))
    headline = view.items(SectionId.HEADLINE)
    now = [row.number for row in _of(headline, RowId.LIKE_THESE, RowId.THIS_SET) if isinstance(row.number, Rate)]
    if len(now) == 2:
        heads.insert(0, "now")
        population.insert(0, width_text(now[0]))
        this_set.insert(0, width_text(now[1]))
    for name, cells, style in (("", heads, FAINT), ("like these", population, ""), ("this set", this_set, "")):
        row = Content.assemble((name.ljust(12), MUTED), *((f"{cell:>8}", style) for cell in cells))
        yield ((row, table.pairs),) if name else plain(row)


def right_rows(view: NumbersView, width: int) -> list[Row]:
    """Return the right half: agreement with the judge, the table of people against judge, biases, and the forecast."""
    rows: list[Row] = []
    judge = view.section(SectionId.JUDGE)
    if judge is None:
        rows += [*wrapped("No judge has read this run.", width, BOLD), blank()]
    else:
        rows += [*_agreement(judge, view, width), blank()]
        for item in judge.items:
            if isinstance(item, ConfusionMatrix):
                rows += [*_matrix(item, view, width), blank()]
        rows += [*_leans(judge, view, width), blank()]
    for item in view.items(SectionId.FORECAST):
        rows += _forecast(view, item) if isinstance(item, ForecastTable) else _item(item, width)
    for section in view.report.sections:
        if section.id not in _SECTIONS_LEFT_OUT | _SECTIONS_PLACED:
            rows += [blank(), *wrapped(section.title, width, BOLD)]
            rows += [row for item in _others(section.items) for row in _item(item, width)]
    return rows


def _agreement(judge: ReportSection, view: NumbersView, width: int) -> Iterator[Row]:
    """Return how far judge and people agree: rates, reviewers with each other, coefficients, and what else is said."""
    people = view.items(SectionId.REVIEWERS)
    name = safe_text.line(judge.subject, MUTED)
    yield plain(Content.assemble(("judge: ", FAINT), name).truncate(width, ellipsis=True))
    for row in (
        *_of(judge.items, *_AGREEMENT),
        *_of(people, RowId.REVIEWER_PAIR)[:_MAX_REVIEWER_PAIRS],
        *_of((*judge.items, *people), *_COEFFICIENTS),
    ):
        yield from _number_row(row, width)
    lists = (_AGREEMENT, _COEFFICIENTS, _LEANS, _ORDERS, _LEAN_WARNINGS)
    placed = (RowId.JUDGE_ALONE, RowId.MATRIX, RowId.REVIEWER_PAIR, *chain.from_iterable(lists))
    for item in (*_others(judge.items, *placed), *_others(people, *placed)):
        yield from _item(item, width)


def _number_row(row: NumberRow, width: int) -> Iterator[Row]:
    """Return `says what people say   50 of 64   78  67–86`; or a name and why there is no number."""
    text = number_text(row)
    label = Content.styled(safe_text.safe_line(_name(row)), _style(row))
    if isinstance(row.number, Rate) and row.number.rate is not None and not text.figure:
        yield ((_columns(label, text.counts, "", TOO_FEW_SHORT, width), row.pairs),)
    elif _is_missing(row):
        yield from _refused(label, text.note, width)
    else:
        figure = text.figure if isinstance(row.number, (Rate, Share)) else text.figure + text.unit
        yield ((_columns(label, text.counts, figure, text.ends, width), row.pairs),)


def _is_missing(row: NumberRow) -> bool:
    """Whether a row has no number to show."""
    number = row.number
    if isinstance(number, Value):
        return number.value is None
    return number.rate is None if isinstance(number, Rate) else not number_text(row).figure


def _columns(label: Content, counts: str, number: str, ends: str, width: int) -> Content:
    """Return a name, counts, a number, and both ends of its interval in columns."""
    room = max(min(width - 29, _LABEL_WIDTH, width - 18 - len(ends)), 8)
    name = label.truncate(room, ellipsis=True)
    gap = " " * (room - name.cell_length)
    # Long ends come nearer to the number, so that it stays in its column.
    lead = " " * min(max(width - 17 - room - len(ends), 1), 3)
    return Content.assemble(name, gap, (f"{counts:>11}", MUTED), (f"{number:>6}", BOLD), (f"{lead}{ends}", MUTED))


def _refused(label: Content, reason: str, width: int) -> Iterator[Row]:
    """Return a name and why there is no number: behind it where there is room, else below."""
    whole = Content.assemble(label, "  ", safe_text.running(reason, MUTED))
    if whole.cell_length <= width:
        yield plain(whole)
    else:
        yield plain(label)
        indent = len(label.plain) - len(label.plain.lstrip()) + 2
        for row in safe_text.running(reason, MUTED).wrap(max(width - indent, 8)):
            yield plain(Content.assemble(" " * indent, row))


# people against judge


def _matrix(matrix: ConfusionMatrix, view: NumbersView, width: int) -> Iterator[Row]:
    """Return the confusion matrix: what people say in rows, what the judge says in columns."""
    label = 14 if width >= 14 + 3 * _MATRIX_CELL + 7 else 0
    cell = _MATRIX_CELL if label else max((width - 2) // 3, 4)
    margin = " " * (label + 7 if label else 0)
    people = "you" if tuple(view.readers) == (view.reviewer,) else "people"
    yield plain(Content.assemble(margin, ("judge", MUTED)))
    heads = [_right(safe_text.line(name, MUTED), cell) for name in matrix.names]
    yield plain(Content.assemble(margin, *heads))
    most = max((number for row in matrix.counts for number in row), default=1) or 1
    for row, (name, counts) in enumerate(zip(matrix.names, matrix.counts, strict=True)):
        who = Content.styled((people if row == 1 else "").ljust(7), MUTED) if label else Content("")
        head = Content.assemble(who, _right(safe_text.line(name, MUTED), label - 2), "  ") if label else Content("")
        cells = (
            (_matrix_cell(number, most, cell, same=row == column), matrix.pairs(row, column) if number else None)
            for column, number in enumerate(counts)
        )
        yield ((head, None), *cells)


def _matrix_cell(number: int, most: int, width: int, *, same: bool) -> Content:
    """Return one count, tinted by its size: in one colour where people and judge agree, in another where they do not."""
    tints = HEAT_SAME if same else HEAT_OTHER
    tint = tints[min(round(number / most * (len(tints) - 1) + 0.49), len(tints) - 1)]
    return Content.styled(f"{count(number):>{width // 2 + 1}}".ljust(width), f"{BOLD if same else ''} {tint}".strip())


def _right(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 1, 0), ellipsis=True)
    return Content.assemble(" " * (width - cut.cell_length), cut)


# biases


def _leans(judge: ReportSection, view: NumbersView, width: int) -> Iterator[Row]:
    """Return how often the first and the longer answer are chosen, and a warning where the judge is biased."""
    room = _bar_width(width)
    own = [row for row in _of(view.items(SectionId.REVIEWERS), RowId.REVIEWER_FIRST) if view.reviewer in row.subjects]
    yield plain(Content.assemble(("Leans".ljust(_NAME_WIDTH), BOLD), axis(room) if room else ""))
    yield plain("first shown is chosen", MUTED)
    for name, rows in (("  judge", _of(judge.items, RowId.FIRST_SHOWN)), ("  you", own[:1])):
        yield from (_bar_row(name, row, room) for row in rows)
    yield plain("longer is chosen", MUTED)
    for name, row_id in (("  judge", RowId.LONGER_BY_JUDGE), ("  people", RowId.LONGER_BY_PEOPLE)):
        yield from (_bar_row(name, row, room) for row in _of(judge.items, row_id))
    for row in _of(judge.items, *_ORDERS):
        if not _is_missing(row):
            yield from _number_row(row, width)
    for row_id in _LEAN_WARNINGS:
        for item in judge.items:
            if item.id == row_id:
                yield from _item(item, width)
