"""Saves what cannot be saved in the database: the whole database in a new file, or a session's decisions as JSONL."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage, DatabaseLost
from uphold.formats.writers.json_line import json_line
from uphold.records.enums import EventKind
from uphold.records.reviews import ReviewEvent
from uphold.reviewing.history import History
from uphold.store.copying import copy_database
from uphold.store.database import Store
from uphold.workflows.file_writing import check_target, write_lines
from uphold.workflows.review_session import ReviewSession

JSONL = ".jsonl"

DATABASE = ".db"


@dataclass(frozen=True, slots=True)
class SavedElsewhere:
    """The file that was written: a database in which the review can go on, or `decisions` as lines for `uphold import`."""

    path: Path
    decisions: int | None = None
    command: str = ""

    @property
    def is_database(self) -> bool:
        """Whether the file is a database."""
        return self.decisions is None


def default_target(store: Store) -> Path:
    """Return a new file beside the database, or in the working folder where that is gone.

    A database where the open connection can be trusted and the file cannot, else a file of decisions.
    """
    lost = store.lost()
    ending, word = (DATABASE, "saved") if lost is not None and lost.readable else (JSONL, "unsaved")
    folder = store.path.parent
    folder = folder if os.access(folder, os.W_OK) else Path.cwd()
    names = (f"{store.path.stem}-{word}{'' if number == 1 else f'-{number}'}{ending}" for number in range(1, 1 << 30))
    return next(folder / name for name in names if not (folder / name).exists())


def save_decisions(session: ReviewSession, path: Path) -> SavedElsewhere:
    """Write the decisions of a session to a new file of lines that `uphold import` takes.

    They are those in force that were made in it, with the one that could not be saved; as long as the database is well,
    only that one. Raises BadFile or BadUsage where nothing was written.
    """
    unsaved = session.unsaved
    if unsaved is not None and unsaved.kind is not EventKind.DECISION:
        raise BadUsage(f"{path}: lines for `uphold import` hold decisions, and {describe(session, unsaved)} is none")
    rows = list(_decision_rows(session, everything=session.store.lost() is not None))
    if not rows:
        raise BadFile(f"{path}: there is no decision of this session to write")
    write_lines(map(json_line, rows), path, session.store.path)
    command = f"uphold import {shlex.quote(str(path))} --set {shlex.quote(session.run.set)}"
    return SavedElsewhere(path, len(rows), command)


def save_database(store: Store, path: Path) -> SavedElsewhere:
    """Copy a database whose file was lost to a new file, and go on in that, for all who hold the store.

    The act that could not be saved is still to be done again. Raises BadFile, BadUsage or BadDatabase, and nothing has
    changed then.
    """
    target = check_target(path, store.path)
    lost = store.lost()
    if lost is None:
        raise BadUsage(
            f"{store.path}: is still there, and a second database would part from it; name a file that ends in .jsonl"
        )
    if not lost.readable:
        raise BadUsage(f"{store.path}: cannot be copied any more, {_cause(lost)}; name a file that ends in .jsonl")
    copy_database(store, target)
    store.go_on_in(path)
    return SavedElsewhere(path)


def is_for_decisions(path: Path) -> bool:
    """Whether a file of this name gets decisions as lines; any other name is a database's."""
    return path.suffix.lower() == JSONL


def copy_lost(store: Store) -> Path | None:
    """Copy a database that was lost under a long command to a new file beside it; None where that cannot be done."""
    lost = store.lost()
    if lost is None or not lost.readable:
        return None
    target = default_target(store)
    copy_database(store, target)
    return target


def _cause(lost: DatabaseLost) -> str:
    return str(lost).rsplit(": ", 1)[-1].split("; ", 1)[0]


def _decision_rows(session: ReviewSession, *, everything: bool) -> Iterator[dict[str, Any]]:
    """Yield the decisions of this session in force as rows of the `pairs` format, by place in the queue."""
    before, unsaved = session.history, session.unsaved
    by_pair = {pair_id: list(events) for pair_id, events in before.by_pair.items()}
    history = History(list(before.done), list(before.undone), by_pair, dict(before.ranks))
    if unsaved is not None:
        history.add(unsaved)
    here = session.written_here() | ({unsaved.id} if unsaved is not None else set())
    for item in session.cursor.items:
        state = history.state_of(item.pair_id)
        decision = state.decision
        is_wanted = everything or (unsaved is not None and item.pair_id == unsaved.pair_id)
        if decision is None or decision.choice is None or decision.id not in here or not is_wanted:
            continue
        row: dict[str, Any] = {"key": item.key, "turn": item.turn, "candidate": session.run.candidate}
        row |= {"baseline": session.run.baseline, "reviewer": session.reviewer, "review": decision.choice.value}
        yield row | ({"note": state.comment} if state.comment else {})


_ACTS = {
    EventKind.SKIP: "skipping",
    EventKind.FLAG: "the flag on",
    EventKind.UNFLAG: "taking away the flag on",
    EventKind.BROKEN: "marking as broken",
    EventKind.UNBROKEN: "no longer marking as broken",
    EventKind.COMMENT: "the comment on",
    EventKind.REASONS: "the reasons on",
    EventKind.UNDO: "the undo on",
    EventKind.REDO: "the redo on",
}


def describe(session: ReviewSession, event: ReviewEvent) -> str:
    """Return an act in words: `the verdict 'tie' on desk-0112`."""
    key = session.key_of(event.pair_id)
    if event.choice is None:
        return f"{_ACTS.get(event.kind, event.kind.value)} {key}"
    side = event.shown.side_a if event.shown is not None else None
    words = {"tie": "tie", "both-bad": "both bad"}.get(event.choice.value)
    words = words or ("A better" if event.choice.preference is side else "B better")
    return f"the verdict {words!r} on {key}"
