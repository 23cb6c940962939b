"""What else lies beside the pair: the guidelines, the keys, the tour, who reviews, the theme."""

from textual.content import Content

from uphold_tui import keys, showing
from uphold_tui.look import BOLD, MUTED
from uphold_tui.screens.searching import Searching


class Beside(Searching):
    """The review's ways to other screens."""

    tour_offered = False

    def offer_tour(self) -> None:
        """Say once, where receipts stand, that there is a tour."""
        self.tour_offered = True
        key = keys.label(self.table["review.help"])
        self.message = Content.assemble((key, BOLD), (" all keys, and a tour of two minutes", MUTED))

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
