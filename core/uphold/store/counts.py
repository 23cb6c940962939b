"""Counts of pairs for the statistics: of a run, of a set and its tags, of two runs matched by example, and live counts."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

from uphold.records.comparisons import JointVerdicts, MatchedExample, RatedExample
from uphold.records.counts import JudgeGroups, PairGroup, ReviewerHabits, RunCounts, Stratum, Votes
from uphold.records.enums import Verdict
from uphold.records.judgments import JudgeRef, VerdictRule
from uphold.records.runs import Run
from uphold.store.database import Store, first_values
from uphold.store.pair_columns import (
    MAX_EXACT_PAIRS,
    NO_DECISIONS,
    NO_VERDICT,
    PairColumns,
    PairCondition,
    PairDecisions,
    PairKind,
    PatternVerdict,
    pattern_verdict,
    read_decisions,
    read_judgment_patterns,
    read_length_differences,
    read_marks,
    read_pairs,
    read_requested_samples,
    verdict_group,
    votes_group,
)
from uphold.store.queues import CHOSEN, NOT_DRAWN, read_drawn_queue
from uphold.store.sets import set_hash


@dataclass(frozen=True, slots=True)
class CountOptions:
    """What to count of a run or set.

    `judge` and `tag` narrow it to judges of that name and to examples with that tag. `details` adds length differences,
    soft preferences and reviewers' habits, `full` the judge's confidence, `by_tag` the counts of every tag. With
    `first_only` judges after the first are only named, the set is not hashed, and lengths are read in small runs only.
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
            return _run_condition(self.run)
        return PairCondition("p.run_id IN (SELECT id FROM runs WHERE set_id = :set)", {"set": self.set_id})


def _run_condition(run: Run) -> PairCondition:
    return PairCondition("p.run_id = :run", {"run": run.id})


_LAST_JUDGED = """
SELECT judge_id FROM judgments WHERE pair_id BETWEEN ? AND ? AND judge_id IN (SELECT id FROM judges WHERE kind <> 'rules')
ORDER BY id DESC LIMIT 1
"""


_PREFERENCE_SAMPLE = 200
"""Of more than MAX_EXACT_PAIRS pairs about this many are searched for soft preferences."""


_JUDGES_WITH_PREFERENCES = """
SELECT DISTINCT judge_id FROM judgments WHERE judge_id IN (SELECT value FROM json_each(?))
AND pair_id IN (SELECT value FROM json_each(?)) AND superseded_by IS NULL AND preference IS NOT NULL
"""


def run_counts(store: Store, run: Run, rule: VerdictRule, options: CountOptions = DEFAULT_OPTIONS) -> RunCounts:
    """Return the counts of one run."""
    return _counts(store, _Scope(run.set_id, run.set, run), rule, options)


def set_counts(
    store: Store, set_id: int, name: str, rule: VerdictRule, options: CountOptions = DEFAULT_OPTIONS
) -> RunCounts:
    """Return the counts of all runs of a set, pooled."""
    return _counts(store, _Scope(set_id, name), rule, options)


def tags_of(store: Store, set_id: int) -> list[str]:
    """Return every tag of a set's examples, by name."""
    sql = "SELECT DISTINCT t.tag FROM tags t JOIN examples e ON e.id = t.example_id WHERE e.set_id = ? ORDER BY 1"
    return [row[0] for row in store.rows(sql, (set_id,))]


def _counts(store: Store, scope: _Scope, rule: VerdictRule, options: CountOptions) -> RunCounts:
    condition = scope.condition.with_tag(options.tag)
    pairs = read_pairs(store, condition)
    verdicts = JudgeVerdicts(store, pairs, rule, options)
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
            **extra,
        )

    tags = {}
    if options.by_tag:
        for tag in tags_of(store, scope.set_id):
            part = pairs.of_examples(_tagged_examples(store, tag))
            if part.ids:
                tags[tag] = make(part, **_source_counts(part))
    habits = _reviewer_habits(store, scope.condition, pairs) if options.details else {}
    return make(pairs, **_pair_counts(store, condition, pairs), tags=tags, habits=habits)


def _tagged_examples(store: Store, tag: str) -> set[int]:
    return first_values(store, "SELECT example_id FROM tags WHERE tag = ?", (tag,))


def _vote_groups(pairs: PairColumns) -> tuple[PairGroup, ...]:
    """Return the pairs grouped by votes, without verdicts."""
    kinds, indexes = pairs.kinds()
    return tuple(votes_group(kinds[index], count) for index, count in Counter(indexes).items())


class JudgeVerdicts:
    """The verdicts of a run's or set's judges on some pairs, read once and grouped for any part of the pairs.

    `unread_judges` are the names of those whose verdicts were not read.
    """

    def __init__(self, store: Store, pairs: PairColumns, rule: VerdictRule, options: CountOptions) -> None:
        self._store, self._rule, self._with_confidence = store, rule, options.full
        is_large = len(pairs.ids) > MAX_EXACT_PAIRS
        self._with_lengths = options.details and not (options.first_only and is_large)
        self._span = (pairs.ids[0], pairs.ids[-1]) if pairs.ids else (0, -1)
        self._judges: list[JudgeRef] = []
        self._patterns: dict[int, dict[int, str]] = {}
        unread = _judges(store, sorted(set(pairs.run_ids)), self._span, options.judge)
        while unread and not (options.first_only and any(self._patterns.values())):
            judge = unread.pop(0)
            self._judges.append(judge)
            self._patterns[judge.id] = read_judgment_patterns(store, judge.id, self._span)
        self.unread_judges = tuple(judge.name for judge in unread)
        self._requested = {judge.id: read_requested_samples(store, judge.id) for judge in self._judges}
        self._verdicts: dict[tuple[int, str | None, int], PatternVerdict] = {}
        self._with_preferences = self._judges_with_preferences(pairs.ids) if options.details else set()

    @property
    def judges(self) -> Sequence[JudgeRef]:
        """The judges whose verdicts were read, the primary one first."""
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

    def verdict(self, judge_id: int, pair_id: int, run_id: int) -> Verdict | None:
        """Return one judge's verdict on one pair; None if there are no judgments and none were requested."""
        return self._pattern_verdict(judge_id, self._patterns[judge_id].get(pair_id), run_id).verdict

    def _judge_groups(self, pairs: PairColumns, judge: JudgeRef) -> JudgeGroups:
        kinds, indexes = pairs.kinds()
        patterns = list(map(self._patterns[judge.id].get, pairs.ids))
        merged: dict[tuple[int, PatternVerdict], int] = {}
        for (index, pattern), count in Counter(zip(indexes, patterns, strict=True)).items():
            key = (index, self._pattern_verdict(judge.id, pattern, kinds[index].run_id))
            merged[key] = merged.get(key, 0) + count
        return JudgeGroups(
            judge.id,
            judge.name,
            judge.version,
            judge.kind,
            tuple(verdict_group(kinds[index], found, count, judge.id) for (index, found), count in merged.items()),
            _mean_preferences(self._store, judge.id, pairs) if judge.id in self._with_preferences else (),
            self._length_differences(judge.id, pairs, patterns),
            self._confidences(judge.id, pairs) if self._with_confidence else None,
        )

    def _pattern_verdict(self, judge_id: int, pattern: str | None, run_id: int) -> PatternVerdict:
        key = (judge_id, pattern, run_id)
        if key not in self._verdicts:
            self._verdicts[key] = pattern_verdict(pattern, self._requested[judge_id].get(run_id), self._rule)
        return self._verdicts[key]

    def _length_differences(
        self, judge_id: int, pairs: PairColumns, patterns: Sequence[str | None]
    ) -> tuple[tuple[int, Verdict, int], ...]:
        """Return (length difference, verdict, count); see JudgeGroups."""
        if not pairs.length_differences:
            return ()
        differences = map(pairs.length_differences.get, pairs.ids)
        merged: dict[tuple[int, Verdict], int] = {}
        for (difference, pattern, run_id), count in Counter(
            zip(differences, patterns, pairs.run_ids, strict=True)
        ).items():
            verdict = self._pattern_verdict(judge_id, pattern, run_id).verdict
            if difference is not None and verdict is not None:
                merged[difference, verdict] = merged.get((difference, verdict), 0) + count
        return tuple((*key, count) for key, count in merged.items())

    def _confidences(self, judge_id: int, pairs: PairColumns) -> tuple[tuple[int, float, Votes, Verdict, int], ...]:
        """Return (cluster, mean confidence of the readable judgments, votes, verdict, count) of the pairs with votes."""
        sql = (
            "SELECT pair_id, round(avg(confidence), 3) FROM judgments WHERE judge_id = ? AND superseded_by IS NULL"
            " AND pair_id BETWEEN ? AND ? AND status = 'readable' AND confidence IS NOT NULL GROUP BY pair_id"
        )
        confidences = dict(self._store.rows(sql, (judge_id, *self._span)).fetchall())
        merged: Counter[tuple[int, float, Votes, Verdict]] = Counter()
        clusters = pairs.example_ids if pairs.is_clustered else repeat(0)
        for pair, run_id, decisions, cluster in zip(pairs.ids, pairs.run_ids, pairs.decisions, clusters, strict=False):
            verdict = self.verdict(judge_id, pair, run_id)
            if decisions.votes and pair in confidences and verdict is not None:
                merged[cluster, confidences[pair], decisions.votes, verdict] += 1
        return tuple((*key, count) for key, count in merged.items())

    def _judges_with_preferences(self, pair_ids: Sequence[int]) -> set[int]:
        """Return the judges with soft preferences; of many pairs a spread sample shows whether there are any."""
        judge_ids = [judge.id for judge in self._judges]
        step = len(pair_ids) // _PREFERENCE_SAMPLE if len(pair_ids) > MAX_EXACT_PAIRS else 1
        values = (json.dumps(judge_ids), json.dumps(pair_ids[::step]))
        return first_values(self._store, _JUDGES_WITH_PREFERENCES, values)


def _judges(store: Store, run_ids: Sequence[int], span: tuple[int, int], name: str | None) -> list[JudgeRef]:
    """Return the judges of some runs, or those named `name`: the one that judged last first, rules judges at the end."""
    placeholders = ", ".join("?" * len(run_ids))
    rows = store.rows(
        "SELECT id, name, kind, version FROM judges WHERE id IN"
        f" (SELECT judge_id FROM judge_orders WHERE run_id IN ({placeholders})) ORDER BY kind = 'rules', id DESC",
        list(run_ids),
    )
    judges = [JudgeRef(*row) for row in rows]
    last = store.one(_LAST_JUDGED, span) if len(judges) > 1 else None
    judges.sort(key=lambda judge: last is None or judge.id != last[0])
    return [judge for judge in judges if name in (None, judge.name)]


def _mean_preferences(store: Store, judge_id: int, pairs: PairColumns) -> tuple[float, ...]:
    """Return the mean soft preference of each pair that has one."""
    known = set(pairs.ids)
    rows = store.rows(
        "SELECT pair_id, avg(preference) FROM judgments WHERE judge_id = ? AND superseded_by IS NULL"
        " AND preference IS NOT NULL GROUP BY pair_id",
        (judge_id,),
    )
    return tuple(mean for pair, mean in rows if pair in known)


def _pair_counts(store: Store, condition: PairCondition, pairs: PairColumns) -> dict[str, int]:
    """Return the numbers of pairs among the fields of RunCounts; stale and retired ones are not among `pairs`."""
    active, retired = store.one(
        "SELECT total(e.status = 'active'), total(e.status <> 'active') FROM pairs p JOIN examples e ON e.id = p.example_id"
        f" WHERE {condition.where}",
        condition.values,
    )
    current = len(pairs.ids) + pairs.broken
    return _source_counts(pairs) | {
        "pairs": current,
        "stale": int(active) - current,
        "retired": int(retired),
        "outside_queue": pairs.outside_queue,
        "skipped": pairs.skipped,
        "broken": pairs.broken,
    }


def _source_counts(pairs: PairColumns) -> dict[str, int]:
    """Return the fields `pairs`, `imported` and `carried` of RunCounts for unbroken pairs."""
    kinds, indexes = pairs.kinds()
    counted = [(kinds[index].decisions, count) for index, count in Counter(indexes).items()]
    return {
        "pairs": len(pairs.ids),
        "imported": sum(count for decisions, count in counted if decisions.imported),
        "carried": sum(count for decisions, count in counted if decisions.carried),
    }


_ANY_SESSION = "SELECT 1 FROM sessions LIMIT 1"


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


def _reviewer_habits(store: Store, condition: PairCondition, pairs: PairColumns) -> dict[int, ReviewerHabits]:
    """Return the habits by reviewer id, from their decisions in the app on the pairs and on repeats of them."""
    if store.one(_ANY_SESSION) is None:
        return {}
    known = set(pairs.ids)
    decisions: dict[int, list[_AppDecision]] = {}
    for reviewer, pair, choice, side_a, seconds in store.rows(_APP_DECISIONS.format(condition.where), condition.values):
        if pair in known:
            decisions.setdefault(reviewer, []).append((pair, choice, side_a, seconds))
    repeats: dict[int, list[bool]] = {}
    for reviewer, pair, same in store.rows(_REPEATS.format(condition.where), condition.values):
        if pair in known:
            repeats.setdefault(reviewer, []).append(bool(same))
    return {reviewer: _habits(own, pairs, repeats.get(reviewer, [])) for reviewer, own in decisions.items()}


def _habits(decisions: list[_AppDecision], pairs: PairColumns, repeats: list[bool]) -> ReviewerHabits:
    """Return one reviewer's habits; `repeats` says of each repeated pair whether it was decided alike."""
    decided = [(pair, choice, side_a) for pair, choice, side_a, _ in decisions if choice in _SIGNS]
    longer = [pairs.length_differences.get(pair, 0) * _SIGNS[choice] for pair, choice, _ in decided]
    seconds = sorted(taken for *_, taken in decisions if taken is not None)
    return ReviewerHabits(
        chose_a=sum(choice == side_a for _, choice, side_a in decided),
        chose_b=sum(choice != side_a for _, choice, side_a in decided),
        chose_longer=sum(difference > 0 for difference in longer),
        chose_shorter=sum(difference < 0 for difference in longer),
        repeats=len(repeats),
        same_on_repeat=sum(repeats),
        seconds=_median(seconds) if seconds else None,
    )


def _median(ordered: list[float]) -> float:
    # Not the standard library's, whose module imports fractions, decimal and random.
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


_EXAMPLES_OF_PAIRS = (
    "SELECT p.id, p.example_id, p.turn, e.key FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ?"
)


_ExampleTurn = tuple[int, int]
"""(example id, turn)"""


def matched_pairs(
    store: Store, before: Run, after: Run, rule: VerdictRule, judge: str | None = None
) -> tuple[list[MatchedExample], str | None]:
    """Return the current pairs of the same example and turn in both runs, and the name of the judge of their verdicts.

    That is the judge named `judge`, or the first one that judged both runs; None if no judge version did.
    """
    columns = [read_pairs(store, _run_condition(run)) for run in (before, after)]
    verdicts = [JudgeVerdicts(store, pairs, rule, CountOptions(judge)) for pairs in columns]
    judged_before = {found.id for found in verdicts[0].judges}
    common = next((found for found in verdicts[1].judges if found.id in judged_before), None)
    keys: dict[int, str] = {}
    rated_before, rated_after = (
        _rated_examples(store, run, pairs, found, common.id if common else None, keys)
        for run, pairs, found in zip((before, after), columns, verdicts, strict=True)
    )
    shared = [place for place in rated_before if place in rated_after]
    turns = Counter(example for example, _ in shared)
    matched = [
        MatchedExample(
            keys[example],
            turn,
            example if turns[example] > 1 else 0,
            rated_before[example, turn],
            rated_after[example, turn],
        )
        for example, turn in shared
    ]
    return matched, common.name if common else None


def _rated_examples(
    store: Store, run: Run, pairs: PairColumns, verdicts: JudgeVerdicts, judge_id: int | None, keys: dict[int, str]
) -> dict[_ExampleTurn, RatedExample]:
    """Return the votes and verdict on every example and turn of a run; adds the examples' keys to `keys`."""
    rows: Iterable[tuple[int, int, int, str]] = store.rows(_EXAMPLES_OF_PAIRS, (run.id,)).fetchall()
    places = {pair: (example, turn) for pair, example, turn, _ in rows}
    keys.update((example, key) for _, example, _, key in rows)
    rated: dict[_ExampleTurn, RatedExample] = {}
    for pair, decisions, index in zip(pairs.ids, pairs.decisions, pairs.stratum_indexes, strict=True):
        stratum = pairs.strata[index]
        verdict = verdicts.verdict(judge_id, pair, run.id) if judge_id is not None else None
        rated[places[pair]] = RatedExample(decisions.votes, verdict, None if stratum.chosen else stratum.name)
    return rated


def joint_verdicts(store: Store, run: Run, rule: VerdictRule) -> tuple[list[str], list[JointVerdicts]]:
    """Return the judges of a run, and its pairs with votes grouped by votes and the verdicts of all judges.

    The verdicts are in the order of the judges. Votes from before the verdict was shown are preferred.
    """
    pairs = read_pairs(store, _run_condition(run))
    verdicts = JudgeVerdicts(store, pairs, rule, DEFAULT_OPTIONS)
    groups: Counter[JointVerdicts] = Counter()
    for pair, example, decisions in zip(pairs.ids, pairs.example_ids, pairs.decisions, strict=True):
        if decisions.votes:
            by_judge = tuple(verdicts.verdict(judge.id, pair, run.id) for judge in verdicts.judges)
            cluster = example if pairs.is_clustered else 0
            groups[JointVerdicts(_independent_votes(decisions), by_judge, cluster, 0)] += 1
    rows = [JointVerdicts(group.votes, group.verdicts, group.example, count) for group, count in groups.items()]
    return _distinct_names(verdicts.judges), rows


def _independent_votes(decisions: PairDecisions) -> Votes:
    """Return each reviewer's vote from before the verdict was shown, or their current vote if there is none."""
    blind = dict(decisions.blind)
    return tuple((reviewer, blind.get(reviewer, choice)) for reviewer, choice in decisions.votes)


def _distinct_names(judges: Sequence[JudgeRef]) -> list[str]:
    """Return the judges' names, with the id added to several versions of one name."""
    versions = Counter(judge.name for judge in judges)
    return [judge.name if versions[judge.name] == 1 else f"{judge.name} (judge {judge.id})" for judge in judges]


_CURRENT_PAIRS = "SELECT id, example_id FROM current_pairs WHERE run_id = ? ORDER BY id"


_JUDGE = "SELECT name, version, kind FROM judges WHERE id = ?"


_LAST_EVENT = "SELECT coalesce(max(seq), 0) FROM events"


_PAIRS_WITH_EVENTS = "SELECT DISTINCT pair_id FROM events WHERE seq > ? AND seq <= ?"


# Changes whenever anything but events changes what is counted.
_DATA_VERSION = """
SELECT (SELECT max(id) FROM pairs), (SELECT max(id) FROM responses), (SELECT max(id) FROM replacements),
    (SELECT max(id) FROM example_events), (SELECT max(id) FROM judgments), (SELECT count(*) FROM imports),
    (SELECT total(samples) FROM judge_orders WHERE run_id = :run),
    (SELECT total((SELECT max(position) FROM queue_items i WHERE i.queue_id = q.id)) FROM queues q WHERE run_id = :run)
"""


# In place of a stratum's index: pairs not drawn yet, and pairs decided without having been drawn.
_NOT_DRAWN_INDEX, _CHOSEN_INDEX = -1, -2


class _CountedPair(NamedTuple):
    """Key under which a pair is counted; `stratum` is an index into the strata of the queue, or one of the two above."""

    decisions: PairDecisions
    cluster: int
    stratum: int
    verdict: PatternVerdict


class IncrementalCounts:
    """The counts of one run and one judge (None: no verdicts), kept up to date pair by pair as events are added."""

    def __init__(self, store: Store, run: Run, judge_id: int | None, rule: VerdictRule) -> None:
        self._store, self._run, self._judge_id, self._rule = store, run, judge_id, rule
        self._data_version: tuple[Any, ...] | None = None
        self._last_event = 0
        self._examples: dict[int, int] = {}
        self._stratum_indexes: dict[int, int] = {}
        self._verdicts: dict[int, PatternVerdict] = {}
        self._counted: dict[int, _CountedPair] = {}
        self._groups: Counter[_CountedPair] = Counter()

    def counts(self) -> RunCounts:
        """Return the current counts, without lengths, habits and other judges."""
        self._refresh()
        strata, indexes = self._strata()
        kinds = {
            pair: PairKind(pair.decisions, self._run.id, pair.cluster, indexes[pair.stratum], 0)
            for pair in self._groups
        }
        by_votes = Counter[PairKind]()
        for pair, count in self._groups.items():
            by_votes[kinds[pair]] += count
        return RunCounts(
            set=self._run.set,
            set_hash="",
            run=self._run.name,
            candidate=self._run.candidate,
            baseline=self._run.baseline,
            pairs=len(self._examples),
            votes=tuple(votes_group(kind, count) for kind, count in by_votes.items()),
            judges=self._judge_groups(kinds),
            reviewers=dict(self._store.rows("SELECT id, name FROM reviewers").fetchall()),
            skipped=len(self._skipped - self._decided_in_app.keys()),
            broken=len(self._broken),
            strata=strata,
        )

    def _judge_groups(self, kinds: dict[_CountedPair, PairKind]) -> tuple[JudgeGroups, ...]:
        if self._judge_id is None or not any(pair.verdict.verdict for pair in self._groups):
            return ()
        groups = tuple(
            verdict_group(kinds[pair], pair.verdict, count, self._judge_id) for pair, count in self._groups.items()
        )
        name, version, kind = self._store.one(_JUDGE, (self._judge_id,))
        return (JudgeGroups(self._judge_id, name, version, kind, groups),)

    def _strata(self) -> tuple[tuple[Stratum, ...], dict[int, int]]:
        """Return the strata, and the index among them of every `_CountedPair.stratum`."""
        strata = list(self._queue.strata)
        indexes = {index: index for index in range(len(strata))}
        used = {pair.stratum for pair in self._groups}
        for index, stratum in ((_NOT_DRAWN_INDEX, Stratum(NOT_DRAWN)), (_CHOSEN_INDEX, Stratum(CHOSEN, chosen=True))):
            if index in used:
                indexes[index] = len(strata)
                strata.append(stratum)
        return tuple(strata) or (Stratum("all"),), indexes

    def _refresh(self) -> None:
        """Read the pairs with new events, or everything if anything else has changed."""
        version = self._store.one(_DATA_VERSION, {"run": self._run.id})
        (last_event,) = self._store.one(_LAST_EVENT)
        if version != self._data_version:
            self._read_all()
        elif last_event != self._last_event:
            rows = self._store.rows(_PAIRS_WITH_EVENTS, (self._last_event, last_event))
            self._update([row[0] for row in rows if row[0] in self._examples])
        self._data_version, self._last_event = version, last_event

    def _read_all(self) -> None:
        store, run = self._store, self._run
        self._examples = dict(store.rows(_CURRENT_PAIRS, (run.id,)).fetchall())
        self._clustered = len(set(self._examples.values())) < len(self._examples)
        self._queue = read_drawn_queue(store, run.id, self._examples)
        self._stratum_indexes = self._queue.stratum_indexes()
        span = (min(self._examples, default=0), max(self._examples, default=-1))
        self._verdicts = dict(self._read_verdicts(self._judge_id, span)) if self._judge_id is not None else {}
        skipped, broken = read_marks(store, span)
        decisions, decided_in_app = read_decisions(store, span)
        self._skipped, self._broken = skipped & self._examples.keys(), broken & self._examples.keys()
        self._decisions = {pair: found for pair, found in decisions.items() if pair in self._examples}
        self._decided_in_app = {pair: in_app for pair, in_app in decided_in_app.items() if pair in self._examples}
        self._sampled = self._sampled_pairs()
        self._counted = {pair: self._counted_pair(pair) for pair in self._examples if pair not in self._broken}
        self._groups = Counter(self._counted.values())

    def _read_verdicts(self, judge_id: int, span: tuple[int, int]) -> Iterator[tuple[int, PatternVerdict]]:
        """Yield the pairs with the judge's verdicts; every different pattern is worked out once."""
        patterns = read_judgment_patterns(self._store, judge_id, span)
        requested = read_requested_samples(self._store, judge_id).get(self._run.id)
        verdicts = {pattern: pattern_verdict(pattern, requested, self._rule) for pattern in {None, *patterns.values()}}
        return ((pair, verdicts[patterns.get(pair)]) for pair in self._examples)

    def _sampled_pairs(self) -> set[int]:
        return self._queue.sampled_pairs(self._decided_in_app, self._skipped, self._broken)

    def _update(self, pair_ids: Iterable[int]) -> None:
        """Read some pairs again; others too are recounted if they became, or are no longer, part of the sample."""
        changed = set(pair_ids)
        for pair in changed:
            self._read_pair(pair)
        sampled = self._sampled_pairs()
        changed |= self._sampled ^ sampled
        self._sampled = sampled
        for pair in changed:
            self._recount(pair)

    def _read_pair(self, pair: int) -> None:
        skipped, broken = read_marks(self._store, (pair, pair))
        self._skipped = (self._skipped - {pair}) | skipped
        self._broken = (self._broken - {pair}) | broken
        decisions, decided_in_app = read_decisions(self._store, (pair, pair))
        self._decisions.pop(pair, None)
        self._decided_in_app.pop(pair, None)
        self._decisions |= decisions
        self._decided_in_app |= decided_in_app

    def _recount(self, pair: int) -> None:
        before = self._counted.pop(pair, None)
        if before is not None:
            self._groups[before] -= 1
            if not self._groups[before]:
                del self._groups[before]
        if pair not in self._broken:
            self._counted[pair] = after = self._counted_pair(pair)
            self._groups[after] += 1

    def _counted_pair(self, pair: int) -> _CountedPair:
        stratum = self._stratum_indexes.get(pair, _NOT_DRAWN_INDEX)
        if pair in self._decided_in_app and pair not in self._sampled:
            stratum = _CHOSEN_INDEX
        cluster = self._examples[pair] if self._clustered else 0
        decisions = self._decisions.get(pair, NO_DECISIONS)
        return _CountedPair(decisions, cluster, stratum, self._verdicts.get(pair, NO_VERDICT))
