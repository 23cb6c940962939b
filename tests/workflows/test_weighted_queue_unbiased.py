"""The weighted queue of real code over made-up runs: what is weighted is unbiased, what is counted plainly is not."""

import random
from collections import Counter
from dataclasses import dataclass

import pytest

from uphold.records.counts import JudgeGroups, PairGroup, Stratum
from uphold.records.enums import Choice, Verdict
from uphold.reviewing.queue_order import VerdictSummary, draw_weighted, uncertain_strata
from uphold.stats.agreement import rated_pairs
from uphold.stats.assisted import inputs_from_cells, win_rates
from uphold.stats.human import label_scores
from uphold.stats.intervals import StratumShare, stratified_share
from uphold.stats.poststratify import verdict_cells

PAIRS = 200

SESSIONS, MANY_SESSIONS = 200, 2000

SIZES = (20, 40, 60)

FLIPS, RIGHT_ON_FLIPPED, RIGHT = 0.25, 0.1, 0.85

TRUTHS = (Choice.CANDIDATE,) * 5 + (Choice.BASELINE,) * 4 + (Choice.TIE,)

_OTHER = {
    Choice.CANDIDATE: Verdict.BASELINE,
    Choice.BASELINE: Verdict.CANDIDATE,
    Choice.TIE: Verdict.CANDIDATE,
}


@dataclass
class Errors:
    """Sums of what the estimates were off by, and how many there were."""

    stratified: float = 0
    naive: float = 0
    rate: float = 0
    compared: int = 0
    rated: int = 0


def made(rng: random.Random) -> list[tuple[Choice, Verdict]]:
    """Pairs as (what people say, what the judge says): it flips more often where it is wrong."""
    pairs = []
    for _ in range(PAIRS):
        flipped = rng.random() < FLIPS
        truth = (
            Choice.TIE if flipped and rng.random() < RIGHT_ON_FLIPPED else rng.choice(TRUTHS[:9] if flipped else TRUTHS)
        )
        said = Verdict(truth.value) if rng.random() < RIGHT else _OTHER[truth]
        pairs.append((truth, Verdict.INCONSISTENT if flipped else said))
    return pairs


def session(number: int, errors: dict[int, Errors]) -> None:
    """One run drawn, and read to each size."""
    pairs = made(random.Random(number))
    strata = uncertain_strata({at: VerdictSummary(said) for at, (_, said) in enumerate(pairs)})
    drawn = draw_weighted(f"seed {number}", [(at, f"k{at}", 1) for at in range(PAIRS)], strata)
    names = sorted({name for name, _ in strata.values()})
    same = [truth.preference is (said.preference or Choice.TIE.preference) for truth, said in pairs]
    for size in SIZES:
        read = {pair_id for pair_id, *_ in drawn[:size]}
        alike = Counter((at in read, *pairs[at], names.index(strata[at][0])) for at in range(PAIRS))
        cells = tuple(
            PairGroup(((1, truth),) if is_read else (), said, None, 0, count, stratum)
            for (is_read, truth, said, stratum), count in alike.items()
        )
        _compare(errors[size], JudgeGroups(1, "j", "v", "llm", cells), names, sum(same) / PAIRS)
        _rate(errors[size], cells, names, sum(truth is Choice.CANDIDATE for truth, _ in pairs) / PAIRS)


def _compare(errors: Errors, judge: JudgeGroups, names: list[str], truth: float) -> None:
    parts = []
    for place, name in enumerate(names):
        own = [cell for cell in judge.cells if cell.stratum == place]
        rated = rated_pairs(own)
        hits = sum(count for _, human, said, count in rated if human == said)
        parts.append(StratumShare(name, sum(cell.count for cell in own), sum(row[-1] for row in rated), hits))
    if any(part.n == 0 for part in parts):
        return
    errors.compared += 1
    errors.stratified += (stratified_share(parts).rate or 0) - truth
    errors.naive += sum(part.hits for part in parts) / sum(part.n for part in parts) - truth


def _rate(errors: Errors, cells: tuple[PairGroup, ...], names: list[str], truth: float) -> None:
    found = inputs_from_cells(verdict_cells(cells), [Stratum(name) for name in names], label_scores(cells))
    if found.has_rates:
        errors.rated += 1
        errors.rate += (win_rates(found)[1].rate or 0) - truth


@pytest.mark.parametrize(
    ("sessions", "room"), [(SESSIONS, 0.02), pytest.param(MANY_SESSIONS, 0.01, marks=pytest.mark.slow)]
)
def test_stratified_agreement_and_the_rates_are_unbiased_and_the_naive_agreement_is_not(
    sessions: int, room: float
) -> None:
    errors = {size: Errors() for size in SIZES}
    for number in range(sessions):
        session(number, errors)
    for one in errors.values():
        assert one.compared > sessions * 0.9
        assert one.rated > sessions * 0.1
        assert abs(one.stratified / one.compared) < room
        assert abs(one.rate / one.rated) < 2 * room
        assert abs(one.naive / one.compared) > 0.03
