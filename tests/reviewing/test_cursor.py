"""Skipped pairs come back last, in the order in which they were skipped, and none is ever lost."""

from hypothesis import given
from hypothesis import strategies as st

from uphold.records.enums import Choice, EventKind
from uphold.records.reviews import QueueItem, ReviewEvent
from uphold.reviewing.cursor import QueueCursor
from uphold.reviewing.history import History, replay

ITEMS = [QueueItem(number, f"k{number}", 1, number) for number in range(1, 9)]


def go_on(cursor: QueueCursor) -> None:
    place = cursor.next_unread(cursor.index)
    if place is not None:
        cursor.index = place


def act(cursor: QueueCursor, kind: EventKind, choice: Choice | None = None) -> int:
    """Do something with the current pair and go on; returns its id."""
    pair_id = cursor.items[cursor.index].pair_id
    cursor.history.add(ReviewEvent(f"e{len(cursor.history.ranks)}", kind, pair_id, choice))
    cursor.recount(pair_id)
    go_on(cursor)
    return pair_id


def test_skipping_everything_goes_round_and_round_in_the_same_order() -> None:
    cursor = QueueCursor(ITEMS, History())
    rounds = [[act(cursor, EventKind.SKIP) for _ in ITEMS] for _ in range(3)]
    assert rounds == [[item.pair_id for item in ITEMS]] * 3


@given(st.lists(st.booleans(), max_size=60))
def test_every_pair_is_met_again_however_one_skips_and_decides(decides: list[bool]) -> None:
    cursor = QueueCursor(ITEMS, History())
    for decide in decides:
        act(cursor, EventKind.DECISION, Choice.TIE) if decide else act(cursor, EventKind.SKIP)
    waiting = {item.pair_id for item in ITEMS if cursor.is_unread(item.pair_id)}
    assert {act(cursor, EventKind.SKIP) for _ in waiting} >= waiting


@given(st.lists(st.sampled_from([EventKind.SKIP, EventKind.FLAG, EventKind.DECISION]), max_size=40))
def test_a_session_opened_again_waits_for_the_same_pairs_in_the_same_order(kinds: list[EventKind]) -> None:
    cursor = QueueCursor(ITEMS, History())
    events = []
    for kind in kinds:
        pair_id = cursor.items[cursor.index].pair_id
        event = ReviewEvent(f"e{len(events)}", kind, pair_id, Choice.TIE if kind is EventKind.DECISION else None)
        events.append(event)
        cursor.history.add(event)
        cursor.recount(pair_id)
        go_on(cursor)
    again = QueueCursor(ITEMS, replay(events))
    assert sorted(again.skips, key=again.skips.__getitem__) == sorted(cursor.skips, key=cursor.skips.__getitem__)
    assert again.progress == cursor.progress


def test_from_a_skipped_pair_one_goes_on_to_the_one_skipped_after_it() -> None:
    cursor = QueueCursor(ITEMS, History())
    for _ in ITEMS:
        act(cursor, EventKind.SKIP)
    assert [cursor.next_unread(place) for place in range(8)] == [1, 2, 3, 4, 5, 6, 7, 0]
