import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.batch_server import FileBatchDesk, Row, completed, failed_row
from support.faulty_endpoint import TOKENS, right
from support.model_server import Asked, Reply, error, loopback
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


def every(number: int, body: Row) -> Row:
    return completed(right, body)


def request(url: str, **more: Any) -> JudgeRequest:
    settings = Settings(prices={"judge-model": {"input": 2.0, "output": 10.0}})
    return JudgeRequest("openai:judge-model", base_url=f"{url}/v1", patience=NO_RETRY, settings=settings, **more)


async def handed_in(store: Store, url: str, *, submitting: bool = True, **more: Any) -> JudgeSummary:
    (summary,) = [one async for one in judge_in_batches(store, request(url, **more), submitting=submitting)]
    return summary


async def judged(store: Store, url: str) -> JudgeSummary:
    *_, summary = [one async for one in judge_run(store, request(url))]
    assert isinstance(summary, JudgeSummary)
    return summary


def statuses(store: Store) -> dict[str, int]:
    return dict(store.rows("SELECT status, count(*) FROM judgments WHERE superseded_by IS NULL GROUP BY 1").fetchall())


def problems(store: Store) -> set[str]:
    return {row[0] for row in store.rows("SELECT problem FROM judgments WHERE status = 'failed'")}


async def test_a_batch_is_handed_in_and_brought_in_at_half_the_price(filled: Callable[[int], Store]) -> None:
    store, desk = filled(10), FileBatchDesk(every, status="in_progress")
    async with loopback(desk) as server:
        summary = await handed_in(store, server.url)
        assert (len(summary.submitted), summary.in_batches, summary.left) == (1, 20, 10)
        assert (await handed_in(store, server.url, submitting=False)).in_batches == 20
        assert (await handed_in(store, server.url)).submitted == ()
        desk.status = "completed"
        summary = await handed_in(store, server.url, submitting=False)
    assert (summary.collected, summary.in_batches, summary.left) == (20, 0, 0)
    assert statuses(store) == {"readable": 20}
    assert store.one("SELECT sum(cost) FROM judgments")[0] == pytest.approx(20 * EACH)
    assert store.rows("SELECT DISTINCT verdict FROM judgments").fetchall() == [("candidate",)]
    assert len(desk.batches) == 1


async def test_a_line_of_the_file_is_the_request_that_a_call_would_send(filled: Callable[[int], Store]) -> None:
    store, desk = filled(1), FileBatchDesk(every)
    async with loopback(desk) as server:
        await handed_in(store, server.url, options=["seed=3", "temperature=0"])
        await handed_in(store, server.url, options=["max_tokens=9"])
    first, second = desk.requests("batch_0000")
    prefixes = [row[0] for row in store.rows("SELECT prefix FROM batches ORDER BY id")]
    assert [first["custom_id"], second["custom_id"]] == [f"{prefixes[0]}-0", f"{prefixes[0]}-1"]
    assert (first["method"], first["url"]) == ("POST", "/v1/chat/completions")
    assert (first["body"]["seed"], first["body"]["temperature"], first["body"]["max_tokens"]) == (3, 0.0, 4096)
    assert first["body"]["response_format"]["type"] == "json_schema"
    assert desk.batches["batch_0000"]["metadata"] == {"uphold": prefixes[0]}


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("expired", "batch_expired", "the batch expired before this was answered"),
        ("cancelled", "batch_cancelled", "the batch was cancelled"),
        ("completed", "server_error", "the batch says server_error: it broke"),
    ],
)
async def test_what_came_of_a_partial_batch_is_kept_and_the_rest_can_be_asked_again(
    filled: Callable[[int], Store], status: str, code: str, said: str
) -> None:
    store = filled(4)
    desk = FileBatchDesk(lambda n, body: failed_row(code) if n < 3 else every(n, body), status=status)
    async with loopback(desk) as server:
        await handed_in(store, server.url)
        summary = await handed_in(store, server.url, submitting=False)
    assert statuses(store) == {"failed": 3, "readable": 5}
    assert problems(store) == {said}
    assert [(one.what, one.count, one.example) for one in summary.problems] == [(said, 3, "k0")]
    async with loopback(right) as server:
        assert (await judged(store, server.url)).left == 0
        assert len(server.asked) == 3


async def test_rows_that_are_missing_or_refused_by_the_model_server_are_failed(filled: Callable[[int], Store]) -> None:
    refused = {"response": {"status_code": 400, "body": {"error": {"code": "too_long", "message": "too long"}}}}
    rows: list[Row | None] = [None, {**refused, "error": None}]
    store, desk = filled(2), FileBatchDesk(lambda n, body: rows[n] if n < 2 else every(n, body))
    async with loopback(desk) as server:
        await handed_in(store, server.url)
        await handed_in(store, server.url, submitting=False)
    assert statuses(store) == {"failed": 2, "readable": 2}
    assert problems(store) == {"the batch ended without a result for this", "the batch says too_long: too long"}


async def test_a_batch_that_failed_its_check_says_why(filled: Callable[[int], Store]) -> None:
    store, desk = filled(2), FileBatchDesk(every, status="failed")
    async with loopback(desk) as server:
        await handed_in(store, server.url)
        summary = await handed_in(store, server.url, submitting=False)
    assert problems(store) == {"the batch failed: line 1 is no request"}
    assert (summary.in_batches, summary.left) == (0, 2)


@pytest.mark.parametrize("keeps_metadata", [True, False])
async def test_a_batch_that_was_cut_off_before_it_was_recorded_is_found_again(
    filled: Callable[[int], Store], keeps_metadata: bool
) -> None:
    store, desk = filled(5), FileBatchDesk(every, keeps_metadata=keeps_metadata)
    async with loopback(desk) as server:
        await handed_in(store, server.url)
        store.db.execute("UPDATE batches SET state = 'submitting', provider_id = NULL, submitted_at = NULL")
        desk.status = "in_progress"
        assert (await handed_in(store, server.url)).submitted == ()
        desk.status = "completed"
        summary = await handed_in(store, server.url)
        assert (summary.collected, summary.submitted, summary.left) == (10, (), 0)
    assert len(desk.batches) == 1


async def test_a_batch_of_which_only_the_file_came_there_is_handed_in_anew(filled: Callable[[int], Store]) -> None:
    store, desk = filled(5), FileBatchDesk(every)

    def no_batches(asked: Asked) -> Reply:
        return error(503) if (asked.method, asked.path) == ("POST", "/v1/batches") else desk(asked)

    async with loopback(no_batches) as server:
        summary = await handed_in(store, server.url)
        assert (summary.submitted, summary.in_batches) == ((), 10)
        assert summary.stopped is not None
    assert (len(desk.files), desk.batches) == (1, {})
    async with loopback(desk) as server:
        assert len((await handed_in(store, server.url)).submitted) == 1
    assert store.one("SELECT group_concat(state, ' ') FROM batches")[0] == "never submitted"


async def test_a_batch_that_is_refused_leaves_everything_missing(filled: Callable[[int], Store]) -> None:
    store = filled(3)
    async with loopback(lambda asked: error(413)) as server:
        with pytest.raises(Refused):
            await handed_in(store, server.url)
    async with loopback(right) as server:
        assert (await judged(store, server.url)).left == 0


async def test_only_what_the_cap_has_room_for_is_handed_in(filled: Callable[[int], Store]) -> None:
    store, desk = filled(10), FileBatchDesk(every)
    async with loopback(desk) as server:
        summary = await handed_in(store, server.url, max_cost=0.1)
        assert summary.stopped is not None
        assert "--max-cost" in summary.stopped
        assert 0 < len(desk.requests("batch_0000")) < 20
        with pytest.raises(BadUsage, match="max_tokens"):
            await handed_in(store, server.url, max_cost=0.001)
    assert len(desk.batches) == 1
