"""Where a reviewer is in a queue, and which pair comes next: a plain object that knows no store and no screen.

Some pairs come back once, at least `APART` decisions after they were decided: `again` is the one that is back now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from uphold.records.enums import EventKind, Ruling, ruling
from uphold.records.reviews import QueueItem, ReviewerState, ReviewProgress
from uphold.reviewing.history import History

REPEAT_DISTANCE = 20
"""A pair comes back after so many decisions on others at least."""


_OWN_WORDS = (EventKind.DECISION, EventKind.REPEAT)


@dataclass(slots=True)
class QueueCursor:
    """A reviewer's way through a queue. `index` is the place of the current pair, from 0.

    `returns` says of a pair whether it is to come back; those `passed` over do not again. Where the reviewer is
    `adjudicating`, a pair is read when it is settled; those settled by others are passed over.
    """

    items: Sequence[QueueItem]
    history: History
    broken: set[int] = field(default_factory=set)
    index: int = 0
    places: dict[int, int] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    skips: dict[int, int] = field(default_factory=dict)
    returns: Callable[[QueueItem], bool] | None = None
    passed: set[int] = field(default_factory=set)
    adjudicating: bool = False
    planned: int | None = None
    again: int | None = None

    def __post_init__(self) -> None:
        self.places = {item.pair_id: place for place, item in enumerate(self.items)}
        for pair_id in self.history.by_pair:
            self.settle(pair_id)
        self.index = self.next_unread(-1) or 0
        self.again = self.due()

    def renew(self, history: History, broken: set[int]) -> None:
        """Take in what was said elsewhere meanwhile; one stays at one's place."""
        self.history, self.broken = history, broken
        self.rulings.clear()
        self.skips.clear()
        for pair_id in history.by_pair:
            self.settle(pair_id)
        if self.again not in self.rulings:
            self.again = None

    def settle(self, pair_id: int) -> None:
        """Take what the history now says of a pair into the counts."""
        stand = self.history.state_of(pair_id)
        self.rulings.pop(pair_id, None)
        word = stand.adjudicated if self.adjudicating else stand.early or stand.decision
        if word is not None and word.choice is not None and pair_id in self.places:
            self.rulings[pair_id] = ruling(word.choice, word.shown.verdict if word.shown else None)
        self.skips.pop(pair_id, None)
        if stand.skipped and word is None and pair_id in self.places:
            self.skips[pair_id] = self.history.skipped_at(pair_id)

    def unread(self, pair_id: int) -> bool:
        """Has the reviewer still to decide on this pair? A broken one needs no decision, nor a dispute settled elsewhere."""
        settled = self.adjudicating and pair_id in self.passed
        return pair_id not in self.rulings and pair_id not in self.broken and not settled

    def next_unread(self, after: int) -> int | None:
        """The place of the next unread pair after a place, going round; skipped ones come last, as skipped."""
        count = len(self.items)
        for step in range(1, count + 1):
            place = (after + step) % count
            pair_id = self.items[place].pair_id
            if pair_id not in self.skips and self.unread(pair_id):
                return place
        return self._next_skipped(self.items[after].pair_id if 0 <= after < count else None)

    def _next_skipped(self, here: int | None) -> int | None:
        """The place of the pair that was skipped next after this one, else first; this one only where it is alone."""
        waiting = sorted((turn, pair) for pair, turn in self.skips.items() if self.unread(pair))
        others = [(turn, pair) for turn, pair in waiting if pair != here] or waiting
        since = self.skips.get(here, 0) if here is not None else 0
        following = [pair for turn, pair in others if turn > since] or [pair for _, pair in others]
        return self.places[following[0]] if following else None

    def due(self) -> int | None:
        """The pair that is to come back now: the first of those decided `APART` decisions ago that has not come back."""
        if self.returns is None:
            return None
        words = [event for event in self.history.done if event.kind in _OWN_WORDS]
        latest = {event.pair_id: place for place, event in enumerate(words, 1)}
        ripe = (pair_id for pair_id, place in latest.items() if len(words) - place >= REPEAT_DISTANCE)
        return next((pair_id for pair_id in ripe if self._may_return(pair_id)), None)

    def _may_return(self, pair_id: int) -> bool:
        if pair_id not in self.rulings or pair_id in self.broken or pair_id in self.passed or self.returns is None:
            return False
        return self.returns(self.items[self.places[pair_id]]) and not self.history.repeated(pair_id)

    def advance(self) -> None:
        """On to the pair that is due again, else to the next unread one; where none is left, stay."""
        self.again = self.due()
        if self.again is None:
            place = self.next_unread(self.index)
            self.index = self.index if place is None else place

    @property
    def progress(self) -> ReviewProgress:
        """How far the reviewer is."""
        words = list(self.rulings.values())
        return ReviewProgress(
            total=len(self.items),
            read=len(words),
            upheld=words.count(Ruling.UPHELD),
            overturned=words.count(Ruling.OVERTURNED),
            decided=words.count(Ruling.DECIDED),
            skipped=len(self.skips),
            planned=self.planned,
        )

    def state_of(self, pair_id: int) -> ReviewerState:
        """Where the reviewer stands on a pair."""
        return self.history.state_of(pair_id)
