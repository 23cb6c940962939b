"""store -> a list of pairs: all of a run, narrowed, put in order and searched, a page of texts at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from uphold.records.enums import EventKind, ruling
from uphold.records.judgments import PairVerdict, verdict_of
from uphold.records.pair_list import ListedPair, ListedTexts
from uphold.records.reviews import ReviewerState, ReviewEvent, new_event_id
from uphold.records.runs import Run
from uphold.reviewing.history import History, replay
from uphold.store import judgments, pair_list, pairs, reviews, runs, sets
from uphold.store.database import Store, open_store
from uphold.store.pair_list import PairRow
from uphold.store.pairs import PairTexts


@dataclass(frozen=True, slots=True)
class PairDetail:
    """One pair of a list at full length: its texts, and what its judge says."""

    texts: PairTexts
    judge: PairVerdict | None


class PairListing:
    """The pairs of a run as one reviewer may see them.

    `read` and `bring_up_to_date` take long on large runs: each opens the file anew, so that a thread can do it.
    """

    def __init__(self, store: Store, run: Run, reviewer: str, judge: str | None = None) -> None:
        self.store, self.run, self.reviewer = store, run, reviewer
        self.judge = runs.primary_judge(store, run.id, judge)

    @property
    def judge_name(self) -> str | None:
        """The judge whose verdicts are listed."""
        return self.judge[1] if self.judge else None

    def first(self, many: int) -> list[ListedPair]:
        """The first pairs as reviewed, without a look at the rest of the run."""
        history = self._history(self.store)
        return [_listed(row, history) for row in pair_list.first_rows(self.store, self.run.id, many)]

    def read(self) -> list[ListedPair]:
        """Every current pair of the run, in no order."""
        with open_store(self._path) as store:
            history = self._history(store)
            rows = pair_list.pair_rows(store, self.run.id, self.judge[0] if self.judge else None)
            return [_listed(row, history) for row in rows]

    def mark(self) -> tuple[int | None, ...]:
        """While it is the same, reading again would find the same."""
        return pair_list.mark(self.store)

    @property
    def _path(self) -> Path:
        return self.store.path

    def texts(self, page: Sequence[ListedPair]) -> dict[int, ListedTexts]:
        """By pair id: what a list shows of the texts of one page."""
        return pair_list.texts_of(self.store, [pair.pair_id for pair in page])

    def detail(self, pair: ListedPair) -> PairDetail:
        """A pair at full length; the judge's word only where the reviewer has decided."""
        said = (
            judgments.on_pair(self.store, pair.pair_id, self.judge[0], verdict_of) if self.judge and pair.read else None
        )
        return PairDetail(pairs.pair_texts(self.store, pair.pair_id), said)

    @property
    def is_searchable(self) -> bool:
        """Is the full-text index up to date?"""
        return pair_list.is_fresh(self.store)

    def bring_up_to_date(self) -> None:
        """Make the full-text index, or take into it what it lacks."""
        with open_store(self._path) as store:
            pair_list.bring_up_to_date(store)

    def read_ids(self) -> list[int]:
        """The pairs that the reviewer has decided."""
        history = self._history(self.store)
        return [pair_id for pair_id in history.by_pair if history.state_of(pair_id).decision is not None]

    def search(self, typed: str, read: Sequence[int]) -> frozenset[int]:
        """The pairs that hold every word, `read` those that the reviewer has decided; the index must be up to date."""
        return pair_list.found(
            self.store,
            self.run.id,
            typed,
            judge_id=self.judge[0] if self.judge else None,
            reviewer_id=self._reviewer_id(self.store),
            read=read,
        )

    def flag(self, pair: ListedPair) -> ListedPair:
        """Flag a pair for a second look, or no longer; on the disk when this returns. The pair as it is listed then."""
        with self.store.writing() as conn:
            reviewer_id = reviews.add_reviewer(conn, self.reviewer)
            own = [event for name, event in reviews.said_of(self.store, pair.pair_id) if name == self.reviewer]
            flagged = replay(own).state_of(pair.pair_id).flagged
            kind = EventKind.UNFLAG if flagged else EventKind.FLAG
            reviews.write_event(conn, reviewer_id, None, ReviewEvent(new_event_id(), kind, pair.pair_id))
        return replace(pair, flagged=not flagged)

    def _history(self, store: Store) -> History:
        reviewer_id = self._reviewer_id(store)
        return replay(reviews.own_events(store, self.run.id, reviewer_id)) if reviewer_id is not None else History()

    def _reviewer_id(self, store: Store) -> int | None:
        row = store.one("SELECT id FROM reviewers WHERE name = ?", (self.reviewer,))
        return None if row is None else int(row[0])


def guidelines_of(store: Store, run: Run) -> str | None:
    """What the run's set asks of its judges and reviewers; None where nothing was written down."""
    return sets.guidelines(store, run.set_id)


def _listed(row: PairRow, history: History) -> ListedPair:
    stand = history.state_of(row.pair_id) if row.pair_id in history.by_pair else _NOWHERE
    decision = stand.decision
    shown = decision.shown if decision is not None else None
    choice = decision.choice if decision is not None else None
    return ListedPair(
        row.pair_id,
        row.key,
        row.turn,
        row.place,
        row.verdict,
        decision,
        ruling(choice, shown.verdict if shown else None) if choice is not None else None,
        history.ranks.get(decision.id, 0) + 1 if decision is not None else 0,
        row.label,
        stand.skipped,
        stand.flagged,
        row.broken,
        stand.comment or (decision.note if decision is not None else None) or None,
        row.tags,
        row.apart,
        stand.reasons,
    )


_NOWHERE = ReviewerState()
