"""A judge's agreement on parts of a run: what counts, what is refused, and in which order the parts come."""

from itertools import pairwise

import pytest

from support.run_counts import VERDICTS, votes
from uphold.records.counts import JudgeGroups, PairGroup
from uphold.records.judge_parts import PartKind, RunPart
from uphold.stats.agreement import observed_agreement
from uphold.stats.breakdown import bounds_of, breakdown, compared_ids, confidence_parts, whole_row


def groups(human: str, judge: str, cluster: int = 0) -> dict[int, PairGroup]:
    """Pairs by id from one letter each; a dot is a pair that nobody read."""
    letters = enumerate(zip(human, judge, strict=True), 1)
    return {
        number: PairGroup(votes(said), VERDICTS.get(word), None, cluster and number % cluster + 1, 1)
        for number, (said, word) in letters
    }


def tag(name: str) -> RunPart:
    return RunPart(PartKind.TAG, name)


def test_a_part_has_the_agreement_of_its_own_pairs() -> None:
    pairs = groups("W" * 30, "W" * 24 + "L" * 6)
    rows = breakdown(pairs, {tag("low"): range(16, 31), tag("high"): range(1, 16)})[PartKind.TAG]
    assert [(row.part.name, row.right, row.n) for row in rows] == [("low", 9, 15), ("high", 15, 15)]
    own = JudgeGroups(1, "j", "v", "llm", tuple(pairs[number] for number in range(16, 31)))
    assert rows[0].agreement == observed_agreement(own)[0]
    assert rows[0].agreement.method == "wilson"


def test_parts_of_fewer_than_ten_pairs_are_counts_and_come_last_by_how_many_are_wrong() -> None:
    pairs = groups("W" * 30, "W" * 15 + "L" * 15)
    parts = {tag("right"): range(1, 10), tag("rated"): range(1, 12), tag("wrong"): range(20, 29), tag("one"): (30,)}
    rows = breakdown(pairs, parts)[PartKind.TAG]
    assert [row.part.name for row in rows] == ["rated", "wrong", "one", "right"]
    assert [(row.agreement.rate, row.agreement.reason) for row in rows[1:]] == [(None, "10 needed for a rate")] * 3
    assert [(row.right, row.n) for row in rows[1:]] == [(0, 9), (0, 1), (9, 9)]


def test_only_pairs_with_a_label_and_a_readable_verdict_are_compared() -> None:
    pairs = groups("W.WWWTB", "WWUFPIT")
    assert compared_ids(pairs) == {1, 6, 7}
    row = whole_row(pairs.values())
    assert (row.right, row.n) == (3, 3)
    assert breakdown(pairs, {tag("none"): (2, 3, 4), tag("gone"): (99,)}) == {}


def test_reasons_are_counted_and_never_a_rate() -> None:
    pairs = groups("W" * 20, "L" * 20)
    (row,) = breakdown(pairs, {RunPart(PartKind.REASON, "wrong fact"): range(1, 21)})[PartKind.REASON]
    assert (row.right, row.n, row.agreement.rate) == (0, 20, None)
    assert "counts only" in (row.agreement.reason or "")


def test_pairs_of_one_conversation_widen_the_interval_of_a_part() -> None:
    part = {tag("t"): range(1, 41)}
    alone = breakdown(groups("W" * 40, "WL" * 20), part)[PartKind.TAG][0].agreement
    together = breakdown(groups("W" * 40, "WL" * 20, cluster=20), part)[PartKind.TAG][0].agreement
    assert together.rate == alone.rate
    assert "clustered" in (together.method or "")
    assert (together.high or 0) - (together.low or 0) > (alone.high or 0) - (alone.low or 0)


@pytest.mark.parametrize(
    ("stated", "thirds"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [2, 2, 2]),
        ([0.5] * 6, [6]),
        ([0.9] * 5 + [0.1], [1, 5]),
        ([0.1, 0.2, 0.2, 0.2, 0.2, 0.9], [1, 4, 1]),
    ],
)
def test_thirds_keep_equal_confidences_together(stated: list[float], thirds: list[int]) -> None:
    parts = confidence_parts(dict(enumerate(stated)), range(len(stated)))
    assert sorted(map(len, parts.values())) == sorted(thirds)
    spans = sorted(bounds_of(ids, dict(enumerate(stated))) or () for ids in parts.values())
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_a_pair_that_is_not_compared_is_in_the_third_of_its_confidence() -> None:
    parts = confidence_parts({1: 0.1, 2: 0.5, 3: 0.9, 4: 0.95, 5: 0.3}, (1, 2, 3))
    assert {part.name: ids for part, ids in parts.items()} == {
        "lowest third": {1},
        "middle third": {2, 5},
        "highest third": {3, 4},
    }
    assert confidence_parts({1: 0.1}, ()) == {}
