"""What one imported row means for the set: the rules of identity and of contradiction."""

from uphold.errors import BadFile
from uphold.records.rows import GivenJudgment, GivenReview, ImportSummary, Row
from uphold.records.texts import ExampleText, default_key
from uphold.records.words import REFERENCE
from uphold.store import replacing
from uphold.store.intake import Example, Intake, Pair, Response


class NotYet(BadFile):
    """The row speaks of a key or response that nothing before it gave; a later row may."""


class Taker:
    """Takes rows into one import, counting what is new."""

    def __init__(self, intake: Intake, summary: ImportSummary, *, update: bool) -> None:
        self._intake, self._summary, self._update = intake, summary, update
        self._given = replacing.Given()
        self.changed = False

    def take(self, row: Row) -> None:
        """Take one row; raises BadFile, with nothing of the row taken, where it contradicts what is there."""
        text, example = self._example(row)
        self._check(row, text)
        before = self._tally()
        if example is None:
            if row.systems and not row.compares and not self._answered(row):
                raise NotYet(f"{row.where}: {_no_response(row)}")
            example = self._intake.add_example(row.key or default_key(text), text)
            self._summary.examples += 1
        elif text is not example.text:
            self._intake.edit_example(example, text)
            self._summary.edited += 1
        responses = self._responses(row, example)
        self._compare(row, example, responses)
        tagged = bool(row.tags) and self._intake.tag(example, row.tags) > 0
        if self._tally() == before and not tagged:
            self._summary.already_there += 1
        else:
            self.changed = True

    def flush(self) -> None:
        """Write what waits, so that it does not pile up in memory."""
        self._intake.flush()

    def finish(self) -> None:
        """After the last row: responses that were replaced, decisions that are carried."""
        self._intake.flush()
        if self._update:
            self._summary.replaced = replacing.replace(self._intake, self._given)
        self._summary.carried = self._intake.carry()
        self.changed = self.changed or bool(self._summary.replaced)

    def _tally(self) -> tuple[int, ...]:
        s = self._summary
        return s.examples, s.edited, s.responses, s.pairs, s.judgments, s.reviews

    # the example

    def _example(self, row: Row) -> tuple[ExampleText, Example | None]:
        """The text that the row means, and the example that has its key already."""
        given = _given_text(row)
        key = row.key if row.key is not None or given is None else default_key(given)
        known = self._intake.example(key) if key is not None else None
        if known is None:
            if given is None:
                raise NotYet(f"{row.where}: key {key!r} names no example of the set; give its instruction or turns")
            return given, None
        text = _completed(row, known.text)
        if text == known.text:
            return known.text, known
        if not self._update:
            raise BadFile(
                f"{row.where}: key {key!r} stands for another text already; give the text another key, "
                "or take it as an edit with --update"
            )
        return text, known

    def _check(self, row: Row, text: ExampleText) -> None:
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

    # responses and the comparison

    def _answered(self, row: Row) -> bool:
        return bool(row.systems) and {r.system for r in row.responses} >= set(row.systems or ())

    def _responses(self, row: Row, example: Example) -> dict[str, Response]:
        found = {}
        for given in row.responses:
            found[given.system], new = self._intake.response(given.system, example, given.cells)
            self._summary.responses += new
            if self._update:
                self._given.note(self._intake.system(given.system), example.text_id, found[given.system].id)
        return found

    def _compare(self, row: Row, example: Example, responses: dict[str, Response]) -> None:
        if row.systems is None or not (row.compares or row.judgments or row.reviews):
            return
        candidate, baseline = (responses.get(name) or self._latest(row, name, example) for name in row.systems)
        run_id = self._intake.run(*row.systems)
        turn = row.turn or len(example.text.turns)
        pair, new = self._intake.pair(run_id, row.systems, example, turn, candidate, baseline)
        fresh_judgments = [(j, *kept) for j in row.judgments if (kept := self._judgment(row, pair, j)) is not None]
        fresh_reviews = [(r, event) for r in row.reviews if (event := self._review(row, pair, r)) is not None]
        self._summary.pairs += new
        for judgment, judge_id, replaces in fresh_judgments:
            self._intake.add_judgment(run_id, pair, judge_id, judgment, replaces)
            self._summary.judgments += 1
        for review, event_id in fresh_reviews:
            self._intake.add_review(pair, self._intake.reviewer(review.reviewer), event_id, review)
            self._summary.reviews += 1

    def _latest(self, row: Row, system: str, example: Example) -> Response:
        if system == REFERENCE and all(reference is not None for reference in example.text.references or (None,)):
            found, new = self._intake.response(REFERENCE, example, tuple(example.text.references))
            self._summary.responses += new
            return found
        latest = self._intake.latest_response(system, example)
        if latest is None:
            raise NotYet(f"{row.where}: {_no_response(row, system)}")
        return latest

    def _judgment(self, row: Row, pair: Pair, given: GivenJudgment) -> tuple[int, int | None] | None:
        """(judge id, id of the judgment it replaces), or None where the word is there already."""
        judge_id = self._intake.judge(given.judge)
        order = given.order.value
        said = self._intake.judgment_in_force(pair, judge_id, order)
        word = (given.status.value, given.verdict.value if given.verdict else None)
        if said is None:
            return judge_id, None
        if said[:2] == word:
            return None
        if self._update:
            return judge_id, said[2]
        if self._intake.judgment_ever(pair, judge_id, order, word):
            return None
        raise BadFile(
            f"{row.where}: judge {given.judge!r} says {word[1] or word[0]} here, and {said[1] or said[0]} elsewhere, of the "
            f"same pair in the same order ({order}); keep one, or take the later word with --update"
        )

    def _review(self, row: Row, pair: Pair, given: GivenReview) -> str | None:
        """The id of the event to write, or None where the word is there already."""
        said = self._intake.choice_in_force(pair, self._intake.reviewer(given.reviewer))
        event_id = self._intake.event_id(pair, given.reviewer, given.choice)
        if said is None:
            return None if self._intake.event_ever(event_id, pair) else event_id
        if said[0] is given.choice:
            return None
        if self._update:
            return self._intake.event_id(pair, given.reviewer, given.choice, said[1])
        if self._intake.event_ever(event_id, pair):
            return None
        raise BadFile(
            f"{row.where}: reviewer {given.reviewer!r} says {given.choice.value} here, and {said[0].value} elsewhere, of the "
            "same pair; keep one, or take the later word with --update"
        )


def _given_text(row: Row) -> ExampleText | None:
    """The text that the row itself gives; None where it leaves the turns out."""
    return None if row.turns is None else ExampleText(row.turns, row.context, _references(row, len(row.turns)))


def _completed(row: Row, known: ExampleText) -> ExampleText:
    """The text that the row means: what it leaves out is the example's."""
    turns = known.turns if row.turns is None else row.turns
    context = known.context if row.context is None else row.context
    references = known.references if row.references is None else _references(row, len(turns))
    return ExampleText(turns, context, references)


def _references(row: Row, turns: int) -> tuple[str | None, ...]:
    given = row.references
    if given is None:
        return (None,) * turns
    if len(given) != turns:
        raise BadFile(
            f"{row.where}: {len(given)} reference{'s' if len(given) > 1 else ''} for {turns} turn{'s' if turns > 1 else ''}; "
            "give one per turn, null where there is none"
        )
    return given


def _no_response(row: Row, system: str | None = None) -> str:
    names = [system] if system else [n for n in row.systems or () if n not in {r.system for r in row.responses}]
    return (
        f"no response of {names[0]!r} to this example, here or in the file; what is said of a pair needs both answers"
    )
