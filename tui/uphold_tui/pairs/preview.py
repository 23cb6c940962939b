"""The preview of the pair under the cursor of a list: its instruction, the judge's verdict, the reviewer's decision."""

from textual.content import Content
from textual.widget import Widget

from uphold.formatting import seconds
from uphold.records.enums import JudgmentStatus
from uphold.records.judgments import Judgment, PairVerdict
from uphold.records.pair_list import ListedPair
from uphold.records.reviews import ReviewEvent
from uphold.reviewing.presentation import first_shown
from uphold.workflows.pair_list import PairDetail
from uphold_tui import safe_text
from uphold_tui.pairs.rows import SystemNames
from uphold_tui.themes import BOLD, MUTED, PLAIN, RULE, THICK, Signs
from uphold_tui.widgets import badges
from uphold_tui.widgets.marks import local_time
from uphold_tui.widgets.rows import ended, spread

_LONGEST_INSTRUCTION = 4_000
"""Characters of an instruction that are wrapped; the preview has room for a few rows only."""


def rows(
    pair: ListedPair, detail: PairDetail, names: SystemNames, signs: Signs, width: int, height: int
) -> list[Content]:
    """Return the preview on at most `height` rows: key and tags, the instruction, the judge, the reviewer."""
    parts = [safe_text.line(pair.key, BOLD)]
    if pair.tags:
        parts.append(safe_text.tags(pair.tags, MUTED))
    head = spread(Content("   ").join(parts), _made_when(pair.decision), width)
    verdicts = [_judge_row(pair, detail.judge, names, width), _reviewer_row(pair, names, signs, width)]
    room = height - 1 - len(verdicts)
    if room <= 0:
        return [head, *verdicts][:height]
    text = detail.texts.text.turns[pair.turn - 1][:_LONGEST_INSTRUCTION]
    instruction = safe_text.running(text).wrap(max(width, 1))
    most = room - 1 if room > 2 else room
    if len(instruction) > most:
        instruction = [*instruction[: most - 1], ended(instruction[most - 1], width)]
    gap = [Content("")] * (room - len(instruction))
    return [head, *instruction, *gap, *verdicts]


def _made_when(decision: ReviewEvent | None) -> Content:
    """Return when and how a decision was made: `3 March, 21:14   seen open   38 s`."""
    if decision is None:
        return Content("")
    words = [local_time(decision.at)] if decision.at else []
    if decision.shown is not None:
        words.append(f"seen {'blind' if decision.shown.mode == 'blind' else 'open'}")
    elif decision.source != "app":
        words.append("imported" if decision.source == "import" else "carried over")
    if decision.seconds is not None:
        words.append(seconds(decision.seconds))
    return Content.styled("   ".join(words), MUTED)


def _judge_row(pair: ListedPair, judge: PairVerdict | None, names: SystemNames, width: int) -> Content:
    label = Content.styled("judge".ljust(9), MUTED)
    if not pair.read:
        return Content.assemble(
            label, ("shown after you decide: by its name it would give away the sides", MUTED)
        ).truncate(width)
    if judge is None:
        return Content.assemble(label, ("has not read this pair", MUTED))
    reasoned = _judgment_with_reason(judge)
    parts = [label, Content.styled(names.of_verdict(judge.verdict), BOLD), Content("  ")]
    if reasoned is not None and reasoned.reason:
        first = first_shown(reasoned.order)
        who_is_a = f"its A is {names.of_preference(first)}: " if first is not None else ""
        parts += [Content.styled(who_is_a, MUTED), safe_text.running(reasoned.reason, MUTED)]
    elif problem := badges.problem(judge):
        parts.append(safe_text.running(problem, MUTED))
    return Content.assemble(*parts).truncate(width, ellipsis=True)


def _judgment_with_reason(judge: PairVerdict) -> Judgment | None:
    """Return the first judgment with a reason that agrees with the verdict, else the first with a reason."""
    reasoned = [j for j in judge.judgments if j.status is JudgmentStatus.READABLE and j.reason]
    agreeing = [j for j in reasoned if j.verdict is not None and j.verdict.value == judge.verdict.value]
    return next(iter(agreeing or reasoned), None)


def _reviewer_row(pair: ListedPair, names: SystemNames, signs: Signs, width: int) -> Content:
    label = Content.styled("you".ljust(9), MUTED)
    if pair.choice is None:
        parts = [label, Content.styled(_not_read(pair), MUTED)]
    else:
        parts = [label, Content.styled(names.of_choice(pair.choice), BOLD)]
        if pair.ruling is not None:
            parts += [
                Content("   "),
                Content.assemble(badges.ruling_sign(pair.ruling, signs), (f" {pair.ruling}", MUTED)),
            ]
    if pair.flagged:
        parts.append(Content.styled(f"   {signs.flagged} flagged", MUTED))
    if pair.broken:
        parts.append(Content.styled(f"   {signs.broken} broken, in no count", MUTED))
    if pair.reasons:
        parts += [Content.styled("   why ", MUTED), safe_text.line(", ".join(pair.reasons))]
    if pair.note:
        parts += [Content("   "), safe_text.quoted(pair.note, MUTED)]
    return Content.assemble(*parts).truncate(width, ellipsis=True)


def _not_read(pair: ListedPair) -> str:
    """Return how it stands with a pair that is undecided."""
    if pair.stale:
        return "decided before its texts changed; this is to be decided again"
    return "skipped; comes back at the end of the queue" if pair.skipped else "have not read this pair"


class Preview(Widget):
    """A panel with a bar at its left that shows one pair of the list."""

    def __init__(self, name: str, signs: Signs = PLAIN) -> None:
        super().__init__(id=name)
        self._signs = signs
        self._shown: tuple[ListedPair, PairDetail, SystemNames] | None = None

    def show(self, pair: ListedPair | None, detail: PairDetail | None, names: SystemNames) -> None:
        """Show a pair; nothing where `pair` or `detail` is None."""
        self._shown = (pair, detail, names) if pair is not None and detail is not None else None
        self.refresh()

    def render(self) -> Content:
        if self._shown is None:
            return Content("")
        margin = 0 if self.size.width < 100 else 2
        width = max(self.size.width - 1 - margin - (3 if margin else 1), 1)
        edge = Content.assemble((THICK, RULE), " " * margin)
        pad = 1 if self.size.height >= 7 else 0
        margin_rows = [Content("")] * pad
        content = rows(*self._shown, self._signs, width, self.size.height - 2 * pad)
        return Content("\n").join([Content.assemble(edge, row) for row in [*margin_rows, *content, *margin_rows]])
