"""`uphold judge`."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold.formatting import count_noun, dollars, wait_time
from uphold_tui.commands.context import Context
from uphold_tui.commands.options import ApiKeyEnv, AsJson, BaseUrl, Concurrency, MaxCost, RunName, Timeout

if TYPE_CHECKING:
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.cost_estimate import Estimate
    from uphold.workflows.judge_request import JudgeRequest
    from uphold.workflows.judging import Reread
    from uphold.workflows.judging_progress import JudgeSummary, JudgingProgress
    from uphold.workflows.lookup import Store
    from uphold_tui.console import ProgressBar

_WHICH = (
    "say which judge with --judge: rules:closer (needs references; of no cost), rules:reference-overlap (against the"
    " baseline `reference`), anthropic:MODEL, openai:MODEL, a TOML file, or a name in uphold.toml"
)


def judge(
    context: typer.Context,
    run: RunName = None,
    judge: Annotated[
        list[str] | None,
        typer.Option(
            "--judge",
            metavar="SPEC",
            help="rules:NAME, anthropic:MODEL, openai:MODEL, a TOML file, or a name in uphold.toml; several make a panel.",
        ),
    ] = None,
    set_: Annotated[str | None, typer.Option("--set", metavar="NAME", help="With the next two: make the run.")] = None,
    candidate: Annotated[str | None, typer.Option("--candidate", metavar="SYSTEM")] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="SYSTEM", help="`reference` stands for the reference answers.")
    ] = None,
    options: Annotated[
        list[str] | None, typer.Option("--judge-option", metavar="K=V", help="A setting of the judge, such as win=.6.")
    ] = None,
    one_order: Annotated[bool, typer.Option("--one-order", help="Candidate first only, not both orders.")] = False,
    samples: Annotated[
        int | None, typer.Option("--samples", metavar="N", help="Answers asked for in each order; 1 when left out.")
    ] = None,
    turns: Annotated[str, typer.Option("--turns", metavar="all|last", help="Which turns make pairs.")] = "all",
    only_reviewed: Annotated[bool, typer.Option("--only-reviewed", help="Only pairs that somebody has read.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Ask again where an answer was unreadable.")] = False,
    reread: Annotated[bool, typer.Option("--reread", help="Read stored answers again; nobody is asked.")] = False,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    max_cost: MaxCost = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take; ask and write nothing.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="Hand it in as batches; fetch them with --collect.")] = False,
    collect: Annotated[bool, typer.Option("--collect", help="Bring in batches that are done; ask nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Have judges read every pair of a run; what is settled is never judged again."""
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.judge_request import JudgeRequest

    _one_way(turns, reread, dry_run, batch, collect)
    obj: Context = context.obj
    if reread:
        _reread(obj, run, judge, json=json)
        return
    control = WorkControl(concurrency, max_cost)
    request = JudgeRequest(
        _named(judge),
        run,
        set_,
        candidate,
        baseline,
        tuple(options or ()),
        None,
        one_order,
        samples,
        turns == "last",
        concurrency,
        base_url,
        api_key_env,
        only_reviewed=only_reviewed,
        redo=redo,
        max_cost=max_cost,
        timeout=timeout,
        settings=obj.settings,
        control=control,
    )
    if dry_run:
        _dry_run(obj, request, json=json)
        return
    _judge(obj, request, control, batch=batch, collect=collect, json=json)


def _one_way(turns: str, *ways: bool) -> None:
    """Raise BadUsage for turns that do not exist, and where more than one way of working is asked for."""
    if turns not in ("all", "last"):
        raise BadUsage(f"--turns takes all or last; it was given {turns!r}")
    if sum(ways) > 1:
        raise BadUsage("--reread, --dry-run, --batch and --collect are four different things; give one of them")


def _named(judges: list[str] | None) -> list[str]:
    if not judges:
        raise BadUsage(_WHICH)
    return judges


def _judge(
    context: Context, request: "JudgeRequest", control: "WorkControl", *, batch: bool, collect: bool, json: bool
) -> None:
    from uphold_tui.commands.progress import run_work
    from uphold_tui.console import progress

    summaries: list[JudgeSummary] = []
    with context.open() as store, progress("judging") as bar:
        work = judge_all(store, request, bar, summaries, batch=batch, collect=collect)
        run_work(work, control)
    tell(summaries, json=json)
    if any(summary.left for summary in summaries):
        raise typer.Exit(PART_LEFT)


def _dry_run(context: Context, request: "JudgeRequest", *, json: bool) -> None:
    import asyncio

    from uphold.workflows.cost_estimate import estimate

    with context.open(reading=True) as store:
        found = asyncio.run(estimate(store, request))
    tell_estimates(found, request, json=json)


def _reread(context: Context, run: str | None, judges: list[str] | None, *, json: bool) -> None:
    from uphold.workflows.judging import reread

    with context.open() as store:
        found = [one for name in judges or [None] for one in reread(store, run, name)]  # type: ignore[list-item]
    tell_reread(found, json=json)


PART_LEFT = 4


async def judge_all(
    store: "Store",
    request: "JudgeRequest",
    bar: "ProgressBar",
    summaries: "list[JudgeSummary]",
    *,
    batch: bool,
    collect: bool,
) -> None:
    """Judge, or deal with batches; the summaries are put into the list as they come."""
    from uphold.workflows.judging import judge_run
    from uphold.workflows.judging_progress import JudgeSummary

    if batch or collect:
        from uphold.workflows.batch_judging import judge_in_batches

        async with aclosing(judge_in_batches(store, request, submitting=batch)) as done:
            async for summary in done:
                summaries.append(summary)
        return
    async with aclosing(judge_run(store, request)) as told:
        async for one in told:
            if isinstance(one, JudgeSummary):
                summaries.append(one)
            else:
                bar(one.done, one.total, state(one))


def state(judging: "JudgingProgress") -> str:
    """The progress line: done, left, rate, failures, tokens, cost, time to go."""
    parts = [f"{judging.done:,} of {judging.total:,}", f"{judging.left:,} left"]
    if judging.waiting:
        parts.append(f"all wait, {wait_time(judging.waiting)}")
    elif judging.rate is not None:
        parts.append(f"{judging.rate:,.0f} a minute")
    if judging.unreadable:
        parts.append(f"{judging.unreadable:,} unreadable")
    if judging.failed:
        parts.append(f"{judging.failed:,} failed")
    if judging.asked:
        parts.append(f"{judging.input_tokens + judging.output_tokens:,} tokens")
        expected = "" if judging.expected is None else f" of about {dollars(judging.expected)}"
        parts.append(dollars(judging.cost) + expected)
    if judging.to_go is not None and not judging.waiting:
        parts.append(f"about {wait_time(judging.to_go)} to go")
    return "   ".join(parts)


_WORDS = {
    "candidate": "wins",
    "tie": "ties",
    "baseline": "losses",
    "inconsistent": "inconsistent",
    "unreadable": "unreadable",
    "failed": "failed",
    "pending": "pending",
}


def tell(summaries: "list[JudgeSummary]", *, json: bool) -> None:
    """Say what judging came to: one judge's summary, or a list of them."""
    from uphold_tui.console import print_json, print_text

    if json:
        told = [_as_json(summary) for summary in summaries]
        print_json(told[0] if len(told) == 1 else told)
        return
    for number, summary in enumerate(summaries):
        if number:
            print_text()
        _tell(summary)


def _counts(summary: "JudgeSummary") -> dict[str, int]:
    verdicts = {word.value: count for word, count in summary.verdicts.items()}
    return {name: verdicts.get(word, 0) for word, name in _WORDS.items()}


def _as_json(summary: "JudgeSummary") -> dict[str, Any]:
    done, made = summary.done, summary.made
    return {
        "run": summary.run.name,
        "judge": summary.judge,
        "pairs": summary.pairs,
        **_counts(summary),
        "judgments": done.done,
        "identical": done.identical,
        "reused": done.reused,
        "input_tokens": done.input_tokens,
        "output_tokens": done.output_tokens,
        "cost": done.cost,
        "failed_judgments": done.failed,
        "asked_again": done.again,
        "waited": round(done.waited, 3),
        "left": summary.left,
        "out": summary.out,
        "stopped": summary.stopped,
        "submitted": list(summary.submitted),
        "collected": summary.collected,
        "pairs_added": made.added,
        "carried": made.carried,
        "unanswered": list(made.unanswered),
        "no_reference": list(made.no_reference),
    }


def _tell(summary: "JudgeSummary") -> None:
    from uphold_tui.console import print_line, print_note, print_table, print_text

    counts, made = _counts(summary), summary.made
    print_line(f"{summary.judge} on {summary.run.name}: {summary.pairs:,} pairs")
    shown = [(f"  {count:>6,}", name) for name, count in counts.items() if count or name in ("wins", "ties", "losses")]
    print_table(shown)
    print_text(_work(summary))
    for keys, why in ((made.no_reference, "no reference"), (made.unanswered, "an answer missing")):
        if keys:
            print_text(f"{count_noun(len(keys), 'example')} with {why}: no pair")
    if summary.submitted:
        print_text(f"handed in as {count_noun(len(summary.submitted), 'batch')}: {', '.join(summary.submitted)}")
    if summary.out:
        print_text(f"{count_noun(summary.out, 'judgment')} out with a batch; `uphold judge --collect` brings them in")
    if summary.stopped:
        print_note(f"stopped: {summary.stopped}")
    if summary.left and not summary.out:
        print_text(f"{count_noun(summary.left, 'pair')} left; the same command goes on")


def _work(summary: "JudgeSummary") -> str:
    done = summary.done
    if summary.collected:
        return f"{summary.collected:,} judgments brought in"
    if not done.total:
        return "nothing left to do: every judgment was there already"
    parts = [f"{done.done:,} judgments made"]
    if done.identical:
        parts.append(f"{done.identical:,} of identical answers, not asked")
    if done.reused:
        parts.append(f"{done.reused:,} reused from equal pairs")
    if done.failed:
        parts.append(f"{done.failed:,} failed")
    if done.output_tokens:
        parts.append(f"{done.input_tokens:,} tokens in, {done.output_tokens:,} out")
        parts.append(f"cost {dollars(done.cost)}")
    if done.again:
        parts.append(f"{done.again:,} asked again")
    if done.waited:
        parts.append(f"all waited {wait_time(done.waited)}")
    return ", ".join(parts)


def tell_estimates(found: "list[Estimate]", request: "JudgeRequest", *, json: bool) -> None:
    """Say what judging would take."""
    from uphold.judging.costs import prices_date
    from uphold_tui.console import print_json, print_line

    if json:
        told = [
            {
                "judge": one.judge,
                "pairs": one.pairs,
                "judgments": one.judgments,
                "calls": one.calls,
                "input_tokens": one.input_tokens,
                "output_tokens": one.output_tokens,
                "assumed_output_tokens": one.output_each,
                "counted_by": one.counted_by,
                "cost": one.cost,
                "batch_cost": one.batch_cost,
                "prices_date": prices_date(),
            }
            for one in found
        ]
        print_json(told[0] if len(told) == 1 else told)
        return
    for one in found:
        print_line(f"{one.judge}: {one.judgments:,} judgments on {one.pairs:,} pairs are missing, {one.calls:,} calls")
        if not one.model:
            print_line("  offline and free")
            continue
        print_line(f"  {one.input_tokens:,} tokens in, counted by {one.counted_by}")
        print_line(f"  {one.output_tokens:,} tokens out, at an assumed {one.output_each:,} tokens an answer")
        cheaper = "" if one.batch_cost is None else f"; with --batch {dollars(one.batch_cost)}"
        dated = f", prices of {prices_date()} or your own" if one.cost is not None else ": its price is not known"
        print_line(f"  cost {dollars(one.cost)}{cheaper}{dated}")
        if request.max_cost is not None and one.cost is not None and one.cost > request.max_cost:
            print_line(f"  that is more than --max-cost {dollars(request.max_cost)}: it would stop on the way")


def tell_reread(found: "list[Reread]", *, json: bool) -> None:
    """Say what reading stored answers again came to."""
    from uphold_tui.console import print_json, print_line

    if json:
        print_json(
            [
                {
                    "run": one.run.name,
                    "judge": one.judge,
                    "version": one.version,
                    "answers": one.answers,
                    "changed": one.changed,
                    "now_readable": one.now_readable,
                }
                for one in found
            ]
        )
        return
    for one in found:
        print_line(
            f"{one.judge} on {one.run.name}: {one.answers:,} answers read again, {one.changed:,} say something else"
        )
