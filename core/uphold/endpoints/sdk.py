"""What the SDK modules share: importing a large SDK, a client without a proxy, reading what came as JSON."""

import email.utils
import gc
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from uphold.endpoints.addresses import Address
from uphold.errors import EndpointError, Refused, Unavailable
from uphold.records.model_calls import AccessRefused

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


_BUSY = frozenset({408, 409, 425, 429})


_LONGEST = 300


def of_status(
    status: int, explanation: str, headers: Mapping[str, str], address: Address, *, spent: bool = False
) -> EndpointError:
    """The error behind an HTTP status; `spent`: the account has no more to spend, whatever the status."""
    said = f"HTTP {status} ({on_one_line(explanation, address) or 'no explanation'})"
    if status in (401, 403):
        return AccessRefused(
            f"{address.place} refused the API key: {said}; check the key and what it may use", status=status
        )
    if status == 402 or spent:
        return AccessRefused(f"{address.place} wants to be paid first: {said}; look at the account", status=status)
    if status == 404:
        return AccessRefused(
            f"{address.place} does not know {address.model!r}: {said}; check the model and --base-url", status=status
        )
    if status in _BUSY or status >= 500:
        wait = retry_after(headers)
        for_all = status == 429 or wait is not None
        said = f"{address.place} was busy or broken: {said}"
        return Unavailable(said, status=status, wait=wait, for_all=for_all)
    return Refused(f"{address.place} refused the request: {said}", status=status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, as a number or as a date; None where it asks for nothing readable."""
    try:
        if (thousandths := headers.get("retry-after-ms")) is not None:
            seconds = float(thousandths) / 1000
        elif (value := headers.get("retry-after")) is None:
            return None
        elif value.strip()[:1].isdigit():
            seconds = float(value)
        else:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return max(seconds, 0.0) if seconds == seconds else None


def late(address: Address) -> Unavailable:
    """Nobody answered in time."""
    return Unavailable(f"{address.place} did not answer within {address.timeout:g} seconds")


def unreachable(error: BaseException, address: Address, *, nobody: bool) -> Unavailable:
    """The connection failed; `nobody`: none could be made, so that nobody is there at all."""
    cause = error.__cause__ or error
    said = on_one_line(str(cause), address) or type(cause).__name__
    return Unavailable(f"{address.place} could not be reached: {said}", for_all=nobody)


def no_answer(body: bytes, address: Address) -> Unavailable:
    """Something came with status 200 that is no model answer: a page, a list, nothing at all."""
    said = on_one_line(body.decode("utf-8", "replace"), address) or "an empty body"
    return Unavailable(f"{address.place} sent no model answer but: {said}")


def unsendable() -> Refused:
    """The texts hold what no request can carry."""
    return Refused("the request holds a lone surrogate, which no request can carry; mend the example or the answer")


def on_one_line(text: str, address: Address) -> str:
    """What a server said, on one line and cut, without the key should it say that back."""
    text = " ".join(text.replace(address.key, "[key]").split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
