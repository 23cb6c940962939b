"""Lists the pairs of a run for one reviewer: their rows, the texts of a page, full-text search, and flags."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from uphold.records.enums import Choice, EventKind, Ruling, ruling
from uphold.records.judgments import JudgeRef, PairVerdict
from uphold.records.pair_list import Behind, ListedPair, ListedTexts, PairsBehind
from uphold.records.reviews import OnScreen, ReviewerState, ReviewEvent, new_event_id
from uphold.records.runs import Run
from uphold.reviewing.history import History, replay
from uphold.store import judgments, packs, pair_list, pairs, reviews, sets
from uphold.store.database import Store, open_store
from uphold.store.headline_judges import judges_in_order
from uphold.store.pair_list import PairRow
from uphold.store.pairs import PairTexts

_NO_EVENTS = ReviewerState()


@dataclass(frozen=True, slots=True)
class PairDetail:
    """One pair with its full texts, and the judge's verdict where the reviewer may see it.

    `verdicts_left_out`: the file is a blind pack, in which no verdict can be.
    """

    texts: PairTexts
    judge: PairVerdict | None
    verdicts_left_out: bool = False


class PairListing:
    """The pairs of a run as one reviewer may see them.

    `read` and `bring_up_to_date` take long on large runs: each opens the file anew, so that a thread can run it.
    `judge` is the one whose verdicts are listed, a name or a judge that is known already; by default that of the run's
    headline. Raises BadUsage for a judge that has not judged the run.
    """

    def __init__(self, store: Store, run: Run, reviewer: str, judge: JudgeRef | str | None = None) -> None:
        self.store, self.run, self.reviewer = store, run, reviewer
        self._wanted = judge
        self.judge: JudgeRef | None = None
        self.update_judge()

    def update_judge(self) -> None:
        """Take the judge of the run's headline as it is now, such as one that was pinned, where none was asked for."""
        if isinstance(self._wanted, JudgeRef):
            self.judge = self._wanted
        else:
            self.judge = judges_in_order(self.store, self.run, self._wanted)[0].shown

    @property
    def judge_name(self) -> str | None:
        """The name of the judge whose verdicts are listed."""
        return self.judge.name if self.judge else None

    def first(self, many: int) -> list[ListedPair]:
        """Return the first `many` pairs of the queue, without reading the rest of the run."""
        history = self._history(self.store)
        return [_listed(row, history, self.judge) for row in pair_list.first_rows(self.store, self.run.id, many)]

    def read(self) -> list[ListedPair]:
        """Return every current pair of the run, in no particular order."""
        with open_store(self.store.path) as store:
            history = self._history(store)
            rows = pair_list.pair_rows(store, self.run.id, self.judge.id if self.judge else None)
            reviewer_id = reviews.find_reviewer(store, self.reviewer)
            before = reviews.decided_before_a_change(store, self.run.id, reviewer_id) if reviewer_id else set()
            return [_listed(row, history, self.judge, before) for row in rows]

    def mark(self) -> tuple[int | None, ...]:
        """Return a value that is different once reading again would find something else."""
        return (*pair_list.list_version(self.store), self.judge.id if self.judge is not None else None)

    def texts(self, page: Sequence[ListedPair]) -> dict[int, ListedTexts]:
        """Return by pair id what a list shows of the texts of one page."""
        return pair_list.list_texts(self.store, [pair.pair_id for pair in page])

    def detail(self, pair: ListedPair) -> PairDetail:
        """Return a pair with its full texts; with the judge's verdict only where the reviewer has decided."""
        verdict = None
        if self.judge is not None and pair.read:
            verdict = judgments.read_pair_verdict(self.store, pair.pair_id, self.judge.id)
        return PairDetail(pairs.pair_texts(self.store, pair.pair_id), verdict, packs.is_blind_pack(self.store))

    @property
    def is_searchable(self) -> bool:
        """Whether the full-text index is up to date."""
        return pair_list.is_index_current(self.store)

    def bring_up_to_date(self) -> None:
        """Make the full-text index, or add to it what it lacks."""
        with open_store(self.store.path) as store:
            pair_list.update_index(store)

    def read_ids(self) -> list[int]:
        """Return the ids of the pairs that the reviewer has decided."""
        history = self._history(self.store)
        return [pair_id for pair_id in history.by_pair if history.state_of(pair_id).decision is not None]

    def search(self, typed: str, read: Sequence[int]) -> frozenset[int]:
        """Return the ids of the pairs that contain every word typed; the index must be up to date.

        `read` are the ids of the pairs that the reviewer has decided: judges' reasons and other people's notes are
        searched on these only.
        """
        return pair_list.search(
            self.store,
            self.run.id,
            typed,
            judge_id=self.judge.id if self.judge else None,
            reviewer_id=reviews.find_reviewer(self.store, self.reviewer),
            read=read,
        )

    def behind(self, wanted: PairsBehind) -> frozenset[int]:
        """Return the ids of the pairs that a number counts, with the judge of this list; takes long on large runs."""
        from uphold.stats.pairs_behind import ids_behind  # a list without a number loads no statistics
        from uphold.store.counts import AllVerdicts, CountOptions, run_condition, winners_in_app
        from uphold.store.pair_columns import pair_groups, read_pairs
        from uphold.workflows.standing import tested_pairs
        from uphold.workflows.where_wrong import pairs_of_part

        with open_store(self.store.path) as store:
            if wanted.kind is Behind.TESTED:
                return tested_pairs(store, self.run.set_id, self.judge)
            reviewers = reviews.reviewer_ids(store)
            columns = read_pairs(store, run_condition(self.run))
            if wanted.part is not None:
                return frozenset() if self.judge is None else pairs_of_part(store, self.run, self.judge, wanted.part)
            if wanted.kind is Behind.SIDES:
                (name,) = wanted.reviewers
                return frozenset(winners_in_app(store, self.run, reviewers[name]) & set(columns.ids))
            verdicts = AllVerdicts(store, columns, CountOptions(details=True), [self.judge] if self.judge else [])
            verdicts.read_lengths(columns)
            return ids_behind(pair_groups(columns, verdicts.of(self.judge)), wanted, reviewers)

    def flag(self, pair: ListedPair) -> ListedPair:
        """Flag a pair for a second look, or take the flag away, and return the pair as it is listed then."""
        with self.store.writing() as conn:
            reviewer_id = reviews.add_reviewer(conn, self.reviewer)
            own = [event for name, event in reviews.events_on_pair(self.store, pair.pair_id) if name == self.reviewer]
            flagged = replay(own).state_of(pair.pair_id).flagged
            kind = EventKind.UNFLAG if flagged else EventKind.FLAG
            reviews.write_event(conn, reviewer_id, None, ReviewEvent(new_event_id(), kind, pair.pair_id))
        return replace(pair, flagged=not flagged)

    def _history(self, store: Store) -> History:
        reviewer_id = reviews.find_reviewer(store, self.reviewer)
        if reviewer_id is None:
            return History()
        return replay(reviews.reviewer_events(store, self.run.id, reviewer_id))


def _ruling(choice: Choice, shown: OnScreen | None, row: PairRow, judge: JudgeRef | None) -> Ruling:
    """Return whether a decision upholds the verdict of the list's judge.

    That is the verdict that the decision was made on; where that was another judge's, this judge's verdict as it is now.
    """
    if shown is not None and judge is not None and shown.judge_id not in (None, judge.id):
        return ruling(choice, row.verdict)
    return ruling(choice, shown.verdict if shown is not None else None)


def guidelines_of(store: Store, run: Run) -> str | None:
    """Return the guidelines of the run's set for judges and reviewers; None where it has none."""
    return sets.guidelines(store, run.set_id)


def _listed(
    row: PairRow, history: History, judge: JudgeRef | None, decided_before: AbstractSet[int] = frozenset()
) -> ListedPair:
    state = history.state_of(row.pair_id) if row.pair_id in history.by_pair else _NO_EVENTS
    decision = state.decision
    shown = decision.shown if decision is not None else None
    choice = decision.choice if decision is not None else None
    return ListedPair(
        row.pair_id,
        row.key,
        row.turn,
        row.place,
        row.verdict,
        decision,
        _ruling(choice, shown, row, judge) if choice is not None else None,
        history.ranks.get(decision.id, 0) + 1 if decision is not None else 0,
        row.label,
        state.skipped,
        state.flagged,
        row.broken,
        state.comment or (decision.note if decision is not None else None) or None,
        row.tags,
        row.length_difference,
        state.reasons,
        stale=decision is None and row.pair_id in decided_before,
    )
