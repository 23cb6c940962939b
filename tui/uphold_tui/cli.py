"""The command line interface: a Typer app whose commands import what they need when they run."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from uphold_tui.commands.lazy import lazy_commands, lazy_group
from uphold_tui.commands.options import Context

_COMMANDS = {
    "demo": "review:demo",
    "init": "init:init",
    "import": "import_:import_",
    "run": "run_checkpoint:run_checkpoint",
    "generate": "generate:generate",
    "perplexity": "generate:perplexity",
    "judge": "judge:judge",
    "review": "review:review",
    "next": "decide:next_",
    "decide": "decide:decide",
    "pack": "pack:pack",
    "merge": "pack:merge",
    "stats": "stats:stats",
    "plan": "compare:plan",
    "compare": "compare:compare",
    "gate": "compare:gate",
    "scores": "scores:scores",
    "show": "show:show",
    "report": "report:report",
    "replay": "report:replay",
    "export": "export:export",
    "backup": "backup:backup",
    "doctor": "doctor:doctor",
    "completion": "completion:completion",
    "imports": "import_:imports_app",
    "runs": "runs:app",
}
"""The commands in the order of the help, each with its module in `uphold_tui.commands` and its name there."""

app = typer.Typer(
    name="uphold",
    cls=lazy_commands({name: f"uphold_tui.commands.{place}" for name, place in _COMMANDS.items()}),
    rich_markup_mode=None,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    db: Annotated[
        Path | None, typer.Option("--db", help="Path of the database; $UPHOLD_DB or ./uphold.db by default.")
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="TOML file with settings.")] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Review an LLM judge's verdicts in the terminal; compute win rates and judge-human agreement.

    Without a command, in a terminal, the start screen opens.

    \b
    uphold demo
    uphold import answers.csv --candidate lora-r16 --baseline base-7b
    uphold review
    """
    context.obj = Context(db, config)
    if version:
        from uphold import __version__

        typer.echo(f"uphold {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from uphold_tui.console import in_terminal

        if in_terminal():
            from uphold_tui.commands import review

            review.start(context.obj)
        else:
            typer.echo(context.get_help())


app.add_typer(
    lazy_group("uphold_tui.commands.sets", "Curate eval sets, and say what their numbers rest on."), name="set"
)
app.add_typer(
    lazy_group(
        "uphold_tui.commands.judges",
        "Compare the judges of a run; show what a judge is asked; try and test one."
        "\n\n\b\nuphold judges\nuphold judges 1 --json",
        with_default=True,
    ),
    name="judges",
)
app.add_typer(lazy_group("uphold_tui.commands.systems", "Rename systems."), name="systems")
app.add_typer(lazy_group("uphold_tui.commands.reviewers", "Rename reviewers."), name="reviewers")

_GLOBAL_OPTIONS = ("--db", "--config")


def global_options_first(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the global options moved before the command, where Typer expects them.

    Arguments after `--` are left alone.
    """
    front: list[str] = []
    rest: list[str] = []
    remaining = list(arguments)
    while remaining:
        argument = remaining.pop(0)
        if argument == "--":
            return [*front, *rest, argument, *remaining]
        if argument in _GLOBAL_OPTIONS and remaining:
            front += [argument, remaining.pop(0)]
        elif argument.startswith(tuple(f"{name}=" for name in _GLOBAL_OPTIONS)):
            front.append(argument)
        else:
            rest.append(argument)
    return [*front, *rest]


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    from uphold_tui.console import UnknownErrors, run_guarded

    first = global_options_first(arguments)
    return run_guarded(
        lambda: app(first, prog_name="uphold", standalone_mode=False), UnknownErrors(_explain, _describe)
    )


def _explain(error: Exception) -> Exception | None:
    """Return the error that names the value in the database which can have led to another one, if there is one."""
    from uphold.workflows.lookup import explain_error

    return explain_error(Context.opened[-1], error) if Context.opened else None


def _describe(error: Exception) -> str:
    """Write an error of the program's own into a log file, and return the sentence that names it."""
    from uphold_tui.error_log import describe_error

    return describe_error(error)


def main() -> None:
    """Run the command line and exit with its exit code."""
    from uphold_tui.commands.completion import prepare_completion

    prepare_completion()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
