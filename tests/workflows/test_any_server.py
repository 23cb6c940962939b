"""Whatever server it is: each provider's known refusals end judged, or stopped after three equal ones with a sentence."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.faulty_endpoint import right
from support.hosted_refusals import DRY_ACCOUNTS, HOSTED, not_for
from support.model_server import Asked, Reply, error, html, loopback
from support.provider_refusals import PROVIDERS, Provider, always, has_system, openai_error
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY, RetryPolicy
from uphold.store.database import Store
from uphold.workflows.generating import GenerateRequest, generate
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary

PAIRS = 8

ALL = {**PROVIDERS, **HOSTED}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    file = tmp_path / "s.jsonl"
    rows = [
        {"key": f"k{n}", "instruction": f"Question {n}", "response_candidate": "yes", "response_baseline": "no"}
        for n in range(PAIRS)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = new_store(tmp_path / "uphold.db")
    for _ in import_files(made, ImportRequest([file], format="pairs", set="s")):
        pass
    return made


async def judged(
    store: Store, answer: Callable[[Asked], Any], kind: str = "openai", **more: Any
) -> tuple[JudgeSummary, list[Asked]]:
    async with loopback(answer) as server:
        base = server.url if kind == "anthropic" else f"{server.url}/v1"
        request = JudgeRequest(f"{kind}:m", **{"base_url": base, "patience": NO_RETRY, **more})
        *_, summary = [value async for value in judge_run(store, request)]
        assert isinstance(summary, JudgeSummary)
        return summary, server.asked


def statuses(store: Store) -> dict[str, int]:
    return dict(store.rows("SELECT status, count(*) FROM judgments WHERE superseded_by IS NULL GROUP BY 1").fetchall())


@pytest.mark.parametrize("name", sorted(ALL))
async def test_every_mode_ends_judged_or_stopped_with_a_sentence(store: Store, name: str) -> None:
    provider = ALL[name]
    summary, asked = await judged(store, provider, provider.kind, options=provider.options, concurrency=4)
    if provider.outcome == "judged":
        assert (summary.left, summary.stopped, statuses(store)) == (0, None, {"readable": 2 * PAIRS})
        assert summary.progress.adapted
        assert len(asked) <= 2 * PAIRS + 4 + 16
    elif provider.outcome == "stopped":
        assert summary.stopped is not None
        assert "3 requests were refused alike" in summary.stopped
        assert set(statuses(store)) == {"failed"}
        assert summary.progress.failed <= 6
    else:
        failed = 2 * PAIRS if provider.outcome == "failed" else 2
        assert summary.stopped is None
        assert statuses(store).get("failed") == failed


async def test_what_was_learnt_holds_for_the_next_run_and_stands_with_the_judgments(store: Store) -> None:
    provider = PROVIDERS["everything at once"]
    async with loopback(provider) as server:
        request = JudgeRequest(
            "openai:m", base_url=f"{server.url}/v1", patience=NO_RETRY, options=provider.options, one_order=True
        )
        *_, first = [value async for value in judge_run(store, request)]
        learning = len(server.asked)
        *_, second = [value async for value in judge_run(store, replace(request, one_order=False))]
        assert isinstance(first, JudgeSummary)
        assert isinstance(second, JudgeSummary)
        assert learning > PAIRS
        assert len(server.asked) == learning + PAIRS
    assert len(first.progress.adapted) == 4
    assert second.progress.adapted == ()
    (form,) = {row[0] for row in store.rows("SELECT request_form FROM judgments")}
    assert json.loads(form) == {
        "answer_format": "text",
        "left_out": ["temperature"],
        "max_tokens_name": "max_completion_tokens",
        "system_in_user": True,
    }
    assert store.one("SELECT request_form = ? FROM model_servers", (form,)) == (1,)


async def test_a_form_learnt_long_ago_is_learnt_anew(store: Store) -> None:
    await judged(store, PROVIDERS["groq: no schemas"], one_order=True)
    with store.writing() as conn:
        conn.execute("UPDATE model_servers SET learnt_at = '2020-01-01T00:00:00.000000Z'")
    _, asked = await judged(store, right)
    assert {body["response_format"]["type"] for body in (one.body for one in asked)} == {"json_schema"}


async def test_many_first_requests_learn_once(store: Store) -> None:
    arrived = asyncio.Event()
    waiting = 0

    async def answer(asked: Asked) -> Reply:
        nonlocal waiting
        if has_system(asked.body):
            waiting += 1
            if waiting == 8:
                arrived.set()
            await arrived.wait()
            return Reply(b"Bad Request", 400, "text/plain")
        return PROVIDERS["gemma's template: no system role"](asked)

    summary, asked = await judged(store, answer, concurrency=8)
    assert summary.left == 0
    with_system = [one for one in asked if has_system(one.body)]
    # the eight first ones, and the guesses of the one that learnt: two formats and another name of the output length
    assert len(with_system) == 8 + 3
    assert len(asked) == len(with_system) + 2 * PAIRS


async def test_texts_that_leave_less_room_get_what_there_is(store: Store) -> None:
    _, asked = await judged(store, PROVIDERS["openai: context"])
    granted = [one.body["max_tokens"] for one in asked]
    assert granted[0] == 4096
    assert 2500 < granted[-1] < 4000
    forms = {row[0] for row in store.rows("SELECT request_form FROM judgments")}
    assert all(json.loads(form)["context"] == 4000 for form in forms)


async def test_a_mend_is_no_failure_and_no_repetition(store: Store) -> None:
    summary, _ = await judged(store, PROVIDERS["groq: no schemas"])
    assert (summary.progress.failed, summary.progress.retries) == (0, 0)


async def test_generate_learns_and_stops_too(store: Store) -> None:
    async def generated(provider: Provider, system: str) -> Any:
        async with loopback(provider) as server:
            request = GenerateRequest(
                "s",
                system,
                "openai:m",
                base_url=f"{server.url}/v1",
                patience=NO_RETRY,
                temperature=0.0,
                prompt="Be brief.",
            )
            *_, last = [value async for value in generate(store, request)]
            return last, server.asked

    last, asked = await generated(replace(PROVIDERS["everything at once"], answer=right_text), "one")
    assert (last.answered, last.left, last.stopped) == (PAIRS, 0, None)
    assert len(last.adapted) == 3
    assert asked[-1].body["messages"][0]["content"].startswith("Be brief.\n\nQuestion")
    last, asked = await generated(Provider(((always, lambda body: openai_error(401, "no")),)), "two")
    assert last.stopped is not None
    assert "refused the API key" in last.stopped
    assert (last.left, len(asked) < PAIRS + 1) == (PAIRS, True)


def right_text(asked: Asked) -> Reply:
    from support.model_server import answer_to

    return answer_to(asked, "an answer")


async def test_a_refusal_of_one_pair_does_not_stop_the_others_at_any_moment(store: Store) -> None:
    def answer(asked: Asked) -> Reply:
        return openai_error(400, "This prompt was flagged as unsafe") if asked.number < 6 else right(asked)

    summary, _ = await judged(store, answer, concurrency=1)
    assert (summary.stopped, statuses(store)) == (None, {"failed": 6, "readable": 2 * PAIRS - 6})


async def test_after_an_answer_an_unclear_refusal_is_the_requests_own(store: Store) -> None:
    def answer(asked: Asked) -> Reply:
        return error(400) if 1 <= asked.number <= 5 else right(asked)

    summary, asked = await judged(store, answer, concurrency=1)
    assert (summary.stopped, statuses(store), len(asked)) == (None, {"failed": 5, "readable": 2 * PAIRS - 5}, 2 * PAIRS)


@pytest.mark.parametrize("name", sorted(DRY_ACCOUNTS))
async def test_an_account_that_runs_dry_stops_the_run_at_any_moment(store: Store, name: str) -> None:
    kind = "anthropic" if name.startswith("anthropic") else "openai"

    def answer(asked: Asked) -> Reply:
        return right(asked) if asked.number < 5 else DRY_ACCOUNTS[name]

    summary, asked = await judged(store, answer, kind, concurrency=1)
    assert (statuses(store), len(asked)) == ({"failed": 3, "readable": 5}, 8)
    assert "3 requests were refused alike" in (summary.stopped or "")


async def test_a_prompt_that_is_blocked_without_a_message_is_a_refusal_of_the_judge(store: Store) -> None:
    summary, asked = await judged(store, not_for(3))
    assert (statuses(store), len(asked)) == ({"unreadable": 2, "readable": 2 * PAIRS - 2}, 2 * PAIRS)
    assert [one.what for one in summary.problems] == ["the judge refused to answer (PROHIBITED_CONTENT)"]


async def test_the_words_of_the_provider_behind_a_gateway_are_told(store: Store) -> None:
    summary, _ = await judged(store, HOSTED["openrouter: the provider refuses its key"])
    assert "Provider returned error; Invalid API Key" in (summary.stopped or "")


TWICE = RetryPolicy(max_tries=2, max_server_tries=2, first_wait=0.001, max_wait=0.001)


@pytest.mark.parametrize("reply", [html(), error(500, said="model requires more memory"), Reply(b"[]")])
async def test_a_server_that_never_answers_stops_the_run_after_three_requests_tried_in_vain(
    store: Store, reply: Reply
) -> None:
    summary, asked = await judged(store, lambda asked: reply, concurrency=1, patience=TWICE)
    assert (statuses(store), len(asked)) == ({"failed": 3}, 6)
    assert "3 requests failed alike, each tried several times, and none was answered" in (summary.stopped or "")


async def test_after_an_answer_requests_tried_in_vain_are_their_own(store: Store) -> None:
    def answer(asked: Asked) -> Reply:
        return right(asked) if asked.number == 0 else html()

    summary, _ = await judged(store, answer, concurrency=1, patience=TWICE)
    assert (summary.stopped, statuses(store)) == (None, {"failed": 2 * PAIRS - 1, "readable": 1})


async def test_what_a_server_has_against_the_models_json_is_one_requests_own(store: Store) -> None:
    summary, asked = await judged(store, HOSTED["groq: JSON that the model did not manage"], concurrency=1)
    formats = [(one.body.get("response_format") or {}).get("type") for one in asked]
    assert (formats.count("json_schema"), formats.count(None)) == (2 * PAIRS, 4)
    assert summary.progress.adapted == (
        "it refuses answers that do not keep to the JSON: those are asked for again as plain text",
    )
