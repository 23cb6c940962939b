import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.faulty_endpoint import ALL, TOKENS, UNREADABLE, Faulty, right
from support.model_server import Asked, Reply, answer_to, error, loopback, said
from support.stores import new_store
from uphold.endpoints.retrying import RetryPolicy
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary

QUICK = RetryPolicy(first_wait=0.01, max_wait=0.05, max_retry_after=0.1)

PRICES = {"judge-model": {"input": 2.0, "output": 10.0}}

EACH = (TOKENS[0] * 2.0 + TOKENS[1] * 10.0) / 1e6


@pytest.fixture
def filled(tmp_path: Path) -> Callable[[int], Store]:
    stores = []

    def fill(count: int) -> Store:
        file = tmp_path / "s.jsonl"
        rows = [
            {"key": f"k{n}", "instruction": f"Question {n}", "response_candidate": "yes", "response_baseline": "no"}
            for n in range(count)
        ]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        store = new_store(tmp_path / "uphold.db")
        stores.append(store)
        for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
            pass
        return store

    return fill


async def judged(store: Store, kind: str, url: str, **more: Any) -> JudgeSummary:
    base = url if kind == "anthropic" else f"{url}/v1"
    given = {"patience": QUICK, "settings": Settings(prices=PRICES), **more}
    request = JudgeRequest(f"{kind}:judge-model", base_url=base, **given)
    *_, summary = [value async for value in judge_run(store, request)]
    assert isinstance(summary, JudgeSummary)
    return summary


def states(store: Store) -> dict[str, int]:
    rows = store.rows("SELECT status, count(*) FROM judgments WHERE superseded_by IS NULL GROUP BY 1")
    return dict(rows.fetchall())


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_with_a_third_of_all_answers_faulty_nothing_is_lost_and_nothing_is_there_twice(
    filled: Callable[[int], Store], kind: str
) -> None:
    store, faulty = filled(80), Faulty()
    async with loopback(faulty) as server:
        first = await judged(store, kind, server.url, concurrency=16, timeout=1.5)
        summary = await judged(store, kind, server.url, concurrency=16, timeout=1.5) if first.left else first
        assert server.most_at_once <= 16
    assert set(faulty.had) == set(ALL)
    assert summary.left == 0
    assert states(store).keys() == {"readable", "unreadable"}
    assert sum(states(store).values()) == 160
    (once,) = store.one(
        "SELECT count(DISTINCT pair_id || answer_order || sample) FROM judgments WHERE superseded_by IS NULL"
    )
    assert once == 160
    arrived, cost = store.one("SELECT count(*), sum(cost) FROM judgments WHERE raw IS NOT NULL")
    assert arrived == faulty.arrived
    assert cost == pytest.approx(faulty.arrived * EACH)
    assert (summary.progress.cost or 0) + (0 if summary is first else first.progress.cost or 0) == pytest.approx(cost)


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
@pytest.mark.parametrize("fault", sorted(ALL))
async def test_each_fault_is_failed_or_unreadable_and_tells_its_reason(
    filled: Callable[[int], Store], kind: str, fault: str
) -> None:
    store = filled(1)
    once = RetryPolicy(max_tries=1, max_server_tries=1)
    async with loopback(Faulty(1.0, kinds=(fault,))) as server:
        await judged(store, kind, server.url, timeout=0.1 if fault == "timeout" else 20.0, patience=once)
    unreadable = fault in UNREADABLE
    assert states(store) == {"unreadable" if unreadable else "failed": 2}
    rows = store.rows("SELECT problem, raw IS NOT NULL FROM judgments").fetchall()
    assert all(problem and bool(raw) is unreadable for problem, raw in rows)
    async with loopback(right) as server:
        await judged(store, kind, server.url)
        assert len(server.asked) == (0 if unreadable else 2)
        await judged(store, kind, server.url, redo=True)
        assert len(server.asked) == 2
    assert states(store) == {"readable": 2}


async def test_a_429_makes_everybody_wait_as_long_as_the_server_says(filled: Callable[[int], Store]) -> None:
    store, times = filled(10), []

    def answer(asked: Asked) -> Reply:
        times.append(asked.number)
        return error(429, retry_after="0.2") if asked.number == 0 else right(asked)

    async with loopback(answer) as server:
        patience = RetryPolicy(first_wait=0.01, max_retry_after=0.2)
        summary = await judged(store, "anthropic", server.url, concurrency=1, patience=patience)
    assert (summary.left, summary.progress.retries) == (0, 1)
    assert summary.progress.paused == pytest.approx(0.2, abs=0.01)


async def test_a_wait_is_capped_whatever_the_server_says(filled: Callable[[int], Store]) -> None:
    store = filled(1)

    def answer(asked: Asked) -> Reply:
        return error(429, retry_after="3600") if asked.number == 0 else right(asked)

    async with loopback(answer) as server:
        summary = await judged(store, "openai", server.url, patience=RetryPolicy(first_wait=0.01, max_retry_after=0.05))
    assert summary.left == 0
    assert summary.progress.paused <= 0.1


async def test_a_server_that_is_gone_ends_the_run_and_leaves_the_rest_pending(filled: Callable[[int], Store]) -> None:
    store = filled(50)
    patience = RetryPolicy(max_tries=2, max_server_tries=2, first_wait=0.01, max_wait=0.01)
    summary = await judged(store, "anthropic", "http://127.0.0.1:9", concurrency=2, patience=patience)
    assert summary.stopped is not None
    assert "could not be reached" in summary.stopped
    assert states(store)["failed"] < 10
    assert summary.left == 50
    async with loopback(right) as server:
        assert (await judged(store, "anthropic", server.url)).left == 0


@pytest.mark.parametrize(
    ("kind", "status", "words", "refused"),
    [
        ("anthropic", 400, "output_config: Extra inputs are not permitted", 1),
        ("openai", 400, "'response_format' of type 'json_schema' is not supported", 2),
        ("openai", 422, "unknown field response_format", 2),
    ],
)
async def test_where_the_schema_is_refused_the_rest_of_the_run_goes_without(
    filled: Callable[[int], Store], kind: str, status: int, words: str, refused: int
) -> None:
    store = filled(10)

    def answer(asked: Asked) -> Reply:
        if "output_config" in asked.body or "response_format" in asked.body:
            return error(status, said=words)
        return answer_to(asked, "Both are fine, but one is right.\nB", tokens=TOKENS)

    async with loopback(answer) as server:
        summary = await judged(store, kind, server.url, concurrency=1)
        assert len(server.asked) == 20 + refused
    assert (summary.left, states(store)) == (0, {"readable": 20})
    assert store.one("SELECT DISTINCT prompt_name FROM judgments")[0] == "uphold-pair-2 without schema"
    assert store.one("SELECT DISTINCT reason FROM judgments")[0] == "Both are fine, but one is right."


async def test_a_schema_that_is_taken_and_not_obeyed_is_noticed_and_the_answers_are_read(
    filled: Callable[[int], Store],
) -> None:
    store = filled(3)
    async with loopback(lambda asked: answer_to(asked, "**B** is the better one.\n\n[[B]]")) as server:
        summary = await judged(store, "openai", server.url)
    assert states(store) == {"readable": 6}
    (noticed,) = summary.progress.adapted
    assert "do not keep to it" in noticed


async def test_the_openai_request_carries_the_schema_and_the_key(filled: Callable[[int], Store]) -> None:
    store = filled(1)
    async with loopback(right) as server:
        await judged(store, "openai", server.url, one_order=True, options=["seed=3", "temperature=0"])
    (asked,) = server.asked
    assert (asked.path, asked.headers["authorization"]) == ("/v1/chat/completions", "Bearer key-of-the-test")
    assert [message["role"] for message in asked.body["messages"]] == ["system", "user"]
    assert asked.body["response_format"]["json_schema"]["schema"]["required"] == ["reason", "winner", "confidence"]
    assert (asked.body["seed"], asked.body["temperature"], asked.body["max_tokens"]) == (3, 0.0, 4096)


async def test_a_cap_on_cost_is_never_passed(filled: Callable[[int], Store]) -> None:
    store = filled(30)
    options = ["max_tokens=50"]
    async with loopback(right) as server:
        first = await judged(store, "openai", server.url, concurrency=8, max_cost=10.5 * EACH, options=options)
    spent = store.one("SELECT sum(cost) FROM judgments")[0]
    assert 0 < spent <= 10.5 * EACH
    assert first.stopped is not None
    assert "--max-cost" in first.stopped
    assert first.left > 0
    async with loopback(right) as server:
        assert (await judged(store, "openai", server.url, options=options)).left == 0
    assert store.one("SELECT sum(cost) FROM judgments")[0] == pytest.approx(60 * EACH)


async def test_what_a_verdict_says_is_not_taken_from_elsewhere(filled: Callable[[int], Store]) -> None:
    store = filled(1)
    async with loopback(lambda asked: answer_to(asked, f"```json\n{said('tie')}\n```")) as server:
        await judged(store, "openai", server.url)
    assert store.one("SELECT DISTINCT verdict FROM judgments")[0] == "tie"
