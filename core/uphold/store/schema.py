"""Schema version of an uphold database, and the migrations that bring a file up to it."""

from importlib import resources

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x75_70_68_64
"""Value of PRAGMA application_id in every uphold database: `uphd` in ASCII."""


SCHEMA = 5
"""The schema version of this code, stored as PRAGMA user_version."""


_migrations = Migrations("uphold")


def migrate(db: Database) -> None:
    """Apply the migrations the database lacks; the caller holds the write lock."""
    _migrations.apply(db)
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute(f"PRAGMA user_version={SCHEMA}")


@_migrations()
def m001_identity(db: Database) -> None:
    """Sets, texts, responses, runs, pairs, judgments, review events, queues, imports; views."""
    _run(db, "001_tables.sql")
    _run(db, "001_views.sql")


@_migrations()
def m002_asking(db: Database) -> None:
    """Batches, generations, perplexities; views of what was spent."""
    _run(db, "002_asking.sql")


@_migrations()
def m004_search(db: Database) -> None:
    """How far the full-text index goes; the index itself is made at the first search."""
    _run(db, "004_search.sql")


@_migrations()
def m005_reviewing(db: Database) -> None:
    """Repeats, adjudications, reasons and plans; decisions made before a verdict was seen."""
    _run(db, "005_reviewing.sql")


def _run(db: Database, name: str) -> None:
    """Run an SQL script within the open transaction, statement by statement: executescript would commit first."""
    for statement in resources.files(__package__).joinpath("migrations", name).read_text("utf-8").split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
