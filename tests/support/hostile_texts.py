"""Texts that want to do something to a terminal, in every field that a file can bring; and their harmless twins.

A twin has the same length: each character that could do something is another sign.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.stores import new_store
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.judgments import Judge, Judgment
from uphold.records.reviews import OnScreen
from uphold.store import judges, judgments
from uphold.store.database import Store
from uphold.store.pairs import pair_texts
from uphold.store.runs import all_runs
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession

SEQUENCES = (
    "\x1b]52;c;aGFja2Vk\x07",
    "\x1b]52;c;aGFja2Vk\x1b\\",
    "\x1b]0;pwned\x07",
    "\x1b]2;pwned\x1b\\",
    "\x1b[77;7H",
    "\x1b[99A",
    "\x1b[2J\x1b[3J",
    "\x1b[?1049;47l",
    "\x1b[?1000;9l",
    "\x1b[5;8m",
    "\x1b[4;9r",
    "\x1b[6n",
    "\x1b[>0c",
    "\x1b[21t",
    "\x1bc",
    "\x1b#8",
    '\x1bP$q"p\x1b\\',
    "\x1b_Gi=1;AAAA\x1b\\",
    "\x1b]8;;http://evil.example\x1b\\",
    "\x1b]1337;File=:AA==\x07",
    "\x9b99B",
    "\x9d0;pwned\x9c",
    "\x90$q\x9c",
    "\x85\x84\x8d",
)
"""Each would be seen or felt if a terminal were sent it."""

CONTROLS = "\x00\x01\x05\x07\x08\x0b\x0c\x0d\x0e\x0f\x11\x13\x18\x1a\x1b\x7f"

BIDI = "\u202eevil\u202c\u2066\u2067\u2069\u200e\u200f\u061c"

MARKUP = (
    "[@click=app.leave_now]click me[/] [@click='screen.dismiss(None)']here[/] [bold red on white]x[/] [/x]"
    " [link=http://evil.example]l[/] [$a"
)

_WHOLE = (*SEQUENCES, CONTROLS, BIDI, MARKUP)

_HOSTILE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\[\]]")

Dress = Callable[[str], str]


def harmless(text: str) -> str:
    """The twin of a text."""
    return _HOSTILE.sub("~", text)


def as_it_is(text: str) -> str:
    """The text itself."""
    return text


def attack(name: str, turn: int = 0) -> str:
    """A text that begins with its name and holds everything; which comes first depends on `turn`."""
    start = turn % len(_WHOLE)
    return f"{name} " + " ".join(_WHOLE[start:] + _WHOLE[:start])


def short(name: str, turn: int = 0) -> str:
    """A name that holds a few sequences, and no NUL, so that it can be an argument."""
    some = [SEQUENCES[(turn * 3 + i) % len(SEQUENCES)] for i in range(3)]
    return f"{name}{''.join(some)}\x07\u202e[@click=app.leave_now]x[/]"


def file_name(name: str, ending: str = ".jsonl") -> str:
    """A file name, without what separates folders."""
    return f"{name}\x1b]0;pwned\x07\x1b[2J\n\u202e[@click=app.leave_now]{ending}"


def rows(count: int, dress: Dress) -> Iterator[dict[str, Any]]:
    """Pairs in every shape: of one turn and of two, with context and references, verdicts and reviews."""
    for number in range(count):
        several = number % 3 == 2
        asked = [attack(f"asked{number}", number), attack(f"again{number}", number + 5)][: 2 if several else 1]
        cells = {
            side: [attack(f"{side}{number}-{turn}", number + turn) + _markdown() for turn in range(len(asked))]
            for side in ("candidate", "baseline")
        }
        yield {
            "key": dress(short(f"key{number}", number)),
            "turns": [dress(text) for text in asked],
            "context": dress(attack("context", number)),
            "reference": [dress(attack("reference", number + turn)) for turn in range(len(asked))],
            "tags": [dress(short("tag", number)), dress(short("second", number + 1))],
            "response_candidate": [dress(cell) for cell in cells["candidate"]],
            "response_baseline": [dress(cell) for cell in cells["baseline"]],
            "candidate": dress(short("cand")),
            "baseline": dress(short("base", 1)),
            "judge": dress(short("imported-judge", 2)),
            "verdict": ("candidate", "baseline", "tie", None)[number % 4],
            "reason": dress(attack("reason", number)),
            "reviewer": dress(short("reviewer", 3)),
            "review": ("candidate", "both-bad", "tie")[number % 3],
            "note": dress(attack("note", number)),
            dress(short("unused", 4)): 1,
        }


def _markdown() -> str:
    listed = "\n\n# head \x1b[31m\n\n* one \x9b1m\n* two\n\n```sh\n\x1b]0;pwned\x07\n```\n\n"
    return listed + "[l\x1b[1m](http://evil.example) <b>\x07</b>\n"


def database(folder: Path, dress: Dress, count: int = 12) -> Path:
    """A database whose every foreign field is hostile (or, dressed so, harmless): two runs, two judges, two reviewers."""
    folder.mkdir()
    path = folder / dress(file_name("foreign", ".db"))
    file = folder / dress(file_name("first"))
    file.write_text("".join(json.dumps(row) + "\n" for row in rows(count, dress)), encoding="utf-8")
    other = folder / dress(file_name("second"))
    other.write_text(json.dumps({**next(rows(1, dress)), "candidate": dress(short("third"))}) + "\n", encoding="utf-8")
    with new_store(path) as store:
        for source in (file, other):
            for _ in import_files(store, ImportRequest([source], format="pairs", set=dress(short("set")))):
                pass
        _judged(store, dress)
        _reviewed(store, dress)
    return path


def _judged(store: Store, dress: Dress) -> None:
    """A live judge's judgments: agreeing, disagreeing, unreadable, failed; everything that a server may have said."""
    run = all_runs(store)[0]
    pairs = [row[0] for row in store.rows("SELECT id FROM pairs WHERE run_id = ? ORDER BY id", (run.id,))]
    with store.writing() as conn:
        judge = Judge(dress(short("live-judge", 5)), "llm", (("model", "m"),))
        judge_id = judges.add_judge(conn, judge)
        orders = (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)
        judges.record_requested_orders(conn, run.id, judge_id, orders)
        for number, pair_id in enumerate(pairs):
            seen = pair_texts(store, pair_id).reference_id
            for order in orders:
                judgment = replace(_judgment(number, order, dress), reference_id=seen)
                judgments.add_judgment(conn, pair_id, judge_id, judgment)


def _judgment(number: int, order: AnswerOrder, dress: Dress) -> Judgment:
    said: dict[str, Any] = {
        "raw": dress(attack("raw", number)),
        "prompt_name": dress(short("prompt")),
        "fence": dress(short("fence")),
        "stop_reason": dress(short("stop")),
    }
    if number % 4 == 3:
        status = JudgmentStatus.FAILED if number % 8 == 3 else JudgmentStatus.UNREADABLE
        return Judgment(order, status, problem=dress(attack("problem", number)), **said)
    swapped = number % 4 == 1 and order is AnswerOrder.BASELINE_FIRST
    word = Preference.CANDIDATE if swapped else Preference.BASELINE
    return Judgment(
        order, JudgmentStatus.READABLE, word, confidence=0.5, reason=dress(attack("because", number)), **said
    )


def _reviewed(store: Store, dress: Dress) -> None:
    """What a second reviewer did in the app, with comments."""
    session = open_review(store, all_runs(store)[0], reviewer=dress(short("second-reviewer", 6)))
    for number in range(4):
        session.comment(dress(attack("comment", number)), _shown(session))
        session.flag(_shown(session))
        session.decide(list(Choice)[number], _shown(session), 1.0)


def _shown(session: ReviewSession) -> OnScreen:
    pair = session.current
    assert pair is not None
    return OnScreen(pair.side_a, verdict=session.verdict)
