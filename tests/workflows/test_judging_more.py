import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.faulty_endpoint import TOKENS, right
from support.imports import give_guidelines
from support.model_server import Asked, Reply, answer_to, as_json, error, loopback, message, said
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY
from uphold.errors import BadUsage
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.cost_estimate import estimate
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run, reread
from uphold.workflows.judging_progress import JudgeSummary

SPEC = "anthropic:judge-model"


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Store]:
    def fill(count: int, reviewed: int = 0, words: int = 1, **more: str) -> Store:
        file = tmp_path / "s.jsonl"
        rows = [
            {
                "key": f"k{n}",
                "instruction": f"Question {n} " + "why " * (n % 7) * words,
                "response_candidate": "yes " + "indeed " * (n % 11) * words,
                "response_baseline": "no " * words,
                **({"reviewer": "ann", "review": "tie"} if n < reviewed else {}),
                **more,
            }
            for n in range(count)
        ]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        store = new_store(tmp_path / "uphold.db")
        for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
            pass
        return store

    return fill


async def judged(store: Store, url: str, judge: Any = SPEC, **more: Any) -> list[JudgeSummary]:
    request = JudgeRequest(judge, base_url=url, **{"patience": NO_RETRY, **more})
    return [value async for value in judge_run(store, request) if isinstance(value, JudgeSummary)]


async def test_several_judges_in_one_command_are_a_panel(filled: Callable[..., Store], tmp_path: Path) -> None:
    store = filled(3, reference="yes")
    panel = tmp_path / "panel.toml"
    panel.write_text('[[judge]]\nmodel = "anthropic:one"\n[[judge]]\nmodel = "anthropic:two"\nsamples = 2\n')
    async with loopback(right) as server:
        summaries = await judged(store, server.url, [str(panel), "rules:exact"])
    assert [summary.judge for summary in summaries] == ["anthropic:one", "anthropic:two", "rules:exact"]
    assert [summary.progress.done for summary in summaries] == [6, 12, 3]
    assert [summary.left for summary in summaries] == [0, 0, 0]


async def test_a_judge_by_its_name_in_the_settings(filled: Callable[..., Store]) -> None:
    store = filled(2)
    settings = Settings(judges={"strict": {"model": SPEC, "prompt": "Be strict.", "orders": "one"}})
    async with loopback(right) as server:
        (summary,) = await judged(store, server.url, "strict", settings=settings)
        assert "How to judge. Be strict." in server.asked[0].body["system"][0]["text"]
    assert (summary.judge, summary.progress.done) == ("strict", 2)


async def test_the_sets_guidelines_are_the_rubric_of_a_judge_that_has_none(filled: Callable[..., Store]) -> None:
    store = filled(1)
    with store.writing() as conn:
        give_guidelines(conn, "Short is good.")
    async with loopback(right) as server:
        await judged(store, server.url)
        await judged(store, server.url, rubric="My own.")
        rubrics = [asked.system.partition("begin rubric\n")[2].partition("\n")[0] for asked in server.asked]
    assert rubrics == ["Short is good."] * 2 + ["My own."] * 2


async def test_only_what_somebody_has_read_is_judged_when_that_is_asked(filled: Callable[..., Store]) -> None:
    store = filled(5, reviewed=2)
    async with loopback(right) as server:
        (summary,) = await judged(store, server.url, only_reviewed=True)
        assert len(server.asked) == 4
    assert summary.left == 0
    async with loopback(right) as server:
        (summary,) = await judged(store, server.url)
        assert len(server.asked) == 6


async def test_stored_answers_are_read_again_without_asking_anybody(filled: Callable[..., Store]) -> None:
    store = filled(3)
    async with loopback(right) as server:
        await judged(store, server.url)
    store.db.execute(
        "UPDATE judgments SET status = 'unreadable', verdict = NULL, reason = NULL, confidence = NULL, problem = 'old reader'"
    )
    (found,) = reread(store, None)
    assert (found.answers, found.changed, found.now_readable) == (6, 6, 6)
    assert store.one("SELECT count(*) FROM judgments WHERE superseded_by IS NULL AND status = 'readable'")[0] == 6
    assert store.one("SELECT count(*) FROM judgments")[0] == 12
    tokens = store.one("SELECT sum(input_tokens) FROM judgments")[0]
    assert tokens == 6 * TOKENS[0]
    (found,) = reread(store, None, SPEC)
    assert (found.answers, found.changed) == (6, 0)
    with pytest.raises(BadUsage, match="no answers of nobody"):
        reread(store, None, "nobody")


def counting(asked: Asked) -> Reply:
    """Counts a token for each five characters and twenty more for each message."""
    body = asked.body
    tokens = 20 + (len(body["system"][0]["text"]) + len(body["messages"][0]["content"])) // 5
    if asked.path.endswith("/count_tokens"):
        return as_json({"input_tokens": tokens})
    return message(said("A"), tokens=(tokens, 30))


async def test_a_dry_run_says_the_tokens_within_a_tenth_and_writes_nothing(filled: Callable[..., Store]) -> None:
    store = filled(200, words=5)
    before = store.db.conn.total_changes
    async with loopback(counting) as server:
        (found,) = await estimate(store, JudgeRequest("anthropic:claude-haiku-4-5", base_url=server.url))
        assert len(server.asked) <= 24
        assert all(asked.path.endswith("/count_tokens") for asked in server.asked)
        assert store.db.conn.total_changes == before
        assert store.one("SELECT count(*) FROM judges")[0] == 0
        (summary,) = await judged(store, server.url, "anthropic:claude-haiku-4-5", concurrency=16)
    assert (found.calls, found.pairs, found.output_each) == (400, 200, 150)
    assert found.input_tokens == pytest.approx(summary.progress.input_tokens, rel=0.1)
    assert found.cost == pytest.approx((found.input_tokens * 1.0 + 400 * 150 * 5.0) / 1e6, rel=0.01)


async def test_a_dry_run_without_a_key_guesses_and_says_so(
    filled: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    (found,) = await estimate(filled(3), JudgeRequest(SPEC))
    assert (found.calls, found.cost) == (6, None)
    assert "rule of thumb" in found.counted_by


async def test_a_dry_run_learns_from_answers_that_are_there(filled: Callable[..., Store]) -> None:
    store = filled(40, reviewed=10, words=5)

    def answer(asked: Asked) -> Reply:
        characters = sum(len(one["content"]) for one in asked.body["messages"])
        return answer_to(asked, said("A"), tokens=(characters // 2, 40))

    async with loopback(answer) as server:
        url = f"{server.url}/v1"
        await judged(store, url, "openai:m", only_reviewed=True)
        (found,) = await estimate(store, JudgeRequest("openai:m", base_url=url))
        (summary,) = await judged(store, url, "openai:m")
    assert found.calls == 60
    assert found.output_each == 40
    assert found.input_tokens == pytest.approx(summary.progress.input_tokens, rel=0.1)


async def test_a_cap_without_a_price_refuses_to_start(filled: Callable[..., Store]) -> None:
    store = filled(1)
    with pytest.raises(BadUsage, match="the price of 'judge-model' is not known"):
        await judged(store, "http://127.0.0.1:9", max_cost=1.0)
    assert store.one("SELECT count(*) FROM judges")[0] == 0


async def test_a_stop_lets_what_is_in_flight_come_back(filled: Callable[..., Store]) -> None:
    store, control = filled(20), WorkControl(4)

    def answer(asked: Asked) -> Reply:
        if asked.number == 6:
            control.stop("enough")
        return right(asked)

    async with loopback(answer) as server:
        (summary,) = await judged(store, server.url, control=control)
        assert store.one("SELECT count(*) FROM judgments")[0] == len(server.asked) < 40
    assert summary.stopped == "enough"
    assert store.one("SELECT count(*) FROM claims")[0] == 0


async def test_redo_keeps_the_unreadable_answer_where_the_new_one_fails(filled: Callable[..., Store]) -> None:
    store = filled(1)
    async with loopback(lambda asked: message("no idea")) as server:
        await judged(store, server.url)
    async with loopback(lambda asked: error(500)) as server:
        await judged(store, server.url, redo=True)
    rows = store.rows("SELECT status FROM judgments WHERE superseded_by IS NULL").fetchall()
    assert rows == [("unreadable",)] * 2
