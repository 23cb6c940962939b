"""What the judge really answered, order by order, as it came."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.records.enums import Preference
from uphold.records.judgments import Judgment
from uphold.records.reviews import PairView
from uphold.reviewing.advice import Advice
from uphold.reviewing.presentation import first_shown
from uphold.workflows.queue_drawing import queue_words
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, FAINT, MUTED, OVERTURNED
from uphold_tui.widgets.badges import share


def answers(pair: PairView) -> Content:
    """All judgments of the pair's judge."""
    judge = pair.judge
    if judge is None or not judge.judgments:
        return Content.styled("No judge has read this pair.", MUTED)
    head = Content.assemble(("Raw answers of ", BOLD), safe_text.line(judge.name, BOLD))
    foot = Content.styled("esc closes", FAINT)
    return Content("\n\n").join([head, *(_one(pair, judgment) for judgment in judge.judgments), foot])


def _one(pair: PairView, judgment: Judgment) -> Content:
    """One answer: the order it was given in, how it was read, and its text."""
    facts = [Content.styled(_order(pair, judgment), BOLD), Content.styled(_read(pair, judgment), MUTED)]
    if judgment.confidence is not None:
        facts.append(Content.styled(f"confidence {share(judgment.confidence)}", MUTED))
    if judgment.sample:
        facts.append(Content.styled(f"sample {judgment.sample + 1}", MUTED))
    rows = [Content("   ").join(facts)]
    if judgment.problem:
        rows.append(safe_text.shown(judgment.problem, OVERTURNED))
    text = judgment.raw if judgment.raw is not None else judgment.reason
    rows.append(safe_text.shown(text) if text else Content.styled("no text was kept", MUTED))
    return Content("\n").join(rows)


def _order(pair: PairView, judgment: Judgment) -> str:
    first = first_shown(judgment.order)
    if first is None:
        return "order not recorded" if judgment.order == "unknown" else "no order"
    side = pair.side_of(first)
    return f"your {side} was shown first" + ("" if side == "A" else ", so its A is your B")


def _read(pair: PairView, judgment: Judgment) -> str:
    if judgment.verdict is None:
        return judgment.status.value
    side = pair.side_of(judgment.verdict)
    return "read as tie" if judgment.verdict is Preference.TIE else f"read as: your {side} is better"


class RawScreen(Overlay[None]):
    """The raw answers over the review."""

    BINDINGS = bindings((Key("raw.close", ("r",), "close", "close"),))

    def __init__(self, pair: PairView) -> None:
        super().__init__()
        self._pair = pair

    def parts(self) -> Iterable[Widget]:
        yield Static(answers(self._pair), markup=False)


class GuidelinesScreen(Overlay[None]):
    """`I` or esc closes."""

    BINDINGS = bindings((Key("guidelines.close", ("I",), "close", "close"),))

    def __init__(self, set_name: str, text: str | None) -> None:
        super().__init__()
        self._set, self._guidelines = set_name, text

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(("Guidelines of ", BOLD), safe_text.line(self._set, BOLD))
        if self._guidelines:
            body = safe_text.shown(self._guidelines.strip())
        else:
            body = Content.styled("None are written down for this set. Judges are given none either.", MUTED)
        yield Static(Content("\n\n").join([head, body, Content.styled("esc closes", FAINT)]), markup=False)


_KEYS = (
    Key("next.read", ("enter",), "read", "read it"),
    Key("next.close", ("escape", "q", "w"), "close", "leave it"),
)


class QueueAdviceScreen(Overlay[str | None], inherit_bindings=False):
    """Answers the queue that is to be read, or None."""

    WIDTH = 84
    BINDINGS = bindings(_KEYS)

    def __init__(self, advice: Advice) -> None:
        super().__init__()
        self.advice = advice

    def parts(self) -> Iterable[Widget]:
        queue = self.advice.queue
        title = "Nothing to read" if queue is None else "Read next"
        words = "" if queue is None else f"   {queue_words(queue)}"
        yield Static(Content.assemble((title, BOLD), words), markup=False)
        yield Static(Content.styled(self.advice.why, MUTED), markup=False)
        foot = [("enter", "opens this queue")] if queue is not None else []
        entries = [Content.assemble((key, BOLD), (f" {word}", MUTED)) for key, word in (*foot, ("esc", "leave it"))]
        yield Static(Content("    ").join(entries), markup=False)

    def action_read(self) -> None:
        """Answer the queue."""
        self.dismiss(self.advice.queue)


class AnswersScreen(Overlay[None]):
    """What a judge really answered on a pair, as it came."""

    BINDINGS = bindings((Key("answers.close", ("r",), "close", "close"),))

    def __init__(self, key: str, judge: str, answers: Iterable[tuple[str, str, str]]) -> None:
        super().__init__()
        self._key, self._judge, self._answers = key, judge, tuple(answers)

    def parts(self) -> Iterable[Widget]:
        head = Content.assemble(
            ("Raw answers of ", BOLD),
            safe_text.line(self._judge, BOLD),
            (" on ", BOLD),
            safe_text.line(self._key, BOLD),
        )
        rows = [
            Content("\n").join([Content.styled(order, BOLD), safe_text.shown(said, MUTED), safe_text.shown(raw)])
            for order, said, raw in self._answers
        ]
        foot = Content.styled("esc closes", FAINT)
        yield Static(Content("\n\n").join([head, *rows, foot]), markup=False)
