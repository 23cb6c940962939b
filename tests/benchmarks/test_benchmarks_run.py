import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")
GROUPS = {
    "startup": [
        "uphold --help",
        "uphold stats",
        "uphold stats --json",
        "uphold stats --full",
        "uphold stats, 5 judges, 3 reviewers",
        "uphold stats --full, 5 judges, 3 reviewers",
    ],
    "frame": ["uphold review, first frame", "uphold review, the run's first"],
    "key": ["decision to next pair, 2 x 8,000", "J to next pair, 2 x 8,000", "J in a row, 2 x 8,000"],
    "list": ["pairs, first page", "pairs, another order", "pairs, another filter", "pairs, search"],
    "set": ["set, next example", "set, another filter", "set, another order", "set, search"],
    "checkpoints": ["checkpoints, next run", "checkpoints, to the lost examples"],
    "workbench": [
        "workbench, next clause",
        "workbench, a clause off",
        "workbench, next pair that changed",
        "standing, next judge",
        "workbench, opened and read",
        "standing, opened and read",
    ],
    "curation": [
        "proposals, next one",
        "proposals, one taken and the next",
        "versions, the first",
        "versions, another difference",
    ],
    "numbers": ["numbers after a decision, big", "numbers after a decision, panel"],
    "memory": ["memory of a review"],
    "saving": ["saving a decision (the store's part)", "saving a decision (the whole act)"],
    "import": ["import, pairs", "import, pairs, texts in every row"],
    "drop": ["imports drop, 10 pairs", "imports drop, 30 pairs"],
    "export": [
        "export csv, memory above idle",
        "export jsonl, memory above idle",
        "export xlsx, memory above idle",
        "export alpaca-eval, memory above idle",
        "export mt-bench, memory above idle",
        "export trl, memory above idle",
        "export uphold, memory above idle",
    ],
    "checks": ["set check, 30 examples", "set check against 100 lines"],
    "judging": ["judging, 8 at once, answers after 0 ms"],
}


FAST = ("numbers", "saving", "drop", "key")
"""Groups that are tried in the suite: one that starts the app, and the shortest; the others are slow tests."""


@pytest.mark.parametrize(
    "group", [group if group in FAST else pytest.param(group, marks=pytest.mark.slow) for group in GROUPS]
)
def test_every_group_of_benchmarks_runs_and_names_what_it_measured(group: str) -> None:
    ran = subprocess.run([sys.executable, RUN, "--quick", "--json", "--only", group], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    lines = json.loads(ran.stdout)
    assert [line["what"] for line in lines if line["what"] in GROUPS[group]] == GROUPS[group]
    assert all(line["ours"] > 0 and line["figure"] > 0 for line in lines)
