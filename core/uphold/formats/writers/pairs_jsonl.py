"""Pairs as JSON, one object a line: ASCII, texts as they came."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from uphold.records.judgments import Judgment
from uphold.records.rows import ExportedJudge, ExportedPair, ExportedReviewer


def json_lines(pairs: Iterable[ExportedPair]) -> Iterator[str]:
    """One line a pair, each with its line end."""
    for pair in pairs:
        # DEL is ASCII, but no text: the one control character that JSON may hold as it is.
        yield json.dumps(as_json(pair), ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def as_json(pair: ExportedPair) -> dict[str, Any]:
    """A pair; the fields that the `pairs` format knows have its names, so that the texts can be imported again."""
    return {
        "run": pair.run,
        "set": pair.set,
        "key": pair.key,
        "turn": pair.turn,
        "contents": pair.contents,
        "tags": list(pair.tags),
        "context": pair.text.context,
        "turns": list(pair.text.turns),
        "reference": list(pair.text.references) if any(one is not None for one in pair.text.references) else None,
        "candidate": pair.candidate,
        "baseline": pair.baseline,
        "response_candidate": list(pair.candidate_cells),
        "response_baseline": list(pair.baseline_cells),
        "judges": [_judge(one) for one in pair.judges],
        "human": {"label": pair.label, "votes": pair.votes, "adjudicated": pair.adjudicated},
        "reviewers": [_reviewer(one) for one in pair.reviewers],
    }


def _judge(one: ExportedJudge) -> dict[str, Any]:
    reasoned = one.reasoned
    return {
        "judge": one.name,
        "version": one.version,
        "kind": one.said.kind,
        "verdict": one.said.verdict.value,
        "confidence": one.confidence,
        "preference": one.preference,
        "reason": reasoned.reason if reasoned is not None else None,
        "judgments": [_judgment(judgment) for judgment in one.said.judgments],
    }


def _judgment(judgment: Judgment) -> dict[str, Any]:
    names = ("order", "sample", "status", "verdict", "preference", "confidence", "reason", "problem", "at")
    return {name: getattr(judgment, name) for name in names}


def _reviewer(one: ExportedReviewer) -> dict[str, Any]:
    stand, first = one.state, one.first
    shown = first.shown if first is not None else None
    return {
        "reviewer": one.name,
        "decision": stand.decision.choice if stand.decision is not None else None,
        "first_decision": first.choice if first is not None else None,
        "ruling": one.ruling,
        "adjudicated": stand.adjudicated.choice if stand.adjudicated is not None else None,
        "reasons": list(stand.reasons),
        "comment": one.comment,
        "flag": stand.flagged,
        "skipped": stand.skipped,
        "mode": shown.mode if shown is not None else None,
        "verdict_shown": shown.verdict_shown if shown is not None else None,
        "judge_verdict": shown.verdict if shown is not None else None,
        "seconds": first.seconds if first is not None else None,
        "source": first.source if first is not None else None,
        "at": first.at if first is not None else None,
    }
