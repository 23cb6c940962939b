"""`uphold set check` of a large set, and of a set against a training file, against an interpreter that does nothing."""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import made
from startup import process
from tables import Line, interleaved, ratio

_VOCABULARY = 8000
_COPIES = 10


def measure(rounds: int, folder: Path, examples: int, lines: int) -> list[Line]:
    """A set of many examples; 200 examples against a file of many lines, in which some of them stand."""
    texts = list(_texts(examples))
    few = texts[: min(200, examples)]
    whole, part = _database(folder, "whole-set", texts), _database(folder, "part-of-set", few)
    training = _training(folder / "training.jsonl", few, lines)
    commands = (
        [*made.UPHOLD, "--db", str(whole), "set", "check", "measured", "--json"],
        [*made.UPHOLD, "--db", str(part), "set", "check", "measured", "--against", str(training), "--json"],
    )
    bare, large, against = interleaved(rounds, process([sys.executable, "-c", "pass"]), *map(process, commands))
    return [
        ratio(f"set check, {examples:,} examples", large, bare, 350, "python -c pass"),
        ratio(f"set check against {lines:,} lines", against, bare, 350, "python -c pass"),
    ]


def _texts(number: int) -> Iterator[str]:
    """Instructions of 5 to 60 words, whose frequencies fall with their rank as in English (Zipf and Mandelbrot)."""
    rng = random.Random(made.SEED)
    vocabulary = made.text(rng, 9 * _VOCABULARY).split()[:_VOCABULARY]
    weights = [1 / (rank + 2.7) for rank in range(1, len(vocabulary) + 1)]
    for _ in range(number):
        yield " ".join(rng.choices(vocabulary, weights, k=rng.randint(5, 60)))


def _database(folder: Path, name: str, texts: list[str]) -> Path:
    rows = folder / f"{name}.jsonl"
    rows.write_text("".join(json.dumps({"instruction": text}) + "\n" for text in dict.fromkeys(texts)))
    made.database(folder / f"{name}.db", rows)
    return folder / f"{name}.db"


def _training(path: Path, leaked: list[str], lines: int) -> Path:
    texts = list(_texts(lines + 1000))[-lines:]
    for place, text in zip(range(0, lines, max(1, lines // _COPIES)), leaked, strict=False):
        texts[place] = text
    with path.open("w") as file:
        for number, text in enumerate(texts):
            talk = [
                {"role": "user", "content": text},
                {"role": "assistant", "content": texts[number - 1] + " " + texts[number - 2]},
            ]
            file.write(json.dumps({"messages": talk}) + "\n")
    return path
