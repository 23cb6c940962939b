"""The acts behind the keys of an eval set: each can be taken back with `u`, and returns what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.formatting import count_noun
from uphold.records.sets import ExampleRow, ExampleStatus, NewExample, SettingKind, SystemAnswer
from uphold.workflows.curating import SetEditor
from uphold_tui import safe_text
from uphold_tui.dialogs.set_forms import SetTexts
from uphold_tui.eval_set.editing import FieldChange
from uphold_tui.eval_set.side_by_side import Kept
from uphold_tui.eval_set.tags import TagChange


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in words; `key` is the example to go to, `show_all` whether it may be one that the list leaves out."""

    words: str
    key: str | None = None
    show_all: bool = False


def describe(keys: Sequence[str]) -> str:
    """Return one example by its key, several by their number."""
    return safe_text.safe_line(keys[0]) if len(keys) == 1 else count_noun(len(keys), "marked example")


class ExampleActs:
    """Acts on the examples of a set. Each raises BadUsage, with nothing changed, as `SetEditor` does."""

    def __init__(self, editor: SetEditor) -> None:
        self._editor = editor

    def add(self, new: NewExample) -> Done:
        """Add an example."""
        (key,) = self._editor.add([new])
        return Done(f"{safe_text.safe_line(key)} added", key, show_all=True)

    def save(self, key: str, change: FieldChange) -> Done:
        """Save what was written in the fields of an example."""
        if change.text is None and change.references is None:
            self._editor.tag([key], change.add_tags, change.remove_tags)
        elif change.tags_changed:
            self._editor.edit_all(key, change.whole, change.tags)
        else:
            self._editor.edit(key, change.whole)
        parts = (("text", change.text), ("reference", change.references), ("tags", change.tags_changed or None))
        return Done(f"{' and '.join(word for word, part in parts if part is not None)} saved")

    def tag(self, keys: Sequence[str], change: TagChange) -> Done:
        """Set and take tags."""
        self._editor.tag(keys, change.add, change.remove)
        said = [f"+{safe_text.safe_line(tag)}" for tag in change.add]
        said += [f"−{safe_text.safe_line(tag)}" for tag in change.remove]
        return Done(f"{describe(keys)}: {' '.join(said)}")

    def retire(self, keys: Sequence[str], reason: str) -> Done:
        """Retire examples."""
        self._editor.retire(keys, reason or None)
        return Done(f"{describe(keys)} retired")

    def keep_one(self, kept: Kept) -> Done:
        """Retire one of two examples that are alike."""
        self._editor.retire([kept.retired.key], "like " + kept.kept.key)
        retired, other = describe([kept.retired.key]), describe([kept.kept.key])
        return Done(f"{retired} retired, {other} kept", kept.kept.key)

    def activate(self, examples: Sequence[ExampleRow]) -> Done | None:
        """Restore retired examples and make drafts active; None where all are active already."""
        retired = [one.key for one in examples if one.status is ExampleStatus.RETIRED]
        drafts = [one.key for one in examples if one.status is ExampleStatus.DRAFT]
        words = []
        if retired:
            self._editor.restore(retired)
            words.append(f"{describe(retired)} restored: what was judged and decided counts again")
        if drafts:
            self._editor.activate(drafts)
            words.append(f"{describe(drafts)} active")
        return Done("; ".join(words)) if words else None

    def make_draft(self, keys: Sequence[str]) -> Done:
        """Make examples drafts."""
        self._editor.make_draft(keys)
        return Done(f"{describe(keys)}: a draft, in no count")

    def duplicate(self, key: str) -> Done:
        """Add a draft with the text of an example."""
        made = self._editor.duplicate(key)
        return Done(
            f"{safe_text.safe_line(made)}: a draft, copied from {safe_text.safe_line(key)}", made, show_all=True
        )

    def take_reference(self, key: str, answer: SystemAnswer) -> Done:
        """Make a system's answer the reference."""
        self._editor.use_answer_as_reference(key, answer.response_id)
        return Done(f"the answer of {safe_text.safe_line(answer.system)} is the reference")

    def write_texts(self, before: SetTexts, after: SetTexts) -> Done:
        """Write purpose and guidelines, as far as they differ."""
        values = (
            (SettingKind.PURPOSE, before.purpose, after.purpose),
            (SettingKind.GUIDELINES, before.guidelines, after.guidelines),
        )
        changed = [kind for kind, was, now in values if now != was and self._editor.set_value(kind, now or None)]
        return Done(f"{' and '.join(kind.value for kind in changed)} saved")

    def undo(self) -> Done:
        """Take back the reviewer's last act on the set, also one from before a restart."""
        undone = self._editor.undo()
        left = f"; {'; '.join(undone.left)}" if undone.left else ""
        words = safe_text.safe_line(f"taken back: {undone.act.what}{left}")
        return Done(words, undone.act.keys[0] if undone.act.keys else None, show_all=True)
