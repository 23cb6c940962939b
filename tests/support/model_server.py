"""A model server of our own on the loopback address: the real SDKs talk to it and it records what it was asked.

`answer` is a callable (plain or async) from what was asked to a `Reply`; the functions below make the usual ones.
In-process: `async with loopback(answer) as server`. For tests of the real program, in a thread: `with serving(answer)
as server`. Both give `server.url`, `server.asked` and `server.most_at_once`.
"""

import asyncio
import contextlib
import inspect
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

JSON = "application/json"


@dataclass(frozen=True)
class Asked:
    """One request: `number` counts from 0; `body` is its JSON, or None where it has none, `raw` its bytes."""

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    raw: bytes = b""

    @property
    def user(self) -> str:
        """The last user turn of a request, whichever API it came by."""
        content: str = self.body["messages"][-1]["content"]
        return content

    @property
    def system(self) -> str:
        """The system prompt of a request, whichever API it came by."""
        if "system" in self.body:
            return "".join(block["text"] for block in self.body["system"])
        return "".join(one["content"] for one in self.body["messages"] if one["role"] == "system")


@dataclass(frozen=True)
class Reply:
    """One response; `sent` is how many bytes of the body go out before the connection drops (None: all of them).

    `dripping`: the body comes byte by byte, with so many seconds between.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    sent: int | None = None
    dripping: float = 0.0


Answering = Callable[[Asked], Reply | Awaitable[Reply]]


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    """Any JSON value; underscores in header names stand for hyphens."""
    return Reply(json.dumps(value).encode(), status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def message(text: str | None, stop_reason: str | None = "end_turn", tokens: tuple[int, int] = (100, 20)) -> Reply:
    """A Messages API answer with one text block, or none."""
    return as_json(
        {
            "id": "msg_loopback",
            "type": "message",
            "role": "assistant",
            "model": "loopback-1",
            "content": [] if text is None else [{"type": "text", "text": text}],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {"input_tokens": tokens[0], "output_tokens": tokens[1]},
        }
    )


def chat(text: str | None, finish_reason: str | None = "stop", tokens: tuple[int, int] = (100, 20)) -> Reply:
    """A chat/completions answer."""
    said = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    return as_json(
        {
            "id": "chatcmpl-loopback",
            "object": "chat.completion",
            "created": 1,
            "model": "loopback-1",
            "choices": [{"index": 0, "message": said, "finish_reason": finish_reason}],
            "usage": usage,
        }
    )


_FINISH = {"end_turn": "stop", "max_tokens": "length", "refusal": "content_filter"}


def answer_to(
    asked: Asked, text: str | None, stop_reason: str | None = "end_turn", tokens: tuple[int, int] = (100, 20)
) -> Reply:
    """An answer in the words of the API that was asked."""
    if asked.path.endswith("/chat/completions"):
        return chat(text, _FINISH.get(stop_reason or "", stop_reason), tokens)
    return message(text, stop_reason, tokens)


def said(winner: str, reason: str = "it is correct", confidence: float = 0.9) -> str:
    """A verdict as a judge writes it."""
    return json.dumps({"reason": reason, "winner": winner, "confidence": confidence})


def verdict(winner: str, reason: str = "it is correct", confidence: float = 0.9) -> Reply:
    """A judge's answer as it should be."""
    return message(json.dumps({"reason": reason, "winner": winner, "confidence": confidence}))


def error(status: int, kind: str = "api_error", said: str = "no", **headers: str) -> Reply:
    """An error of the Messages API."""
    return as_json({"type": "error", "error": {"type": kind, "message": said}}, status, **headers)


def refusal() -> Reply:
    """The model declines."""
    return message(None, "refusal")


def html(status: int = 200) -> Reply:
    """A page from something that is no model server."""
    return Reply(b"<!doctype html><title>Welcome</title>", status, "text/html")


def empty() -> Reply:
    """No body at all."""
    return Reply()


def dropped() -> Reply:
    """The connection closes without a word."""
    return Reply(dropped=True)


def cut(reply: Reply) -> Reply:
    """The connection closes in the middle of the body."""
    return replace(reply, sent=len(reply.body) // 2)


class Gate:
    """Holds answers back until it is opened, from whatever thread."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def passed(self) -> None:
        """Wait for it, inside an answer."""
        self._loop = asyncio.get_running_loop()
        await self._event.wait()

    def open(self) -> None:
        """Let everything pass from now on."""
        if self._loop is None:
            self._event.set()
        else:
            self._loop.call_soon_threadsafe(self._event.set)


class Server:
    """The server: what it was asked, and how many requests were open at once."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.open = 0
        self.most_at_once = 0
        self.port = 0
        self._connections: set[asyncio.Task[None]] = set()
        self._arrived = threading.Condition()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, requests: int, timeout: float = 20.0) -> bool:
        """Block until that many requests have come (for tests whose server runs in a thread)."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.asked) >= requests, timeout)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it closes."""
        connection = asyncio.current_task()
        if connection is not None:
            self._connections.add(connection)
            connection.add_done_callback(self._connections.discard)
        try:
            while (asked := await self._read(reader)) is not None:
                if not await self._respond(asked, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the client went away, or the server ends: what was asked is recorded
        finally:
            writer.close()

    async def close_connections(self) -> None:
        """Drop whoever is still connected, also those who wait for an answer."""
        connections = tuple(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> Asked | None:
        line = await reader.readline()
        if not line:
            return None
        method, path, _ = line.decode().split(" ", 2)
        headers: dict[str, str] = {}
        while (header := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = header.decode().partition(":")
            headers[name.strip().lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        with self._arrived:
            is_json = body and headers.get("content-type", JSON).startswith(JSON)
            asked = Asked(len(self.asked), method, path, headers, json.loads(body) if is_json else None, body)
            self.asked.append(asked)
            self._arrived.notify_all()
        return asked

    async def _respond(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        self.open += 1
        self.most_at_once = max(self.most_at_once, self.open)
        try:
            reply = self.answer(asked)
            if inspect.isawaitable(reply):
                reply = await reply
        finally:
            self.open -= 1
        if reply.dropped:
            return False
        if reply.dripping:
            writer.write(_head(reply))
            for byte in reply.body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(reply.dripping)
            return True
        writer.write(_head(reply) + (reply.body if reply.sent is None else reply.body[: reply.sent]))
        await writer.drain()
        return reply.sent is None


def _head(reply: Reply) -> bytes:
    fields = {"content-type": reply.content_type, "content-length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Said", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextlib.asynccontextmanager
async def loopback(answer: Answering) -> AsyncIterator[Server]:
    """A server in this event loop."""
    server = Server(answer)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.close_connections()
        await listening.wait_closed()


@contextlib.contextmanager
def serving(answer: Answering) -> Iterator[Server]:
    """A server in a thread of its own, for tests that start the real program."""
    ready: list[Server] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()
    leave = asyncio.Event()

    async def serve() -> None:
        async with loopback(answer) as server:
            ready.append(server)
            started.set()
            await leave.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    if not started.wait(20):
        raise RuntimeError("the loopback server did not start")
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(20)
        loop.close()
