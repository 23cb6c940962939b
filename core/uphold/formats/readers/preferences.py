"""Reader of preference data: chosen and rejected answers as TRL, RewardBench, UltraFeedback, HelpSteer3 and OpenAI write them.

The preferred answer is the candidate, `chosen`, the other the baseline, `rejected`; what the data prefers is the verdict of
an imported judge. Where there is no prompt it is what both conversations begin with.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from uphold.formats.fields import check_cells, decode_numbers, read_name, read_number, read_text, read_texts
from uphold.formats.files import InputFile, iter_rows
from uphold.formats.json_values import describe, parse_json
from uphold.formats.messages import Message, Prompt, answer_of, is_message_list, prompt_of, read_messages
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.formatting import count_noun
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportRow, RowSource

NAME = "preferences"

DESCRIPTION = (
    '"prompt", "chosen" and "rejected" as texts or messages (TRL, RewardBench, UltraFeedback), or "context", "response1",'
    ' "response2", "overall_preference", or "input", "preferred_output", "non_preferred_output"'
)

IGNORED_KINDS: frozenset[str] = frozenset()

JUDGE = "preference data"
"""Name of the judge whose verdict is what the data prefers."""

_TYPICAL = (
    frozenset({"chosen", "rejected"}),
    frozenset({"response1", "response2", "overall_preference"}),
    frozenset({"response_1", "response_2", "preference_strength"}),
    frozenset({"preferred_output", "non_preferred_output"}),
)

_KEYS = ("key", "id", "prompt_id")
_TAGS = ("subset", "category", "domain")
_USED = frozenset(
    {*_KEYS, *_TAGS, "tags", "prompt", "chosen", "rejected", "score_chosen", "score_rejected", "reference", "context"}
    | {"response1", "response2", "overall_preference", "response_1", "response_2", "preference_strength"}
    | {"input", "preferred_output", "non_preferred_output"}
)

_ANSWER_MARKS = (
    "\n\nAssistant:",
    "<|im_start|>assistant\n",
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "<start_of_turn>model\n",
    "<|assistant|>\n",
    "[/INST]",
    "### Response:\n",
)
"""What an answer follows in conversations that are one text, in chat templates and older data sets."""

_NUMBERS = ("score_chosen", "score_rejected", "overall_preference", "preference_strength")
"""Fields that hold a number, which is text in CSV."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A prompt, the two answers, and which is preferred, with the reason that the data gives; `odd` is what looks wrong."""

    prompt: Prompt
    answers: tuple[str, str]
    verdict: Preference = Preference.CANDIDATE
    reason: str | None = None
    odd: str | None = None


def sniff(file: InputFile) -> str | None:
    """Return `rows` for a file whose first row has two answers of which one is preferred."""
    fields = file.fields or frozenset()
    return "rows" if any(typical <= fields for typical in _TYPICAL) else None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield one row for each prompt, or for each rejected answer where there are several."""
    systems = options.candidate or "chosen", options.baseline or "rejected"
    for file in files["rows"]:
        for source, raw in iter_rows(file, notes):
            try:
                record = _decode_cells(raw) if file.shape == "csv" else raw
                comparisons = _comparisons(record)
                key, tags = _key(record), _tags(record)
            except BadRow as error:
                notes.skip_or_raise(source, str(error))
                continue
            notes.note_fields(record, _USED)
            for number, comparison in enumerate(comparisons, 1):
                baseline = systems[1] if number == 1 else f"{systems[1]}-{number}"
                yield _row(source, (systems[0], baseline), key, tags, comparison, notes)


def _decode_cells(record: dict[str, Any]) -> dict[str, Any]:
    """Return a row of a CSV file with its numbers and its lists of messages or texts decoded."""
    row = decode_numbers(record, _NUMBERS)
    for field, cell in record.items():
        if cell.startswith(("[{'", "['")):
            raise BadRow(f"{field} is a list as Python writes it; write the file as JSONL")
        if cell.startswith(('[{"', '["')):
            row[field] = parse_json(cell)
    return row


def _row(
    source: RowSource,
    systems: tuple[str, str],
    key: str | None,
    tags: tuple[str, ...],
    comparison: _Comparison,
    notes: ReadNotes,
) -> ImportRow:
    for field, answer in zip(("chosen", "rejected"), comparison.answers, strict=True):
        check_cells(notes, source, field, (answer,))
    if comparison.odd is not None:
        notes.warn(source, comparison.odd)
    if comparison.answers[0] == comparison.answers[1]:
        notes.warn(source, "the preferred answer and the other are the same text")
    judgment = ImportedJudgment(
        JUDGE, AnswerOrder.UNKNOWN, JudgmentStatus.READABLE, comparison.verdict, reason=comparison.reason
    )
    return ImportRow(
        source,
        key=key,
        turns=(comparison.prompt.instruction,),
        context=comparison.prompt.context,
        tags=tags,
        responses=tuple(
            ImportedResponse(name, (text,)) for name, text in zip(systems, comparison.answers, strict=True)
        ),
        systems=systems,
        compares=True,
        judgments=(judgment,),
    )


def _key(record: dict[str, Any]) -> str | None:
    for field in _KEYS:
        value = record.get(field)
        if type(value) is int:
            return str(value)
        if value is not None:
            return read_name(record, field)
    return None


def _tags(record: dict[str, Any]) -> tuple[str, ...]:
    named = [read_name(record, field) for field in _TAGS]
    return tuple(
        dict.fromkeys([*(tag for tag in named if tag), *(tag for tag in read_texts(record, "tags") or () if tag)])
    )


def _comparisons(record: dict[str, Any]) -> list[_Comparison]:
    if "preferred_output" in record:
        return [_openai(record)]
    for response, field in (("response", "overall_preference"), ("response_", "preference_strength")):
        if field in record:
            return [_helpsteer(record, field, (f"{response}1", f"{response}2"))]
    chosen, rejected = record.get("chosen"), record.get("rejected")
    for field, value in (("chosen", chosen), ("rejected", rejected)):
        if value is None:
            raise BadRow(f"{field} is missing")
    if is_message_list(chosen) or is_message_list(rejected):
        return [_conversations(record, read_messages("chosen", chosen), read_messages("rejected", rejected))]
    if type(chosen) is list or type(rejected) is list:
        return _lists(record, read_texts(record, "chosen") or (), read_texts(record, "rejected") or ())
    answers = read_text(record, "chosen") or "", read_text(record, "rejected") or ""
    if record.get("prompt") is None:
        return [_split_texts(*answers)]
    return [_Comparison(_prompt(record), answers, *_by_scores(record))]


def _prompt(record: dict[str, Any]) -> Prompt:
    value = record.get("prompt")
    if is_message_list(value):
        return prompt_of("prompt", read_messages("prompt", value))
    text = read_text(record, "prompt")
    if text is None:
        raise BadRow("prompt is missing")
    return Prompt(text, read_text(record, "context"))


def _conversations(record: dict[str, Any], chosen: list[Message], rejected: list[Message]) -> _Comparison:
    """Compare two lists of messages: whole conversations, or the answers alone where there is a prompt."""
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(chosen, rejected, strict=False))))
    shared = min(shared, len(chosen) - 1, len(rejected) - 1)
    if shared > 0:
        prompt = prompt_of("the beginning that chosen and rejected share", chosen[:shared])
    else:
        shared, prompt = 0, _prompt(record)
    answers = answer_of("chosen", chosen[shared:]), answer_of("rejected", rejected[shared:])
    return _Comparison(prompt, answers, *_by_scores(record))


def _lists(record: dict[str, Any], chosen: tuple[str, ...], rejected: tuple[str, ...]) -> list[_Comparison]:
    """Compare one chosen answer with each of several rejected ones (RewardBench 2)."""
    if len(chosen) != 1 or not rejected:
        raise BadRow(
            f"chosen has {len(chosen)} answers and rejected {len(rejected)}; one chosen answer can be compared: leave such"
            " rows out with --skip-bad"
        )
    return [_Comparison(_prompt(record), (chosen[0], answer)) for answer in rejected]


def _split_texts(chosen: str, rejected: str) -> _Comparison:
    """Split two texts where their answers begin: behind the last mark that both share, else where they part.

    Without a mark all words that both begin with are the prompt, as TRL takes them.
    """
    shared = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(chosen, rejected, strict=False)))
    end, start = max((place, place + len(mark)) for mark in _ANSWER_MARKS for place in [shared.rfind(mark)])
    odd = None
    if end < 0:
        end = start = len(re.sub(r"\S*\Z", "", shared))
        odd = f"no prompt: what both texts begin with is taken for it, {count_noun(len(shared[:end].split()), 'word')}"
    before, _, asked = chosen[:end].rpartition("\n\nHuman:")
    asked, answers = asked.strip() or chosen[:end].strip(), (chosen[start:].strip(), rejected[start:].strip())
    if not asked or not all(answers):
        raise BadRow('there is no prompt, and the texts do not show where the answers begin; add "prompt"')
    return _Comparison(Prompt(asked, before.strip() or None), answers, odd=odd)


def _by_scores(record: dict[str, Any]) -> tuple[Preference, str | None]:
    """Return the verdict and reason: that of the scores where they are given, else that the data chose."""
    better, worse = read_number(record, "score_chosen"), read_number(record, "score_rejected")
    if better is None or worse is None:
        return Preference.CANDIDATE, None
    verdict = Preference.CANDIDATE if better > worse else Preference.TIE if better == worse else Preference.BASELINE
    return verdict, f"scores {better:g} and {worse:g}"


def _helpsteer(record: dict[str, Any], field: str, responses: tuple[str, str]) -> _Comparison:
    value = read_number(record, field)
    if value is None or not value.is_integer():
        raise BadRow(f"{field} must be a whole number from -3 to 3, found {describe(record.get(field))}")
    context = record.get("context", record.get("prompt"))
    prompt = prompt_of("context", read_messages("context", context)) if is_message_list(context) else _prompt(record)
    answers = read_text(record, responses[0]), read_text(record, responses[1])
    if answers[0] is None or answers[1] is None:
        raise BadRow(f"{responses[0]} or {responses[1]} is missing")
    verdict = Preference.CANDIDATE if value < 0 else Preference.TIE if value == 0 else Preference.BASELINE
    return _Comparison(prompt, (answers[0], answers[1]), verdict, f"{field.replace('_', ' ')} {int(value)}")


def _openai(record: dict[str, Any]) -> _Comparison:
    given = record.get("input")
    messages = given.get("messages") if type(given) is dict else given
    prompt = prompt_of("input", read_messages("input", messages))
    fields = ("preferred_output", "non_preferred_output")
    preferred, other = (answer_of(field, read_messages(field, record.get(field))) for field in fields)
    return _Comparison(prompt, (preferred, other))
