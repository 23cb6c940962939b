"""`uphold run`: a new checkpoint in one command, from its answers to the gate."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.formatting import count, count_noun, dollars, exact_dollars, of_n, wait_time
from uphold_tui.commands.options import (
    WORK_LEFT,
    ApiKeyEnv,
    AsJson,
    BaseUrl,
    Concurrency,
    Context,
    MaxCost,
    ReviewerName,
    Timeout,
    reviewer_name,
)

if TYPE_CHECKING:
    from uphold.records.checkpoints import CheckpointResult, CheckpointStep
    from uphold.workflows.checkpoint_run import CheckpointRequest, Update
    from uphold.workflows.lookup import Store
    from uphold_tui.console import ProgressBar


def run_checkpoint(
    context: typer.Context,
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="Name of the checkpoint.")],
    answers: Annotated[
        list[Path] | None,
        typer.Option("--answers", metavar="FILE", help="File with its answers, as `import` takes it; may be repeated."),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint",
            metavar="SPEC",
            help="Where it answers: anthropic:MODEL, openai:MODEL, or a name in uphold.toml; the project's by default.",
        ),
    ] = None,
    set_: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="The eval set; the project's by default.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="SYSTEM", help="The baseline; the set's by default.")
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option("--judge", metavar="SPEC", help="Judge of this call; the one pinned to the set by default."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Read a field of --answers from another column."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin", metavar="SHARE", help="Loss of win rate that the gate allows; the project's by default."
        ),
    ] = None,
    max_cost: MaxCost = None,
    no_drift: Annotated[
        bool, typer.Option("--no-drift", help="Do not check a certified judge for drift before it is asked.")
    ] = False,
    no_review: Annotated[bool, typer.Option("--no-review", help="Do not open the screen and the review.")] = False,
    read: Annotated[
        int | None,
        typer.Option("--plan", metavar="N", min=1, help="Number of pairs to read; the project's by default."),
    ] = None,
    reviewer: ReviewerName = None,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    json: AsJson = False,
) -> None:
    """Bring in a new checkpoint: answers, judging of what changed, review, numbers, gate.

    What is there already is not asked for again: the same command goes on where it was stopped. In a terminal its screen
    opens: enter there reviews what changed, the verdicts that turned first. A judge whose certificate stands is checked for
    drift before it is asked. The exit code is the gate's; 4 where part of the work is left, 1 where the judge was found
    changed, 0 where no run of the set is blessed or no margin is given. --base-url and --api-key-env are those of the
    checkpoint.

    \b
    uphold run lora-r32 --answers answers.jsonl
    uphold run lora-r32 --endpoint openai:lora-r32 --no-review --json
    """
    from uphold.workflows.checkpoint_run import CheckpointRequest
    from uphold.workflows.concurrency import WorkControl
    from uphold_tui.commands.import_ import read_mapping
    from uphold_tui.commands.progress import run_work
    from uphold_tui.console import in_terminal, print_json, progress

    obj: Context = context.obj
    control = WorkControl(concurrency)
    request = CheckpointRequest(
        system=system,
        answers=tuple(answers or ()),
        endpoint=endpoint,
        set=set_,
        baseline=baseline,
        judge=judge,
        max_cost=max_cost,
        margin=margin,
        mapping=read_mapping(mapping or []),
        base_url=base_url,
        key_variable=api_key_env,
        timeout=timeout,
        concurrency=concurrency,
        settings=obj.settings,
        control=control,
        checks_drift=not no_drift,
    )
    with obj.open_for_work() as store:
        if in_terminal() and not (json or no_review):
            result = _on_screen(obj, store, request, reviewer, read or obj.project.read)
        else:
            with progress(system) as bar:
                result = run_work(_work(store, request, bar), control)
        if json:
            from uphold.reports.json_output import checkpoint_json

            print_json(checkpoint_json(result))
        else:
            _print_steps(result)
            if in_terminal() and result.reading.read:
                _print_numbers(obj, result)
            _print_outcome(result)
    _exit(result)


def _on_screen(
    context: Context, store: "Store", request: "CheckpointRequest", reviewer: str | None, read: int | None
) -> "CheckpointResult":
    """Bring the checkpoint in on its screen, where it is reviewed too; return what came of it.

    Raises BadUsage for a request that cannot be carried out, and what broke the work off.
    """
    from uphold.workflows.checkpoint_run import check_checkpoint, read_result
    from uphold_tui.app import NewCheckpoint
    from uphold_tui.commands.review import app_options, open_app
    from uphold_tui.console import print_note

    check_checkpoint(store, request)
    options = app_options(context, reviewer_name(context.settings, reviewer))
    status = open_app(context, store, options, checkpoint=NewCheckpoint(request, read)).checkpoint
    if status is not None and status.error is not None:
        raise status.error
    if status is None or status.result is None:
        print_note("it was left before its steps ended: the same command goes on")
        raise typer.Exit(WORK_LEFT)
    return read_result(store, status.result, request.allowed)


async def _work(store: "Store", request: "CheckpointRequest", bar: "ProgressBar") -> "CheckpointResult":
    from uphold.records.checkpoints import CheckpointResult
    from uphold.workflows.checkpoint_run import run_checkpoint
    from uphold_tui.console import print_note

    told: set[str] = set()
    updates: AsyncIterator[Update]
    async with aclosing(run_checkpoint(store, request)) as updates:
        async for update in updates:
            if isinstance(update, CheckpointResult):
                return update
            for sentence in update.adapted:
                if sentence not in told:
                    told.add(sentence)
                    print_note(sentence)
            step = update.step(update.current)
            bar(step.done, step.total, progress_line(step, update.cap))
    raise AssertionError("a checkpoint ends with its result")


def progress_line(step: "CheckpointStep", cap: float | None) -> str:
    """Return the text beside the progress bar: the step, how far it is, money and time to go."""
    parts = [f"{step.name} {of_n(step.done, step.total)}"]
    if step.pause_left:
        parts.append(f"all wait, {wait_time(step.pause_left)}")
    if step.cost is not None:
        expected = "" if step.expected_cost is None else f" of about {dollars(step.expected_cost)}"
        stops = "" if cap is None else f", stops at {exact_dollars(cap)}"
        parts.append(f"{dollars(step.cost)}{expected}{stops}")
    if step.seconds_left is not None and not step.pause_left:
        parts.append(f"about {wait_time(step.seconds_left)} to go")
    return "   ".join(parts)


def _print_steps(result: "CheckpointResult") -> None:
    """Print the steps, what is known from earlier runs, and what is left."""
    from uphold_tui.console import print_line, print_note, print_table

    progress = result.progress
    print_line(f"{progress.system} against {progress.baseline} on {progress.set}: {result.run.name}")
    print_table([(f"  {step.name}", *_cells(step, result)) for step in progress.steps], right=(1,))
    for sentence in result.work.left:
        print_note(f"left: {sentence}")
    if result.work.left:
        print_note("the same command goes on")


def _cells(step: "CheckpointStep", result: "CheckpointResult") -> tuple[str, str]:
    from uphold.records.checkpoints import StepName
    from uphold.reports.checkpoint_text import nothing_to_read

    work, reading, notes = result.work, result.reading, list[str]()
    if step.name is StepName.ANSWERS:
        notes += [f"{count(work.generated)} generated"] * bool(work.generated)
        notes += [f"{count(work.imported)} imported"] * bool(work.imported)
        notes += [f"{count_noun(work.new_examples, 'new example')}"] * bool(work.new_examples)
    elif step.name is StepName.CARRIED:
        notes += ["answers unchanged: their reviews stand"] * bool(step.done)
    elif step.name is StepName.DRIFT:
        notes.append(step.failure or step.where)
    elif step.name is StepName.JUDGED:
        notes.append(f"by {result.progress.judge}")
        notes += [f"{count_noun(work.asked, 'judgment')} asked for"] * bool(work.asked)
        notes += [f"{count(work.reused)} reused from equal pairs"] * bool(work.reused)
        notes += [f"cost {dollars(work.cost)}"] * bool(work.asked or work.generated)
        if work.unknown_cost:
            notes.append(f"at most {dollars(work.unknown_cost)} more for replies that were lost or told no tokens")
    elif not reading.to_read:
        notes.append(nothing_to_read(reading))
    else:
        notes.append("answers that are new")
        flipped = result.progress.flipped
        notes += [f"{count_noun(flipped, 'flip')} first"] * bool(flipped)
    return of_n(step.done, step.total), ", ".join(notes)


def _print_numbers(context: Context, result: "CheckpointResult") -> None:
    from uphold.workflows.statistics import StatisticsOptions
    from uphold_tui.commands.stats import print_statistics
    from uphold_tui.console import print_text

    print_text()
    print_statistics(context, result.run.name, None, StatisticsOptions(first_only=True))


def _print_outcome(result: "CheckpointResult") -> None:
    """Print the gate, or the difference to the blessed run where no margin is given; else what would make them possible."""
    from uphold.reports.comparison_report import comparison_report, gate_report
    from uphold_tui.console import in_terminal, print_note, print_report, print_text

    if result.gate is not None:
        print_text()
        print_report(gate_report(result.gate))
    elif result.comparison is not None:
        print_text()
        print_report(comparison_report(result.comparison))
        print_note("no margin is given: --margin .05, or margin in [project] of uphold.toml, makes it a gate")
    elif in_terminal():
        print_note(
            f"no other run of the set is blessed to hold it against; next: uphold runs bless {result.run.number}"
        )


def _exit(result: "CheckpointResult") -> None:
    from uphold.reports.json_output import gate_exit_code

    if result.work.judge_changed:
        raise typer.Exit(1)
    if result.work.left:
        raise typer.Exit(WORK_LEFT)
    if result.gate is not None:
        raise typer.Exit(gate_exit_code(result.gate.outcome))
