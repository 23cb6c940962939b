"""Judges and their judgments."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Verdict
from uphold.records.texts import canonical_hash


@dataclass(frozen=True)
class Judge:
    """Something that gives verdicts, in an exact version.

    `kind` is llm, rules or imported. `definition` is whatever changes an answer (model, prompt, rubric, options),
    as pairs sorted by name; an imported judge is its name alone. Orders, samples, address and prices are not in it.
    """

    name: str
    kind: str
    definition: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> str:
        """Hash of kind and definition."""
        if self.kind == "imported":
            return canonical_hash({"kind": self.kind, "name": self.name})
        return canonical_hash({"kind": self.kind, "definition": dict(self.definition)})


@dataclass(frozen=True, slots=True)
class Judgment:
    """One answer of a judge on one pair in one order: readable ones have a verdict, the others a `problem`."""

    order: AnswerOrder
    status: JudgmentStatus
    verdict: Preference | None = None
    sample: int = 0
    preference: float | None = None
    confidence: float | None = None
    reason: str | None = None
    raw: str | None = None
    problem: str | None = None
    prompt_name: str | None = None
    fence: str | None = None
    stop_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """A judge's verdict on one pair, with the judgments it was made from."""

    judge_id: int
    name: str
    kind: str
    verdict: Verdict
    judgments: tuple[Judgment, ...] = ()


VerdictRule = Callable[[tuple[Judgment, ...], Mapping[AnswerOrder, int] | None], Verdict]
"""(judgments on a pair, samples asked for in each order or None) -> the verdict they amount to."""


def verdict_of(judgments: Iterable[Judgment], asked: Mapping[AnswerOrder, int] | None) -> Verdict:
    """What one judge's judgments on one pair amount to.

    `asked` is the number of samples asked for in each order; None (a judge recorded elsewhere) takes the orders and
    samples that are there. Over the orders: any failed, else any unreadable, else any missing (pending), else the word
    that they all say, else inconsistent (a tie is a word like the others). A sample that failed and was settled later
    counts as settled.
    """
    by_order: dict[AnswerOrder, dict[int, list[Judgment]]] = {}
    for judgment in judgments:
        by_order.setdefault(judgment.order, {}).setdefault(judgment.sample, []).append(judgment)
    if asked is None:
        asked = {order: len(samples) for order, samples in by_order.items()}
    verdicts = {_order_verdict(by_order.get(order, {}), samples) for order, samples in asked.items()}
    for outcome in (Verdict.FAILED, Verdict.UNREADABLE, Verdict.PENDING):
        if outcome in verdicts:
            return outcome
    if not verdicts:
        return Verdict.PENDING
    return verdicts.pop() if len(verdicts) == 1 else Verdict.INCONSISTENT


def _order_verdict(samples: Mapping[int, list[Judgment]], asked: int) -> Verdict:
    if len(samples) < max(asked, 1):
        return Verdict.PENDING
    settled = [_votes_verdict(judgments) for judgments in samples.values()]
    votes = Counter(judgment.verdict for judgment in settled if judgment.verdict is not None)
    if votes:
        return Verdict(_most_frequent(votes).value)
    failed = any(judgment.status is JudgmentStatus.FAILED for judgment in settled)
    return Verdict.FAILED if failed else Verdict.UNREADABLE


def _votes_verdict(judgments: list[Judgment]) -> Judgment:
    return next((judgment for judgment in judgments if judgment.status is not JudgmentStatus.FAILED), judgments[-1])


def _most_frequent(votes: Counter[Preference]) -> Preference:
    (first, most), *others = votes.most_common(2)
    drawn = bool(others) and others[0][1] == most
    return Preference.TIE if drawn else first
