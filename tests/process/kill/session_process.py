"""A scripted session in a process of its own: after each act has returned, a line on standard output says so.

`session_process.py DATABASE REVIEWER SEED`: acts drawn from the seed, one after the other, until it is killed.
"""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

from uphold.records.enums import Choice
from uphold.records.reviews import OnScreen
from uphold.reviewing.receipts import Outcome, Refusal
from uphold.store.database import open_store
from uphold.store.runs import find_run
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession

_ACTS = ("decide",) * 8 + ("uphold", "skip", "flag", "broken", "comment", "undo", "undo", "redo", "go", "go")


def _shown(session: ReviewSession) -> OnScreen:
    pair = session.current
    assert pair is not None
    return OnScreen(pair.side_a, width=120, height=36, verdict=session.verdict)


def act(session: ReviewSession, rng: random.Random) -> Outcome | None:
    shown = _shown(session)
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


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main(database: Path, reviewer: str, seed: str) -> None:
    """Act until killed."""
    rng = random.Random(seed)
    with open_store(database) as store:
        session = open_review(store, find_run(store, None), reviewer=reviewer)
        _say("open")
        while True:
            outcome = act(session, rng)
            if outcome is not None and not isinstance(outcome, Refusal):
                _say([outcome.kind.value, outcome.pair_id, outcome.choice and outcome.choice.value])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
