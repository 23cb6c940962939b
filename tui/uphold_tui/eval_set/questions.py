"""The questions that keys of an eval set ask in a line at the foot, before they do anything."""

from collections.abc import Sequence

from uphold.records.sets import StaleCounts, stale_sentence
from uphold_tui.dialogs.ask import Question
from uphold_tui.eval_set.acts import describe

CHECK = Question(
    "Check the set",
    "for examples that are alike, and for leaks into other sets and a training file",
    hint="a training file, if you like: JSONL, JSON, CSV or text",
    keys=(("enter", "check"), ("esc", "leave it")),
    placement="-bottom",
)


def retire(targets: Sequence[str], stale: StaleCounts) -> Question:
    """Return the question why examples are retired, with what that makes stale."""
    sentence = stale_sentence(stale)
    return Question(
        f"Retire {describe(targets)}",
        f"{sentence}; restoring brings them back" if sentence else "nothing was judged or decided on it",
        hint="why: a reason, if you like",
        keys=(("enter", "retire"), ("esc", "leave it")),
        placement="-bottom",
    )
