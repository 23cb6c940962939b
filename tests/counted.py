"""Counts for the statistics, built by hand: what a store would hand over."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from uphold.records.numbers import Cell, JudgeCells, RunCounts, Votes
from uphold.records.words import Choice, Verdict

WORDS = {"W": Choice.CANDIDATE, "T": Choice.TIE, "L": Choice.BASELINE, "B": Choice.BOTH_BAD}
VERDICTS = {
    "W": Verdict.CANDIDATE, "T": Verdict.TIE, "L": Verdict.BASELINE, "I": Verdict.INCONSISTENT,
    "U": Verdict.UNREADABLE, "F": Verdict.FAILED, "P": Verdict.PENDING,
}  # fmt: skip

ORACLES = {entry["id"]: entry for entry in json.loads((Path(__file__).parent / "stats" / "oracles.json").read_text())}
"""Numbers that independent libraries gave: input, expected, tolerance."""

PANDALM = Path(__file__).parents[2] / "shared" / "data" / "pandalm"

Looked = tuple[Votes, Verdict | None, tuple[str, str] | None, int]
"""One pair: votes, verdict, the words of both orders, the example."""


def votes(words: str) -> Votes:
    """One vote a letter, by reviewers 1, 2, 3...; a dot is a reviewer who did not read the pair."""
    return tuple((reviewer, WORDS[word]) for reviewer, word in enumerate(words, 1) if word != ".")


def cells(pairs: Iterable[Looked]) -> tuple[Cell, ...]:
    """Pairs that look alike, counted."""
    return tuple(Cell(*looked, count) for looked, count in Counter(pairs).items())


def counts_of(judges: Mapping[str, Sequence[Looked]] | Sequence[Looked], **others: Any) -> RunCounts:
    """A run as its judges see it; `kind`, `preferences` and every field of `RunCounts` may be given."""
    by_name = judges if isinstance(judges, Mapping) else {"judge": judges}
    kind, preferences = others.pop("kind", "llm"), others.pop("preferences", ())
    pairs = next(iter(by_name.values()))
    given: dict[str, Any] = {
        "set": "a set", "set_hash": "0" * 64, "run": "x-vs-y", "candidate": "x", "baseline": "y", "pairs": len(pairs),
        "votes": cells((said, None, None, cluster) for said, _, _, cluster in pairs),
        "judges": tuple(
            JudgeCells(number, name, f"{number}" * 64, kind, cells(seen), preferences)
            for number, (name, seen) in enumerate(by_name.items(), 1)
        ),
        "reviewers": {1: "ada", 2: "ben", 3: "cyd", 4: "dan"},
    }  # fmt: skip
    return RunCounts(**(given | others))


def compared(human: Sequence[str], judge: Sequence[str], **others: Any) -> RunCounts:
    """A run from one letter a pair: what people say and what the judge says; `.` is a pair that nobody read."""
    pairs = zip(human, judge, strict=True)
    return counts_of([(votes(said), VERDICTS.get(word), None, 0) for said, word in pairs], **others)


def pandalm() -> RunCounts:
    """The PandaLM test set as one run: three annotators, two judges, one order each."""
    items = json.loads((PANDALM / "testset-v1.json").read_text(encoding="utf-8"))
    letter = {1: "W", 2: "L", 0: "T", "1": "W", "2": "L", "Tie": "T", "garbage": "U"}
    said = [votes("".join(letter[item[f"annotator{reader}"]] for reader in (1, 2, 3))) for item in items]
    judges = {}
    for name, field in (("gpt-3.5-turbo", "gpt_result"), ("pandalm-7b", "pandalm_result")):
        answers = json.loads((PANDALM / f"{name}-testset-v1.json").read_text(encoding="utf-8"))
        words = [VERDICTS[letter[answer[field]]] for answer in answers]
        judges[name] = [(read, word, None, 0) for read, word in zip(said, words, strict=True)]
    return counts_of(judges, kind="imported", imported=len(items), outside_queue=len(items))
