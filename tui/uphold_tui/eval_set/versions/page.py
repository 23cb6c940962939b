"""Rows of the list of versions, and of the difference between two."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from uphold.formatting import count, count_noun
from uphold.records.set_history import MemberChange, VersionDiff, VersionReason
from uphold.records.texts import ExampleText
from uphold_tui import safe_text
from uphold_tui.eval_set.versions.loader import VersionEntry
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, STRONG, THICK, TINT, Signs
from uphold_tui.widgets.inline_diff import inline_diff

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)

_MOST_LISTED = 200
"""Examples of a kind that are listed."""

_MOST_COMPARED = 40_000
"""Characters of edited texts that are compared word by word; of the examples behind them only the key is listed."""

_LONGEST = 8_000
"""Characters of one text that are compared."""

_LEAST_RUNS = 30
"""Cells that the runs of a version need beside what else is known of it."""

WHY = {
    VersionReason.JUDGED: "judged",
    VersionReason.EXPORTED: "exported",
    VersionReason.IMPORTED: "imported",
    VersionReason.EDITED: "edited",
    VersionReason.BROUGHT_BACK: "brought back",
}


def day(at: str) -> str:
    """Return the day of a time in UTC, such as `26 February`."""
    year_month_day = at[:10].split("-")
    return f"{int(year_month_day[2])} {_MONTHS[int(year_month_day[1]) - 1]}"


# The list.


def _widths(width: int) -> dict[str, int]:
    """Return the columns for a list of `width` cells; those that do not fit are 0."""
    columns = {"name": 13, "date": 14, "change": 13, "active": 8, "runs": 6, "why": 14}
    for name in ("why", "date", "runs"):
        if sum(columns.values()) + 1 > width:
            columns[name] = 0
    return columns


def heads(width: int) -> Content:
    """Return the heads of the columns."""
    words = {"name": "version", "date": "date", "change": "change", "active": "active", "runs": "runs", "why": "why"}
    return Content.assemble(
        " ", *[_cell(Content.styled(words[name], FAINT), name, w) for name, w in _widths(width).items()]
    )


def row(entry: VersionEntry, width: int, *, is_now: bool, is_marked: bool) -> Content:
    """Return the row of a version; `is_now` where the set is as in it."""
    version = entry.version
    name = Content.styled(entry.name, BOLD)
    if version is None:
        name = Content.assemble(name, (" changed", MUTED))
    elif is_now:
        name = Content.assemble(name, " ", (" now ", TINT))
    cells = {
        "name": name,
        "date": Content.styled(day(version.at) if version is not None else "", MUTED),
        "change": changes(entry.added, entry.retired, entry.edited),
        "active": Content(count(entry.active)),
        "runs": Content(count(len(version.runs)))
        if version is not None and version.runs
        else Content.styled("–", FAINT),
        "why": Content.styled(WHY[version.why] if version is not None else "", MUTED),
    }
    mark = Content.styled(THICK if is_marked else " ", STRONG)
    return Content.assemble(
        mark, *[_cell(cells[column], column, cells_wide) for column, cells_wide in _widths(width).items()]
    )


def _cell(content: Content, name: str, width: int) -> Content:
    if not width:
        return Content("")
    cut = content.truncate(width - 2, ellipsis=True)
    blanks = " " * (width - 2 - cut.cell_length)
    return Content.assemble(blanks, cut, "  ") if name in ("active", "runs") else Content.assemble(cut, blanks, "  ")


def changes(added: int, retired: int, edited: int) -> Content:
    """Return `+3 -1 ~2`; what is 0 is left out."""
    parts = [f"{sign}{count(number)}" for sign, number in (("+", added), ("-", retired), ("~", edited)) if number]
    return Content.styled(" ".join(parts) or "–", MUTED)


def about(entry: VersionEntry, set_hash: str, width: int) -> Content:
    """Return what is known of a version beside its examples: hash, why and when it was cut, by whom, and its runs.

    Where `width` cells leave no room for the name of a run, the runs are left out: the list has how many there are.
    """
    version = entry.version
    if version is None:
        return Content.styled(f"{set_hash[:7]}   no version yet: leaving the set cuts one", MUTED)
    when = f"{day(version.at)} {version.at[:4]}, {version.at[11:16]} UTC"
    parts = [Content.styled(f"{version.hash[:7]}   {WHY[version.why]} {when}", MUTED)]
    if version.reviewer is not None:
        parts.append(Content.assemble((" by ", MUTED), safe_text.line(version.reviewer, MUTED)))
    if version.runs and width - sum(part.cell_length for part in parts) >= _LEAST_RUNS:
        parts.append(Content.assemble(("   runs: ", MUTED), safe_text.line(", ".join(version.runs), MUTED)))
    return Content.assemble(*parts)


# The difference.


def difference_rows(diff: VersionDiff, width: int, signs: Signs) -> list[Content]:
    """Return what differs, in rows of at most `width` cells: added, retired, and edited examples word by word."""
    if not diff:
        return [Content.styled(f"No difference: {count_noun(diff.same, 'example')}, all the same.", MUTED)]
    changed = (*diff.added, *diff.retired, *diff.edited)
    key_width = min(max(len(safe_text.safe_line(one.key)) for one in changed[: 3 * _MOST_LISTED]), 18) + 2
    rows: list[Content] = []
    for sign, style, word, members in (
        ("+", "", "added", diff.added),
        ("-", "", "retired", diff.retired),
        (signs.stale, DOUBT, "edited", diff.edited),
    ):
        if not members:
            continue
        if rows:
            rows.append(Content(""))
        rows.append(Content.assemble((sign, style), " ", (f"{count(len(members))} {word}", BOLD)))
        listed = members[:_MOST_LISTED]
        made = _edited(listed, key_width, width) if word == "edited" else _listed(listed, key_width, width)
        rows += made
        if len(members) > len(listed):
            rows.append(Content.styled(f"  and {count(len(members) - len(listed))} more", MUTED))
    return rows


def _listed(members: Sequence[MemberChange], key_width: int, width: int) -> Iterator[Content]:
    """Yield a row an example that came or went: what went is struck, with the reason below."""
    tag_width = min(max((len(safe_text.safe_line(one.tags[0])) for one in members if one.tags), default=0), 12)
    tag_width = tag_width + 2 if tag_width and width >= 50 else 0
    for one in members:
        text, gone = one.after or one.before, one.after is None
        asked = safe_text.running(text.turns[-1][: 4 * width]) if text is not None else Content("")
        if gone:
            asked = asked.stylize(f"{MUTED} strike")
        tag = (
            safe_text.line(one.tags[0], MUTED).truncate(tag_width - 2, ellipsis=True)
            if tag_width and one.tags
            else None
        )
        head = Content.assemble("  ", _padded(safe_text.key(one.key, MUTED, key_width - 2), key_width))
        if tag_width:
            head = Content.assemble(head, _padded(tag or Content(""), tag_width))
        room = max(width - head.cell_length, 1)
        yield Content.assemble(head, asked.truncate(room, ellipsis=True))
        if one.reason and gone:
            reason = safe_text.quoted(one.reason, MUTED).truncate(max(width - 2 - key_width, 1), ellipsis=True)
            yield Content.assemble(" " * (2 + key_width), reason)


def _edited(members: Sequence[MemberChange], key_width: int, width: int) -> Iterator[Content]:
    """Yield the parts of each example that differ, old and new words in one text."""
    compared = 0
    indent = 2 + key_width if width >= 60 else 4
    for one in members:
        if one.before is None or one.after is None:
            continue
        for at, (name, old, new) in enumerate(_differing(one.before, one.after)):
            key = safe_text.key(one.key, MUTED, key_width - 2) if at == 0 else Content("")
            yield Content.assemble("  ", _padded(key, key_width), (name, MUTED))
            if compared > _MOST_COMPARED:
                continue
            compared += min(len(old), _LONGEST) + min(len(new), _LONGEST)
            text = inline_diff(*(safe_text.shown(part[:_LONGEST]).plain for part in (old, new)))
            for line in text.wrap(max(width - indent, 1)) if text else ():
                yield Content.assemble(" " * indent, line)


def _differing(before: ExampleText, after: ExampleText) -> Iterator[tuple[str, str, str]]:
    """Yield the parts that differ: name, old and new text."""
    turns = max(len(before.turns), len(after.turns))
    several = turns > 1
    for turn in range(turns):
        pairs = (
            (f"turn {turn + 1}" if several else "instruction", before.turns, after.turns),
            (f"reference {turn + 1}" if several else "reference", before.references, after.references),
        )
        for name, one, two in pairs:
            old = (one[turn] if turn < len(one) else None) or ""
            new = (two[turn] if turn < len(two) else None) or ""
            if old != new:
                yield name, old, new
    if (before.context or "") != (after.context or ""):
        yield "context", before.context or "", after.context or ""


def _padded(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 2, 1), ellipsis=True)
    return Content.assemble(cut, " " * max(width - cut.cell_length, 0))
