"""Fills in what commands need not be told: the set of the project, and the run that is meant where none is named."""

from uphold.errors import BadUsage
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.store import runs, sets
from uphold.store.database import Store


def find_project_set(store: Store, given: str | None, settings: Settings) -> str:
    """Return the eval set that is meant: the one given, else the project's, else the only one of the file.

    Raises BadUsage, listing the sets, where none of these is there.
    """
    wanted = given or settings.project.set
    if wanted is not None:
        sets.find_set(store, wanted)
        return wanted
    names = sets.set_names(store.conn)
    if len(names) == 1:
        return names[0]
    listed = ", ".join(map(repr, names)) or "none yet"
    raise BadUsage(f"which eval set? --set NAME, or set in [project] of uphold.toml; sets in this file: {listed}")


def run_meant(store: Store, given: str | None, set_name: str | None) -> str | None:
    """Return the run that is meant where none is named: the only one of the project's set; else what was given.

    Raises BadUsage, listing them, where the set has several runs.
    """
    if given is not None or set_name is None:
        return given
    found = runs_of_set(store, set_name)
    if not found:
        return None
    return runs.only_run(found, f"the set {set_name!r} has several runs").name


def runs_of_set(store: Store, set_name: str) -> list[Run]:
    """Return the runs over a set, by number; none where there is no such set."""
    return [run for run in runs.all_runs(store) if run.set == set_name]


def has_set(store: Store, set_name: str | None) -> bool:
    """Whether the file has a set of this name."""
    return set_name is not None and set_name in sets.set_names(store.conn)


def run_or_set(store: Store, set_name: str) -> tuple[str | None, str | None]:
    """Return what statistics are about where neither is named: the set's only run, or the set; (None, None) without runs."""
    found = runs_of_set(store, set_name)
    if len(found) == 1:
        return found[0].name, None
    return None, set_name if found else None
