"""Callbacks into the app's navigation that the review screen uses."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from uphold.records.judgments import JudgeRef
    from uphold.records.pair_list import PairFilter
    from uphold.workflows.pair_list import PairListing
    from uphold_tui.review.summary import ReviewExit


class ReviewLinks(Protocol):
    """Where a review leads; implemented by the app's navigation, which alone opens and closes screens."""

    def open_list(self, *, choose: bool = False) -> None:
        """All pairs of the run, as they were left; `choose` offers the filters at once."""

    def open_filtered(self, wanted: "PairFilter", judge: "JudgeRef | None" = None) -> None:
        """Some pairs of the run, with the verdicts of a judge."""

    def open_numbers(self) -> None:
        """The numbers of the run."""

    def open_set(self, key: str) -> None:
        """The run's eval set, with the cursor on an example."""

    def review_queue(self, queue: str) -> None:
        """Another queue of the run; leaving it comes back here."""

    def return_to_list(self) -> bool:
        """Back to the list that the pair at hand was opened from; False where there is none."""

    def listing(self) -> "PairListing":
        """The run's pairs, to be searched."""

    def leave(self, exit_: "ReviewExit") -> None:
        """Out of the review."""
