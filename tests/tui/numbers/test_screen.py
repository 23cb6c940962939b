"""The numbers of a run on the screen: what stands where, refusals in words, and the pairs behind each figure."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.app_samples import app, database, make_app, press, review, rows, shown
from uphold.records.enums import Preference
from uphold.records.pair_list import Behind, behind
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.lookup import Store
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.review.screen import ReviewScreen


def reviewed(count: int, decided: int, **changes: Any) -> list[dict[str, Any]]:
    """Pairs of which `decided` have a review: two of three say what the judge says."""
    made = rows(count, candidate="lora-r16", baseline="base-7b", **changes)
    for place, row in enumerate(row for row in made if "instruction" in row):
        row["tags"] = ["billing" if place % 2 else "shipping"]
        if place < decided:
            row |= {"reviewer": "mira", "review": "baseline" if place % 3 == 2 else "candidate"}
    return made


def more(store: Store, folder: Path, lines: list[dict[str, Any]]) -> None:
    """Bring more rows into the set `sample`."""
    file = folder / "more.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    for _ in import_files(store, ImportRequest([file], set="sample")):
        pass


async def counted(pilot: "Pilot[str]") -> NumbersScreen:
    """The screen when it has counted."""
    for _ in range(300):
        screen = pilot.app.screen
        if isinstance(screen, NumbersScreen) and screen.statistics is not None and not screen.workers._workers:
            await pilot.pause()
            return screen
        await pilot.pause(0.01)
    raise AssertionError("nothing was counted")


async def all_read(pilot: "Pilot[str]", count: int) -> None:
    """Uphold or overturn every pair, in the app."""
    for number in range(count):
        await press(pilot, "t" if number % 4 == 3 else "enter")


async def test_the_headline_the_intervals_agreement_and_matrix_stand_on_the_page(tmp_path: Path) -> None:
    store = database(tmp_path, rows(24, candidate="lora-r16", baseline="base-7b"))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await all_read(pilot, 22)
        await press(pilot, "i")
        await counted(pilot)
        text = shown(pilot)
        assert "percent won by lora-r16, " in text
        assert "for instructions like these" in text
        assert "in this set of 24" in text
        assert "22 of 24 reviewed" in text
        for name in ("win rate", "this set", "win and tie", "ties half", "humans only", "judge alone"):
            assert name in text
        assert "opinion" in text
        assert "says what people say" in text
        assert "first shown is chosen" in text
        assert "longer is chosen" in text
        assert "With more reviews" in text
        assert "●" in text


async def test_a_refusal_takes_the_place_of_the_figure_in_words(tmp_path: Path) -> None:
    store = database(tmp_path, reviewed(12, 3))
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        text = shown(pilot)
        assert "2 of 3 won by lora-r16" in text
        assert "10 needed" in text
        assert "%" not in text


async def test_without_any_review_there_is_an_opinion_and_no_rate(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        text = shown(pilot)
        assert "No human verdict yet." in text
        assert "judge alone" in text


async def test_a_cell_of_the_matrix_opens_the_pairs_behind_it_and_q_comes_back(tmp_path: Path) -> None:
    store = database(tmp_path, reviewed(12, 12))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        screen = await counted(pilot)
        cell = behind(Behind.COMPARED, label=Preference.BASELINE, verdict=Preference.CANDIDATE)
        place = next(i for i, place in enumerate(screen.linked.links) if place.pair_filter == cell)
        screen.linked.cursor = place
        await press(pilot, "enter")
        opened = pilot.app.screen
        assert isinstance(opened, PairsScreen)
        for _ in range(100):
            if opened.loader.is_complete:
                break
            await pilot.pause(0.01)
        await pilot.pause()
        assert len(opened.list.items) == 4
        assert {pair.key for pair in opened.list.items} == {f"k-{n:03d}" for n in (2, 5, 8, 11)}
        assert "people: base-7b" in shown(pilot)
        key = opened.list.selected.key  # type: ignore[union-attr]
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, NumbersScreen)
        await press(pilot, "enter")
        await pilot.pause()
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert review(pilot).session.current.key == key  # type: ignore[union-attr]


async def test_the_pairs_behind_a_number_are_listed_without_what_others_said_of_those_not_read(tmp_path: Path) -> None:
    store = database(tmp_path, reviewed(12, 12))
    async with make_app(store, reviewer="somebody else").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        await press(pilot, "enter")
        text = await told(pilot, "12 not read by you")
        assert "12 pairs" in text
        assert "with a human label" in text
        rows_ = [line for line in text.splitlines() if line.lstrip().startswith("·")]
        assert len(rows_) == 12
        assert not any("lora-r16" in line or "base-7b" in line for line in rows_)


async def test_a_click_opens_what_j_and_k_go_through(tmp_path: Path) -> None:
    store = database(tmp_path, reviewed(12, 12))
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        screen = await counted(pilot)
        await press(pilot, "j", "j", "k")
        assert screen.linked.cursor == 1
        row = next(y for y, line in enumerate(shown(pilot).splitlines()) if "says what people say" in line)
        await pilot.click(offset=(70, row))
        await pilot.pause()
        assert isinstance(pilot.app.screen, PairsScreen)


async def test_tab_goes_to_the_next_judge_and_t_to_the_tags(tmp_path: Path) -> None:
    store = database(tmp_path, reviewed(12, 12))
    more(store, tmp_path, rows(12, candidate="lora-r16", baseline="base-7b", judge="second judge", verdict="baseline"))
    async with make_app(store, reviewer="mira").run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        screen = await counted(pilot)
        first = screen.statistics.judges[0].name  # type: ignore[union-attr]
        await press(pilot, "tab")
        await counted(pilot)
        assert screen.statistics.judges[0].name != first  # type: ignore[union-attr]
        assert "By tag" in shown(pilot)
        assert "billing" in shown(pilot)
        assert "t by tag" not in shown(pilot)
        await press(pilot, "t")
        assert "By tag" in shown(pilot)


async def test_in_one_column_the_tags_wait_for_their_key_and_the_footer_keeps_what_it_has_room_for(
    tmp_path: Path,
) -> None:
    store = database(tmp_path, reviewed(12, 12))
    more(store, tmp_path, rows(12, candidate="lora-r16", baseline="base-7b", judge="second judge", verdict="baseline"))
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        assert "By tag" not in shown(pilot)
        footer = shown(pilot).splitlines()[-1]
        assert "enter open    tab next judge  t by tag  x hand on" in footer
        await press(pilot, "t")
        assert "By tag" in shown(pilot)
        assert "h history" not in shown(pilot).splitlines()[-1]


async def test_history_draws_the_runs_of_the_set_against_the_same_baseline(tmp_path: Path) -> None:
    store = database(tmp_path, reviewed(12, 12))
    lines = [
        row | {"candidate": "lora-r32", "response_candidate": "other", "reviewer": "mira", "review": "candidate"}
        for row in rows(12, baseline="base-7b")
        if "response_candidate" in row
    ]
    more(store, tmp_path, lines)
    async with make_app(store, reviewer="mira").run_test(size=(120, 44)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        text = shown(pilot)
        assert "History, like these" in text
        assert "lora-r32" in text
        assert "⠒" in text


async def told(pilot: "Pilot[str]", words: str) -> str:
    """The screen when it says this."""
    for _ in range(200):
        if words in shown(pilot):
            break
        await pilot.pause(0.01)
    text = shown(pilot)
    assert words in text
    return text


async def test_w_says_what_to_read_next_and_why_and_enter_opens_it(tmp_path: Path) -> None:
    made = reviewed(30, 22)
    for row in made:
        if "instruction" not in row and int(row["key"][2:]) % 5 == 0:
            row["verdict"] = "baseline"
    async with make_app(database(tmp_path, made), reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        await press(pilot, "w")
        text = await told(pilot, "Read next   uncertain: a weighted sample")
        assert "1 pair whose orders disagree is unread: people part with the judge on 5 of 5 such" in text
        await press(pilot, "enter")
        opened = pilot.app.screen
        assert isinstance(opened, ReviewScreen)
        assert opened.session.queue == "uncertain"
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, NumbersScreen)


async def test_within_a_review_the_queue_that_is_read_already_goes_on(tmp_path: Path) -> None:
    async with app(database(tmp_path, rows(6))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "enter", "left", "i")
        await counted(pilot)
        await press(pilot, "w")
        await told(pilot, "19 more verdicts and the judge helps: a plain sample gets there.")
        await press(pilot, "enter")
        assert pilot.app.screen is review(pilot)
        assert review(pilot).session.current is not None
        assert review(pilot).session.current.state.decision is None


async def test_where_all_is_read_w_opens_nothing(tmp_path: Path) -> None:
    async with app(database(tmp_path, rows(2))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "enter", "enter", "i")
        screen = await counted(pilot)
        await press(pilot, "w")
        await told(pilot, "Every pair is read, and no dispute is open.")
        await press(pilot, "enter")
        assert pilot.app.screen is screen


async def test_x_hands_on_a_report_or_the_pairs_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with app(database(tmp_path, reviewed(12, 3))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        await press(pilot, "x")
        await told(pilot, "lora-r16-vs-base-7b.html")
        assert "> report, an HTML page" in shown(pilot)
        await press(pilot, "enter")
        await told(pilot, f"report written: {tmp_path}")
        assert "<h1>" in (tmp_path / "lora-r16-vs-base-7b.html").read_text("utf-8")
        await press(pilot, "x", "down", "down")
        await told(pilot, "lora-r16-vs-base-7b.csv")
        await press(pilot, "enter")
        await told(pilot, f"12 pairs written: {tmp_path}")
        assert len((tmp_path / "lora-r16-vs-base-7b.csv").read_text().splitlines()) == 13
        await press(pilot, "x")
        await told(pilot, "lora-r16-vs-base-7b-2.html")
        await press(pilot, *"b.jsonl", "enter")
        await told(pilot, "b.jsonl")
        for _ in range(100):
            if (tmp_path / "b.jsonl").exists():
                break
            await pilot.pause(0.01)
        assert len((tmp_path / "b.jsonl").read_text().splitlines()) == 12


async def test_x_replaces_a_file_only_at_a_second_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.md").write_text("mine", "utf-8")
    async with app(database(tmp_path, reviewed(12, 3))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        await press(pilot, "x", *"mine.md", "enter")
        await told(pilot, "is there already: enter again replaces it")
        assert (tmp_path / "mine.md").read_text("utf-8") == "mine"
        await press(pilot, "escape", "x", *"mine.md", "enter", "enter")
        await told(pilot, f"report written: {tmp_path}")
        assert (tmp_path / "mine.md").read_text("utf-8").startswith("# Not enough is read")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ((*"uphold.db", "enter", "enter"), "a report is written as .html or .md"),
        (("n", "o", "slash", *"such.html", "enter"), "there is no folder"),
        (("tilde", *"nobody-here", "slash", *"x.md", "enter"), "no file here"),
    ],
)
async def test_x_says_why_a_file_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app(database(tmp_path, reviewed(12, 3))).run_test(size=(200, 40)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        await counted(pilot)
        await press(pilot, "x", *typed)
        await told(pilot, why)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60), (56, 14), (30, 10)])
async def test_the_numbers_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    store = database(tmp_path, reviewed(12, 12))
    async with make_app(store, reviewer="mira").run_test(size=size) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        screen = await counted(pilot)
        text = shown(pilot)
        assert all(len(line) <= size[0] for line in text.splitlines())
        assert "q back" in text
        assert screen.linked.page.virtual_size.width <= size[0]
        for _ in screen.linked.links:
            await press(pilot, "j")
            region = screen.linked.links[screen.linked.cursor].region
            seen = region.translate(screen.linked.content.region.offset)
            assert screen.linked.page.region.contains_region(seen.intersection(screen.linked.page.region))
            assert screen.linked.page.region.y <= seen.y < screen.linked.page.region.bottom
