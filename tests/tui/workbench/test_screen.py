"""The workbench on its screen: clauses, tries in the background, versions, and nothing of the locked half before its test."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.app_samples import make_app, press, shown
from support.hostile_texts import attack, short
from support.judge_workbench import LOCKED, good_answer_wins, judge_file, reviewed_store
from support.model_server import Answering, Asked, Gate, Reply, Server, serving
from uphold.records.judge_clauses import Clause, ClauseSource, NamedPair
from uphold.settings import Settings
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.decided_half import find_scope
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judge_workbench import as_shown, keep_version, open_workbench, showable_pairs
from uphold_tui.dialogs.choose import ChooseScreen
from uphold_tui.dialogs.confirm import ConfirmScreen
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.standing.screen import StandingScreen
from uphold_tui.workbench.screen import WorkbenchScreen
from uphold_tui.workbench.waiting import untried_rows

WIDE = (120, 40)

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbench") / "x.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "key-of-the-test")
        reviewed_store(path, 64).close()
    return path


@pytest.fixture(autouse=True)
def key_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-test")


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    with open_store(Path(shutil.copy(made, tmp_path / "x.db"))) as opened:
        yield opened


@pytest.fixture
def server(made: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that the judge's own file leads to."""
    answer: Answering = getattr(request, "param", good_answer_wins)
    with serving(answer) as served:
        judge_file(made.with_name("weak.toml"), served.url, "weak")
        yield served


async def on_workbench(pilot: Pilot[Any]) -> WorkbenchScreen:
    screen = pilot.app.screen
    assert isinstance(screen, NumbersScreen)
    await press(pilot, "W")
    bench = pilot.app.screen
    assert isinstance(bench, WorkbenchScreen)
    return bench


async def tried(pilot: Pilot[Any], screen: WorkbenchScreen) -> None:
    """Wait until a try has ended and is shown."""
    while screen.is_trying or pilot.app.workers or screen.work is not None:
        await pilot.pause(0.01)
    await pilot.pause()


def app(store: Store) -> Any:
    return make_app(store, reviewer="mira")


async def opened(pilot: Pilot[Any], store: Store) -> WorkbenchScreen:
    pilot.app.navigator.show_numbers(all_runs(store)[0])  # type: ignore[attr-defined]
    await pilot.pause()
    return await on_workbench(pilot)


async def test_before_the_first_try_there_is_no_figure_and_its_price_is_named(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        assert "The judge as it is" in shown(pilot)
        assert "Locked half   32 pairs, never shown here" in shown(pilot)
        await press(pilot, "n", *"Facts first.", "enter")
        text = shown(pilot)
        assert "Not tried yet" in text
        assert "1   Facts first." in text
        assert "weak, v2 being written" in text
        assert "enter try  (128 calls" in text  # 32 pairs in both orders, and the old judge again
        assert screen.is_new
        assert server.asked == []


async def test_a_key_of_the_strip_can_be_clicked(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"Facts first.", "enter")
        rows = shown(pilot).split("\n")
        row = next(place for place, text in enumerate(rows) if "S keep as v2" in text)
        await pilot.click(offset=(rows[row].index("keep as") + 1, row))
        await pilot.pause()
        assert "kept as v2: --judge 'weak v2' asks it" in shown(pilot)
        assert not screen.is_new


async def test_a_try_shows_fixed_and_broken_and_is_kept_as_a_version(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "w", "enter", "enter")
        await tried(pilot, screen)
        text = shown(pilot)
        assert "points of agreement, 75 to 100" in text
        assert "✓ fixed 8    ≠ broken 0" in text
        assert "same 24  24 right, 0 wrong" in text
        assert "v2 for v1" in text
        assert "32 of 32 were decided with the old verdict in view" in text
        assert "from 4 overturned: " in text
        await press(pilot, "S")
        assert "kept as v2: --judge 'weak v2' asks it" in shown(pilot)
        assert not screen.is_new
        await press(pilot, "h")
        assert "fixed 8" in shown(pilot)
        await press(pilot, "escape", "q")
        assert isinstance(pilot.app.screen, NumbersScreen)


async def test_clauses_go_on_and_off_are_edited_and_come_back(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"One", "enter", "n", *"Two", "enter", "space")
        assert [clause.is_on for clause in screen.draft.clauses] == [True, False]
        assert "off since v2" in shown(pilot)
        await press(pilot, "k", "e", *" more", "enter")
        assert screen.draft.rubric == "One more"
        await press(pilot, "u", "u")
        assert screen.draft.rubric == "One\nTwo"
        await press(pilot, "u", "u", "u")
        assert "nothing to undo" in shown(pilot)
        assert screen.draft.clauses == ()


async def test_a_shown_decision_is_not_tried_on(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "x")
        assert isinstance(pilot.app.screen, ChooseScreen)
        assert "overturned ones first" in shown(pilot)
        await press(pilot, "j", "enter")
        assert "Shown to it   1 decision, all of this half" in shown(pilot)
        await press(pilot, "enter")
        await tried(pilot, screen)
        assert "on the 31 pairs of this half" in shown(pilot)
        assert "1 decided pair is left out" in shown(pilot)
        await press(pilot, "x")
        assert screen.draft.shown == ()


async def test_versions_are_gone_back_to(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"One", "enter", "S", "n", *"Two", "enter", "S")
        assert screen.bench is not None
        assert screen.bench.number == 4
        await press(pilot, "V", "j")
        assert "+ Two" in shown(pilot)
        await press(pilot, "enter")
        assert screen.draft.rubric == "One"
        assert not screen.is_new
        await press(pilot, "n", *"Three", "enter", "q")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        assert "Leave v4 unkept?" in shown(pilot)
        await press(pilot, "escape", "q", "enter")
        assert isinstance(pilot.app.screen, NumbersScreen)


async def test_the_pairs_that_changed_open_in_the_review(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"One", "enter", "enter")
        await tried(pilot, screen)
        await press(pilot, "tab", "j", "enter")
        review = pilot.app.screen
        assert isinstance(review, ReviewScreen)
        assert review.session.current is not None
        assert review.session.current.key.endswith("-dev")
        await press(pilot, "q")
        assert pilot.app.screen is screen
        await press(pilot, "tab")
        assert screen.pair is None


async def test_a_wide_screen_shows_what_is_asked_and_the_pair_under_the_cursor_with_both_answers(
    store: Store, server: Server
) -> None:
    async with app(store).run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"Facts first.", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        text = shown(pilot)
        assert "What it is asked   v2, but for the texts of a pair" in text
        assert text.count("Facts first.") == 2  # in the rubric, and in what is asked
        await press(pilot, "space")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert shown(pilot).count("Facts first.") == 1
        await press(pilot, "space", "enter")
        await tried(pilot, screen)
        await press(pilot, "tab", "j")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        text, number = shown(pilot), int(screen.changed[1].key[1:4])
        assert f"candidate answer {number} " in text
        assert f"baseline answer {number} " in text
        assert f"“note {number}”" in text
        assert "v1: " in text
        assert "v2: " in text
        assert "fixed" in text.splitlines()[next(y for y, row in enumerate(text.splitlines()) if "you: " in row) - 3]


async def test_a_pair_that_you_have_not_decided_keeps_its_answers_and_what_was_said(
    store: Store, server: Server
) -> None:
    async with make_app(store, reviewer="somebody else").run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"One", "enter", "enter")
        await tried(pilot, screen)
        await press(pilot, "tab")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        text, pair = shown(pilot), screen.changed[0]
        assert "You have not decided this pair" in text
        assert pair.instruction in text
        assert "candidate answer" not in text
        assert "note " not in text


async def test_a_try_goes_on_in_the_background_is_stopped_and_goes_on_later(store: Store, made: Path) -> None:
    gate = Gate()

    async def answer(asked: Asked) -> Reply:
        if asked.number >= 20:
            await gate.passed()
        return good_answer_wins(asked)

    with serving(answer) as served:
        judge_file(made.with_name("weak.toml"), served.url, "weak")
        async with app(store).run_test(size=WIDE) as pilot:
            screen = await opened(pilot, store)
            await press(pilot, "n", *"One", "enter", "enter")
            while "of 64 trying" not in shown(pilot):
                await pilot.pause(0.01)
            await press(pilot, "n")
            assert pilot.app.screen is screen  # the draft rests while it is tried
            await press(pilot, "escape")
            gate.open()
            await tried(pilot, screen)
            assert "stopped: you stopped it; enter goes on" in shown(pilot)
            asked = len(served.asked)
            assert asked < 64
            await press(pilot, "enter")
            await tried(pilot, screen)
            assert "fixed 8" in shown(pilot)
            assert len(served.asked) == 128


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Store]:
    with reviewed_store(tmp_path / "few.db", 24) as store:
        yield store


def test_a_draft_is_tried_on_the_decided_pairs_that_it_is_not_shown(store: Store) -> None:
    bench = open_workbench(store, find_scope(store, all_runs(store)[0].name, None), Settings())
    draft = bench.draft.with_shown(as_shown(showable_pairs(store, bench)[0], 2))
    said = " ".join(row.plain for row in untried_rows(bench, draft, "", is_new=True, width=77))
    assert "enter asks it about the 31 decided pairs of this half that it is not shown" in said


async def test_the_header_leaves_out_the_money_before_the_version(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"a clause that is new", "enter", "enter")
        await tried(pilot, screen)
        bench, page = screen.bench, screen._page
        assert bench is not None
        trials = tuple(replace(one, cost=0.054) for one in bench.trials)
        page.draft.bench = replace(bench, trials=trials)
        wide, narrow = (tuple(end.plain for end in page.header(width)) for width in (78, 56))
        assert wide[1] == "tried 1 time   $0.0540 so far"
        assert narrow[1] == "tried 1 time"
        assert wide[0] == narrow[0]
        assert narrow[0].endswith("judge weak, v2 being written")


async def test_few_decided_pairs_are_to_read_only(few: Store) -> None:
    async with app(few).run_test(size=WIDE) as pilot:
        await opened(pilot, few)
        assert "To read only" in shown(pilot)
        assert "a try takes 20 decided pairs" in shown(pilot)
        assert "No clause yet" in shown(pilot)
        assert "n writes one" not in shown(pilot)
        await press(pilot, "n", "w", "enter", "L", "S")
        assert isinstance(pilot.app.screen, WorkbenchScreen)


async def test_a_judge_without_a_key_says_so_and_asks_nothing(
    store: Store, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    file = store.path.with_name("uphold.toml")
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        judge_file(file, "http://127.0.0.1:9", "weak")
        await press(pilot, "n", *"One", "enter", "enter")
        await tried(pilot, screen)
        assert screen.work is None
        assert pilot.app.screen is screen


async def test_the_locked_half_is_tested_once_after_a_question(store: Store, server: Server) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"One", "enter", "L")
        assert "S keeps it first" in shown(pilot)
        await press(pilot, "S", "L", *".8", "enter")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        assert "Test weak v2, once?" in shown(pilot)
        await press(pilot, "enter")
        standing = next(one for one in pilot.app.screen_stack if isinstance(one, StandingScreen))
        while standing.is_working or pilot.app.workers or standing.work is not None:
            await pilot.pause(0.01)
        await press(pilot, "q")
        assert pilot.app.screen is screen
        text = shown(pilot)
        assert "tested 1 time" in text
        assert "32 of 32 said what people say" in text
        await press(pilot, "L")
        assert "the locked half is spent" in shown(pilot)


@pytest.mark.parametrize(
    "size", [(120, 40), *(pytest.param(size, marks=pytest.mark.slow) for size in ((80, 24), (200, 60)))]
)
async def test_nothing_of_the_locked_half_is_sent_or_drawn_before_its_test(
    store: Store, server: Server, size: tuple[int, int]
) -> None:
    drawn: list[str] = []

    async def look(pilot: Pilot[Any], *keys: str) -> None:
        for key in keys:
            await press(pilot, key)
            drawn.append(shown(pilot))

    async with app(store).run_test(size=size) as pilot:
        screen = await opened(pilot, store)
        for _ in range(4):
            await look(pilot, "w", "j", "j", "j", "enter")
        for _ in range(3):
            await look(pilot, "x", "pagedown", "pagedown", "pagedown", "enter")
        await look(pilot, "n", "O", "enter", "space", "space", "enter")
        while screen.is_trying or screen.work is not None:
            drawn.append(shown(pilot))
            await pilot.pause(0.01)
        await tried(pilot, screen)
        await look(pilot, "tab", *["j"] * 30, "tab", "S", "h", "escape", "V", "j", "escape", "L", "escape")
        await look(pilot, "?", "pagedown", "escape")
        wide = [clause.text for clause in screen.draft.clauses]
    assert len(server.asked) > 100
    assert all(LOCKED not in asked.raw.decode() for asked in server.asked)
    assert not [text for text in drawn if LOCKED in text]
    assert "-loc" not in "".join(drawn)  # the keys of the locked half end so
    assert not [text for text in wide if LOCKED in text]


async def test_hostile_names_reasons_notes_and_clauses_are_shown_as_text(store: Store, server: Server) -> None:
    with store.writing() as conn:
        conn.execute("UPDATE examples SET key = ? || key", (short("key"),))
        conn.execute("UPDATE systems SET name = ? || name", (short("system"),))
        conn.execute("UPDATE reviewers SET name = ?", (short("who"),))
        conn.execute("UPDATE events SET note = ? WHERE note IS NOT NULL", (attack("note"),))
    bench = open_workbench(store, find_scope(store, all_runs(store)[0].name, None), Settings())
    pair = as_shown(showable_pairs(store, bench)[0], 2)
    clause = Clause(
        attack("clause"), ClauseSource.REASON, 2, reason=attack("why"), pairs=(NamedPair("r", short("k"), 1),)
    )
    draft = bench.draft.with_new_clause(clause).with_shown(replace(pair, reason=attack("so")))
    keep_version(store, bench, draft, short("writer"), JudgeRequest((), "lora-vs-base"))
    with store.writing() as conn:
        conn.execute("UPDATE judge_prompts SET name = ?", (short("judge"),))
    async with app(store).run_test(size=(200, 60)) as pilot:
        await opened(pilot, store)
        for keys in (
            ("down",) * len(draft.clauses),
            (),
            ("w", "j", "escape"),
            ("x", "escape"),
            ("V", "j", "escape"),
            ("h", "escape"),
            ("e", "escape"),
            ("q",),
        ):
            for key in (*keys, ""):
                if key:
                    await press(pilot, key)
                segments = [one for strip in pilot.app.screen._compositor.render_strips() for one in strip]
                assert not any(FORBIDDEN.search(one.text) for one in segments)
                assert not any("leave_now" in str(one.style.meta) for one in segments if one.style is not None)


def replace_file(path: Path, other: Path) -> bytes:
    """Put a copy of another file in the place of one; returns what is in it."""
    Path(shutil.copy(other, path.with_name("other.db"))).replace(path)
    return path.read_bytes()


async def test_a_version_is_not_kept_in_a_file_that_took_the_place_of_the_open_one(
    store: Store, server: Server, made: Path
) -> None:
    async with app(store).run_test(size=WIDE) as pilot:
        screen = await opened(pilot, store)
        await press(pilot, "n", *"Facts first.", "enter")
        before = replace_file(store.path, made)
        await press(pilot, "S")
        await tried(pilot, screen)
        assert "the database was replaced by" in shown(pilot)
        assert screen.is_new
        await press(pilot, "enter")
        await tried(pilot, screen)
        assert "the database was replaced by" in shown(pilot)
    assert store.path.read_bytes() == before
    assert server.asked == []
