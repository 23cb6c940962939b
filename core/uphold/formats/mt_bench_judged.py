"""MT-Bench's pairwise judgments: each row holds two games, one in each order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from uphold.formats.decoding import described
from uphold.formats.fields import moment, name, needed, text, turn, word
from uphold.formats.given import GivenFile
from uphold.formats.items import Item, items
from uphold.formats.mt_bench_texts import Bench, Sides, question_key
from uphold.formats.notes import BadRow, Notes
from uphold.records.rows import GivenJudgment, Row, Where
from uphold.records.words import Order, Preference, Status

_FIELDS = frozenset(
    {"question_id", "turn", "model_1", "model_2", "judge", "tstamp"}
    | {f"g{game}_{part}" for game in (1, 2) for part in ("winner", "judgment")}
)
_WINNERS: dict[str, Preference | str] = {
    "model_1": Preference.CANDIDATE,
    "model_2": Preference.BASELINE,
    "tie": Preference.TIE,
    "error": "error",
}
_MARK = re.compile(r"\s*\[\[[ABC]\]\]\.?\s*\Z")


def judged_rows(files: Sequence[GivenFile], bench: Bench, sides: Sides, notes: Notes) -> Iterator[Row]:
    """One row a judged pair; of a judgment that was made again the last is kept."""
    found: dict[tuple[Any, ...], Item] = {}
    for file in files:
        for where, given in items(file, notes):
            notes.fields(given, _FIELDS)
            try:
                identity = _identity(given)
            except BadRow as bad:
                notes.refuse(where, str(bad))
                continue
            if identity in found:
                notes.strange(found.pop(identity)[0], f"judged again in {where}; the last one is kept")
            found[identity] = (where, given)
    for (key, *_), (where, given) in found.items():
        if bench.lacks(key):
            notes.strange(where, f"a judgment on {key}, which the question file does not have; left out")
            continue
        try:
            yield _row(where, key, given, bench, sides)
        except BadRow as bad:
            notes.refuse(where, str(bad))


def _identity(given: dict[str, Any]) -> tuple[Any, ...]:
    models = frozenset((needed(given, "model_1", name), needed(given, "model_2", name)))
    return question_key(given), models, judge_of(given)[0], turn(given)


def judge_of(given: dict[str, Any]) -> tuple[str, str | None]:
    """The judge's name and that of its prompt: `"gpt-4"` or `["gpt-4", "pair-v2"]`."""
    judge = given.get("judge")
    parts: list[Any] = judge if isinstance(judge, list) else [judge]
    if 1 <= len(parts) <= 2 and all(isinstance(part, str) and part for part in parts):
        return parts[0], parts[1] if len(parts) == 2 else None
    raise BadRow(f"judge must be a name, or a list of the name and its prompt, found {described(judge)}")


def turn_within(given: dict[str, Any], turns: tuple[str, ...] | None) -> int | None:
    """The row's turn, None for the last; raises BadRow where the question has fewer."""
    number = turn(given)
    if number is not None and turns is not None and number > len(turns):
        raise BadRow(f"turn is {number}, but the question has only {len(turns)}")
    return number


def _row(where: Where, key: str, given: dict[str, Any], bench: Bench, sides: Sides) -> Row:
    games = [_game(given, game) for game in (1, 2) if f"g{game}_winner" in given]
    if not games:
        raise BadRow("g1_winner is missing")
    number = turn_within(given, bench.turns(key))
    systems, mirrored = sides.systems(given["model_1"], given["model_2"])
    judgments = tuple(_turned(judgment) if mirrored else judgment for judgment in games)
    return Row(where, key, systems=systems, compares=True, turn=number, judgments=judgments)


def _game(given: dict[str, Any], game: int) -> GivenJudgment:
    """The judgment with model_1 as candidate: game 1 showed model_1 first, game 2 model_2."""
    judge, prompt = judge_of(given)
    order = Order.CANDIDATE_FIRST if game == 1 else Order.BASELINE_FIRST
    winner = needed(given, f"g{game}_winner", lambda row, field: word(row, field, _WINNERS))
    raw, at = text(given, f"g{game}_judgment"), moment(given, "tstamp")
    if not isinstance(winner, Preference):
        return GivenJudgment(
            judge, order, Status.FAILED, None, raw=raw, problem="recorded as error", prompt_name=prompt, at=at
        )
    reason = _MARK.sub("", raw) if raw else None
    return GivenJudgment(judge, order, Status.READABLE, winner, reason=reason, raw=raw, prompt_name=prompt, at=at)


def _turned(judgment: GivenJudgment) -> GivenJudgment:
    """The same judgment where model_2 is the candidate."""
    order = Order.BASELINE_FIRST if judgment.order is Order.CANDIDATE_FIRST else Order.CANDIDATE_FIRST
    verdict = judgment.verdict.mirrored if judgment.verdict is not None else None
    return replace(judgment, order=order, verdict=verdict)
