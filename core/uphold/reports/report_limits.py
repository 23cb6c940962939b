"""The limits of a run's report, as sentences: from refused numbers, and from what was not done."""

from collections.abc import Iterator

from uphold.formatting import count, count_noun, point_noun, size_in_points
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.headline_judge import what_is_missing
from uphold.records.run_evidence import RunEvidence
from uphold.reports.model import TOO_FEW_VERDICTS, SectionId, Sentence, Tone
from uphold.reports.run_report import run_report

_MAX_TAGS = 8
"""Tags that are named."""


def limits(found: RunEvidence) -> list[str]:
    """Return what the report of a run cannot show."""
    return [*_of_numbers(found), *_of_reading(found), *_of_the_set(found)]


def _of_numbers(found: RunEvidence) -> Iterator[str]:
    numbers = found.numbers
    lack = what_is_missing(numbers.judge)
    if lack and numbers.judge.missing:
        yield f"What the judge says of the rest: {lack}."
    pairs = count_noun(found.read.pairs, "pair")
    if found.smallest_change is None:
        yield f"A change between two checkpoints: {pairs} are too few for any."
    else:
        size = size_in_points(found.smallest_change)
        yield f"A change of less than {size} {point_noun(size)} between two checkpoints: {pairs} are too few."
    few = [tag for tag in numbers.tags if tag.human.rates.win_rate.n < MIN_FOR_RATE]
    if few:
        named = ", ".join(f"{tag.tag} ({count(tag.human.rates.win_rate.n)})" for tag in few[:_MAX_TAGS])
        more = f" and {count(len(few) - _MAX_TAGS)} more" if len(few) > _MAX_TAGS else ""
        yield f"{named}{more}: {TOO_FEW_VERDICTS}."


def _of_reading(found: RunEvidence) -> Iterator[str]:
    human, read = found.numbers.human, found.read
    for section in run_report(found.numbers).sections:
        if section.id == SectionId.NOTES:
            warnings = [one for one in section.items if isinstance(one, Sentence) and one.tone is Tone.WARNING]
            yield from (f"{one.text[:1].upper()}{one.text[1:]}." for one in warnings)
    if human.unresolved:
        yield f"{count_noun(human.unresolved, 'pair')} on which no word leads: in no rate."
    if len(found.readers) == 1:
        yield "How far people agree: one person read all of it."
    if read.read and not read.blind and found.numbers.judges:
        yield "What people would say without the judge’s verdict: no decision is recorded as made before it was seen."
    if human.older_reference:
        yield f"{count_noun(human.older_reference, 'pair')} decided with an older reference."


def _of_the_set(found: RunEvidence) -> Iterator[str]:
    if found.origin.single_turns:
        yield "Second turns: every example is a single reply."
    if found.scores:
        yield "Other abilities: the benchmarks stand apart, and speak of other tasks."
    else:
        yield "Other abilities: no benchmark of the candidate is in the file."
