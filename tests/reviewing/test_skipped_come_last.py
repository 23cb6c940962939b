"""Skipped pairs come back last, in the order in which they were skipped, and none is ever lost."""

from hypothesis import given
from hypothesis import strategies as st

from uphold.records.enums import Choice, EventKind
from uphold.records.reviews import QueueItem, ReviewEvent
from uphold.reviewing.cursor import QueueCursor
from uphold.reviewing.history import History, replay

ITEMS = [QueueItem(number, f"k{number}", 1, number) for number in range(1, 9)]


def go_on(walk: QueueCursor) -> None:
    place = walk.next_unread(walk.index)
    if place is not None:
        walk.index = place


def act(walk: QueueCursor, kind: EventKind, choice: Choice | None = None) -> int:
    """Do something with the current pair and go on; returns its id."""
    pair_id = walk.items[walk.index].pair_id
    walk.history.take(ReviewEvent(f"e{len(walk.history.ranks)}", kind, pair_id, choice))
    walk.settle(pair_id)
    go_on(walk)
    return pair_id


def test_skipping_everything_goes_round_and_round_in_the_same_order() -> None:
    walk = QueueCursor(ITEMS, History())
    rounds = [[act(walk, EventKind.SKIP) for _ in ITEMS] for _ in range(3)]
    assert rounds == [[item.pair_id for item in ITEMS]] * 3


@given(st.lists(st.booleans(), max_size=60))
def test_every_pair_is_met_again_however_one_skips_and_decides(decides: list[bool]) -> None:
    walk = QueueCursor(ITEMS, History())
    for decide in decides:
        act(walk, EventKind.DECISION, Choice.TIE) if decide else act(walk, EventKind.SKIP)
    waiting = {item.pair_id for item in ITEMS if walk.unread(item.pair_id)}
    assert {act(walk, EventKind.SKIP) for _ in waiting} >= waiting


@given(st.lists(st.sampled_from([EventKind.SKIP, EventKind.FLAG, EventKind.DECISION]), max_size=40))
def test_a_session_opened_again_waits_for_the_same_pairs_in_the_same_order(kinds: list[EventKind]) -> None:
    walk = QueueCursor(ITEMS, History())
    events = []
    for kind in kinds:
        pair_id = walk.items[walk.index].pair_id
        event = ReviewEvent(f"e{len(events)}", kind, pair_id, Choice.TIE if kind is EventKind.DECISION else None)
        events.append(event)
        walk.history.take(event)
        walk.settle(pair_id)
        go_on(walk)
    again = QueueCursor(ITEMS, replay(events))
    assert sorted(again.skips, key=again.skips.__getitem__) == sorted(walk.skips, key=walk.skips.__getitem__)
    assert again.progress == walk.progress


def test_from_a_skipped_pair_one_goes_on_to_the_one_skipped_after_it() -> None:
    walk = QueueCursor(ITEMS, History())
    for _ in ITEMS:
        act(walk, EventKind.SKIP)
    assert [walk.next_unread(place) for place in range(8)] == [1, 2, 3, 4, 5, 6, 7, 0]
