"""The user's own keys: an id or a key that does not exist is named with what was probably meant, a clash is said."""

from pathlib import Path

import pytest

from support.app_samples import app, database, press, review, shown
from uphold.errors import BadUsage
from uphold_tui.keymap_check import check_keymap, lost_keys
from uphold_tui.keys import REVIEW, label, remapped


@pytest.mark.parametrize(
    ("key_id", "nearest"),
    [
        ("review.ti", "review.tie"),
        ("reviev.uphold", "review.uphold"),
        ("tie", "review.tie"),
        ("browse.marc", "browse.mark"),
        ("review.both-bad", "review.both_bad"),
    ],
)
def test_an_unknown_id_is_named_with_the_nearest(key_id: str, nearest: str) -> None:
    with pytest.raises(BadUsage) as error:
        check_keymap({key_id: "T"})
    assert f"there is no id {key_id!r}" in str(error.value)
    assert f'"{nearest}"' in str(error.value)


@pytest.mark.parametrize(
    "keys", ["t,0", "ctrl+d", "f5", "comma", "shift+tab", "ctrl+shift+left", "alt+x", "?", "space, T"]
)
def test_keys_that_exist_are_taken(keys: str) -> None:
    check_keymap({"review.tie": keys})


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("ctrl-d", "there is no key 'ctrl-d'; is it 'ctrl+d'?"),
        ("Enter", "there is no key 'Enter'; is it 'enter'?"),
        ("t,", '"review.tie" has an empty key'),
        ("nothing", "there is no key 'nothing'; a key is a character or a name"),
    ],
)
def test_a_key_that_does_not_exist_is_refused(keys: str, said: str) -> None:
    with pytest.raises(BadUsage) as error:
        check_keymap({"review.tie": keys})
    assert said in str(error.value)


def test_a_key_that_is_given_twice_on_one_screen_is_refused_and_on_two_screens_is_not() -> None:
    with pytest.raises(BadUsage, match=r'X is given to "review\.tie" and to "review\.skip"'):
        check_keymap({"review.skip": "X", "review.tie": "X"})
    check_keymap({"review.skip": "X", "browse.mark": "X"})


def test_a_key_that_is_taken_from_another_entry_is_said_and_that_entry_is_found_by_name() -> None:
    assert list(lost_keys({"review.tie": "e"})) == ["e is tie now (review.tie), no longer open (review.pager)"]
    table = {entry.id: entry for entry in remapped(REVIEW, {"review.tie": "e"})}
    assert table["review.pager"].keys == ()
    assert label(table["review.pager"]) == ":"
    assert list(lost_keys({"review.tie": "T"})) == []


async def test_what_was_taken_is_said_in_the_app_and_the_key_does_the_new_thing_alone(tmp_path: Path) -> None:
    async with app(database(tmp_path), keymap={"review.tie": "e"}).run_test(size=(140, 36)) as pilot:
        await pilot.pause()
        review(pilot).note_lost_keys()
        review(pilot).draw_strip()
        await pilot.pause()
        assert "e is tie now (review.tie), no longer open (review.pager)" in shown(pilot)
        await press(pilot, "e")
        assert review(pilot).session.progress.read == 1
        await press(pilot, "question_mark")
        assert ":         open in pager, editor" in shown(pilot)


async def test_the_list_of_keys_shows_their_ids(tmp_path: Path) -> None:
    async with app(database(tmp_path), keymap={"review.tie": "T"}).run_test(size=(120, 50)) as pilot:
        await press(pilot, "question_mark")
        assert "review.tie" not in shown(pilot)
        await press(pilot, "i")
        assert "T         review.tie" in shown(pilot)
        assert "review.half_page_back" in shown(pilot)
        await press(pilot, "i")
        assert "T         tie, both good" in shown(pilot)
