"""What one imported row means for the set: the rules of identity."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from uphold.errors import BadFile
from uphold.records.enums import REFERENCE
from uphold.records.rows import ImportedJudgment, ImportedReview, ImportRow, ImportSummary, RowSource, RowWarning
from uphold.records.texts import ExampleText, default_key
from uphold.store import responses
from uphold.store.bulk_annotations import BulkAnnotations
from uphold.store.bulk_import import BulkImport, StoredExample, StoredResponse
from uphold.store.bulk_writer import StoredPair


class NeedsOtherRows(BadFile):
    """The row speaks of a key or response that it does not give itself; another row may, also a later one."""


class ImportRules:
    """Takes rows into one import, counting what is new."""

    def __init__(self, intake: BulkImport, summary: ImportSummary, *, update: bool) -> None:
        self._intake, self._summary, self._update = intake, summary, update
        self._hearing = AnnotationRules(intake.words, summary, update=update)
        self._given = responses.Given()
        self._tagged = 0

    def take(self, number: int, row: ImportRow) -> None:
        """Take the row of this number; raises BadFile, with nothing of it taken, where it cannot be.

        NotYet is raised for a row that needs what others give: it is for `take_late`.
        """
        text, example = self._meant(row)
        if self._update and row.turns is None:
            raise NeedsOtherRows(f"{row.where}: the text that this row speaks of may be edited by another")
        lacking = _lacking(row, text)
        if lacking is not None:
            raise NeedsOtherRows(_no_response(row, lacking))
        example, responses, fresh = self._take_texts(row, text, example)
        self._take_words(number, row, example, responses, fresh)

    def take_late(self, rows: Iterable[tuple[int, ImportRow]]) -> list[tuple[int, ImportRow, BadFile]]:
        """Take the rows that need what others give: first what they give themselves, then what they say.

        Returns those that cannot be taken. Of these something may have been taken, so the import has to be begun anew
        without them.
        """
        failures: list[tuple[int, ImportRow, BadFile]] = []
        halves = []
        for number, row in sorted(rows, key=lambda one: one[1].turns is None):
            try:
                halves.append((number, row, *self._take_texts(row, *self._meant(row))))
            except BadFile as error:
                failures.append((number, row, error))
        for number, row, example, given, fresh in sorted(halves, key=lambda half: half[0]):
            try:
                self._take_words(number, row, example, given, fresh)
            except BadFile as error:
                failures.append((number, row, error))
        return sorted(failures, key=lambda failure: failure[0])

    def flush(self) -> None:
        """Write what waits, so that it does not pile up in memory."""
        self._intake.flush()

    def finish(self) -> None:
        """After the last row: edits, responses that were replaced, last words, decisions that are carried."""
        self._hearing.finish()
        self._summary.edited = self._intake.texts.keep_edits()
        if self._update:
            self._summary.replaced = responses.replace(self._intake.ledger, self._given)
        self._summary.carried = self._intake.carry()

    @property
    def changed(self) -> bool:
        """Did the import bring anything?"""
        s = self._summary
        return any((*self._tally(), s.judgments, s.reviews, s.edited, s.replaced, self._tagged))

    def _tally(self) -> tuple[int, ...]:
        return self._summary.examples, self._summary.responses, self._summary.pairs

    # the example

    def _meant(self, row: ImportRow) -> tuple[ExampleText, StoredExample | None]:
        """The text that the row means, and the example that has its key already."""
        given = _given_text(row)
        key = row.key if row.key is not None or given is None else default_key(given)
        known = self._intake.texts.find(key) if key is not None else None
        if known is None:
            if given is None:
                raise NeedsOtherRows(
                    f"{row.where}: key {key!r} names no example of the set; give its instruction or turns"
                )
            _check(row, given)
            return given, None
        text = _completed(row, known.text)
        if text == known.text:
            text = known.text
        elif not self._update:
            raise BadFile(
                f"{row.where}: key {key!r} stands for another text already; give the text another key, "
                "or take it as an edit with --update"
            )
        _check(row, text)
        return text, known

    def _take_texts(
        self, row: ImportRow, text: ExampleText, example: StoredExample | None
    ) -> tuple[StoredExample, dict[str, StoredResponse], bool]:
        """The example, the row's own responses to it, and whether anything of it is new."""
        before, edited = self._tally(), example is not None and text is not example.text
        if example is None:
            example = self._intake.texts.add(row.key or default_key(text), text)
            self._summary.examples += 1
        elif edited:
            self._intake.texts.edit(example, text)
        responses = {given.system: self._respond(given.system, example, given.cells) for given in row.responses}
        return example, responses, edited or self._tally() != before

    def _respond(self, system: str, example: StoredExample, cells: tuple[object, ...]) -> StoredResponse:
        found, new = self._intake.answers.take(system, example, cells)
        self._summary.responses += new
        if self._update:
            self._given.note(self._intake.answers.system(system), example.text_id, found.id)
        return found

    # what is compared

    def _take_words(
        self, number: int, row: ImportRow, example: StoredExample, responses: dict[str, StoredResponse], fresh: bool
    ) -> None:
        if row.systems is not None and _speaks(row):
            candidate, baseline = (responses.get(name) or self._latest(row, name, example) for name in row.systems)
            turn = row.turn or len(example.text.turns)
            pair, new = self._intake.pairs.take(row.systems, example, turn, candidate, baseline)
            heard = self._hearing.hear(number, row, pair)
            self._summary.pairs += new
            fresh = fresh or new or heard
        tagged = self._intake.texts.tag(example, row.tags) if row.tags else 0
        self._tagged += tagged
        self._summary.already_there += not (fresh or tagged)

    def _latest(self, row: ImportRow, system: str, example: StoredExample) -> StoredResponse:
        if system == REFERENCE and example.text.referenced:
            return self._respond(REFERENCE, example, example.text.references)
        latest = self._intake.answers.latest(system, example)
        if latest is None:
            raise NeedsOtherRows(_no_response(row, system))
        return latest


def _speaks(row: ImportRow) -> bool:
    return row.compares or bool(row.judgments or row.reviews)


def _lacking(row: ImportRow, text: ExampleText) -> str | None:
    """The first system that the row speaks of without giving its response."""
    if row.systems is None or not _speaks(row):
        return None
    given = {response.system for response in row.responses}
    if text.referenced:
        given.add(REFERENCE)
    return next((system for system in row.systems if system not in given), None)


def _check(row: ImportRow, text: ExampleText) -> None:
    turns = len(text.turns)
    for response in row.responses:
        if len(response.cells) != turns:
            raise BadFile(
                f"{row.where}: the response of {response.system!r} has {len(response.cells)} cells, the example has "
                f"{turns} turn{'s' if turns > 1 else ''}; give one cell per turn"
            )
        if response.system == REFERENCE and response.cells != text.references:
            raise BadFile(
                f"{row.where}: the name 'reference' is kept for the reference answers, and this response is another "
                "text; give the system another name"
            )
    if row.turn is not None and row.turn > turns:
        raise BadFile(f"{row.where}: turn {row.turn} of an example with {turns} turn{'s' if turns > 1 else ''}")
    if row.systems and row.systems[0] == row.systems[1]:
        raise BadFile(f"{row.where}: candidate and baseline are the same system, {row.systems[0]!r}")


def _given_text(row: ImportRow) -> ExampleText | None:
    """The text that the row itself gives; None where it leaves the turns out."""
    return None if row.turns is None else ExampleText(row.turns, row.context, _references(row, len(row.turns)))


def _completed(row: ImportRow, known: ExampleText) -> ExampleText:
    """The text that the row means: what it leaves out is the example's, turn by turn."""
    turns = known.turns if row.turns is None else row.turns
    context = known.context if row.context is None else row.context
    if row.references is not None:
        return ExampleText(turns, context, _references(row, len(turns)))
    kept = known.references[: len(turns)]
    return ExampleText(turns, context, kept + (None,) * (len(turns) - len(kept)))


def _references(row: ImportRow, turns: int) -> tuple[str | None, ...]:
    given = row.references
    if given is None:
        return (None,) * turns
    if len(given) != turns:
        raise BadFile(
            f"{row.where}: {len(given)} reference{'s' if len(given) > 1 else ''} for {turns} turn{'s' if turns > 1 else ''}; "
            "give one per turn, null where there is none"
        )
    return given


def _no_response(row: ImportRow, system: str) -> str:
    return (
        f"{row.where}: no response of {system!r} to this example, here or in the file; "
        "what is said of a pair needs both answers"
    )


Annotation = TypeVar("Annotation", ImportedJudgment, ImportedReview)


@dataclass(frozen=True, slots=True)
class _KnownAnnotations(Generic[Annotation]):
    """A word that waits for the end of the files; `number` is its row's."""

    number: int
    where: RowSource
    pair: StoredPair
    given: Annotation


class AnnotationRules:
    """Hears rows. With `update` the last word of the files counts, and is written when they are at their end."""

    def __init__(self, words: BulkAnnotations, summary: ImportSummary, *, update: bool) -> None:
        self._words, self._summary, self._update = words, summary, update
        self._judged: dict[tuple[int, str, str], _KnownAnnotations[ImportedJudgment]] = {}
        self._reviewed: dict[tuple[int, str], _KnownAnnotations[ImportedReview]] = {}

    def hear(self, number: int, row: ImportRow, pair: StoredPair) -> bool:
        """Take what the row says of the pair; returns whether it is new.

        Raises BadFile, with nothing of it taken, where it contradicts what is there.
        """
        if self._update:
            return self._keep_last(number, row, pair)
        judgments = [given for given in row.judgments if self._is_new_judgment(row.where, pair, given)]
        reviews = [given for given in row.reviews if self._is_new_review(row.where, pair, given)]
        for judgment in judgments:
            self._judge_says(pair, judgment)
        for review in reviews:
            self._reviewer_says(pair, review)
        return bool(judgments or reviews)

    def finish(self) -> None:
        """Write the words that waited, where they are not the current ones."""
        for judgment in self._judged.values():
            said = self._words.said(judgment.pair, judgment.given.judge, judgment.given.order.value)
            if said is None or said[:2] != _word(judgment.given):
                self._judge_says(judgment.pair, judgment.given, said.id if said else None)
        for review in self._reviewed.values():
            chosen = self._words.chosen(review.pair, review.given.reviewer)
            if chosen is None or chosen.choice is not review.given.choice:
                self._reviewer_says(review.pair, review.given, chosen.event_id if chosen else None)
        self._judged.clear()
        self._reviewed.clear()

    def _judge_says(self, pair: StoredPair, given: ImportedJudgment, replaces: int | None = None) -> None:
        self._words.judge_says(pair, given, replaces)
        self._summary.judgments += 1

    def _reviewer_says(self, pair: StoredPair, given: ImportedReview, replaces: str | None = None) -> None:
        self._words.reviewer_says(pair, given, self._words.event_id(pair, given, replaces))
        self._summary.reviews += 1

    # a word that is there already, or contradicts another

    def _is_new_judgment(self, where: RowSource, pair: StoredPair, given: ImportedJudgment) -> bool:
        order, word = given.order.value, _word(given)
        said = self._words.said(pair, given.judge, order)
        if said is None:
            return True
        if said[:2] == word or self._words.ever_said(pair, given.judge, order, word):
            return False
        raise BadFile(
            f"{where}: judge {given.judge!r} says {word[1] or word[0]} here, and {said.verdict or said.status} elsewhere, "
            f"of the same pair in the same order ({order}); keep one, or take the later word with --update"
        )

    def _is_new_review(self, where: RowSource, pair: StoredPair, given: ImportedReview) -> bool:
        chosen = self._words.chosen(pair, given.reviewer)
        ever = self._words.ever_chosen(self._words.event_id(pair, given), pair)
        if chosen is None:
            return not ever
        if chosen.choice is given.choice or ever:
            return False
        raise BadFile(
            f"{where}: reviewer {given.reviewer!r} says {given.choice.value} here, and {chosen.choice.value} elsewhere, of "
            "the same pair; keep one, or take the later word with --update"
        )

    # with --update: the last word of the files

    def _keep_last(self, number: int, row: ImportRow, pair: StoredPair) -> bool:
        new = False
        for judgment in row.judgments:
            key = (pair.id, judgment.judge, judgment.order.value)
            said = self._words.said(pair, judgment.judge, judgment.order.value)
            new = new or said is None or said[:2] != _word(judgment)
            heard = _KnownAnnotations(number, row.where, pair, judgment)
            self._judged[key] = self._later(self._judged.get(key), heard, f"judge {judgment.judge!r}")
        for review in row.reviews:
            chosen = self._words.chosen(pair, review.reviewer)
            new = new or chosen is None or chosen.choice is not review.choice
            told = _KnownAnnotations(number, row.where, pair, review)
            before = self._reviewed.get((pair.id, review.reviewer))
            self._reviewed[pair.id, review.reviewer] = self._later(before, told, f"reviewer {review.reviewer!r}")
        return new

    def _later(
        self, one: _KnownAnnotations[Annotation] | None, other: _KnownAnnotations[Annotation], who: str
    ) -> _KnownAnnotations[Annotation]:
        """The one that stands later in the files; where they are at odds the other is listed."""
        if one is None:
            return other
        earlier, later = (one, other) if one.number < other.number else (other, one)
        if _word(earlier.given) != _word(later.given):
            what = f"{who} says another word of the same pair in {later.where}; the last one counts"
            self._summary.odd.append(RowWarning(earlier.where, what))
        return later


def _word(given: ImportedJudgment | ImportedReview) -> tuple[str, str | None]:
    if isinstance(given, ImportedReview):
        return given.choice.value, None
    return given.status.value, given.verdict.value if given.verdict else None
