"""One judge of the headline in every command and on every screen: a rule on all pairs, a model on those that were read."""

import json
import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.app_samples import make_app, press, shown
from support.command_line import done, told, uphold
from support.faulty_endpoint import right
from support.model_server import serving
from uphold.formatting import percent_number
from uphold.records.enums import Choice, Preference
from uphold.records.pair_list import Behind
from uphold.records.reviews import OnScreen
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold_tui.checkpoints.screen import CheckpointsScreen
from uphold_tui.home.screen import HomeScreen
from uphold_tui.numbers.screen import NumbersScreen
from uphold_tui.pairs.screen import PairsScreen
from uphold_tui.review.screen import ReviewScreen

RULE, MODEL = "rules:closer", "openai:m"

PAIRS, READ = 40, 24

REASON = "Judge: rules:closer, a rule that read every pair; no other judge has."


@pytest.fixture(scope="module", autouse=True)
def _key() -> Iterator[None]:
    """A key, and no other setting of a model server."""
    with pytest.MonkeyPatch.context() as patch:
        for name in tuple(os.environ):
            if name.startswith(("ANTHROPIC_", "OPENAI_")) or name.lower().endswith("_proxy"):
                patch.delenv(name)
        patch.setenv("OPENAI_API_KEY", "key-of-the-test")
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs over a set, judged by a rule; 24 pairs of each are read, and a model was asked about those of the first."""
    tmp_path = tmp_path_factory.mktemp("judged")
    for name in ("first", "second"):
        rows: list[dict[str, Any]] = [
            {
                "key": f"k-{n:02d}",
                "instruction": f"Question {n}",
                "reference": "the right answer to it",
                "response_candidate": f"the right answer to it, {name}" if n % 3 else f"no {name} {n}",
                "response_baseline": "wrong" if n % 3 else "the right answer",
            }
            for n in range(PAIRS)
        ]
        file = tmp_path / f"{name}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        done(tmp_path, "import", file.name, "--set", "s", "--candidate", name, "--baseline", "old")
    with open_store(tmp_path / "x.db") as store:
        for run in all_runs(store):
            session = open_review(store, run, "mira")
            for number in range(READ):
                choice = (Choice.CANDIDATE, Choice.CANDIDATE, Choice.BASELINE, Choice.TIE)[number % 4]
                session.decide(choice, OnScreen(Preference.CANDIDATE))
    for number in ("1", "2"):
        done(tmp_path, "judge", number, "--judge", RULE)
    with serving(right) as server:
        done(tmp_path, "judge", "1", "--judge", MODEL, "--only-reviewed", "--base-url", f"{server.url}/v1")
    return tmp_path / "x.db"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A folder with a copy of that database."""
    shutil.copy(made, tmp_path)
    return tmp_path


def stats(folder: Path, run: str = "1", *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(folder, "stats", run, "--json", *options))
    return found


def runs(folder: Path) -> list[tuple[str | None, str]]:
    return [(row["headline_judge"], row["judge_reason"]) for row in json.loads(done(folder, "runs", "--json"))]


def test_every_command_speaks_of_the_rule_and_says_so(folder: Path) -> None:
    found = stats(folder)
    assert (found["judge"], found["judge_reason"], found["judge_missing"]) == (RULE, "rule", 0)
    assert (found["headline"]["judge"], found["headline"]["state"]) == (RULE, "assisted")
    assert [judge["judge"] for judge in found["judges"]] == [RULE, MODEL]
    partial = found["judges"][1]
    assert (partial["pending"], partial["wins"] + partial["ties"] + partial["losses"]) == (PAIRS - READ, READ)
    assert partial["assisted"]["state"] == "human-only"
    assert partial["assisted"]["reason"] == f"{MODEL} has read {READ} of {PAIRS} pairs"
    assert runs(folder) == [(RULE, "rule"), (RULE, "rule")]
    assert REASON in done(folder, "stats", "1")
    assert RULE in done(folder, "runs")
    assert MODEL not in done(folder, "runs")


def test_a_judge_that_is_named_is_never_replaced_in_silence(folder: Path) -> None:
    found = stats(folder, "1", "--judge", MODEL)
    assert (found["judge"], found["judge_reason"], found["judge_missing"]) == (MODEL, "named", PAIRS - READ)
    assert found["headline"]["state"] == "human-only"
    alone = stats(folder)["human"]["win_rate"]
    assert found["headline"]["population"]["win_rate"]["rate"] == alone["rate"]
    command = shlex.split(found["judge_command"])
    assert command[0] == "uphold"
    assert command[-4:] == ["judge", "first-vs-old", "--judge", MODEL]
    assert found["judge_command"] in found["headline"]["reason"]
    assert "judge 'nobody' has not judged this run" in told(folder, "stats", "1", "--judge", "nobody")


def test_pinning_the_model_says_what_is_missing_and_the_command_it_names_brings_it(folder: Path) -> None:
    pinned = json.loads(done(folder, "set", "pin", "s", MODEL, "--json"))
    assert (pinned["set"], pinned["judge"], pinned["pairs"], pinned["missing"]) == (
        "s",
        MODEL,
        2 * PAIRS,
        2 * PAIRS - READ,
    )
    assert [(run["run"], run["missing"]) for run in pinned["runs"]] == [
        ("first-vs-old", PAIRS - READ),
        ("second-vs-old", PAIRS),
    ]
    said = done(folder, "set", "pin", "s", MODEL)
    assert f"{MODEL} is pinned to s; it lacks 56 of 80 pairs" in said
    assert "first-vs-old lacks 16 of 40: `uphold --db" in said
    assert f"judge first-vs-old --judge {MODEL}` asks the rest" in said
    for run in ("1", "2"):
        found = stats(folder, run)
        assert (found["judge"], found["judge_reason"], found["headline"]["state"]) == (MODEL, "pinned", "human-only")
    assert runs(folder) == [(MODEL, "pinned"), (MODEL, "pinned")]
    text = done(folder, "stats", "1")
    assert f"Judge: {MODEL}, pinned to this set. People alone: {MODEL} has read 24 of 40 pairs; `uphold" in text
    command = shlex.split(pinned["runs"][0]["command"])
    with serving(right) as server:
        done(folder, *command[3:], "--base-url", f"{server.url}/v1", db=command[2])
    found = stats(folder)
    assert (found["judge"], found["judge_missing"], found["headline"]["state"]) == (MODEL, 0, "assisted")
    assert "it lacks 40 of 80 pairs" in done(folder, "set", "pin", "s", MODEL)
    assert "no judge is pinned to s now" in done(folder, "set", "pin", "s", "--none")
    assert stats(folder)["judge_reason"] == "complete"
    assert "no judge is pinned to the set 's'" in told(folder, "set", "pin", "s", "--none")
    assert "name a judge, or a spec, or take the pin away with --none" in told(folder, "set", "pin", "s")


def test_with_a_pinned_judge_that_read_no_pair_of_a_run_no_other_stands_for_it(folder: Path) -> None:
    done(folder, "set", "pin", "s", MODEL)
    listed = done(folder, "runs")
    assert f"{MODEL}, pinned, 24 of 40" in listed
    assert f"{MODEL}, pinned, 0 of 40" in listed
    assert RULE not in listed
    assert "judge changed" not in listed  # people alone in both: nothing that could jump is the judge's
    words = f"{MODEL}, pinned to this set, has not judged both runs; judges that have, for --judge: {RULE}"
    assert f"No judge is shown beside them: {words}." in done(folder, "compare", "1", "2")
    found = json.loads(done(folder, "compare", "1", "2", "--json"))
    assert (found["judge"], found["by_judge"], found["reason"]) == (None, None, words)
    gate = ("gate", "2", "--against", "1", "--margin", ".1", "--judge-only")
    assert f"--judge-only: {words}; `uphold judge RUN --judge SPEC`" in told(folder, *gate)
    named = json.loads(uphold(folder, *gate, "--judge", RULE, "--json").stdout)
    assert (named["outcome"], named["judge"]) == ("INCONCLUSIVE", RULE)
    assert named["difference"]["ties_half"]["difference"] is not None
    done(folder, "report", "2", "-o", "page.md")
    page = (folder / "page.md").read_text("utf-8")
    assert f"upheld the verdict of {RULE}" in page
    assert f"{MODEL}, the judge of the headline, has read none of these pairs" in page
    done(folder, "report", "1", "-o", "page.md", "--force")
    assert "upheld the judge’s verdict" in (folder / "page.md").read_text("utf-8")


async def seen(pilot: "Pilot[str]", kind: type, words: str = "") -> str:
    """The text of a screen of this kind when it says these words and nothing is being read."""
    text = ""
    for _ in range(500):
        await pilot.pause(0.01)
        screen = pilot.app.screen
        text = shown(pilot)
        if isinstance(screen, kind) and not screen.workers._workers and words in text:
            return text
    raise AssertionError(f"{words!r} is not on {pilot.app.screen}:\n{text}")


@pytest.mark.parametrize("size", [(120, 36), (200, 60), (80, 24)])
async def test_every_screen_speaks_of_the_rule_until_the_model_is_pinned(folder: Path, size: tuple[int, int]) -> None:
    win_rate = stats(folder)["headline"]["population"]["win_rate"]
    percent = percent_number(win_rate["rate"])
    ends = f"{percent_number(win_rate['low'])}–{percent_number(win_rate['high'])}"
    with open_store(folder / "x.db") as store:
        async with make_app(store, reviewer="mira").run_test(size=size) as pilot:
            home = await seen(pilot, HomeScreen, ends)
            assert f"{percent}  {ends}" in home
            assert home.count(RULE) == 2
            assert MODEL not in home

            await press(pilot, "i")
            numbers = await seen(pilot, NumbersScreen, "With more reviews" if size[1] > 40 else RULE)
            assert ends in numbers
            page = pilot.app.screen
            assert isinstance(page, NumbersScreen)
            whole = str(page.linked.content.content)
            assert " ".join(REASON.split()[:3]) in whole
            assert "Judge throughout: rules:closer." in whole
            await press(pilot, "l")
            await seen(pilot, PairsScreen)
            listed = pilot.app.screen
            assert isinstance(listed, PairsScreen)
            assert listed.listing.judge_name == RULE
            await press(pilot, "q", "q", "enter")

            await pilot.pause()
            review = pilot.app.screen
            assert isinstance(review, ReviewScreen)
            assert review.session.judge_name == RULE
            if size[0] >= 120:
                foot = await seen(pilot, ReviewScreen, ends)
                assert RULE in foot
            numbers_ = review.session.numbers()
            assert numbers_.judge_name == RULE
            assert numbers_.population is not None
            assert (numbers_.population.rate, numbers_.population.low) == (win_rate["rate"], win_rate["low"])

            # The model is pinned where it stands on the screen: in the numbers, opened from the review.
            await press(pilot, "i")
            await seen(pilot, NumbersScreen, RULE)
            await press(pilot, "tab")
            await seen(pilot, NumbersScreen, MODEL)
            await press(pilot, "p")
            await seen(pilot, NumbersScreen, f"{MODEL} is pinned to s; it lacks 56 of 80 pairs")
            whole = " ".join(str(page.content) for page in [pilot.app.screen.query_one("#numbers")])  # type: ignore[attr-defined]
            assert "pinned to this set. People alone:" in " ".join(whole.split())
            assert "People alone throughout." in " ".join(whole.split())
            await press(pilot, "q")
            await pilot.pause()
            assert review.session.judge_name == MODEL
            alone = review.session.numbers()
            assert (alone.state, alone.judge_name, alone.missing) == ("human-only", MODEL, PAIRS - READ)
            await press(pilot, "q")
            home = await seen(pilot, HomeScreen, "people alone")
            narrow = size[0] < 100
            await press(pilot, "c")
            listed_runs = await seen(pilot, CheckpointsScreen, "24 of 40")
            assert "0 of 40" in listed_runs
            assert RULE not in listed_runs
            await press(pilot, "q")
            home = await seen(pilot, HomeScreen, "people alone")
            assert ("opena…, 24 of 40" if narrow else f"{MODEL}, pinned, 24 of 40") in home
            assert ("openai…, 0 of 40" if narrow else f"{MODEL}, pinned, 0 of 40") in home
            assert RULE not in home
    assert stats(folder)["judge"] == MODEL


async def test_the_figures_of_another_judge_open_the_pairs_with_its_verdicts(folder: Path) -> None:
    done(folder, "set", "pin", "s", MODEL)
    with open_store(folder / "x.db") as store:
        async with make_app(store, reviewer="mira").run_test(size=(120, 36)) as pilot:
            await seen(pilot, HomeScreen, "people alone")
            await press(pilot, "down", "i")
            await seen(pilot, NumbersScreen, f"judge: {RULE}")
            page = pilot.app.screen
            assert isinstance(page, NumbersScreen)
            assert page.statistics is not None
            assert page.statistics.judge.name == MODEL
            agreement = page.statistics.judges[0].agreement.observed
            kinds = [one.pair_filter.behind.kind for one in page.linked.links if one.pair_filter.behind]
            page.linked.cursor = kinds.index(Behind.COMPARED)
            await press(pilot, "enter")
            await seen(pilot, PairsScreen)
            listed = pilot.app.screen
            assert isinstance(listed, PairsScreen)
            assert listed.listing.judge_name == RULE
            assert len(listed.list.items) == agreement.n > 0


async def test_a_judge_named_for_the_session_holds_on_every_screen(folder: Path) -> None:
    with open_store(folder / "x.db") as store:
        session = open_review(store, all_runs(store)[0], "mira", ReviewOptions(judge=MODEL))
        async with make_app(store, session, reviewer="mira", judge=MODEL).run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            await press(pilot, "i")
            await seen(pilot, NumbersScreen, f"Judge: {MODEL}, the one asked for.")
            await press(pilot, "l")
            await seen(pilot, PairsScreen)
            assert pilot.app.screen.listing.judge_name == MODEL  # type: ignore[attr-defined]
        async with make_app(store, reviewer="mira", judge=MODEL).run_test(size=(120, 36)) as pilot:
            home = await seen(pilot, HomeScreen, "people alone")
            assert f"{MODEL}, 24 of 40" in home
            await press(pilot, "down", "enter")
            assert "has not judged this run" in await seen(pilot, HomeScreen, "has not judged")
            await press(pilot, "up", "enter")
            await pilot.pause()
            assert pilot.app.screen.session.judge_name == MODEL  # type: ignore[attr-defined]
