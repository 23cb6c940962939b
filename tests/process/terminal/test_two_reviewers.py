"""Two people at once on one file, each in a terminal of their own; then somebody settles where they differ."""

import json
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.terminal import UPHOLD, Ended, Terminal
from uphold.store.database import open_store
from uphold.workflows.importing import ImportRequest, import_files

MORE = 20
"""Pairs that neither reads."""

_SHOWN = re.compile(r"(?:first|other)-\d{4}")


def made(folder: Path, pairs: int) -> Path:
    rows = [
        {
            "key": f"item-{number:04d}",
            "instruction": f"question {number}",
            "response_candidate": f"first-{number:04d}",
            "response_baseline": f"other-{number:04d}",
        }
        for number in range(pairs)
    ]
    file = folder / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with open_store(folder / "two.db", create=True) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    return folder / "two.db"


def ask(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(sql).fetchall()


def review(database: Path, name: str, *options: str) -> Terminal:
    return Terminal([*UPHOLD, "--db", str(database), "review", "--reviewer", name, *options], frames=True)


def is_another(text: str, last: str) -> bool:
    """Whether this is the screen of another pair than the last."""
    return "4 both bad" in text and (found := _SHOWN.search(text)) is not None and found[0] not in last


def looked_at(terminal: Terminal, last: str) -> str:
    """Wait for another pair than the last, and give what is on the screen."""
    return terminal.look(lambda text: is_another(text, last))


def typed_on(terminal: Terminal, database: Path, key: str, last: str) -> str:
    """Type, and wait for the next pair; what is typed before a frame is wholly out is dropped, as it should be."""
    count = "SELECT count(*) FROM events"
    before = ask(database, count)
    terminal.send(key)
    try:
        return terminal.look(lambda text: is_another(text, last) or "every pair is read" in text, timeout=5)
    except Ended:
        if ask(database, count) == before:
            terminal.send(key)
    return terminal.look(lambda text: is_another(text, last) or "every pair is read" in text)


@pytest.mark.parametrize("each", [12, pytest.param(100, marks=pytest.mark.slow)])
def test_two_people_at_once_lose_nothing_see_nothing_of_each_other_and_then_it_is_settled(
    tmp_path: Path, each: int
) -> None:
    rng = random.Random(5)
    database = made(tmp_path, each + MORE)
    with review(database, "mira") as one, review(database, "jonas") as two:
        seats = (("mira", "jonas", one), ("jonas", "mira", two))
        last = {name: looked_at(terminal, "") for name, _, terminal in seats}
        for _ in range(each):
            for name, other, terminal in seats:
                assert other not in last[name]
                assert "commented" not in last[name]
                last[name] = typed_on(terminal, database, rng.choice("abt"), last[name])
        for terminal in (one, two):
            terminal.send("\x03")
            terminal.rest()
    sql = (
        "SELECT w.name, count(*) FROM events v JOIN reviewers w ON w.id = v.reviewer_id"
        " WHERE v.kind IN ('decision', 'repeat') GROUP BY 1"
    )
    assert dict(ask(database, sql)) == {"mira": each, "jonas": each}  # type: ignore[arg-type]
    disputes = ask(database, "SELECT pair_id FROM disputes")
    assert len(disputes) > each // 10
    settle(database, len(disputes))
    assert ask(database, "SELECT count(*) FROM adjudications") == [(len(disputes),)]
    assert ask(database, "SELECT count(*) FROM human_labels WHERE label = 'unresolved'") == [(0,)]


def settle(database: Path, disputes: int) -> None:
    """Somebody else says t to everything that is in dispute."""
    with review(database, "ann", "--queue", "disputed") as terminal:
        last = looked_at(terminal, "")
        for number in range(1, disputes + 1):
            assert f"dispute {number} of {disputes}" in last
            assert all(name in last for name in ("mira", "jonas", "Settle"))
            last = typed_on(terminal, database, "t", last)
        assert "every pair is read" in last
