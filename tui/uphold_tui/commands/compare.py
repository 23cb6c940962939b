"""`uphold plan`, `compare` and `gate`: commands about runs and how they compare."""

from pathlib import Path
from typing import Annotated

import typer

from uphold_tui.commands.options import AsJson, RunName

_Judge = Annotated[str | None, typer.Option("--judge", metavar="NAME", help="Use this judge.")]


def plan(
    context: typer.Context,
    run: RunName = None,
    half_width: Annotated[
        float, typer.Option("--half-width", metavar="SHARE", help="Half-width to reach; .05 is ±5 points.")
    ] = 0.05,
    planned: Annotated[
        int | None, typer.Option("--planned", metavar="N", help="Number of decisions that are planned.")
    ] = None,
    judge: _Judge = None,
    json: AsJson = False,
) -> None:
    """Estimate how many more decisions are needed.

    This is the number that narrows the interval of the win rate to a half-width, if any number does.

    \b
    uphold plan 1 --half-width 0.08
    """
    from uphold.reports.json_output import plan_json
    from uphold.reports.plan_report import plan_report
    from uphold.workflows.statistics import review_plan
    from uphold_tui.console import print_json, print_report

    with context.obj.open(reading=True) as store:
        name, found = review_plan(store, run, half_width, judge=judge, planned=planned)
    if json:
        print_json(plan_json(found, name))
    else:
        print_report(plan_report(found, name))


def compare(
    context: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(metavar="RUN RUN...", help="Names or numbers of two runs or more, the earlier one first."),
    ],
    judge: _Judge = None,
    json: AsJson = False,
) -> None:
    """Show what changed between two runs, or which of several is the best.

    Of two runs it shows the difference of their win rates with its interval, and every example lost and won; of more,
    what can be said of each: best, may be best, not the best.

    \b
    uphold compare 1 2
    uphold compare 1 2 3 --json
    """
    from uphold.errors import BadUsage
    from uphold.reports.comparison_report import comparison_report, several_report
    from uphold.reports.json_output import compare_json, several_json
    from uphold.workflows.comparison import compare_runs, compare_several
    from uphold_tui.console import print_json, print_report

    if len(names) < 2:
        raise BadUsage("compare takes two runs or more; `uphold runs` lists them")
    with context.obj.open(reading=True) as store:
        if len(names) > 2:
            several = compare_several(store, names, judge)
        else:
            found = compare_runs(store, names[0], names[1], judge)
    if len(names) > 2 and json:
        print_json(several_json(several))
    elif len(names) > 2:
        print_report(several_report(several))
    elif json:
        print_json(compare_json(found))
    else:
        print_report(comparison_report(found))


def gate(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Name or number of the run to test.")],
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="RUN", help="The run to compare it with; the blessed one by default."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin", metavar="SHARE", help="Allowed loss of win rate; .05 is 5 points. The project's by default."
        ),
    ] = None,
    judge_only: Annotated[
        bool, typer.Option("--judge-only", help="Say what the verdicts of a judge alone would say.")
    ] = False,
    judge: _Judge = None,
    planned: Annotated[
        int | None,
        typer.Option(
            "--planned", metavar="N", help="Decide nothing before N examples are read; the run's plan by default."
        ),
    ] = None,
    no_worse: Annotated[
        list[str] | None,
        typer.Option(
            "--no-worse",
            metavar="TASK:METRIC:MARGIN",
            help="A score of the candidate that may fall by no more than this, mmlu:acc:0.01 by a point; may be repeated.",
        ),
    ] = None,
    require_standing: Annotated[
        bool,
        typer.Option(
            "--require-standing",
            help="Pass nothing unless the certificate of the run's judge stands (`judges certify`).",
        ),
    ] = False,
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", metavar="FILE", help="Also write a summary for a pull request to this file."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Test that a run is not worse than another.

    The win rate, a tie being half a win, may be lower by the margin. The exit code is 0 for PASS, 1 for FAIL and 3 for
    INCONCLUSIVE, which is also what a judge alone always comes to. With --no-worse the worst outcome counts; with
    --require-standing it is INCONCLUSIVE without a certificate that stands.

    \b
    uphold gate 2 --against 1 --margin 0.05
    """
    from uphold.errors import BadUsage
    from uphold.reports.comparison_report import gate_report
    from uphold.reports.json_output import gate_exit_code, gate_json
    from uphold.workflows.benchmarks import parse_no_worse
    from uphold.workflows.comparison import GateRequest, gate_run
    from uphold_tui.console import print_json, print_report

    scores = tuple(map(parse_no_worse, no_worse or ()))
    allowed = context.obj.project.margin if margin is None else margin
    if allowed is None:
        raise BadUsage("how much worse may it be? --margin .05 allows 5 points; or margin in [project] of uphold.toml")
    with context.obj.open(reading=True) as store:
        found = gate_run(
            store, GateRequest(run, against, allowed, judge_only, judge, planned, scores, require_standing)
        )
        if markdown is not None:
            from uphold.workflows.checkpoints import gate_summary
            from uphold.workflows.file_writing import write_lines

            write_lines([gate_summary(store, found)], markdown, store.path, force=True)
    if json:
        print_json(gate_json(found))
    else:
        print_report(gate_report(found))
    raise typer.Exit(gate_exit_code(found.outcome))
