"""Schema version of an uphold database, and the migrations that bring a file up to it."""

import sqlite3
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x75_70_68_64
"""Value of PRAGMA application_id in every uphold database: `uphd` in ASCII."""

SCHEMA = 5
"""The schema version of this code, stored as PRAGMA user_version."""

_SCRIPTS = {
    "m001_identity": ("001_tables.sql", "001_views.sql"),
    "m002_asking": ("002_asking.sql",),
    "m004_search": ("004_search.sql",),
    "m005_reviewing": ("005_reviewing.sql",),
}
"""SQL scripts by the names under which sqlite-utils records the migrations; there never was a third one."""


def migrate(db: "Database") -> None:
    """Apply the migrations the database lacks; the caller holds the write lock."""
    # Loaded here: a file that is up to date is opened without it, and it takes 40 ms.
    from sqlite_utils import Migrations

    migrations = Migrations("uphold")
    for name, scripts in _SCRIPTS.items():
        migrations(name=name)(lambda db, scripts=scripts: _run(db.conn, scripts))
    migrations.apply(db)
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={SCHEMA}")


def _run(conn: sqlite3.Connection, scripts: tuple[str, ...]) -> None:
    """Run SQL scripts within the open transaction, statement by statement: executescript would commit first."""
    for name in scripts:
        for statement in resources.files(__package__).joinpath("migrations", name).read_text("utf-8").split(";\n"):
            if statement.strip():
                conn.execute(statement)
