"""Made-up runs without a file: drawn, sampled and matched by the program's own functions, fed as the store feeds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from uphold.records.comparisons import MatchedExample, MatchedRuns, RatedExample
from uphold.records.counts import Stratum
from uphold.records.enums import Choice, Verdict
from uphold.reviewing.queue_order import VerdictSummary, draw_random, draw_weighted, uncertain_strata
from uphold.store.matched import inclusions
from uphold.store.pair_columns import NO_DECISIONS, PairColumns, PairDecisions
from uphold.store.queues import DrawnQueue, sample_strata


@dataclass(frozen=True)
class QueuedRun:
    """What people would say of each example and what the judge said, and how many were read of a queue."""

    words: Sequence[Choice]
    verdicts: Sequence[Verdict]
    read: int
    queue: str

    def rated(self, seed: str) -> list[RatedExample]:
        """Return the examples as they are rated once the front of the queue has been read."""
        pairs = [(number, f"k{number:04d}", 1) for number in range(len(self.words))]
        if self.queue == "uncertain":
            summaries = {number: VerdictSummary(verdict) for number, verdict in enumerate(self.verdicts)}
            drawn = draw_weighted(seed, pairs, uncertain_strata(summaries))
        else:
            drawn = draw_random(seed, pairs)
        order: dict[Stratum, list[int]] = {}
        for pair, name, weight, _ in drawn:
            order.setdefault(Stratum(name, weight=weight, sequence=1), []).append(pair)
        queue = DrawnQueue(tuple(order), tuple(map(tuple, order.values())), frozenset(range(len(pairs))))
        decided = {pair: True for pair, *_ in drawn[: self.read]}
        ids = [pair for pair, *_ in pairs]
        sample = sample_strata({1: (queue,)}, {1: ids}, decided, ())
        columns = PairColumns(
            ids=ids,
            run_ids=[1] * len(ids),
            example_ids=ids,
            decisions=[self._decisions(pair, decided) for pair in ids],
            stratum_indexes=[sample.stratum_indexes[pair] for pair in ids],
            strata=sample.strata,
        )
        chances = inclusions(columns)
        return [
            RatedExample(decisions.votes, verdict, chances[index], sample.strata[index].chosen)
            for decisions, verdict, index in zip(columns.decisions, self.verdicts, columns.stratum_indexes, strict=True)
        ]

    def _decisions(self, pair: int, decided: Mapping[int, bool]) -> PairDecisions:
        return PairDecisions(((1, self.words[pair]),)) if pair in decided else NO_DECISIONS


def matched(seed: str, before: QueuedRun, after: QueuedRun, equal: Sequence[bool] = ()) -> MatchedRuns:
    """Return what two runs over the same examples share; `equal` says which answers are the same in both."""
    rated = zip(before.rated(seed), after.rated(seed), strict=True)
    pairs = tuple(
        MatchedExample(f"k{number:04d}", 1, number, bool(equal) and equal[number], old, new)
        for number, (old, new) in enumerate(rated)
    )
    return MatchedRuns(pairs, len(pairs), "judge")


def all_read(words: Sequence[Choice]) -> QueuedRun:
    """Return a run of which every example is read, without a judge."""
    return QueuedRun(words, [Verdict.PENDING] * len(words), len(words), "random")
