"""A judge in both orders: accuracy, right in both, consistency; and how often its verdict changes when asked again."""

import pytest

from support.run_counts import VERDICTS, counts_of, votes
from uphold.records.counts import Reruns
from uphold.stats.both_orders import both_orders, rerun_spread
from uphold.stats.intervals import wilson

SAID = {"W": "candidate", "L": "baseline", "T": "tie", "U": "unreadable"}


def judged(*rows):
    """Rows of (what people say, what the judge says in both orders, how many)."""
    pairs = [
        (votes(human), VERDICTS[orders[0] if orders[0] == orders[1] else "I"], tuple(SAID[word] for word in orders), 0)
        for human, orders, count in rows
        for _ in range(count)
    ]
    return counts_of(pairs).judges[0]


def test_accuracy_is_the_mean_of_both_orders_and_an_unreadable_answer_is_wrong():
    found = both_orders(judged(("W", "WW", 50), ("W", "WL", 30), ("W", "UW", 10), ("L", "WW", 10)))
    assert (found.accuracy.rate, found.accuracy.n) == (pytest.approx((50 + 15 + 5) / 100), 100)
    assert found.accuracy.low < 0.7 < found.accuracy.high
    assert (found.right.rate, found.right.low, found.right.high) == (0.5, *wilson(50, 100))
    assert (found.consistency.rate, found.consistency.n) == (0.6, 100)


def test_a_tie_is_right_where_people_say_tie_and_a_pair_unreadable_twice_is_wrong_and_the_same():
    found = both_orders(judged(("T", "TT", 6), ("B", "TT", 6), ("W", "TT", 4), ("W", "UU", 4)))
    assert (found.right.rate, found.accuracy.rate, found.consistency.rate) == (12 / 20, 12 / 20, 1)


def test_consistency_counts_pairs_without_a_label_and_the_others_do_not():
    found = both_orders(judged((".", "WW", 30), ("WL", "WL", 10), ("W", "WW", 10)))
    assert (found.consistency.rate, found.consistency.n, found.right.n) == (0.8, 50, 10)
    none = both_orders(judged((".", "WW", 3)))
    assert none.accuracy.reason == none.right.reason == "no pair that was judged in both orders has a human label"


def test_a_judge_of_one_order_has_a_reason_for_each():
    found = both_orders(counts_of([(votes("W"), VERDICTS["W"], None, 0)] * 20).judges[0])
    reasons = {found.accuracy.reason, found.right.reason, found.consistency.reason}
    assert reasons == {"no pair was judged in both orders"}


def test_pairs_of_one_conversation_widen_these_intervals():
    alone = both_orders(judged(("W", "WW", 30), ("W", "LL", 30)))
    rows = [
        (votes("W"), VERDICTS[word], (SAID[word],) * 2, k) for k in range(1, 21) for word in ("W" if k % 2 else "L") * 3
    ]
    shared = both_orders(counts_of(rows).judges[0])
    for one, other in ((alone.right, shared.right), (alone.accuracy, shared.accuracy)):
        assert one.rate == other.rate == 0.5
        assert other.high - other.low > 1.5 * (one.high - one.low)


def test_the_rerun_spread_is_a_share_with_wilson_s_interval_and_says_where_it_comes_from():
    found = rerun_spread(Reruns(((0, 1.0, 6), (0, 0.0, 54))))
    assert (found.rate, found.low, found.high, found.method) == (0.1, *wilson(6, 60), "wilson")
    assert rerun_spread(Reruns(((0, 0.0, 60),), from_samples=True)).method == "wilson, second sample against first"
    for nothing in (None, Reruns(())):
        assert rerun_spread(nothing).reason == "this judge was asked nothing a second time"
