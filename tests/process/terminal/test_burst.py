"""Keys and clicks that come faster than frames: none of them decides a pair that nobody has seen."""

import json
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.app_samples import make_app
from support.recorded_app import recorded
from support.terminal import ESCAPE, UPHOLD, Terminal, note_frames, without_holding
from uphold.records.sets import ExampleStatus
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold.workflows.curating import list_examples
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.review_opening import open_review

PAIRS = 60

_SHOWN = re.compile(rb"(?:answer|reply)-(\d{4})")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Pairs whose answers name them."""
    rng = random.Random(1)
    file = tmp_path / "pairs.jsonl"
    rows = [
        {
            "key": f"item-{number:04d}",
            "instruction": "Which?",
            "judge": "judge",
            "verdict": "candidate",
            "response_candidate": f"answer-{number:04d} " + "c " * rng.randint(100, 2000),
            "response_baseline": f"reply-{number:04d} " + "b " * rng.randint(100, 2000),
        }
        for number in range(PAIRS)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_store(tmp_path / "burst.db", create=True) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    return tmp_path / "burst.db"


def review(database: Path) -> Terminal:
    options = without_holding(database.parent)
    return Terminal([*UPHOLD, *options, "--db", str(database), "review", "--reviewer", "mira"], frames=True)


def decided(database: Path) -> list[str]:
    """The keys of the decided pairs, in the order of the decisions."""
    sql = (
        "SELECT e.key FROM events v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id"
        " WHERE v.kind = 'decision' ORDER BY v.seq"
    )
    with closing(sqlite3.connect(database)) as conn:
        return [row[0] for row in conn.execute(sql)]


def painted(stream: bytes) -> list[str]:
    """The keys of the pairs whose answers were painted, in the order in which they first were."""
    return [f"item-{number}" for number in dict.fromkeys(found.decode() for found in _SHOWN.findall(stream))]


def burst(terminal: Terminal, keys: str) -> None:
    """Type all of it at once, and wait until all of it has been read."""
    terminal.send(keys)
    note_frames(terminal)


def test_a_burst_of_keys_decides_the_pair_on_screen_and_no_other(database: Path) -> None:
    with review(database) as terminal:
        terminal.see("answer-", "reply-", "4 both bad")
        for number, keys in enumerate(("a" * 30, "\r" * 30, "ab" * 15, "t4" * 15), 1):
            note_frames(terminal)
            on_screen = painted(bytes(terminal.stream))
            burst(terminal, keys)
            terminal.see(f"{number} of {PAIRS} read")
            assert decided(database) == on_screen
            assert len(painted(bytes(terminal.stream))) == number + 1


def test_a_burst_of_clicks_decides_the_pair_on_screen_and_no_other(database: Path) -> None:
    with review(database) as terminal:
        terminal.see("answer-", "reply-", "4 both bad")
        note_frames(terminal)
        on_screen = painted(bytes(terminal.stream))
        row = next(y for y, text in enumerate(terminal.display, 1) if "4 both bad" in text)
        column = terminal.display[row - 1].index("4 both bad") + 3
        burst(terminal, f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m" * 12)
        terminal.see(f"1 of {PAIRS} read")
        assert decided(database) == on_screen
        assert len(painted(bytes(terminal.stream))) == 2


def test_keys_typed_before_the_first_pair_is_painted_decide_nothing(database: Path) -> None:
    with review(database) as terminal:
        while terminal.read(0.02) is None:
            terminal.send("a" * 5)
        terminal.see("answer-", "reply-", "4 both bad")
        note_frames(terminal)
        assert decided(database) == []
        burst(terminal, "a")
        terminal.see("1 of 60 read")
    assert len(decided(database)) == 1


def test_whatever_comes_whenever_each_decision_is_on_a_pair_that_was_painted_before_it(database: Path) -> None:
    rng = random.Random(7)
    bursts = 12
    with review(database) as terminal:
        terminal.see("answer-", "reply-", "4 both bad")
        for _ in range(bursts):
            terminal.send("".join(rng.choice("abt4s\r") for _ in range(rng.randint(1, 30))))
            for _ in range(rng.randint(0, 6)):
                terminal.read(rng.random() * 0.02)
        note_frames(terminal)
        there = decided(database)
        assert 1 <= len(there) <= bursts
        assert set(there) < set(painted(bytes(terminal.stream)))


def test_what_is_typed_in_one_write_goes_where_each_key_has_led_to(database: Path) -> None:
    comment = "c" + "quite good" + "\r"
    example = "n" + "Who asks?" + "\t" + "At a desk." + "\t" + "Nobody does." + ESCAPE
    retired = "D" + "too vague" + "\r"
    with review(database) as terminal:
        terminal.see("answer-", "reply-", "4 both bad")
        note_frames(terminal)
        terminal.send(comment + "E")
        terminal.see("eval set", "Health", "checked")  # the set is read in a thread
        terminal.send(example + retired + "q")
        terminal.see("pairs is version 1 now", "answer-", "reply-")
    with open_store(database) as store:
        assert store.rows("SELECT note FROM events WHERE kind = 'comment'").fetchall() == [("quite good",)]
        row = list_examples(store, "pairs")[-1]
        assert (row.text.turns, row.text.context) == (("Who asks?",), "At a desk.")
        assert (row.text.references, row.status) == (("Nobody does.",), ExampleStatus.RETIRED)


async def test_a_key_after_the_paint_is_not_lost(database: Path) -> None:
    with open_store(database) as store:
        app = make_app(store, open_review(store, all_runs(store)[0], "mira"), reviewer="mira")
        async with recorded(app) as terminal:
            for number in range(1, 11):
                await terminal.type("a")
                await terminal.see(lambda text, number=number: f"{number} of {PAIRS} read" in text)
    assert len(decided(database)) == 10
