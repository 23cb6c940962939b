"""Batches on the loopback server, Anthropic's and OpenAI's: handed in, ended when told so, results in any order."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from support.model_server import Asked, Reply, as_json, error

Row = dict[str, Any]


def succeeded(answering: Callable[[Asked], Reply], params: Row) -> Row:
    """The result of a request that was answered."""
    body = answering(Asked(0, "POST", "/v1/messages", {}, params)).body
    return {"type": "succeeded", "message": json.loads(body)}


ERRORED: Row = {
    "type": "errored",
    "error": {"type": "error", "error": {"type": "api_error", "message": "it broke"}},
}


@dataclass
class BatchDesk:
    """A provider of batches; `result` makes a request's result from its number and params."""

    result: Callable[[int, Row], Row]
    ended: bool = True
    seed: int = 3
    batches: dict[str, list[Row]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def __call__(self, asked: Asked) -> Reply:
        """Answer whatever is asked of the batches; anything else is not there."""
        path, _, _ = asked.path.partition("?")
        parts = path.removeprefix("/v1/messages").strip("/").split("/")
        if parts[0] != "batches":
            return error(404)
        self.address = f"http://{asked.headers['host']}"
        if asked.method == "POST" and len(parts) == 1:
            return self._take(asked.body["requests"])
        if len(parts) == 1:
            data = [self._state(name) for name in reversed(self.batches)]
            return as_json({"data": data, "has_more": False, "first_id": None, "last_id": None})
        if parts[1] not in self.batches:
            return error(404)
        return self._results(parts[1]) if parts[-1] == "results" else as_json(self._state(parts[1]))

    def _take(self, requests: list[Row]) -> Reply:
        name = f"msgbatch_{len(self.batches):04}"
        self.batches[name] = requests
        self.made[name] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        return as_json(self._state(name))

    def _state(self, name: str) -> Row:
        count = len(self.batches[name])
        none = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended" if self.ended else "in_progress",
            "request_counts": {**none, "succeeded" if self.ended else "processing": count},
            "created_at": self.made[name],
            "expires_at": self.made[name],
            "ended_at": None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.address}/v1/messages/batches/{name}/results" if self.ended else None,
        }

    def _results(self, name: str) -> Reply:
        rows = [
            {"custom_id": one["custom_id"], "result": self.result(number, one["params"])}
            for number, one in enumerate(self.batches[name])
        ]
        random.Random(self.seed).shuffle(rows)
        body = "".join(json.dumps(row) + "\n" for row in rows).encode()
        return Reply(body, content_type="application/x-jsonl")


@dataclass
class FileBatchDesk:
    """A provider of OpenAI's batches; `result` makes a request's row (without its id) from its number and body.

    `status` is what every batch has come to; rows with an `error` are in the file of errors, those that are None in none.
    """

    result: Callable[[int, Row], Row | None]
    status: str = "completed"
    seed: int = 3
    keeps_metadata: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, Row] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply:
        """Answer whatever is asked of the files and the batches; anything else is not there."""
        path, _, _ = asked.path.partition("?")
        parts = path.removeprefix("/v1").strip("/").split("/")
        if parts[0] == "files":
            return self._take_file(asked.raw) if asked.method == "POST" else self._content(parts[1])
        if parts[0] != "batches":
            return error(404)
        if asked.method == "POST":
            return self._take(asked.body)
        if len(parts) == 1:
            data = [self._state(name) for name in reversed(self.batches)]
            return as_json({"object": "list", "data": data, "has_more": False})
        return as_json(self._state(parts[1])) if parts[1] in self.batches else error(404)

    def requests(self, name: str) -> list[Row]:
        """The lines of a batch's file."""
        return [json.loads(line) for line in self.files[self.batches[name]["input_file_id"]].splitlines()]

    def _take_file(self, form: bytes) -> Reply:
        boundary = form.partition(b"\r\n")[0]
        for part in form.split(boundary):
            head, _, body = part.partition(b"\r\n\r\n")
            if b"filename=" in head:
                name = f"file-{len(self.files):04}"
                self.files[name] = body.removesuffix(b"\r\n")
                about = {
                    "bytes": len(body),
                    "created_at": 1,
                    "filename": name,
                    "purpose": "batch",
                    "status": "processed",
                }
                return as_json({"id": name, "object": "file", **about})
        return error(400)

    def _take(self, wanted: Row) -> Reply:
        name = f"batch_{len(self.batches):04}"
        self.batches[name] = {**wanted, "created_at": int(datetime.now(UTC).timestamp())}
        return as_json(self._state(name))

    def _state(self, name: str) -> Row:
        batch, over = self.batches[name], self.status in ("completed", "expired", "cancelled")
        return {
            "id": name,
            "object": "batch",
            "endpoint": batch["endpoint"],
            "completion_window": batch["completion_window"],
            "created_at": batch["created_at"],
            "input_file_id": batch["input_file_id"],
            "status": self.status,
            "metadata": batch["metadata"] if self.keeps_metadata else None,
            "request_counts": {"total": len(self.requests(name)), "completed": 0, "failed": 0},
            "output_file_id": f"{name}-output" if over else None,
            "error_file_id": f"{name}-errors" if over else None,
            "errors": {"data": [{"code": "invalid", "message": "line 1 is no request"}]}
            if self.status == "failed"
            else None,
        }

    def _content(self, file: str) -> Reply:
        name, _, kind = file.rpartition("-")
        rows = []
        for number, one in enumerate(self.requests(name)):
            row = self.result(number, one["body"])
            if row is not None and (row.get("error") is not None) == (kind == "errors"):
                rows.append({"id": f"row-{number}", "custom_id": one["custom_id"], **row})
        random.Random(self.seed).shuffle(rows)
        return Reply("".join(json.dumps(row) + "\n" for row in rows).encode(), content_type="application/octet-stream")


def completed(answering: Callable[[Asked], Reply], body: Row) -> Row:
    """The row of a request that was answered."""
    answer = json.loads(answering(Asked(0, "POST", "/v1/chat/completions", {}, body)).body)
    return {"response": {"status_code": 200, "request_id": "r", "body": answer}, "error": None}


def failed_row(code: str, said: str = "it broke") -> Row:
    """The row of a request that was not answered."""
    return {"response": None, "error": {"code": code, "message": said}}
