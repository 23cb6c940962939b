"""Sets up a project: its file uphold.toml, and the judge and the usual baseline of its eval set."""

import os
import shlex
import sqlite3
from dataclasses import dataclass, fields
from pathlib import Path

from uphold.errors import BadFile, BadUsage
from uphold.judging.judges import RulesJudge
from uphold.records.enums import REFERENCE
from uphold.records.judgments import JudgeRef
from uphold.records.set_history import ActKind
from uphold.records.sets import SettingKind
from uphold.settings import PROJECT_FILE, Project, Settings, project_problem, toml_value, user_file
from uphold.store import judges, reviews, set_acts, sets
from uphold.store.database import Store
from uphold.store.headline_judges import pin_value, pinned_judge
from uphold.store.judge_specs import record_spec
from uphold.store.pairs import systems_of
from uphold.workflows.set_judge import judge_from_spec


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a project is to have: the table [project], and the baseline and judge (a spec) of its set."""

    project: Project
    baseline: str | None = None
    judge: str | None = None


@dataclass(frozen=True, slots=True)
class MadeProject:
    """A project that was set up: its set and whether that is new, its judge, and what is to be known about it."""

    set: str
    is_new: bool
    judge: JudgeRef | None
    notes: tuple[str, ...] = ()


def check_new(path: Path) -> None:
    """Raise BadUsage where the file of a new project is there already."""
    if os.path.lexists(path):
        raise BadUsage(
            f"{path}: is there already and is not overwritten; edit it, or set up the project in another folder"
        )


def make_project(store: Store, path: Path, wanted: NewProject, reviewer: str, settings: Settings) -> MadeProject:
    """Write the file of a project, and the judge and baseline of its set, which is made if there is none.

    Raises BadUsage or BadFile, before anything is written, for a file that is there, and values that cannot be.
    """
    check_new(path)
    name = wanted.project.set
    if name is None:
        raise BadUsage("a project needs an eval set")
    _check(wanted)
    is_new = name not in sets.set_names(store.conn)
    set_id = None if is_new else sets.find_set(store, name)
    judge = None if wanted.judge is None else judge_from_spec(store, set_id, wanted.judge, settings)
    if isinstance(judge, RulesJudge) and wanted.baseline is not None:
        judge.check_systems("", wanted.baseline)
    notes = []
    pinned = None
    with store.writing() as conn:
        found = sets.add_set(conn, name) if set_id is None else set_id
        reviewer_id = reviews.add_reviewer(conn, reviewer)
        if wanted.baseline is not None and sets.settings_of(store, found).get("baseline") != wanted.baseline:
            _write_setting(conn, found, SettingKind.BASELINE, wanted.baseline, reviewer_id)
        if judge is not None:
            judge_id = judges.add_judge(conn, judge.record)
            record_spec(conn, judge_id, wanted.judge or "")
            pinned = JudgeRef(judge_id, judge.record.name, judge.record.kind, judge.record.version)
            if pinned_judge(store, found)[0] != pinned:
                _write_setting(conn, found, SettingKind.JUDGE, pin_value(pinned), reviewer_id)
    known = (REFERENCE, *dict(systems_of(store, found)))
    if wanted.baseline is not None and wanted.baseline not in known:
        command = f"uphold import FILE --candidate {shlex.quote(wanted.baseline)}"
        notes.append(f"{wanted.baseline!r} has answered nothing in {name!r} yet; `{command}` brings its answers")
    if path == PROJECT_FILE and user_file().is_file():
        notes.append(f"in this folder {path} holds instead of {user_file()}: copy what you need from there")
    _write(path, wanted.project)
    return MadeProject(name, is_new, pinned, tuple(notes))


def _write_setting(conn: sqlite3.Connection, set_id: int, kind: SettingKind, value: str, reviewer_id: int) -> None:
    """Write a setting of the set as an act that `set undo` takes back."""
    act = set_acts.add_act(conn, set_id, ActKind.SETTING, reviewer_id, {"setting": kind.value})
    set_acts.write_setting(conn, act, kind.value, value)


def _check(wanted: NewProject) -> None:
    for name, value in _given(wanted.project).items():
        if problem := project_problem(name, value):
            raise BadUsage(f"--{name.replace('_', '-')} wants {problem}; it was given {value!r}")
    for option, text in (("--baseline", wanted.baseline), ("--judge", wanted.judge)):
        if text is not None and not text.strip():
            raise BadUsage(f"{option}: a name was expected")
    for text in (wanted.project.set, wanted.project.endpoint, wanted.baseline, wanted.judge):
        (text or "").encode()  # a lone surrogate is no UTF-8, and cannot be written


def _given(project: Project) -> dict[str, object]:
    values = {field.name: getattr(project, field.name) for field in fields(project)}
    return {name: value for name, value in values.items() if value is not None}


def _write(path: Path, project: Project) -> None:
    """Write the file, unless one has been made there meanwhile."""
    lines = [f"{name} = {toml_value(value)}" for name, value in _given(project).items()]
    text = "\n".join(["# What commands in this folder need not be told; an option beats it.", "[project]", *lines, ""])
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        check_new(path)
    except OSError as error:
        raise BadFile(f"{path}: cannot be written ({error.strerror}); judge and baseline of the set are set") from error
