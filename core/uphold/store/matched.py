"""The same examples in two runs of a set, with what was said of each; and what several judges say of the same pairs."""

from collections import Counter
from collections.abc import Iterable, Sequence

from uphold.records.compared import Joint, Matched, Side
from uphold.records.judged import Ruler
from uphold.records.numbers import Votes
from uphold.records.runs import Run
from uphold.store.counts import JudgeViews
from uphold.store.database import Store
from uphold.store.looked import Looked, Said, look

_PLACES = (
    "SELECT p.id, p.example_id, p.turn, e.key FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ?"
)

Place = tuple[int, int]
"""An example and a turn."""


def matched_pairs(
    store: Store, before: Run, after: Run, ruler: Ruler, judge: str | None = None
) -> tuple[list[Matched], str | None]:
    """Current pairs of the same example and turn in both runs, and the name of the judge whose verdicts stand there.

    That is the judge `judge`, or the first one that judged both; None where no judge version did.
    """
    looked = [look(store, ("p.run_id = :run", {"run": run.id})) for run in (before, after)]
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
        Matched(names[example], turn, example if several[example] > 1 else 0, sides[0][example, turn], sides[1][example, turn])
        for example, turn in shared
    ]  # fmt: skip
    return pairs, found[1] if found else None


def joint(store: Store, run: Run, ruler: Ruler) -> tuple[list[str], list[Joint]]:
    """The judges of a run, and the pairs that people read counted by what people and every judge say."""
    looked = look(store, ("p.run_id = :run", {"run": run.id}))
    views = JudgeViews(store, looked, ruler, None)
    numbers = [number for number, _ in views.names]
    several = looked.is_clustered
    rows: Counter[Joint] = Counter()
    for pair, example, said in zip(looked.ids, looked.examples, looked.said, strict=True):
        if said.votes:
            verdicts = tuple(views.verdict(number, pair, run.id) for number in numbers)
            rows[Joint(early(said), verdicts, example if several else 0, 0)] += 1
    return _told_apart(views.names), [Joint(r.votes, r.verdicts, r.example, count) for r, count in rows.items()]


def early(said: Said) -> Votes:
    """The votes to hold against a verdict: those from before it was seen, where there are some."""
    first = dict(said.blind)
    return tuple((who, first.get(who, choice)) for who, choice in said.votes)


def _told_apart(judges: Sequence[tuple[int, str]]) -> list[str]:
    """Their names; several versions of one name by number as well."""
    often = Counter(name for _, name in judges)
    return [name if often[name] == 1 else f"{name} (judge {number})" for number, name in judges]


def _sides(
    store: Store, run: Run, looked: Looked, views: JudgeViews, judge_id: int | None, names: dict[int, str]
) -> dict[Place, Side]:
    rows: Iterable[tuple[int, int, int, str]] = store.rows(_PLACES, (run.id,)).fetchall()
    where = {pair: (example, turn) for pair, example, turn, _ in rows}
    names.update((example, key) for _, example, _, key in rows)
    found: dict[Place, Side] = {}
    for pair, said, place in zip(looked.ids, looked.said, looked.places, strict=True):
        stratum = looked.strata[place]
        verdict = views.verdict(judge_id, pair, run.id) if judge_id is not None else None
        found[where[pair]] = Side(said.votes, verdict, None if stratum.chosen else stratum.name)
    return found
