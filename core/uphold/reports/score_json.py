"""Scores of systems, compared and gated, as JSON values."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from uphold.records.comparisons import ScoreComparison, ScoreGate
from uphold.records.scores import Score, SystemScores

Json = dict[str, Any]

UNPAIRED = "no documents are known that both were scored on: the two values are compared by their standard errors"


def score_json(score: Score) -> Json:
    """Return a score with its standard error and number of documents, null where they are not known."""
    return {"value": score.value, "error": score.error, "n": score.n}


def scores_json(systems: Sequence[SystemScores]) -> list[Json]:
    """Return the scores of systems as JSON, each by its name."""
    return [
        {
            "system": one.system,
            "scores": {
                name: {
                    **score_json(score),
                    "higher_is_better": score.higher_is_better,
                    "filter": score.filter,
                    "tasks": list(score.leaves),
                    "items": score.items,
                }
                for name, score in one.scores.items()
            },
        }
        for one in systems
    ]


def score_comparison_json(found: ScoreComparison) -> Json:
    """Return a score of two systems as JSON; `items` is null where no documents are compared one by one."""
    items = found.items
    return {
        "name": found.name,
        "filter": found.after.filter,
        "higher_is_better": found.after.higher_is_better,
        "before": score_json(found.before),
        "after": score_json(found.after),
        "paired": items is not None,
        "items": None
        if items is None
        else {
            "shared": items.shared,
            "both": items.both,
            "lost": items.only_before,
            "won": items.only_after,
            "neither": items.neither,
        },
        "difference": asdict(found.difference),
        "p": found.p,
        "lost": [asdict(item) for item in found.lost],
        "won": [asdict(item) for item in found.won],
        "note": found.note or None,
        **({"reason": UNPAIRED} if items is None else {}),
    }


def score_gate_json(found: ScoreGate) -> Json:
    """Return whether a score is no worse: its comparison, the one-sided bounds of its gain, and the outcome with its reason."""
    return {
        **score_comparison_json(found.comparison),
        "outcome": found.outcome.value,
        "margin": found.margin,
        "bound": found.bounds.low,
        "upper_bound": found.bounds.high,
        "level": found.bounds.level,
        "reason": found.reason,
    }
