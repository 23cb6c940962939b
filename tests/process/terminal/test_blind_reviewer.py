"""A reviewer with a script reads 200 pairs blind: what is in the file is the script, and nothing gave anything away."""

import json
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.terminal import UPHOLD, Ended, Terminal
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files

READ = 200

PAIRS = READ + 5
"""Some are left unread at the end, so that after each decision another pair comes."""

WIDE, NARROW = (120, 36), (80, 24)

OFFER = "4 both bad"

VEIL = "shown after you decide"

SYSTEMS = ("zebrafish", "quokka")

_KEY = re.compile(r"question (item-\d{4})")

_GIVEN_AWAY = (*SYSTEMS, "marvellous", "is better", "judge’s pick", "confidence", "uphold A", "uphold B", "uphold tie")

Row = tuple[str, str, str | None, str, int, int]
"""(key, kind, choice, side A, was the verdict shown, columns)."""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Pairs whose answers name them, judged."""
    rng = random.Random(3)
    rows = [
        {
            "key": f"item-{number:04d}",
            "instruction": f"question item-{number:04d}",
            "candidate": SYSTEMS[0],
            "baseline": SYSTEMS[1],
            "response_candidate": f"first-{number:04d}",
            "response_baseline": f"other-{number:04d}",
            "judge": "haiku",
            "verdict": rng.choice(["candidate", "baseline", "tie"]),
            "confidence": 0.7,
            "reason": "A is marvellous.",
            "order": "candidate-first",
        }
        for number in range(PAIRS)
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_store(tmp_path / "blind.db", create=True) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    return tmp_path / "blind.db"


@dataclass
class Reviewer:
    """Types, looks, and remembers what the file must hold."""

    terminal: Terminal
    size: tuple[int, int]
    database: Path
    wrote: list[Row] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)
    veiled_seen: int = 0

    @property
    def paged(self) -> Path:
        """What the pager was given last."""
        return self.database.with_name("pair.txt")

    def see(self, holds: Callable[[str], bool], timeout: float = 20) -> str:
        """Wait for a screen of which this holds."""
        for _ in range(int(timeout / 0.02)):
            text = "\n".join(self.terminal.display)
            if holds(text):
                return text
            self.terminal.read(0.02)
        raise Ended("not seen; the screen was:\n" + text)

    def undecided(self) -> str:
        """Wait for a pair that can be decided, wholly painted."""
        self.see(lambda text: OFFER in text and _KEY.search(text) is not None)
        self.terminal.quiet(0.05)
        return self.see(lambda text: OFFER in text and _KEY.search(text) is not None)

    def type(self, keys: str, holds: Callable[[str], bool]) -> str:
        """Type, and wait for what comes of it."""
        self.terminal.quiet(0.03)
        before = len(written(self.database))
        self.terminal.send(keys)
        try:
            return self.see(holds, timeout=5)
        except Ended:
            if len(written(self.database)) != before:
                raise
        # On a busy machine it was typed before the frame was out, and was dropped, as it should be: once more.
        self.terminal.send(keys)
        return self.see(holds)

    def key(self, text: str) -> str:
        found = _KEY.search(text)
        assert found is not None
        return found[1]

    def side_a(self, text: str) -> str:
        """The system whose answer stands left, or above."""
        return "candidate" if text.index("first-") < text.index("other-") else "baseline"

    def choice(self, letter: str, text: str) -> str:
        first = self.side_a(text)
        second = "baseline" if first == "candidate" else "candidate"
        return {"a": first, "b": second, "t": "tie", "4": "both-bad"}[letter]

    def write(self, text: str, kind: str, choice: str | None = None, *, shown: bool) -> None:
        self.wrote.append((self.key(text), kind, choice, self.side_a(text), int(shown), self.size[0]))

    def look_closely(self, text: str) -> None:
        """Nothing before the decision gives anything away, not in the list of keys and commands either."""
        self.veiled_seen += 1
        below = text.split("\n", 1)[1]
        assert [word for word in _GIVEN_AWAY if word in below + self.terminal.screen.title] == []
        if self.veiled_seen % 40 == 0:
            self.open_and_close("?", "Keys while reviewing")
            self.open_and_close(":", "a command,")
            self.open_and_close("/", "Find in this run")
        if self.veiled_seen % 40 == 20:
            self.page(self.key(text))
        if self.veiled_seen % 30 == 0:
            for keys in ("v", "r", "\r"):
                told = self.type(keys, lambda text: "your decision" in text or "comes after yours" in text)
                assert [word for word in _GIVEN_AWAY if word in told.split("\n", 1)[1]] == []

    def page(self, key: str) -> None:
        """What a pager gets is the pair, and no more than the screen shows."""
        self.paged.unlink(missing_ok=True)
        self.terminal.quiet(0.03)
        self.terminal.send("e")
        back = (b"\x1b[?1049h", b" both bad")
        self.terminal.until(lambda came: all(one in came for one in back), "the screen after the pager")
        self.terminal.quiet(0.2)
        given = self.paged.read_text()
        assert key in given
        assert [word for word in _GIVEN_AWAY if word in given] == []

    def open_and_close(self, keys: str, there: str) -> None:
        """Nothing in what opens over the pair gives anything away either."""
        opened = self.type(keys, lambda text: there in text)
        below = opened.split("\n", 1)[1]
        assert [word for word in ("marvellous", "judge’s pick", *SYSTEMS) if word in below] == []
        self.type("\x1b", lambda text: there not in text)

    def read_one(self, number: int, rng: random.Random) -> None:
        """One pair, with whatever the script has for it."""
        text = self.undecided()
        key, verdict_hidden = self.key(text), VEIL in text
        again = key in self.decided
        if verdict_hidden:
            self.look_closely(text)
            text = self.undecided()
        if number % 11 == 5 and not again:
            self.type("s", lambda shown: OFFER in shown and self.key(shown) != key)
            self.write(text, "skip", shown=not verdict_hidden)
            return
        letter = rng.choice("abt4")
        self.write(text, "repeat" if again else "decision", self.choice(letter, text), shown=not verdict_hidden)
        self.decided.add(key)
        if again or not verdict_hidden:
            self.type(letter, lambda shown: self.moved(shown, key))
            return
        burst = "ab4t" if number % 7 == 3 else ""
        self.type(letter + burst, lambda shown: VEIL not in shown and OFFER not in shown and self.key(shown) == key)
        self.unveiled(number, text, letter, rng)

    def moved(self, shown: str, key: str) -> bool:
        return ((found := _KEY.search(shown)) is not None and found[1] != key) or "every pair is read" in shown

    def unveiled(self, number: int, text: str, letter: str, rng: random.Random) -> None:
        """The verdict is there: say more, take back, change, or go on."""
        key = self.key(text)
        if number % 17 == 1:
            self.type("c", lambda shown: "Comment on" in shown)
            self.type("well\r", lambda shown: "comment saved" in shown)
            self.write(text, "comment", shown=True)
        if number % 13 == 2:
            self.type("w", lambda shown: "Why, on" in shown)
            self.type("h\r", lambda shown: "reasons saved" in shown)
            self.write(text, "reasons", shown=True)
        if number % 19 == 4:
            self.type("u", lambda shown: "taken back" in shown)
            self.wrote.append((key, "undo", None, "", -1, -1))
            if number % 17 == 1 or number % 13 == 2:
                return self.unveiled(number + 1, text, letter, rng)
            self.type("a", lambda shown: self.moved(shown, key))
            self.write(text, "decision", self.choice("a", text), shown=True)
            return None
        if number % 5 == 0:
            changed = "b" if letter == "a" else "a"
            self.type(changed, lambda shown: self.moved(shown, key))
            self.write(text, "decision", self.choice(changed, text), shown=True)
            return None
        self.type(
            "\x1b[C" if number % 3 == 0 else "\rabt" if number % 3 == 1 else "\r", lambda shown: self.moved(shown, key)
        )
        return None


def written(database: Path) -> list[Row]:
    sql = (
        "SELECT e.key, v.kind, v.choice, coalesce(v.side_a, ''), coalesce(v.verdict_shown, -1), coalesce(v.width, -1)"
        " FROM events v JOIN pairs p ON p.id = v.pair_id JOIN examples e ON e.id = p.example_id ORDER BY v.seq"
    )
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(sql).fetchall()


def sit(database: Path, size: tuple[int, int], before: Reviewer | None, until: int, rng: random.Random) -> Reviewer:
    """Read on until so many pairs are decided, then leave at once."""
    argv = [*UPHOLD, "--db", str(database), "review", "--reviewer", "mira", "--blind"]
    with Terminal(argv, size=size, env={"PAGER": f"cp -t {database.parent}"}) as terminal:
        reviewer = Reviewer(terminal, size, database)
        if before is not None:
            reviewer.wrote, reviewer.decided, reviewer.veiled_seen = before.wrote, before.decided, before.veiled_seen
        number = len(reviewer.wrote)
        while len(reviewer.decided) < until:
            number += 1
            reviewer.read_one(number, rng)
        # What was typed last is to be in the file before ctrl+c, which waits for nothing.
        reviewer.see(lambda _: len(written(database)) >= len(reviewer.wrote))
        terminal.send("\x03")
        terminal.rest()
    return reviewer


def test_two_hundred_pairs_read_blind_are_in_the_file_as_they_were_typed(database: Path) -> None:
    rng = random.Random(11)
    first = sit(database, WIDE, None, 100, rng)
    last = sit(database, NARROW, first, READ, rng)
    there = written(database)
    for at, (one, other) in enumerate(zip(there, last.wrote, strict=False)):
        assert one == other, f"event {at}"
    assert len(there) == len(last.wrote)
    kinds = {kind for _, kind, *_ in there}
    assert kinds == {"decision", "repeat", "skip", "comment", "reasons", "undo"}
    assert last.veiled_seen >= 150
