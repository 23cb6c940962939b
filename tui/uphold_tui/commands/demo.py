"""`uphold demo`."""

from pathlib import Path
from typing import Annotated

import typer

from uphold_tui.commands.context import Context

DEFAULT = "support-desk"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="Which sample set.")] = DEFAULT,
) -> None:
    """Open a packaged sample set in the review app; without a terminal print its statistics."""
    from uphold.steps.demo import open_demo
    from uphold_tui.console import in_terminal, talk

    path = _path(context.obj, set_)
    copied = Context(path, context.obj.config)
    with copied.open(create=True) as store:
        run = open_demo(store, set_)
        if in_terminal():
            from uphold_tui.commands.review import open_app

            open_app(copied, store, run, tour=True)
    if not in_terminal():
        from uphold_tui.commands.stats import show_stats

        show_stats(copied, run.name)
    if context.obj.db is None:
        talk(f"the demo's database is {path}; go on with: uphold --db {path} review")


def _path(context: Context, set_name: str) -> Path:
    """The database given with --db, else a fresh one in a temporary folder."""
    if context.db is not None:
        return context.db
    import tempfile

    from uphold.steps.demo import find_sample

    return Path(tempfile.mkdtemp(prefix="uphold-demo-")) / f"{find_sample(set_name).stem}.db"
