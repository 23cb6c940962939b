"""Judging by a model, against a bare loop over the same SDK, server and concurrency: whole processes."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from made import UPHOLD
from tables import Line, Timed, interleaved, ratio

from uphold.judging.judges import LlmJudge, ready_judge
from uphold.judging.prompts import pair_prompt
from uphold.records.model_calls import PairToJudge
from uphold.store.database import open_store
from uphold.store.pairs import pair_texts

HERE = Path(__file__).parent

SPEC = "anthropic:loopback-1"

CASES = ((8, 0.0, 1.05), (1, 0.0, 1.05), (8, 0.05, 1.05), (32, 0.05, 1.1), (128, 0.05, 1.25), (32, 0.5, 1.05))
"""(requests at once, seconds that the server takes over an answer, budget)."""


def measure(rounds: int, folder: Path, database: Path, cases: Sequence[tuple[int, float, float]] = CASES) -> list[Line]:
    """One line for each case."""
    requests = write_requests(folder / "requests.jsonl", database)
    lines = []
    for at_once, wait, budget in cases:
        with _served(wait) as url:
            ours, bare = interleaved(rounds, _judging(database, url, at_once), _bare(requests, url, at_once))
        name = f"judging, {at_once} at once, answers after {wait * 1000:g} ms"
        lines.append(ratio(name, ours, bare, budget, "bare loop"))
    return lines


def write_requests(path: Path, database: Path) -> Path:
    """The requests that the judge will send, but for their fences."""
    judge = ready_judge(SPEC)
    assert isinstance(judge, LlmJudge)
    with open_store(database, reading=True) as store, path.open("w", encoding="utf-8") as file:
        for (pair_id,) in store.rows("SELECT id FROM current_pairs ORDER BY id").fetchall():
            found = pair_texts(store, pair_id)
            pair = PairToJudge(found.text, found.turn, found.candidate_cells, found.baseline_cells)
            for order in judge.orders:
                asked = pair_prompt(pair, order).request(judge.options.max_tokens)
                body = {
                    "model": judge.model,
                    "max_tokens": asked.max_tokens,
                    "system": [{"type": "text", "text": asked.system, "cache_control": {"type": "ephemeral"}}],
                    "messages": [{"role": "user", "content": asked.user}],
                    "output_config": {"format": {"type": "json_schema", "schema": asked.schema}},
                }
                file.write(json.dumps(body) + "\n")
    return path


@contextmanager
def _served(wait: float) -> Iterator[str]:
    """The server in a process of its own, so that it takes no time of the one that is measured."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, str(HERE / "server.py"), str(wait)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def _judging(database: Path, url: str, at_once: int) -> Timed:
    copy = database.with_name("judging.db")

    def run() -> float:
        for old in copy.parent.glob(copy.name + "*"):
            old.unlink()
        shutil.copy(database, copy)
        options = ("--judge", SPEC, "--base-url", url, "--concurrency", str(at_once))
        return _process([*UPHOLD, "--db", str(copy), "judge", *options])

    return run


def _bare(requests: Path, url: str, at_once: int) -> Timed:
    command = [sys.executable, str(HERE / "bare_loop.py"), str(requests), url, str(at_once), f"{requests}.answers"]
    return lambda: _process(command)


def _process(argv: Sequence[str]) -> float:
    kept = {n: v for n, v in os.environ.items() if not n.startswith("ANTHROPIC_") and not n.lower().endswith("_proxy")}
    began = time.perf_counter()
    subprocess.run(
        argv, check=True, env={**kept, "ANTHROPIC_API_KEY": "key"}, stdin=subprocess.DEVNULL, capture_output=True
    )
    return time.perf_counter() - began
