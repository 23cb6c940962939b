"""Helpers of the modules that use an SDK: importing it, an HTTP client, parsing of JSON bodies, and error messages.

The `*_error` functions return an error for the caller to raise. No message holds the API key.
"""

import email.utils
import gc
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from uphold.endpoints.addresses import Address
from uphold.endpoints.key_masking import mask_key
from uphold.errors import EndpointError, Refused, Unavailable
from uphold.records.model_calls import AccessRefused

if TYPE_CHECKING:
    import httpx2

_RETRYABLE = frozenset({408, 409, 425, 429})
_MAX_EXPLANATION = 300


@contextmanager
def importing_sdk() -> Iterator[None]:
    """Exclude the 200,000 objects that importing an SDK creates from garbage collection, now and later.

    Scanning them repeatedly takes a tenth of the import and a fifth of a long run of requests.
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
    """Return an HTTP client without a proxy: those of the SDKs would send loopback traffic through one."""
    import httpx2

    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
    return httpx2.AsyncClient(trust_env=False, timeout=timeout, limits=limits)


def never_connected(error: BaseException) -> bool:
    """Whether no connection was made at all: the server is down, or accepts no more connections."""
    import httpx2

    return isinstance(error.__cause__ or error, httpx2.ConnectError | httpx2.ConnectTimeout)


def parse_object(body: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object in a body; None for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def as_text(value: object) -> str | None:
    """Return `value` if it is a text, else None."""
    return value if isinstance(value, str) else None


def read_count(usage: object, name: str) -> int | None:
    """Return a token count from the usage that a server reports; None if it reports none."""
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def status_error(
    status: int, explanation: str, headers: Mapping[str, str], address: Address, *, spent: bool = False
) -> EndpointError:
    """Return the error for an HTTP status; `spent`: the account has reached its spending limit, whatever the status."""
    description = f"HTTP {status} ({shorten(explanation, address) or 'no explanation'})"
    if status in (401, 403):
        return AccessRefused(
            f"{address.display_name} refused the API key: {description}; check the key and what it may use",
            status=status,
        )
    if status == 402 or spent:
        return AccessRefused(
            f"{address.display_name} wants to be paid first: {description}; check the account", status=status
        )
    if status == 404:
        return AccessRefused(
            f"{address.display_name} does not know {address.model!r}: {description}; check the model and --base-url",
            status=status,
        )
    if status in _RETRYABLE or status >= 500:
        wait = parse_retry_after(headers)
        for_all = status == 429 or wait is not None
        description = f"{address.display_name} was busy or broken: {description}"
        return Unavailable(description, status=status, wait=wait, for_all=for_all)
    return Refused(f"{address.display_name} refused the request: {description}", status=status)


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait from a Retry-After header, a number or a date; None if there is no readable one."""
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            seconds = float(milliseconds) / 1000
        elif (value := headers.get("retry-after")) is None:
            return None
        elif value.strip()[:1].isdigit():
            seconds = float(value)
        else:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return max(seconds, 0.0) if seconds == seconds else None


def timeout_error(address: Address) -> Unavailable:
    """Return the error for an answer that did not come within the timeout."""
    return Unavailable(f"{address.display_name} did not answer within {address.timeout:g} seconds")


def connection_error(error: BaseException, address: Address, *, no_connection: bool) -> Unavailable:
    """Return the error for a failed connection; `no_connection`: none could be made, so that all requests are affected."""
    cause = error.__cause__ or error
    description = shorten(str(cause), address) or type(cause).__name__
    return Unavailable(f"{address.display_name} could not be reached: {description}", for_all=no_connection)


def invalid_answer_error(body: bytes, address: Address) -> Unavailable:
    """Return the error for a response with status 200 that is not a model's answer: an HTML page, a list, an empty body."""
    description = shorten(body.decode("utf-8", "replace"), address) or "an empty body"
    return Unavailable(f"{address.display_name} sent no model answer but: {description}")


def surrogate_error() -> Refused:
    """Return the error for texts that cannot be encoded as UTF-8."""
    return Refused("the request holds a lone surrogate, which no request can carry; mend the example or the answer")


def shorten(text: str, address: Address) -> str:
    """Return a server's text on one line, cut to 300 characters, with the API key masked."""
    text = " ".join(mask_key(text, address.key).split())
    return text if len(text) <= _MAX_EXPLANATION else f"{text[:_MAX_EXPLANATION]}…"
