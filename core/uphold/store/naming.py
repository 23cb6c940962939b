"""Names of runs."""

import sqlite3


def run_name(conn: sqlite3.Connection, set_name: str, candidate: str, baseline: str) -> str:
    """`X-vs-Y`; where another run has that name, `SET:X-vs-Y`, and a number behind it should even that be taken."""
    plain = f"{candidate}-vs-{baseline}"
    full = f"{set_name}:{plain}"
    for name in (plain, full):
        if not _taken(conn, name):
            return name
    number = 2
    while _taken(conn, f"{full}-{number}"):
        number += 1
    return f"{full}-{number}"


def _taken(conn: sqlite3.Connection, name: str) -> bool:
    return conn.execute("SELECT 1 FROM runs WHERE name = ?", (name,)).fetchone() is not None
