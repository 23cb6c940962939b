"""The judge of a run's headline as the file has it: its pin, what judges were asked, and which pairs they lack."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from uphold.errors import BadUsage
from uphold.records.enums import AnswerOrder
from uphold.records.headline_judge import (
    PROGRAM,
    HeadlineJudge,
    JudgeReason,
    ask_command,
    choose_judge,
    judges_named,
    versioned_name,
)
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.settings import database_path
from uphold.store.database import Store

if TYPE_CHECKING:
    from uphold.records.pinned_judge import JudgeCoverage

_COLUMNS = f"g.id, g.name, CASE WHEN g.is_program THEN '{PROGRAM}' ELSE g.kind END, g.version"

_RUN_JUDGES = f"""
SELECT {_COLUMNS} FROM run_judges o JOIN judges g ON g.id = o.judge_id WHERE o.run_id = ? ORDER BY o.place
"""

_ALL_JUDGES = f"SELECT {_COLUMNS} FROM judges g ORDER BY g.id DESC"

_SET_JUDGES = f"""
SELECT {_COLUMNS} FROM judges g
WHERE g.id IN (SELECT judge_id FROM judge_orders WHERE run_id IN (SELECT id FROM runs WHERE set_id = ?))
ORDER BY g.kind = 'rules', g.id DESC
"""

_PIN = "SELECT value FROM set_values WHERE set_id = ? AND kind = 'judge'"

# Without a stale pair these two numbers are equal where everything was asked, and both are read from an index.
_ALL_ASKED = """
SELECT (SELECT count(*) FROM verdicts WHERE run_id = :run AND judge_id = :judge AND verdict <> 'pending')
    = (SELECT count(*) FROM pairs WHERE run_id = :run)
"""

_NOT_ASKED = """
FROM pairs q WHERE q.run_id = :run AND NOT EXISTS (
    SELECT 1 FROM verdicts v WHERE v.judge_id = :judge AND v.pair_id = q.id AND v.verdict <> 'pending'
) AND EXISTS (SELECT 1 FROM current_pairs p WHERE p.id = q.id) AND q.id NOT IN (SELECT pair_id FROM broken_pairs)
"""

_PAIRS = "SELECT count(*) FROM current_pairs WHERE run_id = ? AND id NOT IN (SELECT pair_id FROM broken_pairs)"


def run_judges(store: Store, run_id: int) -> list[JudgeRef]:
    """Return the judges that were asked or imported in a run: the one that judged last first, rules at the end."""
    return [JudgeRef(*row) for row in store.rows(_RUN_JUDGES, (run_id,))]


def set_judges(store: Store, set_id: int) -> list[JudgeRef]:
    """Return the judges of all runs of a set, the newest first and rules at the end."""
    return [JudgeRef(*row) for row in store.rows(_SET_JUDGES, (set_id,))]


def headline_judge(store: Store, run: Run, named: str | None = None, *, against: Run | None = None) -> HeadlineJudge:
    """Return the judge of a run's headline, by the rule of `records.headline_judge.choose_judge`.

    `named` is what the user names with --judge: a name, or a name with the start of the version. With `against`, another
    run of the same set, it is the judge of the difference of both: complete is one that has read both.

    Raises BadUsage where the file has no judge of that name.
    """
    return _choose(store, run_judges(store, run.id), [run] if against is None else [run, against], named)


def _choose(store: Store, judges: Sequence[JudgeRef], runs: Sequence[Run], named: str | None) -> HeadlineJudge:
    """Return the judge of the headline of some runs of one set; `judges` are those of the first, the latest in front."""
    wanted = _find_named(store, judges, named, "both runs" if len(runs) > 1 else "this run")
    pinned, unknown = (None, "") if wanted is not None else pinned_judge(store, runs[0].set_id)
    if unknown:
        return HeadlineJudge(JudgeReason.PINNED, unknown=unknown)

    def is_complete(judge: JudgeRef) -> bool:
        return not any(lacks_pairs(store, one, judge) for one in runs)

    judge, reason = choose_judge(judges, is_complete, named=wanted, pinned=pinned)
    if judge is None:
        partial = next((judge for judge in judges if judge.kind != PROGRAM), None)
        return _missing(store, HeadlineJudge(reason, partial=partial), runs)
    found = HeadlineJudge(reason, judge)
    if reason in (JudgeReason.NAMED, JudgeReason.PINNED) and not is_complete(judge):
        return _missing(store, found, runs)
    return found


def judges_in_order(store: Store, run: Run, named: str | None = None) -> tuple[HeadlineJudge, list[JudgeRef]]:
    """Return the judge of a run's headline, and the run's judges with the one whose verdicts are shown in front.

    Raises BadUsage where the judge named has not judged the run.
    """
    judges = run_judges(store, run.id)
    found = _choose(store, judges, [run], named)
    if found.reason is JudgeReason.NAMED and found.judge not in judges:
        raise BadUsage(_not_here(str(named), judges))
    shown = found.shown
    return found, [*([shown] if shown is not None else []), *(judge for judge in judges if judge != shown)]


def _not_here(named: str, judges: Sequence[JudgeRef], where: str = "this run") -> str:
    names = ", ".join(sorted({judge.name for judge in judges})) or "none"
    return f"judge {named!r} has not judged {where}; judges that have: {names}"


def _find_named(store: Store, judges: Sequence[JudgeRef], named: str | None, where: str) -> JudgeRef | None:
    """Return the judge that was named: the latest of the run, else of the file."""
    if named is None:
        return None
    found = judges_named(judges, named) or judges_named(all_judges(store), named)
    if not found:
        raise BadUsage(_not_here(named, judges, where))
    return found[0]


def all_judges(store: Store) -> list[JudgeRef]:
    """Return every judge version of the file, the newest first."""
    return [JudgeRef(*row) for row in store.rows(_ALL_JUDGES)]


def pinned_judge(store: Store, set_id: int) -> tuple[JudgeRef | None, str]:
    """Return the judge pinned to a set, and the name of a pinned one that the file does not have."""
    row = store.one(_PIN, (set_id,))
    if row is None:
        return None, ""
    name, _, version = str(row[0]).rpartition("@")
    found = store.one(f"SELECT {_COLUMNS} FROM judges g WHERE g.name = ? AND g.version = ?", (name, version))
    return (None, f"{name}@{version[:8]}") if found is None else (JudgeRef(*found), "")


def lacks_pairs(store: Store, run: Run, judge: JudgeRef) -> bool:
    """Whether a current, unbroken pair of a run was not asked of a judge in all orders that the run asks for."""
    values = {"run": run.id, "judge": judge.id}
    return not store.one(_ALL_ASKED, values)[0] and bool(store.one(f"SELECT EXISTS (SELECT 1 {_NOT_ASKED})", values)[0])


def coverage(store: Store, run: Run, judge: JudgeRef) -> "JudgeCoverage":
    """Count the pairs of a run that a judge was not asked about."""
    from uphold.records.pinned_judge import JudgeCoverage  # only a judge that lacks pairs needs it

    missing = store.one(f"SELECT count(*) {_NOT_ASKED}", {"run": run.id, "judge": judge.id})[0]
    pairs = store.one(_PAIRS, (run.id,))[0]
    return JudgeCoverage(run.name, run.number, pairs, missing, _ask(store, run, judge) if missing else "")


def _missing(store: Store, found: HeadlineJudge, runs: Sequence[Run]) -> HeadlineJudge:
    """Return the headline's judge with what it lacks."""
    if found.shown is None:
        return found
    each = [coverage(store, run, found.shown) for run in runs]
    ask = next((one.ask for one in each if one.missing), "")
    return HeadlineJudge(
        found.reason, found.judge, found.partial, sum(one.missing for one in each), sum(one.pairs for one in each), ask
    )


def _ask(store: Store, run: Run, judge: JudgeRef) -> str:
    import shlex  # only a judge that lacks pairs needs it

    sql = "SELECT answer_order, samples FROM judge_orders WHERE run_id = ? AND judge_id = ?"
    requested = {AnswerOrder(order): samples for order, samples in store.rows(sql, (run.id, judge.id))}
    definition = json.loads(store.one("SELECT definition FROM judges WHERE id = ?", (judge.id,))[0])
    is_default = database_path(None).absolute() == store.path.absolute()
    return ask_command(
        run.name, judge, definition, requested, "" if is_default else f" --db {shlex.quote(str(store.path))}"
    )


def find_judge(store: Store, wanted: str) -> JudgeRef:
    """Return the judge of the file with this name, or name and start of the version.

    Raises BadUsage, listing the judges, where there is none, or several versions have the name.
    """
    known = all_judges(store)
    found = judges_named(known, wanted)
    if not found:
        names = ", ".join(sorted({repr(judge.name) for judge in known})) or "none yet"
        raise BadUsage(f"there is no judge {wanted!r} in this file; judges: {names}")
    if len(found) > 1:
        raise BadUsage(f"several versions of a judge are named {wanted!r}; name one: {_version_list(found)}")
    return found[0]


def _version_list(judges: Sequence[JudgeRef]) -> str:
    return ", ".join(repr(versioned_name(judge)) for judge in judges)


def pin_value(judge: JudgeRef) -> str:
    """Return how a pinned judge is stored: its name with the whole version."""
    return f"{judge.name}@{judge.version}"
