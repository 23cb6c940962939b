"""What judging says of itself: reasons of what went wrong, what is out, and how long it waited."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.batch_server import BatchDesk, succeeded
from support.faulty_endpoint import right
from support.model_server import Asked, Reply, answer_to, error, loopback, message
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY, RetryPolicy
from uphold.errors import BadUsage
from uphold.records.enums import REFERENCE
from uphold.settings import Settings
from uphold.store import claims, judgments
from uphold.store.database import Store
from uphold.workflows.batch_judging import judge_in_batches
from uphold.workflows.cost_estimate import estimate
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary, judges_to_choose

SPEC = "anthropic:judge-model"


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Store]:
    def fill(count: int, **more: Any) -> Store:
        file = tmp_path / "s.jsonl"
        rows = [
            {"key": f"k{n}", "instruction": f"Q {n}", "response_candidate": "yes", "response_baseline": "no", **more}
            for n in range(count)
        ]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        store = new_store(tmp_path / "uphold.db")
        for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
            pass
        return store

    return fill


async def judged(store: Store, answer: Callable[[Asked], Reply], judge: str = SPEC, **more: Any) -> JudgeSummary:
    async with loopback(answer) as server:
        request = JudgeRequest(judge, base_url=server.url, **{"patience": NO_RETRY, "concurrency": 1, **more})
        *_, summary = [one async for one in judge_run(store, request)]
    assert isinstance(summary, JudgeSummary)
    return summary


async def test_reasons_that_differ_in_numbers_are_one_with_the_first_example(filled: Callable[..., Store]) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.number in (1, 2, 3):
            return error(400, said=f"request req_{asked.number}x is {900 + asked.number:,} tokens too long")
        return message("no idea") if asked.number == 4 else right(asked)

    summary = await judged(filled(4), answer)
    first, second = summary.problems
    assert (first.count, first.example, second.count, second.example) == (3, "k0", 1, "k2")
    assert "req_1x is 901 tokens too long" in first.what
    assert second.what == 'no verdict in the text: "no idea"'
    assert summary.left == 2


async def test_unreadable_answers_are_one_reason_whatever_they_say(filled: Callable[..., Store]) -> None:
    said = ["no idea", 'who "knows", and who could know it in so many words', '{"mood": "good"}', '{"score": [1, 2]}']
    store = filled(2)
    summary = await judged(store, lambda asked: message(said[asked.number]))
    assert [(one.count, one.what) for one in summary.problems] == [
        (2, 'no verdict in the text: "no idea"'),
        (2, """no field 'winner' in the JSON object {"mood": "good"}"""),
    ]


async def test_a_mended_judgment_is_no_problem_any_more(filled: Callable[..., Store]) -> None:
    store = filled(1)
    assert len((await judged(store, lambda asked: error(400))).problems) == 1
    assert (await judged(store, right)).problems == []


async def test_what_another_process_asks_for_is_told_and_is_not_nothing(filled: Callable[..., Store]) -> None:
    store = filled(2)
    await judged(store, lambda asked: error(400))
    judge_id, run_id = store.one("SELECT judge_id, run_id FROM judge_orders LIMIT 1")
    missing = judgments.missing_judgments(store, run_id, judge_id)
    with store.writing() as conn:
        claims.claim(conn, judge_id, missing[:3], "somebody", 60.0)
        claims.claim(conn, judge_id, missing[3:], "gone", -1.0)
    assert claims.claimed_count(store, run_id, judge_id) == 3
    summary = await judged(store, right, claim_seconds=0.03)
    assert (summary.progress.done, summary.elsewhere, summary.left) == (1, 3, 2)


async def test_pairs_outside_of_what_was_wanted_are_not_said_to_be_judged(filled: Callable[..., Store]) -> None:
    store = filled(3)
    summary = await judged(store, right, only_reviewed=True)
    assert (summary.progress.total, summary.left, summary.unasked) == (0, 0, 3)


async def test_judgments_in_a_batch_are_out(filled: Callable[..., Store]) -> None:
    store, desk = filled(2), BatchDesk(lambda number, params: succeeded(right, params), ended=False)
    async with loopback(desk) as server:
        request = JudgeRequest(SPEC, base_url=server.url, patience=NO_RETRY)
        _ = [one async for one in judge_in_batches(store, request, submitting=True)]
        *_, summary = [one async for one in judge_run(store, request)]
    assert isinstance(summary, JudgeSummary)
    assert (summary.progress.total, summary.in_batches, summary.elsewhere, summary.left) == (0, 4, 0, 2)


async def test_the_seconds_waited_are_those_that_went_by(filled: Callable[..., Store]) -> None:
    store = filled(3)
    patience = RetryPolicy(max_server_tries=4, first_wait=0.05, max_wait=10.0)
    began = time.monotonic()
    request = JudgeRequest(SPEC, base_url="http://127.0.0.1:9", patience=patience, concurrency=4)
    *_, summary = [one async for one in judge_run(store, request)]
    assert isinstance(summary, JudgeSummary)
    assert 0.3 <= summary.progress.paused <= time.monotonic() - began


@pytest.mark.parametrize("rule", ["closer", "exact", "choice"])
async def test_a_rule_without_a_reference_is_refused_and_a_command_that_works_is_told(
    filled: Callable[..., Store], rule: str
) -> None:
    store = filled(2)
    changes = store.db.conn.total_changes
    with pytest.raises(BadUsage, match=r"has a reference answer.*uphold judge --set s --candidate candidate") as told:
        await judged(store, right, f"rules:{rule}")
    assert told.value.exit_code == 2
    assert store.db.conn.total_changes == changes
    assert judges_to_choose(store, 1, Settings()) == []


async def test_a_rule_against_the_references_is_refused_where_there_are_none(filled: Callable[..., Store]) -> None:
    with pytest.raises(BadUsage, match="rules:reference-overlap could read nothing"):
        await judged(filled(2), right, "rules:reference-overlap", set="s", candidate="candidate", baseline=REFERENCE)


async def test_a_reference_of_one_example_is_enough(filled: Callable[..., Store], tmp_path: Path) -> None:
    store = filled(2)
    file = tmp_path / "more.jsonl"
    file.write_text(
        '{"key": "k", "instruction": "Q", "reference": "yes", "response_candidate": "yes", "response_baseline": "no"}\n'
    )
    for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
        pass
    summary = await judged(store, right, "rules:closer")
    assert (summary.progress.readable, summary.progress.unreadable) == (1, 2)
    assert [(one.what, one.count) for one in summary.problems] == [("no reference", 2)]


def test_a_rule_is_offered_where_it_can_read_a_reference(filled: Callable[..., Store], tmp_path: Path) -> None:
    store = filled(1, reference="it left on Monday")
    assert judges_to_choose(store, 1, Settings()) == ["rules:closer", "rules:exact"]
    file = tmp_path / "more.jsonl"
    file.write_text(
        '{"key": "k", "instruction": "Q", "reference": "(B)", "response_candidate": "B", "response_baseline": "C"}\n'
    )
    for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
        pass
    assert judges_to_choose(store, 1, Settings()) == ["rules:closer", "rules:exact", "rules:choice"]


async def test_the_rule_of_another_baseline_names_the_command_for_this_one(filled: Callable[..., Store]) -> None:
    store = filled(1, reference="yes")
    with pytest.raises(
        BadUsage, match="uphold judge --set s --candidate candidate --baseline baseline --judge rules:closer"
    ):
        await judged(store, right, "rules:reference-overlap")
    with pytest.raises(BadUsage, match="--baseline reference --judge rules:reference-overlap"):
        await judged(store, right, "rules:exact", set="s", candidate="candidate", baseline=REFERENCE)


async def test_an_estimate_learns_from_the_judge_then_from_others_with_its_model(filled: Callable[..., Store]) -> None:
    store = filled(3)

    def answer(asked: Asked) -> Reply:
        return answer_to(asked, '{"reason": "r", "winner": "A", "confidence": 1}', tokens=(100, 40))

    (found,) = await estimate(store, JudgeRequest(SPEC))
    assert (found.output_each, found.output_from) == (150, "assumed, until there are answers")
    await judged(store, answer)
    (found,) = await estimate(store, JudgeRequest(SPEC, samples=2))
    assert (found.output_each, found.output_from) == (40, "the mean of 6 answers of this judge")
    (found,) = await estimate(store, JudgeRequest(SPEC, rubric="Be strict."))
    assert (found.output_each, found.output_from) == (40, "the mean of 6 answers of other judges with judge-model")
    (found,) = await estimate(store, JudgeRequest("openai:judge-model"))
    assert found.output_from == "assumed, until there are answers"


async def test_a_judge_keeps_its_fence_in_a_file_and_another_file_has_another(
    filled: Callable[..., Store], tmp_path: Path
) -> None:
    store = filled(3)
    await judged(store, right)
    fences = {row[0] for row in store.rows("SELECT fence FROM judgments")}
    assert len(fences) == 1
    await judged(store, right, samples=2)
    assert {row[0] for row in store.rows("SELECT fence FROM judgments")} == fences
    await judged(store, right, rubric="Be strict.")
    assert len({row[0] for row in store.rows("SELECT fence FROM judgments")}) == 2
    assert fences == {store.one("SELECT fence FROM judges ORDER BY id LIMIT 1")[0]}


async def test_a_pair_whose_text_holds_the_fence_gets_another(filled: Callable[..., Store]) -> None:
    store = filled(1)
    await judged(store, right)
    (fence,) = store.one("SELECT fence FROM judges")
    spaced = "\u200b".join(fence[4:12].upper())
    store.db.execute("UPDATE responses SET cells = json_array(?) WHERE id = 1", (f"yes {spaced}",))
    await judged(store, right, samples=2)
    fences = [row[0] for row in store.rows("SELECT fence FROM judgments ORDER BY id")]
    assert fences[:2] == [fence] * 2
    assert fence not in fences[2:]
