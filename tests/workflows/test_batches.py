import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.batch_server import ERRORED, BatchDesk, Row, succeeded
from support.faulty_endpoint import TOKENS, right
from support.model_server import Asked, Reply, error, loopback, message
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY
from uphold.errors import BadUsage, Refused
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.workflows.batch_judging import judge_in_batches
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary

EACH = (TOKENS[0] * 2.0 + TOKENS[1] * 10.0) / 1e6 / 2


@pytest.fixture(autouse=True)
def environment_with_a_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-the-test")


@pytest.fixture
def filled(tmp_path: Path) -> Callable[[int], Store]:
    def fill(count: int) -> Store:
        file = tmp_path / "s.jsonl"
        rows = [
            {"key": f"k{n}", "instruction": f"Question {n}", "response_candidate": "yes", "response_baseline": "no"}
            for n in range(count)
        ]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        store = new_store(tmp_path / "uphold.db")
        for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
            pass
        return store

    return fill


def every(number: int, params: Row) -> Row:
    return succeeded(right, params)


def request(url: str, **more: Any) -> JudgeRequest:
    settings = Settings(prices={"judge-model": {"input": 2.0, "output": 10.0}})
    return JudgeRequest("anthropic:judge-model", base_url=url, patience=NO_RETRY, settings=settings, **more)


async def handed_in(store: Store, url: str, *, submitting: bool = True, **more: Any) -> JudgeSummary:
    (summary,) = [one async for one in judge_in_batches(store, request(url, **more), submitting=submitting)]
    return summary


async def judged(store: Store, url: str) -> JudgeSummary:
    *_, summary = [one async for one in judge_run(store, request(url))]
    assert isinstance(summary, JudgeSummary)
    return summary


def statuses(store: Store) -> dict[str, int]:
    return dict(store.rows("SELECT status, count(*) FROM judgments WHERE superseded_by IS NULL GROUP BY 1").fetchall())


async def test_a_batch_is_handed_in_and_brought_in_at_half_the_price(filled: Callable[[int], Store]) -> None:
    store, desk = filled(10), BatchDesk(every, ended=False)
    async with loopback(desk) as server:
        summary = await handed_in(store, server.url)
        assert (len(summary.submitted), summary.in_batches, summary.left) == (1, 20, 10)
        assert (await handed_in(store, server.url, submitting=False)).in_batches == 20
        assert (await handed_in(store, server.url)).submitted == ()
        desk.ended = True
        summary = await handed_in(store, server.url, submitting=False)
    assert (summary.collected, summary.in_batches, summary.left) == (20, 0, 0)
    assert statuses(store) == {"readable": 20}
    assert store.one("SELECT sum(cost) FROM judgments")[0] == pytest.approx(20 * EACH)
    words = store.rows("SELECT DISTINCT verdict FROM judgments").fetchall()
    assert words == [("candidate",)]
    assert len(desk.batches) == 1


async def test_the_prompt_is_in_the_batch_as_it_would_be_in_a_call(filled: Callable[[int], Store]) -> None:
    store, desk = filled(1), BatchDesk(every)
    async with loopback(desk) as server:
        await handed_in(store, server.url)
    ((first, _),) = desk.batches.values()
    (prefix,) = store.one("SELECT prefix FROM batches")
    assert first["custom_id"] == f"{prefix}-0"
    assert first["params"]["output_config"]["format"]["type"] == "json_schema"
    assert first["params"]["system"][0]["cache_control"] == {"type": "ephemeral"}
    (fence,) = store.one("SELECT fence FROM batch_items WHERE number = 0")
    assert fence in first["params"]["messages"][0]["content"]


async def test_expired_cancelled_and_errored_rows_are_failed_and_can_be_asked_again(
    filled: Callable[[int], Store],
) -> None:
    store = filled(4)
    kinds: list[Row] = [{"type": "expired"}, {"type": "canceled"}, ERRORED]

    def some(number: int, params: Row) -> Row:
        return kinds[number] if number < 3 else succeeded(right, params)

    async with loopback(BatchDesk(some)) as server:
        await handed_in(store, server.url)
        await handed_in(store, server.url, submitting=False)
        assert statuses(store) == {"failed": 3, "readable": 5}
        problems = {row[0] for row in store.rows("SELECT problem FROM judgments WHERE status = 'failed'")}
        assert problems == {
            "the batch expired before this was answered",
            "the batch was cancelled",
            "the batch says errored: it broke",
        }
    async with loopback(right) as server:
        assert (await judged(store, server.url)).left == 0
        assert len(server.asked) == 3


async def test_the_next_judge_brings_a_batch_in_and_asks_only_the_rest(filled: Callable[[int], Store]) -> None:
    store, desk = filled(6), BatchDesk(lambda n, params: ERRORED if n == 0 else every(n, params), ended=False)

    def both(asked: Asked) -> Reply:
        return right(asked) if asked.path == "/v1/messages" else desk(asked)

    async with loopback(both) as server:
        await handed_in(store, server.url)
        summary = await judged(store, server.url)
        assert (summary.progress.total, summary.in_batches) == (0, 12)
        desk.ended = True
        summary = await judged(store, server.url)
        assert (summary.collected, summary.progress.done, summary.left) == (12, 1, 0)
        assert sum(asked.path == "/v1/messages" for asked in server.asked) == 1


async def test_a_batch_that_was_cut_off_before_it_was_recorded_is_found_again(filled: Callable[[int], Store]) -> None:
    store, desk = filled(5), BatchDesk(every)
    async with loopback(desk) as server:
        await handed_in(store, server.url)
        store.db.execute("UPDATE batches SET state = 'submitting', provider_id = NULL, submitted_at = NULL")
        desk.ended = False
        assert (await handed_in(store, server.url)).submitted == ()
        desk.ended = True
        summary = await handed_in(store, server.url)
        assert (summary.collected, summary.submitted, summary.left) == (10, (), 0)
    assert len(desk.batches) == 1


async def test_a_batch_that_never_came_there_is_handed_in_anew(filled: Callable[[int], Store]) -> None:
    store, desk = filled(5), BatchDesk(every)
    async with loopback(lambda asked: error(503) if asked.method == "POST" else desk(asked)) as server:
        summary = await handed_in(store, server.url)
        assert (summary.submitted, summary.in_batches) == ((), 10)
        assert summary.stopped is not None
    async with loopback(desk) as server:
        summary = await handed_in(store, server.url)
        assert len(summary.submitted) == 1
    assert store.one("SELECT group_concat(state, ' ') FROM batches")[0] == "never submitted"


async def test_a_batch_that_is_refused_leaves_everything_missing(filled: Callable[[int], Store]) -> None:
    store = filled(3)
    async with loopback(lambda asked: error(413)) as server:
        with pytest.raises(Refused):
            await handed_in(store, server.url)
    async with loopback(right) as server:
        assert (await judged(store, server.url)).left == 0


async def test_a_foreign_batch_of_equal_size_is_not_taken_for_ours(filled: Callable[[int], Store]) -> None:
    store, desk = filled(2), BatchDesk(every)
    async with loopback(desk) as server:
        await handed_in(store, server.url)
        for one in desk.batches["msgbatch_0000"]:
            one["custom_id"] = "somebody-" + one["custom_id"]
        store.db.execute("UPDATE batches SET state = 'submitting', provider_id = NULL")
        summary = await handed_in(store, server.url)
    assert (summary.collected, len(summary.submitted)) == (0, 1)


async def test_a_refusal_in_a_batch_is_an_unreadable_answer(filled: Callable[[int], Store]) -> None:
    store = filled(1)
    refused = succeeded(lambda asked: message("no", "refusal"), {})
    async with loopback(BatchDesk(lambda number, params: refused)) as server:
        await handed_in(store, server.url)
        await handed_in(store, server.url, submitting=False)
    assert statuses(store) == {"unreadable": 2}


async def test_only_what_the_cap_allows_is_handed_in(filled: Callable[[int], Store]) -> None:
    store, desk = filled(10), BatchDesk(every)
    async with loopback(desk) as server:
        summary = await handed_in(store, server.url, max_cost=0.1)
    assert summary.stopped is not None
    assert 0 < len(desk.batches["msgbatch_0000"]) < 20


async def test_judges_without_batches_say_so(filled: Callable[[int], Store]) -> None:
    store = filled(1)
    with pytest.raises(BadUsage, match="has no batches"):
        _ = [one async for one in judge_in_batches(store, JudgeRequest("rules:closer"), submitting=True)]


async def test_collecting_names_its_own_option_where_a_judge_has_no_batches(filled: Callable[[int], Store]) -> None:
    store = filled(1)
    with pytest.raises(BadUsage, match="--collect: rules:closer has no batches"):
        _ = [one async for one in judge_in_batches(store, JudgeRequest("rules:closer"), submitting=False)]
