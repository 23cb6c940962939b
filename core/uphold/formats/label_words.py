"""Other people's words for verdicts, decisions and orders, and the words of the `pairs` format that they stand for."""

from collections.abc import Iterable, Mapping

from uphold.records.enums import AnswerOrder, Choice, Preference

NO_LABEL = "none"
"""The word of `--map-value` for what is no label at all: the field counts as left out."""

UNREADABLE = "unreadable"
"""The word of `--map-value` for a verdict that is there and could not be read."""

_CHOICES = tuple(choice.value for choice in Choice)

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "verdict": tuple(preference.value for preference in Preference),
    "review": _CHOICES,
    "order": (AnswerOrder.CANDIDATE_FIRST.value, AnswerOrder.BASELINE_FIRST.value),
}
"""By field, the words that it takes."""


def is_shown_answer(value: object) -> bool:
    """Whether a verdict names an answer as the judge saw it: A for the first one shown, B for the second."""
    return type(value) is str and value.strip().upper() in ("A", "B")


MAPPED_FIELDS = (*ALLOWED, "preference")
"""Fields whose words can be mapped; those of `preference` to a number from 0 to 1."""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_CANDIDATE = word_set(
    "a 1 left first win wins won model_a model_1 response_a response_1 output_a output_1 answer_a answer_1 system_a "
    "system_1 assistant_a assistant_1 option_a candidate_wins better chosen [[a]] a>b a>>b a_wins"
)
_BASELINE = word_set(
    "b 2 right second lose loses loss lost model_b model_2 response_b response_2 output_b output_2 answer_b "
    "answer_2 system_b system_2 assistant_b assistant_2 option_b baseline_wins worse rejected [[b]] b>a b>>a b_wins"
)
_TIE = word_set("tie ties tied draw equal same both both_good c [[c]] a=b = even")
_BOTH_BAD = word_set("both_bad bothbad tie_(bothbad) tie_(both_bad) neither both_are_bad")
_NONE = word_set("n/a na nan skip skipped unsure null -")


def guess_words(
    field: str,
    words: Iterable[str],
    candidate_names: Iterable[str] = (),
    baseline_names: Iterable[str] = (),
) -> dict[str, str]:
    """Return what other people's words for a label stand for, as far as it is obvious; our own words are left out.

    The names are what may stand for the candidate and the baseline besides the usual words.
    """
    allowed = ALLOWED.get(field, ())
    named = {
        **dict.fromkeys(map(_plain, baseline_names), "baseline"),
        **dict.fromkeys(map(_plain, candidate_names), "candidate"),
    }
    found = {}
    for word in sorted(words):
        meaning = named.get(_plain(word)) or _meaning(field, _plain(word))
        if word not in allowed and meaning is not None:
            found[word] = meaning
    return found


def _plain(word: str) -> str:
    return "_".join(word.lower().replace("-", "_").split())


def _meaning(field: str, word: str) -> str | None:
    if field == "order":
        return {"candidate_first": "candidate-first", "baseline_first": "baseline-first"}.get(word)
    if field not in ALLOWED:
        return None
    if word in _BOTH_BAD:
        return "both-bad" if field == "review" else "tie"
    for words, meaning in ((_CANDIDATE, "candidate"), (_BASELINE, "baseline"), (_TIE, "tie"), (_NONE, NO_LABEL)):
        if word == meaning or word in words:
            return meaning
    return None
