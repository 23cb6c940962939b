"""The workbench and the standing of judges in a pseudo-terminal: from a key to the next clause, pair or judge; opening them."""

import asyncio
import json
import os
import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import made
from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from support.imports import bring_files, write
from support.model_server import Asked, Reply, answer_to, said, serving
from support.terminal import Terminal
from uphold.records.sets import SettingKind
from uphold.settings import Settings, read_settings
from uphold.store.database import Store, open_store
from uphold.workflows.certifying import CertifyRequest, certify
from uphold.workflows.curating import SetEditor
from uphold.workflows.decided_half import find_scope
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judge_trial import run_trial
from uphold.workflows.judge_workbench import open_workbench, plan_draft

HELLO = [sys.executable, str(Path(__file__).with_name("hello.py"))]

LEAST_PAIRS = 160
"""With so many pairs, all of them decided, each half has enough for two tests and a try."""

_SET = "measured"

_CLAUSES = "\n".join(f"clause-{number:02d} speaks of one thing." for number in range(1, 6))

_WIDE = (200, 60)


def database(path: Path, pairs: int) -> Path:
    """A run of so many pairs, a third decided (all where there are few), two judges tested, and a draft of a third one tried.

    Beside it stands the configuration that names the third.
    """
    decided = max(pairs // 3, min(pairs, LEAST_PAIRS))
    rows = list(_rows(pairs))
    with open_store(path, create=True) as store, mock.patch.dict(os.environ, {"OPENAI_API_KEY": "none"}):
        for judge, part in (("judge-1", range(decided // 2)), ("judge-2", range(decided // 2, decided))):
            judged = (_judged(row, number, judge) for number, row in enumerate(rows))
            reviewed = ({**rows[n], "reviewer": "somebody", "review": _better(n)} for n in part)
            bring_files(store, write(path.with_suffix(".jsonl"), *judged, *reviewed), set=_SET)
            SetEditor(store, _SET, "somebody").set_value(SettingKind.FLOOR, "0.6")
            _run(certify(store, CertifyRequest(JudgeRequest(judge, set=_SET))))
        with _asked(path) as settings:
            _try(store, settings)
    return path


def _rows(pairs: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(made.SEED)
    for number in range(pairs):
        yield {
            "key": f"item-{number:05d}",
            "instruction": made.text(rng, 200, f"instruction-{number:05d}"),
            "response_candidate": made.text(rng, 700, f"candidate-{number:05d}"),
            "response_baseline": made.text(rng, 700, f"baseline-{number:05d}"),
            "candidate": "new",
            "baseline": "old",
        }


def _better(number: int) -> str:
    return "candidate" if number % 3 else "baseline"


def _judged(row: dict[str, Any], number: int, judge: str) -> dict[str, Any]:
    """The row with what an imported judge said, which is wrong on every sixth pair."""
    wrong = {"candidate": "baseline", "baseline": "candidate"}
    verdict = wrong[_better(number)] if number % 6 == 1 else _better(number)
    return {**row, "judge": judge, "verdict": verdict, "order": "candidate-first", "reason": f"reason-{number:05d}"}


def _answer(asked: Asked) -> Reply:
    """The third judge, which is wrong on every eighth pair."""
    sides = dict(re.findall(r"(candidate|baseline)-(\d{5})", asked.user))
    number = int(sides["candidate"])
    is_candidate_first = asked.user.index("candidate-") < asked.user.index("baseline-")
    is_candidate_better = (_better(number) == "candidate") != (number % 8 == 1)
    return answer_to(asked, said("A" if is_candidate_first == is_candidate_better else "B"))


@contextmanager
def _asked(path: Path) -> Iterator[Settings]:
    """The settings that name the third judge, at a server that answers while the context is open."""
    with serving(_answer) as server:
        config = path.with_suffix(".toml")
        judge = {"model": "openai:loopback", "base_url": f"{server.url}/v1", "rubric": _CLAUSES}
        lines = [f"{name} = {json.dumps(value)}" for name, value in {**judge, "orders": "one"}.items()]
        config.write_text("\n".join(["[judges.third]", *lines, ""]), encoding="utf-8")
        yield read_settings(config)


def _try(store: Store, settings: Settings) -> None:
    request = JudgeRequest((), settings=settings, concurrency=8)
    bench = open_workbench(store, find_scope(store, None, _SET), settings)
    _run(run_trial(store, plan_draft(store, bench, bench.draft, request)))


def _run(updates: Any) -> None:
    async def drain() -> None:
        async for _ in updates:
            pass

    asyncio.run(drain())


def measure(rounds: int, path: Path, still: float) -> list[Line]:
    """Each key against a key in a hello world of the same size, both at rest before; opened screens have read what they show.

    Opening, from the key to what was read, has no budget: it is read in a thread, and the screen answers meanwhile.
    """
    config = str(path.with_suffix(".toml"))
    review = [*UPHOLD, "--db", str(path), "--config", config, "review", "--reviewer", "somebody"]
    with (
        mock.patch.dict(os.environ, {"OPENAI_API_KEY": "none"}),
        Terminal(HELLO, size=_WIDE) as hello,
        Terminal(review, size=_WIDE) as bench,
        Terminal(review, size=_WIDE) as standing,
    ):
        hello.wait("hello-world")
        for shown in (bench, standing):
            shown.wait("candidate-", "baseline-")
            shown.quiet(still)
            shown.send("i")
            shown.wait("win rate")
        opening = [
            _pressed(bench, still, "W", "points of agreement", back="q"),
            _pressed(standing, still, "s", "Bound to", back="q"),
        ]
        opened = interleaved(max(rounds // 3, 1), *opening)
        for shown, key in ((bench, "W"), (standing, "s")):
            shown.quiet(still)
            shown.send(key)
        bench.wait("points of agreement")
        standing.wait("Bound to")
        bench.quiet(still)
        bench.send("\t")  # among the pairs; a changed clause takes them away until the next try
        idle, pair, judge = interleaved(
            rounds,
            _pressed(hello, still, "a", "pressed-"),
            _pressed(bench, still, "j", "item-", back="k"),
            _pressed(standing, still, "\t", "judge-1", back="\t"),
        )
        bench.quiet(still)
        bench.send("\t")
        clause, turned = interleaved(
            rounds,
            _pressed(bench, still, "j", "clause-02", back="k"),
            _pressed(bench, still, " ", "4 of 5", back=" "),
        )
    return [
        ratio("workbench, next clause", clause, idle, 6, "idle key to frame"),
        ratio("workbench, a clause off", turned, idle, 6, "idle key to frame"),
        ratio("workbench, next pair that changed", pair, idle, 6, "idle key to frame"),
        ratio("standing, next judge", judge, idle, 6, "idle key to frame"),
        ratio("workbench, opened and read", opened[0], idle, None, "idle key to frame"),
        ratio("standing, opened and read", opened[1], idle, None, "idle key to frame"),
    ]


def _pressed(terminal: Terminal, still: float, key: str, text: str, *, back: str = "") -> Timed:
    """A key until a text is in the stream; then the key that leads back, if any."""

    def press() -> float:
        terminal.quiet(still)
        terminal.send(key)
        taken = terminal.wait(text) - terminal.sent
        if back:
            terminal.quiet(still)
            terminal.send(back)
        return taken

    return press
