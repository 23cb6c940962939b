"""A run's counts for as long as it is reviewed: what was said since is taken into them, they are not counted anew.

Other facts (answers, edits, judgments, a further draw) are rarer: after one of them everything is read again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from uphold.records.judged import Ruler
from uphold.records.numbers import Cell, JudgeCells, RunCounts, Stratum
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.store.looked import NOBODY, Look, Said, decisions, marks
from uphold.store.patterns import Ruled, asked_of, cell_of, patterns_of, ruled
from uphold.store.sampled import CHOSEN, NOT_DRAWN, dealing_of

_PAIRS = "SELECT id, example_id FROM current_pairs WHERE run_id = ? ORDER BY id"
_JUDGE = "SELECT name, version, kind FROM judges WHERE id = ?"
_UPTO = "SELECT coalesce(max(seq), 0) FROM events"
_SINCE = "SELECT DISTINCT pair_id FROM events WHERE seq > ? AND seq <= ?"

_FACTS = """
SELECT (SELECT max(id) FROM pairs), (SELECT max(id) FROM responses), (SELECT max(id) FROM replacements),
    (SELECT max(id) FROM example_events), (SELECT max(id) FROM judgments), (SELECT count(*) FROM imports),
    (SELECT total(samples) FROM asked WHERE run_id = :run),
    (SELECT total((SELECT max(position) FROM queue_items i WHERE i.queue_id = q.id)) FROM queues q WHERE run_id = :run)
"""

_UNDRAWN, _CHOSEN = -1, -2

Seen = tuple[Said, int, int, Ruled]
"""A pair as it is counted: what people said, its cluster, the stratum it came from, what the judge says."""


class Tally:
    """One run as one judge sees it. `judge_id` is None where nobody has judged it."""

    def __init__(self, store: Store, run: Run, judge_id: int | None, ruler: Ruler) -> None:
        self._store, self._run, self._judge_id, self._ruler = store, run, judge_id, ruler
        self._facts: tuple[Any, ...] | None = None
        self._upto = 0
        self._examples: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._verdicts: dict[int, Ruled] = {}
        self._seen: dict[int, Seen] = {}
        self._cells: Counter[Seen] = Counter()

    def counts(self) -> RunCounts:
        """The run's votes and this judge's verdicts as they stand; lengths, habits and other judges are not looked at."""
        self._catch_up()
        strata, at = self._strata()
        looks = {seen: Look(seen[0], self._run.id, seen[1], at[seen[2]], 0) for seen in self._cells}
        votes = Counter[Look]()
        for seen, count in self._cells.items():
            votes[looks[seen]] += count
        people = (
            Cell(look.said.votes, None, None, look.cluster, count, look.place, 0, look.said.blind)
            for look, count in votes.items()
        )
        return RunCounts(
            set=self._run.set, set_hash="", run=self._run.name, candidate=self._run.candidate,
            baseline=self._run.baseline, pairs=len(self._examples), votes=tuple(people), judges=self._judges(looks),
            reviewers=dict(self._store.rows("SELECT id, name FROM reviewers").fetchall()),
            skipped=len(self._skipped - self._first.keys()), broken=len(self._broken), strata=strata,
        )  # fmt: skip

    def _judges(self, looks: dict[Seen, Look]) -> tuple[JudgeCells, ...]:
        if self._judge_id is None or not any(seen[3][0] for seen in self._cells):
            return ()
        cells = tuple(cell_of(looks[seen], seen[3], count, self._judge_id) for seen, count in self._cells.items())
        name, version, kind = self._store.one(_JUDGE, (self._judge_id,))
        return (JudgeCells(self._judge_id, name, version, kind, cells),)

    def _strata(self) -> tuple[tuple[Stratum, ...], dict[int, int]]:
        """The strata, and where each place of `Seen` is among them."""
        strata, at = list(self._dealing.strata), {place: place for place in range(len(self._dealing.strata))}
        used = {seen[2] for seen in self._cells}
        for place, stratum in ((_UNDRAWN, Stratum(NOT_DRAWN)), (_CHOSEN, Stratum(CHOSEN, chosen=True))):
            if place in used:
                at[place] = len(strata)
                strata.append(stratum)
        return tuple(strata) or (Stratum("all"),), at

    def _catch_up(self) -> None:
        facts = self._store.one(_FACTS, {"run": self._run.id})
        (upto,) = self._store.one(_UPTO)
        if facts != self._facts:
            self._read_all()
        elif upto != self._upto:
            since = [row[0] for row in self._store.rows(_SINCE, (self._upto, upto)) if row[0] in self._examples]
            self._take(since)
        self._facts, self._upto = facts, upto

    def _read_all(self) -> None:
        store, run = self._store, self._run
        self._examples = dict(store.rows(_PAIRS, (run.id,)).fetchall())
        self._clustered = len(set(self._examples.values())) < len(self._examples)
        self._dealing = dealing_of(store, run.id, self._examples)
        self._places = self._dealing.places()
        span = (min(self._examples, default=0), max(self._examples, default=-1))
        self._verdicts = dict(self._rule(span)) if self._judge_id is not None else {}
        skipped, broken = marks(store, span)
        said, first = decisions(store, span)
        self._skipped, self._broken = skipped & self._examples.keys(), broken & self._examples.keys()
        self._said = {pair: one for pair, one in said.items() if pair in self._examples}
        self._first = {pair: one for pair, one in first.items() if pair in self._examples}
        self._reached = self._dealing.reached(self._first, self._skipped, self._broken)
        self._seen = {pair: self._see(pair) for pair in self._examples if pair not in self._broken}
        self._cells = Counter(self._seen.values())

    def _rule(self, span: tuple[int, int]) -> Iterator[tuple[int, Ruled]]:
        """The judge's verdict on each pair of a span of ids; patterns that are alike are worked out once."""
        judge = self._judge_id or 0
        patterns, asked = patterns_of(self._store, judge, span), asked_of(self._store, judge).get(self._run.id)
        known = {pattern: ruled(pattern, asked, self._ruler) for pattern in {None, *patterns.values()}}
        return ((pair, known[patterns.get(pair)]) for pair in self._examples)

    def _take(self, pairs: Iterable[int]) -> None:
        """Read some pairs anew; where the front of a stratum moved, others are counted elsewhere too."""
        pairs = set(pairs)
        for pair in pairs:
            self._read(pair)
        reached = self._dealing.reached(self._first, self._skipped, self._broken)
        moved = pairs | (self._reached ^ reached)
        self._reached = reached
        for pair in moved:
            self._count(pair)

    def _read(self, pair: int) -> None:
        skipped, broken = marks(self._store, (pair, pair))
        self._skipped = (self._skipped - {pair}) | skipped
        self._broken = (self._broken - {pair}) | broken
        said, first = decisions(self._store, (pair, pair))
        for known in (self._said, self._first):
            known.pop(pair, None)
        self._said |= said
        self._first |= first

    def _count(self, pair: int) -> None:
        before = self._seen.pop(pair, None)
        if before is not None:
            self._cells[before] -= 1
            if not self._cells[before]:
                del self._cells[before]
        if pair not in self._broken:
            self._seen[pair] = after = self._see(pair)
            self._cells[after] += 1

    def _see(self, pair: int) -> Seen:
        place = self._places.get(pair, _UNDRAWN)
        if pair in self._first and pair not in self._reached:
            place = _CHOSEN
        cluster = self._examples[pair] if self._clustered else 0
        return self._said.get(pair, NOBODY), cluster, place, self._verdicts.get(pair, (None, None))
