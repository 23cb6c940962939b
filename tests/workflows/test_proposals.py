"""Proposals: spread over a pool and far from the set, answered one by one, taken back, and never made twice."""

import json
from pathlib import Path

import pytest

from uphold.errors import BadUsage
from uphold.records.proposals import Proposed, ProposeProgress
from uphold.records.sets import NewExample
from uphold.records.texts import ExampleText
from uphold.store.database import Store, open_store
from uphold.workflows.curating import SetEditor, list_examples, make_set, overview
from uphold.workflows.proposal_session import ProposalSession
from uphold.workflows.proposals import (
    ProposeRequest,
    Spread,
    coverage,
    leave,
    propose,
    take,
    take_draft,
    waiting,
    want,
)

KNOWN = "A kettle from the winter sale leaks at its base, is there a refund for it?"
NOUNS = ("lamp", "sofa", "clock", "stove")


@pytest.fixture
def editor(store: Store) -> SetEditor:
    make_set(store, "s", "ada", seed="ab" * 8)
    made = SetEditor(store, "s", "ada")
    made.add([NewExample(ExampleText((KNOWN,), None, ("r",)), "known", ("refund",))])
    return made


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """400 logs: copies of what the set has, and three kinds of questions about four things."""
    kinds = {
        "shipping": "Where is the {noun} that I ordered {number} days ago with express delivery?",
        "warranty": "My {noun} broke after {number} months, does the warranty still cover repairs?",
        "refund": "I return the {noun} of order {number}, when does the money arrive?",
    }
    rows = []
    for number in range(400):
        tag = ("shipping", "shipping", "warranty", "refund")[number % 4]
        asked = (
            KNOWN.replace("winter", "summer")
            if number % 10 == 9
            else kinds[tag].format(noun=NOUNS[number // 4 % 4], number=number % 30)
        )
        rows.append({"prompt": asked, "response": f"Answer {number}", "system": "Be the desk.", "category": tag})
        if number % 10 == 9:
            del rows[-1]["system"]
    path = tmp_path / "logs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def made_of(store: Store, pool: Path, number: int, spread: Spread | None = None, seed: str | None = None) -> Proposed:
    *steps, made = propose(store, "s", ProposeRequest([pool], number, spread, seed=seed), "ada")
    assert all(isinstance(step, ProposeProgress) for step in steps)
    assert isinstance(made, Proposed)
    return made


def test_proposals_are_unlike_each_other_and_the_set_and_say_why(editor: SetEditor, pool: Path) -> None:
    editor.add([NewExample(ExampleText(("My lamp broke, is there a spare bulb?",), None, ("r",)), "lamp")])
    made = made_of(editor.store, pool, 6, Spread.CLUSTER)
    assert (len(made.new), made.waiting, made.rows) == (6, 6, 400)
    assert not any("kettle" in one.text.turns[0] for one in made.new)
    assert len({one.text.turns[0][:5] for one in made.new}) == 3
    for one in made.new:
        assert one.reasons[0].startswith("nearest to ")
        assert one.text.context == "Be the desk."
        assert one.answers["logged"][0].startswith("Answer ")
        assert (one.source, one.line is not None) == ("logs.jsonl", True)
    assert any(one.reasons[-1].endswith("that ask nearly this; the others are not proposed") for one in made.new)
    assert any(one.near is not None and one.near.key == "lamp" and 0 < one.near.likeness < 0.6 for one in made.new)


def test_tags_that_lack_most_come_first(editor: SetEditor, pool: Path) -> None:
    want(editor.store, "s", "ada", ["warranty=6", "shipping=2"])
    made = made_of(editor.store, pool, 8)
    tags = [one.tags[0] for one in made.new]
    assert (tags.count("warranty"), tags.count("shipping")) == (6, 2)
    assert made.new[0].reasons[0] in (
        "few examples of warranty: 0 of 6 wanted",
        "few examples of shipping: 0 of 2 wanted",
    )


def test_what_is_taken_or_left_is_not_proposed_again_also_after_a_restart(
    editor: SetEditor, pool: Path, tmp_path: Path
) -> None:
    store = editor.store
    first = [one.key for one in made_of(store, pool, 4).new]
    assert made_of(store, pool, 4).new == ()
    assert take(store, "s", "ada", first[:1]) == first[:1]
    assert leave(store, "s", "ada", first[1:2]) == first[1:2]
    with open_store(tmp_path / "new.db") as again:
        assert [one.key for one in waiting(again, "s")] == first[2:]
        texts = {one.text.hash for one in waiting(again, "s")}
        new = made_of(again, pool, 4).new
        assert len(new) == 2
        assert not {one.key for one in new} & set(first)
        assert not {one.text.hash for one in new} & texts
        with pytest.raises(BadUsage, match="is taken already; `uphold set undo` takes that back"):
            take(again, "s", "ada", first[:1])
        with pytest.raises(BadUsage, match="nothing with the key 'nope' is proposed"):
            leave(again, "s", "ada", ["nope"])


def test_taking_adds_an_example_with_tags_and_undo_takes_each_step_back(editor: SetEditor, pool: Path) -> None:
    store = editor.store
    one, two = made_of(store, pool, 2).new
    take(store, "s", "ada", [one.key])
    edited = ExampleText(("Better asked?",), None, (None,))
    take_draft(editor, two.key, edited, ["own"])
    assert coverage(store, "s")[-1].tag != "own"
    editor.activate([two.key])
    rows = {row.key: row for row in list_examples(store, "s")}
    assert (rows[one.key].text.turns, rows[one.key].tags) == (one.text.turns, one.tags)
    assert (rows[two.key].text.turns, rows[two.key].tags) == (("Better asked?",), ("own",))
    taken = {found.tag: (found.have, found.taken) for found in coverage(store, "s")}
    assert (taken["refund"][1] <= 1, taken["own"]) == (True, (1, 1))
    for _ in range(3):
        editor.undo()
    assert [row.key for row in list_examples(store, "s")] == ["known"]
    assert [found.key for found in waiting(store, "s")] == [one.key, two.key]
    editor.undo()
    assert waiting(store, "s") == []
    assert len(made_of(store, pool, 2).new) == 2


def test_the_same_seed_gives_the_same_proposals(editor: SetEditor, pool: Path) -> None:
    keys = [one.text.turns for one in made_of(editor.store, pool, 5, seed="x").new]
    editor.undo()
    assert [one.text.turns for one in made_of(editor.store, pool, 5, seed="x").new] == keys


def test_a_key_that_was_given_away_meanwhile_is_made_of_the_text(editor: SetEditor, tmp_path: Path) -> None:
    path = tmp_path / "logs.jsonl"
    path.write_text(json.dumps({"id": 7, "prompt": "Is the shop open on Sundays?"}) + "\n")
    (one,) = made_of(editor.store, path, 1).new
    assert one.key == "7"
    editor.add([NewExample(ExampleText(("Other",), None, (None,)), "7")])
    assert take(editor.store, "s", "ada") == [f"ex-{one.text.hash[:10]}"]


def test_counts_that_are_none_and_a_pool_without_tags_are_refused(editor: SetEditor, tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="'warranty' is no TAG=N, such as warranty=12"):
        want(editor.store, "s", "ada", ["warranty"])
    path = tmp_path / "logs.jsonl"
    path.write_text('{"prompt": "Is the shop open on Sundays?"}\n')
    with pytest.raises(BadUsage, match="no row of the pool has a tag; --map tags=COLUMN"):
        made_of(editor.store, path, 1, Spread.TAG)
    assert waiting(editor.store, "s") == []


def test_a_session_counts_at_its_end_what_is_still_a_draft_then(editor: SetEditor, pool: Path) -> None:
    made_of(editor.store, pool, 4)
    session = ProposalSession(editor)
    session.set_tags(["own"], session.items[0].proposal.tags)
    first, second = session.take(), session.take()
    assert first is not None
    assert second is not None
    assert session.taken_by_tag()["own"] == 1
    assert (session.at, session.tally.waiting, overview(editor.store, "s").active) == (2, 2, 1)
    third = session.items[2].proposal.key
    leave(editor.store, "s", "bert", [third])
    with pytest.raises(BadUsage, match="is left already"):
        session.take()
    editor.retire([second.example or ""])
    assert session.finish() == [first.example]
    with pytest.raises(BadUsage, match="your last act on the set was another one"):
        session.undo()
    assert overview(editor.store, "s").active == 2
