"""`uphold init`: write uphold.toml for a project, and the judge and baseline of its set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.settings import PROJECT_FILE, Project
from uphold_tui.commands.options import AsJson, reviewer_name

if TYPE_CHECKING:
    from uphold.settings import Settings
    from uphold.workflows.project_setup import NewProject


def init(
    context: typer.Context,
    set_: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="The eval set; made if there is none.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="SYSTEM", help="The usual baseline of the set.")
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(
            "--judge",
            metavar="SPEC",
            help="The judge of the set: rules:NAME, anthropic:MODEL, openai:MODEL, a TOML file, or a name in uphold.toml.",
        ),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option("--endpoint", metavar="SPEC", help="Where checkpoints answer: openai:MODEL, or a name."),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", metavar="USD", help="The most that a command may cost.")
    ] = None,
    margin: Annotated[
        float | None, typer.Option("--margin", metavar="SHARE", help="Loss of win rate that the gate allows.")
    ] = None,
    read: Annotated[
        int | None, typer.Option("--read", metavar="N", help="How many pairs of a checkpoint are to be read.")
    ] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Who sets this; the user name by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Set up a project: write uphold.toml here, and judge and baseline into its eval set.

    Without options it asks. A file that is there is never overwritten.

    \b
    uphold init
    uphold init --set desk --baseline base-7b --judge rules:closer
    """
    from uphold.errors import BadUsage
    from uphold.workflows.project_setup import NewProject, check_new, make_project
    from uphold_tui.console import in_terminal, print_json, print_note, print_text

    path = context.obj.config or PROJECT_FILE
    check_new(path)
    given = (set_, baseline, judge, endpoint, max_cost, margin, read)
    if all(value is None for value in given):
        if not in_terminal():
            raise BadUsage(
                "there is no terminal to ask in: name the set with --set NAME, and what else is known with --baseline SYSTEM"
                " --judge SPEC --endpoint SPEC --max-cost USD --margin SHARE"
            )
        wanted = _ask()
    else:
        if set_ is None:
            raise BadUsage(
                "--set NAME: the eval set of the project is needed; it is made if there is none of this name"
            )
        wanted = NewProject(Project(set_, endpoint, max_cost, margin, read), baseline, judge)
    with context.obj.open_or_make() as store:
        made = make_project(store, path, wanted, reviewer_name(_settings(context), reviewer), _settings(context))
    if json:
        print_json(
            {
                "file": str(path),
                "set": made.set,
                "set_is_new": made.is_new,
                "baseline": wanted.baseline,
                "judge": None if made.judge is None else made.judge.name,
                "judge_version": None if made.judge is None else made.judge.version,
            }
        )
        return
    print_text(f"{path} is written; the set {made.set!r} is {'made' if made.is_new else 'there'}")
    if made.judge is not None:
        print_text(f"its judge is {made.judge.name}")
    if wanted.baseline is not None:
        print_text(f"its baseline is {wanted.baseline}")
    for note in made.notes:
        print_note(note)
    print_note("next: uphold run SYSTEM --answers FILE, for each checkpoint")


def _settings(context: typer.Context) -> "Settings":
    """Return the settings as they are before the project's file is made."""
    from uphold.settings import Settings, read_settings

    return Settings() if context.obj.config is not None else read_settings(None)


def _ask() -> "NewProject":
    """Ask for each setting; an empty answer leaves it out, where it may be left out."""
    from uphold.workflows.project_setup import NewProject
    from uphold_tui.console import ask

    set_name = ask("eval set", default=Path.cwd().name)
    baseline = ask("baseline system, such as base-7b (none: enter)")
    judge = ask("judge: rules:closer, anthropic:MODEL, openai:MODEL or a TOML file (none: enter)")
    endpoint = ask("where checkpoints answer, such as openai:MODEL (files only: enter)")
    max_cost = ask("most dollars that a command may cost (no cap: enter)")
    margin = ask("points of win rate that a checkpoint may lose, such as 5 (no gate: enter)")
    points = _number("points of win rate", margin)
    project = Project(
        set_name, endpoint or None, _number("dollars", max_cost), None if points is None else points / 100
    )
    return NewProject(project, baseline or None, judge or None)


def _number(what: str, text: str) -> float | None:
    from uphold.errors import BadUsage

    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadUsage(f"{what}: a number was expected; it was given {text!r}") from None
