"""Runs that are packed, read in their own files, and merged."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from support.imports import bring, judged, reviewed
from uphold.records.packs import Share
from uphold.records.scripted_review import DecisionInput
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.packing import Packed, PackRequest, pack_run
from uphold.workflows.review_opening import ReviewOptions
from uphold.workflows.scripted_review import decide, next_pairs

SECRETS = ("the judge thinks so", "raw reply of the judge", "note of ada", "judge-of-the-run", "ada-the-reviewer")
"""What a blind pack must not hold a byte of."""


def run_with_secrets(store: Store, pairs: int = 8) -> None:
    """A run with a judge's verdicts and reasons, and a reviewer's decisions and notes."""
    rows: list[dict[str, Any]] = []
    for number in range(pairs):
        said = {"judge": "judge-of-the-run", "reason": f"the judge thinks so {number}"}
        rows.append(judged(f"k{number}", reference=f"reference {number}", tags=["tagged"], **said))
        if number % 2 == 0:
            rows.append(reviewed(f"k{number}", reviewer="ada-the-reviewer", note=f"note of ada {number}"))
    bring(store, *rows)
    with store.writing() as conn:
        conn.execute("UPDATE judgments SET raw = 'raw reply of the judge'")


def pack(store: Store, name: str = "pack.db", share: Share | None = None, **request: Any) -> Packed:
    """Pack the only run of a store into a file beside it."""
    wanted = PackRequest(store.path.with_name(name), share=share or Share(), **request)
    return pack_run(store, all_runs(store)[0], wanted)


def read_pack(
    path: Path, reviewer: str, count: int, choice: Callable[[str], str] = lambda key: "candidate"
) -> Sequence[str]:
    """Decide the next pairs of a pack, or of any other file; returns their keys."""
    with open_store(path) as there:
        run = all_runs(there)[0]
        keys = [pair.key for pair in next_pairs(there, run, reviewer, ReviewOptions(), count).pairs]
        decide(there, run, reviewer, ReviewOptions(), [DecisionInput(key, choice(key)) for key in keys])
    return keys
