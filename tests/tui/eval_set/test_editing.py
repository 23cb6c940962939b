"""From an example to fields and back: what was changed, and nothing else."""

from hypothesis import example, given
from hypothesis import strategies as st

from uphold.formats.example_document import example_document
from uphold.records.sets import Example, ExampleEdit, ExampleRow, ExampleStatus
from uphold.records.texts import ExampleText
from uphold_tui.eval_set.editing import change_from, change_of, new_example, values_of
from uphold_tui.eval_set.fields import FieldValues, changed_tags, field_specs, shared_heights
from uphold_tui.safe_text import in_field, with_changes
from uphold_tui.widgets.text_field import TextField

HOSTILE = st.text(st.characters(codec="utf-8") | st.sampled_from("\x1b\r\n\u202e\x00-"), max_size=30)


def row(*turns: str, references: tuple[str | None, ...] = (), tags: tuple[str, ...] = ()) -> ExampleRow:
    return ExampleRow(1, "k", ExampleStatus.ACTIVE, tags, ExampleText(turns, None, references or (None,) * len(turns)))


@given(HOSTILE)
@example("a\r\nb\x1b[31m")
def test_what_nobody_touched_is_as_it_was(raw: str) -> None:
    assert with_changes(raw, in_field(raw)) == raw
    assert with_changes(raw, in_field(raw) + "!") == raw + "!"


@given(HOSTILE)
@example("a\u2028b\u2029\n\x0b\x0c\x1c\x85\tc\n")
def test_a_field_gives_back_what_it_was_given(raw: str) -> None:
    field = TextField(raw)
    assert field.result == raw


def test_a_change_in_the_middle_keeps_the_control_characters_around_it() -> None:
    raw = "one\r\n\x1b[31mtwo\u202e three"
    assert with_changes(raw, in_field(raw).replace("two", "2")) == "one\r\n\x1b[31m2\u202e three"


def test_what_an_editor_left_is_read_as_a_change() -> None:
    asked = row("a", references=("x",), tags=("t",))
    document = example_document(Example(1, "k", ExampleStatus.ACTIVE, 1, 1, asked.text, asked.tags), "set")
    assert not change_from(values_of(asked), document.parse(document.text))
    changed = change_from(values_of(asked), document.parse(document.text.replace("\na\n", "\nb\n")))
    assert changed.text == ExampleEdit(turns=("b",))
    assert changed.references is None


def test_text_and_reference_are_changes_of_their_own_and_empty_turns_at_the_end_fall_away() -> None:
    before = values_of(row("a", "b", references=("x", None), tags=("t",)))
    change = change_of(before, FieldValues("k", ("a", "b", ""), "", ("x", "y", ""), ("u",)))
    assert change.text is None
    assert change.references == ExampleEdit(references=("x", "y"))
    assert (change.add_tags, change.remove_tags) == (("u",), ("t",))
    shorter = change_of(before, FieldValues("k", ("a", " "), "", ("x", ""), ("t",)))
    assert shorter.text == ExampleEdit(turns=("a",))
    assert shorter.references is None
    assert not change_of(before, before)


def test_an_example_without_an_instruction_is_none() -> None:
    assert new_example(FieldValues("k", ("  ",), "context")) is None
    made = new_example(FieldValues("", ("a", ""), "", ("r", "")))
    assert made is not None
    assert (made.key, made.text) == (None, ExampleText(("a",), None, ("r",)))


def test_tags_are_split_at_commas_and_a_tag_with_a_comma_stays_while_nobody_touches_the_line() -> None:
    assert changed_tags(("a, b",), "a, b") == ("a, b",)
    assert changed_tags(("a",), "a, c,, a ,") == ("a", "c")


def test_several_turns_have_a_reference_each() -> None:
    names = [spec.name for spec in field_specs(FieldValues("k", ("a", "b"), "", ("", "")))]
    assert names == ["turn 1", "reference 1", "turn 2", "reference 2", "context", "tags"]


def test_where_there_is_too_little_room_what_is_asked_keeps_most() -> None:
    assert shared_heights([6, 20, 2, 1], 29, [3, 1, 2, 1]) == [6, 20, 2, 1]
    assert shared_heights([6, 20, 2, 1], 12, [3, 1, 2, 1]) == [6, 3, 2, 1]
    assert min(shared_heights([6, 20, 2, 1], 0, [3, 1, 2, 1])) == 1
