"""Versions of an eval set: cutting and listing them, what differs between two, and bringing one back."""

from uphold.records.set_history import ActKind, SetVersion, VersionDiff, VersionEffects, VersionReason, changed_members
from uphold.records.sets import Example, ExampleStatus, NewExample
from uphold.records.texts import ExampleText
from uphold.store import examples, set_acts, set_versions, sets
from uphold.store.database import Store
from uphold.store.reviews import add_reviewer
from uphold.store.set_versions import CutVersion


def cut_version(store: Store, set_name: str, why: VersionReason, reviewer: str | None = None) -> CutVersion | None:
    """Cut a version of a set as it is; where its active examples are those of the latest version, that one is returned.

    None for a set without active examples and without a version.
    """
    set_id = sets.find_set(store, set_name)
    with store.writing() as conn:
        reviewer_id = None if reviewer is None else add_reviewer(conn, reviewer)
        return set_versions.cut_version(store, set_id, why, reviewer_id)


def list_versions(store: Store, set_name: str) -> list[SetVersion]:
    """Return every version of a set, the oldest first; raises BadUsage for a set that does not exist."""
    return set_versions.version_list(store, sets.find_set(store, set_name))


def difference(store: Store, set_name: str, before: int | None, after: int | None = None) -> VersionDiff:
    """Return what differs between two versions; None is the set as it is now. Raises BadUsage for one that does not exist."""
    return set_versions.diff(store, sets.find_set(store, set_name), before, after)


def effects(store: Store, set_name: str, before: int | None, after: int | None = None) -> VersionEffects:
    """Return what the change between two versions did to the pairs of the set's runs; None is the set as it is now."""
    return set_versions.effects(store, sets.find_set(store, set_name), before, after)


def bring_back(store: Store, set_name: str, number: int, reviewer: str) -> tuple[VersionDiff, CutVersion | None]:
    """Give the active examples of a set the texts and references of a version, as one act, and cut a version of the result.

    Examples that the version did not have are retired, those that it had are active again; tags and settings stay. Returns
    what changed and the version. Raises BadUsage for a version that does not exist.
    """
    set_id = sets.find_set(store, set_name)
    with store.writing() as conn:
        wanted = set_versions.members(store, set_versions.find_version(store, set_id, number).id)
        changed = changed_members(set_versions.present_members(store, set_id), wanted)
        diff = set_versions.diff(store, set_id, None, number)
        reviewer_id = add_reviewer(conn, reviewer)
        if diff:
            act = set_acts.add_act(conn, set_id, ActKind.BRING_BACK, reviewer_id, {"version": str(number)})
            known = {example.id: example for example in examples.all_examples(store, set_id, withdrawn=True)}
            texts = {change.key: change.after for change in (*diff.added, *diff.edited)}
            for example_id in (*changed.added, *changed.edited):
                _bring_back_example(store, act, known[example_id], texts[known[example_id].key])
            leaving = [known[example_id] for example_id in changed.retired]
            examples.write_status(conn, act, leaving, ExampleStatus.RETIRED, f"not in version {number}")
        cut = set_versions.cut_version(store, set_id, VersionReason.BROUGHT_BACK, reviewer_id)
    return diff, cut


def _bring_back_example(store: Store, act: set_acts.OpenAct, example: Example, text: ExampleText | None) -> None:
    """Give an example a text and make it active; one whose addition was undone is added again."""
    if text is None:
        return
    if examples.is_withdrawn(store.conn, example):
        examples.add_example(store.conn, act, NewExample(text, example.key))
        return
    examples.write_text(store.conn, act, example, text)
    examples.write_status(store.conn, act, [example], ExampleStatus.ACTIVE)
