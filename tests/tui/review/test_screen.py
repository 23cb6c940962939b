"""The review, key by key, on a real database."""

from pathlib import Path

import pytest

from support.app_samples import app, database, press, review, rows, session, shown
from uphold.records.enums import Choice, EventKind, Ruling, Side


async def test_the_review_opens_on_the_first_unread_pair_and_says_what_enter_does(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = shown(pilot)
        current = review(pilot).session.current
        assert current is not None
        side = current.side_of(current.judge.verdict.preference)  # type: ignore[union-attr, arg-type]
        assert f"enter uphold {side}" in screen
        assert current.key in screen
        assert "0 of 4 read" in screen
        assert "10 verdicts needed for a rate" in screen


async def test_enter_upholds_and_goes_on_with_a_quiet_receipt(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        first = review(pilot).session.current
        await press(pilot, "enter")
        assert first is not None
        assert f"before: ✓ {first.key} upheld" in shown(pilot)
        assert "1 of 4 read" in shown(pilot)
        assert review(pilot).session.current is not first


async def test_the_receipt_of_an_override_starts_loud_and_turns_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uphold_tui.review.screen.LOUD_SECONDS", 3600.0)
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        screen = review(pilot)
        before = screen.session.current
        assert before is not None
        key = "b" if screen.session.current.side_a == "candidate" else "a"  # type: ignore[union-attr]
        await press(pilot, key)
        loud = screen.message
        assert f"{before.key}, you {key.upper()}" in loud.plain
        assert any("badge-wrong" in str(span.style) for span in loud.spans)
        await press(pilot, "u")
        monkeypatch.setattr("uphold_tui.review.screen.LOUD_SECONDS", 0.001)
        await press(pilot, key)
        while any("badge-wrong" in str(span.style) for span in screen.message.spans):
            await pilot.pause(0.001)
        assert f"{before.key}, you {key.upper()}" in screen.message.plain


@pytest.mark.parametrize(
    ("key", "choice"),
    [("a", None), ("1", None), ("b", None), ("2", None), ("t", "tie"), ("3", "tie"), ("4", "both-bad")],
)
async def test_each_decision_key_saves_its_word(tmp_path: Path, key: str, choice: str | None) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        pair = review(pilot).session.current
        assert pair is not None
        await press(pilot, key)
    [receipt] = session(store).trail(1)
    wanted = choice or pair.system_on(Side.A if key in "a1" else Side.B).value
    assert receipt.choice == Choice(wanted)
    assert receipt.key == pair.key


async def test_undo_goes_back_to_the_pair_and_says_what_was_taken_back_and_redo_does_it_again(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        first = review(pilot).session.current
        assert first is not None
        await press(pilot, "t", "u")
        assert review(pilot).session.current.key == first.key  # type: ignore[union-attr]
        assert "taken back: your decision" in shown(pilot)
        assert "0 of 4 read" in shown(pilot)
        await press(pilot, "ctrl+r")
        assert "1 of 4 read" in shown(pilot)
        assert "done again: your decision" in shown(pilot)


async def test_a_decided_pair_is_shown_decided_and_enter_goes_on(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        first = review(pilot).session.current
        assert first is not None
        number = review(pilot).session.index + 1
        await press(pilot, "enter")
        review(pilot).action_jump(number)
        await pilot.pause()
        assert review(pilot).session.current.key == first.key  # type: ignore[union-attr]
        assert "your choice, judge’s pick" in shown(pilot)
        assert "✓ upheld" in shown(pilot)
        await press(pilot, "enter")
        assert review(pilot).session.current.key != first.key  # type: ignore[union-attr]
        assert review(pilot).session.progress.read == 1


async def test_enter_rests_where_there_is_nothing_to_uphold_and_says_so(tmp_path: Path) -> None:
    lines = [{k: v for k, v in row.items() if k not in ("verdict",)} | {"verdict": None} for row in rows(3)]
    store = database(tmp_path, lines)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "enter uphold" not in shown(pilot)
        assert "enter rests: there is no verdict to uphold" in shown(pilot)
        await press(pilot, "enter")
        assert "nothing to uphold: a b t 4" in shown(pilot)
        assert review(pilot).session.progress.read == 0


async def test_a_flag_is_seen_once_and_with_the_comment(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "c", *"why", "enter", "f")
        assert "⚑ flagged: “why”" in shown(pilot)
        await press(pilot, "enter", "left", "f", "f")
        assert shown(pilot).count("flagged") == 1
        assert "enter next" in shown(pilot)


async def test_skip_flag_broken_and_comment_are_saved(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "f")
        assert "flagged" in shown(pilot)
        await press(pilot, "c")
        await press(pilot, *"ask", "space", *"legal", "enter")
        assert "flagged: “ask legal”" in shown(pilot) or "comment saved" in shown(pilot)
        assert review(pilot).session.current.state.comment == "ask legal"  # type: ignore[union-attr]
        await press(pilot, "s")
        await press(pilot, "x")
    kinds = [receipt.kind for receipt in session(store).trail(9)]
    assert kinds == [EventKind.BROKEN, EventKind.SKIP, EventKind.COMMENT, EventKind.FLAG]


async def test_esc_leaves_a_comment_as_it_was(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "c", "x", "escape")
        assert review(pilot).session.current.state.comment is None  # type: ignore[union-attr]
        assert len(pilot.app.screen_stack) == 1


async def test_after_the_last_pair_it_says_that_every_pair_is_read(tmp_path: Path) -> None:
    store = database(tmp_path, count=2)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "t")
        assert "every pair is read" in shown(pilot)
        assert "2 of 2 read" in shown(pilot)


async def test_a_number_typed_as_a_command_jumps_to_that_pair(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("colon", "3", "enter")
        await pilot.pause()
        assert review(pilot).session.index == 2
        await pilot.press("colon", "9", "enter")
        await pilot.pause()
        assert "there is no pair 9: this queue has 4" in shown(pilot)


async def test_with_hold_an_overturned_pair_stays_until_enter(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store, hold="override").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        first = review(pilot).session.current
        assert first is not None
        await press(pilot, "b" if first.side_a == "candidate" else "a")
        assert review(pilot).session.current.key == first.key  # type: ignore[union-attr]
        assert "≠ overturned" in shown(pilot)
        assert "w say why" in shown(pilot)
        await press(pilot, "enter")
        assert review(pilot).session.current.key != first.key  # type: ignore[union-attr]


async def test_names_are_hidden_until_asked_for_and_the_decision_says_that_they_were_seen(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "v")
        assert review(pilot).reading.names
        await press(pilot, "v", "t")
        assert not review(pilot).reading.names
        await press(pilot, "t")
    seen = store.rows("SELECT names_shown FROM events ORDER BY id").fetchall()
    assert sorted(row[0] for row in seen) == [0, 1]


async def test_a_click_on_a_key_does_what_the_key_does(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        row = shown(pilot).splitlines()[-1]
        await pilot.click(offset=(row.index("flag") + 1, 35))
        await pilot.pause()
        assert review(pilot).session.current.state.flagged  # type: ignore[union-attr]


async def test_an_empty_run_says_so_and_can_be_left(tmp_path: Path) -> None:
    store = database(tmp_path, count=1)
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired'")
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "This run has no pair to review." in shown(pilot)
        await press(pilot, "a", "enter", "d", "v", "y", "tab", "plus", "q")
    assert pilot.app.return_value is None


async def test_a_session_goes_on_where_it_was_left(tmp_path: Path) -> None:
    store = database(tmp_path)
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "q")
    again = session(store)
    assert again.progress.read == 1
    assert again.trail(1)[0].ruling is Ruling.OVERTURNED
