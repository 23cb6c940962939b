"""`uphold set`, `systems` and `reviewers`: their JSON, what they refuse, and what stays unwritten."""

import json
import re
from pathlib import Path
from typing import Any

from support import command_line
from support.command_line import UPHOLD, done, told
from support.documents import Page
from support.imports import judged, reviewed, write
from support.terminal import Terminal

DOCUMENTED = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`\n]+)`", Page("docs/sets.md").text))))

HOSTILE = "\x1b]0;t\x07\x1b[31m\u202eevil"


def data(folder: Path, *arguments: str, **options: Any) -> Any:
    """What a command prints with `--json`; every key of `uphold set` is on the page of sets."""
    found = command_line.data(folder, *arguments, **options)
    rows = found if isinstance(found, list) else [found]
    assert arguments[0] != "set" or {key for row in rows for key in row} <= DOCUMENTED
    return found


def test_a_set_is_curated_from_the_command_line(tmp_path: Path) -> None:
    assert data(tmp_path, "set", "new", "desk", "--purpose", "replies")["purpose"] == "replies"
    done(tmp_path, "set", "add", "desk", "--key", "d-1", "--instruction", "ask", "--reference", "r", "--tag", "x")
    done(tmp_path, "set", "add", "desk", "--key", "d-2", "--instruction", "ask", "--context", "c", "--draft")
    write(tmp_path / "f.jsonl", {"key": "d-3", "turns": ["one", "two"], "reference": ["r", None], "tags": ["y"]})
    assert data(tmp_path, "set", "add", "desk", "--from", "f.jsonl")["added"] == ["d-3"]
    done(tmp_path, "set", "tag", "desk", "d-1", "d-2", "--add", "z", "--remove", "x")
    done(tmp_path, "set", "retire", "desk", "d-2", "--reason", "dull")
    rows = data(tmp_path, "set", "list", "desk")
    names = ("key", "status", "tags", "turns", "instruction", "reference", "health")
    assert [[row[name] for name in names] for row in rows] == [
        ["d-1", "active", ["z"], 1, "ask", "r", []],
        ["d-2", "retired", ["z"], 1, "ask", None, []],
        ["d-3", "active", ["y"], 2, "one", ["r", None], ["no-reference"]],
    ]
    assert [row["key"] for row in data(tmp_path, "set", "list", "desk", "--status", "active", "--tag", "y")] == ["d-3"]
    assert [(one["set"], one["active"], one["retired"]) for one in data(tmp_path, "set", "list")] == [("desk", 2, 1)]
    done(tmp_path, "set", "guidelines", "desk", "--text", "be kind")
    assert data(tmp_path, "set", "guidelines", "desk")["guidelines"] == "be kind"
    assert data(tmp_path, "set", "floor", "desk", ".75")["floor"] == 0.75
    assert data(tmp_path, "set", "undo", "desk")["undone"]["what"] == "floor changed"
    shown = data(tmp_path, "set", "show", "desk")
    assert (shown["purpose"], shown["floor"], shown["tags"], shown["version"]) == (
        "replies",
        None,
        {"y": 1, "z": 1},
        None,
    )
    assert data(tmp_path, "set", "show", "desk", "d-2")["history"][-1]["what"] == "retired: dull"


def test_guidelines_in_another_encoding_are_read_as_the_refusal_advises(tmp_path: Path) -> None:
    done(tmp_path, "set", "new", "desk")
    (tmp_path / "guidelines.md").write_bytes("Höflich bleiben.\n".encode("windows-1252"))
    refused = told(tmp_path, "set", "guidelines", "desk", "--file", "guidelines.md")
    assert "--encoding windows-1252" in refused
    done(tmp_path, "set", "guidelines", "desk", "--file", "guidelines.md", "--encoding", "windows-1252")
    assert data(tmp_path, "set", "guidelines", "desk")["guidelines"] == "Höflich bleiben."
    assert "of --file" in told(tmp_path, "set", "guidelines", "desk", "--text", "x", "--encoding", "utf-16")


def test_edits_versions_and_files_say_what_the_contract_says(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", judged("a", reference="r"), reviewed("a", reference="r"), judged("b"))
    done(tmp_path, "import", path.name, "--set", "s")
    done(tmp_path, "set", "export", "s", "-o", "s.jsonl")
    first, *rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text().splitlines()]
    assert first["set"].keys() >= {"name", "purpose", "guidelines", "seed"}
    assert rows[0] == {"key": "a", "instruction": "Say a.", "reference": "r", "tags": [], "status": "active"}
    edited = data(tmp_path, "set", "edit", "s", "a", "--instruction", "Say more.")
    assert edited["stale"] == {"runs": 1, "pairs": 1, "verdicts": 1, "decisions": 1, "older_reference": 0}
    done(tmp_path, "set", "retire", "s", "b")
    done(tmp_path, "set", "export", "s", "-o", "s.jsonl")
    versions = data(tmp_path, "set", "versions", "s")
    assert [(one["number"], one["added"], one["retired"], one["edited"]) for one in versions] == [
        (1, 2, 0, 0),
        (2, 0, 1, 1),
    ]
    assert all(one["at"].endswith("Z") and len(one["hash"]) == 64 for one in versions)
    found = data(tmp_path, "set", "diff", "s", "1", "2")
    assert ([one["key"] for one in found["edited"]], found["effects"]["stale"]["pairs"]) == (["a"], 1)
    assert data(tmp_path, "set", "bring-back", "s", "1")["version"] == {"number": 3, "hash": versions[0]["hash"]}
    assert "1 pair in" not in done(tmp_path, "set", "list", "s")
    # Elsewhere: shown first, written with --yes, and the same again cuts nothing.
    assert "+ 2 added: a, b" in done(tmp_path, "set", "import", "s.jsonl", db="y.db")
    assert not (tmp_path / "y.db").exists()
    assert data(tmp_path, "set", "import", "s.jsonl", "--yes", db="y.db")["hash"] == versions[1]["hash"]
    assert "no difference" in done(tmp_path, "set", "import", "s.jsonl", "--yes", db="y.db")
    assert len(data(tmp_path, "set", "versions", "s", db="y.db")) == 1
    assert "uphold set import" in told(tmp_path, "import", "s.jsonl")


def test_names_change_and_runs_called_after_them_follow(tmp_path: Path) -> None:
    done(tmp_path, "import", write(tmp_path / "f.jsonl", reviewed("a")).name, "--set", "s")
    done(tmp_path, "systems", "rename", "candidate", "lora")
    done(tmp_path, "reviewers", "rename", "ada", "ben")
    done(tmp_path, "set", "rename", "s", "desk")
    (run,) = data(tmp_path, "runs")
    assert (run["run"], run["set"], run["candidate"]) == ("lora-vs-baseline", "desk", "lora")
    assert data(tmp_path, "stats")["reviewers"]["names"] == ["ben"]
    assert "name of the reference answers" in told(tmp_path, "systems", "rename", "lora", "reference")
    assert "already" in told(tmp_path, "systems", "rename", "lora", "baseline")
    done(tmp_path, "set", "undo", "desk")
    assert [one["set"] for one in data(tmp_path, "set", "list")] == ["s"]


def test_what_cannot_be_is_a_sentence_with_what_to_do(tmp_path: Path) -> None:
    done(tmp_path, "set", "new", "s")
    done(tmp_path, "set", "add", "s", "--key", "a", "--instruction", HOSTILE, "--tag", HOSTILE)
    assert "there is a set 's' already" in told(tmp_path, "set", "new", "s")
    assert "sets in this file: 's'" in told(tmp_path, "set", "list", "t")
    assert "did you mean 'a'" in told(tmp_path, "set", "retire", "s", "a1")
    assert "an editor needs a terminal" in told(tmp_path, "set", "edit", "s", "a")
    assert "cannot be undone; --yes" in told(tmp_path, "set", "forget", "s", "a")
    assert "75 is" not in told(tmp_path, "set", "floor", "s", "7500")
    assert "0.75 is 75 %" in told(tmp_path, "set", "floor", "s", "75")
    assert "this is the database itself" in told(tmp_path, "set", "export", "s", "-o", "x.db")
    for command in (["list", "s"], ["show", "s", "a"], ["show", "s"]):
        assert "\x1b" not in done(tmp_path, "set", *command)
        assert "\u202e" not in done(tmp_path, "set", *command)
    assert data(tmp_path, "set", "forget", "s", "a", "--yes")["purged"] is True
    assert data(tmp_path, "set", "list", "s")[0]["instruction"] == ""


def test_an_example_is_edited_in_the_editor_after_saying_what_turns_stale(tmp_path: Path) -> None:
    done(tmp_path, "import", write(tmp_path / "f.jsonl", reviewed("a", tags=["x"])).name, "--set", "s")
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\nsed -i 's/^Say a.$/Say more./; s/^x$/y/' \"$1\"\n")
    script.chmod(0o755)
    arguments = [*UPHOLD, "--db", "x.db", "set", "edit", "s", "a"]
    with Terminal(arguments, cwd=tmp_path, env={"EDITOR": str(script)}) as terminal:
        terminal.wait("1 pair and 1 decision in 1 run turn stale", "save the change?")
        terminal.send("y\r")
        terminal.rest()
        assert terminal.code == 0
    (row,) = data(tmp_path, "set", "list", "s")
    assert (row["instruction"], row["tags"], row["stale"]) == ("Say more.", ["y"], 1)
