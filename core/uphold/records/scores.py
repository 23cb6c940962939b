"""Scores of systems that were measured elsewhere, such as those of benchmarks, and the documents behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from uphold.records.rows import RowSource

NO_FILTER = "none"
"""The filter of an answer that is scored as it came."""

SMALLER_IS_BETTER = frozenset({"perplexity", "word_perplexity", "byte_perplexity", "bits_per_byte"})
"""Metrics of which less is better where a file does not say which way is better."""


def score_name(task: str, metric: str) -> str:
    """Return the name of a score: `TASK:METRIC`, or the task alone where it has no metric."""
    return f"{task}:{metric}" if metric else task


def split_name(name: str) -> tuple[str, str]:
    """Return task and metric of a name; what follows the last colon is the metric."""
    task, colon, metric = name.rpartition(":")
    return (task, metric) if colon and task and metric else (name, "")


def is_better_higher(metric: str) -> bool:
    """Whether more of a metric is better, where its file does not say."""
    return metric not in SMALLER_IS_BETTER


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """A document of a benchmark: the hash of its contents, which occurrence of it in the task this is, and what it asks.

    `place` is its number in the task, `passed` whether the system passed it.
    """

    doc_hash: str
    occurrence: int
    place: str
    asked: str
    passed: bool


@dataclass(frozen=True, slots=True)
class ImportedScore:
    """One number of a system in a file. `error` is its standard error, `n` how many documents it is made of.

    `leaves` are the tasks that a group is made of; `items` are the documents, of a metric that each passes or fails.
    """

    source: RowSource
    system: str
    task: str
    metric: str
    value: float
    filter: str = NO_FILTER
    error: float | None = None
    n: int | None = None
    higher_is_better: bool = True
    leaves: tuple[str, ...] = ()
    items: tuple[ImportedItem, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return score_name(self.task, self.metric)


@dataclass(frozen=True, slots=True)
class Score:
    """A number of a system that counts; `items` is how many of its documents are known one by one, leaves included.

    `id` is None for a number that is measured here and not imported.
    """

    id: int | None
    task: str
    metric: str
    filter: str
    value: float
    error: float | None
    n: int | None
    higher_is_better: bool = True
    leaves: tuple[str, ...] = ()
    items: int = 0

    @property
    def name(self) -> str:
        """Its name without the filter."""
        return score_name(self.task, self.metric)

    @property
    def full_name(self) -> str:
        """Its name with the filter, as lm-evaluation-harness writes it: `gsm8k:exact_match,strict-match`."""
        return f"{self.name},{self.filter}"


@dataclass(frozen=True, slots=True)
class SystemScores:
    """The scores of a system by the name they are shown under, in the order they came.

    That is `TASK:METRIC`; where a task and metric has several filters, the unfiltered one or else the first has that name,
    and the others have their filter behind it.
    """

    system: str
    scores: Mapping[str, Score] = field(default_factory=dict)

    @classmethod
    def of(cls, system: str, scores: Sequence[Score]) -> "SystemScores":
        """Return scores by their names."""
        first: dict[str, Score] = {}
        for score in scores:
            if score.filter == NO_FILTER or score.name not in first:
                first[score.name] = score
        return cls(
            system,
            {score.name if first[score.name] is score else score.full_name: score for score in scores},
        )

    def find(self, name: str) -> Score | None:
        """Return the score of a name, with or without its filter."""
        named = self.scores.get(name)
        return named or next((score for score in self.scores.values() if score.full_name == name), None)

    def same_as(self, other: Score) -> Score | None:
        """Return the score of the same task, metric and filter."""
        place = other.task, other.metric, other.filter
        return next((one for one in self.scores.values() if (one.task, one.metric, one.filter) == place), None)

    def top_level(self) -> dict[str, Score]:
        """Return the scores that are no part of a group that is among them."""
        groups: dict[tuple[str, str], list[frozenset[str]]] = {}
        for score in self.scores.values():
            if score.leaves:
                groups.setdefault((score.metric, score.filter), []).append(frozenset(score.leaves))
        return {
            name: score
            for name, score in self.scores.items()
            if not any(_is_part(score, leaves) for leaves in groups.get((score.metric, score.filter), ()))
        }


def _is_part(score: Score, leaves: frozenset[str]) -> bool:
    return frozenset(score.leaves) < leaves if score.leaves else score.task in leaves


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """Documents that two systems share: how many both passed, only one passed, and neither."""

    both: int = 0
    only_before: int = 0
    only_after: int = 0
    neither: int = 0

    @property
    def shared(self) -> int:
        """How many documents are shared."""
        return self.both + self.only_before + self.only_after + self.neither

    def __add__(self, other: "ItemCounts") -> "ItemCounts":
        """Return the counts of both together."""
        return ItemCounts(
            self.both + other.both,
            self.only_before + other.only_before,
            self.only_after + other.only_after,
            self.neither + other.neither,
        )


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """A document of a task that one of two systems passed and the other did not."""

    task: str
    doc_hash: str
    place: str
    asked: str


def shares(*scores: Score) -> bool:
    """Whether scores are shares from 0 to 1 of which more is better."""
    return all(0 <= score.value <= 1 and score.higher_is_better for score in scores)


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A score, and the baseline's on the same task, metric and filter; None where it has none."""

    score: Score
    baseline: Score | None

    @property
    def change(self) -> float | None:
        """The score less the baseline's."""
        return None if self.baseline is None else self.score.value - self.baseline.value

    @property
    def is_share(self) -> bool:
        """Whether both are shares, whose difference is told in points."""
        return shares(self.score) and (self.baseline is None or shares(self.baseline))

    @property
    def is_worse(self) -> bool:
        """Whether it is worse than the baseline's by more than its own standard error."""
        if self.change is None or self.score.error is None:
            return False
        return (-self.change if self.score.higher_is_better else self.change) > self.score.error


@dataclass(frozen=True, slots=True)
class NoWorse:
    """A score that may be worse by no more than a margin, in the unit of the score: .01 of a share is one point."""

    name: str
    margin: float
