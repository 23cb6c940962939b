"""Reader of promptfoo's results (`promptfoo eval -o results.json` or `.jsonl`): the answers of each provider and prompt.

A test is an example, each column of promptfoo's table a system. promptfoo grades one answer at a time, so its results are
answers here and no verdicts; named with --candidate and --baseline, two of the columns are compared.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.formats.fields import check_cells
from uphold.formats.files import FileRow, InputFile, iter_rows
from uphold.formats.json_values import describe, parse_json
from uphold.formats.messages import Prompt, prompt_of_text
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.rows import ImportedResponse, ImportRow, RowSource
from uphold.records.texts import AnswerCell, ExampleText, canonical, default_key

NAME = "promptfoo"

DESCRIPTION = "results of `promptfoo eval -o results.json` or .jsonl"

IGNORED_KINDS: frozenset[str] = frozenset()

_ROW_FIELDS = frozenset({"vars", "promptIdx", "testIdx"})

_CALL_FAILED = 2
"""`failureReason` of a call that gave no answer; 1 is a failed assertion."""


@dataclass(frozen=True, slots=True)
class _Result:
    """One cell of promptfoo's table: which test, which column, what the prompt was and what came back."""

    source: RowSource
    test: int
    column: int
    provider: str
    label: str
    variables: dict[str, Any]
    prompt: str | None
    tags: tuple[str, ...]
    answer: AnswerCell | None


def sniff(file: InputFile) -> str | None:
    """Return `results` for the whole of an evaluation, `rows` for its results alone, one a line."""
    fields = file.fields or frozenset()
    if {"results", "config"} <= fields or {"evalId", "results"} <= fields:
        return "results"
    return "rows" if fields >= _ROW_FIELDS and file.shape == "jsonl" else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield one row a test, with the answers of all columns. Raises BadUsage for systems that are no columns."""
    for kind, found in files.items():
        for file in found:
            rows = _rows_of_evaluation(file, notes) if kind == "results" else iter_rows(file, notes)
            yield from _tests(list(_results(rows, notes)), options, notes)


def _rows_of_evaluation(file: InputFile, notes: ReadNotes) -> Iterator[FileRow]:
    try:
        value = parse_json(file.read_text())
    except BadRow as error:
        raise BadFile(f"{file.name}: {error}") from None
    results = value.get("results") if isinstance(value, dict) else None
    rows = results.get("results") if isinstance(results, dict) else results
    if not isinstance(rows, list) or not rows:
        raise BadFile(f"{file.name}: promptfoo's results are not where they should be (results.results), or empty")
    for number, row in enumerate(rows, 1):
        source = RowSource(file.name, None, number)
        if isinstance(row, dict):
            yield source, row
        else:
            notes.skip_or_raise(source, f"{describe(row)} where a result was expected")
    notes.meter.finish_file(file.size)


def _results(rows: Iterator[FileRow], notes: ReadNotes) -> Iterator[_Result]:
    for source, row in rows:
        try:
            yield _result(source, row)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
        notes.note_fields(
            row, _ROW_FIELDS | {"provider", "prompt", "response", "failureReason", "metadata", "testCase"}
        )


def _result(source: RowSource, row: dict[str, Any]) -> _Result:
    test, column, variables = row.get("testIdx"), row.get("promptIdx"), row.get("vars")
    if type(test) is not int or type(column) is not int:
        raise BadRow("testIdx and promptIdx must be whole numbers")
    if type(variables) is not dict:
        raise BadRow(f"vars must be an object, found {describe(variables)}")
    provider, prompt = row.get("provider"), row.get("prompt")
    provider = provider if isinstance(provider, dict) else {"id": provider}
    prompt = prompt if isinstance(prompt, dict) else {"raw": prompt}
    response = row.get("response")
    answer = response.get("output") if isinstance(response, dict) else None
    return _Result(
        source,
        test,
        column,
        _text(provider.get("label")) or _text(provider.get("id")) or f"provider {column + 1}",
        _text(prompt.get("label")) or "",
        variables,
        _text(prompt.get("raw")),
        _tags(row),
        None if row.get("failureReason") == _CALL_FAILED else answer,
    )


def _text(value: Any) -> str | None:
    return value if type(value) is str and value else None


def _tags(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the tags in a test's metadata, where it has a list of them."""
    case = row.get("testCase")
    metadata = case.get("metadata") if isinstance(case, dict) else row.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tuple(dict.fromkeys(tag for tag in tags if type(tag) is str and tag)) if isinstance(tags, list) else ()


def _tests(results: Sequence[_Result], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    names = _column_names(results)
    systems = _compared(names, options)
    by_test: dict[int, list[_Result]] = {}
    for result in sorted(results, key=lambda result: (result.test, result.column)):
        by_test.setdefault(result.test, []).append(result)
    first_of: dict[str, int] = {}
    for test, found in by_test.items():
        asked = canonical(found[0].variables)
        if first_of.setdefault(asked, test) != test:
            notes.warn(found[0].source, f"test {test} repeats test {first_of[asked]}; the first one is kept")
            continue
        yield _test_row(found, names, systems, notes)


def _column_names(results: Sequence[_Result]) -> dict[int, str]:
    """Return the system of each column: its provider, its prompt's label, or both where neither tells all apart."""
    columns = {result.column: result for result in sorted(results, key=lambda result: result.column)}
    providers = {column: result.provider for column, result in columns.items()}
    labels = {column: result.label for column, result in columns.items()}
    for names in (providers, labels, {column: f"{providers[column]} {labels[column]}" for column in columns}):
        if len(set(names.values())) == len(names) and all(names.values()):
            return names
    return {column: f"{providers[column]} {column + 1}" for column in columns}


def _compared(names: dict[int, str], options: ReadOptions) -> tuple[str, str] | None:
    if options.candidate is None and options.baseline is None:
        return None
    if options.candidate is None or options.baseline is None or options.candidate == options.baseline:
        raise BadUsage("give both --candidate and --baseline, each one of promptfoo's columns, or neither")
    for name in (options.candidate, options.baseline):
        if name not in names.values():
            listed = ", ".join(map(repr, names.values()))
            raise BadUsage(f"promptfoo's results have no column {name!r}; its columns: {listed}")
    return options.candidate, options.baseline


def _test_row(
    found: Sequence[_Result], names: dict[int, str], systems: tuple[str, str] | None, notes: ReadNotes
) -> ImportRow:
    responses = []
    for result in found:
        if result.answer is None:
            notes.warn(result.source, f"{names[result.column]} gave no answer to test {result.test}")
            continue
        check_cells(notes, result.source, names[result.column], (result.answer,))
        responses.append(ImportedResponse(names[result.column], (result.answer,)))
    prompt = _example_prompt(found)
    answered = {response.system for response in responses}
    compares = systems is not None and answered >= {*systems}
    text = ExampleText((prompt.instruction,), prompt.context)
    return ImportRow(
        found[0].source,
        key=default_key(text),
        turns=text.turns,
        context=text.context,
        tags=found[0].tags,
        responses=tuple(responses),
        systems=systems if compares else None,
        compares=compares,
    )


def _example_prompt(found: Sequence[_Result]) -> Prompt:
    """Return what was asked: the prompt where all columns have the same one, else the test's variables."""
    prompts = {result.prompt for result in found}
    (first, *_) = found
    if len(prompts) == 1 and first.prompt is not None:
        return prompt_of_text("prompt", first.prompt)
    texts = {name: value if type(value) is str else json.dumps(value) for name, value in first.variables.items()}
    if len(texts) == 1:
        return Prompt(next(iter(texts.values())), None)
    return Prompt("\n\n".join(f"{name}: {text}" for name, text in texts.items()), None)
