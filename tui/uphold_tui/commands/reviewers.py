"""`uphold reviewers rename`."""

from typing import Annotated

import typer

from uphold_tui.commands.options import AsJson

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Rename reviewers."""


@app.command()
def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The present name.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new name.")],
    json: AsJson = False,
) -> None:
    """Give a reviewer another name; the sides of pairs that they have not read yet are drawn anew.

    \b
    uphold reviewers rename anna anna.k
    """
    from uphold.workflows.renaming import rename_reviewer
    from uphold_tui.console import print_json, print_line

    with context.obj.open() as store:
        rename_reviewer(store, old, new)
    if json:
        print_json({"reviewer": new, "before": old})
    else:
        print_line(f"the reviewer {old!r} is called {new!r} now")
