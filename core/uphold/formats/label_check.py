"""Refuses words of verdicts, decisions and orders that are none of ours, with the options that say what they mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from uphold.formats.column_mapping import word_of
from uphold.formats.json_values import describe
from uphold.formats.label_words import ALLOWED, NO_LABEL, UNREADABLE, guess_words, is_shown_answer
from uphold.formats.reading import NeedsOptions, ReadOptions, UnknownWords
from uphold.records.import_request import ImportSuggestion
from uphold.records.rows import RowSource

Rows = Iterable[tuple[RowSource, Mapping[str, Any]]]

_MOST_WORDS = 40
"""Distinct words of a field from which on it holds no labels."""


def check_words(rows: Rows, taken: Mapping[str, str], options: ReadOptions) -> None:
    """Raise where a row has a word that the format does not know.

    `taken` is field -> column. Raises NeedsOptions where the meaning of all words in the rows is obvious, else
    UnknownWords, which names the words and those of the format.
    """
    found = _unknown_words(rows, taken, options)
    if not any(found.values()):
        return
    guessed = {
        field: guess_words(field, words, *_side_names(taken, options)) for field, words in found.items() if words
    }
    field, (source, value) = next((name, next(iter(words.values()))) for name, words in found.items() if words)
    sentence = f"{source}: {field} must be {' or '.join(ALLOWED[field])}, found {describe(value)}"
    unclear = [word for word in found[field] if word not in guessed[field]]
    if all(guessed[name].keys() >= found[name].keys() for name in guessed):
        raise NeedsOptions(sentence, ImportSuggestion(words=guessed))
    shown = unclear or list(found[field])
    more = f" (also {', '.join(map(repr, shown[1:6]))})" if len(shown) > 1 else ""
    meanings = ", ".join((*ALLOWED[field], *((UNREADABLE,) if field == "verdict" else ()), NO_LABEL))
    raise UnknownWords(
        f"{sentence}\nsay what it means{more}: --map-value '{field}:{shown[0]}=WORD', WORD being {meanings}",
        {name: tuple(words) for name, words in found.items() if words},
    )


def has_unknown_word(row: tuple[RowSource, Mapping[str, Any]], taken: Mapping[str, str], options: ReadOptions) -> bool:
    """Whether a row has a word that the format does not know."""
    return any(_unknown_words([row], taken, options).values())


def _unknown_words(
    rows: Rows, taken: Mapping[str, str], options: ReadOptions
) -> dict[str, dict[str, tuple[RowSource, Any]]]:
    """Return by field the words that are unknown, each with its first place and value."""
    found: dict[str, dict[str, tuple[RowSource, Any]]] = {field: {} for field in ALLOWED if field in taken}
    for source, record in rows:
        systems = _systems(record, taken, options)
        for field, words in found.items():
            value = record.get(taken[field])
            if type(value) not in (str, int, float, bool) or value in ALLOWED[field] or value in systems:
                continue
            if field == "verdict" and "order" in taken and is_shown_answer(value):
                continue  # the row's order says which system that is
            word = word_of(value)
            if word not in options.words.get(field, {}) and len(words) < _MOST_WORDS:
                words.setdefault(word, (source, value))
    return found


def _systems(record: Mapping[str, Any], taken: Mapping[str, str], options: ReadOptions) -> Sequence[Any]:
    """Return the names of the row's candidate and baseline, either of which may stand for a verdict."""
    given = ((options.candidate, "candidate"), (options.baseline, "baseline"))
    return [record.get(taken.get(side, side)) or name for name, side in given]


def _side_names(taken: Mapping[str, str], options: ReadOptions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that may stand for the candidate and for the baseline among other people's words."""

    def names(side: str, system: str | None) -> tuple[str, ...]:
        return tuple(filter(None, (system, taken.get(side), taken.get(f"response_{side}"))))

    return names("candidate", options.candidate), names("baseline", options.baseline)
