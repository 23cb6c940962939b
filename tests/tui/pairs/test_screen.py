"""The list of pairs: what it shows and hides, how it is narrowed, searched, ordered, and where it leads."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.app_samples import app, database, make_app, press, review, rows, shown
from uphold.records.enums import Choice, EventKind, Preference, QuickFilter, Ruling, Side, SortOrder, Verdict
from uphold.records.pair_list import ListedPair, PairFilter
from uphold.records.reviews import ReviewEvent
from uphold.workflows.lookup import Store, find_run
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold_tui import safe_text
from uphold_tui.home.screen import HomeScreen
from uphold_tui.pairs.rows import mark
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.themes import PLAIN

WORDS = ("kettle", "lamp", "jacket", "parcel", "invoice", "voucher", "receipt", "courier")


def lines(count: int = 8) -> list[dict[str, Any]]:
    """Pairs about different things; the judge finds the candidate better."""
    made = rows(count, candidate="lora-r16", baseline="base-7b")
    for row in made:
        number = int(row["key"].removeprefix("k-"))
        if "instruction" in row:
            row["instruction"] = f"Customer asks about the {WORDS[number % 8]}"
            row["tags"] = ["billing" if number % 2 else "shipping"]
            row["response_candidate"] = f"Our {WORDS[number % 8]} is fine." + " More of it." * number
    return made


def listing(pilot: "Pilot[str]") -> PairsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, PairsScreen)
    return screen


async def settled(pilot: "Pilot[str]") -> PairsScreen:
    """The list when it has read the run."""
    for _ in range(200):
        screen = pilot.app.screen
        if isinstance(screen, PairsScreen) and screen.loader.is_complete and not screen.workers._workers:
            break
        await pilot.pause(0.01)
    await pilot.pause()
    return listing(pilot)


@asynccontextmanager
async def opened(
    tmp_path: Path, *keys: str, size: tuple[int, int] = (120, 36), count: int = 8
) -> AsyncIterator["Pilot[str]"]:
    """The list, opened from a review in which these keys were pressed."""
    store = database(tmp_path, lines(count))
    async with app(store).run_test(size=size) as pilot:
        for _ in range(100):
            await pilot.pause(0.01)
            if review(pilot).paint_gate.painted_at:
                break
        await press(pilot, *keys, "l")
        await settled(pilot)
        yield pilot


def keys_of(screen: PairsScreen) -> list[str]:
    return [pair.key for pair in screen.list.items]


async def test_it_shows_every_pair_with_counts_and_hides_what_would_give_away_the_sides(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        screen = shown(pilot)
        assert "All 8" in screen
        assert "Unread 8" in screen
        assert "8 pairs" in screen
        assert "order: as reviewed   judge: judge" in screen
        assert screen.count("lora-r16") == 1
        assert "−" not in screen
        assert "shown after you decide" in screen


async def test_decided_pairs_name_the_systems_and_a_word_that_differs_is_bold(tmp_path: Path) -> None:
    async with opened(tmp_path, "t", "enter") as pilot:
        screen = listing(pilot)
        assert screen.loader.counts[QuickFilter.UNREAD] == 6
        assert screen.loader.counts[QuickFilter.OVERTURNED] == 1
        await press(pilot, "g")
        row = next(text for text in shown(pilot).splitlines() if " tie" in text and "≠" in text)
        assert "lora-r16" in row
        drawn = screen._rows([pair for pair in screen.pairs if pair.differs], 110)
        assert any(
            "bold" in str(span.style) and drawn[0].plain[span.start : span.end] == "tie" for span in drawn[0].spans
        )


async def test_tab_goes_through_the_filters_that_leave_something(tmp_path: Path) -> None:
    async with opened(tmp_path, "t", "f", "enter") as pilot:
        seen = []
        for _ in range(7):
            seen.append((listing(pilot).state.pair_filter.only, len(listing(pilot).list.items)))
            await press(pilot, "tab")
        found = dict(seen)
        assert found[QuickFilter.ALL] == 8
        assert found[QuickFilter.UNREAD] == 6
        assert found[QuickFilter.OVERTURNED] == 1
        assert found[QuickFilter.FLAGGED] == 1
        assert QuickFilter.BROKEN not in found
        await press(pilot, "shift+tab")
        assert listing(pilot).state.pair_filter.only is seen[-1][0]


async def test_all_filters_can_be_chosen_by_name_and_combined(tmp_path: Path) -> None:
    async with opened(tmp_path, "enter", "enter") as pilot:
        await press(pilot, "F", *"tag bill", "enter")
        screen = listing(pilot)
        assert screen.state.pair_filter.tag == "billing"
        assert all(pair.tags == ("billing",) for pair in screen.list.items)
        await press(pilot, "F", *"judge says lora", "enter")
        assert screen.state.pair_filter == PairFilter(verdict="candidate", tag="billing")  # type: ignore[arg-type]
        assert all(pair.read for pair in screen.list.items)
        await press(pilot, "escape")
        assert screen.state.pair_filter == PairFilter()
        assert len(screen.list.items) == 8


async def test_a_pair_whose_orders_disagree_is_found_without_a_word_of_them(tmp_path: Path) -> None:
    made = lines()
    made[7]["verdict"] = "baseline"
    async with app(database(tmp_path, made)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        screen = await settled(pilot)
        await press(pilot, "tab", "tab")
        assert screen.state.pair_filter.only is QuickFilter.INCONSISTENT
        assert keys_of(screen) == ["k-003"]
        assert "Inconsistent 1" in shown(pilot)


async def test_o_changes_the_order_and_the_cursor_stays_on_its_pair(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        screen = listing(pilot)
        here = screen.list.selected
        await press(pilot, "o")
        assert screen.state.order is SortOrder.KEY
        assert keys_of(screen) == sorted(keys_of(screen))
        assert screen.list.selected == here
        await press(pilot, "o", "o")
        assert screen.state.order is SortOrder.LENGTH_DIFFERENCE
        assert [abs(pair.length_difference) for pair in screen.list.items] == sorted(
            (abs(p.length_difference) for p in screen.pairs), reverse=True
        )


async def test_a_search_narrows_and_a_lone_quote_is_no_error(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await press(pilot, "slash", *"kett", "enter")
        screen = await settled(pilot)
        assert keys_of(screen) == ["k-000"]
        assert "/ kett " in shown(pilot)
        assert shown(pilot).count("1 of 8") == 1
        assert "1 of 8 pairs" in shown(pilot)
        await press(pilot, "slash", *(["backspace"] * 4), "quotation_mark", "enter")
        screen = await settled(pilot)
        assert keys_of(screen) == []
        assert "No pair here." in shown(pilot)
        await press(pilot, "escape")
        assert len(screen.list.items) == 8


async def test_escape_leaves_the_field_and_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await press(pilot, "slash", *"lamp", "escape")
        assert len(listing(pilot).list.items) == 8
        await press(pilot, "j")
        assert listing(pilot).list.cursor == 1 or listing(pilot).list.cursor == 0


async def test_enter_opens_the_pair_in_the_review_and_l_comes_back_with_the_filter(tmp_path: Path) -> None:
    async with opened(tmp_path, "t") as pilot:
        await press(pilot, "tab", "j", "j")
        wanted = listing(pilot).list.selected
        assert wanted is not None
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert review(pilot).session.current.key == wanted.key  # type: ignore[union-attr]
        await press(pilot, "l")
        screen = await settled(pilot)
        assert screen.state.pair_filter.only is QuickFilter.UNREAD
        assert screen.list.selected is not None
        assert screen.list.selected.key == wanted.key
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_q_goes_back_to_the_list_while_its_pair_is_there_and_then_leaves(tmp_path: Path) -> None:
    async with opened(tmp_path, "t") as pilot:
        await press(pilot, "tab", "j", "enter")
        there = review(pilot).session.current
        await press(pilot, "q")
        screen = await settled(pilot)
        assert screen.state.pair_filter.only is QuickFilter.UNREAD
        assert screen.list.selected is not None
        assert there is not None
        assert screen.list.selected.pair_id == there.pair_id
        await press(pilot, "enter", "t")
        await press(pilot, "q")
        assert not isinstance(pilot.app.screen, PairsScreen)


async def test_a_list_behind_a_command_is_come_back_to_as_well(tmp_path: Path) -> None:
    store = database(tmp_path, lines(8))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for _ in range(3):
            pair = review(pilot).session.current
            assert pair is not None
            await press(pilot, "b" if pair.side_of(Preference.CANDIDATE) is Side.A else "a")
        await press(pilot, "colon", *"disagree", "enter")
        screen = await settled(pilot)
        assert len(screen.list.items) == 3
        await press(pilot, "enter", "q")
        assert len((await settled(pilot)).list.items) == 3


async def test_a_pair_of_the_list_is_gone_to_by_its_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await press(pilot, "colon", *"k-005", "enter")
        here = listing(pilot).list.selected
        assert here is not None
        assert here.key == "k-005"


async def test_the_list_is_searched_by_key_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await press(pilot, "slash", *"K-005", "enter")
        assert keys_of(await settled(pilot)) == ["k-005"]


async def test_the_filters_of_a_long_run_wait_for_their_counts(tmp_path: Path) -> None:
    store = database(tmp_path, lines(90))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        total = review(pilot).session.total
        await press(pilot, "F")
        for _ in range(300):
            await pilot.pause(0.01)
            if "all pairs" in shown(pilot):
                break
        (row,) = [row for row in shown(pilot).splitlines() if "all pairs" in row]
        assert row.split("all pairs")[1].split()[0] == str(total)


async def test_a_click_puts_the_cursor_and_a_second_one_opens(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        text = shown(pilot).splitlines()
        key = keys_of(listing(pilot))[4]
        row = next(y for y, line in enumerate(text) if key in line)
        await pilot.click(offset=(30, row))
        await pilot.pause()
        assert listing(pilot).list.cursor == 4
        await pilot.click(offset=(30, row))
        await pilot.pause()
        assert review(pilot).session.current.key == key  # type: ignore[union-attr]


async def test_from_the_start_screen_the_review_of_a_pair_comes_back_to_the_list(tmp_path: Path) -> None:
    store = database(tmp_path, lines())
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        await settled(pilot)
        await press(pilot, "tab", "j", "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        await press(pilot, "t", "q")
        screen = await settled(pilot)
        assert screen.state.pair_filter.only is QuickFilter.UNREAD
        for _ in range(50):
            if screen.loader.counts.get(QuickFilter.UNREAD) == 7:
                break
            await pilot.pause(0.02)
        assert len(screen.list.items) == 7
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_long_list_reads_only_the_texts_that_can_be_seen(tmp_path: Path) -> None:
    async with opened(tmp_path, count=120) as pilot:
        screen = listing(pilot)
        asked: list[int] = []
        read = screen.listing.texts
        screen.listing.texts = lambda page: asked.append(len(page)) or read(page)  # type: ignore[method-assign, func-returns-value]
        await press(pilot, "G", "k", "g", "pagedown")
        assert screen.list.cursor > 10
        assert asked
        assert max(asked) <= screen.list.size.height


GRIDS = {
    (120, 36): (
        "All 8    Unread 7    Upheld 1",
        "    key    instruction",
        "enter open  tab next filter",
    ),
    (80, 24): ("All 8    Unread 7    Upheld 1", "key    instruction", "? all keys  q back"),
    (200, 60): (
        "All 8    Unread 7    Upheld 1",
        "    key    instruction",
        "enter open  tab next filter",
    ),
    (56, 14): ("All 8    Unread 7", "key    instruction", "q back"),
}


@pytest.mark.parametrize("size", GRIDS)
async def test_the_list_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, "enter", size=size) as pilot:
        text = shown(pilot)
        for words in GRIDS[size]:
            assert words in text
        assert all(len(line) <= size[0] for line in text.splitlines())
        assert len(text.splitlines()) == size[1]
        assert listing(pilot).preview.display is (size[0] >= 60)
        assert sum("Customer asks about" in line for line in text.splitlines()) >= 4


async def test_a_run_without_pairs_says_so(tmp_path: Path) -> None:
    store: Store = database(tmp_path, lines(1))
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired'")
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        await settled(pilot)
        assert "This run has no current pair." in shown(pilot)


async def test_the_marked_pairs_are_reviewed_in_a_row_from_the_start_screens_list(tmp_path: Path) -> None:
    store = database(tmp_path, lines())
    async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        screen = await settled(pilot)
        await press(pilot, "R")
        assert "nothing is marked" in shown(pilot)
        await press(pilot, "space", "space")
        marked = {pair.key for pair in screen.pairs if pair.pair_id in screen.state.marked}
        assert len(marked) == 2
        assert "review 2 marked" in shown(pilot)
        await press(pilot, "R")
        opened = pilot.app.screen
        assert isinstance(opened, ReviewScreen)
        assert opened.session.total == 2
        assert opened.session.current is not None
        assert opened.session.current.key in marked


async def test_marked_pairs_are_reviewed_from_within_a_review_which_goes_on_afterwards(tmp_path: Path) -> None:
    async with opened(tmp_path, "enter") as pilot:
        former = review(pilot)
        here = former.session.current
        await press(pilot, "G", "space", "k", "space")
        marked = listing(pilot).state.marked
        await press(pilot, "R")
        picked = pilot.app.screen
        assert isinstance(picked, ReviewScreen)
        assert picked is not former
        assert (picked.session.total, picked.session.queue) == (2, "hand-picked")
        assert picked.session.current is not None
        assert picked.session.current.pair_id in marked
        await press(pilot, "t", "enter", "q")
        assert pilot.app.screen is former
        assert former.session.current == here
        assert former.session.progress.read == 3
        assert former.session.session_totals().decided == 3
        assert "back in the queue" in shown(pilot)
        await press(pilot, "u")
        assert former.session.progress.read == 2
        assert former.session.current is not None
        assert former.session.current.pair_id in marked


async def test_quitting_a_review_of_marked_pairs_leaves_the_app_and_what_was_said_is_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await press(pilot, "space", "R", "t", "Q")
        await pilot.pause()
        store = pilot.app.navigator.store  # type: ignore[attr-defined]
        assert store.one("SELECT count(*) FROM current_decisions")[0] == 1
        assert not pilot.app.is_running


async def test_a_blind_review_picks_blind(tmp_path: Path) -> None:
    store = database(tmp_path, lines())
    blind = open_review(store, find_run(store, None), "mira", ReviewOptions(blind=True))
    async with make_app(store, blind).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        await settled(pilot)
        await press(pilot, "space", "R")
        picked = pilot.app.screen
        assert isinstance(picked, ReviewScreen)
        assert picked.session.blind
        assert picked.session.current is not None
        assert picked.session.current.verdict_hidden


async def test_f_flags_the_pair_under_the_cursor_and_the_review_knows(tmp_path: Path) -> None:
    async with opened(tmp_path, "enter") as pilot:
        await press(pilot, "g", "j", "j", "f")
        screen = await settled(pilot)
        here = screen.list.selected
        assert here is not None
        assert here.flagged
        assert "flagged" in shown(pilot)
        await press(pilot, "enter")
        session = review(pilot).session
        assert session.current is not None
        assert session.current.pair_id == here.pair_id
        assert session.current.state.flagged
        assert session.progress.read == 1
        await press(pilot, "u")
        assert not session.current.state.flagged
        assert session.progress.read == 1


async def test_f_works_in_the_start_screens_list_too_and_twice_is_not_at_all(tmp_path: Path) -> None:
    store = database(tmp_path, lines())
    async with make_app(store, reviewer="somebody new").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        await settled(pilot)
        await press(pilot, "f")
        screen = await settled(pilot)
        assert screen.loader.counts[QuickFilter.FLAGGED] == 1
        await press(pilot, "f")
        screen = await settled(pilot)
        assert screen.loader.counts[QuickFilter.FLAGGED] == 0
        assert [row[0] for row in store.rows("SELECT kind FROM events ORDER BY seq")] == ["flag", "unflag"]


async def test_y_copies_the_key_under_the_cursor(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await press(pilot, "j", "y")
        here = listing(pilot).list.selected
        assert here is not None
        assert pilot.app.clipboard == here.key
        assert f"copied {here.key}" in shown(pilot)
        await press(pilot, "j")
        assert "copied" not in shown(pilot)


async def reasoned(pilot: "Pilot[str]") -> None:
    """In the review: the first pair is overturned, and said to have a wrong fact and no style."""
    await press(pilot, "t", "left", "w", "w", "s", "enter")


@pytest.mark.parametrize(("size", "head"), [((120, 36), "note"), ((240, 60), "why")])
async def test_the_own_reasons_stand_in_the_row_and_below(tmp_path: Path, size: tuple[int, int], head: str) -> None:
    store = database(tmp_path, lines())
    async with app(store).run_test(size=size) as pilot:
        await pilot.pause()
        await reasoned(pilot)
        await press(pilot, "l")
        screen = await settled(pilot)
        await press(pilot, "g")
        text = shown(pilot).splitlines()
        at = next(line for line in text if " key " in line).index(head)
        row = next(line for line in text if "≠" in line)
        assert row[at:].startswith("wrong fact")
        assert "why wrong fact, style" in next(line for line in text if "overturned" in line and "you" in line)
        assert screen.list.selected is not None
        assert screen.list.selected.reasons == ("wrong fact", "style")


async def test_pairs_are_narrowed_to_a_reason_and_found_by_it(tmp_path: Path) -> None:
    store = database(tmp_path, lines())
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await reasoned(pilot)
        await press(pilot, "l")
        screen = await settled(pilot)
        key = next(pair.key for pair in screen.pairs if pair.reasons)
        await press(pilot, "F", *"reason sty", "enter")
        assert screen.state.pair_filter == PairFilter(reason="style")
        assert keys_of(screen) == [key]
        assert "why: style" in shown(pilot)
        await press(pilot, "escape", "slash", *"wrong fact", "enter")
        assert keys_of(await settled(pilot)) == [key]


async def test_a_blind_sessions_list_says_nothing_of_the_judge_before_the_decision(tmp_path: Path) -> None:
    made = lines()
    made[7]["verdict"] = "baseline"
    store = database(tmp_path, made)
    blind = open_review(store, find_run(store, None), "mira", ReviewOptions(blind=True))
    async with make_app(store, blind).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        screen = await settled(pilot)
        assert screen.loader.counts[QuickFilter.INCONSISTENT] == 0
        assert "Inconsistent" not in shown(pilot)
        await press(pilot, "i")
        assert pilot.app.screen is screen


def test_a_decision_that_was_carried_over_has_its_mark() -> None:
    said = ReviewEvent("e", EventKind.CARRIED, 1, Choice.TIE)
    pair = ListedPair(1, "k", 1, 1, Verdict.TIE, said, Ruling.UPHELD)
    assert mark(pair, PLAIN).plain == "✓ » "
    assert mark(replace(pair, flagged=True), PLAIN).plain == "✓ ⚑ "
    assert mark(replace(pair, decision=replace(said, kind=EventKind.DECISION)), PLAIN).plain == "✓   "


async def test_in_a_wide_terminal_the_preview_stands_beside_the_list_with_both_answers_of_what_was_read(
    tmp_path: Path,
) -> None:
    store = database(tmp_path, lines())
    async with app(store).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "a", "l")
        screen = await settled(pilot)
        assert screen.preview.region.x > screen.list.region.x + 100
        assert screen.preview.region.height > 40
        await press(pilot, "g")
        assert screen.list.selected is not None
        assert screen.list.selected.read

        def answers() -> list[str]:
            pair = screen.list.selected
            assert pair is not None
            detail = screen.listing.detail(pair)
            return [str(cells[0])[:14] for cells in (detail.texts.candidate_cells, detail.texts.baseline_cells)]

        assert all(answer in shown(pilot) for answer in answers())
        await press(pilot, "G")
        assert screen.list.selected is not None
        assert not screen.list.selected.read
        assert not any(answer in shown(pilot) for answer in answers())


async def test_pairs_are_narrowed_to_a_tag_with_one_key_and_all_are_back_with_esc(tmp_path: Path) -> None:
    rows_of_two = [{**row, "tags": ["refund"] if row["key"] == "k-000" else ["tone"]} for row in rows(3)]
    async with app(database(tmp_path, rows_of_two)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        await settled(pilot)
        assert "# by tag" in shown(pilot)
        await press(pilot, "number_sign", *"ref", "enter")
        assert [pair.key for pair in listing(pilot).list.items] == ["k-000"]
        await press(pilot, "escape")
        assert len(listing(pilot).list.items) == 3


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_footer_has_esc_while_a_filter_is_on_and_no_key_of_a_pair_where_there_is_none(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path, size=size) as pilot:
        footer = shown(pilot).splitlines()[-1]
        assert "esc all" not in footer
        assert "enter open" in footer
        assert "space mark" in footer
        await press(pilot, "slash", *"kettle", "enter")
        await settled(pilot)
        assert "esc all" in shown(pilot).splitlines()[-1]
        await press(pilot, "slash", *"xylophone", "enter")
        await settled(pilot)
        footer = shown(pilot).splitlines()[-1]
        assert "esc all" in footer
        assert not any(key in footer for key in ("enter open", "space mark", "o order", "f flag", "y copy"))


async def test_a_narrow_footer_says_how_many_are_marked(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(80, 24)) as pilot:
        await press(pilot, "space", "space")
        assert "space mark  R review 2    ? all keys" in shown(pilot)


async def test_there_is_a_column_of_notes_only_where_a_pair_has_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        assert not re.search(r"you +note$", shown(pilot), re.MULTILINE)
    (tmp_path / "noted").mkdir()
    async with opened(tmp_path / "noted", "c", *"stiff", "enter") as pilot:
        assert re.search(r"you +note$", shown(pilot), re.MULTILINE)


async def test_a_wide_preview_keeps_the_lines_of_a_text_and_says_things_beside_their_label(tmp_path: Path) -> None:
    made = [{**row, "instruction": "Two things:\n\n\n- first\n- second"} for row in rows(1)]
    async with app(database(tmp_path, made)).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        await settled(pilot)
        beside = [row.rpartition("▌")[2].removeprefix("  ") for row in shown(pilot).splitlines()]
        assert beside[beside.index("Two things:") :][:4] == ["Two things:", "", "- first", "- second"]
        assert "judge    shown after you decide: by its name it would give away" in beside
        assert "         the sides" in beside


async def test_a_preview_with_room_shows_two_rows_of_the_judges_reason(tmp_path: Path) -> None:
    reason = " ".join(f"because{number}" for number in range(14))
    made = [{**row, "reason": reason} for row in rows(1)]
    async with app(database(tmp_path, made)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "a", "l")
        await settled(pilot)
        assert "because13" in shown(pilot)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "because0" in shown(pilot)
        assert "because13" not in shown(pilot)


async def test_in_a_wide_preview_a_short_answer_leaves_its_rows_to_the_long_one(tmp_path: Path) -> None:
    long = "\n".join(f"line {number}" for number in range(35))
    made = [{**row, "response_candidate": "short", "response_baseline": long} for row in rows(1)]
    async with app(database(tmp_path, made)).run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "a", "l")
        await settled(pilot)
        assert "▌  line 34" in shown(pilot)


async def test_long_keys_and_tags_are_cut_in_the_middle(tmp_path: Path) -> None:
    tags = ["escalation-to-second-level-support", *(f"f{number}" for number in range(6))]
    long = [{**row, "key": f"desk-returns-and-refunds-{row['key']}", "tags": tags} for row in rows(2)]
    async with app(database(tmp_path, long)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "l")
        await settled(pilot)
        assert "desk-returns-…-000" in shown(pilot)
        assert re.search(r"es\S*…\S+ \+6", shown(pilot))


def test_how_many_more_tags_there_are_is_said_before_a_tag_is_shown_whole() -> None:
    assert safe_text.tags(("price-match", "refund"), width=12).plain == "price…tch +1"
    assert safe_text.tags(("tone", "refund"), width=12).plain == "tone, refund"
