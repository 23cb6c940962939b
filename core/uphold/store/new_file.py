"""A new database under a temporary name, which gets its own name when it is complete."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from uphold.errors import BadDatabase, DatabaseBusy
from uphold.store.opening import Location
from uphold.temporary_files import sweep, sync, temporary_file


@contextlib.contextmanager
def new_file(place: Location, wait: float, tell_wait: Callable[[float], None] | None = None) -> Iterator[Path | None]:
    """Yield the path at which to make a new database; without an error, what is there at the end becomes the database.

    None where another process made the database meanwhile. Whatever ends this before, a killed process included, leaves
    no database. Other processes that make the same one wait for this one, `wait` seconds at most; `tell_wait` is told how
    long they have waited.
    """
    sweep(place.file.parent)
    token = hashlib.sha256(os.fsencode(place.file.name)).hexdigest()[:16]
    try:
        with temporary_file(place.file.parent, token, wait=wait, tell_wait=tell_wait) as path:
            if place.file.exists():
                yield None
                return
            yield path
            _publish(path, place)
    except TimeoutError as error:
        raise DatabaseBusy(f"{place.named}: another process is making this database; wait, and try again") from error
    except OSError as error:
        raise BadDatabase(f"{place.named}: cannot be made ({error.strerror}); name another place with --db") from error


def _publish(path: Path, place: Location) -> None:
    """Give a closed database its name; raises BadDatabase if another program has taken it by now."""
    if not path.exists():
        return
    if place.file.exists():
        raise BadDatabase(
            f"{place.named}: another program made this file meanwhile; nothing was written to it, run the command again"
        )
    path.rename(place.file)
    with contextlib.suppress(OSError):
        sync(place.file.parent)
