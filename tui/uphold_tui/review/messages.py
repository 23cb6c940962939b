"""Messages at the right of the You row that are no receipts of an act."""

from collections.abc import Mapping

from textual.content import Content

from uphold.formatting import count, count_noun
from uphold.records.reviews import PairView
from uphold_tui import keys, safe_text
from uphold_tui.review.layout import KeyTable
from uphold_tui.themes import BOLD, MUTED


def tour_offer(table: KeyTable) -> Content:
    """That there is a tour."""
    key = keys.label(table["review.help"])
    return Content.assemble((key, BOLD), (" all keys, and a tour of two minutes", MUTED))


def lost_keys(keymap: keys.KeyMap, table: KeyTable) -> Content | None:
    """Which keys of the review were given to another entry by the user's keymap; None where none was."""
    if not keymap:
        return None
    from uphold_tui import keymap_check

    own = [words for words in keymap_check.lost_keys(keymap) if "(review." in words]
    if not own:
        return None
    more = f"; {count(len(own) - 1)} more in {keys.label(table['review.help'])}" if own[1:] else ""
    return Content.styled(own[0] + more, MUTED)


def from_other_sets(responses: Mapping[str, int]) -> Content | None:
    """How many responses of the run came with another set, given by its name; None without any."""
    parts = [
        Content.assemble((f"{count_noun(number, 'response')} came with the set ", MUTED), safe_text.line(name, MUTED))
        for name, number in responses.items()
    ]
    return Content(", ").join(parts) if parts else None


def held(table: KeyTable) -> str:
    """What can be done on a pair that was just overturned, by its keys."""
    on, back = (keys.label(table[f"review.{name}"]) for name in ("uphold", "undo"))
    return f"{on} goes on, {back} takes back"


def reviewer(name: str) -> Content:
    """Under which name this is, and how to take another."""
    return Content.assemble(
        "you review as ", safe_text.line(name), ("; uphold review --reviewer NAME takes another", MUTED)
    )


def why_of_the_pair_before(before: PairView | None, pair: PairView, table: KeyTable) -> str:
    """How to say why of the pair before, on one that is still to be decided; empty where that was not decided either."""
    if pair.state.decision is not None or before is None or before.state.decision is None:
        return ""
    back, why = (keys.label(table[f"review.{name}"]) for name in ("previous", "why"))
    return f"of the pair before: esc, then {back} {why}"
