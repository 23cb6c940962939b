"""Sets as files: exported and imported elsewhere they are the same set, read in the same order; nothing is written unasked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.imports import bring, compared, dump, values, write
from uphold.errors import BadFile
from uphold.formats.readers.eval_set import read_set_file
from uphold.records.sets import ExampleEdit, ExampleStatus, NewExample, SettingKind
from uphold.records.texts import ExampleText
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.curating import SetEditor, list_examples, make_set, overview
from uphold.workflows.review_opening import open_review
from uphold.workflows.set_files import add_from_files, export_set, import_set, preview_import
from uphold.workflows.set_versions import list_versions

HEADER: dict[str, Any] = {"set": {"name": "s", "seed": "ab" * 16}}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "elsewhere.db", create=True) as made:
        yield made


def told(store: Store) -> list[tuple[object, ...]]:
    found = overview(store, "s")
    settings = (
        found.seed,
        found.hash,
        found.purpose,
        found.guidelines,
        found.floor,
        found.baseline,
        dict(found.wanted),
    )
    return [settings, *((row.key, row.status, row.tags, row.text) for row in list_examples(store, "s"))]


def fill(store: Store) -> SetEditor:
    make_set(store, "s", "ada", "replies")
    editor = SetEditor(store, "s", "ada")
    editor.add(
        [
            NewExample(ExampleText(("ask",), "be brief", ("ref",)), "a", ("x", "y, z")),
            NewExample(ExampleText(("one", "two"), None, (None, "due")), "b", (), ExampleStatus.DRAFT),
            NewExample(ExampleText(("\x7f\x1b[31m\r\n\u202e=1+1",), "", ("",)), "=c\n"),
        ]
    )
    editor.retire(["b"], "dull")
    editor.set_value(SettingKind.GUIDELINES, "be kind")
    editor.set_value(SettingKind.FLOOR, "0.75")
    editor.set_value(SettingKind.WANTED, json.dumps({"x": 5}))
    return editor


def reading_order(store: Store) -> list[str]:
    bring(
        store,
        *({"key": key, "response_candidate": f"{key}1", "response_baseline": f"{key}2"} for key in ("a", *"defgh")),
    )
    open_review(store, all_runs(store)[0], "mira")
    sql = "SELECT e.key FROM queue_items i JOIN pairs p ON p.id = i.pair_id JOIN examples e ON e.id = p.example_id"
    return values(store, f"{sql} ORDER BY i.position")


def test_elsewhere_it_is_the_same_set_read_in_the_same_order(store: Store, elsewhere: Store, tmp_path: Path) -> None:
    editor = fill(store)
    editor.add([NewExample(ExampleText((f"ask {key}",), None, (None,)), key) for key in "defgh"])
    path = tmp_path / "s.jsonl"
    path.write_text("what was there before")
    done = export_set(store, "s", path, "ada")
    text = path.read_text("ascii")
    assert (done.examples, done.version and done.version.number, "\x1b" in text, "\x7f" in text) == (8, 1, False, False)
    file = read_set_file(path)
    before = dump(elsewhere)
    assert [row.key for row in preview_import(elsewhere, file).added] == ["a", "b", "=c\n", *"defgh"]
    assert dump(elsewhere) == before
    planned, version = import_set(elsewhere, file, "ben")
    assert planned
    assert version is not None
    assert (version.hash, told(elsewhere)) == (done.hash, told(store))
    again, same = import_set(elsewhere, file, "ben")
    assert (bool(again), same and same.is_new, len(list_versions(elsewhere, "s"))) == (False, False, 1)
    assert reading_order(store) == reading_order(elsewhere)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "x.db"
    open_store(path, create=True).close()
    return path


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(TEXTS.filter(bool), TEXTS, st.none() | TEXTS, st.none() | TEXTS, st.sampled_from(ExampleStatus)),
        max_size=4,
        unique_by=lambda one: one[0],
    )
)
def test_any_text_comes_back_as_it_was(empty: Path, rows: list[tuple[Any, ...]]) -> None:
    path = empty.with_name("s.jsonl")
    with open_store(empty) as on_disk, on_disk.copy_in_memory() as one, on_disk.copy_in_memory() as two:
        make_set(one, "s", "ada")
        SetEditor(one, "s", "ada").add(
            [
                NewExample(ExampleText((ask,), context, (ref,)), key, (), status)
                for key, ask, context, ref, status in rows
            ]
        )
        export_set(one, "s", path, "ada")
        import_set(two, read_set_file(path), "ben")
        assert told(two) == told(one)


def test_what_changed_there_is_applied_here_and_what_is_only_here_stays(
    store: Store, elsewhere: Store, tmp_path: Path
) -> None:
    fill(store)
    export_set(store, "s", tmp_path / "s.jsonl", "ada")
    import_set(elsewhere, read_set_file(tmp_path / "s.jsonl"), "ben")
    there = SetEditor(elsewhere, "s", "ben")
    there.edit("a", ExampleEdit(turns=("ask better",)))
    there.tag(["a"], ["new"], ["x"])
    there.restore(["b"])
    there.set_value(SettingKind.GUIDELINES, None)
    export_set(elsewhere, "s", tmp_path / "s.jsonl", "ben")
    SetEditor(store, "s", "ada").add([NewExample(ExampleText(("mine",), None, (None,)), "mine")])
    before = told(store)
    planned, _ = import_set(store, read_set_file(tmp_path / "s.jsonl"), "ada")
    assert ([one.key for one in planned.edited], planned.only_here, planned.seed) == (["a"], ("mine",), "same")
    assert [(one.key, one.added, one.removed) for one in planned.tags] == [("a", ("new",), ("x",))]
    assert [(one.key, one.before, one.after) for one in planned.statuses] == [("b", "retired", "active")]
    assert [(one.kind, one.after) for one in planned.settings] == [("guidelines", None)]
    assert told(store)[1:4] == told(elsewhere)[1:4]
    assert SetEditor(store, "s", "ada").undo().left == ()
    assert told(store) == before


def test_a_seed_is_taken_only_while_nothing_was_drawn(store: Store, tmp_path: Path) -> None:
    make_set(store, "s", "ada")
    own = overview(store, "s").seed
    file = read_set_file(write(tmp_path / "f.jsonl", HEADER, {"key": "a", "instruction": "ask"}))
    assert import_set(store, file, "ada")[0].seed == "taken"
    assert overview(store, "s").seed == "ab" * 16
    SetEditor(store, "s", "ada").undo()
    assert overview(store, "s").seed == own
    bring(store, compared("b"))
    assert import_set(store, file, "ada")[0].seed == "kept"
    assert overview(store, "s").seed == own


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"key": "a", "instruction": "x"}], "f.jsonl:1: the first line is not about a set"),
        ([{"set": {"purpose": "x"}}], "f.jsonl:1: name is missing"),
        ([{"set": {"name": "s", "seed": "NO"}}], "f.jsonl:1: seed must be"),
        ([{"set": {"name": "s", "floor": 75}}], "f.jsonl:1: floor must be from 0 to 1"),
        ([{"set": {"name": "s", "wanted": {"x": "5"}}}], "f.jsonl:1: wanted must be"),
        ([HEADER, {"key": "a"}], 'f.jsonl:2: neither "instruction" nor "turns"'),
        (
            [HEADER, {"key": "a", "instruction": "x", "status": "gone"}],
            "f.jsonl:2: status must be draft or active or retired",
        ),
        (
            [HEADER, *({"key": "a", "instruction": text} for text in "xy")],
            'f.jsonl:3: the key the text "a" stands in f.jsonl:2',
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, rows: list[Any], said: str) -> None:
    with pytest.raises(BadFile) as error:
        read_set_file(write(tmp_path / "f.jsonl", *rows))
    assert str(error.value).startswith(said)


def test_a_file_that_was_cut_short_says_so(tmp_path: Path) -> None:
    header = {"set": {"name": "s", "examples": 2, "more": 1}}
    file = read_set_file(write(tmp_path / "f.jsonl", header, {"key": "a", "instruction": "x"}))
    assert "2 examples when it was exported, here are 1" in file.warnings[0].message
    assert file.unused_fields == ("more",)


def test_examples_of_any_file_are_added_as_one_act(store: Store, tmp_path: Path) -> None:
    make_set(store, "s", "ada")
    path = write(
        tmp_path / "f.jsonl",
        compared("a", tags=["x"]),
        {"key": "b", "turns": ["one", "two"], "reference": ["r", None]},
        {"instruction": "no key"},
    )
    found = add_from_files(store, "s", [path], "ada", status=ExampleStatus.DRAFT, tags=["new"])
    assert (found.rows, found.added[:2], len(found.added), found.answers) == (3, ["a", "b"], 3, 2)
    assert [(row.status, row.tags) for row in list_examples(store, "s")[:1]] == [("draft", ("new", "x"))]
    again = add_from_files(store, "s", [path], "ada", tags=["newer"])
    assert (again.added, again.known, again.tagged) == ([], 3, found.added)
    third = add_from_files(store, "s", [path], "ada")
    assert (third.added, third.tagged, len(SetEditor(store, "s", "ada").last_acts())) == ([], [], 2)
    SetEditor(store, "s", "ada").undo()
    SetEditor(store, "s", "ada").undo()
    assert list_examples(store, "s") == []


def test_a_key_with_another_text_is_refused_and_nothing_is_added(store: Store, tmp_path: Path) -> None:
    make_set(store, "s", "ada")
    path = write(tmp_path / "f.jsonl", *({"key": key, "instruction": text} for key, text in ("ax", "by", "az")))
    with pytest.raises(BadFile, match=r"f.jsonl:3: the key 'a' stands for another text"):
        add_from_files(store, "s", [path], "ada")
    assert list_examples(store, "s") == []
