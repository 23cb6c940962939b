"""What can go wrong at an endpoint, as our own errors: one table for every kind of endpoint."""

import email.utils
import time
from collections.abc import Mapping

from uphold.endpoints.opening import Address
from uphold.errors import EndpointError, Refused, Unavailable
from uphold.records.asking import Barred

_BUSY = frozenset({408, 409, 425, 429})
_LONGEST = 300


def of_status(
    status: int, explanation: str, headers: Mapping[str, str], address: Address, *, spent: bool = False
) -> EndpointError:
    """The error behind an HTTP status; `spent`: the account has no more to spend, whatever the status."""
    said = f"HTTP {status} ({on_one_line(explanation, address) or 'no explanation'})"
    if status in (401, 403):
        return Barred(f"{address.place} refused the API key: {said}; check the key and what it may use", status=status)
    if status == 402 or spent:
        return Barred(f"{address.place} wants to be paid first: {said}; look at the account", status=status)
    if status == 404:
        return Barred(
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
