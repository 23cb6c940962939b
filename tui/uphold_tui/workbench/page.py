"""Header, strip and footer of the workbench; the strip has the locked half and the next step."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.content import Content

from uphold.formatting import count, count_noun, dollars
from uphold.workflows.judge_trial import TrialPrice
from uphold_tui import safe_text
from uphold_tui.keys import Key
from uphold_tui.themes import BOLD, MUTED
from uphold_tui.widgets.rows import entry, spread
from uphold_tui.workbench.draft import Draft
from uphold_tui.workbench.source import PlannedTrial
from uphold_tui.workbench.waiting import locked_words


@dataclass(frozen=True, slots=True)
class WorkbenchPage:
    """The workbench of a set as it is now.

    `planned` is what a try of the draft would take, None where that is not known. `is_trying`: a judge is being asked.
    `in_pairs`: the cursor is among the pairs that changed, of which there are any where `has_pairs`.
    """

    set: str
    draft: Draft
    planned: PlannedTrial | None
    is_trying: bool
    in_pairs: bool
    has_pairs: bool
    table: Mapping[str, Key]

    def header(self, width: int) -> tuple[Content, Content]:
        """Return what stands at the two ends of the header: the set and its judge; tries by now, and their cost if it fits."""
        bench, left = self.draft.bench, safe_text.line(self.set, BOLD)
        if bench is None or not bench.name:
            left = Content.assemble(left, ("   workbench", MUTED))
        if bench is None:
            return left, Content("")
        if bench.name:
            judge = safe_text.line(bench.name, MUTED)
            is_new = self.draft.is_new
            state = f", v{count(bench.number)} being written" if is_new else f", {self.draft.version_words}"
            left = Content.assemble(left, ("   judge ", MUTED), judge, (state, MUTED))
        tried = f"tried {count(len(bench.trials))} {'time' if len(bench.trials) == 1 else 'times'}"
        cost = "" if bench.cost is None else f"   {dollars(bench.cost)} so far"
        if left.cell_length + 2 + len(tried + cost) <= width:
            tried += cost
        return left, Content.styled(tried if bench.trials else "not tried yet", MUTED)

    def strip(self, width: int, *, is_short: bool) -> list[Content]:
        """Return the rows of the locked half and the keys for what is next; two of them where it `is_short`."""
        keys = self._next_keys(width)
        if is_short:
            return [self._locked_row(width), keys]
        return [self._locked_row(width), Content.styled(self._locked_note(), MUTED), Content(""), keys]

    def footer(self, *, is_narrow: bool, is_wide: bool) -> list[list[Content]]:
        """Return the groups of keys of the footer."""
        last = self._named("help", "back")
        if self.in_pairs:
            return [[self._entry("open", "open it")], [self._entry("pane", "rubric")], last]
        bench = self.draft.bench
        writes = bench is not None and not bench.problem
        first = self._named("new", "reasons") if writes else []
        if writes and self.draft.prompt.clauses and not is_narrow:
            first += self._named("toggle", "edit")
        first += self._named("show") if writes and is_wide else []
        second = self._named("pane") if self.has_pairs else []
        second += self._named("tries") if bench is not None and bench.trials else []
        second += self._named("versions") if is_wide and bench is not None and bench.versions else []
        return [first, second, last]

    def _entry(self, name: str, word: str | None = None) -> Content:
        return entry(self.table[f"workbench.{name}"], word)

    def _named(self, *names: str) -> list[Content]:
        return [self._entry(name) for name in names]

    def _locked_row(self, width: int) -> Content:
        if self.draft.bench is None:
            return Content("")
        first, behind = locked_words(self.draft.bench)
        return spread(Content.assemble(("Locked half", BOLD), f"   {first}"), Content.styled(behind, MUTED), width)

    def _locked_note(self) -> str:
        words = "One test, then it is spent: a second look would be tuning on it."
        bench = self.draft.bench
        if bench is None or self.planned is None or bench.locked <= bench.spent:
            return words
        calls = (bench.locked - bench.spent) * self.planned.calls_each
        return f"{words} {count_noun(calls, 'call')} at most."

    def _next_keys(self, width: int) -> Content:
        """Return the keys for what is to be done next, as many as there is room for."""
        bench = self.draft.bench
        if bench is None:
            return Content("")
        if self.is_trying:
            return self._entry("stop", "stop")
        parts: list[Content] = []
        price = self.planned.price if self.planned is not None else None
        if not bench.problem and not self.in_pairs and price is not None and price.calls:
            parts.append(Content.assemble(self._entry("open"), (f"  ({_price_words(price)})", MUTED)))
        if not bench.problem and bench.locked > bench.spent:
            parts.append(self._entry("test"))
        if not bench.problem and self.draft.is_new:
            parts.append(self._entry("keep", f"keep as v{count(bench.number)}"))
        while parts and sum(part.cell_length for part in parts) + 4 * (len(parts) - 1) > width:
            parts.pop(1 if len(parts) > 2 else -1)
        return Content("    ").join(parts)


def _price_words(price: TrialPrice) -> str:
    calls = count_noun(price.calls, "call")
    return calls if price.cost is None else f"{calls}, about {dollars(price.cost)}"
