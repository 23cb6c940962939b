"""The JSON that other programs read: every key, its order, and a reason beside every null."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.run_counts import compared, counts_of, table, votes
from uphold.records.counts import Stratum
from uphold.records.enums import Verdict
from uphold.reports.json_output import statistics_json
from uphold.stats.summary import run_statistics

RATE = ["rate", "low", "high", "n", "level", "method"]

SHARE = ["rate", "n"]

VALUE = ["value", "low", "high", "reason"]

THREE = {"win_rate": RATE, "win_tie_rate": RATE, "ties_half": RATE}

CLASSES = ["candidate", "tie", "baseline"]

HUMAN = [
    *("reviewed", "wins", "ties", "losses", "both_bad", "unresolved", "skipped", "broken", "carried", "imported"),
    *("outside_queue", "stale", "retired", "older_reference"),
]

AGREEMENT = {
    "n": None,
    "observed": RATE,
    "raw": SHARE,
    "kappa": VALUE,
    "ac1": VALUE,
    "precision": dict.fromkeys(CLASSES, RATE),
    "recall": dict.fromkeys(CLASSES, RATE),
    "confusion": dict.fromkeys(CLASSES, CLASSES),
    "without_ties": RATE,
    "per_vote": {"observed": RATE, "without_ties": RATE},
    "blind": {"observed": RATE},
    "anchoring": None,
}

JUDGE = {
    **dict.fromkeys(["judge", "version", "wins", "ties", "losses", "inconsistent", "unreadable", "failed", "pending"]),
    "win_rate": SHARE,
    "win_tie_rate": SHARE,
    "ties_half": SHARE,
    "mean_preference": ["rate", "standard_error", "n"],
    "assisted": {"state": None, "reason": None, "worth_verdicts": None, "population": THREE, "this_set": THREE},
    "agreement": AGREEMENT,
    "position": {
        **dict.fromkeys(["pairs_in_both_orders", "flips"]),
        "flip_rate": RATE,
        "first_position": {"first": None, "second": None, "rate": RATE},
    },
    "length": {"judge_longer": RATE, "human_longer": RATE, "spearman": VALUE},
}

SHAPE = {
    **dict.fromkeys(["run", "set", "set_hash", "candidate", "baseline", "pairs"]),
    "human": {**dict.fromkeys(HUMAN), **THREE},
    "judges": [JUDGE],
    "reviewers": {
        **dict.fromkeys(["names", "items_shared"]),
        "per_vote_agreement": {"observed": RATE, "without_ties": RATE},
        "kappa": [["a", "b", "value", "n"]],
        "alpha": VALUE,
        "progress": [["reviewer", "read", "of"]],
    },
    "budget": None,
}

LOOKED = st.tuples(
    st.text("WTLB.", max_size=3).map(votes),
    st.one_of(st.none(), st.sampled_from(Verdict)),
    st.one_of(st.none(), st.tuples(*[st.sampled_from(("candidate", "baseline", "tie"))] * 2)),
    st.integers(0, 14),
)


def missing(found, shape, path="$"):
    """The paths of `shape` that are absent, and the objects whose keys come in another order."""
    if shape is None:
        return []
    if isinstance(shape, list) and not isinstance(shape[0], str):
        return [gap for at, part in enumerate(found) for gap in missing(part, shape[0], f"{path}[{at}]")]
    wanted = [key for key in found if key in shape]
    gaps = [] if wanted == list(shape) else [f"{path}: {wanted} where {list(shape)} should be"]
    parts = shape.items() if isinstance(shape, dict) else ()
    return gaps + [gap for key, part in parts for gap in missing(found.get(key, {}), part, f"{path}.{key}")]


def unexplained(found, path="$"):
    """The paths of nulls without a reason beside them."""
    if isinstance(found, list):
        return [gap for at, part in enumerate(found) for gap in unexplained(part, f"{path}[{at}]")]
    if not isinstance(found, dict):
        return []
    # There is a certificate or there is none: no number that a reason would stand for.
    nulls = [f"{path}.{key}" for key, part in found.items() if part is None and key not in ("reason", "certificate")]
    gaps = [] if found.get("reason") else nulls
    return gaps + [gap for key, part in found.items() for gap in unexplained(part, f"{path}.{key}")]


def shown(counts):
    return statistics_json(run_statistics(counts))


def test_every_documented_key_is_there_in_its_order():
    pairs = [(votes("WWL"), Verdict.CANDIDATE, ("candidate", "candidate"), 0)] * 12
    assert missing(shown(counts_of(pairs, preferences=(0.25, 0.75))), SHAPE) == []


def test_an_empty_run_has_the_same_keys_and_says_why_it_has_no_numbers():
    found = shown(counts_of({"judge": [(votes("."), None, None, 0)]}, preferences=(0.5, 0.5)))
    assert missing(found, SHAPE) == []
    assert unexplained(found) == []


@settings(max_examples=examples(80))
@given(st.lists(LOOKED, max_size=30), st.booleans(), st.sampled_from([(), (0.5,), (0.5, 1.0)]))
def test_beside_every_null_stands_a_reason(pairs, pooled, preferences):
    found = shown(counts_of(pairs, pooled=pooled, preferences=preferences))
    assert unexplained(found) == []
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_pooled_set_has_no_run_no_systems_and_no_assisted_rates():
    found = shown(compared("WWLT" * 5, "WLLI" * 5, pooled=True))
    assert (found["run"], found["candidate"], found["baseline"]) == (None, None, None)
    judge = found["judges"][0]
    assert (judge["assisted"], judge["win_rate"]["rate"], judge["win_rate"]["n"]) == (None, None, 20)
    assert [found["human"][key]["low"] for key in ("win_rate", "win_tie_rate", "ties_half")] == [None] * 3
    assert (found["human"]["wins"], judge["agreement"]["observed"]["rate"]) == (10, 0.75)


def test_the_confusion_matrix_names_people_first_and_the_judge_inside():
    found = shown(compared("WWT", "LTL"))["judges"][0]["agreement"]["confusion"]
    assert found["candidate"] == {"candidate": 0, "tie": 1, "baseline": 1}
    assert found["tie"] == {"candidate": 0, "tie": 0, "baseline": 1}


def test_names_come_out_raw():
    found = shown(compared("W", "W", candidate="[b]x[/b]\x1b[2J", reviewers={1: "\u202eada"}))
    assert (found["candidate"], found["reviewers"]["names"]) == ("[b]x[/b]\x1b[2J", ["\u202eada"])


@pytest.mark.parametrize("tags", [{}, {"tone": compared("W", "W"), "length": compared(".", "W")}])
def test_tags_are_there_when_asked_for(tags):
    found = shown(compared("W", "W", tags=tags))
    assert [tag["tag"] for tag in found.get("tags", [])] == list(tags)
    assert all(missing(tag["human"], SHAPE["human"]) == [] for tag in found.get("tags", []))
    assert ("tags" in found) is bool(tags)


def test_a_refused_headline_says_why_wherever_a_number_is_missing():
    chosen = table(("W", 20, "W" * 20), stratum=1) + table(("W", 60, ""))
    found = shown(counts_of(chosen, strata=(Stratum("all"), Stratum("chosen", chosen=True))))
    reason = "chosen, not sampled: these numbers speak of the 20 pairs read"
    for assisted in (found["judges"][0]["assisted"], found["headline"]):
        assert (assisted["state"], assisted["reason"]) == ("refused", reason)
        for target in ("population", "this_set"):
            assert [rate["reason"] for rate in assisted[target].values()] == [reason] * 3
    assert (found["human"]["chosen"], found["budget"]) == (20, [])
    assert unexplained(found) == []


@pytest.mark.parametrize(
    ("pairs", "state", "reason"),
    [
        (table(("W", 60, "")), "opinion", "no human verdict yet: a judge's opinion, not a win rate"),
        (table(("W", 60, "WWWW")), "counts", "10 verdicts needed for a rate"),
        (table(("W", 60, "W" * 12)), "human-only", "20 needed for the judge-assisted rate"),
        (
            table(("W", 60, "W" * 25), ("L", 31, "")),
            "human-only",
            "no verdict yet where the judge said loss (31 items)",
        ),
    ],
)
def test_each_state_of_the_headline_has_its_reason(pairs, state, reason):
    found = shown(counts_of(pairs))["judges"][0]["assisted"]
    assert (found["state"], found["reason"]) == (state, reason)


def test_the_headline_and_the_budget_are_numbers_when_there_are_enough_verdicts():
    found = shown(counts_of(table(("W", 60, "W" * 15 + "L" * 5), ("L", 40, "L" * 8 + "W" * 2))))
    assert found["headline"]["judge"] == "judge"
    assert found["headline"]["population"] == found["judges"][0]["assisted"]["population"]
    assert [row["more"] for row in found["budget"]] == [10, 20, 70]
    assert found["budget"][0].keys() == {"more", "population_half_width", "this_set_half_width"}
    assert found["human"]["peek_safe"]["population"]["low"] < found["headline"]["population"]["win_rate"]["low"]


def test_a_run_without_a_judge_has_the_headline_of_people_alone():
    counts = counts_of(table(("W", 60, "W" * 20 + "L" * 10)))
    found = shown(replace(counts, judges=()))
    assert (found["headline"]["state"], found["headline"]["reason"]) == ("human-only", "no judge has read these pairs")


def test_an_interval_that_needs_resampling_waits_for_full_and_every_value_is_there():
    said = compared(["WWW", "WLW", "LLL", "LTL", "TTT"] * 4, "WWLLT" * 4)
    found, full = shown(said), statistics_json(run_statistics(said, full=True))
    alpha = found["reviewers"]["alpha"]
    assert (alpha["low"], alpha["high"], alpha["reason"]) == (None, None, "--full")
    assert full["reviewers"]["alpha"]["value"] == alpha["value"]
    assert full["reviewers"]["alpha"]["low"] < alpha["value"] < full["reviewers"]["alpha"]["high"]
    assert found["judges"][0]["agreement"]["confidence"]["reason"] == "--full"
