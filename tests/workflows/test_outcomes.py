"""The outcomes that are kept beside the facts are at any time what the facts give when they are made anew."""

import contextlib
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support import forked, forked_programs
from support.examples import examples
from support.imports import bring, compared, judged, reviewed, values
from support.sessions import on_screen
from support.stores import new_store
from uphold.errors import BadUsage
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.judgments import Judge, Judgment
from uphold.store import judges, judgments
from uphold.store.database import Store, open_store
from uphold.store.outcomes import rebuild
from uphold.store.runs import all_runs
from uphold.workflows.importing import all_imports, drop_import
from uphold.workflows.review_opening import open_review

ACTS = st.lists(st.integers(0, 2**32), min_size=1, max_size=25)

QUICK = settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])


def outcomes(store: Store) -> list[list[tuple[Any, ...]]]:
    """All of them, in an order of their own."""
    queries = (
        "SELECT seq, undone FROM events ORDER BY seq",
        "SELECT * FROM verdicts ORDER BY judge_id, pair_id",
        "SELECT * FROM human_labels ORDER BY pair_id",
    )
    return [store.rows(sql).fetchall() for sql in queries]


def check(store: Store) -> None:
    stored = outcomes(store)
    with store.writing() as conn:
        rebuild(conn)
    assert outcomes(store) == stored


def import_rows(store: Store, rng: random.Random) -> None:
    words = ("candidate", "baseline", "tie")
    rows = []
    for _ in range(rng.randint(1, 4)):
        key, candidate = rng.choice("abcd"), rng.choice(("candidate", "twin"))
        texts = {"candidate": candidate, "reference": rng.choice((None, "r", "s"))}
        kind = rng.randrange(3)
        if kind == 0:
            rows.append(compared(key, **texts))
        elif kind == 1:
            order = rng.choice(("candidate-first", "baseline-first"))
            rows.append(judged(key, rng.choice(words), order=order, judge=rng.choice("jk"), **texts))
        else:
            rows.append(reviewed(key, rng.choice((*words, "both-bad")), reviewer=rng.choice(("ada", "ben")), **texts))
    bring(store, *rows, skip_bad=True, update=rng.random() < 0.6)


def drop(store: Store, rng: random.Random) -> None:
    numbers = [one.number for one in all_imports(store)]
    if numbers:
        with contextlib.suppress(BadUsage):  # others have built on it
            drop_import(store, rng.choice(numbers))


def judge(store: Store, rng: random.Random) -> None:
    """One judgment, or more orders and samples asked for; a failed one gives way, a stored one is read again."""
    pairs = store.rows("SELECT id, run_id FROM pairs").fetchall()
    if not pairs:
        return
    pair_id, run_id = rng.choice(pairs)
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, Judge(rng.choice(("llm:x", "llm:y")), "llm"))
        orders = rng.sample([AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST], rng.randint(1, 2))
        judges.record_requested_orders(conn, run_id, judge_id, orders, rng.randint(1, 2))
        status = rng.choice(list(JudgmentStatus))
        verdict = rng.choice(list(Preference)) if status is JudgmentStatus.READABLE else None
        seen = rng.choice([None, *values(store, "SELECT id FROM reference_texts")])
        made = Judgment(rng.choice(orders), status, verdict, rng.randint(0, 1), raw="raw", reference_id=seen)
        if rng.random() < 0.2:
            judgments.replace_judgment(conn, pair_id, judge_id, made, None)
        else:
            judgments.add_judgment(conn, pair_id, judge_id, made, redo=rng.random() < 0.3)


def review(store: Store, rng: random.Random) -> None:
    runs = [run for run in all_runs(store) if values(store, "SELECT id FROM current_pairs WHERE run_id = ?", run.id)]
    if not runs:
        return
    session = open_review(store, rng.choice(runs), rng.choice(("cyd", "dan")))
    for _ in range(rng.randint(1, 4)):
        if session.current is None:
            return
        act = rng.choice(("decide", "decide", "skip", "broken", "flag", "undo", "undo", "redo"))
        if act == "decide":
            session.decide(rng.choice(list(Choice)), on_screen(session))
        elif act in ("undo", "redo"):
            getattr(session, act)()
        else:
            getattr(session, act)(on_screen(session))


DOINGS = (import_rows, import_rows, drop, judge, judge, review, review)


@QUICK
@given(ACTS)
def test_after_any_acts_of_two_connections_what_is_stored_is_what_the_facts_give(acts: Sequence[int]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        with new_store(path) as one, open_store(path) as other:
            bring(one, compared("a", reference="r"), judged("b"))
            for seed in acts:
                rng = random.Random(seed)
                rng.choice(DOINGS)(rng.choice((one, other)), rng)
                check(one)


@pytest.mark.parametrize("reviewers", [("eve", "fay")])
def test_two_processes_that_review_while_a_third_imports_and_judges_agree_with_the_facts(
    store: Store, reviewers: tuple[str, str]
) -> None:
    bring(store, *(judged(f"k{number}") for number in range(40)))
    reviews = [forked.start(forked_programs.review_and_undo, store.path, name) for name in reviewers]
    rng = random.Random(1)
    with open_store(store.path, busy_ms=60_000) as mine:
        while any(one.process.is_alive() for one in reviews):
            rng.choice((import_rows, judge))(mine, rng)
    assert [one.rest() for one in reviews] == [[("done",)]] * 2
    check(store)
    assert values(store, "SELECT count(*) FROM events WHERE kind = 'undo'") == [24]
