"""The report of `uphold scores`: systems beside each other, or two of them compared document by document."""

from collections.abc import Callable, Iterator, Sequence

from uphold.formatting import (
    NONE,
    count,
    count_noun,
    decimal,
    p_value,
    points,
    points_interval,
    score,
    signed_decimal,
    standard_error,
)
from uphold.records.comparisons import ScoreComparison, ScoreGate
from uphold.records.scores import BenchmarkItem, Score, SystemScores, shares
from uphold.reports.model import Item, Report, ReportSection, SectionId, Sentence, Table, Tone

MAX_ITEMS = 40
"""Documents that are listed; JSON has them all."""

LONGEST_ASKED = 100

NO_SCORES = (
    "no scores yet; `uphold import FOLDER --as lm-eval` brings those of benchmarks, `--as scores` any other number"
)


def scores_report(systems: Sequence[SystemScores], *, every: bool = False) -> Report:
    """Return the scores of systems, one row a score; those that are part of a group only if `every` one is wanted."""
    shown = [one.scores if every else one.top_level() for one in systems]
    names = list(dict.fromkeys(name for scores in shown for name in scores))
    heads = ("", *(head for one in systems for head in (one.system, "n")))
    rows = [(name, *(cell for scores in shown for cell in _cells(scores.get(name)))) for name in names]
    items: list[Item] = [Table("scores", tuple(rows), heads)] if rows else [Sentence(NO_SCORES)]
    hidden = sum(len(one.scores) for one in systems) - sum(map(len, shown))
    if hidden:
        items.append(Sentence(f"{count_noun(hidden, 'score')} of tasks within groups: --all lists them", Tone.MUTED))
    if rows:
        items.append(Sentence("shares in percent, ± one standard error", Tone.MUTED))
    title = ", ".join(one.system for one in systems) or "scores"
    return Report(title, "scores", (ReportSection(SectionId.SCORES, "", tuple(items)),))


def _cells(found: Score | None) -> tuple[str, str]:
    if found is None:
        return NONE, ""
    is_share = shares(found)
    value = score(found.value, is_share=is_share)
    if found.error is not None:
        value += f" ±{standard_error(found.error) if is_share else decimal(found.error)}"
    return value, NONE if found.n is None else count(found.n)


def systems_report(
    before: str, after: str, found: Sequence[ScoreComparison], shown: Sequence[ScoreComparison]
) -> Report:
    """Return two systems compared: the scores that are `shown` of those `found`, then the documents lost and won."""
    items: list[Item] = list(comparison_items(shown)) or [Sentence("no score was measured for both")]
    if len(found) > len(shown):
        text = f"{count_noun(len(found) - len(shown), 'score')} of tasks within groups: --all lists them"
        items.append(Sentence(text, Tone.MUTED))
    sections = [ReportSection(SectionId.SCORES, "", tuple(items))]
    for section, word in ((SectionId.LOST, "Lost"), (SectionId.WON, "Won")):
        for one in shown:
            documents = one.lost if section is SectionId.LOST else one.won
            if documents:
                title = f"{word} in {one.name}: {count_noun(len(documents), 'document')}"
                sections.append(ReportSection(section, title, tuple(_documents(documents))))
    return Report(f"{before} -> {after}", "scores that both have", tuple(sections))


def comparison_items(found: Sequence[ScoreComparison]) -> Iterator[Item]:
    """Yield scores of two systems as a table, and what is to be borne in mind of each; nothing where there are none."""
    if not found:
        return
    heads = ("", "before", "after", "difference", "95 %", "documents", "lost", "won", "p")
    yield Table("score-comparisons", tuple(map(_row, found)), heads)
    unpaired = [one.name for one in found if one.items is None and one.difference.low is not None]
    if unpaired:
        names = ", ".join(unpaired)
        text = f"without shared documents the two values are compared, by their standard errors: {names}"
        yield Sentence(text, Tone.MUTED)
    yield from (Sentence(f"{one.name}: {one.note}", Tone.MUTED) for one in found if one.note)


def _row(found: ScoreComparison) -> tuple[str, ...]:
    items, is_share = found.items, found.is_share
    documents = (
        (NONE, "", "") if items is None else tuple(map(count, (items.shared, items.only_before, items.only_after)))
    )
    return (
        found.name,
        score(found.before.value, is_share=is_share),
        score(found.after.value, is_share=is_share),
        *_difference(found),
        *documents,
        "" if found.p is None else p_value(found.p),
    )


def _difference(found: ScoreComparison) -> tuple[str, str]:
    """Return the difference and its interval, in points for shares; the reason stands where there is no interval."""
    one = found.difference
    if one.difference is None:
        return NONE, one.reason or ""
    number = points(one.difference, 1) if found.is_share else signed_decimal(one.difference)
    if one.low is None or one.high is None:
        return number, one.reason or ""
    if found.is_share:
        return number, points_interval(one.low, one.high, 1)
    return number, f"{signed_decimal(one.low)} to {signed_decimal(one.high)}"


def _documents(documents: Sequence[BenchmarkItem]) -> Iterator[Item]:
    rows = tuple((one.task, one.place, one.doc_hash[:10], _beginning(one.asked)) for one in documents[:MAX_ITEMS])
    yield Table("documents", rows, ("task", "document", "hash", "asked"))
    if len(documents) > MAX_ITEMS:
        yield Sentence(f"and {count(len(documents) - MAX_ITEMS)} more: --json has them all", Tone.MUTED)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_ASKED else line[: LONGEST_ASKED - 1] + "…"


def gate_sentences(no_worse: Sequence[ScoreGate], name: Callable[[str], str] = str) -> Iterator[str]:
    """Yield what is said of each score that may be no worse: its outcome, why, and what it rests on.

    `name` writes the name of a score.
    """
    for one in no_worse:
        yield f"{one.outcome}  {name(one.comparison.name)}: {one.reason} ({_basis(one.comparison)})"


def _basis(found: ScoreComparison) -> str:
    if found.items is None:
        return "unpaired, by standard errors"
    note = f"; {found.note}" if found.note else ""
    return f"{count_noun(found.items.shared, 'document')}, paired{note}"
