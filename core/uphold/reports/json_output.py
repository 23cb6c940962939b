"""Statistics, comparisons, gates and plans as JSON values, in the keys and the order that other programs rely on.

Keys may be added, never renamed. An object with a null number has a `reason` that is not null. Where no function here
spells the keys out, they are the field names of the record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from uphold.records.certificates import Standing
from uphold.records.checkpoints import CheckpointResult, CheckpointRow
from uphold.records.comparisons import (
    ChangedExample,
    GatedRun,
    GateResult,
    MoreVerdicts,
    RatedDifference,
    RunChanges,
    RunComparison,
    RunDifference,
    SeveralRuns,
    SideBySide,
)
from uphold.records.counts import CLASSES
from uphold.records.headline_judge import HeadlineJudge, versioned_name, what_is_missing
from uphold.records.judge_breakdown import BreakdownRow, JudgeBreakdown
from uphold.records.judge_clauses import ReasonCount
from uphold.records.judge_parts import PartKind
from uphold.records.packs import ReviewerProgress
from uphold.records.statistics import (
    Agreement,
    Assisted,
    ConfidenceStatistics,
    CriterionStatistics,
    Difference,
    HumanStatistics,
    JudgeStatistics,
    PerClass,
    PerVote,
    PositionBias,
    Rate,
    ReviewerBias,
    ReviewerStatistics,
    ReviewPlan,
    RunStatistics,
    SampleSpread,
    Share,
    TagStatistics,
    ThreeRates,
    Value,
)
from uphold.records.trials import Trial, TrialPair
from uphold.reports.certificate_text import certificate_json, check_json
from uphold.reports.problem_text import problems_json
from uphold.reports.score_json import score_comparison_json, score_gate_json, score_json
from uphold.reports.training_text import training_json

Json = dict[str, Any]

_HUMAN_COUNTS = (
    *("reviewed", "wins", "ties", "losses", "both_bad", "unresolved", "skipped", "broken"),
    *("carried", "imported", "outside_queue", "stale", "retired", "older_reference"),
)

_VERDICT_COUNTS = ("wins", "ties", "losses", "inconsistent", "unreadable", "failed", "pending")

_NO_BLIND = "no blind session was held"

_NO_SIGN_TEST = "weighted queue: no exact test"

_NO_CHANGE_SHOWS = "with so few pairs no change shows in four of five runs"

_POOLED = "pooled over the runs of a set"


def statistics_json(numbers: RunStatistics, standing: Standing | None = None) -> Json:
    """Return the statistics of a run or set as JSON.

    `tags` are there only where they were computed by tag, `training_data` where the set was turned into any. `standing` is the
    certificate of the judge in force, None where there is none.
    """
    pooled = numbers.run is None
    result: Json = {
        "run": numbers.run,
        "set": numbers.set,
        "set_hash": numbers.set_hash,
        "candidate": numbers.candidate,
        "baseline": numbers.baseline,
        "pairs": numbers.pairs,
        **_headline_judge(numbers.judge),
        **({"reason": _POOLED} if pooled else {}),
        "human": _human(numbers.human),
        "judges": [_judge(judge, pooled) for judge in numbers.judges],
        "reviewers": _reviewers(numbers.reviewers),
        "budget": [asdict(row) for row in numbers.budget],
        "certificate": certificate_json(standing),
        **_headline(numbers),
    }
    if numbers.training:
        result["training_data"] = training_json(numbers.training)
    if numbers.tag is not None:
        result["tag"] = numbers.tag
    if numbers.tags:
        result["tags"] = [_tag(tag, numbers) for tag in numbers.tags]
    return result


def _headline(numbers: RunStatistics) -> Json:
    """Return the headline with its judge; nothing where runs are pooled."""
    if numbers.headline is None:
        return {}
    return {"headline": {"judge": numbers.judge.name} | _assisted(numbers.headline)}


def _headline_judge(found: HeadlineJudge) -> Json:
    """Return the judge of the headline, why it is that one, and what it lacks.

    `judge_missing` pairs were not asked of it, or of the judge that is shown where none has read every pair.
    """
    result: Json = {"judge": found.name, "judge_reason": found.reason.value, "judge_missing": found.missing}
    if found.judge is not None:
        result["judge_version"] = found.judge.version
    if found.ask:
        result["judge_command"] = found.ask
    return result if found.name is not None else {"reason": what_is_missing(found)} | result


def _tag(tag: TagStatistics, whole: RunStatistics) -> Json:
    return {
        "tag": tag.tag,
        "pairs": tag.pairs,
        "human": _human(tag.human),
        "judges": [_judge(judge, whole.run is None) for judge in tag.judges],
        "differs": {
            "win_rate": _difference(tag.win_rate),
            "agreement": [
                {"judge": judge.name, **_difference(difference)}
                for judge, difference in zip(whole.judges, tag.agreements, strict=True)
            ],
        },
    }


def _difference(difference: Difference) -> Json:
    return {"p": difference.p, "holm": difference.adjusted, "reason": difference.reason}


def _human(human: HumanStatistics) -> Json:
    sign: Json = {"p": human.sign_p, "n": human.without_ties.n}
    if human.sign_p is None:
        sign["reason"] = _NO_SIGN_TEST if human.weighted else human.without_ties.reason or _NO_SIGN_TEST
    return {
        **{key: getattr(human, key) for key in _HUMAN_COUNTS},
        **_three_rates(human.rates),
        "without_ties": _rate(human.without_ties),
        "sign_test": sign,
        "chosen": human.chosen,
        **_peek_safe(human),
    }


def _peek_safe(human: HumanStatistics) -> Json:
    rates = human.peek_safe
    if rates is None:
        return {}
    return {"peek_safe": {"population": _rate(rates.population), "this_set": _rate(rates.this_set)}}


def _judge(judge: JudgeStatistics, pooled: bool) -> Json:
    soft = judge.mean_preference
    missing = [] if soft else ["mean_preference: " + (_POOLED if pooled else "the source gave no preferences")]
    missing += [] if judge.assisted else ["assisted: " + _POOLED]
    return {
        "judge": judge.name,
        "version": judge.version,
        **{key: getattr(judge, key) for key in _VERDICT_COUNTS},
        "win_rate": _share(judge.win_rate),
        "win_tie_rate": _share(judge.win_tie_rate),
        "ties_half": _share(judge.ties_half),
        "mean_preference": asdict(soft) if soft else None,
        "assisted": _assisted(judge.assisted) if judge.assisted else None,
        "reason": "; ".join(missing) or None,
        "agreement": _agreement(judge.agreement),
        "position": _position(judge.position),
        "length": {
            "judge_longer": _rate(judge.length.judge_longer),
            "human_longer": _rate(judge.length.human_longer),
            "spearman": _value(judge.length.spearman),
            "against_people": asdict(judge.length.against_people),
        },
        "accuracy_both_orders": _rate(judge.both_orders.accuracy),
        "right_in_both_orders": _rate(judge.both_orders.right),
        "consistency": _rate(judge.both_orders.consistency),
        "rerun": _rate(judge.both_orders.rerun),
        "criteria": [_criterion(criterion) for criterion in judge.criteria],
        "samples": _samples(judge.samples),
    }


def _criterion(criterion: CriterionStatistics) -> Json:
    counts = ("wins", "ties", "losses", "inconsistent", "not_said")
    return {
        "criterion": criterion.name,
        **{name: getattr(criterion, name) for name in counts},
        "agreement": _rate(criterion.agreement),
    }


def _samples(spread: SampleSpread | None) -> Json:
    """Return how samples split; one sample an order is no answer to that."""
    if spread is None:
        return {"n": 0, "alike": 0, "splits": []}
    splits = [{"votes": list(votes), "count": number} for votes, number in spread.splits]
    return {"n": spread.n, "alike": spread.alike, "splits": splits}


def _assisted(assisted: Assisted) -> Json:
    return {
        "state": assisted.state,
        "reason": assisted.reason,
        "worth_verdicts": assisted.worth_verdicts,
        "population": _three_rates(assisted.population),
        "this_set": _three_rates(assisted.this_set),
        "n": assisted.n,
        "sampled": assisted.sampled,
        **({} if assisted.planned is None else {"planned": assisted.planned}),
    }


def _agreement(agreement: Agreement) -> Json:
    return {
        "n": agreement.n,
        "observed": _rate(agreement.observed),
        "this_set": _rate(agreement.this_set),
        "draws_as_ties": _rate(agreement.draws_as_ties),
        "raw": _share(agreement.raw),
        "kappa": _value(agreement.kappa),
        "ac1": _value(agreement.ac1),
        "precision": _per_class(agreement.precision),
        "recall": _per_class(agreement.recall),
        "confusion": _confusion(agreement.weighted_confusion or agreement.confusion),
        "confusion_counts": _confusion(agreement.confusion),
        "without_ties": _rate(agreement.without_ties),
        "per_vote": _per_vote(agreement.per_vote),
        "blind": {"observed": _rate(agreement.blind)},
        "anchoring": None if agreement.anchoring is None else asdict(agreement.anchoring),
        "reason": f"anchoring: {_NO_BLIND}" if agreement.anchoring is None else None,
        "confidence": _confidence(agreement.confidence),
    }


def _confusion(table: Sequence[Sequence[float]]) -> Json:
    return {
        human.value: {judge.value: count for judge, count in zip(CLASSES, row, strict=True)}
        for human, row in zip(CLASSES, table, strict=True)
    }


def _confidence(found: ConfidenceStatistics) -> Json:
    bands = [{"low": band.low, "high": band.high, "agreement": _rate(band.agreement)} for band in found.bands]
    no_auroc = "one of right and wrong is missing" if found.auroc is None else None
    return {
        "n": found.n,
        "bands": bands,
        "brier": found.brier,
        "auroc": found.auroc,
        "reason": found.reason or no_auroc,
    }


def _position(position: PositionBias) -> Json:
    first = {"first": position.first, "second": position.second, "rate": _rate(position.first_rate), "p": position.p}
    if position.p is None:
        first["reason"] = position.first_rate.reason
    return {
        "pairs_in_both_orders": position.pairs_in_both_orders,
        "flips": position.flips,
        "flip_rate": _rate(position.flip_rate),
        "first_position": first,
    }


def _reviewers(reviewers: ReviewerStatistics) -> Json:
    return {
        "names": list(reviewers.names),
        "items_shared": reviewers.items_shared,
        "per_vote_agreement": _per_vote(reviewers.per_vote),
        "kappa": [
            {"a": pair.a, "b": pair.b, **_value(pair.kappa), "n": pair.n, "agreement": _rate(pair.agreement)}
            for pair in reviewers.pairs
        ],
        "alpha": _value(reviewers.alpha),
        "ac1": _value(reviewers.ac1),
        "leans": [_reviewer_bias(bias) for bias in reviewers.leans],
        "progress": [_progress(one) for one in reviewers.progress],
    }


def _progress(one: ReviewerProgress) -> Json:
    progress: Json = {"reviewer": one.name, "read": one.read, "of": one.of}
    if one.pack is None:
        return progress
    share = one.pack.share
    packed = {"part": share.part, "parts": share.parts, "overlap": share.overlap}
    return progress | packed | {"mode": one.pack.mode, "packed_at": one.pack.created_at}


def _reviewer_bias(bias: ReviewerBias) -> Json:
    return {
        "reviewer": bias.name,
        "first_position": _rate(bias.first),
        "longer": _rate(bias.longer),
        "self_agreement": _rate(bias.self_agreement),
        "median_seconds": bias.seconds,
        "reason": "times were not recorded" if bias.seconds is None else None,
    }


def _three_rates(rates: ThreeRates) -> Json:
    return {
        "win_rate": _rate(rates.win_rate),
        "win_tie_rate": _rate(rates.win_tie_rate),
        "ties_half": _rate(rates.ties_half),
    }


def _per_class(rates: PerClass) -> Json:
    return {"candidate": _rate(rates.candidate), "tie": _rate(rates.tie), "baseline": _rate(rates.baseline)}


def _per_vote(rates: PerVote) -> Json:
    return {"observed": _rate(rates.observed), "without_ties": _rate(rates.without_ties)}


def _rate(rate: Rate) -> Json:
    return {
        "rate": rate.rate,
        "low": rate.low,
        "high": rate.high,
        "n": rate.n,
        "level": rate.level,
        "method": rate.method,
        "reason": rate.reason,
    }


def _share(share: Share) -> Json:
    return {"rate": share.rate, "n": share.n, "reason": share.reason}


def _value(value: Value) -> Json:
    return {"value": value.value, "low": value.low, "high": value.high, "reason": value.reason}


def compare_json(comparison: RunComparison) -> Json:
    """Return the comparison of two runs as JSON: `run` is the later one, `against` the earlier."""
    by_judge = comparison.by_judge
    return {
        **_compared(comparison, comparison.people),
        "set": comparison.set,
        "by_judge": None if by_judge is None else _by_judge(by_judge),
        **({"reason": comparison.no_judge} if by_judge is None else {}),
        **_more(comparison.more),
        "scores": [score_comparison_json(score) for score in comparison.scores],
    }


def several_json(several: SeveralRuns) -> Json:
    """Return several runs as JSON: each against the best of the others, then every two of them."""
    best = [
        {"run": ranked.run, "state": ranked.state.value, "difference": _run_difference(ranked.difference)}
        for ranked in several.best
    ]
    pairs = [
        {**_compared(pair, pair.people), "scores": [score_comparison_json(score) for score in pair.scores]}
        for pair in several.pairs
    ]
    return {"set": several.set, "runs": [ranked.run for ranked in several.best], "best": best, "pairs": pairs}


def gate_json(gated: GatedRun) -> Json:
    """Return a gate as JSON: the comparison of its runs, by the judge where only that was asked, and the outcome.

    `outcome` and `reason` are those that count, scores included; `review` has those of the runs alone.
    """
    gate, comparison = gated.gate, gated.comparison
    by_judge = comparison.by_judge if gate.judge_only else None
    return {
        **_compared(comparison, by_judge or comparison.people),
        "outcome": gated.outcome.value,
        "margin": gate.margin,
        "bound": gate.bounds.low,
        "upper_bound": gate.bounds.high,
        "level": gate.bounds.level,
        "planned": gate.planned,
        "read": gate.read,
        "so_far": None if gate.so_far is None else gate.so_far.value,
        "judge_only": gate.judge_only,
        **({"worth": gate.judge_caveat} if gate.judge_only else {}),
        **_more(gate.more),
        "reason": gated.reason,
        "review": {"outcome": gate.outcome.value, "reason": gate.reason},
        "certificate": certificate_json(gated.standing),
        "no_worse": [score_gate_json(score) for score in gated.no_worse],
    }


def _compared(comparison: RunComparison, rated: RatedDifference) -> Json:
    shared = rated.shared
    by_people = rated is comparison.people
    judge = {"judge": comparison.judge, **({} if comparison.judge else {"reason": comparison.no_judge})}
    return {
        "run": comparison.after,
        "against": comparison.before,
        "examples": shared.examples,
        "shared": shared.shared,
        "equal": shared.equal,
        "read_in_both": comparison.people.shared.read_in_both,
        "unresolved": comparison.people.shared.unresolved,
        "difference": {
            "win_rate": _run_difference(rated.win_rate),
            "ties_half": _run_difference(rated.ties_half),
        },
        "lost": [_changed(example, comparison, by_people) for example in rated.lost],
        "won": [_changed(example, comparison, by_people) for example in rated.won],
        **judge,
        "changes": _changes(comparison.changes),
    }


def _changes(changes: RunChanges) -> Json:
    """Return what else than the candidate changed between two runs; null for what did not."""
    judges = None if changes.judges is None else list(map(versioned_name, changes.judges))
    return {"judges": judges, "set": None if changes.set_change is None else asdict(changes.set_change)}


def _by_judge(rated: RatedDifference) -> Json:
    """Return what a judge says of two runs: an opinion, so that its differences have no interval."""
    lost, won = ([{"key": one.key, "turn": one.turn} for one in found] for found in (rated.lost, rated.won))
    return {
        "judged_in_both": rated.shared.read_in_both,
        "difference": {"win_rate": _opinion(rated.win_rate), "ties_half": _opinion(rated.ties_half)},
        "lost": lost,
        "won": won,
    }


def _opinion(found: RunDifference) -> Json:
    """Return a judge's difference, which has no interval: it is an opinion."""
    return {
        "difference": found.difference,
        "n": found.n,
        **({"reason": found.reason} if found.difference is None else {}),
    }


def _changed(example: ChangedExample, comparison: RunComparison, by_people: bool) -> Json:
    by = list(comparison.details[example.key, example.turn].by) if by_people else [f"judge {comparison.judge}"]
    return {"key": example.key, "turn": example.turn, "by": by}


def _run_difference(found: RunDifference) -> Json:
    return asdict(found)


def _more(more: MoreVerdicts | None) -> Json:
    """Return what would settle a difference, where something would or nothing would; nothing where it is not asked."""
    if more is None:
        return {}
    if more.examples is None:
        return {"more": {"examples": None, "reason": "reading every example of the set would not do"}}
    verdicts = {"examples": more.examples, "verdicts": more.before + more.after, "commands": list(more.commands)}
    return {"more": verdicts}


def judges_json(side_by_side: SideBySide, run: str, wrong: Mapping[int, JudgeBreakdown]) -> Json:
    """Return the judges of a run side by side as JSON, each with where it is `wrong`, by the judge's id."""
    judges = statistics_json(side_by_side.numbers)["judges"]
    for judge, entry in zip(side_by_side.numbers.judges, judges, strict=True):
        if judge.judge_id in wrong:
            entry["where_wrong"] = breakdown_json(wrong[judge.judge_id])
    return {"run": run, "judges": judges, "pairs": [asdict(pair) for pair in side_by_side.pairs]}


def clauses_json(reasons: Sequence[ReasonCount]) -> list[Json]:
    """Return why people overturned a judge as JSON; `source` says whether a reason was chosen or is a note."""
    return [
        {
            "reason": one.reason,
            "count": one.count,
            "pairs": [asdict(pair) for pair in one.pairs],
            "source": "note" if one.is_note else "reason",
        }
        for one in reasons
    ]


def trial_json(trial: Trial) -> Json:
    """Return a try of a judge as JSON; `band` is how far the old judge moves from itself when it is asked twice."""
    numbers, counts = trial.numbers, trial.numbers.counts
    return {
        "half": trial.half.value,
        "judge": trial.judge,
        "version": trial.version,
        "against": trial.against,
        "against_version": trial.against_version,
        "pairs": counts.pairs,
        "fixed": counts.fixed,
        "broken": counts.broken,
        "right": counts.right,
        "wrong": counts.wrong,
        "p": numbers.p,
        "difference": _run_difference(numbers.difference),
        "rerun": _rate(numbers.rerun),
        "band": numbers.band,
        "state": numbers.state.value,
        "cost": trial.cost,
        "unknown_cost": trial.unknown_cost,
        "calls": trial.calls,
        "in_view": trial.in_view,
        "shown": trial.shown,
        "without_old": trial.without_old,
        "left": trial.left,
        "stopped": trial.stopped,
        "problems": problems_json(trial.problems),
        "rerun_reason": trial.rerun_reason or None,
        "fixed_pairs": [_trial_pair(pair) for pair in trial.fixed],
        "broken_pairs": [_trial_pair(pair) for pair in trial.broken],
    }


def _trial_pair(pair: TrialPair) -> Json:
    return {"run": pair.run, "key": pair.key, "turn": pair.turn, "was": pair.was.value, "is": pair.is_now.value}


def checkpoint_json(result: CheckpointResult) -> Json:
    """Return a checkpoint that was brought in: what this call did, then what holds of its run."""
    work, reading = result.work, result.reading
    return {
        "run": result.run.name,
        "generated": work.generated,
        "imported": work.imported,
        "carried": reading.carried,
        "reused": work.reused,
        "asked": work.asked,
        "cost": work.cost,
        "unknown_cost": work.unknown_cost,
        "drift": None if work.drift is None else check_json(work.drift),
        "changed": reading.changed,
        "flipped": result.progress.flipped,
        "to_read": reading.to_read,
        "pairs": reading.pairs,
        "left": list(work.left),
        "against": None if result.blessed is None else result.blessed.name,
        "gate": None if result.gate is None else gate_json(result.gate),
    }


def checkpoint_row_json(row: CheckpointRow) -> Json:
    """Return what a run's place in the history of its set adds to the list of runs."""
    judge = row.judged_by
    return {
        "date": row.created_at,
        "blessed": row.blessed is not None,
        "note": None if row.blessed is None else row.blessed.note,
        "difference": _run_difference(row.difference),
        "lost": row.lost,
        "won": row.won,
        "carried": row.reading.carried,
        "changed": row.reading.changed,
        "to_read": row.reading.to_read,
        "set_version": row.set_version,
        "version": row.set_version,
        "judge": None if judge is None else judge.name,
        "judge_version": None if judge is None else judge.version,
        "headline_judge": row.judge.name,
        "changes": None if row.changes is None else _changes(row.changes),
        "scores": {name: score_json(score) for name, score in row.scores.items()},
    }


def gate_exit_code(result: GateResult) -> int:
    """Return the exit code of `uphold gate`: 0 PASS, 1 FAIL, 3 INCONCLUSIVE."""
    return {GateResult.PASS: 0, GateResult.FAIL: 1, GateResult.INCONCLUSIVE: 3}[result]


def plan_json(plan: ReviewPlan, run: str) -> Json:
    """Return a plan as JSON."""
    change = {"smallest_change_reason": _NO_CHANGE_SHOWS} if plan.smallest_change is None else {}
    return {"run": run, **asdict(plan), **change}


def breakdown_json(found: JudgeBreakdown | None) -> Json:
    """Return where a judge is wrong as JSON: `wrong` of `n`, and the share that is right with its interval, part by part.

    Without a judge it says that there is none.
    """
    if found is None:
        return {"judge": None, "reason": "no judge has read a pair of this run", "parts": []}
    return {
        "judge": found.judge.name,
        "version": found.judge.version,
        "half": "development" if found.locked else None,
        "locked": found.locked,
        **_breakdown_row(found.whole),
        "parts": [
            {"by": kind.value, "part": row.part.name, **_breakdown_row(row)}
            for kind in PartKind
            for row in found.rows.get(kind, ())
        ],
    }


def _breakdown_row(row: BreakdownRow) -> Json:
    bounds = {} if row.bounds is None else {"low_confidence": row.bounds[0], "high_confidence": row.bounds[1]}
    return {"n": row.n, "wrong": row.n - row.right, "agreement": _rate(row.agreement), **bounds}
