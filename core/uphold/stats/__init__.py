"""Numbers in, frozen results out; each carries its n, its level and how it was made. Standard library only.

What is named here is loaded when it is first asked for, so that one interval does not load every result.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.stats.clusters import spread
    from uphold.stats.intervals import clopper_pearson, half_posterior, sign_test, wilson
    from uphold.stats.judges import mean_preference
    from uphold.stats.kappa import cohen_kappa
    from uphold.stats.labels import label
    from uphold.stats.run import live, numbers

__all__ = [
    "clopper_pearson",
    "cohen_kappa",
    "half_posterior",
    "label",
    "live",
    "mean_preference",
    "numbers",
    "sign_test",
    "spread",
    "wilson",
]

_HOME = {
    "clopper_pearson": "intervals",
    "cohen_kappa": "kappa",
    "half_posterior": "intervals",
    "label": "labels",
    "live": "run",
    "mean_preference": "judges",
    "numbers": "run",
    "sign_test": "intervals",
    "spread": "clusters",
    "wilson": "intervals",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
