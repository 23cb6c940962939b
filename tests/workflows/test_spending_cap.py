"""A cap on cost is never passed: the loopback server bills what it was asked and what it answered, told or not."""

import asyncio
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.batch_server import BatchDesk, FileBatchDesk, Row, completed, succeeded
from support.model_server import Asked, Reply, as_json, dropped, error, loopback, said
from support.stores import new_store
from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.retrying import RetryPolicy
from uphold.errors import BadUsage, OddReply, Refused, Unavailable
from uphold.judging.costs import Price
from uphold.records.model_calls import Dialect, ModelAnswer, ModelRequest, RequestForm
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.workflows.batch_judging import judge_in_batches
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary
from uphold.workflows.spending import CappedEndpoint, CapReached, SpendingCap, may_be_billed

CAP = 0.05

INPUT, OUTPUT = 0.1, 0.5
"""Dollars per million tokens."""

LONG = 4096
"""Output tokens of every reply, as many as are allowed."""

QUICK = RetryPolicy(first_wait=0.01, max_wait=0.02, max_tries=3, max_server_tries=3)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    file = tmp_path / "s.jsonl"
    rows = [
        {
            "key": f"k{n}",
            "instruction": f"Question {n}",
            "response_candidate": "yes",
            "response_baseline": "n\u00f6 \u4e0d",
        }
        for n in range(120)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    store = new_store(tmp_path / "uphold.db")
    for _ in import_files(store, ImportRequest([file], format="pairs", set="s")):
        pass
    return store


class Bill:
    """A server whose every token is a byte and whose every reply is as long as it may be."""

    def __init__(self, *, told: bool, lost: int = 0, share: float = 1.0) -> None:
        self.told, self.lost, self.share, self.dollars, self.replies = told, lost, share, 0.0, 0

    def __call__(self, asked: Asked) -> Reply:
        """Bill a request and answer it; the first `lost` replies never arrive."""
        reply = self.answer(asked)
        return dropped() if self.replies <= self.lost else reply

    def answer(self, asked: Asked) -> Reply:
        """Bill a request and answer it."""
        messages = "".join(one["content"] for one in asked.body["messages"])
        took = len(((asked.system if "system" in asked.body else "") + messages).encode())
        self.replies += 1
        written_to_cache = 1.25 if "system" in asked.body else 1.0
        self.dollars += (took * INPUT * written_to_cache + LONG * OUTPUT) / 1e6 * self.share
        usage = {"input_tokens": took, "output_tokens": LONG, "prompt_tokens": took, "completion_tokens": LONG}
        written = {"cache_creation_input_tokens": took, "input_tokens": 0} if "system" in asked.body else {}
        content = [{"type": "text", "text": said("A")}]
        choice = {"index": 0, "message": {"content": said("A")}, "finish_reason": "stop"}
        both = {"content": content, "stop_reason": "end_turn", "choices": [choice]}
        return as_json({**both, **({"usage": {**usage, **written}} if self.told else {})})


def request(kind: str, url: str, **more: Any) -> JudgeRequest:
    settings = Settings(prices={"judge-model": {"input": INPUT, "output": OUTPUT}})
    given = {"patience": QUICK, "settings": settings, "max_cost": CAP, **more}
    return JudgeRequest(f"{kind}:judge-model", base_url=url if kind == "anthropic" else f"{url}/v1", **given)


async def judged(store: Store, kind: str, bill: Callable[[Asked], Any], **more: Any) -> JudgeSummary:
    async with loopback(bill) as server:
        *_, summary = [one async for one in judge_run(store, request(kind, server.url, **more))]
    assert isinstance(summary, JudgeSummary)
    return summary


SOME = [("anthropic", 8, True), ("anthropic", 200, False), ("openai", 64, True), ("openai", 1, False)]

ALL = [
    (kind, at_once, told) for kind in ("anthropic", "openai") for at_once in (1, 8, 64, 200) for told in (True, False)
]


async def check(store: Store, kind: str, at_once: int, told: bool, lost: int) -> None:
    bill = Bill(told=told, lost=lost)
    summary = await judged(store, kind, bill, concurrency=at_once)
    assert 0.5 * CAP < bill.dollars <= CAP
    assert summary.stopped is not None
    assert "--max-cost: " in summary.stopped
    assert "of $0.05 is spent" in summary.stopped
    assert "max_tokens 4,096" in summary.stopped
    told_cost = summary.progress.cost or 0.0
    assert told_cost + summary.progress.unknown_cost == pytest.approx(bill.dollars, rel=0.3)
    assert (summary.progress.unknown_cost > 0) is (not told or lost > 0)


@pytest.mark.parametrize(("kind", "at_once", "told"), SOME)
@pytest.mark.parametrize("lost", [0, 3])
async def test_the_cap_is_never_passed(store: Store, kind: str, at_once: int, told: bool, lost: int) -> None:
    await check(store, kind, at_once, told, lost)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "at_once", "told"), ALL)
@pytest.mark.parametrize("lost", [0, 3])
async def test_the_cap_is_never_passed_in_any_way(store: Store, kind: str, at_once: int, told: bool, lost: int) -> None:
    await check(store, kind, at_once, told, lost)


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_the_cap_is_not_passed_by_batches_either(store: Store, kind: str) -> None:
    bill = Bill(told=True, share=0.5)

    @cache
    def answered(number: int, body: str) -> Row:
        made = succeeded if kind == "anthropic" else completed
        return made(bill.answer, json.loads(body))

    def result(number: int, body: Row) -> Row:
        return answered(number, json.dumps(body))

    desk = BatchDesk(result) if kind == "anthropic" else FileBatchDesk(result)
    async with loopback(desk) as server:
        for submitting in (True, False):
            (summary,) = [
                one async for one in judge_in_batches(store, request(kind, server.url), submitting=submitting)
            ]
    assert summary.collected == bill.replies > 0
    assert 0.5 * CAP < bill.dollars <= CAP


async def test_two_judges_have_one_cap(store: Store) -> None:
    bill = Bill(told=True)
    settings = Settings(prices={"a": {"input": INPUT, "output": OUTPUT}, "b": {"input": INPUT, "output": OUTPUT}})
    async with loopback(bill) as server:
        judges = ["anthropic:a", "anthropic:b"]
        wanted = JudgeRequest(
            judges, base_url=server.url, patience=QUICK, settings=settings, max_cost=CAP, concurrency=8
        )
        summaries = [one async for one in judge_run(store, wanted) if isinstance(one, JudgeSummary)]
    assert [summary.stopped is not None for summary in summaries] == [True, True]
    assert bill.dollars <= CAP


async def test_where_not_one_request_fits_nothing_is_asked_and_max_tokens_is_named(store: Store) -> None:
    bill = Bill(told=True)
    with pytest.raises(
        BadUsage, match=r"--max-cost \$0\.002: not one request fits.*max_tokens 4,096.*max_tokens=\d+"
    ) as told:
        await judged(store, "anthropic", bill, max_cost=0.002)
    assert bill.replies == 0
    fitting = re.findall(r"max_tokens=\d+", str(told.value))
    summary = await judged(store, "anthropic", Bill(told=False), max_cost=0.002, options=fitting)
    assert summary.progress.done == 1


async def test_a_request_that_was_billed_and_lost_is_held_beside_the_one_that_repeats_it() -> None:
    control, asked = WorkControl(cap=1.0), []

    class Flaky:
        async def answer(self, request: ModelRequest) -> ModelAnswer:
            asked.append(control.at_most)
            if len(asked) < 3:
                raise Unavailable("did not answer within 300 seconds")
            return ModelAnswer("A", "end_turn", 10, 10)

    cap = SpendingCap(control, Price(0.0, 100_000.0, 0.0, 0.0))
    endpoint = CappedEndpoint(Flaky(), cap)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(Unavailable):
            await endpoint.answer(ModelRequest(None, "x", max_tokens=3))
    await endpoint.answer(ModelRequest(None, "x", max_tokens=3))
    assert asked == pytest.approx([0.0, 0.3, 0.6])
    assert (control.spent, control.at_most) == pytest.approx((1.0, 0.6))
    with pytest.raises(CapReached, match=r"and up to \$0\.60 by requests whose price the server did not tell"):
        await endpoint.answer(ModelRequest(None, "x", max_tokens=1))


async def test_a_request_waits_for_room_that_others_may_leave() -> None:
    control, gate = WorkControl(cap=1.0), asyncio.Event()

    class Slow:
        async def answer(self, request: ModelRequest) -> ModelAnswer:
            await gate.wait()
            return ModelAnswer("A", "end_turn", 1, 1)

    endpoint = CappedEndpoint(Slow(), SpendingCap(control, Price(0.0, 100_000.0, 0.0, 0.0)))  # type: ignore[arg-type]
    tasks = [asyncio.create_task(endpoint.answer(ModelRequest(None, "x", max_tokens=6))) for _ in range(3)]
    await asyncio.sleep(0)
    assert len(control.held) == 1
    control.set_cap(1.3)
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(control.held) == 2
    gate.set()
    await asyncio.gather(*tasks)
    assert control.spent == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("raised", "billed"),
    [
        (Unavailable("did not answer within 300 seconds"), True),
        (Unavailable("the body was cut"), True),
        (Unavailable("a proxy gave up", status=504), True),
        (Unavailable("no connection", for_all=True), False),
        (Unavailable("busy", status=429, for_all=True), False),
        (Unavailable("broken", status=500), False),
        (Refused("too long", status=400), False),
        (Refused("Failed to generate JSON; code: json_validate_failed", status=400), True),
        (OddReply("a reply of more than 4 MiB"), True),
        (asyncio.CancelledError(), True),
    ],
)
def test_a_request_may_be_billed_unless_it_was_refused_or_never_sent(raised: BaseException, billed: bool) -> None:
    assert may_be_billed(raised) is billed


async def test_refusals_free_what_was_held(store: Store) -> None:
    def refuses_some(asked: Asked) -> Reply:
        return error(413) if asked.number < 30 else Bill(told=True)(asked)

    summary = await judged(store, "anthropic", refuses_some, concurrency=1)
    assert summary.progress.failed == 30
    assert summary.progress.readable > 5


async def test_every_form_in_which_a_request_is_sent_is_held_by_itself() -> None:
    control = WorkControl(cap=1.0)

    class Learning:
        """Takes no schema and no temperature, then loses a reply; what is held is kept with each request."""

        dialect = Dialect(("max_tokens", "max_completion_tokens"), json_mode=True)

        def __init__(self) -> None:
            self.seen: list[tuple[str, list[float], float]] = []

        async def answer(self, request: ModelRequest) -> ModelAnswer:
            self.seen.append((request.form.answer_format, [round(one, 3) for one in control.held], control.at_most))
            if request.schema is not None:
                raise Refused("response_format json_schema is not supported", status=400)
            if request.temperature is not None:
                raise Refused("temperature is not supported", status=400)
            if len(self.seen) == 3:
                raise Unavailable("did not answer within 300 seconds")
            return ModelAnswer("A", "end_turn", 1, 1)

    learning = Learning()
    capped = CappedEndpoint(learning, SpendingCap(control, Price(0.0, 100_000.0, 0.0, 0.0)))  # type: ignore[arg-type]
    endpoint = RetryingEndpoint(capped, QUICK)
    await endpoint.answer(ModelRequest(None, "x", {"type": "object"}, max_tokens=4, temperature=1.0))
    held = [0.4]
    schema, mode = "json_schema", "json_object"
    assert learning.seen == [
        (schema, held, 0.0),
        (mode, held, 0.0),
        (mode, held, 0.0),
        (mode, held, pytest.approx(0.4)),
    ]
    assert (control.spent, control.at_most, control.held) == (pytest.approx(0.1), pytest.approx(0.4), [])
    with pytest.raises(CapReached, match="--max-cost"):
        await endpoint.answer(ModelRequest(None, "x", max_tokens=6))
    assert len(learning.seen) == 4


PRICE = Price(1.0, 10.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("more", "tokens"),
    [
        ({}, 1000),
        ({"thinking": 900}, 1000),
        ({"extra_body": {"top_k": 20, "store": True}}, 1000),
        ({"extra_body": {"max_completion_tokens": 5000}}, 6000),
        ({"extra_body": {"reasoning": {"max_tokens": 2000}}}, 3000),
        ({"extra_body": {"options": [{"num_predict": 512.5}], "thinking_budget": 100}}, 1613),
        ({"extra_body": {"max_tokens": -1}}, 1000),
        ({"extra_body": {"max_tokens": 10**400}}, 1000 + 10**12),
        ({"form": RequestForm(left_out=("max_tokens",))}, 128_000),
    ],
)
def test_all_output_that_a_request_allows_is_held(more: dict[str, Any], tokens: int) -> None:
    plain, asked = ModelRequest("s", "u", max_tokens=1000), ModelRequest("s", "u", max_tokens=1000, **more)
    assert asked.most_output == tokens
    fields = len(json.dumps(more["extra_body"], separators=(",", ":"))) if "extra_body" in more else 0
    assert asked.size == plain.size + fields
    expected = PRICE.most(plain) + ((tokens - 1000) * PRICE.output + fields * PRICE.input) / 1e6
    assert PRICE.most(asked) == pytest.approx(expected)


def test_further_fields_that_allow_more_output_are_named_where_nothing_fits() -> None:
    asked = ModelRequest("s", "u", max_tokens=1000, extra_body={"max_completion_tokens": 5000})
    with pytest.raises(BadUsage, match=r"not one request fits.*max_tokens 1,000, up to 6,000 tokens of output in all"):
        SpendingCap(WorkControl(cap=0.01), PRICE).check_room([asked])
