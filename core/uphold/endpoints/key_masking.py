"""Keeping the API key out of what a server or a model sends back: replies are stored, and messages shown.

A key is masked where it stands as it is. One that a model spells otherwise (reversed, in base64) is not recognised.
"""

import re
from dataclasses import fields, replace
from typing import Any

from uphold.records.model_calls import Dialect, Endpoint, ModelAnswer, ModelRequest, TextToScore, TokenLogprobs

MASK = "[key]"

_SHORTEST = 8
_WORD = re.compile(r"[A-Za-z]{1,19}")


def is_secret(key: str) -> bool:
    """Whether a key is masked: `x`, `EMPTY` or `placeholder`, given to servers that want no key, would make holes in texts.

    It has at least 8 characters and is no single word of fewer than 20 letters; the keys of providers are longer, and have
    digits.
    """
    return len(key) >= _SHORTEST and _WORD.fullmatch(key) is None


def mask_key(text: str, key: str) -> str:
    """Return a text with the key masked."""
    return text.replace(key, MASK) if is_secret(key) else text


def mask_answer(answer: ModelAnswer, key: str) -> ModelAnswer:
    """Return an answer with the key masked in all its texts."""
    if not is_secret(key):
        return answer
    values = {field.name: getattr(answer, field.name) for field in fields(answer)}
    masked: dict[str, Any] = {
        name: mask_key(value, key) for name, value in values.items() if isinstance(value, str) and key in value
    }
    return replace(answer, **masked) if masked else answer


class MaskedEndpoint:
    """An endpoint whose answers have the key masked; its errors come so from `sdk`."""

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        self._endpoint, self._key = endpoint, key

    @property
    def dialect(self) -> Dialect:
        """What the endpoint's API has by its own rules."""
        return self._endpoint.dialect

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer, without the key."""
        return mask_answer(await self._endpoint.answer(request), self._key)

    async def count(self, request: ModelRequest) -> int | None:
        """Return the endpoint's own count of a request's input tokens."""
        return await self._endpoint.count(request)

    async def score(self, wanted: TextToScore) -> TokenLogprobs:
        """Return log probabilities of a text; the name of the model comes without the key."""
        scored = await self._endpoint.score(wanted)
        return scored if scored.model is None else replace(scored, model=mask_key(scored.model, self._key))

    async def close(self) -> None:
        """Close all connections."""
        await self._endpoint.close()
