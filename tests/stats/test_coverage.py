"""The headline's intervals hold the truth about as often as they say, for both targets and both kinds of queue."""

from statistics import fmean

import pytest

from simulations.frame import simulate
from simulations.headline import FLIPS, HELD, HELD_SET, SHOWN, SIMULATIONS, TIES, WIDTH, WIDTH_SET, chances, settings

FEW_RUNS, RUNS, SEED = 30, 100, 20_250_407


@pytest.mark.parametrize("runs", [FEW_RUNS, pytest.param(RUNS, marks=pytest.mark.slow)])
@pytest.mark.parametrize("simulation", SIMULATIONS, ids=[one.name for one in SIMULATIONS])
def test_intervals_hold_the_truth_in_about_95_of_100_runs_and_narrow_with_reading_and_a_better_judge(simulation, runs):
    rows = [(simulation.settings[row.setting], row.means) for row in simulate(simulation, runs, SEED)]
    for target in (HELD, HELD_SET):
        shares = [means[target].mean for _, means in rows]
        assert 0.93 <= fmean(shares) <= 0.97, target
        assert min(shares) >= (0.85 if runs == RUNS else 0.8), target

    def width(**wanted):
        found = [means for setting, means in rows if all(getattr(setting, k) == value for k, value in wanted.items())]
        return fmean(means[WIDTH].mean for means in found)

    assert width(read=20) > width(read=40) > width(read=60)
    assert width(judge=0.65) > width(judge=0.94)
    assert all(means[WIDTH_SET].mean < means[WIDTH].mean for _, means in rows)
    assert fmean(means[SHOWN].mean for _, means in rows) > 0.95


def test_the_made_up_judges_are_as_good_as_they_are_called():
    for setting in settings(False):
        likely = chances(setting)
        assert sum(likely.values()) == pytest.approx(1)
        assert min(likely.values()) >= 0
        agree = sum(p for (truth, said), p in likely.items() if truth == said or (truth == 1 and said == 3))
        assert agree == pytest.approx(setting.judge)
        assert sum(p for (_, said), p in likely.items() if said == 3) == pytest.approx(FLIPS[setting.judge])
        assert sum(p for (truth, _), p in likely.items() if truth == 1) == pytest.approx(TIES)
