"""Dialogs that show a text: raw answers of a judge, a set's guidelines, and advice on what to read next."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import share
from uphold.records.enums import Preference
from uphold.records.judgments import Judgment
from uphold.records.reviews import PairView
from uphold.reviewing.advice import Advice
from uphold.reviewing.presentation import WITH_NAMES, first_shown, rule_reason
from uphold.workflows.queue_drawing import describe_queue
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, MUTED, OVERTURNED

_CLOSES = key_row([("esc", "close")])


def raw_answers(pair: PairView, *, names_shown: bool = False) -> Content:
    """Return all judgments that the pair's judge gave, as they came, each with its order and how it was read.

    What a rule says of candidate and baseline is told in sides unless the systems' names are shown (`names_shown`).
    """
    judge = pair.judge
    if judge is None or not judge.judgments:
        return Content.styled("No judge has read this pair.", MUTED)
    head = Content.assemble(("Raw answers of ", BOLD), safe_text.line(judge.name, BOLD))
    in_sides = judge.kind == "rules" and not names_shown
    answers = (_answer(pair, judgment, in_sides=in_sides) for judgment in judge.judgments)
    return Content("\n\n").join([head, *answers, _CLOSES])


def _answer(pair: PairView, judgment: Judgment, *, in_sides: bool) -> Content:
    facts = [Content.styled(_order(pair, judgment), BOLD), Content.styled(_read_as(pair, judgment), MUTED)]
    if judgment.confidence is not None:
        facts.append(Content.styled(f"confidence {share(judgment.confidence)}", MUTED))
    if judgment.sample:
        facts.append(Content.styled(f"sample {judgment.sample + 1}", MUTED))
    rows = [Content("   ").join(facts)]
    if judgment.criteria:
        rows.append(Content("   ").join([_criterion(pair, name, word) for name, word in judgment.criteria]))
    if judgment.problem:
        rows.append(safe_text.shown(judgment.problem, OVERTURNED))
    text = judgment.raw if judgment.raw is not None else judgment.reason
    if text and in_sides:
        text = rule_reason(pair, text) or WITH_NAMES
    rows.append(safe_text.shown(text) if text else Content.styled("no text was kept", MUTED))
    return Content("\n").join(rows)


def _order(pair: PairView, judgment: Judgment) -> str:
    first = first_shown(judgment.order)
    if first is None:
        return "order not recorded" if judgment.order == "unknown" else "no order"
    side = pair.side_of(first)
    return f"your {side} was shown first" + ("" if side == "A" else ", so its A is your B")


def _read_as(pair: PairView, judgment: Judgment) -> str:
    if judgment.verdict is None:
        return judgment.status.value
    side = pair.side_of(judgment.verdict)
    return "read as tie" if judgment.verdict is Preference.TIE else f"read as: your {side} is better"


def _criterion(pair: PairView, name: str, word: Preference) -> Content:
    side = pair.side_of(word)
    return Content.assemble(safe_text.line(name, MUTED), f" {'tie' if side is None else side}")


class RawScreen(Overlay[None]):
    """The raw answers of the judge on the pair under review; it names no system unless their names are shown."""

    BINDINGS = bindings((Key("raw.close", ("r",), "close", "close"),))

    def __init__(self, pair: PairView, *, names_shown: bool = False) -> None:
        super().__init__()
        self._pair, self._names_shown = pair, names_shown

    def parts(self) -> Iterable[Widget]:
        yield Static(raw_answers(self._pair, names_shown=self._names_shown), markup=False)


class GuidelinesScreen(Overlay[None]):
    """The guidelines of an eval set."""

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
        yield Static(Content("\n\n").join([head, body, _CLOSES]), markup=False)


_ADVICE_KEYS = (
    Key("next.read", ("enter",), "read", "read it"),
    Key("next.close", ("escape", "q", "w"), "close", "leave it"),
)


class QueueAdviceScreen(Overlay[str | None], inherit_bindings=False):
    """Advises which queue to read next; returns that queue when it is to be opened, else None."""

    BINDINGS = bindings(_ADVICE_KEYS)

    def __init__(self, advice: Advice) -> None:
        super().__init__()
        self.advice = advice

    def parts(self) -> Iterable[Widget]:
        queue = self.advice.queue
        title = "Nothing to read" if queue is None else "Read next"
        words = "" if queue is None else f"   {describe_queue(queue)}"
        yield Static(Content.assemble((title, BOLD), words), markup=False)
        yield Static(Content.styled(self.advice.why, MUTED), markup=False)
        entries = [("enter", "opens this queue")] if queue is not None else []
        yield Static(key_row([*entries, ("esc", "leave it")]), markup=False)

    def action_read(self) -> None:
        """Close, returning the queue."""
        self.dismiss(self.advice.queue)


class AnswersScreen(Overlay[None]):
    """The raw answers of a judge on a pair that was just judged.

    `answers` are (order, how it was read, raw text) of each judgment.
    """

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
            Content("\n").join([Content.styled(order, BOLD), safe_text.shown(read_as, MUTED), safe_text.shown(raw)])
            for order, read_as, raw in self._answers
        ]
        yield Static(Content("\n\n").join([head, *rows, _CLOSES]), markup=False)
