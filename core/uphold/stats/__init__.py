"""Numbers in, frozen results out; each carries its n, its level and how it was made. Standard library only.

`numbers(counts)` makes every number of a run; the rest are its parts, for use alone. What is named here is loaded when it
is first asked for, so that one interval does not load every result.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.stats.ac1 import ac1_value
    from uphold.stats.alpha import alpha_value
    from uphold.stats.assisted import of_study, study
    from uphold.stats.chain import population, this_set
    from uphold.stats.clusters import spread
    from uphold.stats.confidence import brier
    from uphold.stats.exact import bonett_price, fisher, holm, mcnemar, mid_p, newcombe
    from uphold.stats.gating import gate
    from uphold.stats.intervals import clopper_pearson, half_posterior, sign_test, wilson
    from uphold.stats.judges import mean_preference
    from uphold.stats.kappa import cohen_kappa
    from uphold.stats.labels import label
    from uphold.stats.pairing import paired
    from uphold.stats.peeking import peek_safe, set_bounds, source_bounds
    from uphold.stats.planner import plan, verdicts_for
    from uphold.stats.ranks import auroc, spearman
    from uphold.stats.run import live, numbers
    from uphold.stats.side_by_side import judge_pairs
    from uphold.stats.stratified import weighted_share
    from uphold.stats.widths import budget

__all__ = [
    "ac1_value",
    "alpha_value",
    "auroc",
    "bonett_price",
    "brier",
    "budget",
    "clopper_pearson",
    "cohen_kappa",
    "fisher",
    "gate",
    "half_posterior",
    "holm",
    "judge_pairs",
    "label",
    "live",
    "mcnemar",
    "mean_preference",
    "mid_p",
    "newcombe",
    "numbers",
    "of_study",
    "paired",
    "peek_safe",
    "plan",
    "population",
    "set_bounds",
    "sign_test",
    "source_bounds",
    "spearman",
    "spread",
    "study",
    "this_set",
    "verdicts_for",
    "weighted_share",
    "wilson",
]

_HOME = {
    "ac1_value": "ac1",
    "alpha_value": "alpha",
    "auroc": "ranks",
    "bonett_price": "exact",
    "brier": "confidence",
    "budget": "widths",
    "clopper_pearson": "intervals",
    "cohen_kappa": "kappa",
    "fisher": "exact",
    "gate": "gating",
    "half_posterior": "intervals",
    "holm": "exact",
    "judge_pairs": "side_by_side",
    "label": "labels",
    "live": "run",
    "mcnemar": "exact",
    "mean_preference": "judges",
    "mid_p": "exact",
    "newcombe": "exact",
    "numbers": "run",
    "of_study": "assisted",
    "paired": "pairing",
    "peek_safe": "peeking",
    "plan": "planner",
    "population": "chain",
    "set_bounds": "peeking",
    "sign_test": "intervals",
    "source_bounds": "peeking",
    "spearman": "ranks",
    "spread": "clusters",
    "study": "assisted",
    "this_set": "chain",
    "verdicts_for": "planner",
    "weighted_share": "stratified",
    "wilson": "intervals",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
