"""`uphold stats`."""

from typing import TYPE_CHECKING, Annotated

import typer

from uphold.garbage_collection import paused_collection
from uphold_tui.commands.options import AsJson, Context, RunName

if TYPE_CHECKING:
    from uphold.workflows.statistics import StatisticsOptions


def stats(
    context: typer.Context,
    run: RunName = None,
    set_: Annotated[str | None, typer.Option("--set", metavar="NAME", help="Pool all runs of a set.")] = None,
    judge: Annotated[str | None, typer.Option("--judge", metavar="NAME", help="Use this judge only.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Count examples with this tag only.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="tag", help="Add a row for every tag.")] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Add all judges and slower statistics, such as resampling.")
    ] = False,
    planned: Annotated[
        int | None,
        typer.Option("--planned", metavar="N", help="Mark the results as provisional before N reviewed pairs."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Print win rates and judge-human agreement.

    \b
    uphold stats
    uphold stats 1 --by tag --full
    uphold stats --set desk --json
    """
    from uphold.errors import BadUsage
    from uphold.workflows.statistics import StatisticsOptions

    if by not in (None, "tag"):
        raise BadUsage(f"--by takes `tag`; it was given {by!r}")
    if run is not None and set_ is not None:
        raise BadUsage("name a run, or a set with --set; not both")
    options = StatisticsOptions(judge, tag, by == "tag", full, not (json or full), planned)
    print_statistics(context.obj, run, set_, options, json=json)


def print_statistics(
    context: Context, run: str | None, set_: str | None, options: "StatisticsOptions", *, json: bool = False
) -> None:
    """Print the statistics of a run, or of a set if `set_` is given, and the perplexities measured for it.

    Without either they are those of the project's set: of its only run, or pooled.
    """
    from uphold.workflows.standing import statistics_standing
    from uphold.workflows.statistics import read_run_statistics, read_set_statistics, run_perplexities
    from uphold_tui.commands.generate import perplexity_json, print_perplexities
    from uphold_tui.console import print_json, print_report

    with paused_collection():  # tens of thousands of rows, none of which form cycles
        with context.open(reading=True) as store:
            if run is None and set_ is None and context.project.set is not None:
                from uphold.workflows.project import run_or_set

                run, set_ = run_or_set(store, context.project.set)
            found = (
                read_run_statistics(store, run, options) if set_ is None else read_set_statistics(store, set_, options)
            )
            perplexities = run_perplexities(store, run, set_)
            standing = statistics_standing(store, found)
        if json:
            from uphold.reports.json_output import statistics_json

            more = {"perplexities": [perplexity_json(one) for one in perplexities]} if perplexities else {}
            print_json({**statistics_json(found, standing), **more})
        else:
            from uphold.reports.run_report import run_report

            print_report(run_report(found, options.full, standing))
            print_perplexities(perplexities)
