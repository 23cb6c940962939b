"""The history of an eval set: acts of curation and what takes them back, and versions; the rules that need no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from uphold.formatting import count_noun
from uphold.records.sets import ExampleStatus
from uphold.records.texts import ExampleText


class ActKind(StrEnum):
    """The kinds of acts of curation."""

    ADD = "add"
    EDIT = "edit"
    REFERENCE = "reference"
    TAG = "tag"
    RETIRE = "retire"
    RESTORE = "restore"
    DRAFT = "draft"
    ACTIVATE = "activate"
    DUPLICATE = "duplicate"
    SETTING = "setting"
    IMPORT = "import"
    PROPOSE = "propose"
    TAKE = "take"
    LEAVE = "leave"
    BRING_BACK = "bring-back"
    RENAME = "rename"
    UNDO = "undo"


class VersionReason(StrEnum):
    """Why a version was cut."""

    JUDGED = "judged"
    EXPORTED = "exported"
    IMPORTED = "imported"
    EDITED = "edited"
    BROUGHT_BACK = "brought-back"


# Acts, and what takes them back.


@dataclass(frozen=True, slots=True)
class Act:
    """One act of curation; `keys` are those of the examples it changed, `what` says it in words."""

    id: int
    kind: ActKind
    reviewer: str | None
    at: str
    what: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoneAct:
    """An act that was taken back, and what was left as it is since somebody has changed it afterwards, in sentences."""

    act: Act
    left: tuple[str, ...] = ()


_DONE = {
    ActKind.ADD: "added",
    ActKind.EDIT: "edited",
    ActKind.REFERENCE: "given another reference",
    ActKind.TAG: "tagged",
    ActKind.RETIRE: "retired",
    ActKind.RESTORE: "restored",
    ActKind.DRAFT: "made a draft",
    ActKind.ACTIVATE: "activated",
    ActKind.DUPLICATE: "added as a copy",
    ActKind.IMPORT: "changed by an import",
    ActKind.TAKE: "taken from the proposals",
}

_LISTED_KEYS = 3


def act_words(kind: ActKind, keys: Sequence[str], detail: Mapping[str, str | None]) -> str:
    """Return what an act did, such as `desk-0112 retired` or `guidelines changed`.

    `detail` is what is stored with it: `setting` for one of the set's settings, `from` and `to` for a rename, `items` for
    proposals, `version` for one brought back.
    """
    if kind is ActKind.SETTING:
        return f"{detail.get('setting')} changed"
    if kind is ActKind.RENAME:
        return f"renamed from {detail.get('from')} to {detail.get('to')}"
    if kind is ActKind.BRING_BACK:
        return f"version {detail.get('version')} brought back"
    if kind in (ActKind.PROPOSE, ActKind.LEAVE):
        items = detail.get("items") or ""
        what = count_noun(int(items) if items.isdecimal() else len(keys), "proposal")
        return f"{what} {'made' if kind is ActKind.PROPOSE else 'left'}"
    named = ", ".join(keys[:_LISTED_KEYS])
    if len(keys) > _LISTED_KEYS:
        named = f"{count_noun(len(keys), 'example')} ({named}, …)"
    return f"{named or 'nothing'} {_DONE[kind]}"


@dataclass(frozen=True, slots=True)
class ExampleState:
    """What an example's events amount to at some moment: text, reference and status, by the ids of their rows.

    `text_id` is None before it was added, and after its addition was taken back.
    """

    text_id: int | None = None
    reference_id: int | None = None
    status: ExampleStatus = ExampleStatus.RETIRED


@dataclass(frozen=True, slots=True)
class ExampleEvent:
    """One fact about an example, as the table `example_events` has it."""

    id: int
    kind: str
    text_id: int | None = None
    reference_id: int | None = None
    target_kind: str | None = None


_STATUSES = {
    "added": ExampleStatus.ACTIVE,
    "drafted": ExampleStatus.DRAFT,
    "activated": ExampleStatus.ACTIVE,
    "retired": ExampleStatus.RETIRED,
}


def example_state(events: Iterable[ExampleEvent]) -> ExampleState:
    """Return what the events of an example, oldest first, amount to."""
    state = ExampleState()
    for event in events:
        if event.kind in ("added", "edited"):
            state = replace(state, text_id=event.text_id, reference_id=event.reference_id)
        elif event.kind == "referenced":
            state = replace(state, reference_id=event.reference_id)
        if event.kind == "retired" and event.target_kind == "added":
            state = ExampleState()
        elif event.kind in _STATUSES:
            state = replace(state, status=_STATUSES[event.kind])
    return state


def earlier_state(before: ExampleState, after: ExampleState, present: ExampleState) -> tuple[ExampleState, bool]:
    """Return the state that takes an act back, and whether all of the act is taken back by it.

    The act led from `before` to `after`. What it changed and nobody has changed since gets the value from before.
    """
    if before.text_id is None:
        return (before, True) if present == after else (present, present == before)
    goal, is_whole = present, True
    for name in ("text_id", "reference_id", "status"):
        was, made, now = getattr(before, name), getattr(after, name), getattr(present, name)
        if was == made:
            continue
        if now == made:
            goal = replace(goal, **{name: was})
        elif now != was:
            is_whole = False
    return goal, is_whole


def status_before_retirement(events: Sequence[ExampleEvent]) -> ExampleStatus:
    """Return the status that an example gets back when it is restored: draft where it was one when it was retired."""
    last = ExampleStatus.ACTIVE
    for event in events:
        status = _STATUSES.get(event.kind)
        if status is not None and status is not ExampleStatus.RETIRED:
            last = status
    return last


# Versions.


@dataclass(frozen=True, slots=True)
class Member:
    """An example of a version, with the hashes of its text and of its reference; ids are private to the file."""

    example_id: int
    key: str
    text_id: int
    text_hash: str
    reference_id: int | None
    reference_hash: str | None


@dataclass(frozen=True, slots=True)
class SetVersion:
    """A version of a set; `added`, `retired` and `edited` count against the version before, `runs` were judged on it last."""

    number: int
    hash: str
    at: str
    why: VersionReason
    reviewer: str | None
    active: int
    added: int
    retired: int
    edited: int
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberChange:
    """An example that differs between two versions; None on the side where it is not active."""

    key: str
    before: ExampleText | None
    after: ExampleText | None
    tags: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """The difference between two states of a set; a number of None is the present state. `same` examples do not differ."""

    before: int | None
    after: int | None
    added: tuple[MemberChange, ...] = ()
    retired: tuple[MemberChange, ...] = ()
    edited: tuple[MemberChange, ...] = ()
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.retired or self.edited)


@dataclass(frozen=True, slots=True)
class ChangedMembers:
    """The members that differ between two versions, by example id."""

    added: tuple[int, ...] = ()
    retired: tuple[int, ...] = ()
    edited: tuple[int, ...] = ()
    same: int = 0


def changed_members(before: Mapping[int, Member], after: Mapping[int, Member]) -> ChangedMembers:
    """Return which examples were added, retired or edited from one version to another, each in the order of their ids."""
    both = before.keys() & after.keys()
    edited = [
        one
        for one in sorted(both)
        if (before[one].text_hash, before[one].reference_hash) != (after[one].text_hash, after[one].reference_hash)
    ]
    return ChangedMembers(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(edited),
        len(both) - len(edited),
    )


@dataclass(frozen=True, slots=True)
class EffectCounts:
    """How many pairs, with their judgments in force and decisions."""

    pairs: int = 0
    judgments: int = 0
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class VersionEffects:
    """What a change of the set did to the pairs of its runs.

    `stale` pairs are about a text or reference that changed, `retired` ones about examples that left, `stand` are the rest.
    """

    stale: EffectCounts = EffectCounts()
    retired: EffectCounts = EffectCounts()
    stand: EffectCounts = EffectCounts()
    runs: tuple[str, ...] = ()
