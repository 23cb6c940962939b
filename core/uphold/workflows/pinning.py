"""Pins a judge to a set, so that the headlines of all its runs rest on it, and takes the pin away."""

import sqlite3

from uphold.errors import BadUsage
from uphold.records.judgments import JudgeRef
from uphold.records.pinned_judge import PinnedJudge
from uphold.records.set_history import ActKind
from uphold.records.sets import SettingKind
from uphold.settings import Settings
from uphold.store import judges, reviews, set_acts, sets
from uphold.store.database import Store
from uphold.store.headline_judges import coverage, find_judge, pin_value, pinned_judge
from uphold.store.judge_specs import record_spec
from uphold.store.runs import all_runs


def pin_judge(store: Store, set_name: str, judge: str, reviewer: str) -> PinnedJudge:
    """Pin a judge to a set; nothing is written where it is pinned already.

    Raises BadUsage for a set or judge that does not exist, or a name that several versions have.
    """
    return _pin(store, set_name, sets.find_set(store, set_name), find_judge(store, judge), reviewer)


def pin_spec(store: Store, set_name: str, spec: str, reviewer: str, settings: Settings) -> PinnedJudge:
    """Pin the judge that a spec stands for now, whether it has judged anything yet or not.

    Raises BadUsage or BadFile for a set that does not exist, or a spec that stands for no judge or several.
    """
    from uphold.workflows.set_judge import judge_from_spec  # here: a screen that pins loads no judge

    set_id = sets.find_set(store, set_name)
    judge = judge_from_spec(store, set_id, spec, settings).record
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, judge)
        record_spec(conn, judge_id, spec)
    return _pin(store, set_name, set_id, JudgeRef(judge_id, judge.name, judge.kind, judge.version), reviewer)


def unpin_judge(store: Store, set_name: str, reviewer: str) -> PinnedJudge:
    """Take the pin of a set away; raises BadUsage for a set that does not exist, or that has none."""
    set_id = sets.find_set(store, set_name)
    if pinned_judge(store, set_id) == (None, ""):
        raise BadUsage(f"no judge is pinned to the set {set_name!r}; `uphold set pin SET JUDGE` pins one")
    with store.writing() as conn:
        _write_pin(conn, set_id, None, reviewer)
    return PinnedJudge(set_name, None)


def toggle_pin(store: Store, set_name: str, judge: JudgeRef, reviewer: str) -> PinnedJudge:
    """Pin a judge to a set, or take the pin away where it is pinned already."""
    set_id = sets.find_set(store, set_name)
    if pinned_judge(store, set_id)[0] == judge:
        return unpin_judge(store, set_name, reviewer)
    return _pin(store, set_name, set_id, judge, reviewer)


def _pin(store: Store, set_name: str, set_id: int, judge: JudgeRef, reviewer: str) -> PinnedJudge:
    with store.writing() as conn:
        if pinned_judge(store, set_id)[0] != judge:
            _write_pin(conn, set_id, pin_value(judge), reviewer)
    runs = [run for run in all_runs(store) if run.set_id == set_id]
    return PinnedJudge(set_name, judge, tuple(coverage(store, run, judge) for run in runs))


def _write_pin(conn: sqlite3.Connection, set_id: int, value: str | None, reviewer: str) -> None:
    """Write that a set's numbers rest on a judge from now on, None for no one, as an act that `set undo` takes back."""
    kind = SettingKind.JUDGE.value
    act = set_acts.add_act(conn, set_id, ActKind.SETTING, reviews.add_reviewer(conn, reviewer), {"setting": kind})
    set_acts.write_setting(conn, act, kind, value)
