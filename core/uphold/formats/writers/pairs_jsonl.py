"""Writer of pairs as JSONL: one object per line, ASCII, texts unchanged."""

from collections.abc import Iterable, Iterator
from typing import Any

from uphold.formats.writers.json_line import json_line
from uphold.records.judgments import Judgment
from uphold.records.rows import ExportedJudge, ExportedPair, ExportedReviewer


def json_lines(pairs: Iterable[ExportedPair]) -> Iterator[str]:
    """Yield one line per pair, each with its line end."""
    for pair in pairs:
        yield json_line(pair_object(pair))


def pair_object(pair: ExportedPair) -> dict[str, Any]:
    """Return a pair as an object whose texts can be imported again: they have the field names of the `pairs` format."""
    return {
        "run": pair.run,
        "set": pair.set,
        "key": pair.key,
        "turn": pair.turn,
        "contents": pair.contents,
        "tags": list(pair.tags),
        "context": pair.text.context,
        "turns": list(pair.text.turns),
        "reference": list(pair.text.references) if any(text is not None for text in pair.text.references) else None,
        "candidate": pair.candidate,
        "baseline": pair.baseline,
        "response_candidate": list(pair.candidate_cells),
        "response_baseline": list(pair.baseline_cells),
        "judges": [_judge_object(judge) for judge in pair.judges],
        "human": {"label": pair.label, "votes": pair.votes, "adjudicated": pair.adjudicated},
        "reviewers": [_reviewer_object(reviewer) for reviewer in pair.reviewers],
    }


def _judge_object(judge: ExportedJudge) -> dict[str, Any]:
    explaining = judge.explaining_judgment
    return {
        "judge": judge.name,
        "version": judge.version,
        "kind": judge.verdict.kind,
        "verdict": judge.verdict.verdict.value,
        "confidence": judge.confidence,
        "preference": judge.preference,
        "reason": explaining.reason if explaining is not None else None,
        "judgments": [_judgment_object(judgment) for judgment in judge.verdict.judgments],
    }


def _judgment_object(judgment: Judgment) -> dict[str, Any]:
    names = ("order", "sample", "status", "verdict", "preference", "confidence", "reason", "problem", "at")
    return {name: getattr(judgment, name) for name in names}


def _reviewer_object(reviewer: ExportedReviewer) -> dict[str, Any]:
    state, first = reviewer.state, reviewer.first_decision
    shown = first.shown if first is not None else None
    return {
        "reviewer": reviewer.name,
        "decision": state.decision.choice if state.decision is not None else None,
        "first_decision": first.choice if first is not None else None,
        "ruling": reviewer.ruling,
        "adjudicated": state.adjudicated.choice if state.adjudicated is not None else None,
        "reasons": list(state.reasons),
        "comment": reviewer.comment,
        "flag": state.flagged,
        "skipped": state.skipped,
        "mode": shown.mode if shown is not None else None,
        "verdict_shown": shown.verdict_shown if shown is not None else None,
        "judge_verdict": shown.verdict if shown is not None else None,
        "seconds": first.seconds if first is not None else None,
        "source": first.source if first is not None else None,
        "at": first.at if first is not None else None,
    }
