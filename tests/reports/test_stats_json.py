"""The JSON that other programs read: every key, its order, and a reason beside every null."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counted import compared, counts_of, votes
from uphold.records.words import Verdict
from uphold.reports.stats_json import as_json
from uphold.stats import numbers

RATE = ["rate", "low", "high", "n", "level", "method"]
SHARE = ["rate", "n"]
VALUE = ["value", "low", "high", "reason"]
THREE = {"win_rate": RATE, "win_tie_rate": RATE, "ties_half": RATE}
CLASSES = ["candidate", "tie", "baseline"]
HUMAN = [
    *("reviewed", "wins", "ties", "losses", "both_bad", "unresolved", "skipped", "broken", "carried", "imported"),
    *("outside_queue", "stale", "retired"),
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
DESIGN = {
    **dict.fromkeys(["run", "set", "set_hash", "candidate", "baseline", "pairs"]),
    "human": {**dict.fromkeys(HUMAN), **THREE},
    "judges": [JUDGE],
    "reviewers": {
        **dict.fromkeys(["names", "items_shared"]),
        "per_vote_agreement": {"observed": RATE, "without_ties": RATE},
        "kappa": [["a", "b", "value", "n"]],
        "alpha": VALUE,
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
    """The paths of the design that are absent, and the objects whose keys come in another order."""
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
    nulls = [f"{path}.{key}" for key, part in found.items() if part is None and key != "reason"]
    gaps = [] if found.get("reason") else nulls
    return gaps + [gap for key, part in found.items() for gap in unexplained(part, f"{path}.{key}")]


def shown(counts):
    return as_json(numbers(counts))


def test_every_key_of_the_design_is_there_in_its_order():
    pairs = [(votes("WWL"), Verdict.CANDIDATE, ("candidate", "candidate"), 0)] * 12
    assert missing(shown(counts_of(pairs, preferences=(0.25, 0.75))), DESIGN) == []


def test_an_empty_run_has_the_same_keys_and_says_why_it_has_no_numbers():
    found = shown(counts_of({"judge": [(votes("."), None, None, 0)]}, preferences=(0.5, 0.5)))
    assert missing(found, DESIGN) == []
    assert unexplained(found) == []


@settings(max_examples=80, deadline=None)
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
    assert all(missing(tag["human"], DESIGN["human"]) == [] for tag in found.get("tags", []))
    assert ("tags" in found) is bool(tags)


def test_what_comes_later_says_so():
    judge = shown(compared("W" * 20, "W" * 20))["judges"][0]
    later = "not yet computed by this version"
    assert (judge["assisted"]["state"], judge["assisted"]["reason"]) == ("refused", later)
    assert judge["assisted"]["population"]["win_rate"]["rate"] is None
    assert judge["length"]["spearman"] == {"value": None, "low": None, "high": None, "reason": later}
    assert judge["agreement"]["ac1"]["reason"] == later
