"""The numbers at the foot of a review: counted along with each act, they are what a count of everything gives."""

import random
from collections import Counter
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from support.imports import bring, judged, reviewed
from support.sessions import on_screen
from uphold.records.counts import PairGroup, RunCounts
from uphold.records.enums import Choice
from uphold.records.statistics import LiveNumbers
from uphold.stats.summary import live_numbers
from uphold.store.counts import CountOptions, count_reviews, read_counted_run, run_counts
from uphold.store.database import Store
from uphold.store.runs import all_runs
from uphold.workflows.lookup import open_store
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession

WORDS = ("candidate", "baseline", "tie", None)


def rows(count: int, seed: int) -> list[dict[str, Any]]:
    """Pairs of which a judge read most in both orders, some of them reviewed elsewhere."""
    rng, made = random.Random(seed), []
    for number in range(count):
        key = f"k{number:03d}"
        made.append(judged(key, rng.choice(WORDS[:3])))
        if number % 5:
            made.append(judged(key, rng.choice(WORDS[:3]), order="baseline-first"))
        if number % 7 == 0:
            made.append(reviewed(key, rng.choice(WORDS[:3]), reviewer="eve"))
    return made


def session_of(store: Store, reviewer: str, queue: str = "random") -> ReviewSession:
    return open_review(store, all_runs(store)[0], reviewer, ReviewOptions(queue))


def act(session: ReviewSession, rng: random.Random) -> None:
    """One act or move, any of them."""
    if session.current is None:
        return
    shown = on_screen(session)
    word = rng.choice(("decide", "decide", "decide", "undo", "redo", "skip", "broken", "flag", "comment", "jump"))
    if word == "decide":
        session.decide(rng.choice(list(Choice)), shown)
    elif word == "jump":
        session.go_to(rng.randint(1, session.total))
    elif word == "comment":
        session.comment("why", shown)
    elif word in ("undo", "redo"):
        getattr(session, word)()
    else:
        getattr(session, word)(shown)


def cells_of(counts: RunCounts) -> tuple[Any, ...]:
    """The cells, whatever their order, with the stratum by its name."""

    def named(cells: tuple[PairGroup, ...]) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for cell in cells:
            stratum = counts.strata[cell.stratum]
            found[cell.votes, cell.verdict, cell.orders, cell.cluster, stratum, cell.blind, cell.opened] += cell.count
        return found

    judges = [(judge.judge_id, judge.name, judge.version, judge.kind, named(judge.cells)) for judge in counts.judges]
    return counts.pairs, counts.skipped, counts.broken, named(counts.votes), judges


def near(value: Any) -> Any:
    """The same with every float rounded: the order of a sum is nobody's business."""
    if is_dataclass(value):
        return {field.name: near(getattr(value, field.name)) for field in fields(value)}
    return round(value, 9) if isinstance(value, float) else value


def whole(session: ReviewSession) -> RunCounts:
    return run_counts(session.store, session.run, CountOptions(session.judge_name))


def whole_numbers(session: ReviewSession) -> LiveNumbers:
    judge = whole(session).judges
    (own,) = session.store.one("SELECT id FROM reviewers WHERE name = ?", (session.reviewer,))
    return live_numbers(whole(session), judge[0].judge_id if judge else None, own)


@pytest.mark.parametrize("queue", ["random", "uncertain"])
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
def test_what_is_counted_along_is_what_a_whole_count_gives(store: Store, seed: int, queue: str) -> None:
    rng = random.Random(seed)
    bring(store, *rows(60, seed))
    with open_store(store.path) as elsewhere:
        sessions = [session_of(store, "ada", queue), session_of(elsewhere, "ben", queue)]
        mine = sessions[0]
        judge_id = mine.current.judge.judge_id  # type: ignore[union-attr]
        counted = read_counted_run(store, mine.run, judge_id)
        for _ in range(80):
            act(rng.choice(sessions), rng)
            counted = read_counted_run(store, mine.run, judge_id, counted)
            assert cells_of(count_reviews(store, counted)) == cells_of(whole(mine))
        assert near(mine.numbers()) == near(whole_numbers(mine))
        assert mine.numbers().n > 0


def test_answers_and_judgments_that_arrive_in_between_are_counted(store: Store) -> None:
    bring(store, *rows(30, 1))
    session = session_of(store, "ada")
    before = session.numbers()
    with open_store(store.path) as elsewhere:
        bring(elsewhere, *(reviewed(f"new{number}", "baseline", reviewer="eve") for number in range(4)))
    assert session.numbers().n == before.n + 4
    with open_store(store.path) as elsewhere:
        bring(elsewhere, *(judged(f"new{number}", "baseline") for number in range(4)))
    assert near(session.numbers()) == near(whole_numbers(session))
    assert session.numbers().agreement.n == before.agreement.n + 4


def test_an_edited_example_leaves_the_numbers_and_comes_back_with_its_text(store: Store) -> None:
    bring(store, *(reviewed(f"k{number}", "candidate") for number in range(12)))
    session = session_of(store, "ada")
    assert session.numbers().n == 12
    bring(store, reviewed("k3", instruction="Something else."), update=True)
    assert near(session.numbers()) == near(whole_numbers(session))
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired' WHERE key = 'k4'")
        sql = (
            "INSERT INTO example_events (example_id, kind, text_id, created_at) SELECT id, 'retired',"
            " text_id, '' FROM examples"
        )
        conn.execute(sql + " WHERE key = 'k4'")
    assert session.numbers().n == whole_numbers(session).n == 11


def test_a_run_that_nobody_judged_has_numbers_of_people_alone(store: Store) -> None:
    bring(store, *(reviewed(f"k{number}", "candidate", reviewer="eve") for number in range(12)))
    session = session_of(store, "ada")
    session.decide(Choice.CANDIDATE, on_screen(session))
    assert near(session.numbers()) == near(whole_numbers(session))
    assert (session.numbers().n, session.numbers().agreement.n) == (12, 0)


def test_own_verdicts_and_those_of_others_are_told_apart(store: Store) -> None:
    bring(store, *(reviewed(f"k{number}", "candidate", reviewer="eve") for number in range(6)))
    session = session_of(store, "ada")
    for choice in (Choice.CANDIDATE, Choice.BASELINE):
        session.decide(choice, on_screen(session))
    found = session.numbers()
    assert (found.own, found.others, found.unresolved, found.n) == (2, 4, 1, 5)
