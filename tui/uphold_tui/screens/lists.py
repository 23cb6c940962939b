"""The review's ways to lists of pairs, the numbers and other queues; coming back, it is where it was, or on the chosen pair."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from uphold_tui import showing
from uphold_tui.look import MUTED
from uphold_tui.screens.around import RESTING
from uphold_tui.screens.desk import Settings
from uphold_tui.screens.reader import Reader
from uphold_tui.sitting import Left, Partings

if TYPE_CHECKING:
    from uphold.records.listed import Wanted
    from uphold.steps.browsing import Listing
    from uphold.steps.reviewing import ReviewSession
    from uphold_tui.screens.browse import BrowseScreen
    from uphold_tui.screens.pair_page import Kept


class Lists(Reader):
    """The reader with lists of pairs beside it."""

    _list: "BrowseScreen | None" = None
    _listed: "tuple[int, Kept] | None" = None
    _leave: Callable[[Left], None]
    _review_of: "Callable[[ReviewSession, Callable[[Left], None]], Lists]"
    """Makes a review like this one, of another session on the run."""

    def __init__(self, session: "ReviewSession", settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        self.partings = Partings()

    def _listing(self) -> "Listing":
        from uphold.steps.browsing import Listing

        session = self.session
        return Listing(session.store, session.run, session.reviewer, session.judge_name)

    def action_pairs(self) -> None:
        """All pairs of the run."""
        self._open_list()

    def action_filter(self) -> None:
        """All pairs of the run, to be narrowed."""
        self._open_list(choose=True)

    def _open_list(self, *, choose: bool = False) -> None:
        """The list is made once, and stays as it was left."""
        here = self.session.current.pair_id if self.session.current is not None else None
        if self._list is not None:
            self._list.come_back(here, choose=choose, blind=self.session.blind)
        else:
            from uphold_tui.screens.pair_page import Kept

            self._list = self._list_of(Kept(pair_id=here), choose=choose)
            self.app.install_screen(self._list, f"pairs-{id(self)}")
        self.app.push_screen(self._list)

    def _list_of(self, kept: "Kept", *, choose: bool = False) -> "BrowseScreen":
        from uphold_tui.screens.browse import BrowseScreen
        from uphold_tui.screens.pair_page import Ways

        numbers = None if self.session.blind else self.action_figures
        ways = Ways(self._open_listed, self._close_one, numbers, self._review_picked, self._take_in)
        return BrowseScreen(
            self._listing(), ways, kept, keymap=self.settings.keymap, signs=self.settings.signs,
            blind=self.session.blind, choose=choose,
        )  # fmt: skip

    def _close_one(self) -> None:
        self.app.pop_screen()

    def _review_picked(self, pairs: Sequence[int]) -> None:
        """Review these pairs in a row; leaving that comes back to this review."""
        from uphold.steps.queueing import PICKED

        self._review_in(PICKED, pairs)

    def _read_queue(self, queue: str) -> None:
        """Read a queue; where it is this one, go on with it."""
        if queue != self.session.queue:
            self._review_in(queue)
            return
        while self.app.screen is not self:
            self.app.pop_screen()
        self.session.go_unread()
        self.message = Content("")
        self.draw()

    def _review_in(self, queue: str, picked: Sequence[int] = ()) -> None:
        from uphold.steps.reviewing import open_review

        here = self.session
        other = open_review(
            here.store, here.run, reviewer=here.reviewer, judge=here.judge_name, queue=queue, picked=picked,
            blind=here.blind,
        )  # fmt: skip
        here.set_out(other)

        def left(way: Left) -> None:
            if way.quit:
                self._leave(way)
            else:
                self._back_from(screen)

        screen = self._review_of(other, left)
        self.app.push_screen(screen)

    def _back_from(self, other: "Lists") -> None:
        """Back from a review of another queue: what was said there counts here too."""
        while self.app.screen is not self:
            self.app.pop_screen()
        self._take_in(other.session)
        self.partings.kept |= other.partings.kept
        self.tell(Content.styled("back in the queue", MUTED))
        self.draw()
        self.count_soon()

    def _take_in(self, after: "ReviewSession | None" = None) -> None:
        """Something was said of the run on another screen."""
        self.session.take_in(after)
        if after is None:
            self.draw()

    def _open_listed(self, pair_id: int) -> None:
        """Back to the review, on this pair; as long as it stays there, `q` goes back to the list."""
        kept = getattr(self.app.screen, "kept", None)
        while self.app.screen is not self:
            self.app.pop_screen()
        place = self._place(pair_id)
        if place is None:
            self.tell(Content.styled("that pair is not in this queue", MUTED))
        else:
            self.go_to_place(place)
            self._listed = (pair_id, kept) if kept is not None else None

    def back_to_list(self) -> bool:
        """Back to the list that the pair at hand was opened from; False where there is none."""
        listed, self._listed = self._listed, None
        pair = self.session.current
        if listed is None or pair is None or pair.pair_id != listed[0]:
            return False
        if self._list is not None and self._list.kept is listed[1]:
            self._open_list()
        else:
            self.app.push_screen(self._list_of(listed[1]))
        return True

    def _place(self, pair_id: int) -> int | None:
        """A pair's place in the queue, from 0; None where the queue has it not."""
        try:
            return self.session.place_of(pair_id)
        except KeyError:
            return None

    def go_to_place(self, place: int) -> None:
        """Show the pair at a place of the queue, from 0."""
        self.session.go_to(place + 1)
        self.message = Content("")
        self.draw()

    def action_figures(self) -> None:
        """The numbers of the run; they rest while it is read blind."""
        if self.session.blind:
            self.tell(Content.styled(RESTING, MUTED))
            return
        from uphold_tui.screens.counting import counted
        from uphold_tui.screens.figure_ways import Doors
        from uphold_tui.screens.figures import FiguresScreen

        session = self.session
        numbers = counted(session.store.path, session.run, session.reviewer)
        doors = Doors(self._open_behind, self._read_queue, self._close_one)
        screen = FiguresScreen(numbers, doors, keymap=self.settings.keymap, signs=self.settings.signs)
        self.app.push_screen(screen)

    def _open_behind(self, wanted: "Wanted") -> None:
        """The pairs behind a figure."""
        from uphold_tui.screens.pair_page import Kept

        self.app.push_screen(self._list_of(Kept(wanted)))

    def action_differing(self) -> None:
        """The pairs on which the reviewer overturned the judge."""
        from uphold.records.listed import Only, Wanted

        self._open_behind(Wanted(Only.OVERTURNED))

    def _pairs_named(self, text: str) -> list[tuple[int, str]]:
        return [(place, showing.safe_line(key)) for place, key in self.session.named(text)]
