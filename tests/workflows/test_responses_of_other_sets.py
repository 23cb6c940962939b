"""A run that uses a response which came with another set says so: in import, judge and review."""

import asyncio

from support.imports import bring
from uphold.store.database import Store
from uphold.store.runs import find_run, responses_from_other_sets
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary
from uphold.workflows.review_opening import open_review

ROW = {"key": "k", "instruction": "ask", "reference": "this", "candidate": "new", "baseline": "old"}


def test_responses_that_came_with_another_set_are_counted_and_said(store: Store) -> None:
    first = bring(store, ROW | {"response_candidate": "this", "response_baseline": "that"}, set_="one")
    assert first.from_other_sets == {}
    second = bring(
        store, ROW | {"candidate": "third", "response_candidate": "it", "response_baseline": "that"}, set_="two"
    )
    assert second.from_other_sets == {"one": 1}
    run = find_run(store, "third-vs-old")
    assert responses_from_other_sets(store.conn, run_id=run.id) == {"one": 1}
    assert open_review(store, run, "ann").from_other_sets() == {"one": 1}

    async def judged() -> JudgeSummary:
        found = [one async for one in judge_run(store, JudgeRequest("rules:closer", run.name))]
        assert isinstance(found[-1], JudgeSummary)
        return found[-1]

    assert asyncio.run(judged()).from_other_sets == {"one": 1}


def test_a_judgment_of_another_purpose_enters_no_verdict(store: Store) -> None:
    row = ROW | {"response_candidate": "this", "response_baseline": "that", "judge": "j", "verdict": "candidate"}
    bring(store, row)
    with store.writing() as conn:
        columns = "pair_id, judge_id, answer_order, sample, status, created_at"
        conn.execute(
            f"INSERT INTO judgments ({columns}, verdict, purpose)"
            f" SELECT {columns}, 'baseline', 'rerun' FROM judgments WHERE purpose = 'verdict'"
        )
    from uphold.store.outcomes import rebuild

    with store.writing() as conn:
        rebuild(conn)
    assert store.rows("SELECT verdict FROM verdicts").fetchall() == [("candidate",)]
    assert store.one("SELECT count(*) FROM standing_judgments") == (1,)
