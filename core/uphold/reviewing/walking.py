"""Where a reviewer is in a queue, and which pair comes next: a plain object that knows no store and no screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from uphold.records.reviewed import Progress, QueueItem, Stand
from uphold.records.words import Ruling, ruling
from uphold.reviewing.history import History


@dataclass(slots=True)
class Walk:
    """A reviewer's way through a queue. `index` is the place of the current pair, from 0."""

    items: Sequence[QueueItem]
    history: History
    broken: set[int] = field(default_factory=set)
    index: int = 0
    places: dict[int, int] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    skips: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {item.pair_id: place for place, item in enumerate(self.items)}
        for pair_id in self.history.by_pair:
            self.settle(pair_id)
        self.index = self.next_unread(-1) or 0

    def settle(self, pair_id: int) -> None:
        """Take what the history now says of a pair into the counts."""
        stand = self.history.stand(pair_id)
        self.rulings.pop(pair_id, None)
        if stand.decision is not None and stand.decision.choice is not None and pair_id in self.places:
            shown = stand.decision.shown
            self.rulings[pair_id] = ruling(stand.decision.choice, shown.verdict if shown else None)
        self.skips.pop(pair_id, None)
        if stand.skipped and stand.decision is None and pair_id in self.places:
            self.skips[pair_id] = self.history.skipped_at(pair_id)

    def unread(self, pair_id: int) -> bool:
        """Has the reviewer still to decide on this pair? A broken one needs no decision."""
        return pair_id not in self.rulings and pair_id not in self.broken

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

    @property
    def progress(self) -> Progress:
        """How far the reviewer is."""
        words = list(self.rulings.values())
        return Progress(
            total=len(self.items),
            read=len(words),
            upheld=words.count(Ruling.UPHELD),
            overturned=words.count(Ruling.OVERTURNED),
            decided=words.count(Ruling.DECIDED),
            skipped=len(self.skips),
        )

    def stand(self, pair_id: int) -> Stand:
        """Where the reviewer stands on a pair."""
        return self.history.stand(pair_id)
