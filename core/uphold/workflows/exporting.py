"""Reads the current pairs of runs, with verdicts and decisions, as every export format is written from them."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from uphold.records.exports import ExportCounts
from uphold.records.judgments import JudgeRef
from uphold.records.reviews import ReviewerState, ReviewEvent
from uphold.records.rows import (
    ExportedAnnotators,
    ExportedAnswer,
    ExportedJudge,
    ExportedPair,
    ExportedQuestion,
    ExportedReviewer,
)
from uphold.records.runs import Run
from uphold.records.texts import ExampleText
from uphold.records.training_data import TrainingUse
from uphold.reviewing.history import replay
from uphold.store import exports, judgments, pairs, reviews
from uphold.store.database import Store
from uphold.store.headline_judges import judges_in_order
from uphold.store.training_exports import training_use


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The run, or the set whose runs are exported.

    With `reviewer`, the decisions of that reviewer only; the human label is that of all reviewers in any case. `judge` is
    the one whose verdicts label the pairs where people do not, by default that of each run's headline.
    """

    run: str | None = None
    set: str | None = None
    reviewer: str | None = None
    judge: str | None = None


class Export:
    """The pairs of one export, read one at a time; `counts` says what became of them.

    `tell` is called with the number of pairs read and of all pairs.
    """

    def __init__(self, store: Store, request: ExportRequest) -> None:
        self._store = store
        self.database = store.path
        self.runs = exports.runs_to_export(store, request.run, request.set)
        self._by_id: dict[int, Run] = {run.id: run for run in self.runs}
        self._ids = exports.pair_ids(store, self.runs)
        self._judges = _with_distinct_names(exports.judges_of_runs(store, self.runs))
        self._labelling = {run.id: judges_in_order(store, run, request.judge)[0].shown for run in self.runs}
        self.annotators = ExportedAnnotators(
            [name for name, _ in self._judges], exports.reviewers_of(store, self.runs, request.reviewer)
        )
        self.counts = ExportCounts(omitted=exports.omitted_counts(store, self.runs, len(self._ids)))
        self.tell: Callable[[int, int], None] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def pairs(self) -> Iterator[ExportedPair]:
        """Read each pair, in the order in which they were added."""
        names = set(self.annotators.reviewers)
        for number, pair_id in enumerate(self._ids):
            if self.tell is not None:
                self.tell(number, len(self._ids))
            yield self._pair(pair_id, names)

    def questions(self) -> Iterator[ExportedQuestion]:
        """Read the example of each pair, once and with all its turns."""
        return exports.questions(self._store, self.runs)

    def answers(self) -> Iterator[ExportedAnswer]:
        """Read what the systems of the pairs answered, by system; where one gave several answers the last comes last."""
        return exports.answers(self._store, self.runs)

    @property
    def has_conversations(self) -> bool:
        """Whether any of the pairs is of a later turn."""
        return exports.has_later_turns(self._store, self.runs)

    @property
    def set_id(self) -> int | None:
        """The id of the set of the runs; None where there is no run."""
        return self.runs[0].set_id if self.runs else None

    def training_use(self) -> TrainingUse:
        """Return the training files that were made of the set."""
        return TrainingUse() if self.set_id is None else training_use(self._store, self.set_id)

    def _pair(self, pair_id: int, reviewers: set[str]) -> ExportedPair:
        texts = pairs.pair_texts(self._store, pair_id)
        run, turn = self._by_id[texts.run_id], texts.turn
        events = reviews.events_on_pair(self._store, pair_id)
        states = _reviewer_states(events, pair_id)
        label = reviews.find_label(self._store, pair_id)
        judges, labelling = tuple(self._verdicts(pair_id)), self._labelling[run.id]
        return ExportedPair(
            run=run.name,
            set=run.set,
            key=texts.key,
            turn=turn,
            contents=texts.contents,
            tags=texts.tags,
            text=ExampleText(texts.text.turns[:turn], texts.text.context, texts.text.references[:turn]),
            candidate=texts.candidate,
            baseline=texts.baseline,
            candidate_cells=texts.candidate_cells,
            baseline_cells=texts.baseline_cells,
            judges=judges,
            reviewers=tuple(ExportedReviewer(name, state) for name, state in states.items() if name in reviewers),
            label=label.label.value if label is not None else None,
            votes=label.votes if label is not None else 0,
            adjudicated=label is not None and label.adjudicated,
            judge=next((one for one in judges if labelling and one.verdict.judge_id == labelling.id), None),
            forgotten=texts.forgotten,
        )

    def _verdicts(self, pair_id: int) -> Iterator[ExportedJudge]:
        for name, judge in self._judges:
            verdict = judgments.read_pair_verdict(self._store, pair_id, judge.id)
            if verdict is not None:
                yield ExportedJudge(name, judge.version, verdict)


@contextlib.contextmanager
def open_export(store: Store, request: ExportRequest) -> Iterator[Export]:
    """Open an export that reads one state of the database, whatever is written meanwhile.

    Raises BadUsage for a run, set or reviewer that does not exist.
    """
    with exports.snapshot(store):
        yield Export(store, request)


def _with_distinct_names(judges: Sequence[JudgeRef]) -> list[tuple[str, JudgeRef]]:
    """Return the judges with their names, to which the start of the hash is added where versions share a name."""
    versions = Counter(judge.name for judge in judges)
    return [
        (judge.name if versions[judge.name] == 1 else f"{judge.name}@{judge.version[:8]}", judge) for judge in judges
    ]


def _reviewer_states(events: Sequence[tuple[str, ReviewEvent]], pair_id: int) -> dict[str, ReviewerState]:
    """Return each reviewer's state on the pair, sorted by name."""
    by_reviewer: dict[str, list[ReviewEvent]] = {}
    for name, event in events:
        by_reviewer.setdefault(name, []).append(event)
    return {name: replay(own).state_of(pair_id) for name, own in sorted(by_reviewer.items())}
