"""What one imported row says of a pair: the rules of repetition and contradiction."""

from uphold.errors import BadFile
from uphold.records.rows import GivenJudgment, GivenReview, ImportSummary, Odd, Row, Where
from uphold.store.intake import Pair
from uphold.store.intake_words import Words


class Hearing:
    """Hears rows. With `update` the last word of the files counts, and is written when they are at their end."""

    def __init__(self, words: Words, summary: ImportSummary, *, update: bool) -> None:
        self._words, self._summary, self._update = words, summary, update
        self._judged: dict[tuple[int, str, str], tuple[Where, Pair, GivenJudgment]] = {}
        self._reviewed: dict[tuple[int, str], tuple[Where, Pair, GivenReview]] = {}

    def hear(self, row: Row, pair: Pair) -> bool:
        """Take what the row says of the pair; returns whether it is new.

        Raises BadFile, with nothing of it taken, where it contradicts what is there.
        """
        if self._update:
            news = [self._hear_last_judgment(row.where, pair, given) for given in row.judgments]
            return any(news + [self._hear_last_review(row.where, pair, given) for given in row.reviews])
        judgments = [given for given in row.judgments if self._is_new_judgment(row.where, pair, given)]
        reviews = [given for given in row.reviews if self._is_new_review(row.where, pair, given)]
        for judgment in judgments:
            self._judge_says(pair, judgment)
        for review in reviews:
            self._reviewer_says(pair, review)
        return bool(judgments or reviews)

    def finish(self) -> None:
        """Write the words that waited."""
        for _, pair, judgment in self._judged.values():
            said = self._words.said(pair, judgment.judge, judgment.order.value)
            self._judge_says(pair, judgment, said.id if said else None)
        for _, pair, review in self._reviewed.values():
            chosen = self._words.chosen(pair, review.reviewer)
            self._reviewer_says(pair, review, chosen.event_id if chosen else None)
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

    def _hear_last_judgment(self, where: Where, pair: Pair, given: GivenJudgment) -> bool:
        key = (pair.id, given.judge, given.order.value)
        before = self._judged.get(key)
        if before is not None and _word(before[2]) == _word(given):
            return False
        if before is not None:
            self._overruled(self._judged.pop(key)[0], where, f"judge {given.judge!r}")
        said = self._words.said(pair, given.judge, given.order.value)
        if said is not None and said[:2] == _word(given):
            return False
        self._judged[key] = (where, pair, given)
        return True

    def _hear_last_review(self, where: Where, pair: Pair, given: GivenReview) -> bool:
        key = (pair.id, given.reviewer)
        before = self._reviewed.get(key)
        if before is not None and before[2].choice is given.choice:
            return False
        if before is not None:
            self._overruled(self._reviewed.pop(key)[0], where, f"reviewer {given.reviewer!r}")
        chosen = self._words.chosen(pair, given.reviewer)
        if chosen is not None and chosen.choice is given.choice:
            return False
        self._reviewed[key] = (where, pair, given)
        return True

    def _overruled(self, where: Where, by: Where, who: str) -> None:
        self._summary.odd.append(Odd(where, f"{who} says another word of the same pair in {by}; the last one counts"))


def _word(given: GivenJudgment) -> tuple[str, str | None]:
    return given.status.value, given.verdict.value if given.verdict else None
