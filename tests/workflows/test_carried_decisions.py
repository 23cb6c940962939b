"""Decisions that travel to equal pairs of other runs: once, at the end, pointing at the original, never over one's own."""

from collections.abc import Collection
from typing import Any

from support.imports import added, bring, compared, decisions, dump, reviewed, values
from support.sessions import on_screen
from uphold.records.counts import RunCounts
from uphold.records.enums import Choice
from uphold.records.reviews import OnScreen
from uphold.records.texts import canonical_hash
from uphold.store.counts import run_counts
from uphold.store.database import Store
from uphold.store.runs import all_runs, find_run
from uphold.workflows.review_opening import make_run, open_review
from uphold.workflows.statistics import read_run_statistics


def same_answers(**fields: object) -> dict[str, object]:
    """The answers of `compared`, given by a system of another name."""
    return compared(candidate="twin", **fields)


def carried(store: Store) -> list[tuple[str, str, str]]:
    """(id, refers, choice) of every carried event."""
    return store.rows("SELECT id, target_id, choice FROM events WHERE kind = 'carried' ORDER BY seq").fetchall()


def test_a_decision_is_carried_to_an_equal_pair_and_points_at_the_original(store: Store) -> None:
    bring(store, reviewed(note="why"))
    assert added(bring(store, same_answers())) == {"responses": 1, "pairs": 1, "carried": 1}
    (original,) = values(store, "SELECT id FROM events WHERE kind = 'decision'")
    (contents,) = set(values(store, "SELECT contents FROM pairs"))
    named = canonical_hash([original, "s", "k", 1, contents, "twin", "baseline"])[:32]
    assert carried(store) == [(named, original, "candidate")]
    assert values(store, "SELECT note FROM events WHERE kind = 'carried'") == ["why"]
    assert read_run_statistics(store, "2").human.carried == 1


def test_what_was_carried_is_written_once(store: Store) -> None:
    bring(store, reviewed())
    bring(store, same_answers())
    before = dump(store)
    assert added(bring(store, same_answers())) == {}
    assert dump(store) == before


def test_a_third_run_points_at_the_original_too(store: Store) -> None:
    bring(store, reviewed())
    bring(store, same_answers())
    bring(store, compared(candidate="triplet"))
    (original,) = values(store, "SELECT id FROM events WHERE kind = 'decision'")
    assert [refers for _, refers, _ in carried(store)] == [original, original]


def test_the_imports_own_reviews_come_first(store: Store) -> None:
    bring(store, reviewed())
    summary = bring(store, same_answers(), reviewed(candidate="twin", review="tie"))
    assert added(summary) == {"responses": 1, "pairs": 1, "reviews": 1}
    assert [choice for _, _, choice in decisions(store)] == ["candidate", "tie"]


def test_within_one_import_a_decision_is_carried_where_its_reviewer_said_nothing(store: Store) -> None:
    rows = [reviewed(), same_answers(), reviewed(candidate="twin", reviewer="ben", review="tie")]
    assert bring(store, *rows).carried == 2
    assert decisions(store) == [
        ("ada", "decision", "candidate"),
        ("ben", "carried", "tie"),
        ("ada", "carried", "candidate"),
        ("ben", "decision", "tie"),
    ]


def test_nothing_is_carried_to_a_mirrored_pair(store: Store) -> None:
    bring(store, reviewed())
    mirrored = compared(
        candidate="baseline",
        baseline="candidate",
        response_candidate="k, says the baseline",
        response_baseline="k, says the candidate",
    )
    assert bring(store, mirrored).carried == 0


def test_nothing_is_carried_to_another_set_key_or_turn(store: Store) -> None:
    bring(store, reviewed())
    assert bring(store, same_answers(), set_="other").carried == 0
    copied = same_answers() | {"key": "k2"}
    assert bring(store, copied).carried == 0


def test_the_current_decision_is_carried_and_a_later_one_does_not_move_it(store: Store) -> None:
    bring(store, reviewed())
    bring(store, reviewed(review="tie"), update=True)
    bring(store, same_answers())
    assert [choice for _, _, choice in carried(store)] == ["tie"]
    bring(store, reviewed(review="baseline"), update=True)
    assert [choice for _, _, choice in decisions(store)] == ["baseline", "tie"]


def test_an_own_decision_stands_over_a_carried_one_without_being_a_contradiction(store: Store) -> None:
    bring(store, reviewed())
    bring(store, same_answers())
    assert bring(store, reviewed(candidate="twin", review="tie")).reviews == 1
    assert decisions(store)[1] == ("ada", "decision", "tie")


def test_what_was_undone_is_not_carried(store: Store) -> None:
    bring(store, compared())
    session = open_review(store, all_runs(store)[0], reviewer="ada")
    session.decide(Choice.TIE, on_screen(session))
    session.undo()
    assert bring(store, same_answers()).carried == 0


def test_making_a_run_carries_decisions_too(store: Store) -> None:
    bring(store, reviewed(), {"key": "k", "response_candidate": "k, says the candidate", "candidate": "twin"})
    make_run(store, "s", "twin", "baseline")
    assert decisions(store)[1] == ("ada", "carried", "candidate")
    make_run(store, "s", "twin", "baseline")
    assert len(carried(store)) == 1


def _answers(system: str, changed: Collection[int] = ()) -> list[dict[str, Any]]:
    return [
        {
            "key": f"k-{number:02d}",
            "instruction": f"instruction {number}",
            "response_candidate": f"{system if number in changed else 'first'} {number}",
            "response_baseline": f"baseline {number}",
            "candidate": system,
            "baseline": "base",
        }
        for number in range(30)
    ]


def _read_next(store: Store, run: str, count: int) -> list[str]:
    session = open_review(store, find_run(store, run), "ann")
    keys = []
    for _ in range(count):
        pair = session.current
        assert pair is not None
        keys.append(pair.key)
        session.decide(Choice.CANDIDATE, OnScreen(pair.side_a), 1.0)
    return keys


def test_two_runs_over_a_set_are_read_in_the_same_order(store: Store) -> None:
    bring(store, *_answers("v1"), set_="s")
    bring(store, *_answers("v2", changed=range(30)), set_="s")
    assert _read_next(store, "v1-vs-base", 30) == _read_next(store, "v2-vs-base", 30)


def test_a_carried_decision_counts_as_drawn_where_its_original_was(store: Store) -> None:
    bring(store, *_answers("v1"), set_="s")
    read = _read_next(store, "v1-vs-base", 12)
    changed = {int(key[2:]) for key in read[3:6]}
    bring(store, *_answers("v2", changed), set_="s")
    assert _read_next(store, "v2-vs-base", 0) == [], "draws the queue"
    counts = run_counts(store, find_run(store, "v2-vs-base"))
    assert _sampled_and_chosen(counts) == (3, 6), (
        "up to the first changed pair the order is read; the rest is not yet a sample"
    )
    assert set(_read_next(store, "v2-vs-base", 3)) == set(read[3:6])
    assert _sampled_and_chosen(run_counts(store, find_run(store, "v2-vs-base"))) == (12, 0)


def _sampled_and_chosen(counts: RunCounts) -> tuple[int, int]:
    read = [(group.count, counts.strata[group.stratum].chosen) for group in counts.votes if group.votes]
    return sum(count for count, chosen in read if not chosen), sum(count for count, chosen in read if chosen)
