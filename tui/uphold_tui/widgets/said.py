"""Decisions and verdicts on a pair as words: who, which system, and why."""

from textual.content import Content

from uphold.records.checkpoints import Opinion
from uphold.records.enums import AnswerOrder, Verdict
from uphold.records.judgments import PairVerdict
from uphold_tui import safe_text
from uphold_tui.themes import MUTED, Signs

Names = tuple[str, str]
"""The names of candidate and baseline."""


def opinion_words(opinion: Opinion, names: Names, reviewer: str, signs: Signs) -> Content:
    """Return who said what and why, a side by the name of its system; `reviewer` is the one who looks."""
    choice = {"candidate": names[0], "baseline": names[1]}.get(opinion.choice, opinion.choice)
    who = Content("you") if opinion.reviewer == reviewer else safe_text.line(opinion.reviewer)
    parts = [Content.assemble(who, (": ", MUTED), safe_text.line(choice))]
    if why := opinion_reasons(opinion):
        parts.append(why)
    if opinion.carried_from is not None:
        source = safe_text.line(opinion.carried_from, MUTED)
        parts.append(Content.assemble((f"{signs.carried} from ", MUTED), source))
    return Content("  ").join(parts)


def opinion_reasons(opinion: Opinion) -> Content:
    """Return the reason words and the note of a decision; nothing where there are none."""
    words = Content.styled(" ".join(f"#{safe_text.safe_line(word)}" for word in opinion.reasons), MUTED)
    note = safe_text.quoted(opinion.note, MUTED) if opinion.note else Content("")
    return Content("  ").join(part for part in (words, note) if part)


def verdict_words(verdict: PairVerdict, names: Names, judge: Content) -> Content:
    """Return what `judge` said and why: the reason of the order in which its A is the candidate, where it gave one."""
    sides = {Verdict.CANDIDATE: names[0], Verdict.BASELINE: names[1]}
    said = safe_text.line(sides.get(verdict.verdict, verdict.verdict.value), MUTED)
    orders = (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)
    judgments = sorted(verdict.judgments, key=lambda one: orders.index(one.order) if one.order in orders else 2)
    reason = next((one for one in judgments if one.reason), None)
    parts = [Content.assemble(judge, (": ", MUTED), said)]
    if reason is not None and reason.reason:
        parts.append(safe_text.quoted(reason.reason, MUTED))
        if reason.order in orders:
            its_a = names[0] if reason.order is orders[0] else names[1]
            parts.append(Content.assemble(("its A is ", MUTED), safe_text.line(its_a, MUTED)))
    return Content("  ").join(parts)
