"""Files to import beside an empty database, for pictures of the screens of an import."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from uphold.store.database import open_store

_ASKED = (
    "My parcel has not come since Monday. What do you advise?",
    "May I return boots that I have worn outside once?",
    "The invoice names the wrong company. Can you mend it?",
    "Which of your tents stands a gale?",
)

_BASE = ("Please wait.", "Yes.", "We are sorry for the inconvenience.", "All of them.")

_TUNED = (
    "Order FM-20417 left our warehouse on Monday; if it is not there by Thursday, we send another.",
    "No: the policy takes back unworn goods only. If there is a fault, write to us about that.",
    "Yes, send us the right name and we write a new one.",
    "The Thrumble; it was tested at 90 km/h.",
)


def files_to_import(path: Path) -> None:
    """An empty database, and beside it a folder of files as people have them."""
    with open_store(path, create=True):
        pass
    folder = path.parent / "files"
    (folder / "logs").mkdir(parents=True)
    rows = [
        {"id": f"mail-{at:03}", "Question": asked, "base-7b": base, "lora-r16": tuned, "Score": at + 3}
        for at, (asked, base, tuned) in enumerate(zip(_ASKED, _BASE, _TUNED, strict=True), 1)
    ]
    _write_csv(folder / "answers.csv", rows)
    _write_lines(folder / "answers-broken.jsonl", [*_pairs(), {"key": "mail-005", "instruction": 17}])
    _write_lines(folder / "pairs.jsonl", _pairs())
    verdicts = ("oben", "unten", "oben", "gleich")
    judged = [row | {"verdict": word} for row, word in zip(_pairs(), verdicts, strict=True)]
    _write_lines(folder / "rated-in-german.jsonl", judged)
    german: list[dict[str, object]] = [
        {"id": "1", "question": "Öffnen Sie früh?", "base-7b": "Nein.", "lora-r16": "Ja, früh um sieben."}
    ]
    _write_csv(folder / "windows.csv", german, encoding="windows-1252")
    scores = [
        {"system": system, "name": name, "value": value, "error": 0.01, "n": 900}
        for system, values in (("base-7b", (0.61, 0.44)), ("lora-r16", (0.6, 0.47)))
        for name, value in zip(("mmlu:acc", "gsm8k:exact"), values, strict=True)
    ]
    _write_lines(folder / "scores.jsonl", scores)
    (folder / "notes.txt").write_text("what the files are\n", encoding="utf-8")


def _pairs() -> list[dict[str, object]]:
    return [
        {
            "key": f"mail-{at:03}",
            "instruction": asked,
            "candidate": "lora-r16",
            "baseline": "base-7b",
            "response_candidate": tuned,
            "response_baseline": base,
        }
        for at, (asked, base, tuned) in enumerate(zip(_ASKED, _BASE, _TUNED, strict=True), 1)
    ]


def _write_lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _write_csv(path: Path, rows: Sequence[Mapping[str, object]], encoding: str = "utf-8") -> None:
    lines = [";".join(rows[0]), *(";".join(f'"{value}"' for value in row.values()) for row in rows)]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
