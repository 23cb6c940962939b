"""A key that a server or a model sends back is neither stored nor shown; a word that serves as a key makes no holes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.model_server import Reply, as_json, chat, html, loopback
from uphold.endpoints.addresses import Address, open_endpoint
from uphold.endpoints.key_masking import MASK, is_secret, mask_answer, mask_key
from uphold.errors import EndpointError
from uphold.records.model_calls import ModelAnswer, ModelRequest

KEY = "sk-0123456789abcdef"

REQUEST = ModelRequest(None, "which one?")


async def asked(reply: Reply, key: str = KEY) -> ModelAnswer:
    async with loopback(lambda _: reply) as server:
        endpoint = open_endpoint(Address("openai", "m", key, f"{server.url}/v1", 20.0))
        try:
            return await endpoint.answer(REQUEST)
        finally:
            await endpoint.close()


async def test_a_key_that_a_model_echoes_is_masked_in_all_texts_of_the_answer() -> None:
    choice = {"message": {"content": f"A. Your key is {KEY}!"}, "finish_reason": KEY}
    answer = await asked(as_json({"id": f"id-{KEY}", "model": f"m {KEY}", "choices": [choice]}))
    assert answer.text == "A. Your key is [key]!"
    assert (answer.stop_reason, answer.model, answer.request_id) == (MASK, "m [key]", "id-[key]")


async def test_a_key_that_is_escaped_in_the_json_of_the_reply_is_masked_too() -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
    body = f'{{"choices": [{{"message": {{"content": "see {escaped}"}}, "finish_reason": "stop"}}]}}'
    assert (await asked(as_json(json.loads(body)))).text == "see [key]"


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_no_error_names_the_key(status: int) -> None:
    with pytest.raises(EndpointError) as caught:
        await asked(as_json({"error": {"message": f"bad key {KEY}"}}, status))
    assert KEY not in str(caught.value)
    assert MASK in str(caught.value)


async def test_no_page_of_a_proxy_names_the_key() -> None:
    with pytest.raises(EndpointError) as caught:
        await asked(html())
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("word", ["x", "a", "sk", "test", "EMPTY", "ollama", "placeholder", "key-123"])
async def test_a_word_given_as_a_key_makes_no_holes(word: str) -> None:
    text = f"The test of {word} is an example: a sketch, a placeholder, EMPTY."
    assert (await asked(chat(text), word)).text == text
    with pytest.raises(EndpointError, match="a test of example sketches"):
        await asked(as_json({"error": {"message": "a test of example sketches"}}, 400), word)


@pytest.mark.parametrize("key", ["12345678", "sk-proj1", "a" * 20, "no-key-required", KEY])
def test_what_may_be_a_key_is_masked(key: str) -> None:
    assert mask_key(f"<{key}>", key) == "<[key]>"


@given(st.text(), st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_no_secret_stays_in_an_answer_and_other_texts_stay_as_they_are(text: str, key: str) -> None:
    masked = mask_answer(ModelAnswer(f"{text}{key}{text}", None, 3), key)
    assert masked.input_tokens == 3
    if is_secret(key) and key not in MASK:
        assert masked.text.count(MASK) >= 1
    else:
        assert masked.text == f"{text}{key}{text}"
