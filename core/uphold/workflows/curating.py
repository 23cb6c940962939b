"""Curating an eval set: examples, references, tags, statuses and what is set for the set, each change taken back by undo.

Nothing is overwritten: a change is a new fact, and pairs are tied to texts by hash, so that reviews and verdicts of a text come
back with it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from uphold.errors import BadUsage
from uphold.records.set_history import Act, ActKind, UndoneAct
from uphold.records.sets import (
    AnsweringSystem,
    Example,
    ExampleDetails,
    ExampleEdit,
    ExampleRow,
    ExampleStatus,
    NewExample,
    SetOverview,
    SettingKind,
    StaleCounts,
    SystemAnswer,
    edited_text,
    next_key,
    stale_counts,
)
from uphold.records.texts import ExampleText, cell_text
from uphold.store import example_history, example_list, examples, renaming, set_acts, sets
from uphold.store.database import Store
from uphold.store.headline_judges import pinned_judge
from uphold.store.reviews import add_reviewer
from uphold.store.set_acts import OpenAct
from uphold.store.set_versions import changed_since_latest, latest_version
from uphold.store.training_exports import training_use


def make_set(store: Store, name: str, reviewer: str, purpose: str | None = None, seed: str | None = None) -> int:
    """Make an empty set and return its id; its seed is random unless given. Raises BadUsage for an empty or taken name."""
    if not name.strip():
        raise BadUsage("a set needs a name")
    with store.writing() as conn:
        set_id = sets.add_set(conn, name, seed)
        if purpose:
            act = set_acts.add_act(
                conn, set_id, ActKind.SETTING, add_reviewer(conn, reviewer), {"setting": SettingKind.PURPOSE.value}
            )
            set_acts.write_setting(conn, act, SettingKind.PURPOSE.value, purpose)
    return set_id


def list_examples(store: Store, set_name: str) -> list[ExampleRow]:
    """Return every example of a set with what is known of it from the runs; raises BadUsage for a set that does not exist."""
    return example_list.example_rows(store, sets.find_set(store, set_name))


def answering_systems(store: Store, set_name: str) -> list[AnsweringSystem]:
    """Return the systems with answers to the set's active examples, with the keys of those that they have not answered."""
    return example_history.answering_systems(store, sets.find_set(store, set_name))


def answers_to(store: Store, set_name: str, key: str) -> list[SystemAnswer]:
    """Return the systems' answers in force to the present text of an example, by system."""
    example = examples.find_example(store, sets.find_set(store, set_name), key)
    return example_history.answers_to(store, example.text_id)


def overview(store: Store, set_name: str) -> SetOverview:
    """Return what is set for a set and how many examples it has; raises BadUsage for a set that does not exist."""
    set_id = sets.find_set(store, set_name)
    name, seed = sets.name_and_seed(store, set_id)
    values, counts, latest = (
        sets.settings_of(store, set_id),
        sets.status_counts(store, set_id),
        latest_version(store, set_id),
    )
    pinned, unknown = pinned_judge(store, set_id)
    floor = values.get(SettingKind.FLOOR)
    return SetOverview(
        name=name,
        seed=seed,
        hash=sets.set_hash(store, set_id),
        purpose=values.get(SettingKind.PURPOSE),
        guidelines=values.get(SettingKind.GUIDELINES),
        judge=pinned.name if pinned is not None else unknown or None,
        baseline=values.get(SettingKind.BASELINE),
        floor=None if floor is None else float(json.loads(floor)),
        wanted=json.loads(values.get(SettingKind.WANTED) or "{}"),
        active=counts.get(ExampleStatus.ACTIVE, 0),
        draft=counts.get(ExampleStatus.DRAFT, 0),
        retired=counts.get(ExampleStatus.RETIRED, 0),
        tags=sets.tag_counts(store, set_id),
        version=latest.number if latest is not None else None,
        changed=changed_since_latest(store, set_id, latest),
        training=training_use(store, set_id),
    )


def example_details(store: Store, set_name: str, key: str) -> ExampleDetails:
    """Return an example with its answers and history; raises BadUsage for a set or an example that does not exist."""
    set_id = sets.find_set(store, set_name)
    example = examples.find_example(store, set_id, key)
    row = next(row for row in example_list.example_rows(store, set_id) if row.id == example.id)
    return ExampleDetails(
        row,
        tuple(example_history.answers_to(store, example.text_id)),
        tuple(example_history.history_of(store, example)),
        stale_counts(examples.pair_uses(store, example.id), example.text, None),
    )


def find_one(store: Store, set_name: str, key: str) -> Example:
    """Return an example as it is now; raises BadUsage for a set or an example that does not exist."""
    return examples.find_example(store, sets.find_set(store, set_name), key)


class SetEditor:
    """Changes one eval set for one reviewer. Every method that changes something is one act, in one transaction.

    Raises BadUsage for a set that does not exist, and, with nothing changed, for keys that it does not have.
    """

    def __init__(self, store: Store, set_name: str, reviewer: str) -> None:
        self.store, self.reviewer = store, reviewer
        self.set_id = sets.find_set(store, set_name)

    @property
    def name(self) -> str:
        """The present name of the set."""
        return sets.name_and_seed(self.store, self.set_id)[0]

    @contextmanager
    def act(self, kind: ActKind, detail: dict[str, str | None] | None = None) -> Iterator[OpenAct]:
        """Write what the block does as one act, in one transaction: `undo` takes it back as a whole."""
        with self.store.writing() as conn:
            yield set_acts.add_act(conn, self.set_id, kind, add_reviewer(conn, self.reviewer), detail)

    # examples

    def add(self, new: Sequence[NewExample], kind: ActKind = ActKind.ADD) -> list[str]:
        """Add examples and return their keys; raises BadUsage, with none added, for a key that the set has."""
        if not new:
            return []
        with self.act(kind) as act:
            return [examples.add_example(self.store.conn, act, one)[1] for one in new]

    def add_empty(self, status: ExampleStatus = ExampleStatus.DRAFT) -> str:
        """Add an example without text, to be written; return its key, the next in the manner of the others."""
        key = next_key(examples.example_keys(self.store, self.set_id))
        return self.add([NewExample(ExampleText(("",), None, (None,)), key, (), status)])[0]

    def duplicate(self, key: str, new_key: str | None = None) -> str:
        """Add a draft with the text, references and tags of another example; return its key."""
        example = examples.find_example(self.store, self.set_id, key)
        made = new_key if new_key is not None else next_key(examples.example_keys(self.store, self.set_id))
        copy = NewExample(example.text, made, example.tags, ExampleStatus.DRAFT, f"a copy of {key}")
        return self.add([copy], ActKind.DUPLICATE)[0]

    def preview_edit(self, key: str, edit: ExampleEdit) -> StaleCounts:
        """Return what an edit would make stale, without doing it."""
        example = examples.find_example(self.store, self.set_id, key)
        return stale_counts(examples.pair_uses(self.store, example.id), example.text, edited_text(example.text, edit))

    def preview_retire(self, keys: Sequence[str]) -> StaleCounts:
        """Return what would leave the numbers if these examples were retired, without doing it.

        `runs` is that of the example with the most.
        """
        found = StaleCounts()
        for example in examples.find_examples(self.store, self.set_id, keys):
            one = stale_counts(examples.pair_uses(self.store, example.id), example.text, None)
            found = StaleCounts(
                max(found.runs, one.runs),
                found.pairs + one.pairs,
                found.verdicts + one.verdicts,
                found.decisions + one.decisions,
            )
        return found

    def edit(self, key: str, edit: ExampleEdit) -> StaleCounts | None:
        """Change the turns, context or references of an example; return what became stale, None where nothing changed.

        Raises BadUsage for an edit without turns.
        """
        if edit.turns is not None and not edit.turns:
            raise BadUsage("an example has at least one turn")
        only_reference = edit.turns is None and edit.context is None
        with self._act_if_changed(ActKind.REFERENCE if only_reference else ActKind.EDIT) as (act, changed):
            return self._write_edit(act, changed, key, edit)

    def edit_all(self, key: str, edit: ExampleEdit, tags: Sequence[str]) -> StaleCounts | None:
        """Change the text of an example and give it exactly these tags, as one act; returns as `edit` does."""
        with self._act_if_changed(ActKind.EDIT) as (act, changed):
            before = examples.find_example(self.store, self.set_id, key)
            stale = self._write_edit(act, changed, key, edit)
            add = [tag for tag in tags if tag not in before.tags]
            remove = [tag for tag in before.tags if tag not in tags]
            if examples.write_tags(self.store.conn, act, [before.id], add, remove):
                changed.append(key)
                return stale if stale is not None else StaleCounts()
            return stale

    def _write_edit(self, act: OpenAct, changed: list[str], key: str, edit: ExampleEdit) -> StaleCounts | None:
        example = examples.find_example(self.store, self.set_id, key)
        after = edited_text(example.text, edit)
        stale = stale_counts(examples.pair_uses(self.store, example.id), example.text, after)
        if not examples.write_text(self.store.conn, act, example, after):
            return None
        changed.append(key)
        return stale

    def use_answer_as_reference(self, key: str, response_id: int) -> StaleCounts | None:
        """Make a system's answer to an example its reference; return what became stale, None where it is already.

        Raises BadUsage where there is no such answer to its present text.
        """
        example = examples.find_example(self.store, self.set_id, key)
        answers = example_history.answers_to(self.store, example.text_id)
        answer = next((one for one in answers if one.response_id == response_id), None)
        if answer is None:
            raise BadUsage(f"this answer is not one to the present text of {key!r}; open the example again")
        return self.edit(key, ExampleEdit(references=tuple(map(cell_text, answer.cells))))

    def tag(self, keys: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[str]:
        """Set and take tags of examples, as one act; return the keys of those whose tags changed.

        Raises BadUsage for an empty tag.
        """
        if any(not tag.strip() for tag in (*add, *remove)):
            raise BadUsage("a tag is empty; give it a name")
        with self._act_if_changed(ActKind.TAG) as (act, changed):
            found = {one.id: one.key for one in examples.find_examples(self.store, self.set_id, keys)}
            ids = examples.write_tags(self.store.conn, act, list(found), add, remove)
            changed += [found[number] for number in ids]
            return changed

    def retire(self, keys: Sequence[str], reason: str | None = None) -> list[str]:
        """Retire examples and return the keys of those that were not retired yet.

        Their pairs leave every number; nothing is deleted.
        """
        return self._set_status(ActKind.RETIRE, keys, ExampleStatus.RETIRED, reason)

    def make_draft(self, keys: Sequence[str]) -> list[str]:
        """Make examples drafts, which are not counted; return the keys of those that were none."""
        return self._set_status(ActKind.DRAFT, keys, ExampleStatus.DRAFT)

    def activate(self, keys: Sequence[str]) -> list[str]:
        """Make examples active; return the keys of those that were not."""
        return self._set_status(ActKind.ACTIVATE, keys, ExampleStatus.ACTIVE)

    def restore(self, keys: Sequence[str]) -> list[str]:
        """Give retired examples their status back, and with it what was judged and decided; return the keys of those."""
        with self._act_if_changed(ActKind.RESTORE) as (act, changed):
            found = examples.find_examples(self.store, self.set_id, keys)
            changed += examples.restore(self.store.conn, act, found)
            return changed

    def _set_status(
        self, kind: ActKind, keys: Sequence[str], status: ExampleStatus, reason: str | None = None
    ) -> list[str]:
        with self._act_if_changed(kind) as (act, changed):
            found = examples.find_examples(self.store, self.set_id, keys)
            changed += examples.write_status(self.store.conn, act, found, status, reason)
            return changed

    @contextmanager
    def _act_if_changed(self, kind: ActKind) -> Iterator[tuple[OpenAct, list[str]]]:
        """As `act`, but no act is kept where the block puts nothing into the list of changed keys."""
        changed: list[str] = []
        with self.act(kind) as act:
            yield act, changed
            if not changed:
                set_acts.delete_act(self.store.conn, act)

    # the set

    def set_value(self, kind: SettingKind, value: str | None) -> bool:
        """Set the purpose, guidelines, baseline, floor or wanted counts of the set; None takes it away.

        Returns whether it is another value than before.
        """
        if sets.settings_of(self.store, self.set_id).get(kind.value) == value:
            return False
        with self.act(ActKind.SETTING, {"setting": kind.value}) as act:
            set_acts.write_setting(self.store.conn, act, kind.value, value)
        return True

    def rename(self, name: str) -> None:
        """Give the set another name; raises BadUsage for one that is empty or taken."""
        before = self.name
        if name != before:
            with self.act(ActKind.RENAME, {"from": before, "to": name}):
                renaming.rename(self.store.conn, "sets", before, name)

    # undo

    def last_acts(self, limit: int = 20) -> list[Act]:
        """Return the reviewer's acts on the set that were not taken back, the latest first."""
        return set_acts.standing_acts(self.store, self.set_id, self.reviewer, limit)

    def undo(self) -> UndoneAct:
        """Take back the reviewer's last act on the set, whatever it was and whenever; the next call takes back the one before.

        What somebody has changed since stays and is named. Raises BadUsage where there is nothing to take back.
        """
        with self.store.writing() as conn:
            if not (acts := self.last_acts(1)):
                raise BadUsage(self._nothing_to_undo())
            last = acts[0]
            detail = set_acts.act_detail(conn, last.id)
            reviewer_id = add_reviewer(conn, self.reviewer)
            act = set_acts.add_act(conn, self.set_id, ActKind.UNDO, reviewer_id, target_id=last.id)
            left = examples.undo_examples(conn, act, last.id)
            examples.undo_tags(conn, act, last.id)
            left += set_acts.undo_settings(conn, act, last.id)
            set_acts.undo_proposals(conn, act, last.id)
            left += self._undo_names(last, detail)
        return UndoneAct(last, tuple(left))

    def _undo_names(self, act: Act, detail: dict[str, str | None]) -> list[str]:
        conn = self.store.conn
        if act.kind is ActKind.RENAME:
            old, new = detail.get("from"), detail.get("to")
            if old is None or new is None or self.name != new:
                return [f"the name stays {self.name!r}: it was changed since"]
            try:
                renaming.rename(conn, "sets", new, old)
            except BadUsage as error:
                return [f"the name stays {new!r}: {error}"]
        if (seed := detail.get("seed_before")) is not None and not sets.has_runs(self.store, self.set_id):
            sets.write_seed(conn, self.set_id, seed)
        return []

    def _nothing_to_undo(self) -> str:
        others = set_acts.standing_acts(self.store, self.set_id, None, 1)
        if not others:
            return f"nothing to take back in {self.name!r}"
        by = f"{others[0].reviewer!r}" if others[0].reviewer is not None else "somebody unnamed"
        return (
            f"nothing of {self.reviewer!r} to take back in {self.name!r}; the last act is that of {by} ({others[0].what}):"
            " --reviewer NAME takes back theirs"
        )
