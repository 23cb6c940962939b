"""`uphold import` and `uphold imports`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uphold_tui.commands.context import Context

if TYPE_CHECKING:
    from uphold.records.rows import ImportSummary
    from uphold.workflows.importing import ImportRequest

_LISTED = 12


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or a folder.")],
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="FORMAT", help="pairs, pandalm, mt-bench or alpaca-eval; else sniffed."),
    ] = None,
    set_: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="The eval set; else the file's name.")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Read a field from another column.")
    ] = None,
    candidate: Annotated[
        str | None, typer.Option("--candidate", metavar="SYSTEM", help="Name of the candidate.")
    ] = None,
    baseline: Annotated[str | None, typer.Option("--baseline", metavar="SYSTEM", help="Name of the baseline.")] = None,
    baseline_file: Annotated[
        Path | None, typer.Option("--baseline-file", metavar="FILE", help="alpaca-eval: the baseline's outputs.")
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Take another text or word as the new one.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out and list them.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Bring pairs, answers, verdicts and reviews in from files: all of it, or nothing.

    A row of the pairs format needs instruction, response_candidate and response_baseline; --map instruction=prompt reads
    other columns. Beside them may stand key, reference, tags; judge, verdict (candidate, baseline or tie), reason;
    reviewer, review (the same words, or both-bad), note.
    """
    from uphold.workflows.importing import ImportRequest
    from uphold_tui.console import print_json

    request = ImportRequest(
        paths, as_, set_, _mapping(mapping or []), candidate, baseline, baseline_file, update, skip_bad
    )
    summary = _run(context.obj, request)
    if json:
        print_json(_as_json(summary))
    else:
        _print(summary)
        _tell_next(summary)


def _mapping(given: list[str]) -> dict[str, str]:
    from uphold.errors import BadUsage

    pairs = [text.partition("=") for text in given]
    for name, equals, column in pairs:
        if not (name and equals and column):
            raise BadUsage(
                f"--map wants FIELD=COLUMN, such as instruction=prompt; it was given {name + equals + column!r}"
            )
    return {name: column for name, _, column in pairs}


def _run(context: Context, request: "ImportRequest") -> "ImportSummary":
    from contextlib import closing

    from uphold.records.rows import ImportSummary
    from uphold.workflows.importing import check_files, import_files
    from uphold_tui.console import progress

    check_files(request)
    with (
        context.open(create=True) as store,
        progress("importing") as bar,
        closing(import_files(store, request)) as told,
    ):
        for one in told:
            if isinstance(one, ImportSummary):
                return one
            bar(one.done, one.total, f"{one.rows:,} rows")
    raise AssertionError("an import ends with its summary")


def _as_json(summary: "ImportSummary") -> dict[str, object]:
    names = ("rows", "examples", "pairs", "judgments", "reviews", "already_there")
    more = (
        "responses",
        "carried",
        "edited",
        "replaced",
        "format",
        "set",
        "files",
        "unused_fields",
        "ignored",
        "number",
    )
    return {
        **{name: getattr(summary, name) for name in names},
        "odd": [{"where": str(odd.where), "what": odd.what} for odd in summary.odd],
        "skipped": [{"where": str(bad.where), "why": bad.why} for bad in summary.skipped],
        **{name: getattr(summary, name) for name in more},
    }


def _print(summary: "ImportSummary") -> None:
    from uphold_tui.console import print_table, print_text

    print_text(f"{summary.rows:,} rows read as {summary.format} into the set {summary.set!r}")
    names = ("examples", "responses", "pairs", "judgments", "reviews", "carried", "edited", "replaced")
    added = [(f"{getattr(summary, name):,}", name) for name in names if getattr(summary, name)]
    if added:
        print_table([("added", "")])
        print_table([(f"  {number:>7}", _ADDED.get(name, name)) for number, name in added])
    else:
        print_text("nothing new: all of it was there already")
    if summary.already_there and added:
        print_text(f"{summary.already_there:,} rows were there already")
    if summary.unused_fields:
        print_text("fields not used: " + ", ".join(repr(name) for name in summary.unused_fields))
    if summary.ignored:
        print_text("files in no known format, ignored: " + ", ".join(repr(name) for name in summary.ignored))
    _print_list("odd, kept as they are", [(str(odd.where), odd.what) for odd in summary.odd])
    _print_list("skipped", [(str(bad.where), bad.why) for bad in summary.skipped])


def _tell_next(summary: "ImportSummary") -> None:
    from uphold_tui.console import in_terminal, print_note

    if not in_terminal():
        return
    if summary.pairs and summary.judgments:
        print_note("next: uphold review")
    elif summary.pairs:
        print_note("next: uphold review, or first uphold judge --judge SPEC")
    elif summary.responses:
        print_note(
            "no pairs yet: uphold review --set NAME --candidate SYSTEM --baseline SYSTEM makes them of two systems' answers"
        )


_ADDED = {
    "carried": "decisions carried from equal pairs",
    "edited": "examples edited",
    "replaced": "responses replaced",
}


def _print_list(title: str, rows: list[tuple[str, str]]) -> None:
    from uphold_tui.console import print_table, print_text

    if not rows:
        return
    print_text(f"{len(rows):,} {title}:")
    print_table([(f"  {where}", what) for where, what in rows[:_LISTED]])
    if len(rows) > _LISTED:
        print_text(f"  and {len(rows) - _LISTED:,} more; --json lists all")


def imports(context: typer.Context, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List imports, or take one back with `imports drop N`."""
    if context.invoked_subcommand is not None:
        return
    from uphold.workflows.lookup import all_imports
    from uphold_tui.console import print_json, print_table, print_text

    with context.obj.open(reading=True) as store:
        found = all_imports(store)
    if json:
        print_json(
            [
                {"number": i.number, "at": i.at, "format": i.format, "set": i.set, "files": i.files, **i.counts}
                for i in found
            ]
        )
    elif not found:
        print_text("no imports yet; `uphold import FILE` makes one")
    else:
        rows = [
            (str(i.number), i.at[:16].replace("T", " "), i.format, i.set, _brought(i.counts), ", ".join(i.files))
            for i in found
        ]
        print_table([("", "when (UTC)", "format", "set", "brought", "from"), *rows], right=[0])


def _brought(counts: dict[str, int]) -> str:
    names = ("examples", "pairs", "judgments", "reviews")
    return ", ".join(f"{counts[name]:,} {name}" for name in names if counts.get(name)) or "answers"


def drop(
    context: typer.Context, number: Annotated[int, typer.Argument(metavar="N", help="Its number in `imports`.")]
) -> None:
    """Take an import back, while nobody has built on it."""
    from uphold.workflows.lookup import drop_import
    from uphold_tui.console import print_text

    with context.obj.open() as store:
        dropped = drop_import(store, number)
    print_text(f"import {number} is taken back: {_brought(dropped.counts)} of {dropped.set!r}")
