"""Groups of commands: what they say to a word that is no command; commands and groups that are loaded when they are used."""

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from uphold.errors import BadUsage


class CommandGroup(TyperGroup):
    """A group of commands that names the nearest one where a word is no command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not ctx.resilient_parsing and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from uphold_tui.commands.nearest import describe_unknown

            raise BadUsage(describe_unknown(self, ctx, args[0]))
        return super().resolve_command(ctx, args)


class DefaultGroup(CommandGroup):
    """A group whose first argument need not be a command: what is none is an argument of the command `default`.

    A run that is called like a command is named after `--`, or by its number.
    """

    default: ClassVar[str] = "compare"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args[:1] not in (["--help"], ["-h"]) and (not args or args[0] not in self.list_commands(ctx)):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return ["[RUN] [--json] | COMMAND [ARGS]..."]


def lazy_commands(table: Mapping[str, str]) -> type[CommandGroup]:
    """Return a group whose first commands are those of a table, each imported and made when it is first asked for.

    `table` has `module:name` by command; what is found there is a function, or a Typer app with commands of its own. Making
    all commands at every start took longer than what most of them do.
    """

    class LazyCommands(CommandGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return [*table, *(name for name in super().list_commands(ctx) if name not in table)]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name in table and cmd_name not in self.commands:
                self.add_command(_made(cmd_name, table[cmd_name]), cmd_name)
            return super().get_command(ctx, cmd_name)

    return LazyCommands


def _made(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    alone = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(found)
    return get_command(alone)


def lazy_group(module: str, description: str, *, with_default: bool = False) -> typer.Typer:
    """Return a group whose commands are those of `app` in a module, which is imported when they are first asked for.

    `with_default`: that group is a `DefaultGroup`.
    """

    class LazyGroup(DefaultGroup if with_default else CommandGroup):  # type: ignore[misc]  # either is a class
        @cached_property
        def loaded(self) -> TyperGroup:
            """The group itself."""
            return get_group(import_module(module).app)

        def list_commands(self, ctx: Any) -> list[str]:
            return self.loaded.list_commands(ctx)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return self.loaded.get_command(ctx, cmd_name)

    return typer.Typer(cls=LazyGroup, rich_markup_mode=None, no_args_is_help=not with_default, help=description)
