"""The report of where a judge is wrong."""

from collections.abc import Iterator

from uphold.formatting import coefficient, count, count_noun, noun, of_n
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.judge_breakdown import BreakdownRow, JudgeBreakdown
from uphold.records.judge_parts import PartKind
from uphold.records.pair_list import Behind, PairFilter, behind
from uphold.reports.model import Item, NumberRow, Report, ReportSection, RowId, SectionId, Sentence, Tone

PART_TITLES = {
    PartKind.TAG: "By tag",
    PartKind.LENGTH: "By length",
    PartKind.ORDER: "By order",
    PartKind.CONFIDENCE: "By its own confidence",
    PartKind.TURN: "By turn",
    PartKind.REASON: "By the reasons people gave",
}

MOST_COUNTED = 8
"""Parts of a kind without a rate that are listed."""

BY_CHANCE = "Of so many parts some are low by chance: an interval apart from the whole is worth a look, and no proof."


def breakdown_report(found: JudgeBreakdown | None, run: str) -> Report:
    """Return the agreement of a judge with people on parts of a run; without a judge a sentence says so."""
    if found is None:
        nobody = Sentence("No judge has read a pair of this run.")
        return Report(run, "where the judge is wrong", (ReportSection(SectionId.WRONG, "", (nobody,)),))
    whole = ReportSection(SectionId.WRONG, "In all", tuple(_whole(found)))
    kinds = sorted((kind for kind in PART_TITLES if found.rows.get(kind)), key=lambda kind: _worst(found.rows[kind]))
    parts = [_section(kind, PART_TITLES[kind], found.rows[kind]) for kind in kinds]
    return Report(run, f"where {found.judge.name} is wrong", (whole, *parts))


def _worst(rows: tuple[BreakdownRow, ...]) -> float:
    """Return the lowest share of some parts; more than any where none has one."""
    return min((row.agreement.rate for row in rows if row.agreement.rate is not None), default=2.0)


def _whole(found: JudgeBreakdown) -> Iterator[Item]:
    row = found.whole
    hits = row.right if row.n else None
    yield NumberRow(RowId.PART, "says what people say", row.agreement, tone=Tone.BOLD, hits=hits, pairs=_pairs(row))
    if not row.n:
        yield Sentence("Nothing to take apart: no pair has both its verdict and a human label.", Tone.MUTED)
    if found.locked:
        yield Sentence(locked_sentence(found.locked), Tone.MUTED)
    if found.rows:
        yield Sentence(BY_CHANCE, Tone.MUTED)


def locked_sentence(locked: int) -> str:
    """Return what is left out, and why."""
    are = f"{count_noun(locked, 'more read pair')} {noun(locked, 'is', 'are')}"
    kept = "in the half that is kept for a test of the judge, and not looked at here"
    return f"The development half of the set alone: {are} {kept}."


def _section(kind: PartKind, title: str, rows: tuple[BreakdownRow, ...]) -> ReportSection:
    """Return the parts of a kind; of those without a rate only the first, on which the judge is wrong most often."""
    rated = [row for row in rows if row.agreement.rate is not None]
    counted = [row for row in rows if row.agreement.rate is None]
    items: list[Item] = [
        NumberRow(RowId.PART, part_name(row), row.agreement, note=_note(row), hits=row.right, pairs=_pairs(row))
        for row in (*rated, *counted[:MOST_COUNTED])
    ]
    if more := counted[MOST_COUNTED:]:
        wrong = sum(row.n - row.right for row in more)
        parts = f"and {count_noun(len(more), 'more part')} with fewer than {MIN_FOR_RATE} pairs each"
        items.append(Sentence(f"{parts}, wrong on {of_n(wrong, sum(row.n for row in more))}", Tone.MUTED))
    return ReportSection(SectionId.WRONG, title, tuple(items), subject=kind.value)


def part_name(row: BreakdownRow) -> str:
    """Return the name of a part; by confidence with its bounds."""
    if row.bounds is None:
        return row.part.name
    low, high = (coefficient(bound) for bound in row.bounds)
    return f"{row.part.name}, {low}" if low == high else f"{row.part.name}, {low} to {high}"


def _note(row: BreakdownRow) -> str:
    return f"wrong on {count(row.n - row.right)}" if row.part.kind is not PartKind.REASON else ""


def _pairs(row: BreakdownRow) -> PairFilter:
    return behind(Behind.PART, part=row.part)
