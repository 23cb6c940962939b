"""`uphold generate` and `uphold perplexity`: commands that send an eval set to a system's endpoint."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.formatting import count, count_noun, decimal, dollars, wait_time
from uphold_tui.commands.options import WORK_LEFT, ApiKeyEnv, AsJson, BaseUrl, Concurrency, MaxCost, Timeout
from uphold_tui.commands.progress import run_work

if TYPE_CHECKING:
    from uphold.store.scores import SystemPerplexity
    from uphold.workflows.generating import GenerateRequest, GenerationProgress
    from uphold.workflows.lookup import Store
    from uphold.workflows.perplexity import PerplexityProgress, PerplexityRequest
    from uphold_tui.console import ProgressBar

_SHOWN_PROBLEMS = 5


def generate(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="The eval set.")],
    system: Annotated[str, typer.Option("--system", metavar="NAME", help="Name of the system.")],
    endpoint: Annotated[
        str | None,
        typer.Option("--endpoint", metavar="SPEC", help="anthropic:MODEL, openai:MODEL, or a name in uphold.toml."),
    ] = None,
    only_missing: Annotated[
        bool, typer.Option("--only-missing", help="Generate missing responses only; the default.")
    ] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Generate all responses again; earlier ones are kept.")] = False,
    system_prompt: Annotated[str | None, typer.Option("--system-prompt", metavar="TEXT", help="System prompt.")] = None,
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", metavar="N", help="Longest answer, in tokens; 4096 by default.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", metavar="T", help="Sampling temperature.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Sampling seed, if the endpoint takes one.")
    ] = None,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    max_cost: MaxCost = None,
    json: AsJson = False,
) -> None:
    """Generate the responses of a system that an eval set lacks.

    \b
    uphold generate --set desk --system lora-r32 --endpoint openai:lora-r32 --base-url http://127.0.0.1:8000/v1
    """
    from uphold.errors import BadUsage
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.generating import GenerateRequest
    from uphold_tui.console import progress

    if only_missing and redo:
        raise BadUsage("--only-missing and --redo exclude each other; give one of them")
    control = WorkControl(concurrency, max_cost)
    request = GenerateRequest(
        set=set_,
        system=system,
        endpoint=endpoint,
        redo=redo,
        prompt=system_prompt,
        max_tokens=max_tokens,
        temperature=temperature,
        seed=seed,
        base_url=base_url,
        key_variable=api_key_env,
        timeout=timeout,
        concurrency=concurrency,
        max_cost=max_cost,
        settings=context.obj.settings,
        control=control,
    )
    with context.obj.open_for_work() as store, progress("generating") as bar:
        done = run_work(_generate(store, request, bar), control)
    _print_result(done, request, json=json)
    if done.left:
        raise typer.Exit(WORK_LEFT)


async def _generate(store: "Store", request: "GenerateRequest", bar: "ProgressBar") -> "GenerationProgress":
    from uphold.workflows.generating import generate
    from uphold_tui.commands.judge import print_adapted

    last, told = None, 0
    async with aclosing(generate(store, request)) as updates:
        async for last in updates:
            told = print_adapted(request.system, last.adapted, told)
            bar(last.answered + last.failed, last.total, _progress_line(last))
    assert last is not None
    return last


def _progress_line(done: "GenerationProgress") -> str:
    """Return the text beside the progress bar."""
    parts = [_of_examples(done.answered, done.total)]
    if done.pause_left:
        parts.append(f"all wait, {wait_time(done.pause_left)}")
    if done.failed:
        parts.append(f"{count(done.failed)} failed")
    if done.output_tokens:
        parts += [count_noun(done.input_tokens + done.output_tokens, "token"), dollars(done.cost)]
    return "   ".join(parts)


def _of_examples(done: int, total: int) -> str:
    return f"{count(done)} of {count_noun(total, 'example')}"


def _print_result(done: "GenerationProgress", request: "GenerateRequest", *, json: bool) -> None:
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
                "asked_again": done.retries,
                "stopped": done.stopped,
                "adapted": list(done.adapted),
                "problems": [{"key": key, "what": what} for key, what in done.problems],
            }
        )
        return
    if not done.total:
        print_line(f"nothing to do: {request.system} has answered every active example of {request.set}")
        return
    print_line(f"{request.system} on {request.set}: {_of_examples(done.answered, done.total)} answered")
    kinds = (("truncated", done.truncated), ("empty", done.empty), ("refused", done.refused), ("odd end", done.odd))
    marked = [f"{count(number)} {name}" for name, number in kinds if number]
    print_line(count_noun(done.turns, "answer") + (", of them " + ", ".join(marked) if marked else ""))
    if done.output_tokens:
        print_line(
            f"{count_noun(done.input_tokens, 'token')} in, {count(done.output_tokens)} out, cost {dollars(done.cost)}"
        )
    _print_problems(done.problems)
    if done.stopped:
        print_note(f"stopped: {done.stopped}")
    if done.left:
        print_line(f"{count_noun(done.left, 'example')} left; the same command goes on")


def _print_problems(problems: "tuple[tuple[str, str], ...]") -> None:
    from uphold_tui.console import print_note

    for key, message in problems[:_SHOWN_PROBLEMS]:
        print_note(f"{key}: {message}")
    if len(problems) > _SHOWN_PROBLEMS:
        print_note(f"and {count(len(problems) - _SHOWN_PROBLEMS)} more")


def perplexity(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="The eval set; it needs reference answers.")],
    system: Annotated[str, typer.Option("--system", metavar="NAME", help="Name of the system.")],
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="SPEC", help="openai:MODEL, or a name in uphold.toml.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="TEXT", help="Text of a turn, with {instruction} and {reference} in it."),
    ] = None,
    redo: Annotated[bool, typer.Option("--redo", help="Measure all examples again.")] = False,
    concurrency: Concurrency = 8,
    base_url: BaseUrl = None,
    api_key_env: ApiKeyEnv = None,
    timeout: Timeout = None,
    json: AsJson = False,
) -> None:
    """Measure the perplexity of the reference answers.

    The endpoint must support completions with echo and logprobs.

    \b
    uphold perplexity --set desk --system lora-r32 --endpoint openai:lora-r32
    """
    from uphold.workflows.concurrency import WorkControl
    from uphold.workflows.perplexity import PerplexityRequest
    from uphold_tui.console import progress

    control = WorkControl(concurrency)
    request = PerplexityRequest(
        set=set_,
        system=system,
        endpoint=endpoint,
        redo=redo,
        template=template,
        base_url=base_url,
        key_variable=api_key_env,
        timeout=timeout,
        concurrency=concurrency,
        settings=context.obj.settings,
        control=control,
    )
    with context.obj.open_for_work() as store, progress("measuring") as bar:
        done = run_work(_measure(store, request, bar), control)
    _print_perplexity(done, request, json=json)
    if done.done < done.total:
        raise typer.Exit(WORK_LEFT)


async def _measure(store: "Store", request: "PerplexityRequest", bar: "ProgressBar") -> "PerplexityProgress":
    from uphold.workflows.perplexity import measure_perplexity

    last = None
    async with aclosing(measure_perplexity(store, request)) as updates:
        async for last in updates:
            pause = f"   all wait, {wait_time(last.pause_left)}" if last.pause_left else ""
            bar(last.done + len(last.problems), last.total, _of_examples(last.done, last.total) + pause)
    assert last is not None
    return last


def _print_perplexity(done: "PerplexityProgress", request: "PerplexityRequest", *, json: bool) -> None:
    from uphold_tui.console import print_json, print_line

    if json:
        print_json(
            {
                "set": request.set,
                "system": request.system,
                "measured": done.done,
                "left": done.total - done.done,
                "no_reference": done.no_reference,
                "perplexity": perplexity_json(done.result) if done.result else None,
                "problems": [{"key": key, "what": what} for key, what in done.problems],
            }
        )
        return
    if done.result is not None:
        print_line("  ".join(perplexity_row(done.result)))
    if done.no_reference:
        print_line(f"{count_noun(done.no_reference, 'example')} without a reference")
    _print_problems(done.problems)


def perplexity_row(found: "SystemPerplexity") -> tuple[str, str, str]:
    """Return the cells of a table row: system, perplexity, and how it was measured."""
    source = (
        f"{count(found.examples)} of {count_noun(found.of, 'reference')}, {count_noun(found.tokens, 'token')},"
        f" by {found.model} at {found.endpoint},"
        f" completions with echo, {found.at[:10]}"
    )
    return found.system, decimal(found.perplexity), source


def perplexity_json(found: "SystemPerplexity") -> dict[str, Any]:
    """Return a perplexity as a JSON object."""
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


def print_perplexities(found: "list[SystemPerplexity]") -> None:
    """Print a section with perplexities; nothing if there are none."""
    from uphold_tui.console import print_line, print_table, print_text

    if found:
        print_text()
        print_line("Perplexity of the reference answers")
        print_table(
            [("  " + system, number, source) for system, number, source in map(perplexity_row, found)], right=(1,)
        )
