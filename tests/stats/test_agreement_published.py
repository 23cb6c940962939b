"""Agreement above chance, weighted, blind, by confidence: against the libraries, and at the edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.run_counts import ORACLES, VERDICTS, WORDS, compared, counts_of, table, votes
from uphold.records.counts import JudgeGroups, Stratum
from uphold.records.enums import Verdict
from uphold.stats.agreement import agreement, brier
from uphold.stats.coefficients import ac1, ac1_standard_error, ac1_value, alpha, alpha_value, auroc, midranks, spearman
from uphold.stats.intervals import StratumShare, stratified_mean, stratified_share, wilson
from uphold.stats.summary import run_statistics

PLACE = {"W": 0, "T": 1, "L": 2}

counted_words = st.lists(st.tuples(st.just(0), st.tuples(*[st.integers(0, 3)] * 3), st.integers(1, 5)), min_size=1)


def words(said, letters="WTL"):
    return tuple(sum(word == letter for word in said) for letter in letters)


def test_ac1_of_two_raters_has_the_value_the_error_and_the_interval_of_the_library():
    entry = ORACLES["gwet_ac1_two_raters"]
    given_, expected = entry["input"], entry["expected"]
    items = [(0, words(pair), 1) for pair in zip(given_["human"], given_["judge"], strict=True)]
    value = ac1_value(items)
    found = (value.value, value.low, value.high, ac1_standard_error(items))
    assert found == pytest.approx((expected["ac1"], *expected["ci"], expected["se"]), abs=entry["tolerance"])


def test_ac1_of_three_reviewers_allows_missing_words():
    entry = ORACLES["krippendorff_alpha"]
    items = [(0, words(said), 1) for said in entry["input"]["items_by_reviewer"]]
    expected = entry["expected"]
    assert (ac1(items), ac1_standard_error(items)) == pytest.approx(
        (expected["ac1_irrcac"], expected["ac1_se_irrcac"]), abs=entry["tolerance"]
    )


def test_ac1_stays_high_where_one_class_makes_kappa_vanish():
    entry = ORACLES["kappa_paradox"]
    given_, expected = entry["input"], entry["expected"]
    items = [(0, words(pair, "WL"), 1) for pair in zip(given_["human"], given_["judge"], strict=True)]
    assert (ac1(items), ac1_standard_error(items)) == pytest.approx(
        (expected["ac1"], expected["ac1_se"]), abs=entry["tolerance"]
    )


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([], "nothing to compare"),
        ([(0, (1, 0, 0), 9)], "nothing to compare"),
        ([(0, (2, 0, 0), 9)], "10 pairs needed for an interval"),
        ([(0, (2, 0, 0), 30)], "no disagreement yet: no interval"),
        (
            [(k % 5 + 1, (2, 0, 0) if k % 2 else (1, 1, 0), 2) for k in range(20)],
            "several pairs share an example: 10 examples needed for an interval",
        ),
    ],
)
def test_ac1_without_an_interval_says_why(items, reason):
    value = ac1_value(items)
    assert (value.low, value.high, value.reason) == (None, None, reason)


@given(counted_words)
def test_ac1_and_alpha_are_at_most_one(items):
    assert ac1(items) is None or ac1(items) <= 1 + 1e-12
    assert alpha(items) is None or alpha(items) <= 1 + 1e-12


def test_alpha_is_krippendorff_s_and_undefined_for_one_class():
    entry = ORACLES["krippendorff_alpha"]
    items = [(0, words(said), 1) for said in entry["input"]["items_by_reviewer"]]
    assert alpha([item for item in items if sum(item[1]) > 1]) == pytest.approx(
        entry["expected"]["alpha_nominal"], abs=entry["tolerance"]
    )
    one = [(0, words(said), 1) for said in ORACLES["alpha_one_class"]["input"]["items_by_reviewer"]]
    assert ORACLES["alpha_one_class"]["expected"]["alpha_undefined"]
    assert alpha_value(one, resample=True).reason == "undefined (one class)"


def test_alpha_s_interval_is_drawn_only_when_asked_for_and_comes_out_the_same_each_time():
    items = [(0, (3, 0, 0), 40), (0, (0, 0, 3), 30), (0, (2, 0, 1), 20), (0, (1, 1, 1), 5)]
    assert alpha_value(items, resample=False).reason == "--full"
    one, other = alpha_value(items, resample=True), alpha_value(items[::-1], resample=True)
    assert one == other
    assert one.low < one.value < one.high
    assert 0.1 < one.high - one.low < 0.3


def test_alpha_of_repeated_examples_draws_examples():
    free = [(0, (3, 0, 0), 60), (0, (2, 0, 1), 60), (0, (0, 0, 3), 60)]
    tied = [(k, (3, 0, 0) if k % 3 == 0 else (2, 0, 1) if k % 3 == 1 else (0, 0, 3), 6) for k in range(1, 31)]
    one, other = alpha_value(free, resample=True), alpha_value(tied, resample=True)
    assert one.value == pytest.approx(other.value)
    assert other.high - other.low > 1.7 * (one.high - one.low)


def test_a_weighted_queue_has_the_stratified_agreement_of_the_oracle():
    entry = ORACLES["stratified_agreement"]
    strata = [(s["N"], s["reviewed"], s["agree"]) for s in entry["input"]["strata"]]
    pairs = [
        pair
        for at, (of, read, agree) in enumerate(strata)
        for pair in table(("W", of, "W" * agree + "L" * (read - agree)), stratum=at)
    ]
    same = run_statistics(counts_of(pairs, strata=(Stratum("consistent"), Stratum("flipped")))).judges[0].agreement
    assert (same.observed.rate, same.raw.rate) == pytest.approx(
        (entry["expected"]["stratified"], entry["expected"]["raw"]), abs=entry["tolerance"]
    )
    assert (same.observed.n, same.observed.method) == (40, "wilson, stratified")
    assert same.observed.low < 0.75 < same.observed.high
    assert (same.kappa.low, same.ac1.low, same.ac1.reason) == (None, None, "weighted queue: no interval")
    human, told = same.confusion[0][0], same.confusion[2][0]
    assert (human, told) == (24, 16)


def test_a_stratum_without_a_verdict_refuses_the_weighted_agreement_and_shows_the_raw_one():
    pairs = table(("W", 60, "W" * 20)) + table(("W", 40, ""), stratum=1)
    same = run_statistics(counts_of(pairs, strata=(Stratum("rest"), Stratum("flipped")))).judges[0].agreement
    assert same.observed.rate is None
    assert same.observed.reason == "no verdict yet in the part 'flipped' (40 items)"
    assert (same.raw.rate, same.raw.n) == (1, 20)


def test_chosen_pairs_have_the_ordinary_agreement():
    pairs = table(("W", 60, "")) + table(("W", 40, "W" * 30 + "L" * 10), stratum=1)
    same = run_statistics(counts_of(pairs, strata=(Stratum("all"), Stratum("chosen", chosen=True)))).judges[0].agreement
    assert (same.observed.rate, same.observed.method) == (0.75, "wilson")


def test_weights_of_fully_read_strata_leave_wilson():
    strata = [StratumShare("a", 30, 30, 20), StratumShare("b", 10, 10, 3)]
    rate = stratified_share(strata, population=True)
    assert (rate.low, rate.high) == pytest.approx(wilson(23, 40))
    this_set = stratified_share(strata)
    assert (this_set.low, this_set.high, this_set.method) == (23 / 40, 23 / 40, "exact")


def test_equal_strata_have_the_effective_n_of_their_sum():
    found = stratified_mean([StratumShare("a", 100, 20, 10.0), StratumShare("b", 100, 20, 10.0)])
    assert found.mean == 0.5
    assert found.effective_n == pytest.approx(40 * 0.25 / (0.25 * 0.8), rel=0.01)
    assert stratified_mean([StratumShare("a", 50, 20, 20.0), StratumShare("b", 50, 20, 20.0)]).effective_n > 5


def test_a_word_from_before_the_verdict_goes_before_a_later_one():
    pairs = [(votes("L"), Verdict.BASELINE, None, 0, 0, 0, votes("W"))] * 12
    judge = counts_of(pairs).judges[0]
    assert agreement(judge).observed.rate == 0
    assert (agreement(judge).blind.rate, agreement(judge).blind.n) == (0, 12)
    assert run_statistics(counts_of(pairs)).human.losses == 12
    assert agreement(compared("W" * 12, "W" * 12).judges[0]).blind.reason == (
        "no pair was decided before its verdict was shown"
    )


def test_anchoring_compares_votes_with_the_verdict_in_view_with_blind_ones():
    seen = [(votes("W"), Verdict.CANDIDATE, None, 0, 0, 0, (), votes("W"))] * 18
    seen += [(votes("L"), Verdict.CANDIDATE, None, 0, 0, 0, (), votes("L"))] * 2
    blind = [(votes("W"), Verdict.CANDIDATE, None, 0, 0, 0, votes("W"))] * 50
    blind += [(votes("L"), Verdict.CANDIDATE, None, 0, 0, 0, votes("L"))] * 50
    found = agreement(counts_of(seen + blind).judges[0]).anchoring
    assert (found.difference, found.open_n, found.blind_n) == (pytest.approx(0.4), 20, 100)
    assert 0 < found.low < 0.4 < found.high
    few = agreement(counts_of(seen[:5] + blind).judges[0]).anchoring
    assert (few.difference, few.reason, few.open_n) == (None, "10 votes of each kind needed", 5)


def test_confidence_is_scored_as_by_the_library():
    entry = ORACLES["confidence_quality"]
    given_ = entry["input"]
    rows = [(sure, bool(same), 1) for sure, same in zip(*given_.values(), strict=True)]
    expected = entry["expected"]
    assert (auroc(rows), brier(rows)) == pytest.approx((expected["auroc"], expected["brier"]), abs=entry["tolerance"])
    assert auroc([(0.5, True, 3)]) is None


def test_agreement_is_shown_by_thirds_of_confidence():
    sure = ((0, 0.6, votes("L"), Verdict.CANDIDATE, 10), (0, 0.8, votes("W"), Verdict.CANDIDATE, 10))
    sure += ((0, 0.95, votes("W"), Verdict.CANDIDATE, 12), (0, 0.99, votes("WL"), Verdict.CANDIDATE, 4))
    judge = JudgeGroups(1, "j", "1", "llm", compared("W", "W").judges[0].cells, confidences=sure)
    found = agreement(judge).confidence
    assert [(band.low, band.high, band.agreement.rate, band.agreement.n) for band in found.bands] == [
        (0.6, 0.6, 0, 10),
        (0.8, 0.8, 1, 10),
        (0.95, 0.95, 1, 12),
    ]
    assert (found.n, found.auroc) == (32, 1)
    assert agreement(compared("W", "W").judges[0]).confidence.reason == "--full"


def test_a_band_of_repeated_examples_has_a_wider_interval():
    said = [("W" if k % 3 else "L", k) for k in range(1, 16)]

    def band(*, named: bool):
        sure = tuple((k * named, 0.9, votes(word), Verdict.CANDIDATE, 3) for word, k in said)
        judge = JudgeGroups(1, "j", "1", "llm", compared("W", "W").judges[0].cells, confidences=sure)
        (found,) = agreement(judge).confidence.bands
        return found.agreement

    alone, repeated = band(named=False), band(named=True)
    assert (alone.rate, alone.n) == (repeated.rate, repeated.n) == (pytest.approx(2 / 3), 45)
    assert repeated.high - repeated.low > 1.3 * (alone.high - alone.low)


def test_rank_correlation_is_that_of_the_library():
    entry = ORACLES["length_controlled"]
    rows = [(x, y, 1) for x, y in zip(entry["input"]["length_diff"], entry["input"]["score"], strict=True)]
    assert spearman(rows) == pytest.approx(entry["expected"]["spearman"], abs=entry["tolerance"])
    assert spearman([(1, 1, 5), (2, 1, 5)]) is None
    assert midranks([(5.0, 2), (1.0, 1), (9.0, 1)]) == {1.0: 1, 5.0: 2.5, 9.0: 4}


def test_the_longer_answer_is_counted_for_judge_and_people_on_the_same_pairs():
    said = [("W", "W", 1), ("L", "W", 1), ("L", "L", -1), ("T", "W", -1), ("W", "T", 1), ("W", "W", 0)]
    pairs = [(votes(human), VERDICTS[judge], None, 0, 0, longer) for human, judge, longer in said]
    pairs += [(votes("."), VERDICTS["W"], None, 0, 0, -1)] * 5
    found = run_statistics(counts_of(pairs)).judges[0].length
    assert (found.judge_longer.rate, found.judge_longer.n) == (3 / 4, 4)
    assert (found.human_longer.rate, found.human_longer.n) == (3 / 4, 4)
    alone = run_statistics(counts_of(pairs[6:])).judges[0].length
    assert (alone.judge_longer.rate, alone.judge_longer.n, alone.human_longer.n) == (0, 5, 0)


def test_length_and_verdict_correlate_over_the_readable():
    judge = compared("W", "W").judges[0]
    rows = ((100, Verdict.CANDIDATE, 5), (-100, Verdict.BASELINE, 5), (3, Verdict.UNREADABLE, 9))
    changed = JudgeGroups(1, "j", "1", "llm", judge.cells, length_differences=rows)
    found = run_statistics(compared("W", "W").__class__(**_fields(judges=(changed,)))).judges[0].length
    assert (found.spearman.value, found.spearman.low) == (pytest.approx(1), None)


def _fields(**others):
    counts = compared("W", "W")
    return {name: getattr(counts, name) for name in counts.__slots__} | others


def test_every_word_has_a_place():
    assert set(WORDS) == {"W", "T", "L", "B"}
    assert PLACE["T"] == 1
