"""The statistics are quick to load: a first frame and a first number wait for nothing heavy."""

import os
import subprocess
import sys

import pytest

from uphold import stats

HEAVY = ["numpy", "pandas", "statistics", "sqlite3", "sqlite_utils", "textual", "rich", "typer", "anthropic", "asyncio"]

PROGRAM = """
import sys
from uphold.stats import live_numbers, run_statistics
from uphold.reports import json_output, run_report
from support.run_counts import compared
counts = compared("WWL" * 20, "WLL" * 20)
found = run_statistics(counts)
json_output.statistics_json(found), run_report.run_report(found), live_numbers(counts, 1)
print(*sorted(set(sys.argv[1:]) & set(sys.modules)))
"""


def printed(program: str, *words: str) -> list[str]:
    env = {"PYTHONPATH": os.pathsep.join(place for place in sys.path if place)}
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True, env=env)
    return done.stdout.split()


def test_all_numbers_are_made_with_nothing_heavy_loaded():
    assert printed(PROGRAM, *HEAVY) == []


def test_one_interval_does_not_load_every_result():
    one = (
        "import sys; from uphold.stats import wilson; print(*(m for m in sys.modules if m.startswith('uphold.stats.')))"
    )
    assert printed(one) == ["uphold.stats.distributions", "uphold.stats.intervals"]


def test_every_name_of_the_room_is_there_and_no_other():
    for name in stats.__all__:
        assert callable(getattr(stats, name))
    with pytest.raises(AttributeError, match="no attribute 'mean'"):
        stats.mean  # noqa: B018
