"""All numbers of a run: counts, rates, refusals, and what must always hold."""

import re
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.run_counts import ORACLES, compared, counts_of, votes
from uphold.records.counts import PairGroup, RunCounts
from uphold.records.enums import Choice, Preference, Verdict
from uphold.stats.human import NO_LABEL, POOLED
from uphold.stats.summary import mean_preference, run_statistics

COEFFICIENT = re.compile("kappa|ac1|alpha|anchoring|spearman")

WORD = st.sampled_from(("candidate", "baseline", "tie"))

READ = st.text("WTLB.", max_size=3).map(votes)

LOOKED = st.tuples(
    READ,
    st.one_of(st.none(), st.sampled_from(Verdict)),
    st.one_of(st.none(), st.tuples(WORD, WORD)),
    st.integers(0, 14),
)

RUNS = st.lists(LOOKED, max_size=40).map(counts_of)

TURNED_CHOICE = {Choice.CANDIDATE: Choice.BASELINE, Choice.BASELINE: Choice.CANDIDATE}

TURNED_VERDICT = {Verdict.CANDIDATE: Verdict.BASELINE, Verdict.BASELINE: Verdict.CANDIDATE}


def leaves(value, path=""):
    """Every number and word of a result, by its path."""
    if isinstance(value, dict):
        return {key: leaf for name, part in value.items() for key, leaf in leaves(part, f"{path}.{name}").items()}
    if isinstance(value, list | tuple):
        return {key: leaf for at, part in enumerate(value) for key, leaf in leaves(part, f"{path}.{at}").items()}
    return {path: value}


def alike(one, other):
    found, wanted = leaves(asdict(one)), leaves(asdict(other))
    assert found.keys() == wanted.keys()
    for path, value in wanted.items():
        same = found[path] == pytest.approx(value, abs=1e-9) if isinstance(value, float) else found[path] == value
        assert same, f"{path}: {found[path]} is not {value}"
    return True


def recelled(counts, change):
    judges = tuple(replace(judge, cells=change(judge.cells)) for judge in counts.judges)
    return replace(counts, votes=change(counts.votes), judges=judges)


def swapped(counts: RunCounts) -> RunCounts:
    """The same run with candidate and baseline changed over."""

    def turn(cells):
        return tuple(map(turn_one, cells))

    def turn_one(cell):
        said = tuple((reviewer, TURNED_CHOICE.get(choice, choice)) for reviewer, choice in cell.votes)
        orders = cell.orders and tuple(Preference(word).mirrored.value for word in reversed(cell.orders))
        return PairGroup(said, TURNED_VERDICT.get(cell.verdict, cell.verdict), orders, cell.cluster, cell.count)

    return recelled(counts, turn)


@settings(max_examples=examples(60))
@given(RUNS, st.randoms(use_true_random=False))
def test_the_order_of_cells_changes_nothing(counts, rng):
    def shuffled(cells):
        return tuple(rng.sample(cells, len(cells)))

    assert alike(run_statistics(recelled(counts, shuffled)), run_statistics(counts))


@settings(max_examples=examples(60))
@given(RUNS)
def test_a_cell_cut_in_two_changes_nothing(counts):
    def cut(cells):
        return tuple(part for cell in cells for part in (replace(cell, count=1), replace(cell, count=cell.count - 1)))

    def doubled(cells):
        return tuple(replace(cell, count=2 * cell.count) for cell in cells)

    twice = recelled(counts, doubled)
    assert alike(run_statistics(recelled(twice, cut)), run_statistics(twice))


@settings(max_examples=examples(60))
@given(RUNS)
def test_changing_the_systems_over_mirrors_wins_and_losses(counts):
    one, other = run_statistics(counts), run_statistics(swapped(counts))
    assert (one.human.wins, one.human.ties, one.human.both_bad) == (
        other.human.losses,
        other.human.ties,
        other.human.both_bad,
    )
    for rate, mirror in (
        (one.human.rates.win_rate, other.human.rates.win_tie_rate),
        (one.human.rates.ties_half, other.human.rates.ties_half),
        (one.human.without_ties, other.human.without_ties),
    ):
        assert (rate.n, rate.reason, rate.method) == (mirror.n, mirror.reason, mirror.method)
        for here, there in ((rate.rate, mirror.rate), (rate.low, mirror.high), (rate.high, mirror.low)):
            assert here is there is None or here == pytest.approx(1 - there, abs=1e-9)
    assert one.human.sign_p == other.human.sign_p
    for judge, mirror in zip(one.judges, other.judges, strict=True):
        assert (judge.wins, judge.inconsistent, judge.pending) == (mirror.losses, mirror.inconsistent, mirror.pending)
        assert judge.agreement.confusion == tuple(row[::-1] for row in mirror.agreement.confusion[::-1])
        assert alike(judge.position, mirror.position)
        assert alike(judge.agreement.kappa, mirror.agreement.kappa)


@settings(max_examples=examples(60))
@given(RUNS)
def test_counts_add_up_and_rates_stay_in_range(counts):
    found = run_statistics(counts)
    human = found.human
    assert human.reviewed == human.wins + human.ties + human.losses + human.unresolved
    assert human.both_bad <= human.ties
    for judge in found.judges:
        said = (judge.wins, judge.ties, judge.losses, judge.inconsistent, judge.unreadable, judge.failed, judge.pending)
        assert sum(said) == found.pairs
        assert sum(map(sum, judge.agreement.confusion)) == judge.agreement.n
        assert judge.position.flips <= judge.position.pairs_in_both_orders
    for path, value in leaves(asdict(found)).items():
        if path.endswith((".rate", ".low", ".high")) and value is not None and not COEFFICIENT.search(path):
            assert 0 <= value <= 1, path


def test_rates_of_people_are_those_of_the_libraries():
    entry = ORACLES["rates_ties_half"]
    expected = entry["expected"]
    words = {"win": "W", "tie": "T", "loss": "L"}
    said = [words[word] for word in entry["input"]["verdicts"]]
    human = run_statistics(compared(said, said)).human
    rates = human.rates
    found = [rates.win_rate.rate, rates.win_rate.low, rates.win_rate.high]
    found += [rates.win_tie_rate.rate, rates.win_tie_rate.low, rates.win_tie_rate.high, rates.ties_half.rate]
    found += [human.without_ties.rate, human.without_ties.low, human.without_ties.high, human.sign_p]
    wanted = [expected["win_rate"], *expected["win_ci"], expected["win_tie_rate"], *expected["win_tie_ci"]]
    wanted += [expected["half"], expected["win_excluding_ties"], *expected["win_excluding_ties_ci"], expected["sign_p"]]
    assert found == pytest.approx(wanted, abs=entry["tolerance"])
    assert rates.ties_half.method == "posterior"


def test_from_thirty_pairs_on_ties_half_has_a_t_interval():
    said = "W" * 16 + "T" * 7 + "L" * 13
    half = run_statistics(compared(said, said)).human.rates.ties_half
    mean, n = 19.5 / 36, 36
    deviation = ((16 * (1 - mean) ** 2 + 7 * (0.5 - mean) ** 2 + 13 * mean**2) / (n - 1)) ** 0.5
    assert (half.rate, half.high) == pytest.approx((mean, mean + 2.0301079283 * deviation / n**0.5), abs=1e-8)
    assert half.method == "t"


@pytest.mark.parametrize("said", ["T" * 50, "W" * 50, "L" * 50])
def test_no_interval_is_ever_of_zero_width(said):
    human = run_statistics(compared(said, said)).human
    for rate in (human.rates.win_rate, human.rates.win_tie_rate, human.rates.ties_half):
        assert rate.high - rate.low > 0.005
    assert human.rates.ties_half.method == "posterior and wilson"


def test_all_ties_have_no_decided_items():
    human = run_statistics(compared("TTB", "TTT")).human
    assert (human.ties, human.both_bad) == (3, 1)
    assert (human.without_ties.rate, human.without_ties.reason, human.sign_p) == (None, "no decided items", None)


def test_one_verdict_has_a_rate_and_none_has_a_reason():
    assert run_statistics(compared("W", "W")).human.rates.win_rate.rate == 1
    nothing = run_statistics(compared(".", "W")).human.rates
    assert [nothing.win_rate.reason, nothing.win_tie_rate.reason, nothing.ties_half.reason] == [NO_LABEL] * 3


def test_in_a_judge_s_rates_an_inconsistent_pair_is_a_tie_and_the_unreadable_are_outside():
    judge = run_statistics(compared("........", "WWTILUFP")).judges[0]
    assert (judge.wins, judge.ties, judge.losses, judge.inconsistent) == (2, 1, 1, 1)
    assert (judge.unreadable, judge.failed, judge.pending) == (1, 1, 1)
    assert (judge.win_rate.rate, judge.win_tie_rate.rate, judge.ties_half.rate) == (2 / 5, 4 / 5, 3 / 5)
    assert judge.win_rate.n == 5


def test_a_judge_without_a_readable_verdict_has_no_rate():
    judge = run_statistics(compared("W", "U")).judges[0]
    assert (judge.win_rate.rate, judge.win_rate.n, judge.win_rate.reason) == (None, 0, "no readable verdict")


def test_a_pair_that_an_imported_judge_never_saw_is_not_pending():
    assert run_statistics(compared("..", "W."), full=True).judges[0].pending == 1
    assert run_statistics(compared("..", "W.", kind="imported")).judges[0].pending == 0


def test_soft_preferences_have_a_mean_and_its_standard_error():
    soft = run_statistics(compared("...", "WLT", preferences=(1.0, 0.25, 0.5))).judges[0].mean_preference
    assert (soft.rate, soft.n) == (pytest.approx(7 / 12), 3)
    assert soft.standard_error == pytest.approx(0.2204792759)
    assert run_statistics(compared(".", "W")).judges[0].mean_preference is None
    assert mean_preference((0.7,)).reason == "2 preferences needed for a standard error"


def test_pooled_runs_count_together_and_have_no_rate_of_one_candidate():
    found = run_statistics(compared("WWLT", "WLLI", pooled=True))
    assert (found.run, found.candidate, found.baseline) == (None, None, None)
    assert (found.human.wins, found.human.losses, found.human.ties) == (2, 1, 1)
    for rate in (found.human.rates.win_rate, found.human.rates.ties_half, found.judges[0].win_rate):
        assert (rate.rate, rate.n, rate.reason) == (None, 4, POOLED)
    assert found.judges[0].assisted is None
    assert found.judges[0].agreement.observed.rate == 0.75


def test_each_tag_has_its_own_numbers():
    found = run_statistics(compared("WL", "WW", tags={"billing": compared("W", "W"), "tone": compared(".", "L")}))
    assert [(tag.tag, tag.pairs, tag.human.wins) for tag in found.tags] == [("billing", 1, 1), ("tone", 1, 0)]
    assert found.tags[0].judges[0].agreement.n == 1
