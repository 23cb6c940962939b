import asyncio
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.model_server import Asked, Reply, answer_to, as_json, dropped, error, loopback
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY, RetryPolicy
from uphold.errors import BadUsage
from uphold.settings import Settings
from uphold.store.database import Store, open_store
from uphold.store.pairs import make_pairs
from uphold.store.runs import all_runs
from uphold.workflows.benchmarks import run_scores
from uphold.workflows.generating import GenerateRequest, GenerationProgress, generate
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.perplexity import PerplexityProgress, PerplexityRequest, measure_perplexity
from uphold.workflows.statistics import run_perplexities

TALK = {"key": "talk", "turns": ["My name is Ada.", "What is my name?"], "reference": ["Hello Ada.", "Ada."]}

PLAIN = {"key": "plain", "instruction": "Say hello.", "context": "Be brief.", "reference": "Hello."}


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Store]:
    def fill(*rows: dict[str, Any]) -> Store:
        file = tmp_path / "s.jsonl"
        file.write_text("".join(json.dumps({"response_baseline": _first(row), **row}) + "\n" for row in rows))
        store = new_store(tmp_path / "uphold.db")
        for _ in import_files(store, ImportRequest([file], format="pairs", set="s", baseline="old")):
            pass
        return store

    return fill


def _first(row: dict[str, Any]) -> Any:
    return ["x"] * len(row["turns"]) if "turns" in row else "x"


def echo(asked: Asked) -> Reply:
    """A model that says back everything it has seen."""
    system = asked.body.get("system")
    orders = [system[0]["text"]] if system else []
    return answer_to(asked, json.dumps(orders + [message["content"] for message in asked.body["messages"]]))


async def generated(
    store: Store, answer: Any, kind: str = "anthropic", **more: Any
) -> tuple[GenerationProgress, list[Asked]]:
    async with loopback(answer) as server:
        base = server.url if kind == "anthropic" else f"{server.url}/v1"
        given = {"patience": NO_RETRY, "base_url": base, **more}
        request = GenerateRequest("s", "new", f"{kind}:model", **given)
        *_, last = [value async for value in generate(store, request)]
        return last, server.asked


def cells(store: Store, system: str = "new") -> list[list[str]]:
    rows = store.rows(
        "SELECT x.cells FROM responses x JOIN systems s ON s.id = x.system_id WHERE s.name = ?"
        " AND x.id NOT IN (SELECT response_id FROM replaced) ORDER BY x.text_id",
        (system,),
    )
    return [json.loads(row[0]) for row in rows]


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_turn_two_is_asked_with_the_systems_own_turn_one(filled: Callable[..., Store], kind: str) -> None:
    store = filled(TALK)
    last, asked = await generated(store, echo, kind)
    assert (last.answered, last.turns, last.left, len(asked)) == (1, 2, 0, 2)
    ((first, second),) = cells(store)
    assert json.loads(first) == ["My name is Ada."]
    assert json.loads(second) == ["My name is Ada.", first, "What is my name?"]
    roles = [message["role"] for message in asked[1].body["messages"]]
    assert roles == ["user", "assistant", "user"]


async def test_the_systems_prompt_and_the_examples_context_are_its_orders(filled: Callable[..., Store]) -> None:
    store = filled(PLAIN)
    _, (asked,) = await generated(store, echo, prompt="You are a clerk.", max_tokens=77)
    assert asked.body["system"][0]["text"] == "You are a clerk.\n\nBe brief."
    assert asked.body["max_tokens"] == 77
    definition = json.loads(store.one("SELECT definition FROM generations")[0])
    assert definition == {"endpoint": "anthropic", "model": "model", "system": "You are a clerk.", "max_tokens": "77"}


async def test_seed_and_temperature_go_where_the_endpoint_takes_them(filled: Callable[..., Store]) -> None:
    store = filled(PLAIN)
    _, (asked,) = await generated(store, echo, "openai", seed=7, temperature=0.0)
    assert (asked.body["seed"], asked.body["temperature"]) == (7, 0.0)
    with pytest.raises(BadUsage, match="take none"):
        await generated(store, echo, "anthropic", seed=7)


async def test_only_what_is_missing_is_asked(filled: Callable[..., Store]) -> None:
    store = filled(TALK, PLAIN)
    await generated(store, echo)
    last, asked = await generated(store, echo)
    assert (last.total, asked) == (0, [])


async def test_an_odd_answer_is_kept_as_what_it_is_and_counted(filled: Callable[..., Store]) -> None:
    rows = [{"key": f"k{n}", "instruction": f"Q{n}"} for n in range(5)]
    store = filled(*rows)
    replies = {"Q0": ("cut o", "max_tokens"), "Q1": ("", "end_turn"), "Q2": ("", "refusal"), "Q3": ("x", "new_reason")}
    last, _ = await generated(store, lambda asked: answer_to(asked, *replies.get(asked.user, ("fine", "end_turn"))))
    assert (last.answered, last.truncated, last.empty, last.refused, last.odd, last.left) == (5, 1, 1, 1, 1, 0)
    assert cells(store) == [["cut o"], [""], [""], ["x"], ["fine"]]
    reasons = store.rows("SELECT finish_reason FROM responses WHERE finish_reason IS NOT NULL ORDER BY text_id")
    assert [row[0] for row in reasons] == ["max_tokens", "end_turn", "refusal", "new_reason", "end_turn"]
    assert store.one("SELECT count(*) FROM generated_turns WHERE input_tokens = 100 AND seconds > 0")[0] == 5


async def test_a_response_that_was_cut_short_goes_on_with_its_next_turn(filled: Callable[..., Store]) -> None:
    store = filled(TALK)
    last, asked = await generated(store, lambda asked: dropped() if asked.number else echo(asked))
    assert (last.failed, last.left, len(asked), cells(store)) == (1, 1, 2, [])
    last, asked = await generated(store, echo)
    assert (last.left, len(asked)) == (0, 1)
    assert json.loads(cells(store)[0][1])[0] == "My name is Ada."


async def test_redo_makes_new_responses_and_keeps_the_old_ones(filled: Callable[..., Store]) -> None:
    store = filled(TALK)
    await generated(store, lambda asked: answer_to(asked, "same" if len(asked.body["messages"]) == 1 else "old"))
    made = make_pairs(store, 1, "s", "new", "old")
    current = "SELECT count(*) FROM current_pairs WHERE run_id = ?"
    assert store.one(current, (made.run_id,))[0] == 2
    last, _ = await generated(
        store, lambda asked: answer_to(asked, "same" if len(asked.body["messages"]) == 1 else "new"), redo=True
    )
    assert (last.answered, cells(store)) == (1, [["same", "new"]])
    assert store.one("SELECT count(*) FROM responses WHERE cells LIKE '%old%'")[0] == 1
    assert store.one("SELECT from_turn, how FROM replacements") == (2, "redo")
    assert store.one(current, (made.run_id,))[0] == 1
    await generated(
        store, lambda asked: answer_to(asked, "same" if len(asked.body["messages"]) == 1 else "old"), redo=True
    )
    assert cells(store) == [["same", "old"]]
    assert store.one(current, (made.run_id,))[0] == 2


async def test_faults_are_tried_again(filled: Callable[..., Store]) -> None:
    store = filled(*({"key": f"k{n}", "instruction": f"Q{n}"} for n in range(20)))
    quick = RetryPolicy(first_wait=0.01, max_wait=0.02, max_retry_after=0.05)
    last, asked = await generated(
        store, lambda asked: error(529) if asked.number % 3 == 0 else echo(asked), "openai", patience=quick
    )
    assert (last.answered, last.left, last.retries) == (20, 0, len(asked) - 20)


async def test_a_system_may_be_described_in_the_settings(filled: Callable[..., Store]) -> None:
    store = filled(PLAIN)
    async with loopback(echo) as server:
        settings = Settings(
            endpoints={"local": {"kind": "openai", "base_url": f"{server.url}/v1"}},
            systems={"new": {"endpoint": "local", "model": "lora", "max_tokens": 5}},
            prices={"lora": {"input": 1.0, "output": 1.0}},
        )
        *_, last = [v async for v in generate(store, GenerateRequest("s", "new", settings=settings))]
        assert (server.asked[0].body["model"], server.asked[0].body["max_tokens"]) == ("lora", 5)
    assert last.cost == pytest.approx(120e-6)
    with pytest.raises(BadUsage, match="where does 'other' answer"):
        await anext(generate(store, GenerateRequest("s", "other", settings=settings)))


def scored(asked: Asked) -> Reply:
    """Every word is a token that costs as much as it has letters; the first has no log probability."""
    prompt, starts, values, place = asked.body["prompt"], [], [], 0
    for word in prompt.replace("\n", " ").split(" "):
        starts.append(place)
        values.append(-float(len(word)) if place else None)
        place += len(word) + 1
    told = {
        "tokens": [],
        "text_offset": [*starts, len(prompt)],
        "token_logprobs": [*values, -1.0],
        "top_logprobs": None,
    }
    choice = {"index": 0, "text": prompt + " and", "finish_reason": "length", "logprobs": told}
    return as_json({"id": "c", "object": "text_completion", "created": 1, "model": "lora-1", "choices": [choice]})


async def measured(store: Store, answer: Any, **more: Any) -> tuple[PerplexityProgress, list[Asked]]:
    async with loopback(answer) as server:
        given = {"patience": NO_RETRY, "base_url": f"{server.url}/v1", **more}
        *_, last = [v async for v in measure_perplexity(store, PerplexityRequest("s", "new", "openai:lora", **given))]
        return last, server.asked


async def test_perplexity_is_that_of_the_reference_tokens(filled: Callable[..., Store]) -> None:
    store = filled(
        {"key": "one", "instruction": "Say it now", "reference": "abcd ab"}, {"key": "two", "instruction": "Q"}
    )
    last, (asked,) = await measured(store, scored)
    assert asked.path == "/v1/completions"
    assert (asked.body["echo"], asked.body["prompt"]) == (True, "Say it now\n\nabcd ab")
    assert (last.done, last.no_reference) == (1, 1)
    assert last.result is not None
    assert last.result.perplexity == pytest.approx(math.exp((4 + 2) / 2))
    assert (last.result.tokens, last.result.examples, last.result.of, last.result.model) == (2, 1, 1, "lora-1")
    assert (await measured(store, scored))[1] == []
    assert len((await measured(store, scored, redo=True))[1]) == 1


async def test_perplexity_of_several_turns_counts_each_reference(filled: Callable[..., Store]) -> None:
    store = filled(TALK)
    last, _ = await measured(store, scored)
    assert last.result is not None
    assert last.result.tokens == 3
    assert last.result.perplexity == pytest.approx(math.exp((5 + 4 + 4) / 3))
    make_pairs(store, 1, "s", "reference", "old")
    assert run_perplexities(store, None, "s")[0].system == "new"
    found = run_scores(store, replace(all_runs(store)[0], candidate="new"))["perplexity"]
    assert (found.value, found.n, found.error) == (last.result.perplexity, 1, None)


def llama_server(*, before_bias: bool = True, blank: bool = True) -> Callable[[Asked], Reply]:
    """llama.cpp's server: `completions` tells of generated tokens alone, its own routes of one next token.

    A word with the blank before it is a token, its id the number in a list; its log probability is minus its letters. With
    `blank` there is one before the text, as sentencepiece has it. `before_bias`: probabilities are the model's own.
    """
    words = ["<s>"]

    def number(word: str) -> int:
        if word not in words:
            words.append(word)
        return words.index(word)

    def answer(asked: Asked) -> Reply:
        if asked.path == "/tokenize":
            pieces = re.findall(r" ?[^ ]+| +", (" " if blank else "") + asked.body["content"])
            tokens = [{"id": number(piece), "piece": piece} for piece in pieces]
            return as_json({"tokens": [{"id": 0, "piece": "<s>"}] * asked.body["add_special"] + tokens})
        if asked.path == "/completion":
            given = asked.body.get("logit_bias", [[number(" the"), 0]])[0]
            chosen = {"id": given[0], "token": words[given[0]], "logprob": -float(len(words[given[0]].strip()))}
            top = [{"id": number(" a"), "logprob": -1.0}, {"id": number(" to"), "logprob": -2.0}]
            if not before_bias and given[1]:
                chosen["logprob"] = 0.0
            told = {**chosen, "top_logprobs": top[: asked.body["n_probs"]]}
            return as_json({"content": "", "model": "lora.gguf", "completion_probabilities": [told]})
        one = {"id": 1, "token": " x", "logprob": -0.1, "bytes": [32, 120], "top_logprobs": []}
        return as_json(
            {"choices": [{"index": 0, "text": " x", "logprobs": {"content": [one]}, "finish_reason": "length"}]}
        )

    return answer


@pytest.mark.parametrize("blank", [True, False])
async def test_perplexity_by_the_routes_of_llama_cpp(filled: Callable[..., Store], blank: bool) -> None:
    store = filled({"key": "one", "instruction": "Säg it", "reference": "now abcd ab"})
    last, asked = await measured(store, llama_server(blank=blank), template="{instruction} {reference}")
    assert last.result is not None
    assert (last.result.tokens, last.result.model) == (2, "lora.gguf")  # " now" begins before the reference
    assert last.result.perplexity == pytest.approx(math.exp((4 + 2) / 2))
    assert [one.path for one in asked] == ["/v1/completions", *["/tokenize"] * 2, *["/completion"] * 4]
    assert asked[-1].body["prompt"][0] == 0  # what the model has before every text


async def test_a_server_that_tells_probabilities_after_the_bias_is_refused(filled: Callable[..., Store]) -> None:
    store = filled({"key": "one", "instruction": "Say", "reference": "it now"})
    with pytest.raises(BadUsage, match="tells probabilities after `logit_bias`"):
        await measured(store, llama_server(before_bias=False))


async def test_an_endpoint_that_tells_no_log_probabilities_is_told_of(filled: Callable[..., Store]) -> None:
    store = filled(PLAIN)
    with pytest.raises(BadUsage, match="echo"):
        await measured(store, lambda asked: error(400, said="echo is not supported"))
    with pytest.raises(BadUsage, match="log probabilities"):
        await measured(store, lambda asked: as_json({"choices": [{"text": "x", "logprobs": None}]}))
    with pytest.raises(BadUsage, match="anthropic"):
        await anext(measure_perplexity(store, PerplexityRequest("s", "new", "anthropic:m")))


async def test_two_at_once_never_ask_the_same(filled: Callable[..., Store], tmp_path: Path) -> None:
    store = filled(*({"key": f"k{n}", "instruction": f"Q{n}"} for n in range(20)))
    other = open_store(tmp_path / "uphold.db")

    async def one(which: Store, url: str) -> GenerationProgress:
        request = GenerateRequest(
            "s", "new", "anthropic:m", base_url=url, concurrency=3, patience=NO_RETRY, claim_seconds=2
        )
        *_, last = [value async for value in generate(which, request)]
        return last

    async with loopback(echo) as server:
        both = await asyncio.gather(one(store, server.url), one(other, server.url))
        assert len(server.asked) == 20
    assert [last.left for last in both] == [0, 0]
    assert len(cells(store)) == 20
    assert store.one("SELECT count(*) FROM generation_claims")[0] == 0
