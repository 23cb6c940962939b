"""`uphold judge`: judge a run, estimate the cost, use batches, or parse stored answers again."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold.formatting import count, count_noun, dollars, exact_dollars, noun, of_n, wait_time
from uphold_tui.commands.options import (
    WORK_LEFT,
    ApiKeyEnv,
    AsJson,
    BaseUrl,
    Concurrency,
    Context,
    MaxCost,
    RunName,
    Timeout,
    print_next,
    print_other_sets,
)

if TYPE_CHECKING:
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.cost_estimate import Estimate
    from uphold.workflows.judge_request import JudgeRequest
    from uphold.workflows.judging import Reread
    from uphold.workflows.judging_progress import JudgeSummary, JudgingProgress
    from uphold.workflows.lookup import Store
    from uphold_tui.console import ProgressBar

_VERDICT_NAMES = {
    "candidate": "wins",
    "tie": "ties",
    "baseline": "losses",
    "inconsistent": "inconsistent",
    "unreadable": "unreadable",
    "failed": "failed",
    "pending": "pending",
}
"""Names of verdicts in the output, in the order of their lines."""

_ONE_OF = {"wins": "win", "ties": "tie", "losses": "loss"}
"""Outcomes that have a line even where there is none, by what one of them is called."""


def judge(
    context: typer.Context,
    run: RunName = None,
    judge: Annotated[
        list[str] | None,
        typer.Option(
            "--judge",
            metavar="SPEC",
            help="rules:NAME, anthropic:MODEL, openai:MODEL, a TOML file, or a name in uphold.toml; may be repeated."
            " The judge pinned to the set by default.",
        ),
    ] = None,
    set_: Annotated[
        str | None,
        typer.Option("--set", metavar="NAME", help="Eval set of a new run; the project's by default."),
    ] = None,
    candidate: Annotated[
        str | None, typer.Option("--candidate", metavar="SYSTEM", help="Candidate of the new run.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="SYSTEM",
            help="Baseline of the new run, the set's by default; `reference` stands for the reference answers.",
        ),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option("--judge-option", metavar="K=V", help="Set an option of the judge, such as win=.6."),
    ] = None,
    one_order: Annotated[
        bool, typer.Option("--one-order", help="Judge with the candidate first only, not in both orders.")
    ] = False,
    samples: Annotated[
        int | None, typer.Option("--samples", metavar="N", help="Number of answers per order; 1 by default.")
    ] = None,
    turns: Annotated[
        str, typer.Option("--turns", metavar="all|last", help="Make pairs of all turns or of the last one.")
    ] = "all",
    only_reviewed: Annotated[bool, typer.Option("--only-reviewed", help="Judge reviewed pairs only.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Request unreadable judgments again.")] = False,
    reread: Annotated[bool, typer.Option("--reread", help="Parse stored answers again, without requests.")] = False,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    max_cost: MaxCost = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate calls, tokens and cost; request and write nothing.")
    ] = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="Submit the requests as batches; fetch the results with --collect.")
    ] = False,
    collect: Annotated[
        bool, typer.Option("--collect", help="Fetch the results of batches that have ended; submit nothing.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Judge the pairs of a run that have not been judged yet.

    \b
    uphold judge 1 --judge anthropic:claude-sonnet-5-5 --dry-run
    uphold judge 1 --judge anthropic:claude-sonnet-5-5 --max-cost 2
    uphold judge --set desk --candidate lora-r16 --baseline base-7b --judge rules:closer
    """
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.judge_request import JudgeRequest

    _check_options(turns, reread, dry_run, batch, collect)
    obj: Context = context.obj
    if reread:
        _reread(obj, run, judge, json=json)
        return
    max_cost = obj.project.max_cost if max_cost is None else max_cost
    control = WorkControl(concurrency, max_cost)
    request = JudgeRequest(
        judge=judge or (),
        run=run,
        set=set_,
        candidate=candidate,
        baseline=baseline,
        options=tuple(options or ()),
        one_order=one_order,
        samples=samples,
        last_turn_only=turns == "last",
        concurrency=concurrency,
        base_url=base_url,
        key_variable=api_key_env,
        only_reviewed=only_reviewed,
        redo=redo,
        max_cost=max_cost,
        timeout=timeout,
        settings=obj.settings,
        control=control,
    )
    request = _completed(obj, request)
    if not request.judge:
        raise _no_judge(obj, request)
    if dry_run:
        _dry_run(obj, request, json=json)
        return
    summaries = _judge(obj, request, control, batch=batch, collect=collect)
    print_summaries(summaries, json=json)
    if any(summary.left for summary in summaries):
        raise typer.Exit(WORK_LEFT)
    if not json:
        print_next(obj, "review", str(summaries[0].run.number))


def _check_options(turns: str, *modes: bool) -> None:
    """Raise BadUsage for an unknown value of --turns, or more than one of the options that exclude each other."""
    if turns not in ("all", "last"):
        raise BadUsage(f"--turns takes all or last; it was given {turns!r}")
    if sum(modes) > 1:
        raise BadUsage("--reread, --dry-run, --batch and --collect exclude each other; give one of them")


def _completed(context: Context, request: "JudgeRequest") -> "JudgeRequest":
    """Return the request with what the project and the set say."""
    is_whole = request.candidate is None or (request.set is not None and request.baseline is not None)
    if not request.judge or not is_whole or (request.run is None and context.project.set is not None):
        from uphold.workflows.set_judge import with_project

        with context.open(reading=True) as store:
            request = with_project(store, request)
    return request


def _no_judge(context: Context, request: "JudgeRequest") -> BadUsage:
    """Return the error for a command that names no judge, with those that can read the pairs. Raises BadUsage for no run."""
    from uphold.workflows.judge_request import find_target
    from uphold.workflows.judging_progress import suitable_rules

    with context.open(reading=True) as store:
        target = find_target(store, request)
        rules = suitable_rules(store, target.set_id, target.candidate, target.baseline)
    named = [*request.settings.judges, *rules]
    models = "anthropic:MODEL, openai:MODEL or a TOML file"
    return BadUsage(
        f"say which judge reads {target.set!r}: --judge {named[0]} ({', '.join([*named[1:], models])})"
        if named
        else f"say which judge reads {target.set!r}: --judge {models}"
    )


def _judge(
    context: Context, request: "JudgeRequest", control: "WorkControl", *, batch: bool, collect: bool
) -> "list[JudgeSummary]":
    from uphold_tui.commands.progress import run_work
    from uphold_tui.console import progress

    with context.open_for_work() as store, progress("judging") as bar:
        if batch or collect:
            return run_work(_judge_in_batches(store, request, submitting=batch), control)
        return run_work(_judge_directly(store, request, bar), control)


async def _judge_in_batches(store: "Store", request: "JudgeRequest", *, submitting: bool) -> "list[JudgeSummary]":
    from uphold.workflows.batch_judging import judge_in_batches

    async with aclosing(judge_in_batches(store, request, submitting=submitting)) as summaries:
        return [summary async for summary in summaries]


async def _judge_directly(store: "Store", request: "JudgeRequest", bar: "ProgressBar") -> "list[JudgeSummary]":
    from uphold.workflows.judging import judge_run
    from uphold.workflows.judging_progress import JudgeSummary

    summaries, told = [], 0
    async with aclosing(judge_run(store, request)) as updates:
        async for update in updates:
            if isinstance(update, JudgeSummary):
                summaries.append(update)
                told = 0
            else:
                told = print_adapted(update.judge, update.adapted, told)
                bar(update.done, update.total, progress_line(update))
    return summaries


def print_adapted(model: str, adapted: "tuple[str, ...]", told: int) -> int:
    """Print how requests were changed for a model's server, as far as it is not told yet; return how much is told now."""
    from uphold_tui.console import print_note

    for sentence in adapted[told:]:
        print_note(f"{model}: {sentence}")
    return len(adapted)


def _dry_run(context: Context, request: "JudgeRequest", *, json: bool) -> None:
    import asyncio

    from uphold.workflows.cost_estimate import estimate

    with context.open(reading=True) as store:
        estimates = asyncio.run(estimate(store, request))
    print_estimates(estimates, request, json=json)


def _reread(context: Context, run: str | None, judges: list[str] | None, *, json: bool) -> None:
    from uphold.workflows.judging import reread

    names: list[str | None] = [*judges] if judges else [None]
    with context.open() as store:
        results = [result for name in names for result in reread(store, run, name)]
    print_reread(results, json=json)


def progress_line(judging: "JudgingProgress") -> str:
    """Return the text beside the progress bar: counts, rate, failures, tokens, cost and remaining time."""
    parts = [of_n(judging.done, judging.total), f"{count(judging.left)} left"]
    if judging.pause_left:
        parts.append(f"all wait, {wait_time(judging.pause_left)}")
    elif judging.rate is not None:
        parts.append(f"{count(round(judging.rate))} a minute")
    if judging.unreadable:
        parts.append(f"{count(judging.unreadable)} unreadable")
    if judging.failed:
        parts.append(f"{count(judging.failed)} failed")
    if judging.requested:
        parts.append(count_noun(judging.input_tokens + judging.output_tokens, "token"))
        expected = "" if judging.expected_cost is None else f" of about {dollars(judging.expected_cost)}"
        parts.append(dollars(judging.cost) + expected)
    if judging.seconds_left is not None and not judging.pause_left:
        parts.append(f"about {wait_time(judging.seconds_left)} to go")
    return "   ".join(parts)


def print_summaries(summaries: "list[JudgeSummary]", *, json: bool) -> None:
    """Print the summary of each judge; as JSON an object for one judge, an array for several."""
    from uphold_tui.console import print_json, print_text

    if json:
        values = [_summary_json(summary) for summary in summaries]
        print_json(values[0] if len(values) == 1 else values)
        return
    for number, summary in enumerate(summaries):
        if number:
            print_text()
        _print_summary(summary)


def _counts(summary: "JudgeSummary") -> dict[str, int]:
    counts = {verdict.value: count for verdict, count in summary.verdicts.items()}
    return {name: counts.get(verdict, 0) for verdict, name in _VERDICT_NAMES.items()}


def _summary_json(summary: "JudgeSummary") -> dict[str, Any]:
    from uphold.reports.problem_text import problems_json

    progress, made = summary.progress, summary.made
    return {
        "run": summary.run.name,
        "judge": summary.judge,
        "pairs": summary.pairs,
        **_counts(summary),
        "judgments": progress.done,
        "identical": progress.identical,
        "reused": progress.reused,
        "input_tokens": progress.input_tokens,
        "output_tokens": progress.output_tokens,
        "cost": progress.cost,
        "unknown_cost": progress.unknown_cost,
        "failed_judgments": progress.failed,
        "asked_again": progress.retries,
        "waited": round(progress.paused, 3),
        "left": summary.left,
        "out": summary.in_batches,
        "elsewhere": summary.elsewhere,
        "problems": problems_json(summary.problems),
        "stopped": summary.stopped,
        "adapted": list(progress.adapted),
        "submitted": list(summary.submitted),
        "collected": summary.collected,
        "pairs_added": made.added,
        "carried": made.carried,
        "unanswered": list(made.unanswered),
        "no_reference": list(made.no_reference),
        "from_other_sets": dict(summary.from_other_sets),
    }


def _print_summary(summary: "JudgeSummary") -> None:
    from uphold.reports.problem_text import problem_sentence
    from uphold_tui.console import print_line, print_note, print_table, print_text

    counts, made = _counts(summary), summary.made
    print_line(f"{summary.judge} on {summary.run.name}: {count_noun(summary.pairs, 'pair')}")
    rows = [
        (f"  {count(number):>6}", noun(number, _ONE_OF[name], name) if name in _ONE_OF else name)
        for name, number in counts.items()
        if number or name in _ONE_OF
    ]
    print_table(rows)
    print_text(_work_line(summary))
    for problem in summary.problems:
        print_text(problem_sentence(problem))
    if made.added:
        carried = f", {count_noun(made.carried, 'decision')} carried from equal pairs" if made.carried else ""
        print_text(f"{count_noun(made.added, 'pair')} added to the run{carried}")
    for keys, reason in ((made.no_reference, "no reference"), (made.unanswered, "an answer missing")):
        if keys:
            print_text(f"{count_noun(len(keys), 'example')} with {reason}: no pair")
    print_other_sets(summary.from_other_sets)
    if summary.submitted:
        print_text(f"submitted as {count_noun(len(summary.submitted), 'batch')}: {', '.join(summary.submitted)}")
    if summary.in_batches:
        print_text(
            f"{count_noun(summary.in_batches, 'judgment')} in open batches; `uphold judge --collect` fetches them"
        )
    if summary.stopped:
        print_note(f"stopped: {summary.stopped}")
    if summary.elsewhere:
        is_asking = f"{count_noun(summary.elsewhere, 'judgment')} {noun(summary.elsewhere, 'is', 'are')}"
        print_text(f"{is_asking} being asked for by another process; the same command sees what became of them")
    elif summary.left and not summary.in_batches:
        print_text(f"{count_noun(summary.left, 'pair')} left; the same command goes on")


def _work_line(summary: "JudgeSummary") -> str:
    """Return the sentence about the judgments made in this invocation."""
    progress = summary.progress
    if summary.collected:
        return f"{count_noun(summary.collected, 'judgment')} collected"
    if not progress.total:
        return _nothing_asked(summary)
    parts = [f"{count_noun(progress.done, 'judgment')} made"]
    if progress.identical:
        parts.append(f"{count(progress.identical)} of identical answers, not asked")
    if progress.reused:
        parts.append(f"{count(progress.reused)} reused from equal pairs")
    if progress.failed:
        parts.append(f"{count(progress.failed)} failed")
    if progress.output_tokens:
        parts.append(f"{count_noun(progress.input_tokens, 'token')} in, {count(progress.output_tokens)} out")
        parts.append(f"cost {dollars(progress.cost)}")
    if progress.unknown_cost:
        parts.append(f"at most {dollars(progress.unknown_cost)} more for replies that were lost or told no tokens")
    if progress.retries:
        parts.append(f"{count(progress.retries)} asked again")
    if progress.paused:
        parts.append(f"all waited {wait_time(progress.paused)}")
    return ", ".join(parts)


def _nothing_asked(summary: "JudgeSummary") -> str:
    """Return the sentence for a judge of which nothing was missing that could be asked for."""
    if summary.in_batches or summary.elsewhere:
        return "nothing to ask for now: what is missing is asked for already"
    if summary.unasked:
        return f"nothing left to do here; {count_noun(summary.unasked, 'pair')} outside of it not judged"
    if summary.problems:
        return "nothing left to ask for; --redo asks again for what could not be read"
    return "nothing left to do: every judgment was there already"


def print_estimates(estimates: "list[Estimate]", request: "JudgeRequest", *, json: bool) -> None:
    """Print what judging would take; as JSON an object for one judge, an array for several."""
    from uphold.judging.costs import prices_date
    from uphold_tui.console import print_json

    if json:
        values = [_estimate_json(found, prices_date()) for found in estimates]
        print_json(values[0] if len(values) == 1 else values)
        return
    for found in estimates:
        _print_estimate(found, request.max_cost, prices_date())


def _estimate_json(found: "Estimate", prices_date: str) -> dict[str, Any]:
    return {
        "judge": found.judge,
        "pairs": found.pairs,
        "judgments": found.judgments,
        "calls": found.calls,
        "input_tokens": found.input_tokens,
        "output_tokens": found.output_tokens,
        "assumed_output_tokens": found.output_each,
        "assumed_from": found.output_from,
        "counted_by": found.counted_by,
        "cost": found.cost,
        "batch_cost": found.batch_cost,
        "prices_date": prices_date,
    }


def _print_estimate(found: "Estimate", max_cost: float | None, prices_date: str) -> None:
    from uphold_tui.console import print_line

    missing = f"{count_noun(found.judgments, 'judgment')} on {count_noun(found.pairs, 'pair')}"
    are_missing = f"{noun(found.judgments, 'is', 'are')} missing"
    print_line(f"{found.judge}: {missing} {are_missing}, {count_noun(found.calls, 'call')}")
    if not found.model:
        print_line("  offline and free")
        return
    print_line(f"  {count_noun(found.input_tokens, 'token')} in, counted by {found.counted_by}")
    each = count_noun(found.output_each, "token")
    print_line(f"  {count_noun(found.output_tokens, 'token')} out, at {each} an answer: {found.output_from}")
    batch = "" if found.batch_cost is None else f"; with --batch {dollars(found.batch_cost)}"
    source = f", prices of {prices_date} or your own" if found.cost is not None else ": its price is not known"
    print_line(f"  cost {dollars(found.cost)}{batch}{source}")
    if max_cost is not None and found.cost is not None and found.cost > max_cost:
        print_line(f"  that is more than --max-cost {exact_dollars(max_cost)}: it would stop on the way")


def print_reread(results: "list[Reread]", *, json: bool) -> None:
    """Print how many stored answers gave another judgment when they were parsed again."""
    from uphold_tui.console import print_json, print_line

    if json:
        print_json(
            [
                {
                    "run": result.run.name,
                    "judge": result.judge,
                    "version": result.version,
                    "answers": result.answers,
                    "changed": result.changed,
                    "now_readable": result.now_readable,
                }
                for result in results
            ]
        )
        return
    for result in results:
        print_line(
            f"{result.judge} on {result.run.name}: {count_noun(result.answers, 'answer')} read again, "
            f"{count(result.changed)} {noun(result.changed, 'says', 'say')} something else"
        )
