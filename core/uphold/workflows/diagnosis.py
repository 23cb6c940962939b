"""Checks a database, the settings, the keys and the environment of this machine."""

import locale
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from uphold.endpoints.addresses import KEY_VARIABLES, read_key
from uphold.errors import BadUsage, UpholdError
from uphold.generating.systems import find_system
from uphold.judging.costs import parse_price
from uphold.records.diagnosis import Area, Diagnosis, Finding
from uphold.settings import CheckedSettings, Settings
from uphold.store import outcomes
from uphold.store.database import open_store
from uphold.store.health import examine, names_of_sets
from uphold.workflows.judge_request import judge_in_settings

_PACKAGES = ("textual", "typer", "sqlite-utils", "anthropic", "openai")

_OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

_LEAST_COLUMNS, _LEAST_LINES = 80, 24
"""The smallest terminal in which every screen is whole."""


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """The terminal of the command: its size in cells (None: there is none), what it says of itself, and its encoding."""

    columns: int | None
    lines: int | None
    name: str
    colours: str
    encoding: str


def diagnose(
    path: Path, checked: CheckedSettings, terminal: TerminalFacts, *, is_named: bool, repair: bool = False
) -> Diagnosis:
    """Look a database and its surroundings over; nothing is written but, with `repair`, the stored outcomes.

    `checked` are the settings. A database that is not there is wrong where the user has named it.
    """
    findings = _file(path, is_named=is_named)
    if repair and any(one.area is Area.OUTCOMES for one in findings):
        with open_store(path) as store, store.writing() as conn:
            outcomes.rebuild(conn)
        findings = _file(path, is_named=is_named)
    is_readable = _size(path) is not None and not any(one.is_wrong and one.area is Area.FILE for one in findings)
    findings += [
        *_settings(checked),
        *_project(checked, path if is_readable else None),
        *_keys(checked.settings),
        *_environment(terminal),
    ]
    return Diagnosis(tuple(findings), _facts(path, checked, terminal))


def _file(path: Path, *, is_named: bool) -> list[Finding]:
    if not os.path.lexists(path):
        advice = (
            "name another one with --db" if is_named else "`uphold import FILE` makes one, `uphold demo` shows a sample"
        )
        return [Finding(Area.FILE, str(path), "there is no database here", advice, is_wrong=is_named)]
    return list(examine(path))


def _settings(checked: CheckedSettings) -> Iterator[Finding]:
    """Yield what is wrong in the settings file, and its tables that stand for nothing which can be asked."""
    where, settings = str(checked.path), checked.settings
    yield from (_finding(where, problem) for problem in checked.problems)
    tables: list[Callable[[], Any]] = [partial(judge_in_settings, name, None, settings) for name in settings.judges]
    for name, table in settings.systems.items():
        if {"model", "endpoint"} & table.keys():
            tables.append(partial(find_system, name, None, settings.systems, settings.endpoints))
    for name, table in settings.endpoints.items():
        if "model" in table:
            tables.append(partial(find_system, "a system", name, {}, settings.endpoints))
    tables += [partial(parse_price, table, f"[prices.{name}]") for name, table in settings.prices.items()]
    for table_is_right in tables:
        yield from _tried(where, table_is_right)


def _tried(where: str, make: Callable[[], Any]) -> Iterator[Finding]:
    """Yield what is wrong where something cannot be made."""
    try:
        make()
    except UpholdError as error:
        yield _finding(where, str(error))


def _finding(where: str, message: str) -> Finding:
    what, _, advice = message.removeprefix(f"{where}: ").partition("; ")
    return Finding(Area.SETTINGS, where, what, advice)


def _project(checked: CheckedSettings, database: Path | None) -> Iterator[Finding]:
    """Yield what of [project] leads to nothing; `database` is one that can be read."""
    where, project = str(checked.path), checked.settings.project
    if project.endpoint is not None:
        settings = checked.settings
        yield from _tried(where, partial(find_system, "a system", project.endpoint, {}, settings.endpoints))
    if project.set is not None and database is not None:
        names = names_of_sets(database)
        if project.set not in names:
            listed = ", ".join(map(repr, names)) or "none yet"
            yield Finding(
                Area.SETTINGS,
                where,
                f"[project] set is {project.set!r}, which is not in {database}",
                f"sets there: {listed}",
            )


def _key_variables(settings: Settings) -> dict[str, str | None]:
    """Return the environment variables of keys, with the table of the settings that names each, None for the usual ones."""
    found: dict[str, str | None] = dict.fromkeys(KEY_VARIABLES.values())
    for title in ("endpoints", "systems", "judges"):
        for name, table in getattr(settings, title).items():
            if isinstance(variable := table.get("api_key_env"), str):
                found.setdefault(variable, f"[{title}.{name}]")
    return found


def _keys(settings: Settings) -> Iterator[Finding]:
    """Yield what is to be said of API keys; no key is part of it."""
    for variable, named_in in _key_variables(settings).items():
        is_set = bool(os.environ.get(variable, "").strip())
        if is_set:
            try:
                read_key(next(iter(KEY_VARIABLES)), variable)
            except BadUsage as error:
                what, _, advice = str(error).removeprefix(f"{variable}: ").partition("; ")
                yield Finding(Area.KEYS, variable, what, advice)
        elif named_in is not None:
            yield Finding(
                Area.KEYS, variable, f"not set, and {named_in} names it", f"export {variable}=...", is_wrong=False
            )


def _environment(terminal: TerminalFacts) -> Iterator[Finding]:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        wanted = ".".join(map(str, _OLDEST_SQLITE))
        yield Finding(
            Area.ENVIRONMENT,
            "SQLite",
            f"{sqlite3.sqlite_version} is too old",
            f"{wanted} or newer is needed: another Python",
        )
    if terminal.encoding.lower().replace("-", "") != "utf8":
        what = f"its encoding is {terminal.encoding}, which has no signs for what uphold shows"
        yield Finding(Area.ENVIRONMENT, "terminal", what, "export PYTHONUTF8=1, or a UTF-8 locale", is_wrong=False)
    if terminal.columns is None or terminal.lines is None:
        return
    if terminal.columns < _LEAST_COLUMNS or terminal.lines < _LEAST_LINES:
        what = f"{terminal.columns} columns and {terminal.lines} lines are little for the review"
        advice = f"make it {_LEAST_COLUMNS} by {_LEAST_LINES} or larger"
        yield Finding(Area.ENVIRONMENT, "terminal", what, advice, is_wrong=False)


def _facts(path: Path, checked: CheckedSettings, terminal: TerminalFacts) -> dict[Area, dict[str, str]]:
    size = _size(path)
    keys = {name: "set" if os.environ.get(name, "").strip() else "not set" for name in _key_variables(checked.settings)}
    shown = "none" if terminal.columns is None else f"{terminal.columns} x {terminal.lines}"
    return {
        Area.FILE: {"database": str(path), "size": "none" if size is None else f"{size} bytes"},
        Area.SETTINGS: {"settings": "none" if checked.path is None else str(checked.path)},
        Area.KEYS: keys,
        Area.ENVIRONMENT: {
            "uphold": _version("uphold"),
            "Python": platform.python_version(),
            "SQLite": sqlite3.sqlite_version,
            "system": f"{platform.system()} {platform.release()}",
            **{package: _version(package) for package in _PACKAGES},
            "locale": ".".join(filter(None, locale.getlocale())) or "none",
            "file names": sys.getfilesystemencoding(),
            "terminal": f"{terminal.name}, {shown}, {terminal.colours}, {terminal.encoding}",
        },
    }


def _size(path: Path) -> int | None:
    """Return the size of a file in bytes, None where there is none or it cannot be looked at."""
    try:
        return path.stat().st_size if path.is_file() else None
    except (OSError, ValueError):
        return None


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
