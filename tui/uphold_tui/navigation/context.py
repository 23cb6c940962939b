"""The context that every part of the navigation works with."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import App

from uphold.settings import Settings
from uphold.workflows.lookup import Store
from uphold_tui.app_options import AppOptions


@dataclass(frozen=True)
class NavigationContext:
    """The app that shows the screens, and what they are made from.

    `reviewer` returns the name of who reviews now; `close` goes back to the screen before.
    """

    app: App[str]
    store: Store
    options: AppOptions
    settings: Settings
    reviewer: Callable[[], str]
    close: Callable[[], None]
