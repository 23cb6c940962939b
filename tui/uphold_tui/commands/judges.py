"""`uphold judges [RUN]`, which compares the judges of a run, and the commands about judges."""

import typer

from uphold_tui.commands import judge_trials
from uphold_tui.commands.lazy import DefaultGroup
from uphold_tui.commands.options import AsJson, RunName

app = typer.Typer(cls=DefaultGroup, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Compare the judges of a run; show what a judge is asked."""


@app.command(DefaultGroup.default)
def judges(context: typer.Context, run: RunName = None, json: AsJson = False) -> None:
    """Compare the judges of a run on the same reviews; this is what `uphold judges [RUN]` does."""
    from uphold.reports.comparison_report import judges_report
    from uphold.reports.json_output import judges_json
    from uphold.workflows.statistics import compare_judges
    from uphold_tui.console import print_json, print_report

    with context.obj.open(reading=True) as store:
        name, found = compare_judges(store, run)
    if json:
        print_json(judges_json(found, name))
    else:
        print_report(judges_report(found, name))


app.command("clauses")(judge_trials.clauses)
app.command("try")(judge_trials.try_)
