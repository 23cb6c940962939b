"""Proposals in the app: one log a key, edited and tagged first, undone, and counted when the screen is left."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from support.app_samples import make_app, press, press_at_once, shown
from uphold.records.sets import ExampleStatus, NewExample
from uphold.records.texts import ExampleText
from uphold.workflows.curating import SetEditor, list_examples, make_set, overview
from uphold.workflows.lookup import Store, open_store
from uphold.workflows.proposals import ProposeRequest, leave, propose, waiting, want
from uphold.workflows.set_versions import list_versions
from uphold_tui.eval_set.proposals.screen import ProposalsScreen
from uphold_tui.eval_set.screen import SetScreen

SIZE = (120, 36)

KNOWN = "The kettle from the sale leaks, is there a refund?"

LOGS = (
    ("Where is the sofa that I ordered nine days ago?", "shipping"),
    ("My stove broke after three months, is that under warranty?", "warranty"),
    ("Please change the name on my account to that of my sister.", "account"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of one example, and three proposals that wait."""
    folder = tmp_path_factory.mktemp("proposals")
    rows = [
        {"id": f"log-{at}", "prompt": asked, "system": "Be the desk.", "response": "It depends.", "category": tag}
        for at, (asked, tag) in enumerate(LOGS)
    ]
    pool = folder / "logs.jsonl"
    pool.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with open_store(folder / "uphold.db", create=True) as store:
        make_set(store, "desk", "mira", seed="ab" * 8)
        SetEditor(store, "desk", "mira").add([NewExample(ExampleText((KNOWN,), None, (None,)), "known", ("refund",))])
        want(store, "desk", "mira", ["warranty=2"])
        for _ in propose(store, "desk", ProposeRequest([pool]), "mira"):
            pass
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it."""
    with open_store(Path(shutil.copy(made / "uphold.db", tmp_path / "uphold.db"))) as opened:
        yield opened


async def opened(pilot: "Pilot[str]") -> ProposalsScreen:
    """The proposals of the only set, opened from its screen."""
    await pilot.pause()
    await act(pilot, "enter", "P")
    assert isinstance(pilot.app.screen, ProposalsScreen)
    return pilot.app.screen


async def act(pilot: "Pilot[str]", *keys: str) -> None:
    """Press keys; what begins with a blank is pasted without it."""
    for key in keys:
        if key.startswith(" "):
            pilot.app.post_message(Paste(key[1:]))
            await pilot.pause()
        else:
            await press(pilot, key)


def statuses(store: Store) -> dict[str, ExampleStatus]:
    return {row.key: row.status for row in list_examples(store, "desk")}


async def test_one_key_a_proposal_and_all_of_it_is_one_version_once_left(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        first = screen.session.items[0].proposal
        assert "few examples of warranty: 0 of 2 wanted" in shown(pilot)
        assert "before it   context, 3 words, folded" in shown(pilot)
        assert "the logged answer   2 words, folded: no reference" in shown(pilot)
        await act(pilot, "enter")
        assert f"before: + {first.key} taken, warranty" in shown(pilot)
        assert "+1 of   2" in shown(pilot)
        await act(pilot, "x")
        assert "2 of 3" not in shown(pilot), "the header counts places"
        assert (screen.session.tally.taken, screen.session.tally.left) == (1, 1)
        assert statuses(store)[first.key] is ExampleStatus.DRAFT
        await act(pilot, "enter")
        assert "No proposal is left: 3 of 3." in shown(pilot)
        assert "puts the 2 into the set, as one new version" in shown(pilot)
        assert overview(store, "desk").active == 1
        await act(pilot, "q")
        assert isinstance(pilot.app.screen, SetScreen)
        assert "2 taken: desk is version 1 now" in shown(pilot)
        assert [version.active for version in list_versions(store, "desk")] == [3]
        await act(pilot, "u")
        assert overview(store, "desk").active == 1


async def test_undo_brings_a_proposal_back_also_after_a_restart(store: Store) -> None:
    async with make_app(store, reviewer="mira", proposals="desk").run_test(size=SIZE) as pilot:
        await pilot.pause()
        await act(pilot, "x", "enter", "ctrl+c")
    key = waiting(store, "desk")[0].key
    async with make_app(store, reviewer="mira", proposals="desk").run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "1 of 1" in shown(pilot)
        await act(pilot, "u", "u")
        screen = pilot.app.screen
        assert isinstance(screen, ProposalsScreen)
        assert [item.waits for item in screen.session.items] == [True, True, True]
        assert screen.session.item is not None
        assert screen.session.item.proposal.key != key
        await act(pilot, "u")
        assert "your last act on the set was another one" in shown(pilot)
    assert list(statuses(store)) == ["known"]


async def test_what_somebody_else_answers_meanwhile_is_said_and_passed_over(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        first, second = (item.proposal.key for item in screen.session.items[:2])
        leave(store, "desk", "bert", [first])
        await act(pilot, "enter")
        assert f"the proposal '{first}' is left already" in shown(pilot)
        assert screen.session.item is not None
        assert screen.session.item.proposal.key == second
        assert (screen.session.tally.total, statuses(store)) == (2, {"known": ExampleStatus.ACTIVE})


async def test_edited_and_tagged_first(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await act(pilot, "e", "escape")
        assert "nothing changed: it waits as it was" in shown(pilot)
        await act(pilot, "#", "u", "r", "g", "enter", "e", " Quickly: ", "escape")
        first, second = screen.session.items[:2]
        assert first.example is not None
        row = next(row for row in list_examples(store, "desk") if row.key == first.example)
        assert row.text.turns == (f"Quickly: {first.proposal.text.turns[0]}",)
        assert row.tags == ("urg", "warranty")
        assert screen.session.item is second
        await act(pilot, "[", "enter")
        assert "it is taken already" in shown(pilot)
        await act(pilot, "]", "p")
        assert "Be the desk." in shown(pilot)
        assert "It depends." in shown(pilot)


async def test_keys_that_come_in_one_write_are_each_for_what_the_key_before_has_led_to(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        asked = screen.session.items[0].proposal.text.turns[0]
        tagged = ("number_sign", *"urg", "enter")
        await press_at_once(pilot, *tagged, "e", " Quickly: ", "tab", *"Shop.", "escape", "x", "enter")
        taken = next(row for row in list_examples(store, "desk") if "urg" in row.tags)
        assert (taken.text.turns, taken.text.context) == ((f"Quickly: {asked}",), "Shop.Be the desk.")
        assert (screen.session.tally.taken, screen.session.tally.left) == (2, 1)


async def test_a_pool_is_chosen_and_read_beside_the_screen(tmp_path: Path, made: Path) -> None:
    with open_store(tmp_path / "new.db", create=True) as store:
        make_set(store, "desk", "mira")
        async with make_app(store, reviewer="mira").run_test(size=SIZE) as pilot:
            await pilot.pause()
            await act(pilot, "enter", "P", " /no/such/file", "enter")
            assert "there is no file /no/such/file" in shown(pilot)
            await act(pilot, "escape")
            screen = pilot.app.screen
            assert isinstance(screen, ProposalsScreen)
            assert "Nothing is proposed." in shown(pilot)
            await act(pilot, "P", f" {made / 'logs.jsonl'}", "tab", "0", "enter")
            assert "a number from 1 to 3000" in shown(pilot)
            await act(pilot, "backspace", "2", "enter")
            assert "2 proposals from 3 rows" in shown(pilot)
            assert "The set had nothing like it when it was proposed." in shown(pilot)
            assert screen.session.tally.waiting == 2
            broken = tmp_path / "broken.jsonl"
            broken.write_text('{"frage": "Wo ist mein Sofa?"}\n', encoding="utf-8")
            await act(pilot, "P", f" {broken}", "enter")
            assert "--map" in shown(pilot)
            await act(pilot, "shift+tab", " instruction=frage", "tab", "tab", "3", "enter")
            assert screen.session.tally.waiting == 3


async def test_a_narrow_screen_has_the_nearest_below_and_counts_without_bars(store: Store) -> None:
    async with make_app(store, reviewer="mira").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert screen.near_body.region.y > screen.body.region.y
        assert "━" not in shown(pilot)
        assert "0 taken   0 left out   3 to go" in shown(pilot)
        await act(pilot, "enter")
        assert any("u undo" in line and line.endswith("before: + log-1 taken") for line in shown(pilot).splitlines()), (
            "the receipt has room beside the keys"
        )
        await act(pilot, "[", "enter")
        assert "it is taken already; u takes back what you did last" in shown(pilot)
