"""Curating a set: each change is one act that undo takes back, and what was judged and decided stays with its text."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.imports import bring, compared, current, decisions, judged, reviewed, values, verdict
from uphold.errors import BadUsage
from uphold.records.sets import ExampleEdit, ExampleStatus, NewExample, SettingKind, StaleCounts
from uphold.records.texts import ExampleText
from uphold.reports.json_output import statistics_json
from uphold.store.database import Store, open_store
from uphold.store.outcomes import rebuild
from uphold.workflows.curating import SetEditor, example_details, list_examples, make_set, overview
from uphold.workflows.importing import drop_import
from uphold.workflows.pinning import pin_judge
from uphold.workflows.statistics import read_run_statistics


def new(text: str, key: str, **fields: Any) -> NewExample:
    return NewExample(ExampleText((text,), None, (None,)), key, **fields)


def state(store: Store) -> list[tuple[object, ...]]:
    """What a set holds now, without the ids of rows."""
    rows = [(row.key, row.status, row.tags, row.text, row.wins, row.stale) for row in list_examples(store, "s")]
    found = overview(store, "s")
    return [*rows, (found.purpose, found.guidelines, found.floor, found.hash, found.name)]


def numbers(store: Store) -> dict[str, Any]:
    return statistics_json(read_run_statistics(store, None))


@pytest.fixture
def reviewed_run(store: Store) -> Store:
    """A judged and reviewed run of six examples."""
    for key in "abcdef":
        word = "baseline" if key in "ef" else "candidate"
        bring(store, judged(key, reference=f"{key}!", tags=["t"]), reviewed(key, word, note=key))
    return store


def test_editing_one_example_makes_exactly_its_pairs_stale_and_restoring_brings_the_reviews_back(
    reviewed_run: Store,
) -> None:
    store = reviewed_run
    before, pairs = numbers(store), current(store)
    editor = SetEditor(store, "s", "ada")
    change = ExampleEdit(turns=("Say it better.",))
    assert editor.preview_edit("b", change) == StaleCounts(1, 1, 1, 1)
    assert current(store) == pairs
    assert editor.edit("b", change) == StaleCounts(1, 1, 1, 1)
    assert [pair[0] for pair in current(store)] == list("acdef")
    after = numbers(store)
    assert (after["human"]["stale"], after["human"]["reviewed"], after["human"]["wins"]) == (1, 5, 3)
    # Every other number is that of a file in which the example never was.
    with open_store(store.path.with_name("without.db"), create=True) as without:
        for key in "acdef":
            word = "baseline" if key in "ef" else "candidate"
            bring(without, judged(key, reference=f"{key}!", tags=["t"]), reviewed(key, word, note=key))
        expected = numbers(without)
    assert after["judges"] == expected["judges"]
    assert after["human"] == expected["human"] | {"stale": 1}
    editor.undo()
    assert (current(store), numbers(store)) == (pairs, before)
    assert decisions(store, "b") == [("ada", "decision", "candidate")]


def test_retiring_and_restoring_does_so_too_and_an_edit_back_by_hand(reviewed_run: Store) -> None:
    before, editor = numbers(reviewed_run), SetEditor(reviewed_run, "s", "ada")
    assert editor.preview_retire(["a", "e"]) == StaleCounts(1, 2, 2, 2)
    assert editor.retire(["a", "e"], "dull") == ["a", "e"]
    assert editor.retire(["a"]) == []
    after = numbers(reviewed_run)["human"]
    assert (after["retired"], after["reviewed"], after["wins"], after["losses"]) == (2, 4, 3, 1)
    assert [row.reason for row in list_examples(reviewed_run, "s") if row.key == "a"] == ["dull"]
    assert editor.restore(["a", "b", "e"]) == ["a", "e"]
    assert numbers(reviewed_run) == before
    editor.edit("c", ExampleEdit(turns=("x",), context="y", references=("z",)))
    editor.edit("c", ExampleEdit(turns=("Say c.",), context="", references=("c!",)))
    assert numbers(reviewed_run) == before


def test_a_mended_reference_leaves_decisions_and_verdicts_that_took_none(reviewed_run: Store) -> None:
    editor = SetEditor(reviewed_run, "s", "ada")
    assert editor.edit("a", ExampleEdit(references=("mended",))) == StaleCounts(older_reference=1)
    assert (verdict(reviewed_run, "a"), len(decisions(reviewed_run, "a"))) == (["candidate"], 1)
    assert numbers(reviewed_run)["human"]["older_reference"] == 1
    assert editor.last_acts()[0].what == "a given another reference"


def test_an_answer_becomes_the_reference(reviewed_run: Store) -> None:
    editor = SetEditor(reviewed_run, "s", "ada")
    answer = example_details(reviewed_run, "s", "a").answers[0]
    assert editor.use_answer_as_reference("a", answer.response_id) is not None
    assert editor.use_answer_as_reference("a", answer.response_id) is None
    assert example_details(reviewed_run, "s", "a").row.text.references == answer.cells
    with pytest.raises(BadUsage, match="not one to the present text"):
        editor.use_answer_as_reference("b", answer.response_id)


def test_a_list_says_where_judge_and_people_part_and_what_is_alike(reviewed_run: Store) -> None:
    SetEditor(reviewed_run, "s", "ada").duplicate("a")
    rows = {row.key: row for row in list_examples(reviewed_run, "s")}
    assert (rows["e"].parted, rows["e"].losses, rows["a"].parted, rows["a"].wins) == (1, 1, 0, 1)
    assert (rows["a"].duplicates, rows["ex-1"].duplicates, rows["ex-1"].status) == (("ex-1",), ("a",), "draft")


def test_undo_goes_on_after_a_restart_and_through_its_own_traces(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with open_store(path, create=True) as store:
        make_set(store, "s", "ada")
        editor, states = SetEditor(store, "s", "ada"), []
        acts: list[Callable[[], object]] = [
            lambda: editor.add([new("one", "a"), new("two", "b", tags=("t",), status=ExampleStatus.DRAFT)]),
            lambda: editor.tag(["a", "b"], ["x", "y"], ["t"]),
            lambda: editor.activate(["b"]),
            lambda: editor.set_value(SettingKind.GUIDELINES, "be kind"),
            lambda: editor.set_value(SettingKind.GUIDELINES, None),
            lambda: editor.edit_all("a", ExampleEdit(turns=("uno",), references=("r",)), ["z"]),
            lambda: editor.retire(["a", "b"], "dull"),
            lambda: editor.rename("other"),
        ]
        for act in acts[:-1]:
            states.append(state(store))
            act()
        states.append(state(store))
        acts[-1]()
    for number, expected in enumerate(reversed(states)):
        with open_store(path) as store:
            undone = SetEditor(store, "other" if number == 0 else "s", "ada").undo()
            assert (state(store), undone.left) == (expected, ())
    with open_store(path) as store, pytest.raises(BadUsage, match="nothing to take back"):
        SetEditor(store, "s", "ada").undo()


def test_undo_is_each_reviewers_own_and_leaves_what_others_changed_since(store: Store) -> None:
    bring(store, compared("a"), compared("b"))
    ada, ben = SetEditor(store, "s", "ada"), SetEditor(store, "s", "ben")
    ada.edit("a", ExampleEdit(turns=("ada's",)))
    ada.retire(["a", "b"])
    ben.edit("a", ExampleEdit(turns=("ben's",)))
    ben.restore(["b"])
    undone = ada.undo()
    assert undone.act.what == "a, b retired"
    assert [row.status for row in list_examples(store, "s")] == ["active", "active"]
    assert ada.undo().left == (f"a stays as it is: changed since, by ben on {undone.act.at[:10]}",)
    assert list_examples(store, "s")[0].text.turns == ("ben's",)
    with pytest.raises(BadUsage, match=r"nothing of 'ada'.*'ben' \(b restored\)"):
        ada.undo()


def test_an_addition_taken_back_is_in_no_list_and_its_key_is_free(store: Store) -> None:
    make_set(store, "s", "ada")
    editor = SetEditor(store, "s", "ada")
    editor.add([new("one", "a")])
    editor.undo()
    assert (list_examples(store, "s"), overview(store, "s").retired) == ([], 0)
    with pytest.raises(BadUsage, match="has no example 'a'"):
        editor.tag(["a"], ["x"])
    editor.add([new("other", "a")])
    assert [row.text.turns for row in list_examples(store, "s")] == [("other",)]
    with pytest.raises(BadUsage, match="has an example 'a' already"):
        editor.add([new("b", "b"), new("again", "a")])
    assert [row.key for row in list_examples(store, "s")] == ["a"]


def test_an_import_adds_an_example_again_whose_addition_was_undone(store: Store) -> None:
    make_set(store, "s", "ada")
    editor = SetEditor(store, "s", "ada")
    editor.add([new("one", "a"), new("two", "b")])
    editor.undo()
    assert bring(store, compared("a", instruction="other"), compared("c")).examples == 2
    assert [(row.key, row.text.turns, row.status) for row in list_examples(store, "s")] == [
        ("a", ("other",), "active"),
        ("c", ("Say c.",), "active"),
    ]
    assert [pair[0] for pair in current(store)] == ["a", "c"]
    assert bring(store, compared("a", instruction="other"), compared("c")).number is None


def test_a_pin_is_an_act_too(reviewed_run: Store) -> None:
    pin_judge(reviewed_run, "s", "j", "ada")
    assert overview(reviewed_run, "s").judge == "j"
    assert SetEditor(reviewed_run, "s", "ada").undo().act.what == "judge changed"
    assert overview(reviewed_run, "s").judge is None


def test_an_import_that_was_curated_since_is_not_dropped(store: Store) -> None:
    number = bring(store, compared("a")).number
    assert number is not None
    SetEditor(store, "s", "ada").set_value(SettingKind.PURPOSE, "replies")
    with pytest.raises(BadUsage, match="acts on its set"):
        drop_import(store, number)


KEYS = st.sampled_from("abc")
TEXTS = st.sampled_from(["one", "two"])
ACTS = st.one_of(
    st.tuples(st.just("edit"), KEYS, TEXTS, st.sampled_from([None, "r"])),
    st.tuples(st.just("retire"), KEYS),
    st.tuples(st.just("restore"), KEYS),
    st.tuples(st.just("draft"), KEYS),
    st.tuples(st.just("tag"), KEYS, st.sampled_from("xy")),
    st.tuples(st.just("untag"), KEYS, st.sampled_from("xy")),
    st.tuples(st.just("add"), st.sampled_from("de"), TEXTS),
    st.tuples(st.just("guidelines"), st.sampled_from([None, "be kind"])),
    st.tuples(st.just("undo")),
)


def act_out(editor: SetEditor, act: tuple[Any, ...]) -> None:
    kind, *rest = act
    if kind == "edit":
        editor.edit(rest[0], ExampleEdit(turns=(rest[1],), references=(rest[2],)))
    elif kind in ("retire", "restore"):
        getattr(editor, kind)([rest[0]])
    elif kind == "draft":
        editor.make_draft([rest[0]])
    elif kind == "tag":
        editor.tag([rest[0]], [rest[1]])
    elif kind == "untag":
        editor.tag([rest[0]], (), [rest[1]])
    elif kind == "guidelines":
        editor.set_value(SettingKind.GUIDELINES, rest[0])
    elif kind == "add":
        with suppress(BadUsage):  # the key is there already
            editor.add([new(rest[1], rest[0])])
    else:
        with suppress(BadUsage):  # nothing to take back
            editor.undo()


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("curated") / "x.db"
    with open_store(path, create=True) as store:
        bring(
            store,
            *(judged(key, instruction="one", reference="r") for key in "abc"),
            reviewed("a", instruction="one", reference="r"),
        )
    return path


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=8))
def test_whatever_was_done_undo_leads_back_and_the_outcomes_agree(curated: Path, acts: list[tuple[Any, ...]]) -> None:
    with open_store(curated) as on_disk, on_disk.copy_in_memory() as store:
        before, pairs, editor = state(store), current(store), SetEditor(store, "s", "ada")
        for act in acts:
            act_out(editor, act)
        stored = values(store, "SELECT judge_id || pair_id || verdict FROM verdicts ORDER BY 1")
        with store.writing() as conn:
            rebuild(conn)
        assert values(store, "SELECT judge_id || pair_id || verdict FROM verdicts ORDER BY 1") == stored
        for _ in editor.last_acts():
            assert editor.undo().left == ()
        assert (state(store), current(store)) == (before, pairs)
        assert store.rows("PRAGMA foreign_key_check").fetchall() == []
