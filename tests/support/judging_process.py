"""Judging in a process of its own, until it is killed."""

import asyncio
from pathlib import Path

from uphold.store.database import open_store
from uphold.workflows.batch_judging import judge_in_batches
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run


async def main(database: Path, url: str, how: str, claim_seconds: float = 0.3) -> None:
    """Judge live; or hand a batch in and bring it in again until nothing is out."""
    request = JudgeRequest("anthropic:judge-model", base_url=url, concurrency=4, claim_seconds=claim_seconds)
    with open_store(database) as store:
        if how == "live":
            async for _ in judge_run(store, request):
                pass
            return
        while True:
            async for summary in judge_in_batches(store, request, submitting=True):
                if not summary.left:
                    return


def run(database: str, url: str, how: str, claim_seconds: float) -> None:
    """The whole life of the process."""
    asyncio.run(main(Path(database), url, how, claim_seconds))
