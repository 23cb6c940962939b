"""`uphold backup`: a safe copy of the database."""

from pathlib import Path
from typing import Annotated

import typer

from uphold_tui.commands.options import AsJson, Force


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write.")],
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Copy the database to another file, checked and on the disk when this ends; others may go on writing.

    The copy is one file with all that was saved by then. `cp` is no safe copy while the database is open: what was saved last
    may be in the log beside it.

    \b
    uphold backup uphold-monday.db
    uphold --db uphold-monday.db stats
    """
    from uphold.workflows.backing_up import write_backup
    from uphold_tui.console import print_json, print_line, progress

    with context.obj.open(reading=True) as store, progress("copying") as show:
        made = write_backup(store, file, force=force, tell=show)
    if json:
        print_json({"path": str(made.path), "bytes": made.size})
    else:
        print_line(str(made.path))
