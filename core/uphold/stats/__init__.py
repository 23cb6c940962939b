"""Statistics of judged and reviewed pairs: counts in, frozen results out. Standard library only.

`run_statistics(counts)` computes every number of a run; the other functions are its parts, for use alone. Results are the
records of `uphold.records.statistics`. Names are imported when they are first used, so that asking for one interval does
not load the whole package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.stats.agreement import brier
    from uphold.stats.assisted import headline, headline_inputs
    from uphold.stats.coefficients import ac1_value, alpha_value, auroc, cohen_kappa, spearman
    from uphold.stats.exact_tests import bonett_price, fisher, holm, mcnemar, mid_p, newcombe
    from uphold.stats.gating import gate
    from uphold.stats.intervals import (
        clopper_pearson,
        mean_spread,
        sign_test,
        stratified_share,
        ties_half_interval,
        wilson,
    )
    from uphold.stats.paired import compare_judge_pairs
    from uphold.stats.poststratify import population_rate, this_set_rate
    from uphold.stats.power import budget, plan, verdicts_for
    from uphold.stats.run_difference import rated_difference
    from uphold.stats.sequential import peek_safe, population_bounds, set_bounds
    from uphold.stats.summary import live_numbers, mean_preference, run_statistics

__all__ = [
    "ac1_value",
    "alpha_value",
    "auroc",
    "bonett_price",
    "brier",
    "budget",
    "clopper_pearson",
    "cohen_kappa",
    "compare_judge_pairs",
    "fisher",
    "gate",
    "headline",
    "headline_inputs",
    "holm",
    "live_numbers",
    "mcnemar",
    "mean_preference",
    "mean_spread",
    "mid_p",
    "newcombe",
    "peek_safe",
    "plan",
    "population_bounds",
    "population_rate",
    "rated_difference",
    "run_statistics",
    "set_bounds",
    "sign_test",
    "spearman",
    "stratified_share",
    "this_set_rate",
    "ties_half_interval",
    "verdicts_for",
    "wilson",
]

_MODULES = {
    "ac1_value": "coefficients",
    "alpha_value": "coefficients",
    "auroc": "coefficients",
    "bonett_price": "exact_tests",
    "brier": "agreement",
    "budget": "power",
    "clopper_pearson": "intervals",
    "cohen_kappa": "coefficients",
    "compare_judge_pairs": "paired",
    "fisher": "exact_tests",
    "gate": "gating",
    "headline": "assisted",
    "headline_inputs": "assisted",
    "holm": "exact_tests",
    "live_numbers": "summary",
    "mcnemar": "exact_tests",
    "mean_preference": "summary",
    "mean_spread": "intervals",
    "mid_p": "exact_tests",
    "newcombe": "exact_tests",
    "peek_safe": "sequential",
    "plan": "power",
    "population_bounds": "sequential",
    "population_rate": "poststratify",
    "rated_difference": "run_difference",
    "run_statistics": "summary",
    "set_bounds": "sequential",
    "sign_test": "intervals",
    "spearman": "coefficients",
    "stratified_share": "intervals",
    "this_set_rate": "poststratify",
    "ties_half_interval": "intervals",
    "verdicts_for": "power",
    "wilson": "intervals",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
