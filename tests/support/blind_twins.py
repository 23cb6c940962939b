"""Two databases alike in all that a blind reviewer may see, and unlike in all that is to be kept from them.

Texts, keys, tags, the judges' names and the seed are the same; the systems, the verdicts, the orders, the reasons and the
confidence are not. Before the decision one screen must be the other, cell by cell.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from support.app_samples import database, shown
from uphold.workflows.lookup import Store, find_run
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.review_session import ReviewSession
from uphold_tui.app import UpholdApp

WORDS = ("red", "green", "blue", "sand", "stone", "river", "cloud", "tree")


@dataclass(frozen=True)
class World:
    """What is to be kept from the reviewer: the names, the judges' reasons, and the verdicts by their seed."""

    candidate: str
    baseline: str
    reasons: tuple[str, str]
    seed: int

    @property
    def secrets(self) -> tuple[str, ...]:
        """Words that no cell may hold."""
        return (self.candidate, self.baseline, *self.reasons, "judge’s pick", "uphold A", "uphold B", "uphold tie")


ONE = World("zebrafish", "quokka", ("marvellous", "unrivalled"), 3)


OTHER = World("wallaroos", "dugong", ("dreadful", "laughable"), 4)


def rows(world: World, count: int) -> list[dict[str, Any]]:
    """Pairs that two judges read: the first in both orders, which agree, disagree or cannot be read."""
    texts, said = random.Random(1), random.Random(world.seed)
    made = []
    for number in range(count):
        prose = [" ".join(texts.choices(WORDS, k=texts.randint(5, 120))) for _ in range(2)]
        row: dict[str, Any] = {
            "key": f"item-{number:04d}",
            "instruction": f"question {number} on {texts.choice(WORDS)}",
            "tags": [texts.choice(WORDS)],
            "candidate": world.candidate,
            "baseline": world.baseline,
            "response_candidate": f"first-{number:04d} {prose[0]}",
            "response_baseline": f"other-{number:04d} {prose[1]}",
        }
        made.append(row)
        for judge, order in (("haiku", "candidate-first"), ("haiku", "baseline-first"), ("rival", "candidate-first")):
            word = said.choice(["candidate", "baseline", "tie", None])
            reason = f"{said.choice('AB')} is {world.reasons[judge == 'rival']}."
            told: dict[str, Any] = {
                "judge": judge,
                "verdict": word,
                "order": order,
                "reason": reason,
                "confidence": said.random(),
            }
            made.append({**row, **told})
    return made


def blind_session(folder: Path, world: World, count: int, *, blind: bool = True, **options: Any) -> ReviewSession:
    """A session on a database of this world in which nothing is decided."""
    folder.mkdir(parents=True, exist_ok=True)
    store = database(folder, rows(world, count))
    reseed(store)
    return open_review(store, find_run(store, None), "mira", ReviewOptions(judge="haiku", blind=blind, **options))


def reseed(store: Store) -> None:
    """The same sides and the same order each time."""
    with store.writing() as conn:
        conn.execute("UPDATE sets SET seed = 'the same each time'")


class Hovered(UpholdApp):
    """Its tooltips come when a test says so, and never by the clock."""

    TOOLTIP_DELAY = 3600.0


Picture = list[tuple[tuple[str, str], ...]]
"""A screen by rows: (text, style) of every stretch of cells."""


def picture(pilot: Pilot[str]) -> Picture:
    """The screen below the header's row."""
    strips = pilot.app.screen._compositor.render_strips()
    return [tuple((segment.text, str(segment.style)) for segment in strip) for strip in strips[1:]]


def below(pilot: Pilot[str]) -> str:
    """The text of the screen below the header's row."""
    return shown(pilot).split("\n", 1)[1]


def regions(pilot: Pilot[str]) -> list[tuple[int, int]]:
    """A cell of every widget that can be seen, and of every word that can be clicked."""
    screen = pilot.app.screen
    spots = [
        (min(widget.region.x + 4, widget.region.right - 1), widget.region.y)
        for widget in screen.query("*")
        if widget.display and widget.region.area and screen.region.contains_region(widget.region)
    ]
    lines = shown(pilot).splitlines()
    foot = [(x, y) for y in range(max(len(lines) - 9, 0), len(lines)) for x in range(4, len(lines[y]), 9)]
    return list(dict.fromkeys([*spots, *foot]))


async def hover(pilot: Pilot[str], spot: tuple[int, int]) -> None:
    """Rest the mouse on a cell for as long as a tooltip takes to come."""
    await pilot.hover(offset=spot)
    screen = pilot.app.screen
    assert screen._tooltip_widget is not None
    screen._handle_tooltip_timer(screen._tooltip_widget)
    await pilot.pause()


def given_away(text: str, words: Sequence[str]) -> list[str]:
    """Which of these words are in a text."""
    return [word for word in words if word in text]
