"""Columns of the current pairs of a run or set for the statistics: decisions, strata, lengths and verdicts.

The decisions and the judgments on a pair are each read as one short text (a pattern), so that their meaning is worked
out once for all pairs that share it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, repeat
from typing import Any, NamedTuple

from uphold.records.counts import ADJUDICATOR, PairGroup, Stratum, Votes
from uphold.records.enums import BOTH_ORDERS, AnswerOrder, Choice, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judgment, VerdictRule
from uphold.store.database import Store
from uphold.store.queues import sample_strata


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


_DECISIONS = """
SELECT pair_id, group_concat(
    CASE kind WHEN 'adjudicated' THEN 0 ELSE reviewer_id END || ':' || choice || ':' || source
        || coalesce(':' || mode || ':' || verdict_shown || ':' || coalesce(judge_id, ''), ''),
    ' '), source = 'app', min(seq)
FROM {} WHERE pair_id BETWEEN ? AND ? AND (
    kind IN ('decision', 'carried')
    OR kind = 'adjudicated'
    AND seq = (SELECT max(seq) FROM standing_events a WHERE a.pair_id = acts.pair_id AND a.kind = 'adjudicated')
) GROUP BY pair_id HAVING total(kind <> 'adjudicated')
"""


_EVENTS_IN_FORCE = "(SELECT * FROM standing_events ORDER BY pair_id, reviewer_id, seq) AS acts"


# Quicker, and the same as long as nothing was undone.
_ALL_EVENTS = "events AS acts INDEXED BY events_pair"


_ANY_UNDO = "SELECT 1 FROM events WHERE target_id IS NOT NULL AND kind = 'undo' LIMIT 1"


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


class PatternVerdict(NamedTuple):
    """A judge's verdict on a pair, and its verdicts in (candidate-first, baseline-first) order if both are readable."""

    verdict: Verdict | None
    orders: tuple[str, str] | None


NO_VERDICT = PatternVerdict(None, None)


@dataclass(slots=True)
class PairColumns:
    """Current, unbroken pairs in columns, in the order of their ids; broken ones are only counted.

    `stratum_indexes` are indexes into `strata`; `outside_queue` counts decided pairs that are in no queue.
    `length_differences` (candidate's length less baseline's, by pair id) is filled by those who need it.
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
    _kinds: list[PairKind] = field(default_factory=list)
    _kind_indexes: list[int] = field(default_factory=list)
    _clustered: bool | None = None

    def kinds(self) -> tuple[list[PairKind], list[int]]:
        """Return the different kinds of these pairs, and for each pair the index of its kind."""
        if not self._kind_indexes and self.ids:
            clusters = self.example_ids if self.is_clustered else repeat(0)
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
        )

    @property
    def is_clustered(self) -> bool:
        """Whether several pairs share an example."""
        if self._clustered is None:
            self._clustered = len(set(self.example_ids)) < len(self.example_ids)
        return self._clustered


def read_pairs(store: Store, condition: PairCondition) -> PairColumns:
    """Read the current pairs that meet a condition, with their decisions and strata."""
    rows = store.rows(_PAIRS.format(condition.where), condition.values).fetchall()
    if not rows:
        return PairColumns([], [], [], [], [], (Stratum("all"),))
    span = (rows[0][0], rows[-1][0])
    skipped, broken = read_marks(store, span)
    decisions, decided_in_app = read_decisions(store, span)
    kept = [row for row in rows if row[0] not in broken] if broken else rows
    ids, run_ids, example_ids = (list(column) for column in zip(*kept, strict=True)) if kept else ([], [], [])
    by_run: dict[int, list[int]] = {}
    for pair, run_id in zip(ids, run_ids, strict=True) if len(set(run_ids)) > 1 else ():
        by_run.setdefault(run_id, []).append(pair)
    sample = sample_strata(store, by_run or dict.fromkeys(run_ids[:1], ids), decided_in_app, skipped)
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


def read_decisions(store: Store, span: tuple[int, int]) -> tuple[dict[int, PairDecisions], dict[int, bool]]:
    """Return by pair id the decisions of a span of ids, and whether the first one on it was made in the app."""
    source = _EVENTS_IN_FORCE if store.one(_ANY_UNDO) else _ALL_EVENTS
    rows = store.rows(_DECISIONS.format(source), span).fetchall()
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


_JUDGMENT_PATTERNS = """
SELECT pair_id, group_concat(answer_order || ':' || status || ':' || coalesce(verdict, '') || ':' || sample, ' ')
FROM judgments INDEXED BY judgments_in_force
WHERE superseded_by IS NULL AND judge_id = ? AND pair_id BETWEEN ? AND ? GROUP BY judge_id, pair_id
"""


def read_judgment_patterns(store: Store, judge_id: int, span: tuple[int, int]) -> dict[int, str]:
    """Return by pair id the pattern of a judge's judgments in force, for a span of ids.

    A pattern is order:status:verdict:sample of each judgment, separated by spaces.
    """
    return dict(store.rows(_JUDGMENT_PATTERNS, (judge_id, *span)).fetchall())


def read_requested_samples(store: Store, judge_id: int) -> dict[int, dict[AnswerOrder, int]]:
    """Return by run id the samples requested of a judge in each order; runs without a request are left out."""
    requested: dict[int, dict[AnswerOrder, int]] = {}
    sql = "SELECT run_id, answer_order, samples FROM judge_orders WHERE judge_id = ? AND samples > 0"
    for run_id, order, samples in store.rows(sql, (judge_id,)):
        requested.setdefault(run_id, {})[AnswerOrder(order)] = samples
    return requested


def pattern_verdict(
    pattern: str | None, requested: Mapping[AnswerOrder, int] | None, rule: VerdictRule
) -> PatternVerdict:
    """Return the verdict of a pattern of judgments, given the samples requested in each order."""
    judgments = tuple(_parse_judgment(text) for text in pattern.split(" ")) if pattern else ()
    if not judgments and requested is None:
        return NO_VERDICT
    readable = []
    for order in BOTH_ORDERS:
        in_order = tuple(judgment for judgment in judgments if judgment.order is order)
        verdict = rule(in_order, None if requested is None else {order: requested.get(order, 0)}) if in_order else None
        if verdict is not None and verdict.preference is not None:
            readable.append(verdict.value)
    orders = (readable[0], readable[1]) if len(readable) == 2 else None
    return PatternVerdict(rule(judgments, requested), orders)


def _parse_judgment(text: str) -> Judgment:
    order, status, verdict, sample = text.split(":")
    return Judgment(AnswerOrder(order), JudgmentStatus(status), Preference(verdict) if verdict else None, int(sample))


def votes_group(kind: PairKind, count: int) -> PairGroup:
    """Return `count` pairs of a kind as a group without a judge's verdict."""
    decisions = kind.decisions
    return PairGroup(decisions.votes, None, None, kind.cluster, count, kind.stratum, kind.longer, decisions.blind)


def verdict_group(kind: PairKind, found: PatternVerdict, count: int, judge_id: int) -> PairGroup:
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
