import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import forked, forked_programs
from support.model_server import (
    Answering,
    Asked,
    Gate,
    Reply,
    Server,
    error,
    html,
    loopback,
    message,
    refusal,
    serving,
    verdict,
)
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY
from uphold.errors import BadUsage
from uphold.judging.prompts import split_prompt
from uphold.records.enums import BOTH_ORDERS, AnswerOrder
from uphold.records.judgments import PairVerdict, verdict_of
from uphold.store import claims, judgments
from uphold.store.database import Store, open_store
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary, JudgingProgress

SPEC = "anthropic:judge-model"

PAIR = {"set": "s", "candidate": "new", "baseline": "old"}


@pytest.fixture(autouse=True)
def environment_with_a_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-the-test")


def row(key: str, candidate: Any = "yes", baseline: Any = "no", **more: Any) -> dict[str, Any]:
    answers = {"response_candidate": candidate, "response_baseline": baseline}
    return {"key": key, "instruction": f"Question {key}", "candidate": "new", "baseline": "old", **answers, **more}


ROWS = [row("one"), row("two"), row("three")]


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Store]:
    stores = []

    def fill(rows: list[dict[str, Any]], *, name: str = "s") -> Store:
        file = tmp_path / f"{name}.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in rows))
        store = new_store(tmp_path / "uphold.db")
        stores.append(store)
        for _ in import_files(store, ImportRequest([file], format="pairs", set=name)):
            pass
        return store

    return fill


async def judged(store: Store, judge: str = SPEC, **more: Any) -> JudgeSummary:
    request = JudgeRequest(judge, **{"patience": NO_RETRY, **more})
    *progress, summary = [value async for value in judge_run(store, request)]
    assert isinstance(summary, JudgeSummary)
    assert all(isinstance(value, JudgingProgress) for value in progress)
    return summary


async def served(store: Store, answer: Answering, **more: Any) -> tuple[JudgeSummary, Server]:
    async with loopback(answer) as server:
        return await judged(store, base_url=server.url, **more), server


def verdicts(summary: JudgeSummary) -> dict[str, int]:
    return {verdict.value: count for verdict, count in summary.verdicts.items() if count}


def on_pairs(store: Store, summary: JudgeSummary) -> list[PairVerdict]:
    rows = store.rows("SELECT id FROM current_pairs WHERE run_id = ? ORDER BY id", (summary.run.id,)).fetchall()
    found = [judgments.read_pair_verdict(store, pair_id, summary.judge_id) for (pair_id,) in rows]
    return [one for one in found if one is not None]


def judgment_rows(store: Store) -> int:
    return int(store.one("SELECT count(*) FROM judgments")[0])


def claim_count(store: Store) -> int:
    return int(store.one("SELECT count(*) FROM claims")[0])


def prefers_yes(asked: Asked) -> Reply:
    """A judge without a bias: the answer that says yes wins, wherever it stands."""
    answers = {part.name[-1]: part.text for part in split_prompt(asked.user) if "answer" in part.name}
    if ("yes" in answers["A"]) == ("yes" in answers["B"]):
        return verdict("tie")
    return verdict("A" if "yes" in answers["A"] else "B")


async def test_every_pair_is_asked_about_in_both_orders(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    summary, server = await served(store, prefers_yes)
    assert verdicts(summary) == {"candidate": 3}
    assert len(server.asked) == 6
    assert (summary.progress.readable, summary.progress.left, summary.left) == (6, 0, 0)
    assert (summary.progress.input_tokens, summary.progress.output_tokens) == (600, 120)
    for judge in on_pairs(store, summary):
        assert {judgment.order for judgment in judge.judgments} == set(BOTH_ORDERS)
        assert all(judgment.raw and judgment.fence and judgment.at for judgment in judge.judgments)
    assert claim_count(store) == 0


async def test_a_judge_that_always_likes_the_first_answer_is_inconsistent(filled: Callable[..., Store]) -> None:
    summary, _ = await served(filled(ROWS), lambda asked: verdict("A"))
    assert verdicts(summary) == {"inconsistent": 3}


async def test_one_order_asks_once_a_pair(filled: Callable[..., Store]) -> None:
    summary, server = await served(filled(ROWS), lambda asked: verdict("A"), one_order=True)
    assert verdicts(summary) == {"candidate": 3}
    assert len(server.asked) == 3


async def test_samples_are_asked_in_each_order(filled: Callable[..., Store]) -> None:
    summary, server = await served(filled(ROWS[:1]), prefers_yes, samples=3)
    assert verdicts(summary) == {"candidate": 1}
    assert len(server.asked) == 6


async def test_nothing_left_to_do_sends_no_request(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    await served(store, prefers_yes)
    summary, server = await served(store, prefers_yes)
    assert server.asked == []
    assert (summary.progress.total, verdicts(summary)) == (0, {"candidate": 3})
    assert judgment_rows(store) == 6


async def test_more_orders_later_ask_only_for_what_is_new(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    await served(store, prefers_yes, one_order=True)
    summary, server = await served(store, prefers_yes)
    assert len(server.asked) == 3
    assert verdicts(summary) == {"candidate": 3}
    summary, server = await served(store, prefers_yes, one_order=True)
    assert (len(server.asked), verdicts(summary)) == (0, {"candidate": 3})


@pytest.mark.parametrize("reply", [error(429), error(500), error(529), html(), Reply(), Reply(b"{}")])
async def test_what_failed_is_kept_as_failed_and_tried_again(filled: Callable[..., Store], reply: Reply) -> None:
    store = filled(ROWS)
    summary, server = await served(store, lambda asked: reply)
    assert (verdicts(summary), summary.left, len(server.asked)) == ({"failed": 3}, 3, 6)
    assert all(judgment.problem for judge in on_pairs(store, summary) for judgment in judge.judgments)
    assert claim_count(store) == 0
    summary, server = await served(store, prefers_yes)
    assert (verdicts(summary), summary.left, len(server.asked)) == ({"candidate": 3}, 0, 6)


@pytest.mark.parametrize(
    "reply", [refusal(), message("{}"), message("Hm."), message("", "max_tokens"), message("{}", "new_one")]
)
async def test_an_unreadable_answer_is_a_result_and_not_asked_for_again(
    filled: Callable[..., Store], reply: Reply
) -> None:
    store = filled(ROWS)
    summary, _ = await served(store, lambda asked: reply)
    assert (verdicts(summary), summary.left, summary.progress.unreadable) == ({"unreadable": 3}, 0, 6)
    _, server = await served(store, prefers_yes)
    assert server.asked == []


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 422])
async def test_three_equal_refusals_end_the_run_with_their_sentence(filled: Callable[..., Store], status: int) -> None:
    store = filled([row(f"k{number}") for number in range(30)])
    async with loopback(lambda asked: error(status)) as server:
        summary = await judged(store, base_url=server.url, concurrency=2)
    assert summary.stopped is not None
    assert f"HTTP {status}" in summary.stopped
    assert "3 requests were refused alike" in summary.stopped
    assert summary.left == 30
    assert 3 <= summary.progress.failed <= 5
    assert claim_count(store) == 0


async def test_what_was_done_before_the_key_was_refused_is_kept(filled: Callable[..., Store]) -> None:
    store = filled([row(f"k{number}") for number in range(30)])
    async with loopback(lambda asked: verdict("A") if asked.number < 2 else error(401)) as server:
        summary = await judged(store, base_url=server.url, concurrency=1)
    assert (summary.progress.readable, summary.progress.failed) == (2, 3)
    assert summary.stopped is not None
    async with loopback(prefers_yes) as server:
        assert (await judged(store, base_url=server.url)).left == 0


async def test_fewer_refusals_than_three_still_say_why_nothing_was_judged(filled: Callable[..., Store]) -> None:
    async with loopback(lambda asked: error(401)) as server:
        summary = await judged(filled(ROWS[:1]), base_url=server.url)
    assert (summary.left, summary.progress.failed) == (1, 2)
    assert summary.stopped is not None
    assert "refused the API key" in summary.stopped


async def test_what_is_in_flight_when_a_refusal_stops_the_run_is_waited_for(filled: Callable[..., Store]) -> None:
    store = filled([row(f"k{number}") for number in range(10)])
    gate, refused = asyncio.Event(), 0

    async def answer(asked: Asked) -> Reply:
        nonlocal refused
        if asked.number == 0:
            await gate.wait()
            return verdict("A")
        refused += 1
        if refused == 3:
            gate.set()
        return error(402)

    async with loopback(answer) as server:
        summary = await judged(store, base_url=server.url, concurrency=4)
    assert summary.stopped is not None
    assert summary.progress.readable == 1


async def test_a_missing_key_is_told_before_anything_is_written(
    filled: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled([{"key": "one", "instruction": "Q", "response_candidate": "x", "candidate": "new"}])
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(BadUsage, match="ANTHROPIC_API_KEY: no API key"):
        await judged(store, set="s", candidate="new", baseline="reference")
    assert store.one("SELECT count(*) FROM runs")[0] == 0
    assert store.one("SELECT count(*) FROM judges")[0] == 0


async def test_the_key_is_not_in_the_file(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    await served(store, lambda asked: error(400, said="your key is key-of-the-test"))
    dump = "\n".join(store.db.conn.iterdump())
    assert "your key is [key]" in dump
    assert "key-of-the-test" not in dump


async def test_identical_answers_are_not_sent(filled: Callable[..., Store]) -> None:
    store = filled([row("one"), row("same", "yes", "yes"), row("json", True, True)])
    summary, server = await served(store, prefers_yes)
    assert (len(server.asked), summary.progress.identical, verdicts(summary)) == (2, 4, {"candidate": 1, "tie": 2})
    reasons = {judgment.reason for judge in on_pairs(store, summary)[1:] for judgment in judge.judgments}
    assert reasons == {"identical answers"}


async def test_only_identical_answers_need_no_server(filled: Callable[..., Store]) -> None:
    summary = await judged(filled([row("same", "x", "x")]), base_url="http://127.0.0.1:9")
    assert (verdicts(summary), summary.left) == ({"tie": 1}, 0)


async def test_a_pair_of_equal_contents_is_copied_and_costs_nothing(filled: Callable[..., Store]) -> None:
    twice = [{**row("one"), "instruction": "Q"}, {**row("two"), "instruction": "Q"}]
    store = filled(twice)
    summary, server = await served(store, prefers_yes)
    assert (len(server.asked), summary.progress.reused, verdicts(summary)) == (2, 2, {"candidate": 2})
    copied = [judgment for judge in on_pairs(store, summary) for judgment in judge.judgments if judgment.cost == 0]
    assert len(copied) == 2
    assert all(judgment.raw and judgment.input_tokens is None for judgment in copied)


async def test_a_settled_judgment_of_another_run_is_copied(filled: Callable[..., Store]) -> None:
    await served(filled(ROWS), prefers_yes)
    store = filled([{**one, "candidate": "renamed"} for one in ROWS], name="t")
    summary, server = await served(store, prefers_yes, set="t", candidate="renamed", baseline="old")
    assert (len(server.asked), summary.progress.reused, verdicts(summary)) == (0, 6, {"candidate": 3})


async def test_another_version_of_the_judge_is_asked_anew(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    await served(store, prefers_yes)
    _, server = await served(store, prefers_yes, rubric="Be strict.")
    assert len(server.asked) == 6
    assert all("begin rubric\nBe strict.\n" in asked.system for asked in server.asked)


async def test_every_turn_that_both_answered_is_a_pair(filled: Callable[..., Store]) -> None:
    talk = {**row("talk", ["yes", "no"], ["no", "yes"]), "turns": ["First?", "Second?"]}
    del talk["instruction"]
    store = filled([talk])
    summary, server = await served(store, prefers_yes, **PAIR)
    assert (summary.pairs, len(server.asked)) == (2, 4)
    assert sorted(len(split_prompt(asked.user)) for asked in server.asked) == [3, 3, 6, 6]


async def test_as_many_requests_are_open_as_allowed_and_no_more(filled: Callable[..., Store]) -> None:
    third = asyncio.Event()

    async def waiting_for_the_third(asked: Asked) -> Reply:
        if asked.number == 2:
            third.set()
        await third.wait()
        return prefers_yes(asked)

    store = filled([row(f"k{number}") for number in range(20)])
    _, server = await served(store, waiting_for_the_third, concurrency=3)
    assert (len(server.asked), server.most_at_once) == (40, 3)


async def test_progress_adds_up(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    async with loopback(lambda asked: error(500) if asked.number == 0 else prefers_yes(asked)) as server:
        request = JudgeRequest(SPEC, base_url=server.url, concurrency=1, patience=NO_RETRY)
        *progress, summary = [value async for value in judge_run(store, request)]
    assert all(isinstance(value, JudgingProgress) and value.total == 6 for value in progress)
    assert [value.done for value in progress if isinstance(value, JudgingProgress)] == [1, 2, 3, 4, 5, 6]
    assert isinstance(summary, JudgeSummary)
    assert (summary.progress.readable, summary.progress.failed) == (5, 1)
    assert all(value.changed_pairs for value in progress if isinstance(value, JudgingProgress))


async def test_cancelling_keeps_what_has_arrived(filled: Callable[..., Store]) -> None:
    store = filled([row(f"k{number}") for number in range(10)])
    gate, stuck = Gate(), asyncio.Event()

    async def some_then_none(asked: Asked) -> Reply:
        if asked.number < 5:
            return prefers_yes(asked)
        stuck.set()
        await gate.passed()
        return prefers_yes(asked)

    async with loopback(some_then_none) as server:
        task = asyncio.create_task(judged(store, base_url=server.url, concurrency=1))
        await stuck.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (judgment_rows(store), claim_count(store)) == (5, 0)
    summary, server = await served(store, prefers_yes)
    assert (len(server.asked), verdicts(summary)) == (15, {"candidate": 10})


async def test_leaving_the_loop_early_keeps_what_was_yielded(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    async with loopback(prefers_yes) as server:
        steps = judge_run(store, JudgeRequest(SPEC, base_url=server.url, concurrency=1))
        async for value in steps:
            assert isinstance(value, JudgingProgress)
            break
        await steps.aclose()
    assert judgment_rows(store) >= 1
    assert claim_count(store) == 0


async def test_each_answer_is_in_the_file_as_it_arrives(filled: Callable[..., Store], tmp_path: Path) -> None:
    store = filled(ROWS)
    seen = []

    def look(asked: Asked) -> Reply:
        with open_store(tmp_path / "uphold.db", reading=True) as other:
            seen.append(judgment_rows(other))
        return prefers_yes(asked)

    await served(store, look, concurrency=1)
    assert all(count >= number - 1 for number, count in enumerate(seen))


async def test_two_at_once_never_ask_the_same(filled: Callable[..., Store]) -> None:
    store = filled([row(f"k{number}") for number in range(15)])
    other = filled([row(f"k{number}") for number in range(15)])
    async with loopback(prefers_yes) as server:
        summaries = await asyncio.gather(
            *(judged(one, base_url=server.url, concurrency=2, claim_seconds=3.0) for one in (store, other))
        )
    assert len(server.asked) == 30
    assert [verdicts(summary) for summary in summaries] == [{"candidate": 15}] * 2
    assert judgment_rows(store) == 30


async def test_the_claim_of_a_dead_process_lapses(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    await served(store, lambda asked: error(500))
    (judge_id,) = store.one("SELECT id FROM judges")
    first = judgments.missing_judgments(store, 1, judge_id)[0]
    with store.writing() as conn:
        assert claims.claim(conn, judge_id, [first], "somebody who died", 0.2) == [first]
    summary, server = await served(store, prefers_yes, claim_seconds=0.3)
    assert (len(server.asked), verdicts(summary)) == (6, {"candidate": 3})


async def test_what_a_living_process_holds_is_left_to_it(filled: Callable[..., Store]) -> None:
    store = filled(ROWS)
    await served(store, lambda asked: error(500))
    (judge_id,) = store.one("SELECT id FROM judges")
    first = judgments.missing_judgments(store, 1, judge_id)[0]
    with store.writing() as conn:
        claims.claim(conn, judge_id, [first], "somebody who lives", 60)
    summary, server = await served(store, prefers_yes, claim_seconds=0.03)
    assert (len(server.asked), summary.left) == (5, 1)
    assert claim_count(store) == 1


async def test_rules_judge_offline_without_a_key(filled: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    store = filled([row("one", "a b c", "a x y", reference="a b"), row("two", "z", "y", reference="z"), row("bare")])
    summary = await judged(store, "rules:closer")
    assert verdicts(summary) == {"candidate": 2, "unreadable": 1}
    assert (summary.progress.total, summary.progress.done, summary.left) == (3, 3, 0)
    (first, _, bare) = on_pairs(store, summary)
    assert [judgment.order for judgment in first.judgments] == [AnswerOrder.NONE]
    assert [judgment.problem for judgment in bare.judgments] == ["no reference"]
    assert (await judged(store, "rules:closer")).progress.total == 0


async def test_overlap_judges_against_the_reference_answers(filled: Callable[..., Store]) -> None:
    store = filled([row("one", "a b", reference="a b"), row("two", "z", reference="y"), row("bare")])
    summary = await judged(store, "rules:reference-overlap", set="s", candidate="new", baseline="reference")
    assert (summary.run.baseline, verdicts(summary)) == ("reference", {"candidate": 1, "baseline": 1})
    assert summary.made.no_reference == ("bare",)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"judge": "rules:reference-overlap"}, "rules:closer"),
        ({"judge": "rules:closer", "set": "s", "candidate": "new", "baseline": "reference"}, "rules:closer"),
        ({"judge": "magic:m"}, "there is no judge"),
        ({"judge": "rules:exact", "samples": 2}, "--samples 2"),
        (
            {"judge": "rules:exact"},
            "rules:exact could read nothing: no example of the set 's'.*uphold judge --set s --candidate new",
        ),
        ({"samples": 0}, "--samples 0"),
        ({"samples": 65}, "--samples 65"),
        ({"concurrency": 0}, "--concurrency 0"),
        ({"base_url": "nonsense"}, "no address"),
        ({"key_variable": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE: no API key"),
        ({"run": "elsewhere"}, "there is no run 'elsewhere'"),
        ({"set": "s"}, "go together"),
        ({"run": "1", **PAIR}, "either RUN or"),
        ({**PAIR, "set": "t"}, "there is no set 't'"),
        ({**PAIR, "candidate": "never"}, "'never' has answered nothing .*'new', 'old'"),
        ({**PAIR, "candidate": "old"}, "compared with itself"),
    ],
)
async def test_what_does_not_fit_is_told_before_anything_is_written(
    filled: Callable[..., Store], more: dict[str, Any], said: str
) -> None:
    store = filled(ROWS)
    changes = store.db.conn.total_changes
    with pytest.raises(BadUsage, match=said):
        await judged(store, **{"judge": SPEC, **more})
    assert store.db.conn.total_changes == changes


async def test_the_files_verdicts_are_those_of_the_rule_for_consensus(filled: Callable[..., Store]) -> None:
    def anything(asked: Asked) -> Reply:
        return [verdict("A"), verdict("B"), verdict("tie"), error(500), refusal()][asked.number * 7 % 11 % 5]

    store = filled([row(f"k{number}") for number in range(25)])
    summary, _ = await served(store, anything, samples=2)
    rows = store.rows("SELECT pair_id, verdict FROM verdicts WHERE judge_id = ?", (summary.judge_id,)).fetchall()
    assert len(rows) == 25
    assert len({word for _, word in rows}) > 2
    for pair_id, word in rows:
        judge = judgments.read_pair_verdict(store, pair_id, summary.judge_id)
        assert judge is not None
        assert verdict_of(judge.judgments, dict.fromkeys(BOTH_ORDERS, 2)) == word


def judge_until_stuck(store: Store, how: signal.Signals, database: Path) -> None:
    """Run the program until five answers are in the file and two requests are open, then end it by a signal."""
    gate = Gate()

    async def five_then_none(asked: Asked) -> Reply:
        if asked.number >= 5:
            await gate.passed()
        return prefers_yes(asked)

    with serving(five_then_none) as server:
        program = forked.start(forked_programs.judge, database, server.url, "live", 0.3, 2)
        assert server.wait_for(7)
        for _ in range(100_000):
            if judgment_rows(store) == 5:
                break
        program.send_signal(how)
        assert program.end() != 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_after_a_kill_only_what_was_in_flight_is_asked_again(
    filled: Callable[..., Store], tmp_path: Path, how: signal.Signals
) -> None:
    store = filled([row(f"k{number}") for number in range(10)])
    judge_until_stuck(store, how, tmp_path / "uphold.db")
    assert judgment_rows(store) == 5
    summary, again = await served(store, prefers_yes, claim_seconds=0.3)
    assert (len(again.asked), verdicts(summary)) == (15, {"candidate": 10})
