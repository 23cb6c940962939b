"""PandaLM's test set: pairs with three annotators' votes, and its judges' verdicts in files of their own."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from uphold.errors import BadFile
from uphold.formats.fields import name as named
from uphold.formats.fields import needed, note_cells, text, with_input
from uphold.formats.files import FileRow, InputFile, iter_rows
from uphold.formats.json_values import described
from uphold.formats.reading import BadRow, ReadNotes, ReadOptions
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.rows import ImportedJudgment, ImportedResponse, ImportedReview, ImportRow, RowSource

NAME = "pandalm"


DESCRIPTION = (
    'testset-v1.json ("cmp_key", "response1", "response2", "annotator1"..) with *-testset-v1.json of the judges'
)


IGNORED_KINDS: frozenset[str] = frozenset()


_PAIR = frozenset({"idx", "cmp_key", "instruction", "input", "response1", "response2", "motivation_app"})


_JUDGES = {"gpt": "gpt-3.5-turbo", "pandalm": "pandalm-7b"}


_WORDS = {"1": Preference.CANDIDATE, "2": Preference.BASELINE, "0": Preference.TIE, "tie": Preference.TIE}


_ANNOTATOR = re.compile(r"annotator[0-9]+")


def sniff(file: InputFile) -> str | None:
    """`pairs` for the test set, `verdicts` for a judge's file."""
    fields = file.fields or frozenset()
    if {"idx", "cmp_key", "response1", "response2"} <= fields:
        return "pairs"
    return "verdicts" if "idx" in fields and _prefix(fields) else None


def _prefix(fields: Any) -> str | None:
    """The judge's short name: what stands before `_result` in its fields."""
    return next((field.removesuffix("_result") for field in sorted(fields) if field.endswith("_result")), None)


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """One row per `idx`; raises BadFile where there are verdicts but no pairs."""
    if "pairs" not in files:
        alone = ", ".join(file.name for file in files["verdicts"])
        raise BadFile(f"{alone}: a judge's verdicts without the pairs; give testset-v1.json together with it")
    verdicts = [_verdicts(file, notes) for file in files.get("verdicts", ())]
    pairs: dict[int, FileRow] = {}
    for file in files["pairs"]:
        _by_idx(file, notes, pairs)
    for where, given in pairs.values():
        try:
            yield _row(where, given, verdicts, notes)
        except BadRow as bad:
            notes.refuse(where, str(bad))
    for judged in verdicts:
        for idx, (place, _) in judged.items():
            if idx not in pairs:
                notes.strange(place, f"a verdict on idx {idx}, which the test set does not have; left out")


def _by_idx(file: InputFile, notes: ReadNotes, found: dict[int, FileRow]) -> dict[int, FileRow]:
    for where, given in iter_rows(file, notes):
        idx = given.get("idx")
        if type(idx) is not int:
            notes.refuse(where, f"idx must be a whole number, found {described(idx)}")
            continue
        if idx in found:
            notes.strange(found.pop(idx)[0], f"idx {idx} stands again in {where}; the last one is kept")
        found[idx] = (where, given)
    return found


def _verdicts(file: InputFile, notes: ReadNotes) -> dict[int, tuple[RowSource, ImportedJudgment]]:
    prefix = _prefix(file.fields) or ""
    head, mark, _ = file.path.name.partition("-testset")
    judge = head if head and mark else _JUDGES.get(prefix, prefix)
    judged = {}
    for idx, (where, given) in _by_idx(file, notes, {}).items():
        try:
            judged[idx] = (where, _judgment(judge, prefix, given))
        except BadRow as bad:
            notes.refuse(where, str(bad))
        notes.fields(given, frozenset({"idx", *(f"{prefix}_{part}" for part in ("result", "reason", "reference"))}))
    return judged


def _judgment(judge: str, prefix: str, given: dict[str, Any]) -> ImportedJudgment:
    # The files do not say which answer was shown first. The reasons do: "Response 1 is better" goes with result 1 in
    # all but a handful, so response1, our candidate, is what the judge read as Response 1.
    order = AnswerOrder.CANDIDATE_FIRST
    reason = text(given, f"{prefix}_reason") or None
    raw = json.dumps({field: value for field, value in given.items() if field != "idx"}, ensure_ascii=False)
    result = given.get(f"{prefix}_result")
    if result in (None, "garbage"):
        problem = f'recorded as "{result}"' if result else "recorded without a result"
        return ImportedJudgment(judge, order, JudgmentStatus.UNREADABLE, None, reason=reason, raw=raw, problem=problem)
    verdict = _WORDS.get(str(result).lower())
    if verdict is None:
        raise BadRow(f"{prefix}_result must be 1, 2, 0, Tie or garbage, found {described(result)}")
    return ImportedJudgment(judge, order, JudgmentStatus.READABLE, verdict, reason=reason, raw=raw)


def _row(
    where: RowSource,
    given: dict[str, Any],
    verdicts: Sequence[Mapping[int, tuple[RowSource, ImportedJudgment]]],
    notes: ReadNotes,
) -> ImportRow:
    systems = _systems(needed(given, "cmp_key"))
    cells = [(field, (needed(given, field, dict.get),)) for field in ("response1", "response2")]
    annotators = [field for field in given if _ANNOTATOR.fullmatch(field)]
    row = ImportRow(
        where,
        turns=with_input(needed(given, "instruction"), text(given, "input")),
        tags=tuple(tag for tag in [named(given, "motivation_app")] if tag),
        responses=tuple(ImportedResponse(system, cell) for system, (_, cell) in zip(systems, cells, strict=True)),
        systems=systems,
        compares=True,
        judgments=tuple(judged[given["idx"]][1] for judged in verdicts if given["idx"] in judged),
        reviews=tuple(review for field in annotators for review in _review(given, field)),
    )
    for field, cell in cells:
        note_cells(notes, where, field, cell)
    notes.fields(given, _PAIR | set(annotators))
    return row


def _systems(cmp_key: str) -> tuple[str, str]:
    # "<model of response1>_<model of response2>": the five models have dashes and dots in their names and no
    # underscore, so there is one underscore and it stands between the two. With more of them nobody could tell.
    first, _, second = cmp_key.partition("_")
    if not first or not second or "_" in second or first == second:
        raise BadRow(f'cmp_key must be two model names with one underscore between them, found "{cmp_key}"')
    return first, second


def _review(given: dict[str, Any], annotator: str) -> tuple[ImportedReview, ...]:
    vote = given[annotator]
    if vote is None:
        return ()
    if type(vote) is not int or str(vote) not in _WORDS:
        raise BadRow(f"{annotator} must be 1, 2 or 0 (tie), found {described(vote)}")
    return (ImportedReview(annotator, Choice(_WORDS[str(vote)].value)),)
