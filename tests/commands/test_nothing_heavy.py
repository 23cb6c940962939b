"""Nothing heavy at start: which modules a command has loaded when it is done."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.command_line import environment
from support.imports import bring_files, judged, write
from support.stores import new_store

HEAVY = {"textual", "anthropic", "openai", "numpy", "scipy", "pandas", "httpx2", "jinja2", "xlsxwriter"}

FACES = {"textual", "rich", "typer", "uphold_tui"}

_RUN = """
import json, sys
sys.argv = ["uphold", *sys.argv[1:]]
from uphold_tui.cli import main
try:
    main()
except SystemExit as leaving:
    code = leaving.code
print(json.dumps([code or 0, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""

_CORE = """
import importlib, json, pkgutil, sys
import uphold
for module in pkgutil.walk_packages(uphold.__path__, "uphold."):
    importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one pair, and the file that it came from."""
    made = tmp_path_factory.mktemp("light")
    with new_store(made / "x.db") as store:
        bring_files(store, write(made / "rows.jsonl", judged()), set="s")
    return made


def loaded(folder: Path, *arguments: str) -> set[str]:
    ended = subprocess.run(
        [sys.executable, "-c", _RUN, "--db", "x.db", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    code, modules = json.loads(ended.stderr.splitlines()[-1])
    assert code == 0, ended.stderr
    return set(modules)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["import", "rows.jsonl", "--set", "s"],
        ["stats"],
        ["stats", "--json"],
        ["stats", "--set", "s", "--full"],
        ["runs"],
        ["show", "1", "k"],
        ["imports"],
        ["judge", "--help"],
        ["review", "--help"],
        ["export", "csv"],
        ["export", "jsonl", "-o", "out.jsonl", "--force"],
    ],
)
def test_a_command_loads_neither_the_app_nor_a_models_sdk(folder: Path, arguments: list[str]) -> None:
    assert loaded(folder, *arguments) & HEAVY == set()


def test_the_help_does_not_even_open_a_database(tmp_path: Path) -> None:
    assert loaded(tmp_path, "--help") & {"sqlite3", "sqlite_utils", "rich"} == set()


def test_core_is_loaded_whole_without_a_face() -> None:
    ended = subprocess.run([sys.executable, "-c", _CORE], capture_output=True, text=True, check=True, env=environment())
    assert set(json.loads(ended.stdout)) & FACES == set()


def test_a_review_is_opened_without_the_records_of_the_statistics() -> None:
    """Its numbers are counted after the first frame, and the frame does not wait for their modules."""
    code = "import uphold.workflows.review_opening, uphold_tui.app, sys; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert "uphold_tui.review.screen" in ended.stdout.split()
    late = {"uphold.records.statistics", "uphold.records.comparisons", "uphold.reports.model", "uphold.stats.summary"}
    assert late & set(ended.stdout.split()) == set()
