"""The fields of a judge's table that say what the judge is asked: style, ties, criteria, examples, rubric, prompt, template."""

import math
from collections.abc import Mapping
from typing import Any

from uphold.errors import BadUsage
from uphold.judging.free_text import find_verdict
from uphold.judging.templates import parse_template
from uphold.records.judge_prompt import REASONED, STYLES, WINNERS, Criterion, JudgeExample, PromptSettings

PROMPT_TEXTS = ("prompt", "rubric", "style", "template", "preference")
"""Fields of a judge's table that are texts."""

PROMPT_TABLES = ("ties", "criteria", "examples")
"""Fields of a judge's table that are something else."""

LOGPROBS = "logprobs"
"""The value of `preference` with which it comes from token probabilities."""

MOST_CRITERIA, MOST_EXAMPLES = 20, 50
_LONGEST_NAME = 40

_NOT_BESIDE_TEMPLATE = ("style", "prompt", "criteria", "examples")

_Table = Mapping[str, Any]


def read_prompt_settings(table: _Table, rubric: str | None = None) -> PromptSettings:
    """Return what a judge's table asks; `rubric` is the set's, for a judge that has none of its own.

    Raises BadUsage that names the field, and the line of a template.
    """
    ties = _yes_or_no(table, "ties", default=True)
    if (text := table.get("template")) is not None:
        return _whole_template(table, text, rubric, ties=ties)
    style = table.get("style", REASONED)
    if style not in STYLES:
        known = "; ".join(f'"{name}": {what}' for name, what in STYLES.items())
        raise BadUsage(f"style = {style!r}: there is no such style. There are {known}")
    return PromptSettings(
        style=style,
        guidance=table.get("prompt"),
        rubric=table.get("rubric", rubric),
        ties=ties,
        criteria=_criteria(table.get("criteria", [])),
        examples=_examples(table.get("examples", []), ties=ties),
    )


def _whole_template(table: _Table, text: str, rubric: str | None, *, ties: bool) -> PromptSettings:
    """Return the settings of a judge with a template; the set's rubric goes in where the template has a place for it."""
    if beside := [name for name in _NOT_BESIDE_TEMPLATE if name in table]:
        raise BadUsage(f"{beside[0]}: a template is the whole prompt; leave out {beside[0]}, or the template")
    if not ties and not table.get("schema", False):
        raise BadUsage("ties: a template says itself what may be answered; ties = false goes with schema = true only")
    names = parse_template(text).names
    if "rubric" in table and "rubric" not in names:
        raise BadUsage("rubric: the template has no place for it; write {rubric} where it is to stand")
    return PromptSettings(
        rubric=table.get("rubric", rubric) if "rubric" in names else None,
        ties=ties,
        template=text,
    )


def token_preference(table: _Table, provider: str) -> bool:
    """Return whether the preference comes from token probabilities. Raises BadUsage where it cannot."""
    value = table.get("preference")
    if value is None:
        return False
    if value != LOGPROBS:
        raise BadUsage(f'preference = {value!r}: preference = "{LOGPROBS}" was expected, or none')
    if provider != "openai":
        raise BadUsage(f'preference = "{LOGPROBS}": {provider} models tell no token probabilities; openai: models may')
    if table.get("ties", True) is not False and "template" not in table:
        raise BadUsage(
            f'preference = "{LOGPROBS}": A and B are compared, so that there is no tie; write ties = false beside it'
        )
    return True


def _yes_or_no(table: _Table, name: str, *, default: bool) -> bool:
    value = table.get(name, default)
    if not isinstance(value, bool):
        raise BadUsage(f"{name} wants true or false")
    return value


def _criteria(value: object) -> tuple[Criterion, ...]:
    tables = _tables(value, "criteria", 'name = "correct", question = "Which answer has fewer errors?"', MOST_CRITERIA)
    criteria = tuple(_criterion(table, f"criteria, number {number}") for number, table in enumerate(tables, 1))
    names = [one.name.casefold() for one in criteria]
    for name in names:
        if names.count(name) > 1:
            raise BadUsage(f"criteria: the name {name!r} stands there twice; every criterion has a name of its own")
    return criteria


def _criterion(table: _Table, where: str) -> Criterion:
    _check_names(table, where, ("name", "question", "weight"), required=("name", "question"))
    name, question = _text(table, "name", where), _text(table, "question", where)
    if not _is_plain(name):
        raise BadUsage(
            f"{where}: the name {name!r} is to be a word or a few, of at most {_LONGEST_NAME} letters, digits, spaces, - and _"
        )
    if find_verdict(f'"{name}": "A",', cut=True) is not None:
        raise BadUsage(f"{where}: the name {name!r} would be taken for the verdict on the whole; give it another")
    weight = table.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not (math.isfinite(weight) and weight > 0):
        raise BadUsage(f"{where}: weight = {weight!r}: a number above 0 was expected")
    return Criterion(name, question, float(weight))


def _is_plain(name: str) -> bool:
    letters = name.replace(" ", "").replace("-", "").replace("_", "")
    return letters.isalnum() and name == name.strip() and len(name) <= _LONGEST_NAME


_EXAMPLE_TEXTS = ("instruction", "response_a", "response_b")
_EXAMPLE_FIELDS = (*_EXAMPLE_TEXTS, "winner", "reason", "context", "reference")


def _examples(value: object, *, ties: bool) -> tuple[JudgeExample, ...]:
    form = 'instruction = "...", response_a = "...", response_b = "...", winner = "A"'
    tables = _tables(value, "examples", form, MOST_EXAMPLES)
    return tuple(_example(table, f"examples, number {number}", ties) for number, table in enumerate(tables, 1))


def _example(table: _Table, where: str, ties: bool) -> JudgeExample:
    _check_names(table, where, _EXAMPLE_FIELDS, required=(*_EXAMPLE_TEXTS, "winner"))
    winner = table["winner"]
    known = WINNERS if ties else WINNERS[:2]
    if winner not in known:
        raise BadUsage(f"{where}: winner = {winner!r}: one of {', '.join(known)} was expected")
    texts = {name: _text(table, name, where) for name in _EXAMPLE_FIELDS if name in table}
    return JudgeExample(**texts)


def _tables(value: object, name: str, form: str, most: int) -> list[_Table]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise BadUsage(f"{name} wants tables, such as {name} = [{{ {form} }}], or [[{name}]] above its lines")
    if len(value) > most:
        raise BadUsage(f"{name}: there are {len(value)}; at most {most} can be asked with every pair")
    return value


def _check_names(table: _Table, where: str, known: tuple[str, ...], required: tuple[str, ...]) -> None:
    for name in table:
        if name not in known:
            raise BadUsage(f"{where}: there is no field {name!r}; fields are {', '.join(known)}")
    for name in required:
        if name not in table:
            raise BadUsage(f"{where}: {name} is missing")


def _text(table: _Table, name: str, where: str) -> str:
    value = table[name]
    if not isinstance(value, str):
        raise BadUsage(f"{where}: {name} wants a text in quotes")
    if name in ("name", "question") and not value.strip():
        raise BadUsage(f"{where}: {name} is empty")
    return value
