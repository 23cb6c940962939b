"""What lies beside the pair: the list of pairs, the numbers, the guidelines, the search, the tour."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.errors import UpholdError
from uphold.records.listed import Only, Wanted
from uphold_tui import keys, showing
from uphold_tui.look import BOLD, MUTED
from uphold_tui.screens.around import RESTING
from uphold_tui.screens.desk import Settings
from uphold_tui.screens.reader import Reader
from uphold_tui.sitting import Left, Partings

if TYPE_CHECKING:
    from uphold.steps.browsing import Listing
    from uphold.steps.reviewing import ReviewSession
    from uphold_tui.screens.browse import BrowseScreen
    from uphold_tui.screens.pair_page import Kept
    from uphold_tui.screens.review import ReviewScreen


class Beside(Reader):
    """The review's ways to other screens; coming back, it is where it was, or on the pair that was chosen there."""

    _list: "BrowseScreen | None" = None
    _matches: tuple[int, ...] = ()
    tour_offered = False
    _leave: Callable[[Left], None]

    def __init__(self, session: "ReviewSession", settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        self.partings = Partings()

    def offer_tour(self) -> None:
        """Say once, where receipts stand, that there is a tour."""
        self.tour_offered = True
        key = keys.label(self.table["review.help"])
        self.message = Content.assemble((key, BOLD), (" all keys, and a tour of two minutes", MUTED))

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
        from uphold.steps.returning import set_out
        from uphold.steps.reviewing import open_review
        from uphold_tui.screens.review import ReviewScreen

        here = self.session
        other = open_review(
            here.store, here.run, reviewer=here.reviewer, judge=here.judge_name, queue=queue, picked=picked,
            blind=here.blind,
        )  # fmt: skip
        set_out(here, other)

        def left(way: Left) -> None:
            if way.quit:
                self._leave(way)
            else:
                self._back_from(screen)

        screen = ReviewScreen(other, left, self.settings)
        self.app.push_screen(screen)

    def _back_from(self, other: "ReviewScreen") -> None:
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
        from uphold.steps.returning import take_in

        take_in(self.session, after)
        if after is None:
            self.draw()

    def _open_listed(self, pair_id: int) -> None:
        """Back to the review, on this pair."""
        while self.app.screen is not self:
            self.app.pop_screen()
        place = self._place(pair_id)
        if place is None:
            self.tell(Content.styled("that pair is not in this queue", MUTED))
        else:
            self.go_to_place(place)

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

    def _open_behind(self, wanted: Wanted) -> None:
        """The pairs behind a figure."""
        from uphold_tui.screens.pair_page import Kept

        self.app.push_screen(self._list_of(Kept(wanted)))

    def action_differing(self) -> None:
        """The pairs on which the reviewer overturned the judge."""
        self._open_behind(Wanted(Only.OVERTURNED))

    def action_guidelines(self) -> None:
        """What the set asks of its judges and reviewers."""
        from uphold.steps.browsing import guidelines_of
        from uphold_tui.screens.guidelines import GuidelinesScreen

        run = self.session.run
        self.app.push_screen(GuidelinesScreen(run.set, guidelines_of(self.session.store, run)))

    def action_help(self) -> None:
        """The keys of this screen, and the tour."""
        from uphold_tui.screens.help import REVIEW_NOTE, HelpScreen

        self.app.push_screen(
            HelpScreen("Keys while reviewing", tuple(self.table.values()), REVIEW_NOTE, tour=self.action_tour)
        )

    def action_tour(self) -> None:
        """A few sentences on the screen as it is."""
        from uphold_tui.screens.tour import TourScreen

        self.app.push_screen(TourScreen(self.table))

    def action_theme(self, name: str) -> None:
        """Change the theme, and say how to keep it."""
        if name in self.app.available_themes:
            self.app.theme = name
            self.tell(Content.styled(f'theme = "{name}" in uphold.toml keeps it', MUTED))

    def action_who(self) -> None:
        """Say under which name this is, and how to take another."""
        name = showing.line(self.session.reviewer)
        self.tell(Content.assemble("you review as ", name, ("; uphold review --reviewer NAME takes another", MUTED)))

    def _pairs_named(self, text: str) -> list[tuple[int, str]]:
        return [(place, showing.safe_line(key)) for place, key in self.session.named(text)]

    # searching

    def action_find(self) -> None:
        """Write what to find in the run."""
        from uphold_tui.screens.find import FindScreen

        def written(text: str | None) -> None:
            if text is not None:
                self.run_worker(self._find(text), exclusive=True, group="find")

        self.app.push_screen(FindScreen(self.reading.find), written)

    def action_unfind(self) -> None:
        """End the search."""
        if self.reading.find:
            self._matches = ()
            self._light("")

    def _light(self, text: str) -> None:
        self.reading = replace(self.reading, find=text, diff=False)
        self.draw()

    async def _find(self, text: str) -> None:
        """Find the pairs with these words; the index is made, or brought up to date, beside the app."""
        listing = self._listing()
        try:
            if not listing.is_searchable:
                self.tell(Content.styled("reading the texts for the search …", MUTED))
                await asyncio.to_thread(listing.bring_up_to_date)
            found = listing.search(text, listing.read_ids())
        except UpholdError as error:
            self.tell(Content.styled(showing.cause(str(error)), MUTED))
            return
        places = sorted(place for place in map(self._place, found) if place is not None)
        self._matches = tuple(places)
        self._light(text if places else "")
        if not places:
            self.tell(Content.assemble(("found nowhere: ", MUTED), showing.line(text, MUTED)))
        elif self.session.index in places:
            self._tell_match(self.session.index)
        else:
            self._to_match(1)

    def action_change(self, step: int) -> None:
        """To the next change of the word diff; while something is searched for, to the next match, here or in another pair."""
        pair = self.session.current
        if pair is None:
            return
        if self.reading.diff or not self.reading.find:
            super().action_change(step)
        elif not self.step_in_panes(pair, step):
            self._to_match(step)

    def _to_match(self, step: int) -> None:
        """To the next pair that has the words, going round."""
        here, there = self.session.index, self._matches
        beyond: Callable[[int], bool] = (lambda place: place > here) if step > 0 else (lambda place: place < here)
        ahead = [place for place in there if beyond(place)]
        place = (ahead or list(there))[0 if step > 0 else -1]
        self.go_to_place(place)
        self._tell_match(place)

    def _tell_match(self, place: int) -> None:
        number, most = self._matches.index(place) + 1, len(self._matches)
        self.tell(Content.styled(f"{number} of {most:,} {'pair' if most == 1 else 'pairs'} found", MUTED))
