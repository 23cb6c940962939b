"""The screen of a new checkpoint: watch its steps, pause, stop, try again, and review what changed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from uphold.errors import UpholdError
from uphold.records.reviews import ReviewProgress
from uphold.records.runs import Run
from uphold_tui import keys, safe_text
from uphold_tui.app_options import AppOptions
from uphold_tui.dialogs.ask_cap import ask_cap
from uphold_tui.new_checkpoint.background import BackgroundCheckpoint
from uphold_tui.new_checkpoint.page import NewCheckpointPage, is_failed, to_read
from uphold_tui.place import Place
from uphold_tui.themes import BOLD, DOUBT, MUTED
from uphold_tui.widgets import header
from uphold_tui.widgets.header import ProgressLine
from uphold_tui.widgets.rows import KeyFooter, SplitRow, entry

_HELP_NOTE = (
    "Answers that an earlier run gave too are not judged again, and reviews of them stand. A flip is a pair on which the judge "
    "has turned since the run before; which way is not told before it is read."
)


@dataclass(frozen=True, slots=True)
class NewCheckpointActions:
    """Callbacks into the app.

    `review` opens what changed of a run, with True the flips only; `numbers` and `pairs` open those screens, `checkpoints`
    the runs of the set; `again` starts the work anew where something is left; `back` closes this screen.
    """

    review: Callable[[Run, bool], None]
    numbers: Callable[[Run], None]
    pairs: Callable[[Run], None]
    checkpoints: Callable[[], None]
    again: Callable[[], BackgroundCheckpoint]
    back: Callable[[], None]


class NewCheckpointScreen(Screen[None]):
    """A new checkpoint under way; enter reviews what changed, or tries again what failed."""

    CSS_PATH = "new_checkpoint.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.NEW_CHECKPOINT)

    class Updated(Message):
        """The status of the work has changed."""

    def __init__(self, work: BackgroundCheckpoint, actions: NewCheckpointActions, options: AppOptions) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.NEW_CHECKPOINT, options.keymap)}
        self.work, self.actions, self._signs = work, actions, options.signs
        self.opens_review = False
        self._message = Content("")
        self.header = SplitRow("header")
        self.hair = ProgressLine("hair")
        self.list = Static(id="list", markup=False)
        self.page = VerticalScroll(self.list, id="page", can_focus=False)
        self.strip = Static(id="strip", markup=False)
        self.strip.auto_links = False
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.hair
        yield self.page
        yield self.strip
        yield self.footer

    def on_mount(self) -> None:
        self._subscribe()

    def on_unmount(self) -> None:
        self.work.on_update = lambda: None

    def on_screen_resume(self) -> None:
        if self.work.status.ended:
            self.opens_review = False  # it ended behind another screen: nothing opens by itself then
        self.refresh_page()
        if self.work.status.ended and self.run_made is not None:
            self.run_worker(self._read_again(), exclusive=True)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.set_class(event.size.height < 30, "-low")
        self.refresh_page()

    def on_new_checkpoint_screen_updated(self) -> None:
        """Show the new status, unless another screen is above this one; open the review that was asked for."""
        if not self.is_current:
            return
        self.refresh_page()
        status = self.work.status
        if self.opens_review and status.ended:
            self.opens_review = False
            if not is_failed(status) and to_read(status):
                self._review(flips_only=False)
            else:
                self.refresh_page()

    def _subscribe(self) -> None:
        self.work.on_update = lambda: self.post_message(self.Updated())  # type: ignore[assignment]

    async def _read_again(self) -> None:
        """Read the run again after a review."""
        try:
            self.work.show_view(await asyncio.to_thread(self.work.read_view))
        except UpholdError as error:
            self._message = safe_text.line(str(error), DOUBT)
        self.refresh_page()

    @property
    def run_made(self) -> Run | None:
        """The run of the checkpoint; None until its pairs are made."""
        progress = self.work.status.progress
        return progress.run if progress is not None else None

    @property
    def _can_try_again(self) -> bool:
        """Whether it has ended and something is left."""
        status = self.work.status
        return status.error is not None or (status.result is not None and bool(status.result.work.left))

    # showing

    def refresh_page(self) -> None:
        """Show everything as it is now."""
        status, request = self.work.status, self.work.request
        progress = status.progress
        left = safe_text.line(request.system, BOLD)
        if progress is not None:
            names = [safe_text.line(name) for name in (progress.set, progress.system, progress.baseline)]
            left = header.title(names[0], names[1], names[2], ())
        right = Content.assemble(("uphold run ", MUTED), safe_text.line(request.system, MUTED))
        self.header.show(left, right, self._message)
        self.hair.show(ReviewProgress())
        narrow = self.has_class("-narrow")
        width = max(self.app.size.width - (3 if narrow else 7), 20)
        page = NewCheckpointPage(status, self.work.control, self._signs, self.opens_review)
        low = self.has_class("-low")
        strip = page.strip(self._strip_entries(), max(self.app.size.width - (2 if narrow else 5), 20), low=low)
        rest = len(strip) + (4 if low else 6)
        self.list.update(Content("\n").join(page.rows(width, self.app.size.height - rest)))
        self.strip.update(Content("\n").join(strip))
        self._refresh_footer()

    def _strip_entries(self) -> list[Content]:
        """Return the keys for what is to be done next."""
        status, unread = self.work.status, to_read(self.work.status)
        open_, pairs = self.table["new.open"], f"review the {unread}" if unread else "review"
        entries = []
        if self._can_try_again and (is_failed(status) or not unread):
            entries.append(entry(open_, "tries again"))
            entries += [entry(self.table["new.review"], pairs)] if unread else []
        elif unread:
            entries.append(entry(open_, pairs if status.ended else f"{pairs} when they are judged"))
            flips = status.view.waiting.flips if status.view is not None and status.view.waiting is not None else 0
            if status.ended and flips:
                entries.append(
                    entry(self.table["new.flips"], f"the {flips} flips only" if flips > 1 else "the flip only")
                )
            entries += [entry(self.table["new.again"])] if self._can_try_again else []
        elif status.ended:
            entries.append(entry(open_, "checkpoints"))
        elif status.view is None:
            entries.append(entry(open_, "review what is new when it is judged"))
        if self.run_made is not None:
            entries.append(entry(self.table["new.figures"]))
        return entries

    def _refresh_footer(self) -> None:
        def named(*names: str) -> list[Content]:
            return [entry(self.table[f"new.{name}"]) for name in names]

        show = named("pairs", "checkpoints") if self.run_made is not None else []
        is_running = not self.work.status.ended
        last = [*named("help"), entry(self.table["new.back"], None if is_running else "back")]
        if not is_running:
            self.footer.show([show, last])
            return
        pause = entry(self.table["new.pause"], "go on" if self.work.control.paused else "pause")
        self.footer.show([[pause, *named("stop", "faster", "slower", "cap")], show, last])

    # keys

    def action_open(self) -> None:
        """Review what changed; where a step failed, try again; with nothing to read, show the checkpoints."""
        status = self.work.status
        unread = to_read(status)
        if self._can_try_again and (is_failed(status) or not unread):
            self.action_again()
        elif unread and status.ended:
            self._review(flips_only=False)
        elif not status.ended:
            self.opens_review = not self.opens_review
            self.refresh_page()
        else:
            self.actions.checkpoints()

    def action_flips(self) -> None:
        """Review the pairs on which the judge has turned, once all are judged."""
        view = self.work.status.view
        if self.work.status.ended and view is not None and view.waiting is not None and view.waiting.flips:
            self._review(flips_only=True)

    def action_review(self) -> None:
        """Review what changed as far as it is judged, also where something is left."""
        if self.work.status.ended and to_read(self.work.status):
            self._review(flips_only=False)

    def _review(self, *, flips_only: bool) -> None:
        run = self.run_made
        if run is not None:
            self._try(lambda: self.actions.review(run, flips_only))

    def action_again(self) -> None:
        """Try again what is left."""
        if self._can_try_again:
            self.work = self.actions.again()
            self.opens_review, self._message = False, Content("")
            self._subscribe()
            self.work.start()
            self.refresh_page()

    def action_pause(self) -> None:
        """Send no new requests for now, or go on."""
        self.work.control.pause(not self.work.control.paused)
        self.refresh_page()

    def action_stop(self) -> None:
        """Stop; requests in flight are finished."""
        if not self.work.status.ended:
            self.work.control.stop("you stopped it")
            self.refresh_page()

    def action_pace(self, step: int) -> None:
        """Send more or fewer requests at a time."""
        control = self.work.control
        control.set_concurrency(control.concurrency + step)
        self._message = Content.styled(f"{control.concurrency} at a time", MUTED)
        self.refresh_page()

    def action_cap(self) -> None:
        """Ask for the most that it may cost."""
        ask_cap(self, self.work.control, self._show_cap)

    def _show_cap(self, problem: str) -> None:
        if problem:
            self._message = Content.styled(problem, DOUBT)
        self.refresh_page()

    def action_numbers(self) -> None:
        """Show the numbers of the run."""
        if (run := self.run_made) is not None:
            self._try(lambda: self.actions.numbers(run))

    def action_pairs(self) -> None:
        """List the pairs of the run."""
        if (run := self.run_made) is not None:
            self._try(lambda: self.actions.pairs(run))

    def action_checkpoints(self) -> None:
        """Show the checkpoints of the set."""
        self._try(self.actions.checkpoints)

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except UpholdError as error:
            self._message = safe_text.line(str(error), DOUBT)
            self.refresh_page()

    def action_press(self, key_id: str) -> None:
        """Do what a key does, after a click on its name."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys of a new checkpoint", tuple(self.table.values()), _HELP_NOTE))

    @property
    def place(self) -> Place:
        """What commands without a name mean here."""
        progress = self.work.status.progress
        return Place(progress.set, progress.run) if progress is not None else Place()

    def action_command(self) -> None:
        """Offer all commands by name."""
        from uphold_tui.dialogs.commands import open_palette

        open_palette(self, self.table.values())

    def action_back(self) -> None:
        """Close the screen; the work goes on."""
        self.actions.back()
