"""The same examples in two runs: exact McNemar and Bonett-Price for wins, paired t for ties as half."""

from collections.abc import Callable, Iterable, Sequence

from uphold.records.compared import Change, Item, Matched, Paired, Side
from uphold.records.numbers import LEAST_FOR_RATE
from uphold.stats.clusters import LEAST_CLUSTERS, Scored, Spread, spread
from uphold.stats.exact import bonett_price, mcnemar, mid_p
from uphold.stats.intervals import sign_test
from uphold.stats.labels import COMPARED, SAID, label
from uphold.stats.shares import CLUSTERED, FEW_EXAMPLES
from uphold.stats.special import t_quantile, t_tail

FEW = f"{LEAST_FOR_RATE} pairs read in both runs needed"
NO_CHANGE = "no item changed"

Reading = Callable[[Side], float | None]
"""The candidate's score by one rater, None where it has none."""

_SCORE = (1.0, 0.5, 0.0)


def by_people(side: Side) -> float | None:
    """1, .5 or 0 by the human label; None where it is unread or unresolved."""
    place = COMPARED.get(label(side.votes))
    return None if place is None else _SCORE[place]


def by_judge(side: Side) -> float | None:
    """1, .5 or 0 by the judge's verdict, an inconsistent one being a tie; None where it could not be read."""
    place = None if side.verdict is None else SAID.get(side.verdict)
    return None if place is None else _SCORE[place]


def paired(matched: Sequence[Matched], reading: Reading) -> Paired:
    """What changed from one run to the other on the examples rated in both; after less before."""
    rows = [(one, old, new) for one in matched if (old := reading(one.before)) is not None
            and (new := reading(one.after)) is not None]  # fmt: skip
    wins = [(one.example, float(new == 1) - float(old == 1), 1) for one, old, new in rows]
    halves = [(one.example, new - old, 1) for one, old, new in rows]
    lost, won = sum(change < 0 for _, change, _ in wins), sum(change > 0 for _, change, _ in wins)
    better, worse = sum(change > 0 for _, change, _ in halves), sum(change < 0 for _, change, _ in halves)
    return Paired(
        n=len(rows),
        matched=len(matched),
        chosen=sum(one.before.part is None or one.after.part is None for one, *_ in rows),
        wins_before=sum(old == 1 for _, old, _ in rows),
        wins_after=sum(new == 1 for *_, new in rows),
        only_before=lost,
        only_after=won,
        better=better,
        worse=worse,
        mid_p=mid_p(won, lost) if rows else None,
        sign_p=sign_test(better, worse) if rows else None,
        win_rate=win_change(wins),
        ties_half=half_change(halves),
        items=_items(rows),
    )


def win_change(changes: Sequence[Scored]) -> Change:
    """Difference of two paired shares with Bonett-Price's interval and McNemar's exact p; clustered: t and no p."""
    over = spread(changes)
    if over.n < LEAST_FOR_RATE:
        return _refused(over, "bonett-price")
    if over.clustered:
        return _t_change(over)
    won = sum(count for _, change, count in changes if change > 0)
    lost = sum(count for _, change, count in changes if change < 0)
    low, high = bonett_price(won, lost, over.n)
    return Change(over.mean, low, high, mcnemar(won, lost), "bonett-price, exact mcnemar")


def half_change(changes: Sequence[Scored]) -> Change:
    """Mean difference of paired scores with Student's interval; where no two differ, Bonett-Price's."""
    over = spread(changes)
    if over.n < LEAST_FOR_RATE:
        return _refused(over, "paired t")
    if over.error > 1e-12 or over.clustered:
        return _t_change(over)
    up, down = sum(change > 0 for _, change, _ in changes), sum(change < 0 for _, change, _ in changes)
    low, high = bonett_price(up, down, over.n)
    return Change(over.mean, low, high, sign_test(up, down), "bonett-price")


def _t_change(over: Spread) -> Change:
    method = "paired t" + CLUSTERED * over.clustered
    if over.clustered and over.clusters < LEAST_CLUSTERS:
        return Change(over.mean, None, None, None, method, FEW_EXAMPLES)
    if over.error < 1e-12:
        return Change(over.mean, None, None, None, method, NO_CHANGE)
    half = t_quantile(over.clusters - 1) * over.error
    p = t_tail(over.mean / over.error, over.clusters - 1)
    return Change(over.mean, max(-1.0, over.mean - half), min(1.0, over.mean + half), p, method)


def _refused(over: Spread, method: str) -> Change:
    return Change(over.mean if over.n else None, None, None, None, method, FEW)


def _items(rows: Iterable[tuple[Matched, float, float]]) -> tuple[Item, ...]:
    changed = [Item(one.key, one.turn, old, new) for one, old, new in rows if old != new]
    return tuple(sorted(changed, key=lambda item: (item.after - item.before, item.key, item.turn)))
