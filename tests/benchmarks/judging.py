"""Judging 200 pairs in both orders, 16 at once: against a bare loop over the same SDK, and through 30 % faults.

`python tests/benchmarks/judging.py [ROUNDS]`: whole processes, time and CPU time; then, through both SDKs, what became
of a run of the real program against a server of which 30 % of the answers are faults of every kind.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from asking import write_requests

from uphold.store.database import open_store

HERE = Path(__file__).parent


sys.path.append(str(HERE.parent))


UPHOLD = (sys.executable, "-m", "uphold_tui")

PAIRS, AT_ONCE, WAIT = 200, 16, 0.3


def _run(argv: Sequence[str]) -> tuple[float, float, int]:
    """(seconds, CPU seconds, exit code) of a process."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANTHROPIC_", "OPENAI_")) and not name.lower().endswith("_proxy")
    }
    began = time.perf_counter()
    child = subprocess.Popen(
        argv,
        env={**kept, "ANTHROPIC_API_KEY": "key", "OPENAI_API_KEY": "key"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status)


def _database(folder: Path) -> Path:
    rows = folder / "pairs.jsonl"
    rows.write_text(
        "".join(
            json.dumps(
                {
                    "key": f"k{n}",
                    "instruction": f"Question {n} " + "why " * 30,
                    "response_candidate": "yes " + "c " * 150,
                    "response_baseline": "no " + "b " * 150,
                }
            )
            + "\n"
            for n in range(PAIRS)
        )
    )
    database = folder / "model.db"
    _run([*UPHOLD, "--db", str(database), "import", str(rows), "--set", "s"])
    return database


def _served(*arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    return subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env=environment, text=True)


def _fresh(database: Path, name: str) -> Path:
    copy = database.with_name(name)
    for old in copy.parent.glob(copy.name + "*"):
        old.unlink()
    copy.write_bytes(database.read_bytes())
    return copy


def against_a_bare_loop(folder: Path, database: Path, rounds: int) -> None:
    """Time and CPU time, both as medians of whole processes in turn."""
    requests = write_requests(folder / "requests.jsonl", database)
    server = _served(str(HERE / "server.py"), str(WAIT))
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    ours, bare = [], []
    try:
        for _ in range(rounds):
            copy = _fresh(database, "judging.db")
            ours.append(
                _run(
                    [
                        *UPHOLD,
                        "--db",
                        str(copy),
                        "judge",
                        "--judge",
                        "anthropic:loopback-1",
                        "--base-url",
                        url,
                        "--concurrency",
                        str(AT_ONCE),
                    ]
                )
            )
            bare.append(
                _run([sys.executable, str(HERE / "bare_loop.py"), str(requests), url, str(AT_ONCE), os.devnull])
            )
    finally:
        server.kill()
        server.wait()
    for name, place, most in (("time", 0, 1.05), ("CPU time", 1, 2.0)):
        a, b = (statistics.median(one[place] for one in had) for had in (ours, bare))
        print(f"{name}: ours {a:.2f} s, bare loop {b:.2f} s, ratio {a / b:.3f} (at most {most})")  # noqa: T201


def through_faults(database: Path, kind: str) -> None:
    """The real program against 30 % faults; run again while anything is left."""
    server = _served(str(HERE / "faulty_server.py"))
    assert server.stdout is not None
    url = server.stdout.readline().strip() + ("/v1" if kind == "openai" else "")
    copy = _fresh(database, f"faulty-{kind}.db")
    command = [
        *UPHOLD,
        "--db",
        str(copy),
        "judge",
        "--judge",
        f"{kind}:gpt-4o",
        "--base-url",
        url,
        "--concurrency",
        str(AT_ONCE),
        "--timeout",
        "2",
    ]
    runs = []
    try:
        while not runs or (runs[-1][2] and len(runs) < 5):
            runs.append(_run(command))
    finally:
        server.kill()
        server.wait()
    with open_store(copy, reading=True) as store:
        states = dict(
            store.rows("SELECT status, count(*) FROM judgments WHERE superseded_by IS NULL GROUP BY 1").fetchall()
        )
        arrived = store.one("SELECT count(*), sum(cost) FROM judgments WHERE raw IS NOT NULL")
    times = ", ".join(f"{one[0]:.1f} s (exit {one[2]})" for one in runs)
    print(f"{kind}: {len(runs)} run(s): {times}; in force {states}; answers kept {arrived[0]}, ${arrived[1]:.4f}")  # noqa: T201


def main(rounds: int) -> None:
    """Everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = _database(folder)
        against_a_bare_loop(folder, database, rounds)
        for kind in ("anthropic", "openai"):
            through_faults(database, kind)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
