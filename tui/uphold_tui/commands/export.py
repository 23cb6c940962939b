"""`uphold export FORMAT`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uphold.records.rows import ExportOmissions


def export(
    context: typer.Context,
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="csv or jsonl.")],
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's name or number.")] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - for standard output.")
    ] = Path("-"),
    set_: Annotated[str | None, typer.Option("--set", metavar="NAME", help="All runs of a set.")] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Of people, this one's word only.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write every current pair with its texts, verdicts and decisions: one row (csv) or object (jsonl) a pair.

    Stale, retired and broken pairs are left out and counted on standard error. In csv a text that a spreadsheet would
    take for a formula gets an apostrophe before it; jsonl holds it as it is.
    """
    from uphold.errors import BadUsage
    from uphold.workflows.exporting import ExportRequest, FileExists, check_target, open_export
    from uphold_tui.console import print_note, write_lines

    if run is not None and set_ is not None:
        raise BadUsage("name a run, or a set with --set; not both")
    path = output if str(output) != "-" else None
    with (
        context.obj.open(reading=True) as store,
        _about_files(run),
        open_export(store, ExportRequest(run, set_, reviewer)) as made,
    ):
        lines = made.lines(form)
        if path is None:
            write_lines(lines)
        else:
            try:
                check_target(path, store.path, force=force)
                _write(lines, len(made), path, store.path, force=force)
            except FileExists as error:
                raise BadUsage(f"{error}, or replace it with --force") from error
        print_note(_told(len(made), made.left_out, path))


@contextmanager
def _about_files(run: str | None) -> Iterator[None]:
    """Where a file stands in place of a run, say how a file is named."""
    from uphold.errors import BadUsage

    try:
        yield
    except BadUsage as error:
        if run is None or not run.lower().endswith((".csv", ".jsonl", ".json")):
            raise
        raise BadUsage(f"{error}; a file to write is named with -o {run}") from error


def _write(lines: Iterable[str], total: int, path: Path, database: Path, *, force: bool) -> None:
    """Write the file, saying how far it is."""
    from uphold.workflows.exporting import write_lines
    from uphold_tui.console import progress

    with progress("exporting") as bar:

        def counted() -> Iterator[str]:
            for number, line in enumerate(lines):
                bar(number, total)
                yield line

        write_lines(counted(), path, database, force=force)


def _told(pairs: int, left_out: "ExportOmissions", path: Path | None) -> str:
    """`200 pairs written to FILE; left out: 3 stale, 1 retired, 2 broken`."""
    counts = {"stale": left_out.stale, "retired": left_out.retired, "broken": left_out.broken}
    without = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number)
    written = f"{pairs:,} {'pair' if pairs == 1 else 'pairs'} written" + (f" to {path}" if path is not None else "")
    return f"{written}; left out: {without}" if without else written
