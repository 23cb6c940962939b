"""A tool for whoever changes the look: writes every screen of the app as an SVG.

`python tests/pictures.py DB OUTDIR` draws the first run of DB at several sizes and themes; decisions it makes to show
the states are made in a copy of DB.
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from uphold.steps.reviewing import open_review
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold_tui.app import UpholdApp

SHOTS: dict[str, tuple[tuple[int, int], str, tuple[str, ...]]] = {
    "01-open": ((120, 36), "uphold-dark", ()),
    "02-overturned": ((120, 36), "uphold-dark", ("override", "left")),
    "02b-upheld": ((120, 36), "uphold-dark", ("enter", "left")),
    "02c-after-override": ((120, 36), "uphold-dark", ("override",)),
    "04-word-diff": ((120, 36), "uphold-dark", ("d",)),
    "05-names": ((120, 36), "uphold-dark", ("v", "f")),
    "06-narrow": ((80, 24), "uphold-dark", ()),
    "07-wide": ((200, 60), "uphold-dark", ("enter", "a", "b", "t", "4", "s", "enter")),
    "08-tiny": ((56, 16), "uphold-dark", ()),
    "09-whole": ((120, 36), "uphold-dark", ("+",)),
    "11-command": ((120, 36), "uphold-dark", (":",)),
    "12-comment": ((120, 36), "uphold-dark", ("c",)),
    "13-raw": ((120, 36), "uphold-dark", ("r",)),
    "14-help": ((120, 36), "uphold-dark", ("?",)),
    "15-light": ((120, 36), "uphold-light", ()),
    "16-leaving": ((120, 36), "uphold-dark", ("enter", "a", "b", "t", "4", "s", "q")),
    "19-low": ((120, 24), "uphold-dark", ()),
    "20-ansi": ((120, 36), "ansi-dark", ("override", "left")),
    "21-nord": ((120, 36), "nord", ()),
}


async def _press(pilot: "Pilot[str]", key: str) -> None:
    screen = pilot.app.screen
    if key == "override":
        pair = screen.session.current  # type: ignore[attr-defined]
        verdict = pair.judge.verdict.preference if pair.judge else None
        key = "b" if verdict is not None and pair.side_of(verdict) == "A" else "a"
    await pilot.press(key)
    await pilot.pause()


async def _draw(database: Path, out: Path, name: str) -> None:
    size, theme, presses = SHOTS[name]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(database, Path(folder) / "copy.db"))
        with open_store(copy) as store:
            session = open_review(store, all_runs(store)[0], reviewer="mira")
            app = UpholdApp(store, session, theme=theme)
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                for key in presses:
                    await _press(pilot, key)
                await pilot.pause()
                (out / f"{name}.svg").write_text(app.export_screenshot(), encoding="utf-8")


async def _home(database: Path, out: Path) -> None:
    with open_store(database) as store:
        app = UpholdApp(store, reviewer="mira")
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            (out / "10-home.svg").write_text(app.export_screenshot(), encoding="utf-8")


async def main(database: Path, out: Path, names: list[str]) -> None:
    """Draw the named screens, or all."""
    for name in names or SHOTS:
        if name in SHOTS:
            await _draw(database, out, name)
    if not names or "10-home" in names:
        await _home(database, out)


if __name__ == "__main__":
    Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
