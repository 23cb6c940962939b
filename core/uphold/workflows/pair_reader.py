"""store -> a pair as a reviewer meets it: what is on the table, and what is verdict_hidden until they have decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from uphold.records.enums import REFERENCE, EventKind
from uphold.records.judgments import PairVerdict, verdict_of
from uphold.records.reviews import (
    OnScreen,
    PairView,
    QueueItem,
    ReviewerDecision,
    ReviewerState,
    StaleDecision,
    parse_reasons,
)
from uphold.records.runs import Run
from uphold.records.texts import ExampleText
from uphold.reviewing.history import History
from uphold.reviewing.presentation import side_a
from uphold.reviewing.queue_order import uniform
from uphold.store import judgments, pairs, reviews
from uphold.store.database import Store

LEAST_FOR_SHARES = 50
"""Shorter queues have no repeats, and nothing of a blind session is shown open."""


OPEN_SHARE = 0.15


REPEATED_SHARE = 0.08


_KEPT = 32


@dataclass(frozen=True, slots=True)
class ReviewMode:
    """How pairs are met: blind or open, the share of a blind session that is shown open, whether disputes are settled."""

    blind: bool = False
    open_share: float = OPEN_SHARE
    adjudicating: bool = False

    @property
    def word(self) -> str:
        """As sessions and events record it."""
        return "blind" if self.blind else "open"


class PairReader:
    """Reads pairs as one reviewer may see them. The first of `judges`, (id, name, kind), is the primary one."""

    def __init__(
        self,
        store: Store,
        run: Run,
        reviewer: str,
        judges: Sequence[tuple[int, str, str]],
        history: History,
        mode: ReviewMode,
        size: int,
    ) -> None:
        self.store, self.run, self.reviewer, self.judges = store, run, reviewer, judges
        self.mode = mode
        self._history, self._shares = history, size >= LEAST_FOR_SHARES
        self._seen_here: set[int] = set()
        self._views: dict[tuple[int, bool], PairView] = {}
        self._returns: dict[int, bool] = {}

    def returns(self, item: QueueItem) -> bool:
        """Is this one of the pairs that come back?"""
        if item.pair_id not in self._returns:
            self._returns[item.pair_id] = self._drawn(item, "again") < REPEATED_SHARE
        return self._returns[item.pair_id]

    def _shown_open(self, item: QueueItem) -> bool:
        """Is this one of a blind session's pairs that are shown open?"""
        return self._shares and not self.mode.adjudicating and self._drawn(item, "open") < self.mode.open_share

    def _drawn(self, item: QueueItem, what: str) -> float:
        return uniform(f"{self.run.seed} {what}", item.key, item.turn, self.reviewer)

    def turn(self, *, blind: bool) -> None:
        """Blind from now on, or open; what was met with its verdict stays seen."""
        self.mode = replace(self.mode, blind=blind)
        self._views.clear()

    def saw(self, other: "PairReader") -> None:
        """The verdicts that the reviewer saw in another meeting they have seen."""
        self._seen_here |= other._seen_here

    def renew(self, history: History) -> None:
        """Read pairs anew, by another history."""
        self._history = history
        self._views.clear()

    def forget_all(self) -> None:
        """Read pairs anew: others wrote something."""
        self._views.clear()

    def met(self, pair: PairView) -> PairView:
        """The reviewer has the pair before them: from now on a verdict that is on it has been seen."""
        if pair.judge is not None:
            self._seen_here.add(pair.pair_id)
        return pair

    def forget(self, pair_id: int) -> None:
        """Read a pair anew: something was said of it."""
        for again in (False, True):
            self._views.pop((pair_id, again), None)

    def view(self, item: QueueItem, *, again: bool = False) -> PairView:
        """The pair at a place of the queue; `again` where it comes back."""
        found = self._views.get((item.pair_id, again))
        if found is None:
            found = self._views[item.pair_id, again] = self._read(item, again)
            if len(self._views) > _KEPT:
                del self._views[next(iter(self._views))]
        return found

    def verdict_hidden(self, item: QueueItem, *, again: bool = False) -> bool:
        """Is what others say to be kept from the reviewer until they have decided?"""
        if not self.mode.blind or self._shown_open(item):
            return False
        stand = self._history.state_of(item.pair_id)
        if self.mode.adjudicating:
            return stand.adjudicated is None
        seen = item.pair_id in self._history.seen or item.pair_id in self._seen_here
        return again or (stand.decision is None and not seen)

    def shown(self, item: QueueItem, pair: PairView, shown: OnScreen) -> OnScreen:
        """What was on the screen, with the verdict that the decision is on, whether it could be seen or not.

        Where a verdict had been seen before, the decision is recorded as an open one: it tells nothing of being swayed.
        """
        judge = self.judged(pair.pair_id) if pair.verdict_hidden else pair.judge
        is_blind = self.mode.blind and (pair.verdict_hidden or self._shown_open(item) or pair.state.early is not None)
        return replace(
            shown,
            side_a=pair.side_a,
            mode="blind" if is_blind else "open",
            verdict_shown=not pair.verdict_hidden,
            judge_id=judge.judge_id if judge else None,
            verdict=judge.verdict if judge else None,
        )

    def _read(self, item: QueueItem, again: bool) -> PairView:
        texts = pairs.pair_texts(self.store, item.pair_id)
        stand = ReviewerState() if again else self._history.state_of(item.pair_id)
        first = side_a(self.run.seed, texts.key, texts.turn, texts.contents, self.reviewer)
        verdict_hidden = self.verdict_hidden(item, again=again)
        judge = self.judged(item.pair_id)
        return PairView(
            item.pair_id,
            texts.key,
            texts.turn,
            _not_telling(texts) if verdict_hidden else texts.text,
            texts.tags,
            texts.candidate,
            texts.baseline,
            texts.candidate_cells,
            texts.baseline_cells,
            first.mirrored if again else first,
            None if verdict_hidden else judge,
            stand,
            None if verdict_hidden else self._carried_from(stand),
            verdict_hidden,
            judge is not None,
            again,
            () if verdict_hidden else self._others(item.pair_id),
            () if verdict_hidden else self._people(item.pair_id),
            self.mode.adjudicating,
            self._stale(item.pair_id, stand, verdict_hidden=verdict_hidden),
        )

    def _stale(self, pair_id: int, stand: ReviewerState, *, verdict_hidden: bool) -> StaleDecision | None:
        if verdict_hidden or stand.decision is not None or self.mode.adjudicating:
            return None
        return reviews.earlier(self.store, pair_id, self.reviewer)

    def judged(self, pair_id: int) -> PairVerdict | None:
        """What the primary judge says of a pair as it stands."""
        return judgments.on_pair(self.store, pair_id, self.judges[0][0], verdict_of) if self.judges else None

    def _others(self, pair_id: int) -> tuple[PairVerdict, ...]:
        found = (judgments.on_pair(self.store, pair_id, number, verdict_of) for number, *_ in self.judges[1:])
        return tuple(judge for judge in found if judge is not None and judge.judgments)

    def _people(self, pair_id: int) -> tuple[ReviewerDecision, ...]:
        if not self.mode.adjudicating:
            return ()
        modes = {None: None, True: "blind", False: "open"}
        return tuple(
            ReviewerDecision(
                one.reviewer,
                one.choice,
                one.note,
                parse_reasons(one.reasons),
                modes[one.blind],
                one.seconds,
                one.side_a,
            )
            for one in reviews.people_on(self.store, pair_id)
        )

    def _carried_from(self, stand: ReviewerState) -> str | None:
        decision = stand.decision
        if decision is None or decision.kind is not EventKind.CARRIED or decision.target_id is None:
            return None
        origin = reviews.origin(self.store, decision.target_id)
        return origin[0] if origin else None


def _not_telling(texts: pairs.PairTexts) -> ExampleText:
    """What was asked, without the reference where one of the two systems is the reference itself."""
    is_answer = REFERENCE in (texts.candidate, texts.baseline)
    return replace(texts.text, references=()) if is_answer else texts.text
