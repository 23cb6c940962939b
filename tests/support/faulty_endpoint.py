"""Every fault that a real endpoint shows, as replies of the loopback server; and a judge that has them."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from support.model_server import Asked, Reply, answer_to, as_json, cut, dropped, empty, error, html, said
from uphold.judging.prompts import split_prompt

TOKENS = (1000, 50)
"""What every answer of these servers says it took."""


def _hangs() -> Reply:
    raise AssertionError("a hanging request gets no reply")


FAILING: dict[str, Callable[[Asked], Reply]] = {
    "429 with retry-after": lambda asked: error(429, retry_after="0.05"),
    "429": lambda asked: error(429),
    "500": lambda asked: error(500),
    "502": lambda asked: error(502),
    "503": lambda asked: error(503),
    "529": lambda asked: error(529, "overloaded_error"),
    "timeout": lambda asked: _hangs(),
    "dropped": lambda asked: dropped(),
    "cut": lambda asked: cut(right(asked)),
    "a page": lambda asked: html(),
    "empty body": lambda asked: empty(),
    "a list": lambda asked: as_json([]),
}
"""No model answer arrives."""

UNREADABLE: dict[str, Callable[[Asked], Reply]] = {
    "no text": lambda asked: answer_to(asked, "", tokens=TOKENS),
    "malformed": lambda asked: answer_to(asked, '{"reason": "x", "winner"', tokens=TOKENS),
    "wrong schema": lambda asked: answer_to(asked, '{"better_by": 3}', tokens=TOKENS),
    "refusal": lambda asked: answer_to(asked, "I would rather not.", "refusal", TOKENS),
    "max_tokens": lambda asked: answer_to(asked, '{"reason": "it goes on', "max_tokens", TOKENS),
    "unknown stop": lambda asked: answer_to(asked, "It goes on and on", "never_heard_of", TOKENS),
}
"""An answer arrives that gives no verdict."""

ALL = {**FAILING, **UNREADABLE}


def right(asked: Asked) -> Reply:
    """A judge without a bias: the answer that says yes wins, wherever it stands."""
    answers = {part.name[-1]: part.text for part in split_prompt(asked.user) if "answer" in part.name}
    if ("yes" in answers["A"]) == ("yes" in answers["B"]):
        return answer_to(asked, said("tie"), tokens=TOKENS)
    return answer_to(asked, said("A" if "yes" in answers["A"] else "B"), tokens=TOKENS)


@dataclass
class Faulty:
    """A judge of which a share of answers are faults; `had` counts what was sent, `arrived` the model answers."""

    share: float = 0.3
    seed: int = 7
    kinds: tuple[str, ...] = tuple(ALL)
    had: Counter[str] = field(default_factory=Counter)
    arrived: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._forever = asyncio.Event()
        self._turn = 0

    async def __call__(self, asked: Asked) -> Reply:
        """Every kind in its turn, at random moments."""
        if self._random.random() >= self.share:
            self.arrived += 1
            return right(asked)
        kind = self.kinds[self._turn % len(self.kinds)]
        self._turn += 1
        self.had[kind] += 1
        if kind == "timeout":
            await self._forever.wait()
        self.arrived += kind in UNREADABLE
        return ALL[kind](asked)
