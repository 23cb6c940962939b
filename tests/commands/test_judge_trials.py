"""`uphold judges clauses` and `uphold judges try` on a judged and decided run."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.command_line import uphold
from support.imports import compared, write
from support.judge_workbench import LOCKED, good_answer_wins, judge_file, reviewed_store, wrong_on
from support.model_server import Asked, Reply, error, serving
from uphold.settings import Settings
from uphold.store.database import open_store
from uphold.workflows.decided_half import find_scope
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judge_workbench import keep_version, open_workbench, written_clause

KEY = {"OPENAI_API_KEY": "key-of-the-test"}


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("decided") / "x.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "key-of-the-test")
        reviewed_store(path).close()
    return path


@pytest.fixture
def folder(decided: Path, tmp_path: Path) -> Path:
    shutil.copy(decided, tmp_path / "x.db")
    return tmp_path


def tried(folder: Path, *arguments: str | Path, code: int = 0) -> Any:
    found = uphold(folder, "judges", "try", "lora-vs-base", *arguments, "--json", **KEY)
    assert found.returncode == code, found.stderr
    return json.loads(found.stdout)


def test_the_reasons_of_the_development_half_are_listed(folder: Path) -> None:
    found = uphold(folder, "judges", "clauses", "lora-vs-base", "--json")
    assert found.returncode == 0
    assert LOCKED not in found.stdout
    listed = json.loads(found.stdout)
    reasons = [one for one in listed if one["source"] == "reason"]
    assert {one["reason"] for one in reasons} == {"wrong fact", "too long"}
    assert [one["count"] for one in reasons] == sorted((one["count"] for one in reasons), reverse=True)
    assert all(one["count"] == len(one["pairs"]) for one in listed)
    assert all(pair["key"].endswith("-dev") and pair["turn"] == 1 for one in listed for pair in one["pairs"])
    text = uphold(folder, "judges", "clauses", "--set", "s")
    assert text.returncode == 0
    assert "wrong fact" in text.stdout
    assert LOCKED not in text.stdout


def test_a_better_judge_fixes_what_the_old_one_had_wrong(folder: Path) -> None:
    with serving(good_answer_wins) as server:
        found = tried(folder, "--judge", judge_file(folder / "new.toml", server.url), "--no-rerun")
        assert all(LOCKED not in asked.raw.decode() for asked in server.asked)
        assert len(server.asked) == 2 * found["pairs"] == found["calls"]
    assert (found["half"], found["broken"], found["wrong"], found["state"]) == ("development", 0, 0, "better")
    assert found["fixed"] == len(found["fixed_pairs"]) > 5
    assert found["right"] + found["fixed"] == found["pairs"]
    assert found["p"] == pytest.approx(2 * 0.5 ** found["fixed"])
    assert found["difference"]["low"] > 0
    assert found["difference"]["difference"] == pytest.approx(found["fixed"] / found["pairs"])
    assert (found["rerun"]["rate"], found["band"], found["rerun_reason"]) == (None, None, "not asked for")
    assert found["in_view"] == found["pairs"]


def test_the_old_judge_is_asked_again_and_its_unrest_is_the_band(folder: Path, decided: Path) -> None:
    with serving(good_answer_wins) as server, serving(wrong_on(3)) as old:
        judge_file(decided.with_name("weak.toml"), old.url, "weak")
        found = tried(folder, "--judge", judge_file(folder / "new.toml", server.url))
        assert len(old.asked) == 2 * found["pairs"]
        assert all(LOCKED not in asked.raw.decode() for asked in old.asked)
    changed = round(found["rerun"]["rate"] * found["rerun"]["n"])
    assert (found["rerun"]["n"], 0 < changed < found["pairs"]) == (found["pairs"], True)
    assert found["band"] == pytest.approx(1.96 * (found["rerun"]["rate"] / found["pairs"]) ** 0.5, abs=0.001)
    assert (found["state"] == "not told apart") is (found["difference"]["difference"] <= found["band"])


def test_what_is_answered_is_not_asked_again(folder: Path) -> None:
    with serving(good_answer_wins) as server:
        new = judge_file(folder / "new.toml", server.url)
        first = tried(folder, "--judge", new, "--no-rerun")
        asked = len(server.asked)
        again = tried(folder, "--judge", new, "--no-rerun")
        assert len(server.asked) == asked
    assert (again["fixed"], again["calls"], again["cost"]) == (first["fixed"], 0, 0)


def test_a_dry_run_asks_and_writes_nothing(folder: Path) -> None:
    before = (folder / "x.db").read_bytes()
    new = judge_file(folder / "new.toml", "http://127.0.0.1:9")
    found = tried(folder, "--judge", new, "--dry-run", "--no-rerun")
    assert found["calls"] == 2 * found["pairs"]
    assert found["cost"] is None
    said = uphold(folder, "judges", "try", "lora-vs-base", "--judge", new, "--dry-run").stdout
    assert "the price is not known" in " ".join(said.split())
    assert (folder / "x.db").read_bytes() == before


def test_pairs_that_could_not_be_asked_are_left_and_the_exit_code_says_so(folder: Path) -> None:
    def answer(asked: Asked) -> Reply:
        return error(400) if "candidate answer 4 " in asked.user else good_answer_wins(asked)

    with serving(answer) as server:
        found = tried(folder, "--judge", judge_file(folder / "new.toml", server.url), "--no-rerun", code=4)
    assert found["left"] == 1


def test_what_cannot_be_tried_says_why(folder: Path) -> None:
    new = judge_file(folder / "new.toml", "http://127.0.0.1:9", prices={"input": 1.0, "output": 1.0})
    for arguments, code, said in (
        (("--judge", "nobody"), 2, "there is no judge 'nobody'"),
        ((), 2, "say which judge is tried"),
        (("--judge", "weak", "--against", "weak"), 2, "is the old judge itself"),
        (("--judge", new, "--max-cost", "0.0001"), 2, "not one request fits"),
        (("--judge", new, "--set", "s"), 2, "give one of them"),
    ):
        found = uphold(folder, "judges", "try", "lora-vs-base", *arguments, **KEY)
        assert (found.returncode, said in found.stderr) == (code, True), found.stderr


def test_nothing_decided_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "s.jsonl", *(compared(f"k{at}", judge="old", verdict="tie") for at in range(3)))
    assert uphold(tmp_path, "import", "s.jsonl").returncode == 0
    found = uphold(tmp_path, "judges", "try", "--judge", "rules:closer")
    assert found.returncode == 3
    assert "no decided pair is in the development half" in found.stderr


def test_kept_versions_are_listed_read_compared_and_written(folder: Path) -> None:
    request = JudgeRequest((), "lora-vs-base")
    with open_store(folder / "x.db") as store:
        bench = open_workbench(store, find_scope(store, request.run, None), Settings())
        for text in ("Be \x1b[31mfair.", "Be brief."):
            draft = bench.draft.with_new_clause(written_clause(text, bench.number))
            keep_version(store, bench, draft, "mira", request)
            bench = open_workbench(store, find_scope(store, request.run, None), Settings())
    listed = json.loads(uphold(folder, "judges", "versions", "s", "--json").stdout)
    assert [(one["judge"], one["number"], one["parent"]) for one in listed] == [
        ("weak", 1, None),
        ("weak", 2, 1),
        ("weak", 3, 2),
    ]
    read = uphold(folder, "judges", "versions", "s", "3")
    assert "Be brief." in read.stdout
    assert "written, v2" in read.stdout
    assert "\x1b" not in read.stdout
    differs = uphold(folder, "judges", "versions", "s", "3", "--against", "1", "--json")
    assert [one["change"] for one in json.loads(differs.stdout)["changes"]] == ["added", "added"]
    assert uphold(folder, "judges", "versions", "s", "2", "-o", "two.toml").returncode == 0
    assert (folder / "two.toml").read_text().startswith("# Version 2 of the judge weak")
    assert uphold(folder, "judges", "versions", "s", "2", "-o", "two.toml").returncode == 2
    for arguments, said in (
        (("9",), "there is no version 9"),
        (("--judge", "x"), "no version of a judge 'x'"),
        (("-o", "y"), "name the version"),
    ):
        found = uphold(folder, "judges", "versions", "s", *arguments)
        assert (found.returncode, said in found.stderr) == (2, True), found.stderr
