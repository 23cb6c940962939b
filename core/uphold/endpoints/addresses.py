"""Kinds of endpoints, their addresses and API keys, and opening an endpoint.

To add a kind, write a module with `connect(address)` that returns an `Endpoint`, and add it to `_KINDS`.
"""

import importlib
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from uphold.endpoints.key_masking import MaskedEndpoint
from uphold.errors import BadUsage
from uphold.records.model_calls import Endpoint

TIMEOUT = 300.0
"""Default timeout of one answer in seconds, from the first byte sent to the last one read."""

MAX_TIMEOUT = 3600.0

NO_KEY = "no-key-needed"
"""Sent as the key to a local server where none is set: the SDKs want one."""

_LOCAL_DOMAINS = (".localhost", ".local", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of endpoint: its module, the environment variables of its key and its base URL, and the provider's URL."""

    module: str
    key_variable: str
    url_variable: str
    url: str


_KINDS: Mapping[str, _Kind] = {
    "anthropic": _Kind(
        "uphold.endpoints.anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com"
    ),
    "openai": _Kind("uphold.endpoints.openai", "OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1"),
}

KINDS = tuple(_KINDS)
"""The kinds of endpoint, as in a spec `KIND:MODEL`."""

KEY_VARIABLES = {name: kind.key_variable for name, kind in _KINDS.items()}
"""The environment variable of each kind's API key, unless another one is named."""


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a model: endpoint kind, model name, key, base URL (None: the provider's API) and timeout in seconds.

    The key is in no representation or message.
    """

    kind: str
    model: str
    key: str = field(repr=False)
    base_url: str | None = None
    timeout: float = TIMEOUT

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is on this machine, so that no proxy is to be used."""
        return is_loopback(self.base_url)

    @property
    def url(self) -> str:
        """The base URL, the provider's own where none was given."""
        return self.base_url or _KINDS[self.kind].url

    @property
    def display_name(self) -> str:
        """The endpoint's name in messages: its URL without a user name and password."""
        if self.base_url is None:
            return "the provider's API"
        parts = urlsplit(self.base_url)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path}"


def is_loopback(base_url: str | None) -> bool:
    """Whether a URL is on this machine."""
    host = _host(base_url)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(base_url: str | None) -> bool:
    """Whether a URL is on this machine or in a private network, where a model server usually wants no key.

    These are localhost, loopback and private IP addresses, names that only a local network knows (.local, .lan, .internal,
    .home.arpa), and names without a dot, such as those of containers.
    """
    host = _host(base_url)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_LOCAL_DOMAINS))
    return address.is_loopback or address.is_private or address.is_link_local


def read_key(kind: str, variable: str | None = None, base_url: str | None = None) -> str:
    """Return the API key for an endpoint of `kind` from an environment variable. Raises BadUsage if there is none.

    A local `base_url` needs none unless `variable` names one.
    """
    name = variable or _KINDS[kind].key_variable
    key = os.environ.get(name, "").strip()
    if not key and variable is None and is_local(base_url):
        return NO_KEY
    if not key:
        hint = "" if variable else ", or name the variable that holds it with --api-key-env"
        if kind == "openai":
            hint += " (any word will do for a server that wants no key; a local --base-url needs none)"
        raise BadUsage(f"{name}: no API key in this environment variable; set it{hint}")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BadUsage(f"{name}: what this environment variable holds cannot be an API key; set it anew")
    return key


def find_address(
    kind: str, model: str, base_url: str | None = None, key_variable: str | None = None, timeout: float = TIMEOUT
) -> Address:
    """Return the address of a model. Raises BadUsage for anything that is wrong with it, before any SDK is imported.

    Without `base_url` the environment variable of the SDK is used, else the provider's own URL.
    """
    if kind not in _KINDS:
        raise BadUsage(f"there is no kind of endpoint {kind!r}: {' or '.join(f'{known}:MODEL' for known in KINDS)}")
    if not 0 < timeout <= MAX_TIMEOUT:
        raise BadUsage(f"--timeout {timeout:g}: seconds, more than 0 and at most {MAX_TIMEOUT:g}, were expected")
    base_url = base_url or os.environ.get(_KINDS[kind].url_variable) or None
    if base_url is not None:
        _check_url(base_url)
    return Address(kind, model, read_key(kind, key_variable, base_url), base_url, timeout)


def _host(base_url: str | None) -> str:
    try:
        return (urlsplit(base_url or "").hostname or "").rstrip(".")
    except ValueError:
        return ""


def open_endpoint(address: Address) -> Endpoint:
    """Return the endpoint at an address; its answers have the key masked.

    Its SDK is imported here: that takes most of a second.
    """
    endpoint: Endpoint = importlib.import_module(_KINDS[address.kind].module).connect(address)
    return MaskedEndpoint(endpoint, address.key)


def _check_url(base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_valid = False
    if not is_valid:
        raise BadUsage(f"{base_url!r} is no address of a model endpoint: http://HOST:PORT or https://HOST was expected")
