"""`uphold demo`."""

from typing import Annotated

import typer

from uphold.errors import BadUsage
from uphold_tui.commands.context import Context

DEFAULT = "support-desk"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="Which sample set.")] = DEFAULT,
    reviewer: Annotated[str | None, typer.Option("--reviewer", metavar="NAME", help="Whose decisions.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew; the earlier demo stays.")] = False,
) -> None:
    """Open a packaged sample set in the review app; without a terminal print its statistics."""
    from uphold.steps.demo import demo_path, open_demo
    from uphold_tui.console import in_terminal, talk

    if fresh and context.obj.db is not None:
        raise BadUsage("--fresh makes a file of its own; give it or --db, not both")
    path = context.obj.db or demo_path(set_, fresh=fresh)
    copied = Context(path, context.obj.config)
    with copied.open(create=True) as store:
        run = open_demo(store, set_)
        if in_terminal():
            from uphold_tui.commands.review import open_app

            open_app(copied, store, run, reviewer, tour=True)
    if not in_terminal():
        from uphold_tui.commands.stats import show_stats

        show_stats(copied, run.name)
    if context.obj.db is None:
        talk(f"the demo is kept in {path}; uphold demo goes on with it, uphold demo --fresh begins anew")
