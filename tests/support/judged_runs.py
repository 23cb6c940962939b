"""A run with everything that a number must count or leave out: judges, reviewers, disputes, blind, stale and broken pairs."""

from pathlib import Path
from typing import Any

from support.imports import bring, compared
from support.stores import new_store
from uphold.records.enums import Choice, Preference
from uphold.records.reviews import OnScreen
from uphold.store.database import Store
from uphold.store.runs import all_runs
from uphold.workflows.curating import make_set
from uphold.workflows.review_opening import ReviewOptions, open_review

PAIRS = 44

SEED = "0f" * 16
"""Of the set: in another order of reading the pair marked broken, or a drawn one, may be among those that become stale."""

_ORDERS = (
    ("candidate", "candidate"),
    ("baseline", "baseline"),
    ("candidate", "baseline"),
    ("tie", "tie"),
    ("tie", "baseline"),
)

_REVIEWS = ("candidate", "tie", "baseline", "both-bad", "candidate")


def pair(number: int, **fields: Any) -> dict[str, Any]:
    """One pair; its answers differ in length in three of four."""
    longer = ("x" * (number % 3), "x" * (number % 4))
    answers = {"response_candidate": f"yes {number} {longer[0]}", "response_baseline": f"no {number} {longer[1]}"}
    return compared(f"k-{number:03d}", tags=["odd"] if number % 2 else ["even"], **(answers | fields))


def full_judge(name: str = "full", pairs: int = PAIRS) -> list[dict[str, Any]]:
    """The rows of a judge that has read the first pairs in both orders; two of five of its verdicts change with the order."""
    rows = []
    for number in range(pairs):
        first, second = _ORDERS[number % len(_ORDERS)]
        rows.append(pair(number, judge=name, verdict=first, order="candidate-first"))
        rows.append(pair(number, judge=name, verdict=second, order="baseline-first"))
    return rows


def made_run(folder: Path) -> Store:
    """Return a store with one run over the set `s`: judges `full` and (on 9 pairs) `partial`, four reviewers."""
    store = new_store(folder / "made.db")
    make_set(store, "s", "mira", seed=SEED)
    bring(store, *full_judge())
    bring(store, *(pair(n, judge="partial", verdict="candidate", order="candidate-first") for n in range(9)))
    bring(store, *(pair(n, reviewer="ada", review=_REVIEWS[n % 5]) for n in range(24)))
    bring(store, *(pair(n, reviewer="ben", review=_REVIEWS[(n + n % 3) % 5]) for n in range(8, 24)))
    run = all_runs(store)[0]
    shown = OnScreen(Preference.CANDIDATE)
    mira = open_review(store, run, "mira")
    for number in range(14):
        mira.decide((Choice.CANDIDATE, Choice.BASELINE, Choice.TIE)[number % 3], shown)
    mira.broken(shown)
    mira.go_blind(True)
    for number in range(12):
        hidden = mira.current is not None and mira.current.verdict_hidden
        mira.decide((Choice.CANDIDATE, Choice.BASELINE)[number % 2], shown)
        if hidden and number % 4 == 0:
            mira.decide(Choice.TIE, shown)
        mira.go_unread()
    settling = open_review(store, run, "cyd", ReviewOptions("disputed"))
    for _ in range(2):
        settling.decide(Choice.CANDIDATE, shown)
    edited = (pair(1, instruction="Say something else."), pair(2, response_candidate="another answer"))
    bring(store, *edited, update=True)
    for order in ("candidate-first", "baseline-first"):
        bring(store, *(row | {"judge": "full", "verdict": "tie", "order": order} for row in edited))
    return store
