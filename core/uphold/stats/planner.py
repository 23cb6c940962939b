"""`uphold plan`: how many more verdicts for which width, and what no number of them can buy."""

import math

from uphold.records.planned import Plan, Reach
from uphold.stats.assisted import Study
from uphold.stats.chain import WIN, population
from uphold.stats.exact import bonett_price
from uphold.stats.special import z_quantile
from uphold.stats.widths import budget, fewest, half_widths, is_pilot

MORE_INSTRUCTIONS = "more instructions needed, not more verdicts"


def plan(found: Study, half_width: float, seconds: float | None = None, planned: int | None = None) -> Plan:
    """What it takes to reach a half-width, for instructions like these and for this set."""
    rate = 0.5 if is_pilot(found) else population(found.cells, WIN).mean
    changed = rate * (1 - rate) * found.pairs
    low, high = bonett_price(round(changed), round(changed), max(1, found.pairs))
    refused = found.reason if found.state == "refused" or found.has_few_examples or not found.pairs else None
    return Plan(
        state=found.state,
        reason=found.reason,
        half_width=half_width,
        pairs=found.pairs,
        n=found.n,
        population=_reach(found, half_width, 0, refused),
        this_set=_reach(found, half_width, 1, refused),
        humans_alone=math.ceil(verdicts_for(half_width, rate)),
        smallest_change=(high - low) / 2,
        rows=budget(found),
        pilot=is_pilot(found),
        planned=planned,
        seconds=seconds,
    )


def verdicts_for(half_width: float, share: float = 0.5, of: int | None = None) -> float:
    """Verdicts that give a half-width without a judge: n0 = z^2 p(1 - p)/h^2; for exactly `of` pairs n0/(1 + (n0 - 1)/N)."""
    wanted = z_quantile() ** 2 * share * (1 - share) / half_width**2
    return wanted if of is None else wanted / (1 + (wanted - 1) / of)


def _reach(found: Study, half_width: float, place: int, refused: str | None) -> Reach:
    if refused is not None:
        return Reach(None, None, None, None, refused)
    left = found.pairs - found.n
    now = half_widths(found, 0)[place] if found.n else None
    best = half_widths(found, left)[place]
    if now is not None and now <= half_width:
        return Reach(0, now, best)
    if best > half_width:
        instructions = math.ceil(found.pairs * (best / half_width) ** 2)
        return Reach(None, now, best, instructions, MORE_INSTRUCTIONS)
    return Reach(fewest(found, half_width, place), now, best)
