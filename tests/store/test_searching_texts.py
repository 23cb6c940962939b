"""The full-text index: what is found where, how it keeps up, and that nothing typed means anything but words."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.imports import bring, compared, judged, reviewed
from support.sessions import on_screen
from support.stores import new_store
from uphold.store import pair_list
from uphold.store.database import Store, open_store
from uphold.store.imports import drop_import
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import open_review


def found(store: Store, typed: str, *, read: list[int] | None = None, reviewer: int | None = None) -> set[int]:
    """Pair ids of run 1 that hold what was typed, seen by somebody who has read `read`."""
    pair_list.update_index(store)
    return set(pair_list.search(store, 1, typed, judge_id=1, reviewer_id=reviewer, read=read or []))


def everything(store: Store) -> set[int]:
    return {row[0] for row in store.rows("SELECT id FROM pairs")}


def test_words_are_found_in_instructions_and_in_both_answers(store: Store) -> None:
    bring(
        store,
        compared("one", instruction="Where is the kettle?"),
        compared("two", response_candidate="the blue kettle"),
        compared("three", response_baseline="a red lamp", context="about a kettle"),
    )
    assert found(store, "kettle") == {1, 2, 3}
    assert found(store, "blue") == {2}
    assert found(store, "red") == {3}


def test_every_word_must_be_there_but_each_may_stand_elsewhere(store: Store) -> None:
    bring(
        store, compared("one", instruction="a kettle", response_candidate="blue"), compared("two", instruction="kettle")
    )
    assert found(store, "blue kettle") == {1}
    assert found(store, "kettle lamp") == set()


def test_case_accents_and_beginnings_do_not_matter(store: Store) -> None:
    bring(store, compared("one", instruction="Un CAFÉ noir"), compared("two", response_candidate="cafeteria"))
    assert found(store, "café") == {1, 2}
    assert found(store, "CAFETERIA") == {2}


def test_a_line_break_in_an_answer_separates_words(store: Store) -> None:
    bring(store, compared("one", response_candidate="first\nsecond\tthird"))
    assert found(store, "second") == {1}
    assert found(store, "third") == {1}


def test_reasons_are_looked_through_only_where_the_own_decision_is_made(store: Store) -> None:
    bring(store, judged("one", reason="thorough"), judged("two", reason="thorough"))
    assert found(store, "thorough") == set()
    assert found(store, "thorough", read=[2]) == {2}


def test_notes_of_others_are_found_only_after_the_own_decision(store: Store) -> None:
    bring(store, reviewed("one", note="invents a number", reviewer="ada"))
    assert found(store, "invents") == set()
    assert found(store, "invents", reviewer=1) == {1}
    assert found(store, "invents", read=[1]) == {1}


def test_the_latest_comment_and_the_latest_reasons_are_found_and_no_earlier_ones(store: Store) -> None:
    bring(store, compared("one"))
    session = open_review(store, all_runs(store)[0], reviewer="ada")
    session.comment("first thought", on_screen(session))
    session.comment("second thought", on_screen(session))
    session.reasons(["wrong fact"], on_screen(session))
    session.reasons(["too long", "style"], on_screen(session))
    assert found(store, "second", reviewer=1) == {1}
    assert found(store, "first", reviewer=1) == set()
    assert found(store, "too long style", reviewer=1) == {1}
    assert found(store, "fact", reviewer=1) == set()
    session.undo()
    assert found(store, "fact", reviewer=1) == {1}
    assert found(store, "style", reviewer=1) == set()


def test_what_comes_later_is_found_after_the_next_bringing_up(store: Store) -> None:
    bring(store, compared("one", instruction="kettle"))
    assert found(store, "kettle") == {1}
    assert pair_list.is_index_current(store)
    bring(store, compared("two", instruction="kettle"))
    assert not pair_list.is_index_current(store)
    assert found(store, "kettle") == {1, 2}


def test_a_dropped_import_is_forgotten_also_where_its_numbers_are_used_again(store: Store) -> None:
    bring(store, compared("one", instruction="stays"))
    bring(store, compared("two", instruction="goes away"))
    assert found(store, "goes") == {2}
    drop_import(store, 2)
    assert found(store, "goes") == set()
    bring(store, compared("three", instruction="something new"))
    assert found(store, "something") == everything(store) - {1}
    assert found(store, "goes") == set()


@pytest.mark.parametrize(
    "typed", ['"', '""', "*", "AND", "a OR", "NEAR(", "kettle*", "text:kettle", "-kettle", "(", "\x00", "'", ""]
)
def test_nothing_typed_is_an_error(store: Store, typed: str) -> None:
    bring(store, compared("one", instruction="kettle"))
    assert found(store, typed) <= {1}


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=30))
def test_any_text_can_be_typed(tmp_path_factory: pytest.TempPathFactory, typed: str) -> None:
    with new_store(tmp_path_factory.mktemp("typed") / "t.db") as store:
        bring(store, compared("one", instruction="kettle"))
        assert found(store, typed.encode("utf-8", "replace").decode()) <= {1}


def test_the_index_is_not_made_before_the_first_search(store: Store) -> None:
    bring(store, compared("one"))
    assert store.one("SELECT count(*) FROM sqlite_master WHERE name LIKE 'search_docsize'")[0] == 0
    found(store, "one")
    assert store.one("SELECT count(*) FROM search_docsize")[0] > 0


def test_two_connections_may_bring_it_up_to_date_at_once(tmp_path: Path) -> None:
    with new_store(tmp_path / "t.db") as one, open_store(tmp_path / "t.db") as other:
        bring(one, compared("one", instruction="kettle"))
        pair_list.update_index(other)
        pair_list.update_index(one)
        assert one.one("SELECT count(*) FROM search_docsize") == other.one("SELECT count(*) FROM search_docsize")
        assert found(one, "kettle") == {1}
