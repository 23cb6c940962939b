"""Columns of the current pairs of a run or set for the statistics: decisions, strata, lengths and verdicts.

The decisions on a pair are read as one short text (a pattern), so that their meaning is worked out once for all pairs that
share it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, repeat
from typing import Any, NamedTuple

from uphold.records.counts import ADJUDICATOR, PairGroup, Stratum, Votes
from uphold.records.enums import Choice, Verdict
from uphold.records.judgments import JudgeRef
from uphold.store.database import Store, first_values
from uphold.store.queues import DrawnQueue, read_drawn_queues, sample_strata


class PairCondition(NamedTuple):
    """An SQL condition on pairs `p`, and its named parameters."""

    where: str
    values: dict[str, Any]

    def with_tag(self, tag: str | None) -> "PairCondition":
        """Return the condition narrowed to examples with a tag; the same one for None."""
        if tag is None:
            return self
        tagged = " AND p.example_id IN (SELECT example_id FROM tags WHERE tag = :tag)"
        return PairCondition(self.where + tagged, self.values | {"tag": tag})


_PAIRS = "SELECT p.id, p.run_id, p.example_id FROM current_pairs p WHERE {} ORDER BY p.id"

# Read through the index by pair, reviewer and time, so that the events of a pattern are in that order.
# A decision is drawn where a queue gave the pair, or where it was carried from such a decision on a pair of a sampled queue:
# every run over a set is read in the same order, so a carried decision stands where its original was drawn.
_DECISIONS = """
SELECT pair_id, pattern, first_source = 'app' AND NOT first_chosen OR first_source = 'carried' AND EXISTS (
    SELECT 1 FROM events o JOIN queue_items i ON i.pair_id = o.pair_id JOIN queues q ON q.id = i.queue_id
    WHERE o.id = first_target AND o.source = 'app' AND NOT o.chosen
        AND (q.kind IN ('random', 'uncertain', 'changed') OR q.kind LIKE 'tag:%')
)
FROM (
    SELECT pair_id, group_concat(
        CASE kind WHEN 'adjudicated' THEN 0 ELSE reviewer_id END || ':' || choice || ':' || source
            || coalesce(':' || mode || ':' || verdict_shown || ':' || coalesce(judge_id, ''), ''),
        ' ') AS pattern, source AS first_source, chosen AS first_chosen, target_id AS first_target, min(seq)
    FROM events AS acts INDEXED BY events_pair WHERE pair_id {} AND NOT undone AND (
        kind IN ('decision', 'carried')
        OR kind = 'adjudicated'
        AND seq = (SELECT max(seq) FROM standing_events a WHERE a.pair_id = acts.pair_id AND a.kind = 'adjudicated')
    ) GROUP BY pair_id HAVING total(kind <> 'adjudicated')
)
"""

# Undoing, too, is an event on the pair.
_PAIRS_WITH_LATER_EVENTS = "SELECT DISTINCT pair_id FROM events WHERE seq > ? AND pair_id BETWEEN ? AND ?"

# Examples of a run's set whose context and turns another one has too, with the first of them.
_SAME_TEXT = """
SELECT e.id, s.first FROM (
    SELECT text_id, min(id) AS first FROM examples
    WHERE set_id = (SELECT set_id FROM runs WHERE id = :run) GROUP BY text_id HAVING count(*) > 1
) s CROSS JOIN examples e ON e.text_id = s.text_id AND e.set_id = (SELECT set_id FROM runs WHERE id = :run)
"""

_ANY_MARK = "SELECT 1 FROM events WHERE kind IN ('skip', 'broken') LIMIT 1"

_MARKS = """
SELECT pair_id, kind FROM standing_events WHERE kind IN ('skip', 'broken', 'unbroken') AND pair_id BETWEEN ? AND ? ORDER BY seq
"""

_LENGTHS = """
SELECT p.id, length({}) - length({})
FROM pairs p JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id
WHERE p.id {}
"""

_CELL = "json_extract({}.cells, '$[' || (p.turn - 1) || ']')"

MAX_EXACT_PAIRS = 2000
"""Above this many pairs, whole responses are measured instead of turns and lengths are rounded, which is quicker."""


@dataclass(frozen=True, slots=True)
class PairDecisions:
    """The decisions in force on a pair, and how they were made.

    `blind` are those made before the verdict was shown. `opened` holds (reviewer, choice, id of the judge shown) of
    blind sessions on pairs shown with the verdict. `imported` and `carried`: whether any decision is.
    """

    votes: Votes = ()
    blind: Votes = ()
    opened: tuple[tuple[int, Choice, int | None], ...] = ()
    imported: bool = False
    carried: bool = False


NO_DECISIONS = PairDecisions()


class PairKind(NamedTuple):
    """What the statistics use of a pair except the judges' verdicts; fields as in PairGroup.

    `stratum` is an index into PairColumns.strata.
    """

    decisions: PairDecisions
    run_id: int
    cluster: int
    stratum: int
    longer: int


class OrderedVerdict(NamedTuple):
    """A judge's verdict on a pair, and what it said in (candidate-first, baseline-first) order where it answered in both.

    An answer is a verdict or `unreadable`.
    """

    verdict: Verdict | None
    orders: tuple[str, str] | None


NO_VERDICT = OrderedVerdict(None, None)

PENDING = OrderedVerdict(Verdict.PENDING, None)


class DecisionsRead(NamedTuple):
    """The decisions by pair id, whether the first one on a pair was drawn (see `_DECISIONS`), and the last event by then."""

    by_pair: dict[int, PairDecisions]
    as_drawn: dict[int, bool]
    last_event: int


@dataclass(slots=True)
class PairColumns:
    """Current, unbroken pairs in columns, in the order of their ids; broken ones are only counted.

    `stratum_indexes` are indexes into `strata`; `outside_queue` counts decided pairs that are in no queue.
    `length_differences` (candidate's length less baseline's, by pair id) is filled by those who need it. `same_text` has
    the examples whose context and turns another one has too, each with one that stands for all of them.
    """

    ids: list[int]
    run_ids: list[int]
    example_ids: list[int]
    decisions: list[PairDecisions]
    stratum_indexes: list[int]
    strata: tuple[Stratum, ...]
    broken: int = 0
    skipped: int = 0
    outside_queue: int = 0
    length_differences: dict[int, int] = field(default_factory=dict)
    same_text: Mapping[int, int] = field(default_factory=dict)
    _kinds: list[PairKind] = field(default_factory=list)
    _kind_indexes: list[int] = field(default_factory=list)
    _clustered: bool | None = None

    def kinds(self) -> tuple[list[PairKind], list[int]]:
        """Return the different kinds of these pairs, and for each pair the index of its kind."""
        if not self._kind_indexes and self.ids:
            clusters = self.cluster_ids if self.is_clustered else repeat(0)
            differences = map(self.length_differences.get, self.ids, repeat(0)) if self.length_differences else ()
            signs = [(difference > 0) - (difference < 0) for difference in differences] or repeat(0)
            # Keyed by id(), which is quicker to hash: equal patterns share one PairDecisions object.
            decision_ids = list(map(id, self.decisions))
            indexes: dict[tuple[int, int, int, int, int], int] = defaultdict(count().__next__)
            keys = zip(decision_ids, self.run_ids, clusters, self.stratum_indexes, signs, strict=False)
            self._kind_indexes = list(map(indexes.__getitem__, keys))
            by_id = dict(zip(decision_ids, self.decisions, strict=True))
            self._kinds = [PairKind(by_id[decision_id], *others) for decision_id, *others in indexes]
        return self._kinds, self._kind_indexes

    def of_examples(self, example_ids: set[int]) -> "PairColumns":
        """Return the pairs of some examples; broken, skipped and outside_queue are 0 there."""
        kept = [row for row, example_id in enumerate(self.example_ids) if example_id in example_ids]

        def select(column: Sequence[Any]) -> list[Any]:
            return [column[row] for row in kept]

        return PairColumns(
            select(self.ids),
            select(self.run_ids),
            select(self.example_ids),
            select(self.decisions),
            select(self.stratum_indexes),
            self.strata,
            length_differences=self.length_differences,
            same_text=self.same_text,
        )

    @property
    def cluster_ids(self) -> Sequence[int]:
        """What was asked in each pair: the id of its example, or of one with the same context and turns."""
        if not self.same_text:
            return self.example_ids
        return list(map(self.same_text.get, self.example_ids, self.example_ids))

    @property
    def cluster_by_id(self) -> Mapping[int, int]:
        """The clusters by pair id; empty where no two pairs share one."""
        return dict(zip(self.ids, self.cluster_ids, strict=True)) if self.is_clustered else {}

    @property
    def is_clustered(self) -> bool:
        """Whether several pairs share what was asked: they are turns of one conversation, or of equal examples."""
        if self._clustered is None:
            self._clustered = len(set(self.cluster_ids)) < len(self.example_ids)
        return self._clustered


@dataclass(frozen=True, slots=True)
class CurrentPairs:
    """What of some current pairs does not change with reviews: (id, run id, example id) of each, and their runs' queues.

    `same_text` is that of `PairColumns`.
    """

    rows: list[tuple[int, int, int]]
    queues: Mapping[int, tuple[DrawnQueue, ...]]
    same_text: Mapping[int, int]

    @property
    def span(self) -> tuple[int, int]:
        """The lowest and the highest id."""
        return (self.rows[0][0], self.rows[-1][0]) if self.rows else (0, -1)


def read_current_pairs(store: Store, condition: PairCondition) -> CurrentPairs:
    """Read the current pairs that meet a condition, and the queues they were drawn in."""
    rows = store.rows(_PAIRS.format(condition.where), condition.values).fetchall()
    by_run: dict[int, set[int]] = {}
    for pair, run_id, _ in rows:
        by_run.setdefault(run_id, set()).add(pair)
    queues = {run_id: read_drawn_queues(store, run_id, pairs) for run_id, pairs in by_run.items()}
    return CurrentPairs(rows, queues, dict(store.rows(_SAME_TEXT, {"run": rows[0][1]}).fetchall()) if rows else {})


def read_pairs(store: Store, condition: PairCondition) -> PairColumns:
    """Read the current pairs that meet a condition, with their decisions and strata."""
    return read_columns(store, read_current_pairs(store, condition))


def read_columns(store: Store, pairs: CurrentPairs, known: DecisionsRead | None = None) -> PairColumns:
    """Read the marks on some pairs as they are now, and the decisions unless they are given; place the pairs in strata."""
    rows = pairs.rows
    if not rows:
        return PairColumns([], [], [], [], [], (Stratum("all"),))
    skipped, broken = read_marks(store, pairs.span)
    decisions, decided_as_drawn, _ = known or read_decisions(store, pairs.span)
    kept = [row for row in rows if row[0] not in broken] if broken else rows
    ids, run_ids, example_ids = (list(column) for column in zip(*kept, strict=True)) if kept else ([], [], [])
    by_run: dict[int, list[int]] = {}
    for pair, run_id in zip(ids, run_ids, strict=True) if len(pairs.queues) > 1 else ():
        by_run.setdefault(run_id, []).append(pair)
    queues = pairs.queues
    if broken:
        queues = {run_id: tuple(queue.without(broken) for queue in drawn) for run_id, drawn in queues.items()}
    sample = sample_strata(queues, by_run or dict.fromkeys(run_ids[:1], ids), decided_as_drawn, skipped)
    return PairColumns(
        ids=ids,
        run_ids=run_ids,
        example_ids=example_ids,
        decisions=list(map(decisions.get, ids, repeat(NO_DECISIONS))),
        stratum_indexes=list(map(sample.stratum_indexes.__getitem__, ids)),
        strata=sample.strata or (Stratum("all"),),
        broken=len(rows) - len(kept),
        skipped=sum(row[0] in skipped and row[0] not in decisions for row in rows) if skipped else 0,
        outside_queue=len(decisions.keys() & {row[0] for row in rows} - sample.queued),
        same_text=pairs.same_text,
    )


def read_length_differences(store: Store, ids: Sequence[int]) -> dict[int, int]:
    """Return by pair id the candidate's answer's length less the baseline's, in characters, at the pair's turn.

    Of more than MAX_EXACT_PAIRS pairs it is that of the whole responses, to two digits.
    """
    if len(ids) > MAX_EXACT_PAIRS:
        sql = _LENGTHS.format("x.cells", "y.cells", "BETWEEN ? AND ?")
        return {pair: _round_to_two_digits(difference) for pair, difference in store.rows(sql, (min(ids), max(ids)))}
    sql = _LENGTHS.format(_CELL.format("x"), _CELL.format("y"), "IN (SELECT value FROM json_each(?))")
    return dict(store.rows(sql, (json.dumps(ids),)).fetchall())


def _round_to_two_digits(number: int) -> int:
    digits = len(str(abs(number)))
    return round(number, 2 - digits) if digits > 2 else number


def read_marks(store: Store, span: tuple[int, int]) -> tuple[set[int], set[int]]:
    """Return (pairs that anyone skipped, pairs marked broken) of a span of ids, both ends included."""
    skipped: set[int] = set()
    broken: set[int] = set()
    if store.one(_ANY_MARK) is None:
        return skipped, broken
    for pair_id, kind in store.rows(_MARKS, span):
        if kind == "skip":
            skipped.add(pair_id)
        else:
            (broken.add if kind == "broken" else broken.discard)(pair_id)
    return skipped, broken


def read_decisions(store: Store, span: tuple[int, int], known: DecisionsRead | None = None) -> DecisionsRead:
    """Read the decisions on the pairs of a span of ids, both ends included.

    With `known`, read on the same span before, only pairs with later events are read.
    """
    (last_event,) = store.one("SELECT coalesce(max(seq), 0) FROM events")
    if known is None:
        decisions, as_drawn = _decisions_where(store, "BETWEEN ? AND ?", span)
    elif known.last_event == last_event:
        return known
    else:
        later = first_values(store, _PAIRS_WITH_LATER_EVENTS, (known.last_event, *span))
        kept = known.by_pair.keys() - later
        decisions, as_drawn = _decisions_where(store, "IN (SELECT value FROM json_each(?))", (json.dumps(list(later)),))
        decisions |= {pair: known.by_pair[pair] for pair in kept}
        as_drawn |= {pair: known.as_drawn[pair] for pair in kept}
    return DecisionsRead(decisions, as_drawn, last_event)


def _decisions_where(
    store: Store, pairs: str, values: Sequence[Any]
) -> tuple[dict[int, PairDecisions], dict[int, bool]]:
    rows = store.rows(_DECISIONS.format(pairs), values).fetchall()
    return {row[0]: _parse_decisions(row[1]) for row in rows}, {row[0]: bool(row[2]) for row in rows}


@lru_cache(maxsize=65_536)
def _parse_decisions(pattern: str) -> PairDecisions:
    """Parse a row of `_DECISIONS`: events by reviewer and time, separated by spaces; a reviewer's latest one counts.

    An event is reviewer:choice:source, and in the app :mode:verdict_shown:judge after it.
    """
    votes: dict[int, Choice] = {}
    blind: dict[int, Choice] = {}
    opened: dict[int, tuple[Choice, int | None]] = {}
    sources: dict[int, str] = {}
    for event in pattern.split(" "):
        reviewer_id, choice_name, source, *mode = event.split(":")
        reviewer, choice = int(reviewer_id), Choice(choice_name)
        votes[reviewer], sources[reviewer] = choice, source
        if len(mode) < 3 or reviewer == ADJUDICATOR:
            continue
        if mode[1] == "0":
            blind[reviewer] = choice
        elif mode[0] == "blind" and reviewer not in blind:
            opened.setdefault(reviewer, (choice, int(mode[2]) if mode[2] else None))
    return PairDecisions(
        tuple(votes.items()),
        tuple(blind.items()),
        tuple((reviewer, *decision) for reviewer, decision in opened.items()),
        "import" in sources.values(),
        "carried" in sources.values(),
    )


_VERDICTS = """
SELECT pair_id, verdict, candidate_first, baseline_first FROM verdicts WHERE judge_id = ? AND pair_id BETWEEN ? AND ?
"""

_REQUESTING_RUNS = "SELECT DISTINCT run_id FROM judge_orders WHERE judge_id = ? AND samples > 0"


@dataclass(frozen=True, slots=True)
class JudgeVerdicts:
    """The verdicts of one judge by pair id, and the runs that request judgments of it."""

    judge: JudgeRef
    by_pair: Mapping[int, OrderedVerdict]
    requesting_runs: frozenset[int]

    def of_pair(self, pair_id: int, run_id: int) -> OrderedVerdict:
        """Return the verdict on a pair of a run: pending where a judgment is requested and there is none."""
        found = self.by_pair.get(pair_id)
        return found if found is not None else self.without_judgment(run_id)

    def without_judgment(self, run_id: int) -> OrderedVerdict:
        """Return the verdict on a pair of a run without a judgment."""
        return PENDING if run_id in self.requesting_runs else NO_VERDICT


def read_verdicts(store: Store, judge: JudgeRef, span: tuple[int, int]) -> JudgeVerdicts:
    """Read a judge's verdicts on the pairs of a span of ids, both ends included."""
    by_pair = {row[0]: _ordered_verdict(*row[1:]) for row in store.rows(_VERDICTS, (judge.id, *span))}
    return JudgeVerdicts(judge, by_pair, frozenset(first_values(store, _REQUESTING_RUNS, (judge.id,))))


@lru_cache(maxsize=1024)
def _ordered_verdict(verdict: str, candidate_first: str | None, baseline_first: str | None) -> OrderedVerdict:
    if candidate_first is None or baseline_first is None:
        return OrderedVerdict(Verdict(verdict), None)
    answered = all(name == Verdict.UNREADABLE or Verdict(name).preference for name in (candidate_first, baseline_first))
    return OrderedVerdict(Verdict(verdict), (candidate_first, baseline_first) if answered else None)


def pair_groups(pairs: PairColumns, verdicts: JudgeVerdicts | None) -> Iterator[tuple[int, PairGroup]]:
    """Yield (pair id, the pair as a group of its own) with one judge's verdicts, or without any."""
    kinds, indexes = pairs.kinds()
    for pair_id, index in zip(pairs.ids, indexes, strict=True):
        kind = kinds[index]
        if verdicts is None:
            yield pair_id, votes_group(kind, 1)
        else:
            yield pair_id, verdict_group(kind, verdicts.of_pair(pair_id, kind.run_id), 1, verdicts.judge.id)


def votes_group(kind: PairKind, count: int) -> PairGroup:
    """Return `count` pairs of a kind as a group without a judge's verdict."""
    decisions = kind.decisions
    return PairGroup(decisions.votes, None, None, kind.cluster, count, kind.stratum, kind.longer, decisions.blind)


def verdict_group(kind: PairKind, found: OrderedVerdict, count: int, judge_id: int) -> PairGroup:
    """Return `count` pairs of a kind on which a judge's verdict is the same as a group."""
    decisions = kind.decisions
    opened = tuple((reviewer, choice) for reviewer, choice, shown in decisions.opened if shown in (None, judge_id))
    return PairGroup(
        decisions.votes,
        found.verdict,
        found.orders,
        kind.cluster,
        count,
        kind.stratum,
        kind.longer,
        decisions.blind,
        opened,
    )
