"""Converts an example to the values of its fields, and changed fields to an edit of the example."""

from dataclasses import dataclass

from uphold.formats.example_document import DocumentParts
from uphold.records.sets import ExampleEdit, ExampleRow, NewExample
from uphold.records.texts import ExampleText
from uphold_tui.eval_set.fields import FieldValues


@dataclass(frozen=True, slots=True)
class Writing:
    """What is being written in the form: a new example (`key` is None), or one that is there, with what it held before."""

    key: str | None
    before: FieldValues


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What was changed in the fields of an example: its text, its references (None where nothing was), and its tags.

    `tags` are all that it is to have, `add_tags` and `remove_tags` what differs.
    """

    text: ExampleEdit | None = None
    references: ExampleEdit | None = None
    tags: tuple[str, ...] = ()
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    @property
    def tags_changed(self) -> bool:
        """Whether the tags differ."""
        return bool(self.add_tags or self.remove_tags)

    def __bool__(self) -> bool:
        return self.text is not None or self.references is not None or self.tags_changed

    @property
    def whole(self) -> ExampleEdit:
        """The change of text and references in one."""
        text, references = self.text or ExampleEdit(), self.references
        return ExampleEdit(text.turns, text.context, references.references if references is not None else None)


def values_of(example: ExampleRow) -> FieldValues:
    """Return what the fields of an example hold."""
    text = example.text
    references = tuple(text.references) + (None,) * (len(text.turns) - len(text.references))
    return FieldValues(
        example.key, text.turns, text.context or "", tuple(one or "" for one in references), example.tags
    )


def change_of(before: FieldValues, after: FieldValues) -> FieldChange:
    """Return what differs between what the fields held and hold; empty turns at the end are left out."""
    after = after.filled
    turns = after.turns if after.turns != before.turns else None
    context = after.context if after.context != before.context else None
    references = tuple(one or None for one in after.references)
    return FieldChange(
        text=ExampleEdit(turns=turns, context=context) if turns is not None or context is not None else None,
        references=ExampleEdit(references=references) if _changed_references(before, after) else None,
        tags=after.tags,
        add_tags=tuple(tag for tag in after.tags if tag not in before.tags),
        remove_tags=tuple(tag for tag in before.tags if tag not in after.tags),
    )


def _changed_references(before: FieldValues, after: FieldValues) -> bool:
    """Whether references differ; that of a turn which went away counts as no change of its own."""
    kept = before.references[: len(after.references)]
    return after.references != kept + ("",) * (len(after.references) - len(kept))


def new_example(values: FieldValues) -> NewExample | None:
    """Return the example that the fields describe; None where no turn has any text."""
    values = values.filled
    if not any(turn.strip() for turn in values.turns):
        return None
    text = ExampleText(values.turns, values.context or None, tuple(one or None for one in values.references))
    return NewExample(text, values.key or None, values.tags)


def change_from(before: FieldValues, parts: DocumentParts) -> FieldChange:
    """Return what an editor changed in an example."""
    references = tuple(one or "" for one in parts.references)
    return change_of(before, FieldValues(before.key, parts.turns, parts.context or "", references, parts.tags))
