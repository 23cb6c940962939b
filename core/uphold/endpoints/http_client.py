"""The HTTP client of both SDKs: replies have a size limit, and nothing is sent to another host or port.

Importing this module imports httpx2.
"""

from typing import Any

import httpx2

from uphold.endpoints.addresses import Address
from uphold.errors import OddReply, Refused

MAX_REPLY = 4 * 1024 * 1024
"""Most bytes of a reply, after decompression. A model that writes 128,000 tokens fills a quarter of it."""

MAX_ERROR = 64 * 1024
"""Bytes of an error's body that are read; the rest is dropped."""

_BODY_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def limited_client(address: Address) -> httpx2.AsyncClient:
    """Return the client for an address. On this machine it uses no proxy: the SDKs' own would send that traffic to one."""
    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
    return LimitedClient(address, trust_env=not address.is_loopback, timeout=address.timeout, limits=limits)


class LimitedClient(httpx2.AsyncClient):
    """A client whose responses are read up to a limit, and that follows no redirect, not even to the same address."""

    def __init__(self, address: Address, **options: Any) -> None:
        super().__init__(follow_redirects=False, **options)
        self._address = address

    async def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        """Send a request and read the response, of which a `stream` is left to the caller.

        Raises Refused for a request to another host or port and for a redirect, OddReply for a reply that is too large.
        """
        self._check_origin(request.url)
        response = await super().send(request, stream=True, **options)
        if response.is_redirect:
            await response.aclose()
            raise self._redirected(response)
        return response if stream else await self._read(response)

    async def _read(self, response: httpx2.Response) -> httpx2.Response:
        limit = MAX_ERROR if response.is_error else MAX_REPLY
        too_large = not response.is_error and _announced_size(response) > limit
        body = bytearray()
        try:
            if not too_large:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > limit:
                        break
        finally:
            await response.aclose()
        if too_large or (len(body) > limit and not response.is_error):
            body.clear()  # the error's traceback would keep it
            raise OddReply(
                f"{self._address.display_name} sent a reply of more than {MAX_REPLY // 2**20} MiB, which was not read;"
                " no answer of a model is that long"
            )
        del body[limit:]
        headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _BODY_HEADERS]
        return httpx2.Response(
            response.status_code,
            headers=headers,
            content=bytes(body),
            request=response.request,
            extensions=response.extensions,
        )

    def _check_origin(self, url: httpx2.URL) -> None:
        if _origin(url) != _origin(httpx2.URL(self._address.url)):
            raise Refused(
                f"{self._address.display_name} names an address of another host or port ({_shown(url)}); "
                "nothing was sent there"
            )

    def _redirected(self, response: httpx2.Response) -> Refused:
        try:
            target = _shown(response.request.url.join(response.headers.get("location", "")))
        except (httpx2.InvalidURL, ValueError):
            target = "an address that is none"
        return Refused(
            f"{self._address.display_name} redirects to {target} (HTTP {response.status_code}), which is not followed, since "
            "texts and key would go there; if that is the right server, give it with --base-url",
            status=response.status_code,
        )


def _announced_size(response: httpx2.Response) -> int:
    """Return the size of a body as its header gives it, 0 where it does not."""
    size = response.headers.get("content-length", "")
    return int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else 0


def _origin(url: httpx2.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _shown(url: httpx2.URL) -> str:
    """Return an address for a message, without a user's name, a password or parameters, which may be secret."""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}{url.path}"[:200]
