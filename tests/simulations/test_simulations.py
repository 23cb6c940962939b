"""Each simulation runs, and a few runs of it do not contradict what docs/statistics.md promises."""

import pytest

from simulations.frame import Mean, Promise, Row, Simulation, broken_promises, simulate, table
from simulations.registry import SIMULATIONS

SEED = 20_251_125

SLACK = 4.0
"""A mean of few runs may miss its bounds by so many standard errors."""


@pytest.mark.parametrize("simulation", SIMULATIONS, ids=[one.name for one in SIMULATIONS])
def test_a_few_runs_keep_to_the_promises(simulation):
    rows = list(simulate(simulation, simulation.tiny, SEED))
    assert broken_promises(simulation, rows, SLACK) == []


@pytest.mark.slow
@pytest.mark.parametrize("simulation", SIMULATIONS, ids=[one.name for one in SIMULATIONS])
def test_all_runs_keep_to_the_promises(simulation):
    assert broken_promises(simulation, list(simulate(simulation, simulation.runs, SEED))) == []


def test_names_are_different():
    assert len({one.name for one in SIMULATIONS}) == len(SIMULATIONS)


def _thrown(share, rng):
    return {"hit": rng.random() < share, "seen": None if share < 0.5 else 1.0}


COIN = Simulation("coin", "a coin", {"rare": 0.1, "often": 0.9}, _thrown, (Promise("hit", most=0.2, where="rare"),))


def test_the_same_seed_gives_the_same_table_and_another_one_does_not():
    first, again, other = (list(simulate(COIN, 50, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert [row.means["hit"].n for row in first] == [50, 50]
    assert ["seen" in row.means for row in first] == [False, True]


def test_a_broken_promise_is_said_and_few_runs_are_given_room():
    rows = [Row("rare", 50, {"hit": Mean(0.3, 50, 0.065)}), Row("often", 50, {"hit": Mean(0.9, 50, 0.04)})]
    assert broken_promises(COIN, rows) == ["coin, rare: hit .300, promised at most .200"]
    assert broken_promises(COIN, rows, SLACK) == []
    assert broken_promises(COIN, [Row("rare", 50, {})]) == ["coin, rare: no run measured 'hit'"]


def test_a_table_has_a_dash_where_nothing_was_measured():
    lines = table(COIN, list(simulate(COIN, 20, 1))).splitlines()
    assert lines[0] == "| setting | hit | seen |"
    assert lines[2].endswith("| – |")
