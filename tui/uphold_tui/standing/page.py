"""The standing screen as rows: the sentence, the interval against the floor, drift, what it is bound to, where it holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from textual.content import Content

from uphold.formatting import count, count_noun, dollars, of_n, percent, percent_number, score
from uphold.records.certificates import (
    LEAST_EXAMPLES,
    Certificate,
    CertificateState,
    DriftCheck,
    DriftState,
    Standing,
    TagAgreement,
    changed_limit,
)
from uphold.reports.certificate_text import bound_rows, not_shown, seen_sentence
from uphold.reports.rate_text import rate_interval
from uphold.workflows.standing import StandingOverview
from uphold_tui import safe_text
from uphold_tui.standing.wide import differing_rows, history_rows
from uphold_tui.standing.work import WorkStatus
from uphold_tui.themes import BADGE_DOUBT, BOLD, DOUBT, FAINT, MUTED, OVERTURNED, RULE, UPHELD, Signs
from uphold_tui.widgets.bars import large_digits
from uphold_tui.widgets.rows import ended, spread

_NAME = 22
"""Columns of the names beside the intervals."""

_NUMBERS = 31
"""Columns of the numbers behind the intervals."""

_DRIFT_ROWS = 5

_DRIFT_LABEL = 4

_WIDE = 100
"""From so many columns on there are two halves, and sentences are said in full."""

_SIDE = 38
"""Columns of the right half."""

_GAP = 4

_REASON_ROWS = 3

_HALF = 96
"""The most columns of the left half."""

_BESIDE = 88
"""The most where there is a third column."""

_THREE = 150
"""From so many columns on the tests by now stand in a column of their own."""

_LEAST_THIRD = 44

_LEAST_BELOW = 4
"""Rows of what stands below, however low the screen is; it scrolls then."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """One row against the floor: a share from `low`, to `high` where it has an upper end, and the counts behind it."""

    name: Content
    rate: float
    low: float
    high: float | None
    words: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class StandingPage:
    """What is shown: the overview (None: still read), the certificate at `place`, and the work that goes on, if any."""

    overview: StandingOverview | None
    place: int
    status: WorkStatus | None
    signs: Signs

    @property
    def standing(self) -> Standing | None:
        """The certificate that is shown; None where no judge was ever tested."""
        return self._standings[self.place] if self._standings else None

    @property
    def _standings(self) -> tuple[Standing, ...]:
        return self.overview.standings if self.overview is not None else ()

    def state(self) -> Content:
        """Return the state for the header: `✓ stands`, `~ lapsed`, `? not shown`."""
        standing = self.standing
        if standing is None:
            return Content("")
        sign, style, word = {
            CertificateState.STANDS: (self.signs.upheld, UPHELD, "stands"),
            CertificateState.LAPSED: (self.signs.stale, DOUBT, "lapsed"),
            CertificateState.NOT_SHOWN: (self.signs.unreadable, OVERTURNED, "not shown"),
        }[standing.state]
        return Content.assemble((sign, style), (f" {word}", MUTED))

    def rows(self, width: int, height: int) -> list[Content]:
        """Return the page in two halves where they fit, else one below the other.

        Where there is more room there is a third column with the tests by now, and below the pairs that it was wrong on.
        """
        if self.overview is None:
            return [Content.styled("reading …", MUTED)]
        standing = self.standing
        if standing is None:
            return self._untested(width)
        rows = [*self._sentence(standing, width), Content("")]
        if width < _WIDE:
            return [*rows, *self._left(standing, width), Content(""), *self._right(standing, width)]
        if width < _THREE:
            half = min(width - _SIDE - _GAP, _HALF)
            return rows + _beside(self._left(standing, half), self._right(standing, _SIDE), half + _GAP)
        third = max(width - _BESIDE - _SIDE - 2 * _GAP, _LEAST_THIRD)
        half = width - _SIDE - third - 2 * _GAP
        left = _beside(self._left(standing, half), self._right(standing, _SIDE), half + _GAP)
        tests = history_rows(self.overview.tests, standing, self.signs, third)
        rows += _beside(left, tests, half + _SIDE + 2 * _GAP)
        differing = self.overview.differing.get(standing.certificate.id, ())
        below = differing_rows(
            differing, standing.certificate.agreement.n, width, max(height - len(rows) - 1, _LEAST_BELOW)
        )
        return [*rows, Content(""), *below] if below else rows

    def _untested(self, width: int) -> list[Content]:
        assert self.overview is not None
        judge = self.overview.to_test
        first = "No judge was tested on locked pairs of this set."
        words = (
            "Half of the examples is locked: nothing that improves a judge sees what people decided on them. One test on"
            f" {LEAST_EXAMPLES} decided examples or more says whether a judge agrees with people often enough to stand in"
            " for them; the pairs are spent by it."
        )
        rows = [Content.styled(first, BOLD), Content(""), *_wrapped(words, width)]
        if judge is None:
            return [*rows, Content(""), Content.styled("No judge has read anything yet: there is none to test.", MUTED)]
        return [
            *rows,
            Content(""),
            Content.assemble(("L", BOLD), (" tests ", MUTED), safe_text.line(judge.name, MUTED)),
        ]

    # left

    def _left(self, standing: Standing, width: int) -> list[Content]:
        rows = self._intervals(standing, width)
        if standing.certificate.is_shown:
            rows += [Content(""), *self._drift(standing, width), Content(""), *_lapses(standing.certificate, width)]
        return rows

    def _sentence(self, standing: Standing, width: int) -> list[Content]:
        """Return the large figure with what it says beside it."""
        certificate, lapsed = standing.certificate, standing.state is CertificateState.LAPSED
        rate, floor = certificate.agreement, percent_number(certificate.bound.floor)
        style = MUTED if lapsed else ""
        digits = large_digits(percent_number(rate.rate or 0.0))
        low = score(rate.low or 0.0, is_share=True)
        wide = width >= _WIDE
        before, against = "percent the same as people: ", f"the floor is {floor}; the bound is above it"
        if standing.stands:
            behind = " may stand in for them on this set" if wide else " stands"
        elif lapsed:
            before = "percent the same as people when it was tested: " if wide else "percent when it was tested: "
            behind, against = " does not stand any more" if wide else " stands no more", f"the floor was {floor}"
        else:
            behind = f" is {not_shown(certificate)}"
            against = f"the floor is {floor}; the bound is {'above' if certificate.reaches_floor else 'below'} it"
        name = safe_text.key(certificate.judge.name, "", max(width - 12 - len(before) - len(behind), 8))
        first = Content.assemble(before, name, behind)
        pairs = count_noun(rate.n, "locked pair") + (" that nothing was tuned on" if wide else "")
        beside = [
            first.stylize(MUTED if lapsed else BOLD),
            Content.styled(f"at least {low} with 95 % confidence, on {pairs}", MUTED),
            Content.styled(against, MUTED),
        ]
        rows = [
            Content.assemble((digit, style), "   ", words.truncate(max(width - 12, 10), ellipsis=True))
            for digit, words in zip(digits, beside, strict=True)
        ]
        if seen := seen_sentence(certificate):
            rows.append(
                Content.assemble((f"{self.signs.broken} ", DOUBT), (seen, MUTED)).truncate(width, ellipsis=True)
            )
        return rows

    def _intervals(self, standing: Standing, width: int) -> list[Content]:
        certificate, rate = standing.certificate, standing.certificate.agreement
        bars = [
            _Bar(
                Content("judge and people"),
                rate.rate or 0.0,
                rate.low or 0.0,
                None,
                f"at least {percent_number(rate.low or 0.0)}   {of_n(certificate.agreed, rate.n)}",
                strong=True,
            )
        ]
        if standing.rerun is not None and standing.rerun.asked:
            stays = standing.rerun.asked - standing.rerun.changed
            share = stays / standing.rerun.asked
            bars.append(
                _Bar(Content("judge, asked twice"), share, share, share, f"{of_n(stays, standing.rerun.asked)}")
            )
        for ceiling in self.overview.ceilings if self.overview is not None else ():
            low, high, found = ceiling.rate.low, ceiling.rate.high, ceiling.rate.rate or 0.0
            words = f"{rate_interval(ceiling.rate)}   {of_n(round(found * ceiling.rate.n), ceiling.rate.n)}"
            bars.append(_Bar(safe_text.line(ceiling.words), found, low or found, high or found, words))
        return list(_against_floor(bars, certificate.bound.floor, width)) + self._ceiling_words(certificate, width)

    def _ceiling_words(self, certificate: Certificate, width: int) -> list[Content]:
        ceilings = self.overview.ceilings if self.overview is not None else ()
        if not ceilings:
            return _wrapped("No ceiling: nobody has read 10 pairs twice, and no two people the same 10.", width)
        first = ceilings[0]
        if (certificate.agreement.rate or 0.0) < (first.rate.rate or 0.0):
            return []
        words = Content.assemble(
            safe_text.line(first.words, MUTED),
            (f" agree no more often: {percent(first.rate.rate or 0.0)} is the ceiling", MUTED),
        )
        return [words.truncate(width, ellipsis=True)]

    def _drift(self, standing: Standing, width: int) -> list[Content]:
        """Return the checks as dots, or that there was none."""
        if not standing.checks:
            words = (
                "how often its verdicts change by themselves is not asked yet"
                if standing.rerun is None
                else f"not checked yet; asked twice, {of_n(standing.rerun.changed, standing.rerun.asked)} verdicts changed"
            )
            return [Content.assemble(("Drift    ", BOLD), (words, MUTED)).truncate(width, ellipsis=True)]
        last = standing.checks[-1]
        head = Content.assemble(
            ("Drift    ", BOLD), (f"verdicts that stay, of {count_noun(last.asked, 'pair')} asked again", MUTED)
        )
        return [head.truncate(width, ellipsis=True), *_dots(standing.checks, width)]

    # right

    def _right(self, standing: Standing, width: int) -> list[Content]:
        certificate = standing.certificate
        rows = [Content.styled("Bound to", BOLD)]
        for name, words in bound_rows(certificate):
            rows.append(Content.assemble((f"{name:<10}", MUTED), safe_text.line(words)).truncate(width, ellipsis=True))
        covered = [tag for tag in certificate.tags if tag.is_covered]
        if covered:
            title = "Holds for" if certificate.is_shown else "Tested"
            rows += [Content(""), Content.styled(title, BOLD), *_tags(covered, width)]
        if certificate.not_covered:
            rows += [Content(""), Content.styled("Not enough read", BOLD)]
            rows += _tags(certificate.not_covered, width, f"{self.signs.broken} ")
            rows.append(Content.styled("10 tested pairs needed", MUTED))
        return rows

    # the strip

    def strip(self, width: int, message: Content) -> list[Content]:
        """Return what goes on, what came of it, or why the certificate lapsed; else the last one that did."""
        if self.status is not None and not self.status.ended:
            return _working(self.status)
        if self.status is not None and self.status.error is not None:
            return [
                Content.styled("it could not be done", BOLD),
                *_wrapped(safe_text.safe_line(self.status.error), width)[:3],
            ]
        if message:
            return [message]
        standing = self.standing
        if standing is None:
            return []
        if standing.state is CertificateState.LAPSED:
            return [_lapsed_head(standing, "Now", width, self.signs), *_reasons(standing, width)]
        untested = self.overview.to_test if self.overview is not None else None
        if untested is not None and all(untested.name != one.certificate.judge.name for one in self._standings):
            name = safe_text.line(untested.name, BOLD)
            return [
                Content.assemble(name, (" is in force, and was not tested: ", MUTED), ("L", BOLD), (" tests it", MUTED))
            ]
        before = self._before()
        return [] if before is None else [_lapsed_head(before, "Before", width, self.signs), *_reasons(before, width)]

    def _before(self) -> Standing | None:
        return next(
            (one for one in self._standings if one is not self.standing and one.state is CertificateState.LAPSED), None
        )


def _beside(left: Sequence[Content], right: Sequence[Content], width: int) -> list[Content]:
    """Return the rows of two columns; the right one begins behind `width` cells."""
    rows = []
    for first, second in zip_longest(left, right, fillvalue=Content("")):
        rows.append(first if not second else spread(first, Content(""), width) + second)
    return rows


def _against_floor(bars: Sequence[_Bar], floor: float, width: int) -> Iterator[Content]:
    """Yield the axis and the bars on it; the floor is a dotted mark through all of them."""
    room = max(min(width - _NAME - 1 - _NUMBERS, 44), 11)
    start = 0.5 if min(floor, *(bar.low for bar in bars)) >= 0.5 else 0.0

    def column(share: float) -> int:
        return min(max(round((share - start) / (1 - start) * (room - 1)), 0), room - 1)

    labels = [" "] * room
    for share, label in ((start, percent_number(start)), (1.0, "100"), (floor, percent_number(floor))):
        place = min(max(column(share) - len(label) // 2, 0), room - len(label))
        labels[place : place + len(label)] = label
    yield Content.assemble(" " * (_NAME + 1), ("".join(labels), FAINT))
    mark = column(floor)
    for bar in bars:
        row, styles = ["─"] * room, [RULE] * room
        high = bar.rate if bar.high is None else bar.high
        for place in range(column(bar.low), column(high) + 1):
            row[place], styles[place] = "━", "" if bar.strong else MUTED
        row[mark], styles[mark] = ("┿", "") if bar.low <= floor <= high else ("┊", FAINT)
        row[column(bar.rate)], styles[column(bar.rate)] = "●", "" if bar.strong else MUTED
        name = bar.name.stylize(BOLD if bar.strong else MUTED).truncate(_NAME, ellipsis=True)
        number = Content.assemble(
            (f"{percent_number(bar.rate):>4}", BOLD if bar.strong else ""), (f"  {bar.words}", MUTED)
        )
        bar_row = Content.assemble(*zip(row, styles, strict=True))
        yield Content.assemble(spread(name, Content(""), _NAME + 1), bar_row, number)


def _dots(checks: Sequence[DriftCheck], width: int) -> list[Content]:
    """Return the checks as dots over the dotted limit of the last one; a dot below its own limit is rose.

    Checks of another number of pairs are scaled to that of the last one.
    """
    last = checks[-1]
    room = max(width - _DRIFT_LABEL - 8, 10)
    shown = list(checks[-max(room // 8, 1) :])
    stays = [(check.asked - check.changed) / check.asked * last.asked for check in shown]
    limit = last.asked - last.limit
    lowest = min(limit, *stays)
    span = max(last.asked - lowest, 1.0)

    def row_of(value: float) -> int:
        return round((last.asked - value) / span * (_DRIFT_ROWS - 1))

    step = max(room // max(len(shown), 1), 8)
    grid = [[(" ", "")] * room for _ in range(_DRIFT_ROWS)]
    grid[row_of(limit)] = [("┄", FAINT)] * room
    for number, (check, value) in enumerate(zip(shown, stays, strict=True)):
        place = min(number * step + 4, room - 1)
        grid[row_of(value)][place] = ("●", OVERTURNED if check.state is DriftState.CHANGED else BOLD)
    labels = {0: count(last.asked), row_of(limit): count(limit)}
    rows = []
    for number, cells in enumerate(grid):
        end = (" limit", MUTED) if number == row_of(limit) else ("", "")
        rows.append(Content.assemble((f"{labels.get(number, ''):<{_DRIFT_LABEL}}", MUTED), *cells, end))
    dates = " " * _DRIFT_LABEL
    for number, check in enumerate(shown):
        dates = f"{dates:<{_DRIFT_LABEL + number * step}}{check.created_at[5:10]}"
    return [*rows, Content.styled(dates, MUTED)]


def _lapses(certificate: Certificate, width: int) -> list[Content]:
    changed = count_noun(changed_limit(certificate.bound.examples), "example")
    words = f"when judge, orders or floor change, when {changed} do, or when a check is below the limit"
    first, *others = _wrapped(words, max(width - 9, 20))
    return [Content.assemble(("Lapses   ", BOLD), first), *(Content.assemble(" " * 9, row) for row in others)]


def _tags(tags: Sequence[TagAgreement], width: int, sign: str = "") -> list[Content]:
    rows = []
    for tag in tags[:6]:
        room = max(width - 14 - len(sign), 6)
        name = safe_text.line(tag.tag).truncate(room - 2, ellipsis=True)
        counted = Content.styled(of_n(tag.agreed, tag.n), MUTED)
        rows.append(Content.assemble((sign, DOUBT), spread(name, Content(""), room), counted))
    if len(tags) > 6:
        rows.append(Content.styled(f"and {count(len(tags) - 6)} more", MUTED))
    return rows


def _working(status: WorkStatus) -> list[Content]:
    progress = status.progress
    if progress is None:
        return [Content.styled("beginning …", MUTED)]
    cost = "" if progress.cost is None else f"   {dollars(progress.cost)}"
    first = Content.assemble(
        ("asking ", MUTED),
        safe_text.line(progress.judge, BOLD),
        (f"   {of_n(progress.done, progress.total)}{cost}", MUTED),
    )
    if progress.failed:
        failed = f"{count(progress.failed)} failed"
        return [first, Content.styled(failed, DOUBT)]
    return [first]


def _lapsed_head(standing: Standing, word: str, width: int, signs: Signs) -> Content:
    certificate = standing.certificate
    left = Content.assemble(
        (f"{word:<9}", MUTED),
        (f" {signs.stale} ", BADGE_DOUBT),
        ("  lapsed   ", BOLD),
        safe_text.line(certificate.judge.name),
    )
    return spread(left, Content.styled(f"tested {certificate.created_at[:10]}", MUTED), width)


def _reasons(standing: Standing, width: int) -> list[Content]:
    """Return why a certificate lapsed, on three rows at most: an ellipsis where there is more."""
    margin = 9 if width >= _WIDE else 0
    rows: list[Content] = []
    for reason in standing.reasons:
        rows += safe_text.line(reason, MUTED).wrap(max(width - margin, 20))
    if len(rows) > _REASON_ROWS:
        rows[_REASON_ROWS - 1 :] = [ended(rows[_REASON_ROWS - 1], width - margin)]
    return [Content.assemble(" " * margin, row) for row in rows]


def _wrapped(words: str, width: int) -> list[Content]:
    """Return muted prose in rows of at most `width` cells."""
    rows, row = [], ""
    for word in words.split(" "):
        if row and len(row) + 1 + len(word) > width:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}".strip()
    return [Content.styled(one, MUTED) for one in [*rows, row]]
