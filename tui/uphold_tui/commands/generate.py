"""`uphold generate` and `uphold perplexity`."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.formatting import count_noun, dollars, wait_time
from uphold_tui.commands.options import ApiKeyEnv, AsJson, BaseUrl, Concurrency, MaxCost, Timeout
from uphold_tui.commands.progress import run_work

if TYPE_CHECKING:
    from uphold.store.scores import SystemPerplexity
    from uphold.workflows.generating import GenerateRequest, GenerationProgress
    from uphold.workflows.lookup import Store
    from uphold.workflows.perplexity import PerplexityProgress, PerplexityRequest
    from uphold_tui.console import ProgressBar

PART_LEFT = 4


_SHOWN = 5
"""How many reasons are listed."""


def generate(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="The eval set.")],
    system: Annotated[str, typer.Option("--system", metavar="NAME", help="Whose responses these are.")],
    endpoint: Annotated[
        str | None,
        typer.Option("--endpoint", metavar="SPEC", help="anthropic:MODEL, openai:MODEL, or a name in uphold.toml."),
    ] = None,
    only_missing: Annotated[
        bool, typer.Option("--only-missing", help="Only what is missing: so it is without this, too.")
    ] = False,
    redo: Annotated[bool, typer.Option("--redo", help="New responses for all; the old ones stay in the file.")] = False,
    system_prompt: Annotated[str | None, typer.Option("--system-prompt", metavar="TEXT")] = None,
    max_tokens: Annotated[int | None, typer.Option("--max-tokens", metavar="N", help="4096 when left out.")] = None,
    temperature: Annotated[float | None, typer.Option("--temperature", metavar="T")] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Where the endpoint takes one.")] = None,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    max_cost: MaxCost = None,
    json: AsJson = False,
) -> None:
    """Have a system answer what it has not answered yet, turn by turn."""
    from uphold.errors import BadUsage
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.generating import GenerateRequest
    from uphold_tui.console import progress

    if only_missing and redo:
        raise BadUsage("--only-missing and --redo say the opposite of each other; give one of them")
    control = WorkControl(concurrency, max_cost)
    request = GenerateRequest(
        set_,
        system,
        endpoint,
        redo,
        system_prompt,
        max_tokens,
        temperature,
        seed,
        base_url,
        api_key_env,
        timeout,
        concurrency,
        max_cost,
        settings=context.obj.settings,
        control=control,
    )
    with context.obj.open() as store, progress("generating") as bar:
        done = run_work(_generate(store, request, bar), control)
    _tell(done, request, json=json)
    if done.left:
        raise typer.Exit(PART_LEFT)


async def _generate(store: "Store", request: "GenerateRequest", bar: "ProgressBar") -> "GenerationProgress":
    from uphold.workflows.generating import generate

    last = None
    async with aclosing(generate(store, request)) as told:
        async for last in told:
            bar(last.answered + last.failed, last.total, _state(last))
    assert last is not None
    return last


def _state(done: "GenerationProgress") -> str:
    parts = [f"{done.answered:,} of {done.total:,} examples"]
    if done.waiting:
        parts.append(f"all wait, {wait_time(done.waiting)}")
    if done.failed:
        parts.append(f"{done.failed:,} failed")
    if done.output_tokens:
        parts += [f"{done.input_tokens + done.output_tokens:,} tokens", dollars(done.cost)]
    return "   ".join(parts)


def _tell(done: "GenerationProgress", request: "GenerateRequest", *, json: bool) -> None:
    from uphold_tui.console import print_json, print_line, print_note

    if json:
        print_json(
            {
                "set": request.set,
                "system": request.system,
                "examples": done.total,
                "answered": done.answered,
                "turns": done.turns,
                "truncated": done.truncated,
                "empty": done.empty,
                "refused": done.refused,
                "odd": done.odd,
                "failed": done.failed,
                "left": done.left,
                "input_tokens": done.input_tokens,
                "output_tokens": done.output_tokens,
                "cost": done.cost,
                "asked_again": done.again,
                "stopped": done.stopped,
                "problems": [{"key": key, "what": what} for key, what in done.problems],
            }
        )
        return
    if not done.total:
        print_line(f"nothing to do: {request.system} has answered every active example of {request.set}")
        return
    print_line(f"{request.system} on {request.set}: {done.answered:,} of {done.total:,} examples answered")
    kinds = (("truncated", done.truncated), ("empty", done.empty), ("refused", done.refused), ("odd end", done.odd))
    told = [f"{count:,} {name}" for name, count in kinds if count]
    print_line(f"{done.turns:,} answers" + (", of them " + ", ".join(told) if told else ""))
    if done.output_tokens:
        print_line(f"{done.input_tokens:,} tokens in, {done.output_tokens:,} out, cost {dollars(done.cost)}")
    _tell_problems(done.problems)
    if done.stopped:
        print_note(f"stopped: {done.stopped}")
    if done.left:
        print_line(f"{count_noun(done.left, 'example')} left; the same command goes on")


def _tell_problems(problems: "tuple[tuple[str, str], ...]") -> None:
    from uphold_tui.console import print_note

    for key, what in problems[:_SHOWN]:
        print_note(f"{key}: {what}")
    if len(problems) > _SHOWN:
        print_note(f"and {len(problems) - _SHOWN:,} more")


def perplexity(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="The eval set, with reference answers.")],
    system: Annotated[str, typer.Option("--system", metavar="NAME", help="Which system is measured.")],
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="SPEC", help="openai:MODEL, or a name in uphold.toml.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="TEXT", help="A turn as text, with {instruction} and {reference} in it."),
    ] = None,
    redo: Annotated[bool, typer.Option("--redo", help="Measure again what has been measured.")] = False,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    json: AsJson = False,
) -> None:
    """Measure how likely a system finds the reference answers (an endpoint with completions, echo and logprobs)."""
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.perplexity import PerplexityRequest
    from uphold_tui.console import progress

    control = WorkControl(concurrency)
    request = PerplexityRequest(
        set_,
        system,
        endpoint,
        redo,
        template,
        base_url,
        api_key_env,
        timeout,
        concurrency,
        settings=context.obj.settings,
        control=control,
    )
    with context.obj.open() as store, progress("measuring") as bar:
        done = run_work(_measure(store, request, bar), control)
    _tell_perplexity(done, request, json=json)
    if done.done < done.total:
        raise typer.Exit(PART_LEFT)


async def _measure(store: "Store", request: "PerplexityRequest", bar: "ProgressBar") -> "PerplexityProgress":
    from uphold.workflows.perplexity import measure_perplexity

    last = None
    async with aclosing(measure_perplexity(store, request)) as told:
        async for last in told:
            waits = f"   all wait, {wait_time(last.waiting)}" if last.waiting else ""
            bar(last.done + len(last.problems), last.total, f"{last.done:,} of {last.total:,} examples{waits}")
    assert last is not None
    return last


def _tell_perplexity(done: "PerplexityProgress", request: "PerplexityRequest", *, json: bool) -> None:
    from uphold_tui.console import print_json, print_line

    if json:
        print_json(
            {
                "set": request.set,
                "system": request.system,
                "measured": done.done,
                "left": done.total - done.done,
                "no_reference": done.no_reference,
                "perplexity": as_json(done.found) if done.found else None,
                "problems": [{"key": key, "what": what} for key, what in done.problems],
            }
        )
        return
    if done.found is not None:
        print_line("  ".join(told(done.found)))
    if done.no_reference:
        print_line(f"{count_noun(done.no_reference, 'example')} without a reference")
    _tell_problems(done.problems)


def told(found: "SystemPerplexity") -> tuple[str, str, str]:
    """(system, number, where it came from)."""
    source = (
        f"{found.examples:,} of {found.of:,} references, {found.tokens:,} tokens, by {found.model} at {found.endpoint},"
        f" completions with echo, {found.at[:10]}"
    )
    return found.system, f"{found.perplexity:,.2f}", source


def as_json(found: "SystemPerplexity") -> dict[str, Any]:
    """A perplexity as JSON."""
    return {
        "system": found.system,
        "perplexity": found.perplexity,
        "examples": found.examples,
        "of": found.of,
        "tokens": found.tokens,
        "model": found.model,
        "endpoint": found.endpoint,
        "source": "completions echo logprobs",
        "at": found.at,
    }


def say_perplexities(found: "list[SystemPerplexity]") -> None:
    """Print them as a section of the numbers."""
    from uphold_tui.console import print_line, print_table, print_text

    if found:
        print_text()
        print_line("Perplexity of the reference answers")
        print_table([("  " + system, number, source) for system, number, source in map(told, found)], right=(1,))
