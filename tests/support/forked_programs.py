"""What the processes of `support.forked` run.

Each function is given `say` first, which sends values to the test.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.checkpoints import SET, brought
from support.command_line import uphold
from support.sessions import on_screen
from uphold.errors import UpholdError
from uphold.records.enums import Choice
from uphold.reviewing.receipts import Outcome, Refusal
from uphold.settings import Project, Settings
from uphold.store.connections import Connection
from uphold.store.database import open_store
from uphold.store.runs import all_runs, find_run
from uphold.workflows.batch_judging import judge_in_batches
from uphold.workflows.importing import ImportProgress, ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession

Say = Callable[..., None]

_FILE_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.link", "os.truncate"})


class _Moments:
    """Counts the moments in which this process may be killed: before each SQL statement and each change of a file's name.

    At the moment `fatal` the process kills itself.
    """

    def __init__(self, fatal: int | None) -> None:
        self.count = 0
        self._fatal = fatal

    def watch(self) -> None:
        """Count from now on, for the rest of the process."""
        connect: Any = Connection.__init__

        def connect_watched(conn: Connection, *arguments: Any, **options: Any) -> None:
            connect(conn, *arguments, **options)
            conn.set_trace_callback(self._pass)

        Connection.__init__ = connect_watched  # type: ignore[assignment, method-assign]
        sys.addaudithook(lambda event, _: self._pass(event) if event in _FILE_EVENTS else None)

    def _pass(self, _: str) -> None:
        self.count += 1
        if self.count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def command(say: Say, folder: Path, arguments: tuple[str, ...]) -> None:
    """Run a command on `x.db` and say its exit code and what it wrote on standard error."""
    ended = uphold(folder, *arguments)
    say(ended.returncode, ended.stderr)


def command_killed_at(say: Say, folder: Path, arguments: tuple[str, ...], fatal: int | None) -> None:
    """Run a command on `x.db` and say its exit code and how many moments it had; at the moment `fatal` it is killed."""
    moments = _Moments(fatal)
    moments.watch()
    code = uphold(folder, *arguments).returncode
    say(code, moments.count)


def import_in_steps(say: Say, database: Path, file: Path) -> None:
    """Import a file, and say after each step how many rows were read."""
    with open_store(database, create=True) as store:
        for update in import_files(store, ImportRequest([file])):
            say(update.rows if isinstance(update, ImportProgress) else "whole")
            time.sleep(0.02)  # so that it can be killed in here


_ACTS = ("decide",) * 8 + ("uphold", "skip", "flag", "broken", "comment", "undo", "undo", "redo", "go", "go")


def _act(session: ReviewSession, rng: random.Random) -> Outcome | None:
    """One act, drawn from all there are; None where it was only a move."""
    shown = on_screen(session)
    acts: dict[str, Callable[[], Outcome]] = {
        "decide": lambda: session.decide(rng.choice(list(Choice)), shown, 1.0),
        "uphold": lambda: session.uphold(shown, 1.0),
        "skip": lambda: session.skip(shown),
        "flag": lambda: session.flag(shown),
        "broken": lambda: session.broken(shown),
        "comment": lambda: session.comment(f"a note {rng.random()}", shown),
        "undo": session.undo,
        "redo": session.redo,
    }
    name = rng.choice(_ACTS)
    if name == "skip" and session.current is not None and session.current.is_repeat:
        return None  # a repeat that is skipped leaves no fact
    if name == "go":
        session.go_to(rng.randint(1, session.total))
        return None
    return acts[name]()


def review_until_killed(say: Say, database: Path, reviewer: str, seed: str) -> None:
    """Act until killed, and say each act once it has returned."""
    rng = random.Random(seed)
    with open_store(database) as store:
        session = open_review(store, find_run(store, None), reviewer=reviewer)
        say("open")
        while True:
            outcome = _act(session, rng)
            if outcome is not None and not isinstance(outcome, Refusal):
                say(outcome.kind.value, outcome.pair_id, outcome.choice and outcome.choice.value)


def review_until_lost(say: Say, database: Path, reviewer: str, seed: str) -> None:
    """Act until the store refuses; say what each act wrote and when it began, by the clock that all processes share."""
    rng = random.Random(seed)
    store = open_store(database)
    session = open_review(store, find_run(store, None), reviewer=reviewer)
    said: set[str] = set()
    say("open")
    while True:
        began = time.monotonic_ns()
        try:
            outcome = _act(session, rng)
        except UpholdError as error:
            say("lost", session.unsaved.id if session.unsaved else None, str(error))
            return
        except Exception:
            # What was read from a file that another program writes over may be anything.
            say("lost", None, str(store.lost()))
            return
        new = session.written_here() - said
        said |= new
        if outcome is not None and not isinstance(outcome, Refusal):
            say("kept", *new, began)


def review_and_undo(say: Say, database: Path, reviewer: str) -> None:
    """Decide 60 times, taking back every fifth decision, beside whoever else writes."""
    with open_store(database, busy_ms=60_000) as store:
        session = open_review(store, all_runs(store)[0], reviewer)
        for number in range(60):
            if session.current is None or session.finished or number % 5 == 4:
                session.undo()
            else:
                session.decide(list(Choice)[number % 4], on_screen(session))
    say("done")


async def judging(database: Path, url: str, how: str, claim_seconds: float = 0.3, concurrency: int = 4) -> None:
    """Judge live; or hand a batch in and bring it in again until nothing is out."""
    request = JudgeRequest("anthropic:judge-model", base_url=url, concurrency=concurrency, claim_seconds=claim_seconds)
    with open_store(database) as store:
        if how == "live":
            async for _ in judge_run(store, request):
                pass
            return
        while True:
            async for summary in judge_in_batches(store, request, submitting=True):
                if not summary.left:
                    return


def judge(say: Say, database: Path, url: str, how: str, claim_seconds: float = 0.3, concurrency: int = 4) -> None:
    """Judge in a process of its own."""
    asyncio.run(judging(database, url, how, claim_seconds, concurrency))
    say("done")


def bring_checkpoint(say: Say, database: Path, url: str, system: str) -> None:
    """Bring a checkpoint in whose answers and verdicts come from a server; says what came of it."""
    os.environ["ANTHROPIC_BASE_URL"] = url
    settings = Settings(project=Project(set=SET, endpoint="anthropic:model"))
    asked: dict[str, Any] = {"settings": settings, "judge": "anthropic:judge", "concurrency": 1, "claim_seconds": 0.2}
    with open_store(database) as store:
        result = asyncio.run(brought(store, system, **asked))
    say(result.run.id, result.reading, result.progress.flipped, result.work.left)
