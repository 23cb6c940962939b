"""Outcomes that are kept beside the facts: undone events, judges' verdicts, human labels.

They are what the rules of `records` make of the facts, so that SQL can read them without having the rules. Each has one
function that writes it; whoever writes a fact calls it in the same transaction. `rebuild` makes all of them again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from uphold.records.enums import BOTH_ORDERS, AnswerOrder, Choice, EventKind, JudgmentStatus, Preference
from uphold.records.judgments import Judgment, verdict_of
from uphold.records.labels import Label, label_of
from uphold.records.reviews import is_undone

if TYPE_CHECKING:
    from uphold.records.diagnosis import OutdatedOutcome

_CHOSEN_PAIRS = "IN (SELECT value FROM json_each(:pairs))"


def write_undone(conn: sqlite3.Connection, event_id: str) -> None:
    """Write whether an event is undone; to be called after an undo or a redo of it."""
    acts = conn.execute(
        "SELECT kind FROM events WHERE target_id = ? AND kind IN ('undo', 'redo') ORDER BY seq", (event_id,)
    )
    undone = is_undone(EventKind(row[0]) for row in acts)
    conn.execute("UPDATE events SET undone = ? WHERE id = ?", (int(undone), event_id))


def write_labels(conn: sqlite3.Connection, pair_ids: Iterable[int] | None) -> None:
    """Write the human labels of some pairs, of all with None; to be called after their decisions have changed."""
    chosen = None if pair_ids is None else list(pair_ids)
    where, values = _pair_condition(chosen)
    rows = conn.execute(
        "SELECT pair_id, reviewer_id, kind, choice FROM events WHERE kind IN ('decision', 'carried', 'adjudicated')"
        f" AND NOT undone AND {where} ORDER BY pair_id, seq",
        values,
    )
    labels = list(label_rows(rows))
    # After a decision, the act whose time is budgeted, there is a label: one statement then.
    if chosen is None or len(labels) < len(chosen):
        conn.execute(f"DELETE FROM human_labels WHERE {where}", values)
    conn.executemany(
        "INSERT OR REPLACE INTO human_labels (pair_id, label, votes, adjudicated) VALUES (?, ?, ?, ?)", labels
    )


def label_rows(rows: Iterable[tuple[int, int, str, str]]) -> Iterator[tuple[int, str, int, int]]:
    """Yield the rows of `human_labels`, given standing decisions by pair, oldest first.

    A decision is (pair id, reviewer id, kind, choice).
    """
    for pair_id, decisions in groupby(rows, key=itemgetter(0)):
        found = label_of((reviewer, EventKind(kind), Choice(choice)) for _, reviewer, kind, choice in decisions)
        if found.label is not Label.UNREAD:
            yield pair_id, found.label.value, found.votes, int(found.adjudicated)


_JUDGMENTS = """
SELECT j.judge_id, j.pair_id, p.run_id,
    group_concat(j.answer_order || ':' || j.status || ':' || coalesce(j.verdict, '') || ':' || j.sample, ' ')
    FILTER (WHERE EXISTS (SELECT 1 FROM standing_judgments s WHERE s.id = j.id))
FROM judgments j CROSS JOIN pairs p ON p.id = j.pair_id
WHERE j.superseded_by IS NULL AND j.purpose = 'verdict' AND {} GROUP BY j.judge_id, j.pair_id
"""


def write_verdicts(conn: sqlite3.Connection, pair_ids: Iterable[int] | None, judge_id: int | None = None) -> None:
    """Write the verdicts on some pairs, on all with None; to be called after their judgments have changed.

    With `judge_id` only those of that judge. A pair without a judgment has no row; one whose judgments all saw an older
    reference is pending.
    """
    where, values = _pair_condition(pair_ids)
    if judge_id is not None:
        where, values = f"judge_id = :judge AND {where}", values | {"judge": judge_id}
    conn.execute(f"DELETE FROM verdicts WHERE {where}", values)
    requested = _requested_samples(conn, judge_id)
    # Read before the first row is written: one connection does both.
    rows = conn.execute(_JUDGMENTS.format(where), values).fetchall()
    conn.executemany(
        f"INSERT INTO verdicts ({_VERDICT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", _verdict_rows(rows, requested)
    )


_VERDICT_COLUMNS = "judge_id, pair_id, run_id, verdict, candidate_first, baseline_first"

_VerdictRow = tuple[int, int, int, str, str | None, str | None]


def _verdict_rows(
    rows: Iterable[tuple[int, int, int, str | None]], requested: Mapping[tuple[int, int], "_Samples"]
) -> Iterator[_VerdictRow]:
    """Yield the rows of `verdicts`, given those of `_JUDGMENTS`."""
    for judge, pair_id, run_id, pattern in rows:
        yield judge, pair_id, run_id, *verdict_columns(pattern or "", requested.get((run_id, judge)))


def write_run_verdicts(conn: sqlite3.Connection, run_id: int, judge_id: int) -> None:
    """Write a judge's verdicts on a run; to be called after other orders or samples are asked of it."""
    rows = conn.execute("SELECT pair_id FROM verdicts WHERE run_id = ? AND judge_id = ?", (run_id, judge_id))
    write_verdicts(conn, [row[0] for row in rows], judge_id)


def write_example_verdicts(conn: sqlite3.Connection, example_ids: Iterable[int]) -> None:
    """Write the verdicts on the pairs of some examples; to be called after their references have changed."""
    sql = "SELECT id FROM pairs WHERE example_id IN (SELECT value FROM json_each(?))"
    write_verdicts(conn, [row[0] for row in conn.execute(sql, (json.dumps(list(example_ids)),))])


def _pair_condition(pair_ids: Iterable[int] | None) -> tuple[str, dict[str, object]]:
    if pair_ids is None:
        return "true", {}
    chosen = list(pair_ids)
    if len(chosen) == 1:
        return "pair_id = :pair", {"pair": chosen[0]}
    return f"pair_id {_CHOSEN_PAIRS}", {"pairs": json.dumps(chosen)}


_Samples = tuple[tuple[str, int], ...]
"""The samples that a run requests of a judge by answer order."""


def _requested_samples(conn: sqlite3.Connection, judge_id: int | None) -> Mapping[tuple[int, int], _Samples]:
    """Return by (run id, judge id) the samples requested in each order; imported judges are left out."""
    found: dict[tuple[int, int], _Samples] = {}
    sql = "SELECT run_id, judge_id, answer_order, samples FROM judge_orders WHERE samples > 0"
    rows = conn.execute(sql) if judge_id is None else conn.execute(f"{sql} AND judge_id = ?", (judge_id,))
    for run_id, judge, order, samples in rows:
        found[run_id, judge] = (*found.get((run_id, judge), ()), (order, samples))
    return found


def judgment_pattern(order: str, status: str, verdict: str | None, sample: int) -> str:
    """Return a judgment in a pattern, as `_JUDGMENTS` has it."""
    return f"{order}:{status}:{verdict or ''}:{sample}"


@lru_cache(maxsize=4096)
def verdict_columns(pattern: str, samples: _Samples | None) -> tuple[str, str | None, str | None]:
    """Return (verdict, that in candidate-first order, that in baseline-first order) of judgments.

    `pattern` is order:status:verdict:sample of each judgment, separated by spaces: most pairs share a few patterns. An
    order without a judgment has no verdict.
    """
    judgments = tuple(_parse(text) for text in pattern.split(" ")) if pattern else ()
    requested = None if samples is None else {AnswerOrder(order): count for order, count in samples}
    by_order = []
    for order in BOTH_ORDERS:
        in_order = [judgment for judgment in judgments if judgment.order is order]
        wanted = None if requested is None else {order: requested.get(order, 0)}
        by_order.append(verdict_of(in_order, wanted).value if in_order else None)
    return verdict_of(judgments, requested).value, by_order[0], by_order[1]


def _parse(text: str) -> Judgment:
    order, status, verdict, sample = text.split(":")
    return Judgment(AnswerOrder(order), JudgmentStatus(status), Preference(verdict) if verdict else None, int(sample))


def rebuild(conn: sqlite3.Connection) -> None:
    """Throw all outcomes away and make them again from the facts."""
    conn.execute("UPDATE events SET undone = 0 WHERE undone")
    sql = "SELECT DISTINCT target_id FROM events WHERE kind IN ('undo', 'redo')"
    for (event_id,) in conn.execute(sql).fetchall():
        write_undone(conn, event_id)
    write_labels(conn, None)
    write_verdicts(conn, None)


_MOST_EXAMPLES = 3

_PLACE = """
SELECT e.key || ' in ' || r.name FROM pairs p JOIN examples e ON e.id = p.example_id JOIN runs r ON r.id = p.run_id
WHERE p.id = ?
"""


def find_outdated(conn: sqlite3.Connection) -> "list[OutdatedOutcome]":
    """Return the outcomes that are not what the facts amount to by the rules of `records`; nothing is written."""
    from uphold.records.diagnosis import OutdatedOutcome  # only `doctor` asks; every review loads this module

    acts: dict[str, list[EventKind]] = {}
    for target, kind in conn.execute("SELECT target_id, kind FROM events WHERE kind IN ('undo', 'redo') ORDER BY seq"):
        acts.setdefault(target, []).append(EventKind(kind))
    undone = {target for target, kinds in acts.items() if is_undone(kinds)}
    wrong = [
        pair
        for number, pair, stored in conn.execute("SELECT id, pair_id, undone FROM events")
        if stored != (number in undone)
    ]
    decisions = (
        row[1:]
        for row in conn.execute(
            "SELECT id, pair_id, reviewer_id, kind, choice FROM events WHERE kind IN ('decision', 'carried', 'adjudicated')"
            " ORDER BY pair_id, seq"
        )
        if row[0] not in undone
    )
    labels = set(label_rows(decisions)) ^ set(
        conn.execute("SELECT pair_id, label, votes, adjudicated FROM human_labels")
    )
    verdicts = set(_verdict_rows(conn.execute(_JUDGMENTS.format("true")), _requested_samples(conn, None)))
    verdicts ^= set(conn.execute(f"SELECT {_VERDICT_COLUMNS} FROM verdicts"))
    found = {
        "events.undone": wrong,
        "human_labels": [row[0] for row in labels],
        "verdicts": [row[1] for row in verdicts],
    }
    return [
        OutdatedOutcome(table, len(pairs), tuple(_places(conn, pairs)))
        for table, pairs in ((table, sorted(set(pairs))) for table, pairs in found.items())
        if pairs
    ]


def _places(conn: sqlite3.Connection, pairs: Iterable[int]) -> Iterator[str]:
    for pair in islice(pairs, _MOST_EXAMPLES):
        row = conn.execute(_PLACE, (pair,)).fetchone()
        yield row[0] if row is not None else f"pair {pair}, which is not there"
