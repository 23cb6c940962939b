"""Groups of commands that are loaded when one of them is used, so that no other command waits for them."""

from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group


def lazy_group(module: str, description: str) -> typer.Typer:
    """Return a group whose commands are those of `app` in a module, which is imported when they are first asked for."""

    class LazyGroup(TyperGroup):
        @cached_property
        def loaded(self) -> TyperGroup:
            """The group itself."""
            return get_group(import_module(module).app)

        def list_commands(self, ctx: Any) -> list[str]:
            return self.loaded.list_commands(ctx)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return self.loaded.get_command(ctx, cmd_name)

    return typer.Typer(cls=LazyGroup, rich_markup_mode=None, no_args_is_help=True, help=description)
