"""What `uphold judge` shows while it works, and what it says in the end."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from uphold_tui.commands.working import dollars, some, span

if TYPE_CHECKING:
    from uphold.steps.estimating import Estimate
    from uphold.steps.judging import JudgeRequest, JudgeSummary, Judging
    from uphold.steps.opening import Store
    from uphold.steps.rereading import Reread
    from uphold_tui.console import Bar

PART_LEFT = 4


async def judge_all(
    store: "Store", request: "JudgeRequest", bar: "Bar", summaries: "list[JudgeSummary]", *, batch: bool, collect: bool
) -> None:
    """Judge, or deal with batches; the summaries are put into the list as they come."""
    from uphold.steps.judging import JudgeSummary, judge_run

    if batch or collect:
        from uphold.steps.handing_in import judge_in_batches

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


def state(judging: "Judging") -> str:
    """The progress line: done, left, rate, failures, tokens, cost, time to go."""
    parts = [f"{judging.done:,} of {judging.total:,}", f"{judging.left:,} left"]
    if judging.waiting:
        parts.append(f"all wait, {span(judging.waiting)}")
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
        parts.append(f"about {span(judging.to_go)} to go")
    return "   ".join(parts)


_WORDS = {
    "candidate": "wins", "tie": "ties", "baseline": "losses", "inconsistent": "inconsistent", "unreadable": "unreadable",
    "failed": "failed", "pending": "pending",
}  # fmt: skip


def tell(summaries: "list[JudgeSummary]", *, json: bool) -> None:
    """Say what judging came to: one judge's summary, or a list of them."""
    from uphold_tui.console import say, say_json

    if json:
        told = [_as_json(summary) for summary in summaries]
        say_json(told[0] if len(told) == 1 else told)
        return
    for number, summary in enumerate(summaries):
        if number:
            say()
        _tell(summary)


def _counts(summary: "JudgeSummary") -> dict[str, int]:
    verdicts = {word.value: count for word, count in summary.verdicts.items()}
    return {name: verdicts.get(word, 0) for word, name in _WORDS.items()}


def _as_json(summary: "JudgeSummary") -> dict[str, Any]:
    done, made = summary.done, summary.made
    return {
        "run": summary.run.name, "judge": summary.judge, "pairs": summary.pairs, **_counts(summary),
        "judgments": done.done, "identical": done.identical, "reused": done.reused,
        "input_tokens": done.input_tokens, "output_tokens": done.output_tokens, "cost": done.cost,
        "failed_judgments": done.failed, "asked_again": done.again, "waited": round(done.waited, 3),
        "left": summary.left, "out": summary.out, "stopped": summary.stopped, "submitted": list(summary.submitted),
        "collected": summary.collected, "pairs_added": made.added, "carried": made.carried,
        "unanswered": list(made.unanswered), "no_reference": list(made.no_reference),
    }  # fmt: skip


def _tell(summary: "JudgeSummary") -> None:
    from uphold_tui.console import say, say_line, say_table, talk

    counts, made = _counts(summary), summary.made
    say_line(f"{summary.judge} on {summary.run.name}: {summary.pairs:,} pairs")
    shown = [(f"  {count:>6,}", name) for name, count in counts.items() if count or name in ("wins", "ties", "losses")]
    say_table(shown)
    say(_work(summary))
    for keys, why in ((made.no_reference, "no reference"), (made.unanswered, "an answer missing")):
        if keys:
            say(f"{some(len(keys), 'example')} with {why}: no pair")
    if summary.submitted:
        say(f"handed in as {some(len(summary.submitted), 'batch')}: {', '.join(summary.submitted)}")
    if summary.out:
        say(f"{some(summary.out, 'judgment')} out with a batch; `uphold judge --collect` brings them in")
    if summary.stopped:
        talk(f"stopped: {summary.stopped}")
    if summary.left and not summary.out:
        say(f"{some(summary.left, 'pair')} left; the same command goes on")


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
        parts.append(f"all waited {span(done.waited)}")
    return ", ".join(parts)


def tell_estimates(found: "list[Estimate]", request: "JudgeRequest", *, json: bool) -> None:
    """Say what judging would take."""
    from uphold.judging.prices import prices_date
    from uphold_tui.console import say_json, say_line

    if json:
        told = [
            {
                "judge": one.judge, "pairs": one.pairs, "judgments": one.judgments, "calls": one.calls,
                "input_tokens": one.input_tokens, "output_tokens": one.output_tokens,
                "assumed_output_tokens": one.output_each, "counted_by": one.counted_by, "cost": one.cost,
                "batch_cost": one.batch_cost, "prices_date": prices_date(),
            }
            for one in found
        ]  # fmt: skip
        say_json(told[0] if len(told) == 1 else told)
        return
    for one in found:
        say_line(f"{one.judge}: {one.judgments:,} judgments on {one.pairs:,} pairs are missing, {one.calls:,} calls")
        if not one.model:
            say_line("  offline and free")
            continue
        say_line(f"  {one.input_tokens:,} tokens in, counted by {one.counted_by}")
        say_line(f"  {one.output_tokens:,} tokens out, at an assumed {one.output_each:,} tokens an answer")
        cheaper = "" if one.batch_cost is None else f"; with --batch {dollars(one.batch_cost)}"
        dated = f", prices of {prices_date()} or your own" if one.cost is not None else ": its price is not known"
        say_line(f"  cost {dollars(one.cost)}{cheaper}{dated}")
        if request.max_cost is not None and one.cost is not None and one.cost > request.max_cost:
            say_line(f"  that is more than --max-cost {dollars(request.max_cost)}: it would stop on the way")


def tell_reread(found: "list[Reread]", *, json: bool) -> None:
    """Say what reading stored answers again came to."""
    from uphold_tui.console import say_json, say_line

    if json:
        say_json([
            {
                "run": one.run.name, "judge": one.judge, "version": one.version, "answers": one.answers,
                "changed": one.changed, "now_readable": one.now_readable,
            }
            for one in found
        ])  # fmt: skip
        return
    for one in found:
        say_line(
            f"{one.judge} on {one.run.name}: {one.answers:,} answers read again, {one.changed:,} say something else"
        )
