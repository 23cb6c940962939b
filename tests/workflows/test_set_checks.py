"""Checking a set: each kind of finding at its edge, leakage into files and other sets, and what is taken for a template."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.imports import bring, compared, judged
from uphold.errors import BadFile, BadUsage
from uphold.records.set_checks import CheckProgress, Finding, FindingKind, SetCheck
from uphold.records.sets import ExampleStatus, NewExample, SettingKind
from uphold.records.texts import ExampleText
from uphold.store.database import Store
from uphold.workflows.curating import SetEditor, make_set
from uphold.workflows.set_checks import check_set

LONG_TEXT = "Describe in your own words how a heat pump takes warmth from cold outside air into an old house."


def fill(store: Store, texts: dict[str, str], name: str = "s", **fields: Any) -> SetEditor:
    make_set(store, name, "ada")
    editor = SetEditor(store, name, "ada")
    fields = {"tags": (), "status": ExampleStatus.ACTIVE} | fields
    editor.add([NewExample(ExampleText((text,), None, ("r",)), key, **fields) for key, text in texts.items()])
    return editor


def check(store: Store, *against: Path) -> SetCheck:
    *steps, found = check_set(store, "s", against)
    assert all(isinstance(step, CheckProgress) for step in steps)
    assert isinstance(found, SetCheck)
    return found


def named(found: SetCheck, kind: FindingKind) -> list[Finding]:
    return [finding for finding in found.findings if finding.kind is kind]


def test_duplicates_name_both_keys_and_effective_counts_what_is_asked(store: Store) -> None:
    texts = {"a": LONG_TEXT, "b": LONG_TEXT, "c": LONG_TEXT.replace("cold", "icy"), "d": LONG_TEXT.upper(), "e": "Hi?"}
    editor = fill(store, texts)
    editor.add([NewExample(ExampleText((LONG_TEXT,), None, ("r",)), "f", (), ExampleStatus.DRAFT)])
    editor.add([NewExample(ExampleText((LONG_TEXT,), None, ("r",)), "g")])
    editor.retire(["g"])
    found = check(store)
    assert [one.keys for one in named(found, FindingKind.DUPLICATE)] == [("a", "b"), ("a", "f")]
    near = named(found, FindingKind.NEAR_DUPLICATE)
    assert [(one.keys, one.detail) for one in near] == [
        (("a", "c"), "differ in 1 word and share 95 % of their words"),
        (("a", "d"), "the same words; case, blanks or punctuation differ"),
    ]
    assert (found.active, found.draft, found.effective) == (5, 1, 4)
    assert {one.kind for one in found.findings} == {FindingKind.DUPLICATE, FindingKind.NEAR_DUPLICATE}


def test_empty_long_and_lacking_references_are_named(store: Store) -> None:
    editor = fill(store, {"empty": " \n", "long": "word " * 2000, "short": "Why?", "other": "How is that?"})
    editor.add([NewExample(ExampleText(("One", "Two"), None, ("r", None)), "half")])
    found = {(one.kind.value, one.keys, one.detail) for one in check(store).findings}
    assert found == {
        ("empty", ("empty",), "nothing is asked"),
        ("long", ("long",), "10,000 characters; half of the set has at most 6"),
        ("no-reference", ("half",), "no reference for 1 of 2 turns"),
    }


def test_thin_tags_are_those_with_fewer_than_wanted_else_than_ten(store: Store) -> None:
    editor = fill(store, {f"k{number}": f"Ask number {number}" for number in range(10)}, tags=("ten", "wanted"))
    editor.add([NewExample(ExampleText(("Else?",), None, ("r",)), "z", ("few",))])
    editor.set_value(SettingKind.WANTED, json.dumps({"wanted": 12, "none": 2, "few": 1}))
    thin = named(check(store), FindingKind.THIN_TAG)
    assert [(one.tag, one.detail, len(one.keys)) for one in thin] == [
        ("none", "none: 0 of 2 wanted", 0),
        ("wanted", "wanted: 10 of 12 wanted", 10),
    ]
    editor.set_value(SettingKind.WANTED, None)
    assert [one.detail for one in named(check(store), FindingKind.THIN_TAG)] == [
        "few: 1 example, too few for a rate of its own (10 needed)"
    ]


def test_what_the_runs_say_of_an_example_is_named(store: Store) -> None:
    for number, verdict in enumerate(("candidate", "candidate", "candidate")):
        names = {"candidate": f"new{number}", "baseline": "old", "reference": "r"}
        bring(store, judged("won", verdict, **names), judged("lost", "baseline", **names))
        if number < 2:
            bring(store, judged("twice", **names))
    names = {"candidate": "new0", "baseline": "old", "reference": "r"}
    for order, verdict in (("candidate-first", "candidate"), ("baseline-first", "baseline")):
        bring(store, judged("flip", verdict, order=order, **names))
    for reviewer, review in (("ada", "candidate"), ("bob", "baseline")):
        bring(store, compared("split", reviewer=reviewer, review=review, **names))
    found = {(one.kind.value, one.keys[0], one.detail) for one in check(store).findings}
    assert found >= {
        ("always-won", "won", "won in all of 3 runs"),
        ("always-lost", "lost", "lost in all of 3 runs"),
        ("flips", "flip", "the judge's verdict changes with the order of the answers on 1 pair"),
        ("split", "split", "reviewers differ on 1 pair"),
    }
    assert not any(key == "twice" for _, key, _ in found)


def test_leaks_name_file_and_line_and_templates_are_told_apart(store: Store, tmp_path: Path) -> None:
    fill(store, {"a": LONG_TEXT, "b": "Write a short story about owls", "c": "Nothing like it anywhere"})
    rows = [{"text": f"filler line number {number} of this file"} for number in range(60)]
    rows[7] = {"q": "x", "a": [{"deep": LONG_TEXT}]}
    rows[9] = {"q": LONG_TEXT.replace("cold outside", "freezing outdoor"), "a": "y"}
    for number in range(20, 40):
        rows[number] = {"q": f"Write a short story about topic{number}"}
    training = tmp_path / "train.jsonl"
    training.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = check(store, training)
    leaked = [(one.keys, one.where, one.detail) for one in named(found, FindingKind.LEAKED)]
    assert leaked == [
        (("a",), f"{training}:8", "verbatim"),
        (("a",), f"{training}:10", "differs in 2 words"),
    ]
    assert found.lines == 60
    assert [(note.keys, note.count, note.detail) for note in found.templates] == [
        (("b",), 20, "differs in 1 word in 20 rows")
    ]


def test_leakage_between_sets_of_the_database_is_named(store: Store) -> None:
    fill(store, {"x1": LONG_TEXT, "x2": "Something else"}, "other")
    fill(store, {"a": LONG_TEXT.replace("warmth", "heat"), "b": "Quite another thing"})
    (leak,) = named(check(store), FindingKind.LEAKED)
    assert (leak.keys, leak.where, leak.detail) == (("a",), "other:x1", "differs in 1 word")


def test_a_set_or_file_that_is_not_there_is_refused_and_an_empty_set_has_no_findings(
    store: Store, tmp_path: Path
) -> None:
    make_set(store, "s", "ada")
    found = check(store)
    assert (found.findings, found.active, found.effective) == ((), 0, 0)
    with pytest.raises(BadFile, match="there is no such file"):
        check(store, tmp_path / "none.jsonl")
    with pytest.raises(BadUsage, match="there is no set 'q'"):
        next(check_set(store, "q"))
