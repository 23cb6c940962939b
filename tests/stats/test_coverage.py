"""The headline's intervals hold the truth about as often as they say, for both targets and both kinds of queue."""

from statistics import fmean

import pytest

from support.simulations import FLIPS, TIES, chances, cover, settings

RUNS, SEED = 300, 20_250_407


@pytest.mark.parametrize("weighted", [False, True], ids=["random", "weighted"])
def test_intervals_hold_the_truth_in_about_95_of_100_runs_and_narrow_with_reading_and_a_better_judge(weighted):
    covered = {setting: cover(setting, RUNS, SEED) for setting in settings(weighted)}
    for target in ("population", "this_set"):
        shares = [getattr(found, target) for found in covered.values()]
        assert 0.93 <= fmean(shares) <= 0.97, target
        assert min(shares) >= 0.88, target

    def width(**wanted):
        rows = [f for s, f in covered.items() if all(getattr(s, name) == value for name, value in wanted.items())]
        return fmean(found.width for found in rows)

    assert width(read=20) > width(read=40) > width(read=60)
    assert width(judge=0.65) > width(judge=0.94)
    assert all(found.set_width < found.width for found in covered.values())
    assert sum(found.silent for found in covered.values()) < 0.05 * RUNS * len(covered)


def test_the_made_up_judges_are_as_good_as_they_are_called():
    for setting in settings(False):
        likely = chances(setting)
        assert sum(likely.values()) == pytest.approx(1)
        assert min(likely.values()) >= 0
        agree = sum(p for (truth, said), p in likely.items() if truth == said or (truth == 1 and said == 3))
        assert agree == pytest.approx(setting.judge)
        assert sum(p for (_, said), p in likely.items() if said == 3) == pytest.approx(FLIPS[setting.judge])
        assert sum(p for (truth, _), p in likely.items() if truth == 1) == pytest.approx(TIES)
