"""Eval sets as files: what an exported set holds, and what importing one changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from uphold.records.rows import RowSource, RowWarning
from uphold.records.set_history import MemberChange
from uphold.records.sets import ExampleStatus, SettingKind
from uphold.records.texts import ExampleText


@dataclass(frozen=True, slots=True)
class SetHeader:
    """The first line of an exported set. `settings` holds what it says of each kind, None where the set has none.

    `examples` and `hash` are those of the set when it was exported, None in a file that does not say; `seed` is 32 hex
    digits, from which queues and sides are drawn.
    """

    name: str
    seed: str | None = None
    settings: Mapping[SettingKind, str | None] = field(default_factory=dict)
    examples: int | None = None
    hash: str | None = None


FILE_SETTINGS = (
    SettingKind.PURPOSE,
    SettingKind.GUIDELINES,
    SettingKind.BASELINE,
    SettingKind.FLOOR,
    SettingKind.WANTED,
)
"""What of a set travels in its file; a pinned judge does not, since the other file may not have it."""


@dataclass(frozen=True, slots=True)
class FileExample:
    """An example in the file of a set; `tags` are None where the line says nothing of them."""

    source: RowSource
    key: str
    text: ExampleText
    status: ExampleStatus
    tags: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class SetFile:
    """An exported set as it was read."""

    header: SetHeader
    examples: tuple[FileExample, ...]
    warnings: tuple[RowWarning, ...] = ()
    unused_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagChange:
    """The tags that an example gets and loses."""

    key: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusChange:
    """An example that gets another status."""

    key: str
    before: ExampleStatus
    after: ExampleStatus


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One of a set's settings that gets another value, None for none."""

    kind: SettingKind
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SetImport:
    """What importing the file of a set changes, or has changed.

    `added` and `edited` are examples, `only_here` the keys of those that the file does not have, which stay. `seed` says what
    becomes of the set's seed: `same`, `taken` from the file, or `kept` since runs over the set were drawn with the present one.
    """

    set: str
    is_new: bool
    added: tuple[FileExample, ...] = ()
    edited: tuple[MemberChange, ...] = ()
    tags: tuple[TagChange, ...] = ()
    statuses: tuple[StatusChange, ...] = ()
    settings: tuple[SettingChange, ...] = ()
    seed: str = "same"
    only_here: tuple[str, ...] = ()
    same: int = 0

    def __bool__(self) -> bool:
        changes = (self.added, self.edited, self.tags, self.statuses, self.settings)
        return self.is_new or self.seed == "taken" or any(changes)
