"""The headline on the page: who wins how often, for instructions like these and for this set, or why that is not said."""

from collections.abc import Iterator

from uphold.records.numbers import LEAST_FOR_RATE, Rate
from uphold.records.page import Line, Role, Section, Span
from uphold.records.results import Assisted, RunNumbers
from uphold.reports.wording import counted, interval, percent, row, sentence

_OPINION = "No human verdict yet. What a judge says is an unverified opinion, not a win rate."


def headline_section(numbers: RunNumbers) -> Section:
    """Rates with both intervals and a sentence on what they rest on; nothing where runs are pooled."""
    found = numbers.headline
    if found is None:
        return Section("", ())
    title = f"How often {numbers.candidate} wins"
    if found.state in ("assisted", "human-only"):
        return Section(title, (*_rates(found, numbers), *_rests(found, numbers)))
    role = Role.WARNING if found.state == "refused" else Role.TEXT
    return Section(title, tuple(sentence(said, role) for said in refusal(found)))


def refusal(found: Assisted) -> list[str]:
    """Why there is no headline, in sentences; nothing where there is one."""
    if found.state == "opinion":
        return [_OPINION]
    if found.state == "refused":
        return [f"No rate for what nobody read: {found.reason}."]
    if found.state != "counts":
        return []
    there = f"{found.sampled} read in the queue's order {'is' if found.sampled == 1 else 'are'} there"
    chosen = found.n - found.sampled
    apart = (
        [f"{counted(chosen, 'verdict')} imported or picked by hand: of the unread they say nothing."] if chosen else []
    )
    return [f"{found.reason}: {there}.", *apart]


def standing(half: Rate, candidate: str, baseline: str) -> str:
    """What the interval lets one say, with ties counted as half, where one half is even."""
    if half.low is None or half.high is None:
        return "Without an interval nothing is shown of who is ahead."
    if half.low > 0.5:
        return f"{candidate} is ahead of {baseline}: with ties as half the interval lies above 50."
    if half.high < 0.5:
        return f"{candidate} is behind {baseline}: with ties as half the interval lies below 50."
    return f"{candidate} is not shown to differ from even: with ties as half the interval contains 50."


def _rates(found: Assisted, numbers: RunNumbers) -> Iterator[Line]:
    like, this = found.population, found.this_set
    yield _rate("for instructions like these", like.win_rate, Role.BOLD)
    yield _rate(f"for this set of {numbers.pairs - numbers.human.broken}", this.win_rate)
    yield _rate("win or tie, like these", like.win_tie_rate)
    yield _rate("ties as half, like these", like.ties_half)
    yield sentence(standing(like.ties_half, str(numbers.candidate), str(numbers.baseline)))


def _rests(found: Assisted, numbers: RunNumbers) -> Iterator[Line]:
    left = numbers.pairs - numbers.human.broken - found.n
    if not left:
        yield sentence("Every pair is read: for this set the rate is exact.")
    chosen = found.n - found.sampled
    drawn = "drawn at random" if not chosen or not left else f"{found.sampled} drawn at random, {chosen} chosen"
    if left:
        yield sentence(f"It rests on {counted(found.n, 'verdict')} of people ({drawn}){_helped(found)}")
    if found.state == "human-only" and found.reason:
        yield sentence(f"People alone, without the judge's help: {found.reason}.", Role.MUTED)
    if found.planned is not None and found.n < found.planned:
        yield sentence(f"Provisional: {found.planned} verdicts are planned, {found.n} are there.", Role.WARNING)
    if left and numbers.budget:
        yield sentence("`uphold plan` says what more verdicts would buy.", Role.MUTED)


def _helped(found: Assisted) -> str:
    if found.state != "assisted":
        return "."
    if not found.worth_verdicts:
        return " and on the judge, who adds nothing to them here."
    return f" and on the judge, whose verdicts are worth about {found.worth_verdicts} more of people's."


def _rate(name: str, rate: Rate, role: Role = Role.TEXT) -> Line:
    figure = ends = ""
    note = rate.reason or ("exact" if rate.method == "exact" else "")
    if rate.n < LEAST_FOR_RATE:
        note = f"{LEAST_FOR_RATE} verdicts needed for a percentage"
    elif rate.rate is not None:
        figure = percent(rate.rate)
        ends = interval(rate.low, rate.high) if rate.low is not None and rate.high is not None and not note else ""
    return row(
        Span(name, role),
        Span(f"n {rate.n}", Role.NUMBER),
        Span(figure, Role.STRONG_NUMBER),
        Span(ends, Role.NUMBER),
        Span(note, Role.MUTED),
    )
