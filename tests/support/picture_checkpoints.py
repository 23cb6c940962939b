"""Checkpoints of a training for pictures and tests of their screens: read, one blessed; set and judge change between."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from support.checkpoints import brought
from support.imports import bring
from support.picture_data import sample, settle
from support.sessions import on_screen
from uphold.records.enums import Choice
from uphold.records.runs import Run
from uphold.settings import Project, Settings
from uphold.store.database import Store, open_store
from uphold.workflows.checkpoints import bless_run
from uphold.workflows.curating import SetEditor
from uphold.workflows.project_setup import NewProject, make_project
from uphold.workflows.review_opening import ReviewOptions, open_review

SET = "support-desk"

SETTINGS = Settings(project=Project(set=SET, margin=0.05))

Texts = Mapping[str, str]


def make_checkpoints(store: Store, rows: list[dict[str, Any]]) -> None:
    """Four checkpoints on these examples (`key`, `instruction`, `reference`, two responses), the second one blessed."""
    make_project(
        store,
        store.path.with_name("uphold.toml"),
        NewProject(SETTINGS.project, "base-7b", "rules:closer"),
        "mira",
        Settings(),
    )
    asked = (
        {name: row[name] for name in ("key", "instruction", "reference")}
        | {"response_candidate": row["response_baseline"]}
        for row in rows
    )
    bring(store, *asked, set_=SET, candidate="base-7b")
    first = {row["key"]: row["response_candidate"] for row in rows}
    known = list(first)
    run = _brought(store, "lora-r8", first)
    _read(store, run, dict.fromkeys(known, Choice.CANDIDATE) | dict.fromkeys(known[8:], Choice.BASELINE))
    blessed = first | {key: f"{first[key]} Kind regards, the support team" for key in known[6:14]}
    run = _brought(store, "lora-r16", blessed)
    _read(store, run, dict.fromkeys(known[:14], Choice.CANDIDATE) | dict.fromkeys(known[14:], Choice.BASELINE))
    bless_run(store, run.name, "released in March", "mira")
    SetEditor(store, SET, "mira").retire(known[-1:], "out of date")
    known = known[:-1]
    third = {key: blessed[key] for key in known} | {key: f"{first[key]} I guess." for key in known[:6]}
    run = _brought(store, "lora-r16-e3", third)
    _read(
        store,
        run,
        dict.fromkeys(known[:3], Choice.BASELINE) | dict.fromkeys(known[3:], Choice.CANDIDATE),
        notes={known[0]: "reads like a contract"},
    )
    fourth = third | {key: f"No idea. {key}" for key in known[2:5]}
    _brought(store, "lora-r32", fourth, judge="rules:exact")


def checkpoints(path: Path) -> None:
    """The same on 24 examples of the packaged set, with dates that are always the same."""
    # In a thread: pictures are drawn inside an event loop, and bringing a checkpoint in starts one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_make, path).result()


def _make(path: Path) -> None:
    with open_store(path, create=True) as store:
        found = {str(row["key"]): row for row in sample(SET) if "response_candidate" in row}
        rows = [row | {"reference": row["response_candidate"]} for row in found.values()]
        make_checkpoints(store, rows[:24])
        settle(store)
        with store.writing() as conn:
            conn.execute("UPDATE runs SET created_at = '2026-03-0' || id || 'T10:00:00Z'")


def _brought(store: Store, system: str, texts: Texts, **more: Any) -> Run:
    return asyncio.run(brought(store, system, texts, settings=SETTINGS, **more)).run


def _read(store: Store, run: Run, choices: Mapping[str, Choice], notes: Texts | None = None) -> None:
    """Decide what is unread of a run, with notes by key."""
    session = open_review(store, run, "mira", ReviewOptions(queue="changed"))
    while (pair := session.current) is not None and session.progress.read < session.progress.total:
        if notes and pair.key in notes:
            session.comment(notes[pair.key], on_screen(session))
        session.decide(choices[pair.key], on_screen(session))
