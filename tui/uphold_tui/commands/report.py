"""`uphold report` and `uphold replay`: a report of runs to hand on, and whether it still holds."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold_tui.commands.options import AsJson, Force, RunName

if TYPE_CHECKING:
    from uphold.records.replayed import Replay
    from uphold.workflows.lookup import Store
    from uphold.workflows.reporting import ReportRequest
    from uphold.workflows.run_evidence import CollectedRun

_CHANGED = 1
"""Exit code of a replay that finds something changed."""

_MOST = 40
"""Changes that are listed for people: the file and the facts come first, then figures."""


def report(
    context: typer.Context,
    runs: Annotated[list[str] | None, typer.Argument(metavar="[RUN]...", help="Names or numbers of runs.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write: .html or .md.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="NAME", help="Rest the numbers on this judge.")
    ] = None,
    no_names: Annotated[bool, typer.Option("--no-names", help="Number the reviewers and name none of them.")] = False,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Write a report of one or several runs to hand on: what they show, what it rests on, what they cannot show.

    The path of the file is printed. With --json and no file nothing is written, and the decision is printed.

    uphold report lora-r32-vs-base -o report.html

    uphold report 3 4 5 -o checkpoints.md --no-names
    """
    from uphold.errors import BadUsage
    from uphold.workflows.reporting import ReportRequest

    if output is None and not json:
        raise BadUsage("name the file to write with -o FILE.html or -o FILE.md; --json prints the decision alone")
    request = ReportRequest(tuple(runs or ()), judge, no_names)
    if output is None:
        _print_decisions(context, request)
    else:
        _write(context, request, output, force=force, json=json)


def _print_decisions(context: typer.Context, request: "ReportRequest") -> None:
    from uphold.workflows.reporting import collect
    from uphold_tui.console import print_json, progress

    with context.obj.open(reading=True) as store, progress("reading the run"):
        found = collect(store, _with_run(context, store, request))
    print_json(_json(found, request))


def _write(context: typer.Context, request: "ReportRequest", output: Path, *, force: bool, json: bool) -> None:
    from uphold.errors import BadUsage
    from uphold.workflows.file_writing import FileExists
    from uphold.workflows.reporting import write_report
    from uphold_tui.console import print_json, print_line, print_note, progress

    with context.obj.open(reading=True) as store, progress("reading the run"):
        try:
            written = write_report(store, _with_run(context, store, request), output, force=force)
        except FileExists as error:
            raise BadUsage(f"{error}, or replace it with --force") from error
    if not written.recorded:
        print_note("the database is read-only: the report is not recorded in it, and `uphold replay` cannot check it")
    if json:
        print_json({**_json(written.runs, request), "path": str(written.path)})
    else:
        print_line(str(output))


def _json(runs: "Sequence[CollectedRun]", request: "ReportRequest") -> dict[str, Any]:
    """Return the report of one run as JSON, of several as a list under `reports`."""
    from uphold.reports.figures import report_json
    from uphold.workflows.reporting import shown_evidence

    found = [report_json(one) for one in shown_evidence(runs, request)]
    return found[0] if len(found) == 1 else {"reports": found}


def _with_run(context: typer.Context, store: "Store", request: "ReportRequest") -> "ReportRequest":
    """Return the request with the run that is meant where none is named: the project's set may have one."""
    from dataclasses import replace

    from uphold.workflows.project import run_meant

    if request.runs:
        return request
    meant = run_meant(store, None, context.obj.project.set)
    return request if meant is None else replace(request, runs=(meant,))


def replay(context: typer.Context, run: RunName = None, json: AsJson = False) -> None:
    """Check the last report of a run: its file, every figure, and the facts behind them.

    Figures are computed again from the texts, judgments and decisions that are stored. What no longer holds is named; what
    was added in the ordinary way since then is told apart. Exit code 0 if all holds, 1 if something changed.

    \b
    uphold replay lora-r32-vs-base
    """
    from uphold.reports.figures import replay_json
    from uphold.workflows.project import run_meant
    from uphold.workflows.replaying import replay_report
    from uphold_tui.console import print_json, progress

    with context.obj.open(reading=True) as store, progress("checking the report"):
        found = replay_report(store, run_meant(store, run, context.obj.project.set))
    if json:
        print_json(replay_json(found))
    else:
        _print_replay(found)
    if not found.holds:
        raise typer.Exit(_CHANGED)


def _print_replay(found: "Replay") -> None:
    from uphold.formatting import count, count_noun
    from uphold_tui.console import print_line

    written = found.report
    print_line(f"{written.path}: written {written.created_at[:10]} with uphold {written.made_with}")
    if found.holds:
        figures, facts = count_noun(len(written.figures), "figure"), count_noun(found.facts, "fact")
        print_line(f"holds: the file and all {figures}, recomputed; all {facts} behind them are as they were")
    else:
        print_line(f"no longer holds: {count_noun(len(found.changed), 'change')}")
        for one in found.changed[:_MOST]:
            print_line(f"  {one.what}: was {_shown(one.was)}, is {_shown(one.now)}")
        if len(found.changed) > _MOST:
            print_line(f"  and {count(len(found.changed) - _MOST)} more; --json lists all")
    for sentence in found.since:
        print_line(f"since then: {sentence}")


def _shown(value: str | float | None) -> str:
    if value is None:
        return "nothing"
    return f"{value:g}" if isinstance(value, float) else str(value)
