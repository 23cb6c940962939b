"""`uphold completion SHELL`: the script with which a shell completes uphold's commands and options."""

import os
from enum import StrEnum
from typing import Annotated

import typer

_PROGRAM, _VARIABLE = "uphold", "_UPHOLD_COMPLETE"


class Shell(StrEnum):
    """Shells that a script can be printed for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]) -> None:
    """Print a completion script for a shell.

    For bash: source <(uphold completion bash)

    \b
    uphold completion bash
    uphold completion zsh
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # imported there, not listed

    typer.echo(get_completion_script(prog_name=_PROGRAM, complete_var=_VARIABLE, shell=shell.value))


def prepare_completion() -> None:
    """Register the shells where this process was started by a completion script."""
    if _VARIABLE in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]

        completion_init()
