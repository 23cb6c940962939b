"""A reviewer with a script reads pairs blind: what is in the file is the script, and nothing gave anything away.

Most of it in this process; a few pairs in the real program, which reads 200 as a slow test.
"""

import json
import random
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from support.app_samples import make_app
from support.recorded_app import RecordedTerminal, recorded
from support.terminal import UPHOLD, Ended, Terminal
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.review_opening import ReviewOptions, open_review

MORE = 5
"""Pairs that are left unread at the end, so that after each decision another one comes."""

WIDE, NARROW = (120, 36), (80, 24)

OFFER = "4 both bad"

VEIL = "shown after you decide"

SYSTEMS = ("zebrafish", "quokka")

_KEY = re.compile(r"question (item-\d{4})")

_TITLES = re.compile(rb"\x1b\][012];([^\x07\x1b]*)")

_GIVEN_AWAY = (*SYSTEMS, "marvellous", "is better", "judge’s pick", "confidence", "uphold A", "uphold B", "uphold tie")

Row = tuple[str, str, str | None, str, int, int]
"""(key, kind, choice, side A, was the verdict shown, columns)."""


def database(folder: Path, pairs: int) -> Path:
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
        for number in range(pairs)
    ]
    file = folder / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_store(folder / "blind.db", create=True) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    return folder / "blind.db"


class Seat(Protocol):
    """A terminal that somebody reads at."""

    async def type(self, keys: str) -> None:
        """Type these keys at once."""

    async def see(self, holds: Callable[[str], bool], within: float = 20) -> str:
        """The screen, as soon as it is one of which this holds; so many seconds are waited for it."""

    @property
    def title(self) -> str:
        """The title of its window."""


@dataclass(frozen=True)
class RealSeat:
    """The real program in a pseudo-terminal."""

    terminal: Terminal

    async def type(self, keys: str) -> None:
        self.terminal.send(keys)

    async def see(self, holds: Callable[[str], bool], within: float = 20) -> str:
        return self.terminal.look(holds, within)

    @property
    def title(self) -> str:
        return str(self.terminal.screen.title)


@dataclass(frozen=True)
class SeatHere:
    """The app in this process."""

    terminal: RecordedTerminal

    async def type(self, keys: str) -> None:
        await self.terminal.type(keys)

    async def see(self, holds: Callable[[str], bool], within: float = 20) -> str:
        return await self.terminal.see(holds)

    @property
    def title(self) -> str:
        return b"".join(_TITLES.findall(self.terminal.stream)).decode()


Open = Callable[[Path, tuple[int, int]], AbstractAsyncContextManager[Seat]]


@asynccontextmanager
async def real(database: Path, size: tuple[int, int]) -> AsyncIterator[Seat]:
    """The command, which is left with ctrl+c: it waits for nothing."""
    argv = [*UPHOLD, "--db", str(database), "review", "--reviewer", "mira", "--blind"]
    with Terminal(argv, size=size, env={"PAGER": pager(database)}, frames=True) as terminal:
        yield RealSeat(terminal)
        terminal.send("\x03")
        terminal.rest()


@asynccontextmanager
async def here(database: Path, size: tuple[int, int]) -> AsyncIterator[Seat]:
    """The app, left in the same way."""
    with pytest.MonkeyPatch.context() as patch, open_store(database) as store:
        patch.setenv("PAGER", pager(database))
        session = open_review(store, all_runs(store)[0], "mira", ReviewOptions(blind=True))
        async with recorded(make_app(store, session, reviewer="mira"), size) as terminal:
            yield SeatHere(terminal)
            await terminal.type("\x03")


def pager(database: Path) -> str:
    """A pager that keeps what it is given beside the database."""
    return f"cp -t {database.parent}"


@dataclass
class Reviewer:
    """Types, looks, and remembers what the file must hold."""

    database: Path
    size: tuple[int, int] = WIDE
    seat: Seat = field(init=False)
    wrote: list[Row] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)
    veiled_seen: int = 0

    @property
    def paged(self) -> Path:
        """What the pager was given last."""
        return self.database.with_name("pair.txt")

    async def undecided(self) -> str:
        """Wait for a pair that can be decided."""
        return await self.seat.see(lambda text: OFFER in text and _KEY.search(text) is not None)

    async def type(self, keys: str, holds: Callable[[str], bool]) -> str:
        """Type, and wait for what comes of it."""
        before = len(written(self.database))
        await self.seat.type(keys)
        try:
            return await self.seat.see(holds, within=5)
        except Ended:
            if len(written(self.database)) != before:
                raise
        # On a busy machine it was typed before the frame was out, and was dropped, as it should be: once more.
        await self.seat.type(keys)
        return await self.seat.see(holds)

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

    async def look_closely(self, text: str) -> None:
        """Nothing before the decision gives anything away, not in the list of keys and commands either."""
        self.veiled_seen += 1
        below = text.split("\n", 1)[1]
        assert [word for word in _GIVEN_AWAY if word in below + self.seat.title] == []
        if self.veiled_seen % 40 == 0:
            await self.open_and_close("?", "Keys while reviewing")
            await self.open_and_close(":", "a command,")
            await self.open_and_close("/", "Find in this run")
        if self.veiled_seen % 40 == 20:
            await self.page(self.key(text))
        if self.veiled_seen % 30 == 0:
            for keys in ("v", "r", "\r"):
                told = await self.type(keys, lambda text: "your decision" in text or "comes after yours" in text)
                assert [word for word in _GIVEN_AWAY if word in told.split("\n", 1)[1]] == []

    async def page(self, key: str) -> None:
        """What a pager gets is the pair, and no more than the screen shows."""
        self.paged.unlink(missing_ok=True)
        await self.seat.type("e")
        end = time.monotonic() + 20
        while key not in (self.paged.read_text() if self.paged.exists() else ""):
            assert time.monotonic() < end, "the pager got nothing"
        await self.undecided()
        assert [word for word in _GIVEN_AWAY if word in self.paged.read_text()] == []

    async def open_and_close(self, keys: str, there: str) -> None:
        """Nothing in what opens over the pair gives anything away either."""
        opened = await self.type(keys, lambda text: there in text)
        below = opened.split("\n", 1)[1]
        assert [word for word in ("marvellous", "judge’s pick", *SYSTEMS) if word in below] == []
        await self.type("\x1b", lambda text: there not in text)

    async def read_one(self, number: int, rng: random.Random) -> None:
        """One pair, with whatever the script has for it."""
        text = await self.undecided()
        key, verdict_hidden = self.key(text), VEIL in text
        again = key in self.decided
        if verdict_hidden:
            await self.look_closely(text)
            text = await self.undecided()
        if number % 11 == 5 and not again:
            await self.type("s", lambda shown: OFFER in shown and self.key(shown) != key)
            self.write(text, "skip", shown=not verdict_hidden)
            return
        letter = rng.choice("abt4")
        self.write(text, "repeat" if again else "decision", self.choice(letter, text), shown=not verdict_hidden)
        self.decided.add(key)
        if again or not verdict_hidden:
            await self.type(letter, lambda shown: self.moved(shown, key))
            return
        burst = "ab4t" if number % 7 == 3 else ""
        await self.type(
            letter + burst, lambda shown: VEIL not in shown and OFFER not in shown and self.key(shown) == key
        )
        await self.unveiled(number, text, letter, rng)

    def moved(self, shown: str, key: str) -> bool:
        return ((found := _KEY.search(shown)) is not None and found[1] != key) or "every pair is read" in shown

    async def unveiled(self, number: int, text: str, letter: str, rng: random.Random) -> None:
        """The verdict is there: say more, take back, change, or go on."""
        key = self.key(text)
        if number % 17 == 1:
            await self.type("c", lambda shown: "Comment on" in shown)
            await self.type("well\r", lambda shown: "comment saved" in shown)
            self.write(text, "comment", shown=True)
        if number % 13 == 2:
            await self.type("w", lambda shown: "Why, on" in shown)
            await self.type("h", lambda shown: self.moved(shown, key))  # one key says why and goes on
            self.write(text, "reasons", shown=True)
            return None
        if number % 19 == 4:
            await self.type("u", lambda shown: "taken back" in shown)
            self.wrote.append((key, "undo", None, "", -1, -1))
            if number % 17 == 1:
                return await self.unveiled(number + 1, text, letter, rng)
            await self.type("a", lambda shown: self.moved(shown, key))
            self.write(text, "decision", self.choice("a", text), shown=True)
            return None
        if number % 5 == 0:
            changed = "b" if letter == "a" else "a"
            await self.type(changed, lambda shown: self.moved(shown, key))
            self.write(text, "decision", self.choice(changed, text), shown=True)
            return None
        await self.type(
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


async def sit(open_seat: Open, reviewer: Reviewer, until: int, rng: random.Random) -> None:
    """Read on until so many pairs are decided, then leave at once."""
    async with open_seat(reviewer.database, reviewer.size) as reviewer.seat:
        number = len(reviewer.wrote)
        while len(reviewer.decided) < until:
            number += 1
            await reviewer.read_one(number, rng)
        # What was typed last is to be in the file before ctrl+c, which waits for nothing.
        await reviewer.seat.see(lambda _: len(written(reviewer.database)) >= len(reviewer.wrote))


@pytest.mark.parametrize(
    ("open_seat", "pairs"), [(here, 60), (real, 12), pytest.param(real, 200, marks=pytest.mark.slow)]
)
async def test_pairs_read_blind_are_in_the_file_as_they_were_typed(open_seat: Open, pairs: int, tmp_path: Path) -> None:
    rng = random.Random(11)
    reviewer = Reviewer(database(tmp_path, pairs + MORE))
    for size, until in ((WIDE, pairs // 2), (NARROW, pairs)):
        reviewer.size = size
        await sit(open_seat, reviewer, until, rng)
    there = written(reviewer.database)
    for at, (one, other) in enumerate(zip(there, reviewer.wrote, strict=False)):
        assert one == other, f"event {at}"
    assert len(there) == len(reviewer.wrote)
    kinds = {kind for _, kind, *_ in there}
    assert kinds >= (
        {"decision", "skip"} if pairs < 50 else {"decision", "repeat", "skip", "comment", "reasons", "undo"}
    )
    assert reviewer.veiled_seen >= pairs * 3 // 4
