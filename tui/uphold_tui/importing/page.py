"""The rows of an import: what is chosen for it, how it goes, and what it did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content

from uphold.formatting import count, count_noun, noun
from uphold.records.import_preview import ImportPreview, PreviewColumn
from uphold.records.rows import ImportSummary
from uphold.reports.import_text import added_counts, column_use_text, row_parts, suggestion_text
from uphold.workflows.importing import ImportProgress
from uphold_tui import safe_text
from uphold_tui.importing.background import ImportOutcome
from uphold_tui.importing.form import Form, FormRow, RowKind
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, OVERTURNED, RULE, STRONG, TINT
from uphold_tui.widgets.rows import clickable, spread

_SENTENCE_ROWS = 3
"""Most rows of the sentence that says why files are refused."""

_ROWS_SHOWN = 3
_PARTS_SHOWN = 6
_LISTED = 5
_BAR = 40


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of the page; `at` is the index of the form's row that it belongs to, None for one without a cursor."""

    content: Content
    at: int | None = None


def file_names(paths: Sequence[Path]) -> str:
    """Return the name of the file, or of the first of several."""
    first = paths[0].name or str(paths[0])
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"


def form_page(form: Form, cursor: int, width: int) -> list[PageRow]:
    """Return the form, with the row under the cursor tinted, and the first rows as they are understood."""
    rows: list[PageRow] = []
    began: set[RowKind] = set()
    for index, row in enumerate(form.rows):
        if row.kind in (RowKind.COLUMN, RowKind.WORD) and row.kind not in began:
            began.add(row.kind)
            heads = ("column", "taken for", "values") if row.kind is RowKind.COLUMN else ("word", "meaning", "field")
            rows += [PageRow(Content("")), PageRow(_column_heads(form, heads, width))]
        if index == 1:
            rows.append(PageRow(Content("")))
        for content in _row(form, row, width):
            line = spread(Content.assemble("  ", content), Content(""), width)
            rows.append(PageRow(line.stylize_before(TINT) if index == cursor else line, index))
    rows += [PageRow(Content.assemble("  ", line)) for line in _understood(form.preview, width - 2)]
    if not form.preview.fields and form.preview.columns:
        rows += [PageRow(Content.assemble("  ", line)) for line in _fields_read(form.preview, width - 2)]
    return rows


def _row(form: Form, row: FormRow, width: int) -> list[Content]:
    if row.kind is RowKind.GO:
        return _go(form, width - 2)
    if row.kind is RowKind.COLUMN:
        return [_column(form, form.column(row.column), width - 2)]
    if row.kind is RowKind.WORD:
        return [_word(form, row, width - 2)]
    return [Content.assemble((f"{row.kind.value:<12}", MUTED), _value(form, row.kind))]


def _go(form: Form, width: int) -> list[Content]:
    """Return what enter does on the first row: import, or take what is suggested; and why it may not."""
    preview = form.preview
    if form.trouble:
        words = "Nothing is written; enter tries again"
        trouble = wrapped(safe_text.shown(form.trouble, OVERTURNED), width, _SENTENCE_ROWS)
        return [*trouble, Content.styled(words, BOLD)]
    if not form.is_current:
        return [Content.styled("Reading the file …", BOLD), Content("")]
    if preview.refusal is None:
        return _ready(form, width)
    sentence = preview.refusal.sentence
    # What a sentence says of options of the command line, the rows of the words and what can be taken say here.
    if preview.refusal.words:
        sentence = sentence.split("\n")[0]
    elif preview.refusal.suggestion is not None and preview.refusal.suggestion.encoding:
        sentence = sentence.rsplit("; ", 1)[0]
    rows = wrapped(safe_text.shown(sentence, OVERTURNED), width, _SENTENCE_ROWS)
    if preview.refusal.suggestion is not None:
        words = suggestion_text(preview.refusal.suggestion)
        taken = Content.assemble(("Take ", BOLD), safe_text.running(words, BOLD))
        return [*rows, *wrapped(taken, width, 2)]
    return [
        *rows,
        Content.styled("Nothing is written. Change what is below, mend the file, or choose another.", MUTED),
    ]


def _ready(form: Form, width: int) -> list[Content]:
    preview = form.preview
    summary = preview.summary
    into = Content.assemble(
        (f" into the {'new ' if preview.is_new_set else ''}set ", BOLD), safe_text.line(form.set_name or "", BOLD)
    )
    if form.set_name == "":
        into = Content.assemble((" as scores of ", BOLD), safe_text.line(", ".join(summary.systems), BOLD))
    rows = count_noun(summary.rows, "row")
    first = Content.assemble((f"Import {rows}" if preview.complete else "Import", BOLD), into)
    counts = added_counts(summary)
    told = ", ".join(counts) if counts else "nothing new: all of it is there already"
    head = "" if preview.complete else f"the first {rows}: "
    candidate, baseline = form.sides
    systems = Content("")
    if summary.pairs and candidate and baseline:
        systems = Content.assemble(
            ("   several runs: " if form.has_several_runs else "   ", MUTED),
            safe_text.line(candidate, MUTED),
            (" against ", FAINT),
            safe_text.line(baseline, MUTED),
            (", …" if form.has_several_runs else "", MUTED),
        )
    skipped = f"   {count_noun(len(summary.skipped), 'row')} left out" if summary.skipped else ""
    second = Content.assemble((head + told, MUTED), (skipped, DOUBT))
    if second.cell_length + systems.cell_length <= width:
        second = Content.assemble(second, systems)
    return [first, second, *_unused(form, width)]


def _unused(form: Form, width: int) -> list[Content]:
    """Return which columns would be left out though nobody said so."""
    unused = [one.name for one in form.preview.columns if form.choice(one).field is None]
    unused = [name for name in unused if name not in form.request.left_out]
    if not unused or not form.preview.fields:
        return []
    words = Content.assemble(("not used: ", DOUBT), safe_text.running(", ".join(unused), DOUBT))
    return [words.truncate(width, ellipsis=True)]


def _value(form: Form, kind: RowKind) -> Content:
    """Return the value of a row that is about the whole import."""
    preview, request = form.preview, form.request
    if kind is RowKind.SET:
        name = form.set_name
        if name is None:
            return Content.styled("named after the file", MUTED)
        if not name:
            return Content.styled("none: scores of systems; a set named takes answers in words too", MUTED)
        is_known = form.is_current and preview.set == name and (preview.rows or preview.refusal is None)
        state = ("new" if preview.is_new_set else "there already") if is_known else ""
        reason = f", {preview.set_reason}" if is_known and preview.set_reason else ""
        return Content.assemble(safe_text.line(name), (f"   {state}{reason}", MUTED))
    if kind is RowKind.ENCODING:
        return safe_text.line(request.encoding) if request.encoding else Content.styled("UTF-8", MUTED)
    if kind is RowKind.BAD_ROWS:
        return Content("left out") if request.skip_bad else Content.styled("refused: all or nothing", MUTED)
    name = form.sides[0 if kind is RowKind.CANDIDATE else 1]
    if name is None:
        if not form.is_current or preview.refusal is not None:
            return Content.styled("not known yet", MUTED)
        several = len(form.systems) > 1
        return Content.styled(
            "none named; it can be one of these systems" if several else "none: these rows compare nothing", MUTED
        )
    usual = (request.candidate if kind is RowKind.CANDIDATE else request.baseline) is None and name == kind.value
    return Content.assemble(safe_text.line(name), ("   the files do not say what it is called", MUTED) if usual else "")


def _widths(form: Form, width: int) -> tuple[int, int]:
    """Return the cells for the name of a column and for what it is taken for, as long as those are and there is room."""
    names = [len(one.name) for one in form.preview.columns]
    uses = [len(form.choice(one).words) for one in form.preview.columns]
    uses += [len(one.suggested) + 1 for one in form.preview.columns if one.suggested]
    least, most = 12, max(width // 4 + 4, 12)
    name, use = (min(max(max(lengths, default=0) + 2, least), most) for lengths in (names, uses))
    return name, use


def _column_heads(form: Form, heads: tuple[str, str, str], width: int) -> Content:
    name, use = _widths(form, width - 2)
    return Content.styled(f"  {heads[0]:<{name}}{heads[1]:<{use}}{heads[2]}", FAINT)


def _word(form: Form, row: FormRow, width: int) -> Content:
    meaning = form.request.words.get(row.field, {}).get(row.word)
    cells = [
        (safe_text.line(row.word, BOLD if meaning else MUTED), _widths(form, width)[0]),
        (Content(meaning) if meaning else Content.styled("not known", DOUBT), _widths(form, width)[1]),
    ]
    parts = [part.truncate(room - 2, ellipsis=True, pad=True) + "  " for part, room in cells]
    return Content.assemble(*parts, (row.field, MUTED))


def _column(form: Form, column: PreviewColumn, width: int) -> Content:
    name_width, use_width = _widths(form, width)
    choice = form.choice(column)
    if column.suggested and choice.field is None and column.name not in form.request.left_out:
        use = safe_text.line(f"{column.suggested}?", DOUBT)
    else:
        use = safe_text.line(choice.words, "" if choice.field else MUTED)
    samples = Content(" · ").join([safe_text.running(sample, MUTED) for sample in column.samples if sample.strip()])
    parts = [
        (safe_text.line(column.name, BOLD if choice.field else MUTED), name_width),
        (use, use_width),
    ]
    cells = [part.truncate(room - 2, ellipsis=True, pad=True) + "  " for part, room in parts]
    return Content.assemble(*cells, samples.truncate(max(width - name_width - use_width, 1), ellipsis=True))


def _understood(preview: ImportPreview, width: int) -> Iterator[Content]:
    """Yield the first rows as they are understood."""
    if not preview.rows:
        return
    shown = preview.rows[:_ROWS_SHOWN]
    yield Content("")
    yield Content.styled("the first row as understood" if len(shown) == 1 else "the first rows as understood", FAINT)
    for row in shown:
        yield Content("")
        parts = list(row_parts(row))
        labels = [safe_text.running(name, MUTED) for name, _ in parts[:_PARTS_SHOWN]]
        room = min(max(label.cell_length for label in labels), width // 4)
        for label, (_, text) in zip(labels, parts, strict=False):
            value = safe_text.running(text[: 4 * width]).truncate(max(width - room - 2, 1), ellipsis=True)
            yield Content.assemble(label.truncate(room, ellipsis=True, pad=True), "  ", value)
        if len(parts) > _PARTS_SHOWN:
            yield Content.styled(f"and {count_noun(len(parts) - _PARTS_SHOWN, 'part')} more", FAINT)


def _fields_read(preview: ImportPreview, width: int) -> list[Content]:
    read = ", ".join(one.name for one in preview.columns if one.field)
    unread = ", ".join(one.name for one in preview.columns if not one.field)
    rows = [Content("")]
    for head, names in (("fields read: ", read), ("not used: ", unread)):
        if names:
            rows += wrapped(Content.assemble((head, FAINT), safe_text.running(names, MUTED)), width, 2)
    return rows


def wrapped(content: Content, width: int, most: int) -> list[Content]:
    """Return content as rows, at most so many; the last one ends with an ellipsis where there is more."""
    rows = content.wrap(max(width, 1))
    if len(rows) > most:
        rows = [*rows[: most - 1], Content.assemble(rows[most - 1].rstrip(), " …").truncate(width, ellipsis=True)]
    return [row.rstrip() for row in rows]


def progress_page(progress: ImportProgress | None, *, is_stopping: bool, width: int) -> list[Content]:
    """Return how far an import is."""
    done, total = (progress.done, progress.total) if progress is not None else (0, 0)
    room = min(_BAR, width - 4)
    filled = min(round(room * done / total), room) if total else 0
    rows = count_noun(progress.rows, "row") if progress is not None else ""
    told = "" if progress is None else f"writing {rows}" if progress.writing else f"{rows} read"
    end = "stopping" if is_stopping else "esc stops it; nothing is written then"
    return [
        Content.styled("  Importing", BOLD),
        Content(""),
        Content.assemble("  ", ("━" * filled, STRONG), ("─" * (room - filled), RULE), f"  {told}"),
        Content(""),
        Content.styled(f"  {end}", MUTED),
    ]


def outcome_page(outcome: ImportOutcome, width: int) -> list[Content]:
    """Return what an import did, what became of every column, and what comes next."""
    summary = outcome.summary
    read = count_noun(summary.rows, "row")
    rows = [
        Content.assemble((f"{read} read into the set ", BOLD), safe_text.line(summary.set, BOLD))
        if summary.set
        else Content.assemble((f"{read} read as scores of ", BOLD), safe_text.line(", ".join(summary.systems), BOLD))
    ]
    added = added_counts(summary)
    rows.append(Content(f"added {', '.join(added)}") if added else Content("nothing new: all of it was there already"))
    if summary.already_there and added:
        there = count_noun(summary.already_there, "row was", "rows were")
        rows.append(Content.styled(f"{there} there already", MUTED))
    if outcome.drop is not None:
        rows.append(Content.assemble(safe_text.line(outcome.drop, MUTED), (" takes it back", MUTED)))
    rows += [Content(""), *_columns_read(summary, width - 2)]
    rows += _listed("odd, kept as they are", [(str(odd.source), odd.message) for odd in summary.warnings])
    rows += _listed("left out", [(str(bad.source), bad.reason) for bad in summary.skipped])
    rows += [Content(""), *_next_steps(outcome, width - 2)]
    return [Content.assemble("  ", row) for row in rows]


def _columns_read(summary: ImportSummary, width: int) -> Iterator[Content]:
    lists = (
        ("read: ", [column_use_text(one) for one in summary.columns if one.field]),
        ("not used: ", summary.unused_fields),
        ("files in no known format, ignored: ", summary.ignored),
    )
    for head, names in lists:
        if names:
            yield from wrapped(Content.assemble((head, FAINT), safe_text.running(", ".join(names), MUTED)), width, 4)
    for name, number in summary.from_other_sets.items():
        words = f"{count_noun(number, 'answer')} {noun(number, 'was', 'were')} imported with the set "
        yield Content.assemble((words, MUTED), safe_text.line(name, MUTED))


def _listed(title: str, found: Sequence[tuple[str, str]]) -> Iterator[Content]:
    if not found:
        return
    yield Content("")
    yield Content.styled(f"{count(len(found))} {title}", DOUBT)
    for where, what in found[:_LISTED]:
        yield Content.assemble("  ", safe_text.line(where), "  ", safe_text.running(what, MUTED))
    if len(found) > _LISTED:
        yield Content.styled(f"  and {count(len(found) - _LISTED)} more", MUTED)


def _next_steps(outcome: ImportOutcome, width: int) -> Iterator[Content]:
    step = outcome.step
    sides = (step.run.candidate, step.run.baseline) if step.run is not None else step.sides
    if sides is None:
        if step.remark:
            yield from wrapped(safe_text.running(step.remark, MUTED), width, 4)
        return
    systems = Content.assemble(safe_text.line(sides[0]), (" against ", FAINT), safe_text.line(sides[1]))
    yield clickable(Content.assemble(("enter  ", BOLD), "review ", systems), "press('import.open')")
    yield clickable(Content.assemble(("j      ", BOLD), "have it judged first"), "press('import.judge')")
