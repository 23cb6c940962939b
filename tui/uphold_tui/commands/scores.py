"""`uphold scores`: benchmarks and other numbers of systems, and two systems document by document."""

from typing import Annotated

import typer

from uphold_tui.commands.options import AsJson


def scores(
    context: typer.Context,
    systems: Annotated[
        list[str] | None,
        typer.Argument(metavar="SYSTEM...", help="Systems, or runs for their candidates; all by default."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List the tasks within groups too.")] = False,
    json: AsJson = False,
) -> None:
    """List benchmarks and other scores of systems.

    Of two systems, the earlier one first, it shows what changed: each score with its difference, and the documents that the
    later one lost and won.

    \b
    uphold scores
    uphold scores base-7b lora-r16
    """
    from uphold.errors import BadUsage
    from uphold.reports.score_json import score_comparison_json, scores_json
    from uphold.reports.score_report import scores_report, systems_report
    from uphold.workflows.benchmarks import compare_systems, list_scores, top_level
    from uphold_tui.console import print_json, print_report

    with context.obj.open(reading=True) as store:
        found = list_scores(store, systems or ())
        if systems and len(found) < len(systems):
            raise BadUsage(f"the system {found[-1].system!r} is named twice; name different ones")
        two = len(found) == 2 and bool(systems)
        compared = compare_systems(store, found[0].system, found[1].system) if two else []
    if json and two:
        comparisons = [score_comparison_json(one) for one in compared]
        print_json({"systems": scores_json(found), "comparisons": comparisons})
    elif json:
        print_json({"systems": scores_json(found)})
    elif two:
        shown = compared if all_ else top_level(compared)
        print_report(systems_report(found[0].system, found[1].system, compared, shown))
    else:
        print_report(scores_report(found, every=all_))
