"""`uphold systems rename`."""

import typer

from uphold_tui.commands.options import AsJson, NewName, OldName, print_renamed

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Rename systems."""


@app.command()
def rename(context: typer.Context, old: OldName, new: NewName, json: AsJson = False) -> None:
    """Give a system another name; runs that are called after it follow.

    \b
    uphold systems rename lora-r16 lora-r16-v2
    """
    from uphold.workflows.renaming import rename_system

    with context.obj.open() as store:
        rename_system(store, old, new)
    print_renamed("system", old, new, json=json)
