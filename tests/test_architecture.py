"""docs/architecture.md names files and functions that exist, and its walks are short."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
STEP = re.compile(r"^\| (\d+) \| `([^`]+)` \| `([^`]+)` \|", re.MULTILINE)


def defined(file: Path) -> set[str]:
    """Functions and methods of a module, as `name` and `Class.name`."""
    names = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = (part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
            names |= {f"{node.name}.{method.name}" for method in methods}
    return names


@pytest.mark.parametrize(("file", "name"), [step[1:] for step in STEP.findall(PAGE)])
def test_each_step_of_a_walk_is_in_the_file_it_names(file: str, name: str) -> None:
    assert name in defined(ROOT / file)


def test_no_walk_has_more_than_twelve_steps() -> None:
    walks = PAGE.split("\n## Walk ")[1:]
    assert len(walks) == 3
    assert all(0 < len(STEP.findall(walk)) <= 12 for walk in walks)


def test_every_path_on_the_page_exists() -> None:
    paths = re.findall(r"`((?:core|tui|tests)/[^`]*)`", PAGE)
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing


@pytest.mark.skipif(not (ROOT / ".github").is_dir(), reason="a source distribution has no workflow")
def test_the_checks_before_a_commit_and_those_of_the_workflow_are_those_of_ci_run() -> None:
    checks = re.findall(r"^\.venv/bin/.*", (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)
    hooks = re.findall(r"entry: (.*)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert hooks == checks
    assert re.findall(r"run: (.*)", (ROOT / ".github/workflows/checks.yml").read_text("utf-8")) == [".ci/run"]
