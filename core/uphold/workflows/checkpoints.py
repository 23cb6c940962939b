"""The checkpoints of a set: its runs as a history against the blessed one, what was lost since, and blessing a run."""

from collections.abc import Sequence
from dataclasses import replace

from uphold.errors import BadUsage
from uphold.records.checkpoints import BlessedRun, CheckpointRow, LostExample, Opinion
from uphold.records.comparisons import ChangedExample, GatedRun, MatchedExample, RunDifference
from uphold.records.runs import Run
from uphold.reports.gate_markdown import gate_markdown
from uphold.stats.distributions import LEVEL
from uphold.stats.run_difference import by_judge, by_people, rated_difference
from uphold.store import blessed, checkpoints, reviews, run_list, runs
from uphold.store.database import Store
from uphold.store.matched import matched_runs
from uphold.store.run_changes import judged_by, run_changes, set_version
from uphold.workflows.benchmarks import run_scores
from uphold.workflows.pair_records import PairRecord, pair_records
from uphold.workflows.statistics import headline_numbers


def bless_run(store: Store, name: str | None, note: str | None, reviewer: str) -> BlessedRun:
    """Make a run the one of its set that later ones are held against; nothing is written where it is, with that note.

    Raises BadUsage for a run that does not exist.
    """
    run = runs.find_run(store, name)
    found = blessed.find_blessed(store, run.set_id)
    if found is None or found.run.id != run.id or (note is not None and note != found.note):
        with store.writing() as conn:
            blessed.bless(conn, run.id, note, reviews.add_reviewer(conn, reviewer))
        found = blessed.find_blessed(store, run.set_id)
    assert found is not None  # it was written just now
    return found


def checkpoint_rows(store: Store, set_name: str | None = None, judge: str | None = None) -> list[CheckpointRow]:
    """Return the runs of a set, or of all sets, by number, each with its difference to the blessed run of its set."""
    rows = [row for row in run_list.run_rows(store, judge) if set_name is None or row.run.set == set_name]
    latest: dict[tuple[int, int], Run] = {}
    found = []
    for row in rows:
        run = row.run
        before = latest.get((run.set_id, run.baseline_id))
        latest[run.set_id, run.baseline_id] = run
        against = blessed.find_blessed(store, run.set_id)
        headline = headline_numbers(store, run, judge)
        made = CheckpointRow(
            row=row,
            created_at=checkpoints.created_at(store, run.id),
            rate=headline.win_rate,
            agreement=headline.numbers.raw_agreement,
            reading=checkpoints.run_reading(store, run.id),
            difference=_no_difference("no run of the set is blessed; `uphold runs bless RUN` blesses one"),
            judged_by=judged_by(store, run),
            set_version=set_version(store, run.id),
            before=before,
            changes=run_changes(store, before, run) if before is not None else None,
            scores=run_scores(store, run),
        )
        found.append(_held_against(store, made, against))
    return found


def _no_difference(reason: str) -> RunDifference:
    return RunDifference(None, None, None, 0, LEVEL, None, reason)


def _held_against(store: Store, made: CheckpointRow, against: BlessedRun | None) -> CheckpointRow:
    """Return a row with its difference to the blessed run, as `compare` gives it."""
    if against is None:
        return made
    if against.run.id == made.run.id:
        return replace(made, blessed=against, difference=_no_difference("this is the blessed run"))
    people = rated_difference(matched_runs(store, against.run, made.run), by_people)
    return replace(made, difference=people.ties_half, lost=len(people.lost), won=len(people.won))


def history_version(store: Store) -> tuple[int | None, ...]:
    """Return a value that changes whenever anything in the history of runs may have changed."""
    return checkpoints.history_version(store)


def gate_summary(store: Store, gated: GatedRun) -> str:
    """Return a gate as a summary in Markdown: its outcome, what was lost, against which run, and who read it."""
    after, before = (runs.find_run(store, name) for name in (gated.comparison.after, gated.comparison.before))
    against = blessed.find_blessed(store, before.set_id)
    is_blessed = against is not None and against.run.id == before.id
    return gate_markdown(gated, checkpoints.readers(store, after.id), against if is_blessed else None)


def lost_and_won(store: Store, before: Run, after: Run) -> tuple[list[LostExample], list[LostExample]]:
    """Return the examples that the later run lost and won against the earlier: those that people decided, then the judge's.

    Those that only the judge says have nobody in `by`, and count in no number. Raises BadUsage for runs over two sets.
    """
    if before.set_id != after.set_id:
        raise BadUsage(f"{before.name!r} and {after.name!r} are over two sets: only runs over one set share examples")
    matched = matched_runs(store, before, after)
    places = {(pair.key, pair.turn): pair for pair in matched.pairs}
    people = rated_difference(matched, by_people)
    judge = rated_difference(matched, by_judge) if matched.judge is not None else None
    lost, won = list(people.lost), list(people.won)
    known = {(one.key, one.turn) for one in (*lost, *won)}
    if judge is not None:
        for opinions, kept in ((judge.lost, lost), (judge.won, won)):
            kept += [
                one for one in opinions if (one.key, one.turn) not in known and not _is_read(places[one.key, one.turn])
            ]
    pairs = [places[one.key, one.turn].after.pair for one in (*lost, *won)]
    said, asked = checkpoints.opinions(store, pairs), checkpoints.asked_and_tags(store, pairs)

    def examples(found: Sequence[ChangedExample]) -> list[LostExample]:
        return [
            LostExample(one.key, one.turn, *asked[pair], one.before, one.after, said.get(pair, ()))
            for one in found
            for pair in (places[one.key, one.turn].after.pair,)
        ]

    return examples(lost), examples(won)


def _is_read(pair: MatchedExample) -> bool:
    return bool(pair.before.votes) and bool(pair.after.votes)


def old_and_new(
    store: Store, before: Run, after: Run, key: str, turn: int
) -> tuple[PairRecord | None, PairRecord | None]:
    """Return the current pair of an example at a turn in two runs: both answers, each with what judges and people said.

    None where a run has none.
    """
    return _pair(store, before, key, turn), _pair(store, after, key, turn)


def opinions_on(store: Store, pairs: Sequence[PairRecord]) -> dict[int, tuple[Opinion, ...]]:
    """Return by pair id who decided it, what and why."""
    return checkpoints.opinions(store, [pair.texts.pair_id for pair in pairs])


def _pair(store: Store, run: Run, key: str, turn: int) -> PairRecord | None:
    try:
        found: Sequence[PairRecord] = pair_records(store, run.name, key)
    except BadUsage:
        return None
    return next((pair for pair in found if pair.current and pair.texts.turn == turn), None)
