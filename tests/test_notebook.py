"""`uphold.open`: flat records and dicts of what the file holds, nothing written, and the example of the page runs."""

import contextlib
import dataclasses
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import uphold
from support.command_line import data, environment
from support.documents import Page
from support.imports import bring_files, compared, judged, reviewed, write
from support.sessions import on_screen
from support.stores import new_store
from uphold.errors import BadDatabase, BadUsage
from uphold.records.enums import Choice
from uphold.workflows.lookup import find_run
from uphold.workflows.review_opening import open_review

NAMES = {"candidate": "lora-r16", "baseline": "base-7b"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three pairs: a judged in both orders and reviewed in the app, b judged and reviewed in the file, c bare, of two turns."""
    rows = [
        judged("a", confidence=0.5, reason="A it is.", tags=["x", "y"], reference="yes", **NAMES),
        {"key": "a", "judge": "j", "verdict": "candidate", "order": "baseline-first", **NAMES},
        judged("b", "baseline", **NAMES),
        reviewed("b", "candidate", note="no", **NAMES),
        compared(
            "c",
            instruction=None,
            turns=["one", "two"],
            response_candidate=["1", "2"],
            response_baseline=["3", True],
            **NAMES,
        ),
    ]
    with new_store(tmp_path / "uphold.db") as store:
        bring_files(store, write(tmp_path / "s.jsonl", *rows))
        session = open_review(store, find_run(store, None), "mira")
        session.go_to(session.place_of(1) + 1)
        session.decide(Choice.BASELINE, on_screen(session), 2.5)
    return tmp_path / "uphold.db"


def test_pairs_are_flat_and_named(path: Path) -> None:
    with uphold.open(path) as db:
        pairs = db.run().pairs()
    assert len(pairs) == 3
    assert [pair.key for pair in pairs] == ["a", "b", "c"]
    first, _, last = pairs.dicts()
    assert (first["run"], first["candidate"], first["tags"], first["reference"]) == (
        "lora-r16-vs-base-7b",
        "lora-r16",
        "x,y",
        "yes",
    )
    assert (first["judge"], first["verdict"], first["confidence"], first["human_label"]) == (
        "j",
        "candidate",
        0.5,
        "baseline",
    )
    assert (last["turn"], last["instruction"], last["response_baseline"], last["verdict"]) == (2, "two", "true", None)
    assert [pair.key for pair in pairs[1:]] == ["b", "c"]


def test_reviews_say_what_they_did_to_the_verdict(path: Path) -> None:
    with uphold.open(path) as db:
        mira, ada = db.run(1).reviews()
    assert (mira.key, mira.decision, mira.ruling, mira.mode, mira.seconds) == (
        "a",
        "baseline",
        "overturned",
        "open",
        2.5,
    )
    assert (mira.judge_verdict, mira.verdict_shown, mira.source) == ("candidate", True, "app")
    assert (ada.key, ada.decision, ada.ruling, ada.comment, ada.mode) == ("b", "candidate", "decided", "no", None)


def test_judgments_are_one_row_each(path: Path) -> None:
    with uphold.open(path) as db:
        found = db.run("lora-r16-vs-base-7b").judgments()
    assert {(one.key, one.order, one.verdict, one.pair_verdict) for one in found} == {
        ("a", "candidate-first", "candidate", "candidate"),
        ("a", "baseline-first", "candidate", "candidate"),
        ("b", "candidate-first", "baseline", "baseline"),
    }
    assert {one.kind for one in found} == {"imported"}


def test_runs_have_their_counts(path: Path) -> None:
    with uphold.open(path) as db:
        (run,) = db.runs()
    assert (run.number, run.set, run.pairs, run.reviewed, run.wins, run.losses, run.judged) == (1, "s", 3, 2, 1, 1, 2)


def test_statistics_are_those_of_the_command(path: Path) -> None:
    with uphold.open(path) as db:
        numbers = db.run().statistics()
    assert numbers.json() == json.loads(json.dumps(data(path.parent, "stats", db="uphold.db")))
    rows = {row["statistic"]: row for row in numbers.dicts()}
    assert (rows["human.wins"]["value"], rows["human.win_rate"]["value"], rows["human.win_rate"]["n"]) == (1, 0.5, 2)
    assert rows["human.win_rate"]["low"] == numbers.numbers.human.rates.win_rate.low
    assert all(row["value"] is not None or row["reason"] for row in rows.values())
    assert "judges.j.agreement.kappa" in rows


@pytest.mark.parametrize("call", ["runs", "pairs", "reviews", "judgments", "statistics"])
def test_every_cell_is_text_a_number_a_boolean_or_nothing_and_every_row_has_the_same(path: Path, call: str) -> None:
    with uphold.open(path) as db:
        found = db.runs() if call == "runs" else getattr(db.run(), call)()
        rows: list[dict[str, Any]] = found.dicts()
    assert rows
    assert {type(cell) for row in rows for cell in row.values()} <= {str, int, float, bool, type(None)}
    assert len({tuple(row) for row in rows}) == 1


def test_records_are_frozen_and_the_file_is_not_written(path: Path) -> None:
    before = path.read_bytes()
    with uphold.open(path) as db:
        pair = db.run().pairs()[0]
        with pytest.raises(dataclasses.FrozenInstanceError):
            pair.key = "other"  # type: ignore[misc]
        with pytest.raises(BadDatabase, match="the database is read-only"), db._store.writing() as conn:
            conn.execute("DELETE FROM events")
    assert path.read_bytes() == before


def test_what_is_not_there_is_an_error_that_says_what_is(path: Path, tmp_path: Path) -> None:
    with pytest.raises(BadDatabase, match=r"none\.db"):
        uphold.open(tmp_path / "none.db")
    with uphold.open(path) as db, pytest.raises(BadUsage, match="lora-r16-vs-base-7b"):
        db.run("other")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        uphold.nothing  # noqa: B018


def test_the_import_itself_loads_nothing_else() -> None:
    program = "import sys, uphold; print([name for name in sys.modules if name.startswith('uphold.')])"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment()
    )
    assert ended.stdout == "[]\n"


def test_the_example_of_the_page_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    page, told = Page("docs/notebook.md"), io.StringIO()
    found: dict[str, Any] = {}
    with contextlib.redirect_stdout(told):
        exec("\n".join(page.blocks("python")), found)
    assert found["overturned"] == ["a"]
    assert found["by_verdict"] == {"candidate": ["baseline"], "baseline": ["candidate"], None: [None]}
    assert [pair["key"] for pair in found["lost"]] == ["a"]
    assert told.getvalue().startswith("1 lora-r16-vs-base-7b 3 2\n0.5 ")


def test_the_page_names_every_call() -> None:
    text = Page("docs/notebook.md").text
    calls = ["runs", "run", *(name for name in ("pairs", "judgments", "reviews", "statistics"))]
    assert not [name for name in calls if not re.search(rf"`(db|run)\.{name}\(", text)]


@pytest.mark.parametrize("how", ["replaced", "deleted"])
def test_what_was_read_is_not_read_again_from_a_file_that_is_gone(path: Path, tmp_path: Path, how: str) -> None:
    with new_store(tmp_path / "other.db") as other:
        bring_files(other, write(tmp_path / "t.jsonl", judged("z", **NAMES)))
    with uphold.open(path) as db:
        run = db.run()
        assert len(run.pairs()) == 3
        if how == "replaced":
            (tmp_path / "other.db").replace(path)
        else:
            path.unlink()
        for read in (db.runs, db.run, run.pairs, run.reviews, run.judgments, run.statistics):
            with pytest.raises(BadDatabase, match=f"the database was {how}.* since it was opened; open it anew"):
                read()
        if how == "replaced":
            with uphold.open(path) as again:
                assert [pair.key for pair in again.run().pairs()] == ["z"]
