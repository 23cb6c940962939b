"""Counts for the statistics, built by hand: what a store would hand over."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from uphold.records.counts import JudgeGroups, PairGroup, RunCounts, Votes
from uphold.records.enums import Choice, Verdict
from uphold.records.headline_judge import HeadlineJudge, JudgeReason
from uphold.records.judgments import JudgeRef

WORDS = {"W": Choice.CANDIDATE, "T": Choice.TIE, "L": Choice.BASELINE, "B": Choice.BOTH_BAD}

VERDICTS = {
    "W": Verdict.CANDIDATE,
    "T": Verdict.TIE,
    "L": Verdict.BASELINE,
    "I": Verdict.INCONSISTENT,
    "U": Verdict.UNREADABLE,
    "F": Verdict.FAILED,
    "P": Verdict.PENDING,
}

ORACLES = {
    entry["id"]: entry for entry in json.loads((Path(__file__).parents[1] / "stats" / "oracles.json").read_text())
}
"""Numbers that independent libraries gave: input, expected, tolerance."""

PANDALM = Path(__file__).parents[3] / "shared" / "data" / "pandalm"

Looked = tuple[Any, ...]
"""One pair: votes, verdict, the words of both orders, the example; then, as in a cell, stratum, longer, blind, opened."""


def votes(words: str) -> Votes:
    """One vote a letter, by reviewers 1, 2, 3...; a dot is a reviewer who did not read the pair."""
    return tuple((reviewer, WORDS[word]) for reviewer, word in enumerate(words, 1) if word != ".")


def cells(pairs: Iterable[Looked]) -> tuple[PairGroup, ...]:
    """Pairs that look alike, counted."""
    return tuple(
        PairGroup(votes, verdict, orders, cluster, count, *others)
        for (votes, verdict, orders, cluster, *others), count in Counter(pairs).items()
    )


def counts_of(judges: Mapping[str, Sequence[Looked]] | Sequence[Looked], **others: Any) -> RunCounts:
    """A run as its judges see it, the first its headline's; `kind`, `preferences`, every field of `RunCounts` may be given."""
    by_name = judges if isinstance(judges, Mapping) else {"judge": judges}
    kind, preferences = others.pop("kind", "llm"), others.pop("preferences", ())
    pairs = next(iter(by_name.values()))
    given: dict[str, Any] = {
        "set": "a set",
        "set_hash": "0" * 64,
        "run": "x-vs-y",
        "candidate": "x",
        "baseline": "y",
        "pairs": len(pairs),
        "votes": cells((said, None, None, cluster, *rest[:1]) for said, _, _, cluster, *rest in pairs),
        "judges": tuple(
            JudgeGroups(number, name, f"{number}" * 64, kind, cells(seen), preferences)
            for number, (name, seen) in enumerate(by_name.items(), 1)
        ),
        "judge": HeadlineJudge(JudgeReason.COMPLETE, JudgeRef(1, next(iter(by_name)), kind, "1" * 64)),
        "reviewers": {1: "ada", 2: "ben", 3: "cyd", 4: "dan"},
    }
    return RunCounts(**(given | others))


def compared(human: Sequence[str], judge: Sequence[str], **others: Any) -> RunCounts:
    """A run from one letter a pair: what people say and what the judge says; `.` is a pair that nobody read."""
    pairs = zip(human, judge, strict=True)
    return counts_of([(votes(said), VERDICTS.get(word), None, 0) for said, word in pairs], **others)


def table(*rows: tuple[str, int, str], stratum: int = 0) -> list[Looked]:
    """Pairs from (what the judge says, how many, what people say of the first of them), one letter each."""
    return [
        (votes(said[at : at + 1] or "."), VERDICTS.get(word), None, 0, stratum)
        for word, count, said in rows
        for at in range(count)
    ]


def pandalm() -> RunCounts:
    """The PandaLM test set as one run: three annotators, two judges, one order each."""
    judges: dict[str, list[Looked]] = {}
    for by_judge in pandalm_runs().values():
        for name, pairs in by_judge.items():
            judges.setdefault(name, []).extend(pairs)
    n = len(next(iter(judges.values())))
    return counts_of(judges, kind="imported", imported=n, outside_queue=n)


def pandalm_runs() -> dict[str, dict[str, list[Looked]]]:
    """The PandaLM test set by its ten pairs of models, and in each what people and either judge say of every item."""
    items = json.loads((PANDALM / "testset-v1.json").read_text(encoding="utf-8"))
    letter = {1: "W", 2: "L", 0: "T", "1": "W", "2": "L", "Tie": "T", "garbage": "U"}
    said = [votes("".join(letter[item[f"annotator{reader}"]] for reader in (1, 2, 3))) for item in items]
    runs: dict[str, dict[str, list[Looked]]] = {}
    for name, field in (("gpt-3.5-turbo", "gpt_result"), ("pandalm-7b", "pandalm_result")):
        answers = json.loads((PANDALM / f"{name}-testset-v1.json").read_text(encoding="utf-8"))
        for item, read, answer in zip(items, said, answers, strict=True):
            pairs = runs.setdefault(item["cmp_key"], {}).setdefault(name, [])
            pairs.append((read, VERDICTS[letter[answer[field]]], None, 0))
    return runs
