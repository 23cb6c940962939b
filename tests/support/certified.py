"""A judge on the loopback address that agrees with people as often as it is told to, and a decided run to test it on."""

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support.imports import bring, compared
from support.model_server import Asked, Reply, Server, chat, said, serving
from support.stores import new_store
from uphold.records.halves import Half
from uphold.store.database import Store
from uphold.workflows.curating import make_set
from uphold.workflows.halves import set_halves

SEED = "5e" * 16

_MARK = re.compile(r"candidate of (k-\d+)")


Tags = Callable[[int], list[str]]
"""The tags of an example, by its number."""


def _same_tag(number: int) -> list[str]:
    return ["all"]


def rows(count: int, tags: Tags = _same_tag, start: int = 0) -> list[dict[str, object]]:
    """Pairs whose candidate people prefer, decided by ada."""
    return [
        compared(
            f"k-{number:04d}",
            instruction=f"{hashlib.sha256(str(number).encode()).hexdigest()} asks {number}?",
            response_candidate=f"candidate of k-{number:04d}",
            response_baseline=f"baseline of k-{number:04d}",
            candidate="sft",
            baseline="base",
            tags=tags(number),
            reviewer="ada",
            review="candidate",
        )
        for number in range(start, start + count)
    ]


def decided_run(folder: Path, count: int = 130, seed: str = SEED, tags: Tags = _same_tag) -> Store:
    """Return a store with the run sft-vs-base over the set `s`, all of whose pairs ada has decided."""
    store = new_store(folder / "x.db")
    make_set(store, "s", "ada", seed=seed)
    bring(store, *rows(count, tags))
    return store


@dataclass
class StubJudge:
    """Answers with the candidate, but on the keys in `wrong` with the baseline; on those in `turned` the other way round.

    `model` is what the server calls itself, `asked` has the key of each request.
    """

    wrong: set[str] = field(default_factory=set)
    turned: set[str] = field(default_factory=set)
    model: str = "m-1"
    asked: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        """Answer a request, whichever order it is in."""
        found = _MARK.search(asked.user)
        assert found is not None
        key = found[1]
        self.asked.append(key)
        prefers_candidate = (key in self.wrong) == (key in self.turned)
        candidate_is_first = asked.user.index(f"candidate of {key}") < asked.user.index(f"baseline of {key}")
        reply = chat(said("A" if prefers_candidate == candidate_is_first else "B"))
        return Reply(
            reply.body.replace(b'"model": "loopback-1"', f'"model": "{self.model}"'.encode()), headers=reply.headers
        )

    def errs(self, share: float, keys: list[str], seed: int = 1) -> None:
        """Be wrong on this share of the keys."""
        self.wrong = set(random.Random(seed).sample(keys, round(share * len(keys))))


@contextmanager
def judge_file(
    folder: Path, judge: StubJudge, name: str = "stub", orders: str = "one"
) -> Iterator[tuple[Path, Server]]:
    """Serve a judge, and give the TOML file that names it; it is asked in one order unless `orders` is `both`."""
    with serving(judge) as server:
        path = folder / f"{name}.toml"
        fields = {"name": name, "model": f"openai:{name}", "base_url": server.url, "orders": orders}
        lines = [f'{field} = "{value}"' for field, value in fields.items()]
        lines += ["prices = { input = 1.0, output = 2.0 }", "options = { max_tokens = 200 }"]
        path.write_text("\n".join(lines), "utf-8")
        yield path, server


def key_of(number: int) -> str:
    """The key of an example."""
    return f"k-{number:04d}"


def locked_keys(store: Store) -> list[str]:
    """The keys of the locked examples of the first set, by example."""
    halves, keys = set_halves(store, 1), dict(store.rows("SELECT id, key FROM examples").fetchall())
    return [keys[number] for number, half in sorted(halves.items()) if half is Half.LOCKED]
