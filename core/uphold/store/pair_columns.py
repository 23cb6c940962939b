"""The current pairs of a run or a set as the statistics look at them: votes, the stratum each was drawn from, lengths."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, repeat
from typing import Any, NamedTuple

from uphold.records.counts import ADJUDICATOR, PairGroup, Stratum, Votes
from uphold.records.enums import BOTH_ORDERS, AnswerOrder, Choice, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judgment, VerdictRule
from uphold.store.database import Store
from uphold.store.queues import sample_strata

PairCondition = tuple[str, dict[str, Any]]
"""A condition on pairs `p`, and its values."""


_PAIRS = "SELECT p.id, p.run_id, p.example_id FROM current_pairs p WHERE {} ORDER BY p.id"


_DECISIONS = """
SELECT pair_id, group_concat(
    CASE kind WHEN 'adjudicated' THEN 0 ELSE reviewer_id END || ':' || choice || ':' || source
        || coalesce(':' || mode || ':' || verdict_shown || ':' || coalesce(judge_id, ''), ''),
    ' '), source = 'app', min(seq)
FROM {} WHERE pair_id BETWEEN ? AND ? AND (
    kind IN ('decision', 'carried')
    OR kind = 'adjudicated'
    AND seq = (SELECT max(seq) FROM acts_in_force a WHERE a.pair_id = said.pair_id AND a.kind = 'adjudicated')
) GROUP BY pair_id HAVING total(kind <> 'adjudicated')
"""


_IN_ORDER = "(SELECT * FROM acts_in_force ORDER BY pair_id, reviewer_id, seq) AS said"


_ALL_STAND = "events AS said INDEXED BY events_pair"


_UNDONE = "SELECT 1 FROM events WHERE refers IS NOT NULL AND kind = 'undo' LIMIT 1"


_ANY_MARK = "SELECT 1 FROM events WHERE kind IN ('skip', 'broken') LIMIT 1"


_MARKS = """
SELECT pair_id, kind FROM acts_in_force WHERE kind IN ('skip', 'broken', 'unbroken') AND pair_id BETWEEN ? AND ? ORDER BY seq
"""


_LENGTHS = """
SELECT p.id, length({}) - length({})
FROM pairs p JOIN responses x ON x.id = p.candidate_response_id JOIN responses y ON y.id = p.baseline_response_id
WHERE p.id {}
"""


_CELL = "json_extract({}.cells, '$[' || (p.turn - 1) || ']')"


FINE = 2000
"""Of more pairs than these the whole stored answers are measured, and lengths rounded: quicker, and nothing turns on it."""


@dataclass(frozen=True, slots=True)
class PairVotes:
    """What the decisions on a pair come to: the votes in force, and how they were made.

    `opened` holds (reviewer, choice, judge seen) of blind sessions on pairs shown open.
    """

    votes: Votes = ()
    blind: Votes = ()
    opened: tuple[tuple[int, Choice, int | None], ...] = ()
    imported: bool = False
    carried: bool = False


NOBODY = PairVotes()


class PairKind(NamedTuple):
    """What the statistics see of a pair, beside what a judge says: pairs alike share one."""

    said: PairVotes
    run: int
    cluster: int
    place: int
    longer: int


@dataclass(slots=True)
class PairColumns:
    """Current pairs in scope, column by column and in the order of their ids; broken ones are counted and left out.

    `places` are places in `strata`, `differences` (candidate's length less baseline's, by pair id) are there when asked for.
    """

    ids: list[int]
    runs: list[int]
    examples: list[int]
    said: list[PairVotes]
    places: list[int]
    strata: tuple[Stratum, ...]
    broken: int = 0
    skipped: int = 0
    outside: int = 0
    differences: dict[int, int] = field(default_factory=dict)
    _looks: list[PairKind] = field(default_factory=list)
    _looked: list[int] = field(default_factory=list)
    _clustered: bool | None = None

    def looks(self) -> tuple[list[PairKind], list[int]]:
        """The different looks of these pairs, and for each pair the place of its own among them."""
        if not self._looked and self.ids:
            clusters = self.examples if self.is_clustered else repeat(0)
            more = map(self.differences.get, self.ids, repeat(0)) if self.differences else ()
            signs = [(one > 0) - (one < 0) for one in more] or repeat(0)
            known: dict[tuple[int, int, int, int, int], int] = defaultdict(count().__next__)
            self._looked = list(
                map(known.__getitem__, zip(map(id, self.said), self.runs, clusters, self.places, signs, strict=False))
            )
            by_id = dict(zip(map(id, self.said), self.said, strict=True))
            self._looks = [PairKind(by_id[said], *others) for said, *others in known]
        return self._looks, self._looked

    def only(self, examples: set[int]) -> "PairColumns":
        """Those of some examples; broken, skipped and outside are not counted again."""
        kept = [at for at, example in enumerate(self.examples) if example in examples]

        def of(column: Sequence[Any]) -> list[Any]:
            return [column[at] for at in kept]

        return PairColumns(
            of(self.ids),
            of(self.runs),
            of(self.examples),
            of(self.said),
            of(self.places),
            self.strata,
            differences=self.differences,
        )

    @property
    def is_clustered(self) -> bool:
        """Do several pairs share an example?"""
        if self._clustered is None:
            self._clustered = len(set(self.examples)) < len(self.examples)
        return self._clustered


def read_pairs(store: Store, scope: PairCondition) -> PairColumns:
    """Read the pairs in scope, with what people said of them."""
    where, values = scope
    rows = store.rows(_PAIRS.format(where), values).fetchall()
    if not rows:
        return PairColumns([], [], [], [], [], (Stratum("all"),))
    span = (rows[0][0], rows[-1][0])
    skipped, broken = marks(store, span)
    decided, first = decisions(store, span)
    kept = [row for row in rows if row[0] not in broken] if broken else rows
    ids, runs, examples = (list(column) for column in zip(*kept, strict=True)) if kept else ([], [], [])
    by_run: dict[int, list[int]] = {}
    for pair, run in zip(ids, runs, strict=True) if len(set(runs)) > 1 else ():
        by_run.setdefault(run, []).append(pair)
    drawn = sample_strata(store, by_run or dict.fromkeys(runs[:1], ids), first, skipped)
    return PairColumns(
        ids=ids,
        runs=runs,
        examples=examples,
        said=list(map(decided.get, ids, repeat(NOBODY))),
        places=list(map(drawn.places.__getitem__, ids)),
        strata=drawn.strata or (Stratum("all"),),
        broken=len(rows) - len(kept),
        skipped=sum(row[0] in skipped and row[0] not in decided for row in rows) if skipped else 0,
        outside=len(decided.keys() & {row[0] for row in rows} - drawn.queued),
    )


def lengths_of(store: Store, ids: Sequence[int]) -> dict[int, int]:
    """By pair id: how many characters the candidate's answer at the pair's turn has more than the baseline's."""
    if len(ids) > FINE:
        sql = _LENGTHS.format("x.cells", "y.cells", "BETWEEN ? AND ?")
        return {pair: _two_figures(more) for pair, more in store.rows(sql, (min(ids), max(ids)))}
    sql = _LENGTHS.format(_CELL.format("x"), _CELL.format("y"), "IN (SELECT value FROM json_each(?))")
    return dict(store.rows(sql, (json.dumps(ids),)).fetchall())


def _two_figures(number: int) -> int:
    size = len(str(abs(number)))
    return round(number, 2 - size) if size > 2 else number


def marks(store: Store, span: tuple[int, int]) -> tuple[set[int], set[int]]:
    """Pairs that somebody skipped, and those that stand as broken."""
    skipped: set[int] = set()
    broken: set[int] = set()
    if store.one(_ANY_MARK) is None:
        return skipped, broken
    for pair_id, kind in store.rows(_MARKS, span):
        if kind == "skip":
            skipped.add(pair_id)
        else:
            (broken.add if kind == "broken" else broken.discard)(pair_id)
    return skipped, broken


def decisions(store: Store, span: tuple[int, int]) -> tuple[dict[int, PairVotes], dict[int, bool]]:
    """What was decided, by pair; and of each decided pair whether its first decision was made in the app."""
    source = _IN_ORDER if store.one(_UNDONE) else _ALL_STAND
    rows = store.rows(_DECISIONS.format(source), span).fetchall()
    return {row[0]: _said(row[1]) for row in rows}, {row[0]: bool(row[2]) for row in rows}


@lru_cache(maxsize=65_536)
def _said(pattern: str) -> PairVotes:
    """Decisions in the order of reviewers and time -> what they come to; a reviewer's latest one counts."""
    votes: dict[int, Choice] = {}
    blind: dict[int, Choice] = {}
    opened: dict[int, tuple[Choice, int | None]] = {}
    sources: dict[int, str] = {}
    for one in pattern.split(" "):
        who, word, source, *mode = one.split(":")
        reviewer, choice = int(who), Choice(word)
        votes[reviewer], sources[reviewer] = choice, source
        if len(mode) < 3 or reviewer == ADJUDICATOR:
            continue
        if mode[1] == "0":
            blind[reviewer] = choice
        elif mode[0] == "blind" and reviewer not in blind:
            opened.setdefault(reviewer, (choice, int(mode[2]) if mode[2] else None))
    return PairVotes(
        tuple(votes.items()),
        tuple(blind.items()),
        tuple((who, *seen) for who, seen in opened.items()),
        "import" in sources.values(),
        "carried" in sources.values(),
    )


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


def asked_of(store: Store, judge_id: int) -> dict[int, dict[AnswerOrder, int]]:
    """By run id: the samples asked of a judge in each order; runs in which nothing was asked are left out."""
    asked: dict[int, dict[AnswerOrder, int]] = {}
    sql = 'SELECT run_id, "order", samples FROM asked WHERE judge_id = ? AND samples > 0'
    for run_id, order, samples in store.rows(sql, (judge_id,)):
        asked.setdefault(run_id, {})[AnswerOrder(order)] = samples
    return asked


def ruled(pattern: str | None, asked: Mapping[AnswerOrder, int] | None, ruler: VerdictRule) -> Ruled:
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
    return Judgment(AnswerOrder(order), JudgmentStatus(status), Preference(verdict) if verdict else None, int(sample))


def cell_of(look: PairKind, found: Ruled, count: int, judge_id: int) -> PairGroup:
    """So many pairs of one look, of which a judge says the same."""
    said = look.said
    opened = _opened(said, judge_id) if said.opened else ()
    return PairGroup(said.votes, *found, look.cluster, count, look.place, look.longer, said.blind, opened)


def _opened(said: PairVotes, judge_id: int) -> Votes:
    return tuple((who, choice) for who, choice, seen in said.opened if seen in (None, judge_id))
