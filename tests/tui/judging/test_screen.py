"""Judging from the app, by a judge behind the loopback server."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.app_samples import database, make_app, press, shown
from support.faulty_endpoint import right
from support.model_server import Asked, Gate, Reply, answer_to, error, serving
from support.picture_judging import at_work
from uphold.records.enums import Verdict
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.store.judgments import JudgedPair
from uphold.store.runs import all_runs
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.judging_progress import JudgingProgress, JudgingView
from uphold_tui.app import UpholdApp
from uphold_tui.home.screen import HomeScreen
from uphold_tui.judging.background import JudgingStatus
from uphold_tui.judging.page import JudgingPage
from uphold_tui.judging.screen import JudgingScreen
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.themes import PLAIN


@pytest.fixture(autouse=True)
def environment_with_a_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-the-test")


def app(store: Store, url: str) -> UpholdApp:
    judge = {"model": "anthropic:judge-model", "base_url": url, "prices": {"input": 1.0, "output": 5.0}}
    return make_app(store, reviewer="mira", settings=Settings(judges={"strict": judge}))


async def until(pilot: "Pilot[Any]", true: Callable[[], bool]) -> bool:
    """Let the app go on until something is so; False if that never comes."""
    for _ in range(600):
        if true():
            return True
        await pilot.pause(0.02)
    return False


async def ended(pilot: "Pilot[Any]") -> bool:
    screen = pilot.app.screen
    assert isinstance(screen, JudgingScreen)
    return await until(pilot, lambda: screen.work is not None and screen.work.status.ended)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = database(tmp_path, count=6)
    yield opened
    opened.close()


def settled(store: Store) -> int:
    return int(
        store.one(
            "SELECT count(*) FROM judgments j JOIN judges g ON g.id = j.judge_id WHERE g.kind = 'llm' AND j.status = 'readable'"
        )[0]
    )


async def test_j_chooses_a_judge_and_enter_sets_it_to_work(store: Store) -> None:
    with serving(right) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            assert "j judge" in shown(pilot)
            await press(pilot, "j")
            assert "Which judge reads this run?" in shown(pilot)
            assert "strict" in shown(pilot)
            await press(pilot, "enter")
            assert await ended(pilot)
            await pilot.pause()
            screen = shown(pilot)
            assert "judging with strict" in screen
            assert "12 of 12 judgments" in screen
            assert "Done.  nothing is left" in screen
            assert "A judge's opinion until someone reviews" in screen
            assert settled(store) == 12
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, ReviewScreen)
            await press(pilot, "q")
            assert isinstance(pilot.app.screen, JudgingScreen)
            await press(pilot, "q")
            assert isinstance(pilot.app.screen, HomeScreen)


async def test_the_footer_says_whether_enter_sets_a_judge_to_work_or_asks_for_its_name(store: Store) -> None:
    async with app(store, "https://judge.example.com").run_test(size=(80, 24)) as pilot:
        await press(pilot, "j")
        assert "enter begin" in shown(pilot).splitlines()[-1]
        await press(pilot, *["down"] * 9)
        assert "enter name it" in shown(pilot).splitlines()[-1]
        await press(pilot, "enter")
        assert "Judge   anthropic:MODEL" in shown(pilot)


async def test_judging_goes_on_behind_the_start_screen_and_the_review(store: Store) -> None:
    gate = Gate()

    async def after_the_gate(asked: Asked) -> Reply:
        if asked.number >= 4:
            await gate.passed()
        return right(asked)

    with serving(after_the_gate) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await press(pilot, "j", "enter")
            assert await until(pilot, lambda: settled(store) >= 2)
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, ReviewScreen)
            await press(pilot, "q", "q")
            assert isinstance(pilot.app.screen, HomeScreen)
            gate.open()
            assert await until(pilot, lambda: settled(store) == 12)


async def test_what_is_going_on_is_met_again(store: Store) -> None:
    gate = Gate()

    async def after_the_gate(asked: Asked) -> Reply:
        await gate.passed()
        return right(asked)

    with serving(after_the_gate) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await press(pilot, "j", "enter")
            assert await until(pilot, lambda: len(server.asked) >= 1)
            await press(pilot, "q", "j")
            assert "judging with strict" in shown(pilot)
            gate.open()
            assert await ended(pilot)
            assert settled(store) == 12


async def test_p_pauses_and_goes_on(store: Store) -> None:
    gates = Gate()

    async def answer(asked: Asked) -> Reply:
        await gates.passed()
        return right(asked)

    with serving(answer) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await press(pilot, "j", "enter")
            assert await until(pilot, lambda: len(server.asked) == 8)
            await press(pilot, "p")
            assert "paused, p goes on" in shown(pilot)
            gates.open()
            assert await until(pilot, lambda: settled(store) == 8)
            assert len(server.asked) == 8
            await press(pilot, "p")
            assert await ended(pilot)
            assert settled(store) == 12


def test_a_pause_and_a_stop_move_nothing_on_the_page(store: Store) -> None:
    work = at_work(store, all_runs(store)[0])
    page = JudgingPage(work.run, work.status, work.control, PLAIN)
    before = [row.plain for row in page.rows(78, 19)]
    assert before[0].endswith("about 22 s left")
    work.control.pause(True)
    paused = [row.plain for row in page.rows(78, 19)]
    assert paused[0].endswith("paused, p goes on")
    work.control.stop("you stopped it")
    stopping = [row.plain for row in page.rows(78, 19)]
    assert stopping[0].endswith("stopping: what is in flight comes back first")
    assert before[1:] == paused[1:] == stopping[1:]


def test_lists_are_as_long_as_a_high_terminal_has_room_for(store: Store) -> None:
    work = at_work(store, all_runs(store)[0])
    view = work.status.view
    assert view is not None
    work.status = replace(work.status, view=replace(view, problems=view.problems * 15, latest=view.latest * 6))
    page = JudgingPage(work.run, work.status, work.control, PLAIN)
    low, high = (" ".join(row.plain for row in page.rows(194, height)) for height in (19, 55))
    assert (low.count("unreadable  "), low.count("orders disagree")) == (3, 2)
    assert (high.count("unreadable  "), high.count("orders disagree")) == (11, 5)
    assert len(page.rows(194, 55)) == 55


async def test_plus_and_minus_change_how_many_are_asked_at_once(store: Store) -> None:
    gate = Gate()

    async def answer(asked: Asked) -> Reply:
        await gate.passed()
        return right(asked)

    with serving(answer) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await press(pilot, "j", "enter")
            assert await until(pilot, lambda: len(server.asked) == 8)
            await press(pilot, "plus", "plus")
            assert await until(pilot, lambda: len(server.asked) == 10)
            screen = pilot.app.screen
            assert isinstance(screen, JudgingScreen)
            assert screen.work is not None
            await press(pilot, "minus")
            assert screen.work.control.concurrency == 9
            gate.open()
            assert await ended(pilot)


async def test_s_stops_and_keeps_what_came_back(store: Store) -> None:
    gate = Gate()

    async def answer(asked: Asked) -> Reply:
        if asked.number >= 3:
            await gate.passed()
        return right(asked)

    with serving(answer) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await press(pilot, "j", "enter")
            assert await until(pilot, lambda: settled(store) == 3)
            await press(pilot, "s")
            gate.open()
            assert await ended(pilot)
            await pilot.pause()
            assert "Stopped." in shown(pilot)
            assert len(server.asked) < 12
            assert settled(store) == len(server.asked)


async def test_failures_are_listed_with_their_reason_and_r_shows_the_raw_answer(store: Store) -> None:
    def answer(asked: Asked) -> Reply:
        if "instruction 0\n" in asked.user:
            return error(413, said="too long for [b]this[/b] \x1b[2J model")
        return answer_to(asked, "no \x1b]52;c;x idea")

    with serving(answer) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await press(pilot, "j", "enter")
            assert await ended(pilot)
            await pilot.pause()
            screen = shown(pilot)
            assert "Needs a look" in screen
            assert "no verdict in the text" in screen
            assert "413 (too long" in screen
            await press(pilot, "r")
            assert "Raw answers of strict" in shown(pilot)
            assert "too long for [b]this[/b] ␛[2J model" in shown(pilot)
            await press(pilot, "escape", "j", "j", "j", "r")
            assert "no ␛]52;c;x idea" in shown(pilot)
            assert "\x1b" not in shown(pilot)


async def test_a_missing_key_is_one_sentence_on_the_screen(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    async with app(store, "https://judge.example.com").run_test(size=(120, 36)) as pilot:
        await press(pilot, "j", "enter")
        assert await ended(pilot)
        await pilot.pause()
        assert "ANTHROPIC_API_KEY: no API key" in shown(pilot)
        await press(pilot, "a")
        assert "Which judge reads this run?" in shown(pilot)


async def test_a_cap_is_typed_after_the_dollar_sign(store: Store) -> None:
    held = Gate()

    async def answer(asked: Asked) -> Reply:
        await held.passed()
        return right(asked)

    with serving(answer) as server:
        async with app(store, server.url).run_test(size=(120, 36)) as pilot:
            await press(pilot, "j", "enter")
            assert await until(pilot, lambda: len(server.asked) == 8)
            await press(pilot, "dollar_sign", "0", "full_stop", "0", "1", "enter")
            held.open()
            assert await ended(pilot)
            await pilot.pause()
            assert "stops at $0.01" in shown(pilot), shown(pilot)
            assert store.one("SELECT sum(cost) FROM judgments")[0] <= 0.01
            assert 0 < settled(store) < 12


async def test_the_reasons_of_what_went_wrong_are_shown_with_counts_and_an_example(store: Store) -> None:
    def some(asked: Asked) -> Reply:
        user = asked.user
        candidate_first = user.index("candidate") < user.index("baseline")
        if "instruction 0\n" in user or ("instruction 1\n" in user and candidate_first):
            return error(413, said="the prompt is [bold]too long[/]")
        return answer_to(asked, "no idea") if "instruction 1\n" in user else right(asked)

    with serving(some) as server:
        async with app(store, server.url).run_test(size=(120, 40)) as pilot:
            await press(pilot, "j", "enter")
            assert await ended(pilot)
            await pilot.pause()
            screen = shown(pilot)
    after = screen.partition("What went wrong")[2].splitlines()
    assert " 3  as k-000 " in after[1]
    assert "[bold]too long" in after[1]
    assert " 1  as k-001 " in after[2]
    assert "no verdict in the text" in after[2]
    assert "nothing is left" not in screen


async def test_a_rule_that_could_read_nothing_is_not_offered_and_is_refused_by_name(store: Store) -> None:
    async with app(store, "http://127.0.0.1:9").run_test(size=(120, 40)) as pilot:
        await press(pilot, "j")
        has_references = store.one("SELECT count(*) FROM examples WHERE reference_id IS NOT NULL")[0] > 0
        assert ("rules:closer" in shown(pilot)) is has_references


async def test_judges_to_choose_stand_with_what_they_are_asked_and_when_they_were_used(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(right) as server:
        file = tmp_path / "own.toml"
        file.write_text(f'name = "own"\nmodel = "anthropic:m"\nbase_url = "{server.url}"\nstyle = "own-answer-first"\n')
        judges: dict[str, dict[str, Any]] = {
            "parts": {"model": "openai:m", "ties": False, "criteria": [{"name": "tone", "question": "q"}]},
            "broken": {"model": "openai:m", "style": "cot"},
        }
        made = make_app(store, reviewer="mira", settings=Settings(judges=judges))
        async with made.run_test(size=(120, 36)) as pilot:
            await press(pilot, "j")
            assert "parts    openai:m, reasoned, no ties, 1 criterion, both orders" in shown(pilot)
            assert "price not known   @" in shown(pilot)
            assert "not asked yet" in shown(pilot)
            assert "there is no such style" in shown(pilot)
            assert "own.toml" not in shown(pilot)
            screen = pilot.app.screen
            assert isinstance(screen, JudgingScreen)
            screen.start("own.toml")
            assert await ended(pilot)
            await press(pilot, "q", "j")
            assert "own.toml   anthropic:m, own-answer-first, both orders" in shown(pilot)
            assert "used 20" in shown(pilot)


async def test_the_judge_under_the_cursor_is_described_in_full(store: Store) -> None:
    table = {"model": "openai:a-model-with-a-very-long-name-indeed", "samples": 3, "style": "metrics"}
    long = {"one": table, "two": table}
    made = make_app(store, reviewer="mira", settings=Settings(judges=long))
    async with made.run_test(size=(80, 24)) as pilot:
        await press(pilot, "j", "down")
        said = " ".join(shown(pilot).split())
        assert "openai:a-model-with-a-very-long-name-indeed, metrics, both orders, 3 samples an order;" in said
        assert "price not known, @" in said


@pytest.mark.parametrize(("height", "latest"), [(60, 30), (36, 19), (20, 8)])
def test_as_many_pairs_judged_last_stand_there_as_have_room(store: Store, height: int, latest: int) -> None:
    run = all_runs(store)[0]
    pairs = [JudgedPair(n, f"k-{n:02d}", 1, Verdict.TIE, 0.5, "alike") for n in range(30)]
    progress = JudgingProgress(60, readable=60, run_id=run.id, judge_id=1)
    status = JudgingStatus(progress, JudgingView({Verdict.TIE: 30}, latest=pairs))
    rows = JudgingPage(run, status, WorkControl(8, None), PLAIN).rows(110, height - 5)
    keys = [row.plain.split()[1] for row in rows if " k-" in row.plain]
    assert len(keys) == latest
    assert len(rows) <= height - 5 or latest == 8
    assert keys == [pair.key for pair in pairs[:latest]]
