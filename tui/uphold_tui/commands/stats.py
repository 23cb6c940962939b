"""`uphold stats`."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from uphold_tui.commands.context import Context
from uphold_tui.commands.options import AsJson, RunName


def stats(
    context: typer.Context,
    run: RunName = None,
    set_: Annotated[str | None, typer.Option("--set", metavar="NAME", help="All runs of a set, pooled.")] = None,
    judge: Annotated[str | None, typer.Option("--judge", metavar="NAME", help="This judge only.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Examples with this tag only.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="tag", help="`tag`: a row for every tag as well.")] = None,
    full: Annotated[bool, typer.Option("--full", help="All judges and the finer numbers, resampling too.")] = False,
    planned: Annotated[int | None, typer.Option("--planned", metavar="N", help="Provisional before so many.")] = None,
    json: AsJson = False,
) -> None:
    """Win rates and judge-human agreement, each with its n and interval."""
    from uphold.errors import BadUsage

    if by not in (None, "tag"):
        raise BadUsage(f"--by takes `tag`; it was given {by!r}")
    if run is not None and set_ is not None:
        raise BadUsage("name a run, or a set with --set; not both")
    show_stats(
        context.obj, run, set_, judge=judge, tag=tag, by_tag=by is not None, full=full, json=json, planned=planned
    )


def show_stats(
    context: Context,
    run: str | None = None,
    set_: str | None = None,
    *,
    judge: str | None = None,
    tag: str | None = None,
    by_tag: bool = False,
    full: bool = False,
    json: bool = False,
    planned: int | None = None,
) -> None:
    """Print the numbers of a run or set."""
    with _uncollected():
        _show(context, run, set_, judge=judge, tag=tag, by_tag=by_tag, full=full, json=json, planned=planned)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector still: it would walk ten thousands of rows again and again, and none of them is in a ring."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _show(
    context: Context,
    run: str | None,
    set_: str | None,
    *,
    judge: str | None,
    tag: str | None,
    by_tag: bool,
    full: bool,
    json: bool,
    planned: int | None,
) -> None:
    from uphold.workflows.lookup import run_perplexities
    from uphold.workflows.statistics import read_run_statistics, read_set_statistics
    from uphold_tui.commands.generate import as_json as perplexity_json
    from uphold_tui.commands.generate import say_perplexities
    from uphold_tui.console import print_json, print_report

    with context.open(reading=True) as store:
        if set_ is not None:
            found = read_set_statistics(
                store, set_, judge=judge, tag=tag, by_tag=by_tag, full=full, first_only=not (json or full)
            )
        else:
            found = read_run_statistics(
                store,
                run,
                judge=judge,
                tag=tag,
                by_tag=by_tag,
                full=full,
                planned=planned,
                first_only=not (json or full),
            )
        measured = run_perplexities(store, run, set_)
    if json:
        from uphold.reports.json_output import statistics_json

        told = {"perplexities": [perplexity_json(one) for one in measured]} if measured else {}
        print_json({**statistics_json(found), **told})
    else:
        from uphold.reports.run_report import run_report

        print_report(run_report(found, full))
        say_perplexities(measured)
