"""From interval to sentence: what a run is allowed to say of its candidate, at every edge."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.run_counts import VERDICTS, compared, counts_of, table, votes
from uphold.records.counts import RunCounts, Stratum
from uphold.records.headline_judge import HeadlineJudge, JudgeReason
from uphold.records.judgments import JudgeRef
from uphold.records.run_evidence import Decision, DecisionState
from uphold.records.statistics import RunStatistics, ThreeRates
from uphold.reports.decision import decide
from uphold.stats.summary import run_statistics

CHOSEN = (Stratum("all"), Stratum("chosen", chosen=True))

_ENOUGH = "Not enough is read to say whether x is better than y: "


def numbers(human: str, judge: str, **others: Any) -> RunStatistics:
    return run_statistics(compared(human, judge, **others))


@dataclass(frozen=True)
class Case:
    """A run by its letters, and what may be said of it; `beside` is what has to stand beside the sentence."""

    name: str
    counts: RunCounts
    state: str
    sentence: str
    beside: tuple[str, ...] = ()


def _with_partial_pin(human: str, judge: str) -> RunCounts:
    """A pinned judge that has not read all: the headline is people's alone."""
    found = compared(human, judge)
    pinned = HeadlineJudge(JudgeReason.PINNED, JudgeRef(1, "judge", "llm", "1" * 64), missing=20, pairs=len(human))
    return replace(found, judge=pinned)


CASES = (
    Case(
        "nobody has read",
        compared("." * 60, "W" * 60),
        "not-enough-read",
        f"{_ENOUGH}no person has read any of the 60 pairs",
    ),
    Case(
        "nine of sixty",
        compared("W" * 9 + "." * 51, "W" * 60),
        "not-enough-read",
        f"{_ENOUGH}9 pairs are read in the queue's order, 10 are needed",
    ),
    Case(
        "ten of sixty, all won",
        compared("W" * 10 + "." * 50, "W" * 60),
        "better",
        "x is better than y on instructions like these: 100 % (72–100), a tie being half a win",
    ),
    Case(
        "ten of sixty, five won",
        compared("WL" * 5 + "." * 50, "W" * 60),
        "not-shown",
        "x is not shown to differ from y on instructions like these: 50 % (22–78), a tie being half a win",
    ),
    Case(
        "all read, ahead of what chance does",
        compared("W" * 76 + "T" * 15 + "L" * 29, "W" * 60 + "L" * 60),
        "better",
        "x is better than y on instructions like these: 69 % (62–77), a tie being half a win",
        ("On exactly these 120 pairs x is ahead (70 %): 76 wins, 15 ties, 29 losses.",),
    ),
    Case(
        "all read, ahead in this set alone",
        compared("W" * 33 + "L" * 27, "W" * 60),
        "not-shown",
        "x is not shown to differ from y on instructions like these: 55 % (42–67), a tie being half a win",
        ("On exactly these 60 pairs x is ahead (55 %): 33 wins, 0 ties, 27 losses.",),
    ),
    Case(
        "all six read",
        compared("W" * 4 + "TL", "W" * 6),
        "not-enough-read",
        f"{_ENOUGH}6 verdicts of people are there, 10 are needed",
        ("On exactly these 6 pairs x is ahead: 4 wins, 1 tie, 1 loss.",),
    ),
    Case(
        "ties only",
        compared("T" * 40, "T" * 40),
        "not-shown",
        "x is not shown to differ from y on instructions like these: 50 % (46–54), a tie being half a win",
        ("On exactly these 40 pairs x and y are even: 0 wins, 40 ties, 0 losses.",),
    ),
    Case(
        "lost",
        compared("L" * 30 + "W" * 6 + "." * 24, "L" * 40 + "W" * 20),
        "worse",
        "x is worse than y on instructions like these: ",
    ),
    Case(
        "every verdict inconsistent",
        compared("W" * 30 + "L" * 10 + "." * 20, "I" * 60),
        "better",
        "x is better than y on instructions like these: ",
    ),
    Case(
        "votes drawn on all",
        compared(["WL"] * 12 + ["."] * 20, "W" * 32),
        "not-enough-read",
        f"{_ENOUGH}on the 12 pairs that people read no word leads",
    ),
    Case(
        "chosen, not drawn",
        counts_of([*table(("W", 14, "W" * 14), stratum=1), *table(("W", 46, ""))], strata=CHOSEN),
        "not-enough-read",
        f"{_ENOUGH}the 14 pairs read were chosen, not drawn from a queue",
    ),
    Case(
        "a few drawn, many chosen",
        counts_of(
            [*table(("W", 30, "W" * 30), stratum=1), *table(("W", 4, "W" * 4)), *table(("W", 26, ""))], strata=CHOSEN
        ),
        "not-enough-read",
        f"{_ENOUGH}4 pairs are read in the queue's order (30 more were chosen), 10 are needed",
    ),
    Case(
        "fewer than planned",
        compared("W" * 30 + "." * 30, "W" * 60, planned=40),
        "not-enough-read",
        f"{_ENOUGH}30 of 40 planned verdicts are there",
        ("So far, a tie being half a win: ",),
    ),
    Case(
        "a pinned judge that has not read all",
        _with_partial_pin("W" * 25 + "L" * 5 + "." * 10, "W" * 20 + "P" * 20),
        "better",
        "x is better than y on instructions like these: ",
    ),
    Case(
        "several turns of few conversations",
        counts_of([(votes(word), VERDICTS["W"], None, 1 + at % 5) for at, word in enumerate("W" * 14 + "L" * 2)]),
        "not-enough-read",
        _ENOUGH,
        ("On exactly these 16 pairs x is ahead",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_sentence_follows_from_the_interval(case: Case) -> None:
    found = decide(run_statistics(case.counts))
    assert (found.state, found.sentence[: len(case.sentence)]) == (case.state, case.sentence)
    for text in case.beside:
        assert any(said.startswith(text) for said in found.beside), found.beside


def ending(low: float, high: float) -> Decision:
    """What is said where the interval of the deciding rate has these ends."""
    found = numbers("W" * 30 + "L" * 10 + "." * 20, "W" * 60)
    assert found.headline is not None
    rates = found.headline.population
    moved = ThreeRates(
        rates.win_rate, rates.win_tie_rate, replace(rates.ties_half, rate=(low + high) / 2, low=low, high=high)
    )
    return decide(replace(found, headline=replace(found.headline, population=moved)))


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (0.5, 0.8, "not-shown"),
        (0.2, 0.5, "not-shown"),
        (0.5, 0.5, "not-shown"),
        (0.500001, 0.8, "better"),
        (0.2, 0.499999, "worse"),
        (0.4, 0.6, "not-shown"),
    ],
)
def test_an_interval_that_touches_one_half_shows_nothing(low: float, high: float, state: str) -> None:
    assert ending(low, high).state == state


def test_the_win_rate_alone_decides_nothing() -> None:
    """With many ties more is won than lost, and yet less than half is won."""
    found = numbers("W" * 40 + "T" * 60 + "L" * 5, "W" * 40 + "T" * 60 + "L" * 5)
    assert found.human.rates.win_rate.high is not None
    assert found.human.rates.win_rate.high < 0.5
    assert decide(found).state is DecisionState.BETTER


def test_one_tag_and_runs_that_are_pooled() -> None:
    one_tag = numbers("W" * 30 + "." * 5, "W" * 35, tag="billing")
    assert decide(one_tag).state is DecisionState.BETTER
    with pytest.raises(ValueError, match="pooled"):
        decide(numbers("W" * 30, "W" * 30, pooled=True))


@given(st.text("WTLB.", min_size=1, max_size=60), st.text("WTLIUF", min_size=60, max_size=60), st.integers(0, 1))
@settings(max_examples=examples(200))
def test_nothing_is_claimed_that_the_numbers_do_not_carry(human: str, judge: str, stratum: int) -> None:
    pairs = [one for said, word in zip(human, judge, strict=False) for one in table((word, 1, said), stratum=stratum)]
    found = run_statistics(counts_of(pairs, strata=CHOSEN))
    assert found.headline is not None
    decision, rate = decide(found), found.headline.population.ties_half
    if decision.state is DecisionState.NOT_ENOUGH_READ:
        assert decision.sentence.startswith(_ENOUGH)
        return
    assert rate.low is not None
    assert rate.high is not None
    assert rate.n >= 10
    assert found.headline.state in ("assisted", "human-only")
    assert (decision.state is DecisionState.BETTER) == (rate.low > 0.5)
    assert (decision.state is DecisionState.WORSE) == (rate.high < 0.5)
