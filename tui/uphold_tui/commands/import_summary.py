"""The summary of an import, or of a dry run, for people and for programs."""

from typing import TYPE_CHECKING

from uphold.formatting import count, count_noun, noun
from uphold_tui.commands.options import print_other_sets

if TYPE_CHECKING:
    from uphold.records.rows import ImportSummary

_ROWS_LISTED = 12


def summary_json(summary: "ImportSummary") -> dict[str, object]:
    """Return the summary of an import, or of a dry run, for programs."""
    names = ("rows", "examples", "pairs", "judgments", "reviews", "already_there")
    more = (
        "responses",
        "carried",
        "edited",
        "replaced",
        "format",
        "set",
        "set_reason",
        "files",
        "unused_fields",
        "ignored",
        "from_other_sets",
        "number",
        "scores",
        "scores_replaced",
        "scores_there",
        "items",
        "systems",
        "score_names",
    )
    return {
        **{name: getattr(summary, name) for name in names},
        "odd": [{"where": str(odd.source), "what": odd.message} for odd in summary.warnings],
        "skipped": [{"where": str(bad.source), "why": bad.reason} for bad in summary.skipped],
        "columns": [{"name": one.name, "field": one.field, "system": one.system} for one in summary.columns],
        **{name: getattr(summary, name) for name in more},
    }


def print_summary(summary: "ImportSummary", *, future: bool = False) -> None:
    """Print what an import has done; with `future`, what it would do."""
    from uphold.reports.import_text import ADDED_NAMES, column_use_text
    from uphold_tui.console import print_table, print_text

    reason = f", {summary.set_reason}" if summary.set_reason else ""
    would = "would be " if future else ""
    into = f" into the set {summary.set!r}{reason}" if summary.set else ", into no set"
    rows = count_noun(summary.rows, "row" if summary.set else "score")
    print_text(f"{rows} {would}read as {summary.format}{into}")
    added = [(name, getattr(summary, name)) for name in ADDED_NAMES if getattr(summary, name)]
    if added:
        print_table([(f"{would}added", "")])
        print_table([(f"  {count(number):>7}", noun(number, *ADDED_NAMES[name])) for name, number in added])
    else:
        print_text("nothing new: all of it is there already" if future else "nothing new: all of it was there already")
    if summary.already_there and added:
        rows = count_noun(
            summary.already_there, "row is" if future else "row was", "rows are" if future else "rows were"
        )
        print_text(f"{rows} there already")
    _print_scores(summary)
    print_other_sets(summary.from_other_sets)
    if summary.columns:
        print_text("columns read: " + ", ".join(column_use_text(one) for one in summary.columns if one.field))
    if summary.unused_fields:
        print_text("columns not used: " + ", ".join(repr(name) for name in summary.unused_fields))
    if summary.ignored:
        print_text("files in no known format, ignored: " + ", ".join(repr(name) for name in summary.ignored))
    _print_list("odd, kept as they are", [(str(odd.source), odd.message) for odd in summary.warnings])
    _print_list("skipped", [(str(bad.source), bad.reason) for bad in summary.skipped])


def _print_scores(summary: "ImportSummary") -> None:
    """Print whose scores came, their names, and how many replace earlier ones or were there already."""
    from uphold_tui.console import print_text

    if not summary.systems:
        return
    names = summary.score_names[:_ROWS_LISTED]
    more = f" and {count(len(summary.score_names) - len(names))} more" if len(summary.score_names) > len(names) else ""
    systems = ", ".join(map(repr, summary.systems))
    print_text(f"scores of {systems}: {', '.join(names)}{more}")
    if summary.scores_replaced:
        print_text(f"{count_noun(summary.scores_replaced, 'score')} in place of earlier ones")
    if summary.scores_there and (summary.scores or summary.items):
        print_text(f"{count_noun(summary.scores_there, 'score was', 'scores were')} there already")


def _print_list(title: str, rows: list[tuple[str, str]]) -> None:
    from uphold_tui.console import print_table, print_text

    if not rows:
        return
    print_text(f"{count(len(rows))} {title}:")
    print_table([(f"  {where}", what) for where, what in rows[:_ROWS_LISTED]])
    if len(rows) > _ROWS_LISTED:
        print_text(f"  and {count(len(rows) - _ROWS_LISTED)} more; --json lists all")
