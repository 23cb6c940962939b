"""Checkpoints of one system on one set, as tests bring them in."""

from collections.abc import Mapping
from typing import Any

from support.imports import bring, write
from support.sessions import on_screen
from uphold.records.checkpoints import CheckpointProgress, CheckpointResult
from uphold.records.enums import Choice
from uphold.records.runs import Run
from uphold.settings import Project, Settings
from uphold.store.database import Store
from uphold.workflows.checkpoint_run import CheckpointRequest, run_checkpoint
from uphold.workflows.project_setup import NewProject, make_project
from uphold.workflows.review_opening import ReviewOptions, open_review

SET = "desk"

SETTINGS = Settings(project=Project(set=SET, margin=0.05))


def keys(count: int) -> list[str]:
    """So many keys of examples."""
    return [f"q-{number:03d}" for number in range(count)]


def project(store: Store, count: int, judge: str = "rules:closer", baseline: str = "base") -> None:
    """A set with its judge and baseline, and the answers of the baseline to so many examples."""
    make_project(
        store, store.path.with_name("uphold.toml"), NewProject(SETTINGS.project, baseline, judge), "ada", Settings()
    )
    rows = [
        {"key": key, "instruction": f"Question {key}?", "reference": f"it is {key}", "response_candidate": "not known"}
        for key in keys(count)
    ]
    bring(store, *rows, set_=SET, candidate=baseline)


async def brought(store: Store, system: str, texts: Mapping[str, str] | None = None, **more: Any) -> CheckpointResult:
    """Bring a checkpoint in, with these answers by key or as the options say; the result."""
    *_, result = [update async for update in run_checkpoint(store, requested(store, system, texts, **more))]
    assert isinstance(result, CheckpointResult)
    return result


def requested(store: Store, system: str, texts: Mapping[str, str] | None = None, **more: Any) -> CheckpointRequest:
    """The request for a checkpoint."""
    if texts is not None:
        rows = ({"key": key, "response_candidate": text} for key, text in texts.items())
        more["answers"] = (write(store.path.with_name(f"{system}.jsonl"), *rows),)
    return CheckpointRequest(system, **{"settings": SETTINGS, **more})


def read(store: Store, run: Run, choices: Mapping[str, Choice], pairs: int, reviewer: str = "ada") -> list[str]:
    """Decide by key until so many pairs of the queue of what changed are read; the keys, in the order in which they came."""
    session, came = open_review(store, run, reviewer, ReviewOptions(queue="changed")), []
    while session.progress.read < pairs:
        assert session.current is not None
        came.append(session.current.key)
        session.decide(choices[session.current.key], on_screen(session))
    return list(dict.fromkeys(came))


def shown(updates: list[CheckpointProgress]) -> list[tuple[str, str]]:
    """(step, state) of updates, without repetitions."""
    found = [(update.current.value, update.step(update.current).state.value) for update in updates]
    return list(dict.fromkeys(found))
