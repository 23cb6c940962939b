"""The reports of `uphold compare` (two runs), `uphold gate`, and `uphold judges` (judges side by side)."""

from collections.abc import Iterator

from uphold.formatting import NONE, coefficient, count_noun, p_value, percent, points
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
from uphold.reports.model import (
    SIGNIFICANCE,
    Report,
    ReportRow,
    ReportSection,
    ReportSpan,
    Role,
    hits_of_n,
    interval_text,
    number_row,
    rate_text,
    row,
    sentence,
)

_MAX_CHANGED_EXAMPLES = 40

_OUTCOMES = {1.0: "win", 0.5: "tie", 0.0: "loss"}


def comparison_report(comparison: RunComparison) -> Report:
    """Return the report of two runs: by people, then by the judge, each with the changed examples, worst first."""
    sections = [ReportSection("People", tuple(_by_people(comparison)))]
    if comparison.by_judge is not None:
        rows = tuple(_paired(comparison.by_judge, comparison, "judged"))
        sections.append(ReportSection(f"Judge {comparison.judge}: an opinion", rows))
    systems = f"from {comparison.before_candidate} to {comparison.after_candidate}"
    subtitle = f"{systems}, on the same examples of {comparison.set}"
    return Report(f"{comparison.before} -> {comparison.after}", subtitle, tuple(sections))


def gate_report(gate: Gate) -> Report:
    """Return the report of a gate: its result with the reason, and what it rests on."""
    rows = [sentence(f"{gate.result}: {gate.reason}.", Role.BOLD)]
    if gate.judge is not None:
        rows.append(sentence(f"Judge only ({gate.judge}): {gate.judge_caveat}.", Role.WARNING))
    level = f"one-sided {100 * gate.level:.0f} % bounds"
    rows.append(sentence(f"{count_noun(gate.n, 'pair')}, ties as half, {level}, {gate.method}", Role.MUTED))
    return Report(
        f"{gate.run} against {gate.against}",
        f"margin {100 * gate.margin:g} points",
        (ReportSection("", tuple(rows)),),
    )


def judges_report(side_by_side: SideBySide, run: str) -> Report:
    """Return the report of the judges of a run: a table against the same reviews, then every two of them."""
    numbers = side_by_side.numbers
    ceiling = numbers.reviewers.per_vote.observed
    rows = [*_judge_table(side_by_side)]
    if ceiling.rate is not None and ceiling.n >= MIN_FOR_RATE:
        rows.append(sentence(f"People agree with each other vote by vote in {percent(ceiling.rate)} of {ceiling.n}."))
    if not numbers.judges:
        rows = [sentence("No judge has read a pair of this run.")]
    sections = [ReportSection("Against the same reviews", tuple(rows))]
    if side_by_side.pairs:
        title = "Two at a time, on the pairs that both can be read on"
        sections.append(ReportSection(title, tuple(_judge_pairs(side_by_side.pairs))))
    subtitle = f"{count_noun(len(numbers.judges), 'judge')}, {count_noun(numbers.human.reviewed, 'pair')} read"
    return Report(run, subtitle, tuple(sections))


def _by_people(comparison: RunComparison) -> Iterator[ReportRow]:
    if comparison.before_baseline != comparison.after_baseline:
        both = f"{comparison.before_baseline} and {comparison.after_baseline}"
        yield sentence(
            f"The runs have different baselines ({both}): this compares two win rates, not two systems.", Role.WARNING
        )
    people = comparison.people
    yield from _paired(people, comparison, "read")
    if people.chosen and people.n < people.matched:
        yield sentence(
            f"chosen, not sampled: {people.chosen} of these pairs; the numbers speak of the {people.n} read",
            Role.WARNING,
        )


def _paired(paired: PairedStatistics, comparison: RunComparison, verb: str) -> Iterator[ReportRow]:
    """Yield the rows of one rater's differences; `verb` says what the rater did, `read` or `judged`."""
    n = paired.n
    yield sentence(f"{n} of {count_noun(paired.matched, 'shared pair')} {verb} in both runs")
    if not n:
        return
    yield sentence(f"wins: {paired.wins_before} of {n} before, {paired.wins_after} of {n} after")
    if n < MIN_FOR_RATE:
        yield sentence(f"{MIN_FOR_RATE} pairs {verb} in both runs needed for a difference", Role.MUTED)
    else:
        yield _change_row("win rate", paired.win_rate, n)
        yield _change_row("ties half", paired.ties_half, n)
        yield sentence(_conclusion(paired.ties_half, comparison))
    yield sentence(f"{paired.better} better, {paired.worse} worse, {n - paired.better - paired.worse} as before")
    yield from _changed_examples(paired.items, comparison.after)


def _change_row(name: str, change: Change, n: int) -> ReportRow:
    ends = ""
    if change.low is not None and change.high is not None:
        ends = f"{points(change.low)} to {points(change.high)}"
    note = change.reason or (f"p {p_value(change.p)}" if change.p is not None else "")
    return number_row(ReportSpan(name), f"n {n}", f"{points(change.difference or 0.0)} points", ends, note)


def _conclusion(ties_half: Change, comparison: RunComparison) -> str:
    after, before = comparison.after_candidate, comparison.before_candidate
    if after == before:
        after, before = comparison.after, comparison.before
    if ties_half.low is None or ties_half.high is None:
        return "Without an interval nothing is shown of a difference."
    if ties_half.low > 0:
        return f"{after} does better than {before}: with ties as half the interval lies above 0."
    if ties_half.high < 0:
        return f"{after} does worse than {before}: with ties as half the interval lies below 0."
    return f"{after} is not shown to differ from {before}: with ties as half the interval contains 0."


def _changed_examples(examples: tuple[ChangedExample, ...], run: str) -> Iterator[ReportRow]:
    if not examples:
        yield sentence("no item changed")
        return
    yield sentence(f"what changed, worst first; `uphold show {run} KEY` opens one", Role.MUTED)
    for example in examples[:_MAX_CHANGED_EXAMPLES]:
        turn = f"turn {example.turn}" if example.turn > 1 else ""
        yield row(
            ReportSpan(example.key),
            ReportSpan(turn, Role.MUTED),
            ReportSpan(f"{_OUTCOMES[example.before]} -> {_OUTCOMES[example.after]}"),
        )
    if len(examples) > _MAX_CHANGED_EXAMPLES:
        yield sentence(f"and {len(examples) - _MAX_CHANGED_EXAMPLES} more: --json has them all", Role.MUTED)


def _judge_table(side_by_side: SideBySide) -> Iterator[ReportRow]:
    yield row(
        ReportSpan("judge"),
        ReportSpan("says what people say", Role.NUMBER),
        ReportSpan("", Role.NUMBER),
        ReportSpan("", Role.NUMBER),
        ReportSpan("κ", Role.NUMBER),
        ReportSpan("AC1", Role.NUMBER),
        ReportSpan("changes with order", Role.NUMBER),
    )
    for judge in side_by_side.numbers.judges:
        agreement, flips = judge.agreement, judge.position.flip_rate
        yield row(
            ReportSpan(judge.name, Role.BOLD),
            ReportSpan(hits_of_n(agreement.observed), Role.NUMBER),
            ReportSpan(rate_text(agreement.observed) or NONE, Role.STRONG_NUMBER),
            ReportSpan(interval_text(agreement.observed), Role.NUMBER),
            ReportSpan(_coefficient(agreement.kappa.value, agreement.n), Role.NUMBER),
            ReportSpan(_coefficient(agreement.ac1.value, agreement.n), Role.NUMBER),
            ReportSpan(hits_of_n(flips) if flips.n else NONE, Role.NUMBER),
        )


def _coefficient(value: float | None, n: int) -> str:
    return NONE if value is None or n < MIN_FOR_RATE else coefficient(value)


def _judge_pairs(pairs: tuple[JudgeComparison, ...]) -> Iterator[ReportRow]:
    for pair in pairs:
        yield sentence(f"{pair.a} and {pair.b}, n {pair.n}: {_judge_difference(pair)}")
    if sum(pair.change.p is not None for pair in pairs) > 1:
        yield sentence("p values allow for how many pairs of judges are compared (Holm)", Role.MUTED)


def _judge_difference(pair: JudgeComparison) -> str:
    counts = f"only {pair.a} right {pair.only_a}, only {pair.b} right {pair.only_b}"
    if pair.adjusted is None:
        return f"{counts}; {pair.change.reason or 'several pairs share an example: no exact test'}."
    p = f"p {p_value(pair.adjusted)}"
    if pair.adjusted < SIGNIFICANCE:
        better = pair.a if pair.only_a > pair.only_b else pair.b
        return f"{counts}; {better} says more often what people say ({p})."
    return f"{counts}; not shown to differ ({p})."
