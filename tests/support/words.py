"""Sentences made of words of which some are far more frequent than others."""

import random

_VOCABULARY = [
    "".join(syllables)
    for syllables in zip(
        [a + b for a in ("ba", "ke", "lo", "mi", "nu", "ra", "so", "ti", "ve", "zu") for b in ("", "n", "r", "l")] * 40,
        [a + b for a in ("da", "fe", "go", "hi", "ju", "pa", "que", "si", "to", "wu") for b in ("s", "m", "ck", "")]
        * 40,
        [a for a in ("", "ly", "ing", "er", "ness", "able", "ed", "ish") for _ in range(200)],
        strict=True,
    )
]


def sentences(rng: random.Random, number: int) -> list[str]:
    """That many sentences of 4 to 24 words; the frequency of a word falls with its place."""
    order = rng.sample(sorted(set(_VOCABULARY)), len(set(_VOCABULARY)))
    weights = [1 / (place + 3) for place in range(len(order))]
    return [" ".join(rng.choices(order, weights, k=rng.randint(4, 24))).capitalize() + "." for _ in range(number)]
