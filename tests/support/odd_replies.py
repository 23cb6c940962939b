"""Replies that no model server should send, each for one request among many."""

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from support.faulty_endpoint import TOKENS
from support.model_server import Asked, Reply, answer_to, as_json, html, said


def _changed(asked: Asked, **usage_and_more: Any) -> Reply:
    """A verdict with some fields of the reply replaced; `usage`, `choice` and `message` reach into it."""
    body = json.loads(answer_to(asked, said("A"), tokens=TOKENS).body)
    for name, value in usage_and_more.items():
        if name == "usage":
            body["usage"] = dict.fromkeys(body["usage"], value)
        elif name == "stop":
            target = body["choices"][0] if "choices" in body else body
            target["finish_reason" if "choices" in body else "stop_reason"] = value
        else:
            body[name] = value
    return as_json(body)


def _text(asked: Asked, text: str) -> Reply:
    return answer_to(asked, text, tokens=TOKENS)


def _in_text(asked: Asked, old: str, new: str) -> Reply:
    """A verdict with something replaced in the JSON as it is sent."""
    body = _text(asked, said("A")).body.decode()
    assert old in body
    return Reply(body.replace(old, new, 1).encode())


def _everywhere(value: object) -> object:
    """JSON with a lone surrogate at the end of each text but the types."""
    if isinstance(value, dict):
        return {name: one if name in ("type", "role") else _everywhere(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_everywhere(one) for one in value]
    return f"{value}\ud800" if isinstance(value, str) else value


def _in_parts(asked: Asked) -> Reply:
    """The verdict in two parts, among parts of other types."""
    whole = said("A")
    parts: list[Any] = [{"type": "text", "text": whole[:20]}, 7, None, {"type": "image"}, {"text": 3, "type": "text"}]
    parts.append({"type": "text", "text": whole[20:]})
    body = json.loads(_text(asked, "").body)
    if "choices" in body:
        body["choices"][0]["message"]["content"] = parts
    else:
        body["content"] = parts
    return as_json(body)


def _tools(asked: Asked) -> Reply:
    """The model wants to use a tool that it was not given."""
    body = json.loads(_text(asked, "").body)
    call = {"name": "verdict", "arguments": '{"winner": "A"}'}
    if "choices" in body:
        body["choices"][0]["message"] = {"content": None, "tool_calls": [{"type": "function", "function": call}]}
        body["choices"][0]["finish_reason"] = "tool_calls"
    else:
        body["content"] = [{"type": "tool_use", "name": "verdict", "input": {"winner": "A"}}]
        body["stop_reason"] = "tool_use"
    return as_json(body)


def _chunked(body: bytes) -> Reply:
    """A body in chunks, packed."""
    packed = gzip.compress(body, 9)
    chunks = [packed[start : start + 1000] for start in range(0, len(packed), 1000)]
    sent = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
    return Reply(sent, headers={"content-encoding": "gzip", "transfer-encoding": "chunked"})


def _gzipped(body: bytes) -> Reply:
    return Reply(gzip.compress(body, 9), headers={"content-encoding": "gzip"})


_BOMB: list[bytes] = []


def _bomb(_: Asked) -> Reply:
    """200 MB of blanks in 200 kB."""
    if not _BOMB:
        _BOMB.append(gzip.compress(b"{" + b" " * 200_000_000, 9))
    return Reply(_BOMB[0], headers={"content-encoding": "gzip"})


READABLE: dict[str, Callable[[Asked], Reply]] = {
    "usage of 2^63": lambda asked: _changed(asked, usage=2**63),
    "usage of 10^40": lambda asked: _changed(asked, usage=10**40),
    "negative usage": lambda asked: _changed(asked, usage=-5),
    "usage in fractions": lambda asked: _changed(asked, usage=1.5),
    "usage as text": lambda asked: _changed(asked, usage="many"),
    "no usage": lambda asked: _changed(asked, usage=None),
    "a lone surrogate as stop reason": lambda asked: _changed(asked, stop="\ud800"),
    "a long stop reason": lambda asked: _changed(asked, stop="x" * 100_000),
    "a number as stop reason": lambda asked: _changed(asked, stop=7),
    "a lone surrogate as model": lambda asked: _changed(asked, model="\udfff", id="\ud800"),
    "a lone surrogate in the text": lambda asked: _text(asked, said("A", "\ud800")),
    "NUL bytes in the text": lambda asked: _text(asked, "\0" * 1000 + said("A")),
    "a megabyte before the verdict": lambda asked: _text(asked, "because " * 130_000 + "\n\n" + said("A")),
    "a wrong content type": lambda asked: replace(_text(asked, said("A")), content_type="text/html"),
    "half a character": lambda asked: Reply(_text(asked, said("A", "so @")).body.replace(b"@", b"\xe2\x82")),
    "compressed": lambda asked: _gzipped(_text(asked, said("A")).body),
    "compressed, in chunks": lambda asked: _chunked(_text(asked, said("A")).body),
    "lone surrogates in every text": lambda asked: as_json(_everywhere(json.loads(_text(asked, said("A")).body))),
    "fields that stand there twice": lambda asked: _in_text(asked, '"usage"', '"usage": 3, "usage"'),
    "NaN and Infinity": lambda asked: _in_text(
        asked, '"usage": {', '"x": [NaN, -Infinity, 1e400], "usage": {"y": NaN, '
    ),
    "NaN as usage": lambda asked: _changed(asked, usage=float("nan")),
    "lists as usage": lambda asked: _changed(asked, usage=[1]),
    "a verdict in parts": _in_parts,
}
"""A verdict is there all the same."""

UNREADABLE: dict[str, Callable[[Asked], Reply]] = {
    "300 kB of {": lambda asked: _text(asked, "{" * 300_000),
    "deep nesting in the text": lambda asked: _text(asked, '{"a":' * 60_000),
    "a megabyte of prose": lambda asked: _text(asked, "and so on " * 100_000),
    "tool calls instead of a text": _tools,
    "no text": lambda asked: answer_to(asked, "", tokens=TOKENS),
    "escapes and a number": lambda asked: _text(asked, '{"winner": ' + "9" * 100_000 + "}"),
}
"""A text without a verdict."""

FAILING: dict[str, Callable[[Asked], Reply]] = {
    "10 MB in one line": lambda asked: _text(asked, "x" * 10_000_000),
    "a gzip bomb": _bomb,
    "deep nesting": lambda asked: Reply(b'{"a":' * 100_000),
    "a list of two million lists": lambda asked: Reply(b"[" + b"[]," * 1_300_000 + b"[]]"),
    "a million empty texts": lambda asked: Reply(b'"":' * 1_398_000),
    "texts that never end": lambda asked: Reply(b'{"a": "' + b'\\"' * 1_500_000),
    "half a gzip": lambda asked: Reply(gzip.compress(b"{}" * 9000)[:40], headers={"content-encoding": "gzip"}),
    "not gzip at all": lambda asked: Reply(b"{}", headers={"content-encoding": "gzip"}),
    "a page": lambda asked: html(),
    "a list": lambda asked: as_json([]),
    "nothing": lambda asked: Reply(),
    "chunks that are none": lambda asked: Reply(b"zz\r\nno\r\n", headers={"transfer-encoding": "chunked"}),
    "a body that is shorter than it says": lambda asked: replace(_text(asked, said("A")), sent=20),
    "a status beyond all": lambda asked: Reply(b"", 999),
    "an error of 3 MB": lambda asked: Reply(b"x" * 3_000_000, 500),
    "a chunked gzip bomb": lambda asked: _chunked(b"{" + b" " * 20_000_000),
    "a page with status 500": lambda asked: html(500),
    "a page with status 404": lambda asked: html(404),
    "a page with status 400": lambda asked: html(400),
    "no choices": lambda asked: as_json({"choices": [], "content": "A"}),
    "choices of nothing": lambda asked: as_json({"choices": None, "content": None}),
    "an error inside": lambda asked: as_json({"error": {"message": "no", "code": None}}),
    "an error with a status inside": lambda asked: as_json({"error": {"message": "no", "code": 500}}),
    "choices that are none": lambda asked: as_json({"choices": [3], "content": 3}),
}
"""No model answer."""


async def drip(asked: Asked) -> Reply:
    """A reply that never comes."""
    await asyncio.Event().wait()
    raise AssertionError("never")


def slowly(asked: Asked) -> Reply:
    """A verdict that comes byte by byte, and takes minutes."""
    return replace(_text(asked, said("A")), dripping=0.3)


ALL = {**READABLE, **UNREADABLE, **FAILING}
