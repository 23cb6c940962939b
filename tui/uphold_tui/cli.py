"""The command line: one Typer app; each command imports what it needs when it runs."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from uphold_tui.commands import compare, export, generate, import_, judge, review, show, stats
from uphold_tui.commands.context import Context

app = typer.Typer(
    name="uphold",
    rich_markup_mode=None,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    db: Annotated[Path | None, typer.Option("--db", help="The database; else $UPHOLD_DB, else ./uphold.db.")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file with settings.")] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Review an LLM judge's verdicts in the terminal; get win rates and agreement that can be believed."""
    context.obj = Context(db, config)
    if version:
        from uphold import __version__

        typer.echo(f"uphold {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from uphold_tui.console import in_terminal

        if in_terminal():
            review.start(context.obj)
        else:
            typer.echo(context.get_help())


_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": review.demo,
    "import": import_.import_,
    "generate": generate.generate,
    "perplexity": generate.perplexity,
    "judge": judge.judge,
    "review": review.review,
    "stats": stats.stats,
    "judges": compare.judges,
    "plan": compare.plan,
    "compare": compare.compare,
    "gate": compare.gate,
    "show": show.show,
    "runs": compare.runs,
    "export": export.export,
}


for name, command in _COMMANDS.items():
    app.command(name)(command)


imports = typer.Typer(rich_markup_mode=None, invoke_without_command=True, help="List imports, or take one back.")


imports.callback()(import_.imports)


imports.command("drop")(import_.drop)


app.add_typer(imports, name="imports")


_ANYWHERE = ("--db", "--config")
"""Options of the whole program that may stand behind the command too."""


def gathered(arguments: Sequence[str]) -> list[str]:
    """The arguments with those options in front, as the program reads them; nothing behind `--` is touched."""
    front: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        one = left.pop(0)
        if one == "--":
            return [*front, *rest, one, *left]
        if one in _ANYWHERE and left:
            front += [one, left.pop(0)]
        elif one.startswith(tuple(f"{name}=" for name in _ANYWHERE)):
            front.append(one)
        else:
            rest.append(one)
    return [*front, *rest]


def main() -> None:
    """Run the command line and leave with its exit code."""
    from uphold_tui.console import run_guarded

    sys.exit(run_guarded(lambda: app(gathered(sys.argv[1:]), prog_name="uphold", standalone_mode=False)))


if __name__ == "__main__":
    main()
