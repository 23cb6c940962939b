"""Log probabilities of a text's own tokens from llama.cpp's server, whose `completions` gives none of the prompt.

Its own routes do: `/tokenize` splits the text, and `/completion` tells the probability of one next token. The token that
stands in the text is made the next one by `logit_bias`; the probability told is that of the model, before the bias. Whether
a server keeps to that is tried on its two likeliest tokens first: a wrong perplexity would look like a good one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadUsage, Refused
from uphold.records.model_calls import TokenLogprobs

Post = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""Sends a JSON body to a path of the server and returns the JSON object of the reply, None for anything else."""

Spans = Sequence[tuple[int, int]]
"""Where the wanted tokens begin: (start, end) in characters."""

_BIAS = 1000.0
"""Makes a token the likeliest one whatever the model says."""

_CLOSE = 0.05
"""Two log probabilities of one token in one place differ by less, in whatever batch they were computed."""

_LONGEST = 16_384
"""Tokens of a text; each that is wanted is a request."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A token of the text, with the character at which it begins."""

    id: int
    start: int


class LlamaServer:
    """Scores texts one token at a time; `post` sends requests to the server, `name` is its name in messages."""

    def __init__(self, post: Post, name: str) -> None:
        self._post, self._name = post, name
        self._is_tried = False

    async def score(self, text: str, spans: Spans) -> TokenLogprobs | None:
        """Return log probabilities of the tokens that begin in `spans`; None for a server that is not llama.cpp's.

        Raises BadUsage for one that does not tell the model's own probabilities.
        """
        found = await self._tokens(text)
        if found is None:
            return None
        before, tokens = found
        ids = [*before, *(token.id for token in tokens)]
        starts: list[int] = []
        values: list[float | None] = []
        model = None
        for place, token in enumerate(tokens, len(before)):
            if not any(start <= token.start < end for start, end in spans):
                continue
            starts.append(token.start)
            if place == 0:
                values.append(None)
                continue
            if not self._is_tried:
                await self._try(ids[:place])
            told, model = await self._next(ids[:place], bias=token.id)
            values.append(self._logprob(told, token.id))
        return TokenLogprobs(tuple(starts), tuple(values), model)

    async def _tokens(self, text: str) -> tuple[list[int], list[_Token]] | None:
        """Return the ids that a model has before every text, and the text's tokens."""
        try:
            plain = _tokenized(
                await self._post("/tokenize", {"content": text, "add_special": False, "with_pieces": True})
            )
        except Refused:
            return None
        if plain is None:
            return None
        if len(plain) > _LONGEST:
            raise BadUsage(f"{self._name}: a text of {len(plain)} tokens is too long to be scored token by token")
        special = _tokenized(await self._post("/tokenize", {"content": text, "add_special": True, "with_pieces": True}))
        ids = [token for token, _ in plain]
        whole = [token for token, _ in special or plain]
        before = whole[: len(whole) - len(ids)] if whole[len(whole) - len(ids) :] == ids else []
        return before, self._placed(text, plain)

    def _placed(self, text: str, plain: Sequence[tuple[int, bytes]]) -> list[_Token]:
        """Return tokens with the characters at which they begin; some tokenizers put a blank before the text."""
        joined, data = b"".join(piece for _, piece in plain), text.encode()
        shift = len(joined) - len(data)
        if shift not in (0, 1) or joined[shift:] != data:
            raise BadUsage(f"{self._name}: the tokens that it splits a text into do not make up the text")
        begins = [place for place, byte in enumerate(data) if byte & 0xC0 != 0x80]
        characters = {place: number for number, place in enumerate(begins)}
        found, place, character = [], -shift, 0
        for token, piece in plain:
            character = characters.get(max(place, 0), character)
            found.append(_Token(token, character))
            place += len(piece)
        return found

    async def _next(
        self, ids: Sequence[int], *, bias: int | None = None, top: int = 1
    ) -> tuple[Mapping[str, Any], str | None]:
        """Return what the server tells of the next token after some, and its name of the model."""
        body: dict[str, Any] = {
            "prompt": list(ids),
            "n_predict": 1,
            "n_probs": top,
            "temperature": 0,
            "cache_prompt": True,
        }
        if bias is not None:
            body["logit_bias"] = [[bias, _BIAS]]
        reply = await self._post("/completion", body) or {}
        told = reply.get("completion_probabilities")
        first = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else {}
        model = reply.get("model")
        return first, model[:200] if isinstance(model, str) else None

    def _logprob(self, told: Mapping[str, Any], token: int) -> float:
        value = told.get("logprob")
        if told.get("id") != token or not isinstance(value, (int, float)) or isinstance(value, bool) or not value <= 0:
            raise BadUsage(
                f"{self._name}: `/completion` does not tell the log probability of a given token (`n_probs`)"
            )
        return float(value)

    async def _try(self, ids: Sequence[int]) -> None:
        """Check that a token made likelier has the log probability that it has otherwise."""
        told, _ = await self._next(ids, top=2)
        likeliest = told.get("top_logprobs")
        second = likeliest[1] if isinstance(likeliest, list) and len(likeliest) > 1 else None
        if not isinstance(second, dict) or not isinstance(second.get("id"), int):
            raise BadUsage(f"{self._name}: `/completion` does not tell log probabilities (`n_probs`)")
        own = self._logprob(second, second["id"])
        biased, _ = await self._next(ids, bias=second["id"])
        if abs(self._logprob(biased, second["id"]) - own) > _CLOSE:
            raise BadUsage(
                f"{self._name}: `/completion` tells probabilities after `logit_bias`, so that a text cannot be scored"
            )
        self._is_tried = True


def _tokenized(reply: Mapping[str, Any] | None) -> list[tuple[int, bytes]] | None:
    """Return the tokens of a reply of `/tokenize` with their bytes, None for another reply."""
    tokens = (reply or {}).get("tokens")
    if not isinstance(tokens, list) or not tokens:
        return None
    found = []
    for token in tokens:
        piece = token.get("piece") if isinstance(token, dict) else None
        number = token.get("id") if isinstance(token, dict) else None
        if not isinstance(number, int) or isinstance(number, bool):
            return None
        if isinstance(piece, str):
            found.append((number, piece.encode("utf-8", "replace")))
        elif isinstance(piece, list) and all(type(byte) is int and 0 <= byte < 256 for byte in piece):
            found.append((number, bytes(piece)))
        else:
            return None
    return found
