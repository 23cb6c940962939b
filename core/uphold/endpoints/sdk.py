"""Helpers of the modules that use an SDK: importing it, an HTTP client, parsing of JSON bodies, and error messages.

The `*_error` functions return an error for the caller to raise. No message holds the API key.
"""

import asyncio
import email.utils
import gc
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from uphold.endpoints import refusals
from uphold.endpoints.addresses import Address
from uphold.endpoints.key_masking import mask_key
from uphold.errors import EndpointError, Refused, Unavailable
from uphold.garbage_collection import paused_collection
from uphold.records.model_calls import AccessRefused

_RETRYABLE = frozenset({408, 409, 425, 429})
_MAX_EXPLANATION = 300
_MAX_NAME = 200
_MAX_COUNT = 10**12
"""No request has so many tokens; the store's integers end at 2^63."""

_STATUS_OF_ERRORS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "billing_error": 402,
    "insufficient_quota": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""Names of errors, and the HTTP status that they have where a reply has it."""

_LARGE_BODY = 64 * 1024
MAX_STRUCTURE = 256 * 1024
"""Most bytes outside texts in the JSON of a model's reply."""

_JSON_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.S)
"""A text in JSON; the closing quote may be missing, so that a match never fails and no place is read twice."""


@contextmanager
def importing_sdk() -> Iterator[None]:
    """Exclude the 200,000 objects that importing an SDK creates from garbage collection, now and later.

    Scanning them repeatedly takes a tenth of the import and a fifth of a long run of requests.
    """
    with paused_collection():
        yield
        gc.freeze()


@asynccontextmanager
async def converted_errors(
    address: Address, sdk_error: type[Exception], convert: Callable[[Exception, Address], EndpointError]
) -> AsyncIterator[None]:
    """Raise what an SDK raises in the block as an error of ours, and Unavailable once the address's timeout has passed."""
    try:
        async with asyncio.timeout(address.timeout):
            yield
    except TimeoutError:
        raise timeout_error(address) from None
    except EndpointError:
        raise
    except (sdk_error, ValueError) as error:
        # Without its cause: the SDK's errors hold the request, and with it the key.
        raise convert(error, address) from None


def never_connected(error: BaseException) -> bool:
    """Whether no connection was made at all: the server is down, or accepts no more connections."""
    import httpx2

    return isinstance(error.__cause__ or error, httpx2.ConnectError | httpx2.ConnectTimeout)


class BodyParser:
    """Parses JSON bodies, large ones in a thread and one at a time, so that neither time nor memory depends on them."""

    def __init__(self) -> None:
        self._large = asyncio.Lock()

    async def parse(self, body: bytes, max_structure: int = MAX_STRUCTURE) -> Mapping[str, Any] | None:
        """Return the JSON object in a body; None for anything else."""
        if len(body) <= _LARGE_BODY:
            return parse_object(body)
        async with self._large:
            return await asyncio.to_thread(parse_object, body, max_structure)


def parse_object(body: bytes, max_structure: int = MAX_STRUCTURE) -> Mapping[str, Any] | None:
    """Return the JSON object in a body; None for anything else.

    Of a model's reply most is the text of one string. A large body that is mostly structure (brackets, numbers, names)
    would take many times its size as objects, and is refused unparsed.
    """
    if len(body) > _LARGE_BODY and _is_mostly_structure(body, max_structure):
        return None
    try:
        value = json.loads(body)
    except UnicodeDecodeError:
        # A model may be stopped in the middle of a character, and servers pass that on.
        return parse_object(body.decode("utf-8", "replace").encode(), max_structure)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_mostly_structure(body: bytes, most: int) -> bool:
    """Whether more than `most` bytes stand outside texts, which are passed one by one: all at once take 50 times the body."""
    outside = end = 0
    for text in _JSON_TEXT.finditer(body):
        outside += text.start() - end
        end = text.end()
        if outside > most:
            return True
    return outside + len(body) - end > most


def as_text(value: object) -> str | None:
    """Return `value` if it is a text, else None.

    Lone surrogates, which the store cannot hold, become escapes; a name of many characters is cut.
    """
    return value[:_MAX_NAME].encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else None


def read_count(usage: object, name: str) -> int | None:
    """Return a token count from the usage that a server reports; None if it reports none that can be one."""
    value = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_COUNT else None


def status_error(
    status: int,
    explanation: str,
    headers: Mapping[str, str],
    address: Address,
    *,
    spent: bool = False,
) -> EndpointError:
    """Return the error for an HTTP status; `spent`: the account has reached its spending limit, whatever the status."""
    description = f"HTTP {status} ({shorten(explanation, address) or 'no explanation'})"
    text = mask_key(explanation, address.key)[: refusals.MAX_READ]
    wait = parse_retry_after(headers)
    kind = refusals.Kind.ACCOUNT if spent else refusals.kind_of(status, text, asks_to_wait=wait is not None)
    name = address.display_name
    if kind is refusals.Kind.KEY:
        message = f"{name} refused the API key: {description}; check the key and what it may use"
        return AccessRefused(message, status=status, explanation=text)
    if kind is refusals.Kind.ACCOUNT:
        message = f"{name} wants to be paid first: {description}; check the account"
        return AccessRefused(message, status=status, explanation=text)
    if kind is refusals.Kind.MODEL:
        message = f"{name} does not know {address.model!r}: {description}; check the model and --base-url"
        return AccessRefused(message, status=status, explanation=text)
    message = f"{name} refused the request: {description}"
    if kind is refusals.Kind.ONE_REQUEST:
        return Refused(message, status=status, explanation=text, one_request=True)
    if kind is refusals.Kind.BUSY or (kind is None and (status in _RETRYABLE or status >= 500)):
        for_all = status == 429 or wait is not None
        busy = f"{name} was busy or broken: {description}"
        return Unavailable(busy, status=status, wait=wait, for_all=for_all)
    return Refused(message, status=status, explanation=text)


def reported_error(error: object, explanation: str, address: Address) -> EndpointError | None:
    """Return the error that a reply with status 200 reports in its body, None where its code and type tell no status."""
    if not isinstance(error, dict):
        return None
    for told in (error.get("code"), error.get("type")):
        if isinstance(told, str):
            told = int(told) if told.isascii() and told.isdecimal() and len(told) == 3 else _STATUS_OF_ERRORS.get(told)
        if isinstance(told, int) and not isinstance(told, bool) and 400 <= told <= 599:
            return status_error(told, explanation, {}, address)
    return None


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
    description = shorten(body[: 8 * _MAX_EXPLANATION].decode("utf-8", "replace"), address) or "an empty body"
    return Unavailable(f"{address.display_name} sent no model answer but: {description}")


def surrogate_error() -> Refused:
    """Return the error for texts that cannot be encoded as UTF-8."""
    return Refused("the request holds a lone surrogate, which no request can carry; mend the example or the answer")


def shorten(text: str, address: Address) -> str:
    """Return a server's text on one line, cut to 300 characters, with the API key masked."""
    text = " ".join(mask_key(text, address.key)[: refusals.MAX_READ].split())
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _MAX_EXPLANATION else f"{text[:_MAX_EXPLANATION]}…"
