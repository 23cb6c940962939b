"""Numbers in, frozen results out; each carries its n, its level and how it was made. Standard library only.

`run_statistics(counts)` makes every number of a run; the rest are its parts, for use alone. Each name is imported when it
is first used, so that one interval does not load every result.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.stats.agreement import brier
    from uphold.stats.assisted import headline, headline_inputs
    from uphold.stats.coefficients import ac1_value, alpha_value, auroc, cohen_kappa, spearman
    from uphold.stats.exact_tests import bonett_price, fisher, holm, mcnemar, mid_p, newcombe
    from uphold.stats.intervals import clopper_pearson, half_posterior, mean_spread, sign_test, weighted_share, wilson
    from uphold.stats.paired import compare_judge_pairs, gate, paired_statistics
    from uphold.stats.poststratify import population, this_set
    from uphold.stats.power import budget, plan, verdicts_for
    from uphold.stats.sequential import peek_safe, set_bounds, source_bounds
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
    "half_posterior",
    "headline",
    "headline_inputs",
    "holm",
    "live_numbers",
    "mcnemar",
    "mean_preference",
    "mean_spread",
    "mid_p",
    "newcombe",
    "paired_statistics",
    "peek_safe",
    "plan",
    "population",
    "run_statistics",
    "set_bounds",
    "sign_test",
    "source_bounds",
    "spearman",
    "this_set",
    "verdicts_for",
    "weighted_share",
    "wilson",
]

_HOME = {
    "ac1_value": "coefficients",
    "alpha_value": "coefficients",
    "auroc": "coefficients",
    "bonett_price": "exact_tests",
    "brier": "agreement",
    "budget": "power",
    "clopper_pearson": "intervals",
    "cohen_kappa": "coefficients",
    "fisher": "exact_tests",
    "gate": "paired",
    "half_posterior": "intervals",
    "holm": "exact_tests",
    "compare_judge_pairs": "paired",
    "live_numbers": "summary",
    "mcnemar": "exact_tests",
    "mean_preference": "summary",
    "mid_p": "exact_tests",
    "newcombe": "exact_tests",
    "run_statistics": "summary",
    "headline": "assisted",
    "paired_statistics": "paired",
    "peek_safe": "sequential",
    "plan": "power",
    "population": "poststratify",
    "set_bounds": "sequential",
    "sign_test": "intervals",
    "source_bounds": "sequential",
    "spearman": "coefficients",
    "mean_spread": "intervals",
    "headline_inputs": "assisted",
    "this_set": "poststratify",
    "verdicts_for": "power",
    "weighted_share": "intervals",
    "wilson": "intervals",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
