"""A judge is asked about given pairs for a purpose of its own; nothing of it enters a verdict or a list of judges."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.imports import bring, compared, dump
from support.model_server import Answering, Asked, answer_to, error, loopback, said
from uphold.endpoints.retrying import NO_RETRY
from uphold.errors import BadUsage
from uphold.records.enums import BOTH_ORDERS, Purpose
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge, run_judges
from uphold.store.judgments import PairsToAsk
from uphold.store.runs import all_runs
from uphold.workflows.asking_again import Questions, QuestionsAsked, ask_pairs, estimate_questions
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.named_judge import NamedJudge, named_judge

SPEC = "openai:judge-model"


def rows(count: int = 4) -> list[dict[str, Any]]:
    return [compared(f"k{at}", instruction=f"Question {at}", candidate="new", baseline="old") for at in range(count)]


def first_wins(asked: Asked) -> Any:
    return answer_to(asked, said("A"))


async def asked_about(
    store: Store, url: str, pair_ids: tuple[int, ...], purpose: Purpose = Purpose.RERUN, **more: Any
) -> QuestionsAsked:
    request = JudgeRequest(SPEC, patience=NO_RETRY, base_url=url, **more)
    judge = named_judge(store, 1, SPEC, request)
    questions = Questions(judge.to_ask(), PairsToAsk(purpose, pair_ids, BOTH_ORDERS), request)
    *_, last = [value async for value in ask_pairs(store, questions)]
    assert isinstance(last, QuestionsAsked)
    return last


async def judged_store(store: Store, answer: Answering = first_wins) -> Store:
    bring(store, *rows())
    async with loopback(answer) as server:
        request = JudgeRequest(SPEC, patience=NO_RETRY, base_url=server.url + "/v1", run="new-vs-old")
        async for _ in judge_run(store, request):
            pass
    return store


async def test_each_order_of_each_pair_is_asked_once_and_only_once(store: Store) -> None:
    await judged_store(store)
    async with loopback(first_wins) as server:
        done = await asked_about(store, server.url + "/v1", (1, 3))
        assert len(server.asked) == 4
        assert (done.left, done.stopped) == (0, None)
        again = await asked_about(store, server.url + "/v1", (1, 2, 3))
        assert len(server.asked) == 6
        assert again.progress.total == 2


async def test_verdicts_headline_and_lists_stay_as_they_are(store: Store) -> None:
    await judged_store(store)
    run = all_runs(store)[0]
    before = dump(store)["verdicts"], headline_judge(store, run), run_judges(store, run.id)
    async with loopback(lambda asked: answer_to(asked, said("B"))) as server:
        for purpose in (Purpose.RERUN, Purpose.TRY, Purpose.DRIFT):
            await asked_about(store, server.url + "/v1", (1, 2), purpose)
    assert (dump(store)["verdicts"], headline_judge(store, run), run_judges(store, run.id)) == before
    counts = dict(store.rows("SELECT purpose, count(*) FROM judgments GROUP BY 1").fetchall())
    assert counts == {"verdict": 8, "rerun": 4, "try": 4, "drift": 4}


async def test_a_judge_that_was_only_asked_again_does_not_become_the_latest(store: Store) -> None:
    await judged_store(store)
    async with loopback(first_wins) as server:
        later = JudgeRequest("openai:other", patience=NO_RETRY, base_url=server.url + "/v1", run="new-vs-old")
        async for _ in judge_run(store, later):
            pass
        await asked_about(store, server.url + "/v1", (1,))
    run = all_runs(store)[0]
    assert [judge.name for judge in run_judges(store, run.id)] == ["openai:other", SPEC]


async def test_a_new_judge_is_in_the_file_and_in_no_run(store: Store) -> None:
    bring(store, *rows())
    async with loopback(first_wins) as server:
        await asked_about(store, server.url + "/v1", (1, 2), Purpose.TRY)
    run = all_runs(store)[0]
    assert run_judges(store, run.id) == []
    assert headline_judge(store, run).shown is None
    assert store.one("SELECT name FROM judges") == (SPEC,)


async def test_a_try_takes_the_verdicts_that_are_there_and_a_verdict_takes_no_try(store: Store) -> None:
    await judged_store(store)
    async with loopback(first_wins) as server:
        await asked_about(store, server.url + "/v1", (1, 2), Purpose.TRY)
        assert server.asked == []
    bring(store, *rows(5))
    async with loopback(first_wins) as server:
        await asked_about(store, server.url + "/v1", (5,), Purpose.TRY)
        assert len(server.asked) == 2
        request = JudgeRequest(SPEC, patience=NO_RETRY, base_url=server.url + "/v1", run="new-vs-old")
        async for _ in judge_run(store, request):
            pass
        assert len(server.asked) == 4


async def test_identical_answers_are_not_sent(store: Store) -> None:
    bring(store, *(row | {"response_candidate": "same", "response_baseline": "same"} for row in rows(2)), *rows(3)[2:])
    async with loopback(first_wins) as server:
        done = await asked_about(store, server.url + "/v1", (1, 2, 3))
        assert len(server.asked) == 2
    assert done.progress.identical == 4


async def test_what_failed_is_left_and_asked_next_time(store: Store) -> None:
    bring(store, *rows(2))
    async with loopback(lambda asked: error(500) if "Question 1" in asked.user else first_wins(asked)) as server:
        done = await asked_about(store, server.url + "/v1", (1, 2))
    assert (done.progress.failed, done.left) == (2, 2)
    async with loopback(first_wins) as server:
        done = await asked_about(store, server.url + "/v1", (1, 2))
        assert len(server.asked) == 2
    assert done.left == 0


async def test_the_cap_is_never_passed_and_names_what_is_left(store: Store) -> None:
    bring(store, *rows(6))
    prices = {"judge-model": {"input": 1000.0, "output": 1000.0}}
    file = store.path.with_name("judge.toml")
    file.write_text(
        f'model = "openai:judge-model"\nname = "dear"\nprices = {json.dumps(prices["judge-model"]).replace(":", " =")}\n'
        "options = { max_tokens = 100 }\n".replace('"input"', "input").replace('"output"', "output")
    )
    async with loopback(first_wins) as server:
        request = JudgeRequest(str(file), patience=NO_RETRY, base_url=server.url + "/v1", concurrency=1, max_cost=5.0)
        judge = named_judge(store, 1, str(file), request)
        questions = Questions(judge.to_ask(), PairsToAsk(Purpose.TRY, tuple(range(1, 7)), BOTH_ORDERS), request)
        assert (await estimate_questions(store, questions)).calls == 12
        *_, done = [value async for value in ask_pairs(store, questions)]
        assert isinstance(done, QuestionsAsked)
        assert 0 < len(server.asked) < 12
        assert done.left == 12 - len(server.asked)
        assert "--max-cost" in str(done.stopped)
    assert store.one("SELECT sum(cost) FROM judgments")[0] <= 5.0


async def test_an_estimate_writes_nothing(store: Store) -> None:
    await judged_store(store)
    before = dump(store)
    request = JudgeRequest(SPEC, patience=NO_RETRY, base_url="http://127.0.0.1:9/v1")
    judge = named_judge(store, 1, SPEC, request, with_address=False)
    found = await estimate_questions(
        store, Questions(judge.to_ask(), PairsToAsk(Purpose.RERUN, (1, 2), BOTH_ORDERS), request)
    )
    assert (found.pairs, found.calls) == (2, 4)
    assert dump(store) == before


# Naming a judge.


def named(store: Store, name: str, **more: Any) -> NamedJudge:
    return named_judge(store, 1, name, JudgeRequest(name, base_url="http://127.0.0.1:9/v1"), **more)


async def test_a_judge_of_the_file_is_asked_as_it_was(store: Store) -> None:
    bring(store, *rows())
    async with loopback(first_wins) as server:
        options = ["max_tokens=512"]
        one = JudgeRequest(
            SPEC, run="1", options=options, one_order=True, patience=NO_RETRY, base_url=server.url + "/v1"
        )
        async for _ in judge_run(store, one):
            pass
    found = named(store, SPEC)
    assert found.ref is not None
    assert found.to_ask().judge.record.version == found.ref.version
    assert found.to_ask().orders == BOTH_ORDERS[:1]


def test_a_toml_file_and_a_spec_stand_for_new_judges(store: Store, tmp_path: Path) -> None:
    bring(store, *rows())
    file = tmp_path / "new.toml"
    file.write_text('model = "openai:m"\nname = "strict"\norders = "one"\n')
    found = named(store, str(file))
    assert (found.name, found.ref, found.to_ask().orders) == ("strict", None, BOTH_ORDERS[:1])
    assert named(store, "rules:closer").to_ask().address is None


def test_what_cannot_be_asked_says_why(store: Store) -> None:
    bring(store, *(row | {"judge": "elsewhere", "verdict": "tie"} for row in rows()))
    found = named(store, "elsewhere")
    assert found.ref is not None
    with pytest.raises(BadUsage, match="recorded elsewhere"):
        found.to_ask()
    with pytest.raises(BadUsage, match="there is no judge 'nobody'"):
        named(store, "nobody")
