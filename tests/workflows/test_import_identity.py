"""What an import takes as the same and what as another: examples, responses, pairs, edits, replacements."""

import json
from pathlib import Path

import pytest

from support.imports import DATA, added, bring, bring_files, compared, current, dump, judged, reviewed, values, verdict
from uphold.errors import BadFile
from uphold.records.texts import ExampleText, cells_hash, contents_hash
from uphold.store.database import Store
from uphold.workflows.demo import samples
from uphold.workflows.statistics import read_run_statistics


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_a_sample_set_imported_twice_adds_nothing_and_says_so(store: Store, path: Path) -> None:
    assert bring_files(store, path).pairs > 0
    before = dump(store)
    again = bring_files(store, path)
    assert (added(again), again.already_there, again.number) == ({}, again.rows, None)
    assert dump(store) == before


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_a_sample_set_imported_twice_as_an_update_adds_nothing_either(store: Store, path: Path) -> None:
    bring_files(store, path)
    before = dump(store)
    assert added(bring_files(store, path, update=True)) == {}
    assert dump(store) == before


@pytest.mark.parametrize("folder", ["pandalm", "mt_bench"])
def test_real_data_imported_twice_adds_nothing_and_says_so(store: Store, folder: str) -> None:
    if not (DATA / folder).is_dir():
        pytest.skip("the real data sets are not beside the checkout")
    assert bring_files(store, DATA / folder).pairs > 0
    before = dump(store)
    again = bring_files(store, DATA / folder)
    assert (added(again), again.already_there) == ({}, again.rows)
    assert dump(store) == before
    assert added(bring_files(store, DATA / folder, update=True)) == {}
    assert dump(store) == before


def test_pandalm_carries_nothing_since_its_readers_read_every_pair(store: Store) -> None:
    if not (DATA / "pandalm").is_dir():
        pytest.skip("the real data sets are not beside the checkout")
    assert bring_files(store, DATA / "pandalm").carried == 0
    assert values(store, "SELECT count(*) FROM events WHERE kind = 'carried'") == [0]


def test_a_pair_is_named_by_the_hashes_of_what_is_compared_and_not_by_the_systems(store: Store) -> None:
    bring(store, compared(context="c", reference="r", candidate="x", baseline="y"))
    text = ExampleText(("Say k.",), "c", ("r",))
    x, y = cells_hash(("k, says the candidate",)), cells_hash(("k, says the baseline",))
    assert values(store, "SELECT contents FROM pairs") == [contents_hash(text.hash, x, y)]
    assert values(store, "SELECT hash FROM texts") == [text.hash]
    assert values(store, "SELECT hash FROM responses ORDER BY id") == [x, y]


def test_an_example_without_a_key_is_named_by_its_text(store: Store) -> None:
    bring(store, compared(key=None, instruction="ask"))
    assert values(store, "SELECT key FROM examples") == ["ex-" + ExampleText(("ask",)).hash[:10]]


def test_texts_that_differ_by_a_blank_or_in_normal_form_are_different(store: Store) -> None:
    bring(store, *[compared(key=None, instruction=text) for text in ("\u00e9", "e\u0301", "e\u0301 ")])
    assert values(store, "SELECT count(*) FROM texts") == [3]


def test_a_file_of_key_and_answer_is_enough_for_a_set_that_is_there(store: Store) -> None:
    bring(store, compared("a"), compared("b"))
    answers = [{"key": key, "response_candidate": f"{key}, better", "candidate": "checkpoint-2"} for key in "ab"]
    assert added(bring(store, *answers)) == {"responses": 2}
    assert values(store, "SELECT name FROM runs") == ["candidate-vs-baseline"]


def test_a_key_that_no_example_has_is_an_error_that_names_the_line(store: Store) -> None:
    before = dump(store)
    with pytest.raises(BadFile, match=r"rows\.jsonl:1: key 'nobody' names no example of the set"):
        bring(store, {"key": "nobody", "response_candidate": "x"})
    assert dump(store) == before


def test_a_key_with_another_text_is_an_error_and_with_update_an_edit(store: Store) -> None:
    bring(store, compared())
    with pytest.raises(BadFile, match=r"rows\.jsonl:1: key 'k' stands for another text already"):
        bring(store, compared(instruction="Sing k."))
    assert added(bring(store, compared(instruction="Sing k."), update=True)) == {
        "edited": 1,
        "responses": 2,
        "pairs": 1,
    }
    assert current(store) == [("k", 1, '["k, says the candidate"]', '["k, says the baseline"]')]
    assert values(store, "SELECT kind FROM example_events ORDER BY id") == ["added", "edited"]
    assert read_run_statistics(store, None).human.stale == 1


def test_a_key_with_two_texts_within_one_file_is_an_error(store: Store) -> None:
    with pytest.raises(BadFile, match=r"rows\.jsonl:2: key 'k' stands for another text already"):
        bring(store, compared(), compared(instruction="Sing k."))
    assert values(store, "SELECT count(*) FROM examples") == [0]


def test_an_old_text_that_comes_back_makes_its_pairs_current_again(store: Store) -> None:
    bring(store, judged())
    first = values(store, "SELECT id FROM current_pairs")
    bring(store, compared(instruction="Sing k."), update=True)
    assert values(store, "SELECT id FROM current_pairs") != first
    assert added(bring(store, judged(), update=True)) == {"edited": 1}
    assert values(store, "SELECT id FROM current_pairs") == first
    assert verdict(store) == ["candidate"]


def test_what_a_row_leaves_out_is_the_examples(store: Store) -> None:
    bring(store, compared(context="c", reference="r"))
    assert added(bring(store, compared(candidate="another"))) == {"responses": 1, "pairs": 1}
    with pytest.raises(BadFile, match="another context already, in import 1 of "):
        bring(store, compared(context="d"))


def test_an_edit_that_adds_a_turn_has_the_same_text_as_if_it_had_come_at_once(store: Store) -> None:
    bring(store, {"key": "k", "turns": ["one"]})
    bring(store, {"key": "k", "turns": ["one", "two"]}, update=True)
    assert values(store, "SELECT t.hash FROM examples e JOIN texts t ON t.id = e.text_id") == [
        ExampleText(("one", "two")).hash
    ]


def test_an_edit_that_adds_a_turn_keeps_the_references_of_the_others(store: Store) -> None:
    bring(store, {"key": "k", "turns": ["one"], "reference": "r"})
    bring(store, {"key": "k", "turns": ["one", "two"]}, update=True)
    assert values(store, "SELECT r.turns FROM examples e JOIN reference_texts r ON r.id = e.reference_id") == [
        '["r",null]'
    ]


def talk(second: str, *answers: str, turn: int | None = None) -> dict[str, object]:
    """Two turns; the candidate's two answers and the baseline's two."""
    row: dict[str, object] = {
        "key": "k",
        "turns": ["one", second],
        "response_candidate": list(answers[:2]),
        "response_baseline": list(answers[2:]),
    }
    return row if turn is None else row | {"turn": turn}


def test_an_edit_of_the_second_turn_leaves_the_first_turns_pair_current(store: Store) -> None:
    bring(store, talk("two", "a", "b", "c", "d", turn=1), talk("two", "a", "b", "c", "d"))
    (first,) = values(store, "SELECT id FROM current_pairs WHERE turn = 1")
    bring(store, {"key": "k", "turns": ["one", "two, please"]}, update=True)
    assert values(store, "SELECT id FROM current_pairs") == [first]
    assert read_run_statistics(store, None).human.stale == 1


def test_a_row_without_a_turn_compares_the_last_one(store: Store) -> None:
    bring(store, talk("two", "a", "b", "c", "d"))
    assert values(store, "SELECT turn FROM pairs") == [2]


def test_answers_to_one_text_under_two_keys_make_a_pair_each_and_all_are_current(store: Store) -> None:
    bring(store, compared(), compared("l", instruction="Say k.", response_candidate="another answer"))
    assert len(current(store)) == 2
    assert values(store, "SELECT count(*) FROM replacements") == [0]


def test_another_answer_to_a_key_is_an_error_that_names_both_places(store: Store) -> None:
    before = dump(store)
    with pytest.raises(
        BadFile, match=r"rows\.jsonl:2: another answer of 'candidate' to 'k' than in rows\.jsonl:1; keep one"
    ):
        bring(store, compared(), compared(response_candidate="better"))
    assert dump(store) == before
    bring(store, compared())
    with pytest.raises(
        BadFile, match=r"'candidate' to 'k' than in import 1 of 20.*\nuphold import .* --set s --update$"
    ):
        bring(store, compared(response_candidate="better"))
    assert added(bring(store, compared(response_candidate="better"), update=True))["replaced"] == 1


def test_a_row_with_another_answer_can_be_skipped_and_leaves_nothing_behind(store: Store) -> None:
    rows = [compared(), compared(response_baseline="new", candidate="third", tags=["t"]), compared("l")]
    summary = bring(store, *rows, skip_bad=True)
    assert [str(bad.source) for bad in summary.skipped] == ["rows.jsonl:2"]
    assert values(store, "SELECT name FROM systems ORDER BY id") == ["candidate", "baseline"]
    assert values(store, "SELECT count(*) FROM tags") == [0]


def test_a_replaced_answer_makes_only_its_own_pairs_stale(store: Store) -> None:
    bring(store, judged("a"), judged("b"))
    summary = bring(store, judged("a", response_candidate="better"), update=True)
    assert added(summary) == {"responses": 1, "pairs": 1, "judgments": 1, "replaced": 1}
    assert current(store) == [
        ("b", 1, '["b, says the candidate"]', '["b, says the baseline"]'),
        ("a", 1, '["better"]', '["a, says the baseline"]'),
    ]
    numbers = read_run_statistics(store, None)
    assert (numbers.pairs, numbers.human.stale, numbers.human.retired) == (2, 1, 0)


def test_a_replaced_answer_comes_back_when_it_is_given_again(store: Store) -> None:
    bring(store, judged())
    first = values(store, "SELECT id FROM current_pairs")
    bring(store, judged(response_candidate="better"), update=True)
    assert added(bring(store, judged(), update=True)) == {"replaced": 1}
    assert values(store, "SELECT id FROM current_pairs") == first


def test_without_update_an_answer_given_again_does_not_come_back(store: Store) -> None:
    bring(store, judged())
    bring(store, judged(response_candidate="better"), update=True)
    second = values(store, "SELECT id FROM current_pairs")
    assert added(bring(store, judged())) == {}
    assert values(store, "SELECT id FROM current_pairs") == second


def test_an_answer_replaced_in_its_second_turn_leaves_the_first_turns_pair_current(store: Store) -> None:
    bring(store, talk("two", "a", "b", "c", "d", turn=1), talk("two", "a", "b", "c", "d"))
    bring(store, talk("two", "a", "B", "c", "d"), update=True)
    assert values(store, "SELECT turn FROM current_pairs ORDER BY turn") == [1, 2]
    bring(store, talk("two", "A", "B", "c", "d"), update=True)
    assert values(store, "SELECT turn FROM current_pairs") == [2]


def test_an_answer_that_only_looks_the_same_is_another(store: Store) -> None:
    bring(store, *(compared(str(cell), instruction="x", response_candidate=cell) for cell in (1, "1 ", "1", True)))
    assert values(store, "SELECT cells FROM responses WHERE system_id = 1 ORDER BY id") == [
        "[1]",
        '["1 "]',
        '["1"]',
        "[true]",
    ]


def test_an_empty_answer_is_an_answer_and_null_is_none(store: Store) -> None:
    bring(store, compared(response_candidate=""), {"key": "b", "instruction": "x", "response_candidate": None})
    assert [row[0] for row in current(store)] == ["k"]


def test_a_row_with_a_single_answer_makes_no_run(store: Store) -> None:
    bring(store, compared(response_baseline=None))
    assert values(store, "SELECT count(*) FROM runs") == [0]


def test_the_same_systems_over_two_sets_are_two_runs_and_the_second_is_named_after_its_set(store: Store) -> None:
    bring(store, compared(), set_="one")
    bring(store, compared(), set_="two")
    assert values(store, "SELECT name FROM runs ORDER BY id") == ["candidate-vs-baseline", "two:candidate-vs-baseline"]


def test_names_that_make_the_same_run_name_are_kept_apart(store: Store) -> None:
    bring(store, compared(candidate="a-vs-b", baseline="c"), compared(candidate="a", baseline="b-vs-c"))
    assert values(store, "SELECT name FROM runs ORDER BY id") == ["a-vs-b-vs-c", "s:a-vs-b-vs-c"]


def test_reference_is_a_reserved_name_for_the_reference_answers(store: Store) -> None:
    with pytest.raises(BadFile, match="the name 'reference' is kept for the reference answers"):
        bring(store, compared(reference="r", baseline="reference", response_baseline="not r"))
    bring(store, compared(reference="r", baseline="reference", response_baseline="r"))
    assert current(store) == [("k", 1, '["k, says the candidate"]', '["r"]')]


def test_a_verdict_against_the_reference_needs_no_answer_of_it(store: Store) -> None:
    bring(store, judged(reference="r", baseline="reference", response_baseline=None))
    assert (current(store)[0][3], verdict(store)) == ('["r"]', ["candidate"])
    with pytest.raises(BadFile, match="no response of 'reference'"):
        bring(store, judged("b", baseline="reference", response_baseline=None))


def test_the_same_text_in_two_sets_is_kept_once_and_read_twice(store: Store) -> None:
    bring(store, reviewed(), set_="one")
    bring(store, compared(), set_="two")
    assert values(store, "SELECT count(*) FROM texts") == [1]
    assert values(store, "SELECT count(*) FROM responses") == [2]
    assert [values(store, "SELECT reviewer_id FROM current_decisions")] == [[1]]


def test_tags_are_added_and_never_taken_away(store: Store) -> None:
    bring(store, compared(tags=["x", "y"]))
    assert bring(store, compared(tags=["y", "z"])).already_there == 0
    assert bring(store, compared(tags=["z"])).already_there == 1
    assert values(store, "SELECT tag FROM tags ORDER BY tag") == ["x", "y", "z"]


def test_two_texts_for_one_key_in_an_update_leave_the_last_and_a_second_time_nothing(store: Store) -> None:
    rows = [judged(), judged(instruction="Sing k.")]
    bring(store, judged(instruction="Whistle k."))
    assert bring(store, *rows, update=True).edited == 1
    before = dump(store)
    assert added(bring(store, *rows, update=True)) == {}
    assert dump(store) == before
    assert json.loads(values(store, "SELECT turns FROM examples e JOIN texts t ON t.id = e.text_id")[0]) == ["Sing k."]
