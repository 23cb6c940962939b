"""What makes tests of the app quick: waits for what it has to do, not for an idle processor, and style sheets parsed once.

Textual's own tests sleep in steps of 20 ms until the process takes little CPU time, at least three steps a key. Both what
that costs and whether it is enough depend on the machine. Here a wait is over when the event loop has nothing left to run,
no worker is at work in a thread, and everything that is to be painted is painted.
"""

import asyncio
import gc
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from textual import app as app_module
from textual import pilot as pilot_module
from textual._context import active_app
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

MAX_SECONDS = 20.0
"""How long a worker is waited for: one that waits for what the test does next would be waited for forever."""


async def settled(app: App[Any]) -> None:
    """Wait until the app has done all there is to do but what timers will bring."""
    end = monotonic() + MAX_SECONDS
    while True:
        await _nothing_ready()
        if app._exception is not None or not app._running or not app._screen_stack:
            return
        if _at_work(app) and monotonic() < end:
            await asyncio.sleep(0.001)
        elif not _painted(app):
            return


def _at_work(app: App[Any]) -> bool:
    """Whether a worker runs, or a resize waits for others that may follow on it."""
    return app._resize_timer is not None or any(worker.is_running for worker in app.workers)


def _painted(app: App[Any]) -> bool:
    """Paint what is to be painted on the screen at the top, without waiting for the next frame; was there anything?"""
    screen = app.screen
    pending = (
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )
    if not pending or app._batch_count:
        return False
    screen._on_timer_update()
    return True


async def _nothing_ready() -> None:
    """Give way until no task can go on: all of them wait for a message, a timer or a thread."""
    ready: Any = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    quiet = 0
    while quiet < 2:
        await asyncio.sleep(0)
        quiet = 0 if ready else quiet + 1


async def _wait_for_idle(min_sleep: float = 0.0, max_sleep: float = MAX_SECONDS) -> None:
    await settled(active_app.get())


def _settle_at_once(patch: pytest.MonkeyPatch) -> None:
    """Let every Pilot wait for what the app has to do, in place of the CPU time that the process takes."""
    for module in (app_module, pilot_module):
        patch.setattr(module, "wait_for_idle", _wait_for_idle)


def _parse_styles_once(patch: pytest.MonkeyPatch) -> None:
    """Let all apps of the process share the rules of the same style sheet with the same colours; a third of an app's start."""
    parse = Stylesheet._parse_rules
    known: dict[tuple[Any, ...], list[RuleSet]] = {}

    def parse_once(sheet: Stylesheet, css: str, **more: Any) -> list[RuleSet]:
        key = (css, tuple(sheet._variables.items()), tuple(more.items()))
        if key not in known:
            known[key] = parse(sheet, css, **more)
        return known[key]

    patch.setattr(Stylesheet, "_parse_rules", parse_once)


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> Iterator[None]:
    """For a conftest: Pilots wait as above, and apps find their style sheets parsed."""
    with pytest.MonkeyPatch.context() as patch:
        _settle_at_once(patch)
        _parse_styles_once(patch)
        yield


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """For a conftest: after each file of tests its apps go, and with them the databases that they hold open."""
    yield
    gc.collect()
