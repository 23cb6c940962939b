"""Options of an import, changed one column at a time."""

from pathlib import Path

from uphold.records.import_request import ImportRequest, ImportSuggestion

ASKED = ImportRequest([Path("a.csv")], mapping={"instruction": "q", "key": "id"}, systems={"base": "b"})


def test_a_column_is_taken_for_one_thing_and_a_field_from_one_column() -> None:
    assert ASKED.taking("id", "instruction").mapping == {"instruction": "id"}
    assert ASKED.taking("q", "response", "sft").systems == {"base": "b", "sft": "q"}
    assert ASKED.taking("q", "response", "base").systems == {"base": "q"}
    assert ASKED.taking("b", "reference").systems == {}


def test_a_column_that_is_left_out_is_taken_again() -> None:
    without = ASKED.taking("q", None)
    assert (without.mapping, without.left_out) == ({"key": "id"}, ("q",))
    assert without.taking("q", "context").left_out == ()


def test_a_suggested_encoding_is_taken_beside_the_rest() -> None:
    taken = ASKED.with_suggestion(ImportSuggestion(encoding="utf-16"))
    assert (taken.encoding, taken.mapping) == ("utf-16", ASKED.mapping)
