"""How the app is opened, and what it loads for that."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.app_samples import database, make_app
from uphold.errors import BadUsage
from uphold.settings import Settings
from uphold.workflows.review_resuming import WantedReview
from uphold_tui.app import run_app
from uphold_tui.app_options import AppOptions

HEAVY = ("anthropic", "openai", "httpx2", "pydantic", "numpy", "pandas", "scipy", "rich.markdown", "uphold.stats")

ELSEWHERE = (
    "uphold.records.sets",
    "uphold.records.set_history",
    "uphold.records.pair_list",
    "uphold.store.pair_columns",
    "uphold.store.run_list",
    "uphold_tui.dialogs.overlay",
    "uphold_tui.review.summary_screen",
)
"""What other screens need; making its records takes a twentieth of the time to the first frame."""


def test_a_theme_that_does_not_exist_is_an_error_that_names_those_there_are(tmp_path: Path) -> None:
    store = database(tmp_path)
    with pytest.raises(BadUsage, match=r"there is no theme 'mauve'; themes are .*uphold-dark"):
        make_app(store, theme="mauve")


def test_a_judge_that_has_not_judged_is_an_error_before_anything_is_drawn(tmp_path: Path) -> None:
    store = database(tmp_path)
    with pytest.raises(BadUsage, match="has not judged this run"):
        run_app(store, AppOptions(reviewer="mira"), Settings(), review=WantedReview(judge="nobody"))


def test_nothing_heavy_is_loaded_before_the_first_frame() -> None:
    script = (
        "import sys, uphold_tui.app, uphold_tui.review.screen, uphold.workflows.review_resuming, uphold.workflows.lookup\n"
        f"print([name for name in {HEAVY + ELSEWHERE!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "theme", ["uphold-light", "textual-dark", "nord", "ansi-dark", "ansi-light", "solarized-light"]
)
async def test_the_review_is_drawn_in_every_kind_of_theme(tmp_path: Path, theme: str) -> None:
    from support.app_samples import app, press, shown

    store = database(tmp_path)
    async with app(store, theme=theme).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "t", "left", "d", "question_mark")
        assert "Keys while reviewing" in shown(pilot)
