"""Rows of the lists that the workbench offers: reasons, decided pairs, versions."""

from collections.abc import Sequence

from textual.content import Content

from uphold.formatting import count, count_noun, of_n
from uphold.records.judge_clauses import ClauseChange, PromptVersion, ReasonCount, suggested_clause
from uphold.reports.trial_report import place
from uphold.workflows.judge_workbench import ShowablePair
from uphold_tui import safe_text
from uphold_tui.dialogs.choose import Option
from uphold_tui.themes import BOLD, FAINT, MUTED, OVERTURNED, TINT, Signs
from uphold_tui.workbench.rubric import winner_name

_PLACES = 8


def reason_options(reasons: Sequence[ReasonCount], number: int) -> list[Option]:
    """Return the reasons that people gave, with the clause that each would be and the pairs it was given on."""
    options = []
    for one in reasons:
        words = safe_text.quoted(one.reason) if one.is_note else safe_text.line(one.reason)
        often = count_noun(one.count, "overturned", "overturned")
        listed = ", ".join(place(pair) for pair in one.pairs[:_PLACES])
        more = f" and {count(one.count - _PLACES)} more" if one.count > _PLACES else ""
        detail = Content.assemble(
            safe_text.running(suggested_clause(one, number).text), "\n", safe_text.line(listed, MUTED), (more, MUTED)
        )
        options.append(Option(words, Content.styled("a note" if one.is_note else often, MUTED), detail))
    return options


def pair_options(pairs: Sequence[ShowablePair], names: tuple[str, str], signs: Signs) -> list[Option]:
    """Return decided pairs, with what was asked and why they were decided so."""
    options = []
    for one in pairs:
        sign = (signs.overturned, OVERTURNED) if one.overturned else (signs.upheld, MUTED)
        left = Content.assemble(
            sign, " ", safe_text.line(one.place.key, MUTED), "  ", safe_text.running(one.place.instruction)
        )
        why = safe_text.running(one.reason, MUTED) if one.reason else Content.styled("no reason was given", FAINT)
        detail = Content.assemble(safe_text.running(one.place.instruction), "\n", why)
        options.append(Option(left, winner_name(one.winner, names), detail))
    return options


_STYLES = {
    ClauseChange.ADDED: ("+ ", TINT),
    ClauseChange.ON: ("+ ", TINT),
    ClauseChange.REMOVED: ("− ", f"{MUTED} strike"),
    ClauseChange.OFF: ("− ", f"{MUTED} strike"),
}


def version_options(
    versions: Sequence[PromptVersion], differences: Sequence[Sequence[tuple[ClauseChange, str]]]
) -> list[Option]:
    """Return versions, each with what the draft has otherwise."""
    options = []
    for version, changes in zip(versions, differences, strict=True):
        clauses = version.prompt.clauses
        on = f"{of_n(sum(clause.is_on for clause in clauses), len(clauses))} clauses on"
        shown = f", {count(len(version.prompt.shown))} shown" if version.prompt.shown else ""
        left = Content.assemble((f"v{count(version.number)}", BOLD), (f"   {on}{shown}", MUTED))
        right = Content.assemble(
            (f"{version.created_at[:10]}   ", MUTED), safe_text.line(version.reviewer or "", MUTED)
        )
        lines = [
            Content.assemble(sign, safe_text.running(text, style))
            for change, text in changes
            if (found := _STYLES.get(change)) is not None
            for sign, style in (found,)
        ]
        detail = Content("\n").join(lines) if lines else Content.styled("the draft is the same", MUTED)
        options.append(Option(left, right, detail))
    return options
