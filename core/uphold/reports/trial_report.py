"""The reports of `uphold judges try` (a judge against an older one) and `uphold judges clauses` (why people overturned it)."""

from collections.abc import Iterator, Sequence

from uphold.formatting import count, count_noun, dollars, noun, of_n, p_value, percent_number, points, size_in_points
from uphold.records.judge_clauses import NamedPair, ReasonCount
from uphold.records.trials import Trial, TrialPair, TrialRecord, TrialState
from uphold.reports.model import Item, NumberRow, Report, ReportSection, SectionId, Sentence, Table, Tone
from uphold.reports.problem_text import problem_sentence

MAX_CHANGED = 40
"""Pairs that are listed of those fixed, and of those broken."""

_LISTED_PAIRS = 6

_MAX_TEXT = 60


def state_sentence(trial: Trial) -> str:
    """Return what a try shows, in one sentence; the same on the command line and on the screen."""
    numbers = trial.numbers
    difference, band = numbers.difference, numbers.band
    match numbers.state:
        case TrialState.TOO_FEW:
            return f"nothing is said yet: {difference.reason}"
        case TrialState.NOT_SHOWN:
            low, high = difference.low, difference.high
            contains = low is not None and high is not None and low <= 0 <= high
            return "contains 0: not shown yet" if contains else f"p {p_value(numbers.p or 1.0)}: not shown yet"
        case TrialState.NOT_TOLD_APART:
            return "inside the band: not told apart"
        case state:
            return f"{state.value} than the old judge{'' if band is None else ', beyond the band'}"


def band_text(trial: Trial) -> str:
    """Return how far the old judge moves when it is asked twice: `±4`, or why that is not known."""
    numbers = trial.numbers
    return f"±{size_in_points(numbers.band)}" if numbers.band is not None else "not known"


def trial_report(trial: Trial) -> Report:
    """Return the report of a try: the difference, what the old judge changes by itself, then the pairs, broken ones first."""
    sections = [ReportSection(SectionId.TWO_JUDGES, "On the same decided pairs", tuple(_numbers(trial)))]
    for section, word, pairs in ((SectionId.LOST, "Broken", trial.broken), (SectionId.WON, "Fixed", trial.fixed)):
        if pairs:
            title = f"{word}: {count_noun(len(pairs), 'pair')}"
            sections.append(ReportSection(section, title, tuple(_pairs(pairs))))
    subtitle = f"tried on the {trial.half.value} half; what is tuned on it is not shown until it is tested on the other"
    return Report(f"{trial.judge} against {trial.against}", subtitle, tuple(sections))


def _numbers(trial: Trial) -> Iterator[Item]:
    numbers, counts = trial.numbers, trial.numbers.counts
    yield NumberRow("trial-difference", "points of agreement, new less old", numbers.difference, of=None)
    yield Sentence(f"{_capital(state_sentence(trial))}.", Tone.BOLD)
    p = "" if numbers.p is None else f", p {p_value(numbers.p)} (exact McNemar)"
    same = f"same {count(counts.right + counts.wrong)}: {count(counts.right)} right, {count(counts.wrong)} wrong"
    yield Sentence(f"fixed {count(counts.fixed)}, broken {count(counts.broken)}, {same}{p}")
    yield NumberRow("trial-rerun", "verdicts that the old judge changes when asked again", numbers.rerun)
    if numbers.band is not None:
        what = f"a difference on {count_noun(counts.pairs, 'pair')} by {band_text(trial)} points"
        yield Sentence(f"That alone moves {what}: the band.")
    elif trial.rerun_reason:
        yield Sentence(f"The old judge was not asked again: {trial.rerun_reason}.", Tone.MUTED)
    for sentence in (lean_sentence(trial), *notes(trial)):
        if sentence:
            yield Sentence(sentence, Tone.MUTED)


def lean_sentence(trial: Trial) -> str:
    """Return how many of the pairs lean to the old judge, empty where none does."""
    what, pairs = noun(trial.in_view, "was", "were"), trial.numbers.counts.pairs
    seen = f"{of_n(trial.in_view, pairs)} {what} decided with the old verdict in view: they lean to it."
    return seen if trial.in_view else ""


def notes(trial: Trial) -> list[str]:
    """Return what else is to be known of a try, in sentences."""
    said = []
    if trial.shown:
        what = f"{count_noun(trial.shown, 'decided pair')} {noun(trial.shown, 'is', 'are')}"
        said.append(
            f"{what} left out, since the new judge is shown how {noun(trial.shown, 'it was', 'they were')} decided."
        )
    if trial.without_old:
        what = f"{count_noun(trial.without_old, 'decided pair')} {noun(trial.without_old, 'has', 'have')}"
        said.append(f"{what} no verdict of the old judge, and {noun(trial.without_old, 'is', 'are')} left out.")
    if trial.left:
        what = f"{count_noun(trial.left, 'pair')} {noun(trial.left, 'lacks', 'lack')}"
        said.append(f"{what} an answer of the new judge; the same command goes on.")
    said += [f"{problem_sentence(problem)}." for problem in trial.problems]
    if trial.calls:
        lost = "" if not trial.unknown_cost else f", at most {dollars(trial.unknown_cost)} more for lost replies"
        said.append(f"{count_noun(trial.calls, 'call')}, cost {dollars(trial.cost)}{lost}.")
    return said


def _pairs(pairs: Sequence[TrialPair]) -> Iterator[Item]:
    rows = tuple(
        (place(NamedPair(pair.run, pair.key, pair.turn)), _short(pair.instruction), pair.was.value, pair.is_now.value)
        for pair in pairs[:MAX_CHANGED]
    )
    yield Table("trial-pairs", rows, ("", "", "was", "is"))
    if len(pairs) > MAX_CHANGED:
        yield Sentence(f"and {count(len(pairs) - MAX_CHANGED)} more", Tone.MUTED)


def place(pair: NamedPair) -> str:
    """Return a pair by key, with its turn where that is not the first."""
    return f"{pair.key} turn {pair.turn}" if pair.turn > 1 else pair.key


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_TEXT else f"{line[: _MAX_TEXT - 1].rstrip()}…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def clauses_report(judge: str, where: str, reasons: Sequence[ReasonCount], overturned: int, silent: int) -> Report:
    """Return the report of why people overturned a judge; `silent` of the `overturned` pairs have neither reason nor note."""
    items: list[Item] = []
    if reasons:
        rows = tuple((one.reason, _how_often(one), _places(one.pairs)) for one in reasons)
        items.append(Table("clauses", rows, ("why", "overturned", "pairs")))
    if not overturned:
        items.append(Sentence("No verdict was overturned in this half."))
    elif silent:
        what = f"{of_n(silent, overturned)} overturned {noun(overturned, 'pair')} {noun(silent, 'has', 'have')}"
        items.append(Sentence(f"{what} no reason and no note; `w` in the review gives one.", Tone.MUTED))
    section = ReportSection(SectionId.JUDGE, "Why people overturned it", tuple(items))
    return Report(f"{judge} on {where}", "reasons and notes of the development half", (section,))


def _how_often(one: ReasonCount) -> str:
    return f"{count(one.count)}, a note" if one.is_note else count(one.count)


def _places(pairs: Sequence[NamedPair]) -> str:
    listed = ", ".join(place(pair) for pair in pairs[:_LISTED_PAIRS])
    more = len(pairs) - _LISTED_PAIRS
    return f"{listed} and {count(more)} more" if more > 0 else listed


def agreement_change(trial: Trial) -> tuple[str, str]:
    """Return the change of agreement in points, and the agreement of the old and the new judge in percent: `82 to 92`."""
    counts = trial.numbers.counts
    n = counts.pairs
    if not n:
        return "0", ""
    old, new = (counts.broken + counts.right) / n, (counts.fixed + counts.right) / n
    change = points((counts.fixed - counts.broken) / n)
    return change, f"{percent_number(old)} to {percent_number(new)}"


def tries_report(set_name: str, trials: Sequence[TrialRecord]) -> Report:
    """Return the report of the tries on a set, the latest first."""
    rows = tuple(
        (
            one.created_at[:16].replace("T", " "),
            f"{one.judge}@{one.version[:6]}",
            f"for {one.against}",
            points((one.counts.fixed - one.counts.broken) / max(one.counts.pairs, 1)),
            f"fixed {count(one.counts.fixed)}",
            f"broken {count(one.counts.broken)}",
            f"of {count(one.counts.pairs)}",
            dollars(one.cost),
        )
        for one in reversed(trials)
    )
    items: tuple[Item, ...] = (Table("tries", rows),) if rows else (Sentence("Nothing was tried yet."),)
    section = ReportSection(SectionId.TWO_JUDGES, "", items)
    return Report("Tries", f"on the development half of {set_name}, the latest first", (section,))
