"""Pairs, databases and apps for the tests of the app."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot

from uphold.records.enums import AnswerOrder, Choice, EventKind, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judgment, PairVerdict
from uphold.records.reviews import PairView, ReviewerState, ReviewEvent
from uphold.records.texts import ExampleText
from uphold.settings import Settings
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.lookup import Store, find_run, open_store
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession
from uphold_tui.app import UpholdApp
from uphold_tui.app_options import AppOptions
from uphold_tui.review.screen import ReviewScreen
from uphold_tui.themes import DARK

_FOLDER = tempfile.TemporaryDirectory(prefix="uphold-samples-")
"""Where databases are made, each once in a process; removed at its end."""

_opened: list[Store] = []


@pytest.fixture(autouse=True)
def closed_databases() -> Iterator[None]:
    """For a conftest: what `database` opened in a test is closed after it."""
    yield
    while _opened:
        _opened.pop().close()


@pytest.fixture(autouse=True)
def own_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For a conftest: no demo that somebody has begun on this machine is found."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


def judgment(order: AnswerOrder, verdict: Preference | None, reason: str = "because", **more: Any) -> Judgment:
    """One answer of a judge; unreadable without a verdict."""
    status = JudgmentStatus.READABLE if verdict is not None else JudgmentStatus.UNREADABLE
    return Judgment(order, status, verdict, reason=reason, **more)


def judge(verdict: Verdict, *judgments: Judgment, name: str = "haiku strict", kind: str = "llm") -> PairVerdict:
    """A judge's verdict; made from two orders that agree where no judgments are given."""
    preferred = verdict.preference
    if not judgments and preferred is not None:
        judgments = tuple(
            judgment(order, preferred, f"reason {order.value}", confidence=0.8)
            for order in (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)
        )
    return PairVerdict(1, name, kind, verdict, judgments)


def pair(**changes: Any) -> PairView:
    """A pair whose candidate stands on side A and is preferred by its judge."""
    made = PairView(
        pair_id=1,
        key="desk-0038",
        turn=1,
        text=ExampleText(("Write the reply.",)),
        tags=("billing", "refund"),
        candidate="lora-r16",
        baseline="base-7b",
        candidate_cells=("Hi Dana, the second charge was our mistake.",),
        baseline_cells=("Dear valued customer, please wait.",),
        side_a=Preference.CANDIDATE,
        judge=judge(Verdict.CANDIDATE),
    )
    return replace(made, **changes)


def decided(choice: Choice, **more: Any) -> ReviewerState:
    """Where somebody stands who has decided."""
    return ReviewerState(decision=ReviewEvent("e", EventKind.DECISION, 1, choice), **more)


def rows(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Rows of the `pairs` format: the judge prefers the candidate, in both orders."""
    made: list[dict[str, Any]] = []
    for number in range(count):
        row = {
            "key": f"k-{number:03d}",
            "instruction": f"instruction {number}",
            "response_candidate": f"candidate {number}",
            "response_baseline": f"baseline {number}",
            "judge": "judge",
            "order": "candidate-first",
            "verdict": "candidate",
            "confidence": 0.8,
            "reason": "A is right.",
        }
        first = row | changes
        made += [first, _second(first)]
    return made


def _second(first: Mapping[str, Any]) -> dict[str, Any]:
    """The same verdict in the other order."""
    kept = {name: first[name] for name in ("key", "judge", "verdict", "candidate", "baseline") if name in first}
    return kept | {"order": "baseline-first", "reason": "B is right."}


def database(path: Path, lines: Iterable[Mapping[str, Any]] | None = None, count: int = 4) -> Store:
    """A database with a run of these rows, beside their file; the first in a folder is a copy of what was made before."""
    text = "".join(json.dumps(row) + "\n" for row in (rows(count) if lines is None else lines))
    file, made = path / "sample.jsonl", path / "uphold.db"
    file.write_text(text, encoding="utf-8")
    if not made.exists():
        shutil.copy(_imported(text), made)
        _opened.append(open_store(made))
        return _opened[-1]
    _opened.append(open_store(made))
    for _ in import_files(_opened[-1], ImportRequest([file])):
        pass
    return _opened[-1]


@cache
def _imported(text: str) -> Path:
    folder = Path(_FOLDER.name, str(_imported.cache_info().currsize))
    folder.mkdir()
    file = folder / "sample.jsonl"
    file.write_text(text, encoding="utf-8")
    with open_store(folder / "uphold.db", create=True) as store:
        for _ in import_files(store, ImportRequest([file])):
            pass
    return folder / "uphold.db"


def session(store: Store, reviewer: str = "mira") -> ReviewSession:
    """A review of the only run."""
    return open_review(store, find_run(store, None), reviewer=reviewer)


def make_app(
    store: Store, session: ReviewSession | None = None, settings: Settings | None = None, **options: Any
) -> UpholdApp:
    """The app with these options (see AppOptions), in uphold's usual theme whatever terminal the tests run in.

    An overturned pair does not stay unless `hold` says so.
    """
    return UpholdApp(store, session, AppOptions(**{"theme": DARK.name, "hold": "never", **options}), settings)


def app(store: Store, **settings: Any) -> UpholdApp:
    """The app on a review of the only run."""
    return make_app(store, session(store), **settings)


def review(pilot: "Pilot[str]") -> ReviewScreen:
    """The review screen."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ReviewScreen)
    return screen


async def press(pilot: "Pilot[str]", *keys: str) -> None:
    """Press keys one after the other, each when the screen has drawn what the one before did."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


async def press_at_once(pilot: "Pilot[str]", *keys: str) -> None:
    """Press keys as they come in one write of a terminal: none waits for another; what begins with a blank is pasted."""
    for key in keys:
        is_pasted = key.startswith(" ")
        pilot.app.post_message(Paste(key[1:]) if is_pasted else Key(key, key if len(key) == 1 else None))
    await pilot.pause()


def shown(pilot: "Pilot[str]") -> str:
    """The screen as rows of text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def plain(contents: Sequence[Any]) -> list[str]:
    """Rows of content as text without trailing blanks."""
    return [content.plain.rstrip() for content in contents]
