"""The sentence that says that a set was turned into training data."""

from uphold.formatting import count, count_noun
from uphold.records.exports import TrainingUse


def training_sentence(use: TrainingUse) -> str:
    """Return the warning about a set of which training files were made, the latest with its date."""
    latest = use.exports[-1]
    times = "" if len(use.exports) == 1 else f", {count_noun(len(use.exports), 'file')} in all"
    examples = count_noun(use.examples, "active example")
    return (
        f"turned into training data on {latest.at[:10]}: {count_noun(latest.pairs, 'pair')} of version {count(latest.version)}"
        f"{times}; of a system trained on them the numbers on {examples} say nothing"
    )
