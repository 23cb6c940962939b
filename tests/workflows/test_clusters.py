"""Intervals cluster by what was asked: turns of one conversation, equal examples under other keys, runs pooled."""

import pytest

from support.imports import bring
from support.stores import new_store
from uphold.records.enums import Choice
from uphold.records.reviews import OnScreen
from uphold.store import counts, runs
from uphold.store.counts import CountOptions
from uphold.workflows.review_opening import open_review
from uphold.workflows.statistics import StatisticsOptions, read_run_statistics, read_set_statistics


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "u.db") as opened:
        yield opened


def row(key, instruction, choice, **fields):
    return {
        "key": key,
        "instruction": instruction,
        "candidate": "new",
        "baseline": "old",
        "response_candidate": f"new {key}",
        "response_baseline": f"old {key}, longer",
        "judge": "gpt",
        "verdict": choice,
        "confidence": 0.8,
        "reviewer": "ada",
        "review": choice,
    } | fields


def copies(times, equal):
    """15 instructions, each under so many keys; `equal` or with a text of their own."""
    return [
        row(f"k{at}-{copy}", f"say {at}" if equal else f"say {at} {copy}", "candidate" if at % 2 else "baseline")
        for at in range(15)
        for copy in range(times)
    ]


def half_width(rate):
    return rate.high - rate.low


def numbers(store, **options):
    return read_run_statistics(store, None, StatisticsOptions(full=True, **options))


def test_examples_with_the_same_context_and_turns_are_one_cluster_whatever_their_keys(store, tmp_path):
    bring(store, *copies(4, equal=True))
    equal = numbers(store)
    with new_store(tmp_path / "apart.db") as other:
        bring(other, *copies(4, equal=False))
        apart = numbers(other)
    judged, judged_apart = equal.judges[0], apart.judges[0]
    for one, other_ in (
        (equal.human.rates.win_rate, apart.human.rates.win_rate),
        (equal.human.rates.ties_half, apart.human.rates.ties_half),
        (equal.headline.population.win_rate, apart.headline.population.win_rate),
        (judged.length.judge_longer, judged_apart.length.judge_longer),
    ):
        assert (one.rate, one.n) == (pytest.approx(other_.rate, abs=0.01), other_.n)
        assert half_width(one) > 1.6 * half_width(other_)
        assert "clustered" in one.method
        assert "clustered" not in other_.method
    assert "clustered" in judged.agreement.observed.method
    assert judged.length.against_people.reason == "several pairs share an example: no exact test"


def test_a_context_of_its_own_makes_another_cluster(store):
    rows = [row(f"k{at}", "say it", "candidate", context=f"policy {at}") for at in range(12)]
    bring(store, *rows)
    assert numbers(store).human.rates.win_rate.method == "wilson"


def test_turns_of_one_conversation_and_of_its_copies_are_one(store):
    def conversation(key, number, turn):
        return {
            "key": key,
            "turns": [f"first {number}", f"then {number}"],
            "candidate": "new",
            "baseline": "old",
            "response_candidate": [f"a {key}", f"b {key}"],
            "response_baseline": [f"c {key}", f"d {key}"],
            "turn": turn,
            "reviewer": "ada",
            "review": "candidate",
        }

    bring(store, *(conversation(f"{name}{at}", at, turn) for at in range(3) for name in "xy" for turn in (1, 2)))
    found = counts.run_counts(store, runs.find_run(store, None), CountOptions())
    sizes = {}
    for group in found.votes:
        sizes[group.cluster] = sizes.get(group.cluster, 0) + group.count
    assert sorted(sizes.values()) == [4, 4, 4]


def test_pooled_runs_cluster_by_example_and_a_judge_is_pending_only_where_it_was_asked(store):
    rows = [row(f"k{at}", f"say {at}", "candidate" if at % 3 else "baseline") for at in range(20)]
    bring(store, *rows)
    later = [
        {name: value for name, value in one.items() if name not in ("judge", "verdict", "confidence")}
        | {"candidate": "newer", "response_candidate": f"newer {one['key']}"}
        for one in rows
    ]
    bring(store, *later)
    (judge,) = read_set_statistics(store, "s").judges
    assert (judge.pending, judge.wins + judge.losses) == (0, 20)
    found = counts.set_counts(store, 1, "s")
    assert {group.cluster for group in found.votes} - {0}


def test_habits_of_a_reviewer_cluster_too(store):
    bring(store, *NO_REVIEWS)
    sitting = open_review(store, runs.find_run(store, None), reviewer="ben")
    for _ in range(45):
        sitting.decide(Choice.CANDIDATE, OnScreen(side_a=sitting.current.side_a), 3.0)
    (lean,) = numbers(store).reviewers.leans
    assert (lean.longer.n, lean.longer.method) == (45, "wilson, clustered by example")
    assert "clustered" in lean.first.method


NO_REVIEWS = [
    {name: value for name, value in one.items() if name not in ("reviewer", "review")} for one in copies(3, equal=True)
]
