"""Counts of pairs for the statistics: of a run, of a set and its tags, and the live counts of a review."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

from uphold.records.counts import CriterionGroups, JudgeGroups, PairGroup, Reruns, ReviewerHabits, RunCounts, Votes
from uphold.records.enums import Verdict
from uphold.records.headline_judge import NO_JUDGE, HeadlineJudge, judges_named
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.store.criteria import read_criteria, read_sample_splits
from uphold.store.database import Store, first_values
from uphold.store.headline_judges import headline_judge, pinned_judge, run_judges, set_judges
from uphold.store.packs import packed_progress
from uphold.store.pair_columns import (
    MAX_EXACT_PAIRS,
    CurrentPairs,
    DecisionsRead,
    JudgeVerdicts,
    OrderedVerdict,
    PairColumns,
    PairCondition,
    read_columns,
    read_current_pairs,
    read_decisions,
    read_length_differences,
    read_pairs,
    read_verdicts,
    verdict_group,
    votes_group,
)
from uphold.store.reruns import read_reruns
from uphold.store.sets import set_hash


@dataclass(frozen=True, slots=True)
class CountOptions:
    """What to count of a run or set.

    `judge` and `tag` narrow it to the judges of that name (or name and version) and to examples with that tag. `details`
    adds length differences, soft preferences and reviewers' habits, `full` the judge's confidence, `by_tag` the counts of
    every tag. With `first_only` judges after the first are only named, the set is not hashed, and lengths are read in small
    runs only.
    """

    judge: str | None = None
    tag: str | None = None
    details: bool = False
    full: bool = False
    by_tag: bool = False
    first_only: bool = False


DEFAULT_OPTIONS = CountOptions()


@dataclass(frozen=True, slots=True)
class _Scope:
    """A run, or all runs of a set where `run` is None."""

    set_id: int
    set_name: str
    run: Run | None = None

    @property
    def condition(self) -> PairCondition:
        if self.run is not None:
            return run_condition(self.run)
        return PairCondition("p.run_id IN (SELECT id FROM runs WHERE set_id = :set)", {"set": self.set_id})


def run_condition(run: Run) -> PairCondition:
    return PairCondition("p.run_id = :run", {"run": run.id})


_PREFERENCE_SAMPLE = 200
"""Of more than MAX_EXACT_PAIRS pairs about this many are searched for soft preferences."""

_JUDGES_WITH_PREFERENCES = """
SELECT DISTINCT judge_id FROM standing_judgments WHERE judge_id IN (SELECT value FROM json_each(?))
AND pair_id IN (SELECT value FROM json_each(?)) AND preference IS NOT NULL
"""


def run_counts(store: Store, run: Run, options: CountOptions = DEFAULT_OPTIONS) -> RunCounts:
    """Return the counts of one run."""
    return _counts(store, _Scope(run.set_id, run.set, run), options)


def set_counts(store: Store, set_id: int, name: str, options: CountOptions = DEFAULT_OPTIONS) -> RunCounts:
    """Return the counts of all runs of a set, pooled."""
    return _counts(store, _Scope(set_id, name), options)


def tags_of(store: Store, set_id: int) -> list[str]:
    """Return every tag of a set's examples, by name."""
    sql = "SELECT DISTINCT t.tag FROM tags t JOIN examples e ON e.id = t.example_id WHERE e.set_id = ? ORDER BY 1"
    return [row[0] for row in store.rows(sql, (set_id,))]


def _counts(store: Store, scope: _Scope, options: CountOptions) -> RunCounts:
    condition = scope.condition.with_tag(options.tag)
    pairs = read_pairs(store, condition)
    judge, judges = _judges(store, scope, options.judge)
    verdicts = AllVerdicts(store, pairs, options, judges)
    verdicts.read_lengths(pairs)
    hashed = "" if options.first_only else set_hash(store, scope.set_id)
    reviewers = dict(store.rows("SELECT id, name FROM reviewers ORDER BY id").fetchall())
    run = scope.run

    def make(part: PairColumns, **extra: Any) -> RunCounts:
        return RunCounts(
            set=scope.set_name,
            set_hash=hashed,
            run=run.name if run else None,
            candidate=run.candidate if run else None,
            baseline=run.baseline if run else None,
            pooled=run is None,
            votes=_vote_groups(part),
            judges=verdicts.groups(part),
            reviewers=reviewers,
            strata=part.strata,
            tag=options.tag,
            unread_judges=verdicts.unread_judges,
            judge=judge,
            **extra,
        )

    older = _older_reference_pairs(store, condition)
    tags = {}
    if options.by_tag:
        for tag in tags_of(store, scope.set_id):
            part = pairs.of_examples(_tagged_examples(store, tag))
            if part.ids:
                tags[tag] = make(part, **_source_counts(part, older))
    habits = _reviewer_habits(store, scope.condition, pairs) if options.details else {}
    counted = _source_counts(pairs, older) | _pair_counts(store, condition, pairs)
    packed = packed_progress(store, run.id) if run is not None and options.details and options.tag is None else ()
    return make(pairs, **counted, tags=tags, habits=habits, packed=packed)


def _tagged_examples(store: Store, tag: str) -> set[int]:
    return first_values(store, "SELECT example_id FROM tags WHERE tag = ?", (tag,))


def _vote_groups(pairs: PairColumns) -> tuple[PairGroup, ...]:
    """Return the pairs grouped by votes, without verdicts."""
    kinds, indexes = pairs.kinds()
    return tuple(votes_group(kinds[index], count) for index, count in Counter(indexes).items())


class AllVerdicts:
    """The verdicts of judges on some pairs, read once and grouped for any part of the pairs.

    `judges` are read in their order; with the option `first_only` until one has a verdict. `unread_judges` are the names of
    those whose verdicts were not read.
    """

    def __init__(self, store: Store, pairs: PairColumns, options: CountOptions, judges: Sequence[JudgeRef]) -> None:
        self._store, self._with_confidence, self._with_reruns = store, options.full, options.details
        is_large = len(pairs.ids) > MAX_EXACT_PAIRS
        self._with_lengths = options.details and not (options.first_only and is_large)
        self._span = (pairs.ids[0], pairs.ids[-1]) if pairs.ids else (0, -1)
        self._judges: list[JudgeRef] = []
        self._verdicts: dict[int, JudgeVerdicts] = {}
        unread = list(judges)
        while unread and not (options.first_only and any(found.by_pair for found in self._verdicts.values())):
            judge = unread.pop(0)
            self._judges.append(judge)
            self._verdicts[judge.id] = read_verdicts(store, judge, self._span)
        self.unread_judges = tuple(judge.name for judge in unread)
        self._with_preferences = self._judges_with_preferences(pairs.ids) if options.details else set()

    @property
    def judges(self) -> Sequence[JudgeRef]:
        """The judges whose verdicts were read, in the order they were given."""
        return self._judges

    def read_lengths(self, pairs: PairColumns) -> None:
        """Fill `pairs.length_differences` for the pairs with votes, or for all pairs if none has any."""
        if self._with_lengths and self._judges:
            rows = zip(pairs.ids, pairs.decisions, strict=True)
            wanted = [pair for pair, decisions in rows if decisions.votes] or pairs.ids
            missing = [pair for pair in wanted if pair not in pairs.length_differences]
            pairs.length_differences.update(read_length_differences(self._store, missing) if missing else {})

    def groups(self, pairs: PairColumns) -> tuple[JudgeGroups, ...]:
        """Return the groups of every judge with a verdict on one of the pairs."""
        found = (self._judge_groups(pairs, judge) for judge in self._judges)
        return tuple(groups for groups in found if any(cell.verdict for cell in groups.cells))

    def of(self, judge: JudgeRef | None) -> JudgeVerdicts | None:
        """Return the verdicts of one judge; None where they were not read."""
        return self._verdicts.get(judge.id) if judge is not None else None

    def verdict(self, judge_id: int, pair_id: int, run_id: int) -> Verdict | None:
        """Return one judge's verdict on one pair; None if there are no judgments and none were requested."""
        return self._verdicts[judge_id].of_pair(pair_id, run_id).verdict

    def _judge_groups(self, pairs: PairColumns, judge: JudgeRef) -> JudgeGroups:
        verdicts = self._verdicts[judge.id]
        return JudgeGroups(
            judge.id,
            judge.name,
            judge.version,
            judge.kind,
            _verdict_groups(pairs, verdicts),
            _mean_preferences(self._store, judge.id, pairs) if judge.id in self._with_preferences else (),
            _length_differences(pairs, verdicts),
            self._confidences(judge.id, pairs) if self._with_confidence else None,
            self._reruns(judge.id, pairs) if self._with_reruns else None,
            self._criteria(judge, pairs) if self._with_reruns else (),
            self._sample_splits(judge.id, pairs) if self._with_reruns else None,
        )

    def _criteria(self, judge: JudgeRef, pairs: PairColumns) -> tuple[CriterionGroups, ...]:
        """Return the pairs by what the judge says of them by each of its criteria."""
        found = read_criteria(self._store, judge.id, self._span)
        return tuple(
            CriterionGroups(name, _criterion_groups(pairs, by_pair, judge.id)) for name, by_pair in found.items()
        )

    def _sample_splits(self, judge_id: int, pairs: PairColumns) -> tuple[tuple[tuple[int, ...], int], ...] | None:
        found = read_sample_splits(self._store, judge_id, self._span)
        if found is None:
            return None
        total: Counter[tuple[int, ...]] = Counter()
        for pair in pairs.ids:
            total.update(found.get(pair, ()))
        return tuple(sorted(total.items(), reverse=True))

    def _reruns(self, judge_id: int, pairs: PairColumns) -> Reruns | None:
        """Return on how many of the pairs the judge was asked again, and whether its verdict changed."""
        found = read_reruns(self._store, judge_id, self._span)
        if found is None:
            return None
        known, from_samples = set(pairs.ids), found.from_samples
        changed = [(pair, is_changed) for pair, is_changed in found.changed.items() if pair in known]
        return Reruns(_scored(changed, pairs), from_samples)

    def _confidences(
        self, judge_id: int, pairs: PairColumns
    ) -> tuple[tuple[int, float, Votes, Verdict, int, int], ...]:
        """Return (cluster, mean confidence of the readable judgments, votes, verdict, count, stratum) of pairs with votes."""
        sql = (
            "SELECT pair_id, round(avg(confidence), 3) FROM standing_judgments WHERE judge_id = ?"
            " AND pair_id BETWEEN ? AND ? AND status = 'readable' AND confidence IS NOT NULL GROUP BY pair_id"
        )
        confidences = dict(self._store.rows(sql, (judge_id, *self._span)).fetchall())
        merged: Counter[tuple[int, float, Votes, Verdict, int]] = Counter()
        clusters = pairs.cluster_ids if pairs.is_clustered else repeat(0)
        rows = zip(pairs.ids, pairs.run_ids, pairs.decisions, clusters, pairs.stratum_indexes, strict=False)
        for pair, run_id, decisions, cluster, stratum in rows:
            verdict = self.verdict(judge_id, pair, run_id)
            if decisions.votes and pair in confidences and verdict is not None:
                merged[cluster, confidences[pair], decisions.votes, verdict, stratum] += 1
        return tuple((*key[:4], count, key[4]) for key, count in merged.items())

    def _judges_with_preferences(self, pair_ids: Sequence[int]) -> set[int]:
        """Return the judges with soft preferences; of many pairs a spread sample shows whether there are any."""
        judge_ids = [judge.id for judge in self._judges]
        step = len(pair_ids) // _PREFERENCE_SAMPLE if len(pair_ids) > MAX_EXACT_PAIRS else 1
        values = (json.dumps(judge_ids), json.dumps(pair_ids[::step]))
        return first_values(self._store, _JUDGES_WITH_PREFERENCES, values)


def _verdict_groups(pairs: PairColumns, verdicts: JudgeVerdicts) -> tuple[PairGroup, ...]:
    """Return the pairs grouped by what the statistics use of them and by one judge's verdict."""
    kinds, indexes = pairs.kinds()
    merged: dict[tuple[int, OrderedVerdict], int] = {}
    # Counted before the pairs without a judgment are told apart by run: counting is the part that is quick.
    for (index, known), count in Counter(zip(indexes, map(verdicts.by_pair.get, pairs.ids), strict=True)).items():
        found = known if known is not None else verdicts.without_judgment(kinds[index].run_id)
        merged[index, found] = merged.get((index, found), 0) + count
    return tuple(
        verdict_group(kinds[index], found, count, verdicts.judge.id) for (index, found), count in merged.items()
    )


def _criterion_groups(pairs: PairColumns, by_pair: Mapping[int, Verdict], judge_id: int) -> tuple[PairGroup, ...]:
    """Return the pairs that were judged, grouped with the verdicts by one criterion."""
    kinds, indexes = pairs.kinds()
    merged = Counter((index, by_pair[pair]) for pair, index in zip(pairs.ids, indexes, strict=True) if pair in by_pair)
    return tuple(
        verdict_group(kinds[index], OrderedVerdict(verdict, None), count, judge_id)
        for (index, verdict), count in merged.items()
    )


def _length_differences(pairs: PairColumns, verdicts: JudgeVerdicts) -> tuple[tuple[int, Verdict, int], ...]:
    """Return (length difference, verdict, count); see JudgeGroups."""
    if not pairs.length_differences:
        return ()
    differences = map(pairs.length_differences.get, pairs.ids)
    merged: dict[tuple[int, Verdict], int] = {}
    found = map(verdicts.of_pair, pairs.ids, pairs.run_ids)
    for (difference, (verdict, _)), count in Counter(zip(differences, found, strict=True)).items():
        if difference is not None and verdict is not None:
            merged[difference, verdict] = merged.get((difference, verdict), 0) + count
    return tuple((*key, count) for key, count in merged.items())


def _judges(store: Store, scope: _Scope, named: str | None) -> tuple[HeadlineJudge, list[JudgeRef]]:
    """Return the judge of the headline, none where runs are pooled, and the judges to count: the shown one first."""
    if scope.run is not None:
        judge, judges = headline_judge(store, scope.run, named), run_judges(store, scope.run.id)
        shown = judge.shown
        judges.sort(key=lambda other: other != shown)
    else:
        pinned, _ = pinned_judge(store, scope.set_id)
        judge = NO_JUDGE
        judges = set_judges(store, scope.set_id)
        judges.sort(key=lambda other: other != pinned)
    return judge, judges if named is None else judges_named(judges, named)


def _mean_preferences(store: Store, judge_id: int, pairs: PairColumns) -> tuple[float, ...]:
    """Return the mean soft preference of each pair that has one."""
    known = set(pairs.ids)
    rows = store.rows(
        "SELECT pair_id, avg(preference) FROM standing_judgments WHERE judge_id = ?"
        " AND preference IS NOT NULL GROUP BY pair_id",
        (judge_id,),
    )
    return tuple(mean for pair, mean in rows if pair in known)


def _pair_counts(store: Store, condition: PairCondition, pairs: PairColumns) -> dict[str, int]:
    """Return the numbers of pairs by state among the fields of RunCounts; stale and retired ones are not among `pairs`."""
    active, retired = store.one(
        "SELECT total(e.status = 'active'), total(e.status <> 'active') FROM pairs p JOIN examples e ON e.id = p.example_id"
        f" WHERE {condition.where}",
        condition.values,
    )
    current = len(pairs.ids) + pairs.broken
    return {
        "pairs": current,
        "stale": int(active) - current,
        "retired": int(retired),
        "outside_queue": pairs.outside_queue,
        "skipped": pairs.skipped,
        "broken": pairs.broken,
    }


_OLDER_REFERENCE = """
SELECT DISTINCT p.id FROM current_pairs p JOIN current_decisions d ON d.pair_id = p.id JOIN examples e ON e.id = p.example_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn
WHERE d.reference_id IS NOT f.prefix_id AND {}
"""


def _older_reference_pairs(store: Store, condition: PairCondition) -> set[int]:
    """Return the pairs with a decision that was made with another reference than the example's present one."""
    if store.one("SELECT 1 FROM reference_texts LIMIT 1") is None:
        return set()
    return {row[0] for row in store.rows(_OLDER_REFERENCE.format(condition.where), condition.values)}


def _source_counts(pairs: PairColumns, older: set[int]) -> dict[str, int]:
    """Return the fields `pairs`, `imported`, `carried` and `older_reference` of RunCounts, `pairs` being those given."""
    kinds, indexes = pairs.kinds()
    counted = [(kinds[index].decisions, count) for index, count in Counter(indexes).items()]
    return {
        "pairs": len(pairs.ids),
        "imported": sum(count for decisions, count in counted if decisions.imported),
        "carried": sum(count for decisions, count in counted if decisions.carried),
        "older_reference": len(older.intersection(pairs.ids)) if older else 0,
    }


# Decisions of the app without a session came with a merge, or with the pack that this file is.
_ANY_APP_DECISION = """
SELECT 1 FROM sessions UNION ALL SELECT 1 FROM merged_events UNION ALL SELECT 1 FROM packs WHERE is_here = 1 LIMIT 1
"""

_APP_DECISIONS = """
SELECT d.reviewer_id, d.pair_id, v.choice, v.side_a, v.seconds FROM current_decisions d JOIN events v ON v.id = d.event_id
JOIN current_pairs p ON p.id = d.pair_id WHERE v.side_a IS NOT NULL AND {}
"""

_REPEATS = """
SELECT r.reviewer_id, r.pair_id, r.first = r.again FROM repeats r JOIN current_pairs p ON p.id = r.pair_id WHERE {}
"""

# The sign of the length difference with which a choice was for the longer answer.
_SIGNS = {"candidate": 1, "baseline": -1}

_AppDecision = tuple[int, str, str, float | None]
"""(pair id, choice, system on side A, seconds)"""


def winners_in_app(store: Store, run: Run, reviewer_id: int) -> set[int]:
    """Return the current pairs of a run on which a reviewer named a winner in the app; broken ones too."""
    condition = run_condition(run)
    rows = store.rows(_APP_DECISIONS.format(condition.where), condition.values)
    return {pair for reviewer, pair, choice, *_ in rows if reviewer == reviewer_id and choice in _SIGNS}


def _reviewer_habits(store: Store, condition: PairCondition, pairs: PairColumns) -> dict[int, ReviewerHabits]:
    """Return the habits by reviewer id, from their decisions in the app on the pairs and on repeats of them."""
    if store.one(_ANY_APP_DECISION) is None:
        return {}
    known = set(pairs.ids)
    decisions: dict[int, list[_AppDecision]] = {}
    for reviewer, pair, choice, side_a, seconds in store.rows(_APP_DECISIONS.format(condition.where), condition.values):
        if pair in known:
            decisions.setdefault(reviewer, []).append((pair, choice, side_a, seconds))
    repeats: dict[int, list[tuple[int, bool]]] = {}
    for reviewer, pair, same in store.rows(_REPEATS.format(condition.where), condition.values):
        if pair in known:
            repeats.setdefault(reviewer, []).append((pair, bool(same)))
    return {reviewer: _habits(own, pairs, repeats.get(reviewer, [])) for reviewer, own in decisions.items()}


def _habits(decisions: list[_AppDecision], pairs: PairColumns, repeats: list[tuple[int, bool]]) -> ReviewerHabits:
    """Return one reviewer's habits; `repeats` says of each repeated pair whether it was decided alike."""
    decided = [(pair, choice, side_a) for pair, choice, side_a, _ in decisions if choice in _SIGNS]
    longer = ((pair, pairs.length_differences.get(pair, 0) * _SIGNS[choice]) for pair, choice, _ in decided)
    seconds = sorted(taken for *_, taken in decisions if taken is not None)
    return ReviewerHabits(
        side_a=_scored(((pair, choice == side_a) for pair, choice, side_a in decided), pairs),
        longer=_scored(((pair, difference > 0) for pair, difference in longer if difference), pairs),
        same_on_repeat=_scored(repeats, pairs),
        seconds=_median(seconds) if seconds else None,
    )


def _scored(hits: Iterable[tuple[int, bool]], pairs: PairColumns) -> tuple[tuple[int, float, int], ...]:
    """Return (cluster, score, how many) of pairs that are hits or not, equal ones counted."""
    clusters = pairs.cluster_by_id
    found = Counter((clusters.get(pair, 0), float(hit)) for pair, hit in hits)
    return tuple((*key, count) for key, count in found.items())


def _median(ordered: list[float]) -> float:
    # Not the standard library's, whose module imports fractions, decimal and random.
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


_JUDGE = "SELECT id, name, kind, version FROM judges WHERE id = ?"

# Changes whenever anything but events changes what is counted.
_DATA_VERSION = """
SELECT (SELECT max(id) FROM pairs), (SELECT max(id) FROM responses), (SELECT max(id) FROM replacements),
    (SELECT max(id) FROM example_events), (SELECT max(id) FROM judgments), (SELECT count(*) || ' ' || max(id) FROM imports),
    (SELECT total(samples) FROM judge_orders WHERE run_id = :run),
    (SELECT total((SELECT max(position) FROM queue_items i WHERE i.queue_id = q.id)) FROM queues q WHERE run_id = :run)
"""


@dataclass(frozen=True, slots=True)
class CountedRun:
    """What the counts of one run and one judge (None: no verdicts) rest on.

    `version` changes whenever any of it but the decisions does.
    """

    run: Run
    version: tuple[Any, ...]
    pairs: CurrentPairs
    verdicts: JudgeVerdicts | None
    decisions: DecisionsRead


def read_counted_run(store: Store, run: Run, judge_id: int | None, known: CountedRun | None = None) -> CountedRun:
    """Read what the counts of a run rest on; where only reviews were written since `known`, only what they changed."""
    version = tuple(store.one(_DATA_VERSION, {"run": run.id}))
    if known is not None and known.version == version:
        return replace(known, decisions=read_decisions(store, known.pairs.span, known.decisions))
    pairs = read_current_pairs(store, run_condition(run))
    judge = JudgeRef(*store.one(_JUDGE, (judge_id,))) if judge_id is not None else None
    verdicts = read_verdicts(store, judge, pairs.span) if judge is not None else None
    return CountedRun(run, version, pairs, verdicts, read_decisions(store, pairs.span))


def count_reviews(store: Store, counted: CountedRun) -> RunCounts:
    """Return the counts of a run with its reviews as they were read, without lengths, habits and other judges."""
    run, pairs = counted.run, read_columns(store, counted.pairs, counted.decisions)
    return RunCounts(
        set=run.set,
        set_hash="",
        run=run.name,
        candidate=run.candidate,
        baseline=run.baseline,
        pairs=len(pairs.ids) + pairs.broken,
        votes=_vote_groups(pairs),
        judges=_one_judge(pairs, counted.verdicts),
        reviewers=dict(store.rows("SELECT id, name FROM reviewers").fetchall()),
        skipped=pairs.skipped,
        broken=pairs.broken,
        strata=pairs.strata,
    )


def _one_judge(pairs: PairColumns, verdicts: JudgeVerdicts | None) -> tuple[JudgeGroups, ...]:
    groups = _verdict_groups(pairs, verdicts) if verdicts is not None else ()
    if verdicts is None or not any(group.verdict for group in groups):
        return ()
    judge = verdicts.judge
    return (JudgeGroups(judge.id, judge.name, judge.version, judge.kind, groups),)
