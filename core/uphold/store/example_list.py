"""Examples of a set as they are listed, with what is known of them from the runs over the set."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from uphold.records.enums import Preference, Verdict
from uphold.records.labels import Label
from uphold.records.sets import Example, ExampleRow, ExampleStatus
from uphold.store.database import Store, first_values
from uphold.store.examples import all_examples
from uphold.store.headline_judges import headline_judge
from uphold.store.runs import all_runs

_PAIRS = """
SELECT p.example_id, h.label, v.verdict, p.id IN (SELECT pair_id FROM broken_pairs), p.id
FROM current_pairs p LEFT JOIN human_labels h ON h.pair_id = p.id
LEFT JOIN verdicts v ON v.pair_id = p.id AND v.judge_id = :judge
WHERE p.run_id = :run
"""

_SPLIT = "SELECT d.pair_id FROM disputes d JOIN pairs p ON p.id = d.pair_id JOIN runs r ON r.id = p.run_id WHERE r.set_id = ?"

_STALE = """
SELECT p.example_id, count(*) FROM pairs p JOIN runs r ON r.id = p.run_id
WHERE r.set_id = ? AND p.id NOT IN (SELECT id FROM current_pairs) GROUP BY p.example_id
"""

_REASONS = """
SELECT v.example_id, v.reason FROM example_events v JOIN examples e ON e.id = v.example_id
WHERE e.set_id = ? AND e.status = 'retired' AND v.kind = 'retired' ORDER BY v.id
"""


@dataclass(slots=True)
class _Tally:
    """What the current pairs of one example amount to."""

    outcomes: list[Preference] = field(default_factory=list)
    runs: set[int] = field(default_factory=set)
    parted: int = 0
    flips: int = 0
    split: int = 0
    broken: int = 0
    unread: int = 0


def example_rows(store: Store, set_id: int) -> list[ExampleRow]:
    """Return every example of a set, in the order they were added; those whose addition was undone are left out."""
    examples = list(all_examples(store, set_id))
    tallies = _tallies(store, set_id)
    stale = dict(store.rows(_STALE, (set_id,)).fetchall())
    reasons = dict(store.rows(_REASONS, (set_id,)).fetchall())
    forgotten = first_values(store, "SELECT text_id FROM forgotten_texts", ())
    same_text = _same_text(examples)
    return [
        _row(example, tallies.get(example.id, _Tally()), stale, reasons, forgotten, same_text) for example in examples
    ]


def _row(
    example: Example,
    tally: _Tally,
    stale: Mapping[int, int],
    reasons: Mapping[int, str | None],
    forgotten: set[int],
    same_text: Mapping[int, list[str]],
) -> ExampleRow:
    is_retired = example.status is ExampleStatus.RETIRED
    return ExampleRow(
        id=example.id,
        key=example.key,
        status=example.status,
        tags=example.tags,
        text=example.text,
        wins=tally.outcomes.count(Preference.CANDIDATE),
        ties=tally.outcomes.count(Preference.TIE),
        losses=tally.outcomes.count(Preference.BASELINE),
        runs=len(tally.runs),
        parted=tally.parted,
        flips=tally.flips,
        split=tally.split,
        broken=tally.broken,
        unread=tally.unread,
        stale=0 if is_retired else stale.get(example.id, 0),
        duplicates=() if is_retired else tuple(key for key in same_text[example.text_id] if key != example.key),
        reason=reasons.get(example.id),
        forgotten=example.text_id in forgotten,
    )


def _same_text(examples: Iterable[Example]) -> dict[int, list[str]]:
    """Return the keys of the examples that are not retired, by text."""
    found: dict[int, list[str]] = defaultdict(list)
    for example in examples:
        if example.status is not ExampleStatus.RETIRED:
            found[example.text_id].append(example.key)
    return found


def _tallies(store: Store, set_id: int) -> dict[int, _Tally]:
    split = first_values(store, _SPLIT, (set_id,))
    found: dict[int, _Tally] = defaultdict(_Tally)
    for run in all_runs(store):
        if run.set_id != set_id:
            continue
        judge = headline_judge(store, run).shown
        values = {"run": run.id, "judge": judge.id if judge is not None else None}
        for example_id, label, verdict, broken, pair_id in store.rows(_PAIRS, values):
            tally = found[example_id]
            if broken:
                tally.broken += 1
                continue
            tally.split += pair_id in split
            tally.unread += label is None
            _count(tally, run.id, label, verdict)
    return found


def _count(tally: _Tally, run_id: int, label: str | None, verdict: str | None) -> None:
    """Count the outcome of a pair: the human label, else the judge's verdict."""
    judged = Verdict(verdict) if verdict is not None else None
    tally.flips += judged is Verdict.INCONSISTENT
    by_judge = judged.compared_preference if judged is not None else None
    by_people = Preference(label) if label is not None and label != Label.UNRESOLVED else None
    if by_people is not None and by_judge is not None:
        tally.parted += by_people is not by_judge
    outcome = by_people if label is not None else by_judge
    if outcome is not None:
        tally.outcomes.append(outcome)
        tally.runs.add(run_id)
