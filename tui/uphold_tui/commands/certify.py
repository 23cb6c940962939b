"""`uphold judges certify` and `uphold judges drift`: one test of a judge on locked pairs, and whether it is what it was."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from uphold.errors import BadUsage
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
)

if TYPE_CHECKING:
    from uphold.reports.certify_report import CertifyOutcome
    from uphold.workflows.certifying import CertifyPlan, CertifyRequest, CertifyResult
    from uphold.workflows.drift import DriftResult
    from uphold.workflows.judge_request import JudgeRequest
    from uphold.workflows.judging_progress import JudgingProgress
    from uphold.workflows.lookup import Store
    from uphold_tui.console import ProgressBar

_Result = TypeVar("_Result")

_Judge = Annotated[
    str,
    typer.Option(
        "--judge", metavar="JUDGE", help="Its name in the file or in uphold.toml, KIND:MODEL, or a TOML file."
    ),
]
_SetOption = Annotated[str | None, typer.Option("--set", metavar="NAME", help="Take the pairs of all runs of a set.")]


def certify(
    context: typer.Context,
    run: RunName = None,
    judge: _Judge = "",
    set_: _SetOption = None,
    floor: Annotated[
        float | None,
        typer.Option("--floor", metavar="SHARE", help="Agreement it has to reach; the set's floor by default."),
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="JUDGE", help="A judge that it has to be better than, too.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Spend the locked pairs without asking.")] = False,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    max_cost: MaxCost = None,
    json: AsJson = False,
) -> None:
    """Test a judge once on locked pairs: does it agree with people often enough to stand in for them?

    Half of a set's examples are locked: nothing that improves a judge may see what people decided on them. A test spends the
    locked pairs that are decided, 30 examples at least, for every judge. It stands where the lower 95 % bound of agreement
    reaches the floor. What it spends and the chance to pass are said first, and asked in a terminal.

    The exit code is 0 where it stands, 1 where that was not shown, 3 where it was refused or the pairs are spent, 4 where
    judgments could not be had.

    uphold judges certify base-vs-sft --judge anthropic:claude-haiku-4-5 --floor .75
    """
    from uphold.reports.certify_report import exit_code, outcome_json, outcome_report
    from uphold.workflows.certifying import CertifyRequest
    from uphold.workflows.judge_request import JudgeRequest
    from uphold_tui.console import print_json, print_report

    asking = JudgeRequest(
        judge,
        run,
        set_,
        concurrency=concurrency,
        base_url=base_url,
        key_variable=api_key_env,
        timeout=timeout,
        max_cost=max_cost,
    )
    request = CertifyRequest(_completed(context.obj, asking), floor, against)
    with context.obj.open_for_work() as store:
        result = _certified(store, request, yes=yes)
        outcome = _outcome(store, result)
    if json:
        print_json(outcome_json(outcome))
    else:
        print_report(outcome_report(outcome))
    raise typer.Exit(WORK_LEFT if result.left and result.certificate is None else exit_code(result.state))


def drift(
    context: typer.Context,
    run: RunName = None,
    judge: _Judge = "",
    set_: _SetOption = None,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    max_cost: MaxCost = None,
    json: AsJson = False,
) -> None:
    """Ask a certified judge again about 60 decided pairs: does it still say what it said?

    The verdicts that changed are counted; how many may change follows from those that changed right after its test. A judge
    that changed ends: its certificate lapses, and what its name stands for is a new judge version that reuses nothing.

    The exit code is 0 where it holds, 1 where it changed, 3 where the check was refused, 4 where judgments could not be had.

    uphold judges drift base-vs-sft --judge anthropic:claude-haiku-4-5
    """
    from uphold.reports.certify_report import drift_exit_code, drift_json, drift_report
    from uphold.workflows.judge_request import JudgeRequest
    from uphold_tui.console import print_json, print_report

    asking = JudgeRequest(
        judge,
        run,
        set_,
        concurrency=concurrency,
        base_url=base_url,
        key_variable=api_key_env,
        timeout=timeout,
        max_cost=max_cost,
    )
    request = _completed(context.obj, asking)
    with context.obj.open_for_work() as store:
        name, result = _checked(store, request)
    if json:
        print_json(drift_json(name, result.check, result.reason, result.cost, result.problems))
    else:
        print_report(drift_report(name, result.check, result.reason, result.cost, result.problems))
    raise typer.Exit(WORK_LEFT if result.left else drift_exit_code(result.check))


def _completed(context: Context, request: "JudgeRequest") -> "JudgeRequest":
    """Return the request with the project's cap and a control; raises BadUsage where it names no judge."""
    from dataclasses import replace

    from uphold.workflows.concurrency import WorkControl

    if not request.judge:
        raise BadUsage("which judge? --judge JUDGE names it (`uphold judges` lists those of a run)")
    max_cost = context.project.max_cost if request.max_cost is None else request.max_cost
    control = WorkControl(request.concurrency, max_cost)
    return replace(request, max_cost=max_cost, settings=context.settings, control=control)


def _certified(store: "Store", request: "CertifyRequest", *, yes: bool) -> "CertifyResult":
    """Say what the test spends, ask, and run it. Raises BadUsage where nobody can be asked."""
    import asyncio

    from uphold.workflows.certifying import CertifyResult, certify, plan_certificate
    from uphold_tui.commands.progress import run_work
    from uphold_tui.console import in_terminal, print_note, progress

    plan = asyncio.run(plan_certificate(store, request))
    if plan.state is not None:
        return CertifyResult(plan.state, plan, reason=plan.reason)
    _print_plan(plan)
    if not yes:
        if not in_terminal():
            raise BadUsage("a test cannot be taken back; --yes does it")
        if not typer.confirm("test it now?", default=False, err=True):
            print_note("nothing was asked, and nothing is spent")
            raise typer.Exit(0)
    control = request.asking.control
    assert control is not None
    with progress("certifying") as bar:
        return run_work(_ended(certify(store, request), bar), control)


def _print_plan(plan: "CertifyPlan") -> None:
    from uphold.reports.certify_report import CertifyCost, chance_sentence, spending_sentences
    from uphold_tui.console import print_note

    spent = CertifyCost(len(plan.pairs), plan.examples, plan.calls, plan.rerun_calls, plan.cost)
    for sentence in spending_sentences(plan.judge_name, spent):
        print_note(sentence)
    against = None if plan.against is None else plan.against.name
    print_note(chance_sentence(plan.floor, plan.chance, plan.chance_better, against))


async def _ended(updates: "AsyncGenerator[JudgingProgress | _Result, None]", bar: "ProgressBar") -> "_Result":
    """Show the progress of asking, and return what came of it."""
    from uphold.workflows.judging_progress import JudgingProgress
    from uphold_tui.commands.judge import print_adapted, progress_line

    told = 0
    async with aclosing(updates):
        async for update in updates:
            if not isinstance(update, JudgingProgress):
                return update
            told = print_adapted(update.judge, update.adapted, told)
            bar(update.done, update.total, progress_line(update))
    raise AssertionError("the work ends with its result")


def _outcome(store: "Store", result: "CertifyResult") -> "CertifyOutcome":
    from uphold.reports.certify_report import CertifyOutcome
    from uphold.workflows.standing import read_ceilings

    plan = result.plan
    return CertifyOutcome(
        state=result.state,
        name=plan.scope.name,
        judge=plan.judge_name,
        floor=plan.floor,
        pairs=len(plan.pairs),
        certificate=result.certificate,
        rerun=result.rerun,
        reason=result.reason,
        more=plan.more,
        keys=plan.keys,
        chance=plan.chance,
        chance_better=plan.chance_better,
        ceilings=read_ceilings(store, plan.scope.set_id, plan.scope.set) if result.certificate is not None else (),
        left=result.left,
        cost=result.cost,
        problems=result.problems,
    )


def _checked(store: "Store", request: "JudgeRequest") -> "tuple[str, DriftResult]":
    """Run a check for drift; return the judge's name and what came of it."""
    import asyncio

    from uphold.formatting import count_noun, dollars
    from uphold.workflows.drift import DriftResult, check_drift, find_certified, plan_drift
    from uphold_tui.commands.progress import run_work
    from uphold_tui.console import print_note, progress

    name, certificate = find_certified(store, request)
    plan = asyncio.run(plan_drift(store, certificate, request))
    if plan.task is None:
        return name, DriftResult(plan, reason=plan.reason)
    print_note(f"{count_noun(len(plan.pairs), 'pair')}, {count_noun(plan.calls, 'call')}, about {dollars(plan.cost)}")
    assert request.control is not None
    with progress("drift") as bar:
        return name, run_work(_ended(check_drift(store, certificate, request), bar), request.control)
