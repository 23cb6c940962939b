"""`uphold runs`."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uphold.records.runs import RunRow


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("runs")(runs)


def runs(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the runs: each candidate against a baseline over a set."""
    from uphold.steps.home import home
    from uphold_tui.console import say, say_json, say_table

    with context.obj.open(reading=True) as store:
        rows = home(store).runs
    if json:
        say_json([_as_json(row) for row in rows])
    elif not rows:
        say("no runs yet; `uphold import FILE` or `uphold judge --set ...` makes one")
    else:
        say_table(
            [("", "run", "set", "pairs", "reviewed", "wins-ties-losses", "judge", "agreement"), *map(_line, rows)],
            right=[0, 3, 4],
        )


def _as_json(row: "RunRow") -> dict[str, object]:
    return {
        "run": row.run.name, "number": row.run.number, "set": row.run.set, "candidate": row.run.candidate,
        "baseline": row.run.baseline, "pairs": row.pairs, "reviewed": row.reviewed, "wins": row.wins, "ties": row.ties,
        "losses": row.losses, "unresolved": row.unresolved, "judge": row.judge, "judged": row.judged,
        "disputed": row.disputed,
    }  # fmt: skip


def _line(row: "RunRow") -> tuple[str, ...]:
    humans = f"{row.wins}-{row.ties}-{row.losses}" if row.reviewed else "–"
    agreement = f"{row.agree} of {row.compared}" if row.compared else "–"
    counts = (f"{row.pairs:,}", f"{row.reviewed:,}", humans)
    return (str(row.run.number), row.run.name, row.run.set, *counts, row.judge or "–", agreement)
