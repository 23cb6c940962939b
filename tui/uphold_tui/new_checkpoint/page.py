"""The page of a new checkpoint as rows: progress, the steps, the figure so far, verdicts, and what is to be read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from uphold.errors import UpholdError
from uphold.formatting import count, count_noun, dollars, exact_dollars, noun, of_n, percent_number, wait_time
from uphold.records.checkpoints import CheckpointProgress, CheckpointStep, StepName, StepState
from uphold.records.enums import Verdict
from uphold.reports.checkpoint_text import nothing_to_read, people_so_far, time_to_read
from uphold.reports.rate_text import rate_interval
from uphold.workflows.checkpoint_view import CheckpointView, WaitingPair
from uphold.workflows.concurrency import WorkControl
from uphold_tui import safe_text
from uphold_tui.error_log import log_folder
from uphold_tui.new_checkpoint.background import CheckpointStatus
from uphold_tui.themes import BOLD, DOUBT, MUTED, OVERTURNED, RULE, SHARES, STRONG, UPHELD, Signs
from uphold_tui.widgets.bars import large_digits
from uphold_tui.widgets.rows import spread

_BAR = 40
"""Cells of a step's bar where there is room."""

_NAME = 12

_KEY = 14


def is_failed(status: CheckpointStatus) -> bool:
    """Whether it ended with a step broken off, or could not be carried out."""
    steps = status.progress.steps if status.progress is not None and status.result is not None else ()
    return status.error is not None or any(step.state is StepState.FAILED for step in steps)


def to_read(status: CheckpointStatus) -> int:
    """Return how many new pairs nobody has read."""
    return status.view.reading.to_read if status.view is not None else 0


@dataclass(frozen=True, slots=True)
class NewCheckpointPage:
    """A new checkpoint as it is by now; `opens_review`: the review was asked for, and opens when all is judged."""

    status: CheckpointStatus
    control: WorkControl
    signs: Signs
    opens_review: bool = False

    def rows(self, width: int, height: int) -> list[Content]:
        """Return the page as rows of `width` cells, with as many pairs to read as `height` rows have room for."""
        progress, view = self.status.progress, self.status.view
        if progress is None:
            words = "It cannot be carried out." if self.status.error is not None else "Looking at what is missing."
            return [Content.styled(words, BOLD if self.status.error is not None else MUTED)]
        gap = [Content("")] if height >= 20 else []
        rows = [
            *self._progress(progress, width),
            Content(""),
            *(self._step(step, width) for step in self._steps(progress)),
        ]
        rows += [safe_text.running(sentence, MUTED) for sentence in progress.adapted]
        if view is None:
            return rows
        rows += [*gap, Content(""), *self._figure(progress, view, width)]
        if sum(view.verdicts.values()) and height >= 22:
            rows += [*gap, *self._verdicts(progress, view, width)]
        if view.waiting is not None and view.reading.to_read:
            rows += [*gap, Content("")]
            rows += self._waiting(view.waiting.pairs, view.reading.to_read, width, max(height - len(rows), 0))
        return rows

    def _progress(self, progress: CheckpointProgress, width: int) -> list[Content]:
        """Return how far the step at work is, with the time left, and its bar."""
        step = progress.step(progress.current)
        left, right, share = Content(""), Content(""), step.done / step.total if step.total else 1.0
        if self.status.ended:
            failed = next((one for one in progress.steps if one.state is StepState.FAILED), None)
            judged = failed or progress.step(StepName.JUDGED)
            share = judged.done / judged.total if judged.total else 1.0
            ended = {StepName.ANSWERS: "answers there", StepName.DRIFT: "verdicts as before"}
            words = ended.get(judged.name, "pairs judged")
            what = f"   {of_n(judged.done, judged.total)} {words}"
            left = Content.assemble(("Stopped" if is_failed(self.status) else "Done", BOLD), (what, MUTED))
        else:
            words = {
                StepName.ANSWERS: "answers there",
                StepName.CARRIED: "pairs carried",
                StepName.DRIFT: "judgments asked again",
                StepName.JUDGED: "pairs judged",
                StepName.TO_READ: "pairs to read",
            }[step.name]
            left = Content.assemble((f"{of_n(step.done, step.total)} {words}", BOLD))
            if step.where:
                left = Content.assemble(left, "   ", safe_text.line(step.where, MUTED))
            if self.control.stopped is not None:
                right = Content.styled("stopping: what is in flight comes back first", MUTED)
            elif self.control.paused:
                right = Content.styled("paused, p goes on", DOUBT)
            elif step.pause_left:
                right = Content.styled(f"all wait, {wait_time(step.pause_left)}", DOUBT)
            elif step.seconds_left is not None:
                right = Content.assemble(("about ", MUTED), (wait_time(step.seconds_left), BOLD), (" left", MUTED))
        bright = round(width * min(share, 1.0))
        return [spread(left, right, width), Content.assemble(("━" * bright, STRONG), ("─" * (width - bright), RULE))]

    def _steps(self, progress: CheckpointProgress) -> list[CheckpointStep]:
        """Return the steps, what is to be read as it is after a review."""
        view = self.status.view
        if view is None or not self.status.ended:
            return list(progress.steps)
        unread = view.reading.to_read
        state = StepState.WAITING if unread else StepState.DONE
        return [
            replace(step, done=unread, state=state) if step.name is StepName.TO_READ else step
            for step in progress.steps
        ]

    def _step(self, step: CheckpointStep, width: int) -> Content:
        bar_width = _BAR if width >= 110 else 3 * _BAR // 4 if width >= 96 else _BAR // 5 if width >= 60 else 0
        bright = round(bar_width * step.done / step.total) if step.total else 0
        bar = Content.assemble(("━" * bright, MUTED), ("─" * (bar_width - bright), RULE))
        of = Content.assemble((f"{count(step.done):>7}", BOLD), (f" of {count(step.total)}", MUTED))
        of = Content.assemble(of, " " * max(17 - of.cell_length, 2)) if step.total else Content(" " * 17)
        name = f" {step.name.value}"
        row = Content.assemble(self._sign(step), f"{name:<{_NAME}}", bar, of, self._note(step))
        return spread(row, Content(""), width)

    def _sign(self, step: CheckpointStep) -> Content:
        if step.state is StepState.FAILED:
            return Content.styled(self.signs.failed, OVERTURNED)
        if step.state is StepState.LEFT:
            return Content.styled(self.signs.broken, DOUBT)
        if step.name is StepName.CARRIED and step.done:
            return Content(self.signs.carried)
        if step.state is StepState.DONE and step.total:
            return Content.styled(self.signs.upheld, UPHELD)
        return Content(self.signs.undecided)

    def _note(self, step: CheckpointStep) -> Content:
        """Return what a step costs or comes to, or why something of it is left."""
        if step.failure:
            return safe_text.running(step.failure, OVERTURNED if step.state is StepState.FAILED else DOUBT)
        if step.cost is not None and (step.cost or step.expected_cost):
            is_final = step.expected_cost is None or self.status.ended
            expected = "" if is_final else f" of about {dollars(step.expected_cost)}"
            cap = "" if self.control.cap is None else f", stops at {exact_dollars(self.control.cap)}"
            return Content.styled(dollars(step.cost) + expected + cap, MUTED)
        if step.name is StepName.CARRIED and step.done:
            return Content.styled("answers unchanged: their reviews stand", MUTED)
        view, progress = self.status.view, self.status.progress
        if step.name is StepName.TO_READ and step.done and view is not None and progress is not None:
            flips = view.waiting.flips if view.waiting is not None else progress.flipped
            ahead = f"; {count_noun(flips, 'flip')} first" if flips else ""
            return Content.styled(f"answers that are new{ahead}", MUTED)
        return safe_text.line(step.where, MUTED)

    def _figure(self, progress: CheckpointProgress, view: CheckpointView, width: int) -> list[Content]:
        """Return the win rate: of the judge alone, thin and without interval, until the new answers are read."""
        candidate, reading, numbers = safe_text.line(progress.system, BOLD), view.reading, view.headline.numbers
        rate = view.headline.win_rate
        if not reading.to_read and rate.rate is not None and reading.pairs:
            style, figure = BOLD, percent_number(rate.rate)
            words = [
                Content.assemble(("percent won by ", BOLD), candidate),
                Content.assemble(
                    (rate_interval(rate), ""), (f"   {count(numbers.n)} of {count(reading.pairs)} read", MUTED)
                ),
                Content(""),
            ]
        elif view.judge_rate is not None:
            style, figure = MUTED, percent_number(view.judge_rate)
            unread = count(reading.to_read)
            until = f", no rate until the {unread} {noun(reading.to_read, 'is', 'are')} read" if reading.to_read else ""
            words = [
                Content.assemble(("percent won by ", BOLD), candidate, (", judge only", BOLD)),
                Content.styled(f"an opinion on {count_noun(view.judged, 'pair')}: no interval{until}", MUTED),
                Content.styled(people_so_far(numbers, reading), MUTED),
            ]
        else:
            return [Content.styled("No verdict yet.", MUTED), Content.styled(people_so_far(numbers, reading), MUTED)]
        digits = large_digits(figure)
        return [
            spread(Content.assemble((digit, style), "   ", line), Content(""), width)
            for digit, line in zip(digits, words, strict=True)
        ]

    def _verdicts(self, progress: CheckpointProgress, view: CheckpointView, width: int) -> list[Content]:
        """Return the verdicts so far as a bar with their counts."""
        signs, counts = self.signs, view.verdicts
        kinds = (
            (Verdict.CANDIDATE, safe_text.line(progress.system), SHARES[0]),
            (Verdict.TIE, Content.styled("tie", MUTED), SHARES[1]),
            (Verdict.BASELINE, safe_text.line(progress.baseline, MUTED), SHARES[2]),
            (Verdict.INCONSISTENT, Content.assemble((signs.inconsistent, DOUBT), (" inconsistent", MUTED)), DOUBT),
            (Verdict.UNREADABLE, Content.assemble((signs.unreadable, OVERTURNED), (" unreadable", MUTED)), OVERTURNED),
            (Verdict.FAILED, Content.assemble((signs.failed, OVERTURNED), (" failed", MUTED)), OVERTURNED),
        )
        total = max(sum(counts.values()), 1)
        bar: list[tuple[str, str]] = []
        so_far = end = 0
        for verdict, _, style in kinds:
            start, so_far = end, so_far + counts.get(verdict, 0)
            end = round(width * so_far / total)
            bar.append(("▄" * (end - start), style))
        bar.append(("▄" * (width - end), SHARES[-1]))
        named = [
            Content.assemble(name, (f" {count(counts[verdict])}", BOLD))
            for verdict, name, _ in kinds
            if counts.get(verdict)
        ]
        return [Content.assemble(*bar), spread(Content("     ").join(named), Content(""), width)]

    def _waiting(self, pairs: Sequence[WaitingPair], total: int, width: int, height: int) -> list[Content]:
        """Return the pairs to read, as many as there is room for; flips are named, which way is not."""
        room = height - 1 if total < height else height - 2
        if room < 1:
            return []
        title = Content.assemble((f"The {count(total)}", BOLD), ("   new answers", MUTED))
        if any(pair.flip for pair in pairs):
            since = " since the run before" if width >= 96 else ""
            title = Content.assemble(title, (f"; flip: the judge has turned{since}", MUTED))
        rows = [spread(title, Content.styled("verdicts hidden until read", MUTED), width)]
        for pair in pairs[:room]:
            turn = f" turn {pair.turn}" if pair.turn > 1 else ""
            key = Content.assemble(safe_text.key(pair.key, MUTED, _KEY - 2 - len(turn)), (turn, MUTED))
            left = Content.assemble(
                f"{self.signs.undecided} ",
                key,
                " " * max(_KEY - key.cell_length, 1),
                safe_text.running(pair.instruction),
            )
            rows.append(spread(left, Content("flip" if pair.flip else ""), min(width, 92)))
        if total > len(rows) - 1:
            rows.append(Content.styled(f"  {self.signs.more} {count(total - len(rows) + 1)} others", MUTED))
        return rows

    # the strip

    def strip(self, entries: Sequence[Content], width: int, *, low: bool = False) -> list[Content]:
        """Return what awaits the reader, over the keys that lead there; in a `low` terminal without a gap."""
        status, view = self.status, self.status.view
        unread = to_read(status)
        behind = Content("")
        if status.error is not None:
            first = safe_text.running(_sentence(status.error), OVERTURNED)
        elif is_failed(status) or (status.result is not None and status.result.work.left and not unread):
            what = f"; {count_noun(unread, 'pair')} to read by now" if unread else ""
            left = status.result.work.left if status.result is not None else ()
            why = safe_text.running("; ".join(left), MUTED)
            first = Content.assemble(("Something is left", BOLD), (what, MUTED), "   ", why)
        elif unread and view is not None:
            pace = view.waiting.seconds if view.waiting is not None else None
            what, how = time_to_read(unread, pace)
            first = Content.assemble((what, BOLD), (f"   {how}", MUTED))
            if not status.ended:
                behind = Content.styled(
                    "the review opens when they are judged" if self.opens_review else "judging goes on", MUTED
                )
        elif status.ended and view is not None:
            first = Content.styled(nothing_to_read(view.reading), BOLD)
        else:
            first = Content.styled("what is to be read is not known yet", MUTED)
            behind = Content.styled("the review opens when all is judged" if self.opens_review else "", MUTED)
        gap = [] if low else [Content("")]
        return [*first.wrap(max(width, 1))[:3], *gap, spread(Content("    ").join(entries), behind, width)]


def _sentence(error: Exception) -> str:
    if isinstance(error, UpholdError):
        return str(error)
    return f"it stopped because of an error of its own, {type(error).__name__}; details are in {log_folder()}"
