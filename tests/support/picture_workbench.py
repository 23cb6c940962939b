"""A judge at work for pictures: overturned for reasons, clauses made of them, tried twice and kept."""

import asyncio
import os
import random
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

from support.imports import bring
from support.judge_workbench import judge_file
from support.model_server import Answering, Asked, Reply, answer_to, said, serving
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY
from uphold.records.enums import Choice, Preference
from uphold.records.judge_clauses import JudgePrompt, suggested_clause
from uphold.records.reviews import OnScreen
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.store.runs import all_runs
from uphold.workflows.curating import make_set
from uphold.workflows.decided_half import find_scope
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judge_trial import run_trial
from uphold.workflows.judge_workbench import (
    Workbench,
    as_shown,
    keep_version,
    open_workbench,
    plan_draft,
    showable_pairs,
    written_clause,
)
from uphold.workflows.judging import judge_run
from uphold.workflows.review_opening import ReviewOptions, open_review

_ASKED = (
    "Customer threatens a chargeback over order {}",
    "Customer is {} and wants a student discount",
    "Customer asks whether the {} fits an older frame",
    "Explain why the promo code {} was refused",
    "Order shows delivered, but locker {} was empty",
    "Explain the difference between plan {} and the next one up",
    "Customer asks us to delete {} old invoices",
    "Customer wants to change the address of parcel {}",
    "Write the out-of-office reply for week {}",
    "Reply to a one-star review that mentions {} late trains",
    "Customer returns shoes after {} days in the rain",
    "Customer wants an invoice in {} currencies",
)

_REASONS = ("ignores policy", "made-up fact", "too long", "both refuse")

CLAUSES = (
    "The better answer solves it in one message.",
    "Policy decides: 30 days, no voucher unasked.",
    "A warm tone breaks ties.",
)

REQUEST = JudgeRequest((), "lora-r16-vs-base-7b", patience=NO_RETRY)


def workbench(path: Path) -> None:
    """Make the database: 100 examples, 84 decided, a judge that was wrong on a quarter, two versions tried and kept."""
    with ThreadPoolExecutor(1) as thread:  # pictures are drawn in an event loop, and this one has its own
        thread.submit(_make, path).result()


def _make(path: Path) -> None:
    with mock.patch.dict(os.environ, {"OPENAI_API_KEY": "none"}), new_store(path) as store:
        _fill(store)
        with _judge(path) as answer:
            _judge_run(store, path)
            decide(store)
            first = opened(store)
            draft = _with_reason(first, first.draft, "too long")
            _try(store, draft)
            keep_version(store, first, draft, "mira", REQUEST)
            second = opened(store)
            pairs = showable_pairs(store, second)[:3]
            draft = _with_reason(second, second.draft, "both refuse").toggled(2, second.number)
            for pair in pairs:
                draft = draft.with_shown(as_shown(pair, second.number))
            answer.wrong = 8
            _try(store, draft)
            keep_version(store, second, draft, "mira", REQUEST)


def _fill(store: Store) -> None:
    make_set(store, "support-desk", "mira", seed="3c" * 16)
    rng = random.Random(7)
    words = [
        f"{first}{last}"
        for first in ("bril", "cast", "dorn", "felt", "grav", "hulk")
        for last in ("en", "ov", "us", "ix")
    ]
    rows = []
    for number in range(100):
        asked = _ASKED[number % len(_ASKED)].format(17 + 3 * number)
        about = " ".join(rng.sample(words, 5))
        rows.append(
            {
                "key": f"desk-{number:04d}",
                "instruction": f"{asked}. It is about {about}.",
                "response_candidate": f"candidate answer {number}: {'good' if number % 5 else 'bad'}",
                "response_baseline": f"baseline answer {number}: {'bad' if number % 5 else 'good'}",
                "candidate": "lora-r16",
                "baseline": "base-7b",
            }
        )
    bring(store, *rows, set_="support-desk")


class _Wrong:
    """A judge that is wrong on every so-manieth example, and turns on some when it is asked the same twice."""

    def __init__(self) -> None:
        self.wrong = 4
        self._asked: set[bytes] = set()

    def __call__(self, asked: Asked) -> Reply:
        number = int(re.findall(r"candidate answer (\d+)", asked.user)[-1])
        # With the blank before it: a fence is random hexadecimal digits, and may hold `bad`.
        better = "B" if asked.user.rfind(" good") > asked.user.rfind(" bad") else "A"
        is_shorter = "Length is no merit" in asked.raw.decode()
        wrong = number % (self.wrong if is_shorter else 4) == 1 or (number == 50 and is_shorter)
        if asked.raw in self._asked and number % 29 == 3:
            wrong = not wrong
        self._asked.add(asked.raw)
        return answer_to(asked, said({"A": "B", "B": "A"}[better] if wrong else better))


@contextmanager
def _judge(path: Path) -> Iterator[_Wrong]:
    answer = _Wrong()
    served: Answering = answer
    with serving(served) as server:
        prices = {"input": 1.0, "output": 5.0}
        judge_file(path.with_name("haiku.toml"), server.url, "haiku-5-5", rubric="\n".join(CLAUSES), prices=prices)
        yield answer


def _judge_run(store: Store, path: Path) -> None:
    async def judge() -> None:
        async for _ in judge_run(store, replace(REQUEST, judge=str(path.with_name("haiku.toml")))):
            pass

    asyncio.run(judge())


def decide(store: Store) -> None:
    """Have mira decide most pairs, with reasons where the judge was wrong."""
    session = open_review(store, all_runs(store)[0], "mira", ReviewOptions("all"))
    shown = OnScreen(Preference.CANDIDATE)
    for place in range(1, session.total + 1):
        session.go_to(place)
        pair = session.current
        assert pair is not None
        number = int(pair.key[-4:])
        if number % 6 == 5:
            continue
        session.decide(Choice.CANDIDATE if number % 5 else Choice.BASELINE, shown)
        if number % 4 == 1:
            session.go_to(place)
            session.reasons([_REASONS[number // 4 % len(_REASONS)]], shown)


def opened(store: Store) -> Workbench:
    """Return the workbench of the run."""
    return open_workbench(store, find_scope(store, REQUEST.run, None), Settings())


def _with_reason(bench: Workbench, draft: JudgePrompt, wanted: str) -> JudgePrompt:
    reasons = bench.reasons.reasons if bench.reasons is not None else ()
    found: Sequence[JudgePrompt] = [
        draft.with_new_clause(suggested_clause(one, bench.number)) for one in reasons if one.reason == wanted
    ]
    return found[0] if found else draft.with_new_clause(written_clause("Two refusals are a tie.", bench.number))


def _try(store: Store, draft: JudgePrompt) -> None:
    async def run() -> None:
        async for _ in run_trial(store, plan_draft(store, opened(store), draft, REQUEST)):
            pass

    asyncio.run(run())
