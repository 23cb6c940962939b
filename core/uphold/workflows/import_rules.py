"""Rules that decide how one imported row changes the set: identity of examples and responses, contradicting labels."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from uphold.errors import BadFile
from uphold.formats.reading import NeedsOptions
from uphold.formatting import count_noun
from uphold.records.enums import REFERENCE
from uphold.records.import_preview import UnderstoodRow
from uphold.records.import_request import ImportSuggestion
from uphold.records.rows import (
    ImportedJudgment,
    ImportedResponse,
    ImportedReview,
    ImportRow,
    ImportSummary,
    RowSource,
    RowWarning,
)
from uphold.records.texts import ExampleText, default_key
from uphold.store import responses
from uphold.store.bulk_annotations import BulkAnnotations
from uphold.store.bulk_import import BulkImport, StoredExample, StoredResponse
from uphold.store.bulk_writer import StoredPair
from uphold.store.imports import import_of_example, import_of_response
from uphold.store.put_off_rows import PutOffRows
from uphold.workflows.row_places import RowPlaces


class NeedsOtherRows(BadFile):
    """The row names a key or a response that it does not hold itself; another row may, also a later one."""


class PartlyApplied(NeedsOptions):
    """The row contradicts an earlier answer; something of it may have been applied: the import has to begin without it."""


_CheckEarlier = Callable[[str, int], None]
"""Called with a system, and the id of its earlier response, before another one is added."""

_STAGED_ROWS = 500
"""Rows after which what they add is staged."""

_AppliedIds = tuple[int, int, tuple[tuple[str, int], ...], bool]
"""(example id, text id, (system, response id) of each response, changed) of `_AppliedTexts`."""


@dataclass(frozen=True, slots=True)
class _AppliedTexts:
    """The example and the responses of a row, as they are stored; `changed`: whether any of it is new or edited.

    `text_id` is the text that the responses answer: a later row of an update may give the example another one.
    """

    example: StoredExample
    text_id: int
    responses: dict[str, StoredResponse]
    changed: bool

    def ids(self) -> _AppliedIds:
        """Return what is kept of it in memory."""
        given = tuple((system, response.id) for system, response in self.responses.items())
        return self.example.id, self.text_id, given, self.changed


class ImportRules:
    """Applies rows to one import and counts in `summary` what is new.

    Without `update`, a row that contradicts what is stored is refused; with it, another text is an edit, another
    response a replacement, and the last judgment or decision of the files counts. `one_answer`: without `update`, another
    answer of a system to an example is refused too; some formats keep several.
    """

    def __init__(self, bulk: BulkImport, summary: ImportSummary, *, update: bool, one_answer: bool = False) -> None:
        self._bulk, self._summary, self._update = bulk, summary, update
        self._one_answer = one_answer and not update
        self._example_places = RowPlaces(bulk.writer.examples.first_new)
        self._response_places = RowPlaces(bulk.writer.responses.first_new)
        self._annotations = AnnotationRules(bulk.annotations, summary, update=update)
        self._given = responses.ImportedResponses()
        self._new_tags = 0

    def apply(self, number: int, row: ImportRow) -> None:
        """Apply the row with this number.

        Raises NeedsOtherRows for a row that depends on others: pass it to `apply_deferred` once all rows are read.
        Raises PartlyApplied for a row that contradicts an earlier answer, and BadFile for one that is refused otherwise:
        then nothing of it has been applied.
        """
        text, example = self._resolve_text(row)
        if self._update and row.turns is None:
            raise NeedsOtherRows(f"{row.source}: the text that this row speaks of may be edited by another")
        system = _system_without_response(row, text)
        if system is not None:
            raise NeedsOtherRows(_no_response(row, system))
        self._apply_annotations(number, row, self._apply_texts(row, text, example))

    def apply_deferred(self, rows: PutOffRows) -> Generator[None, None, list[tuple[int, ImportRow, BadFile]]]:
        """Apply the rows that depend on others: the texts of all of them first, then their judgments and decisions.

        Yields from time to time. Returns the rows that are refused. Parts of these may have been applied, so the import
        has to be started again without them.
        """
        failures: dict[int, tuple[ImportRow, BadFile]] = {}
        applied: dict[int, _AppliedIds] = {}
        for count, (number, row) in enumerate(rows.with_texts(), 1):
            try:
                applied[number] = self._apply_texts(row, *self._resolve_text(row)).ids()
            except BadFile as error:
                failures[number] = row, error
            if count % _STAGED_ROWS == 0:
                self._bulk.stage()
                yield
        for count, (number, row) in enumerate(rows.in_order(), 1):
            try:
                if number in applied:
                    self._apply_annotations(number, row, self._load_texts(applied.pop(number)))
                elif number not in failures:
                    self._apply_annotations(number, row, self._apply_texts(row, *self._resolve_text(row)))
            except BadFile as error:
                failures[number] = row, error
            if count % _STAGED_ROWS == 0:
                self._bulk.stage()
                yield
        return [(number, *failures[number]) for number in sorted(failures)]

    def _load_texts(self, ids: _AppliedIds) -> _AppliedTexts:
        example_id, text_id, response_ids, changed = ids
        found = {system: self._bulk.responses.get(number) for system, number in response_ids}
        return _AppliedTexts(self._bulk.examples.get(example_id), text_id, found, changed)

    def finish_reading(self) -> None:
        """After the last row, add the judgments and decisions that were put off, and what follows from those of new pairs."""
        self._annotations.finish()
        self._bulk.annotations.stage_outcomes()

    @property
    def may_change(self) -> bool:
        """Whether there may be anything to write."""
        replaced = self._update and bool(self._given.by_text)
        return self._bulk.writer.has_rows or self._bulk.examples.has_edits or replaced

    def count_changes(self) -> None:
        """Where nothing is going to be written, count the edits and replacements that `finish_writing` would write."""
        self._summary.edited = self._bulk.examples.count_edits()
        if self._update:
            self._summary.replaced = responses.count_replacements(self._bulk.writer, self._given)

    def understand(self, row: ImportRow) -> UnderstoodRow:
        """Return a row with the text of its example. Raises BadFile where it names an example that is not there."""
        text, example = self._resolve_text(row)
        key = example.key if example is not None else row.key or default_key(text)
        return UnderstoodRow(row, key, text.turns, text.context, text.references)

    def finish_writing(self, *, is_bundle: bool = False) -> None:
        """After all rows are in the database, write edits, replacements and carried decisions.

        The pairs of a bundle come with what was carried between them.
        """
        self._summary.edited = self._bulk.examples.write_edits()
        if self._update:
            self._summary.replaced = responses.replace_responses(self._bulk.writer, self._given)
        self._summary.carried = self._bulk.carry_decisions(from_earlier_only=is_bundle)

    @property
    def changed(self) -> bool:
        """Whether the import has added or changed anything."""
        s = self._summary
        return any((*self._added(), s.judgments, s.reviews, s.edited, s.replaced, self._new_tags))

    def _added(self) -> tuple[int, ...]:
        return self._summary.examples, self._summary.responses, self._summary.pairs

    # examples and responses

    def _resolve_text(self, row: ImportRow) -> tuple[ExampleText, StoredExample | None]:
        """Return the full text that the row stands for, and the stored example with its key, if there is one."""
        own = _own_text(row)
        key = row.key if row.key is not None or own is None else default_key(own)
        example = self._bulk.examples.find(key) if key is not None else None
        if example is None:
            if own is None:
                raise NeedsOtherRows(
                    f"{row.source}: key {key!r} names no example of the set; give its instruction or turns"
                )
            _check_row(row, own)
            return own, None
        text = _completed_text(row, example.text)
        if text == example.text:
            text = example.text
        elif not self._update:
            raise NeedsOptions(
                f"{row.source}: key {key!r} stands for another {_differing_part(text, example.text)} already,"
                f" {self._where_example(example)}; give it another key, or take this as an edit",
                ImportSuggestion(update=True),
            )
        _check_row(row, text)
        return text, example

    def _apply_texts(self, row: ImportRow, text: ExampleText, example: StoredExample | None) -> _AppliedTexts:
        """Add or edit the row's example and add the responses that the row itself holds."""
        before, edited = self._added(), example is not None and text is not example.text
        is_new = example is None
        if example is None:
            example = self._bulk.examples.add(row.key or default_key(text), text)
            self._example_places.add(example.id, row.source)
            self._summary.examples += 1
        elif edited:
            self._bulk.examples.edit(example, text)
        check = partial(self._check_earlier, row, example) if self._one_answer and not is_new else None
        stored = {given.system: self._add_response(row, example, given, check) for given in row.responses}
        return _AppliedTexts(example, example.text_id, stored, edited or self._added() != before)

    def _add_response(
        self, row: ImportRow, example: StoredExample, given: ImportedResponse, check: "_CheckEarlier | None" = None
    ) -> StoredResponse:
        system = given.system
        check_earlier = None if check is None or system == REFERENCE else partial(check, system)
        found, new = self._bulk.responses.find_or_add(system, example, given.cells, check_earlier)
        if new:
            self._summary.responses += 1
            self._response_places.add(found.id, row.source, example.id)
        # The answers of `reference` are never replaced: pairs hold the reference that they compare with.
        if self._update and system != REFERENCE:
            self._given.add(self._bulk.responses.find_or_add_system(system), example.text_id, found.id)
        return found

    def _check_earlier(self, row: ImportRow, example: StoredExample, system: str, earlier: int) -> None:
        """Raise PartlyApplied where a system has given another answer to the example."""
        place = self._response_places.source(earlier)
        if place is not None:
            if self._response_places.owner(earlier) != example.id:
                return  # of another example with the same text
            where = f"in {place}; keep one, or take the later one"
        else:
            where = f"{_came(*import_of_response(self._bulk.writer.conn, earlier))}; this replaces it"
        raise PartlyApplied(
            f"{row.source}: another answer of {system!r} to {example.key!r} than {where}", ImportSuggestion(update=True)
        )

    def _where_example(self, example: StoredExample) -> str:
        """Return where an example got its text from."""
        place = self._example_places.source(example.id)
        if place is not None:
            return f"in {place}"
        return _came(*import_of_example(self._bulk.writer.conn, example.id))

    # pairs, judgments and decisions

    def _apply_annotations(self, number: int, row: ImportRow, texts: _AppliedTexts) -> None:
        """Add the pair that the row compares, with its judgments, decisions and tags."""
        example, changed = texts.example, texts.changed
        if row.systems is not None and _needs_pair(row):
            own = texts.responses if texts.text_id == example.text_id else {}
            candidate, baseline = (own.get(name) or self._latest_response(row, name, example) for name in row.systems)
            turn = row.turn or len(example.text.turns)
            pair, new = self._bulk.pairs.find_or_add(row.systems, example, turn, candidate, baseline)
            annotated = self._annotations.apply(number, row, pair)
            self._summary.pairs += new
            changed = changed or new or annotated
        new_tags = self._bulk.examples.add_tags(example, row.tags) if row.tags else 0
        self._new_tags += new_tags
        self._summary.already_there += not (changed or new_tags)

    def _latest_response(self, row: ImportRow, system: str, example: StoredExample) -> StoredResponse:
        if system == REFERENCE and example.text.has_all_references:
            return self._add_response(row, example, ImportedResponse(REFERENCE, example.text.references))
        latest = self._bulk.responses.latest(system, example) if system != REFERENCE else None
        if latest is None:
            raise NeedsOtherRows(_no_response(row, system))
        return latest


def _came(number: int | None, at: str) -> str:
    return f"in the database, of {at[:10]}" if number is None else f"in import {number} of {at[:10]}"


def _differing_part(text: ExampleText, stored: ExampleText) -> str:
    if text.turns != stored.turns:
        return "text"
    return "context" if text.context != stored.context else "reference"


def _needs_pair(row: ImportRow) -> bool:
    return row.compares or bool(row.judgments or row.reviews)


def _system_without_response(row: ImportRow, text: ExampleText) -> str | None:
    """Return the first system that the row compares without holding its response."""
    if row.systems is None or not _needs_pair(row):
        return None
    held = {response.system for response in row.responses}
    if text.has_all_references:
        held.add(REFERENCE)
    return next((system for system in row.systems if system not in held), None)


def _check_row(row: ImportRow, text: ExampleText) -> None:
    """Raise BadFile where the row's responses, turn or systems do not fit the text."""
    turns = len(text.turns)
    for response in row.responses:
        if len(response.cells) != turns:
            raise BadFile(
                f"{row.source}: the response of {response.system!r} has {count_noun(len(response.cells), 'cell')}, "
                f"the example has {count_noun(turns, 'turn')}; give one cell per turn"
            )
        if response.system == REFERENCE and response.cells != text.references:
            raise BadFile(
                f"{row.source}: the name 'reference' is kept for the reference answers, and this response is another "
                "text; give the system another name"
            )
    if row.turn is not None and row.turn > turns:
        raise BadFile(f"{row.source}: turn {row.turn} of an example with {count_noun(turns, 'turn')}")
    if row.systems and row.systems[0] == row.systems[1]:
        raise BadFile(f"{row.source}: candidate and baseline are the same system, {row.systems[0]!r}")


def _own_text(row: ImportRow) -> ExampleText | None:
    """Return the text that the row itself holds, or None where it leaves the turns out."""
    return None if row.turns is None else ExampleText(row.turns, row.context, _references(row, len(row.turns)))


def _completed_text(row: ImportRow, stored: ExampleText) -> ExampleText:
    """Return the row's text, with whatever the row leaves out taken from the stored example, turn by turn."""
    turns = stored.turns if row.turns is None else row.turns
    context = stored.context if row.context is None else row.context
    if row.references is not None:
        return ExampleText(turns, context, _references(row, len(turns)))
    kept = stored.references[: len(turns)]
    return ExampleText(turns, context, kept + (None,) * (len(turns) - len(kept)))


def _references(row: ImportRow, turns: int) -> tuple[str | None, ...]:
    references = row.references
    if references is None:
        return (None,) * turns
    if len(references) != turns:
        given = f"{count_noun(len(references), 'reference')} for {count_noun(turns, 'turn')}"
        raise BadFile(f"{row.source}: {given}; give one per turn, null where there is none")
    return references


def _no_response(row: ImportRow, system: str) -> str:
    return (
        f"{row.source}: no response of {system!r} to this example, here or in the file; "
        "what is said of a pair needs both answers"
    )


Annotation = TypeVar("Annotation", ImportedJudgment, ImportedReview)


@dataclass(frozen=True, slots=True)
class _PendingAnnotation(Generic[Annotation]):
    """A judgment or decision that is written after the last row; `number` is the number of its row."""

    number: int
    source: RowSource
    pair: StoredPair
    given: Annotation


class AnnotationRules:
    """Applies the judgments and decisions of rows.

    With `update` the last one of the files counts, and is written by `finish`.
    """

    def __init__(self, stored: BulkAnnotations, summary: ImportSummary, *, update: bool) -> None:
        self._stored, self._summary, self._update = stored, summary, update
        self._pending_judgments: dict[tuple[int, str, str], _PendingAnnotation[ImportedJudgment]] = {}
        self._pending_reviews: dict[tuple[int, str], _PendingAnnotation[ImportedReview]] = {}

    def apply(self, number: int, row: ImportRow, pair: StoredPair) -> bool:
        """Add the row's judgments and decisions on the pair; return whether any of them is new.

        Raises BadFile, with none of them added, where one contradicts what is stored.
        """
        if self._update:
            return self._keep_last(number, row, pair)
        judgments = [judgment for judgment in row.judgments if self._is_new_judgment(row.source, pair, judgment)]
        reviews = [review for review in row.reviews if self._is_new_review(row.source, pair, review)]
        for judgment in judgments:
            self._add_judgment(pair, judgment)
        for review in reviews:
            self._add_review(pair, review)
        return bool(judgments or reviews)

    def finish(self) -> None:
        """Write the pending judgments and decisions that differ from those in force."""
        for judgment in self._pending_judgments.values():
            verdict = self._stored.find_judgment(judgment.pair, judgment.given.judge, judgment.given.order.value)
            if verdict is None or verdict[:2] != _outcome(judgment.given):
                self._add_judgment(judgment.pair, judgment.given, verdict.id if verdict else None)
        for review in self._pending_reviews.values():
            decision = self._stored.find_decision(review.pair, review.given.reviewer)
            if decision is None or decision.choice is not review.given.choice:
                self._add_review(review.pair, review.given, decision.event_id if decision else None)
        self._pending_judgments.clear()
        self._pending_reviews.clear()

    def _add_judgment(self, pair: StoredPair, judgment: ImportedJudgment, replaces: int | None = None) -> None:
        self._stored.add_judgment(pair, judgment, replaces)
        self._summary.judgments += 1

    def _add_review(self, pair: StoredPair, review: ImportedReview, replaces: str | None = None) -> None:
        self._stored.add_decision(pair, review, self._stored.event_id(pair, review, replaces))
        self._summary.reviews += 1

    # without --update: a repetition adds nothing, a contradiction is refused

    def _is_new_judgment(self, source: RowSource, pair: StoredPair, judgment: ImportedJudgment) -> bool:
        order, outcome = judgment.order.value, _outcome(judgment)
        verdict = self._stored.find_judgment(pair, judgment.judge, order)
        if verdict is None:
            return True
        if verdict[:2] == outcome or self._stored.was_ever_judged(pair, judgment.judge, order, outcome):
            return False
        raise NeedsOptions(
            f"{source}: judge {judgment.judge!r} says {outcome[1] or outcome[0]} here, and "
            f"{verdict.verdict or verdict.status} elsewhere, of the same pair in the same order ({order}); keep one, "
            "or take the later word",
            ImportSuggestion(update=True),
        )

    def _is_new_review(self, source: RowSource, pair: StoredPair, review: ImportedReview) -> bool:
        decision = self._stored.find_decision(pair, review.reviewer)
        known = self._stored.has_event(self._stored.event_id(pair, review), pair)
        if decision is None:
            return not known
        if decision.choice is review.choice or known:
            return False
        raise NeedsOptions(
            f"{source}: reviewer {review.reviewer!r} says {review.choice.value} here, and {decision.choice.value} "
            "elsewhere, of the same pair; keep one, or take the later word",
            ImportSuggestion(update=True),
        )

    # with --update: the last one of the files counts

    def _keep_last(self, number: int, row: ImportRow, pair: StoredPair) -> bool:
        new = False
        for judgment in row.judgments:
            key = (pair.id, judgment.judge, judgment.order.value)
            verdict = self._stored.find_judgment(pair, judgment.judge, judgment.order.value)
            new = new or verdict is None or verdict[:2] != _outcome(judgment)
            self._pending_judgments[key] = self._later(
                self._pending_judgments.get(key),
                _PendingAnnotation(number, row.source, pair, judgment),
                f"judge {judgment.judge!r}",
            )
        for review in row.reviews:
            decision = self._stored.find_decision(pair, review.reviewer)
            new = new or decision is None or decision.choice is not review.choice
            self._pending_reviews[pair.id, review.reviewer] = self._later(
                self._pending_reviews.get((pair.id, review.reviewer)),
                _PendingAnnotation(number, row.source, pair, review),
                f"reviewer {review.reviewer!r}",
            )
        return new

    def _later(
        self, pending: _PendingAnnotation[Annotation] | None, added: _PendingAnnotation[Annotation], who: str
    ) -> _PendingAnnotation[Annotation]:
        """Return the one whose row comes later; where they contradict, warn about the earlier one."""
        if pending is None:
            return added
        earlier, later = (pending, added) if pending.number < added.number else (added, pending)
        if _outcome(earlier.given) != _outcome(later.given):
            what = f"{who} says another word of the same pair in {later.source}; the last one counts"
            self._summary.warnings.append(RowWarning(earlier.source, what))
        return later


def _outcome(given: ImportedJudgment | ImportedReview) -> tuple[str, str | None]:
    """Return (status, verdict) of a judgment, or (choice, None) of a decision."""
    if isinstance(given, ImportedReview):
        return given.choice.value, None
    return given.status.value, given.verdict.value if given.verdict else None
