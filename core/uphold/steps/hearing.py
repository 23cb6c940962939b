"""What one imported row says of a pair: the rules of repetition and contradiction."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from uphold.errors import BadFile
from uphold.records.rows import GivenJudgment, GivenReview, ImportSummary, Odd, Row, Where
from uphold.store.intake import Pair
from uphold.store.intake_words import Words

Given = TypeVar("Given", GivenJudgment, GivenReview)


@dataclass(frozen=True, slots=True)
class _Heard(Generic[Given]):
    """A word that waits for the end of the files; `number` is its row's."""

    number: int
    where: Where
    pair: Pair
    given: Given


class Hearing:
    """Hears rows. With `update` the last word of the files counts, and is written when they are at their end."""

    def __init__(self, words: Words, summary: ImportSummary, *, update: bool) -> None:
        self._words, self._summary, self._update = words, summary, update
        self._judged: dict[tuple[int, str, str], _Heard[GivenJudgment]] = {}
        self._reviewed: dict[tuple[int, str], _Heard[GivenReview]] = {}

    def hear(self, number: int, row: Row, pair: Pair) -> bool:
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

    def _judge_says(self, pair: Pair, given: GivenJudgment, replaces: int | None = None) -> None:
        self._words.judge_says(pair, given, replaces)
        self._summary.judgments += 1

    def _reviewer_says(self, pair: Pair, given: GivenReview, replaces: str | None = None) -> None:
        self._words.reviewer_says(pair, given, self._words.event_id(pair, given, replaces))
        self._summary.reviews += 1

    # a word that is there already, or contradicts another

    def _is_new_judgment(self, where: Where, pair: Pair, given: GivenJudgment) -> bool:
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

    def _is_new_review(self, where: Where, pair: Pair, given: GivenReview) -> bool:
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

    def _keep_last(self, number: int, row: Row, pair: Pair) -> bool:
        new = False
        for judgment in row.judgments:
            key = (pair.id, judgment.judge, judgment.order.value)
            said = self._words.said(pair, judgment.judge, judgment.order.value)
            new = new or said is None or said[:2] != _word(judgment)
            heard = _Heard(number, row.where, pair, judgment)
            self._judged[key] = self._later(self._judged.get(key), heard, f"judge {judgment.judge!r}")
        for review in row.reviews:
            chosen = self._words.chosen(pair, review.reviewer)
            new = new or chosen is None or chosen.choice is not review.choice
            told = _Heard(number, row.where, pair, review)
            before = self._reviewed.get((pair.id, review.reviewer))
            self._reviewed[pair.id, review.reviewer] = self._later(before, told, f"reviewer {review.reviewer!r}")
        return new

    def _later(self, one: _Heard[Given] | None, other: _Heard[Given], who: str) -> _Heard[Given]:
        """The one that stands later in the files; where they are at odds the other is listed."""
        if one is None:
            return other
        earlier, later = (one, other) if one.number < other.number else (other, one)
        if _word(earlier.given) != _word(later.given):
            what = f"{who} says another word of the same pair in {later.where}; the last one counts"
            self._summary.odd.append(Odd(earlier.where, what))
        return later


def _word(given: GivenJudgment | GivenReview) -> tuple[str, str | None]:
    if isinstance(given, GivenReview):
        return given.choice.value, None
    return given.status.value, given.verdict.value if given.verdict else None
