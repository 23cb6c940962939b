"""`uphold judges clauses` and `uphold judges try`: why people overturned a judge, and whether another one does better."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.formatting import count_noun, dollars, exact_dollars
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
    from uphold.records.trials import Trial
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.judge_trial import TrialPlan, TrialPrice
    from uphold.workflows.lookup import Store
    from uphold_tui.console import ProgressBar

SetOption = Annotated[
    str | None, typer.Option("--set", metavar="NAME", help="All runs of this eval set, in place of one run.")
]
Against = Annotated[
    str | None,
    typer.Option("--against", metavar="OLD", help="The old judge, by name; that of the headline by default."),
]


def clauses(
    context: typer.Context,
    run: RunName = None,
    set_: SetOption = None,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="NAME", help="Of this judge; that of the headline by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """List the reasons and notes that people gave when they overturned the judge, most frequent first.

    They are those of the development half of the set: what a better rubric may be made from.

    \b
    uphold judges clauses support-desk --json
    """
    from uphold.reports.json_output import clauses_json
    from uphold.reports.trial_report import clauses_report
    from uphold.workflows.decided_half import find_scope
    from uphold.workflows.judge_reasons import overturned_reasons
    from uphold.workflows.judge_trial import find_old_judge
    from uphold_tui.console import print_json, print_report

    obj: Context = context.obj
    with obj.open(reading=True) as store:
        scope = find_scope(store, run, set_, obj.project)
        found = overturned_reasons(store, scope, find_old_judge(store, scope, judge))
    if json:
        print_json(clauses_json(found.reasons))
    else:
        print_report(
            clauses_report(found.judge.name, scope.name, found.reasons, found.overturned, found.without_reason)
        )


def try_(
    context: typer.Context,
    run: RunName = None,
    judge: Annotated[
        str,
        typer.Option(
            "--judge",
            metavar="NEW",
            help="The judge to try: a TOML file, a name in uphold.toml or in the file, anthropic:MODEL, openai:MODEL.",
        ),
    ] = "",
    against: Against = None,
    set_: SetOption = None,
    no_rerun: Annotated[
        bool, typer.Option("--no-rerun", help="Do not ask the old judge again to see what it changes by itself.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost; ask and write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before asking the judge.")] = False,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    max_cost: MaxCost = None,
    json: AsJson = False,
) -> None:
    """Try a judge on the decided pairs of the development half, against one whose verdicts are on file.

    It counts what the new judge fixes and what it breaks. What it costs is said before anything is asked. Nothing of it enters
    a verdict or a number of the set.

    \b
    uphold judges try support-desk --judge strict.toml --max-cost 1
    """
    from uphold.errors import BadUsage
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.judge_request import JudgeRequest
    from uphold.workflows.judge_trial import TrialRequest, plan_trial

    if not judge:
        raise BadUsage("say which judge is tried: --judge NEW.toml, or a name in uphold.toml or in the file")
    obj: Context = context.obj
    max_cost = obj.project.max_cost if max_cost is None else max_cost
    control = WorkControl(concurrency, max_cost)
    request = JudgeRequest(
        judge,
        run,
        set_,
        concurrency=concurrency,
        base_url=base_url,
        key_variable=api_key_env,
        max_cost=max_cost,
        timeout=timeout,
        settings=obj.settings,
        control=control,
    )
    wanted = TrialRequest(request, against, rerun=not no_rerun)
    if dry_run:
        with obj.open(reading=True) as store:
            plan = plan_trial(store, wanted, with_address=False)
            _print_price(plan, _price(store, plan), json=json)
        return
    with obj.open_for_work() as store:
        plan = plan_trial(store, wanted)
        if not _agreed(store, plan, max_cost, yes=yes):
            raise typer.Exit(0)
        trial = _run(store, plan, control)
    _print_trial(trial, json=json)
    if trial.left or trial.stopped:
        raise typer.Exit(WORK_LEFT)


def _price(store: "Store", plan: "TrialPlan") -> "TrialPrice":
    import asyncio

    from uphold.workflows.judge_trial import price_trial

    return asyncio.run(price_trial(store, plan))


def price_sentence(plan: "TrialPlan", price: "TrialPrice") -> str:
    """Return what a try asks, in words: pairs, calls of either judge, dollars."""
    pairs = f"{count_noun(len(plan.pairs), 'decided pair')} of the development half"
    again = "" if plan.reruns is None else f", {count_noun(price.reruns, 'call')} for {plan.old.name} again"
    if not price.calls:
        return f"{pairs}: all is answered already, nothing is asked"
    cost = "the price is not known" if price.cost is None else f"about {dollars(price.cost)}"
    return f"{pairs}: {count_noun(price.tries, 'call')} for {plan.new.name}{again}, {cost}"


def _agreed(store: "Store", plan: "TrialPlan", max_cost: float | None, *, yes: bool) -> bool:
    """Say what a try costs, and on a terminal ask whether it is to be spent."""
    from uphold_tui.console import ask, in_terminal, print_note

    price = _price(store, plan)
    print_note(price_sentence(plan, price))
    if max_cost is not None and price.cost is not None and price.cost > max_cost:
        print_note(f"that is more than --max-cost {exact_dollars(max_cost)}: it stops on the way")
    if plan.reruns is None and plan.rerun_reason:
        print_note(f"{plan.old.name} is not asked again: {plan.rerun_reason}")
    if yes or not price.calls or not in_terminal():
        return True
    return ask("ask them? y or n", "y").lower().startswith("y")


def _run(store: "Store", plan: "TrialPlan", control: "WorkControl") -> "Trial":
    from uphold_tui.commands.progress import run_work
    from uphold_tui.console import progress

    with progress("trying") as bar:
        return run_work(_ask(store, plan, bar), control)


async def _ask(store: "Store", plan: "TrialPlan", bar: "ProgressBar") -> "Trial":
    from uphold.records.trials import Trial
    from uphold.workflows.judge_trial import run_trial
    from uphold_tui.commands.judge import print_adapted, progress_line

    told: dict[str, int] = {}
    async with aclosing(run_trial(store, plan)) as updates:
        async for update in updates:
            if isinstance(update, Trial):
                return update
            one = update.progress
            told[one.judge] = print_adapted(one.judge, one.adapted, told.get(one.judge, 0))
            bar(one.done, one.total, f"{one.judge}: {progress_line(one)}")
    raise AssertionError("a try ends with what came of it")


def _print_price(plan: "TrialPlan", price: "TrialPrice", *, json: bool) -> None:
    from uphold_tui.console import print_json, print_line

    if json:
        print_json(
            {
                "half": "development",
                "pairs": len(plan.pairs),
                "calls": price.calls,
                "tries": price.tries,
                "reruns": price.reruns,
                "cost": price.cost,
            }
        )
    else:
        print_line(price_sentence(plan, price))


def _print_trial(trial: "Trial", *, json: bool) -> None:
    from uphold.reports.json_output import trial_json
    from uphold.reports.trial_report import trial_report
    from uphold_tui.console import print_json, print_note, print_report

    if json:
        print_json(trial_json(trial))
    else:
        print_report(trial_report(trial))
    if trial.stopped:
        print_note(f"stopped: {trial.stopped}; the same command goes on")
