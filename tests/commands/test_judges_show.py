"""`uphold judges show`: what it prints is what a judge is sent; and what is said by criterion, and by samples."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.command_line import data, done, told, uphold
from support.imports import compared, judged, write
from support.model_server import Asked, Reply, answer_to, serving

KEY = {"OPENAI_API_KEY": "key-of-the-test"}

CRITERIA = """
[[criteria]]
name = "correct"
question = "Which is right?"
[[criteria]]
name = "tone"
question = "Which is friendlier?"
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imported")
    talk = compared(
        "talk",
        instruction=None,
        turns=["A?", "B?"],
        response_candidate=["uno", "dos"],
        response_baseline=["tres", "cuatro"],
    )
    rows = [
        compared("one", reference="r", context="c"),
        talk,
        compared("same", response_candidate="x", response_baseline="x"),
    ]
    file = write(folder / "desk.jsonl", *rows, judged("one", context="c", reference="r", judge="elsewhere"))
    done(folder, "import", file)
    return folder / "x.db"


@pytest.fixture
def folder(imported: Path, tmp_path: Path) -> Path:
    shutil.copy(imported, tmp_path / "x.db")
    return tmp_path


def judge_file(folder: Path, url: str = "http://127.0.0.1:9", fields: str = "") -> str:
    (folder / "strict.toml").write_text(f'name = "strict"\nmodel = "openai:m"\nbase_url = "{url}/v1"\n{fields}')
    return "strict.toml"


def in_parts(asked: Asked) -> Reply:
    """By one criterion the first answer, by the other the second; the second sample says another thing of the whole."""
    winner = "B" if asked.number % 3 == 1 else "A"
    said = {"criteria": {"correct": "A", "tone": "B"}, "reason": "r", "winner": winner, "confidence": 0.7}
    return answer_to(asked, json.dumps(said))


def shown(folder: Path, *arguments: str | Path) -> Any:
    return data(folder, "judges", "show", *arguments, **KEY)


@pytest.mark.parametrize(
    "fields",
    ["", 'style = "metrics"\nties = false\n' + CRITERIA, "template = '{instruction} {{}} {response_a}{response_b}'"],
)
def test_what_is_shown_is_what_is_sent(folder: Path, fields: str) -> None:
    with serving(in_parts) as server:
        judge = judge_file(folder, server.url, fields)
        before = (folder / "x.db").read_bytes()
        drawn = shown(folder, judge, "--key", "one")
        assert not server.asked
        assert (folder / "x.db").read_bytes() == before
        assert uphold(folder, "judge", "--judge", judge, **KEY).returncode == 0
        sent = {(one.system, one.user) for one in server.asked}
        schemas = [one.body.get("response_format", {}).get("json_schema", {}).get("schema") for one in server.asked]
    for order in ("candidate-first", "baseline-first"):
        found = shown(folder, "strict", "--key", "one", "--order", order)
        assert (found["system"], found["user"]) in sent
        assert found["schema"] in schemas
        assert found["settings"] == {"max_tokens": 4096}
    assert drawn["system"].replace(drawn["fence"], found["fence"]) == found["system"]
    assert drawn["version"] == found["version"]


def test_the_text_form_says_who_is_asked_about_what_and_gives_the_whole_of_it(folder: Path) -> None:
    said = done(folder, "judges", "show", judge_file(folder, fields=CRITERIA), "--key", "talk", **KEY)
    found = shown(folder, "strict.toml", "--key", "talk")
    assert said.splitlines()[0] == f"strict@{found['version'][:8]}: openai:m, reasoned, 2 criteria, both orders"
    assert "talk, turn 2 of 2 of candidate-vs-baseline, candidate-first: A is candidate, B is baseline" in said
    assert "begin turn 1 instruction" in said
    assert '"winner"' in said
    assert "the fence was drawn for this print" in said


def test_a_pair_of_a_set_is_found_in_its_run(folder: Path) -> None:
    found = shown(
        folder, judge_file(folder), "--set", "desk", "--key", "talk", "--turn", "2", "--order", "baseline-first"
    )
    assert (found["run"], found["key"], found["turn"]) == ("candidate-vs-baseline", "talk", 2)
    assert found["user"].index("tres\n") < found["user"].index("uno\n")


def test_a_pair_that_needs_no_request_says_so(folder: Path) -> None:
    assert shown(folder, judge_file(folder), "--key", "same")["not_sent"] == "identical answers"
    assert "this pair is not sent: identical answers" in done(
        folder, "judges", "show", "strict.toml", "--key", "same", **KEY
    )


def test_a_file_with_several_judges_shows_each(folder: Path) -> None:
    (folder / "two.toml").write_text('[judges.a]\nmodel = "openai:m"\n[judges.b]\nmodel = "anthropic:m"\n')
    assert [one["judge"] for one in shown(folder, "two.toml")] == ["a", "b"]


def test_a_judge_of_the_settings_and_a_model_are_named_without_a_file(folder: Path) -> None:
    (folder / "uphold.toml").write_text('[judges.quick]\nmodel = "anthropic:m"\nstyle = "verdict-first"\n')
    assert shown(folder, "quick")["style"] == "verdict-first"
    assert shown(folder, "anthropic:m")["style"] == "reasoned"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("elsewhere",), "elsewhere was recorded elsewhere: it cannot be asked here"),
        (("nobody",), "there is no judge 'nobody'"),
        (("rules:closer",), "rules:closer is a rule: it computes its verdict, and nothing is sent"),
        (("openai:m", "--key", "two"), "has no pair of an example 'two'"),
        (("openai:m", "--turn", "9"), "has no pair of its first example, turn 9"),
        (
            ("openai:m", "--set", "desk"),
            "which example of 'desk'? --key KEY names one; `uphold set list desk` lists them",
        ),
        (("openai:m", "--set", "x", "--key", "one"), "'x'"),
        (("openai:m", "1", "--set", "desk", "--key", "one"), "give either RUN or --set"),
        (("openai:m", "--order", "none"), "--order takes candidate-first or baseline-first; it was given 'none'"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in told(folder, "judges", "show", *arguments)


def test_criteria_and_samples_stand_with_the_pair_with_the_judges_and_in_the_statistics(folder: Path) -> None:
    with serving(in_parts) as server:
        judge = judge_file(folder, server.url, f"samples = 3\n{CRITERIA}")
        assert uphold(folder, "judge", "--judge", judge, "--concurrency", "1", **KEY).returncode == 0
    verdict = next(one for one in data(folder, "show", "1", "one")[0]["verdicts"] if one["judge"] == "strict")
    assert verdict["criteria"] == {"correct": "inconsistent", "tone": "inconsistent"}
    assert verdict["samples"]["candidate-first"] == {"candidate": 2, "baseline": 1}
    assert verdict["judgments"][0]["criteria"] == {"correct": "candidate", "tone": "baseline"}
    said = done(folder, "show", "1", "one")
    assert "    by correct: inconsistent" in said
    assert "    samples candidate-first: 2 of 3 candidate, 1 of 3 baseline" in said
    judges = {one["judge"]: one for one in data(folder, "judges")["judges"]}
    assert [one["criterion"] for one in judges["strict"]["criteria"]] == ["correct", "tone"]
    assert judges["strict"]["criteria"][0] | {"agreement": None} == {
        "criterion": "correct",
        "wins": 0,
        "ties": 0,
        "losses": 0,
        "inconsistent": 3,
        "not_said": 1,
        "agreement": None,
    }
    assert judges["strict"]["samples"] == {
        "n": 8,
        "alike": 2,
        "splits": [{"votes": [3], "count": 2}, {"votes": [2, 1], "count": 6}],
    }
    assert judges["elsewhere"]["criteria"] == []
    assert judges["elsewhere"]["samples"]["n"] == 0
    assert {one["judge"]: one["criteria"] for one in data(folder, "stats")["judges"]}["strict"] == (
        judges["strict"]["criteria"]
    )
    table = done(folder, "judges")
    assert "strict, in parts" in table
    assert "All samples of an order say the same in 2 of 8; they split 2 to 1 in 6." in table
