"""`uphold runs` and `uphold runs bless`: the checkpoints of a set, and the one that later ones are held against."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.formatting import NONE, count, of_n, points, points_interval, score
from uphold_tui.commands.lazy import CommandGroup
from uphold_tui.commands.options import AsJson, RunName, reviewer_name

if TYPE_CHECKING:
    from uphold.records.checkpoints import CheckpointRow
    from uphold.records.comparisons import RunDifference
    from uphold.records.headline_judge import HeadlineJudge

app = typer.Typer(cls=CommandGroup, rich_markup_mode=None, invoke_without_command=True)


@app.callback()
def runs(
    context: typer.Context,
    set_: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="List the runs of this set; the project's by default.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List the runs of every set.")] = False,
    json: AsJson = False,
) -> None:
    """List the runs, or bless the one that others are held against.

    Each run stands with its difference to the blessed run of its set, by people's decisions, a tie being half a win.

    \b
    uphold runs
    uphold runs --set desk --json
    """
    if context.invoked_subcommand is not None:
        return
    from uphold.errors import BadUsage
    from uphold.reports.json_output import checkpoint_row_json
    from uphold.workflows.checkpoints import checkpoint_rows
    from uphold.workflows.lookup import find_set
    from uphold.workflows.project import has_set
    from uphold_tui.console import print_json, print_text

    if all_ and set_ is not None:
        raise BadUsage("name a set with --set, or list all with --all; not both")
    with context.obj.open(reading=True) as store:
        wanted = None if all_ else set_
        if wanted is not None:
            find_set(store, wanted)
        elif not all_ and has_set(store, context.obj.project.set):
            wanted = context.obj.project.set
        rows = checkpoint_rows(store, wanted)
    if json:
        print_json([{**_row_json(row), **checkpoint_row_json(row)} for row in rows])
    elif not rows:
        print_text("no runs yet; `uphold import FILE` or `uphold judge --set ...` makes one")
    else:
        _print_rows(rows)


def bless(
    context: typer.Context,
    run: RunName = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Why this one.")] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Who blesses it; the user name by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a run the one of its set that later ones are held against.

    `runs`, `run` and `gate` show the difference to it from then on.

    \b
    uphold runs bless 2 --note 'went live'
    """
    from uphold.workflows.checkpoints import bless_run
    from uphold.workflows.project import run_meant
    from uphold_tui.console import print_json, print_line

    who = reviewer_name(context.obj.settings, reviewer)
    with context.obj.open() as store:
        found = bless_run(store, run_meant(store, run, context.obj.project.set), note, who)
    if json:
        print_json(
            {
                "run": found.run.name,
                "set": found.run.set,
                "date": found.created_at,
                "note": found.note,
                "reviewer": found.reviewer,
            }
        )
    else:
        print_line(f"{found.run.name} is the blessed run of {found.run.set}: later ones are held against it")


app.command("bless")(bless)


def _row_json(row: "CheckpointRow") -> dict[str, object]:
    counts, run = row.row, row.run
    return {
        "run": run.name,
        "number": run.number,
        "set": run.set,
        "candidate": run.candidate,
        "baseline": run.baseline,
        "pairs": counts.pairs,
        "reviewed": counts.reviewed,
        "wins": counts.wins,
        "ties": counts.ties,
        "losses": counts.losses,
        "unresolved": counts.unresolved,
        "judge_reason": row.judge.reason.value,
        "judged": counts.judged,
        "disputed": counts.disputed,
    }


def _print_rows(rows: "list[CheckpointRow]") -> None:
    """Print the table; above a run before which the judge or the set changed stands a line that says so."""
    from uphold_tui.console import print_line, print_text, table_lines

    head, columns = _columns(rows)
    cells = [head, *([column(row) for column in columns] for row in rows)]
    right = [place for place, name in enumerate(head) if name in _NUMBERS]
    lines = table_lines(cells, right=right)
    print_text(lines[0])
    for row, line in zip(rows, lines[1:], strict=True):
        for sentence in _changes(row):
            print_line(f"~ {sentence}")
        print_text(line)


_NUMBERS = ("", "pairs", "reviewed", "carried", "lost", "won")


def _columns(rows: "list[CheckpointRow]") -> "tuple[list[str], list[Callable[[CheckpointRow], str]]]":
    """Return the names of the columns, and what each shows of a run; those that no run fills are left out."""
    some_blessed = any(row.blessed is not None for row in rows)
    table: list[tuple[str, bool, Callable[[CheckpointRow], str]]] = [
        ("", True, lambda row: str(row.run.number)),
        ("run", True, lambda row: row.run.name + (" (blessed)" if row.blessed is not None else "")),
        ("set", True, _set),
        ("date", True, lambda row: row.created_at[:10]),
        ("pairs", True, lambda row: count(row.row.pairs)),
        ("reviewed", True, lambda row: count(row.row.reviewed)),
        ("carried", any(row.reading.carried for row in rows), lambda row: count(row.reading.carried)),
        ("wins-ties-losses", True, _humans),
        ("against blessed", some_blessed, lambda row: _difference(row.difference)),
        ("lost", some_blessed, lambda row: NONE if row.lost is None else count(row.lost)),
        ("won", some_blessed, lambda row: NONE if row.won is None else count(row.won)),
        ("judge", True, _judge),
        ("agreement", True, _agreement),
        ("scores", any(row.scores for row in rows), _scores),
    ]
    shown = [(name, column) for name, is_shown, column in table if is_shown]
    return [name for name, _ in shown], [column for _, column in shown]


def _changes(row: "CheckpointRow") -> Iterator[str]:
    from uphold.reports.comparison_report import change_sentences

    if row.changes:
        before = "" if row.before is None else f" (since {row.before.name})"
        yield from (f"{sentence}{before}" for sentence in change_sentences(row.changes))


def _set(row: "CheckpointRow") -> str:
    return row.run.set if row.set_version is None else f"{row.run.set} v{row.set_version}"


def _humans(row: "CheckpointRow") -> str:
    found = row.row
    return "-".join(map(count, (found.wins, found.ties, found.losses))) if found.reviewed else NONE


def _difference(found: "RunDifference") -> str:
    """Return a difference in points with its interval: `+3.0 (−2.0 to +9.0)`."""
    if found.difference is None:
        return NONE
    number = points(found.difference, 1)
    if found.low is None or found.high is None:
        return number
    return f"{number} ({points_interval(found.low, found.high, 1)})"


def _agreement(row: "CheckpointRow") -> str:
    """Return on how many pairs the judge and people agree, as `uphold stats` counts them."""
    found = row.agreement
    return of_n((found.rate or 0) * found.n, found.n) if found.n else NONE


_SCORES_SHOWN = 3


def _scores(row: "CheckpointRow") -> str:
    """Return the scores of a run's candidate that are no part of another, the first ones: `mmlu:acc 61.2`."""
    from uphold.records.scores import shares
    from uphold.workflows.benchmarks import shown_scores

    shown = [f"{name} {score(one.value, is_share=shares(one))}" for name, one in shown_scores(row.scores).items()]
    more = f", {count(len(shown) - _SCORES_SHOWN)} more" if len(shown) > _SCORES_SHOWN else ""
    return ", ".join(shown[:_SCORES_SHOWN]) + more or NONE


def _judge(row: "CheckpointRow") -> str:
    """Return the judge of the headline; one that has not read every pair with how many it has read."""
    from uphold.records.headline_judge import words_behind_name

    found: HeadlineJudge = row.judge
    return found.unknown or NONE if found.shown is None else found.shown.name + words_behind_name(found)
