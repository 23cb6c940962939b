"""The share of prompt tokens that a server's prefix cache could serve: what each request has in common with those before.

`python tests/benchmarks/prefix_cache.py FILE_OR_FOLDER [RUBRIC]` imports the pairs of a file or folder and writes down the
requests of a judge in the order in which they are asked. A token is a word, a number or a sign, or one space. `last`: the
cache holds the request before, as one slot of llama.cpp does; `any`: it holds all requests before, as a hosted API does.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from uphold.judging.fences import new_fence
from uphold.judging.judges import LlmJudge
from uphold.records.judge_prompt import PromptSettings
from uphold.records.model_calls import PairToJudge
from uphold.store.database import Store, open_store
from uphold.store.pairs import pair_texts
from uphold.workflows.importing import ImportRequest, import_files

_TOKEN = re.compile(r" ?\w{1,6}|\s|[^\w\s]")


@dataclass(frozen=True)
class Share:
    """Tokens of all requests, and how many of them the cache had, as shares."""

    requests: int
    tokens: int
    last: float
    any: float


def requests(store: Store, rubric: str | None = None) -> Iterator[str]:
    """The texts of all requests, system prompt first, in the order in which they are asked."""
    judge, fence = LlmJudge("openai", "m", asked=PromptSettings(rubric=rubric)), new_fence()
    for (pair_id,) in store.rows("SELECT id FROM current_pairs ORDER BY id").fetchall():
        found = pair_texts(store, pair_id)
        pair = PairToJudge(found.text, found.turn, found.candidate_cells, found.baseline_cells)
        for order in judge.orders:
            request = judge.request(judge.prompt(pair, order, fence))
            yield f"{request.system}\n{request.user}"


def measure(texts: Iterator[str]) -> Share:
    """Count tokens, and those that stand at the head of the request before, and of any request before."""
    count = total = from_last = from_any = 0
    last: Sequence[str] = ()
    seen: dict[str, dict] = {}  # type: ignore[type-arg]
    for text in texts:
        tokens = _TOKEN.findall(text)
        count += 1
        total += len(tokens)
        from_last += next((n for n, (a, b) in enumerate(zip(last, tokens, strict=False)) if a != b), len(last))
        node, known = seen, True
        for token in tokens:
            known = known and token in node
            from_any += known
            node = node.setdefault(token, {})
        last = tokens
    return Share(count, total, from_last / total, from_any / total)


def main(source: Path, rubric: str | None) -> None:
    """Import, count, print."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "x.db", create=True) as store:
        for _ in import_files(store, ImportRequest([source], set="s")):
            pass
        share = measure(requests(store, rubric))
    print(f"{share.requests} requests, {share.tokens} tokens; in the cache: {share.last:.1%} last, {share.any:.1%} any")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
