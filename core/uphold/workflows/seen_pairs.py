"""Records what a reviewer saw of undecided pairs, at once: seen stays seen after a restart."""

from uphold.records.enums import Verdict
from uphold.records.reviews import OnScreen, PairView
from uphold.store import shown_pairs
from uphold.store.database import Store
from uphold.store.shown_pairs import Decider


class SeenPairs:
    """The pairs of a run whose verdict, or whose systems' names, a reviewer has been shown, by id.

    `verdicts` are those in the file; `names` those that were shown, also where that could not be written yet.
    """

    def __init__(self, store: Store, run_id: int, reviewer_id: int, queue_id: int) -> None:
        self._store, self._by, self._queue_id = store, Decider(reviewer_id=reviewer_id), queue_id
        self.verdicts = shown_pairs.pairs_shown_with_verdict(store, run_id, reviewer_id)
        self.names = shown_pairs.pairs_shown_with_names(store, run_id, reviewer_id)
        self._written_names = set(self.names)

    def lacks(self, pair: PairView, screen: OnScreen) -> bool:
        """Whether `screen` shows something of an undecided pair that is not written down."""
        is_undecided = pair.state.decision is None and not pair.is_repeat and not pair.adjudicating
        shows_verdict = screen.verdict_shown and screen.verdict not in (None, Verdict.PENDING)
        new_verdict = is_undecided and shows_verdict and pair.pair_id not in self.verdicts
        return new_verdict or (screen.names_shown and pair.pair_id not in self._written_names)

    def write(self, pair: PairView, screen: OnScreen) -> None:
        """Write down what `screen` shows of a pair, in a transaction of its own. Raises UpholdError where it cannot be."""
        if screen.names_shown:
            self.names.add(pair.pair_id)
        with self._store.writing() as conn:
            shown = [(pair.pair_id, screen, pair.reference_id)]
            shown_pairs.add_shown(conn, self._by, self._queue_id, shown, source="app")
        self._store.leave_out_changes(len(shown))
        if screen.verdict_shown and screen.verdict not in (None, Verdict.PENDING):
            self.verdicts.add(pair.pair_id)
        if screen.names_shown:
            self._written_names.add(pair.pair_id)
