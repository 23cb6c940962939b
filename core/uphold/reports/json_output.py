"""Statistics, comparisons, gates and plans as JSON values, in the keys and the order that other programs rely on.

Keys may be added, never renamed. An object with a null number has a `reason` that is not null. Where no function here
spells the keys out, they are the field names of the record.
"""

from dataclasses import asdict
from typing import Any

from uphold.records.comparisons import Gate, GateResult, RunComparison, SideBySide
from uphold.records.counts import CLASSES
from uphold.records.headline_judge import HeadlineJudge, what_is_missing
from uphold.records.statistics import (
    Agreement,
    Assisted,
    ConfidenceStatistics,
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
    Share,
    TagStatistics,
    ThreeRates,
    Value,
)

Json = dict[str, Any]

_HUMAN_COUNTS = (
    *("reviewed", "wins", "ties", "losses", "both_bad", "unresolved", "skipped", "broken"),
    *("carried", "imported", "outside_queue", "stale", "retired", "older_reference"),
)

_VERDICT_COUNTS = ("wins", "ties", "losses", "inconsistent", "unreadable", "failed", "pending")

_NO_BLIND = "no blind session was held"

_POOLED = "pooled over the runs of a set"


def statistics_json(numbers: RunStatistics) -> Json:
    """Return the statistics of a run or set as JSON; `tags` only where they were computed by tag."""
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
        **_headline(numbers),
    }
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
        sign["reason"] = human.without_ties.reason
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
        },
    }


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
        "raw": _share(agreement.raw),
        "kappa": _value(agreement.kappa),
        "ac1": _value(agreement.ac1),
        "precision": _per_class(agreement.precision),
        "recall": _per_class(agreement.recall),
        "confusion": {
            human.value: {judge.value: count for judge, count in zip(CLASSES, row, strict=True)}
            for human, row in zip(CLASSES, agreement.confusion, strict=True)
        },
        "without_ties": _rate(agreement.without_ties),
        "per_vote": _per_vote(agreement.per_vote),
        "blind": {"observed": _rate(agreement.blind)},
        "anchoring": None if agreement.anchoring is None else asdict(agreement.anchoring),
        "reason": f"anchoring: {_NO_BLIND}" if agreement.anchoring is None else None,
        "confidence": _confidence(agreement.confidence),
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
    }


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
    """Return the comparison of two runs as JSON."""
    return asdict(comparison)


def gate_json(gate: Gate) -> Json:
    """Return the result of a gate as JSON."""
    return {"worth" if key == "judge_caveat" else key: value for key, value in asdict(gate).items()}


def judges_json(side_by_side: SideBySide, run: str) -> Json:
    """Return the judges of a run side by side as JSON."""
    judges = statistics_json(side_by_side.numbers)["judges"]
    return {"run": run, "judges": judges, "pairs": [asdict(pair) for pair in side_by_side.pairs]}


def gate_exit_code(result: GateResult) -> int:
    """Return the exit code of `uphold gate`: 0 PASS, 1 FAIL, 3 INCONCLUSIVE."""
    return {GateResult.PASS: 0, GateResult.FAIL: 1, GateResult.INCONCLUSIVE: 3}[result]


def plan_json(plan: ReviewPlan, run: str) -> Json:
    """Return a plan as JSON."""
    return {"run": run, **asdict(plan)}
