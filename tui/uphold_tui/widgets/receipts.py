"""What the last key did, in a few words at the right of the You row."""

from textual.content import Content

from uphold.records.words import Choice, EventKind, Ruling
from uphold.steps.reviewing import Receipt
from uphold_tui import showing
from uphold_tui.look import BADGE_WRONG, BOLD, DOUBT, MUTED, Signs
from uphold_tui.widgets.verdicts import ruling_sign

_HERE = {
    EventKind.UNFLAG: "no longer flagged",
    EventKind.UNBROKEN: "no longer broken",
    EventKind.COMMENT: "comment saved",
    EventKind.REASONS: "reasons saved",
}
_TAKEN = {
    EventKind.SKIP: "the skip",
    EventKind.FLAG: "the flag",
    EventKind.UNFLAG: "the unflagging",
    EventKind.BROKEN: "the broken mark",
    EventKind.UNBROKEN: "the unmarking",
    EventKind.COMMENT: "the comment",
    EventKind.REASONS: "the reasons",
}


def said(receipt: Receipt) -> str:
    """A decision in one or two words of the screen: A, B, tie, both bad."""
    if receipt.side is not None:
        return receipt.side.value
    return "both bad" if receipt.choice is Choice.BOTH_BAD else "tie"


def sign_of(receipt: Receipt, signs: Signs) -> Content:
    """The mark of an act, as lists show it."""
    if receipt.ruling is not None:
        return ruling_sign(receipt.ruling, signs)
    if receipt.kind is EventKind.FLAG:
        return Content.styled(signs.flagged, DOUBT)
    if receipt.kind is EventKind.BROKEN:
        return Content.styled(signs.broken, DOUBT)
    return Content.styled(signs.skipped if receipt.kind is EventKind.SKIP else signs.undecided, MUTED)


def receipt(
    done: Receipt, signs: Signs, *, loud: bool = False, narrow: bool = False, redo: str = "", why: str = ""
) -> Content:
    """`before: ✓ desk-0112 upheld`; an override starts inverted and bold, and turns quiet.

    `redo` is the key that does again what was taken back, `why` the keys that say why one overturned.
    """
    if done.kind in (EventKind.UNDO, EventKind.REDO):
        return _turned(done, narrow, redo)
    if done.kind is EventKind.FLAG:
        return Content.assemble(sign_of(done, signs), (" flagged", MUTED))
    if done.kind in _HERE:
        return Content.styled(_HERE[done.kind], MUTED)
    key = showing.tail(done.key) if narrow else showing.line(done.key)
    if done.ruling is Ruling.OVERTURNED:
        sign = Content.styled(f" {signs.overturned} ", BADGE_WRONG) if loud else sign_of(done, signs)
        words = Content.assemble(key, f", you {said(done)}").stylize(BOLD if loud else MUTED)
    else:
        words = key if narrow else Content.assemble(key, f" {_word(done)}")
        sign, words = sign_of(done, signs), words.stylize(MUTED)
    before = Content("") if narrow else Content.styled("before: ", MUTED)
    after = f"  {why}" if why and done.ruling is Ruling.OVERTURNED and not narrow else ""
    return Content.assemble(before, sign, " ", words, (after, MUTED))


def _word(done: Receipt) -> str:
    if done.ruling is not None:
        return done.ruling.value
    return {EventKind.SKIP: "skipped", EventKind.BROKEN: "broken, in no count"}.get(done.kind, done.kind.value)


def _turned(done: Receipt, narrow: bool, redo: str) -> Content:
    """What was taken back, or done again."""
    again = done.kind is EventKind.REDO
    act = done.takes_back
    if act in (EventKind.DECISION, EventKind.ADJUDICATED, EventKind.REPEAT):
        what = "your decision"
    else:
        what = _TAKEN.get(act, "the last act") if act is not None else "the last act"
    words = f"{'done again' if again else 'taken back'}: {what}{'' if again or not redo else f' ({redo}: again)'}"
    return Content.styled(words.split(":")[0] if narrow else words, MUTED)
