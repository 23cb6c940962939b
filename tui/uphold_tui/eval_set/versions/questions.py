"""The questions before an old version is brought back, and before stale pairs are judged."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from uphold.formatting import count_noun, dollars
from uphold.workflows.judging_again import JudgingAgain
from uphold_tui import safe_text
from uphold_tui.dialogs.overlay import Overlay, key_row
from uphold_tui.eval_set.versions.loader import Difference, VersionEntry
from uphold_tui.eval_set.versions.page import changes
from uphold_tui.keys import Key, bindings
from uphold_tui.themes import BOLD, DOUBT, MUTED, TINT, Signs
from uphold_tui.widgets.rows import spread

_BRING_KEYS = (
    Key("bring_back.yes", ("enter",), "answer", "bring it back"),
    Key("bring_back.close", ("escape", "q"), "close", "leave it"),
)


class BringBackScreen(Overlay[bool], inherit_bindings=False):
    """Says what bringing a version back changes; returns whether to do it."""

    BINDINGS = bindings(_BRING_KEYS)

    def __init__(self, entry: VersionEntry, found: Difference, signs: Signs) -> None:
        super().__init__()
        self._entry, self._found, self._signs = entry, found, signs

    def parts(self) -> Iterable[Widget]:
        diff, did = self._found.diff, self._found.effects
        rows = [
            Content.styled(f"Bring {self._entry.name} back, as a new version?", BOLD),
            Content(""),
            Content.assemble(
                changes(len(diff.added), len(diff.retired), len(diff.edited)),
                (f"   against the set as it is now, {count_noun(diff.same, 'example')} the same", MUTED),
            ),
        ]
        for sign, style, word, one in (
            (self._signs.stale, DOUBT, "stale", did.stale),
            (self._signs.retired, MUTED, "retired", did.retired),
        ):
            if one.pairs or one.judgments:
                numbers = ((one.pairs, "pair"), (one.judgments, "judgment"), (one.decisions, "review"))
                words = ", ".join(count_noun(number, name) for number, name in numbers)
                rows.append(Content.assemble((sign, style), f" {word}: {words}"))
        rows += [
            Content.styled(
                "Tags and settings stay. Old texts bring their verdicts and reviews back; u takes all of it back.",
                MUTED,
            ),
            Content(""),
            key_row((("enter", "bring it back"), ("esc", "leave it"))),
        ]
        yield Static(Content("\n").join(rows), markup=False)

    def action_answer(self) -> None:
        """Close: do it."""
        self.dismiss(True)


_JUDGE_KEYS = (
    Key("judge_again.begin", ("enter",), "answer", "judge"),
    Key("judge_again.down", ("j", "down"), "move(1)", "down"),
    Key("judge_again.up", ("k", "up"), "move(-1)", "up"),
    Key("judge_again.close", ("escape", "q"), "close", "leave it"),
)


class JudgeAgainScreen(Overlay[JudgingAgain | None], inherit_bindings=False):
    """Names what the judge of each run has not read, with calls and cost; returns the run to judge."""

    WIDTH = 96
    BINDINGS = bindings(_JUDGE_KEYS)

    def __init__(self, lacking: Sequence[JudgingAgain]) -> None:
        super().__init__()
        self._lacking = lacking
        self._at = next((at for at, one in enumerate(lacking) if _can_be_judged(one)), 0)
        self.list = Static(markup=False)

    def parts(self) -> Iterable[Widget]:
        yield self.list

    def fill(self) -> None:
        """Show the runs with what each lacks."""
        width = self.text_width
        rows = [
            Content.assemble(("Judge what is lacking", BOLD), ("   what is settled is never paid twice", MUTED)),
            Content(""),
        ]
        for at, one in enumerate(self._lacking):
            row = spread(safe_text.line(one.run, BOLD), Content.styled(_work(one), MUTED), width, least=8)
            rows.append(row.stylize_before(TINT) if at == self._at else row)
            rows += [Content.assemble("  ", line) for text in _notes(one) for line in text.wrap(max(width - 2, 1))]
        judge = [("enter", "judge")] if _can_be_judged(self._lacking[self._at]) else []
        rows += [Content(""), key_row([*judge, ("esc", "leave it")])]
        self.list.update(Content("\n").join(rows))

    def action_move(self, step: int) -> None:
        """Go to another run."""
        self._at = min(max(self._at + step, 0), len(self._lacking) - 1)
        self.fill()

    def action_answer(self) -> None:
        """Close, returning the run under the cursor, if there is something to judge."""
        if _can_be_judged(self._lacking[self._at]):
            self.dismiss(self._lacking[self._at])


def _can_be_judged(one: JudgingAgain) -> bool:
    return bool(one.pairs) and not one.reason


def _work(one: JudgingAgain) -> str:
    if not one.pairs:
        return "nothing to judge yet" if one.unanswered else ""
    cost = "price not known" if one.cost is None else f"about {dollars(one.cost)}"
    return f"{count_noun(one.pairs, 'pair')}, {count_noun(one.calls, 'call')}, {cost}"


def _notes(one: JudgingAgain) -> list[Content]:
    notes = [Content.assemble(("by ", MUTED), safe_text.line(one.judge, MUTED))]
    if one.unanswered:
        words = f"{count_noun(one.unanswered, 'example')} to be answered anew first: uphold generate, or an import"
        notes.append(Content.styled(words, DOUBT))
    if one.reason:
        notes.append(safe_text.running(one.reason, DOUBT))
    return notes
