"""Taking an import back: everything as it was before, or a sentence and nothing changed."""

from collections.abc import Callable
from typing import Any

import pytest

from support.imports import bring, bring_files, compared, dump, judged, reviewed, values, verdict
from support.sessions import on_screen
from uphold.errors import BadUsage
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.judgments import Judge, Judgment
from uphold.store import judges, judgments
from uphold.store.database import Store
from uphold.store.imports import all_imports, drop_import
from uphold.store.run_list import run_rows
from uphold.store.runs import all_runs
from uphold.workflows.demo import samples
from uphold.workflows.review_opening import make_run, open_review

Rows = list[dict[str, Any]]

FIRST: Rows = [judged("a", tags=["x"]), reviewed("b"), compared("c", context="c", reference="r")]

SECOND: list[tuple[str, Rows, bool]] = [
    ("another set", [compared("z")], False),
    ("more examples of the set", [judged("d", tags=["y"]), reviewed("e", reviewer="ben")], False),
    ("more words", [judged("b"), reviewed("a"), judged("a", judge="other")], False),
    ("another word", [judged("a", verdict="tie"), reviewed("b", review="tie")], True),
    ("another answer", [judged("a", response_candidate="better")], True),
    ("an answer side by side", [judged("a2", instruction="Say a.", response_candidate="better")], False),
    ("another text", [judged("a", instruction="Sing a.")], True),
    ("another run", [compared("a", candidate="third", response_candidate="3"), judged("c", candidate="third")], False),
    ("carried decisions", [compared("b", candidate="twin")], False),
]


@pytest.mark.parametrize(("rows", "update"), [case[1:] for case in SECOND], ids=[case[0] for case in SECOND])
def test_what_an_import_brought_is_taken_back_to_the_last_row(store: Store, rows: Rows, update: bool) -> None:
    set_ = "other" if rows == SECOND[0][1] else "s"
    bring(store, *FIRST)
    before = dump(store)
    number = bring(store, *rows, set_=set_, update=update).number
    assert number is not None
    assert dump(store) != before
    drop_import(store, number)
    assert dump(store) == before
    assert values(store, "PRAGMA integrity_check") == ["ok"]


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_a_sample_set_is_taken_back_without_a_trace(store: Store, path: Any) -> None:
    before = dump(store)
    bring_files(store, path)
    drop_import(store, 1)
    assert dump(store) == before


def test_an_import_that_brought_an_old_text_back_is_taken_back(store: Store) -> None:
    bring(store, judged())
    bring(store, judged(instruction="Sing k."), update=True)
    before = dump(store)
    bring(store, judged(), update=True)
    drop_import(store, 3)
    assert dump(store) == before


def test_of_three_words_the_middle_one_can_be_taken_back(store: Store) -> None:
    bring(store, judged())
    bring(store, judged(verdict="tie"), update=True)
    bring(store, judged(verdict="baseline"), update=True)
    drop_import(store, 2)
    assert verdict(store) == ["baseline"]
    assert values(store, "SELECT superseded_by FROM judgments ORDER BY id") == [3, None]
    drop_import(store, 3)
    assert verdict(store) == ["candidate"]


def test_names_that_others_use_stay_and_go_with_the_last_who_used_them(store: Store) -> None:
    bring(store, judged("a"), reviewed("b"))
    bring(store, judged("c"), reviewed("d"))
    drop_import(store, 1)
    assert values(store, "SELECT key FROM examples") == ["c", "d"]
    assert verdict(store, "c") == ["candidate"]
    assert [(run.pairs, run.judge.shown.name) for run in run_rows(store)] == [(2, "j")]
    drop_import(store, 2)
    empty = ("sets", "systems", "runs", "judges", "reviewers", "judge_orders", "texts", "imports", "pairs")
    assert {name: rows for name, rows in dump(store).items() if rows and name in empty} == {}


def test_another_sets_import_with_the_same_systems_is_not_built_on_it(store: Store) -> None:
    bring(store, judged("a"), set_="one")
    bring(store, judged("b"), set_="two")
    drop_import(store, 1)
    assert values(store, "SELECT name FROM sets") == ["two"]


def review_a_pair(store: Store) -> None:
    session = open_review(store, all_runs(store)[0], reviewer="cyd")
    session.decide(Choice.TIE, on_screen(session))


def undo_a_review(store: Store) -> None:
    session = open_review(store, all_runs(store)[0], reviewer="cyd")
    session.flag(on_screen(session))
    session.undo()


def judge_a_pair(store: Store) -> None:
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, Judge("rules:x", "rules"))
        judges.record_requested_orders(conn, 1, judge_id, [AnswerOrder.NONE])
        judgments.add_judgment(conn, 1, judge_id, Judgment(AnswerOrder.NONE, JudgmentStatus.READABLE, Preference.TIE))


def begin_to_judge(store: Store) -> None:
    with store.writing() as conn:
        judges.record_requested_orders(conn, 1, judges.add_judge(conn, Judge("rules:x", "rules")), [AnswerOrder.NONE])


def make_another_run(store: Store) -> None:
    make_run(store, "s", "baseline", "candidate")


def answer_its_example(store: Store) -> None:
    bring(store, {"key": "a", "response_candidate": "x", "candidate": "checkpoint-2"})


def judge_its_pair(store: Store) -> None:
    bring(store, judged("a", judge="other"))


def edit_its_example(store: Store) -> None:
    bring(store, {"key": "a", "instruction": "Sing a."}, update=True)


def tag_its_example(store: Store) -> None:
    bring(store, {"key": "a", "tags": ["later"]})


def carry_its_review(store: Store) -> None:
    bring(store, compared("a", candidate="twin"))


@pytest.mark.parametrize(
    "build",
    [
        review_a_pair,
        undo_a_review,
        judge_a_pair,
        begin_to_judge,
        make_another_run,
        answer_its_example,
        judge_its_pair,
        edit_its_example,
        tag_its_example,
        carry_its_review,
    ],
)
def test_an_import_that_others_have_built_on_is_kept_and_a_sentence_says_so(
    store: Store, build: Callable[[Store], None]
) -> None:
    bring(store, judged("a"), reviewed("a"))
    build(store)
    before = dump(store)
    with pytest.raises(BadUsage, match="import 1 cannot be taken back: others have built on it") as raised:
        drop_import(store, 1)
    assert "\n" not in str(raised.value)
    assert dump(store) == before
    assert values(store, "PRAGMA foreign_keys") == [1]


def test_a_queue_that_was_only_drawn_is_not_built_on_it(store: Store) -> None:
    before = dump(store)
    bring(store, compared("a"))
    open_review(store, all_runs(store)[0], reviewer="cyd")
    drop_import(store, 1)
    assert {name for name, rows in dump(store).items() if rows != before[name]} == {"reviewers"}


def test_an_import_that_brought_nothing_is_not_recorded_and_one_that_is_not_there_cannot_be_dropped(
    store: Store,
) -> None:
    bring(store, compared())
    assert bring(store, compared()).number is None
    assert [one.number for one in all_imports(store)] == [1]
    with pytest.raises(BadUsage, match="there is no import 2; `uphold imports` lists them"):
        drop_import(store, 2)
