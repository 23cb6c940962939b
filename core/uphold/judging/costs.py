"""What answers cost: prices are data, the user's own before the table that comes along (prices.toml)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from uphold.errors import BadUsage
from uphold.records.model_calls import ModelAnswer

_MILLION = 1_000_000


_DATED = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


_FIELDS = ("input", "output", "cache_write", "cache_read", "batch", "long")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; `batch` is the share of it that a batch costs.

    A prompt of more than `long_above` tokens costs `long_times` as much, answer included.
    """

    input: float
    output: float
    cache_write: float
    cache_read: float
    batch: float = 0.5
    long_above: int | None = None
    long_times: float = 1.0

    def of(self, answer: ModelAnswer, *, batched: bool = False) -> float | None:
        """What an answer cost; None where the endpoint did not tell its tokens."""
        if answer.input_tokens is None or answer.output_tokens is None:
            return None
        plain = max(answer.input_tokens - answer.cache_write - answer.cache_read, 0)
        cached = answer.cache_write * self.cache_write + answer.cache_read * self.cache_read
        dollars = (plain * self.input + cached + answer.output_tokens * self.output) / _MILLION
        return dollars * self._times(answer.input_tokens) * (self.batch if batched else 1.0)

    def estimate(self, input_tokens: float, output_tokens: float, *, batched: bool = False) -> float:
        """What a request of that size would cost with nothing in the cache."""
        dollars = (input_tokens * self.input + output_tokens * self.output) / _MILLION
        return dollars * self._times(input_tokens) * (self.batch if batched else 1.0)

    def _times(self, input_tokens: float) -> float:
        return self.long_times if self.long_above is not None and input_tokens > self.long_above else 1.0


def price_of(model: str, own: Mapping[str, Any] | None = None) -> Price | None:
    """The price of a model: from the user's own tables by name, else from ours; a date behind the name is looked past."""
    for table in (own or {}, _ours()["models"]):
        for name in (model, _DATED.sub("", model)):
            if name in table:
                return read_price(table[name], f'prices."{name}"')
    return None


def prices_date() -> str:
    """The day of our own table."""
    return str(_ours()["date"])


def read_price(table: Any, where: str) -> Price:
    """A price as a table gives it; raises BadUsage that says `where`."""
    if not isinstance(table, dict):
        raise BadUsage(f"{where}: a table such as {{ input = 1.0, output = 5.0 }} was expected")
    for name in table:
        if name not in _FIELDS:
            raise BadUsage(f"{where}: there is no price {name!r}; prices are {', '.join(_FIELDS)}")
    plain, output = _dollars(table, "input", where), _dollars(table, "output", where)
    if plain is None or output is None:
        raise BadUsage(f"{where}: `input` and `output` are both needed, in dollars per million tokens")
    write, read = _dollars(table, "cache_write", where), _dollars(table, "cache_read", where)
    batch = _dollars(table, "batch", where)
    long = table.get("long")
    if long is not None and not (isinstance(long, dict) and set(long) == {"above", "times"}):
        raise BadUsage(f"{where}: `long` wants {{ above = TOKENS, times = NUMBER }}")
    return Price(
        plain,
        output,
        1.25 * plain if write is None else write,
        plain if read is None else read,
        0.5 if batch is None else batch,
        int(_dollars(long, "above", where) or 0) if long else None,
        _dollars(long, "times", where) or 1.0 if long else 1.0,
    )


def _dollars(table: Mapping[str, Any], name: str, where: str) -> float | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise BadUsage(f"{where}: {name} = {value!r}: a number from 0 on was expected")
    return float(value)


@cache
def _ours() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("prices.toml").read_text("utf-8"))


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
class TokenEstimator:
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
