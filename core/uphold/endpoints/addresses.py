"""Which endpoints there are, where their keys come from, and opening one."""

import importlib
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from uphold.errors import BadUsage
from uphold.records.model_calls import Endpoint


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of endpoint: the module that speaks to it (its `connect(address)`) and the variables it reads."""

    module: str
    key_variable: str
    url_variable: str


_KINDS: Mapping[str, _Kind] = {
    "anthropic": _Kind("uphold.endpoints.anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "openai": _Kind("uphold.endpoints.openai", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
}


KINDS = tuple(_KINDS)
"""The kinds of endpoint, as a spec `KIND:MODEL` begins."""


TIMEOUT = 300.0
"""Seconds that one answer may take, from the first byte sent to the last one read."""


LONGEST_TIMEOUT = 3600.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model answers, and with which key; the key shows nowhere."""

    kind: str
    model: str
    key: str = field(repr=False)
    base_url: str | None = None
    timeout: float = TIMEOUT

    @property
    def loopback(self) -> bool:
        """The address is this machine's own, so that no proxy stands between."""
        host = (urlsplit(self.base_url or "").hostname or "").rstrip(".")
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def place(self) -> str:
        """Where that is, for a sentence: without a password that the URL may hold."""
        if self.base_url is None:
            return "the provider's API"
        parts = urlsplit(self.base_url)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path}"


def read_key(kind: str, variable: str | None = None) -> str:
    """The key for an endpoint of `kind`, from the environment only; raises BadUsage where there is none."""
    name = variable or _KINDS[kind].key_variable
    key = os.environ.get(name, "").strip()
    if not key:
        other = "" if variable else ", or name the variable that holds it with --api-key-env"
        if kind == "openai":
            other += " (any word will do for a server that wants no key)"
        raise BadUsage(f"{name}: no API key in this environment variable; set it{other}")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BadUsage(f"{name}: what this environment variable holds cannot be an API key; set it anew")
    return key


def find_address(
    kind: str, model: str, base_url: str | None = None, key_variable: str | None = None, timeout: float = TIMEOUT
) -> Address:
    """The address of a model: everything that can be wrong with it raises BadUsage here, before any SDK is imported.

    `base_url` is the caller's, else that of the environment variable which the SDK knows, else the provider's own.
    """
    if kind not in _KINDS:
        raise BadUsage(f"there is no kind of endpoint {kind!r}: {' or '.join(f'{one}:MODEL' for one in KINDS)}")
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise BadUsage(f"--timeout {timeout:g}: seconds, more than 0 and at most {LONGEST_TIMEOUT:g}, were expected")
    base_url = base_url or os.environ.get(_KINDS[kind].url_variable) or None
    if base_url is not None:
        _check_url(base_url)
    return Address(kind, model, read_key(kind, key_variable), base_url, timeout)


def open_endpoint(address: Address) -> Endpoint:
    """The endpoint at this address; its SDK is imported here and not before."""
    endpoint: Endpoint = importlib.import_module(_KINDS[address.kind].module).connect(address)
    return endpoint


def _check_url(base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:
        raise BadUsage(f"{base_url!r} is no address of a model endpoint: http://HOST:PORT or https://HOST was expected")
