"""Versions of a set: cut once a state, compared, brought back, and named by the runs judged on them."""

import pytest

from support.imports import bring, compared, current, judged, reviewed, values, verdict
from uphold.errors import BadUsage
from uphold.records.set_history import EffectCounts, VersionReason
from uphold.records.sets import ExampleEdit, NewExample
from uphold.records.texts import ExampleText
from uphold.settings import Settings
from uphold.store.database import Store
from uphold.store.sets import find_set, set_hash
from uphold.workflows.curating import SetEditor, list_examples, make_set, overview
from uphold.workflows.importing import drop_import
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_again import JudgingAgain, judging_again
from uphold.workflows.set_versions import bring_back, cut_version, difference, effects, list_versions

CLOSER = "rules:closer"


def cut(store: Store) -> int | None:
    made = cut_version(store, "s", VersionReason.EDITED, "ada")
    return None if made is None else made.number


async def judge(store: Store, spec: str = CLOSER) -> None:
    async for _ in judge_run(store, JudgeRequest(spec)):
        pass


@pytest.fixture
def editor(store: Store) -> SetEditor:
    """An editor of a set with a judged and reviewed run of three examples."""
    bring(store, *(judged(key, reference=f"{key}!") for key in "abc"), reviewed("a", reference="a!"))
    return SetEditor(store, "s", "ada")


def test_a_state_is_cut_once_and_tags_and_drafts_are_no_new_one(store: Store, editor: SetEditor) -> None:
    assert (overview(store, "s").changed, cut(store), cut(store), overview(store, "s").changed) == (True, 1, 1, False)
    editor.tag(["a"], ["x"])
    editor.add_empty()
    assert cut(store) == 1
    editor.edit("a", ExampleEdit(references=("b",)))
    editor.retire(["b"])
    editor.add([NewExample(ExampleText(("new",), None, (None,)), "n")])
    assert (cut(store), [version.hash for version in list_versions(store, "s")][1]) == (
        2,
        set_hash(store, find_set(store, "s")),
    )
    found = [(one.number, one.added, one.retired, one.edited, one.active) for one in list_versions(store, "s")]
    assert found == [(1, 3, 0, 0, 3), (2, 1, 1, 1, 3)]
    editor.undo()
    editor.undo()
    editor.undo()
    assert (cut(store), [one.hash for one in list_versions(store, "s")][::2]) == (
        3,
        [list_versions(store, "s")[0].hash] * 2,
    )


def test_an_empty_set_has_no_version(store: Store) -> None:
    make_set(store, "s", "ada")
    assert (cut(store), list_versions(store, "s")) == (None, [])
    with pytest.raises(BadUsage, match="no version 1; none was cut yet"):
        difference(store, "s", 1)


def test_any_two_are_compared_with_their_texts_and_reasons(store: Store, editor: SetEditor) -> None:
    cut(store)
    editor.edit("a", ExampleEdit(turns=("other",)))
    editor.retire(["b"], "dull")
    found = difference(store, "s", 1)
    assert [(one.key, one.before and one.before.turns, one.after and one.after.turns) for one in found.edited] == [
        ("a", ("Say a.",), ("other",))
    ]
    assert ([(one.key, one.reason) for one in found.retired], found.added, found.same) == ([("b", "dull")], (), 1)
    back = difference(store, "s", None, 1)
    assert ([one.key for one in back.added], [one.key for one in back.edited], back.same) == (["b"], ["a"], 1)
    with pytest.raises(BadUsage, match="no version 7; its versions are 1 to 1"):
        difference(store, "s", 7)


def test_what_a_change_did_adds_up_to_the_pairs_from_before(store: Store, editor: SetEditor) -> None:
    cut(store)
    editor.edit("a", ExampleEdit(turns=("other",)))
    editor.retire(["b"])
    did = effects(store, "s", 1)
    assert (did.stale, did.retired, did.stand) == (EffectCounts(1, 1, 1), EffectCounts(1, 1, 0), EffectCounts(1, 1, 0))
    assert did.runs == ("candidate-vs-baseline",)


def test_a_version_brought_back_is_a_new_one_and_brings_the_reviews_back(store: Store, editor: SetEditor) -> None:
    cut(store)
    pairs = current(store)
    editor.edit("a", ExampleEdit(turns=("other",), references=("r",)))
    editor.retire(["b"])
    editor.add([NewExample(ExampleText(("new",), None, (None,)), "n")])
    cut(store)
    found, version = bring_back(store, "s", 1, "ada")
    assert ([one.key for one in found.added], [one.key for one in found.retired]) == (["b"], ["n"])
    assert version is not None
    assert (version.number, version.hash, current(store)) == (3, list_versions(store, "s")[0].hash, pairs)
    editor.undo()
    assert not difference(store, "s", 2)
    # An example whose addition was undone comes back, too, and goes again.
    editor.undo()
    bring_back(store, "s", 2, "ada")
    assert [row.key for row in list_examples(store, "s") if row.status == "active"] == ["a", "c", "n"]
    editor.undo()
    assert [row.key for row in list_examples(store, "s")] == ["a", "b", "c"]


async def test_a_run_names_the_version_it_was_judged_on(store: Store) -> None:
    bring(store, *(compared(key, reference=f"{key}, says the baseline") for key in "abc"))
    await judge(store)
    await judge(store)
    assert [(one.number, one.why, one.runs) for one in list_versions(store, "s")] == [
        (1, VersionReason.JUDGED, ("candidate-vs-baseline",))
    ]
    SetEditor(store, "s", "ada").edit("a", ExampleEdit(references=("a, says the candidate",)))
    assert verdict(store, "a", CLOSER) == ["pending"]
    assert effects(store, "s", 1).stale == EffectCounts(0, 1, 0)
    assert await judging_again(store, "s", Settings()) == [JudgingAgain("candidate-vs-baseline", CLOSER, 1, 0, 0.0)]
    await judge(store)
    assert [one.runs for one in list_versions(store, "s")] == [(), ("candidate-vs-baseline",)]
    assert values(store, "SELECT number FROM judged_versions") == [2]
    assert (verdict(store, "a", CLOSER), await judging_again(store, "s", Settings())) == (["candidate"], [])


async def test_an_edited_example_waits_for_answers_before_it_can_be_judged(store: Store) -> None:
    bring(store, *(compared(key, reference=f"{key}, says the baseline") for key in "abc"))
    await judge(store)
    SetEditor(store, "s", "ada").edit("a", ExampleEdit(turns=("other",)))
    assert await judging_again(store, "s", Settings()) == [JudgingAgain("candidate-vs-baseline", CLOSER, unanswered=1)]


def test_an_import_with_a_version_is_not_dropped(store: Store) -> None:
    number = bring(store, compared("a")).number
    assert number is not None
    cut(store)
    with pytest.raises(BadUsage, match="versions of its set"):
        drop_import(store, number)
