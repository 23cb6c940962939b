"""Judges, their judgments, and the rule by which judgments on a pair make a verdict."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Verdict
from uphold.records.texts import canonical_hash

_RECORDED_ELSEWHERE = ("imported", "program")


@dataclass(frozen=True)
class Judge:
    """Something that gives verdicts, in an exact version.

    `kind` is llm, rules, imported, or program (what decides through `decide --as-program`). `definition` holds everything
    that changes an answer (model, prompt, rubric, options) as (name, value) sorted by name; it is empty for an imported
    judge and a program. Orders, samples, address and prices are not part of it.
    """

    name: str
    kind: str
    definition: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> str:
        """Hash of kind and definition, or of kind and name for an imported judge or a program."""
        if self.kind in _RECORDED_ELSEWHERE:
            return canonical_hash({"kind": self.kind, "name": self.name})
        return canonical_hash({"kind": self.kind, "definition": dict(self.definition)})

    @property
    def takes_reference(self) -> bool:
        """Whether the judge is given the example's reference, so that its verdict depends on it.

        A judge with a template of its own is given it where the template has a place for it.
        """
        template = dict(self.definition).get("template")
        return self.kind not in _RECORDED_ELSEWHERE and (template is None or "{reference}" in template)


@dataclass(frozen=True, slots=True)
class JudgeRef:
    """A judge version of the store: its row id, name, kind (llm, rules, imported or program) and version hash."""

    id: int
    name: str
    kind: str
    version: str


@dataclass(frozen=True, slots=True)
class JudgmentProblem:
    """Why judgments failed or could not be read: the first such reason, how many have it, and an example's key."""

    what: str
    count: int
    example: str
    status: JudgmentStatus


@dataclass(frozen=True, slots=True)
class Judgment:
    """One answer of a judge on one pair in one order: a readable one has a verdict, any other a `problem`.

    `preference` is the soft preference for the candidate and `confidence` the stated one, both 0 to 1; `raw` is the answer
    as it came. `fence` is the separator of the prompt's parts. `cost` is in dollars. `reference_id` is the row of the
    reference up to the pair's turn that the judge saw, None where it saw none. `request_form` is JSON: how the request
    differed from what was asked for, since the server takes no other; None if it did not. `criteria` are the verdicts by
    the criteria of the judge, by name.
    """

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
    reference_id: int | None = None
    request_form: str | None = None
    criteria: tuple[tuple[str, Preference], ...] = ()


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """A judge's verdict on one pair, with the judgments it follows from."""

    judge_id: int
    name: str
    kind: str
    verdict: Verdict
    judgments: tuple[Judgment, ...] = ()


def verdict_of(judgments: Iterable[Judgment], requested: Mapping[AnswerOrder, int] | None) -> Verdict:
    """Return the verdict of one judge's judgments on one pair.

    `requested` is the number of samples requested in each order; None (an imported judge) takes the orders and samples
    that exist. An order's verdict is the most frequent one of its samples, a tie if two are. The pair's verdict is
    failed if any order failed, else unreadable if any is, else pending if any is incomplete, else the common verdict of
    the orders, else inconsistent. A sample that failed and was judged later counts as judged.
    """
    by_order: dict[AnswerOrder, dict[int, list[Judgment]]] = {}
    for judgment in judgments:
        by_order.setdefault(judgment.order, {}).setdefault(judgment.sample, []).append(judgment)
    if requested is None:
        requested = {order: len(samples) for order, samples in by_order.items()}
    verdicts = {_order_verdict(by_order.get(order, {}), samples) for order, samples in requested.items()}
    for incomplete in (Verdict.FAILED, Verdict.UNREADABLE, Verdict.PENDING):
        if incomplete in verdicts:
            return incomplete
    if not verdicts:
        return Verdict.PENDING
    return verdicts.pop() if len(verdicts) == 1 else Verdict.INCONSISTENT


def criterion_verdicts(judgments: Iterable[Judgment], names: Iterable[str] | None = None) -> dict[str, Verdict]:
    """Return what one judge's judgments on one pair amount to by each criterion, by the rule for the whole.

    `names` are the criteria, None for those that any judgment has a verdict by. A readable judgment that has none by a
    criterion is unreadable there; one that failed counts for nothing.
    """
    readable = [judgment for judgment in judgments if judgment.status is JudgmentStatus.READABLE]
    if names is None:
        names = dict.fromkeys(name for judgment in readable for name, _ in judgment.criteria)
    return {name: verdict_of([_by_criterion(judgment, name) for judgment in readable], None) for name in names}


def sample_votes(judgments: Iterable[Judgment]) -> dict[AnswerOrder, Counter[Preference]]:
    """Return what the readable samples of each order say, for the orders that were asked for several."""
    votes: dict[AnswerOrder, Counter[Preference]] = {}
    several = set()
    for judgment in judgments:
        if judgment.sample:
            several.add(judgment.order)
        if judgment.verdict is not None:
            votes.setdefault(judgment.order, Counter())[judgment.verdict] += 1
    return {order: found for order, found in votes.items() if order in several}


def _by_criterion(judgment: Judgment, name: str) -> Judgment:
    word = dict(judgment.criteria).get(name)
    status = JudgmentStatus.UNREADABLE if word is None else JudgmentStatus.READABLE
    return Judgment(judgment.order, status, word, judgment.sample)


def _order_verdict(samples: Mapping[int, list[Judgment]], requested: int) -> Verdict:
    """Return the verdict in one order, given its judgments by sample."""
    if len(samples) < max(requested, 1):
        return Verdict.PENDING
    answers = [_sample_judgment(judgments) for judgments in samples.values()]
    votes = Counter(judgment.verdict for judgment in answers if judgment.verdict is not None)
    if votes:
        return Verdict(_most_frequent(votes).value)
    failed = any(judgment.status is JudgmentStatus.FAILED for judgment in answers)
    return Verdict.FAILED if failed else Verdict.UNREADABLE


def _sample_judgment(judgments: list[Judgment]) -> Judgment:
    """Return the judgment that counts for a sample: the first that did not fail, else the last."""
    return next((judgment for judgment in judgments if judgment.status is not JudgmentStatus.FAILED), judgments[-1])


def _most_frequent(votes: Counter[Preference]) -> Preference:
    """Return the most frequent verdict, a tie if two are."""
    (first, most), *second = votes.most_common(2)
    is_draw = bool(second) and second[0][1] == most
    return Preference.TIE if is_draw else first
