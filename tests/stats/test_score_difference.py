"""Two systems by a score: documents paired, values by their standard errors, and the test that a score is no worse."""

import json
import math
from pathlib import Path

import pytest

from uphold.records.comparisons import GateResult, ScoreGate
from uphold.records.scores import ItemCounts, Score
from uphold.stats.run_difference import Part, Unit, plain_moments
from uphold.stats.score_difference import compare_scores, gate_score

ORACLES = {one["id"]: one for one in json.loads((Path(__file__).parent / "oracles.json").read_text())}

Z = 1.6448536269514722


def score(value: float, n: int | None = None, error: float | None = None, **fields: object) -> Score:
    return Score(None, "b", "acc", "none", value, error, n, **fields)


def of(passed: int, n: int) -> Score:
    share = passed / n
    return score(share, n, math.sqrt(share * (1 - share) / (n - 1)))


def paired(both: int, lost: int, won: int, neither: int, margin: float = 0.05, **fields: object) -> ScoreGate:
    n = both + lost + won + neither
    before, after = score((both + lost) / n, n, **fields), score((both + won) / n, n, **fields)
    return gate_score(compare_scores("b:acc", before, after, ItemCounts(both, lost, won, neither)), margin)


def test_shared_documents_are_compared_by_exact_mcnemar_and_bonett_price() -> None:
    oracle = ORACLES["mcnemar"]
    given = oracle["input"]
    found = compare_scores(
        "b:acc",
        of(61, 100),
        of(71, 100),
        ItemCounts(given["both"], given["only_A"], given["only_B"], given["neither"]),
    )
    assert found.p == pytest.approx(oracle["expected"]["exact_p"], abs=oracle["tolerance"])
    low, high = ORACLES["paired_diff_ci"]["expected"]["ci"][0]
    difference = found.difference
    assert (difference.difference, difference.n) == (pytest.approx(0.10), 100)
    assert (difference.low, difference.high) == (pytest.approx(-high), pytest.approx(-low))


def test_the_bound_is_that_of_the_gate_on_runs() -> None:
    changes = [-1.0] * 9 + [1.0] * 4 + [0.0] * 87
    part = plain_moments(Part(tuple(Unit(one, 1.0, False, None) for one in changes), 100), added=True)
    bounds = paired(50, 9, 4, 37).bounds
    half = Z * math.sqrt(part.variance)
    assert (bounds.low, bounds.high) == (pytest.approx(part.mean - half), pytest.approx(part.mean + half))


@pytest.mark.parametrize(
    ("counts", "margin", "outcome"),
    [
        ((600, 10, 10, 380), 0.01, GateResult.PASS),
        ((500, 100, 10, 390), 0.01, GateResult.FAIL),
        ((60, 5, 3, 32), 0.02, GateResult.INCONCLUSIVE),
        ((30, 0, 0, 20), 0.0, GateResult.INCONCLUSIVE),  # nothing changed, and no margin: never a zero width
    ],
)
def test_outcomes(counts: tuple[int, int, int, int], margin: float, outcome: GateResult) -> None:
    assert paired(*counts, margin=margin).outcome is outcome


def test_a_score_of_which_less_is_better_gains_where_it_falls() -> None:
    fewer = paired(100, 200, 10, 690, higher_is_better=False)
    assert (fewer.outcome, fewer.bounds.low is not None and fewer.bounds.low > 0) == (GateResult.PASS, True)
    before, after = (score(value, 500, 0.1, higher_is_better=False) for value in (11.0, 12.0))
    worse = gate_score(compare_scores("b:ppl", before, after, None), 0.5)
    assert worse.outcome is GateResult.FAIL
    assert worse.reason.startswith("worse by more than 0.5: at most −0.77, with 95 % confidence (less is better")


def test_without_shared_documents_the_values_are_compared_by_their_errors() -> None:
    found = compare_scores("b:ppl", score(10.0, 500, 0.3), score(10.5, 500, 0.4), None)
    assert (found.p, found.items, found.difference.method) == (None, None, "standard errors, unpaired")
    assert found.difference.low == pytest.approx(0.5 - 1.959963984540054 * 0.5)
    gated = gate_score(found, 0.5)
    assert gated.bounds.low == pytest.approx(0.5 - Z * 0.5)


def test_all_or_none_passed_is_no_error_of_zero() -> None:
    found = compare_scores("b:acc", of(20, 20), of(20, 20), None)
    share = 21 / 22
    assert found.difference.high == pytest.approx(1.959963984540054 * math.sqrt(2 * share * (1 - share) / 22))
    assert gate_score(found, 0.01).outcome is GateResult.INCONCLUSIVE


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (score(0.5, 100), score(0.5, 100, 0.05), "no standard error is known"),
        (score(12.0, 100, 0.0), score(12.0, 100, 0.0), "no standard error is known"),
        (of(4, 5), of(5, 5), "fewer than 10 documents"),
    ],
)
def test_what_cannot_be_told_is_not_settled(before: Score, after: Score, reason: str) -> None:
    gated = gate_score(compare_scores("b", before, after, None), 0.9)
    assert (gated.outcome, gated.reason) == (GateResult.INCONCLUSIVE, reason)


def test_nine_shared_documents_settle_nothing() -> None:
    assert paired(9, 0, 0, 0, margin=0.9).reason == "fewer than 10 documents were scored in both"


def test_two_versions_of_a_task_share_no_document() -> None:
    scores = [score(0.6, 50, 0.07, items=50)] * 2
    found = compare_scores("b:acc", *scores, None)
    assert (found.items, found.note.startswith("both were scored on known documents")) == (None, True)


def test_documents_that_are_not_shared_and_means_over_tasks_are_said() -> None:
    part = compare_scores("b", of(60, 100), of(60, 100), ItemCounts(30, 0, 0, 20))
    assert part.note == "on the 50 of 100 documents that both were scored on"
    group = compare_scores("g", *[score(0.8, 50, leaves=("a", "b"))] * 2, ItemCounts(30, 0, 0, 20))
    assert group.note.startswith("the group's own value is a mean over tasks")
