"""Guesses what other people's columns hold, by their names and the first values.

A guess is never applied by itself: a file that would lose its answers is refused, and the guess makes the options that
would take them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from uphold.formats.label_words import guess_words, word_set
from uphold.formats.messages import is_message_list
from uphold.records.system_names import likely_sides, name_words

HEAD_ROWS = 50
"""Rows at the beginning of a file that are looked at."""

FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "instruction": (
        "instruction",
        "prompt",
        "question",
        "query",
        "user_prompt",
        "user_input",
        "input",
        "user_message",
        "request",
        "user",
        "problem",
        "task",
    ),
    "reference": (
        "reference",
        "reference_answer",
        "reference_output",
        "gold",
        "gold_answer",
        "ground_truth",
        "expected_output",
        "expected",
        "ideal",
        "target",
        "correct_answer",
        "expected_answer",
        "solution",
        "label",
    ),
    "context": ("context", "system_prompt", "system_message", "background", "passage"),
    "key": (
        "key",
        "id",
        "question_id",
        "example_id",
        "item_id",
        "prompt_id",
        "sample_id",
        "doc_id",
        "task_id",
        "uid",
        "uuid",
        "idx",
        "index",
    ),
    "tags": ("tags", "tag", "category", "domain", "topic", "subset", "task_type"),
    "system": ("system", "model", "model_name", "model_id", "generator", "system_name", "checkpoint", "engine"),
    "judge": ("judge", "judge_model", "judge_name"),
    "reviewer": ("reviewer", "annotator", "rater", "labeler", "labeller", "annotator_id", "rater_id", "worker_id"),
    "note": ("note", "notes", "comment", "comments"),
    "reason": ("reason", "rationale", "explanation", "justification"),
}
"""Names under which a field is found elsewhere, the likeliest first; compared in lower case, with `_` for what is no letter."""

_LABEL_NAMES = (
    "verdict",
    "winner",
    "preference",
    "preferred",
    "choice",
    "label",
    "human_label",
    "human_preference",
    "judgment",
    "judgement",
    "vote",
    "better",
    "result",
    "review",
    "decision",
)

_ANSWER_WORDS = ("response", "output", "answer", "completion", "generation", "prediction", "reply", "result")

_SINGLE_ANSWERS = (
    *("response", "output", "completion", "generation", "prediction", "model_output", "model_response"),
    *("model_answer", "generated_text", "generated", "reply", "answer", "chosen"),
)

_SIDES = (("a", "b"), ("1", "2"), ("left", "right"), ("first", "second"), ("0", "1"), ("candidate", "baseline"))
"""Endings of two columns that are compared; the first is taken for the candidate."""

_MODEL_WORDS = word_set(
    "base baseline sft dpo rlhf ppo grpo orpo kto lora qlora ft finetuned finetune tuned trained gpt gpt3 gpt4 "
    "gpt4o chatgpt claude llama llama2 llama3 mistral mixtral qwen gemma gemini phi deepseek opus sonnet haiku "
    "model candidate checkpoint ckpt old new control treatment left right teacher student instruct chat"
)
_MODEL_VERSION = re.compile(r"(\d+(\.\d+)?[bm]|(v|r|ckpt|step|epoch|qwen|llama|gpt|phi)\d+)", re.ASCII)

_NO_ANSWER_WORDS = word_set(
    "url link source note notes comment comments title description author date time timestamp created updated path "
    "file filename hash email language lang metadata meta license rubric rubrics criteria criterion reasoning "
    "reason rationale explanation justification thought thoughts tokens token length len score scores rating "
    "ratings id type version guidelines category topic domain tag tags judge reviewer annotator keywords persona "
    "status set split turn difficulty level format cost latency seconds name names human"
)

_LONG_TEXT = 40
"""Mean length in characters from which a column of an unknown name is taken for answers."""

_LONGEST_NAME = 80
_WHITE = re.compile(r"\s")
_NUMBER = re.compile(r"\s*[-+]?[\d.,]+%?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its first values that are not null, in order."""

    name: str
    values: tuple[Any, ...] = ()

    @property
    def plain_name(self) -> str:
        """The name in lower case, with single `_` for what is no letter or digit."""
        return "_".join(name_words(self.name))

    @property
    def texts(self) -> list[str]:
        """The values that are text."""
        return [value for value in self.values if type(value) is str]

    @property
    def holds_text(self) -> bool:
        """Whether it holds texts that are no numbers, or lists of texts (one a turn)."""
        texts = self.texts or [value[0] for value in self.values if type(value) is list and value]
        return bool(texts) and not all(type(text) is str and _NUMBER.fullmatch(text) for text in texts)

    @property
    def holds_messages(self) -> bool:
        """Whether it holds chat messages."""
        return bool(self.values) and all(type(value) is list and is_message_list(value) for value in self.values)

    @property
    def holds_names(self) -> bool:
        """Whether it can hold names of systems or people: short texts of few words."""
        texts = self.texts
        return (
            bool(texts)
            and len(texts) == len(self.values)
            and all(len(text) <= _LONGEST_NAME and len(text.split()) <= 5 and "\n" not in text for text in texts)
        )

    @property
    def holds_prose(self) -> bool:
        """Whether it holds long texts of several words that differ from row to row."""
        texts = self.texts
        if not texts or sum(map(len, texts)) < _LONG_TEXT * len(texts):
            return False
        return len(set(texts)) * 2 > len(texts) and all(_WHITE.search(text.strip()) for text in texts[:5])


@dataclass(slots=True)
class ColumnGuess:
    """What columns seem to hold.

    `mapping` is field -> column, `systems` is system -> column, `words` the words of labels by field. `answers` are the
    columns of answers among them. `either`: the one column of answers may as well hold the reference; `unsure`: no name
    says that there are answers, only texts do.
    """

    mapping: dict[str, str] = field(default_factory=dict)
    systems: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    candidate: str | None = None
    baseline: str | None = None
    answers: tuple[str, ...] = ()
    either: bool = False
    unsure: bool = False


def columns_of(records: Iterable[Mapping[str, Any]]) -> list[Column]:
    """Return the columns of some records, in order of appearance, with their values that are not null."""
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            found = values.setdefault(name, [])
            if value is not None:
                found.append(value)
    return [Column(name, tuple(found)) for name, found in values.items()]


def guess_columns(columns: Sequence[Column], taken: Mapping[str, str], system_name: str) -> ColumnGuess:
    """Guess what the columns hold that are not taken yet; `taken` is field -> column of those that are.

    `system_name` names the system of a file that holds the answers of one and does not name it.
    """
    guess = ColumnGuess()
    free = {column.name: column for column in columns if column.name.isprintable() and column.values}
    for name in taken.values():
        free.pop(name, None)
    names = dict(taken)
    label = _find_label(free)
    if label is not None:
        free.pop(label.name)
    _guess_fields(free, names, guess)
    _guess_answers(free, names, guess, system_name)
    _guess_instruction(free, names, guess)
    _guess_other_system(free, guess)
    if label is not None and _has_two_sides(names, guess):
        _guess_label(label, names, guess)
    return guess


def named_answers(columns: Sequence[Column]) -> dict[str, str]:
    """Return system -> column of the columns that say by their names that they hold answers: `response_X`, `X_output`."""
    found = {}
    for column in columns:
        system = _system_in_name(column)
        if system and column.name.isprintable() and column.holds_text:
            found[system] = column.name
    return found


def _find_label(free: Mapping[str, Column]) -> Column | None:
    """Return the column of verdicts or decisions: named like one, with few short words."""
    for name in _LABEL_NAMES:
        for column in free.values():
            words = {str(value) for value in column.values}
            if column.plain_name == name and len(words) <= 12 and all(len(word) <= 40 for word in words):
                if name in ("label", "result", "choice") and not guess_words("verdict", words):
                    continue
                return column
    return None


def _guess_fields(free: dict[str, Column], names: dict[str, str], guess: ColumnGuess) -> None:
    """Take the columns whose names are usual for a field."""
    for wanted, usual in FIELD_NAMES.items():
        if wanted in names or (wanted == "instruction" and "turns" in names):
            continue
        found = next((column for name in usual for column in free.values() if column.plain_name == name), None)
        if found is None or not _fits(wanted, found):
            if wanted == "context" and (prompts := _system_prompts(free)) is not None:
                _take(wanted, prompts, free, names, guess)
            continue
        _take(wanted, found, free, names, guess)
    if "reference" not in names and (answer := free.get("answer")) and _has_other_answer(free):
        _take("reference", answer, free, names, guess)


def _take(wanted: str, column: Column, free: dict[str, Column], names: dict[str, str], guess: ColumnGuess) -> None:
    free.pop(column.name)
    names[wanted] = guess.mapping[wanted] = column.name


def _fits(wanted: str, column: Column) -> bool:
    if wanted in ("system", "judge", "reviewer"):
        return column.holds_names
    if wanted == "instruction":
        return column.holds_text or column.holds_messages
    if wanted == "tags":
        return all(type(value) in (str, int) or _is_text_list(value) for value in column.values)
    allowed = {"key": (str, int), "reference": (str, int, float)}.get(wanted, (str,))
    return all(type(value) in allowed for value in column.values)


def _is_text_list(value: Any) -> bool:
    return type(value) is list and all(type(entry) is str for entry in value)


def _system_prompts(free: Mapping[str, Column]) -> Column | None:
    """Return a column `system` that holds prompts and not names."""
    return next((one for one in free.values() if one.plain_name == "system" and not one.holds_names), None)


def _has_other_answer(free: Mapping[str, Column]) -> bool:
    others = [
        column for column in free.values() if column.plain_name in _SINGLE_ANSWERS and column.plain_name != "answer"
    ]
    return len(others) == 1


def _guess_answers(free: dict[str, Column], names: dict[str, str], guess: ColumnGuess, system_name: str) -> None:
    """Take the columns of answers: of two sides, of systems by name, or of one system."""
    if {"response_candidate", "response_baseline"} & names.keys():
        return
    texts = [column for column in free.values() if column.holds_text]
    sides = _find_sides(texts)
    if sides is not None:
        _guess_sides(sides, free, names, guess)
        return
    systems = {_system_in_name(one) or one.name: one.name for one in texts if _seems_answer(one)}
    single = next((one for name in _SINGLE_ANSWERS for one in texts if one.plain_name == name), None)
    if "system" in names:
        answer = single or next((one for one in texts if one.name in systems.values()), None)
        if answer is not None:
            _take("response", answer, free, names, guess)
            guess.answers = (answer.name,)
    elif len(systems) == 1 and single is not None and next(iter(systems.values())) == single.name:
        _take("response_candidate", single, free, names, guess)
        guess.candidate, guess.answers = system_name, (single.name,)
        guess.either = single.plain_name == "answer" and "reference" not in names
    elif systems:
        guess.systems, guess.answers = systems, tuple(systems.values())
        guess.unsure = not any(_is_named_answer(free[name]) for name in guess.answers)
        for name in guess.answers:
            free.pop(name)


def _find_sides(texts: Sequence[Column]) -> tuple[Column, Column] | None:
    by_name = {column.plain_name: column for column in texts}
    for word in (*_ANSWER_WORDS, "model", "assistant", "text"):
        for first, second in _SIDES:
            for pattern in ("{word}_{side}", "{side}_{word}", "{word}{side}"):
                pair = [by_name.get(pattern.format(word=word, side=side)) for side in (first, second)]
                if pair[0] is not None and pair[1] is not None and not _are_names(word, pair[0], pair[1]):
                    return pair[0], pair[1]
    for first, second in _SIDES[:1]:
        if first in by_name and second in by_name:
            return by_name[first], by_name[second]
    return None


def _are_names(word: str, *columns: Column) -> bool:
    """Whether two columns `model_a`, `model_b` name systems: short words that come again, or that look like models."""
    if word != "model" or not all(column.holds_names for column in columns):
        return False
    texts = [text for column in columns for text in column.texts]
    return len(set(texts)) * 2 <= len(texts) or all(not _WHITE.search(text) for text in texts)


def _guess_sides(
    sides: tuple[Column, Column], free: dict[str, Column], names: dict[str, str], guess: ColumnGuess
) -> None:
    guess.answers = tuple(side.name for side in sides)
    if sides[0].plain_name.startswith("model"):
        guess.systems = {side.name: side.name for side in sides}
        guess.candidate, guess.baseline = (side.name for side in sides)
        for side in sides:
            free.pop(side.name)
        return
    for wanted, side in zip(("response_candidate", "response_baseline"), sides, strict=True):
        _take(wanted, side, free, names, guess)
    _guess_side_names(free, names, guess)


def _guess_side_names(free: dict[str, Column], names: dict[str, str], guess: ColumnGuess) -> None:
    """Take two columns that name the systems of the two sides."""
    if "candidate" in names or "baseline" in names:
        return
    by_name = {column.plain_name: column for column in free.values() if column.holds_names}
    for word in ("model", "system", "generator", "name"):
        for first, second in _SIDES:
            for pattern in ("{word}_{side}", "{side}_{word}", "{word}{side}"):
                pair = [by_name.get(pattern.format(word=word, side=side)) for side in (first, second)]
                if pair[0] is not None and pair[1] is not None:
                    _take("candidate", pair[0], free, names, guess)
                    _take("baseline", pair[1], free, names, guess)
                    return


def _system_in_name(column: Column) -> str | None:
    """Return X of a column `response_X` or `X_output`, as it is written; None where X is no name of a system."""
    for word in _ANSWER_WORDS:
        found = re.fullmatch(rf"(?:{word}[ _.:/-]+(.+)|(.+?)[ _.:/-]+{word})", column.name, re.IGNORECASE)
        system = found and (found[1] or found[2])
        if (
            system
            and not _NO_ANSWER_WORDS & set(name_words(system))
            and column.plain_name not in FIELD_NAMES["reference"]
        ):
            return system.strip()
    return None


def _seems_answer(column: Column) -> bool:
    if _NO_ANSWER_WORDS & set(name_words(column.name)):
        return False
    return _is_named_answer(column) or column.holds_prose


def _is_named_answer(column: Column) -> bool:
    words = name_words(column.name)
    if column.plain_name in _SINGLE_ANSWERS or _system_in_name(column):
        return True
    return bool(_MODEL_WORDS & set(words)) or any(_MODEL_VERSION.fullmatch(word) for word in words)


def _guess_instruction(free: dict[str, Column], names: dict[str, str], guess: ColumnGuess) -> None:
    """Where nothing says what was asked, take the first text that is left, or that is not the last of the systems."""
    if {"instruction", "turns"} & names.keys():
        return
    if "key" in names:
        # Keys alone are enough for examples that are known; a text beside them is taken where it can be no remark.
        rest = next((column for column in free.values() if _seems_instruction(column)), None)
        if rest is not None and guess.answers:
            _take("instruction", rest, free, names, guess)
        return
    rest = next((column for column in free.values() if column.holds_text), None)
    if rest is not None:
        texts = [] if guess.answers else [column for column in free.values() if _seems_instruction(column)]
        _take("instruction", texts[0] if texts else rest, free, names, guess)
        if texts[1:]:
            # No name says anything: what was asked comes first, and further texts are perhaps its answers.
            guess.systems = {column.name: free.pop(column.name).name for column in texts[1:]}
            guess.answers, guess.unsure = tuple(guess.systems.values()), True
    elif len(guess.systems) > 1:
        _, first = next(iter(guess.systems.items()))
        guess.systems = {system: name for system, name in guess.systems.items() if name != first}
        guess.answers = tuple(guess.systems.values())
        names["instruction"] = guess.mapping["instruction"] = first


def _guess_other_system(free: dict[str, Column], guess: ColumnGuess) -> None:
    """Where only one system is known by its name, further texts are perhaps the answers of those it is compared with."""
    if len(guess.systems) != 1:
        return
    for column in [one for one in free.values() if _may_be_answers(one)]:
        guess.systems[column.name] = free.pop(column.name).name
        guess.unsure = True
    guess.answers = tuple(guess.systems.values())


def _may_be_answers(column: Column) -> bool:
    """Whether a column of an unknown name holds texts, at least one of several words, that differ from row to row."""
    texts = column.texts
    if not column.holds_text or _NO_ANSWER_WORDS & set(name_words(column.name)):
        return False
    return len(set(texts)) * 2 > len(texts) and any(_WHITE.search(text.strip()) for text in texts)


def _seems_instruction(column: Column) -> bool:
    """Whether a column of an unknown name holds texts of several words that differ from row to row."""
    texts = column.texts
    if not column.holds_text or _NO_ANSWER_WORDS & set(name_words(column.name)):
        return False
    several = sum(1 for text in texts if _WHITE.search(text.strip()))
    return several * 2 > len(texts) and len(set(texts)) * 2 > len(texts)


def _has_two_sides(names: Mapping[str, str], guess: ColumnGuess) -> bool:
    return len(guess.systems) == 2 or "response" not in names


def _guess_label(label: Column, names: dict[str, str], guess: ColumnGuess) -> None:
    """Take the column of verdicts or decisions, and the words in it."""
    is_human = "reviewer" in names or "human" in name_words(label.name) or label.plain_name in ("review", "decision")
    wanted = "review" if is_human and "judge" not in names else "verdict"
    if wanted in names:
        return
    if guess.systems and guess.candidate is None:
        guess.candidate, guess.baseline = likely_sides(list(guess.systems))
    if label.name != wanted:
        guess.mapping[wanted] = label.name
    names[wanted] = label.name
    sides = tuple(_side_names(names, guess))
    guess.words[wanted] = guess_words(wanted, {str(value) for value in label.values}, *sides)


def _side_names(names: Mapping[str, str], guess: ColumnGuess) -> Iterator[tuple[str, ...]]:
    """Yield what may stand for the candidate, and for the baseline, in a column of verdicts: names of systems and columns."""
    for side in ("candidate", "baseline"):
        system = guess.candidate if side == "candidate" else guess.baseline
        yield tuple(
            filter(None, (system, names.get(side), names.get(f"response_{side}"), guess.systems.get(system or "")))
        )
