"""A run whose judge was overturned for reasons, with marks in everything that belongs to the locked half.

`LOCKED` is in every text, answer, reason and note of the locked half, and of nothing else.
"""

import asyncio
import re
from pathlib import Path
from typing import Any

from support.imports import bring
from support.model_server import Answering, Asked, Reply, answer_to, said, serving
from support.stores import new_store
from uphold.endpoints.retrying import NO_RETRY
from uphold.records.enums import Choice, Preference
from uphold.records.halves import Half, half_of
from uphold.records.reviews import OnScreen
from uphold.records.texts import ExampleText
from uphold.settings import toml_table
from uphold.store.database import Store
from uphold.store.runs import all_runs
from uphold.store.sets import find_set
from uphold.workflows.curating import make_set
from uphold.workflows.halves import set_halves
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.review_opening import ReviewOptions, open_review

LOCKED = "ZQLOCKEDZQ"

SEED = "ab" * 16

SUBJECTS = (
    "moving a meeting to Tuesday",
    "the price of a return ticket to Porto",
    "why bread needs salt",
    "the rules of offside in football",
    "how a heat pump works in winter",
    "writing to a landlord about damp walls",
    "the difference between mass and weight",
    "what to feed a hedgehog in autumn",
)


def instruction(number: int) -> str:
    """Return what is asked in an example: no two are nearly the same."""
    words = " ".join(f"w{number * 7 + step}x{(number * 13 + step * 5) % 97}" for step in range(6))
    return f"Write about {SUBJECTS[number % len(SUBJECTS)]}, with {words}."


def half_of_example(text: str) -> Half:
    """Return the half of an example of the set `s` with this instruction and no context."""
    return half_of(SEED, ExampleText((text,), None).hash)


def marked(text: str, half: Half) -> str:
    """Return a text of an example of a half: one of the locked half has the mark."""
    return f"{text} {LOCKED}" if half is Half.LOCKED else text


def example(number: int) -> tuple[str, Half]:
    """Return the instruction of an example and its half: eight of one half come after eight of the other."""
    half = (Half.DEVELOPMENT, Half.LOCKED)[number // 8 % 2]
    endings = ("", " now", " please", " today", " again", " soon", " well", " fast", " here", " at once", " in brief")
    texts = (marked(f"{instruction(number)}{ending}", half) for ending in endings)
    return next(text for text in texts if half_of_example(text) is half), half


def rows(count: int) -> list[dict[str, Any]]:
    """Rows of `count` examples whose candidate answer is better in two of three."""
    found = []
    for number in range(count):
        text, half = example(number)
        found.append(
            {
                "key": f"k{number:03d}-{half.value[:3]}",
                "instruction": text,
                "response_candidate": marked(f"candidate answer {number} {'good' if number % 3 else 'bad'}", half),
                "response_baseline": marked(f"baseline answer {number} {'bad' if number % 3 else 'good'}", half),
                "candidate": "lora",
                "baseline": "base",
            }
        )
    return found


def truth(number: int) -> Choice:
    """Return what people say of an example."""
    return Choice.CANDIDATE if number % 3 else Choice.BASELINE


def good_answer_wins(asked: Asked) -> Reply:
    """A judge that is always right: the good answer wins."""
    return answer_to(asked, said(_better(asked.user)))


def wrong_on(every: int) -> Answering:
    """A judge that is wrong on every so-manieth example, in both orders."""

    def answer(asked: Asked) -> Reply:
        better = _better(asked.user)
        is_wrong = int(re.findall(r"candidate answer (\d+)", asked.user)[-1]) % every == 0
        return answer_to(asked, said({"A": "B", "B": "A"}[better] if is_wrong else better))

    return answer


def _better(user: str) -> str:
    """Return the letter of the good answer; the answers are the last texts of a prompt, B behind A."""
    return "B" if user.rfind(" good") > user.rfind(" bad") else "A"


def reviewed_store(
    path: Path, count: int = 80, wrong: int = 4, *, rubric: str | None = None, imported: bool = False
) -> Store:
    """Return a store with the run `lora-vs-base`, judged by `weak` (or by `old`, imported) and decided by mira.

    Every so-manieth verdict was `wrong` and is overturned, for the reason `wrong fact` or `too long`, with a note.
    """
    store = new_store(path)
    make_set(store, "s", "mira", seed=SEED)
    if imported:
        bring(store, *(_judged(row, number, wrong) for number, row in enumerate(rows(count))))
    else:
        bring(store, *rows(count))
        with serving(wrong_on(wrong)) as server:
            fields = {} if rubric is None else {"rubric": rubric}
            file = judge_file(path.with_name("weak.toml"), server.url, "weak", **fields)
            asyncio.run(_judge(store, JudgeRequest(str(file), "lora-vs-base", patience=NO_RETRY)))
    decide_all(store, wrong)
    return store


def _judged(row: dict[str, Any], number: int, wrong: int) -> dict[str, Any]:
    """Return a row with a verdict of the imported judge `old`."""
    verdict = Preference(truth(number).value)
    return row | {"judge": "old", "verdict": (verdict.mirrored if number % wrong == 0 else verdict).value}


async def _judge(store: Store, request: JudgeRequest) -> None:
    async for _ in judge_run(store, request):
        pass


def decide_all(store: Store, wrong: int = 4) -> None:
    """Have mira decide every pair, and say why where the verdict was wrong."""
    halves = set_halves(store, find_set(store, "s"))
    ids = dict(store.rows("SELECT key, id FROM examples").fetchall())
    shown = OnScreen(Preference.CANDIDATE)
    session = open_review(store, all_runs(store)[0], "mira", ReviewOptions("all"))
    for place in range(1, len(ids) + 1):
        session.go_to(place)
        pair = session.current
        assert pair is not None
        number, half = int(pair.key[1:4]), halves[ids[pair.key]]
        session.decide(truth(number), shown)
        if number % wrong == 0:
            session.go_to(place)
            session.reasons([marked(("wrong fact", "too long")[number // wrong % 2], half)], shown)
            session.comment(marked(f"note {number}", half), shown)


def judge_file(path: Path, url: str, name: str = "strict", **fields: Any) -> Path:
    """Write the TOML file of a judge at a server of ours."""
    values = {"name": name, "model": "openai:loopback", "base_url": f"{url}/v1"} | fields
    path.write_text(toml_table(values))
    return path
