"""Groups of commands: what they say to a word that is no command; and groups that are loaded when they are used."""

from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from uphold.errors import BadUsage


class CommandGroup(TyperGroup):
    """A group of commands that names the nearest one where a word is no command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not ctx.resilient_parsing and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from uphold_tui.commands.nearest import describe_unknown

            raise BadUsage(describe_unknown(self, ctx, args[0]))
        return super().resolve_command(ctx, args)


def lazy_group(module: str, description: str) -> typer.Typer:
    """Return a group whose commands are those of `app` in a module, which is imported when they are first asked for."""

    class LazyGroup(CommandGroup):
        @cached_property
        def loaded(self) -> TyperGroup:
            """The group itself."""
            return get_group(import_module(module).app)

        def list_commands(self, ctx: Any) -> list[str]:
            return self.loaded.list_commands(ctx)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return self.loaded.get_command(ctx, cmd_name)

    return typer.Typer(cls=LazyGroup, rich_markup_mode=None, no_args_is_help=True, help=description)
