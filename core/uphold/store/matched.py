"""Current pairs matched by example across two runs, and the verdicts of several judges on the same pairs."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat

from uphold.records.comparisons import ChangedDetails, JointVerdicts, MatchedExample, MatchedRuns, RatedExample
from uphold.records.counts import Votes
from uphold.records.judgments import JudgeRef
from uphold.records.reviews import parse_reasons
from uphold.records.runs import Run
from uphold.store.counts import DEFAULT_OPTIONS, AllVerdicts, run_condition
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge, judges_in_order, run_judges
from uphold.store.pair_columns import PairColumns, PairDecisions, read_pairs

_EXAMPLES_OF_PAIRS = """
SELECT p.id, p.example_id, p.turn, e.key, e.text_id, p.contents FROM pairs p JOIN examples e ON e.id = p.example_id
WHERE p.run_id = ?
"""

_EXAMPLES_OF_SET = "SELECT count(DISTINCT text_id) FROM examples WHERE set_id = ? AND status = 'active'"

_ExampleTurn = tuple[int, int]
"""(example id, turn)"""


@dataclass(frozen=True, slots=True)
class _RunPair:
    """A current pair of one run: its example's key and text, what it compares, and how it was rated."""

    key: str
    text_id: int
    contents: str
    rated: RatedExample


def matched_runs(store: Store, before: Run, after: Run, judge: str | None = None) -> MatchedRuns:
    """Return the current pairs of the same example and turn in both runs, with the verdicts of one judge version.

    That is the judge named `judge`, or the judge of both runs' headline; None if no judge version has read both.
    """
    columns = [read_pairs(store, run_condition(run)) for run in (before, after)]
    common = headline_judge(store, after, judge, against=before).shown
    if common is not None and not all(common in run_judges(store, run.id) for run in (before, after)):
        common = None
    judges = [] if common is None else [common]
    verdicts = [AllVerdicts(store, pairs, DEFAULT_OPTIONS, judges) for pairs in columns]
    rated_before, rated_after = (
        _run_pairs(store, run, pairs, found, common.id if common else None)
        for run, pairs, found in zip((before, after), columns, verdicts, strict=True)
    )
    matched = tuple(
        MatchedExample(
            later.key,
            place[1],
            later.text_id,
            later.contents == rated_before[place].contents,
            rated_before[place].rated,
            later.rated,
        )
        for place, later in rated_after.items()
        if place in rated_before
    )
    examples: int = store.one(_EXAMPLES_OF_SET, (after.set_id,))[0]
    return MatchedRuns(matched, examples, common.name if common else None)


def _run_pairs(
    store: Store, run: Run, pairs: PairColumns, verdicts: AllVerdicts, judge_id: int | None
) -> dict[_ExampleTurn, _RunPair]:
    """Return the current, unbroken pairs of a run by example and turn."""
    places = {row[0]: row[1:] for row in store.rows(_EXAMPLES_OF_PAIRS, (run.id,))}
    chances = inclusions(pairs)
    found: dict[_ExampleTurn, _RunPair] = {}
    for pair, decisions, index in zip(pairs.ids, pairs.decisions, pairs.stratum_indexes, strict=True):
        example, turn, key, text_id, contents = places[pair]
        verdict = verdicts.verdict(judge_id, pair, run.id) if judge_id is not None else None
        rated = RatedExample(decisions.votes, verdict, chances[index], pairs.strata[index].chosen, pair)
        found[example, turn] = _RunPair(key, text_id, contents, rated)
    return found


def inclusions(pairs: PairColumns) -> list[float]:
    """Return for each stratum the chance with which one of its pairs has been read by now.

    Strata of one sequence are read in the order of u / weight, u uniform, up to one value c: the chance is the smaller of 1
    and c x weight, with c such that the chances add up to what was read. Chosen pairs are all read; what was never drawn
    is 0.
    """
    sizes = Counter(pairs.stratum_indexes)
    read = Counter(
        index for index, decisions in zip(pairs.stratum_indexes, pairs.decisions, strict=True) if decisions.votes
    )
    chances = [1.0 if stratum.chosen else 0.0 for stratum in pairs.strata]
    for sequence in {stratum.sequence for stratum in pairs.strata if not stratum.chosen}:
        members = [
            place for place, stratum in enumerate(pairs.strata) if stratum.sequence == sequence and not stratum.chosen
        ]
        left = float(sum(read[place] for place in members))
        members.sort(key=lambda place: -pairs.strata[place].weight)
        for number, place in enumerate(members):
            weights = sum(sizes[other] * pairs.strata[other].weight for other in members[number:])
            if not sequence or not weights:
                continue
            chances[place] = min(1.0, left / weights * pairs.strata[place].weight)
            if chances[place] < 1:
                for other in members[number:]:
                    chances[other] = left / weights * pairs.strata[other].weight
                break
            left -= sizes[place]
    return chances


_CHANGED_PAIRS = """
SELECT e.key, p.turn, json_extract(t.turns, '$[' || (p.turn - 1) || ']'),
    (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE example_id = e.id ORDER BY tag)), p.id, p.run_id = :after
FROM current_pairs p JOIN examples e ON e.id = p.example_id JOIN texts t ON t.id = p.text_id
WHERE p.run_id IN (:before, :after) AND (e.key, p.turn) IN (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:places)
)
"""

_DECIDED_BY = """
SELECT d.pair_id, w.name, (
    SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'reasons'
    ORDER BY seq DESC LIMIT 1
), coalesce((
    SELECT note FROM standing_events c WHERE c.pair_id = d.pair_id AND c.reviewer_id = d.reviewer_id AND c.kind = 'comment'
    ORDER BY seq DESC LIMIT 1
), d.note) FROM (
    SELECT pair_id, reviewer_id, note, 0 AS settles FROM current_decisions UNION ALL
    SELECT pair_id, reviewer_id, note, 1 FROM adjudications
) d JOIN reviewers w ON w.id = d.reviewer_id
WHERE d.pair_id IN (SELECT value FROM json_each(?)) ORDER BY d.settles, w.name
"""


def changed_details(
    store: Store, before: Run, after: Run, places: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], ChangedDetails]:
    """Return what belongs to changed examples, given and returned by key and turn; those of the later run come first."""
    values = {"before": before.id, "after": after.id, "places": json.dumps(list(places))}
    rows = store.rows(_CHANGED_PAIRS, values).fetchall()
    decided: dict[int, list[tuple[str, str]]] = {}
    ids = json.dumps([row[4] for row in rows])
    for pair, name, reasons, note in store.rows(_DECIDED_BY, (ids,)):
        words = ", ".join(parse_reasons(reasons))
        decided.setdefault(pair, []).append((name, ": ".join(filter(None, (words, note)))))
    found: dict[tuple[str, int], ChangedDetails] = {}
    for key, turn, instruction, tags, pair, is_after in sorted(rows, key=lambda row: not row[5]):
        known = found.get((key, turn))
        names = [name for name, _ in decided.get(pair, [])]
        said = tuple((name, words) for name, words in decided.get(pair, []) if words)
        by = tuple(dict.fromkeys((*(known.by if known else ()), *names)))
        if known is None:
            found[key, turn] = ChangedDetails(str(instruction), tuple(json.loads(tags)), by, said if is_after else ())
        else:
            found[key, turn] = replace(known, by=by)
    return found


def joint_verdicts(store: Store, run: Run) -> tuple[list[str], list[JointVerdicts]]:
    """Return the judges of a run, and its pairs with votes grouped by votes and the verdicts of all judges.

    The verdicts are in the order of the judges. Votes from before the verdict was shown are preferred.
    """
    pairs = read_pairs(store, run_condition(run))
    verdicts = AllVerdicts(store, pairs, DEFAULT_OPTIONS, judges_in_order(store, run)[1])
    groups: Counter[JointVerdicts] = Counter()
    clusters = pairs.cluster_ids if pairs.is_clustered else repeat(0)
    for pair, cluster, decisions in zip(pairs.ids, clusters, pairs.decisions, strict=False):
        if decisions.votes:
            by_judge = tuple(verdicts.verdict(judge.id, pair, run.id) for judge in verdicts.judges)
            groups[JointVerdicts(independent_votes(decisions), by_judge, cluster, 0)] += 1
    rows = [JointVerdicts(group.votes, group.verdicts, group.example, count) for group, count in groups.items()]
    return _distinct_names(verdicts.judges), rows


def independent_votes(decisions: PairDecisions) -> Votes:
    """Return each reviewer's vote from before the verdict was shown, or their current vote if there is none."""
    blind = dict(decisions.blind)
    return tuple((reviewer, blind.get(reviewer, choice)) for reviewer, choice in decisions.votes)


def _distinct_names(judges: Sequence[JudgeRef]) -> list[str]:
    """Return the judges' names, with the id added to several versions of one name."""
    versions = Counter(judge.name for judge in judges)
    return [judge.name if versions[judge.name] == 1 else f"{judge.name} (judge {judge.id})" for judge in judges]
