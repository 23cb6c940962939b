"""`uphold report` and `uphold replay`: what is written and printed, and that every change behind a report is found."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.command_line import data, done, told, uphold
from support.imports import bring_files, dump, judged, reviewed, write
from support.report_pages import read_page
from support.stores import new_store
from uphold.store.database import open_store

KEYS = tuple(f"desk-{number:04d}" for number in range(1, 15))


def rows(keys: tuple[str, ...] = KEYS) -> list[dict[str, Any]]:
    """Pairs judged in both orders, read by benedict in the file: he overturns the last three."""
    found = []
    for place, key in enumerate(keys):
        more = {"tags": ["billing"], "context": "be kind", "candidate": "lora", "baseline": "base"}
        found += [
            judged(key, reason=f"A is right on {key}.", confidence=0.75, **more),
            {"key": key, "judge": "j", "verdict": "candidate", "order": "baseline-first", **_names()},
            reviewed(key, "baseline" if place >= len(keys) - 3 else "candidate", reviewer="benedict", **more),
        ]
    return found


def _names() -> dict[str, str]:
    return {"candidate": "lora", "baseline": "base"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("report")
    with new_store(folder / "x.db") as store:
        bring_files(store, write(folder / "desk.jsonl", *rows()), set="desk")
    for key in KEYS[:3]:
        done(folder, "decide", "lora-vs-base", key, "candidate", "--reviewer", "ana", "--note", "kind")
    done(folder, "next", "--reviewer", "ana")  # draws the queue
    done(folder, "report", "-o", "report.html")
    with closing(sqlite3.connect(folder / "x.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("UPDATE reports SET path = ?", ("report.html",))
        db.commit()
    return (folder / "x.db").read_bytes() + b"|||" + (folder / "report.html").read_bytes()


@pytest.fixture
def folder(made: bytes, tmp_path: Path) -> Path:
    """A folder with the database and the report that was written of its run."""
    database, _, page = made.partition(b"|||")
    (tmp_path / "x.db").write_bytes(database)
    (tmp_path / "report.html").write_bytes(page)
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        db.execute("UPDATE reports SET path = ?", (str(tmp_path / "report.html"),))
        db.commit()
    return tmp_path


def change(folder: Path, sql: str, *values: Any) -> None:
    """Change the database by hand; a statement that changes nothing is a mistake of the test."""
    with closing(sqlite3.connect(folder / "x.db")) as db:
        assert db.execute(sql, values).rowcount == 1
        db.commit()


def replayed(folder: Path) -> dict[str, Any]:
    """What `replay --json` prints; its exit code says whether the report holds."""
    found = uphold(folder, "replay", "lora-vs-base", "--json")
    result = json.loads(found.stdout)
    assert found.returncode == (0 if result["holds"] else 1), found.stderr
    assert result["holds"] == (not result["changed"])
    return dict(result)


def named(found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What changed, as it was and as it is."""
    return {one["what"]: (one["was"], one["is"]) for one in found["changed"]}


# the report


def test_the_path_is_printed_and_a_file_that_is_there_stays(folder: Path) -> None:
    assert done(folder, "report", "-o", "new.html") == "new.html\n"
    page = read_page((folder / "new.html").read_text("utf-8"))
    assert page.by_element["h1"][0].startswith("lora is better than base on instructions like these: ")
    before = (folder / "new.html").read_bytes()
    message = told(folder, "report", "-o", "new.html")
    assert message == "new.html: is there already; name another file, or replace it with --force"
    assert (folder / "new.html").read_bytes() == before
    assert done(folder, "report", "-o", "new.md", "--no-names") == "new.md\n"
    text = (folder / "new.md").read_text("utf-8")
    assert text.startswith("# lora is better than base on instructions like these: ")
    assert "reviewer 1" in text
    assert "benedict" not in text


def test_json_without_a_file_writes_nothing(folder: Path) -> None:
    with open_store(folder / "x.db") as store:
        before = dump(store)
    found = data(folder, "report", "lora-vs-base")
    assert {"state", "sentence", "fingerprint", "run", "limits"} <= found.keys()
    assert (found["state"], found["run"], found["read"], found["overturned"]) == ("better", "lora-vs-base", 14, 3)
    assert [one["why"] for one in found["pairs_shown"]] == [["overturned"]] * 3 + [["upheld"]]
    assert data(folder, "report", "1") == found
    assert [one["reviewer"] for one in data(folder, "report", "--no-names")["readers"]] == ["reviewer 1", "reviewer 2"]
    with open_store(folder / "x.db") as store:
        assert dump(store) == before
    assert sorted(path.name for path in folder.iterdir() if path.suffix in (".html", ".md")) == ["report.html"]


def test_what_is_missing_or_odd_is_said(folder: Path) -> None:
    assert told(folder, "report") == (
        "name the file to write with -o FILE.html or -o FILE.md; --json prints the decision alone"
    )
    assert "a report is written as .html or .md" in told(folder, "report", "-o", "report.pdf")
    assert "there is no run 'sft'" in told(folder, "report", "sft", "-o", "a.html")
    assert told(folder, "report", "1", "1", "--json") == "the run 'lora-vs-base' is named twice; name each once"
    assert "judge 'k'" in told(folder, "report", "--judge", "k", "--json")


def test_several_runs_stand_in_one_report(folder: Path) -> None:
    with open_store(folder / "x.db") as store:
        more = [row | {"candidate": "lora-2"} for row in rows() if "reviewer" not in row]
        bring_files(store, write(folder / "more.jsonl", *more), set="desk")
    done(folder, "runs", "bless", "1")
    found = data(folder, "report", "1", "2")["reports"]
    assert [one["run"] for one in found] == ["lora-vs-base", "lora-2-vs-base"]
    assert found[1]["against"] == "lora-vs-base"
    assert found[1]["carried"] == 14
    done(folder, "report", "2", "1", "-o", "both.html")
    page = read_page((folder / "both.html").read_text("utf-8"))
    assert len(page.by_element["h1"]) == 2
    assert page.by_element["h2"].count("Checkpoints against base") == 1
    with open_store(folder / "x.db") as store:
        assert store.rows("SELECT run_id, path FROM reports WHERE id > 1 ORDER BY id").fetchall() == [
            (2, str(folder / "both.html")),
            (1, str(folder / "both.html")),
        ]
    change(
        folder, "UPDATE events SET choice = 'tie' WHERE id = (SELECT event_id FROM current_decisions WHERE pair_id = 5)"
    )
    assert "decision of benedict on desk-0005, turn 1, in lora-vs-base" in named(
        json.loads(uphold(folder, "replay", "2", "--json").stdout)
    )


def test_a_database_that_may_only_be_read_gives_a_report_that_is_not_recorded(folder: Path) -> None:
    (folder / "x.db").chmod(0o444)
    folder.chmod(0o555)
    try:
        found = uphold(folder, "report", "-o", "/dev/shm/does-not-matter.html", "--force")
    finally:
        folder.chmod(0o755)
    Path("/dev/shm/does-not-matter.html").unlink(missing_ok=True)
    if found.returncode == 0 and "not recorded" not in found.stderr:
        pytest.skip("this user may write everywhere")
    assert "the report is not recorded in it" in found.stderr


def test_the_fingerprint_rests_on_facts_and_on_no_row_id(tmp_path: Path) -> None:
    found = []
    for filler in (0, 3):
        folder = tmp_path / str(filler)
        folder.mkdir()
        with new_store(folder / "x.db") as store:
            if filler:
                bring_files(store, write(folder / "other.jsonl", *rows(KEYS[:filler])), set="other")
            everything = rows()
            halves = (everything[21:], everything[:21]) if filler else (everything,)
            for place, part in enumerate(halves):
                bring_files(store, write(folder / f"{place}.jsonl", *part), set="desk")
        found.append(data(folder, "report", "2" if filler else "1")["fingerprint"])
    assert found[0] == found[1]
    with closing(sqlite3.connect(tmp_path / "0" / "x.db")) as db:
        db.execute("UPDATE judgments SET reason = 'B is right.' WHERE id = 1")
        db.commit()
    assert data(tmp_path / "0", "report", "1")["fingerprint"] != found[0]


# what was changed by hand


def test_a_report_holds_while_nothing_was_changed(folder: Path) -> None:
    found = replayed(folder)
    assert (found["holds"], found["changed"], found["since"]) == (True, [], [])
    assert found["report"] == str(folder / "report.html")
    said = done(folder, "replay")
    assert said.splitlines()[1].startswith("holds: the file and all ")


_ANA = "(SELECT id FROM reviewers WHERE name = 'ana')"

_DECISION = f"(SELECT seq FROM events WHERE kind = 'decision' AND pair_id = 2 AND reviewer_id = {_ANA})"

BY_HAND = {
    "a decision": (
        f"UPDATE events SET choice = 'baseline' WHERE seq = {_DECISION}",
        ("decision of ana on desk-0002, turn 1", "candidate", "baseline"),
    ),
    "whose decision it is": (
        f"UPDATE events SET reviewer_id = (SELECT id FROM reviewers WHERE name = 'benedict') WHERE seq = {_DECISION}",
        ("decision of ana on desk-0002, turn 1", "candidate, digest ", "candidate, digest "),
    ),
    "a decision that is gone": (
        f"DELETE FROM events WHERE seq = {_DECISION}",
        ("decision of ana on desk-0002, turn 1", "candidate", None),
    ),
    "what a reviewer wrote": (
        f"UPDATE events SET note = 'cruel' WHERE seq = {_DECISION}",
        ("decision of ana on desk-0002, turn 1", "candidate, digest ", "candidate, digest "),
    ),
    "a verdict": (
        "UPDATE judgments SET verdict = 'tie' WHERE pair_id = 3 AND answer_order = 'candidate-first'",
        ("judgment of j on desk-0003, turn 1, candidate-first", "candidate", "tie"),
    ),
    "a judge's reason": (
        "UPDATE judgments SET reason = 'B is right.' WHERE pair_id = 3 AND answer_order = 'candidate-first'",
        ("judgment of j on desk-0003, turn 1, candidate-first", "candidate, digest ", "candidate, digest "),
    ),
    "what a model sent": (
        "UPDATE judgments SET raw = '{}' WHERE pair_id = 3 AND answer_order = 'candidate-first'",
        ("judgment of j on desk-0003, turn 1, candidate-first", "candidate, digest ", "candidate, digest "),
    ),
    "a response": (
        """UPDATE responses SET cells = '["mended"]' WHERE id = (SELECT candidate_response_id FROM pairs WHERE id = 4)""",
        ("response of lora to desk-0004, turn 1", "digest ", "digest "),
    ),
    "which response a pair compares": (
        "UPDATE pairs SET candidate_response_id = (SELECT candidate_response_id FROM pairs WHERE id = 6) WHERE id = 4",
        ("response of lora to desk-0004, turn 1", "digest ", "digest "),
    ),
    "a judgment that is superseded and changed": (
        "UPDATE judgments SET superseded_by = id, reason = 'no' WHERE pair_id = 3 AND answer_order = 'candidate-first'",
        ("judgment of j on desk-0003, turn 1, candidate-first", "candidate, digest ", "candidate, digest "),
    ),
    "a pair's place": (
        "UPDATE queue_items SET weight = 9.0 WHERE pair_id = 2",
        ("place in the queue random of desk-0002, turn 1", "digest ", "digest "),
    ),
    "an instruction": (
        """UPDATE texts SET turns = '["Say nothing."]' WHERE id = (SELECT text_id FROM pairs WHERE id = 4)""",
        ("instruction of desk-0004, turn 1", "digest ", "digest "),
    ),
    "a stored verdict": (
        "UPDATE verdicts SET verdict = 'baseline' WHERE pair_id = 5",
        ("stored verdict of j on desk-0005, turn 1", "candidate/candidate/candidate", "baseline/candidate/candidate"),
    ),
    "a stored label": (
        "UPDATE human_labels SET label = 'tie' WHERE pair_id = 5",
        ("stored human label on desk-0005, turn 1", "candidate, 1 votes", "tie, 1 votes"),
    ),
    "an act that is said to be undone": (
        f"UPDATE events SET undone = 1 WHERE seq = {_DECISION}",
        ("stored undone acts on desk-0002, turn 1", None, "decision "),
    ),
    "a figure of the record": (
        "UPDATE reports SET figures = json_set(figures, '$.\"human.wins\"', 99)",
        ("human.wins", 99, 11),
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_what_was_changed_by_hand_is_found_and_named(folder: Path, name: str) -> None:
    sql, (what, was, now) = BY_HAND[name]
    change(folder, sql)
    found = named(replayed(folder))
    assert what in found, found

    def fits(shown: Any, wanted: Any) -> bool:
        return str(shown).startswith(wanted) if isinstance(wanted, str) else bool(shown == wanted)

    assert fits(found[what][0], was)
    assert fits(found[what][1], now)
    facts = [one for one in found if " " in one]
    assert facts == [what] or name == "a figure of the record"
    assert f"  {what}: was " in uphold(folder, "replay").stdout


def test_a_changed_decision_shows_in_the_figures_too(folder: Path) -> None:
    change(folder, "UPDATE events SET choice = 'baseline' WHERE kind = 'decision' AND pair_id = 7")
    found = named(replayed(folder))
    assert (found["human.wins"], found["human.losses"]) == ((11, 10), (3, 4))


def test_an_edited_report_and_one_that_is_gone(folder: Path) -> None:
    page = folder / "report.html"
    page.write_text(page.read_text("utf-8").replace("is better than", "is far better than"), "utf-8")
    ((what, (was, now)),) = named(replayed(folder)).items()
    assert (what, was[:7], now[:7]) == ("report", "sha256 ", "edited:")
    page.unlink()
    ((what, (_, now)),) = named(replayed(folder)).items()
    assert (what, now) == ("report", f"not there: {page}")


def test_without_a_report_the_command_that_writes_one_is_named(tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "desk.jsonl", *rows()), set="desk")
    assert told(tmp_path, "replay") == (
        "no report of 'lora-vs-base' was written; `uphold report 1 -o report.html` writes one"
    )


# what was done in the ordinary way


ORDINARY: dict[str, tuple[Callable[[Path], object], str]] = {
    "a decision": (
        lambda folder: done(folder, "decide", "lora-vs-base", KEYS[9], "tie", "--reviewer", "cyd"),
        "1 decision was added since",
    ),
    "a run of the set": (
        lambda folder: done(folder, "import", write(folder / "more.jsonl", *_without_words("lora-2")), "--set", "desk"),
        "",
    ),
    "a tag": (
        lambda folder: done(folder, "set", "tag", "desk", KEYS[9], "--add", "late"),
        "1 tag was given or taken since",
    ),
    "another blessed run": (
        lambda folder: (
            done(folder, "import", write(folder / "more.jsonl", *_without_words("lora-2")), "--set", "desk"),
            done(folder, "runs", "bless", "lora-2-vs-base"),
        ),
        "the run is held against another one now: lora-2-vs-base",
    ),
    "a reviewer's new name": (lambda folder: done(folder, "reviewers", "rename", "ana", "anna"), ""),
    "an example that is retired": (
        lambda folder: done(folder, "set", "retire", "desk", KEYS[3]),
        "1 pair is no longer current: edited, answered anew or retired",
    ),
    "a text that is forgotten": (
        lambda folder: done(folder, "set", "forget", "desk", KEYS[3], "--yes"),
        "the texts of 1 pair were forgotten",
    ),
}


def test_reports_that_may_show_a_forgotten_text_are_named(folder: Path) -> None:
    for name in ("first.html", "second\x1b.md"):
        done(folder, "report", "-o", name)
    said = uphold(folder, "set", "forget", "desk", KEYS[3], "--yes").stderr
    assert f"reports written before may show the texts: {str(folder / 'second')!r}"[:-1] in said
    assert f"{str(folder / 'first.html')!r}, " in said
    assert "\x1b" not in said
    named = data(folder, "set", "forget", "desk", KEYS[4], "--yes")["reports"]
    assert [Path(path).name for path in named] == ["second\x1b.md", "first.html", "report.html"]


def _without_words(candidate: str) -> list[dict[str, Any]]:
    names = ("key", "instruction", "context", "response_candidate", "response_baseline", "baseline")
    return [{name: row[name] for name in names} | {"candidate": candidate} for row in rows() if "reviewer" in row]


_CHANGES_FIGURES = ("a decision", "an example that is retired")


@pytest.mark.parametrize("name", ORDINARY)
def test_later_work_is_told_apart_from_changes_by_hand(folder: Path, name: str) -> None:
    act, sentence = ORDINARY[name]
    act(folder)
    found = replayed(folder)
    facts = [one for one in named(found) if " " in one]
    assert facts == [], facts
    assert found["since"][:1] == ([sentence] if sentence else [])
    assert found["holds"] == (name not in _CHANGES_FIGURES)


def test_figures_are_held_against_the_judge_of_the_report_whoever_has_judged_since(folder: Path) -> None:
    later = [{"key": key, "judge": "later", "verdict": "baseline", **_names()} for key in KEYS]
    done(folder, "import", write(folder / "later.jsonl", *later), "--set", "desk")
    found = replayed(folder)
    assert found["since"] == ["the numbers of the run rest on another judge now: later"]
    assert {what.partition(".")[0] for what in named(found)} <= {"checkpoints"}
    printed = uphold(folder, "replay", "lora-vs-base").stdout
    assert len(printed.splitlines()) <= 45


def test_a_decision_in_another_run_changes_the_history_alone(folder: Path) -> None:
    done(folder, "import", write(folder / "more.jsonl", *_without_words("lora-2")), "--set", "desk")
    done(folder, "report", "lora-vs-base", "-o", "new.html")
    done(folder, "decide", "lora-2-vs-base", KEYS[9], "tie", "--reviewer", "cyd")
    found = replayed(folder)
    assert found["since"] == ["1 review act in other runs of the set was added since"]
    assert {what.partition(".")[0] for what in named(found)} <= {"checkpoints"}


def test_an_import_that_a_report_rests_on_is_not_taken_back(folder: Path) -> None:
    assert "reports on its runs" in told(folder, "imports", "drop", "1")


# size


def test_long_texts_make_no_long_report(tmp_path: Path) -> None:
    long = "A word, and <another>. " * 4_000
    more = {"candidate": "lora", "baseline": "base", "context": long, "response_candidate": long, "note": long}
    found = [
        reviewed(f"k{number}", ("candidate", "baseline")[number % 2], judge="j", verdict="tie", reason=long, **more)
        for number in range(12)
    ]
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "desk.jsonl", *found))
    for name in ("long.html", "long.md"):
        done(tmp_path, "report", "-o", name)
        assert (tmp_path / name).stat().st_size < 500_000
    with open_store(tmp_path / "x.db") as store:
        assert store.one("SELECT max(length(facts)) FROM reports")[0] < 20_000


@pytest.mark.slow
def test_ten_thousand_pairs_make_a_page_of_the_same_size(tmp_path: Path) -> None:
    keys = tuple(f"k{number:05d}" for number in range(10_000))
    with new_store(tmp_path / "x.db") as store:
        bring_files(store, write(tmp_path / "desk.jsonl", *rows(keys)), set="desk")
    done(tmp_path, "report", "-o", "large.html")
    assert (tmp_path / "large.html").stat().st_size < 100_000
    with open_store(tmp_path / "x.db") as store:
        assert store.one("SELECT length(facts) FROM reports")[0] < 5_000_000
    assert replayed(tmp_path)["holds"]
