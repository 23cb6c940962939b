"""`uphold systems rename` and `uphold reviewers rename`; sets are renamed by `uphold set rename`."""

from typing import Annotated

import typer

from uphold_tui.commands.options import AsJson

systems = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Rename systems.")
reviewers = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Rename reviewers.")

_Old = Annotated[str, typer.Argument(metavar="OLD", help="The present name.")]
_New = Annotated[str, typer.Argument(metavar="NEW", help="The new name.")]


@systems.callback()
def systems_group() -> None:
    """Rename systems."""


@reviewers.callback()
def reviewers_group() -> None:
    """Rename reviewers."""


@systems.command("rename")
def rename_system(context: typer.Context, old: _Old, new: _New, json: AsJson = False) -> None:
    """Give a system another name; runs that are called after it follow."""
    from uphold.workflows.renaming import rename_system as rename

    with context.obj.open() as store:
        rename(store, old, new)
    _print_renamed("system", old, new, json)


@reviewers.command("rename")
def rename_reviewer(context: typer.Context, old: _Old, new: _New, json: AsJson = False) -> None:
    """Give a reviewer another name; the sides of pairs that they have not read yet are drawn anew."""
    from uphold.workflows.renaming import rename_reviewer as rename

    with context.obj.open() as store:
        rename(store, old, new)
    _print_renamed("reviewer", old, new, json)


def _print_renamed(noun: str, old: str, new: str, json: bool) -> None:
    from uphold_tui.console import print_json, print_line

    if json:
        print_json({noun: new, "before": old})
    else:
        print_line(f"the {noun} {old!r} is called {new!r} now")
