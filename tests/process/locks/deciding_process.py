"""A reviewer who decides every few milliseconds until standard input ends; then the waits are told, as JSON.

`deciding_process.py DATABASE REVIEWER`
"""

import json
import sys
import threading
import time
from pathlib import Path

from uphold.records.enums import Choice, EventKind
from uphold.records.reviews import ReviewEvent
from uphold.store.database import open_store
from uphold.store.reviews import add_event, add_reviewer


def _decide_until_told(database: Path, reviewer: str) -> dict[str, object]:
    waits, told, done = list[float](), list[float](), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    with open_store(database) as store:
        store.tell_waits(told.append)
        with store.writing() as conn:
            reviewer_id = add_reviewer(conn, reviewer)
        pairs = [row[0] for row in store.rows("SELECT id FROM pairs ORDER BY id")]
        sys.stdout.write("deciding\n")
        sys.stdout.flush()
        while not done.is_set():
            pair_id = pairs[len(waits) % len(pairs)]
            event = ReviewEvent(f"{len(waits):032x}", EventKind.DECISION, pair_id, Choice.TIE)
            began = time.perf_counter()
            add_event(store, reviewer_id, None, event)
            waits.append(time.perf_counter() - began)
            time.sleep(0.005)
    return {
        "decisions": len(waits),
        "longest": max(waits),
        "typical": sorted(waits)[len(waits) // 2],
        "told": len(told),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_decide_until_told(Path(sys.argv[1]), sys.argv[2])) + "\n")
