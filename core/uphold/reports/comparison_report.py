from collections.abc import Iterator

from uphold.formatting import NONE, coefficient, counted, interval, percent, points, small
from uphold.records.comparisons import (
    Change,
    ChangedExample,
    Gate,
    JudgeComparison,
    PairedStatistics,
    RunComparison,
    SideBySide,
)
from uphold.records.statistics import MIN_FOR_RATE
from uphold.reports.json_output import _LEVEL
from uphold.reports.model import Report, ReportRow, ReportSection, ReportSpan, Role, part_of, row, sentence

_MOST = 40


_WORDS = {1.0: "win", 0.5: "tie", 0.0: "loss"}


def comparison_report(found: RunComparison) -> Report:
    """What people say first, then the judge, each with the examples that changed, worst first."""
    sections = [ReportSection("People", tuple(_people(found)))]
    if found.by_judge is not None:
        sections.append(
            ReportSection(f"Judge {found.judge}: an opinion", tuple(_paired(found.by_judge, found, "judged")))
        )
    subtitle = f"from {found.before_candidate} to {found.after_candidate}, on the same examples of {found.set}"
    return Report(f"{found.before} -> {found.after}", subtitle, tuple(sections))


def gate_report(found: Gate) -> Report:
    """The result and one line of reason."""
    lines = [sentence(f"{found.result}: {found.reason}.", Role.BOLD)]
    if found.judge is not None:
        lines.append(sentence(f"Judge only ({found.judge}): {found.worth}.", Role.WARNING))
    rests = f"{counted(found.n, 'pair')}, ties as half, one-sided {100 * found.level:.0f} % bounds, {found.method}"
    return Report(
        f"{found.run} against {found.against}",
        f"margin {100 * found.margin:g} points",
        (ReportSection("", (*lines, sentence(rests, Role.MUTED))),),
    )


def judges_report(found: SideBySide, run: str) -> Report:
    """A row a judge against the same reviews, then each two of them."""
    numbers = found.numbers
    ceiling = numbers.reviewers.per_vote.observed
    lines = [*_table(found)]
    if ceiling.rate is not None and ceiling.n >= MIN_FOR_RATE:
        lines.append(sentence(f"People agree with each other vote by vote in {percent(ceiling.rate)} of {ceiling.n}."))
    if not numbers.judges:
        lines = [sentence("No judge has read a pair of this run.")]
    sections = [ReportSection("Against the same reviews", tuple(lines))]
    if found.pairs:
        sections.append(ReportSection("Two at a time, on the pairs that both can be read on", tuple(_two(found.pairs))))
    return Report(
        run, f"{counted(len(numbers.judges), 'judge')}, {counted(numbers.human.reviewed, 'pair')} read", tuple(sections)
    )


def _people(found: RunComparison) -> Iterator[ReportRow]:
    if found.before_baseline != found.after_baseline:
        both = f"{found.before_baseline} and {found.after_baseline}"
        yield sentence(
            f"The runs have different baselines ({both}): this compares two win rates, not two systems.", Role.WARNING
        )
    yield from _paired(found.people, found, "read")
    if found.people.chosen and found.people.n < found.people.matched:
        yield sentence(
            f"chosen, not sampled: {found.people.chosen} of these pairs; the numbers speak of the {found.people.n} read",
            Role.WARNING,
        )


def _paired(rated: PairedStatistics, found: RunComparison, how: str) -> Iterator[ReportRow]:
    yield sentence(f"{rated.n} of {counted(rated.matched, 'shared pair')} {how} in both runs")
    if not rated.n:
        return
    yield sentence(f"wins: {rated.wins_before} of {rated.n} before, {rated.wins_after} of {rated.n} after")
    if rated.n < MIN_FOR_RATE:
        yield sentence(f"{MIN_FOR_RATE} pairs {how} in both runs needed for a difference", Role.MUTED)
    else:
        yield _change("win rate", rated.win_rate, rated.n)
        yield _change("ties half", rated.ties_half, rated.n)
        yield sentence(_standing(rated.ties_half, found))
    yield sentence(f"{rated.better} better, {rated.worse} worse, {rated.n - rated.better - rated.worse} as before")
    yield from _items(rated.items, found.after)


def _change(name: str, change: Change, n: int) -> ReportRow:
    ends = ""
    if change.low is not None and change.high is not None:
        ends = f"{points(change.low)} to {points(change.high)}"
    note = change.reason or (f"p {small(change.p)}" if change.p is not None else "")
    return row(
        ReportSpan(name),
        ReportSpan(f"n {n}", Role.NUMBER),
        ReportSpan(f"{points(change.difference or 0.0)} points", Role.STRONG_NUMBER),
        ReportSpan(ends, Role.NUMBER),
        ReportSpan(note, Role.MUTED),
    )


def _standing(half: Change, found: RunComparison) -> str:
    after, before = found.after_candidate, found.before_candidate
    if after == before:
        after, before = found.after, found.before
    if half.low is None or half.high is None:
        return "Without an interval nothing is shown of a difference."
    if half.low > 0:
        return f"{after} does better than {before}: with ties as half the interval lies above 0."
    if half.high < 0:
        return f"{after} does worse than {before}: with ties as half the interval lies below 0."
    return f"{after} is not shown to differ from {before}: with ties as half the interval contains 0."


def _items(items: tuple[ChangedExample, ...], run: str) -> Iterator[ReportRow]:
    if not items:
        yield sentence("no item changed")
        return
    yield sentence(f"what changed, worst first; `uphold show {run} KEY` opens one", Role.MUTED)
    for item in items[:_MOST]:
        turn = f"turn {item.turn}" if item.turn > 1 else ""
        yield row(
            ReportSpan(item.key),
            ReportSpan(turn, Role.MUTED),
            ReportSpan(f"{_WORDS[item.before]} -> {_WORDS[item.after]}"),
        )
    if len(items) > _MOST:
        yield sentence(f"and {len(items) - _MOST} more: --json has them all", Role.MUTED)


def _table(found: SideBySide) -> Iterator[ReportRow]:
    yield row(
        ReportSpan("judge"),
        ReportSpan("says what people say", Role.NUMBER),
        ReportSpan("", Role.NUMBER),
        ReportSpan("", Role.NUMBER),
        ReportSpan("κ", Role.NUMBER),
        ReportSpan("AC1", Role.NUMBER),
        ReportSpan("changes with order", Role.NUMBER),
    )
    for judge in found.numbers.judges:
        same, flips = judge.agreement, judge.position.flip_rate
        enough = same.observed.rate is not None and same.n >= MIN_FOR_RATE
        low, high = same.observed.low, same.observed.high
        ends = interval(low, high) if enough and low is not None and high is not None else ""
        yield row(
            ReportSpan(judge.name, Role.BOLD),
            ReportSpan(part_of(same.observed), Role.NUMBER),
            ReportSpan(percent(same.observed.rate or 0.0) if enough else NONE, Role.STRONG_NUMBER),
            ReportSpan(ends, Role.NUMBER),
            ReportSpan(_coefficient(same.kappa.value, same.n), Role.NUMBER),
            ReportSpan(_coefficient(same.ac1.value, same.n), Role.NUMBER),
            ReportSpan(part_of(flips) if flips.n else NONE, Role.NUMBER),
        )


def _coefficient(value: float | None, n: int) -> str:
    return NONE if value is None or n < MIN_FOR_RATE else coefficient(value)


def _two(pairs: tuple[JudgeComparison, ...]) -> Iterator[ReportRow]:
    for pair in pairs:
        yield sentence(f"{pair.a} and {pair.b}, n {pair.n}: {_alone(pair)}")
    if sum(pair.change.p is not None for pair in pairs) > 1:
        yield sentence("p values allow for how many pairs of judges are compared (Holm)", Role.MUTED)


def _alone(pair: JudgeComparison) -> str:
    counts = f"only {pair.a} right {pair.only_a}, only {pair.b} right {pair.only_b}"
    if pair.adjusted is None:
        return f"{counts}; {pair.change.reason or 'several pairs share an example: no exact test'}."
    p = f"p {small(pair.adjusted)}"
    if pair.adjusted < _LEVEL:
        better = pair.a if pair.only_a > pair.only_b else pair.b
        return f"{counts}; {better} says more often what people say ({p})."
    return f"{counts}; not shown to differ ({p})."
