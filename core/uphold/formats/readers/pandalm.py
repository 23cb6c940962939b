"""Reader of PandaLM's test set: pairs with the votes of three annotators, and one file of verdicts per judge."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import check_cells, join_input, read_name, read_text, required
from uphold.formats.files import FileRow, InputFile, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource

NAME = "pandalm"

DESCRIPTION = (
    'testset-v1.json ("cmp_key", "response1", "response2", "annotator1"..) with *-testset-v1.json of the judges'
)

IGNORED_KINDS: frozenset[str] = frozenset()

_PAIR_FIELDS = frozenset({"idx", "cmp_key", "instruction", "input", "response1", "response2", "motivation_app"})
_JUDGE_NAMES = {"gpt": "gpt-3.5-turbo", "pandalm": "pandalm-7b"}
_PREFERENCES = {"1": Preference.CANDIDATE, "2": Preference.BASELINE, "0": Preference.TIE, "tie": Preference.TIE}
_ANNOTATOR = re.compile(r"annotator[0-9]+")


def sniff(file: InputFile) -> str | None:
    """Return `pairs` for the test set, `verdicts` for a judge's file."""
    fields = file.fields or frozenset()
    if {"idx", "cmp_key", "response1", "response2"} <= fields:
        return "pairs"
    return "verdicts" if "idx" in fields and _judge_prefix(fields) else None


def _judge_prefix(fields: Any) -> str | None:
    """Return the judge's short name: what precedes `_result` in its fields."""
    return next((field.removesuffix("_result") for field in sorted(fields) if field.endswith("_result")), None)


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield one row per `idx`. Raises BadFile if there are verdicts but no pairs."""
    if "pairs" not in files:
        names = ", ".join(file.name for file in files["verdicts"])
        raise BadFile(f"{names}: a judge's verdicts without the pairs; give testset-v1.json together with it")
    verdicts = [_read_verdicts(file, notes) for file in files.get("verdicts", ())]
    pairs: dict[int, FileRow] = {}
    for file in files["pairs"]:
        _read_by_idx(file, notes, pairs)
    for source, record in pairs.values():
        try:
            yield _pair_row(source, record, verdicts, notes)
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
    for judgments in verdicts:
        for idx, (source, _) in judgments.items():
            if idx not in pairs:
                notes.warn(source, f"a verdict on idx {idx}, which the test set does not have; left out")


def _read_by_idx(file: InputFile, notes: ReadNotes, found: dict[int, FileRow]) -> dict[int, FileRow]:
    for source, record in iter_rows(file, notes):
        idx = record.get("idx")
        if type(idx) is not int:
            notes.skip_or_raise(source, f"idx must be a whole number, found {describe(idx)}")
            continue
        if idx in found:
            notes.warn(found.pop(idx)[0], f"idx {idx} stands again in {source}; the last one is kept")
        found[idx] = (source, record)
    return found


def _read_verdicts(file: InputFile, notes: ReadNotes) -> dict[int, tuple[RowSource, ImportedJudgment]]:
    prefix = _judge_prefix(file.fields) or ""
    head, mark, _ = file.path.name.partition("-testset")
    judge = head if head and mark else _JUDGE_NAMES.get(prefix, prefix)
    judgments = {}
    for idx, (source, record) in _read_by_idx(file, notes, {}).items():
        try:
            judgments[idx] = (source, _read_judgment(judge, prefix, record))
        except BadRow as error:
            notes.skip_or_raise(source, str(error))
        notes.note_fields(
            record, frozenset({"idx", *(f"{prefix}_{part}" for part in ("result", "reason", "reference"))})
        )
    return judgments


def _read_judgment(judge: str, prefix: str, record: dict[str, Any]) -> ImportedJudgment:
    # The files do not say which answer was shown first. The reasons do: "Response 1 is better" goes with result 1 in
    # all but a handful, so response1, our candidate, is what the judge read as Response 1.
    order = AnswerOrder.CANDIDATE_FIRST
    reason = read_text(record, f"{prefix}_reason") or None
    raw = json.dumps({field: value for field, value in record.items() if field != "idx"}, ensure_ascii=False)
    result = record.get(f"{prefix}_result")
    if result in (None, "garbage"):
        problem = f'recorded as "{result}"' if result else "recorded without a result"
        return ImportedJudgment(judge, order, JudgmentStatus.UNREADABLE, None, reason=reason, raw=raw, problem=problem)
    verdict = _PREFERENCES.get(str(result).lower())
    if verdict is None:
        raise BadRow(f"{prefix}_result must be 1, 2, 0, Tie or garbage, found {describe(result)}")
    return ImportedJudgment(judge, order, JudgmentStatus.READABLE, verdict, reason=reason, raw=raw)


def _pair_row(
    source: RowSource,
    record: dict[str, Any],
    verdicts: Sequence[Mapping[int, tuple[RowSource, ImportedJudgment]]],
    notes: ReadNotes,
) -> ImportRow:
    systems = _split_systems(required(record, "cmp_key"))
    cells = [(field, (required(record, field, dict.get),)) for field in ("response1", "response2")]
    annotators = [field for field in record if _ANNOTATOR.fullmatch(field)]
    row = ImportRow(
        source,
        turns=join_input(required(record, "instruction"), read_text(record, "input")),
        tags=tuple(tag for tag in [read_name(record, "motivation_app")] if tag),
        responses=tuple(ImportedResponse(system, cell) for system, (_, cell) in zip(systems, cells, strict=True)),
        systems=systems,
        compares=True,
        judgments=tuple(judgments[record["idx"]][1] for judgments in verdicts if record["idx"] in judgments),
        reviews=tuple(review for field in annotators for review in _read_review(record, field)),
    )
    for field, cell in cells:
        check_cells(notes, source, field, cell)
    notes.note_fields(record, _PAIR_FIELDS | set(annotators))
    return row


def _split_systems(cmp_key: str) -> tuple[str, str]:
    # "<model of response1>_<model of response2>": the five models have dashes and dots in their names and no
    # underscore, so there is one underscore, between the two. With more of them the key would be ambiguous.
    first, _, second = cmp_key.partition("_")
    if not first or not second or "_" in second or first == second:
        raise BadRow(f'cmp_key must be two model names with one underscore between them, found "{cmp_key}"')
    return first, second


def _read_review(record: dict[str, Any], annotator: str) -> tuple[ImportedReview, ...]:
    vote = record[annotator]
    if vote is None:
        return ()
    if type(vote) is not int or str(vote) not in _PREFERENCES:
        raise BadRow(f"{annotator} must be 1, 2 or 0 (tie), found {describe(vote)}")
    return (ImportedReview(annotator, Choice(_PREFERENCES[str(vote)].value)),)
