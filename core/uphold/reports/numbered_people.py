"""Evidence without people's names: reviewers are numbered in the order in which they are named in it."""

from collections.abc import Iterator
from dataclasses import replace

from uphold.formatting import count
from uphold.records.run_evidence import RunEvidence


def numbered_people(found: RunEvidence) -> RunEvidence:
    """Return the evidence with `reviewer 1`, `reviewer 2` in place of people's names; what they wrote stays as it is."""
    numbers = {name: f"reviewer {count(place)}" for place, name in enumerate(dict.fromkeys(_names(found)), 1)}
    reviewers = found.numbers.reviewers
    renamed = replace(
        reviewers,
        names=tuple(numbers[name] for name in reviewers.names),
        pairs=tuple(replace(pair, a=numbers[pair.a], b=numbers[pair.b]) for pair in reviewers.pairs),
        progress=tuple(replace(one, name=numbers[one.name]) for one in reviewers.progress),
        leans=tuple(replace(bias, name=numbers[bias.name]) for bias in reviewers.leans),
    )
    return replace(
        found,
        numbers=replace(found.numbers, reviewers=renamed),
        readers=tuple(replace(reader, name=numbers[reader.name]) for reader in found.readers),
        pairs=tuple(
            replace(
                pair, opinions=tuple(replace(opinion, reviewer=numbers[opinion.reviewer]) for opinion in pair.opinions)
            )
            for pair in found.pairs
        ),
        history=tuple(
            replace(row, blessed=replace(row.blessed, reviewer=None)) if row.blessed is not None else row
            for row in found.history
        ),
    )


def _names(found: RunEvidence) -> Iterator[str]:
    yield from (reader.name for reader in found.readers)
    reviewers = found.numbers.reviewers
    yield from reviewers.names
    yield from (name for pair in reviewers.pairs for name in (pair.a, pair.b))
    yield from (bias.name for bias in reviewers.leans)
    yield from (one.name for one in reviewers.progress)
    yield from (opinion.reviewer for pair in found.pairs for opinion in pair.opinions)
