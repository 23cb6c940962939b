"""Current pairs matched by example across two runs, and the verdicts of several judges on the same pairs."""

from collections import Counter
from collections.abc import Iterable, Sequence

from uphold.records.comparisons import JointVerdicts, MatchedExample, RatedExample
from uphold.records.counts import Votes
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.store.counts import DEFAULT_OPTIONS, AllVerdicts, run_condition
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge, judges_in_order, run_judges
from uphold.store.pair_columns import PairColumns, PairDecisions, read_pairs

_EXAMPLES_OF_PAIRS = (
    "SELECT p.id, p.example_id, p.turn, e.key FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ?"
)

_ExampleTurn = tuple[int, int]
"""(example id, turn)"""


def matched_pairs(
    store: Store, before: Run, after: Run, judge: str | None = None
) -> tuple[list[MatchedExample], str | None]:
    """Return the current pairs of the same example and turn in both runs, and the name of the judge of their verdicts.

    That is the judge named `judge`, or the judge of both runs' headline; None if no judge version has read both.
    """
    columns = [read_pairs(store, run_condition(run)) for run in (before, after)]
    common = headline_judge(store, after, judge, against=before).shown
    if common is not None and not all(common in run_judges(store, run.id) for run in (before, after)):
        common = None
    judges = [] if common is None else [common]
    verdicts = [AllVerdicts(store, pairs, DEFAULT_OPTIONS, judges) for pairs in columns]
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
    store: Store, run: Run, pairs: PairColumns, verdicts: AllVerdicts, judge_id: int | None, keys: dict[int, str]
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


def joint_verdicts(store: Store, run: Run) -> tuple[list[str], list[JointVerdicts]]:
    """Return the judges of a run, and its pairs with votes grouped by votes and the verdicts of all judges.

    The verdicts are in the order of the judges. Votes from before the verdict was shown are preferred.
    """
    pairs = read_pairs(store, run_condition(run))
    verdicts = AllVerdicts(store, pairs, DEFAULT_OPTIONS, judges_in_order(store, run)[1])
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
