"""The user's settings: a TOML file and the environment, read once."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from uphold.errors import BadFile


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may set: their name as reviewer, and how the app looks and answers.

    `signs` is plain or ascii; `hold` = "override" keeps an overturned pair on the screen until enter; `keys` gives an
    action of the app other keys. `endpoints`, `systems`, `judges` and `prices` are tables by name, read where they are used.
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


def database_path(given: Path | None) -> Path:
    """The database: the one given, else $UPHOLD_DB, else ./uphold.db."""
    return given or Path(os.environ.get("UPHOLD_DB") or "uphold.db")


def read_settings(given: Path | None) -> Settings:
    """Settings from the file given, else ./uphold.toml, else the user's config folder; none where there is no file.

    Raises BadFile for a file that is not TOML, an unknown name or a value of the wrong kind.
    """
    path = given or next((p for p in (Path("uphold.toml"), _user_file()) if p is not None and p.is_file()), None)
    if path is None:
        return Settings()
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadFile(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"{path}: not a TOML file ({error})") from error
    return _checked(path, values)


_TABLES = ("endpoints", "systems", "judges", "prices")


_ALLOWED = {"signs": ("plain", "ascii"), "hold": ("override",)}


def _checked(path: Path, values: dict[str, object]) -> Settings:
    names = [one.name for one in fields(Settings)]
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
        elif value not in _ALLOWED.get(name, (value,)):
            raise BadFile(f"{path}: {name} is one of {', '.join(_ALLOWED[name])}; it was given {value!r}")
    return Settings(**values)  # type: ignore[arg-type]


def _user_file() -> Path | None:
    from platformdirs import user_config_path

    return user_config_path("uphold") / "uphold.toml"
