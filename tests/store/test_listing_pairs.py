"""What a list reads of a run's pairs."""

from support.imports import bring, compared, judged, reviewed
from uphold.records.enums import Preference, Verdict
from uphold.store.database import Store
from uphold.store.pair_list import first_rows, list_texts, pair_rows


def test_every_current_pair_comes_with_verdict_label_tags_and_length(store: Store) -> None:
    bring(
        store,
        judged("one", verdict="baseline", tags=["b", "a"], response_candidate="x" * 10, response_baseline="x" * 4),
        reviewed("two", review="both-bad"),
    )
    one, two = sorted(pair_rows(store, 1, 1), key=lambda row: row.key)
    assert (one.verdict, one.label, one.tags, one.length_difference) == (Verdict.BASELINE, None, ("a", "b"), 6)
    assert (two.verdict, two.label, two.tags) == (None, Preference.TIE, ())
    assert (one.place, one.broken) == (0, False)


def test_a_drawn_labels_place_is_that_of_the_random_queue(store: Store) -> None:
    from uphold.workflows.lookup import find_run
    from uphold.workflows.review_opening import open_review

    bring(store, *(compared(f"k{number}") for number in range(5)))
    session = open_review(store, find_run(store, None), reviewer="ada")
    places = {row.pair_id: row.place for row in pair_rows(store, 1, None)}
    assert [row.pair_id for row in first_rows(store, 1, 3)] == sorted(places, key=lambda pair: places[pair])[:3]
    assert sorted(places.values()) == [1, 2, 3, 4, 5]
    assert session.total == 5


def test_replaced_pairs_are_not_listed(store: Store) -> None:
    bring(store, compared("one", response_candidate="old"))
    bring(store, compared("one", response_candidate="new"), update=True)
    assert len(pair_rows(store, 1, None)) == 1


def test_texts_of_a_page_are_cut_and_say_how_much_longer_the_candidate_is(store: Store) -> None:
    bring(store, compared("one", instruction="i" * 900, response_candidate="four", response_baseline="fifteen letters"))
    (texts,) = list_texts(store, [1]).values()
    assert texts.instruction == "i" * 400
    assert texts.length_difference == 4 - 15


def test_an_answer_that_is_no_text_is_measured_as_it_is_shown(store: Store) -> None:
    bring(store, compared("one", response_candidate=12, response_baseline="abc"))
    assert list_texts(store, [1])[1].length_difference == -1
