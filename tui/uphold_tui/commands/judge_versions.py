"""`uphold judges versions`: the versions of a judge that were kept for a set, read, compared, and written as a TOML file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.formatting import count, of_n
from uphold_tui.commands.options import AsJson, Context

if TYPE_CHECKING:
    from uphold.records.judge_clauses import Clause, PromptVersion

_SIGNS = {"added": "+", "removed": "-", "turned on": "+", "turned off": "-", "same": " "}


def versions(
    context: typer.Context,
    set_: Annotated[
        str | None, typer.Argument(metavar="[SET]", help="Name of the eval set; the project's by default.")
    ] = None,
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", help="Number of a version, to read it; else all are listed.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="NAME", help="Of this judge; of the latest one by default.")
    ] = None,
    against: Annotated[
        int | None, typer.Option("--against", metavar="M", help="Show what differs from this version.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.toml", help="Write version N as a judge's TOML file.")
    ] = None,
    json: AsJson = False,
) -> None:
    """List the versions of a judge that were kept in the workbench, read one, compare two, or write one as a TOML file.

    A kept version can also be asked by its name, such as --judge "strict v2".

    \b
    uphold judges versions support-desk 2 -o strict-v2.toml
    """
    from uphold.errors import BadUsage
    from uphold.workflows.judge_workbench import kept_versions, write_version
    from uphold.workflows.kept_judges import find_prompt
    from uphold.workflows.project import find_project_set
    from uphold_tui.console import print_line, print_note

    if number is None and (against is not None or output is not None):
        raise BadUsage("name the version: SET and its number N, before --against or -o")
    obj: Context = context.obj
    with obj.open(reading=True) as store:
        found = kept_versions(store, find_project_set(store, set_, obj.settings), judge)
        if number is None:
            _print_list(found, json=json)
            return
        version = find_prompt(found, number)
        if output is not None:
            where = write_version(store, version, output, obj.settings)
            print_note(f"version {number} of {version.name} is written to {output}")
            if where is not None:
                print_note(f"look at it before you use it: it is asked {where}, which nothing in uphold.toml says")
            return
    if against is not None:
        _print_difference(find_prompt(found, against), version, json=json)
        return
    if json:
        _print_json(_version_json(version))
        return
    print_line(f"{version.name}, version {count(version.number)}, kept on {version.created_at[:10]}")
    for place, clause in enumerate(version.prompt.clauses, 1):
        print_line(f"{place:>3}  {clause.text}{'' if clause.is_on else '  (off)'}")
        print_line(f"     {origin(clause)}")
    for shown in version.prompt.shown:
        print_line(f"  shown: {shown.key}, {shown.winner.value}")


def origin(clause: "Clause") -> str:
    """Return where a clause comes from, in words, with the version it came with: `from 4 overturned: too long, v2`."""
    match clause.source.value:
        case "reason":
            words = f"from {count(len(clause.pairs))} overturned: {clause.reason}, v{clause.since}"
        case "rubric":
            words = "of the rubric it had"
        case _:
            words = f"written, v{clause.since}"
    return words if clause.is_on else f"{words}; off since v{clause.off_since}"


def _print_list(found: "list[PromptVersion]", *, json: bool) -> None:
    from uphold_tui.console import print_table, print_text

    if json:
        _print_json([_version_json(version) for version in found])
    elif not found:
        print_text("no version yet: the workbench keeps them")
    else:
        rows = [
            (
                count(version.number),
                version.name,
                version.judge_version[:8],
                version.created_at[:16].replace("T", " "),
                of_n(sum(clause.is_on for clause in version.prompt.clauses), len(version.prompt.clauses)),
                count(len(version.prompt.shown)),
                version.reviewer or "",
            )
            for version in reversed(found)
        ]
        print_table([("version", "judge", "hash", "when (UTC)", "clauses on", "shown", "by"), *rows], right=[0, 5])


def _print_difference(before: "PromptVersion", after: "PromptVersion", *, json: bool) -> None:
    from uphold.records.judge_clauses import changed_clauses
    from uphold_tui.console import print_line

    changes = changed_clauses(before.prompt, after.prompt)
    if json:
        _print_json(
            {
                "judge": after.name,
                "before": before.number,
                "after": after.number,
                "changes": [{"change": change.value, "text": text} for change, text in changes],
            }
        )
        return
    print_line(f"{after.name}, version {count(before.number)} to {count(after.number)}")
    for change, text in changes:
        what = "" if change.value in ("added", "removed", "same") else f"  ({change.value})"
        print_line(f"{_SIGNS[change.value]} {text}{what}")


def _version_json(version: "PromptVersion") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "judge": version.name,
        "number": version.number,
        "version": version.judge_version,
        "parent": version.parent,
        "reviewer": version.reviewer,
        "at": version.created_at,
        "clauses": [{**asdict(clause), "on": clause.is_on} for clause in version.prompt.clauses],
        "shown": [
            {name: value for name, value in asdict(shown).items() if name != "pair_id"}
            for shown in version.prompt.shown
        ],
    }


def _print_json(value: object) -> None:
    from uphold_tui.console import print_json

    print_json(value)
