"""Why judgments failed or could not be read, as a sentence and as JSON."""

from collections.abc import Iterable
from typing import Any

from uphold.formatting import count_noun
from uphold.records.enums import JudgmentStatus
from uphold.records.judgments import JudgmentProblem


def problem_sentence(problem: JudgmentProblem) -> str:
    """Return the sentence about judgments that failed or could not be read for the same reason."""
    status = "could not be read" if problem.status is JudgmentStatus.UNREADABLE else "failed"
    return f"{count_noun(problem.count, 'judgment')} {status}: {problem.what} (such as {problem.example})"


def problems_json(problems: Iterable[JudgmentProblem]) -> list[dict[str, Any]]:
    """Return the problems for a program."""
    return [
        {"what": one.what, "count": one.count, "example": one.example, "status": one.status.value} for one in problems
    ]
