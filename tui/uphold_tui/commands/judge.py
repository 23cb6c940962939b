"""`uphold judge`."""

from typing import TYPE_CHECKING, Annotated

import typer

from uphold.errors import BadUsage
from uphold_tui.commands.context import Context
from uphold_tui.commands.options import ApiKeyEnv, AsJson, BaseUrl, Concurrency, MaxCost, RunName, Timeout

if TYPE_CHECKING:
    from uphold.steps.control import Control
    from uphold.steps.judging import JudgeRequest, JudgeSummary

_WHICH = (
    "say which judge with --judge: rules:closer (needs references; of no cost), rules:reference-overlap (against the"
    " baseline `reference`), anthropic:MODEL, openai:MODEL, a TOML file, or a name in uphold.toml"
)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("judge")(judge)


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
    from uphold.steps.control import Control
    from uphold.steps.judging import JudgeRequest

    _one_way(turns, reread, dry_run, batch, collect)
    obj: Context = context.obj
    if reread:
        _reread(obj, run, judge, json=json)
        return
    control = Control(concurrency, max_cost)
    request = JudgeRequest(
        _named(judge), run, set_, candidate, baseline, tuple(options or ()), None, one_order, samples,
        turns == "last", concurrency, base_url, api_key_env, only_reviewed=only_reviewed, redo=redo, max_cost=max_cost,
        timeout=timeout, settings=obj.settings, control=control,
    )  # fmt: skip
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
    context: Context, request: "JudgeRequest", control: "Control", *, batch: bool, collect: bool, json: bool
) -> None:
    from uphold_tui.commands.judged import PART_LEFT, judge_all, tell
    from uphold_tui.commands.working import run_work
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

    from uphold.steps.estimating import estimate
    from uphold_tui.commands.judged import tell_estimates

    with context.open(reading=True) as store:
        found = asyncio.run(estimate(store, request))
    tell_estimates(found, request, json=json)


def _reread(context: Context, run: str | None, judges: list[str] | None, *, json: bool) -> None:
    from uphold.steps.rereading import reread
    from uphold_tui.commands.judged import tell_reread

    with context.open() as store:
        found = [one for name in judges or [None] for one in reread(store, run, name)]  # type: ignore[list-item]
    tell_reread(found, json=json)
