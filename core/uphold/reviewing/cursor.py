"""A reviewer's place in a queue, and which pair comes next; without a store or a screen.

Some pairs are shown a second time, to measure how often a reviewer agrees with themselves: a repeat is due once
`REPEAT_DISTANCE` further decisions have been made since the pair's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from uphold.records.enums import EventKind, Ruling, ruling
from uphold.records.reviews import QueueItem, ReviewProgress
from uphold.reviewing.history import History

REPEAT_DISTANCE = 20
"""A pair is repeated after at least so many decisions on others."""

_DECISIONS_IN_APP = (EventKind.DECISION, EventKind.REPEAT)


@dataclass(slots=True)
class QueueCursor:
    """A reviewer's way through a queue. `index` is the place of the current pair, from 0.

    `repeat` is the id of the pair that is shown a second time just now, if any; `should_repeat` says whether an item is
    to be repeated at all (None: repeat nothing). `passed_over` are pairs that do not come up: repeats that were skipped,
    or, where the reviewer is `adjudicating`, disputes that others settled. `stale` pairs are current no longer, since their
    example was edited or retired meanwhile: they do not come up either. `rulings` and `skips` (the order of the
    skips, by number) are the reviewer's, by pair id, and follow from the history.
    """

    items: Sequence[QueueItem]
    history: History
    broken: set[int] = field(default_factory=set)
    index: int = 0
    places: dict[int, int] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    skips: dict[int, int] = field(default_factory=dict)
    should_repeat: Callable[[QueueItem], bool] | None = None
    passed_over: set[int] = field(default_factory=set)
    stale: set[int] = field(default_factory=set)
    adjudicating: bool = False
    planned: int | None = None
    repeat: int | None = None

    def __post_init__(self) -> None:
        self.places = {item.pair_id: place for place, item in enumerate(self.items)}
        for pair_id in self.history.by_pair:
            self.recount(pair_id)
        self.index = self.next_unread(-1) or 0
        self.repeat = self.due_repeat()

    def item_of(self, pair_id: int) -> QueueItem:
        """Return the queue item of a pair. Raises KeyError where the queue does not have it."""
        return self.items[self.places[pair_id]]

    @property
    def current_id(self) -> int | None:
        """The id of the current pair; None in an empty queue."""
        return self.repeat or (self.items[self.index].pair_id if self.items else None)

    def reload(self, broken: set[int], stale: set[int]) -> None:
        """Count anew after the history was reloaded; the place stays."""
        self.broken, self.stale = broken, stale
        self.rulings.clear()
        self.skips.clear()
        for pair_id in self.history.by_pair:
            self.recount(pair_id)
        if self.repeat not in self.rulings:
            self.repeat = None

    def recount(self, pair_id: int) -> None:
        """Bring a pair's ruling and skip up to date with the history."""
        state = self.history.state_of(pair_id)
        self.rulings.pop(pair_id, None)
        decision = state.adjudicated if self.adjudicating else state.blind_decision or state.decision
        if decision is not None and decision.choice is not None and pair_id in self.places:
            self.rulings[pair_id] = ruling(decision.choice, decision.shown.verdict if decision.shown else None)
        self.skips.pop(pair_id, None)
        if state.skipped and decision is None and pair_id in self.places:
            self.skips[pair_id] = self.history.skipped_at(pair_id)

    def is_unread(self, pair_id: int) -> bool:
        """Whether the reviewer has still to decide; not on a broken or stale pair, nor in a dispute that others settled."""
        settled = self.adjudicating and pair_id in self.passed_over
        out = pair_id in self.broken or pair_id in self.stale
        return pair_id not in self.rulings and not out and not settled

    def unread(self) -> list[QueueItem]:
        """Return the unread pairs in the order of the queue; skipped ones last, in skip order."""
        unread = [item for item in self.items if self.is_unread(item.pair_id)]
        return sorted(unread, key=lambda item: self.skips.get(item.pair_id, 0))

    def next_unread(self, after: int) -> int | None:
        """Return the place of the next unread pair after a place, wrapping round; skipped ones last, in skip order."""
        count = len(self.items)
        for step in range(1, count + 1):
            place = (after + step) % count
            pair_id = self.items[place].pair_id
            if pair_id not in self.skips and self.is_unread(pair_id):
                return place
        return self._next_skipped(self.items[after].pair_id if 0 <= after < count else None)

    def _next_skipped(self, here: int | None) -> int | None:
        """Return the place of the pair skipped next after pair `here`, else of the first; `here` only when alone."""
        skipped = sorted((number, pair_id) for pair_id, number in self.skips.items() if self.is_unread(pair_id))
        others = [(number, pair_id) for number, pair_id in skipped if pair_id != here] or skipped
        since = self.skips.get(here, 0) if here is not None else 0
        following = [pair_id for number, pair_id in others if number > since] or [pair_id for _, pair_id in others]
        return self.places[following[0]] if following else None

    def due_repeat(self) -> int | None:
        """Return the id of the pair to repeat now: the first one decided `REPEAT_DISTANCE` or more decisions ago."""
        if self.should_repeat is None:
            return None
        decisions = [event for event in self.history.done if event.kind in _DECISIONS_IN_APP]
        latest = {event.pair_id: number for number, event in enumerate(decisions, 1)}
        due = (pair_id for pair_id, number in latest.items() if len(decisions) - number >= REPEAT_DISTANCE)
        return next((pair_id for pair_id in due if self._may_repeat(pair_id)), None)

    def _may_repeat(self, pair_id: int) -> bool:
        if pair_id not in self.rulings or pair_id in self.broken or pair_id in self.passed_over:
            return False
        if self.should_repeat is None:
            return False
        return self.should_repeat(self.item_of(pair_id)) and not self.history.repeated(pair_id)

    def advance(self) -> None:
        """Go on to the repeat that is due, else to the next unread pair; stay where none is left."""
        self.repeat = self.due_repeat()
        if self.repeat is None:
            place = self.next_unread(self.index)
            self.index = self.index if place is None else place

    @property
    def progress(self) -> ReviewProgress:
        """How far the reviewer is in the queue."""
        rulings = list(self.rulings.values())
        return ReviewProgress(
            total=len(self.items),
            read=len(rulings),
            upheld=rulings.count(Ruling.UPHELD),
            overturned=rulings.count(Ruling.OVERTURNED),
            decided=rulings.count(Ruling.DECIDED),
            skipped=len(self.skips),
            planned=self.planned,
        )
