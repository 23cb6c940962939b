"""Before the decision a blind reviewer's screen does not depend on what is kept from them, whatever they open or point at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot

from support.app_samples import review
from support.blind_twins import (
    ONE,
    OTHER,
    Hovered,
    Picture,
    World,
    below,
    blind_session,
    given_away,
    hover,
    picture,
    regions,
)
from uphold.records.reviews import PairView
from uphold_tui.app_options import AppOptions
from uphold_tui.pairs.screen import PairsScreen

Seen = tuple[str, Picture, str]
"""(which pair and what was done, the screen, what was copied)."""

PAIRS = 100

ALL = 200
"""Pairs of the whole walk."""

FEW = 10

SIZES = [(120, 36), (80, 24), (200, 60)]

WAYS: tuple[tuple[str, ...], ...] = (
    ("?",),
    ("?", "t"),
    (":",),
    (":", "r", "a", "w"),
    ("ctrl+p",),
    (":", *"names", "enter"),
    ("l",),
    ("l", "j", "G"),
    ("l", "o"),
    ("F",),
    ("l", "i"),
    ("l", "?"),
    ("/",),
    ("/", *"river", "enter"),
    ("/", *"marvellous", "enter"),
    ("/", *"quokka", "enter"),
    ("i",),
    ("I",),
    ("w",),
    ("c",),
    ("r",),
    ("v",),
    ("e",),
    ("y",),
    ("tab", "y"),
    ("enter",),
    ("d",),
    ("d", "n"),
    ("m",),
    ("R",),
    ("+",),
    ("o",),
    ("=",),
    ("tab",),
    ("f",),
    ("x", "u"),
    ("s", "u"),
    ("u",),
    ("ctrl+r",),
    ("p",),
    ("n",),
    ("G",),
)
"""Ways to look for it."""

UNDONE = {"d": "d", "d n": "d", "m": "m", "+": "+", "o": "o", "=": "=", "tab": "=", "tab y": "=", "f": "f"}
"""What takes a way of reading back."""


@asynccontextmanager
async def reading(folder: Path, world: World, size: tuple[int, int], pairs: int) -> AsyncIterator[Pilot[str]]:
    session = blind_session(folder, world, pairs)
    app = Hovered(session.store, session, AppOptions(reviewer="mira"))
    async with app.run_test(size=size, tooltips=True) as pilot:
        await pilot.pause()
        yield pilot


async def look_for_it(pilot: Pilot[str], way: tuple[str, ...]) -> None:
    await pilot.press(way[0])
    for key in way[1:]:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def close(pilot: Pilot[str], way: tuple[str, ...]) -> None:
    """Back to the pair as it was."""
    for _ in range(4):
        if pilot.app.screen is not review(pilot):
            await pilot.press("q" if isinstance(pilot.app.screen, PairsScreen) else "escape")
    await pilot.press("escape", *UNDONE.get(" ".join(way), ""))


async def to_pair(pilot: Pilot[str], place: int) -> PairView:
    """The pair at a place of the queue, drawn."""
    screen = review(pilot)
    screen.go_to_place(place)
    while not screen.paint_gate.accepts():
        await pilot.pause(0)
    pair = screen.session.current
    assert pair is not None
    return pair


async def walk(pilot: Pilot[str], places: range) -> AsyncIterator[Seen]:
    """Every pair of these places that is verdict_hidden; on one something is pointed at, on the next something is opened."""
    ways = list(WAYS[places.start :: places.step])
    pointing = True
    for place in places:
        pair = await to_pair(pilot, place)
        if not pair.verdict_hidden:
            continue
        yield pair.key, picture(pilot), ""
        if pointing:
            spots = regions(pilot)
            await hover(pilot, spots[place * 7 % len(spots)])
            yield f"{pair.key}, pointed at {spots[place * 7 % len(spots)]}", picture(pilot), ""
        elif ways:
            way = ways.pop()
            await look_for_it(pilot, way)
            yield f"{pair.key} after {''.join(way)}", picture(pilot), pilot.app.clipboard
            await close(pilot, way)
            assert pilot.app.screen is review(pilot), way
        pointing = not pointing
    assert ways == []


async def walked(folder: Path, world: World, size: tuple[int, int], places: range) -> list[Seen]:
    async with reading(folder, world, size, places.stop) as pilot:
        return [seen async for seen in walk(pilot, places)]


@pytest.mark.parametrize(
    ("size", "places"),
    [
        (SIZES[0], range(PAIRS)),
        pytest.param(SIZES[1], range(0, PAIRS + 20, 4), marks=pytest.mark.slow),
        pytest.param(SIZES[2], range(1, PAIRS + 20, 4), marks=pytest.mark.slow),
        pytest.param(SIZES[0], range(ALL), marks=pytest.mark.slow),
        pytest.param(SIZES[1], range(0, ALL, 2), marks=pytest.mark.slow),
        pytest.param(SIZES[2], range(1, ALL, 2), marks=pytest.mark.slow),
    ],
)
async def test_two_worlds_that_differ_in_what_is_kept_back_look_the_same(
    tmp_path: Path, size: tuple[int, int], places: range
) -> None:
    one = await walked(tmp_path / "one", ONE, size, places)
    other = await walked(tmp_path / "other", OTHER, size, places)
    assert len(one) > len(places)
    for (told, drawn, copied), (again, drawn_too, copied_too) in zip(one, other, strict=True):
        assert (told, copied) == (again, copied_too)
        text = "\n".join("".join(part for part, _ in row) for row in drawn)
        typed = [word for word in ONE.secrets if word in told]
        assert given_away(text + copied, [word for word in ONE.secrets if word not in typed]) == [], told
        assert [row for row, pair in enumerate(zip(drawn, drawn_too, strict=True)) if pair[0] != pair[1]] == [], told


async def test_a_tooltip_that_gave_something_away_would_be_seen(tmp_path: Path) -> None:
    async with reading(tmp_path, ONE, SIZES[0], FEW) as pilot:
        review(pilot).view.strip.tooltip = ONE.candidate
        seen = []
        for spot in regions(pilot):
            await hover(pilot, spot)
            seen.append(ONE.candidate in below(pilot))
        assert any(seen)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_that_can_be_pointed_at_gives_anything_away(tmp_path: Path, size: tuple[int, int]) -> None:
    async with reading(tmp_path, ONE, size, FEW) as pilot:
        place = 0
        while not (await to_pair(pilot, place)).verdict_hidden:
            place += 1
        await pilot.pause()
        spots = regions(pilot)
        assert len(spots) > 25
        for spot in spots:
            await hover(pilot, spot)
            assert given_away(below(pilot), ONE.secrets) == [], spot
