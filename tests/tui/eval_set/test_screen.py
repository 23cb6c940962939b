"""The eval set in the app: from an empty database to examples, every change of them, and the ways in and out."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot

from support.app_samples import app, database, make_app, press, press_at_once, rows, shown
from support.imports import bring
from uphold.records.example_list import ExampleFilter
from uphold.records.sets import ExampleRow, ExampleStatus, NewExample, SettingKind
from uphold.records.texts import ExampleText
from uphold.workflows.curating import SetEditor, list_examples, overview
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.lookup import Store, open_store
from uphold_tui.app import app_end
from uphold_tui.eval_set.screen import SetScreen
from uphold_tui.eval_set.systems import SystemsScreen
from uphold_tui.home.screen import HomeScreen
from uphold_tui.review.screen import ReviewScreen

SET = "sample"

SIZE = (120, 36)

INSTRUCTIONS = (
    "Write about the kettle.",
    "Which lamp suits a small kitchen?",
    "Describe how a boat is steered at night.",
    "Explain to a child why coats have buttons.",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a judged run of four examples."""
    folder = tmp_path_factory.mktemp("sets")
    lines = rows(4, candidate="lora", baseline="base")
    for line in lines:
        number = int(line["key"][-1])
        if "instruction" in line:
            line |= {"instruction": INSTRUCTIONS[number], "tags": ["home"]}
    database(folder, lines).close()
    return folder / "uphold.db"


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it."""
    with open_store(Path(shutil.copy(made, tmp_path / "uphold.db"))) as opened:
        yield opened


async def settled(pilot: "Pilot[str]") -> SetScreen:
    """The set's screen when it has read the set."""
    for _ in range(300):
        screen = pilot.app.screen
        if isinstance(screen, SetScreen) and screen.loader.is_read and not screen.workers._workers:
            break
        await pilot.pause(0.01)
    await pilot.pause()
    assert isinstance(pilot.app.screen, SetScreen)
    return pilot.app.screen


async def act(pilot: "Pilot[str]", *keys: str) -> None:
    """Press keys; what begins with a blank is pasted without it."""
    for key in keys:
        if key.startswith(" "):
            pilot.app.post_message(Paste(key[1:]))
            await pilot.pause()
        else:
            await press(pilot, key)


async def opened(pilot: "Pilot[str]") -> SetScreen:
    """The set of the only run, opened from the start screen."""
    await pilot.pause()
    await act(pilot, "E")
    return await settled(pilot)


def example(store: Store, key: str) -> ExampleRow:
    return next(row for row in list_examples(store, SET) if row.key == key)


async def test_from_an_empty_database_to_examples_that_are_undone_after_a_restart(tmp_path: Path) -> None:
    with open_store(tmp_path / "new.db", create=True) as store:
        async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
            await pilot.pause()
            assert "Write an eval set" in shown(pilot)
            await act(pilot, "e", " desk", "enter", " replies", "enter")
            await settled(pilot)
            assert "No example yet." in shown(pilot)
            await act(pilot, "n", " Duck, quickly", "escape")
            await act(pilot, "n", " Ask", "enter", " again", "tab", "tab", " An answer", "tab", " a, b", "enter")
            await act(pilot, "n", "escape")
            assert "nothing written: no example added" in shown(pilot)
            first, second = list_examples(store, "desk")
            assert (first.key, first.text.turns, first.status) == ("ex-1", ("Duck, quickly",), ExampleStatus.ACTIVE)
            assert (second.text.turns, second.text.references, second.tags) == (
                ("Ask\nagain",),
                ("An answer",),
                ("a", "b"),
            )
            await act(pilot, "q")
            assert isinstance(pilot.app.screen, HomeScreen)
            assert "desk is version 1 now" in shown(pilot)
            await act(pilot, "enter")
            await settled(pilot)
            await act(pilot, "q")
            assert "version" not in shown(pilot)
    with open_store(tmp_path / "new.db") as store:
        async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
            await pilot.pause()
            await act(pilot, "enter")
            await settled(pilot)
            await act(pilot, "u")
            assert "taken back: ex-2 added" in shown(pilot)
            await act(pilot, "u", "u", "u")
            assert list_examples(store, "desk") == []
            assert overview(store, "desk").purpose is None
            assert "nothing to take back" in shown(pilot)


async def test_an_edit_says_what_turns_stale_and_what_is_left_or_taken_back_is_as_it_was(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await act(pilot, "enter", " Now: ", "escape")
        assert "1 pair and 1 verdict in 1 run turn stale." in shown(pilot)
        await act(pilot, "escape", " so ", "escape", "x")
        assert example(store, "k-000").text.turns == ("Write about the kettle.",)
        await act(pilot, "enter", " Now: ", "escape", "enter")
        assert example(store, "k-000").text.turns == ("Now: Write about the kettle.",)
        assert "1 pair is about an older text" in shown(pilot)
        assert screen.loader.now.counts[ExampleFilter.STALE] == 1
        await act(pilot, "u")
        assert "taken back: k-000 edited" in shown(pilot)
        assert example(store, "k-000").stale == 0


async def test_a_reference_and_tags_are_written_without_a_question(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "r", " Boil it.", "tab", " , new", "enter")
        assert "reference and tags saved" in shown(pilot)
        assert example(store, "k-000").text.references == ("Boil it.",)
        assert example(store, "k-000").tags == ("home", "new")


async def test_bare_keys_are_text_while_a_field_is_written_in(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await act(pilot, "enter", *"DquOAC#?:", "space", "slash")
        assert screen.writing is not None
        assert pilot.app.screen is screen
        assert screen.form.values.turns == ("DquOAC#?: /Write about the kettle.",)


async def test_what_was_still_being_written_is_named_when_the_app_is_left_at_once(store: Store) -> None:
    uphold = make_app(store, reviewer="mira")
    async with uphold.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "enter", " Now: ", "ctrl+c")
    end = app_end(uphold, None)
    assert end.code == 4
    assert end.troubles == ("not kept: the change of k-000 in the set sample, which was still being written",)
    assert example(store, "k-000").text.turns == (INSTRUCTIONS[0],)


def locked(store: Store) -> sqlite3.Connection:
    """Another program that is writing."""
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_an_act_waits_in_sight_for_another_program_and_is_done_after_it(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        other = locked(store)
        await act(pilot, "n", " Why?", "escape")
        assert "another program is writing: waiting, 0 s" in shown(pilot)
        await act(pilot, "escape", "ctrl+p", "escape")
        assert screen.writing is not None
        other.rollback()
        while screen.patient.is_waiting:
            await pilot.pause(0.05)
        await pilot.pause()
        assert screen.writing is None
        assert "k-004 added" in shown(pilot)
        assert [row.text.turns for row in list_examples(store, SET)][4:] == [("Why?",)]


async def test_a_set_is_not_left_while_an_act_waits_and_the_app_names_it(store: Store) -> None:
    uphold = make_app(store, reviewer="mira")
    async with uphold.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        with closing(locked(store)):
            await act(pilot, "D", *"vague", "enter", "q")
            assert pilot.app.screen is screen
            assert "another program is writing: waiting" in shown(pilot)
            await act(pilot, "ctrl+c")
    end = app_end(uphold, None)
    assert end.troubles == ("not kept: the last act on the set sample, which waits for another program",)
    assert example(store, "k-000").status is ExampleStatus.ACTIVE


async def test_turns_are_added_and_empty_ones_fall_away(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "n", " One", "ctrl+t", " Two", "ctrl+t", "escape")
        added = list_examples(store, SET)[-1]
        assert (added.key, added.text.turns) == ("k-004", ("One", "Two"))


async def test_what_is_typed_faster_than_it_is_read_is_in_what_enter_keeps(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        for opening, typed in (("number_sign", "quick"), ("D", "vague")):
            await act(pilot, opening)
            for key in (*typed, "enter"):
                pilot.app.post_message(Key(key, key if len(key) == 1 else "\r"))
            await pilot.pause()
        first = list_examples(store, SET)[0]
        assert "quick" in first.tags
        assert first.status is ExampleStatus.RETIRED
        reasons = store.rows("SELECT reason FROM example_events WHERE kind = 'retired'").fetchall()
        assert [reason for (reason,) in reasons] == ["vague"]


async def test_keys_that_come_with_the_one_that_opens_a_field_are_for_that_field(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        for keys in (("n", *"noD?qu", "escape"), ("r", *"hue", "escape"), ("slash", *"noD", "enter")):
            await press_at_once(pilot, *keys)
        assert [row.text.turns for row in screen.list.items] == [("noD?qu",)]
        assert screen.list.items[0].text.references == ("hue",)


async def test_keys_that_come_with_the_one_that_leaves_a_field_are_for_what_comes_next(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        new = ("n", *"noD?qu", "tab", " pasted, and ", *"typed", "tab", *"hue", "escape")
        await press_at_once(pilot, *new, "D", *"vague", "enter", "g", "number_sign", *"quick", "enter")
        first, added = (list_examples(store, SET)[at] for at in (0, -1))
        assert (added.text.turns, added.text.context) == (("noD?qu",), "pasted, and typed")
        assert (added.text.references, added.status) == (("hue",), ExampleStatus.RETIRED)
        assert "quick" in first.tags


async def test_tags_retirement_and_drafts_are_for_all_that_are_marked(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "space", "space", "#", "1", "n", " ew", "enter")
        assert [example(store, f"k-00{n}").tags for n in (0, 1, 2)] == [("new",), ("new",), ("home",)]
        await act(pilot, "space", "D", " too easy", "enter")
        assert example(store, "k-002").reason == "too easy"
        assert example(store, "k-002").status is ExampleStatus.RETIRED
        await act(pilot, "g", "j", "j", "A", "O")
        assert example(store, "k-002").status is ExampleStatus.DRAFT
        assert "○" in shown(pilot)
        await act(pilot, "u", "u", "u", "u")
        assert [example(store, f"k-00{n}").tags for n in (0, 1, 2)] == [("home",)] * 3


async def test_of_two_that_are_alike_one_key_keeps_one(store: Store) -> None:
    editor = SetEditor(store, SET, "mira")
    editor.duplicate("k-001", "k-009")
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert "2 with the same text" in shown(pilot)
        await act(pilot, "h", "enter")
        assert [row.key for row in screen.list.items] == ["k-001", "k-009"]
        await act(pilot, "d", "1")
        assert example(store, "k-009").status is ExampleStatus.RETIRED
        assert example(store, "k-009").reason == "like k-001"
        await act(pilot, "escape", "d")
        assert "no two examples are alike" in shown(pilot)


async def test_a_check_finds_what_is_nearly_the_same_and_what_stands_in_a_training_file(
    store: Store, tmp_path: Path
) -> None:
    texts = ["Write a short and friendly letter about the old blue kettle of your aunt, please.", "What are tides?"]
    near = texts[0].replace("aunt", "uncle")
    SetEditor(store, SET, "mira").add(
        [NewExample(ExampleText((text,)), f"x-{n}") for n, text in enumerate([*texts, near])]
    )
    trained = tmp_path / "train.jsonl"
    trained.write_text(json.dumps({"prompt": near}) + "\n", encoding="utf-8")
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert "2 nearly the same" in shown(pilot), "a small set is checked when it is opened"
        await act(pilot, "C", f" {trained}", "enter")
        await settled(pilot)
        assert screen.loader.now.counts[ExampleFilter.LEAKED] == 2
        assert "x-0: train.jsonl:1, differs in 1 word" in shown(pilot)
        await act(pilot, "d", "2")
        assert example(store, "x-0").status is ExampleStatus.RETIRED
        assert "changed since the check; C checks again" in shown(pilot)
        assert screen.loader.now.counts[ExampleFilter.DUPLICATE] == 0
        await act(pilot, "C", " /nowhere/train.jsonl", "enter")
        await settled(pilot)
        assert "/nowhere/train.jsonl" in shown(pilot)


async def test_filters_search_and_order_narrow_the_list_and_escape_shows_all(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert "All 4    Active 4    No reference 4    Unread 4" in shown(pilot)
        await act(pilot, "tab", "tab")
        assert screen.state.only is ExampleFilter.NO_REFERENCE
        await act(pilot, "/", " BOAT night", "enter")
        assert [row.key for row in screen.list.items] == ["k-002"]
        await act(pilot, "/", " xylophone", "enter")
        assert "found nowhere: xylophone" in shown(pilot)
        await act(pilot, "escape", "o")
        assert [row.key for row in screen.list.items] == ["k-003", "k-002", "k-001", "k-000"]


async def test_an_answer_becomes_the_reference(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "a", "tab", "R")
        assert "the answer of lora is the reference" in shown(pilot)
        assert example(store, "k-000").text.references == ("candidate 0",)


async def test_purpose_and_guidelines_are_written(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "I", " Be strict", "ctrl+s")
        assert "guidelines saved" in shown(pilot)
        assert overview(store, SET).guidelines == "Be strict"


async def test_two_systems_make_a_run_and_open_its_review(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "more.jsonl"
    answers = [{"key": f"k-00{n}", "candidate": "second", "response_candidate": f"another {n}"} for n in range(3)]
    file.write_text("\n".join(map(json.dumps, answers)), encoding="utf-8")
    for _ in import_files(store, ImportRequest([file], set=SET)):
        pass
    SetEditor(store, SET, "mira").set_value(SettingKind.BASELINE, "base")
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "s")
        assert "3 answers   1 missing" in shown(pilot)
        assert "uphold generate --set sample --system second --endpoint SPEC" in shown(pilot)
        await act(pilot, "j", "c", "enter")
        review = pilot.app.screen
        assert isinstance(review, ReviewScreen)
        assert (review.session.run.candidate, review.session.run.baseline, review.session.total) == (
            "second",
            "base",
            3,
        )
        await act(pilot, "q")
        assert isinstance(pilot.app.screen, SetScreen)


async def test_from_a_pair_of_the_review_and_back_to_it(store: Store) -> None:
    async with app(store).run_test(size=SIZE) as pilot:
        await pilot.pause()
        review = pilot.app.screen
        assert isinstance(review, ReviewScreen)
        await act(pilot, "t", "J")
        pair = review.session.current
        assert pair is not None
        await act(pilot, "E")
        screen = await settled(pilot)
        assert screen.selected is not None
        assert screen.selected.key == pair.key
        assert screen.selected.runs == 0, "how it fared would give away the sides"
        assert sum(row.runs for row in screen.loader.now.rows) == 1
        await act(pilot, "a")
        assert "the answers come after your decision" in shown(pilot)
        await act(pilot, "#", "s", "enter", "q")
        assert pilot.app.screen is review
        assert review.session.current is not None
        assert review.session.current.pair_id == pair.pair_id
        assert "s" in review.session.current.tags


async def test_a_pair_whose_example_was_edited_meanwhile_is_stale_and_does_not_come_up(store: Store) -> None:
    async with app(store).run_test(size=SIZE) as pilot:
        await pilot.pause()
        review = pilot.app.screen
        assert isinstance(review, ReviewScreen)
        first = review.session.current
        assert first is not None
        await act(pilot, "E")
        await settled(pilot)
        await act(pilot, "enter", " Now: ", "escape", "enter", "q")
        assert pilot.app.screen is review
        assert "this pair is stale now, and in no count: J goes on" in shown(pilot)
        assert first.pair_id not in {item.pair_id for item in review.session.cursor.unread()}
        assert len(review.session.cursor.unread()) == 3
        await act(pilot, "E")
        await settled(pilot)
        await act(pilot, "u", "q")
        assert len(review.session.cursor.unread()) == 4


async def test_a_narrow_screen_has_the_list_then_the_fields(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert not screen.fields.region.width
        await act(pilot, "enter", " So: ")
        assert not screen.list.region.width
        assert "So: Write about the kettle." in shown(pilot)
        await act(pilot, "escape", "enter")
        assert example(store, "k-000").text.turns == ("So: Write about the kettle.",)


async def test_the_list_is_narrowed_to_a_tag_and_all_are_back_with_esc(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        every = len(screen.list.items)
        await act(pilot, "#", *"rare", "enter")
        await settled(pilot)
        await act(pilot, "F", *"rare", "enter")
        assert [row.tags for row in screen.list.items] == [("home", "rare")]
        await act(pilot, "escape")
        assert len(screen.list.items) == every


async def test_a_narrow_form_has_no_filters_above_it_and_says_the_status_of_what_is_written(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "All 4" in shown(pilot)
        for _ in range(2):
            await act(pilot, "enter")
            assert "All 4" not in shown(pilot)
            assert "k-000   active" in shown(pilot)
            await act(pilot, "escape")
            assert shown(pilot).count("nothing changed") == 1
            assert "All 4" in shown(pilot)


async def test_the_keys_of_a_long_answer_are_on_the_screen(store: Store) -> None:
    answers = [{"key": "k-000", "system": "lora-2", "response": "\n".join(map(str, range(60)))}]
    bring(store, *answers, set_=SET)
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await act(pilot, "a")
        assert "R make it the reference" in shown(pilot)
        await act(pilot, "shift+tab")
        assert "R make it the reference" in shown(pilot)
        assert "more lines below" in shown(pilot)


async def test_a_dialog_is_as_wide_as_its_rows(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        await opened(pilot)
        await act(pilot, "s")
        dialog = pilot.app.screen
        assert isinstance(dialog, SystemsScreen)
        assert dialog.panel.region.width == dialog.WIDTH
        assert dialog.text.region.width == dialog.text_width + 1


async def test_a_list_that_a_search_left_empty_has_esc_in_its_footer_and_no_key_of_an_example(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await act(pilot, "u")
        assert "nothing to take back" in shown(pilot)
        await act(pilot, "/", *"kettle", "enter")
        assert "nothing to take back" not in shown(pilot)
        footer = shown(pilot).splitlines()[-1]
        assert "esc all" in footer
        assert "D retire" in footer
        await act(pilot, "/", *"xyz", "enter")
        footer = shown(pilot).splitlines()[-1]
        assert "esc all" in footer
        assert not any(word in footer for word in ("enter edit", "# tag", "D retire", "space mark"))
