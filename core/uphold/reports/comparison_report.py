"""The reports of `uphold compare` (two runs and more), `uphold gate`, and `uphold judges` (judges side by side)."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from uphold.formatting import (
    count,
    count_noun,
    margin,
    noun,
    of_n,
    p_value,
    percent,
    points_interval,
    points_noun,
)
from uphold.records.comparisons import (
    BY_JUDGE,
    NO_COMMON_JUDGE,
    ChangedExample,
    Gate,
    GatedRun,
    JudgeComparison,
    MoreVerdicts,
    RatedDifference,
    RunChanges,
    RunComparison,
    RunDifference,
    SeveralRuns,
    SideBySide,
)
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.headline_judge import distinct_names
from uphold.records.statistics import JudgeStatistics, Value
from uphold.reports.certificate_text import standing_sentence, standing_tone
from uphold.reports.judge_report import criterion_counts, samples_sentence
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
from uphold.reports.score_report import comparison_items, gate_sentences

MAX_CHANGED_EXAMPLES = 40

MAX_TEXT = 100
"""Instructions and reasons are cut to so many characters."""

OUTCOMES = {1.0: "win", 0.5: "tie", 0.0: "loss"}


def comparison_report(comparison: RunComparison) -> Report:
    """Return the report of two runs: the difference by people, the examples lost and won, then what the judge says."""
    people = comparison.people
    sections = [ReportSection(SectionId.PEOPLE, "People", tuple(_by_people(comparison)))]
    for section, word, examples in ((SectionId.LOST, "Lost", people.lost), (SectionId.WON, "Won", people.won)):
        if examples:
            title = f"{word}: {count_noun(len(examples), 'example')}"
            sections.append(ReportSection(section, title, tuple(_examples(examples, comparison))))
    if comparison.by_judge is not None and comparison.judge is not None:
        items = tuple(_by_judge(comparison.by_judge, comparison))
        title = f"Judge {comparison.judge}: an opinion"
        sections.append(ReportSection(SectionId.JUDGE, title, items, subject=comparison.judge))
    if comparison.scores:
        title = "Benchmarks and other scores"
        sections.append(ReportSection(SectionId.SCORES, title, tuple(comparison_items(comparison.scores))))
    systems = f"from {comparison.before_candidate} to {comparison.after_candidate}"
    subtitle = f"{systems}, on the same examples of {comparison.set}"
    return Report(f"{comparison.before} -> {comparison.after}", subtitle, tuple(sections))


def difference_sentence(after: str, before: str, difference: RunDifference) -> str:
    """Return a sentence on the difference of two runs by people, such as a history has; names are those of the systems."""
    if difference.difference is None or difference.low is None or difference.high is None:
        return f"{after} less {before}: {difference.reason}"
    ends = points_interval(difference.low, difference.high, 1)
    return f"{after} less {before}: {points_noun(difference.difference, 1)} ({ends}) by people, ties as half"


def change_sentences(changes: RunChanges, name: Callable[[str], str] = str) -> list[str]:
    """Return what else than the candidate changed between two runs: the judge, the set.

    `name` writes the name of a judge.
    """
    said = []
    if changes.judges is not None:
        earlier, later = map(name, distinct_names(changes.judges))
        said.append(f"the judge changed here: {earlier} to {later}: a jump may be the judge's")
    if changes.set_change is not None:
        found = changes.set_change
        counts = f"+{count(found.added)} −{count(found.retired)} ~{count(found.edited)}"
        versions = f"v{found.before} to v{found.after}"
        said.append(f"the set changed here: {versions}, {counts}: compared on the {count(changes.shared)} they share")
    return said


def _changes(comparison: RunComparison) -> Iterator[Sentence]:
    for sentence in change_sentences(comparison.changes):
        yield Sentence(f"{sentence[:1].upper()}{sentence[1:]}.", Tone.WARNING)


def several_report(several: SeveralRuns) -> Report:
    """Return the report of several runs, in the order they were named: which may be the best, and every two of them."""
    best = tuple(
        NumberRow(f"best-{place}", f"{ranked.candidate}: {ranked.state}", ranked.difference)
        for place, ranked in enumerate(several.best, 1)
    )
    together = "; the intervals hold together with 95 % confidence"
    has_intervals = any(ranked.difference.low is not None for ranked in several.best)
    note = f"Differences are to the best of the others, ties as half{together if has_intervals else ''}."
    two = tuple(
        NumberRow(f"two-{place}", f"{pair.after_candidate} less {pair.before_candidate}", pair.people.ties_half)
        for place, pair in enumerate(several.pairs, 1)
    )
    sections = (
        ReportSection(SectionId.BEST, "Which is the best", (*best, Sentence(note, Tone.MUTED))),
        ReportSection(SectionId.PEOPLE, "Two at a time, by people", (*two, *_baselines(several))),
        *_scores_of_two(several),
    )
    subtitle = f"on the same examples of {several.set}"
    return Report(f"{count_noun(len(several.best), 'run')}", subtitle, sections)


def _scores_of_two(several: SeveralRuns) -> Iterator[ReportSection]:
    """Yield the benchmarks and other scores of every two systems that have some, the earlier one before."""
    for pair in several.pairs:
        if pair.scores:
            title = f"Benchmarks and other scores: {pair.after_candidate} after {pair.before_candidate}"
            yield ReportSection(SectionId.SCORES, title, tuple(comparison_items(pair.scores)))


def _baselines(several: SeveralRuns) -> Iterator[Sentence]:
    names = {name for pair in several.pairs for name in (pair.before_baseline, pair.after_baseline)}
    if len(names) > 1:
        listed = ", ".join(sorted(names))
        yield Sentence(
            f"The runs have different baselines ({listed}): this compares win rates, not systems.", Tone.WARNING
        )


def gate_report(gated: GatedRun) -> Report:
    """Return the report of a gate: its outcome with the reason, what it rests on, and what would settle it."""
    gate, comparison = gated.gate, gated.comparison
    rated = comparison.by_judge if gate.judge_only and comparison.by_judge is not None else comparison.people
    items: list[Item] = [Sentence(f"{gated.outcome}: {gated.reason}.", Tone.BOLD)]
    if gated.no_worse:
        items.append(Sentence(f"{gate.outcome}  win rate: {gate.reason}"))
        items += map(Sentence, gate_sentences(gated.no_worse))
    if gate.judge_only:
        items.append(Sentence(f"Judge {comparison.judge}: {gate.judge_caveat}.", Tone.WARNING))
    elif gate.so_far is not None:
        items.append(Sentence(f"So far it would be {gate.so_far}.", Tone.MUTED))
    if gated.standing is not None:
        items.append(Sentence(f"Certificate: {standing_sentence(gated.standing)}.", standing_tone(gated.standing)))
    items += _changes(comparison)
    items += _more(gate.more, gate_purpose(gate))
    items.append(NumberRow("ties-half-change", "difference, ties half", rated.ties_half))
    if BY_JUDGE in (rated.ties_half.method or ""):
        text = "The difference is helped by the judge's own changes, the bounds are of people's verdicts alone."
        items.append(Sentence(text, Tone.MUTED))
    verb = "judged" if gate.judge_only else "read"
    items.append(Sentence(counts_sentence(rated, verb), Tone.MUTED))
    title = f"{comparison.after} against {comparison.before}"
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
    sections += _by_criterion(numbers.judges)
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
    yield from _changes(comparison)
    people = comparison.people
    yield Sentence(counts_sentence(people, "read"))
    if people.rated:
        before, after = of_n(people.wins_before, people.rated), of_n(people.wins_after, people.rated)
        yield Sentence(f"wins in what was read: {before} before, {after} after", Tone.MUTED)
    yield NumberRow("win-change", "win rate", people.win_rate)
    yield NumberRow("ties-half-change", "ties half", people.ties_half)
    yield Sentence(_conclusion(people.ties_half, comparison))
    yield from _more(comparison.more, "for an interval")
    if comparison.no_judge not in ("", NO_COMMON_JUDGE):
        yield Sentence(f"No judge is shown beside them: {comparison.no_judge}.", Tone.MUTED)
    if people.shared.unresolved:
        drawn = count_noun(people.shared.unresolved, "example")
        yield Sentence(f"left out: {drawn} on which reviewers are drawn", Tone.MUTED)


def counts_sentence(rated: RatedDifference, verb: str) -> str:
    """Return how many of the shared examples are known, and how: read in both runs, or with equal answers."""
    shared = rated.shared
    text = f"{of_n(shared.read_in_both, shared.shared)} shared {noun(shared.shared, 'example')} {verb} in both runs"
    if shared.equal:
        text += f"; {count(shared.equal)} {noun(shared.equal, 'has', 'have')} the same answers in both: no change there"
    return text


def _more(more: MoreVerdicts | None, purpose: str) -> Iterator[Sentence]:
    yield from map(Sentence, more_sentences(more, purpose))


def more_sentences(more: MoreVerdicts | None, purpose: str) -> Iterator[str]:
    """Yield how many more verdicts serve a purpose, such as `for an interval`, and the commands that read them."""
    if more is None:
        return
    if more.examples is None:
        yield f"Reading all that the set has would not be enough {purpose}: it needs more examples."
        return
    verdicts = count_noun(more.before + more.after, "verdict")
    examples = count_noun(more.examples, "more example", "more examples")
    yield f"About {examples} read in both runs are needed {purpose}, {verdicts}:"
    yield from (f"    {command}" for command in more.commands)


def gate_purpose(gate: Gate) -> str:
    """Return what more verdicts would serve: a bound, the plan, or settling the gate."""
    if gate.bounds.low is None:
        return "for a bound"
    return "for the plan" if gate.lacking is not None else "to settle it, if the difference stays what it is"


def _conclusion(ties_half: RunDifference, comparison: RunComparison) -> str:
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


def _examples(examples: tuple[ChangedExample, ...], comparison: RunComparison) -> Iterator[Item]:
    """Yield the changed examples, largest changes first: what was asked, its tags, who says so and why."""
    for example in examples[:MAX_CHANGED_EXAMPLES]:
        details = comparison.details[example.key, example.turn]
        outcome = f"{OUTCOMES[example.before]} -> {OUTCOMES[example.after]}"
        tags = f"  [{', '.join(details.tags)}]" if details.tags else ""
        yield Sentence(f"{_place(example)}  {outcome}  by {', '.join(details.by)}{tags}")
        yield Sentence(f"    {_beginning(details.instruction)}", Tone.MUTED)
        yield from (Sentence(f"    {name}: {_beginning(said)}", Tone.MUTED) for name, said in details.reasons)
    if len(examples) > MAX_CHANGED_EXAMPLES:
        more = count(len(examples) - MAX_CHANGED_EXAMPLES)
        yield Sentence(f"and {more} more: --json has them all", Tone.MUTED)
    if examples:
        yield Sentence(f"`uphold show {comparison.after} KEY` opens one", Tone.MUTED)


def _place(example: ChangedExample) -> str:
    return f"{example.key} turn {count(example.turn)}" if example.turn > 1 else example.key


def _beginning(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _by_judge(rated: RatedDifference, comparison: RunComparison) -> Iterator[Item]:
    """Yield what the judge says, without an interval, and the examples that it alone saw change."""
    yield Sentence(counts_sentence(rated, "judged"))
    if rated.ties_half.difference is not None:
        yield NumberRow("judge-change", "ties half", replace(rated.ties_half, low=None, high=None))
    read = {(example.key, example.turn) for example in (*comparison.people.lost, *comparison.people.won)}
    for word, examples in (("lost", rated.lost), ("won", rated.won)):
        others = [_place(example) for example in examples if (example.key, example.turn) not in read]
        if others:
            keys = ", ".join(others[:MAX_CHANGED_EXAMPLES])
            more = (
                f" and {count(len(others) - MAX_CHANGED_EXAMPLES)} more" if len(others) > MAX_CHANGED_EXAMPLES else ""
            )
            text = f"{word} by the judge alone; people have not read these, or see no change: {keys}{more}"
            yield Sentence(text, Tone.MUTED)


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


def _by_criterion(judges: tuple[JudgeStatistics, ...]) -> Iterator[ReportSection]:
    """Yield what each judge says by its criteria, and how its samples split, where it has any."""
    for name, judge in zip(_distinct_names(judges), judges, strict=True):
        heads = ("criterion", "alone says what people say", "", "", "counts")
        rows = tuple((one.name, one.agreement, criterion_counts(one)) for one in judge.criteria)
        items: list[Item] = [Table("criteria", rows, heads)] if rows else []
        if judge.samples is not None:
            items.append(Sentence(samples_sentence(judge.samples)))
        if items:
            yield ReportSection(SectionId.CRITERIA, f"{name}, in parts", tuple(items), subject=name)


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
