"""`uphold import`, `uphold imports` and `uphold imports drop`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.formatting import count, count_noun, noun
from uphold_tui.commands.options import Context, print_other_sets

if TYPE_CHECKING:
    from uphold.records.rows import ImportSummary
    from uphold.workflows.importing import ImportRequest

_ROWS_LISTED = 12

_ADDED_NAMES = {
    "examples": ("example", "examples"),
    "responses": ("response", "responses"),
    "pairs": ("pair", "pairs"),
    "judgments": ("judgment", "judgments"),
    "reviews": ("review", "reviews"),
    "carried": ("decision carried from an equal pair", "decisions carried from equal pairs"),
    "edited": ("example edited", "examples edited"),
    "replaced": ("response replaced", "responses replaced"),
}
"""What was added, by the field of the summary that counts it: one of them, and several; in the order of the output."""


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or a folder.")],
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="FORMAT", help="pairs, pandalm, mt-bench or alpaca-eval; detected by default."),
    ] = None,
    set_: Annotated[
        str | None,
        typer.Option("--set", metavar="NAME", help="The eval set: the project's, else named after the file."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Read a field from another column; may be repeated."),
    ] = None,
    candidate: Annotated[
        str | None, typer.Option("--candidate", metavar="SYSTEM", help="Name of the candidate, where rows have none.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="SYSTEM", help="Name of the baseline, where rows have none.")
    ] = None,
    baseline_file: Annotated[
        Path | None, typer.Option("--baseline-file", metavar="FILE", help="Outputs of the baseline, for alpaca-eval.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Replace texts, verdicts and decisions that differ from stored ones.")
    ] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Skip rows with errors and list them.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Import examples, responses, verdicts and decisions.

    Either all rows are imported or none. A row of the pairs format needs instruction, response_candidate and
    response_baseline; --map instruction=prompt reads other columns. Optional fields are key, reference, tags; judge,
    verdict (candidate, baseline or tie), reason; reviewer, review (the same values, or both-bad), note.
    """
    from uphold.workflows.importing import ImportRequest
    from uphold_tui.console import print_json

    set_ = set_ or context.obj.project.set
    request = ImportRequest(
        paths, as_, set_, read_mapping(mapping or []), candidate, baseline, baseline_file, update, skip_bad
    )
    summary = _import_files(context.obj, request)
    if json:
        print_json(_summary_json(summary))
    else:
        _print_summary(summary)
        _print_next_step(summary)


def read_mapping(options: list[str]) -> dict[str, str]:
    """Return the columns of --map by field; raises BadUsage for one that is not FIELD=COLUMN."""
    from uphold.errors import BadUsage

    pairs = [text.partition("=") for text in options]
    for name, equals, column in pairs:
        if not (name and equals and column):
            raise BadUsage(
                f"--map wants FIELD=COLUMN, such as instruction=prompt; it was given {name + equals + column!r}"
            )
    return {name: column for name, _, column in pairs}


def _import_files(context: Context, request: "ImportRequest") -> "ImportSummary":
    from contextlib import closing

    from uphold.records.rows import ImportSummary
    from uphold.workflows.importing import check_files, import_files
    from uphold_tui.console import progress

    check_files(request)
    with (
        context.open_or_make() as store,
        progress("importing") as bar,
        closing(import_files(store, request)) as updates,
    ):
        for update in updates:
            if isinstance(update, ImportSummary):
                return update
            read = count_noun(update.rows, "row")
            bar(update.done, update.total, f"writing {read}" if update.writing else read)
    raise AssertionError("an import ends with its summary")


def _summary_json(summary: "ImportSummary") -> dict[str, object]:
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
        "from_other_sets",
        "number",
    )
    return {
        **{name: getattr(summary, name) for name in names},
        "odd": [{"where": str(odd.source), "what": odd.message} for odd in summary.warnings],
        "skipped": [{"where": str(bad.source), "why": bad.reason} for bad in summary.skipped],
        **{name: getattr(summary, name) for name in more},
    }


def _print_summary(summary: "ImportSummary") -> None:
    from uphold_tui.console import print_table, print_text

    print_text(f"{count_noun(summary.rows, 'row')} read as {summary.format} into the set {summary.set!r}")
    added = [(name, getattr(summary, name)) for name in _ADDED_NAMES if getattr(summary, name)]
    if added:
        print_table([("added", "")])
        print_table([(f"  {count(number):>7}", noun(number, *_ADDED_NAMES[name])) for name, number in added])
    else:
        print_text("nothing new: all of it was there already")
    if summary.already_there and added:
        rows = count_noun(summary.already_there, "row was", "rows were")
        print_text(f"{rows} there already")
    print_other_sets(summary.from_other_sets)
    if summary.unused_fields:
        print_text("fields not used: " + ", ".join(repr(name) for name in summary.unused_fields))
    if summary.ignored:
        print_text("files in no known format, ignored: " + ", ".join(repr(name) for name in summary.ignored))
    _print_list("odd, kept as they are", [(str(odd.source), odd.message) for odd in summary.warnings])
    _print_list("skipped", [(str(bad.source), bad.reason) for bad in summary.skipped])


def _print_next_step(summary: "ImportSummary") -> None:
    """Suggest the next command, if a person is at the terminal."""
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


def _print_list(title: str, rows: list[tuple[str, str]]) -> None:
    from uphold_tui.console import print_table, print_text

    if not rows:
        return
    print_text(f"{count(len(rows))} {title}:")
    print_table([(f"  {where}", what) for where, what in rows[:_ROWS_LISTED]])
    if len(rows) > _ROWS_LISTED:
        print_text(f"  and {count(len(rows) - _ROWS_LISTED)} more; --json lists all")


def imports(context: typer.Context, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the imports; `imports drop N` removes one."""
    if context.invoked_subcommand is not None:
        return
    from uphold.store.imports import all_imports
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
            (str(i.number), i.at[:16].replace("T", " "), i.format, i.set, _added_counts(i.counts), ", ".join(i.files))
            for i in found
        ]
        print_table([("", "when (UTC)", "format", "set", "brought", "from"), *rows], right=[0])


def _added_counts(counts: dict[str, int]) -> str:
    names = {"examples": "example", "pairs": "pair", "judgments": "judgment", "reviews": "review"}
    return ", ".join(count_noun(counts[name], one) for name, one in names.items() if counts.get(name)) or "answers"


def drop(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="Number of the import, as `uphold imports` lists it.")],
) -> None:
    """Remove an import and all that it added, unless later data depends on it."""
    from uphold.store.imports import drop_import
    from uphold_tui.console import print_text

    with context.obj.open() as store:
        dropped = drop_import(store, number)
    print_text(f"import {number} is taken back: {_added_counts(dropped.counts)} of {dropped.set!r}")
