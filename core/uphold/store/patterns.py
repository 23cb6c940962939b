"""What a judge's judgments on a pair come to: short patterns, so that each is worked out once for all pairs that share it."""

from collections.abc import Mapping

from uphold.records.judged import Judgment, Ruler
from uphold.records.numbers import Cell, Votes
from uphold.records.words import BOTH_ORDERS, Order, Preference, Status, Verdict
from uphold.store.database import Store
from uphold.store.looked import Look, Said

Ruled = tuple[Verdict | None, tuple[str, str] | None]
"""A verdict, and the words of its two orders where both are readable."""

_SAID = """
SELECT pair_id, group_concat("order" || ':' || status || ':' || coalesce(verdict, '') || ':' || sample, ' ')
FROM judgments INDEXED BY judgments_in_force
WHERE superseded_by IS NULL AND judge_id = ? AND pair_id BETWEEN ? AND ? GROUP BY judge_id, pair_id
"""


def patterns_of(store: Store, judge_id: int, span: tuple[int, int]) -> dict[int, str]:
    """By pair id: a judge's judgments in force on the pairs of a span of ids, each pair's as one short text."""
    return dict(store.rows(_SAID, (judge_id, *span)).fetchall())


def asked_of(store: Store, judge_id: int) -> dict[int, dict[Order, int]]:
    """By run id: the samples asked of a judge in each order; runs in which nothing was asked are left out."""
    asked: dict[int, dict[Order, int]] = {}
    sql = 'SELECT run_id, "order", samples FROM asked WHERE judge_id = ? AND samples > 0'
    for run_id, order, samples in store.rows(sql, (judge_id,)):
        asked.setdefault(run_id, {})[Order(order)] = samples
    return asked


def ruled(pattern: str | None, asked: Mapping[Order, int] | None, ruler: Ruler) -> Ruled:
    """The verdict of a pattern of judgments, and the words of its two orders where both are readable."""
    judgments = tuple(_judgment(one) for one in pattern.split(" ")) if pattern else ()
    if not judgments and asked is None:
        return None, None
    words = []
    for order in BOTH_ORDERS:
        own = tuple(judgment for judgment in judgments if judgment.order is order)
        word = ruler(own, None if asked is None else {order: asked.get(order, 0)}) if own else None
        if word is not None and word.preference is not None:
            words.append(word.value)
    return ruler(judgments, asked), (words[0], words[1]) if len(words) == 2 else None


def _judgment(one: str) -> Judgment:
    order, status, verdict, sample = one.split(":")
    return Judgment(Order(order), Status(status), Preference(verdict) if verdict else None, int(sample))


def cell_of(look: Look, found: Ruled, count: int, judge_id: int) -> Cell:
    """So many pairs of one look, of which a judge says the same."""
    said = look.said
    opened = _opened(said, judge_id) if said.opened else ()
    return Cell(said.votes, *found, look.cluster, count, look.place, look.longer, said.blind, opened)


def _opened(said: Said, judge_id: int) -> Votes:
    return tuple((who, choice) for who, choice, seen in said.opened if seen in (None, judge_id))
