"""`uphold import`, `uphold imports` and `uphold imports drop`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.formatting import count_noun
from uphold_tui.commands.import_preview import preview_files
from uphold_tui.commands.import_summary import print_summary, summary_json
from uphold_tui.commands.lazy import CommandGroup
from uphold_tui.commands.options import AsJson, Context, FieldColumns

if TYPE_CHECKING:
    from uphold.records.import_request import ImportRequest
    from uphold.records.rows import ImportSummary


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or a folder.")],
    as_: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="FORMAT",
            help="alpaca-eval, arena-hard, inspect, lm-eval, mt-bench, pairs, pandalm, preferences, promptfoo, scores or"
            " uphold; detected by default.",
        ),
    ] = None,
    set_: Annotated[
        str | None,
        typer.Option("--set", metavar="NAME", help="The eval set: the project's, else named after the file."),
    ] = None,
    mapping: FieldColumns = None,
    systems: Annotated[
        list[str] | None,
        typer.Option(
            "--systems", metavar="NAME,...", help="Columns that hold the answers of systems; NAME=COLUMN renames one."
        ),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--map-value",
            metavar="FIELD:VALUE=WORD",
            help="Read another word of verdict, review, order or preference; may be repeated.",
        ),
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", metavar="COLUMN", help="Do not read a column; may be repeated.")
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
    system: Annotated[
        str | None, typer.Option("--system", metavar="NAME", help="Name of the system, for lm-eval and scores.")
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="Encoding of text files that are not UTF-8, such as utf-16."),
    ] = None,
    update: Annotated[
        bool,
        typer.Option("--update", help="Replace texts, answers, verdicts and decisions that differ from stored ones."),
    ] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Skip rows with errors and list them.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the first rows as they are understood; write nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Import examples, responses, verdicts and decisions, or scores of benchmarks.

    All rows are imported, or none. A file whose answers would be left out is refused with the command that takes them.

    \b
    uphold import answers.csv --candidate lora-r16 --baseline base-7b
    uphold import table.xlsx --map instruction=prompt --systems base,sft,dpo
    uphold import votes.jsonl --map-value verdict:model_a=candidate --dry-run
    """
    from uphold.records.import_request import ImportRequest
    from uphold_tui.console import print_json

    obj: Context = context.obj
    default_set = set_ is None and obj.project.set is not None
    set_ = set_ or obj.project.set
    request = ImportRequest(
        paths,
        as_,
        set_,
        read_mapping(mapping or []),
        candidate,
        baseline,
        baseline_file,
        update,
        skip_bad,
        systems=_systems(systems or []),
        words=_words(words or []),
        left_out=tuple(leave_out or ()),
        encoding=encoding,
        system=system,
        default_set=default_set,
        program=_program(obj),
        further=tuple(option for option, on in (("--dry-run", dry_run), ("--json", json)) if on),
    )
    if dry_run:
        preview_files(obj, request, json=json)
        return
    summary = _import_files(obj, request)
    if json:
        print_json(summary_json(summary))
    else:
        print_summary(summary)
        _print_next_step(obj, summary)


def _program(context: Context) -> tuple[str, ...]:
    """Return what begins a command line with the same global options."""
    options = (("--db", context.db), ("--config", context.config))
    return ("uphold", *(word for option, path in options if path is not None for word in (option, str(path))))


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


def _systems(options: list[str]) -> dict[str, str]:
    from uphold.errors import BadUsage
    from uphold.records.import_request import read_systems

    try:
        return read_systems(",".join(options)) if options else {}
    except ValueError as error:
        raise BadUsage(
            f"--systems wants names of columns such as base,sft, or sft=COLUMN, each once; it was given {str(error)!r}"
        ) from None


def _words(options: list[str]) -> dict[str, dict[str, str]]:
    from uphold.errors import BadUsage

    found: dict[str, dict[str, str]] = {}
    for text in options:
        name, colon, rest = text.partition(":")
        value, equals, word = rest.rpartition("=")
        if not (name and colon and value and equals and word):
            raise BadUsage(
                f"--map-value wants FIELD:VALUE=WORD, such as verdict:model_a=candidate; it was given {text!r}"
            )
        found.setdefault(name, {})[value] = word
    return found


def _import_files(context: Context, request: "ImportRequest") -> "ImportSummary":
    from contextlib import closing

    from uphold.records.rows import ImportSummary
    from uphold.workflows.importing import check_files, import_files
    from uphold_tui.console import progress

    check_files(request, context.path)
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


def _print_next_step(context: Context, summary: "ImportSummary") -> None:
    """Print the command that goes on from here, on standard error."""
    from uphold.workflows.next_step import next_step
    from uphold_tui.console import print_note

    with context.open(reading=True) as store:
        step = next_step(store, summary, context.settings)
    if step.command is not None:
        print_note(f"next: {step.command}")
    if step.remark:
        print_note(step.remark)


def imports(context: typer.Context, json: AsJson = False) -> None:
    """List the imports; `imports drop N` removes one.

    \b
    uphold imports --json
    """
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
    names = {"examples": "example", "pairs": "pair", "judgments": "judgment", "reviews": "review", "scores": "score"}
    return ", ".join(count_noun(counts[name], one) for name, one in names.items() if counts.get(name)) or "answers"


def drop(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="Number of the import, as `uphold imports` lists it.")],
) -> None:
    """Remove an import and all that it added, unless later data depends on it.

    \b
    uphold imports drop 3
    """
    from uphold.store.imports import drop_import
    from uphold_tui.console import print_text

    with context.obj.open() as store:
        dropped = drop_import(store, number)
    of_set = f" of {dropped.set!r}" if dropped.set else ""
    print_text(f"import {number} is taken back: {_added_counts(dropped.counts)}{of_set}")


imports_app = typer.Typer(cls=CommandGroup, rich_markup_mode=None, invoke_without_command=True)
imports_app.callback()(imports)
imports_app.command("drop")(drop)
