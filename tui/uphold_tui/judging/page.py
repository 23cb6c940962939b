"""What the judging screen draws: progress and time, money, verdicts so far, what needs a look, the last verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from uphold.formatting import dollars, wait_time
from uphold.records.enums import Verdict
from uphold.records.runs import Run
from uphold.store.judgments import JudgedPair
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.judging_progress import JudgingProgress, JudgingView
from uphold_tui import safe_text
from uphold_tui.judging.background import JudgingStatus
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, OVERTURNED, RULE, STRONG, TINT, Signs
from uphold_tui.widgets.badges import share
from uphold_tui.widgets.rows import spread

_THREE = 96
"""Columns from which three figures stand side by side."""


LOOKS = 6
"""Pairs that need a look, at most so many on the page."""


@dataclass(frozen=True, slots=True)
class JudgingPage:
    """What stands on the page, and where the cursor is among what needs a look."""

    run: Run
    news: JudgingStatus
    control: WorkControl
    signs: Signs
    at: int = 0

    def rows(self, width: int) -> list[Content]:
        """The page as rows."""
        judging = self.news.judging
        if judging is None:
            return (
                [*self._end(), Content.styled("Looking at what is missing.", MUTED)]
                if not self.news.ended
                else self._end()
            )
        rows = [*self._end(), *self._progress(judging, width), Content(""), *self._figures(judging, width)]
        if self.news.watched is not None:
            rows += [Content(""), *self._verdicts(self.news.watched, width)]
            rows += self._needs(self.news.watched.needs, width) + self._last(self.news.watched.last, width)
        return rows

    def _end(self) -> list[Content]:
        """Why it has ended, or does not go on just now."""
        summary = self.news.summary
        if self.news.error is not None:
            said = Content.assemble(("Judging has ended.  ", BOLD), safe_text.running(self.news.error, OVERTURNED))
        elif summary is not None and summary.stopped:
            said = Content.assemble(("Stopped.  ", BOLD), safe_text.running(summary.stopped, MUTED))
        elif summary is not None:
            left = f"{summary.left} pairs are left" if summary.left else "nothing is left"
            said = Content.assemble(("Done.  ", BOLD), (left, MUTED))
        elif self.control.stopped:
            said = Content.assemble(("Stopping.  ", BOLD), ("what is in flight comes back first", MUTED))
        elif self.control.paused:
            said = Content.assemble(("Paused.  ", BOLD), ("p goes on", MUTED))
        else:
            return []
        return [said, Content("")]

    def _progress(self, judging: JudgingProgress, width: int) -> list[Content]:
        done, total = judging.done, judging.total
        left = Content.assemble((f"{done:,} of {total:,} judgments", BOLD))
        if self.news.watched is not None:
            words = self.news.watched.verdicts
            pairs = sum(words.values())
            left = Content.assemble(left, (f"   {pairs - words.get(Verdict.PENDING, 0):,} of {pairs:,} pairs", MUTED))
        right = Content("")
        if judging.to_go is not None and judging.left and not self.news.ended:
            right = Content.assemble(("about ", MUTED), (wait_time(judging.to_go), BOLD), (" left", MUTED))
        bright = round(width * done / total) if total else width
        bar = Content.assemble(("━" * bright, STRONG), ("─" * (width - bright), RULE))
        return [spread(left, right, width), bar]

    def _figures(self, judging: JudgingProgress, width: int) -> list[Content]:
        """Rate, money, and what was asked again, in three columns."""
        at_once = f"{self.control.concurrency} at a time"
        if judging.waiting and not self.news.ended:
            rate = Content.assemble((f"all wait, {wait_time(judging.waiting)}", DOUBT))
        elif judging.rate is not None:
            rate = Content.assemble((f"{judging.rate:,.0f}", BOLD), (f" a minute, {at_once}", MUTED))
        else:
            rate = Content.styled(at_once, MUTED)
        done = judging.expected is None or self.news.ended
        expected = "" if done else f" of about {dollars(judging.expected)}"
        cap = "" if self.control.cap is None else f", stops at {dollars(self.control.cap)}"
        spent = Content.assemble((dollars(judging.cost), BOLD), (expected + cap, MUTED))
        waited = f" times, all waited {wait_time(judging.waited)}" if judging.waited else " times"
        again = Content.assemble((f"{judging.again:,}", BOLD), (waited, MUTED))
        heads = [Content.styled(word, MUTED) for word in ("rate", "spent", "asked again")]
        if width < _THREE:
            return [
                Content.assemble(head, " " * (13 - len(head)), said)
                for head, said in zip(heads, (rate, spent, again), strict=True)
            ]
        return [_columns(heads, width), _columns([rate, spent, again], width)]

    def _verdicts(self, watched: JudgingView, width: int) -> list[Content]:
        words, signs = watched.verdicts, self.signs
        kinds = (
            (Verdict.CANDIDATE, safe_text.line(self.run.candidate), STRONG),
            (Verdict.TIE, Content("tie"), MUTED),
            (Verdict.BASELINE, safe_text.line(self.run.baseline), FAINT),
            (Verdict.INCONSISTENT, _signed(signs.inconsistent, DOUBT, "inconsistent"), DOUBT),
            (Verdict.UNREADABLE, _signed(signs.unreadable, OVERTURNED, "unreadable"), OVERTURNED),
            (Verdict.FAILED, _signed(signs.failed, OVERTURNED, "failed"), OVERTURNED),
        )
        total = sum(words.get(kind, 0) for kind, _, _ in kinds)
        bar: list[tuple[str, str]] = []
        used = 0
        for number, (kind, _, style) in enumerate(kinds, 1):
            upto = round(width * sum(words.get(one, 0) for one, _, _ in kinds[:number]) / total) if total else 0
            bar.append(("▄" * (upto - used), style if words.get(kind) else RULE))
            used = upto
        bar.append(("▄" * (width - used), RULE))
        named = [
            Content.assemble(
                name.stylize(MUTED) if kind is not Verdict.CANDIDATE else name, (f" {words[kind]:,}", BOLD)
            )
            for kind, name, _ in kinds
            if words.get(kind)
        ]
        return [
            Content.styled("Verdicts so far", BOLD),
            Content.assemble(*bar),
            Content("     ").join(named),
            Content.styled("A judge's opinion until someone reviews: no rate, no interval.", MUTED),
        ]

    def _needs(self, needs: Sequence[JudgedPair], width: int) -> list[Content]:
        if not needs:
            return []
        count = f"{len(needs)} {'pair' if len(needs) == 1 else 'pairs'}; what failed is asked again the next time"
        rows = [Content(""), spread(Content.styled("Needs a look", BOLD), Content.styled(count, MUTED), width)]
        first = min(max(self.at - LOOKS + 1, 0), max(len(needs) - LOOKS, 0))
        for place, seen in enumerate(needs[first : first + LOOKS], first):
            sign = self.signs.failed if seen.verdict is Verdict.FAILED else self.signs.unreadable
            row = Content.assemble(
                (f"{sign}  ", OVERTURNED),
                _key(seen),
                (f"{seen.verdict.value:<13}", ""),
                safe_text.running(seen.reason or "", MUTED),
            )
            here = place == self.at
            row = spread(row, Content.styled("r raw answer", MUTED) if here else Content(""), width)
            rows.append(row.stylize_before(TINT) if here else row)
        return rows

    def _last(self, last: Sequence[JudgedPair], width: int) -> list[Content]:
        if not last:
            return []
        rows = [Content(""), Content.styled("Last", BOLD)]
        for seen in last:
            rows.append(spread(self._said(seen), Content(""), width))
        return rows

    def _said(self, seen: JudgedPair) -> Content:
        names = {Verdict.CANDIDATE: self.run.candidate, Verdict.BASELINE: self.run.baseline, Verdict.TIE: "tie"}
        sure = share(seen.confidence) if seen.confidence is not None and seen.verdict in names else ""
        signs = {
            Verdict.INCONSISTENT: (self.signs.inconsistent, DOUBT),
            Verdict.FAILED: (self.signs.failed, OVERTURNED),
        }
        signs[Verdict.UNREADABLE] = (self.signs.unreadable, OVERTURNED)
        sign, style = signs.get(seen.verdict, (self.signs.upheld, MUTED))
        word = (
            "orders disagree" if seen.verdict is Verdict.INCONSISTENT else names.get(seen.verdict, seen.verdict.value)
        )
        return Content.assemble(
            (f"{sign}  ", style),
            _key(seen),
            spread(safe_text.line(word), Content(""), 20),
            (f" {sure:>4}  ", MUTED),
            safe_text.running(seen.reason or "", MUTED),
        )


def _key(seen: JudgedPair) -> Content:
    key = safe_text.line(seen.key, MUTED)
    return spread(Content.assemble(key, (f" turn {seen.turn}" if seen.turn > 1 else "", FAINT)), Content(""), 18)


def _signed(sign: str, style: str, word: str) -> Content:
    return Content.assemble((sign, style), f" {word}")


def _columns(cells: Sequence[Content], width: int) -> Content:
    each = max(3 * width // 10, 1)
    widths = (each, max(width - 2 * each, 1), each)
    return Content("").join([spread(cell, Content(""), wide) for cell, wide in zip(cells, widths, strict=True)])
