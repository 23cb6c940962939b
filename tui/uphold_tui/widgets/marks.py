"""The marks of a pair beside its verdict: broken, reasons, flag, comment, stale or carried decision."""

from datetime import datetime

from textual.content import Content

from uphold.records.reviews import PairView, StaleDecision
from uphold_tui import safe_text
from uphold_tui.themes import DOUBT, MUTED, Signs
from uphold_tui.widgets import badges


def marks(pair: PairView, signs: Signs, broken: bool, *, narrow: bool = False, brief: bool = False) -> Content:
    """Return the marks of a pair on one row; `narrow` and `brief` ask for fewer words."""
    state = pair.state
    parts: list[Content] = []
    if broken:
        parts.append(Content.assemble((signs.broken, DOUBT), (" broken, in no count", MUTED)))
    if state.reasons:
        parts.append(Content.assemble(("why ", MUTED), safe_text.line(", ".join(state.reasons), MUTED)))
    if state.flagged:
        colon = ": " if state.comment else ""
        note = safe_text.quoted(state.comment, MUTED) if state.comment else Content("")
        parts.append(Content.assemble((signs.flagged, DOUBT), (f" flagged{colon}", MUTED), note))
    elif state.comment:
        parts.append(Content.assemble(("comment ", MUTED), safe_text.quoted(state.comment, MUTED)))
    if pair.stale_decision is not None and not pair.is_repeat:
        parts.append(_stale(pair, signs, pair.stale_decision, narrow or brief))
    if pair.carried_from is not None:
        source = safe_text.line(pair.carried_from, MUTED)
        texts = "" if narrow else ", same texts"
        parts.append(Content.assemble(signs.carried, (" from ", MUTED), source, (texts, MUTED)))
    return Content("   ").join(parts)


def local_time(stored: str) -> str:
    """Return a stored UTC time as date and hour in the local time zone; nothing where it is no ISO 8601 time."""
    try:
        when = datetime.fromisoformat(stored.replace("Z", "+00:00")).astimezone()
    except ValueError:
        return ""
    return f"{when.day} {when:%B}, {when:%H:%M}"


def _stale(pair: PairView, signs: Signs, decision: StaleDecision, brief: bool) -> Content:
    """Return the decision on older texts, when it was made, and what has changed since.

    Which of the answers has changed is not said: it would give away its side.
    """
    changed = "what was asked" if decision.instruction_changed else "an answer"
    if brief:
        return Content.assemble((signs.stale, DOUBT), (f" {changed} changed", MUTED))
    side = pair.side_of(decision.choice.preference)
    choice = side.value if side is not None else badges.choice_words(decision.choice)
    words = f" you said {choice} on {local_time(decision.at)}; {changed} has changed"
    return Content.assemble((signs.stale, DOUBT), (words, MUTED))
