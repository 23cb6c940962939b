"""`uphold judges certify` and `judges drift` with a judge on the loopback server, and what `gate` and `stats` say then."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.certified import StubJudge, decided_run, judge_file, key_of, locked_keys, rows
from support.command_line import uphold
from support.imports import bring
from uphold.records.enums import Purpose
from uphold.store.database import Store, open_store
from uphold.store.judgments import PairsToAsk
from uphold.workflows.asking_again import Questions, ask_pairs
from uphold.workflows.certifying import CertifyRequest, plan_certificate
from uphold.workflows.judge_request import JudgeRequest

PAIRS = 70
"""Of these 40 are locked."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A decided run that no judge has read."""
    folder = tmp_path_factory.mktemp("decided")
    with decided_run(folder, PAIRS, tags=lambda number: ["odd" if number % 2 else "even", *(["rare"] * (number < 4))]):
        return folder / "x.db"


@pytest.fixture
def folder(tmp_path: Path, made: Path) -> Path:
    shutil.copy(made, tmp_path / "x.db")
    return tmp_path


@pytest.fixture
def judge() -> StubJudge:
    return StubJudge(wrong={key_of(3), key_of(30)})


@pytest.fixture
def file(folder: Path, judge: StubJudge) -> Iterator[Path]:
    with judge_file(folder, judge) as (path, _):
        yield path


def told(folder: Path, *words: str | Path) -> tuple[int, dict]:
    """The exit code and the JSON of a command."""
    found = uphold(folder, *words, "--json", OPENAI_API_KEY="key")
    assert found.stdout, found.stderr
    return found.returncode, json.loads(found.stdout)


def certified(folder: Path, judge: str | Path, *more: str) -> tuple[int, dict]:
    return told(folder, "judges", "certify", "--judge", judge, "--yes", *more)


def test_a_judge_is_tested_once_and_the_pairs_are_spent_for_every_judge(folder, judge, file):
    code, found = certified(folder, file, "--floor", ".75")
    assert (code, found["state"], found["n"], found["floor"]) == (0, "stands", 40, 0.75)
    assert found["agreement"]["rate"] == pytest.approx(1 - len(judge.wrong & set(judge.asked)) / 40, abs=0.03)
    assert found["agreement"]["low"] == found["bound"] >= 0.75
    assert (found["rerun"], found["cost"] > 0) == ({"asked": 40, "changed": 0}, True)
    bound = found["bound_to"]
    assert (bound["orders"], bound["set"], bound["set_version"]) == (["candidate-first"], "s", 1)
    assert found["not_covered"] == ["rare"]
    asked = len(judge.asked)
    assert asked == 80
    for again in (file, "other"):
        with judge_file(folder, judge, "other") as (other, _):
            code, found = certified(folder, other if again == "other" else again, "--floor", ".5")
        assert (code, found["state"], found["agreement"]["rate"]) == (3, "spent", None)
        assert "spent by an earlier test" in found["reason"]
    assert len(judge.asked) == asked


def test_a_judge_below_the_floor_is_not_shown_and_its_pairs_are_spent(folder, judge, file):
    judge.errs(0.2, [key_of(number) for number in range(PAIRS)])
    code, found = certified(folder, file, "--floor", ".75")
    assert (code, found["state"], found["rerun"]) == (1, "not-shown", None)
    assert found["bound"] < 0.75 < found["agreement"]["rate"]
    assert len(judge.asked) == 40
    assert certified(folder, file, "--floor", ".5")[0] == 3
    assert told(folder, "judges", "drift", "--judge", "stub")[1]["state"] == "refused"


def test_too_few_examples_are_refused_with_what_to_read(tmp_path, judge):
    with decided_run(tmp_path, 40) as store:
        locked = locked_keys(store)
        unread = rows(30, start=40)
        bring(
            store,
            *({name: value for name, value in row.items() if name not in ("reviewer", "review")} for row in unread),
        )
        further = [key for key in locked_keys(store) if key not in locked]
    with judge_file(tmp_path, judge) as (file, _):
        code, found = certified(tmp_path, file, "--floor", ".75")
    assert (code, found["state"], found["n"]) == (3, "refused", len(locked))
    assert (found["more"], found["keys"]) == (30 - len(locked), further)
    assert f"{30 - len(locked)} more to read" in found["reason"]
    assert f"`uphold review sft-vs-base` has {further[0]}" in found["reason"]
    assert (found["agreement"]["rate"], judge.asked) == (None, [])


def test_without_a_terminal_it_names_the_option_that_does_it_and_what_is_spent(folder, judge, file):
    found = uphold(folder, "judges", "certify", "--judge", file, "--floor", ".75", OPENAI_API_KEY="key")
    assert found.returncode == 2
    assert "--yes does it" in found.stderr
    assert "testing stub spends 40 locked pairs of 40 examples" in found.stderr
    assert "80 calls, about $" in found.stderr
    assert judge.asked == []


def test_there_is_no_floor_by_default_and_that_of_the_set_is_taken(folder, file):
    found = uphold(folder, "judges", "certify", "--judge", file, "--yes", OPENAI_API_KEY="key")
    assert (found.returncode, "uphold set floor s .75" in found.stderr) == (2, True)
    uphold(folder, "set", "floor", "s", ".8")
    assert certified(folder, file)[1]["floor"] == 0.8
    uphold(folder, "set", "floor", "s", ".85")
    found = told(folder, "stats")[1]["certificate"]
    assert (found["state"], found["reasons"]) == ("lapsed", ["the floor of the set is 85 % now, it was 80 %"])


def test_a_cap_that_is_reached_spends_nothing_and_the_same_command_goes_on(folder, judge, file):
    code, found = certified(folder, file, "--floor", ".75", "--max-cost", "0.005")
    assert (code, found["state"], found["bound_to"]) == (4, "refused", None)
    assert "nothing is spent, the same command goes on" in found["reason"]
    before = len(judge.asked)
    assert 0 < before < 40
    assert certified(folder, file, "--floor", ".75")[0] == 0
    assert sorted(judge.asked[:40]) == sorted(set(judge.asked))


def test_against_another_judge_it_has_to_be_better_too(folder, judge, file):
    with judge_file(folder, StubJudge(wrong={key_of(n) for n in range(0, PAIRS, 4)}), "old") as (old, _):
        uphold(folder, "judge", "--judge", old, OPENAI_API_KEY="key")
    code, found = certified(folder, file, "--floor", ".75", "--against", "old")
    assert (code, found["against"], found["p"] <= 0.05) == (0, "old", True)
    assert found["better"] > found["worse"]


def test_no_better_than_the_other_judge_is_not_shown(folder, judge, file):
    with judge_file(folder, judge, "old") as (old, _):
        uphold(folder, "judge", "--judge", old, OPENAI_API_KEY="key")
    code, found = certified(folder, file, "--floor", ".75", "--against", "old")
    assert (code, found["state"], found["better"], found["p"]) == (1, "not-shown", 0, 1.0)


def test_a_judge_to_compare_with_has_to_have_read_the_pairs(folder, file):
    found = uphold(folder, "judges", "certify", "--judge", file, "--floor", ".7", "--against", "rules:closer", "--yes")
    assert (found.returncode, "has read nothing in this file" in found.stderr) == (2, True)


def test_a_certificate_changes_no_other_number(folder, file):
    before = told(folder, "stats")[1]
    certified(folder, file, "--floor", ".75")
    after = told(folder, "stats")[1]
    assert before.pop("certificate") is None
    assert after.pop("certificate")["state"] == "stands"
    assert after == before


def test_the_chance_is_known_from_the_development_half_alone(folder, judge, file):
    uphold(folder, "judge", "--judge", file, OPENAI_API_KEY="key")
    words = ("judges", "certify", "--judge", "stub", "--floor", ".75")
    before = uphold(folder, *words, OPENAI_API_KEY="key").stderr
    assert "the chance to reach 75 % is about 9" in before
    assert "60 calls, about $" in before  # the verdicts are on file: only what is asked again is missing
    with open_store(folder / "x.db") as store:
        bring(
            store,
            *(row | {"review": "baseline"} for row in rows(PAIRS) if row["key"] in locked_keys(store)),
            update=True,
        )
    assert uphold(folder, *words, OPENAI_API_KEY="key").stderr == before


def test_drift_holds_then_is_found_and_the_name_stands_for_a_new_version(folder, judge, file):
    assert certified(folder, file, "--floor", ".75")[0] == 0
    first = told(folder, "stats")[1]["certificate"]["bound_to"]["version"]
    code, found = told(folder, "judges", "drift", "--judge", "stub")
    assert (code, found["state"], found["asked"], found["changed"], found["sees_little"]) == (0, "holds", 40, 0, True)
    assert found["limit"] == 4
    judge.turned = set(locked_of(folder)[:20])
    code, found = told(folder, "judges", "drift", "--judge", "stub")
    assert (code, found["state"], found["changed"]) == (1, "changed", 20)
    assert (found["agreed_then"] - found["agreed_now"], found["p"] < 0.01) == (20 - 2 * wrong_in(judge), True)
    certificate = told(folder, "stats")[1]["certificate"]
    assert (certificate["state"], len(certificate["drift"])) == ("lapsed", 2)
    code, found = told(folder, "judges", "drift", "--judge", "stub")
    assert (code, found["state"]) == (3, "refused")
    assert "it was found changed on" in found["reason"]
    asked = len(judge.asked)
    uphold(folder, "judge", "--judge", file, OPENAI_API_KEY="key")
    assert len(judge.asked) == asked + PAIRS  # nothing of the old version is reused
    versions = {one["version"] for one in told(folder, "stats")[1]["judges"]}
    assert len(versions) == 1
    assert versions != {first}


def locked_of(folder: Path) -> list[str]:
    with open_store(folder / "x.db", reading=True) as store:
        return locked_keys(store)


def wrong_in(judge: StubJudge) -> int:
    return len(judge.wrong & judge.turned)


def test_a_check_that_was_stopped_goes_on_where_it_was(folder, judge, file):
    certified(folder, file, "--floor", ".75")
    before = len(judge.asked)
    code, found = told(folder, "judges", "drift", "--judge", "stub", "--max-cost", "0.005")
    assert (code, found["state"]) == (4, "refused")
    done = len(judge.asked) - before
    assert 0 < done < 40
    assert told(folder, "judges", "drift", "--judge", "stub")[0] == 0
    assert len(judge.asked) == before + 40


def test_another_model_behind_the_name_ends_the_version(folder, judge, file):
    certified(folder, file, "--floor", ".75")
    judge.model = "m-2"
    code, found = told(folder, "judges", "drift", "--judge", "stub")
    assert (code, found["state"], found["changed"], found["served"]) == (1, "changed", 0, "m-2")
    assert "the server answers as m-2" in found["reason"]
    with open_store(folder / "x.db", reading=True) as store:
        assert store.one("SELECT reason FROM ended_judges") == ("another model",)


def test_drift_of_a_judge_without_a_certificate_is_refused(folder, file):
    uphold(folder, "judge", "--judge", file, OPENAI_API_KEY="key")
    code, found = told(folder, "judges", "drift", "--judge", "stub")
    assert (code, found["state"], found["asked"], found["limit"]) == (3, "refused", 0, None)
    assert "never certified here" in found["reason"]


def test_the_gate_wants_a_certificate_that_stands_where_it_is_required(folder, judge, file):
    with open_store(folder / "x.db") as store:
        bring(
            store,
            *(
                row | {"candidate": "dpo", "response_candidate": f"candidate of {row['key']} too"}
                for row in rows(PAIRS)
            ),
        )
    words = ("gate", "dpo-vs-base", "--against", "sft-vs-base", "--margin", ".05", "--require-standing")
    code, found = told(folder, *words)
    assert (code, found["outcome"], found["review"]["outcome"]) == (3, "INCONCLUSIVE", "PASS")
    assert found["reason"] == "--require-standing: no judge of the set is certified"
    assert certified(folder, file, "--set", "s", "--floor", ".75")[0] == 0
    code, found = told(folder, *words)
    assert (code, found["outcome"], found["certificate"]["state"]) == (0, "PASS", "stands")
    judge.turned = {key_of(number) for number in range(PAIRS)}
    told(folder, "judges", "drift", "--set", "s", "--judge", "stub")
    code, found = told(folder, *words)
    assert (code, found["outcome"]) == (3, "INCONCLUSIVE")
    assert found["reason"].startswith("--require-standing: the certificate of stub lapsed: the drift check of")
    assert told(folder, *words[:-1])[:1] == (0,)


def test_all_runs_of_a_set_are_taken_clustered_by_example(folder, file):
    with open_store(folder / "x.db") as store:
        bring(
            store,
            *(
                row | {"candidate": "dpo", "response_candidate": f"candidate of {row['key']} too"}
                for row in rows(PAIRS)
            ),
        )
    code, found = certified(folder, file, "--set", "s", "--floor", ".75")
    assert (code, found["n"], found["examples"], found["name"]) == (0, 80, 40, "s")
    assert found["agreement"]["method"] == "korn-graubard, one-sided, clustered by example"


def test_locked_pairs_decided_since_serve_a_later_test(folder, judge, file):
    assert certified(folder, file, "--floor", ".75")[0] == 0
    with open_store(folder / "x.db") as store:
        bring(store, *rows(70, start=PAIRS))
    code, found = certified(folder, file, "--floor", ".75")
    assert (code, found["n"] >= 30) == (0, True)
    assert found["bound_to"]["set_version"] == 2
    certificate = told(folder, "stats")[1]["certificate"]
    assert (certificate["state"], certificate["n"]) == ("stands", found["n"])


def test_an_imported_judge_is_tested_on_the_verdicts_it_has(folder):
    with open_store(folder / "x.db") as store:
        bring(store, *({**row, "judge": "theirs", "verdict": "candidate"} for row in rows(PAIRS)))
    code, found = certified(folder, "theirs", "--floor", ".75")
    assert (code, found["state"], found["rerun"], found["cost"]) == (0, "stands", None, 0.0)
    code, found = told(folder, "judges", "drift", "--judge", "theirs")
    assert (code, "cannot be asked here" in found["reason"]) == (3, True)


def test_an_import_whose_pairs_were_tested_is_not_taken_back(folder, file):
    certified(folder, file, "--floor", ".75")
    found = uphold(folder, "imports", "drop", "1")
    assert (found.returncode, "certificates on its pairs" in found.stderr) == (2, True)


def test_the_report_says_it_in_words(folder, file):
    found = uphold(folder, "judges", "certify", "--judge", file, "--floor", ".75", "--yes", OPENAI_API_KEY="key")
    assert "stub stands: the same as people on" in found.stdout
    assert "Not covered, fewer than 10 pairs tested: rare" in found.stdout
    assert "Bound to" in found.stdout
    assert "stub stands" in uphold(folder, "stats").stdout


def test_verdicts_of_two_models_are_no_test_and_the_old_version_is_not_tested(folder, judge, file):
    uphold(folder, "judge", "--judge", file, OPENAI_API_KEY="key")
    judge.model = "m-2"
    with open_store(folder / "x.db") as store:
        bring(store, *rows(20, start=PAIRS))
    code, found = certified(folder, "stub", "--floor", ".75")
    assert (code, found["state"], found["bound_to"]) == (3, "refused", None)
    assert found["reason"].startswith("the server names another model than before: its verdicts are not of one judge")
    again = uphold(folder, "judges", "certify", "--judge", "stub", "--floor", ".75", "--yes", OPENAI_API_KEY="key")
    assert again.returncode == 2
    assert "it was found changed on" in again.stderr
    assert "name what it is now by its spec or its TOML file" in again.stderr
    assert certified(folder, file, "--floor", ".75")[0] == 0


def test_a_model_that_is_another_when_it_is_asked_again_does_not_stand(folder, judge, file):
    uphold(folder, "judge", "--judge", file, OPENAI_API_KEY="key")
    judge.model = "m-2"
    code, found = certified(folder, "stub", "--floor", ".75")
    assert (code, found["state"], found["n"]) == (3, "refused", 40)
    assert "what was tested is not what answers now" in found["reason"]
    assert told(folder, "stats")[1]["certificate"]["state"] == "lapsed"


def test_a_certificate_lapses_when_a_tenth_of_the_examples_changed_and_stands_again_when_that_is_taken_back(
    folder, file
):
    certified(folder, file, "--floor", ".75")
    for number in range(7):
        uphold(folder, "set", "retire", "s", key_of(number))
        state = told(folder, "stats")[1]["certificate"]["state"]
        assert state == ("lapsed" if number == 6 else "stands")
    uphold(folder, "set", "undo", "s")
    assert told(folder, "stats")[1]["certificate"]["state"] == "stands"


async def tried(store: Store, judge: str) -> None:
    """Ask a judge about the locked pairs as a test does, and stop there."""
    plan = await plan_certificate(store, CertifyRequest(JudgeRequest(judge), 0.7))
    asked = PairsToAsk(Purpose.TRY, tuple(pair.id for pair in plan.pairs), plan.orders, plan.samples)
    async for _ in ask_pairs(store, Questions(plan.task, asked, JudgeRequest(judge))):
        pass


def test_a_cap_without_room_for_asking_again_leaves_that_to_the_first_check(folder, judge, file, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    with open_store(folder / "x.db") as store:
        asyncio.run(tried(store, str(file)))
    found = uphold(
        folder,
        "judges",
        "certify",
        "--judge",
        "stub",
        "--floor",
        ".7",
        "--yes",
        "--max-cost",
        ".00001",
        OPENAI_API_KEY="key",
    )
    assert (found.returncode, len(judge.asked)) == (0, 40)
    assert "the first check for drift asks" in found.stdout
    code, checked = told(folder, "judges", "drift", "--judge", "stub")
    assert (code, checked["asked"], len(judge.asked)) == (0, 40, 120)
