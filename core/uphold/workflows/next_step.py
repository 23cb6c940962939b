"""Suggests what to do after an import, as a command that works."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.enums import REFERENCE
from uphold.records.rows import ImportSummary
from uphold.records.runs import Run
from uphold.records.system_names import likely_sides
from uphold.settings import Settings, program_words
from uphold.store.database import Store
from uphold.store.headline_judges import run_judges
from uphold.store.pairs import any_reference, systems_of
from uphold.store.runs import all_runs, run_of_import
from uphold.store.sets import find_set
from uphold.workflows.judging_progress import judges_to_choose


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command line that works as it stands, None where something of it has to be filled in; and what else can be done.

    `run` is the run that it is about; where there is none yet, `sides` are the candidate and baseline of one.
    """

    command: str | None
    remark: str = ""
    run: Run | None = None
    sides: tuple[str, str] | None = None


def next_step(store: Store, summary: ImportSummary, settings: Settings) -> NextStep:
    """Return what can be done next with the set that an import went into, or with scores."""
    if not summary.set:
        return _step_for_scores(store, summary.systems)
    set_id = find_set(store, summary.set)
    runs = [run for run in all_runs(store) if run.set_id == set_id]
    new = run_of_import(store, summary.number) if summary.number is not None else None
    systems = [name for name, _ in systems_of(store, set_id) if name != REFERENCE]
    alone = [name for name in systems if not any(name in (run.candidate, run.baseline) for run in runs)]
    if new is not None:
        return _step_for_run(store, new, settings)
    if runs and alone:
        return _step_for_systems(store, runs[-1], alone[-1], settings)
    if runs:
        return _step_for_run(store, runs[-1], settings)
    if len(systems) > 1:
        candidate, baseline = likely_sides(systems)
        sides = (candidate, baseline)
        return NextStep(_command(store, "review", *_options(summary.set, sides)), sides=sides)
    if systems:
        return _step_for_one(store, set_id, summary.set, systems[0])
    generate = _command(store, "generate", "--set", summary.set)
    return NextStep(
        None,
        f"no answers yet: {generate} --system NAME --endpoint SPEC asks a model, and an import of rows with its answers"
        " brings them from a file",
    )


def _step_for_scores(store: Store, systems: Sequence[str]) -> NextStep:
    """Return the step after an import of scores; a system that is in no run is named, since no run shows its scores."""
    two = systems if len(systems) == 2 else ()
    runs = all_runs(store)
    unknown = [name for name in systems if not any(name in (run.candidate, run.baseline) for run in runs)]
    remark = "`uphold scores` shows what changed between two systems"
    if runs and unknown:
        remark = f"no run has {unknown[0]!r}: an import with --system NAME gives scores to the system of one"
    return NextStep(_command(store, "scores", *two), remark)


def _step_for_run(store: Store, run: Run, settings: Settings) -> NextStep:
    review = _command(store, "review", run.argument)
    if run_judges(store, run.id):
        return NextStep(review, run=run)
    judges = judges_to_choose(store, run.id, settings)
    if judges:
        judge = _command(store, "judge", run.argument, "--judge", judges[0])
        return NextStep(judge, f"or without a judge: {review}", run)
    judge = f"{_command(store, 'judge', run.argument)} --judge anthropic:MODEL"
    return NextStep(review, f"or first have a model judge: {judge}", run)


def _step_for_systems(store: Store, run: Run, candidate: str, settings: Settings) -> NextStep:
    """Return the step for a system that no run compares yet, where another run over the set exists."""
    sides = (candidate, run.baseline if run.baseline != candidate else run.candidate)
    options = _options(run.set, sides)
    review = _command(store, "review", *options)
    used = {judge.name for judge in run_judges(store, run.id)}
    judges = [judge for judge in judges_to_choose(store, run.id, settings) if judge in used]
    if not judges:
        return NextStep(review, sides=sides)
    judge = _command(store, "judge", *options, "--judge", judges[0])
    return NextStep(judge, f"or without a judge: {review}", sides=sides)


def _step_for_one(store: Store, set_id: int, set_name: str, system: str) -> NextStep:
    second = f"a second system's answers: {_command(store, 'import', 'FILE', '--set', set_name)} --candidate NAME"
    if not any_reference(store, set_id, system, REFERENCE):
        return NextStep(None, f"a run compares two systems; import {second}")
    sides = (system, REFERENCE)
    judge = _command(store, "judge", *_options(set_name, sides), "--judge", "rules:reference-overlap")
    return NextStep(judge, f"or import {second}", sides=sides)


def _options(set_name: str, sides: tuple[str, str]) -> tuple[str, ...]:
    return "--set", set_name, "--candidate", sides[0], "--baseline", sides[1]


def _command(store: Store, *words: str) -> str:
    parts: Sequence[str] = (*program_words(store.path), *words)
    return shlex.join(parts)
