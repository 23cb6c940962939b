"""What the SDK modules share: importing a large SDK, a client without a proxy, reading what came as JSON."""

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2


@contextmanager
def made_to_stay() -> Iterator[None]:
    """Keep the garbage collector off the two hundred thousand objects that importing an SDK makes, now and later.

    Looking through them again and again takes a tenth of the import and a fifth of a long run of requests.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


def direct_client(timeout: float) -> "httpx2.AsyncClient":
    """A client that knows no proxy: the SDKs' own would send loopback traffic through one."""
    import httpx2

    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
    return httpx2.AsyncClient(trust_env=False, timeout=timeout, limits=limits)


def never_connected(error: BaseException) -> bool:
    """Was no connection made at all? Then nobody is there, or nobody who takes more."""
    import httpx2

    return isinstance(error.__cause__ or error, httpx2.ConnectError | httpx2.ConnectTimeout)


def as_object(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object in a body; None for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def text(value: object) -> str | None:
    """A text, or nothing."""
    return value if isinstance(value, str) else None


def count(where: object, name: str) -> int | None:
    """A count in what a server told of its use; None where it tells none."""
    found = where.get(name) if isinstance(where, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None
