"""The sentence and the JSON about a set that was turned into training data."""

from dataclasses import asdict
from typing import Any

from uphold.formatting import count, count_noun
from uphold.records.training_data import TrainingUse


def training_sentence(use: TrainingUse) -> str:
    """Return the warning about a set of which training files were made, the latest with its date."""
    latest = use.exports[-1]
    files = len(use.exports)
    more = "" if files == 1 else f", {count(files)} files with {count_noun(use.examples, 'active example')} in all"
    examples = f"{count_noun(latest.examples, 'example')} of version {count(latest.version)}"
    return f"turned into training data on {latest.at[:10]}: {examples}{more}; what is trained on them is not measured by them"


def training_json(use: TrainingUse) -> dict[str, Any]:
    """Return the training files of a set, the latest last; a file has no name where it went to standard output."""
    files = [{name: value for name, value in asdict(one).items() if value is not None} for one in use.exports]
    return {"active_examples": use.examples, "files": files}
