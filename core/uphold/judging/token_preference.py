"""The preference that the probabilities of the tokens A and B tell, at the place of the verdict in an answer.

AlpacaEval's weighted win rate takes them in the same way: the probability of one letter against that of the other
(Dubois et al., 2024, Length-Controlled AlpacaEval).
"""

import math
import re
from collections.abc import Sequence

from uphold.judging import free_text
from uphold.records.model_calls import AnswerToken

_WINNER_FIELD = re.compile(r"[\"'](?:winner|verdict|final_verdict)[\"']\s*:\s*[\"']?", re.I)
_LETTER = re.compile(r"(?<![A-Za-z])[AB](?![A-Za-z])")


def preference_for_a(tokens: Sequence[AnswerToken]) -> float | None:
    """Return the probability of A, given that A or B was written at the place of the verdict (0 to 1).

    None where no token there is a letter, or where the answer has no verdict.
    """
    text = "".join(token.text for token in tokens)
    place = _place_of_verdict(text)
    if place is None:
        return None
    start = 0
    for token in tokens:
        if start <= place < start + len(token.text):
            return _share_of_a(token)
        start += len(token.text)
    return None


def _place_of_verdict(text: str) -> int | None:
    """Return where the letter of the verdict stands in an answer, None where there is none."""
    fields = list(_WINNER_FIELD.finditer(text[-free_text.MAX_READ :]))
    offset = max(0, len(text) - free_text.MAX_READ)
    if fields:
        letter = _LETTER.match(text, offset + fields[-1].end())
        return None if letter is None else letter.start()
    found = free_text.find_verdict(text)
    if found is None:
        return None
    letter = _LETTER.search(text, offset + found.position, offset + found.end)
    return None if letter is None else letter.start()


def _share_of_a(token: AnswerToken) -> float | None:
    likely = {"A": 0.0, "B": 0.0}
    for text, logprob in token.choices:
        letter = "".join(_LETTER.findall(text))
        if letter in likely and not text.strip(free_text.DECORATION).removeprefix(letter):
            likely[letter] += math.exp(logprob)
    total = sum(likely.values())
    return likely["A"] / total if total else None
