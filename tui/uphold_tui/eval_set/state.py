"""State that the set screen keeps while other screens are open, and the actions it may call in the app."""

from collections.abc import Callable
from dataclasses import dataclass, field

from uphold.records.example_list import ExampleFilter, ExampleOrder
from uphold_tui.user_state import UserState


def remembered_order(state: UserState) -> ExampleOrder:
    """Return the order of the list that was chosen last; by key where none was."""
    return ExampleOrder.__members__.get(state.example_order or "", ExampleOrder.KEY)


@dataclass(slots=True)
class SetScreenState:
    """What of the list is kept while other screens are open: filter, order, search, the example under the cursor, marks.

    `tag` is the tag that examples are to have. `only_keys` are the examples of a line of the health panel, `only_words`
    what they have in common.
    """

    only: ExampleFilter = ExampleFilter.ALL
    order: ExampleOrder = ExampleOrder.KEY
    typed: str = ""
    key: str | None = None
    marked: set[str] = field(default_factory=set)
    tag: str | None = None
    only_keys: frozenset[str] | None = None
    only_words: str = ""

    def show_all(self) -> None:
        """Leave no example out."""
        self.only, self.typed, self.tag = ExampleFilter.ALL, "", None
        self.only_keys, self.only_words = None, ""

    @property
    def is_narrowed(self) -> bool:
        """Whether examples may be left out."""
        return self.only is not ExampleFilter.ALL or bool(self.typed or self.tag) or self.only_keys is not None


@dataclass(frozen=True, slots=True)
class SetActions:
    """Callbacks of the screen into the app.

    `leave` closes the screen; it is told whether the set was changed. `review` makes the run of candidate and baseline and
    opens its review (None: not offered). `hides` says of an example whether a pair of it is under review, so that its
    outcomes and its answers by system would give away the sides. `proposals` and `versions` open the screens of those; both
    are given what to call, with a sentence, when they are left.
    """

    leave: Callable[[bool], None]
    review: Callable[[str, str], None] | None
    hides: Callable[[str], bool] = lambda key: False
    proposals: Callable[[Callable[[str], None]], None] | None = None
    versions: Callable[[Callable[[str], None]], None] | None = None
