"""The decision of a run: what its interval allows to be said of the candidate, and never more.

The rate that decides is the win rate with a tie as half a win, since that is one half where candidate and baseline are
equally good, and the target is instructions like these. The rule:

- not enough read: the headline is refused, rests on fewer than ten verdicts, has no interval, or is provisional (fewer read
  than planned, as for the gate);
- better, worse: the whole interval lies above, or below, one half;
- not shown to differ: the interval contains one half, or touches it.

What is known of exactly this set, where every pair is read, is said beside it, and of this set alone.
"""

from collections.abc import Iterator

from uphold.formatting import count, count_noun, interval, noun, of_n, percent
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.run_evidence import Decision, DecisionState
from uphold.records.statistics import Assisted, Rate, RunStatistics

_EVEN = 0.5

_HAS_RATES = ("assisted", "human-only")

_LONGEST_NAME = 200


def decide(numbers: RunStatistics) -> Decision:
    """Return what a run shows; `numbers` are those of one run, not of runs pooled."""
    found = numbers.headline
    if found is None:
        raise ValueError("runs that are pooled have no candidate to decide on")
    rate = found.population.ties_half
    lack = _lack(found, numbers)
    if lack is not None or rate.rate is None or rate.low is None or rate.high is None:
        return _not_enough(numbers, found, lack or rate.reason or "there is no interval")
    state = (
        DecisionState.BETTER
        if rate.low > _EVEN
        else DecisionState.WORSE
        if rate.high < _EVEN
        else DecisionState.NOT_SHOWN
    )
    words = {
        DecisionState.BETTER: "is better than",
        DecisionState.WORSE: "is worse than",
        DecisionState.NOT_SHOWN: "is not shown to differ from",
    }[state]
    ends = f"{percent(rate.rate)} ({interval(rate.low, rate.high)}), a tie being half a win"
    sentence = f"{_name(numbers.candidate)} {words} {_name(numbers.baseline)} on instructions like these: {ends}"
    return Decision(state, sentence, rate, tuple(_this_set(numbers, found)))


def _name(system: str | None) -> str:
    """Return a system's name, a very long one cut: what is said of it has to be seen."""
    name = system or ""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _lack(found: Assisted, numbers: RunStatistics) -> str | None:
    """Return why nothing can be decided yet, None where something can."""
    if found.state not in _HAS_RATES:
        return _refusal(found, numbers)
    if found.n < MIN_FOR_RATE:
        return (
            f"{count_noun(found.n, 'verdict')} of people {noun(found.n, 'is', 'are')} there, {MIN_FOR_RATE} are needed"
        )
    if found.planned is not None and found.n < found.planned:
        return f"{of_n(found.n, found.planned)} planned verdicts are there"
    return None


def _refusal(found: Assisted, numbers: RunStatistics) -> str:
    if found.state == "opinion":
        unresolved = numbers.human.unresolved
        if unresolved:
            return f"on the {count_noun(unresolved, 'pair')} that people read no word leads"
        return f"no person has read any of the {count_noun(numbers.pairs, 'pair')}"
    if found.state == "counts":
        read = f"{count_noun(found.sampled, 'pair')} {noun(found.sampled, 'is', 'are')} read in the queue's order"
        chosen = found.n - found.sampled
        beside = f" ({count(chosen)} more {noun(chosen, 'was', 'were')} chosen)" if chosen else ""
        return f"{read}{beside}, {MIN_FOR_RATE} are needed"
    if not found.sampled:
        return f"the {count_noun(found.n, 'pair')} read {noun(found.n, 'was', 'were')} chosen, not drawn from a queue"
    return found.reason or "the rate is refused"


def _not_enough(numbers: RunStatistics, found: Assisted, lack: str) -> Decision:
    sentence = (
        f"Not enough is read to say whether {_name(numbers.candidate)} is better than {_name(numbers.baseline)}: {lack}"
    )
    rate = found.population.ties_half
    beside = list(_this_set(numbers, found))
    is_provisional = found.state in _HAS_RATES and found.n >= MIN_FOR_RATE and rate.low is not None
    if is_provisional and rate.rate is not None and rate.high is not None and rate.low is not None:
        so_far = f"{percent(rate.rate)} ({interval(rate.low, rate.high)})"
        beside.insert(0, f"So far, a tie being half a win: {so_far}. The planned number makes it final.")
    return Decision(
        DecisionState.NOT_ENOUGH_READ,
        sentence,
        rate if is_provisional and rate.rate is not None else None,
        tuple(beside),
    )


def _this_set(numbers: RunStatistics, found: Assisted) -> Iterator[str]:
    """Yield what is known of exactly these examples: the counts, where every pair is read and none is left open."""
    human = numbers.human
    pairs = numbers.pairs - human.broken
    labelled = human.wins + human.ties + human.losses
    if not labelled or labelled < pairs:
        return
    rate = found.this_set.ties_half
    counts = ", ".join(
        (count_noun(human.wins, "win"), count_noun(human.ties, "tie"), count_noun(human.losses, "loss", "losses"))
    )
    yield f"On exactly these {count_noun(pairs, 'pair')} {_standing(numbers, rate)}: {counts}."


def _standing(numbers: RunStatistics, rate: Rate) -> str:
    human = numbers.human
    exact = f" ({percent(rate.rate)})" if rate.rate is not None and rate.n >= MIN_FOR_RATE else ""
    if human.wins == human.losses:
        return f"{_name(numbers.candidate)} and {_name(numbers.baseline)} are even"
    word = "ahead" if human.wins > human.losses else "behind"
    return f"{_name(numbers.candidate)} is {word}{exact}"
