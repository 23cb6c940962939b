"""What is known of a pair beside its verdict: broken, flagged, said why, commented, stale, carried over."""

from textual.content import Content

from uphold.records.reviews import PairView, StaleDecision
from uphold_tui import safe_text
from uphold_tui.themes import DOUBT, MUTED, Signs
from uphold_tui.widgets import badges


def marks(pair: PairView, signs: Signs, broken: bool, *, narrow: bool = False, brief: bool = False) -> Content:
    """Broken, flagged, commented, carried over: behind the verdict, never in its place."""
    stand = pair.state
    made: list[Content] = []
    if broken:
        made.append(Content.assemble((signs.broken, DOUBT), (" broken, in no count", MUTED)))
    if stand.reasons:
        made.append(Content.assemble(("why ", MUTED), safe_text.line(", ".join(stand.reasons), MUTED)))
    if stand.flagged:
        colon = ": " if stand.comment else ""
        note = safe_text.quoted(stand.comment, MUTED) if stand.comment else Content("")
        made.append(Content.assemble((signs.flagged, DOUBT), (f" flagged{colon}", MUTED), note))
    elif stand.comment:
        made.append(Content.assemble(("comment ", MUTED), safe_text.quoted(stand.comment, MUTED)))
    if pair.stale is not None and not pair.again:
        made.append(_stale(pair, signs, pair.stale, narrow or brief))
    if pair.carried_from is not None:
        source = safe_text.line(pair.carried_from, MUTED)
        texts = "" if narrow else ", same texts"
        made.append(Content.assemble(signs.carried, (" from ", MUTED), source, (texts, MUTED)))
    return Content("   ").join(made)


def _stale(pair: PairView, signs: Signs, said: StaleDecision, brief: bool) -> Content:
    """What was said of older texts, when, and what has changed since; not which of the answers: it would name its side."""
    from uphold_tui.pairs.preview import date_of

    changed = "what was asked" if said.asked else "an answer"
    if brief:
        return Content.assemble((signs.stale, DOUBT), (f" {changed} changed", MUTED))
    side = pair.side_of(said.choice.preference)
    word = side.value if side is not None else badges.choice_words(said.choice)
    words = f" you said {word} on {date_of(said.at)}; {changed} has changed"
    return Content.assemble((signs.stale, DOUBT), (words, MUTED))
