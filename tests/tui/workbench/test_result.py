"""The result of a try as rows: of many pairs that changed those round the cursor are shown."""

import pytest

from uphold.records.enums import Verdict
from uphold.records.halves import Half
from uphold.records.trials import Trial, TrialPair
from uphold.stats.trials import trial_numbers
from uphold_tui.themes import Signs
from uphold_tui.workbench.result import PairRows, TrialView, changed_pairs, pair_rows


def rows(count: int, cursor: int | None, height: int) -> PairRows:
    pairs = tuple(
        TrialPair(n, "r", f"k-{n:03d}", 1, f"Say {n}.", n, 0, Verdict.BASELINE, Verdict.CANDIDATE) for n in range(count)
    )
    trial = Trial(Half.DEVELOPMENT, "new", "n", "old", "o", pairs, trial_numbers(pairs, None))
    view = TrialView(trial, changed_pairs(trial), "v2", "v1", ("lora", "base"), Signs())
    return pair_rows(view, cursor, 90, height)


def keys(found: PairRows) -> list[str]:
    return [word for row in found.rows for word in row.plain.split() if word.startswith("k-")]


def test_few_pairs_stand_there_all() -> None:
    found = rows(5, None, 40)
    assert keys(found) == [f"k-{n:03d}" for n in range(5)]
    assert not any(" of 5" in row.plain for row in found.rows)
    assert found.at is None


@pytest.mark.parametrize(("cursor", "first"), [(0, 0), (7, 0), (50, 40), (299, 280)])
def test_of_many_pairs_those_round_the_cursor_stand_there_and_say_which(cursor: int, first: int) -> None:
    found = rows(300, cursor, 26)
    assert keys(found) == [f"k-{n:03d}" for n in range(first, first + 20)]
    assert any(f"{first + 1}–{first + 20} of 300" in row.plain for row in found.rows)
    assert found.at is not None
    assert f"k-{cursor:03d}" in found.rows[found.at.y].plain


def test_however_low_the_screen_a_dozen_pairs_stand_there() -> None:
    assert len(keys(rows(300, 150, 3))) == 12
