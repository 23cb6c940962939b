"""A fast review in a process of its own, which goes on until its database is lost.

`swapped_process.py DATABASE REVIEWER SEED`: before and after each act a line on standard output says so, with the time of
the clock that all processes share.
"""

import json
import random
import sys
import time
from pathlib import Path

from session_process import act

from uphold.errors import UpholdError
from uphold.reviewing.receipts import Refusal
from uphold.store.database import open_store
from uphold.store.runs import find_run
from uphold.workflows.review_opening import open_review


def say(*values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def main(database: Path, reviewer: str, seed: str) -> None:
    """Act until the store refuses."""
    rng = random.Random(seed)
    store = open_store(database)
    session = open_review(store, find_run(store, None), reviewer=reviewer)
    said: set[str] = set()
    say("open")
    while True:
        began = time.monotonic_ns()
        try:
            outcome = act(session, rng)
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


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
