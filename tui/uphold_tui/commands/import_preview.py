"""`uphold import --dry-run`: what would be imported, with the first rows as they are understood."""

import shutil
from typing import TYPE_CHECKING

from uphold.formatting import count_noun
from uphold_tui.commands.import_summary import print_summary, summary_json
from uphold_tui.commands.options import Context

if TYPE_CHECKING:
    from uphold.records.import_preview import ImportPreview, UnderstoodRow
    from uphold.records.import_request import ImportRequest

_NARROWEST = 40


def preview_files(context: Context, request: "ImportRequest", *, json: bool) -> None:
    """Print what an import would do, and write nothing. Raises BadFile where it would be refused."""
    from uphold.workflows.importing import refusal_error
    from uphold_tui.console import print_json, print_text

    preview = _preview(context, request)
    if preview.refusal is not None:
        if not json:
            _print_columns(preview)
        raise refusal_error(preview.request, preview.refusal)
    if json:
        print_json(_preview_json(preview))
        return
    _print_rows(preview)
    print_summary(preview.summary, future=True)
    if preview.is_new_set:
        print_text(f"the set {preview.set!r} would be new")
    print_text("nothing has been written")


def _preview(context: Context, request: "ImportRequest") -> "ImportPreview":
    from contextlib import closing

    from uphold.records.import_preview import ImportPreview
    from uphold.workflows.import_preview import preview_import, store_for_preview
    from uphold_tui.console import progress

    with (
        store_for_preview(context.path) as store,
        progress("reading") as bar,
        closing(preview_import(store, request, whole=True)) as updates,
    ):
        for update in updates:
            if isinstance(update, ImportPreview):
                return update
            bar(update.done, update.total, count_noun(update.rows, "row"))
    raise AssertionError("a preview ends with itself")


def _print_columns(preview: "ImportPreview") -> None:
    """Print each column with its first value and what it is, or would be, taken for."""
    from uphold.reports.import_text import taken_for
    from uphold_tui.console import print_table

    width = max(shutil.get_terminal_size().columns // 2, _NARROWEST)
    rows = [(f"  {one.name}", taken_for(one), _cut((*one.samples, "")[0], width)) for one in preview.columns]
    if rows:
        print_table([("  column", "taken for", "first value"), *rows])


def _print_rows(preview: "ImportPreview") -> None:
    from uphold.reports.import_text import row_parts
    from uphold_tui.console import print_table, print_text

    if preview.rows:
        print_text(f"the first {count_noun(len(preview.rows), 'row')} as understood:")
    width = max(shutil.get_terminal_size().columns - 24, _NARROWEST)
    for number, row in enumerate(preview.rows, 1):
        parts = [(name, _cut(text, width)) for name, text in row_parts(row)]
        print_table([(f"  {number if index == 0 else '':>3}", *part) for index, part in enumerate(parts)])
    if preview.rows:
        print_text()


def _cut(text: str, width: int) -> str:
    """Return the beginning of a text as one line of at most so many cells."""
    from rich.cells import set_cell_size

    from uphold_tui.console import cell_width

    line = " ".join(text[: 4 * width].split())
    return (
        line if cell_width(line) <= width and len(text) <= 4 * width else set_cell_size(line, width - 1).rstrip() + "…"
    )


def _preview_json(preview: "ImportPreview") -> dict[str, object]:
    return {
        **summary_json(preview.summary),
        "dry_run": True,
        "new_set": preview.is_new_set,
        "samples": {column.name: list(column.samples) for column in preview.columns if column.samples},
        "first_rows": [_row_json(row) for row in preview.rows],
    }


def _row_json(row: "UnderstoodRow") -> dict[str, object]:
    given = row.row
    return {
        "where": str(given.source),
        "key": row.key,
        "turns": list(row.turns),
        "context": row.context,
        "reference": list(row.references),
        "tags": list(given.tags),
        "responses": {response.system: list(response.cells) for response in given.responses},
        "candidate": given.systems[0] if given.systems else None,
        "baseline": given.systems[1] if given.systems else None,
        "verdicts": [
            {
                "judge": one.judge,
                "order": one.order.value,
                "verdict": one.verdict.value if one.verdict else None,
                "status": one.status.value,
            }
            for one in given.judgments
        ],
        "decisions": [
            {"reviewer": one.reviewer, "choice": one.choice.value, "note": one.note} for one in given.reviews
        ],
    }
