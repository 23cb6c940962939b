"""The user's settings: a TOML file and the environment, read once."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from uphold.errors import BadFile


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may set: their name as reviewer, the app's theme."""

    reviewer: str | None = None
    theme: str | None = None


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


def _checked(path: Path, values: dict[str, object]) -> Settings:
    names = [field.name for field in fields(Settings)]
    for name, value in values.items():
        if name not in names:
            raise BadFile(f"{path}: there is no setting {name!r}; settings are {', '.join(names)}")
        if not isinstance(value, str):
            raise BadFile(f"{path}: {name} wants a text in quotes")
    return Settings(**values)  # type: ignore[arg-type]


def _user_file() -> Path | None:
    from platformdirs import user_config_path

    return user_config_path("uphold") / "uphold.toml"
