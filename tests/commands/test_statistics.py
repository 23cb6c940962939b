"""`uphold judges`, `plan`, `compare`, `gate` and the headline of `stats`."""

import json
import re

import pytest

from support.command_line import uphold
from uphold.records.enums import Choice
from uphold.records.reviews import OnScreen
from uphold.store import runs
from uphold.workflows.lookup import open_store
from uphold.workflows.review_opening import ReviewOptions, open_review

WORD = {"W": "candidate", "L": "baseline", "T": "tie"}


def run(db, *words):
    return uphold(db.parent, *words, db=str(db))


def as_json(db, *words):
    return json.loads(run(db, *words, "--json").stdout)


def rows(candidate, human, judges, start=0, turns=1, **others):
    """One row a pair: what people say (a dot is nobody), and what each judge says."""
    for at, word in enumerate(human):
        place = {"key": f"k{(start + at) // turns:03d}", "candidate": candidate, "baseline": "base"}
        texts = {
            "instruction": f"question {place['key']}",
            "response_candidate": f"{candidate} says {at} at some length",
            "response_baseline": f"base says {at}",
            **others,
        }
        yield {**place, **texts, **({} if word == "." else {"reviewer": "ada", "review": WORD[word]})}
        for name, said in judges.items():
            yield {**place, "judge": name, "verdict": WORD.get(said[at])}


def bring(db, *files):
    for number, given in enumerate(files):
        path = db.parent / f"{number}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
        done = run(db, "import", str(path), "--set", "desk")
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """Two checkpoints on 60 examples, all read; two judges, of whom one is nearly always right."""
    db = tmp_path_factory.mktemp("compared") / "u.db"
    old, new = "W" * 30 + "L" * 30, "W" * 24 + "L" * 6 + "W" * 2 + "L" * 28
    bring(
        db,
        rows("v1", old, {"good": old, "poor": "W" * 60}, tags=["billing", "tone"]),
        rows("v2", new, {"good": new, "poor": "W" * 60}),
    )
    with open_store(db) as store:
        session = open_review(store, runs.find_run(store, "v2-vs-base"), "ada")
        session.go_to(next(n for n in range(1, 61) if session.go_to(n) and session.current.key == "k024"))
        session.reasons(["wrong fact"], OnScreen(side_a=session.current.side_a))
        session.comment("says 30 days", OnScreen(side_a=session.current.side_a))
    return db


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """One checkpoint on 80 examples; 30 of them read in the app, from the front of the queue."""
    db = tmp_path_factory.mktemp("sampled") / "u.db"
    bring(db, rows("v1", "." * 80, {"good": "WL" * 40}))
    with open_store(db) as store:
        session = open_review(store, runs.find_run(store, None), reviewer="ben")
        while session.progress.read < 30:  # a repeat that comes back in between is no pair more
            pair = session.current
            word = session.verdict if pair.key[-1] != "7" else "tie"
            session.decide(Choice(word), OnScreen(side_a=pair.side_a, verdict=session.verdict), seconds=20.0)
    return db


def test_compare_shows_the_difference_and_every_example_lost_and_won(compared):
    done = run(compared, "compare", "v1-vs-base", "v2-vs-base")
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout.splitlines()
    assert shown[0] == "v1-vs-base -> v2-vs-base"
    assert "  60 of 60 shared examples read in both runs" in shown
    assert "  v2 is not shown to differ from v1: with ties as half the interval contains 0." in shown
    assert "Lost: 6 examples" in shown
    assert "Won: 2 examples" in shown
    at = shown.index("  k024  win -> loss  by ada  [billing, tone]")
    assert shown[at + 1 : at + 3] == ["      question k024", "      ada: wrong fact: says 30 days"]
    assert run(compared, "show", "v2-vs-base", "k024").returncode == 0


DIFF = ["difference", "low", "high", "n", "level", "method", "reason"]


def test_compare_as_json_has_the_difference_and_who_says_so(compared):
    found = as_json(compared, "compare", "1", "2")
    assert (found["run"], found["against"]) == ("v2-vs-base", "v1-vs-base")
    assert [found[key] for key in ("examples", "shared", "equal", "read_in_both")] == [60, 60, 0, 60]
    assert [list(found["difference"][rate]) for rate in ("win_rate", "ties_half")] == [DIFF, DIFF]
    half = found["difference"]["ties_half"]
    assert (half["difference"], half["n"], half["level"]) == (pytest.approx(-4 / 60), 60, 0.95)
    assert half["low"] < half["difference"] < half["high"]
    assert found["lost"][0] == {"key": "k024", "turn": 1, "by": ["ada"]}
    assert (len(found["lost"]), len(found["won"])) == (6, 2)
    assert found["judge"] in ("good", "poor")
    assert found["by_judge"]["judged_in_both"] == 60


def test_several_runs_are_never_ranked_but_told_what_may_be_best(tmp_path):
    db = tmp_path / "u.db"
    bring(db, *(rows(name, "W" * wins + "L" * (100 - wins), {}) for name, wins in (("v1", 60), ("v2", 85), ("v3", 58))))
    found = as_json(db, "compare", "1", "2", "3")
    assert [(one["run"], one["state"]) for one in found["best"]] == [
        ("v1-vs-base", "not the best"),
        ("v2-vs-base", "best"),
        ("v3-vs-base", "not the best"),
    ]
    best = found["best"][1]["difference"]
    assert list(best) == DIFF
    assert 0 < best["low"] < best["difference"] < best["high"]
    shown = run(db, "compare", "1", "2", "3").stdout
    assert "v2: best" in shown
    assert "v1: not the best" in shown
    assert run(db, "compare", "1", "1", "2").returncode == 2


@pytest.mark.parametrize(
    ("margin", "code", "word"), [("0.2", 0, "PASS"), ("0.05", 3, "INCONCLUSIVE"), ("0.001", 3, "INCONCLUSIVE")]
)
def test_the_gate_leaves_with_its_outcome(compared, margin, code, word):
    done = run(compared, "gate", "v2-vs-base", "--against", "v1-vs-base", "--margin", margin)
    assert done.returncode == code
    assert f"  {word}: " in done.stdout
    found = as_json(compared, "gate", "v2-vs-base", "--against", "v1-vs-base", "--margin", margin)
    assert (found["outcome"], found["read"], found["margin"]) == (word, 60, float(margin))
    assert found["difference"] == as_json(compared, "compare", "1", "2")["difference"]
    assert found["bound"] < found["difference"]["ties_half"]["difference"]
    assert (found["planned"], "result" in found, "people" in found) == (None, False, False)


def test_a_clear_loss_fails_the_gate(tmp_path):
    db = tmp_path / "u.db"
    bring(db, rows("v1", "W" * 40, {}), rows("v2", "L" * 30 + "W" * 10, {}))
    done = run(db, "gate", "v2-vs-base", "--against", "v1-vs-base", "--margin", ".05")
    assert done.returncode == 1
    assert "FAIL: worse by more than 5 points" in done.stdout


def test_a_judge_never_decides_a_gate_but_says_what_it_would(tmp_path):
    db = tmp_path / "u.db"
    bring(db, rows("v1", "." * 40, {"gpt": "WL" * 20}), rows("v2", "." * 40, {"gpt": "WL" * 20}))
    words = ("gate", "v2-vs-base", "--against", "v1-vs-base", "--margin", ".2")
    silent = run(db, *words)
    assert (silent.returncode, "no example was read in both runs" in silent.stdout) == (3, True)
    done = run(db, *words, "--judge-only")
    assert done.returncode == 3
    assert (
        "INCONCLUSIVE: a judge alone decides nothing; it would say PASS: not worse by 20 points or more" in done.stdout
    )
    assert "Judge gpt: no human verdict stands behind this judge here: it is an unverified opinion." in done.stdout
    found = as_json(db, *words, "--judge-only")
    assert (found["outcome"], found["judge"], found["so_far"]) == ("INCONCLUSIVE", "gpt", "PASS")
    assert (found["difference"]["ties_half"]["difference"], found["difference"]["ties_half"]["n"]) == (0, 40)


def test_chosen_pairs_pass_no_gate(tmp_path):
    db = tmp_path / "u.db"
    bring(db, rows("v1", "WL" * 15 + "." * 30, {}), rows("v2", "WL" * 15 + "." * 30, {}))
    found = as_json(db, "gate", "v2-vs-base", "--against", "v1-vs-base", "--margin", ".3")
    assert found["outcome"] == "INCONCLUSIVE"
    assert found["reason"] == "chosen, not sampled: these numbers speak of the 30 examples read in both runs"


def _read(db, name, count, queue="random", planned=None):
    """Decide the next pairs of a queue as ties, and plan so many."""
    with open_store(db) as store:
        session = open_review(store, runs.find_run(store, name), "ben", ReviewOptions(queue=queue, planned=planned))
        until = session.progress.read + count
        while session.progress.read < until:
            session.decide(Choice.TIE, OnScreen(side_a=session.current.side_a), seconds=2.0)


def test_what_is_lacking_is_said_with_the_commands_that_read_it_and_they_do(tmp_path):
    db = tmp_path / "u.db"
    bring(db, rows("v1", "." * 60, {}), rows("v2", "." * 60, {}))
    _read(db, "1", 12)
    words = ("gate", "v2-vs-base", "--against", "v1-vs-base", "--margin", ".3")
    done = run(db, *words)
    assert done.returncode == 3
    assert "      uphold review v2-vs-base --queue changed --plan" in done.stdout
    found = as_json(db, *words)
    assert (found["more"]["examples"], found["more"]["verdicts"]) == (10, 10)
    assert found["more"]["commands"] == ["uphold review v2-vs-base --queue changed --plan 10"]
    _read(db, "2", 12, "changed")
    assert as_json(db, *words)["read"] == 12
    assert run(db, *words).returncode == 0


def test_before_the_plan_of_the_run_the_gate_is_inconclusive(tmp_path):
    db = tmp_path / "u.db"
    bring(db, rows("v1", "." * 90, {}), rows("v2", "." * 90, {}))
    _read(db, "1", 60)
    _read(db, "2", 58, planned=90)
    words = ("gate", "2", "--against", "1", "--margin", ".3")
    done = run(db, *words)
    assert (done.returncode, "INCONCLUSIVE: 58 of 90 planned." in done.stdout) == (3, True)
    found = as_json(db, *words)
    assert (found["planned"], found["read"], found["so_far"]) == (90, 58, "PASS")
    assert run(db, *words, "--planned", "50").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gate", "1", "--against", "2", "--margin", "5"), "--margin is a share between 0 and 1"),
        (("gate", "1", "--against", "1", "--margin", ".1"), "both are the run"),
        (("compare", "1", "nothing"), "there is no run 'nothing'"),
        (("compare", "1", "2", "--judge", "nobody"), "judge 'nobody' has not judged both runs"),
        (("plan", "1", "--half-width", "5"), "--half-width is a share"),
    ],
)
def test_what_does_not_fit_is_said_with_exit_code_2(compared, words, said):
    done = run(compared, *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_judges_stand_side_by_side_with_an_exact_test(compared):
    shown = run(compared, "judges", "v1-vs-base").stdout
    assert "only poor right 0, only good right 30; good says more often what people say (p < .001)." in shown
    found = as_json(compared, "judges", "v1-vs-base")
    assert [judge["judge"] for judge in found["judges"]] == [found["pairs"][0]["a"], found["pairs"][0]["b"]]
    assert found["pairs"][0]["n"] == 60


def test_two_versions_of_one_judge_and_too_few_reviews_are_named_as_what_they_are(tmp_path):
    db = tmp_path / "u.db"
    bring(db, rows("v1", "WL" * 3 + "." * 10, {"good": "WL" * 8}, reference="v1 says it"))
    for margin in ("0", ".2"):
        assert run(db, "judge", "--judge", "rules:closer", "--judge-option", f"margin={margin}").returncode == 0
    shown = run(db, "judges").stdout
    table, two = shown.split("Two at a time")
    names = {line.split("  ")[1] for line in table.splitlines() if "rules:closer" in line}
    assert len(names) == 2
    assert all(re.fullmatch(r"rules:closer \(judge \d\)", name) and name in two for name in names)
    assert "10 pairs read by people and by both judges needed" in two
    assert "both runs" not in shown


def test_a_margin_of_one_point_is_singular(compared):
    shown = run(compared, "gate", "v2-vs-base", "--against", "v1-vs-base", "--margin", ".01").stdout
    assert "margin 1 point\n" in shown
    assert "; 1 point is allowed." in shown


def test_decisions_from_the_front_of_the_queue_make_the_headline(sampled):
    found = as_json(sampled, "stats")
    assisted = found["headline"]
    assert (assisted["state"], assisted["n"], assisted["sampled"]) == ("assisted", 30, 30)
    like, this = (assisted[target]["win_rate"] for target in ("population", "this_set"))
    assert 0 < like["low"] < this["low"] < this["high"] < like["high"] < 1
    assert (found["human"]["chosen"], found["human"]["outside_queue"]) == (0, 0)
    assert [row["more"] for row in found["budget"]] == [10, 20, 50]
    shown = run(sampled, "stats").stdout
    assert "How often v1 wins" in shown
    assert "It rests on 30 verdicts of people (drawn at random) and on the judge" in shown


def test_plan_says_how_many_more_and_how_long(sampled):
    shown = run(sampled, "plan", "--half-width", ".11").stdout
    assert "for instructions like these:" in shown
    assert "minutes at 20 seconds a pair" in shown
    found = as_json(sampled, "plan", "--half-width", ".01")
    assert found["population"]["more"] is None
    assert found["population"]["reason"] == "more instructions needed, not more verdicts"


def test_a_planned_n_makes_the_headline_provisional(sampled):
    shown = run(sampled, "stats", "--planned", "60").stdout
    assert "Provisional: 60 verdicts are planned, 30 are there." in shown
    assert as_json(sampled, "stats", "--planned", "60")["headline"]["planned"] == 60


def test_a_tag_is_named_on_the_page(tmp_path):
    db = tmp_path / "u.db"
    bring(
        db,
        (
            {**row, "tags": ["billing"]} if row["key"] < "k005" and "instruction" in row else row
            for row in rows("v1", "WL" * 10, {})
        ),
    )
    assert "10 pairs" not in run(db, "stats", "--tag", "billing").stdout
    assert "only those with the tag 'billing'" in run(db, "stats", "--tag", "billing").stdout
    assert as_json(db, "stats", "--tag", "billing")["tag"] == "billing"


def test_judges_is_a_group_whose_bare_form_takes_a_run(compared):
    assert as_json(compared, "judges", "v1-vs-base") == as_json(compared, "judges", "compare", "v1-vs-base")
    assert "no run 'nonsense'" in run(compared, "judges", "nonsense").stderr
    assert "no run 'compare'" in run(compared, "judges", "--", "compare").stderr
    shown = run(compared, "judges", "--help").stdout
    assert "judges [RUN] [--json] | COMMAND" in shown
    assert "\n  compare " in shown


def test_a_gate_says_that_the_judge_helps_its_difference_and_not_its_bounds(tmp_path):
    db = tmp_path / "u.db"
    later = "L" * 10 + "W" * 50
    bring(db, rows("v1", "W" * 60, {"good": "W" * 60}), rows("v2", later, {"good": later}))
    helped = "The difference is helped by the judge's own changes, the bounds are of people's verdicts alone."
    assert helped in run(db, "gate", "2", "--against", "1", "--margin", ".05").stdout
    assert helped not in run(db, "gate", "2", "--against", "1", "--margin", ".05", "--judge-only").stdout
