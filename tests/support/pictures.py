"""A tool for whoever changes the look: writes every screen of the app as an SVG, as text, and as one page of HTML.

`python tests/support/pictures.py OUTDIR [SCENE ...] [--size 120x36] [--theme uphold-dark]`; all scenes, sizes and themes where
none is named. The scenes are in picture_scenes.py, the data they stand on in picture_data.py.
"""

import argparse
import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, suppress
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from support.app_samples import make_app
from support.import_screens import settled as import_settled
from support.picture_checkpoints import checkpoints
from support.picture_data import MADE
from support.picture_imports import files_to_import
from support.picture_judging import at_work
from support.picture_new_checkpoint import half_done
from support.picture_scenes import SCENES, Scene
from support.picture_standing import lapsed, standing
from support.picture_troubles import STEPS, mended, paste
from support.picture_workbench import workbench
from support.screen_text import as_text
from support.settling import settled
from uphold.errors import DatabaseLost
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import open_review
from uphold_tui.app import UpholdApp
from uphold_tui.review.screen import ReviewScreen

THEMES = ("uphold-dark", "uphold-light", "uphold-contrast")

_MADE = {
    **MADE,
    "files": files_to_import,
    "checkpoints": checkpoints,
    "standing": standing,
    "lapsed": lapsed,
    "workbench": workbench,
}

_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@contextmanager
def opened(scene: Scene, folder: Path, theme: str = THEMES[0]) -> Iterator[UpholdApp]:
    """The app on a copy of the scene's database, which is made in `folder` where it is not there yet."""
    made = folder / scene.data / "made" / "support.db"
    if not made.exists():
        made.parent.mkdir(parents=True)
        _MADE[scene.data](made)
    copy = Path(shutil.copy(made, folder / scene.data / "support.db"))
    for left in folder.glob(f"{scene.data}/support.db-*"):
        left.unlink()
    with ExitStack() as stack:
        files = made.parent / "files"
        if files.is_dir():
            stack.enter_context(chdir(files))  # what the screens of an import list first
        stack.enter_context(mended())
        if "~lost" in scene.presses:
            stack.enter_context(suppress(DatabaseLost))  # that nothing since is kept is said at the end too
        store = stack.enter_context(open_store(copy))
        if scene.no_color:
            os.environ["NO_COLOR"] = "1"
            stack.callback(os.environ.pop, "NO_COLOR")
        yield _app(scene, store, scene.theme or theme)


def _app(scene: Scene, store: Store, theme: str) -> UpholdApp:
    if scene.options is None:
        app = make_app(store, reviewer=scene.reviewer, theme=theme, signs=scene.signs)
        if scene.judging:
            app.navigator.judging = at_work(store, all_runs(store)[3])
        if scene.checkpoint:
            app.navigator.checkpoint = half_done(store, all_runs(store)[-1])
        return app
    session = open_review(store, all_runs(store)[scene.run - 1], scene.reviewer, scene.options)
    return make_app(store, session, reviewer=scene.reviewer, theme=theme, hold=scene.hold, signs=scene.signs)


async def lead(pilot: "Pilot[Any]", scene: Scene) -> None:
    """Press the keys of the scene, each when what the one before did has been drawn."""
    await _quiet(pilot)
    for press in (*(("j",) if scene.judging else ()), *scene.presses):
        if press[0] == "~":
            STEPS[press[1:]](pilot)
            await pilot.pause()
            continue
        await _press(pilot, press)
        await _quiet(pilot)


async def _press(pilot: "Pilot[Any]", press: str) -> None:
    screen = pilot.app.screen
    if press[0] == '"':
        await pilot.press(*press[1:])
        return
    if press[0] == "^":
        paste(pilot, press[1:])
        return
    if press[0] == "@":
        assert isinstance(screen, ReviewScreen)
        session = screen.session
        key, _, turn = press[1:].partition("/")
        assert session.go_to(1)
        while session.current is None or session.current.key != key or turn not in ("", str(session.current.turn)):
            assert session.go_next()
        screen.go_to_place(session.index)
        return
    if press == "!":
        assert isinstance(screen, ReviewScreen)
        pair = screen.session.current
        verdict = pair.judge.verdict.preference if pair is not None and pair.judge is not None else None
        press = "b" if pair is not None and verdict is not None and pair.side_of(verdict) == "A" else "a"
    await pilot.press(press)


async def _quiet(pilot: "Pilot[Any]") -> None:
    """Wait until nothing is read or counted beside the app any more, and all is painted: a key before that is dropped."""
    await pilot.pause()
    await settled(pilot.app)
    await import_settled(pilot)


def without_fonts(svg: str) -> str:
    """A picture that asks no other place for its fonts."""
    return _COMMENT.sub("", _FONTS.sub("", svg))


async def draw(name: str, size: tuple[int, int], theme: str, folder: Path, out: Path) -> str:
    """Draw a scene; answers the name of the picture."""
    picture = f"{name}.{size[0]}x{size[1]}.{theme.removeprefix('uphold-')}"
    with opened(SCENES[name], folder, theme) as app:
        async with app.run_test(size=size) as pilot:
            await lead(pilot, SCENES[name])
            (out / f"{picture}.svg").write_text(without_fonts(app.export_screenshot()), encoding="utf-8")
            (out / f"{picture}.txt").write_text(as_text(app) + "\n", encoding="utf-8")
    return picture


async def main(out: Path, names: list[str], size: str | None, themes: list[str]) -> None:
    """Draw the named scenes, or all, and a page that shows them."""
    pictures = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder  # no demo that somebody has begun on this machine is found
        for name in names or SCENES:
            if SCENES[name].data not in _MADE:
                continue
            for wanted in SCENES[name].sizes:
                if size is None or size == f"{wanted[0]}x{wanted[1]}":
                    pictures += [await draw(name, wanted, theme, Path(folder), out) for theme in themes]
    page = "\n".join(f'<h3>{name}</h3><img src="{name}.svg">' for name in pictures)
    (out / "index.html").write_text(
        f'<meta charset="utf-8"><style>img {{ width: 100% }}</style>{page}', encoding="utf-8"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("scenes", nargs="*")
    parser.add_argument("--size")
    parser.add_argument("--theme", action="append")
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(told.out, told.scenes, told.size, told.theme or list(THEMES)))
