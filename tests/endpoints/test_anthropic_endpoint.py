import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from support.model_server import (
    Answering,
    Asked,
    Gate,
    Reply,
    Server,
    as_json,
    cut,
    dropped,
    empty,
    error,
    html,
    loopback,
    message,
    refusal,
    verdict,
)
from uphold.endpoints.addresses import Address, find_address, open_endpoint
from uphold.errors import Refused, Unavailable
from uphold.records.model_calls import AccessRefused, Endpoint, ModelAnswer, ModelRequest

KEY = "key-of-the-test-0123456789"

REQUEST = ModelRequest("the constant orders", "which one, A or B?", {"type": "object"}, 512, "low")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("API_KEY", "AUTH_TOKEN", "BASE_URL", "CUSTOM_HEADERS", "PROFILE", "CONFIG_DIR")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for name in (*(f"ANTHROPIC_{name}" for name in names), *proxies, *map(str.lower, proxies)):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def talking(answer: Answering, deadline: float = 20.0) -> AsyncIterator[tuple[Server, Endpoint]]:
    async with loopback(answer) as server:
        endpoint = open_endpoint(Address("anthropic", "judge-model", KEY, server.url, deadline))
        try:
            yield server, endpoint
        finally:
            await endpoint.close()


async def answer_to(reply: Reply) -> ModelAnswer:
    async with talking(lambda asked: reply) as (_, endpoint):
        return await endpoint.answer(REQUEST)


async def test_an_answer_brings_text_stop_reason_tokens_and_time() -> None:
    answer = await answer_to(message("I say A", tokens=(120, 7)))
    assert (answer.text, answer.stop_reason) == ("I say A", "end_turn")
    assert (answer.input_tokens, answer.output_tokens, answer.model) == (120, 7, "loopback-1")
    assert answer.seconds is not None
    assert answer.seconds > 0


async def test_the_request_carries_a_cached_system_block_the_schema_and_the_effort() -> None:
    async with talking(lambda asked: verdict("A")) as (server, endpoint):
        await endpoint.answer(REQUEST)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/messages")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {
        "model": "judge-model",
        "max_tokens": 512,
        "system": [{"type": "text", "text": "the constant orders", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": "which one, A or B?"}],
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {"type": "object"}}},
    }


async def test_cached_input_tokens_are_input_tokens_too() -> None:
    def reply(asked: Asked) -> Reply:
        body = json.loads(message("x").body)
        body["usage"] = {"input_tokens": 5, "cache_creation_input_tokens": 10, "cache_read_input_tokens": 100}
        return as_json(body)

    async with talking(reply) as (_, endpoint):
        answer = await endpoint.answer(REQUEST)
    assert (answer.input_tokens, answer.output_tokens) == (115, None)


async def test_a_refusal_is_an_answer_without_text() -> None:
    answer = await answer_to(refusal())
    assert (answer.text, answer.stop_reason) == ("", "refusal")


async def test_stop_reasons_pass_through_as_they_are() -> None:
    assert (await answer_to(message("x", "max_tokens"))).stop_reason == "max_tokens"
    assert (await answer_to(message("x", "never_heard_of"))).stop_reason == "never_heard_of"


async def test_only_text_blocks_are_the_text() -> None:
    body = json.loads(message("said").body)
    body["content"] = [{"type": "thinking", "thinking": "hm"}, *body["content"], {"type": "hologram"}]
    assert (await answer_to(as_json(body))).text == "said"


@pytest.mark.parametrize("status", [401, 402, 403, 404])
async def test_a_wrong_key_an_empty_account_or_an_unknown_model_bars_every_further_request(status: int) -> None:
    with pytest.raises(AccessRefused, match=f"HTTP {status} "):
        await answer_to(error(status))


async def test_a_spent_limit_bars_although_it_comes_as_429() -> None:
    said = {"type": "rate_limit_error", "message": "spent", "details": {"error_code": "contract_spend_limit_reached"}}
    with pytest.raises(AccessRefused, match="paid first"):
        await answer_to(as_json({"type": "error", "error": said}, 429))


@pytest.mark.parametrize("status", [302, 400, 413, 422])
async def test_a_request_that_the_server_does_not_take_is_refused(status: int) -> None:
    with pytest.raises(Refused, match=rf"HTTP {status}\b") as caught:
        await answer_to(error(status))
    assert not isinstance(caught.value, AccessRefused)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
async def test_a_busy_or_broken_server_is_unavailable(status: int) -> None:
    with pytest.raises(Unavailable, match=rf"HTTP {status} \(no\)"):
        await answer_to(error(status))


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (html(), "<!doctype html>"),
        (Reply(b"<html>", content_type="application/json"), "<html>"),
        (empty(), "an empty body"),
        (as_json([]), r"\[\]"),
        (as_json({}), r"\{\}"),
        (as_json({"content": "text"}), "content"),
        (Reply(b"[" * 100_000), r"\[\["),
        (Reply(b"\xff\xfe"), "�"),
    ],
)
async def test_what_is_no_model_answer_is_unavailable_and_quoted(reply: Reply, said: str) -> None:
    with pytest.raises(Unavailable, match=f"no model answer but: .*{said}"):
        await answer_to(reply)


@pytest.mark.parametrize("broken", [dropped(), cut(message("x" * 5000))])
async def test_a_dropped_or_cut_connection_is_unavailable(broken: Reply) -> None:
    with pytest.raises(Unavailable, match="could not be reached"):
        await answer_to(broken)


async def test_nobody_at_the_address_is_unavailable() -> None:
    async with loopback(lambda asked: empty()) as server:
        url = server.url
    endpoint = open_endpoint(Address("anthropic", "judge-model", KEY, url))
    with pytest.raises(Unavailable, match=f"{url} could not be reached"):
        await endpoint.answer(REQUEST)
    await endpoint.close()


async def test_each_failure_costs_one_request_only() -> None:
    async with talking(lambda asked: error(529)) as (server, endpoint):
        with pytest.raises(Unavailable):
            await endpoint.answer(REQUEST)
    assert len(server.asked) == 1


async def test_a_server_that_does_not_answer_is_left_at_the_deadline() -> None:
    gate = Gate()

    async def never(asked: Asked) -> Reply:
        await gate.passed()
        return verdict("A")

    async with talking(never, deadline=0.05) as (_, endpoint):
        with pytest.raises(Unavailable, match=r"did not answer within 0\.05 seconds"):
            await endpoint.answer(REQUEST)


async def test_cancelling_is_no_failure_of_the_server() -> None:
    gate = Gate()
    arrived = asyncio.Event()

    async def held(asked: Asked) -> Reply:
        arrived.set()
        await gate.passed()
        return verdict("A")

    async with talking(held) as (_, endpoint):
        task = asyncio.create_task(endpoint.answer(REQUEST))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("reply", [error(400, said=f"bad key {KEY}!"), error(401, said=KEY), as_json([KEY])])
async def test_a_key_that_the_server_says_back_is_not_shown(reply: Reply) -> None:
    with pytest.raises((Refused, Unavailable), match=r"\[key\]") as caught:
        await answer_to(reply)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_long_page_is_quoted_by_its_beginning() -> None:
    with pytest.raises(Unavailable) as caught:
        await answer_to(Reply(b"words " * 10_000, 500, "text/plain"))
    assert len(str(caught.value)) < 500


async def test_a_text_that_no_request_can_carry_is_refused() -> None:
    async with talking(lambda asked: verdict("A")) as (server, endpoint):
        with pytest.raises(Refused, match="lone surrogate"):
            await endpoint.answer(ModelRequest("orders", "broken \ud800"))
    assert server.asked == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_loopback_traffic_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    async with loopback(lambda asked: error(502)) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        async with talking(lambda asked: verdict("B")) as (server, endpoint):
            await endpoint.answer(REQUEST)
    assert (len(server.asked), len(proxy.asked)) == (1, 0)


async def test_elsewhere_a_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    async with loopback(lambda asked: verdict("B")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        endpoint = open_endpoint(Address("anthropic", "judge-model", KEY, "http://models.invalid"))
        await endpoint.answer(REQUEST)
        await endpoint.close()
    assert [asked.path for asked in proxy.asked] == ["http://models.invalid/v1/messages"]


async def test_the_address_of_the_environment_is_used_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    async with loopback(lambda asked: verdict("B")) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        endpoint = open_endpoint(find_address("anthropic", "judge-model"))
        await endpoint.answer(REQUEST)
        await endpoint.close()
    assert len(server.asked) == 1


def fresh_interpreter(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_sdk_is_not_imported_before_an_endpoint_is_opened() -> None:
    code = (
        "import os, sys; os.environ['ANTHROPIC_API_KEY'] = 'key'; import uphold.endpoints;"
        "uphold.endpoints.find_address('anthropic', 'm'); print({'anthropic', 'httpx2', 'asyncio'} & set(sys.modules))"
    )
    assert fresh_interpreter(code) == "set()"


def test_importing_the_sdk_leaves_the_garbage_collector_on() -> None:
    code = "import gc; import uphold.endpoints.anthropic; print(gc.isenabled())"
    assert fresh_interpreter(code) == "True"
