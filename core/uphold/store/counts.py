"""What the statistics read: pairs that look alike, counted.

Votes and judgments are gathered into a short pattern per pair, so that what a pattern means is worked out once for all
pairs that share it.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from uphold.records.judged import Ruler
from uphold.records.numbers import Cell, JudgeCells, RunCounts, Votes
from uphold.records.runs import Run
from uphold.records.words import Verdict
from uphold.store.database import Store
from uphold.store.habits import habits_of
from uphold.store.looked import FINE, Looked, Scope, lengths_of, look
from uphold.store.patterns import Ruled, asked_of, cell_of, patterns_of, ruled
from uphold.store.sets import set_hash

_LAST_JUDGED = """
SELECT judge_id FROM judgments WHERE pair_id BETWEEN ? AND ? AND judge_id IN (SELECT id FROM judges WHERE kind <> 'rules')
ORDER BY id DESC LIMIT 1
"""

_SHOWING = 200
_SOFT = """
SELECT DISTINCT judge_id FROM judgments WHERE judge_id IN (SELECT value FROM json_each(?))
AND pair_id IN (SELECT value FROM json_each(?)) AND superseded_by IS NULL AND preference IS NOT NULL
"""


def run_counts(
    store: Store, run: Run, ruler: Ruler, judge: str | None = None, tag: str | None = None, *, closely: bool = False,
    full: bool = False, by_tag: bool = False, first_only: bool = False,
) -> RunCounts:  # fmt: skip
    """The counts of one run, or of those of its examples that carry `tag`.

    `closely` looks at lengths, soft preferences and reviewers' habits, `full` at confidence as well. With `first_only`
    the other judges are only named, the set is not hashed, and lengths are looked at in small runs only.
    """
    scope: Scope = ("p.run_id = :run", {"run": run.id})
    named = {"run": run.name, "candidate": run.candidate, "baseline": run.baseline}
    return _counts(store, scope, run.set_id, run.set, ruler, judge, tag, closely, full, by_tag, first_only, **named)


def set_counts(
    store: Store, set_id: int, name: str, ruler: Ruler, judge: str | None = None, tag: str | None = None, *,
    closely: bool = False, full: bool = False, by_tag: bool = False, first_only: bool = False,
) -> RunCounts:  # fmt: skip
    """The counts of all runs of a set together."""
    scope: Scope = ("p.run_id IN (SELECT id FROM runs WHERE set_id = :set)", {"set": set_id})
    named = {"run": None, "candidate": None, "baseline": None, "pooled": True}
    return _counts(store, scope, set_id, name, ruler, judge, tag, closely, full, by_tag, first_only, **named)


def tags_of(store: Store, set_id: int) -> list[str]:
    """Every tag of a set's examples, by name."""
    sql = "SELECT DISTINCT t.tag FROM tags t JOIN examples e ON e.id = t.example_id WHERE e.set_id = ? ORDER BY 1"
    return [row[0] for row in store.rows(sql, (set_id,))]


def _counts(
    store: Store, scope: Scope, set_id: int, set_name: str, ruler: Ruler, judge: str | None, tag: str | None,
    closely: bool, full: bool, by_tag: bool, first_only: bool, **named: Any,
) -> RunCounts:  # fmt: skip
    whole = look(store, _tagged(scope, tag))
    views = JudgeViews(store, whole, ruler, judge, closely=closely, full=full, first_only=first_only)
    hashed = "" if first_only else set_hash(store, set_id)
    names = dict(store.rows("SELECT id, name FROM reviewers ORDER BY id").fetchall())

    def made(looked: Looked, beside: Mapping[str, Any], **others: Any) -> RunCounts:
        return RunCounts(
            set=set_name, set_hash=hashed, votes=_people(looked), judges=views.cells(looked), reviewers=names,
            strata=looked.strata, tag=tag, others=views.others, **beside, **named, **others,
        )  # fmt: skip

    views.measure(whole)
    parts = {name: whole.only(_examples(store, name)) for name in tags_of(store, set_id)} if by_tag else {}
    tags = {name: made(part, _inside(part)) for name, part in parts.items() if part.ids}
    habits = habits_of(store, scope, whole) if closely else {}
    return made(whole, _beside(store, _tagged(scope, tag), whole), tags=tags, habits=habits)


def _tagged(scope: Scope, tag: str | None) -> Scope:
    where, values = scope
    if tag is None:
        return scope
    return where + " AND p.example_id IN (SELECT example_id FROM tags WHERE tag = :tag)", values | {"tag": tag}


def _examples(store: Store, tag: str) -> set[int]:
    return {row[0] for row in store.rows("SELECT example_id FROM tags WHERE tag = ?", (tag,))}


def _people(looked: Looked) -> tuple[Cell, ...]:
    looks, places = looked.looks()
    return tuple(
        Cell(look.said.votes, None, None, look.cluster, count, look.place, look.longer, look.said.blind)
        for look, count in ((looks[at], count) for at, count in Counter(places).items())
    )


class JudgeViews:
    """What each judge says of the pairs that were looked at, read once and counted for any part of them."""

    def __init__(
        self, store: Store, whole: Looked, ruler: Ruler, wanted: str | None, *, closely: bool = False,
        full: bool = False, first_only: bool = False,
    ) -> None:  # fmt: skip
        self._store, self._ruler, self._full = store, ruler, full
        self._measures = closely and not (first_only and len(whole.ids) > FINE)
        self._span = (whole.ids[0], whole.ids[-1]) if whole.ids else (0, -1)
        self._judges = []
        self._said: dict[int, dict[int, str]] = {}
        waiting = _judges(store, sorted(set(whole.runs)), self._span, wanted)
        while waiting and not (first_only and any(map(self._said.get, self._said))):
            self._judges.append(waiting.pop(0))
            number = self._judges[-1][0]
            self._said[number] = patterns_of(store, number, self._span)
        self.others = tuple(name for _, name, *_ in waiting)
        self._asked = {judge[0]: asked_of(store, judge[0]) for judge in self._judges}
        self._ruled: dict[tuple[int, str | None, int], Ruled] = {}
        self._soft = self._soft_judges(whole.ids) if closely else set()

    def measure(self, looked: Looked) -> None:
        """Look at the lengths of the answers that people read, or of all where nobody has read any."""
        if self._measures and self._judges:
            read = [pair for pair, said in zip(looked.ids, looked.said, strict=True) if said.votes] or looked.ids
            missing = [pair for pair in read if pair not in looked.differences]
            looked.differences.update(lengths_of(self._store, missing) if missing else {})

    def cells(self, looked: Looked) -> tuple[JudgeCells, ...]:
        """Every judge that has judged one of the pairs."""
        found = (self._cells(looked, *judge) for judge in self._judges)
        return tuple(judge for judge in found if any(cell.verdict for cell in judge.cells))

    def verdict(self, judge_id: int, pair_id: int, run_id: int) -> Verdict | None:
        """One judge's verdict on one pair; None where nothing was asked or said."""
        return self._rule(judge_id, self._said[judge_id].get(pair_id), run_id)[0]

    @property
    def names(self) -> list[tuple[int, str]]:
        """(id, name) of the judges, the primary one first."""
        return [(judge[0], judge[1]) for judge in self._judges]

    def _cells(self, looked: Looked, number: int, name: str, version: str, kind: str) -> JudgeCells:
        looks, places = looked.looks()
        patterns = list(map(self._said[number].get, looked.ids))
        merged: dict[tuple[int, Ruled], int] = {}
        for (at, pattern), count in Counter(zip(places, patterns, strict=True)).items():
            key = (at, self._rule(number, pattern, looks[at].run))
            merged[key] = merged.get(key, 0) + count
        cells = tuple(cell_of(looks[at], found, count, number) for (at, found), count in merged.items())
        return JudgeCells(
            number, name, version, kind, cells,
            _preferences(self._store, number, looked) if number in self._soft else (),
            self._differences(number, looked, patterns), self._sure(number, looked) if self._full else None,
        )  # fmt: skip

    def _rule(self, judge_id: int, pattern: str | None, run_id: int) -> Ruled:
        place = (judge_id, pattern, run_id)
        if place not in self._ruled:
            self._ruled[place] = ruled(pattern, self._asked[judge_id].get(run_id), self._ruler)
        return self._ruled[place]

    def _differences(
        self, number: int, looked: Looked, patterns: Sequence[str | None]
    ) -> tuple[tuple[int, Verdict, int], ...]:
        if not looked.differences:
            return ()
        more = map(looked.differences.get, looked.ids)
        merged: dict[tuple[int, Verdict], int] = {}
        for (one, pattern, run), count in Counter(zip(more, patterns, looked.runs, strict=True)).items():
            verdict = self._rule(number, pattern, run)[0]
            if one is not None and verdict is not None:
                merged[one, verdict] = merged.get((one, verdict), 0) + count
        return tuple((*key, count) for key, count in merged.items())

    def _sure(self, number: int, looked: Looked) -> tuple[tuple[int, float, Votes, Verdict, int], ...]:
        """The mean confidence of the readable judgments on each pair that people read."""
        sql = (
            "SELECT pair_id, round(avg(confidence), 3) FROM judgments WHERE judge_id = ? AND superseded_by IS NULL"
            " AND pair_id BETWEEN ? AND ? AND status = 'readable' AND confidence IS NOT NULL GROUP BY pair_id"
        )
        sure = dict(self._store.rows(sql, (number, *self._span)).fetchall())
        merged: Counter[tuple[int, float, Votes, Verdict]] = Counter()
        clusters = looked.examples if looked.is_clustered else repeat(0)
        for pair, run, said, cluster in zip(looked.ids, looked.runs, looked.said, clusters, strict=False):
            verdict = self.verdict(number, pair, run)
            if said.votes and pair in sure and verdict is not None:
                merged[cluster, sure[pair], said.votes, verdict] += 1
        return tuple((*key, count) for key, count in merged.items())

    def _soft_judges(self, pairs: Sequence[int]) -> set[int]:
        """Judges that gave preferences; of many pairs some hundred that are spread over all of them show it."""
        numbers = [judge[0] for judge in self._judges]
        step = len(pairs) // _SHOWING if len(pairs) > FINE else 1
        rows = self._store.rows(_SOFT, (json.dumps(numbers), json.dumps(pairs[::step])))
        return {row[0] for row in rows}


def _judges(
    store: Store, runs: Sequence[int], span: tuple[int, int], wanted: str | None
) -> list[tuple[int, str, str, str]]:
    """(id, name, version, kind) of those that judged these runs: the one that judged last first, rules behind all others."""
    marks = ", ".join("?" * len(runs))
    rows = store.rows(
        "SELECT id, name, version, kind FROM judges WHERE id IN"
        f" (SELECT judge_id FROM asked WHERE run_id IN ({marks})) ORDER BY kind = 'rules', id DESC",
        list(runs),
    ).fetchall()
    last = store.one(_LAST_JUDGED, span) if len(rows) > 1 else None
    return [row for row in sorted(rows, key=lambda row: last is None or row[0] != last[0]) if wanted in (None, row[1])]


def _preferences(store: Store, judge_id: int, looked: Looked) -> tuple[float, ...]:
    """The mean soft preference of each pair that has one."""
    known = set(looked.ids)
    rows = store.rows(
        "SELECT pair_id, avg(preference) FROM judgments WHERE judge_id = ? AND superseded_by IS NULL"
        " AND preference IS NOT NULL GROUP BY pair_id",
        (judge_id,),
    )
    return tuple(mean for pair, mean in rows if pair in known)


def _beside(store: Store, scope: Scope, looked: Looked) -> dict[str, Any]:
    """What is counted beside the votes; stale and retired pairs are in scope but not current."""
    where, values = scope
    active, retired = store.one(
        "SELECT total(e.status = 'active'), total(e.status <> 'active') FROM pairs p JOIN examples e ON e.id = p.example_id"
        f" WHERE {where}",
        values,
    )
    inside = _inside(looked)
    pairs = inside["pairs"] + looked.broken
    stale = int(active) - pairs
    return inside | {"pairs": pairs, "stale": stale, "retired": int(retired), "outside_queue": looked.outside,
                     "skipped": looked.skipped, "broken": looked.broken}  # fmt: skip


def _inside(looked: Looked) -> dict[str, Any]:
    looks, places = looked.looks()
    counted = [(looks[at].said, count) for at, count in Counter(places).items()]
    return {
        "pairs": len(looked.ids),
        "imported": sum(count for said, count in counted if said.imported),
        "carried": sum(count for said, count in counted if said.carried),
    }
