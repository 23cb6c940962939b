"""What is counted: current pairs; stale and retired ones beside them; broken ones outside every denominator."""

import pytest

from support.imports import bring, compared, judged, reviewed, values
from support.sessions import on_screen
from uphold.errors import BadUsage
from uphold.records.enums import Choice
from uphold.records.reviews import StaleDecision
from uphold.store.database import Store
from uphold.store.run_list import run_rows
from uphold.store.runs import all_runs, find_run
from uphold.workflows.review_opening import ReviewOptions, make_pairs, make_run, open_review
from uphold.workflows.statistics import headline_numbers, read_run_statistics, read_set_statistics


def set_status(store: Store, key: str, status: str) -> None:
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = ? WHERE key = ?", (status, key))


def test_a_retired_example_takes_its_pairs_along_and_brings_them_back(store: Store) -> None:
    bring(store, reviewed("a"), reviewed("b"))
    set_status(store, "a", "retired")
    numbers = read_run_statistics(store, None)
    assert (numbers.pairs, numbers.human.reviewed, numbers.human.retired, numbers.human.stale) == (1, 1, 1, 0)
    set_status(store, "a", "active")
    assert read_run_statistics(store, None).pairs == 2


def test_a_set_is_hashed_over_its_active_texts_in_whatever_order_they_came(store: Store) -> None:
    bring(store, compared("a"), compared("b"), set_="one")
    bring(store, compared("b"), compared("a"), set_="two")
    one, two = (read_set_statistics(store, name).set_hash for name in ("one", "two"))
    assert one == two
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired' WHERE set_id = 1 AND key = 'a'")
    assert read_set_statistics(store, "one").set_hash != two


def test_a_pair_that_somebody_marked_broken_leaves_every_denominator(store: Store) -> None:
    bring(store, judged("a", reviewer="ada", review="candidate"), judged("b", reviewer="ada", review="tie"))
    session = open_review(store, all_runs(store)[0], reviewer="ben")
    assert session.current is not None
    key = session.current.key
    session.broken(on_screen(session))
    numbers = read_run_statistics(store, None)
    assert (numbers.pairs, numbers.human.broken, numbers.human.reviewed) == (2, 1, 1)
    assert (numbers.human.rates.win_rate.n, numbers.judges[0].agreement.n) == (1, 1)
    (row,) = run_rows(store)
    compared_pairs = headline_numbers(store, row.run).numbers.raw_agreement.n
    assert (row.pairs, row.reviewed, compared_pairs) == (2, 1, 1)
    other = open_review(store, all_runs(store)[0], reviewer="cyd")
    assert other.current is not None
    assert other.current.key != key
    session.undo()
    assert read_run_statistics(store, None).human.broken == 0


def test_both_bad_is_a_tie_and_upholds_a_judges_tie(store: Store) -> None:
    bring(store, judged("a", verdict="tie", reviewer="ada", review="both-bad"))
    numbers = read_run_statistics(store, None)
    assert (numbers.human.ties, numbers.human.both_bad, numbers.human.wins) == (1, 1, 0)
    assert numbers.judges[0].agreement.observed.rate == 1


def test_a_draw_for_first_place_is_unresolved_and_no_tie(store: Store) -> None:
    bring(store, reviewed(), reviewed(reviewer="ben", review="baseline"))
    human = read_run_statistics(store, None).human
    assert (human.reviewed, human.ties, human.unresolved, human.rates.win_rate.n) == (1, 0, 1, 0)


def test_skips_flags_and_comments_are_no_votes(store: Store) -> None:
    bring(store, compared("a"), compared("b"), compared("c"))
    session = open_review(store, all_runs(store)[0], reviewer="ada")
    session.flag(on_screen(session))
    session.comment("hm", on_screen(session))
    session.skip(on_screen(session))
    human = read_run_statistics(store, None).human
    assert (human.reviewed, human.skipped) == (0, 1)


def test_making_a_run_makes_a_pair_for_every_turn_that_both_answered(store: Store) -> None:
    answers = [
        {"key": "k", "turns": ["one", "two"], "response_candidate": ["a", name], "candidate": name} for name in "xy"
    ]
    bring(store, *answers, {"key": "other", "instruction": "?"})
    run, made = make_pairs(store, "s", "x", "y")
    assert (run.name, made.added, made.unanswered) == ("x-vs-y", 2, ("other",))
    assert make_pairs(store, "s", "x", "y")[1].added == 0
    assert make_pairs(store, "s", "y", "x", last_turn_only=True)[1].added == 1


def test_making_a_run_against_the_reference_leaves_out_what_has_none(store: Store) -> None:
    bring(store, compared("a", reference="r"), compared("b"))
    _, made = make_pairs(store, "s", "candidate", "reference")
    assert (made.added, made.no_reference) == (1, ("b",))


@pytest.mark.parametrize(
    ("candidate", "said"), [("nobody", "no system 'nobody' has answered"), ("baseline", "are the same system")]
)
def test_a_run_of_systems_that_cannot_be_compared_is_refused(store: Store, candidate: str, said: str) -> None:
    bring(store, compared())
    with pytest.raises(BadUsage, match=said):
        make_run(store, "s", candidate, "baseline")
    assert values(store, "SELECT count(*) FROM runs") == [1]


def test_a_run_is_found_by_name_then_by_number_and_may_be_left_out_when_there_is_one(store: Store) -> None:
    with pytest.raises(BadUsage, match="there is no run yet"):
        find_run(store, None)
    bring(store, compared())
    assert find_run(store, None).number == 1
    bring(store, compared(candidate="2", baseline="1", response_candidate="x", response_baseline="y"))
    assert find_run(store, "2-vs-1").number == find_run(store, "2").number == 2
    for wanted in (None, "3", "nobody", "9" * 5000, "\u0662", "02", "-1"):
        with pytest.raises(BadUsage, match=r"  1  candidate-vs-baseline\n  2  2-vs-1$"):
            find_run(store, wanted)


def test_a_name_that_is_a_number_comes_before_the_number(store: Store) -> None:
    bring(store, compared("a"), compared("a", candidate="x", response_candidate="x"))
    with store.writing() as conn:
        conn.execute("UPDATE runs SET name = '2' WHERE id = 1")
    assert find_run(store, "2").number == 1
    assert find_run(store, "1").number == 1


def test_choices_of_two_readers_on_two_turns_are_counted_a_turn_each(store: Store) -> None:
    turns = {"key": "k", "turns": ["one", "two"], "response_candidate": ["a", "b"], "response_baseline": ["c", "d"]}
    said = [{"turn": turn, "reviewer": who, "review": Choice.TIE.value} for turn in (1, 2) for who in ("ada", "ben")]
    bring(store, *[turns | one for one in said])
    assert read_run_statistics(store, None).human.reviewed == 2


def said_before(store: Store, key: str, **options: bool) -> StaleDecision | None:
    session = open_review(store, all_runs(store)[0], "ada", ReviewOptions(**options))  # type: ignore[arg-type]
    ((place, _),) = session.named(key)
    session.go_to(place)
    assert session.current is not None
    return session.current.stale_decision


def test_what_was_said_of_older_texts_is_known_until_the_new_ones_are_decided(store: Store) -> None:
    bring(store, reviewed("a", "tie"), compared("b"))
    assert said_before(store, "a") is None
    bring(store, compared("a", response_candidate="another answer"), update=True)
    found = said_before(store, "a")
    assert found is not None
    assert (found.choice, found.instruction_changed, found.answer_changed) == (Choice.TIE, False, True)
    assert said_before(store, "b") is None
    assert said_before(store, "a", blind=True) is None
    session = open_review(store, all_runs(store)[0], reviewer="ada")
    ((place, _),) = session.named("a")
    session.go_to(place)
    session.decide(Choice.BASELINE, on_screen(session))
    assert said_before(store, "a") is None


def test_a_text_that_changed_is_told_from_an_answer_that_changed(store: Store) -> None:
    bring(store, reviewed("a", "baseline"))
    bring(store, compared("a", instruction="Something else."), update=True)
    found = said_before(store, "a")
    assert found is not None
    assert (found.choice, found.instruction_changed, found.answer_changed) == (Choice.BASELINE, True, False)
