"""`uphold export`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.formatting import count, count_noun

if TYPE_CHECKING:
    from uphold.records.rows import ExportOmissions


def export(
    context: typer.Context,
    file_format: Annotated[str, typer.Argument(metavar="FORMAT", help="Format: csv or jsonl.")],
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="Name or number of the run.")] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="File to write; - is standard output, the default.")
    ] = Path("-"),
    set_: Annotated[str | None, typer.Option("--set", metavar="NAME", help="Export all runs of a set.")] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Export the decisions of this reviewer only.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Export the current pairs of a run or set.

    There is one CSV row or JSON object per pair, with its texts, verdicts and decisions. Stale, retired and broken pairs
    are left out and counted on standard error. In CSV, an apostrophe goes before what a
    spreadsheet would read as a formula; JSONL keeps texts as they are.

    \b
    uphold export csv -o pairs.csv
    uphold export jsonl 1 --reviewer mira -o pairs.jsonl
    """
    from uphold.errors import BadUsage
    from uphold.workflows.exporting import ExportRequest, FileExists, check_target, open_export
    from uphold_tui.console import print_note, write_lines

    if run is not None and set_ is not None:
        raise BadUsage("name a run, or a set with --set; not both")
    path = output if str(output) != "-" else None
    with (
        context.obj.open(reading=True) as store,
        _hint_at_output(run),
        open_export(store, ExportRequest(run, set_, reviewer)) as exported,
    ):
        lines = exported.lines(file_format)
        if path is None:
            write_lines(lines)
        else:
            try:
                check_target(path, store.path, force=force)
                _write(lines, len(exported), path, store.path, force=force)
            except FileExists as error:
                raise BadUsage(f"{error}, or replace it with --force") from error
        print_note(_summary(len(exported), exported.omitted, path))


@contextmanager
def _hint_at_output(run: str | None) -> Iterator[None]:
    """Add a hint at --output to the error about an unknown run that looks like a file name."""
    from uphold.errors import BadUsage

    try:
        yield
    except BadUsage as error:
        if run is None or not run.lower().endswith((".csv", ".jsonl", ".json")):
            raise
        raise BadUsage(f"{error}; a file to write is named with -o {run}") from error


def _write(lines: Iterable[str], total: int, path: Path, database: Path, *, force: bool) -> None:
    """Write the file with a progress bar."""
    from uphold.workflows.exporting import write_lines
    from uphold_tui.console import progress

    with progress("exporting") as bar:

        def counted() -> Iterator[str]:
            for number, line in enumerate(lines):
                bar(number, total)
                yield line

        write_lines(counted(), path, database, force=force)


def _summary(pairs: int, omitted: "ExportOmissions", path: Path | None) -> str:
    """Return a line such as `200 pairs written to FILE; left out: 3 stale, 1 retired, 2 broken`."""
    counts = {"stale": omitted.stale, "retired": omitted.retired, "broken": omitted.broken}
    left_out = ", ".join(f"{count(number)} {reason}" for reason, number in counts.items() if number)
    written = f"{count_noun(pairs, 'pair')} written" + (f" to {path}" if path is not None else "")
    return f"{written}; left out: {left_out}" if left_out else written
