"""`uphold reviewers rename`."""

import typer

from uphold_tui.commands.options import AsJson, NewName, OldName, print_renamed

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Rename reviewers."""


@app.command()
def rename(context: typer.Context, old: OldName, new: NewName, json: AsJson = False) -> None:
    """Give a reviewer another name; the sides of pairs that they have not read yet are drawn anew.

    \b
    uphold reviewers rename anna anna.k
    """
    from uphold.workflows.renaming import rename_reviewer

    with context.obj.open() as store:
        rename_reviewer(store, old, new)
    print_renamed("reviewer", old, new, json=json)
