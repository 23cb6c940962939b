"""Runs: finding and adding them, and where their responses came from."""

import shlex
import sqlite3
from collections.abc import Collection

from uphold.errors import BadUsage
from uphold.records.enums import REFERENCE
from uphold.records.runs import Run
from uphold.records.system_names import likely_sides
from uphold.settings import program_words
from uphold.store.database import Store, now

_RUN = """
SELECT r.id, r.name, s.id, s.name, c.id, c.name, b.id, b.name, s.seed
FROM runs r JOIN sets s ON s.id = r.set_id JOIN systems c ON c.id = r.candidate_id JOIN systems b ON b.id = r.baseline_id
"""


def all_runs(store: Store) -> list[Run]:
    """Return every run, by number."""
    return [Run(*row) for row in store.rows(_RUN + " ORDER BY r.id")]


def find_run(store: Store, name_or_number: str | None) -> Run:
    """Return the run with this name or number, or with None the only run.

    The name of a set stands for its run, where it has one. Raises BadUsage if there is no such run, or several: it lists
    the runs, or names the command that makes one.
    """
    runs = all_runs(store)
    if name_or_number is None:
        if not runs:
            raise _no_run(store)
        return only_run(runs, "there are several runs")
    found = next((run for run in runs if run.name == name_or_number), None)
    if found is None:
        found = next((run for run in runs if str(run.number) == name_or_number), None)
    if found is None:
        found = _run_of_set(store, runs, name_or_number)
    if found is None and not runs:
        raise _no_run(store)
    if found is None:
        raise BadUsage(f"there is no run {name_or_number!r}; name one of these, by name or number:\n" + _run_list(runs))
    return found


def only_run(runs: list[Run], several: str) -> Run:
    """Return the only run of a list; raises BadUsage, with the sentence `several` and the list, where it has more."""
    if len(runs) > 1:
        raise BadUsage(f"{several}; name one of them, by name or number:\n" + _run_list(runs))
    return runs[0]


def run_of_import(store: Store, import_id: int) -> Run | None:
    """Return the last run of which an import has added pairs, or None."""
    row = store.one("SELECT max(run_id) FROM pairs WHERE import_id = ?", (import_id,))
    return None if row[0] is None else get_run(store, row[0])


def _run_of_set(store: Store, runs: list[Run], name: str) -> Run | None:
    """Return the only run over the set with this name, None where there is no such set. Raises BadUsage for none or several."""
    row = store.one("SELECT id FROM sets WHERE name = ?", (name,))
    if row is None:
        return None
    of_set = [run for run in runs if run.set_id == row[0]]
    if not of_set:
        raise _no_run_of_set(store, row[0], name)
    return only_run(of_set, f"the set {name!r} has several runs")


def _no_run(store: Store) -> BadUsage:
    sets = store.rows("SELECT id, name FROM sets ORDER BY id").fetchall()
    if len(sets) == 1:
        return _no_run_of_set(store, *sets[0])
    if not sets:
        return BadUsage(
            "there is no run yet\nuphold import FILE brings answers to compare, `uphold demo` shows a sample"
        )
    with_two = next(((set_id, name) for set_id, name in sets if len(_systems(store, set_id)) > 1), sets[-1])
    return _no_run_of_set(store, *with_two)


def _no_run_of_set(store: Store, set_id: int, name: str) -> BadUsage:
    """Return the error for a set without runs, with the command that makes one."""
    systems = _systems(store, set_id)
    words = [*program_words(store.path)]
    if len(systems) > 1:
        candidate, baseline = likely_sides(systems)
        command = [*words, "review", "--set", name, "--candidate", candidate, "--baseline", baseline]
        return BadUsage(f"there is no run yet over the set {name!r}; this makes one:\n{shlex.join(command)}")
    answers = f"answers of {systems[0]!r} alone" if systems else "no answers"
    bring = shlex.join([*words, "import", "FILE", "--set", name])
    return BadUsage(
        f"there is no run yet: the set {name!r} has {answers}, and a run compares two systems\n"
        f"{bring} --candidate NAME brings those of another"
    )


def _systems(store: Store, set_id: int) -> list[str]:
    """Return the systems that answered active examples of a set, by name."""
    rows = store.rows(
        "SELECT DISTINCT s.name FROM examples e JOIN responses x ON x.text_id = e.text_id JOIN systems s"
        " ON s.id = x.system_id WHERE e.set_id = ? AND e.status = 'active' AND s.name <> ? ORDER BY s.name",
        (set_id, REFERENCE),
    )
    return [row[0] for row in rows]


def _run_list(runs: list[Run]) -> str:
    """Return the runs as lines of number and name, for an error message."""
    names = ((run.number, run.name if run.name.isprintable() else repr(run.name)) for run in runs)
    return "\n".join(f"  {number}  {name}" for number, name in names)


def get_run(store: Store, run_id: int) -> Run:
    """Return the run with this id."""
    return Run(*store.one(_RUN + " WHERE r.id = ?", (run_id,)))


def find_or_add_run(conn: sqlite3.Connection, set_id: int, set_name: str, candidate: str, baseline: str) -> int:
    """Return the id of the run of two systems over a set, adding the run and the systems if they are new."""
    ids = []
    for name in (candidate, baseline):
        conn.execute("INSERT OR IGNORE INTO systems (name) VALUES (?)", (name,))
        ids.append(conn.execute("SELECT id FROM systems WHERE name = ?", (name,)).fetchone()[0])
    key = (set_id, *ids)
    sql = "SELECT id FROM runs WHERE set_id = ? AND candidate_id = ? AND baseline_id = ?"
    row = conn.execute(sql, key).fetchone()
    if row:
        return int(row[0])
    values = (*key, default_run_name(conn, set_name, candidate, baseline), now())
    inserted = conn.execute(
        "INSERT INTO runs (set_id, candidate_id, baseline_id, name, created_at) VALUES (?, ?, ?, ?, ?)", values
    )
    return int(inserted.lastrowid or 0)


def default_run_name(
    conn: sqlite3.Connection, set_name: str, candidate: str, baseline: str, taken: Collection[str] = ()
) -> str:
    """Return the first free name of `X-vs-Y`, `SET:X-vs-Y`, `SET:X-vs-Y-2`, `SET:X-vs-Y-3` and so on.

    `taken` are names of runs that are not in the database yet.
    """

    def is_taken(name: str) -> bool:
        return name in taken or _name_exists(conn, name)

    short = f"{candidate}-vs-{baseline}"
    full = f"{set_name}:{short}"
    for name in (short, full):
        if not is_taken(name):
            return name
    number = 2
    while is_taken(f"{full}-{number}"):
        number += 1
    return f"{full}-{number}"


def _name_exists(conn: sqlite3.Connection, name: str) -> bool:
    return conn.execute("SELECT 1 FROM runs WHERE name = ?", (name,)).fetchone() is not None


_FROM_OTHER_SETS = """
SELECT i.set_name, count(DISTINCT x.id) FROM current_pairs p JOIN runs r ON r.id = p.run_id JOIN sets s ON s.id = r.set_id
JOIN responses x ON x.id IN (p.candidate_response_id, p.baseline_response_id) JOIN imports i ON i.id = x.import_id
WHERE i.set_name NOT IN (s.name, '') AND {} GROUP BY i.set_name ORDER BY i.set_name
"""


def responses_from_other_sets(
    conn: sqlite3.Connection, *, run_id: int | None = None, set_name: str | None = None
) -> dict[str, int]:
    """Return by set name how many responses in the current pairs of a run, or of a set's runs, came with another set.

    Only imported responses came with a set; generated ones belong to their system alone.
    """
    if conn.execute("SELECT count(DISTINCT set_name) FROM imports").fetchone()[0] < 2:
        return {}
    condition, value = ("p.run_id = ?", run_id) if run_id is not None else ("s.name = ?", set_name)
    return dict(conn.execute(_FROM_OTHER_SETS.format(condition), (value,)).fetchall())
