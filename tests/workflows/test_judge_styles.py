"""Judges with styles, criteria, templates and token probabilities on whole runs: what is sent, kept and learnt."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.batch_server import BatchDesk, FileBatchDesk, completed, succeeded
from support.model_server import Answering, Asked, Reply, answer_to, as_json, error, loopback
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY
from uphold.records.enums import Preference
from uphold.records.judge_prompt import STYLES
from uphold.store import judgments
from uphold.store.database import Store
from uphold.workflows.batch_judging import judge_in_batches
from uphold.workflows.cost_estimate import estimate
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run, reread
from uphold.workflows.judging_progress import JudgeSummary

ROWS = [
    {"key": "one", "instruction": "Leave?", "response_candidate": "yes", "response_baseline": "no {response_b} {{"},
    {"key": "two", "turns": ["A?", "B?"], "response_candidate": ["no", "yes"], "response_baseline": ["no", "never"]},
    {
        "key": "three",
        "instruction": "{" * 100,
        "reference": "yes",
        "response_candidate": "no",
        "response_baseline": "yes",
    },
]

CRITERIA = """
[[criteria]]
name = "correct"
question = "Which is right?"
[[criteria]]
name = "tone"
question = "Which is friendlier?"
"""

EXAMPLES = """
[[examples]]
instruction = "Stay?"
response_a = "yes"
response_b = "no"
winner = "A"
reason = "It stays."
"""

TEMPLATE = (
    "template = '''Which response is better? Instruction: {instruction} Reference: {reference} Response A: {response_a} "
    'Response B: {response_b} Answer with JSON: {{"winner": "A" or "B" or "tie", "reason": "<one sentence>"}}\'\'\''
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    file = tmp_path / "s.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    made = new_store(tmp_path / "uphold.db")
    for _ in import_files(made, ImportRequest([file], format="pairs", set="s")):
        pass
    return made


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str, str], str]:
    """Writes the file of a judge and returns its path."""

    def write(kind: str, fields: str) -> str:
        path = tmp_path / "judge.toml"
        path.write_text(f'name = "j"\nmodel = "{kind}:m"\n{fields}')
        return str(path)

    return write


async def judged(
    store: Store, judge: str, answer: Answering, kind: str = "anthropic"
) -> tuple[JudgeSummary, list[Asked]]:
    async with loopback(answer) as server:
        base = server.url if kind == "anthropic" else f"{server.url}/v1"
        request = JudgeRequest(judge, base_url=base, patience=NO_RETRY)
        *_, summary = [value async for value in judge_run(store, request)]
        assert isinstance(summary, JudgeSummary)
        return summary, server.asked


def parts(asked: Asked) -> dict[str, str]:
    """The texts of a message by the names in their fences."""
    announced = re.search(r"The fence of this message is (\w+)", f"{asked.system}\n{asked.user}")
    assert announced is not None
    fence, text = announced[1], asked.user
    pieces = text.split(f"{fence} begin ")[1:]
    return {piece.partition("\n")[0]: piece.partition("\n")[2].partition(f"\n{fence} end ")[0] for piece in pieces}


def prefers_yes(asked: Asked) -> str:
    """A or B, whichever says yes last; tie where both or neither do."""
    last = {name[-1]: text for name, text in parts(asked).items() if name[-1] in "AB"}
    yes = [side for side in "AB" if "yes" in last[side]]
    return yes[0] if len(yes) == 1 else "tie"


def by_schema(asked: Asked) -> Reply:
    """Fill the schema that was asked for, as a server does that holds answers to it."""
    schema = (
        asked.body["output_config"]["format"]["schema"]
        if "output_config" in asked.body
        else asked.body["response_format"]["json_schema"]["schema"]
    )
    winner = prefers_yes(asked)
    values = {
        "own_answer": "yes",
        "metrics": [{"name": "truth", "A": 8, "B": 2}],
        "reason": "it says yes",
        "winner": winner,
        "confidence": 0.9,
    }
    rated = {"A": 8, "B": 2, "stronger": winner}
    said: dict[str, Any] = {}
    for name, field in schema["properties"].items():
        if name == "criteria":
            kinds = field["properties"]
            said[name] = {one: winner if kinds[one]["type"] == "string" else rated for one in kinds}
        else:
            said[name] = values[name]
    return answer_to(asked, json.dumps(said))


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
@pytest.mark.parametrize("more", ["", CRITERIA + EXAMPLES])
@pytest.mark.parametrize("style", STYLES)
async def test_a_run_is_judged_in_every_style(
    store: Store, toml: Callable[[str, str], str], style: str, more: str, kind: str
) -> None:
    summary, asked = await judged(store, toml(kind, f'style = "{style}"\n{more}'), by_schema, kind)
    found = {verdict.value: count for verdict, count in summary.verdicts.items() if count}
    assert found == {"candidate": 2, "tie": 1, "baseline": 1}
    assert len(asked) == 6  # the first turn of two is alike
    assert len({one.system for one in asked}) == 1
    said = store.rows("SELECT DISTINCT criteria IS NOT NULL FROM judgments WHERE raw IS NOT NULL").fetchall()
    assert said == [(1 if more else 0,)]


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_a_run_is_judged_by_a_pasted_template(store: Store, toml: Callable[[str, str], str], kind: str) -> None:
    def answer(asked: Asked) -> Reply:
        return answer_to(asked, json.dumps({"winner": prefers_yes(asked), "reason": "it says yes"}))

    summary, asked = await judged(store, toml(kind, TEMPLATE), answer, kind)
    assert {verdict.value: count for verdict, count in summary.verdicts.items() if count} == {
        "candidate": 2,
        "tie": 1,
        "baseline": 1,
    }
    assert all("response_format" not in one.body and "output_config" not in one.body for one in asked)
    texts = [parts(one) for one in asked]
    assert {"response A": "yes", "response B": "no {response_b} {{"}.items() <= texts[0].items()
    assert texts[2]["turn 2 response A"] == "yes"
    assert store.one("SELECT DISTINCT prompt_name FROM judgments WHERE raw IS NOT NULL")[0] == "template"


async def test_a_template_is_told_bare_json_by_a_server_without_a_system_prompt(
    store: Store, toml: Callable[[str, str], str]
) -> None:
    def answer(asked: Asked) -> Reply:
        if any(one["role"] == "system" for one in asked.body["messages"]):
            return error(400, said="System role not supported")
        return answer_to(asked, f"[[{prefers_yes(asked)}]]")

    summary, asked = await judged(store, toml("openai", TEMPLATE), answer, "openai")
    assert summary.left == 0
    assert asked[-1].user.startswith("The message compares two responses")


async def test_verdicts_by_criterion_are_kept_by_system_and_can_be_read_again(
    store: Store, toml: Callable[[str, str], str]
) -> None:
    def answer(asked: Asked) -> Reply:
        said = {"criteria": {"correct": prefers_yes(asked), "tone": "A"}, "winner": prefers_yes(asked), "reason": "r"}
        return answer_to(asked, json.dumps(said))

    summary, _ = await judged(store, toml("anthropic", CRITERIA), answer)
    pair_id = store.one("SELECT p.id FROM pairs p JOIN examples e ON e.id = p.example_id WHERE e.key = 'one'")[0]
    found = judgments.read_pair_verdict(store, pair_id, summary.judge_id)
    assert found is not None
    assert [judgment.criteria for judgment in found.judgments] == [
        (("correct", Preference.CANDIDATE), ("tone", Preference.CANDIDATE)),
        (("correct", Preference.CANDIDATE), ("tone", Preference.BASELINE)),
    ]
    rows = store.rows(
        "SELECT answer_order, criterion, verdict FROM criterion_verdicts WHERE pair_id = ? ORDER BY 1 DESC, 2",
        (pair_id,),
    )
    assert rows.fetchall()[:2] == [
        ("candidate-first", "correct", "candidate"),
        ("candidate-first", "tone", "candidate"),
    ]
    assert reread(store, None)[0].changed == 0


def with_tokens(asked: Asked, likely_a: float) -> Reply:
    """An answer of one letter, with the log probabilities of what might have stood there."""
    choices = [
        {"token": letter, "logprob": math.log(share)} for letter, share in (("A", likely_a), ("B", 0.9 - likely_a))
    ]
    letter = "A" if likely_a > 0.45 else "B"
    token = {"token": letter, "logprob": math.log(max(likely_a, 0.9 - likely_a)), "top_logprobs": choices}
    around = [{"token": text, "logprob": 0.0, "top_logprobs": []} for text in ('{"winner": "', '"}')]
    return as_json(
        {
            "choices": [
                {
                    "message": {"role": "assistant", "content": f'{{"winner": "{letter}"}}'},
                    "finish_reason": "stop",
                    "logprobs": {"content": [around[0], token, around[1]]},
                }
            ],
            "usage": {"prompt_tokens": 10, "completion_tokens": 3},
        }
    )


LOGPROBS = 'style = "verdict-first"\nties = false\npreference = "logprobs"\n'


async def test_the_preference_is_that_of_the_tokens(store: Store, toml: Callable[[str, str], str]) -> None:
    judge = toml("openai", LOGPROBS)
    summary, asked = await judged(store, judge, lambda one: with_tokens(one, 0.6), "openai")
    assert all((one.body["logprobs"], one.body["top_logprobs"]) == (True, 5) for one in asked)
    rows = store.rows(
        "SELECT DISTINCT answer_order, verdict, preference FROM judgments WHERE raw IS NOT NULL"
    ).fetchall()
    assert {(order, verdict, round(preference, 3)) for order, verdict, preference in rows} == {
        ("candidate-first", "candidate", 0.667),
        ("baseline-first", "baseline", 0.333),
    }
    assert summary.progress.adapted == ()
    assert reread(store, None)[0].changed == 0


def without_tokens(asked: Asked) -> Reply:
    return answer_to(asked, '{"winner": "A", "reason": "r"}')


def refusing_them(asked: Asked) -> Reply:
    if "logprobs" in asked.body:
        message = "logprobs are not supported with this model"
        return as_json({"error": {"message": message, "type": "invalid_request_error"}}, 400)
    return without_tokens(asked)


@pytest.mark.parametrize("answer", [without_tokens, refusing_them])
async def test_a_server_without_token_probabilities_is_learnt_once_and_said(
    store: Store, toml: Callable[[str, str], str], answer: Answering
) -> None:
    async with loopback(answer) as server:
        for order in ("one", "both"):
            judge = toml("openai", f'{LOGPROBS}orders = "{order}"')
            request = JudgeRequest(judge, base_url=f"{server.url}/v1", patience=NO_RETRY, concurrency=1)
            *_, summary = [value async for value in judge_run(store, request)]
            assert isinstance(summary, JudgeSummary)
            assert summary.left == 0
            said = summary.progress.adapted
            assert [one.partition(":")[0] for one in said] == (
                ["it tells no token probabilities"] if order == "one" else []
            )
    assert ["logprobs" in one.body for one in server.asked].count(True) == 1
    assert server.asked[0].body["logprobs"] is True
    assert store.rows("SELECT DISTINCT preference FROM judgments").fetchall() == [(None,)]


# batches


METRICS = f'style = "metrics"\n{CRITERIA}'


@pytest.mark.parametrize("fields", [METRICS, 'style = "own-answer-first"\nties = false\n' + EXAMPLES, TEMPLATE])
@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_a_batch_is_asked_and_read_as_its_judge_says(
    store: Store, toml: Callable[[str, str], str], kind: str, fields: str
) -> None:
    said = {"criteria": {"correct": {"A": 9, "B": 1, "stronger": "A"}, "tone": {"stronger": "B"}}, "winner": "A"}
    text = "My verdict: [[A]]" if fields == TEMPLATE else json.dumps(said)
    asked: list[dict[str, Any]] = []

    def in_batch(number: int, body: dict[str, Any]) -> dict[str, Any]:
        asked.append(body)
        made = succeeded if kind == "anthropic" else completed
        return made(lambda one: answer_to(one, text), body)

    desk = BatchDesk(in_batch) if kind == "anthropic" else FileBatchDesk(in_batch)
    judge = toml(kind, fields)
    async with loopback(desk) as server:
        base = server.url if kind == "anthropic" else f"{server.url}/v1"
        request = JudgeRequest(judge, base_url=base, patience=NO_RETRY)
        for submitting in (True, False):
            (summary,) = [one async for one in judge_in_batches(store, request, submitting=submitting)]
    assert (summary.left, summary.in_batches) == (0, 0)
    held = ["output_config" in body or "response_format" in body for body in asked]
    assert set(held) == {fields != TEMPLATE}
    rows = store.rows("SELECT DISTINCT status, criteria FROM judgments WHERE raw IS NOT NULL ORDER BY 2").fetchall()
    assert {status for status, _ in rows} == {"readable"}
    told = {json.dumps({"correct": first, "tone": second}) for first, second in (_SIDES, _SIDES[::-1])}
    assert {criteria for _, criteria in rows} == (told if fields == METRICS else {None})


_SIDES = ("candidate", "baseline")


# other servers


@pytest.mark.parametrize("style", STYLES)
async def test_a_server_without_schemas_and_system_prompts_is_asked_in_every_style(
    store: Store, toml: Callable[[str, str], str], style: str
) -> None:
    def bare(asked: Asked) -> Reply:
        messages = asked.body["messages"]
        if "response_format" in asked.body:
            return as_json({"error": {"message": "response_format is not supported"}}, 400)
        if messages[0]["role"] == "system":
            return as_json({"error": {"message": "System role not supported"}}, 400)
        assert '"winner": "A", "B" or "tie"' in messages[0]["content"]
        return answer_to(asked, f"Here it is: {json.dumps({'reason': 'r', 'winner': prefers_yes(asked)})}")

    summary, _ = await judged(store, toml("openai", f'style = "{style}"\n{CRITERIA}{EXAMPLES}'), bare, "openai")
    assert summary.left == 0
    assert len(summary.progress.adapted) == 2
    assert {verdict.value: count for verdict, count in summary.verdicts.items() if count} == {
        "candidate": 2,
        "tie": 1,
        "baseline": 1,
    }


async def test_an_estimate_counts_what_a_style_writes_before_its_verdict(
    store: Store, toml: Callable[[str, str], str]
) -> None:
    each = {}
    for style in STYLES:
        (found,) = await estimate(
            store, JudgeRequest(toml("openai", f'style = "{style}"'), base_url="http://127.0.0.1:9")
        )
        each[style] = found.output_each
    assert each["verdict-first"] == each["reasoned"] < each["metrics"] < each["own-answer-first"]
