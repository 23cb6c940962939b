"""In a queue that asked more of some parts, every number is weighted back, and says so where it has no interval."""

from dataclasses import replace

import pytest

from support.run_counts import VERDICTS, compared, counts_of, table, votes
from uphold.records.counts import Stratum
from uphold.reports.json_output import statistics_json
from uphold.stats.summary import live_numbers, run_statistics

STRATA = (Stratum("rest"), Stratum("orders disagree"))

MIXED = (Stratum("all"), Stratum("chosen", chosen=True))

NO_INTERVAL = "weighted queue: no interval"


def weighted():
    """160 pairs of `rest`, 20 read; 40 of `orders disagree`, 20 read: a read pair counts 8 and 2."""
    rest = table(("W", 100, "W" * 10 + "L" * 2), ("L", 60, "L" * 6 + "W" * 2))
    return counts_of(rest + table(("I", 40, "T" * 4 + "W" * 12 + "L" * 4), stratum=1), strata=STRATA)


def test_precision_recall_and_the_matrix_are_those_of_all_pairs():
    found = run_statistics(weighted()).judges[0].agreement
    assert found.confusion == ((10, 12, 2), (0, 4, 0), (2, 4, 6))
    assert found.weighted_confusion == tuple(
        tuple(pytest.approx(count) for count in row) for row in ((16, 4.8, 3.2), (0, 1.6, 0), (3.2, 1.6, 9.6))
    )
    assert found.recall.candidate.rate == pytest.approx(16 / 24)
    assert found.precision.candidate.rate == pytest.approx(16 / 19.2)
    assert (found.recall.tie.rate, found.precision.tie.rate) == (1, pytest.approx(1.6 / 8))
    for rate in (found.recall.candidate, found.precision.baseline, found.without_ties):
        assert (rate.low, rate.high, rate.method, rate.reason) == (None, None, "weighted", NO_INTERVAL)
    assert (found.recall.candidate.n, found.without_ties.n) == (24, 20)
    assert found.without_ties.rate == pytest.approx(25.6 / 32)


def test_kappa_is_that_of_the_matrix_in_json():
    judge = statistics_json(run_statistics(weighted()))["judges"][0]["agreement"]
    rows = [list(row.values()) for row in judge["confusion"].values()]
    n = sum(map(sum, rows))
    chance = sum(sum(row) * sum(column) for row, column in zip(rows, zip(*rows, strict=True), strict=True)) / n**2
    observed = sum(rows[k][k] for k in range(3)) / n
    assert n == pytest.approx(judge["n"])
    assert judge["observed"]["rate"] == pytest.approx(observed)
    assert judge["kappa"]["value"] == pytest.approx((observed - chance) / (1 - chance))
    assert judge["confusion_counts"]["candidate"] == {"candidate": 10, "tie": 12, "baseline": 2}


def test_agreement_has_an_interval_for_each_target():
    found = run_statistics(weighted()).judges[0].agreement
    assert found.observed.rate == found.this_set.rate == pytest.approx((0.8 * 16 + 0.2 * 4) / 20)
    assert found.observed.low < found.this_set.low < found.this_set.high < found.observed.high
    assert (found.observed.method, found.this_set.method) == ("wilson, stratified",) * 2


def test_votes_and_lengths_are_weighted():
    pairs = [
        (votes(human or "."), VERDICTS[said], None, 0, stratum, 1)
        for human, said, stratum, count in ROWS
        for _ in range(count)
    ]
    found = run_statistics(counts_of(pairs, strata=STRATA)).judges[0]
    assert found.agreement.per_vote.observed.rate == pytest.approx((8 * 15) / 200)
    assert found.length.judge_longer.rate == pytest.approx(8 * 15 / (8 * 15 + 8 * 5 + 2 * 20))
    assert found.length.human_longer.rate == pytest.approx((8 * 20 + 2 * 20) / 200)
    assert (found.length.against_people.p, found.length.against_people.reason) == (
        None,
        "weighted queue: no exact test",
    )


ROWS = (("W", "W", 0, 15), ("W", "L", 0, 5), ("", "W", 0, 140), ("W", "L", 1, 20), ("", "L", 1, 20))


def test_people_s_rates_are_weighted_and_so_are_those_of_a_tag():
    human = run_statistics(weighted()).human
    assert human.weighted
    assert human.rates.win_rate.rate == pytest.approx((8 * 12 + 2 * 12) / 200)
    assert human.rates.win_rate.low < 0.6 < human.rates.win_rate.high
    assert (human.rates.ties_half.low, human.rates.ties_half.reason) == (None, NO_INTERVAL)
    assert (human.sign_p, statistics_json(run_statistics(weighted()))["human"]["sign_test"]["reason"]) == (
        None,
        "weighted queue: no exact test",
    )
    tagged = run_statistics(replace(weighted(), tags={"all": weighted()})).tags[0]
    assert tagged.human.rates.win_rate == human.rates.win_rate
    assert tagged.win_rate.reason == "weighted queue: no exact test"


def test_a_part_that_nobody_read_refuses_what_would_speak_of_it():
    pairs = table(("W", 60, "W" * 20)) + table(("W", 40, ""), stratum=1)
    found = run_statistics(counts_of(pairs, strata=STRATA))
    same, reason = found.judges[0].agreement, "no verdict yet in the part 'orders disagree' (40 items)"
    refused = (same.observed, same.this_set, same.kappa, same.ac1, same.precision.candidate, same.recall.candidate)
    assert [number.reason for number in (*refused, same.without_ties)] == [reason] * 7
    assert (same.raw.rate, same.per_vote.observed.rate) == (1, 1)
    assert (found.human.rates.win_rate.rate, found.human.rates.win_rate.low) == (1, None)


def test_chosen_pairs_speak_for_themselves_in_agreement_too():
    drawn, chosen = table(("W", 180, "W" * 18 + "L" * 2)), table(("W", 20, "L" * 20), stratum=1)
    found = run_statistics(counts_of(drawn + chosen, strata=MIXED)).judges[0].agreement
    assert (found.raw.rate, found.observed.rate) == (18 / 40, pytest.approx(0.9 * 0.9))


def test_of_chosen_pairs_alone_agreement_is_plain_and_says_nothing_of_this_set():
    pairs = table(("W", 60, "")) + table(("W", 40, "W" * 30 + "L" * 10), stratum=1)
    found = run_statistics(counts_of(pairs, strata=MIXED)).judges[0].agreement
    assert (found.observed.rate, found.observed.method) == (0.75, "wilson")
    assert found.this_set.reason == "chosen, not sampled: these numbers speak of the 40 pairs read"


@pytest.mark.parametrize(("drawn", "rate", "refused"), [(1, 8 / 14, True), (9, 8 / 22, True), (10, 8 / 60, False)])
def test_fewer_than_ten_drawn_pairs_do_not_stand_for_the_unread_beside_chosen_ones(drawn, rate, refused):
    pairs = table(("W", 47, "L" * drawn)) + table(("W", 13, "W" * 8 + "L" * 5), stratum=1)
    found = run_statistics(counts_of(pairs, strata=MIXED)).judges[0].agreement
    assert found.observed.rate == pytest.approx(rate)
    assert ("chosen, not sampled" in (found.this_set.reason or "")) is refused


def test_with_every_pair_read_agreement_of_this_set_is_exact():
    found = run_statistics(counts_of(table(("W", 30, "W" * 20 + "L" * 10)))).judges[0].agreement
    assert (found.this_set.low, found.this_set.high, found.this_set.method) == (2 / 3, 2 / 3, "exact")
    assert found.observed.low < 2 / 3 < found.observed.high


def test_during_a_review_agreement_is_the_one_of_the_report():
    counts = weighted()
    live, found = live_numbers(counts, 1), run_statistics(counts).judges[0].agreement
    assert (live.agreement, live.kappa) == (found.observed, found.kappa)


def test_reviewers_who_read_the_same_pairs_are_weighted():
    rest = [(votes("WW"), None, None, 0, 0)] * 20 + [(votes("."), None, None, 0, 0)] * 140
    disagree = [(votes("WL"), None, None, 0, 1)] * 20 + [(votes("."), None, None, 0, 1)] * 20
    reviewers = run_statistics(counts_of(rest + disagree, strata=STRATA)).reviewers
    assert reviewers.per_vote.observed.rate == pytest.approx(0.8)
    assert reviewers.pairs[0].agreement.rate == pytest.approx(0.8)
    assert [number.reason for number in (reviewers.pairs[0].kappa, reviewers.alpha, reviewers.ac1)] == [NO_INTERVAL] * 3


def test_this_set_holds_the_pairs_that_the_judge_has_yet_to_answer():
    found = run_statistics(compared("W" * 9 + "L" * 9 + "." * 30, "W" * 9 + "L" * 9 + "P" * 30)).judges[0].agreement
    assert (found.this_set.rate, found.this_set.method) == (1, "wilson, finite population")
    assert found.observed.low < found.this_set.low < 1
