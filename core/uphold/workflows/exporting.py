"""store -> reports -> file: the current pairs with all that was said of them, one at a time."""

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadFile, BadUsage
from uphold.formats.writers.pairs_csv import csv_lines
from uphold.formats.writers.pairs_jsonl import json_lines
from uphold.records.counts import ADJUDICATOR
from uphold.records.enums import EventKind
from uphold.records.judgments import verdict_of
from uphold.records.reviews import Label, ReviewerState, ReviewEvent, human_label
from uphold.records.rows import ExportedJudge, ExportedPair, ExportedPeople, ExportedReviewer, ExportOmissions
from uphold.records.runs import Run
from uphold.records.texts import ExampleText
from uphold.reviewing.history import replay
from uphold.store import exports, judgments, pairs, reviews
from uphold.store.database import Store

FORMS = ("csv", "jsonl")


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be exported: a run, or all runs of a set; of people only `reviewer`, where one is named.

    The human label stays what everybody says together.
    """

    run: str | None = None
    set: str | None = None
    reviewer: str | None = None


class Export:
    """The pairs of one export; nothing is held of those that have been given out."""

    def __init__(self, store: Store, meant: ExportRequest) -> None:
        self._store = store
        runs = exports.runs_to_export(store, meant.run, meant.set)
        self.runs: dict[int, Run] = {run.id: run for run in runs}
        self._ids = exports.pair_ids(store, runs)
        self._judges = _named(exports.judges_of(store, runs))
        self.voices = ExportedPeople(
            [name for _, name, _ in self._judges], exports.reviewers_of(store, runs, meant.reviewer)
        )
        self.left_out: ExportOmissions = exports.left_out(store, runs, len(self._ids))

    def __len__(self) -> int:
        return len(self._ids)

    def lines(self, form: str) -> Iterator[str]:
        """The whole file of a form, line by line; raises BadUsage for one that does not exist."""
        if form not in FORMS:
            raise BadUsage(f"there is no export format {form!r}; formats are {', '.join(FORMS)}")
        return csv_lines(self.voices, self.pairs()) if form == "csv" else json_lines(self.pairs())

    def pairs(self) -> Iterator[ExportedPair]:
        """Each pair, as it came into the file."""
        names = set(self.voices.reviewers)
        for pair_id in self._ids:
            yield self._pair(pair_id, names)

    def _pair(self, pair_id: int, names: set[str]) -> ExportedPair:
        texts = pairs.pair_texts(self._store, pair_id)
        run, turn = self.runs[texts.run_id], texts.turn
        said = reviews.said_of(self._store, pair_id)
        stands = _stands(said, pair_id)
        word, votes, settled = _label(said, stands)
        return ExportedPair(
            run.name,
            run.set,
            texts.key,
            turn,
            texts.contents,
            texts.tags,
            ExampleText(texts.text.turns[:turn], texts.text.context, texts.text.references[:turn]),
            texts.candidate,
            texts.baseline,
            texts.candidate_cells,
            texts.baseline_cells,
            tuple(self._said(pair_id)),
            tuple(ExportedReviewer(name, stand) for name, stand in stands.items() if name in names),
            word,
            votes,
            settled,
        )

    def _said(self, pair_id: int) -> Iterator[ExportedJudge]:
        for judge_id, name, version in self._judges:
            found = judgments.on_pair(self._store, pair_id, judge_id, verdict_of)
            if found is not None:
                yield ExportedJudge(name, version, found)


@contextlib.contextmanager
def open_export(store: Store, meant: ExportRequest) -> Iterator[Export]:
    """An export whose pairs belong together, whatever is written meanwhile; raises BadUsage for what does not exist."""
    with exports.snapshot(store):
        yield Export(store, meant)


def _named(judges: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """The judges, versions of one name told apart by the beginning of their hash."""
    times = Counter(name for _, name, _ in judges)
    return [
        (number, name if times[name] == 1 else f"{name}@{version[:8]}", version) for number, name, version in judges
    ]


def _stands(said: Sequence[tuple[str, ReviewEvent]], pair_id: int) -> dict[str, ReviewerState]:
    """By reviewer: where they stand."""
    own: dict[str, list[ReviewEvent]] = {}
    for name, event in said:
        own.setdefault(name, []).append(event)
    return {name: replay(acts).state_of(pair_id) for name, acts in sorted(own.items())}


def _label(said: Sequence[tuple[str, ReviewEvent]], stands: dict[str, ReviewerState]) -> tuple[str | None, int, bool]:
    """What people say together, how many votes that is, and whether somebody settled it."""
    votes = [
        (number, stand.decision.choice)
        for number, stand in enumerate(stands.values(), ADJUDICATOR + 1)
        if stand.decision is not None and stand.decision.choice is not None
    ]
    settled = [event.choice for _, event in said if event.kind is EventKind.ADJUDICATED and event.choice is not None]
    found = human_label(((ADJUDICATOR, settled[-1]), *votes) if settled and votes else tuple(votes))
    return None if found is Label.UNREAD else found.value, len(votes), bool(settled and votes)


class FileExists(BadUsage):
    """A file of this name is there, and nobody said that it may be replaced."""


def check_target(path: Path, database: Path, *, force: bool = False) -> Path:
    """Where to write, links followed; raises BadUsage where that would destroy something, BadFile for no possible path."""
    try:
        target, base = Path(os.path.realpath(path)), Path(os.path.realpath(database))
        there, ordinary, folder = target.exists(), target.is_file(), target.parent.is_dir()
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: cannot be a file here ({_why(error)}); name another one") from error
    if target in (base, base.with_name(base.name + "-wal"), base.with_name(base.name + "-shm")):
        raise BadUsage(f"{path}: this is the database itself; name another file")
    if not folder:
        raise BadFile(f"{path}: there is no folder {target.parent}; make it, or name another file")
    if there and not ordinary:
        raise BadUsage(f"{path}: this is no ordinary file; name another one")
    if there and not force:
        raise FileExists(f"{path}: is there already; name another file")
    return target


def write_lines(lines: Iterable[str], path: Path, database: Path, *, force: bool = False) -> None:
    """Write a file whole or not at all: what was there stays until the new one is complete.

    Raises AlreadyThere where something is there and `force` is not given, BadFile where it cannot be written.
    """
    target = check_target(path, database, force=force)
    made = target.with_name(f".uphold-{secrets.token_hex(8)}.part")
    try:
        with made.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        check_target(path, database, force=force)
        made.replace(target)
    except OSError as error:
        raise BadFile(f"{path}: cannot be written ({_why(error)}); name another place") from error
    finally:
        with contextlib.suppress(OSError):
            made.unlink()


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
