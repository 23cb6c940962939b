"""Certificates: what a judge agreed with people on locked pairs, what that is bound to, and the rule by which it stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from uphold.formatting import count_noun, percent
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.enums import AnswerOrder
from uphold.records.judgments import JudgeRef
from uphold.records.statistics import Rate

LEAST_EXAMPLES = 30
"""With fewer decided examples in the locked half there is no test."""

DRIFT_PAIRS = 60
"""So many pairs are asked again when a judge is certified, and in each check for drift."""

LEAST_DRIFT_PAIRS = 30
"""With fewer pairs there is no check for drift; below `DRIFT_PAIRS` it sees little."""

CHANGED_SHARE = 0.1
"""A certificate lapses when this share of the set's examples has changed."""

BETTER_P = 0.05
"""A judge is better than another where the one-sided p is no larger."""


class CertifyState(StrEnum):
    """What became of a test on locked pairs."""

    STANDS = "stands"
    NOT_SHOWN = "not-shown"
    REFUSED = "refused"
    SPENT = "spent"


class CertificateState(StrEnum):
    """What a certificate is now."""

    STANDS = "stands"
    NOT_SHOWN = "not-shown"
    LAPSED = "lapsed"


class DriftState(StrEnum):
    """What came of a check for drift."""

    HOLDS = "holds"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BetterThan:
    """Pairs on which only this judge is right (`better`) or only the other (`worse`), and the one-sided p for this one."""

    better: int
    worse: int
    p: float

    @property
    def is_shown(self) -> bool:
        """Whether this judge is better, with 95 % confidence."""
        return self.p <= BETTER_P


@dataclass(frozen=True, slots=True)
class TagAgreement:
    """On how many of the n tested pairs with a tag the judge said what people did."""

    tag: str
    agreed: int
    n: int

    @property
    def is_covered(self) -> bool:
        """Whether enough pairs with the tag were tested for the certificate to speak of it."""
        return self.n >= MIN_FOR_RATE


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How often people agree: one reviewer with themselves on pairs shown twice, or two reviewers with each other."""

    who: tuple[str, ...]
    rate: Rate

    @property
    def words(self) -> str:
        """Whose agreement it is: `mira, asked twice`, or `ada and ben`."""
        return f"{self.who[0]}, asked twice" if len(self.who) == 1 else " and ".join(self.who)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a certificate is bound to: with one of these changed it does not stand any more.

    `set_floor` is the floor that the set had then, None where it had none; `examples` is how many the version has.
    """

    set: str
    version: int
    set_hash: str
    examples: int
    orders: tuple[AnswerOrder, ...]
    samples: int
    floor: float
    set_floor: float | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """One test of a judge on locked pairs, and what it is bound to.

    `run` is the run whose pairs were tested, None where those of all runs of the set were. `agreement` runs from the
    one-sided lower 95 % bound up to 1. `unreadable` pairs counted as not the same. On `seen` pairs people had this judge's
    verdict in view when they decided. `test` is that against the judge `against`, where one was named.
    """

    id: int
    judge: JudgeRef
    set_id: int
    run: str | None
    created_at: str
    bound: Bound
    agreement: Rate
    agreed: int
    examples: int
    unreadable: int
    seen: int
    tags: tuple[TagAgreement, ...] = ()
    against: JudgeRef | None = None
    test: BetterThan | None = None

    @property
    def reaches_floor(self) -> bool:
        """Whether the bound reaches the floor."""
        return self.agreement.low is not None and self.agreement.low >= self.bound.floor

    @property
    def is_shown(self) -> bool:
        """Whether the test was passed: the floor reached, and the other judge beaten where one was named."""
        return self.reaches_floor and (self.test is None or self.test.is_shown)

    @property
    def not_covered(self) -> tuple[TagAgreement, ...]:
        """The tags of which too few pairs were tested."""
        return tuple(tag for tag in self.tags if not tag.is_covered)


@dataclass(frozen=True, slots=True)
class DriftCheck:
    """One check for drift: of `asked` verdicts `changed` are not what they were, and up to `limit` may be.

    `agreed_then` and `agreed_now` are on how many of these pairs the judge says what people said, `p` McNemar's exact p of
    that change. `served` is the model that the server named, where it is another one than before.
    """

    created_at: str
    state: DriftState
    asked: int
    changed: int
    limit: int
    agreed_then: int
    agreed_now: int
    p: float
    served: str | None = None

    @property
    def sees_little(self) -> bool:
        """Whether so few pairs were asked that only a large change would be seen."""
        return self.asked < DRIFT_PAIRS


@dataclass(frozen=True, slots=True)
class RerunCount:
    """Of `asked` verdicts, `changed` were others when the judge was asked again right after it was certified."""

    asked: int
    changed: int


@dataclass(frozen=True, slots=True)
class EndedJudge:
    """Why and when a judge version ended: `drift`, or `another model`."""

    reason: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Present:
    """What a certificate is held against: the set and its runs as they are now.

    `judge` is the judge in force, None where there is none. `orders` and `samples` are those that the runs ask of the
    certified judge, None where they ask nothing of it. `changed_examples` were added, edited or retired since. `ended` says
    why the certified version is not asked any more, None where it is.
    """

    judge: JudgeRef | None
    orders: tuple[AnswerOrder, ...] | None
    samples: int | None
    floor: float | None
    changed_examples: int
    ended: EndedJudge | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate with what it is now, why it lapsed, its checks for drift, the oldest first, and its rerun count."""

    certificate: Certificate
    state: CertificateState
    reasons: tuple[str, ...] = ()
    checks: tuple[DriftCheck, ...] = ()
    rerun: RerunCount | None = None

    @property
    def stands(self) -> bool:
        """Whether the judge may be relied on as the certificate says."""
        return self.state is CertificateState.STANDS


def changed_limit(examples: int) -> int:
    """Return from how many changed examples on a certificate over a version with so many lapses."""
    return max(1, math.ceil(CHANGED_SHARE * examples - 1e-9))


def certificate_state(
    certificate: Certificate, present: Present, checks: Sequence[DriftCheck]
) -> tuple[CertificateState, tuple[str, ...]]:
    """Return what a certificate is now, and each reason why it lapsed as a sentence without its stop."""
    if not certificate.is_shown:
        return CertificateState.NOT_SHOWN, ()
    reasons = tuple(_lapses(certificate, present, checks))
    return (CertificateState.LAPSED, reasons) if reasons else (CertificateState.STANDS, ())


def _lapses(certificate: Certificate, present: Present, checks: Sequence[DriftCheck]) -> list[str]:
    bound, found = certificate.bound, []
    for check in checks:
        if check.state is DriftState.CHANGED:
            found.append(f"the drift check of {check.created_at[:10]} found {drift_words(check)}")
    if present.ended is not None and not found:
        found.append(f"it was found changed on {present.ended.created_at[:10]} ({present.ended.reason})")
    if present.judge is not None and present.judge.version != certificate.judge.version:
        now = f"{present.judge.name}@{present.judge.version[:8]}"
        found.append(f"{now} is in force, {certificate.judge.name}@{certificate.judge.version[:8]} was tested")
    if present.orders is not None and set(present.orders) != set(bound.orders):
        found.append(f"it is asked in {order_words(present.orders)}, and it was tested in {order_words(bound.orders)}")
    elif present.samples is not None and present.samples != bound.samples:
        found.append(f"it is asked {present.samples} times an order, and it was tested with {bound.samples}")
    if present.floor != bound.set_floor:
        before, now = ("none" if one is None else percent(one) for one in (bound.set_floor, present.floor))
        found.append(f"the floor of the set is {now} now, it was {before}")
    if present.changed_examples >= changed_limit(bound.examples):
        examples = count_noun(present.changed_examples, "example")
        found.append(f"{examples} of {bound.examples} changed since version {bound.version} of the set")
    return found


def drift_words(check: DriftCheck) -> str:
    """Return what a check counted: `7 of 60 verdicts changed, up to 8 may`."""
    counted = f"{check.changed} of {check.asked} verdicts changed, up to {check.limit} may"
    return counted if check.served is None else f"{counted}; the server answers as {check.served}"


_ORDER_WORDS = {
    AnswerOrder.CANDIDATE_FIRST: "candidate first",
    AnswerOrder.BASELINE_FIRST: "baseline first",
    AnswerOrder.NONE: "no order",
    AnswerOrder.UNKNOWN: "an order that is not known",
}


def order_words(orders: Sequence[AnswerOrder]) -> str:
    """Return orders as words: `both orders`, or the one there is."""
    if {AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST} <= set(orders):
        return "both orders"
    return ", ".join(_ORDER_WORDS[order] for order in orders)


def lacking_words(standing: Standing | None) -> str:
    """Return why no certificate stands: there is none, or what became of it."""
    if standing is None:
        return "no judge of the set is certified"
    name = standing.certificate.judge.name
    if standing.state is CertificateState.NOT_SHOWN:
        return f"the test of {name} did not show what it was to show"
    return f"the certificate of {name} lapsed: {'; '.join(standing.reasons)}"
