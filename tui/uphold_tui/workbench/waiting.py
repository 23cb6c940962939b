"""Rows of the workbench before a first try and while one goes on, and of the locked half."""

from textual.content import Content

from uphold.formatting import count, count_noun, dollars, of_n, wait_time
from uphold.records.enums import Purpose
from uphold.records.judge_clauses import JudgePrompt
from uphold.workflows.judge_workbench import Workbench
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, MUTED, RULE, STRONG
from uphold_tui.widgets.rows import spread
from uphold_tui.workbench.source import TrialWork

_DOING = {Purpose.TRY: "trying", Purpose.RERUN: "asking the old judge again"}


def untried_rows(bench: Workbench, draft: JudgePrompt, unplanned: str, *, is_new: bool, width: int) -> list[Content]:
    """Return why there is no figure, and what gives one; `unplanned` is why a try of the draft is not possible."""
    if bench.problem:
        return [Content.styled("To read only", BOLD), *safe_text.running(bench.problem, MUTED).wrap(width)]
    pairs = count_noun(bench.decided - len(draft.shown), "decided pair")
    if not is_new and unplanned:
        rows = [Content.styled("The judge as it is", BOLD)]
        words = f"change a clause, then try it on the {pairs} of this half to see what that fixes and what it breaks"
        return [*rows, *Content.styled(words, MUTED).wrap(width)]
    rows = [Content.styled("Not tried yet", BOLD)]
    which = f"{pairs} of this half{' that it is not shown' if draft.shown else ''}"
    words = f"try to see: enter asks it about the {which}, and says what it fixes and what it breaks"
    rows += Content.styled(words, MUTED).wrap(width)
    if unplanned:
        rows += [Content(""), *safe_text.running(unplanned, DOUBT).wrap(width)]
    return rows


def progress_rows(work: TrialWork, width: int) -> list[Content]:
    """Return how far a try is, with the time left and the money."""
    name = safe_text.line(work.name, BOLD)
    status = work.status.progress
    if status is None:
        return [Content.assemble(("Trying ", BOLD), name), Content.styled("looking at what is missing", MUTED)]
    progress = status.progress
    doing = _DOING[status.purpose]
    left = Content.assemble((f"{of_n(progress.done, progress.total)} ", BOLD), (doing, MUTED))
    right = Content("")
    if work.control.stopped is not None:
        right = Content.styled("stopping: what is in flight comes back first", MUTED)
    elif progress.pause_left:
        right = Content.styled(f"all wait, {wait_time(progress.pause_left)}", DOUBT)
    elif progress.seconds_left is not None:
        right = Content.styled(f"about {wait_time(progress.seconds_left)} left", MUTED)
    bright = round(width * progress.done / progress.total) if progress.total else 0
    cost = f"{dollars(progress.cost)} by now" if progress.cost is not None else "a price that is not known"
    failed = f"   {count(progress.failed)} failed" if progress.failed else ""
    return [
        Content.assemble(("Trying ", BOLD), name),
        spread(left, right, width),
        Content.assemble(("━" * bright, STRONG), ("─" * (width - bright), RULE)),
        Content.styled(cost + failed, MUTED),
        *(line for words in progress.adapted for line in safe_text.running(words, MUTED).wrap(width)),
    ]


def locked_words(bench: Workbench) -> tuple[str, str]:
    """Return what is said of the locked half before its test, or after it, and how often it was tested."""
    tests = len(bench.tests)
    tested = f"tested {count(tests)} {'time' if tests == 1 else 'times'}"
    left = bench.locked - bench.spent
    if not bench.tests:
        return f"{count_noun(bench.locked, 'pair')}, never shown here", tested
    last = bench.tests[-1]
    words = f"spent on {last.created_at[:10]}, {of_n(last.agreed, last.agreement.n)} said what people say"
    return (f"{words}; {count(left)} decided since" if left else words), tested
