import json
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from support.model_server import (
    Answering,
    Asked,
    Reply,
    Server,
    as_json,
    chat,
    cut,
    dropped,
    empty,
    error,
    html,
    loopback,
)
from uphold.endpoints.addresses import Address, find_address, open_endpoint
from uphold.endpoints.sdk import parse_object
from uphold.errors import BadUsage, Refused, Unavailable
from uphold.records.model_calls import AccessRefused, Endpoint, ModelAnswer, ModelRequest

KEY = "key-of-the-test-0123456789"

REQUEST = ModelRequest("the constant orders", "which one?", {"type": "object"}, 512, "low")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def talking(answer: Answering, deadline: float = 20.0) -> AsyncIterator[tuple[Server, Endpoint]]:
    async with loopback(answer) as server:
        endpoint = open_endpoint(Address("openai", "m", KEY, f"{server.url}/v1", deadline))
        try:
            yield server, endpoint
        finally:
            await endpoint.close()


async def answer_to(reply: Reply, request: ModelRequest = REQUEST) -> ModelAnswer:
    async with talking(lambda asked: reply) as (_, endpoint):
        return await endpoint.answer(request)


async def test_an_answer_brings_text_stop_reason_tokens_and_time() -> None:
    answer = await answer_to(chat("I say A", tokens=(120, 7)))
    assert (answer.text, answer.stop_reason, answer.model) == ("I say A", "end_turn", "loopback-1")
    assert (answer.input_tokens, answer.output_tokens) == (120, 7)
    assert answer.seconds is not None
    assert answer.seconds > 0


async def test_the_request_is_what_such_servers_take() -> None:
    async with talking(lambda asked: chat("x")) as (server, endpoint):
        request = ModelRequest("orders", "and now?", None, 9, None, (("first?", "one"), ("nothing?", "")), 0.5, 3)
        await endpoint.answer(request)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/chat/completions")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {
        "model": "m",
        "max_tokens": 9,
        "temperature": 0.5,
        "seed": 3,
        "messages": [
            {"role": "system", "content": "orders"},
            {"role": "user", "content": "first?"},
            {"role": "assistant", "content": "one"},
            {"role": "user", "content": "nothing?"},
            {"role": "user", "content": "and now?"},
        ],
    }


@pytest.mark.parametrize(
    ("finish", "stop"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("content_filter", "refusal"),
        ("STOP", "end_turn"),
        ("MAX_TOKENS", "max_tokens"),
        ("SAFETY", "SAFETY"),
        ("new_one", "new_one"),
        (None, None),
    ],
)
async def test_finish_reasons_are_told_in_our_words(finish: str | None, stop: str | None) -> None:
    assert (await answer_to(chat("x", finish))).stop_reason == stop


@pytest.mark.parametrize("finish", ["SAFETY", "PROHIBITED_CONTENT", "content_filter: OTHER", "sensitive"])
async def test_an_answer_that_was_kept_back_is_a_refusal_by_whatever_name(finish: str) -> None:
    answer = await answer_to(chat("", finish))
    assert (answer.text, answer.stop_reason, answer.stop_detail) == ("", "refusal", finish)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"error": {"code": 502, "message": "the provider is gone"}}, "busy or broken.*the provider is gone"),
        ({"error": {"code": "rate_limit_exceeded", "message": "slower"}}, "busy or broken.*slower"),
        ({"error": {"message": "nobody knows"}}, "no model answer"),
        ({"finish_reason": "error", "message": {"content": ""}}, "no model answer"),
    ],
)
async def test_a_choice_that_broke_off_is_no_answer(choice: dict[str, Any], said: str) -> None:
    with pytest.raises(Unavailable, match=said):
        await answer_to(as_json({"choices": [{"index": 0, "message": {"content": "A is be"}, **choice}]}))


async def test_a_refusal_in_its_own_field_is_a_refusal() -> None:
    body = json.loads(chat(None).body)
    body["choices"][0]["message"]["refusal"] = "I cannot."
    answer = await answer_to(as_json(body))
    assert (answer.text, answer.stop_reason, answer.stop_detail) == ("", "refusal", "I cannot.")


@pytest.mark.parametrize(
    ("content", "text"),
    [(None, ""), ("", ""), ([{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}], "ab")],
)
async def test_content_may_be_missing_or_in_parts(content: Any, text: str) -> None:
    body = json.loads(chat("x").body)
    body["choices"][0]["message"]["content"] = content
    assert (await answer_to(as_json(body))).text == text


async def test_cached_tokens_are_told_apart() -> None:
    body = json.loads(chat("x").body)
    body["usage"]["prompt_tokens_details"] = {"cached_tokens": 60}
    answer = await answer_to(as_json(body))
    assert (answer.input_tokens, answer.cache_read) == (100, 60)


async def test_a_server_that_counts_nothing_is_answered_all_the_same() -> None:
    body = json.loads(chat("x").body)
    del body["usage"]
    answer = await answer_to(as_json(body))
    assert (answer.text, answer.input_tokens, answer.output_tokens) == ("x", None, None)


@pytest.mark.parametrize("status", [401, 402, 403, 404])
async def test_a_wrong_key_or_an_unknown_model_bars_every_further_request(status: int) -> None:
    with pytest.raises(AccessRefused, match=f"HTTP {status} ") as caught:
        await answer_to(as_json({"error": {"message": f"no: {KEY}", "code": None}}, status))
    assert KEY not in str(caught.value)


async def test_an_empty_account_bars_although_it_comes_as_429() -> None:
    with pytest.raises(AccessRefused, match="paid first"):
        await answer_to(as_json({"error": {"message": "quota", "code": "insufficient_quota"}}, 429))


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_refused_request_is_refused_with_its_status(status: int) -> None:
    with pytest.raises(Refused, match="refused the request") as caught:
        await answer_to(error(status))
    assert not isinstance(caught.value, AccessRefused)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("reply", "wait", "for_all"),
    [
        (error(429, retry_after="7"), 7.0, True),
        (error(429, retry_after_ms="250"), 0.25, True),
        (error(429), None, True),
        (error(429, retry_after="soon"), None, True),
        (error(503, retry_after="2"), 2.0, True),
        (error(500), None, False),
        (error(529), None, False),
        (error(408), None, False),
    ],
)
async def test_a_busy_server_may_say_how_long(reply: Reply, wait: float | None, for_all: bool) -> None:
    with pytest.raises(Unavailable, match="busy or broken") as caught:
        await answer_to(reply)
    assert (caught.value.wait, caught.value.for_all) == (wait, for_all)


@pytest.mark.parametrize(
    "reply",
    [
        html(),
        empty(),
        as_json([]),
        as_json({}),
        as_json({"choices": []}),
        as_json({"error": "x"}),
        Reply(b"{"),
        as_json("x"),
    ],
)
async def test_what_is_no_model_answer_is_none(reply: Reply) -> None:
    with pytest.raises(Unavailable, match="no model answer"):
        await answer_to(reply)


@pytest.mark.parametrize("reply", [dropped(), cut(chat("a long answer that never comes whole"))])
async def test_a_broken_connection_is_nobodys_fault(reply: Reply) -> None:
    with pytest.raises(Unavailable, match="could not be reached") as caught:
        await answer_to(reply)
    assert caught.value.for_all is False


async def test_nobody_there_is_everybodys_trouble() -> None:
    endpoint = open_endpoint(Address("openai", "m", KEY, "http://127.0.0.1:9/v1"))
    with pytest.raises(Unavailable) as caught:
        await endpoint.answer(REQUEST)
    await endpoint.close()
    assert caught.value.for_all is True


async def test_a_late_answer_is_given_up() -> None:
    import asyncio

    async def never(_: Asked) -> Reply:
        await asyncio.Event().wait()
        return chat("x")

    async with talking(never, 0.05) as (_, endpoint):
        with pytest.raises(Unavailable, match=r"within 0\.05 seconds"):
            await endpoint.answer(REQUEST)


async def test_a_lone_surrogate_cannot_be_sent() -> None:
    with pytest.raises(Refused, match="surrogate"):
        await answer_to(chat("x"), ModelRequest(None, "\ud800"))


async def test_its_maker_is_asked_for_completion_tokens() -> None:
    from uphold.endpoints.openai import connect

    endpoint = connect(Address("openai", "m", KEY))
    assert "max_completion_tokens" in endpoint.arguments(REQUEST)
    await endpoint.close()


@pytest.mark.parametrize("body", [b'"":' * 100_000, b'{"a":' * 60_000, b'["a",' + b'"b",' * 80_000 + b"1]"])
def test_a_body_of_many_texts_is_refused_in_little_memory(body: bytes) -> None:
    tracemalloc.start()
    try:
        assert parse_object(body, max_structure=30_000) is None
        assert tracemalloc.get_traced_memory()[1] < len(body)
    finally:
        tracemalloc.stop()


def test_a_missing_key_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadUsage, match=r"OPENAI_API_KEY: no API key .*any word will do"):
        find_address("openai", "m")
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert find_address("openai", "m").base_url == "http://127.0.0.1:1/v1"
    with pytest.raises(BadUsage, match="no kind of endpoint 'magic'"):
        find_address("magic", "m")
    with pytest.raises(BadUsage, match="--timeout"):
        find_address("openai", "m", timeout=0)


def test_the_sdk_is_imported_only_when_it_is_asked() -> None:
    program = (
        "import sys, uphold.endpoints, uphold.workflows.judging, uphold.workflows.generating, uphold.workflows.perplexity;"
        " print({'openai', 'anthropic', 'httpx2'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "set()\n"
