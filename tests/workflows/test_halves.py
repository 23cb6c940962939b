"""Halves of a set: near-duplicates together, and nothing that happens later moves an example."""

from pathlib import Path
from typing import Any

import pytest

from support.imports import bring, compared
from uphold.records.halves import Half, half_of
from uphold.store.database import Store, open_store
from uphold.store.imports import drop_import
from uphold.store.sets import find_set, name_and_seed
from uphold.workflows.curating import SetEditor, make_set
from uphold.workflows.forgetting import forget_examples
from uphold.workflows.halves import set_halves

SUBJECTS = (
    "the boiling point of water on a mountain",
    "why leaves turn red before winter begins",
    "a refund for shoes which never arrived",
    "how many moons circle the planet Neptune",
    "three rules of a chess endgame with rooks",
    "an apology for the missed train to Vienna",
)


def asking(key: str, instruction: str, **more: Any) -> dict[str, Any]:
    return compared(key, instruction=instruction, **more)


def halves_by_key(store: Store, name: str = "s") -> dict[str, Half]:
    set_id = find_set(store, name)
    keys = dict(store.rows("SELECT id, key FROM examples WHERE set_id = ?", (set_id,)).fetchall())
    return {keys[number]: half for number, half in set_halves(store, set_id).items()}


@pytest.fixture
def many(store: Store) -> Store:
    bring(store, *(asking(f"k{at:03d}", f"Explain {subject} ({at})") for at, subject in enumerate(SUBJECTS * 10)))
    return store


def test_the_half_is_that_of_the_first_text(store: Store) -> None:
    bring(store, *(asking(f"k{at}", subject) for at, subject in enumerate(SUBJECTS)))
    _, seed = name_and_seed(store, find_set(store, "s"))
    hashes = dict(store.rows("SELECT e.key, t.hash FROM examples e JOIN texts t ON t.id = e.text_id").fetchall())
    assert halves_by_key(store) == {key: half_of(seed, digest) for key, digest in hashes.items()}


def test_an_edited_example_stays_in_its_half(store: Store) -> None:
    bring(store, *(asking(f"k{at}", subject) for at, subject in enumerate(SUBJECTS)))
    first = set(halves_by_key(store).items())
    store.conn.execute("DELETE FROM example_halves")
    store.conn.commit()
    bring(store, *(asking(f"k{at}", f"Now something else: {at}") for at in range(len(SUBJECTS))), update=True)
    assert set(halves_by_key(store).items()) == first


@pytest.mark.parametrize("at", range(6))
def test_near_duplicates_are_in_the_half_of_the_oldest(store: Store, at: int) -> None:
    others = [asking(f"k{number}", subject) for number, subject in enumerate(SUBJECTS)]
    bring(store, *others, asking("copy", f"{SUBJECTS[at]}, now"), asking("again", SUBJECTS[at].upper()))
    found = halves_by_key(store)
    assert found["copy"] is found["again"] is found[f"k{at}"]


def test_equal_instructions_with_other_contexts_are_near_duplicates(store: Store) -> None:
    bring(store, *(asking(f"k{at}", SUBJECTS[0], context=f"Policy {at}: {SUBJECTS[at]}") for at in range(6)))
    assert len(set(halves_by_key(store).values())) == 1


def test_an_instruction_that_goes_with_many_contexts_is_a_template(store: Store) -> None:
    rows = [
        asking(f"k{at}", "Summarise the text above.", context=f"{subject} {at} {subject[::-1]}")
        for at, subject in enumerate(SUBJECTS * 6)
    ]
    make_set(
        store, "s", "ada", seed="a template"
    )  # six contexts, each with near-duplicates: a seed could give all to one half
    bring(store, *rows)
    counts = list(halves_by_key(store).values())
    assert min(counts.count(half) for half in Half) > 8


def test_later_examples_move_nothing(many: Store) -> None:
    before = halves_by_key(many)
    bring(many, *(asking(f"n{at}", f"Explain {subject} ({at}) now") for at, subject in enumerate(SUBJECTS * 3)))
    after = halves_by_key(many)
    assert {key: after[key] for key in before} == before
    assert len(after) == len(before) + 18


def test_retiring_and_forgetting_others_moves_nothing(many: Store) -> None:
    before = halves_by_key(many)
    editor = SetEditor(many, "s", "ada")
    editor.retire(["k000", "k001"], "not needed")
    forget_examples(many, "s", ["k002", "k003"], "ada")
    bring(many, asking("late", f"Explain {SUBJECTS[2]} (2)"))
    after = halves_by_key(many)
    assert {key: after[key] for key in before} == before


def test_a_read_only_file_has_the_same_halves(many: Store, tmp_path: Path) -> None:
    many.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "read-only.db"
    path.write_bytes(many.path.read_bytes())
    path.chmod(0o444)
    before = halves_by_key(many)
    with open_store(path, reading=True) as store:
        assert store.read_only
        assert halves_by_key(store) == before
        assert store.one("SELECT count(*) FROM example_halves") == (0,)


def test_an_import_that_brought_examples_with_halves_is_taken_back(many: Store) -> None:
    before = halves_by_key(many)
    bring(many, asking("late", f"Explain {SUBJECTS[2]} (2)"), asking("later", "Nothing like the others at all"))
    halves_by_key(many)
    drop_import(many, 2)
    assert halves_by_key(many) == before
