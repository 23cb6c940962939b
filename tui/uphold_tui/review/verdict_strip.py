"""The verdict strip: the judge's verdict and reason, the reviewer's decision or the keys for it, and the last receipt."""

from dataclasses import dataclass, field

from textual.content import Content

from uphold.formatting import count
from uphold.records.enums import Choice, EventKind, Ruling, Side, Verdict
from uphold.records.judgments import criterion_verdicts
from uphold.records.reviews import PairView
from uphold.reviewing.presentation import Reason, ReasonShown
from uphold.reviewing.receipts import Receipt
from uphold_tui import safe_text
from uphold_tui.keys import REVIEW, Key, label
from uphold_tui.review.people import dispute_rows, other_judges
from uphold_tui.review.people import label_width as people_width
from uphold_tui.themes import BADGE_WRONG, BOLD, DOUBT, EVEN, MUTED, OVERTURNED, PLAIN, SIDE, THICK, Signs
from uphold_tui.widgets import badges
from uphold_tui.widgets.badges import ruling_sign
from uphold_tui.widgets.marks import marks
from uphold_tui.widgets.painting import ReportsPaint
from uphold_tui.widgets.rows import clickable, spread

NARROW = 100
"""Below so many columns the margins are one column wide, and things are said in fewer words."""

_LOW = 5
"""On fewer rows the strip has a single one of reason."""

_LEAST_STANDING = 30
"""Columns that your decision keeps beside the keys that follow it."""

DECIDED_BEFORE = "decided before the verdict was shown"

VEILED = "has read this pair; shown after you decide"

_NOTHING = Content("")

_KEYS = {entry.id: entry for entry in REVIEW}

_CUT = 3
"""By how many cells a message may be too long for the room beside the keys and be cut: a receipt is, a sentence is not."""


@dataclass(frozen=True, slots=True)
class StripState:
    """Everything the strip draws: a pair, the judge's reason in the screen's letters, a word about the last key.

    `broken` says that somebody, you or another reviewer, marked the example so; `lost` that what could not be saved has
    no file to be saved in any more; `shown_open` that the verdict can be seen before the decision, in a blind session;
    `left_out` that this is a blind pack, without verdicts.
    """

    pair: PairView
    reason: ReasonShown = field(default_factory=lambda: ReasonShown(()))
    message: Content = field(default_factory=Content)
    not_saved: str | None = None
    lost: bool = False
    signs: Signs = PLAIN
    keys: dict[str, Key] = field(default_factory=lambda: dict(_KEYS))
    broken: bool = False
    shown_open: bool = False
    left_out: bool = False


def judge_row(strip: StripState, width: int, *, narrow: bool = False) -> Content:
    """Badge and verdict at the left; orders, confidence and the judge's name at the right."""
    judge = strip.pair.judge
    words = badges.verdict_words(judge, left_out=strip.left_out)
    if strip.pair.verdict_hidden and strip.pair.has_verdict:
        words = VEILED
    early = _was_early(strip.pair)
    stands = badges.your_ruling(strip.pair)
    quiet = stands is Ruling.OVERTURNED and not early
    label_width = 7 if narrow else 9
    left = Content.assemble(("Judge".ljust(label_width), MUTED))
    if judge is None or judge.verdict is Verdict.PENDING:
        left = Content.assemble(left, (words, MUTED))
    else:
        badge = badges.judge_badge(strip.pair, strip.signs, filled=not quiet)
        left = Content.assemble(left, badge, "  ", (words, MUTED if quiet else BOLD))
    if strip.shown_open and stands is None:
        left = Content.assemble(left, ("     shown open", MUTED))
    if early and stands is not None:
        left = Content.assemble(left, "     ", badges.blind_words(strip.pair, stands, strip.signs))
    return spread(left, _about_judge(strip, narrow, width - left.cell_length - 2), width)


def _was_early(pair: PairView) -> bool:
    """Whether your decision was made before the verdict was shown: then the verdict is the news."""
    return pair.state.blind_decision is not None and not pair.adjudicating


def _about_judge(strip: StripState, narrow: bool, room: int) -> Content:
    """How sure the verdict is, and whose; where there is not room for all, what can best be spared drops out."""
    judge = strip.pair.judge
    if judge is None:
        return Content("")
    orders = badges.orders_words(strip.pair)
    said = Content.styled(orders, MUTED)
    notes = [Content(note) for note in strip.reason.notes if note != orders]
    sure = badges.confidence(judge) if judge.verdict.preference is not None else ""
    others = other_judges(strip.pair, strip.signs)
    if narrow:
        short = Content.styled(badges.brief_orders(strip.pair), MUTED)
        if judge.verdict is Verdict.INCONSISTENT and said.cell_length <= room and not others:
            return said
        return _beside([short, *notes, Content.styled(sure, MUTED), *others], [*others[:-1], short], room, "  ")
    about = Content("")
    if judge.verdict.preference is not None and judge.kind != "rules":
        about = Content.styled(f"confidence {sure}" if sure else "no confidence", MUTED)
    name = safe_text.line(judge.name, MUTED)
    spared = [about, name, said] if not sure else [name, said, about]
    return _beside([said, *notes, about, name, *others], spared, room, "   ")


def _beside(words: list[Content], spared: list[Content], room: int, gap: str) -> Content:
    """Words side by side; too long, they lose those that can be spared, the first of them first."""
    kept = [word for word in words if word]
    for word in spared:
        if sum(one.cell_length for one in kept) + len(gap) * (len(kept) - 1) <= room:
            break
        kept = [one for one in kept if one is not word]
    return Content(gap).join(kept)


def reason_rows(strip: StripState, width: int, height: int, before: Content = _NOTHING) -> list[Content]:
    """The judge's reason, or what went wrong, on exactly `height` rows; `before` stands in front of it."""
    pair = strip.pair
    quiet = badges.your_ruling(pair) is Ruling.OVERTURNED and not _was_early(pair)
    text = _reason(strip) if height > 1 else _brief_reason(strip, width)
    if height == 1 and (alike := answers_note(pair)):
        text = Content.assemble((alike, BOLD), "; " if text else "", text)
    if before:
        text = Content.assemble(before, "   ", text)
    style = MUTED if quiet else ""
    rows = text.stylize_before(style).wrap(width) if text and width > 4 else []
    if len(rows) > height > 1 and len(strip.reason.reasons) == height:
        # Reasons that disagree are both to be seen: a row for each.
        said = [_one_order(reason).stylize_before(style) for reason in strip.reason.reasons]
        return [row.truncate(width, ellipsis=True) for row in said]
    if len(rows) > height:
        rest = Content(" ").join([row.rstrip() for row in rows[height - 1 :]])
        rows = [*rows[: height - 1], rest.truncate(width, ellipsis=True)]
    return [*rows, *[Content("")] * (height - len(rows))]


def _reason(strip: StripState) -> Content:
    judge = strip.pair.judge
    if judge is None:
        return Content("")
    if judge.verdict in (Verdict.UNREADABLE, Verdict.FAILED):
        problem = badges.problem(judge) or "no verdict in its answer"
        return Content.assemble(safe_text.running(problem), ("; ", MUTED), ("r", BOLD), (" shows it", MUTED))
    if judge.verdict is Verdict.INCONSISTENT:
        return Content(" ").join([Content("Counts as a tie in the rates."), *map(_one_order, strip.reason.reasons)])
    return Content(" ").join([safe_text.running(reason.text) for reason in strip.reason.reasons])


def _brief_reason(strip: StripState, width: int) -> Content:
    """The judge's reason for a single row; of two that disagree the first one, and the key that shows both."""
    judge, reasons = strip.pair.judge, strip.reason.reasons
    if judge is None or judge.verdict is not Verdict.INCONSISTENT or not reasons:
        return _reason(strip)
    rest = Content.assemble("   ", (label(strip.keys["review.raw"]), BOLD), (" shows both", MUTED))
    if len(reasons) == 1:
        return _one_order(reasons[0])
    return Content.assemble(_one_order(reasons[0]).truncate(max(width - rest.cell_length, 0), ellipsis=True), rest)


def _one_order(reason: Reason) -> Content:
    """One of two reasons that disagree, with the order it was given in."""
    side = reason.side_of_a
    aside = " (its A is your B)" if side is Side.B else ""
    order = f"With {side} first{aside}: " if side is not None else ""
    return Content.assemble((order, MUTED), safe_text.quoted(reason.text))


_ROOMY, _LEAST = 52, 8
"""Columns beside the keys for a whole sentence, and for anything at all: the keys themselves are never cut."""


def you_row(strip: StripState, width: int, *, narrow: bool = False) -> Content:
    """Where you stand, or the keys that decide; at the right what the last key did."""
    label_width = _label_width(strip, narrow)
    left = Content.styled(("Settle" if strip.pair.adjudicating else "You").ljust(label_width), MUTED)
    choice = badges.your_choice(strip.pair)
    if choice is None:
        left = Content.assemble(left, _offer(strip, width - left.cell_length, narrow=narrow))
        room = width - left.cell_length - (2 if narrow else 3)
        above = above_you(strip, width, narrow=narrow)
        beside = Content("") if above else _beside_offer(strip, narrow, brief=room < _ROOMY)
        return spread(left, beside.truncate(room, ellipsis=True) if room >= _LEAST else Content(""), width)
    left = Content.assemble(left, _standing(strip, choice, narrow))
    return spread(left, strip.message or _after(strip, narrow), width, _LEAST_STANDING)


def keys_shown(strip: StripState, columns: int) -> frozenset[str]:
    """Return the names of the keys that the You row of a strip of `columns` shows besides those that decide."""
    width, narrow = _row_width(columns), columns < NARROW
    if badges.your_choice(strip.pair) is not None:
        row = _after(strip, narrow)
        is_left_out = bool(strip.message) or row.cell_length + _LEAST_STANDING + 2 > width
        return frozenset(() if is_left_out else _names_after(strip, narrow))
    offered = _offer(strip, width - _label_width(strip, narrow), narrow=narrow)
    last = Content("").join(_offer_after(strip))
    return frozenset(("skip",) if last and offered.plain.endswith(last.plain) else ())


def above_you(strip: StripState, width: int, *, narrow: bool = False) -> Content:
    """What the last key did, where it has no room beside the keys: then it stands on the row above them."""
    is_list = bool(strip.pair.reviewer_decisions) and not narrow
    if not strip.message or is_list or badges.your_choice(strip.pair) is not None:
        return Content("")
    before = _label_width(strip, narrow)
    room = width - before - _offer(strip, width - before, narrow=narrow).cell_length - (2 if narrow else 3)
    if strip.message.cell_length <= room + (_CUT if narrow and room >= _LEAST else 0):
        return Content("")
    return strip.message.truncate(width, ellipsis=True)


def _between(strip: StripState, width: int) -> Content:
    """The row between reason and keys: at the left that the answers are identical or empty, at the right `above_you`."""
    alike = answers_note(strip.pair)
    message = above_you(strip, width)
    if not alike or 9 + len(alike) + 2 + message.cell_length > width:
        return _flush_right(message, width)
    return spread(Content.assemble(" " * 9, (alike, BOLD)), message, width)


def _flush_right(message: Content, width: int) -> Content:
    return Content.assemble(" " * (width - message.cell_length), message) if message else message


def answers_note(pair: PairView) -> str:
    """What is seen of two answers without reading them: that they are identical, or that there is nothing to read."""
    blank = [side for side in Side if pair.is_blank(side)]
    if len(blank) > 1:
        return "both answers are empty"
    if blank:
        return f"{blank[0]} is empty"
    return "identical answers" if pair.has_identical_answers else ""


def _label_width(strip: StripState, narrow: bool) -> int:
    """Columns of the word before your decision or the keys for it."""
    return people_width(strip.pair) if strip.pair.reviewer_decisions else 7 if narrow else 9


def _offer(strip: StripState, room: int, *, narrow: bool) -> Content:
    """The keys that decide, each with its outcome; enter only where there is something to uphold.

    In a terminal that is narrower than all of it, enter is left out before any of the four keys is cut.
    """
    four = [
        _entry(strip, f"review.{name}", short if narrow else long)
        for name, long, short in (
            ("a", "A better", "A"),
            ("b", "B better", "B"),
            ("tie", "tie", "tie"),
            ("both_bad", "both bad", "both bad"),
        )
    ]
    entries = [*_offer_before(strip), *four, *_offer_after(strip)]
    offered = Content("   " if narrow else "    ").join(entries)
    return offered if offered.cell_length <= room else Content("  ").join(entries if not narrow else four)


def _offer_before(strip: StripState) -> list[Content]:
    """The key that upholds the verdict on the table."""
    preferred = badges.preferred_of(strip.pair.judge)
    if preferred is None:
        return []
    side = strip.pair.side_of(preferred)
    return [_entry(strip, "review.uphold", f"uphold {side.value if side else 'tie'}")]


def _offer_after(strip: StripState) -> list[Content]:
    """The key with which an adjudicator leaves a pair open."""
    return [_entry(strip, "review.skip", "leave open")] if strip.pair.adjudicating else []


def _entry(strip: StripState, key_id: str, word: str) -> Content:
    text = Content.assemble((label(strip.keys[key_id]), BOLD), (f" {word}", MUTED))
    return clickable(text, f"press('{key_id}')")


def _beside_offer(strip: StripState, narrow: bool, *, brief: bool = False) -> Content:
    """What the last key did; else what else is known of an undecided pair."""
    if strip.message:
        return strip.message
    stand = strip.pair.state
    known = marks(strip.pair, strip.signs, strip.broken, narrow=narrow, brief=brief)
    if stand.skipped and not known:
        words = "skipped" if narrow else "skipped; comes back at the end"
        return Content.styled(f"{strip.signs.skipped} {words}", MUTED)
    if known:
        return known
    if strip.pair.adjudicating:
        return Content.styled("" if narrow else "as adjudicator", MUTED)
    if badges.preferred_of(strip.pair.judge) is None and not narrow and not strip.pair.verdict_hidden:
        words = "no verdict to uphold" if brief else "enter rests: there is no verdict to uphold"
        return Content.styled(words, MUTED)
    return Content("")


def _standing(strip: StripState, choice: Choice, narrow: bool) -> Content:
    """Badge, verdict and ruling of your decision, and what stands behind it."""
    stands = badges.your_ruling(strip.pair)
    parts = [badges.choice_badge(strip.pair, choice, strip.signs), Content("  ")]
    parts.append(Content.styled(badges.choice_words(choice).ljust(11 if narrow else 14), BOLD))
    if strip.pair.adjudicating:
        return Content.assemble(*parts, ("settled by you", MUTED))
    if strip.pair.state.blind_decision is not None:
        changed = strip.pair.state.blind_decision is not strip.pair.state.decision
        before = "before the verdict" if narrow else DECIDED_BEFORE
        parts.append(Content.styled("changed after the verdict" if changed else before, MUTED))
    elif stands is not None:
        parts.append(badges.ruling_words(stands, strip.signs))
    if choice is Choice.BOTH_BAD and not narrow:
        parts.append(Content.styled("   counts as a tie", MUTED))
    elif stands is Ruling.DECIDED and not narrow and strip.pair.state.blind_decision is None:
        parts.append(Content.styled("   neither upheld nor overturned", MUTED))
    known = marks(strip.pair, strip.signs, strip.broken, narrow=narrow)
    gap = "  " if narrow else "     "
    return Content.assemble(*parts, gap if known else "", known)


def _after(strip: StripState, narrow: bool) -> Content:
    """The keys that follow a decision."""
    words = {"uphold": "next", "why": "why" if narrow else "say why", "comment": "comment", "undo": "undo"}
    entries = [_entry(strip, f"review.{name}", words[name]) for name in _names_after(strip, narrow)]
    return Content("  " if narrow else "    ").join(entries)


def _names_after(strip: StripState, narrow: bool) -> tuple[str, ...]:
    if badges.your_ruling(strip.pair) is not Ruling.OVERTURNED:
        return ("uphold", "comment", "undo")
    return ("uphold", "why", "undo") if narrow else ("uphold", "why", "comment", "undo")


def not_saved_rows(strip: StripState, reason: str, width: int) -> list[Content]:
    """In place of the keys: why it is not saved, that enter tries again, and how to save it elsewhere; two rows if need be."""
    elsewhere, again, drop = (label(strip.keys[f"review.{name}"]) for name in ("save_elsewhere", "uphold", "undo"))
    if strip.lost:
        entries = (("", elsewhere), (" saves it elsewhere, ", again), (" tries again, ", drop), (" drops it.", ""))
    else:
        entries = (
            ("Your verdict is kept here; ", again),
            (" tries again, ", drop),
            (" drops it, ", elsewhere),
            (" elsewhere.", ""),
        )
    why = Content.assemble(
        ("Not kept: " if strip.lost else "Not saved: ", f"{BOLD} {OVERTURNED}"),
        safe_text.running(reason).rstrip("."),
        (".", MUTED),
    )
    todo = Content.assemble(*(part for words, key in entries for part in ((words, MUTED), (key, BOLD))))
    one_row = Content.assemble(why, " ", todo)
    rows = [one_row] if one_row.cell_length <= width else [why, todo]
    return [row.truncate(width, ellipsis=True) for row in rows]


def _dispute_rows(strip: StripState, width: int, height: int) -> list[Content]:
    """A line for each person and the judge, then the keys that settle it."""
    narrow = _is_narrow(width)
    foot = [you_row(strip, width, narrow=narrow)]
    if strip.not_saved is not None:
        foot = not_saved_rows(strip, strip.not_saved, width)
    said = dispute_rows(strip.pair, strip.signs, width, height - len(foot))
    if said and (above := above_you(strip, width, narrow=narrow)):
        said = [*said[:-1], _flush_right(above, width)]
    return [*said, *[Content("")] * (height - len(foot) - len(said)), *foot]


class VerdictStrip(ReportsPaint):
    """Five rows: the judge, two of reason, a blank one, you. Three where the screen is short."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.auto_links = False
        self._strip: StripState | None = None

    def show(self, strip: StripState) -> None:
        """Show this state."""
        self._strip = strip
        self.refresh()

    def render(self) -> Content:
        if self._strip is None:
            return Content("")
        height, width = self.size.height, _row_width(self.size.width)
        margin = 0 if self.size.width < NARROW else 2
        style = OVERTURNED if self._strip.not_saved else badges.bar_style(self._strip.pair)
        edge = Content.assemble((THICK, style), " " * margin)
        return Content("\n").join([Content.assemble(edge, row) for row in strip_rows(self._strip, width, height)])


def _row_width(columns: int) -> int:
    """Columns of the text in a strip of so many: without its bar and margins."""
    return columns - (2 if columns < NARROW else 5)


def _is_narrow(width: int) -> bool:
    """Whether rows of so many columns of text stand in a strip that is narrow."""
    return width < _row_width(NARROW)


def criteria_row(strip: StripState, width: int) -> Content:
    """What the judge says by each of its criteria, as many as have room; no text where it has none."""
    judge = strip.pair.judge
    verdicts = criterion_verdicts(judge.judgments) if judge is not None else {}
    said = [
        Content.assemble(safe_text.line(name, MUTED), " ", _criterion_sign(strip, verdict))
        for name, verdict in verdicts.items()
    ]
    kept, room = [], width
    for number, one in enumerate(said):
        left = len(said) - number
        more = Content.styled(f"{count(left)} more", MUTED)
        if one.cell_length + (3 + more.cell_length if left > 1 else 0) > room:
            kept.append(more)
            break
        kept.append(one)
        room -= one.cell_length + 3
    return Content("   ").join(kept)


def _criterion_sign(strip: StripState, verdict: Verdict) -> Content:
    """The side that a criterion favours; the sign of any other verdict."""
    side = strip.pair.side_of(verdict.preference) if verdict.preference is not None else None
    if side is not None:
        return Content.styled(side.value, f"{BOLD} {SIDE[side]}")
    signs = {Verdict.TIE: (strip.signs.tie, EVEN), Verdict.INCONSISTENT: (strip.signs.inconsistent, DOUBT)}
    sign, style = signs.get(verdict, (strip.signs.unreadable, MUTED))
    return Content.styled(sign, style)


def _rows_under_verdict(strip: StripState, width: int, height: int) -> list[Content]:
    """The criteria, the reason and what the last key did, on exactly `height` rows; one row holds the reason alone.

    With criteria the reason takes the row that would be blank, unless the last key left a word there.
    """
    narrow = _is_narrow(width)
    indent = 0 if narrow else 9
    criteria = criteria_row(strip, width - indent)
    if height == 1:
        above = above_you(strip, width, narrow=narrow)
        if above and strip.not_saved is None:
            return [_flush_right(above, width)]
        return [Content.assemble(" " * indent, row) for row in reason_rows(strip, width - indent, 1, criteria)]
    above = _between(strip, width)
    rest = [above] if above or not criteria else []
    reason = reason_rows(strip, width - indent, height - len(rest) - bool(criteria))
    return [*(Content.assemble(" " * indent, row) for row in [*([criteria] if criteria else []), *reason]), *rest]


def strip_rows(strip: StripState, width: int, height: int) -> list[Content]:
    """All rows of the strip for its size."""
    narrow = _is_narrow(width)
    if strip.pair.reviewer_decisions:
        return _dispute_rows(strip, width, height)
    you = [you_row(strip, width, narrow=narrow)]
    if strip.not_saved is not None:
        you = not_saved_rows(strip, strip.not_saved, width)
    under = _rows_under_verdict(strip, width, 1 if height < _LOW else height - 2)
    under = under[: len(under) + 1 - len(you)]
    return [judge_row(strip, width, narrow=narrow), *under, *you]


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
    if done.kind in _HERE:
        return Content.styled(_HERE[done.kind], MUTED)
    key = safe_text.tail(done.key) if narrow else safe_text.key(done.key, width=24)
    if done.ruling is Ruling.OVERTURNED:
        sign = Content.styled(f" {signs.overturned} ", BADGE_WRONG) if loud else sign_of(done, signs)
        words = Content.assemble(key, f" {said(done)}" if narrow else f", you {said(done)}").stylize(
            BOLD if loud else MUTED
        )
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
    act = done.target_kind
    if act in (EventKind.DECISION, EventKind.ADJUDICATED, EventKind.REPEAT):
        what = "your decision"
    else:
        what = _TAKEN.get(act, "the last act") if act is not None else "the last act"
    words = f"{'done again' if again else 'taken back'}: {what}{'' if again or not redo else f' ({redo}: again)'}"
    return Content.styled(words.split(":")[0] if narrow else words, MUTED)
