"""Message Batches on the loopback server: handed in, ended when told so, results in an order of their own."""

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
