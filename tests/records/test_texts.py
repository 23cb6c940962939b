"""The hashes that are the identity of texts, responses and pairs: the short cuts give what the rule says."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from uphold.records.texts import ExampleText, canonical, canonical_hash, cells_hash, contents_hash, default_key

TEXT = st.text(st.characters(exclude_categories=("Cs",)))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def by_the_rule(value: Any) -> str:
    said = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8")).hexdigest()


@given(JSON)
def test_canonical_json_is_sorted_without_spaces_and_keeps_every_character(value: Any) -> None:
    assert canonical(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_hash(value) == by_the_rule(value)


@given(st.lists(JSON, max_size=5))
def test_a_response_is_the_hash_of_its_cells(cells: list[Any]) -> None:
    assert cells_hash(tuple(cells)) == by_the_rule(cells)


@given(st.lists(st.tuples(TEXT, st.none() | TEXT), min_size=1, max_size=4), st.none() | TEXT, st.data())
def test_a_text_is_the_hash_of_context_and_turns_up_to_a_turn_without_the_references(
    turns: list[tuple[str, str | None]], context: str | None, data: st.DataObject
) -> None:
    turn = data.draw(st.integers(1, len(turns)))
    asked, references = tuple(t for t, _ in turns), tuple(r for _, r in turns)
    text = ExampleText(asked, context, references)
    said = {"context": context, "turns": list(asked[:turn])}
    assert text.prefix(turn) == by_the_rule(said)
    assert text.prefix(len(asked)) == text.hash


def test_another_reference_is_the_same_text() -> None:
    assert ExampleText(("a", "b")).hash == ExampleText(("a", "b"), None, (None, "r")).hash


@given(TEXT, TEXT)
def test_nothing_is_trimmed_and_nothing_is_normalised(one: str, other: str) -> None:
    assert (ExampleText((one,)).hash == ExampleText((other,)).hash) == (one == other)
    assert ExampleText((one + " ",)).hash != ExampleText((one,)).hash
    assert ExampleText(("\u00e9",)).hash != ExampleText(("e\u0301",)).hash


def test_contents_are_the_hash_of_three_hashes_and_know_left_from_right() -> None:
    text, x, y = ExampleText(("ask",)).hash, cells_hash(("x",)), cells_hash(("y",))
    assert contents_hash(text, x, y) == by_the_rule([text, x, y])
    assert contents_hash(text, x, y) != contents_hash(text, y, x)


def test_a_default_key_is_ex_and_ten_digits_of_the_text_hash() -> None:
    text = ExampleText(("ask",))
    assert default_key(text) == "ex-" + text.hash[:10]
