"""Reads the pairs of a queue as one reviewer may see them: sides drawn, verdicts hidden in a blind session, repeats."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from uphold.records.enums import REFERENCE, EventKind, Verdict
from uphold.records.judgments import JudgeRef, PairVerdict
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

MIN_QUEUE_FOR_SHARES = 50
"""Shorter queues have no repeats, and nothing of a blind session is shown open."""

OPEN_SHARE = 0.15
"""The default share of a blind session's pairs that are shown with their verdicts."""

REPEATED_SHARE = 0.08
"""The share of the pairs that are shown a second time, for self-agreement."""

_MAX_CACHED_VIEWS = 32


@dataclass(frozen=True, slots=True)
class ReviewMode:
    """How pairs are shown: blind or open, the share of a blind session shown open, whether disputes are settled."""

    blind: bool = False
    open_share: float = OPEN_SHARE
    adjudicating: bool = False

    @property
    def name(self) -> str:
        """The mode as sessions and events record it: `blind` or `open`."""
        return "blind" if self.blind else "open"


@dataclass(frozen=True, slots=True)
class ReviewerContext:
    """Who reads which run; `judges` have judged it, the one that Enter upholds (see `records.headline_judge`) first."""

    run: Run
    reviewer: str
    judges: Sequence[JudgeRef]


class PairReader:
    """Reads pairs from the store for one reviewer, and keeps the last views.

    `history` is the reviewer's own and is changed by the session. With `draws_open` a share of a blind session's pairs
    is shown open.
    """

    def __init__(
        self, store: Store, context: ReviewerContext, history: History, mode: ReviewMode, *, draws_open: bool
    ) -> None:
        self.mode = mode
        self.reviewer, self._run, self._judges = context.reviewer, context.run, context.judges
        self._store, self._history, self._draws_open = store, history, draws_open
        self._seen_here: set[int] = set()
        self._views: dict[tuple[int, bool], PairView] = {}

    @property
    def primary_judge(self) -> JudgeRef | None:
        """The judge that Enter upholds; None where nobody has judged the run."""
        return self._judges[0] if self._judges else None

    def view(self, item: QueueItem, *, is_repeat: bool = False) -> PairView:
        """Return the pair of a queue item; with `is_repeat` as it is shown the second time, its sides swapped."""
        found = self._views.get((item.pair_id, is_repeat))
        if found is None:
            found = self._views[item.pair_id, is_repeat] = self._read(item, is_repeat)
            if len(self._views) > _MAX_CACHED_VIEWS:
                del self._views[next(iter(self._views))]
        return found

    @property
    def has_several_judges(self) -> bool:
        """Whether several judges have judged the run."""
        return len(self._judges) > 1

    def use_judges(self, judges: Sequence[JudgeRef]) -> None:
        """Read the verdicts of other judges from now on, the one that Enter upholds first."""
        self._judges = judges
        self._views.clear()

    def forget(self, pair_id: int) -> None:
        """Read a pair again the next time."""
        for is_repeat in (False, True):
            self._views.pop((pair_id, is_repeat), None)

    def forget_all(self) -> None:
        """Read every pair again the next time."""
        self._views.clear()

    def set_blind(self, blind: bool) -> None:
        """Hide verdicts from now on, or show them; a verdict that was seen stays seen."""
        self.mode = replace(self.mode, blind=blind)
        self._views.clear()

    def mark_seen(self, pair: PairView) -> None:
        """Record that the pair was shown: a verdict on it has been seen from now on."""
        if pair.judge is not None:
            self._seen_here.add(pair.pair_id)

    def add_seen(self, other: "PairReader") -> None:
        """Count the verdicts that were shown by another reader of the same reviewer as seen."""
        self._seen_here |= other._seen_here

    def add_seen_pairs(self, pair_ids: Iterable[int]) -> None:
        """Count the verdicts on some pairs as seen."""
        self._seen_here.update(pair_ids)

    def verdict_hidden(self, item: QueueItem, *, is_repeat: bool = False) -> bool:
        """Whether verdicts and other people's decisions are kept from the reviewer until they have decided."""
        if not self.mode.blind or self._shown_open(item):
            return False
        state = self._history.state_of(item.pair_id)
        if self.mode.adjudicating:
            return state.adjudicated is None
        seen = item.pair_id in self._history.verdict_seen or item.pair_id in self._seen_here
        return is_repeat or (state.decision is None and not seen)

    def verdict_arrived(self, pair: PairView) -> bool:
        """Whether a verdict that was pending when `pair` was read has come since; the pair is read anew then."""
        if pair.verdict_hidden or not self._judges or (pair.judge and pair.judge.verdict is not Verdict.PENDING):
            return False
        if self._primary_verdict(pair.pair_id) == pair.judge:
            return False
        self.forget(pair.pair_id)
        return True

    def recorded_screen(self, item: QueueItem, pair: PairView, shown: OnScreen) -> OnScreen:
        """Return what was on the screen, completed with the mode and the verdict that a decision is compared with.

        The verdict is recorded whether it could be seen or not. A decision of a blind session on a pair whose verdict
        had been seen before is recorded as an open one, since it cannot show whether seeing the verdict sways people.
        """
        judge = self._primary_verdict(pair.pair_id) if pair.verdict_hidden else pair.judge
        is_blind = self.mode.blind and (
            pair.verdict_hidden or self._shown_open(item) or pair.state.blind_decision is not None
        )
        return replace(
            shown,
            side_a=pair.side_a,
            mode="blind" if is_blind else "open",
            verdict_shown=not pair.verdict_hidden,
            judge_id=judge.judge_id if judge else None,
            verdict=judge.verdict if judge else None,
        )

    def _shown_open(self, item: QueueItem) -> bool:
        """Whether a pair of a blind session is among those shown open."""
        if not self._draws_open or self.mode.adjudicating:
            return False
        return _uniform_of(self._run, self.reviewer, item, "open") < self.mode.open_share

    def _read(self, item: QueueItem, is_repeat: bool) -> PairView:
        texts = pairs.pair_texts(self._store, item.pair_id)
        state = ReviewerState() if is_repeat else self._history.state_of(item.pair_id)
        first = side_a(self._run.seed, texts.key, texts.turn, texts.contents, self.reviewer)
        hidden = self.verdict_hidden(item, is_repeat=is_repeat)
        judge = self._primary_verdict(item.pair_id)
        return PairView(
            item.pair_id,
            texts.key,
            texts.turn,
            _without_revealing_reference(texts) if hidden else texts.text,
            texts.tags,
            texts.candidate,
            texts.baseline,
            texts.candidate_cells,
            texts.baseline_cells,
            first.mirrored if is_repeat else first,
            None if hidden else judge,
            state,
            None if hidden else self._carried_from(state),
            hidden,
            judge is not None,
            is_repeat,
            () if hidden else self._other_verdicts(item.pair_id),
            () if hidden else self._people(item.pair_id),
            self.mode.adjudicating,
            None if hidden else self._stale_decision(item.pair_id, state),
            texts.reference_id,
        )

    def _primary_verdict(self, pair_id: int) -> PairVerdict | None:
        judge = self.primary_judge
        return judgments.read_pair_verdict(self._store, pair_id, judge.id) if judge is not None else None

    def _other_verdicts(self, pair_id: int) -> tuple[PairVerdict, ...]:
        found = (judgments.read_pair_verdict(self._store, pair_id, judge.id) for judge in self._judges[1:])
        return tuple(verdict for verdict in found if verdict is not None and verdict.judgments)

    def _people(self, pair_id: int) -> tuple[ReviewerDecision, ...]:
        """Return what each reviewer decided, where disputes are settled."""
        if not self.mode.adjudicating:
            return ()
        modes = {None: None, True: "blind", False: "open"}
        return tuple(
            ReviewerDecision(
                row.reviewer,
                row.choice,
                row.note,
                parse_reasons(row.reasons),
                modes[row.blind],
                row.seconds,
                row.side_a,
            )
            for row in reviews.decisions_on_pair(self._store, pair_id)
        )

    def _carried_from(self, state: ReviewerState) -> str | None:
        """Return the name of the run that the reviewer's decision was carried over from."""
        decision = state.decision
        if decision is None or decision.kind is not EventKind.CARRIED or decision.target_id is None:
            return None
        origin = reviews.decision_origin(self._store, decision.target_id)
        return origin[0] if origin else None

    def _stale_decision(self, pair_id: int, state: ReviewerState) -> StaleDecision | None:
        if state.decision is not None or self.mode.adjudicating:
            return None
        return reviews.find_stale_decision(self._store, pair_id, self.reviewer)


def is_drawn_for_repeat(run: Run, reviewer: str, item: QueueItem) -> bool:
    """Whether a pair is among those that the reviewer is shown a second time."""
    return _uniform_of(run, reviewer, item, "again") < REPEATED_SHARE


def _uniform_of(run: Run, reviewer: str, item: QueueItem, purpose: str) -> float:
    """Return a number in (0, 1) that is fixed by run, pair, reviewer and the purpose it is drawn for."""
    return uniform(f"{run.seed} {purpose}", item.key, item.turn, reviewer)


def _without_revealing_reference(texts: pairs.PairTexts) -> ExampleText:
    """Return the example's text, without the reference where one of the two systems is the reference itself."""
    is_answer = REFERENCE in (texts.candidate, texts.baseline)
    return replace(texts.text, references=()) if is_answer else texts.text
