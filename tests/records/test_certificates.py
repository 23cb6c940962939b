"""When a certificate stands, and every reason why it lapses."""

from dataclasses import replace

import pytest

from uphold.records.certificates import (
    BetterThan,
    Bound,
    Certificate,
    CertificateState,
    DriftCheck,
    DriftState,
    EndedJudge,
    Present,
    TagAgreement,
    certificate_state,
    changed_limit,
    lacking_words,
    order_words,
)
from uphold.records.enums import BOTH_ORDERS, AnswerOrder
from uphold.records.judgments import JudgeRef
from uphold.records.statistics import Rate

JUDGE = JudgeRef(1, "haiku", "llm", "a" * 64)

BOUND = Bound("desk", 3, "f" * 64, 120, BOTH_ORDERS, 1, 0.75, 0.75)

CERTIFICATE = Certificate(
    1, JUDGE, 1, "sft-vs-base", "2026-03-03T09:00:00Z", BOUND, Rate(52 / 60, 0.774, 1.0, 60), 52, 60, 0, 0
)

NOW = Present(JUDGE, BOTH_ORDERS, 1, 0.75, 0)

HOLDS = DriftCheck("2026-03-10T09:00:00Z", DriftState.HOLDS, 60, 2, 7, 52, 51, 1.0)

CHANGED = DriftCheck("2026-03-17T09:00:00Z", DriftState.CHANGED, 60, 12, 7, 52, 44, 0.008)


def test_it_stands_while_nothing_of_what_it_is_bound_to_changed():
    assert certificate_state(CERTIFICATE, NOW, []) == (CertificateState.STANDS, ())
    assert certificate_state(CERTIFICATE, NOW, [HOLDS]) == (CertificateState.STANDS, ())
    unasked = replace(NOW, judge=None, orders=None, samples=None, changed_examples=11)
    assert certificate_state(CERTIFICATE, unasked, [HOLDS]) == (CertificateState.STANDS, ())


@pytest.mark.parametrize(
    ("present", "checks", "reason"),
    [
        (replace(NOW, judge=replace(JUDGE, id=2, version="b" * 64)), [], "haiku@bbbbbbbb is in force, haiku@"),
        (replace(NOW, orders=(AnswerOrder.CANDIDATE_FIRST,)), [], "it is asked in candidate first"),
        (replace(NOW, samples=3), [], "it is asked 3 times an order"),
        (replace(NOW, floor=0.8), [], "the floor of the set is 80 % now, it was 75 %"),
        (replace(NOW, floor=None), [], "the floor of the set is none now"),
        (
            replace(NOW, ended=EndedJudge("another model", "2026-04-01T08:00:00Z")),
            [],
            "it was found changed on 2026-04-01",
        ),
        (replace(NOW, changed_examples=12), [], "12 examples of 120 changed since version 3 of the set"),
        (
            NOW,
            [HOLDS, CHANGED],
            "the drift check of 2026-03-17 found 12 of 60 verdicts changed, up to 7 may",
        ),
    ],
)
def test_it_lapses_with_the_reason(present, checks, reason):
    state, reasons = certificate_state(CERTIFICATE, present, checks)
    assert state is CertificateState.LAPSED
    assert len(reasons) == 1
    assert reasons[0].startswith(reason)


def test_several_reasons_are_all_said():
    present = replace(NOW, floor=0.8, changed_examples=40, ended=EndedJudge("drift", CHANGED.created_at))
    assert len(certificate_state(CERTIFICATE, present, [CHANGED])[1]) == 3


def test_a_test_that_was_not_passed_does_not_stand_whatever_changed():
    below = replace(CERTIFICATE, agreement=Rate(0.8, 0.7, 1.0, 60))
    assert certificate_state(below, replace(NOW, floor=0.9), [CHANGED]) == (CertificateState.NOT_SHOWN, ())
    no_better = replace(CERTIFICATE, against=replace(JUDGE, id=2), test=BetterThan(6, 3, 0.25))
    assert certificate_state(no_better, NOW, [])[0] is CertificateState.NOT_SHOWN
    better = replace(no_better, test=BetterThan(10, 2, 0.02))
    assert certificate_state(better, NOW, [])[0] is CertificateState.STANDS


def test_a_tenth_of_the_examples_is_the_limit():
    assert [changed_limit(n) for n in (1, 10, 11, 120, 200)] == [1, 1, 2, 12, 20]


def test_tags_of_fewer_than_ten_pairs_are_not_covered():
    tags = (TagAgreement("billing", 9, 10), TagAgreement("account", 9, 9), TagAgreement("refund", 0, 0))
    assert [tag.tag for tag in replace(CERTIFICATE, tags=tags).not_covered] == ["account", "refund"]


def test_what_is_lacking_and_orders_are_said():
    assert lacking_words(None) == "no judge of the set is certified"
    assert order_words(BOTH_ORDERS) == "both orders"
    assert order_words((AnswerOrder.UNKNOWN,)) == "an order that is not known"
