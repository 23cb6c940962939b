"""The preview of the pair under the cursor of a list: its instruction, the judge's verdict, the reviewer's decision."""

from textual.content import Content
from textual.widget import Widget

from uphold.formatting import seconds
from uphold.records.enums import JudgmentStatus
from uphold.records.judgments import Judgment, PairVerdict
from uphold.records.pair_list import ListedPair
from uphold.records.reviews import ReviewEvent
from uphold.records.texts import cell_text
from uphold.reviewing.presentation import first_shown
from uphold.workflows.pair_list import PairDetail
from uphold_tui import safe_text
from uphold_tui.pairs.rows import SystemNames
from uphold_tui.themes import BOLD, DOUBT, MUTED, PLAIN, RULE, THICK, Signs
from uphold_tui.widgets import badges
from uphold_tui.widgets.marks import local_time
from uphold_tui.widgets.rows import first_rows, spread

_LONGEST_TEXT = 4_000
"""Characters of a text that are wrapped; the preview has room for a few rows only."""

_LABEL = 9
"""Cells of the words `judge` and `you` with the gap behind them."""

_TALL = 20
"""Rows of a preview that has a column of its own."""

_ROOMY = 7
"""Rows of a preview from which the judge's reason has two."""

_MOST_REASON = 8
"""Rows of the judge's reason, and of the reviewer's note, in a tall preview."""


def rows(
    pair: ListedPair, detail: PairDetail, names: SystemNames, signs: Signs, width: int, height: int
) -> list[Content]:
    """Return the preview on at most `height` rows: key and tags, the instruction, the judge, the reviewer.

    Where there are many rows it has both answers too, by their systems' names: of pairs that were read only.
    """
    if height >= _TALL:
        return _tall_rows(pair, detail, names, signs, width, height)
    head = _head(pair, width)
    verdicts = [
        *_under_label(_judge_row(pair, detail, names), width, 2 if height >= _ROOMY else 1),
        _reviewer_row(pair, names, signs).truncate(width, ellipsis=True),
    ]
    room = height - 1 - len(verdicts)
    if room <= 0:
        return [head, *verdicts][:height]
    most = room - 1 if room > 2 else room
    instruction = first_rows(_instruction(pair, detail), width, most)
    gap = [Content("")] * (room - len(instruction))
    return [head, *instruction, *gap, *verdicts]


def _tall_rows(
    pair: ListedPair, detail: PairDetail, names: SystemNames, signs: Signs, width: int, height: int
) -> list[Content]:
    """Return the preview where it has a column of its own; a short answer leaves its rows to the other."""
    made = [
        _head(pair, width),
        Content(""),
        *_paragraphs(_asked(pair, detail), width, height // 4),
        Content(""),
        *_under_label(_judge_row(pair, detail, names), width, _MOST_REASON),
        *_under_label(_reviewer_row(pair, names, signs), width, _MOST_REASON),
    ]
    if pair.read:
        texts = detail.texts
        candidate, baseline = cell_text(texts.candidate_cells[-1]), cell_text(texts.baseline_cells[-1])
        room = max(height - len(made) - 4, 2)
        rows_of_baseline = len(_paragraphs(baseline, width, room))
        first = _paragraphs(candidate, width, max(room - rows_of_baseline, room // 2), MUTED)
        second = _paragraphs(baseline, width, room - len(first), MUTED)
        made += [Content(""), safe_text.line(texts.candidate, BOLD), *first]
        made += [Content(""), safe_text.line(texts.baseline, BOLD), *second]
    elif detail.texts.text.context:
        context = _paragraphs(detail.texts.text.context, width, height - len(made) - 2, MUTED)
        made += [Content(""), Content.styled("context", MUTED), *context]
    return [*made, *[Content("")] * (height - len(made))][:height]


def _asked(pair: ListedPair, detail: PairDetail) -> str:
    return detail.texts.text.turns[pair.turn - 1]


def _instruction(pair: ListedPair, detail: PairDetail) -> Content:
    return safe_text.running(_asked(pair, detail)[:_LONGEST_TEXT])


def _paragraphs(text: str, width: int, most: int, style: str = "") -> list[Content]:
    """Return the first rows of a text with its own lines; blank lines that follow one another are one."""
    lines = [line.rstrip() for line in text[:_LONGEST_TEXT].strip().splitlines()]
    kept = [line for number, line in enumerate(lines) if line or lines[number - 1]]
    return first_rows(safe_text.shown("\n".join(kept), style), width, most)


def _under_label(row: Content, width: int, most: int) -> list[Content]:
    """Return a row that begins with a label on at most so many rows; what is said stays behind the label."""
    if most == 1 or row.cell_length <= width:
        return [row.truncate(width, ellipsis=True)]
    said = first_rows(row[_LABEL:], width - _LABEL, most)
    labels = [row[:_LABEL], *[Content(" " * _LABEL)] * (len(said) - 1)]
    return [Content.assemble(label, line) for label, line in zip(labels, said, strict=True)]


def _head(pair: ListedPair, width: int) -> Content:
    """Return the first row: key and tags, and when and how the decision was made."""
    made = _made_when(pair.decision)
    key = safe_text.key(pair.key, BOLD, max(width // 2, 8))
    room = width - key.cell_length - made.cell_length - 5
    tags = [safe_text.tags(pair.tags, MUTED, room)] if pair.tags and room > 4 else []
    return spread(Content("   ").join([key, *tags]), made, width)


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


def _judge_row(pair: ListedPair, detail: PairDetail, names: SystemNames) -> Content:
    judge = detail.judge
    label = Content.styled("judge".ljust(_LABEL), MUTED)
    if not pair.read:
        return Content.assemble(label, ("shown after you decide: by its name it would give away the sides", MUTED))
    if judge is None:
        return Content.assemble(label, (badges.verdict_words(judge, left_out=detail.verdicts_left_out), MUTED))
    reasoned = _judgment_with_reason(judge)
    parts = [label, Content.styled(names.of_verdict(judge.verdict), BOLD), Content("  ")]
    if reasoned is not None and reasoned.reason:
        first = first_shown(reasoned.order)
        who_is_a = f"its A is {names.of_preference(first)}: " if first is not None else ""
        parts += [Content.styled(who_is_a, MUTED), safe_text.running(reasoned.reason, MUTED)]
    elif problem := badges.problem(judge):
        parts.append(safe_text.running(problem, MUTED))
    return Content.assemble(*parts)


def _judgment_with_reason(judge: PairVerdict) -> Judgment | None:
    """Return the first judgment with a reason that agrees with the verdict, else the first with a reason."""
    reasoned = [j for j in judge.judgments if j.status is JudgmentStatus.READABLE and j.reason]
    agreeing = [j for j in reasoned if j.verdict is not None and j.verdict.value == judge.verdict.value]
    return next(iter(agreeing or reasoned), None)


def _reviewer_row(pair: ListedPair, names: SystemNames, signs: Signs) -> Content:
    label = Content.styled("you".ljust(_LABEL), MUTED)
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
        parts.append(Content.assemble("   ", (signs.flagged, DOUBT), (" flagged", MUTED)))
    if pair.broken:
        parts.append(Content.assemble("   ", (signs.broken, DOUBT), (" broken, in no count", MUTED)))
    if pair.reasons:
        parts += [Content.styled("   why ", MUTED), safe_text.line(", ".join(pair.reasons))]
    if pair.note:
        parts += [Content("   "), safe_text.quoted(pair.note, MUTED)]
    return Content.assemble(*parts)


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
        margin = 2 if self.size.width >= 100 or self.size.height >= _TALL else 0
        width = max(self.size.width - 1 - margin - (3 if margin else 1), 1)
        edge = Content.assemble((THICK, RULE), " " * margin)
        pad = 1 if self.size.height >= 7 else 0
        margin_rows = [Content("")] * pad
        content = rows(*self._shown, self._signs, width, self.size.height - 2 * pad)
        return Content("\n").join([Content.assemble(edge, row) for row in [*margin_rows, *content, *margin_rows]])
