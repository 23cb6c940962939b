"""The Textual app: themes, the first screen, and how it ends."""

import gc
import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Event, Paste
from textual.events import Key as KeyEvent
from textual.filter import Monochrome, NoColor
from textual.screen import Screen
from textual.worker import WorkerFailed

from uphold.errors import BadUsage, DatabaseLost, UpholdError
from uphold.settings import Settings
from uphold_tui import safe_text, themes
from uphold_tui.app_options import AppOptions
from uphold_tui.navigation.navigator import Navigator
from uphold_tui.place import HasPlace, Place
from uphold_tui.user_state import save_state, state_file
from uphold_tui.widgets.keys_in_turn import KeysInTurn

if TYPE_CHECKING:
    from uphold.records.runs import Run
    from uphold.workflows.checkpoint_run import CheckpointRequest
    from uphold.workflows.lookup import Store
    from uphold.workflows.review_resuming import WantedReview
    from uphold.workflows.review_session import ReviewSession
    from uphold_tui.dialogs.commands import Command
    from uphold_tui.new_checkpoint.background import CheckpointStatus

_LARGEST_SIDE = 2000
"""Columns or rows of the largest screen that is believed to exist."""

WORK_LEFT = 4
"""Exit code where something was not kept, or the app stopped because of an error of its own."""


@dataclass(frozen=True, slots=True)
class AppEnd:
    """How the app ended: what is to be printed in the terminal, and the exit code.

    `message` is the summary of the last session. `troubles` are sentences: what was not kept, what became of the
    database, and why the app stopped where nobody left it. `checkpoint` is how far the one came that the app was opened
    for.
    """

    message: str | None = None
    troubles: tuple[str, ...] = ()
    code: int = 0
    checkpoint: "CheckpointStatus | None" = None


@dataclass(frozen=True, slots=True)
class NewCheckpoint:
    """A checkpoint that the app is opened for, and how many pairs of it the reviewer plans to read."""

    request: "CheckpointRequest"
    planned: int | None = None


_LEAVE_NOW = "ctrl+c"
"""The key that waits for nothing."""


class UpholdApp(App[str]):
    """uphold in the terminal. Returns what is to be printed after leaving, if anything."""

    TITLE = "uphold"
    ENABLE_COMMAND_PALETTE = False
    INHERIT_BINDINGS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(_LEAVE_NOW, "leave_now", "leave", show=False, priority=True),
        Binding("ctrl+q", "leave_now", "leave", show=False),
    ]

    def __init__(
        self,
        store: "Store",
        session: "ReviewSession | None" = None,
        options: AppOptions | None = None,
        settings: Settings | None = None,
        checkpoint: "NewCheckpoint | None" = None,
    ) -> None:
        super().__init__()
        self.failure: Exception | None = None
        self._in_turn = KeysInTurn(self, self._hand_on)
        self.options = options or AppOptions()
        self.navigator = Navigator(self, store, self.options, settings or Settings())
        for theme in themes.OWN:
            self.register_theme(theme)
        self.theme = self._first_theme()
        self.watch_theme()
        self.set_keymap(self.options.keymap)
        self._session, self._checkpoint = session, checkpoint

    def get_default_screen(self) -> Screen[Any]:
        """Return the screen that the app opens with; it is there from the start, and no other one is drawn before it."""
        if self._checkpoint is not None:
            screen: Screen[Any] = self.navigator.checkpoints.first_screen(
                self._checkpoint.request, self._checkpoint.planned
            )
        else:
            screen = self.navigator.first_screen(self._session)
        # Textual reads the styles of a screen when it is pushed, which this one is not, and then parses all styles again.
        self.stylesheet.read_all(screen.css_path)
        return screen

    def _first_theme(self) -> str:
        """The theme of uphold.toml, else the one that was chosen last, where there still is one of that name."""
        remembered = self.options.state.theme
        if self.options.theme is None and remembered in self.available_themes:
            return remembered
        return self._known_theme(self.options.theme or themes.usual_theme(self.console.color_system))

    def _known_theme(self, theme: str) -> str:
        if theme not in self.available_themes:
            raise BadUsage(f"there is no theme {theme!r}; themes are {', '.join(sorted(self.available_themes))}")
        return theme

    def watch_theme(self) -> None:
        """With NO_COLOR take colours away in the way that the theme at hand needs.

        Textual chooses once, before there is a theme: greys for the terminal's own colours would be black on black.
        """
        if self.no_color:
            kept = [one for one in self._filters if not isinstance(one, (Monochrome, NoColor))]
            self._filters = [*kept, NoColor() if self.native_ansi_color else Monochrome()]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of the sides and the strengths of text, for the theme at hand."""
        return themes.variables(self.current_theme)

    def on_ready(self) -> None:
        """The first frame is there: what was loaded until then stays, and the garbage collector works again."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    async def on_event(self, event: Event) -> None:
        """Handle an event. A key waits until the key before it has done what it does, all but the one that leaves at once."""
        is_typed = isinstance(event, KeyEvent | Paste) and not event.is_forwarded
        if not is_typed or (isinstance(event, KeyEvent) and event.key == _LEAVE_NOW):
            await super().on_event(event)
        elif not self._in_turn.keep(event):
            await self._hand_on(event)

    async def _hand_on(self, event: Event) -> None:
        """Hand a key or a pasted text to what has the focus, and let the next one wait for what becomes of it."""
        target = self.focused or self.screen
        await super().on_event(event)
        self._in_turn.follow(target if event.is_forwarded else self)

    def on_key(self, event: KeyEvent) -> None:
        """A key that nobody took: Q quits from any overlay."""
        if self.screen.is_modal and event.key in self.options.quit_keys:
            self.action_quit_app()

    # the palette

    @property
    def _place(self) -> Place:
        """What the screen on top is about, dialogs aside; else the one below it."""
        screens = (screen for screen in reversed(self.screen_stack) if isinstance(screen, HasPlace))
        return next((screen.place for screen in screens), Place())

    def commands_anywhere(self, key_ids: Collection[str]) -> "list[Command]":
        """Return what the palette offers on every screen, as far as it makes sense on the one at hand."""
        from uphold_tui.palette import commands_anywhere

        return commands_anywhere(self._place, key_ids, blind=self.navigator.is_blind)

    def words_of_key(self, key_id: str) -> str:
        """Return more words that find the command of a key."""
        from uphold_tui.palette import words_of_key

        return words_of_key(key_id)

    def action_anywhere(self, index: int) -> None:
        """Do a command of the palette's table."""
        from uphold_tui.palette import ShowsMessages, perform

        try:
            perform(index, self.navigator, self._place)
        except UpholdError as error:
            if isinstance(self.screen, ShowsMessages):
                self.screen.show_message(safe_text.line(str(error), themes.DOUBT))

    def action_quit_app(self) -> None:
        """Leave the app from any screen, each closed as its own key closes it; ask where something would be lost."""
        self.navigator.quit()

    def action_leave_now(self) -> None:
        """Leave at once; what is not saved is named in the terminal."""
        self.navigator.exit()

    # Textual prints a traceback with the values of all variables, texts of pairs and keys among them.

    def _handle_exception(self, error: Exception) -> None:
        """Remember the first error of a handler, a worker or a render; the app ends."""
        if self.failure is None:
            self.failure = _cause(error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """Stop without printing; `run_app` returns the sentence."""
        error = sys.exc_info()[1]
        self.failure = self.failure or (error if isinstance(error, Exception) else RuntimeError("panic"))
        self._close_messages_no_wait()

    def action_theme(self, name: str) -> None:
        """Change the theme, and remember it."""
        if name in self.available_themes:
            self.theme = self.options.state.theme = name


def run_app(
    store: "Store",
    options: AppOptions,
    settings: Settings,
    *,
    run: "Run | None" = None,
    review: "WantedReview | None" = None,
    start: bool = False,
    checkpoint: NewCheckpoint | None = None,
) -> AppEnd:
    """Run the app until it is left; returns what is to be printed in the terminal, and the exit code.

    Opens the review of `run`, or of the only run of the file, as `review` and the last session say; with several, or when
    `start` asks for it, the start screen; with `checkpoint` its screen, on which it is brought in. Raises BadUsage for a
    judge or theme that does not exist.
    """
    session = None
    wanted = run or (None if start or checkpoint is not None else _only_run(store))
    if wanted is not None:
        from uphold.workflows.review_resuming import resume_review

        session = resume_review(store, wanted, options.reviewer, review)
    # What is there by now stays; without this the collector goes over a long queue during the first frames.
    gc.freeze()
    app = _make_app(lambda: UpholdApp(store, session, options, settings, checkpoint))
    store.tell_waits(None)  # nothing may be printed over the app
    remembered = replace(options.state)
    try:
        app.run()
    except Exception as error:
        app.failure = app.failure or error
    finally:
        app.navigator.stop_importing()
        app.navigator.stop_judging()
        save_state(state_file(), remembered, options.state)
    return app_end(app, store.lost())


def app_end(app: UpholdApp, lost: DatabaseLost | None) -> AppEnd:
    """Return how an app ended that was run; `lost` says what became of its database."""
    navigator = app.navigator
    failure = (navigator.store.explain(app.failure) if app.failure is not None else None) or app.failure
    troubles = [f"not kept: {words}" for words in navigator.all_not_kept()]
    if lost is not None:
        troubles.append(str(lost))
    if (judging := navigator.judging_error()) is not None:
        troubles.append(f"judging stopped: {judging}")
    if (left := navigator.import_trouble()) is not None:
        troubles.append(left)
    if (left := navigator.checkpoints.trouble()) is not None:
        troubles.append(left)
    code = WORK_LEFT if troubles or app.return_code else 0
    troubles += navigator.unsaved.saved_elsewhere()
    if isinstance(failure, DatabaseLost) and lost is not None:
        failure = None  # it is said already
    if isinstance(failure, UpholdError):
        troubles.append(str(failure))
        code = failure.exit_code
    elif failure is not None:
        from uphold_tui.error_log import describe_error

        troubles.append(describe_error(failure))
        code = WORK_LEFT
    first = navigator.checkpoints.first
    checkpoint = first.status if first is not None else None
    return AppEnd(navigator.last_words(lost), tuple(dict.fromkeys(troubles)), code, checkpoint)


def _cause(error: Exception) -> Exception:
    """Return the error itself where a worker wrapped it."""
    cause = error.error if isinstance(error, WorkerFailed) else error
    return cause if isinstance(cause, Exception) else error


def _make_app(make: Callable[[], UpholdApp]) -> UpholdApp:
    """Make the app. Raises BadUsage where Textual cannot start with what the environment says."""
    for name in ("COLUMNS", "LINES"):
        # Textual believes these, and lays out a screen of that size; the terminal itself knows better.
        if os.environ.get(name, "").isdecimal() and int(os.environ[name]) > _LARGEST_SIDE:
            del os.environ[name]
    try:
        return make()
    except (ImportError, AttributeError, LookupError, RuntimeError, ValueError) as error:
        named = [name for name in ("TEXTUAL_DRIVER", "TEXTUAL_COLOR_SYSTEM") if os.environ.get(name)]
        if not named:
            raise
        what = " and ".join(f"{name}={os.environ[name]}" for name in named)
        raise BadUsage(f"{what}: the app cannot start with this in the environment ({error}); unset it") from error


def _only_run(store: "Store") -> "Run | None":
    """The run of a file that has one."""
    from uphold.workflows.lookup import find_run

    try:
        return find_run(store, None)
    except BadUsage:
        return None
