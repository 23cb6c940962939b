"""The pair under the cursor of a list: what was asked, and what judge and reviewer say, by the names of the systems."""

from datetime import datetime

from textual.content import Content
from textual.widget import Widget

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
from uphold_tui.widgets.rows import ended, spread

_ENOUGH = 4_000
"""Characters of an instruction that are looked at for its few rows."""


def rows(
    pair: ListedPair, detail: PairDetail, names: SystemNames, signs: Signs, width: int, height: int
) -> list[Content]:
    """The preview on at most `height` rows."""
    head = [safe_text.line(pair.key, BOLD)]
    if pair.tags:
        head.append(safe_text.tags(pair.tags, MUTED))
    made = [spread(Content("   ").join(head), _when(pair.decision), width)]
    said = [_judge(pair, detail.judge, names, width), _you(pair, names, signs, width)]
    room = height - len(made) - len(said)
    if room <= 0:
        return [*made, *said][:height]
    asked = safe_text.running(detail.texts.text.turns[pair.turn - 1][:_ENOUGH]).wrap(max(width, 1))
    most = room - 1 if room > 2 else room
    if len(asked) > most:
        asked = [
            *asked[: most - 1],
            ended(asked[most - 1], width),
        ]
    gap = [Content("")] * (room - len(asked))
    return [*made, *asked, *gap, *said]


def _when(decision: ReviewEvent | None) -> Content:
    """`3 March, 21:14   seen open   38 s`."""
    if decision is None:
        return Content("")
    words = [date_of(decision.at)] if decision.at else []
    if decision.shown is not None:
        words.append(f"seen {'blind' if decision.shown.mode == 'blind' else 'open'}")
    elif decision.source != "app":
        words.append("imported" if decision.source == "import" else "carried over")
    if decision.seconds is not None:
        words.append(f"{round(decision.seconds)} s")
    return Content.styled("   ".join(words), MUTED)


def date_of(at: str) -> str:
    """A stored UTC time as the reader's own date and hour."""
    try:
        when = datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone()
    except ValueError:
        return ""
    return f"{when.day} {when:%B}, {when:%H:%M}"


def _judge(pair: ListedPair, judge: PairVerdict | None, names: SystemNames, width: int) -> Content:
    label = Content.styled("judge".ljust(9), MUTED)
    if not pair.read:
        return Content.assemble(
            label, ("shown after you decide: by its name it would give away the sides", MUTED)
        ).truncate(width)
    if judge is None:
        return Content.assemble(label, ("has not read this pair", MUTED))
    said = _reason(judge)
    parts = [label, Content.styled(names.of_verdict(judge.verdict), BOLD), Content("  ")]
    if said is not None and said.reason:
        first = first_shown(said.order)
        aside = f"its A is {names.of_preference(first)}: " if first is not None else ""
        parts += [Content.styled(aside, MUTED), safe_text.running(said.reason, MUTED)]
    elif problem := badges.problem(judge):
        parts.append(safe_text.running(problem, MUTED))
    return Content.assemble(*parts).truncate(width, ellipsis=True)


def _reason(judge: PairVerdict) -> Judgment | None:
    """The first reason that says what the verdict says, else the first there is."""
    given = [one for one in judge.judgments if one.status is JudgmentStatus.READABLE and one.reason]
    fitting = [one for one in given if one.verdict is not None and one.verdict.value == judge.verdict.value]
    return next(iter(fitting or given), None)


def _you(pair: ListedPair, names: SystemNames, signs: Signs, width: int) -> Content:
    label = Content.styled("you".ljust(9), MUTED)
    if pair.choice is None:
        words = "skipped; comes back at the end of the queue" if pair.skipped else "have not read this pair"
        parts = [label, Content.styled(words, MUTED)]
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


class Preview(Widget):
    """A panel with a bar at its left."""

    def __init__(self, name: str, signs: Signs = PLAIN) -> None:
        super().__init__(id=name)
        self._signs = signs
        self._shown: tuple[ListedPair, PairDetail, SystemNames] | None = None

    def put(self, pair: ListedPair | None, detail: PairDetail | None, names: SystemNames) -> None:
        """Show this pair, or nothing."""
        self._shown = (pair, detail, names) if pair is not None and detail is not None else None
        self.refresh()

    def render(self) -> Content:
        if self._shown is None:
            return Content("")
        margin = 0 if self.size.width < 100 else 2
        width = max(self.size.width - 1 - margin - (3 if margin else 1), 1)
        edge = Content.assemble((THICK, RULE), " " * margin)
        pad = 1 if self.size.height >= 7 else 0
        made = rows(*self._shown, self._signs, width, self.size.height - 2 * pad)
        return Content("\n").join(
            [Content.assemble(edge, row) for row in [Content("")] * pad + made + [Content("")] * pad]
        )
