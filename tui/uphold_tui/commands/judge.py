"""`uphold judge`."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uphold.steps.judging import JudgeRequest, JudgeSummary, Judging
    from uphold.steps.opening import Store
    from uphold_tui.console import Bar

PART_LEFT = 4


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("judge")(judge)


def judge(
    context: typer.Context,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's name or number.")] = None,
    judge: Annotated[
        str, typer.Option("--judge", metavar="SPEC", help="rules:NAME or anthropic:MODEL.")
    ] = "rules:reference-overlap",
    set_: Annotated[str | None, typer.Option("--set", metavar="NAME", help="With the next two: make the run.")] = None,
    candidate: Annotated[str | None, typer.Option("--candidate", metavar="SYSTEM")] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="SYSTEM", help="`reference` stands for the reference answers.")
    ] = None,
    options: Annotated[
        list[str] | None, typer.Option("--judge-option", metavar="K=V", help="A setting of the judge, such as win=.6.")
    ] = None,
    one_order: Annotated[bool, typer.Option("--one-order", help="Candidate first only, not both orders.")] = False,
    samples: Annotated[int, typer.Option("--samples", metavar="N", help="Answers asked for in each order.")] = 1,
    turns: Annotated[str, typer.Option("--turns", metavar="all|last", help="Which turns make pairs.")] = "all",
    concurrency: Annotated[int, typer.Option("--concurrency", metavar="N", help="Requests at a time.")] = 8,
    base_url: Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Another server's address.")] = None,
    api_key_env: Annotated[
        str | None, typer.Option("--api-key-env", metavar="NAME", help="The variable that holds the key.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Have a judge read every pair of a run; what is settled is never judged again."""
    import asyncio

    from uphold.errors import BadUsage
    from uphold.steps.judging import JudgeRequest
    from uphold_tui.console import progress

    if turns not in ("all", "last"):
        raise BadUsage(f"--turns takes all or last; it was given {turns!r}")
    request = JudgeRequest(
        judge, run, set_, candidate, baseline, tuple(options or ()), None, one_order, samples, turns == "last",
        concurrency, base_url, api_key_env,
    )  # fmt: skip
    with context.obj.open() as store, progress("judging") as bar:
        summary = asyncio.run(_judge(store, request, bar))
    _tell(summary, json=json)
    if summary.left:
        raise typer.Exit(PART_LEFT)


async def _judge(store: "Store", request: "JudgeRequest", bar: "Bar") -> "JudgeSummary":
    from contextlib import aclosing

    from uphold.steps.judging import JudgeSummary, judge_run

    async with aclosing(judge_run(store, request)) as told:
        async for one in told:
            if isinstance(one, JudgeSummary):
                return one
            bar(one.done, one.total, _state(one))
    raise AssertionError("judging ends with its summary")


def _state(judging: "Judging") -> str:
    parts = [f"{judging.done:,} of {judging.total:,}"]
    if judging.unreadable:
        parts.append(f"{judging.unreadable:,} unreadable")
    if judging.failed:
        parts.append(f"{judging.failed:,} failed")
    if judging.output_tokens:
        parts.append(f"{judging.input_tokens + judging.output_tokens:,} tokens")
    return "   ".join(parts)


_WORDS = {
    "candidate": "wins", "tie": "ties", "baseline": "losses", "inconsistent": "inconsistent", "unreadable": "unreadable",
    "failed": "failed", "pending": "pending",
}  # fmt: skip


def _tell(summary: "JudgeSummary", *, json: bool) -> None:
    from uphold_tui.console import say, say_json, say_line, say_table

    verdicts = {word.value: count for word, count in summary.verdicts.items()}
    counts = {name: verdicts.get(word, 0) for word, name in _WORDS.items()}
    done, made = summary.done, summary.made
    if json:
        say_json({
            "run": summary.run.name, "judge": summary.judge, "pairs": summary.pairs, **counts,
            "judgments": done.done, "identical": done.identical, "reused": done.reused,
            "input_tokens": done.input_tokens, "output_tokens": done.output_tokens,
            "pairs_added": made.added, "carried": made.carried, "unanswered": list(made.unanswered),
            "no_reference": list(made.no_reference),
        })  # fmt: skip
        return
    say_line(f"{summary.judge} on {summary.run.name}: {summary.pairs:,} pairs")
    shown = [(f"  {count:>6,}", name) for name, count in counts.items() if count or name in ("wins", "ties", "losses")]
    say_table(shown)
    say(_work(summary))
    for keys, why in ((made.no_reference, "have no reference"), (made.unanswered, "lack an answer")):
        if keys:
            say(f"{len(keys):,} examples {why} and make no pair")
    if summary.left:
        say(f"{summary.left:,} pairs are left; the same command goes on with them")


def _work(summary: "JudgeSummary") -> str:
    done = summary.done
    if not done.total:
        return "nothing left to do: every judgment was there already"
    parts = [f"{done.done:,} judgments made"]
    if done.identical:
        parts.append(f"{done.identical:,} of identical answers, not asked")
    if done.reused:
        parts.append(f"{done.reused:,} reused from equal pairs")
    if done.output_tokens:
        parts.append(f"{done.input_tokens:,} tokens in, {done.output_tokens:,} out")
    return ", ".join(parts)
