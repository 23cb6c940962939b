"""How many tokens and dollars judging will take: guessed before, learnt from answers as they come."""

from dataclasses import dataclass

ASSUMED_OUTPUT = 150
"""Tokens of an answer before any has been seen: a sentence, a letter and a number as JSON."""

_PLAIN, _OTHER = 4.0, 1.5
"""Characters a token: of ASCII, and of everything else."""

_ROOM = 2
"""No answer is expected to be longer than so many times the longest one so far."""


def guessed_tokens(text: str) -> float:
    """Tokens of a text by rule of thumb."""
    plain = sum(map(str.isascii, text)) if not text.isascii() else len(text)
    return plain / _PLAIN + (len(text) - plain) / _OTHER


@dataclass(slots=True)
class Learnt:
    """What the answers so far teach about those to come."""

    characters: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    longest: int = 0
    answers: int = 0

    def take(self, characters: int, input_tokens: int | None, output_tokens: int | None) -> None:
        """Learn from one answer to a request of so many characters."""
        if input_tokens is None or output_tokens is None:
            return
        self.characters += characters
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        self.longest = max(self.longest, output_tokens)
        self.answers += 1

    def input_of(self, characters: int) -> float:
        """Tokens that a request of so many characters is expected to have."""
        if not self.characters:
            return characters / _PLAIN
        return characters * self.input_tokens / self.characters

    def longest_output(self, most: int) -> float:
        """Tokens that no answer is expected to pass."""
        return min(most, _ROOM * self.longest if self.answers else ASSUMED_OUTPUT)
