"""One odd reply is put down for its own judgment: all others are judged in the same run, in little memory."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import odd_replies
from support.faulty_endpoint import right
from support.model_server import Asked, Reply, loopback, serving
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY
from uphold.store.database import Store, open_store
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary

PAIRS = 64
MAX_MEMORY = 200 * 1024
"""kB"""


def fill(folder: Path, pairs: int) -> Path:
    rows = [
        {"key": f"k{n}", "instruction": f"Question {n}", "response_candidate": "yes", "response_baseline": "no"}
        for n in range(pairs)
    ]
    (folder / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with new_store(folder / "uphold.db") as store:
        for _ in import_files(store, ImportRequest([folder / "s.jsonl"], format="pairs", set="s")):
            pass
    return folder / "uphold.db"


def number(asked: Asked) -> int:
    found = re.search(r"Question (\d+)\n", asked.user)
    return int(found[1]) if found else -1


def odd_for(pairs: dict[int, Callable[[Asked], Any]]) -> Callable[[Asked], Any]:
    return lambda asked: pairs.get(number(asked), right)(asked)


async def judged(store: Store, answer: Callable[[Asked], Any], kind: str, **more: Any) -> JudgeSummary:
    async with loopback(answer) as server:
        base = server.url if kind == "anthropic" else f"{server.url}/v1"
        request = JudgeRequest(f"{kind}:m", base_url=base, patience=NO_RETRY, **more)
        *_, summary = [value async for value in judge_run(store, request)]
        assert isinstance(summary, JudgeSummary)
        return summary


def statuses(store: Store) -> dict[str, str]:
    """Status by key, of both orders."""
    rows = store.rows(
        "SELECT x.key, group_concat(DISTINCT j.status) FROM judgments j JOIN pairs p ON p.id = j.pair_id"
        " JOIN examples x ON x.id = p.example_id GROUP BY 1"
    )
    return dict(rows.fetchall())


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_each_odd_reply_costs_its_own_judgment_only(tmp_path: Path, kind: str) -> None:
    """Every kind for a pair of its own, among as many ordinary ones, at once."""
    odd = dict(enumerate(odd_replies.ALL.values()))
    names = list(odd_replies.ALL)
    with open_store(fill(tmp_path, 2 * len(odd))) as store:
        summary = await judged(store, odd_for(odd), kind)
        found = statuses(store)
    assert summary.stopped is None
    for place, name in enumerate(names):
        expected = (
            "readable" if name in odd_replies.READABLE else "unreadable" if name in odd_replies.UNREADABLE else "failed"
        )
        assert (name, found[f"k{place}"]) == (name, expected)
    assert {found[f"k{place}"] for place in range(len(odd), 2 * len(odd))} == {"readable"}
    assert summary.left == len(odd_replies.FAILING)


async def test_a_reply_that_comes_too_slowly_is_given_up_alone(tmp_path: Path) -> None:
    slow = {2: odd_replies.drip, 4: odd_replies.slowly}
    with open_store(fill(tmp_path, 6)) as store:
        summary = await judged(store, odd_for(slow), "openai", timeout=1.5)
        assert statuses(store) == {f"k{n}": "failed" if n in slow else "readable" for n in range(6)}
    assert summary.left == 2


PROGRAM = r"""
import re, sys
from uphold_tui.cli import main
try:
    main()
finally:
    # not ru_maxrss, in which the memory of the parent process is counted too
    print(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
"""


QUIET_START = 0.012
"""Seconds that `python -c pass` takes on an idle machine."""


def seconds(number: float) -> float:
    """So many seconds of an idle machine, as long as they take on this one at the moment."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return number * max((time.monotonic() - started) / QUIET_START, 1.0)


def run_judge(folder: Path, url: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, "--db", str(folder / "uphold.db"), "judge", "--judge", "openai:m"]
    return subprocess.Popen(
        [*command, "--base-url", f"{url}/v1", "--json", "--timeout", "20", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OPENAI_API_KEY": "key-of-the-test"},
    )


LARGE = (
    "10 MB in one line",
    "a gzip bomb",
    "a list of two million lists",
    "a million empty texts",
    "a megabyte of prose",
    "deep nesting",
    "300 kB of {",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*sorted(odd_replies.ALL)])
def test_64_pairs_with_one_odd_reply_are_judged_in_one_run_within_200_mb(tmp_path: Path, name: str) -> None:
    fill(tmp_path, PAIRS)
    left = {5: odd_replies.ALL[name]}
    with serving(odd_for(left)) as server:
        done = run_judge(tmp_path, server.url)
        out, err = done.communicate(timeout=200)
    summary = json.loads(out)
    assert summary["wins"] >= PAIRS - 1
    assert summary["stopped"] is None
    assert int(err.split()[-1]) < MAX_MEMORY


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_server_of_nothing_but_odd_replies_takes_no_memory_and_heeds_ctrl_c(tmp_path: Path, name: str) -> None:
    fill(tmp_path, PAIRS)
    with serving(odd_replies.ALL[name]) as server:
        done = run_judge(tmp_path, server.url, "--concurrency", "16")
        server.wait_for(40, timeout=60)
        started = time.monotonic()
        done.send_signal(signal.SIGINT)
        _, err = done.communicate(timeout=60)
        took = time.monotonic() - started
    assert done.returncode == 130
    assert took < seconds(1.0)
    assert int(err.split()[-1]) < MAX_MEMORY


@pytest.mark.slow
def test_ctrl_c_is_answered_at_once_while_replies_drip(tmp_path: Path) -> None:
    fill(tmp_path, PAIRS)
    with serving(odd_replies.drip) as server:
        done = run_judge(tmp_path, server.url)
        assert server.wait_for(8, timeout=120)
        started = time.monotonic()
        done.send_signal(signal.SIGINT)
        assert done.stderr is not None
        assert "stopping" in done.stderr.readline()
        assert time.monotonic() - started < seconds(1.0)
        done.send_signal(signal.SIGINT)
        done.communicate(timeout=20)
        assert time.monotonic() - started < seconds(2.0)
    assert done.returncode == 130


async def test_redirects_are_refused_wherever_they_lead(tmp_path: Path) -> None:
    with open_store(fill(tmp_path, 4)) as store:
        async with loopback(right) as other:
            for target in (f"{other.url}/v1/chat/completions", "/v1/elsewhere", "http://"):
                summary = await judged(
                    store, lambda asked, to=target: Reply(b"", 307, headers={"location": to}), "openai"
                )
                assert summary.stopped is not None
                assert "redirects to" in summary.stopped
            assert other.asked == []
