"""The page of the judging screen as rows: progress, cost, verdicts so far, pairs that need a look, the last pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from uphold.formatting import count, count_noun, dollars, exact_dollars, noun, share, wait_time
from uphold.records.enums import JudgmentStatus, Verdict
from uphold.records.judgments import JudgmentProblem
from uphold.records.runs import Run
from uphold.store.judgments import JudgedPair
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.judging_progress import JudgeSummary, JudgingProgress, JudgingView
from uphold_tui import safe_text
from uphold_tui.judging.background import JudgingStatus
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, OVERTURNED, RULE, SHARES, STRONG, TINT, Signs
from uphold_tui.widgets.rows import spread

if TYPE_CHECKING:
    from uphold.workflows.judge_offers import JudgeOffer

_THREE_COLUMNS = 96
"""Cells from which three numbers stand side by side."""

_MOST_REASONS = 4
"""Reasons of failed and unreadable judgments that are shown."""

_LEAST_PROBLEMS = 6
"""Pairs that need a look and can be seen at once, however low the screen is."""

_LEAST_LATEST = 8
"""Pairs judged last that are shown however low the screen is; it scrolls then."""


@dataclass(frozen=True, slots=True)
class JudgingPage:
    """The state of judging a run; `cursor` is an index into the pairs that need a look."""

    run: Run
    status: JudgingStatus
    control: WorkControl
    signs: Signs
    cursor: int = 0

    def rows(self, width: int, height: int) -> list[Content]:
        """Return the page as rows of at most `width` cells; lists are as long as `height` rows have room for."""
        progress, view = self.status.progress, self.status.view
        if progress is None:
            waiting = self._halt() or Content.styled("Looking at what is missing.", MUTED)
            return self._state() if self.status.ended else [waiting]
        rows = [*self._state(), *self._progress(progress, width), Content(""), *self._rate_and_cost(progress, width)]
        if progress.adapted:
            heading = Content.styled("what this server takes", MUTED)
            rows += [Content(""), heading, *(safe_text.running(sentence, MUTED) for sentence in progress.adapted)]
        if view is not None:
            rows += [Content(""), *self._verdicts(view, width)]
            rows += self._reasons(view.reasons, width)
            rows += self._problems(view.problems, width, (height - len(rows)) // 2)
            rows += self._latest(view.latest, width, height - len(rows) - 2)
        return rows

    def _state(self) -> list[Content]:
        """Return why judging has ended; no row while it has not."""
        summary = self.status.summary
        if self.status.error is not None:
            row = Content.assemble(("Judging has ended.  ", BOLD), safe_text.running(self.status.error, OVERTURNED))
        elif summary is not None and summary.stopped:
            row = Content.assemble(("Stopped.  ", BOLD), safe_text.running(summary.stopped, MUTED))
        elif summary is not None:
            row = Content.assemble(("Done.  ", BOLD), (_what_is_left(summary), MUTED))
        else:
            return []
        return [row, Content("")]

    def _halt(self) -> Content:
        """Return why nothing new is asked; nothing while it is."""
        if self.control.stopped:
            return Content.styled("stopping: what is in flight comes back first", MUTED)
        return Content.styled("paused, p goes on", DOUBT) if self.control.paused else Content("")

    def _progress(self, progress: JudgingProgress, width: int) -> list[Content]:
        done, total = progress.done, progress.total
        left = Content.assemble((f"{count(done)} of {count_noun(total, 'judgment')}", BOLD))
        if self.status.view is not None:
            verdicts = self.status.view.verdicts
            pairs = sum(verdicts.values())
            judged = pairs - verdicts.get(Verdict.PENDING, 0)
            left = Content.assemble(left, (f"   {count(judged)} of {count_noun(pairs, 'pair')}", MUTED))
        right = Content("")
        if not self.status.ended and (halt := self._halt()):
            right = halt
        elif progress.seconds_left is not None and progress.left and not self.status.ended:
            right = Content.assemble(("about ", MUTED), (wait_time(progress.seconds_left), BOLD), (" left", MUTED))
        bright = round(width * done / total) if total else width
        bar = Content.assemble(("━" * bright, STRONG), ("─" * (width - bright), RULE))
        return [spread(left, right, width), bar]

    def _rate_and_cost(self, progress: JudgingProgress, width: int) -> list[Content]:
        """Return rate, cost and repeated requests, in three columns where there is room."""
        at_once = f"{count(self.control.concurrency)} at a time"
        if progress.pause_left and not self.status.ended:
            rate = Content.assemble((f"all wait, {wait_time(progress.pause_left)}", DOUBT))
        elif progress.rate is not None:
            rate = Content.assemble((count(round(progress.rate)), BOLD), (f" a minute, {at_once}", MUTED))
        else:
            rate = Content.styled(at_once, MUTED)
        is_final = progress.expected_cost is None or self.status.ended
        expected = "" if is_final else f" of about {dollars(progress.expected_cost)}"
        cap = "" if self.control.cap is None else f", stops at {exact_dollars(self.control.cap)}"
        spent = Content.assemble((dollars(progress.cost), BOLD), (expected + cap, MUTED))
        times = f" {noun(progress.retries, 'time')}"
        paused = f", all waited {wait_time(progress.paused)}" if progress.paused else ""
        retries = Content.assemble((count(progress.retries), BOLD), (times + paused, MUTED))
        heads = [Content.styled(head, MUTED) for head in ("rate", "spent", "asked again")]
        if width < _THREE_COLUMNS:
            return [
                Content.assemble(head, " " * (13 - len(head)), value)
                for head, value in zip(heads, (rate, spent, retries), strict=True)
            ]
        return [_columns(heads, width), _columns([rate, spent, retries], width)]

    def _verdicts(self, view: JudgingView, width: int) -> list[Content]:
        counts, signs = view.verdicts, self.signs
        kinds = (
            (Verdict.CANDIDATE, safe_text.line(self.run.candidate), SHARES[0]),
            (Verdict.TIE, Content("tie"), SHARES[1]),
            (Verdict.BASELINE, safe_text.line(self.run.baseline), SHARES[2]),
            (Verdict.INCONSISTENT, _signed(signs.inconsistent, DOUBT, "inconsistent"), DOUBT),
            (Verdict.UNREADABLE, _signed(signs.unreadable, OVERTURNED, "unreadable"), OVERTURNED),
            (Verdict.FAILED, _signed(signs.failed, OVERTURNED, "failed"), OVERTURNED),
        )
        total = sum(counts.get(verdict, 0) for verdict, _, _ in kinds)
        bar: list[tuple[str, str]] = []
        so_far = end = 0
        for verdict, _, style in kinds:
            start, so_far = end, so_far + counts.get(verdict, 0)
            end = round(width * so_far / total) if total else 0
            bar.append(("▄" * (end - start), style if counts.get(verdict) else SHARES[-1]))
        bar.append(("▄" * (width - end), SHARES[-1]))
        named = [
            Content.assemble(
                name if verdict is Verdict.CANDIDATE else name.stylize_before(MUTED),
                (f" {count(counts[verdict])}", BOLD),
            )
            for verdict, name, _ in kinds
            if counts.get(verdict)
        ]
        return [
            Content.styled("Verdicts so far", BOLD),
            Content.assemble(*bar),
            *Content("     ").join(named).wrap(max(width, 1)),
            Content.styled("A judge's opinion until someone reviews: no rate, no interval.", MUTED),
        ]

    def _reasons(self, reasons: Sequence[JudgmentProblem], width: int) -> list[Content]:
        """Return why judgments failed or could not be read, with counts and an example each."""
        rows = [Content(""), Content.styled("What went wrong", BOLD)] if reasons else []
        for reason in reasons[:_MOST_REASONS]:
            sign = self.signs.failed if reason.status is JudgmentStatus.FAILED else self.signs.unreadable
            row = Content.assemble(
                (f"{sign}  ", OVERTURNED),
                (f"{count(reason.count):>5}  ", BOLD),
                spread(Content.assemble(("as ", FAINT), safe_text.line(reason.example, MUTED)), Content(""), 18),
                safe_text.running(reason.what, MUTED),
            )
            rows.append(spread(row, Content(""), width))
        if len(reasons) > _MOST_REASONS:
            rows.append(Content.styled(f"and {count_noun(len(reasons) - _MOST_REASONS, 'other reason')}", MUTED))
        return rows

    def _problems(self, problems: Sequence[JudgedPair], width: int, height: int) -> list[Content]:
        """Return the pairs that need a look on about `height` rows, scrolled so that the cursor is in view."""
        if not problems:
            return []
        most = max(height, _LEAST_PROBLEMS)
        again = f"{count_noun(len(problems), 'pair')}; what failed is asked again the next time"
        rows = [Content(""), spread(Content.styled("Needs a look", BOLD), Content.styled(again, MUTED), width)]
        first = min(max(self.cursor - most + 1, 0), max(len(problems) - most, 0))
        for index, pair in enumerate(problems[first : first + most], first):
            sign = self.signs.failed if pair.verdict is Verdict.FAILED else self.signs.unreadable
            row = Content.assemble(
                (f"{sign}  ", OVERTURNED),
                _key_cell(pair, width),
                (f"{pair.verdict.value:<13}", ""),
                safe_text.running(pair.reason or "", MUTED),
            )
            is_selected = index == self.cursor
            row = spread(row, Content.styled("r raw answer", MUTED) if is_selected else Content(""), width)
            rows.append(row.stylize_before(TINT) if is_selected else row)
        return rows

    def _latest(self, pairs: Sequence[JudgedPair], width: int, height: int) -> list[Content]:
        if not pairs:
            return []
        shown = pairs[: max(height, _LEAST_LATEST)]
        rows = [spread(self._latest_row(pair, width), Content(""), width) for pair in shown]
        return [Content(""), Content.styled("Last", BOLD), *rows]

    def _latest_row(self, pair: JudgedPair, width: int) -> Content:
        names = {Verdict.CANDIDATE: self.run.candidate, Verdict.BASELINE: self.run.baseline, Verdict.TIE: "tie"}
        confidence = share(pair.confidence) if pair.confidence is not None and pair.verdict in names else ""
        signs = {
            Verdict.INCONSISTENT: (self.signs.inconsistent, DOUBT),
            Verdict.UNREADABLE: (self.signs.unreadable, OVERTURNED),
            Verdict.FAILED: (self.signs.failed, OVERTURNED),
        }
        sign, style = signs.get(pair.verdict, (self.signs.upheld, MUTED))
        is_inconsistent = pair.verdict is Verdict.INCONSISTENT
        verdict = "orders disagree" if is_inconsistent else names.get(pair.verdict, pair.verdict.value)
        return Content.assemble(
            (f"{sign}  ", style),
            _key_cell(pair, width),
            spread(safe_text.line(verdict), Content(""), 20 if width >= _THREE_COLUMNS else 16),
            (f" {confidence:>4}  ", MUTED),
            safe_text.running(pair.reason or "", MUTED),
        )


def offer_row(offer: "JudgeOffer", name_width: int, width: int) -> Content:
    """Return a judge to choose on one row: its name, what it is asked, and at the right price, version and last use."""
    name = Content.assemble("  ", spread(safe_text.line(offer.spec), Content(""), name_width), "   ")
    if offer.problem is not None:
        return spread(Content.assemble(name, safe_text.running(offer.problem, OVERTURNED)), Content(""), width)
    facts = _offer_facts(offer)
    right = Content.styled("   ".join(facts if width >= _THREE_COLUMNS else facts[-1:]), MUTED)
    return spread(Content.assemble(name, safe_text.line(offer.asked, MUTED)), right, width)


def offer_text(offer: "JudgeOffer") -> Content:
    """Return all that is known of a judge to choose, as running text."""
    if offer.problem is not None:
        return safe_text.running(offer.problem, OVERTURNED)
    return Content.assemble(safe_text.line(offer.asked), (f"; {', '.join(_offer_facts(offer))}", MUTED))


def _offer_facts(offer: "JudgeOffer") -> list[str]:
    used = "not asked yet" if offer.last_used is None else f"used {offer.last_used}"
    return [*(["pinned"] if offer.pinned else []), offer.price, *([f"@{offer.version}"] if offer.version else []), used]


def _what_is_left(summary: JudgeSummary) -> str:
    """Return what is left once judging has ended, where it is, and what came with the run."""
    if summary.in_batches or summary.elsewhere:
        out = summary.in_batches + summary.elsewhere
        where = "in batches that have not ended" if summary.in_batches else "being asked for by another process"
        text = f"{count_noun(out, 'judgment is', 'judgments are')} {where}"
    elif summary.left:
        text = count_noun(summary.left, "pair is", "pairs are") + " left"
    elif summary.unasked:
        text = count_noun(summary.unasked, "pair is", "pairs are") + " not judged yet"
    else:
        text = "nothing is left"
    if summary.made.carried:
        text += f"; {count_noun(summary.made.carried, 'decision')} carried from equal pairs"
    return text


def _key_cell(pair: JudgedPair, width: int) -> Content:
    """Return the key of a pair for a page of `width` cells."""
    cells = 18 if width >= _THREE_COLUMNS else 13
    turn = "" if pair.turn == 1 else f" turn {pair.turn}" if width >= _THREE_COLUMNS else f" {pair.turn}"
    key = safe_text.key(pair.key, MUTED, cells - 1 - len(turn))
    return spread(Content.assemble(key, (turn, MUTED)), Content(""), cells)


def _signed(sign: str, style: str, name: str) -> Content:
    return Content.assemble((sign, style), f" {name}")


def _columns(cells: Sequence[Content], width: int) -> Content:
    """Return three cells side by side, the middle one the widest."""
    outer = max(3 * width // 10, 1)
    widths = (outer, max(width - 2 * outer, 1), outer)
    return Content("").join([spread(cell, Content(""), size) for cell, size in zip(cells, widths, strict=True)])
