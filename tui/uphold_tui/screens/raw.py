"""What the judge really answered, order by order, as it came."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.records.judged import Judgment
from uphold.records.reviewed import PairView
from uphold.records.words import Preference
from uphold.reviewing.letters import first_shown
from uphold_tui import showing
from uphold_tui.keys import Key, bindings
from uphold_tui.look import BOLD, FAINT, MUTED, OVERTURNED
from uphold_tui.screens.overlay import Overlay
from uphold_tui.widgets.verdicts import share


def answers(pair: PairView) -> Content:
    """All judgments of the pair's judge."""
    judge = pair.judge
    if judge is None or not judge.judgments:
        return Content.styled("No judge has read this pair.", MUTED)
    head = Content.assemble(("Raw answers of ", BOLD), showing.line(judge.name, BOLD))
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
        rows.append(showing.shown(judgment.problem, OVERTURNED))
    text = judgment.raw if judgment.raw is not None else judgment.reason
    rows.append(showing.shown(text) if text else Content.styled("no text was kept", MUTED))
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
