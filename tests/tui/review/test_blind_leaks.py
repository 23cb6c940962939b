"""The narrow places through which a blind reviewer could learn too early what is kept from them."""

from collections import Counter
from pathlib import Path
from typing import Any

from support.app_samples import database, make_app, press, review, rows, shown
from support.blind_twins import ONE, below, blind_session, given_away
from support.imports import bring
from support.sessions import on_screen
from uphold.records.enums import Choice, EventKind
from uphold.records.reviews import PairView
from uphold.workflows.lookup import Store, find_run
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession
from uphold_tui.app import UpholdApp
from uphold_tui.review.screen import ReviewScreen

NAMES = ("zebra", "quokka")


def named(count: int, **changes: Any) -> list[dict[str, Any]]:
    return rows(count, candidate=NAMES[0], baseline=NAMES[1], **changes)


def unjudged(count: int) -> list[dict[str, Any]]:
    kept = ("key", "instruction", "response_candidate", "response_baseline", "candidate", "baseline")
    return [{name: row[name] for name in kept} for row in named(count)[::2]]


def app(store: Store, reviewer: str = "mira", **options: Any) -> UpholdApp:
    session = open_review(store, find_run(store, "1"), reviewer, ReviewOptions(blind=True, **options))
    return make_app(store, session, reviewer=reviewer)


def read_until_one_comes_back(session: ReviewSession) -> PairView:
    """Decide one pair after the other, each as its verdict allows, up to one that was decided before."""
    while (pair := session.current) is not None and not pair.is_repeat:
        session.decide(Choice.CANDIDATE, on_screen(session))
        if pair.verdict_hidden:
            session.go_unread()
    assert pair is not None, "none came back"
    return pair


async def test_names_are_hidden_again_when_the_decision_is_taken_back_unread_by_any_judge(tmp_path: Path) -> None:
    async with app(database(tmp_path, unjudged(3))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "a", "left", "v")
        assert given_away(below(pilot), NAMES) == list(NAMES)
        await press(pilot, "u")
        assert review(pilot).session.current.verdict_hidden  # type: ignore[union-attr]
        assert given_away(below(pilot), NAMES) == []
        assert " names " not in shown(pilot).split("\n")[0]


async def test_a_pair_that_comes_back_is_not_in_the_trail_beside_it(tmp_path: Path) -> None:
    session = blind_session(tmp_path, ONE, 60)
    async with make_app(session.store, session, reviewer="mira").run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        for _ in range(2):
            pair = read_until_one_comes_back(session)
            review(pilot).draw()
            await pilot.pause()
            assert session.current == pair
            assert pair.verdict_hidden
            assert Counter(shown(pilot).split())[pair.key] == 1, "once, above the instruction"
            await press(pilot, "a")


async def test_in_blind_adjudication_the_run_that_a_decision_was_carried_from_is_not_named(tmp_path: Path) -> None:
    row = named(1)[0]
    said = [{**row, "reviewer": who, "review": word} for who, word in (("mira", "candidate"), ("jonas", "baseline"))]
    store = database(tmp_path, [*named(1), *said])
    other = {**row, "candidate": "zebra-two", "baseline": "quokka-two"}
    bring(
        store,
        {name: other[name] for name in other if name not in ("judge", "verdict", "order", "reason", "confidence")},
        set_=find_run(store, "1").set,
    )
    assert store.one("SELECT count(*) FROM events WHERE kind = 'carried'") == (2,)
    session = open_review(store, find_run(store, "2"), "mira", ReviewOptions("disputed", blind=True))
    async with make_app(store, session, reviewer="mira").run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        assert session.current.verdict_hidden  # type: ignore[union-attr]
        assert given_away(below(pilot), (*NAMES, "from")) == []
        await press(pilot, "t")
        assert "jonas" in shown(pilot)


async def test_an_adjudicators_own_word_is_not_in_the_trail_before_they_settle_it_blind(tmp_path: Path) -> None:
    said = [{**named(1)[0], "reviewer": "jonas", "review": "tie"}]
    store = database(tmp_path, [*named(2), *said])
    with_own = open_review(store, find_run(store, "1"), reviewer="mira")
    async with make_app(store, with_own, reviewer="mira").run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "a", "a")
    async with app(store, queue="disputed").run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        pair = review(pilot).session.current
        assert pair is not None
        assert pair.verdict_hidden
        assert Counter(shown(pilot).split())[pair.key] == 1


async def test_a_reference_that_is_one_of_the_two_answers_is_shown_after_the_decision(tmp_path: Path) -> None:
    line = {
        "key": "k",
        "instruction": "Say it.",
        "reference": "as it should be",
        "candidate": "zebra",
        "response_candidate": "as it is",
        "baseline": "reference",
        "response_baseline": "as it should be",
    }
    store = database(tmp_path, [line, {**line, "key": "other", "instruction": "Say that."}])
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert shown(pilot).count("as it should be") == 1
        await press(pilot, "y")
        assert pilot.app.clipboard.count("as it should be") == 1
        await press(pilot, "R")
        assert "no reference here" in shown(pilot)
        await press(pilot, "a", "left")
        assert shown(pilot).count("as it should be") == 2


async def test_what_is_copied_of_a_pair_names_neither_system(tmp_path: Path) -> None:
    async with app(database(tmp_path, named(2))).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for keys in (("y",), ("tab", "y"), ("tab", "y")):
            await press(pilot, *keys)
            assert given_away(pilot.app.clipboard, (*NAMES, "is right")) == []


async def test_a_repeat_is_decided_without_its_first_decision_and_counted_apart(tmp_path: Path) -> None:
    session = blind_session(tmp_path, ONE, 60)
    async with make_app(session.store, session, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        read_until_one_comes_back(session)
        review(pilot).draw()
        await pilot.pause()
        read = session.progress.read
        assert "shown after you decide" in shown(pilot)
        assert "your choice" not in shown(pilot)
        await press(pilot, "b")
        assert session.progress.read == read
    kinds = Counter(row[0] for row in session.store.rows("SELECT kind FROM events"))
    assert kinds[EventKind.REPEAT.value] == 1


async def test_a_verdict_that_was_on_the_screen_stays_seen_when_the_pair_is_met_in_another_queue(
    tmp_path: Path,
) -> None:
    store = database(tmp_path, named(6))
    session = open_review(store, find_run(store, "1"), reviewer="mira")
    async with make_app(store, session, reviewer="mira").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        seen, other = session.current, session.peek()
        assert seen is not None
        assert other is not None
        await press(pilot, ":", *"blind", "enter")
        review(pilot).navigation.review_queue("hand-picked", [seen.pair_id, other.pair_id])
        await pilot.pause()
        picked = pilot.app.screen
        assert isinstance(picked, ReviewScreen)
        assert picked.session.current.pair_id == seen.pair_id  # type: ignore[union-attr]
        assert not picked.session.current.verdict_hidden  # type: ignore[union-attr]
        await press(pilot, "right")
        assert picked.session.current.verdict_hidden  # type: ignore[union-attr]
        await press(pilot, "left", "a")
    assert store.one("SELECT mode, verdict_shown FROM events WHERE kind = 'decision'") == ("open", 1)
