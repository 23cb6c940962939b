"""Paths as people type and paste them, and the files of a folder. Everything that touches the disk is called in a thread."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from uphold_tui import safe_text

ENDINGS = frozenset({".jsonl", ".json", ".csv", ".tsv", ".txt", ".xlsx", ".gz", ".eval", ".ndjson"})
"""Endings of files that an import may be able to read; others are listed after them."""

_MOST_LOOKED_AT = 200_000
"""Entries of a folder that are looked at; what comes after them is found by its whole name."""

_MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of a listing; `size` is in bytes, 0 for a folder. `is_whole` stands for all files of the folder."""

    path: Path
    is_folder: bool = False
    size: int = 0
    is_whole: bool = False

    @property
    def may_be_read(self) -> bool:
        """Whether its ending is one of those that imports read."""
        return not self.is_folder and self.path.suffix.lower() in ENDINGS

    @property
    def name(self) -> str:
        """The name, with a slash behind that of a folder."""
        return self.path.name + ("/" if self.is_folder else "")


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of a folder whose names match; `is_cut`: there are more. `problem` says why it cannot be read."""

    folder: Path
    entries: tuple[Entry, ...] = ()
    is_cut: bool = False
    problem: str = ""


def list_folder(folder: Path, part: str = "", *, whole: bool = False, database: Path | None = None) -> Listing:
    """Return the entries of a folder whose names hold `part`, in any case of letters.

    The name itself comes first, then what begins with `part`; among these files that an import may read, then folders. Names
    that begin with a dot are left out unless `part` does too. With `whole`, an entry for all files of the folder comes first
    where it holds any. The files of the open `database` are left out.
    """
    own = _own_names(folder, database)
    wanted = part.casefold()
    found: list[tuple[tuple[bool, bool, int, str], os.DirEntry[str], bool]] = []
    is_cut = False
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number == _MOST_LOOKED_AT:
                    is_cut = True
                    break
                name = entry.name.casefold()
                if entry.name in own or wanted not in name or (name.startswith(".") and not wanted.startswith(".")):
                    continue
                is_folder = _is_folder(entry)
                kind = 1 if is_folder else 0 if Path(name).suffix in ENDINGS else 2
                found.append(((name != wanted, not name.startswith(wanted), kind, name), entry, is_folder))
    except OSError as error:
        return Listing(folder, problem=error.strerror or str(error))
    found.sort(key=lambda one: one[0])
    listed = [
        Entry(Path(entry.path), is_folder, 0 if is_folder else _size(entry))
        for _, entry, is_folder in found[:_MOST_LISTED]
    ]
    if is_cut and part and (named := _named(folder / part)) is not None and named not in listed:
        listed.insert(0, named)
    if whole and any(one.may_be_read for one in listed):
        listed.insert(0, Entry(folder, is_folder=True, is_whole=True))
    return Listing(folder, tuple(listed), is_cut or len(found) > _MOST_LISTED)


def _own_names(folder: Path, database: Path | None) -> frozenset[str]:
    """Return the names of the files of a database where it is in this folder."""
    try:
        is_here = database is not None and database.parent.samefile(folder)
    except OSError:
        return frozenset()
    return frozenset(f"{database.name}{end}" for end in ("", "-wal", "-shm")) if database and is_here else frozenset()


def _named(path: Path) -> Entry | None:
    """Return the entry at a path that was typed whole; None where there is none."""
    if not _exists(path):
        return None
    return Entry(path, is_folder=True) if path.is_dir() else Entry(path, size=path.stat().st_size)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:
        return 0


class PathText:
    """Paths by the text that stands for them in the field: names of files may hold what cannot be shown there."""

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}

    def text_of(self, path: Path) -> str:
        """Return the text of a path below the working directory or the home folder, or of the whole path."""
        text = safe_text.safe_line(_short(path))
        self._paths[text] = path
        return text

    def folder_text(self, folder: Path) -> str:
        """Return the text of a folder, with the slash behind it; that of the working directory is empty."""
        text = self.text_of(folder)
        if text == ".":
            return ""
        self._paths[text := text.rstrip("/") + "/"] = folder
        return text

    def path(self, text: str) -> Path:
        """Return the path that a text stands for."""
        if text in self._paths:
            return self._paths[text]
        folder, slash, name = text.rpartition("/")
        if slash and folder + slash in self._paths:
            return self._paths[folder + slash] / name
        return _expanded(text)

    def split(self, text: str) -> tuple[Path, str]:
        """Return the folder that a text is in, and the part of a name behind it."""
        folder, slash, part = text.rpartition("/")
        return (self.path(folder + slash) if slash else Path(), part)


def _expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # no such user
        return Path(text)


def _short(path: Path) -> str:
    text = str(path)
    try:
        here, home = f"{Path.cwd()}/", f"{Path.home()}/"
    except (OSError, RuntimeError):  # the working directory is gone, or nobody has a home
        return text
    if text.startswith(here):
        return text.removeprefix(here)
    return "~/" + text.removeprefix(home) if text.startswith(home) else text


def folder_words(folder: Path) -> str:
    """Return a folder as a shell shows it, with `~` for the home folder."""
    try:
        whole, home = folder.absolute(), Path.home()
    except (OSError, RuntimeError):  # the working directory is gone, or nobody has a home
        return str(folder)
    if whole == home:
        return "~"
    return f"~/{whole.relative_to(home)}" if whole.is_relative_to(home) else str(whole)


def paths_in(text: str) -> list[str]:
    """Return the paths in a text as it was typed, or pasted by a terminal that files were dragged into.

    Terminals quote such paths for a shell, escape their blanks, or write them as `file://` addresses, several in a row.
    A text without any of these is one path, blanks included.
    """
    text = text.strip()
    if os.sep == "/" and (text[:1] in ("'", '"') or "\\" in text):
        try:
            words = shlex.split(text)
        except ValueError:
            return [text]
    elif text.startswith("file://"):
        words = text.split()
    else:
        return [text] if text else []
    return [unquote(urlsplit(word).path) if word.startswith("file://") else word for word in words]


def quoted_lines(text: str) -> str:
    """Return pasted lines, one path each, as one line in which each is quoted; a single line as it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return "".join(lines)
    return " ".join(path if path[:1] in ("'", '"') else _quoted(path) for path in lines)


def _quoted(path: str) -> str:
    """Return a path in quotation marks, also where a shell could do without: they tell several paths from one with blanks."""
    quoted = shlex.quote(path)
    return f"'{path}'" if quoted == path else quoted


def missing(paths: Sequence[Path]) -> Path | None:
    """Return the first path at which there is nothing, or None."""
    return next((path for path in paths if not _exists(path)), None)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def common_beginning(names: Sequence[str], part: str) -> str:
    """Return what the names that begin with `part` (in any case of letters) have in common; `part` where none does."""
    matching = [name for name in names if name.casefold().startswith(part.casefold())]
    if not matching:
        return part
    shortest, longest = min(matching), max(matching)
    same = next((at for at, letter in enumerate(shortest) if letter != longest[at]), len(shortest))
    return shortest[:same] if same >= len(part) else part


def size_text(size: int) -> str:
    """Return a size in bytes for people: `312 B`, `4.1 kB`, `12 MB`."""
    if size < 1000:
        return f"{size} B"
    power = min((len(str(size)) - 1) // 3, len(_UNITS))
    value = size / 1000**power
    return f"{value:.1f} {_UNITS[power - 1]}" if value < 10 else f"{value:.0f} {_UNITS[power - 1]}"


_UNITS = ("kB", "MB", "GB", "TB")
