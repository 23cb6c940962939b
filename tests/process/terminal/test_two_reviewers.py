"""Two people at once on one file, each in a terminal of their own; then somebody settles where they differ."""

import json
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.terminal import UPHOLD, Terminal
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files

PAIRS = 120

EACH = 100

_SHOWN = re.compile(r"(?:first|other)-\d{4}")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    rows = [
        {
            "key": f"item-{number:04d}",
            "instruction": f"question {number}",
            "response_candidate": f"first-{number:04d}",
            "response_baseline": f"other-{number:04d}",
        }
        for number in range(PAIRS)
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_store(tmp_path / "two.db", create=True) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    return tmp_path / "two.db"


def ask(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(sql).fetchall()


def review(database: Path, name: str, *options: str) -> Terminal:
    return Terminal([*UPHOLD, "--db", str(database), "review", "--reviewer", name, *options])


def screen(terminal: Terminal) -> str:
    return "\n".join(terminal.display)


def looked_at(terminal: Terminal, last: str) -> str:
    """Wait for another pair than the last, wholly painted, and give what is on the screen."""
    for _ in range(400):
        terminal.quiet(0.03)
        text = screen(terminal)
        if "4 both bad" in text and (found := _SHOWN.search(text)) and found[0] not in last:
            return text
    raise AssertionError("no other pair came:\n" + screen(terminal))


def test_two_people_at_once_lose_nothing_see_nothing_of_each_other_and_then_it_is_settled(database: Path) -> None:
    rng = random.Random(5)
    typed: dict[str, int] = {"mira": 0, "jonas": 0}
    with review(database, "mira") as one, review(database, "jonas") as two:
        last = {"mira": "", "jonas": ""}
        for _ in range(EACH):
            for name, other, terminal in (("mira", "jonas", one), ("jonas", "mira", two)):
                text = last[name] = looked_at(terminal, last[name])
                assert other not in text
                assert "commented" not in text
                terminal.send(rng.choice("abt"))
                typed[name] += 1
        for terminal in (one, two):
            terminal.quiet(0.3)
            terminal.send("\x03")
            terminal.rest()
    sql = (
        "SELECT w.name, count(*) FROM events v JOIN reviewers w ON w.id = v.reviewer_id"
        " WHERE v.kind IN ('decision', 'repeat') GROUP BY 1"
    )
    assert dict(ask(database, sql)) == typed  # type: ignore[arg-type]
    disputes = ask(database, "SELECT pair_id FROM disputes")
    assert len(disputes) > 10
    settle(database, len(disputes))
    assert ask(database, "SELECT count(*) FROM adjudications") == [(len(disputes),)]
    assert ask(database, "SELECT count(*) FROM human_labels WHERE label = 'unresolved'") == [(0,)]


def settle(database: Path, disputes: int) -> None:
    """Somebody else says t to everything that is in dispute."""
    with review(database, "ann", "--queue", "disputed") as terminal:
        last = ""
        for number in range(1, disputes + 1):
            last = looked_at(terminal, last)
            assert f"dispute {number} of {disputes}" in last
            assert all(name in last for name in ("mira", "jonas", "Settle"))
            terminal.send("t")
        terminal.wait("every pair is read")
