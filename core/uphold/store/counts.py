"""What the statistics read: pairs that look alike, counted.

Votes and judgments are gathered into a short pattern per pair, so that what a pattern means is worked out once for all
pairs that share it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from uphold.records.comparisons import JointVerdicts, MatchedExample, RatedExample
from uphold.records.counts import JudgeGroups, PairGroup, ReviewerHabits, RunCounts, Stratum, Votes
from uphold.records.enums import Verdict
from uphold.records.judgments import VerdictRule
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.store.pair_columns import (
    FINE,
    NOBODY,
    PairColumns,
    PairCondition,
    PairKind,
    PairVotes,
    Ruled,
    asked_of,
    cell_of,
    decisions,
    lengths_of,
    marks,
    patterns_of,
    read_pairs,
    ruled,
)
from uphold.store.queues import CHOSEN, NOT_DRAWN, drawn_queue
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
    store: Store,
    run: Run,
    ruler: VerdictRule,
    judge: str | None = None,
    tag: str | None = None,
    *,
    closely: bool = False,
    full: bool = False,
    by_tag: bool = False,
    first_only: bool = False,
) -> RunCounts:
    """The counts of one run, or of those of its examples that carry `tag`.

    `closely` looks at lengths, soft preferences and reviewers' habits, `full` at confidence as well. With `first_only`
    the other judges are only named, the set is not hashed, and lengths are looked at in small runs only.
    """
    scope: PairCondition = ("p.run_id = :run", {"run": run.id})
    named = {"run": run.name, "candidate": run.candidate, "baseline": run.baseline}
    return _counts(store, scope, run.set_id, run.set, ruler, judge, tag, closely, full, by_tag, first_only, **named)


def set_counts(
    store: Store,
    set_id: int,
    name: str,
    ruler: VerdictRule,
    judge: str | None = None,
    tag: str | None = None,
    *,
    closely: bool = False,
    full: bool = False,
    by_tag: bool = False,
    first_only: bool = False,
) -> RunCounts:
    """The counts of all runs of a set together."""
    scope: PairCondition = ("p.run_id IN (SELECT id FROM runs WHERE set_id = :set)", {"set": set_id})
    named = {"run": None, "candidate": None, "baseline": None, "pooled": True}
    return _counts(store, scope, set_id, name, ruler, judge, tag, closely, full, by_tag, first_only, **named)


def tags_of(store: Store, set_id: int) -> list[str]:
    """Every tag of a set's examples, by name."""
    sql = "SELECT DISTINCT t.tag FROM tags t JOIN examples e ON e.id = t.example_id WHERE e.set_id = ? ORDER BY 1"
    return [row[0] for row in store.rows(sql, (set_id,))]


def _counts(
    store: Store,
    scope: PairCondition,
    set_id: int,
    set_name: str,
    ruler: VerdictRule,
    judge: str | None,
    tag: str | None,
    closely: bool,
    full: bool,
    by_tag: bool,
    first_only: bool,
    **named: Any,
) -> RunCounts:
    whole = read_pairs(store, _tagged(scope, tag))
    views = JudgeViews(store, whole, ruler, judge, closely=closely, full=full, first_only=first_only)
    hashed = "" if first_only else set_hash(store, set_id)
    names = dict(store.rows("SELECT id, name FROM reviewers ORDER BY id").fetchall())

    def made(looked: PairColumns, beside: Mapping[str, Any], **others: Any) -> RunCounts:
        return RunCounts(
            set=set_name,
            set_hash=hashed,
            votes=_people(looked),
            judges=views.cells(looked),
            reviewers=names,
            strata=looked.strata,
            tag=tag,
            others=views.others,
            **beside,
            **named,
            **others,
        )

    views.measure(whole)
    parts = {name: whole.only(_examples(store, name)) for name in tags_of(store, set_id)} if by_tag else {}
    tags = {name: made(part, _inside(part)) for name, part in parts.items() if part.ids}
    habits = habits_of(store, scope, whole) if closely else {}
    return made(whole, _beside(store, _tagged(scope, tag), whole), tags=tags, habits=habits)


def _tagged(scope: PairCondition, tag: str | None) -> PairCondition:
    where, values = scope
    if tag is None:
        return scope
    return where + " AND p.example_id IN (SELECT example_id FROM tags WHERE tag = :tag)", values | {"tag": tag}


def _examples(store: Store, tag: str) -> set[int]:
    return {row[0] for row in store.rows("SELECT example_id FROM tags WHERE tag = ?", (tag,))}


def _people(looked: PairColumns) -> tuple[PairGroup, ...]:
    looks, places = looked.looks()
    return tuple(
        PairGroup(look.said.votes, None, None, look.cluster, count, look.place, look.longer, look.said.blind)
        for look, count in ((looks[at], count) for at, count in Counter(places).items())
    )


class JudgeViews:
    """What each judge says of the pairs that were looked at, read once and counted for any part of them."""

    def __init__(
        self,
        store: Store,
        whole: PairColumns,
        ruler: VerdictRule,
        wanted: str | None,
        *,
        closely: bool = False,
        full: bool = False,
        first_only: bool = False,
    ) -> None:
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

    def measure(self, looked: PairColumns) -> None:
        """Look at the lengths of the answers that people read, or of all where nobody has read any."""
        if self._measures and self._judges:
            read = [pair for pair, said in zip(looked.ids, looked.said, strict=True) if said.votes] or looked.ids
            missing = [pair for pair in read if pair not in looked.differences]
            looked.differences.update(lengths_of(self._store, missing) if missing else {})

    def cells(self, looked: PairColumns) -> tuple[JudgeGroups, ...]:
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

    def _cells(self, looked: PairColumns, number: int, name: str, version: str, kind: str) -> JudgeGroups:
        looks, places = looked.looks()
        patterns = list(map(self._said[number].get, looked.ids))
        merged: dict[tuple[int, Ruled], int] = {}
        for (at, pattern), count in Counter(zip(places, patterns, strict=True)).items():
            key = (at, self._rule(number, pattern, looks[at].run))
            merged[key] = merged.get(key, 0) + count
        cells = tuple(cell_of(looks[at], found, count, number) for (at, found), count in merged.items())
        return JudgeGroups(
            number,
            name,
            version,
            kind,
            cells,
            _preferences(self._store, number, looked) if number in self._soft else (),
            self._differences(number, looked, patterns),
            self._sure(number, looked) if self._full else None,
        )

    def _rule(self, judge_id: int, pattern: str | None, run_id: int) -> Ruled:
        place = (judge_id, pattern, run_id)
        if place not in self._ruled:
            self._ruled[place] = ruled(pattern, self._asked[judge_id].get(run_id), self._ruler)
        return self._ruled[place]

    def _differences(
        self, number: int, looked: PairColumns, patterns: Sequence[str | None]
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

    def _sure(self, number: int, looked: PairColumns) -> tuple[tuple[int, float, Votes, Verdict, int], ...]:
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


def _preferences(store: Store, judge_id: int, looked: PairColumns) -> tuple[float, ...]:
    """The mean soft preference of each pair that has one."""
    known = set(looked.ids)
    rows = store.rows(
        "SELECT pair_id, avg(preference) FROM judgments WHERE judge_id = ? AND superseded_by IS NULL"
        " AND preference IS NOT NULL GROUP BY pair_id",
        (judge_id,),
    )
    return tuple(mean for pair, mean in rows if pair in known)


def _beside(store: Store, scope: PairCondition, looked: PairColumns) -> dict[str, Any]:
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
    return inside | {
        "pairs": pairs,
        "stale": stale,
        "retired": int(retired),
        "outside_queue": looked.outside,
        "skipped": looked.skipped,
        "broken": looked.broken,
    }


def _inside(looked: PairColumns) -> dict[str, Any]:
    looks, places = looked.looks()
    counted = [(looks[at].said, count) for at, count in Counter(places).items()]
    return {
        "pairs": len(looked.ids),
        "imported": sum(count for said, count in counted if said.imported),
        "carried": sum(count for said, count in counted if said.carried),
    }


_ANY = "SELECT 1 FROM sessions LIMIT 1"


_DECISIONS = """
SELECT d.reviewer_id, d.pair_id, v.choice, v.side_a, v.seconds FROM current_decisions d JOIN events v ON v.id = d.event_id
JOIN current_pairs p ON p.id = d.pair_id WHERE v.side_a IS NOT NULL AND {}
"""


_REPEATS = """
SELECT r.reviewer_id, r.pair_id, r.first = r.again FROM repeats r JOIN current_pairs p ON p.id = r.pair_id WHERE {}
"""


_SIGNS = {"candidate": 1, "baseline": -1}


def habits_of(store: Store, scope: PairCondition, looked: PairColumns) -> dict[int, ReviewerHabits]:
    """By reviewer id: the decisions in the app on the pairs that were looked at, and the same pairs once more."""
    if store.one(_ANY) is None:
        return {}
    where, values = scope
    known = set(looked.ids)
    rows: dict[int, list[tuple[int, str, str, float | None]]] = {}
    for reviewer, *row in store.rows(_DECISIONS.format(where), values):
        if row[0] in known:
            rows.setdefault(reviewer, []).append((row[0], row[1], row[2], row[3]))
    twice: dict[int, list[bool]] = {}
    for reviewer, pair, same in store.rows(_REPEATS.format(where), values):
        if pair in known:
            twice.setdefault(reviewer, []).append(bool(same))
    return {reviewer: _habits(own, looked, twice.get(reviewer, [])) for reviewer, own in rows.items()}


def _habits(rows: list[tuple[int, str, str, float | None]], looked: PairColumns, twice: list[bool]) -> ReviewerHabits:
    decided = [(pair, choice, side) for pair, choice, side, _ in rows if choice in _SIGNS]
    longer = [looked.differences.get(pair, 0) * _SIGNS[choice] for pair, choice, _ in decided]
    seconds = sorted(second for *_, second in rows if second is not None)
    return ReviewerHabits(
        first=sum(choice == side for _, choice, side in decided),
        second=sum(choice != side for _, choice, side in decided),
        longer=sum(more > 0 for more in longer),
        shorter=sum(more < 0 for more in longer),
        repeated=len(twice),
        same=sum(twice),
        seconds=_median(seconds) if seconds else None,
    )


def _median(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


_PLACES = (
    "SELECT p.id, p.example_id, p.turn, e.key FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ?"
)


Place = tuple[int, int]
"""An example and a turn."""


def matched_pairs(
    store: Store, before: Run, after: Run, ruler: VerdictRule, judge: str | None = None
) -> tuple[list[MatchedExample], str | None]:
    """Current pairs of the same example and turn in both runs, and the name of the judge whose verdicts stand there.

    That is the judge `judge`, or the first one that judged both; None where no judge version did.
    """
    looked = [read_pairs(store, ("p.run_id = :run", {"run": run.id})) for run in (before, after)]
    views = [JudgeViews(store, one, ruler, judge) for one in looked]
    both = {number for number, _ in views[0].names}
    found = next((one for one in views[1].names if one[0] in both), None)
    names: dict[int, str] = {}
    sides = [
        _sides(store, run, one, view, found[0] if found else None, names)
        for run, one, view in zip((before, after), looked, views, strict=True)
    ]
    shared = [place for place in sides[0] if place in sides[1]]
    several = Counter(example for example, _ in shared)
    pairs = [
        MatchedExample(
            names[example],
            turn,
            example if several[example] > 1 else 0,
            sides[0][example, turn],
            sides[1][example, turn],
        )
        for example, turn in shared
    ]
    return pairs, found[1] if found else None


def joint(store: Store, run: Run, ruler: VerdictRule) -> tuple[list[str], list[JointVerdicts]]:
    """The judges of a run, and the pairs that people read counted by what people and every judge say."""
    looked = read_pairs(store, ("p.run_id = :run", {"run": run.id}))
    views = JudgeViews(store, looked, ruler, None)
    numbers = [number for number, _ in views.names]
    several = looked.is_clustered
    rows: Counter[JointVerdicts] = Counter()
    for pair, example, said in zip(looked.ids, looked.examples, looked.said, strict=True):
        if said.votes:
            verdicts = tuple(views.verdict(number, pair, run.id) for number in numbers)
            rows[JointVerdicts(early(said), verdicts, example if several else 0, 0)] += 1
    return _told_apart(views.names), [JointVerdicts(r.votes, r.verdicts, r.example, count) for r, count in rows.items()]


def early(said: PairVotes) -> Votes:
    """The votes to hold against a verdict: those from before it was seen, where there are some."""
    first = dict(said.blind)
    return tuple((who, first.get(who, choice)) for who, choice in said.votes)


def _told_apart(judges: Sequence[tuple[int, str]]) -> list[str]:
    """Their names; several versions of one name by number as well."""
    often = Counter(name for _, name in judges)
    return [name if often[name] == 1 else f"{name} (judge {number})" for number, name in judges]


def _sides(
    store: Store, run: Run, looked: PairColumns, views: JudgeViews, judge_id: int | None, names: dict[int, str]
) -> dict[Place, RatedExample]:
    rows: Iterable[tuple[int, int, int, str]] = store.rows(_PLACES, (run.id,)).fetchall()
    where = {pair: (example, turn) for pair, example, turn, _ in rows}
    names.update((example, key) for _, example, _, key in rows)
    found: dict[Place, RatedExample] = {}
    for pair, said, place in zip(looked.ids, looked.said, looked.places, strict=True):
        stratum = looked.strata[place]
        verdict = views.verdict(judge_id, pair, run.id) if judge_id is not None else None
        found[where[pair]] = RatedExample(said.votes, verdict, None if stratum.chosen else stratum.name)
    return found


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


Seen = tuple[PairVotes, int, int, Ruled]
"""A pair as it is counted: what people said, its cluster, the stratum it came from, what the judge says."""


class Tally:
    """One run as one judge sees it. `judge_id` is None where nobody has judged it."""

    def __init__(self, store: Store, run: Run, judge_id: int | None, ruler: VerdictRule) -> None:
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
        looks = {seen: PairKind(seen[0], self._run.id, seen[1], at[seen[2]], 0) for seen in self._cells}
        votes = Counter[PairKind]()
        for seen, count in self._cells.items():
            votes[looks[seen]] += count
        people = (
            PairGroup(look.said.votes, None, None, look.cluster, count, look.place, 0, look.said.blind)
            for look, count in votes.items()
        )
        return RunCounts(
            set=self._run.set,
            set_hash="",
            run=self._run.name,
            candidate=self._run.candidate,
            baseline=self._run.baseline,
            pairs=len(self._examples),
            votes=tuple(people),
            judges=self._judges(looks),
            reviewers=dict(self._store.rows("SELECT id, name FROM reviewers").fetchall()),
            skipped=len(self._skipped - self._first.keys()),
            broken=len(self._broken),
            strata=strata,
        )

    def _judges(self, looks: dict[Seen, PairKind]) -> tuple[JudgeGroups, ...]:
        if self._judge_id is None or not any(seen[3][0] for seen in self._cells):
            return ()
        cells = tuple(cell_of(looks[seen], seen[3], count, self._judge_id) for seen, count in self._cells.items())
        name, version, kind = self._store.one(_JUDGE, (self._judge_id,))
        return (JudgeGroups(self._judge_id, name, version, kind, cells),)

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
        self._dealing = drawn_queue(store, run.id, self._examples)
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
