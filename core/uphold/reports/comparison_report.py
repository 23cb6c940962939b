"""The reports of `uphold compare` (two runs), `uphold gate`, and `uphold judges` (judges side by side)."""

from collections import Counter
from collections.abc import Iterator

from uphold.formatting import count, count_noun, margin, of_n, p_value, percent
from uphold.records.comparisons import (
    Change,
    ChangedExample,
    Gate,
    JudgeComparison,
    PairedStatistics,
    RunComparison,
    SideBySide,
)
from uphold.records.statistics import MIN_FOR_RATE, JudgeStatistics, Value
from uphold.reports.model import (
    SIGNIFICANCE,
    Hits,
    Item,
    NumberRow,
    Report,
    ReportSection,
    SectionId,
    Sentence,
    Table,
    Tone,
)

_MAX_CHANGED_EXAMPLES = 40

_OUTCOMES = {1.0: "win", 0.5: "tie", 0.0: "loss"}


def comparison_report(comparison: RunComparison) -> Report:
    """Return the report of two runs: by people, then by the judge, each with the changed examples, worst first."""
    sections = [ReportSection(SectionId.PEOPLE, "People", tuple(_by_people(comparison)))]
    if comparison.by_judge is not None and comparison.judge is not None:
        items = tuple(_paired(comparison.by_judge, comparison, "judged"))
        title = f"Judge {comparison.judge}: an opinion"
        sections.append(ReportSection(SectionId.JUDGE, title, items, subject=comparison.judge))
    systems = f"from {comparison.before_candidate} to {comparison.after_candidate}"
    subtitle = f"{systems}, on the same examples of {comparison.set}"
    return Report(f"{comparison.before} -> {comparison.after}", subtitle, tuple(sections))


def gate_report(gate: Gate) -> Report:
    """Return the report of a gate: its result with the reason, and what it rests on."""
    items = [Sentence(f"{gate.result}: {gate.reason}.", Tone.BOLD)]
    if gate.judge is not None:
        items.append(Sentence(f"Judge only ({gate.judge}): {gate.judge_caveat}.", Tone.WARNING))
    level = f"one-sided {percent(gate.level)} bounds"
    items.append(Sentence(f"{count_noun(gate.n, 'pair')}, ties as half, {level}, {gate.method}", Tone.MUTED))
    title = f"{gate.run} against {gate.against}"
    return Report(title, f"margin {margin(gate.margin)}", (ReportSection(SectionId.GATE, "", tuple(items)),))


def judges_report(side_by_side: SideBySide, run: str) -> Report:
    """Return the report of the judges of a run: a table against the same reviews, then every two of them."""
    numbers = side_by_side.numbers
    ceiling = numbers.reviewers.per_vote.observed
    items: list[Item] = [_judge_table(numbers.judges)]
    if ceiling.rate is not None and ceiling.n >= MIN_FOR_RATE:
        share = f"{percent(ceiling.rate)} of {count(ceiling.n)}"
        items.append(Sentence(f"People agree with each other vote by vote in {share}."))
    if not numbers.judges:
        items = [Sentence("No judge has read a pair of this run.")]
    sections = [ReportSection(SectionId.SIDE_BY_SIDE, "Against the same reviews", tuple(items))]
    if side_by_side.pairs:
        title = "Two at a time, on the pairs that both can be read on"
        sections.append(ReportSection(SectionId.TWO_JUDGES, title, tuple(_judge_pairs(side_by_side.pairs))))
    subtitle = f"{count_noun(len(numbers.judges), 'judge')}, {count_noun(numbers.human.reviewed, 'pair')} read"
    return Report(run, subtitle, tuple(sections))


def _by_people(comparison: RunComparison) -> Iterator[Item]:
    if comparison.before_baseline != comparison.after_baseline:
        both = f"{comparison.before_baseline} and {comparison.after_baseline}"
        text = f"The runs have different baselines ({both}): this compares two win rates, not two systems."
        yield Sentence(text, Tone.WARNING)
    people = comparison.people
    yield from _paired(people, comparison, "read")
    if people.chosen and people.n < people.matched:
        chosen = f"{count(people.chosen)} of these pairs"
        text = f"chosen, not sampled: {chosen}; the numbers speak of the {count(people.n)} read"
        yield Sentence(text, Tone.WARNING)


def _paired(paired: PairedStatistics, comparison: RunComparison, verb: str) -> Iterator[Item]:
    """Yield the items of one rater's differences; `verb` says what the rater did, `read` or `judged`."""
    n = paired.n
    yield Sentence(f"{count(n)} of {count_noun(paired.matched, 'shared pair')} {verb} in both runs")
    if not n:
        return
    yield Sentence(f"wins: {of_n(paired.wins_before, n)} before, {of_n(paired.wins_after, n)} after")
    if n < MIN_FOR_RATE:
        yield Sentence(f"{MIN_FOR_RATE} pairs {verb} in both runs needed for a difference", Tone.MUTED)
    else:
        yield NumberRow("win-change", "win rate", paired.win_rate, n=n)
        yield NumberRow("ties-half-change", "ties half", paired.ties_half, n=n)
        yield Sentence(_conclusion(paired.ties_half, comparison))
    same = n - paired.better - paired.worse
    yield Sentence(f"{count(paired.better)} better, {count(paired.worse)} worse, {count(same)} as before")
    yield from _changed_examples(paired.items, comparison.after)


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


def _changed_examples(examples: tuple[ChangedExample, ...], run: str) -> Iterator[Item]:
    if not examples:
        yield Sentence("no item changed")
        return
    yield Sentence(f"what changed, worst first; `uphold show {run} KEY` opens one", Tone.MUTED)
    rows = tuple(
        (
            example.key,
            f"turn {count(example.turn)}" if example.turn > 1 else "",
            f"{_OUTCOMES[example.before]} -> {_OUTCOMES[example.after]}",
        )
        for example in examples[:_MAX_CHANGED_EXAMPLES]
    )
    yield Table("changed-examples", rows)
    if len(examples) > _MAX_CHANGED_EXAMPLES:
        more = count(len(examples) - _MAX_CHANGED_EXAMPLES)
        yield Sentence(f"and {more} more: --json has them all", Tone.MUTED)


def _judge_table(judges: tuple[JudgeStatistics, ...]) -> Table:
    heads = ("judge", "says what people say", "", "", "κ", "AC1", "changes with order")
    rows = tuple(
        (
            name,
            judge.agreement.observed,
            _coefficient(judge.agreement.kappa, judge.agreement.n),
            _coefficient(judge.agreement.ac1, judge.agreement.n),
            Hits(judge.position.flip_rate),
        )
        for name, judge in zip(_distinct_names(judges), judges, strict=True)
    )
    return Table("judges", rows, heads)


def _distinct_names(judges: tuple[JudgeStatistics, ...]) -> list[str]:
    """Return the judges' names, with the id added to several versions of one name, as in their comparisons."""
    versions = Counter(judge.name for judge in judges)
    return [judge.name if versions[judge.name] == 1 else f"{judge.name} (judge {judge.judge_id})" for judge in judges]


def _coefficient(value: Value, n: int) -> Value:
    return value if n >= MIN_FOR_RATE else Value(None)


def _judge_pairs(pairs: tuple[JudgeComparison, ...]) -> Iterator[Item]:
    for pair in pairs:
        yield Sentence(f"{pair.a} and {pair.b}, n {count(pair.n)}: {_judge_difference(pair)}")
    if sum(pair.change.p is not None for pair in pairs) > 1:
        yield Sentence("p values allow for how many pairs of judges are compared (Holm)", Tone.MUTED)


def _judge_difference(pair: JudgeComparison) -> str:
    counts = f"only {pair.a} right {count(pair.only_a)}, only {pair.b} right {count(pair.only_b)}"
    if pair.adjusted is None:
        return f"{counts}; {pair.change.reason or 'several pairs share an example: no exact test'}."
    p = f"p {p_value(pair.adjusted)}"
    if pair.adjusted < SIGNIFICANCE:
        better = pair.a if pair.only_a > pair.only_b else pair.b
        return f"{counts}; {better} says more often what people say ({p})."
    return f"{counts}; not shown to differ ({p})."
