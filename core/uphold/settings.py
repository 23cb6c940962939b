"""User settings from a TOML file, and the path of the database."""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from uphold.errors import BadFile


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a user, all optional.

    `reviewer` is their name; `theme` and `signs` (plain or ascii) are the look of the app; `hold` = "override" keeps an
    overturned pair on the screen until enter; `keys` maps action ids to other keys. `endpoints`, `systems`, `judges`
    and `prices` are tables by name, parsed by the code that uses them.
    """

    reviewer: str | None = None
    theme: str | None = None
    signs: str = "plain"
    hold: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    endpoints: Mapping[str, Any] = field(default_factory=dict)
    systems: Mapping[str, Any] = field(default_factory=dict)
    judges: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[str, Any] = field(default_factory=dict)


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
    path = path or next((p for p in (Path("uphold.toml"), _user_file()) if p is not None and p.is_file()), None)
    if path is None:
        return Settings()
    values = read_toml(path)
    return _validated(path, values)


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

_CHOICES = {"signs": ("plain", "ascii"), "hold": ("override",)}


def _validated(path: Path, values: dict[str, object]) -> Settings:
    """Return the values as settings; raises BadFile for an unknown setting or a value of the wrong type."""
    names = [setting.name for setting in fields(Settings)]
    for name, value in values.items():
        if name not in names:
            raise BadFile(f"{path}: there is no setting {name!r}; settings are {', '.join(names)}")
        if name == "keys":
            if not isinstance(value, dict) or not all(isinstance(key, str) for key in value.values()):
                raise BadFile(f'{path}: [keys] wants lines such as "review.tie" = "e"')
        elif name in _TABLES:
            if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
                raise BadFile(f"{path}: [{name}] holds tables by name, such as [{name}.NAME]")
        elif not isinstance(value, str):
            raise BadFile(f"{path}: {name} wants a text in quotes")
        elif value not in _CHOICES.get(name, (value,)):
            raise BadFile(f"{path}: {name} is one of {', '.join(_CHOICES[name])}; it was given {value!r}")
    return Settings(**values)  # type: ignore[arg-type]


def _user_file() -> Path | None:
    from platformdirs import user_config_path

    return user_config_path("uphold") / "uphold.toml"
