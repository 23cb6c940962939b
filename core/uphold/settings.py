"""User settings from a TOML file, and the path of the database."""

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from uphold.errors import BadFile


@dataclass(frozen=True, slots=True)
class Project:
    """What the commands in a project's folder take where no option says otherwise: the table [project] of uphold.toml.

    `set` is the eval set, `endpoint` where new checkpoints answer, `max_cost` the cap of a command in dollars, `margin` the
    loss of win rate that the gate allows (a share), `read` how many pairs of a new checkpoint are to be read. Judge, baseline
    and floor belong to the set and are kept with it.
    """

    set: str | None = None
    endpoint: str | None = None
    max_cost: float | None = None
    margin: float | None = None
    read: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a user, all optional.

    `reviewer` is their name; `theme` and `signs` (plain or ascii) are the look of the app; `hold` = "override" keeps an
    overturned pair on the screen until enter, "never" goes on at once; `numbers` = "rest" keeps rates and agreement off the
    review's screen; `keys` maps action ids to other keys. `endpoints`, `systems`, `judges`
    and `prices` are tables by name, parsed by the code that uses them. `project` is what commands need not be told.
    """

    reviewer: str | None = None
    theme: str | None = None
    signs: str = "plain"
    hold: str = "override"
    numbers: str = "live"
    keys: Mapping[str, str] = field(default_factory=dict)
    endpoints: Mapping[str, Any] = field(default_factory=dict)
    systems: Mapping[str, Any] = field(default_factory=dict)
    judges: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[str, Any] = field(default_factory=dict)
    project: Project = field(default_factory=Project)


def database_path(path: Path | None) -> Path:
    """Return the path of the database: `path`, else $UPHOLD_DB, else ./uphold.db."""
    return path or Path(os.environ.get("UPHOLD_DB") or "uphold.db")


def program_words(path: Path) -> tuple[str, ...]:
    """Return the words that begin a command line on the database at this path."""
    return ("uphold",) if path == Path("uphold.db") else ("uphold", "--db", str(path))


def read_settings(path: Path | None) -> Settings:
    """Read settings from `path`, else ./uphold.toml, else the user's config folder; the defaults if there is no file.

    Raises BadFile for a file that is not TOML, an unknown setting or a value of the wrong type.
    """
    if path is None and not PROJECT_FILE.is_file():
        if not (own := user_file()).is_file():
            return Settings()
        values = read_toml(own)
        if "project" in values:
            raise BadFile(f"{own}: {_PROJECT_ELSEWHERE}")
        return _validated(own, values)
    path = path or PROJECT_FILE
    return _validated(path, read_toml(path))


@dataclass(frozen=True, slots=True)
class CheckedSettings:
    """A settings file (None: there is none), the settings in it that are right, and a sentence on each that is not."""

    path: Path | None
    settings: Settings
    problems: tuple[str, ...] = ()


def check_settings(path: Path | None) -> CheckedSettings:
    """Read settings as `read_settings` does, and go on behind what is wrong."""
    found = path or (PROJECT_FILE if PROJECT_FILE.is_file() else user_file())
    if path is None and not found.is_file():
        return CheckedSettings(None, Settings())
    try:
        values = read_toml(found)
    except BadFile as error:
        return CheckedSettings(found, Settings(), (str(error),))
    right: dict[str, Any] = {}
    problems = []
    for name, value in values.items():
        try:
            right[name] = getattr(_validated(found, {name: value}), name)
        except BadFile as error:
            problems.append(str(error))
    if path is None and found != PROJECT_FILE and "project" in right:
        problems.append(f"{found}: {_PROJECT_ELSEWHERE}")
    return CheckedSettings(found, Settings(**right), tuple(problems))


def read_project(path: Path | None) -> Project:
    """Return the table [project] of `path`, else of ./uphold.toml; an empty one where there is none.

    Quicker than `read_settings` where there is no such file. Raises BadFile as it does.
    """
    if path is None and not PROJECT_FILE.is_file():
        return Project()
    return read_settings(path).project


PROJECT_FILE = Path("uphold.toml")
"""The settings file of the current folder."""

_PROJECT_ELSEWHERE = f"[project] belongs into the {PROJECT_FILE} of a project's folder; `uphold init` writes one"


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file holds.

    Raises BadFile for one that cannot be read or is no TOML, for a pipe or a device, which might never end, and for one that
    is far too large.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode) and path != Path(os.devnull):
            raise BadFile(f"{path}: no ordinary file; save it to one first")
        if status.st_size > _LARGEST:
            raise BadFile(f"{path}: larger than {_LARGEST >> 20} MiB, which no TOML file of settings is")
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadFile(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadFile(f"{path}: not a TOML file ({error})") from error


_LARGEST = 16 * 2**20
"""Bytes of the largest TOML file that is read."""

_TABLES = ("endpoints", "systems", "judges", "prices")

_CHOICES = {"signs": ("plain", "ascii"), "hold": ("override", "never"), "numbers": ("live", "rest")}


def _validated(path: Path, values: dict[str, object]) -> Settings:
    """Return the values as settings; raises BadFile for an unknown setting or a value of the wrong type."""
    names = [setting.name for setting in fields(Settings)]
    for name, value in values.items():
        if name not in names:
            raise BadFile(f"{path}: there is no setting {name!r}{_meant(name, names)}; settings are {', '.join(names)}")
        if name == "keys":
            if not isinstance(value, dict) or not all(isinstance(key, str) for key in value.values()):
                raise BadFile(f'{path}: [keys] wants lines such as "review.tie" = "t,0"')
        elif name in _TABLES:
            if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
                raise BadFile(f"{path}: [{name}] holds tables by name, such as [{name}.NAME]")
        elif name == "project":
            values = {**values, name: _project(path, value)}
        elif not isinstance(value, str):
            raise BadFile(f"{path}: {name} wants a text in quotes")
        elif value not in _CHOICES.get(name, (value,)):
            raise BadFile(f"{path}: {name} is one of {', '.join(_CHOICES[name])}; it was given {value!r}")
    return Settings(**values)  # type: ignore[arg-type]


def _meant(name: str, names: Sequence[str]) -> str:
    """Return words that name the nearest of some names; empty where none is near."""
    from difflib import get_close_matches  # only a wrong name needs it

    found = get_close_matches(name, names, 1)
    return f", the nearest is {found[0]!r}" if found else ""


def _project(path: Path, table: object) -> Project:
    """Return the table [project]; raises BadFile for a field that is unknown, of the wrong type or out of range."""
    if not isinstance(table, dict):
        raise BadFile(f'{path}: [project] is a table, with lines such as set = "NAME"')
    names = [setting.name for setting in fields(Project)]
    for name, value in table.items():
        if name not in names:
            belongs = f"; `uphold set` keeps the {name} with the set" if name in _OF_THE_SET else ""
            near = "" if belongs else _meant(name, names)
            raise BadFile(f"{path}: [project] has no {name!r}{near}; it has {', '.join(names)}{belongs}")
        if problem := project_problem(name, value):
            raise BadFile(f"{path}: [project] {name} wants {problem}; it was given {value!r}")
    return Project(**table)


_OF_THE_SET = ("judge", "baseline", "floor")


def project_problem(name: str, value: object) -> str | None:
    """Return what a field of [project] wants, None where the value is that."""
    if name in ("set", "endpoint"):
        return None if isinstance(value, str) and value.strip() else "a name in quotes"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "a number"
    if name == "read":
        return None if isinstance(value, int) and 1 <= value < 2**31 else "a whole number of pairs, from 1 on"
    if name == "max_cost":
        return None if 0 <= value < 1e9 else "an amount of dollars"
    return None if 0 <= value < 1 else "a share between 0 and 1, such as 0.05 for 5 points"


def user_file() -> Path:
    """Return the settings file in the user's config folder."""
    from platformdirs import user_config_path

    return user_config_path("uphold") / "uphold.toml"


_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: object) -> str:
    """Return a text, number, truth, list or table as TOML writes it on one line.

    A basic string of TOML is one of JSON in which DEL is escaped too.
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_toml_key(name)} = {toml_value(one)}" for name, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return repr(value)


def toml_table(table: Mapping[str, object]) -> str:
    """Return a table as a TOML document: its lists of tables stand last, each of them under a heading of its own."""
    plain = {name: value for name, value in table.items() if not _is_table_list(value)}
    lines = [f"{_toml_key(name)} = {toml_value(value)}" for name, value in plain.items()]
    for name, value in table.items():
        for one in value if _is_table_list(value) and isinstance(value, list | tuple) else ():
            lines += [
                "",
                f"[[{_toml_key(name)}]]",
                *(f"{_toml_key(key)} = {toml_value(of)}" for key, of in one.items()),
            ]
    return "\n".join([*lines, ""])


def _is_table_list(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _toml_key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else toml_value(name)
