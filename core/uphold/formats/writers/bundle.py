"""Writer of bundles: JSONL, each line an object with one field that says what it is. ASCII, texts unchanged.

The first line is about the set; examples and pairs are rows of the `pairs` format. docs/exports.md lists the lines.
"""

from dataclasses import asdict
from typing import Any

from uphold.formats.writers.eval_set import example_object, header_object
from uphold.formats.writers.json_line import json_line
from uphold.records.bundles import (
    BUNDLE_VERSION,
    BundleEvent,
    BundleFact,
    BundleHeader,
    BundleJudge,
    BundleJudgment,
    BundleOrder,
    BundlePair,
    BundlePlan,
    BundleQueue,
    BundleQueueItem,
    BundleReference,
    BundleRun,
    BundleSession,
    BundleShown,
    PairAnswers,
)
from uphold.records.sets import Example

HEADER = "uphold"

LINES: dict[type[Any], str] = {
    BundleRun: "run",
    BundlePair: "pair",
    BundleReference: "reference",
    BundleJudge: "judge",
    BundleOrder: "order",
    BundleJudgment: "judgment",
    BundleQueue: "queue",
    BundleQueueItem: "place",
    BundleSession: "session",
    BundlePlan: "plan",
    BundleShown: "shown",
    BundleEvent: "event",
}
"""What the line of a fact is called."""


def header_line(header: BundleHeader) -> str:
    """Return the first line of a bundle."""
    about = {"bundle": BUNDLE_VERSION, "set": header_object(header.set), "judge": header.pin}
    about |= {"reasons": dict(header.reasons), "reviewers": list(header.reviewers)}
    return json_line({HEADER: about})


def example_line(example: Example) -> str:
    """Return the line of an example."""
    return json_line({"example": example_object(example)})


def pair_line(answers: PairAnswers, run: BundleRun) -> str:
    """Return the line of a pair, with the answers of both systems to all turns of its example."""
    systems = {"candidate": run.candidate, "baseline": run.baseline}
    cells = {"response_candidate": list(answers.candidate_cells), "response_baseline": list(answers.baseline_cells)}
    return json_line({"pair": {**asdict(answers.pair), **systems, **cells}})


def fact_line(fact: BundleFact) -> str:
    """Return the line of any other fact; what is not there is left out."""
    known = {name: value for name, value in _object(fact).items() if value is not None}
    return json_line({LINES[type(fact)]: known})


def _object(fact: BundleFact) -> dict[str, Any]:
    if isinstance(fact, BundleJudge):
        judge = fact.judge
        about = {"number": fact.number, "name": judge.name, "version": judge.version, "kind": judge.kind}
        return {**about, "definition": dict(judge.definition), "fence": fact.fence}
    if isinstance(fact, BundleJudgment):
        where = {"pair": fact.pair, "judge": fact.judge, "purpose": fact.purpose, "reference": fact.reference}
        criteria = {name: word.value for name, word in fact.judgment.criteria} or None
        return {**where, **asdict(fact.judgment), "reference_id": None, "criteria": criteria}
    if isinstance(fact, BundleEvent):
        event = asdict(fact.event)
        event |= {"pair": event.pop("pair_id"), "reference_id": None, "chosen": fact.event.chosen or None}
        shown = event["shown"]
        if shown is not None:
            shown["judge"] = shown.pop("judge_id")
        return {"reviewer": fact.reviewer, "session": fact.session, "reference": fact.reference, **event}
    return asdict(fact)
