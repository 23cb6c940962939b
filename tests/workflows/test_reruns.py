"""How often a judge's verdict changes when the same judge is asked again, from what a file holds."""

import pytest

from support.imports import bring, judged
from support.stores import new_store
from uphold.workflows.statistics import read_run_statistics

BOTH = ("candidate-first", "baseline-first")


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "u.db") as opened:
        rows = [judged(f"k{at}", "candidate", order=order) for at in range(20) for order in BOTH]
        bring(opened, *rows)
        yield opened


def ask_again(store, pair, *answers, purpose="rerun", sample=0):
    """Judgments as a second asking leaves them; `-` is one that cannot be read, `!` one that failed."""
    status = {"-": "unreadable", "!": "failed"}
    with store.writing() as conn:
        conn.executemany(
            "INSERT INTO judgments (pair_id, judge_id, answer_order, sample, purpose, status, verdict, created_at)"
            " VALUES (?, 1, ?, ?, ?, ?, ?, '2026-03-01T10:00:00Z')",
            [
                (pair, order, sample, purpose, status.get(word, "readable"), None if word in status else word)
                for order, word in zip(BOTH, answers, strict=False)
            ],
        )


def rerun(store):
    (judge,) = read_run_statistics(store, None).judges
    return judge.both_orders.rerun


def test_a_judge_that_was_asked_once_has_a_reason(store):
    assert (rerun(store).rate, rerun(store).reason) == (None, "this judge was asked nothing a second time")


def test_a_verdict_that_changes_in_one_order_has_changed(store):
    for pair in range(1, 13):
        ask_again(store, pair, "candidate", "candidate")
    ask_again(store, 13, "candidate", "baseline")
    ask_again(store, 14, "baseline", "baseline")
    ask_again(store, 15, "-", "candidate")
    found = rerun(store)
    assert (found.rate, found.n, found.method) == (3 / 15, 15, "wilson")
    assert found.low < 0.2 < found.high


def test_what_failed_or_was_asked_in_one_order_only_is_left_out(store):
    ask_again(store, 1, "candidate", "candidate")
    ask_again(store, 2, "!", "candidate")
    ask_again(store, 3, "baseline")
    assert (rerun(store).rate, rerun(store).n) == (0, 1)


def test_reruns_change_no_verdict(store):
    before = read_run_statistics(store, None).judges[0].wins
    for pair in range(1, 21):
        ask_again(store, pair, "baseline", "baseline")
    assert read_run_statistics(store, None).judges[0].wins == before == 20


def test_without_a_rerun_a_second_sample_is_held_against_the_first(store):
    with store.writing() as conn:
        conn.execute("UPDATE judge_orders SET samples = 2")
    for pair in range(1, 11):
        ask_again(store, pair, "candidate", "candidate", purpose="verdict", sample=1)
    for pair in range(11, 16):
        ask_again(store, pair, "tie", "tie", purpose="verdict", sample=1)
    found = rerun(store)
    assert (found.rate, found.n, found.method) == (5 / 15, 15, "wilson, second sample against first")
