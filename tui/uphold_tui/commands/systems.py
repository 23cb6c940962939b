"""`uphold systems rename`."""

from typing import Annotated

import typer

from uphold_tui.commands.options import AsJson

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Rename systems."""


@app.command()
def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The present name.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new name.")],
    json: AsJson = False,
) -> None:
    """Give a system another name; runs that are called after it follow.

    \b
    uphold systems rename lora-r16 lora-r16-v2
    """
    from uphold.workflows.renaming import rename_system
    from uphold_tui.console import print_json, print_line

    with context.obj.open() as store:
        rename_system(store, old, new)
    if json:
        print_json({"system": new, "before": old})
    else:
        print_line(f"the system {old!r} is called {new!r} now")
