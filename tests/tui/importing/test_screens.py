"""Importing in the app: from the start screen to the first pair."""

import json
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from support.app_samples import make_app, rows, shown
from support.import_screens import press_settled, settled
from uphold.errors import UpholdError
from uphold.records.import_request import ImportRequest
from uphold.records.rows import ImportSummary
from uphold.workflows.importing import ImportProgress
from uphold.workflows.lookup import Store, all_runs, home, open_store
from uphold.workflows.next_step import NextStep
from uphold_tui.app import UpholdApp, app_end
from uphold_tui.home.screen import HomeScreen
from uphold_tui.importing import file_screen, files
from uphold_tui.importing.background import ImportOutcome, ImportWork
from uphold_tui.importing.file_screen import FileScreen
from uphold_tui.importing.files import Listing
from uphold_tui.importing.screen import ImportScreen
from uphold_tui.judging.screen import JudgingScreen
from uphold_tui.review.screen import ReviewScreen

WIDE = (
    '{"prompt": "What is 2+2?", "base": "5", "sft": "4", "score": 1}\n'
    '{"prompt": "Capital of France?", "base": "Lyon", "sft": "Paris", "score": 2}\n'
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the app, with a file of two systems' answers; the database is elsewhere."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "wide.jsonl").write_text(WIDE, encoding="utf-8")
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty database."""
    return open_store(tmp_path / "uphold.db", create=True)


def opened(store: Store) -> UpholdApp:
    return make_app(store, reviewer="mira")


def screen_of(pilot: "Pilot[str]") -> ImportScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ImportScreen)
    return screen


async def choose(pilot: "Pilot[str]", file: str) -> ImportScreen:
    await settled(pilot)
    await press_settled(pilot, "I", f'"{file}', "enter")
    return screen_of(pilot)


async def test_from_an_empty_database_to_the_first_pair_with_enter_alone(folder: Path, store: Store) -> None:
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press_settled(pilot, "down", "enter", "enter")
        text = shown(pilot)
        assert '"base" and "sft" seem to hold answers and would be left out' in text
        assert "Take prompt as instruction, base and sft as answers" in text
        assert "answers of sft?" in text
        assert "enter take this" in text
        await press_settled(pilot, "enter")
        text = shown(pilot)
        assert "Import 2 rows into the new set wide" in text
        assert "sft says     Paris" in text
        assert not home(store).sets
        await press_settled(pilot, "enter")
        text = shown(pilot)
        assert "2 rows read into the set wide" in text
        assert "not used: score" in text
        assert "enter  review sft against base" in text
        await press_settled(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert pilot.app.screen.session.run.candidate == "sft"
        await press_settled(pilot, "q")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_what_an_import_leads_to_has_no_folder_listed_below_it(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[Path] = []

    def list_folder(below: Path, *args: Any, **options: Any) -> Listing:
        listed.append(below)
        return files.list_folder(below, *args, **options)

    monkeypatch.setattr(file_screen, "list_folder", list_folder)
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await choose(pilot, "wide.jsonl")
        await press_settled(pilot, "enter", "enter")
        before = len(listed)
        assert before
        await press_settled(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert len(listed) == before


async def test_a_listing_that_comes_after_its_screen_was_closed_is_shown_nowhere(folder: Path, store: Store) -> None:
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press_settled(pilot, "I")
        screen = pilot.app.screen
        assert isinstance(screen, FileScreen)
        await press_settled(pilot, "escape")
        screen.refresh_page()
        await settled(pilot)
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_an_import_leads_to_judging_and_back_to_the_start_screen(folder: Path, store: Store) -> None:
    (folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows(2))), encoding="utf-8")
    async with opened(store).run_test(size=(80, 24)) as pilot:
        await choose(pilot, "pairs.jsonl")
        await press_settled(pilot, "enter", "j")
        assert isinstance(pilot.app.screen, JudgingScreen)
        await press_settled(pilot, "q")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_an_encoding_is_taken_with_one_key(folder: Path, store: Store) -> None:
    text = "id;question;base;sft\n1;Wo ist mein Paket, bitte?;hier;dürfte da sein\n2;Öffnen Sie früh?;nein;ja, früh\n"
    (folder / "german.csv").write_bytes(text.encode("windows-1252"))
    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "german.csv")
        assert "Take as windows-1252" in shown(pilot)
        assert "german.csv:2: not UTF-8 at byte" in shown(pilot)
        assert "--encoding" not in shown(pilot)
        await press_settled(pilot, "enter")
        assert screen.form.request.encoding == "windows-1252"
        await press_settled(pilot, "enter")
        assert "dürfte da sein" in shown(pilot)
        assert screen.form.preview.refusal is None


async def test_a_column_is_taken_for_something_else_and_that_is_undone(folder: Path, store: Store) -> None:
    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "wide.jsonl")
        await press_settled(pilot, "enter", "G")
        assert screen.row.column == "score"
        before = screen.form.request
        await press_settled(pilot, "enter", '"tags', "enter")
        assert screen.form.request.mapping == {"instruction": "prompt", "tags": "score"}
        await press_settled(pilot, "left", "left")
        assert screen.form.request.mapping == {"instruction": "prompt", "reference": "score"}
        await press_settled(pilot, "u", "u", "u")
        assert screen.form.request == before
        await press_settled(pilot, "up", "left", "left", "left", "right")
        assert screen.row.column == "sft"
        assert screen.form.choice(screen.form.column("sft")).words != "answers of sft"


async def test_set_and_systems_are_named(folder: Path, store: Store) -> None:
    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "wide.jsonl")
        await press_settled(pilot, "enter", "down", "enter", "ctrl+u", '"maths', "enter")
        assert screen.form.preview.set == "maths"
        await press_settled(pilot, "down", "right", "right")
        assert screen.form.sides == ("sft", "base")
        assert "Import 2 rows into the new set maths" in shown(pilot)
        await press_settled(pilot, "I")
        assert [(run.set, run.candidate) for run in all_runs(store)] == [("maths", "sft")]


async def test_a_bad_row_behind_those_that_were_previewed_refuses_all_of_them(folder: Path, store: Store) -> None:
    good = [json.dumps(row) for row in rows(150)]
    (folder / "long.jsonl").write_text("\n".join([*good, '{"key": "x", "instruction": 7}']), encoding="utf-8")
    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "long.jsonl")
        assert "the first 200 rows" in shown(pilot)
        await press_settled(pilot, "enter")
        assert "long.jsonl:301" in shown(pilot)
        assert "Nothing is written" in shown(pilot)
        assert not home(store).sets
        while screen.row.kind.value != "bad rows":
            await press_settled(pilot, "down")
        await press_settled(pilot, "right", "I")
        assert "1 left out" in shown(pilot)
        assert home(store).sets[0].active == 150


async def test_what_was_begun_to_be_written_is_rolled_back_by_esc(folder: Path, store: Store) -> None:
    goes_on = threading.Event()

    def begin(request: ImportRequest, tell: Callable[[], None]) -> ImportWork[ImportOutcome]:
        def slow(own: Store) -> Generator[ImportProgress | ImportOutcome, None, None]:
            with own.writing() as conn:
                conn.execute("INSERT INTO sets (name, seed, created_at) VALUES ('half', '00', '')")
                yield ImportProgress(1, 4, 1, writing=True)
                goes_on.wait()
                yield ImportProgress(2, 4, 2, writing=True)
            yield ImportOutcome(ImportSummary(), NextStep(None))

        work = ImportWork(store.path, request, slow, tell)
        work.start()
        return work

    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "wide.jsonl")
        await press_settled(pilot, "enter")
        object.__setattr__(screen.actions, "begin", begin)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("q")
        await pilot.pause()
        assert "esc stops it" in shown(pilot)
        assert screen.is_importing
        await pilot.press("escape")
        goes_on.set()
        await settled(pilot)
        assert "stopped: nothing was written" in shown(pilot)
        assert not home(store).sets
        assert screen.is_current


async def test_leaving_the_app_names_an_import_that_it_stopped(folder: Path, store: Store) -> None:
    begun = threading.Event()

    def endless(own: Store) -> Generator[ImportProgress | ImportOutcome, None, None]:
        with own.writing() as conn:
            conn.execute("INSERT INTO sets (name, seed, created_at) VALUES ('half', '00', '')")
            while True:
                yield ImportProgress(1, 4, 1, writing=True)
                begun.set()

    app = opened(store)
    async with app.run_test(size=(120, 36)):
        app.navigator.importing = ImportWork(store.path, ImportRequest(()), endless, lambda: None)
        app.navigator.importing.start()
        begun.wait()
    app.navigator.stop_importing()
    end = app_end(app, None)
    assert end.troubles == ("the import was stopped: nothing of it is written",)
    assert end.code == 4
    assert not home(store).sets


async def test_a_path_that_is_pasted_or_missing(folder: Path, store: Store, tmp_path: Path) -> None:
    (tmp_path / "two words.jsonl").write_text(WIDE, encoding="utf-8")
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press_settled(pilot, "I", '"none.csv', "enter")
        assert "none.csv: there is no such file" in shown(pilot)
        await press_settled(pilot, "ctrl+u")
        pilot.app.post_message(events.Paste(f"'{tmp_path}/two words.jsonl' "))
        await settled(pilot)
        await press_settled(pilot, "enter")
        assert screen_of(pilot).form.request.paths == (tmp_path / "two words.jsonl",)
        await press_settled(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_folders_are_walked_with_tab_and_enter(folder: Path, store: Store) -> None:
    (folder / "results").mkdir()
    for number in (1, 2):
        (folder / "results" / f"part-{number}.jsonl").write_text(WIDE, encoding="utf-8")
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press_settled(pilot, "I", '"re', "tab")
        screen = pilot.app.screen
        assert isinstance(screen, FileScreen)
        assert screen.field.value == "results/"
        assert "all files of this folder" in shown(pilot)
        await press_settled(pilot, '"p', "tab")
        assert screen.field.value == "results/part-"
        await press_settled(pilot, "down", "enter")
        assert [path.name for path in screen_of(pilot).form.request.paths] == ["part-2.jsonl"]
        await press_settled(pilot, "q")
        assert pilot.app.screen is screen


async def test_names_of_files_and_columns_do_nothing(folder: Path, store: Store) -> None:
    name = "\x1b]0;title\x07[@click=app.quit]x[b].jsonl"
    row = {"prompt": "\x1b[2Jq", "base\x1b[2J": "a b", "[red]sft": "c d"}
    (folder / name).write_text(json.dumps(row), encoding="utf-8")
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press_settled(pilot, "I", '"x', "down", "up")
        assert "\x1b" not in shown(pilot)
        assert "[@click=app.quit]x[b].jsonl" in shown(pilot)
        await press_settled(pilot, "enter")
        assert screen_of(pilot).form.request.paths[0].name == name
        assert "\x1b" not in shown(pilot)
        assert "[red]sft" in shown(pilot)


async def test_after_an_error_of_the_database_enter_tries_again(folder: Path, store: Store) -> None:
    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "wide.jsonl")
        await press_settled(pilot, "enter")
        begin = screen.actions.begin

        def fail(own: Store) -> Generator[ImportProgress | ImportOutcome, None, None]:
            yield ImportProgress(0, 1, 0)
            raise UpholdError("the disk is full")

        def begin_to_fail(request: ImportRequest, tell: Callable[[], None]) -> ImportWork[ImportOutcome]:
            work = ImportWork(store.path, request, fail, tell)
            work.start()
            return work

        object.__setattr__(screen.actions, "begin", begin_to_fail)
        await press_settled(pilot, "enter")
        assert "the disk is full" in shown(pilot)
        assert "enter try again" in shown(pilot)
        object.__setattr__(screen.actions, "begin", begin)
        await press_settled(pilot, "enter")
        assert "2 rows read into the set wide" in shown(pilot)


async def test_words_of_verdicts_are_given_a_meaning_with_one_key_each(folder: Path, store: Store) -> None:
    lines = [
        {"instruction": f"q {at}", "response_candidate": "x", "response_baseline": "y", "verdict": word}
        for at, word in enumerate(("oben", "unten"))
    ]
    (folder / "words.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "words.jsonl")
        assert "--map-value" not in shown(pilot)
        await press_settled(pilot, "G", "right", "right", "up", "right")
        assert screen.form.request.words == {"verdict": {"unten": "baseline", "oben": "candidate"}}
        await press_settled(pilot, "I")
        assert screen.outcome is not None
        assert screen.outcome.summary.judgments == 2


async def test_cycling_a_column_takes_no_field_away_from_another(folder: Path, store: Store) -> None:
    async with opened(store).run_test(size=(120, 36)) as pilot:
        screen = await choose(pilot, "wide.jsonl")
        await press_settled(pilot, "enter", "G", *["right"] * 30)
        assert screen.form.request.mapping["instruction"] == "prompt"
        assert screen.form.request.systems["sft"] == "sft"


async def test_scores_go_into_no_set_and_say_what_compares_them(folder: Path, store: Store) -> None:
    numbers = [{"system": system, "name": "mmlu:acc", "value": 0.6, "error": 0.01, "n": 900} for system in ("a", "[b]")]
    (folder / "numbers.jsonl").write_text("\n".join(map(json.dumps, numbers)), encoding="utf-8")
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await choose(pilot, "numbers.jsonl")
        text = shown(pilot)
        assert "Import 2 rows as scores of a, [b]" in text
        assert "none: scores of systems" in text
        await press_settled(pilot, "enter")
        text = shown(pilot)
        assert "2 rows read as scores of a, [b]" in text
        assert "added 2 scores" in text
        assert "`uphold scores` shows what changed between two systems" in text
        await press_settled(pilot, "enter", "j")  # there is nothing to review
        assert isinstance(pilot.app.screen, ImportScreen)
        assert not home(store).sets


async def test_a_preview_of_several_runs_does_not_name_the_first_as_the_only_one(folder: Path, store: Store) -> None:
    lines = [row for pair in zip(rows(2, candidate="sft"), rows(2, candidate="dpo"), strict=True) for row in pair]
    (folder / "runs.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    async with opened(store).run_test(size=(120, 36)) as pilot:
        await choose(pilot, "runs.jsonl")
        assert "4 pairs" in shown(pilot)
        assert "several runs: sft against baseline, …" in shown(pilot)
