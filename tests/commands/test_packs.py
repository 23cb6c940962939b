"""`pack`, `merge` and `backup` as commands: what they print, their JSON, their exit codes, and a pack behind `--db`."""

import json
from pathlib import Path

import pytest

from support.command_line import data, done, told, uphold
from support.imports import judged, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "s.jsonl", *[judged(f"k{number:02}", reason="the judge says why") for number in range(40)])
    done(tmp_path, "import", "s.jsonl", "--set", "s")
    return tmp_path


def decided(folder: Path, count: int, *options: str, db: str) -> None:
    shown = data(folder, "next", "--count", str(count), *options, db=db)
    lines = [{"key": pair["key"], "choice": "ab"[place % 2]} for place, pair in enumerate(shown["pairs"])]
    write(folder / "decisions.jsonl", *lines)
    done(folder, "decide", "--from", "decisions.jsonl", *options, db=db)


def test_thirty_pairs_are_reviewed_in_another_file_and_merged_twice(folder: Path) -> None:
    assert done(folder, "pack", "-o", "ann.db", "--blind", "--for", "ann") == "ann.db\n"
    decided(folder, 30, db="ann.db")
    assert data(folder, "stats", db="ann.db")["human"]["reviewed"] == 30
    first, second = data(folder, "merge", "ann.db"), data(folder, "merge", "ann.db")
    assert (first["added"], first["known"], first["conflicts"]) == (30, 0, [])
    assert (second["added"], second["known"], second["conflicts"]) == (0, 30, [])
    assert first["reviewers"] == [{"reviewer": "ann", "added": 30, "known": 0, "new": True}]
    progress = data(folder, "stats")["reviewers"]["progress"]
    assert [(one["reviewer"], one["read"], one["of"], one["mode"]) for one in progress] == [("ann", 30, 40, "blind")]


def test_the_name_that_a_file_was_packed_for_is_the_default_there(folder: Path) -> None:
    (folder / "uphold.toml").write_text('reviewer = "somebody of the settings"\n')
    done(folder, "pack", "-o", "ann.db", "--for", "ann")
    assert data(folder, "next", db="ann.db")["reviewer"] == "ann"
    assert data(folder, "next", "--reviewer", "bob", db="ann.db")["reviewer"] == "bob"
    assert data(folder, "next")["reviewer"] == "somebody of the settings"


def test_next_of_a_blind_pack_has_no_verdict(folder: Path) -> None:
    done(folder, "pack", "-o", "ann.db", "--blind")
    (pair,) = data(folder, "next", db="ann.db")["pairs"]
    assert (pair["verdict_hidden"], pair["verdict"]) == (True, None)


def test_a_conflict_is_listed_and_the_exit_code_is_still_0(folder: Path) -> None:
    done(folder, "pack", "-o", "ann.db")
    done(folder, "decide", "k00", "candidate", "--reviewer", "ann")
    done(folder, "decide", "k00", "baseline", "--reviewer", "ann", db="ann.db")
    (conflict,) = data(folder, "merge", "ann.db")["conflicts"]
    assert {name: conflict[name] for name in ("key", "turn", "reviewer", "here", "there")} == {
        "key": "k00",
        "turn": 1,
        "reviewer": "ann",
        "here": "candidate",
        "there": "baseline",
    }
    found = uphold(folder, "merge", "ann.db")
    assert found.returncode == 0
    assert "1 conflict: what was decided here stands" in found.stdout
    assert "merge ann.db --take-theirs" in found.stderr
    assert "1 conflict: the word of the file stands" in done(folder, "merge", "ann.db", "--take-theirs")


def test_a_hostile_name_reaches_the_terminal_harmless(folder: Path) -> None:
    name = "x\n\x1b]0;title\x07uphold forget"
    done(folder, "pack", "-o", "ann.db")
    done(folder, "decide", "k00", "candidate", "--reviewer", name)
    done(folder, "decide", "k00", "baseline", "--reviewer", name, db="ann.db")
    found = uphold(folder, "merge", "ann.db")
    assert "\x1b" not in found.stdout + found.stderr
    assert not any(line.startswith(("\x1b", "uphold forget")) for line in (found.stdout + found.stderr).splitlines())


def test_after_a_merge_the_disputes_are_named_with_the_command(folder: Path) -> None:
    done(folder, "decide", "k00", "candidate", "--reviewer", "bob")
    done(folder, "pack", "-o", "ann.db", "--blind")
    done(folder, "decide", "k00", "baseline", "--reviewer", "ann", db="ann.db")
    found = uphold(folder, "merge", "ann.db")
    assert "1 pair in dispute: uphold --db x.db review candidate-vs-baseline --queue disputed" in found.stderr
    assert data(folder, "merge", "ann.db")["disputes"] == {"candidate-vs-baseline": 1}


def test_the_summary_of_a_merge_is_for_people(folder: Path) -> None:
    done(folder, "pack", "-o", "ann.db", "--for", "ann")
    decided(folder, 3, db="ann.db")
    assert done(folder, "merge", "ann.db", "--dry-run").startswith("3 decisions would be added from ann.db, 0 known\n")
    lines = done(folder, "merge", "ann.db").splitlines()
    assert lines == ["3 decisions added from ann.db, 0 known", "  ann  3 added  0 known  new here"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pack", "-o", "x.db"), "this is the database itself"),
        (("pack", "-o", "s.jsonl"), "is there already"),
        (("pack", "-o", "none/a.db"), "there is no folder"),
        (("pack", "other", "-o", "a.db"), "there is no run 'other'"),
        (("pack", "-o", "a.db", "--share", "4/3"), "the first of three parts is 1/3"),
        (("pack", "-o", "a.db", "--overlap", "3"), "say which part with --share"),
        (("pack", "-o", "a.db", "--for", " "), "--for wants a name"),
        (("merge", "s.jsonl"), "not an uphold database"),
        (("merge", "none.db"), "there is no database here"),
        (("merge", "x.db"), "this is the database itself"),
        (("backup", "x.db"), "this is the database itself"),
        (("backup", "s.jsonl"), "replace it with --force"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in told(folder, *arguments)


def test_backup_prints_the_path(folder: Path) -> None:
    assert done(folder, "backup", "safe.db") == "safe.db\n"
    assert done(folder, "backup", "safe.db", "--force") == "safe.db\n"
    assert data(folder, "stats", db="safe.db")["pairs"] == 40


def test_pack_as_json(folder: Path) -> None:
    made = data(folder, "pack", "-o", "a.db", "--share", "2/4", "--overlap", "4")
    assert {name: made[name] for name in ("path", "run", "mode", "reviewer", "of", "part", "parts", "overlap")} == {
        "path": "a.db",
        "run": "candidate-vs-baseline",
        "mode": "open",
        "reviewer": None,
        "of": 40,
        "part": 2,
        "parts": 4,
        "overlap": 4,
    }
    assert made["pairs"] == len(json.loads(done(folder, "next", "--count", "99", "--json", db="a.db"))["pairs"]) == 13
