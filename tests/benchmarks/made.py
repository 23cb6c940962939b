"""Pairs made for measuring: the same ones every time."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

UPHOLD = (sys.executable, "-m", "uphold_tui")
SEED = 20240229
VERDICTS = ("candidate", "candidate", "baseline", "baseline", "tie")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def text(rng: random.Random, characters: int, first: str = "") -> str:
    """Words in lines, of exactly that many characters."""
    words, length = [first] if first else [], len(first)
    while length < characters:
        word = "".join(rng.choices(_LETTERS, k=rng.randint(2, 10)))
        words.append(word)
        length += len(word) + 1
    joined = "".join(word + ("\n" if i % 40 == 39 else " ") for i, word in enumerate(words))
    return joined[:characters]


def rows(pairs: int, characters: int, *, repeated: bool) -> Iterator[dict[str, Any]]:
    """One judge in both orders, a third of the pairs reviewed; the second order `repeated` with all texts or alone."""
    rng = random.Random(SEED)
    for number in range(pairs):
        key = f"item-{number:05d}"
        texts = {
            "instruction": text(rng, 200, f"instruction-{number:05d}"),
            "response_candidate": text(rng, characters, f"candidate-{number:05d}"),
            "response_baseline": text(rng, characters, f"baseline-{number:05d}"),
        }
        said = {"key": key, "candidate": "new", "baseline": "old", "judge": "judge"}
        for order in ("candidate-first", "baseline-first"):
            row = {
                **said,
                "order": order,
                "verdict": rng.choice(VERDICTS),
                "reason": text(rng, 120),
                "confidence": 0.75,
            }
            if order == "candidate-first":
                row |= texts | _review(rng, number)
            elif repeated:
                row |= texts
            yield row


def _review(rng: random.Random, number: int) -> dict[str, Any]:
    return {"reviewer": "somebody", "review": rng.choice(VERDICTS), "note": "because"} if number % 3 == 0 else {}


def write_pairs(path: Path, pairs: int, characters: int, *, repeated: bool = False) -> Path:
    """A file in the `pairs` format."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows(pairs, characters, repeated=repeated):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def panel_rows(pairs: int) -> Iterator[dict[str, Any]]:
    """Five judges of different worth in both orders; three reviewers, each on a third of the pairs and on a shared seventh."""
    rng = random.Random(SEED)
    for number in range(pairs):
        key, truth = f"item-{number:05d}", rng.choice(VERDICTS)
        texts = (("instruction", 120), ("response_candidate", 200), ("response_baseline", 180))
        yield {"key": key} | {name: text(rng, length, f"{name}-{number:05d}") for name, length in texts}
        for judge, worth in enumerate((0.9, 0.85, 0.8, 0.75, 0.65)):
            for order in ("candidate-first", "baseline-first"):
                said = truth if rng.random() < worth else rng.choice(VERDICTS)
                confidence = round(rng.random(), 2)
                yield {"key": key, "judge": f"judge-{judge}", "order": order, "verdict": said, "confidence": confidence}
        for reviewer in range(3):
            if number % 3 == reviewer or number % 7 == 0:
                said = truth if rng.random() < 0.9 else rng.choice(VERDICTS)
                yield {"key": key, "reviewer": f"reviewer-{reviewer}", "review": said}


def write_panel(path: Path, pairs: int) -> Path:
    """A file in the `pairs` format: a few thousand characters a pair, and much that was said of each."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in panel_rows(pairs))
    return path


def database(path: Path, file: Path) -> Path:
    """A database that holds the pairs of a file, made by the program itself."""
    command = [*UPHOLD, "--db", str(path), "import", str(file), "--as", "pairs", "--set", "measured"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path
