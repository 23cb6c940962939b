"""From an example to what its fields hold, and from the fields to what is changed."""

from dataclasses import dataclass

from uphold.records.example_form import ExampleForm
from uphold.records.sets import ExampleEdit, ExampleRow, NewExample
from uphold.records.texts import ExampleText
from uphold_tui import safe_text
from uphold_tui.eval_set.fields import FieldValues, changed_tags


@dataclass(frozen=True, slots=True)
class Writing:
    """What is being written in the form: a new example (`key` is None), or one that is there, with what it held before."""

    key: str | None
    before: FieldValues


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What was changed in the fields of an example: its text, its references, and its tags; None where nothing was."""

    text: ExampleEdit | None = None
    references: ExampleEdit | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.references or self.add_tags or self.remove_tags)

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


def form_of(values: FieldValues) -> ExampleForm:
    """Return the parts of an example for an editor, made safe to show."""
    turns, references = map(safe_text.safe, values.turns), map(safe_text.safe, values.references)
    tags = safe_text.safe_line(", ".join(values.tags))
    return ExampleForm(tuple(turns), safe_text.safe(values.context), tuple(references), tags)


def from_form(before: FieldValues, form: ExampleForm) -> FieldValues:
    """Return what an editor made of an example; what nobody touched is as it was."""

    def texts(raw: tuple[str, ...], edited: tuple[str, ...]) -> tuple[str, ...]:
        pairs = zip(raw + ("",) * len(edited), edited, strict=False)
        return tuple(safe_text.with_changes(old, new) for old, new in pairs)

    return FieldValues(
        before.key,
        texts(before.turns, form.turns),
        safe_text.with_changes(before.context, form.context),
        texts(before.references, form.references),
        changed_tags(before.tags, form.tags),
    )
