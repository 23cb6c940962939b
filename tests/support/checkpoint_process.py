"""A checkpoint brought in by a process of its own, until it is killed."""

import asyncio
import os
from pathlib import Path

from support.checkpoints import SET, brought
from uphold.records.checkpoints import CheckpointResult
from uphold.settings import Project, Settings
from uphold.store.database import open_store

SETTINGS = Settings(project=Project(set=SET, endpoint="anthropic:model"))


def bring_in(database: Path, url: str, system: str) -> CheckpointResult:
    """Bring a checkpoint in, its answers from a server and its verdicts too."""
    os.environ["ANTHROPIC_BASE_URL"] = url
    with open_store(database) as store:
        return asyncio.run(
            brought(store, system, settings=SETTINGS, judge="anthropic:judge", concurrency=1, claim_seconds=0.2)
        )


def run(database: str, url: str, system: str) -> None:
    """The whole life of the process."""
    bring_in(Path(database), url, system)
