"""Prices of models, costs of answers, and estimates of tokens before they are known.

Prices come from the user's configuration, else from the bundled table prices.toml; all are in US dollars.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from uphold.errors import BadUsage
from uphold.records.model_calls import ModelAnswer, ModelRequest

_MILLION = 1_000_000
_DATE_SUFFIX = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$")
_PRICE_FIELDS = ("input", "output", "cache_write", "cache_read", "batch", "long")

ASSUMED_OUTPUT = 150
"""Assumed tokens of an answer before there has been one: a sentence, a letter and a number as JSON."""

_ASCII_PER_TOKEN, _OTHER_PER_TOKEN = 4.0, 1.5
"""Characters per token: ASCII, and everything else."""

_REQUEST_OVERHEAD = 512
"""More tokens than a server adds to the texts of a request: roles, separators, its own words about the schema."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; `batch` is the factor for requests in a batch.

    Requests with more than `long_above` input tokens cost `long_multiplier` times as much, output included.
    """

    input: float
    output: float
    cache_write: float
    cache_read: float
    batch: float = 0.5
    long_above: int | None = None
    long_multiplier: float = 1.0

    def cost_of(self, answer: ModelAnswer, *, batched: bool = False) -> float | None:
        """Return the cost of an answer; None if the endpoint did not report its tokens.

        A text that took no tokens is one whose tokens were not reported.
        """
        if answer.input_tokens is None or answer.output_tokens is None or (answer.text and not answer.output_tokens):
            return None
        uncached = max(answer.input_tokens - answer.cache_write - answer.cache_read, 0)
        cached = answer.cache_write * self.cache_write + answer.cache_read * self.cache_read
        dollars = (uncached * self.input + cached + answer.output_tokens * self.output) / _MILLION
        return dollars * self._multiplier(answer.input_tokens) * (self.batch if batched else 1.0)

    def most(self, request: ModelRequest, *, batched: bool = False) -> float:
        """Return the most that one request can cost: no text has more tokens than bytes, and no answer more than allowed."""
        input_tokens = request.size + _REQUEST_OVERHEAD
        input_price = max(self.input, self.cache_write, self.cache_read)
        dollars = (input_tokens * input_price + request.most_output * self.output) / _MILLION
        return dollars * max(self._multiplier(input_tokens), 1.0) * (self.batch if batched else 1.0)

    def estimate(self, input_tokens: float, output_tokens: float, *, batched: bool = False) -> float:
        """Return the expected cost of a request, without a cache."""
        dollars = (input_tokens * self.input + output_tokens * self.output) / _MILLION
        return dollars * self._multiplier(input_tokens) * (self.batch if batched else 1.0)

    def _multiplier(self, input_tokens: float) -> float:
        return self.long_multiplier if self.long_above is not None and input_tokens > self.long_above else 1.0


def find_price(model: str, user_prices: Mapping[str, Any] | None = None) -> Price | None:
    """Return the price of a model from the user's prices, else from ours; None if unknown. A date in the name is optional."""
    for table in (user_prices or {}, _bundled_prices()["models"]):
        for name in (model, _DATE_SUFFIX.sub("", model)):
            if name in table:
                return parse_price(table[name], f'prices."{name}"')
    return None


def prices_date() -> str:
    """Return the date of the bundled prices."""
    return str(_bundled_prices()["date"])


def parse_price(table: Any, location: str) -> Price:
    """Return the price that a TOML table describes. Raises BadUsage that names `location`."""
    if not isinstance(table, dict):
        raise BadUsage(f"{location}: a table such as {{ input = 1.0, output = 5.0 }} was expected")
    for name in table:
        if name not in _PRICE_FIELDS:
            raise BadUsage(f"{location}: there is no price {name!r}; prices are {', '.join(_PRICE_FIELDS)}")
    input_, output = _dollars(table, "input", location), _dollars(table, "output", location)
    if input_ is None or output is None:
        raise BadUsage(f"{location}: `input` and `output` are both needed, in dollars per million tokens")
    write, read = _dollars(table, "cache_write", location), _dollars(table, "cache_read", location)
    batch = _dollars(table, "batch", location)
    long = table.get("long")
    if long is not None and not (isinstance(long, dict) and set(long) == {"above", "times"}):
        raise BadUsage(f"{location}: `long` wants {{ above = TOKENS, times = NUMBER }}")
    return Price(
        input_,
        output,
        cache_write=1.25 * input_ if write is None else write,
        cache_read=input_ if read is None else read,
        batch=0.5 if batch is None else batch,
        long_above=int(_dollars(long, "above", location) or 0) if long else None,
        long_multiplier=_dollars(long, "times", location) or 1.0 if long else 1.0,
    )


def _dollars(table: Mapping[str, Any], name: str, location: str) -> float | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise BadUsage(f"{location}: {name} = {value!r}: a number from 0 on was expected")
    return float(value)


@cache
def _bundled_prices() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("prices.toml").read_text("utf-8"))


def guess_tokens(text: str) -> float:
    """Return the tokens of a text by rule of thumb."""
    ascii_count = sum(map(str.isascii, text)) if not text.isascii() else len(text)
    return ascii_count / _ASCII_PER_TOKEN + (len(text) - ascii_count) / _OTHER_PER_TOKEN
