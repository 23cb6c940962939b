"""Rules of eval sets without a database: what an edit makes stale, what an undo gives back, health, keys, versions."""

import pytest

from uphold.records.set_history import ExampleEvent, ExampleState, Member, changed_members, earlier_state, example_state
from uphold.records.sets import (
    ExampleEdit,
    ExampleRow,
    ExampleStatus,
    Health,
    PairUse,
    StaleCounts,
    edited_text,
    next_key,
    reference_hash,
    stale_counts,
    stale_sentence,
)
from uphold.records.texts import ExampleText

TALK = ExampleText(("one", "two"), "be brief", ("uno", "due"))


def use(turn: int, *, verdicts: tuple[tuple[str | None, ...], ...] = (), against_reference: bool = False) -> PairUse:
    reference = reference_hash(TALK.references, turn) if against_reference else None
    return PairUse(1, turn, TALK.prefix(turn), reference, verdicts, decisions=2)


def test_an_edit_of_turn_2_leaves_turn_1_alone() -> None:
    after = edited_text(TALK, ExampleEdit(turns=("one", "zwei")))
    assert stale_counts([use(1), use(2)], TALK, after) == StaleCounts(runs=1, pairs=1, decisions=2)


def test_a_mended_reference_makes_stale_what_saw_the_old_one_and_marks_decisions() -> None:
    saw, saw_both = reference_hash(TALK.references, 2), reference_hash(("uno", "zwei"), 2)
    pair = use(2, verdicts=((saw,), (saw, saw_both), ()))
    after = edited_text(TALK, ExampleEdit(references=("uno", "zwei")))
    assert stale_counts([use(1), pair], TALK, after) == StaleCounts(runs=1, verdicts=1, older_reference=2)


def test_against_the_reference_a_mended_one_is_another_answer() -> None:
    after = edited_text(TALK, ExampleEdit(references=("uno", None)))
    assert stale_counts([use(1, against_reference=True), use(2, against_reference=True)], TALK, after).pairs == 1


def test_a_retired_example_takes_all_of_it_along() -> None:
    assert stale_counts([use(1, verdicts=((),)), use(2)], TALK, None) == StaleCounts(1, 2, 1, 4)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (StaleCounts(), ""),
        (StaleCounts(1, 1, 0, 0), "1 pair in 1 run turns stale"),
        (StaleCounts(2, 4, 3, 1), "4 pairs, 3 verdicts and 1 decision in 2 runs turn stale"),
        (StaleCounts(older_reference=1), "1 decision stays in force, marked as made with an older reference"),
    ],
)
def test_what_turns_stale_is_a_sentence(counts: StaleCounts, said: str) -> None:
    assert stale_sentence(counts) == said


def test_an_edit_leaves_what_it_does_not_name_and_references_follow_the_turns() -> None:
    assert edited_text(TALK, ExampleEdit()) == TALK
    assert edited_text(TALK, ExampleEdit(turns=("only",), context="")) == ExampleText(("only",), None, ("uno",))
    longer = edited_text(TALK, ExampleEdit(turns=("1", "2", "3"), references=("", "b")))
    assert longer.references == (None, "b", None)


def test_a_state_is_what_the_events_amount_to_and_an_addition_can_be_taken_back() -> None:
    events = [
        ExampleEvent(1, "added", 10, 20),
        ExampleEvent(2, "drafted"),
        ExampleEvent(3, "referenced", None, 21),
        ExampleEvent(4, "edited", 11, 22),
        ExampleEvent(5, "retired"),
    ]
    assert example_state(events) == ExampleState(11, 22, ExampleStatus.RETIRED)
    assert example_state([*events, ExampleEvent(6, "retired", target_kind="added")]) == ExampleState()


def test_an_undo_gives_back_only_what_nobody_changed_since() -> None:
    before = ExampleState(1, 5, ExampleStatus.ACTIVE)
    after = ExampleState(2, 5, ExampleStatus.RETIRED)
    assert earlier_state(before, after, after) == (before, True)
    edited_since = ExampleState(3, 5, ExampleStatus.RETIRED)
    assert earlier_state(before, after, edited_since) == (ExampleState(3, 5, ExampleStatus.ACTIVE), False)
    never = ExampleState()
    assert earlier_state(never, before, before) == (never, True)
    assert earlier_state(never, before, edited_since) == (edited_since, False)


def row(**fields: object) -> ExampleRow:
    made = {"status": ExampleStatus.ACTIVE, "text": ExampleText(("ask",), None, ("r",)), "runs": 3} | fields
    return ExampleRow(1, "k", tags=(), **made)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "health"),
    [
        ({}, ()),
        ({"wins": 4}, (Health.ALWAYS_WON,)),
        ({"wins": 4, "runs": 2}, ()),
        ({"losses": 3}, (Health.ALWAYS_LOST,)),
        ({"ties": 3}, (Health.ALWAYS_TIE,)),
        ({"ties": 3, "losses": 1}, ()),
        ({"flips": 1, "split": 1, "broken": 1}, (Health.BROKEN, Health.SPLIT, Health.FLIPS)),
        ({"text": ExampleText((" \n",), None, (None,))}, (Health.EMPTY, Health.NO_REFERENCE)),
        (
            {"text": ExampleText(("a", "b"), None, ("r", None)), "duplicates": ("j",)},
            (Health.DUPLICATE, Health.NO_REFERENCE),
        ),
        ({"status": ExampleStatus.RETIRED, "broken": 1, "losses": 9}, ()),
    ],
)
def test_health(fields: dict[str, object], health: tuple[Health, ...]) -> None:
    assert row(**fields).health == health


@pytest.mark.parametrize(
    ("keys", "made"),
    [
        ([], "ex-1"),
        (["a"], "ex-1"),
        (["desk-0007", "desk-0193", "other"], "desk-0194"),
        (["q-9", "q-8"], "q-10"),
        (["q-²", "1" * 40], "ex-1"),
    ],
)
def test_the_next_key_is_in_the_manner_of_the_others(keys: list[str], made: str) -> None:
    assert next_key(keys) == made


def test_two_versions_differ_by_text_and_reference_and_not_by_ids_of_rows() -> None:
    def member(number: int, text: str, reference: str | None = None, row: int = 0) -> Member:
        return Member(number, f"k{number}", row, text, row or None, reference)

    before = {1: member(1, "a"), 2: member(2, "b", "r"), 3: member(3, "c")}
    after = {1: member(1, "a", row=9), 2: member(2, "b", "s"), 4: member(4, "d")}
    found = changed_members(before, after)
    assert (found.added, found.retired, found.edited, found.same) == ((4,), (3,), (2,), 1)
