"""CONTRIBUTING.md and the pages of docs: their paths, names and links exist, their commands run, their tables are complete."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from support import keys_page, model_server
from support.documents import ROOT, Command, Page, options_of, review, run
from support.run_counts import compared
from uphold.endpoints.addresses import KINDS
from uphold.formats import registry
from uphold.formats.column_mapping import FIELDS
from uphold.judging import judges
from uphold.judging.rules import RULES
from uphold.records.comparisons import JudgeComparison, RunDifference
from uphold.records.counts import ReviewerHabits
from uphold.records.statistics import ReachableWidth, ReviewPlan, WidthForecast
from uphold.reports.json_output import statistics_json
from uphold.settings import Settings, read_settings
from uphold.stats.summary import run_statistics
from uphold.workflows.export_formats import FORMATS
from uphold_tui import keys
from uphold_tui.keymap_check import check_keymap

PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
GUIDES = [
    "docs/getting-started.md",
    "docs/sets.md",
    "docs/judges.md",
    "docs/numbers.md",
    "docs/formats.md",
    "docs/exports.md",
    "docs/scripts.md",
    "docs/ci.md",
    "docs/checkpoints.md",
    "docs/settings.md",
    "docs/reviewing-together.md",
    "docs/reports.md",
]
"""Pages with commands for users."""

TOP_LEVEL = r"core|tui|tests|docs|sample_sets|\.ci|\.github"
_PATH = re.compile(rf"`((?:{TOP_LEVEL})/[^`\s]*|pyproject\.toml|\.ci/run|[A-Z]+\.md|\.pre-commit-config\.yaml)`")
_NAME_AND_PATH = re.compile(r"`(\.?[A-Za-z_][\w.]*)` (?:in|of|\() ?`?((?:core|tui|tests)/[\w/.]+\.py)`")
_PATH_AND_NAME = re.compile(r"`((?:core|tui|tests)/[\w/.]+\.py)` \(`([A-Za-z_][\w.]*)`\)")


@pytest.mark.parametrize("name", PAGES)
def test_every_path_on_a_page_exists(name: str) -> None:
    missing = [path for path in _PATH.findall(Page(name).text) if not (ROOT / path).exists()]
    assert not missing


@pytest.mark.parametrize("name", PAGES)
def test_every_link_on_a_page_leads_somewhere(name: str) -> None:
    page = Page(name)
    targets = [target for target in re.findall(r"\]\(([^)#]+)", page.text) if not target.startswith("http")]
    assert not [target for target in targets if not (page.path.parent / target).exists()]


def defined(file: Path) -> set[str]:
    """Functions, classes, methods and variables of a module, methods and fields also as `Class.name`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if isinstance(node, ast.ClassDef):
            inside = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
            fields = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
            names |= {f"{node.name}.{part.name}" for part in inside}
            names |= {f"{node.name}.{target.id}" for target in fields if isinstance(target, ast.Name)}
    return names


def named() -> list[tuple[str, str]]:
    """(name, file) wherever a page names something together with the file it is in."""
    texts = [re.sub(r"\s+", " ", Page(name).text) for name in PAGES]
    found = [pair for text in texts for pair in _NAME_AND_PATH.findall(text)]
    return [*found, *((name, path) for text in texts for path, name in _PATH_AND_NAME.findall(text))]


def test_names_are_in_the_files_that_pages_name_with_them() -> None:
    assert len(named()) > 15
    wrong = [(name, path) for name, path in named() if name.lstrip(".") not in defined(ROOT / path)]
    assert not wrong


# commands


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    """The environment of a model server that always prefers answer A."""
    with model_server.serving(lambda asked: model_server.verdict("A")) as server:
        yield {"ANTHROPIC_API_KEY": "sk-test", "ANTHROPIC_BASE_URL": server.url, "NO_PROXY": "127.0.0.1"}


def prepared(folder: Path, env: dict[str, str]) -> None:
    """Three runs of which people have read the same 40 examples, as the pages after the first assume."""
    texts = {"reference": "It left on 3 May.", "response_baseline": "Please wait.", "baseline": "base-7b"}
    for candidate in ("lora-r16", "lora-r32", "lora-r8"):
        rows = [
            {
                "key": f"q-{number:02d}",
                "instruction": f"Question {number}?",
                **texts,
                "candidate": candidate,
                "response_candidate": f"It left on {number} May, says {candidate}.",
                "tags": ["delivery" if number % 2 else "returns"],
                "reviewer": "ada",
                "review": "candidate" if number % 4 else "baseline",
                "judge": "sample",
                "verdict": "candidate" if number % 3 else "tie",
            }
            for number in range(40)
        ]
        path = folder / f"{candidate}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        done = run(Command(f"uphold import {path.name} --set desk"), folder, env)
        assert done.returncode == 0, done.stderr
    later = [{"key": f"q-{number:02d}", "response_candidate": "It left."} for number in range(40)]
    (folder / "checkpoint.jsonl").write_text("".join(json.dumps(row) + "\n" for row in later), "utf-8")


@pytest.mark.parametrize("name", GUIDES)
def test_every_command_on_a_page_runs_as_it_stands_there(name: str, tmp_path: Path, served: dict[str, str]) -> None:
    page = Page(name)
    if name not in ("docs/getting-started.md", "docs/formats.md"):
        prepared(tmp_path, served)
    for file, text in page.files().items():
        (tmp_path / file).write_text(text, "utf-8")
    inline = [command for command in page.inline_commands() if len(command.words) > 1]  # alone it is a name
    for command in [*page.block_commands(), *inline]:
        if not command.runs:
            continue
        if command.is_review:
            assert review(command, tmp_path, served, decides="--plan" not in command.text) == 0, command
            continue
        done = run(command, tmp_path, served)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        if "--json" in command.words:
            json.loads(done.stdout)


@pytest.mark.parametrize("name", GUIDES)
def test_every_option_on_a_page_is_one_of_its_command(name: str) -> None:
    page = Page(name)
    commands = [*page.block_commands(), *page.inline_commands()]
    known = {subject: options_of(subject) for subject in map(_subject, commands)}
    for command in commands:
        used = {word.partition("=")[0] for word in command.words if re.match(r"--?[a-z]", word)}
        assert used <= known[_subject(command)], command
    everywhere = set().union(*(options_of(word) for word in ALL_COMMANDS))
    alone = set(re.findall(r"`(--[a-z][\w-]*)", page.text))
    assert alone <= everywhere | {"--help"}


def _subject(command: Command) -> str:
    """The command that takes the options: of a group such as `set` the one in it."""
    groups, commands = ("set", "systems", "reviewers"), (["runs", "bless"], ["judges", "show"], ["judges", "wrong"])
    is_in_group = command.words[0] in groups or command.words[:2] in commands
    return " ".join(command.words[: 2 if is_in_group else 1])


ALL_COMMANDS = (
    *(
        "demo",
        "init",
        "import",
        "run",
        "generate",
        "perplexity",
        "judge",
        "review",
        "stats",
        "judges",
        "plan",
        "compare",
        "gate",
    ),
    *("show", "runs", "export", "imports", "next", "decide", "completion", "report", "replay", "set pin"),
    *("pack", "merge", "backup", "doctor", "judges show", "judges wrong"),
    *(f"set {word}" for word in ("add", "edit", "retire", "tag", "guidelines", "export", "import", "forget", "undo")),
    *(f"set {word}" for word in ("check", "propose")),
)


# what a page lists in full


def test_the_page_of_keys_is_what_the_tables_of_keys_give() -> None:
    assert Page("docs/keys.md").text == keys_page.page(), "python tests/support/keys_page.py > docs/keys.md"
    tables = {id(table) for table in vars(keys).values() if isinstance(table, tuple) and isinstance(table[0], keys.Key)}
    assert tables == {id(table) for table in keys_page.SCREENS.values()}


def test_the_settings_on_their_page_are_all_there_and_can_be_used(tmp_path: Path) -> None:
    (block,) = Page("docs/settings.md").blocks("toml")
    (tmp_path / "uphold.toml").write_text(block, "utf-8")
    found = read_settings(tmp_path / "uphold.toml")
    texts = [name for name, value in asdict(Settings()).items() if value is None or isinstance(value, str)]
    assert [name for name in texts if getattr(found, name) == getattr(Settings(), name)] == []
    check_keymap(found.keys)


def test_keys_that_the_page_of_keys_remaps_leave_no_key_with_two_meanings(tmp_path: Path) -> None:
    (block,) = Page("docs/keys.md").blocks("toml")
    (tmp_path / "uphold.toml").write_text(block, "utf-8")
    table = keys.remapped(keys.REVIEW, read_settings(tmp_path / "uphold.toml").keys)
    pressed = [key for entry in table for key in entry.keys]
    assert len(pressed) == len(set(pressed))


def in_backquotes(name: str) -> set[str]:
    return {word for quoted in re.findall(r"`([^`\n]+)`", Page(name).text) for word in re.findall(r"[\w-]+", quoted)}


def test_every_field_of_a_judge_is_on_the_page_of_judges() -> None:
    options = {option for names in judges._LLM_OPTIONS.values() for option in names}
    wanted = {*judges._FIELDS, *options, *RULES, *KINDS, "win", "tie", "margin"}
    assert not wanted - in_backquotes("docs/judges.md")


def test_the_files_of_judges_on_the_page_are_read(tmp_path: Path) -> None:
    blocks = Page("docs/judges.md").blocks("toml")
    for block in blocks:
        path = tmp_path / "judges.toml"
        path.write_text(block, "utf-8")
        if block.startswith(("[[judge]]", "name = ")):
            assert judges.read_judges(path)
        else:
            settings = read_settings(path)
            for name, table in settings.judges.items():
                judges.judge_from_table({"name": name, **table}, name, None, settings.endpoints, settings.prices)
    assert len(blocks) == 5


def test_every_format_and_every_field_of_pairs_is_on_the_page_of_formats() -> None:
    assert not {*registry.FORMATS, *FIELDS} - in_backquotes("docs/formats.md")


def test_the_page_of_exports_has_every_format() -> None:
    assert not set(FORMATS) - in_backquotes("docs/exports.md")


def test_every_key_of_the_json_is_on_the_page_of_statistics() -> None:
    pairs_of_runs = compared(
        "WLTWLWTW" * 5, "WLTLLWIW" * 5, habits={1: ReviewerHabits(((0, 1.0, 1), (0, 0.0, 1)))}, planned=60
    )
    found = run_statistics(pairs_of_runs, full=True)
    records = [RunDifference, JudgeComparison, ReviewPlan, ReachableWidth, WidthForecast]
    fields = {field for record in records for field in record.__dataclass_fields__} - {"judge_caveat", "pilot"}
    missing = (_keys(statistics_json(found)) | fields | {"worth", "pilot"}) - in_backquotes("docs/statistics.md")
    assert not missing
    assert asdict(found)


def test_the_words_of_refusals_on_the_pages_are_those_of_the_code() -> None:
    source = " ".join(path.read_text("utf-8") for path in sorted((ROOT / "core/uphold").rglob("*.py")))
    page = re.sub(r"\s+", " ", Page("docs/statistics.md").text)
    told = [words for words in re.findall(r'"([^"]+)"', page) if " " in words]
    assert len(told) > 40
    parts = [part.strip(" ,.'()") for words in told for part in re.split(r"\b(?:[0-9]+|N|X|NAME|loss)\b", words)]
    assert not [part for part in parts if len(part) > 3 and part not in source]


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_keys, value)) if value else set()
    if isinstance(value, dict):
        return set(value) | set().union(*map(_keys, value.values())) if value else set()
    return set()


def test_the_budgets_on_the_page_are_those_of_the_benchmarks() -> None:
    page = Page("docs/performance.md").text
    groups = re.findall(r'^            "(\w+)": lambda', (ROOT / "tests/benchmarks/run.py").read_text("utf-8"), re.M)
    assert groups == re.findall(r"^\| `(\w+)` \|", page, re.M)
    for script, numbers in (
        ("startup", "18 35 120"),
        ("screens", "2.0 2.4 6 150"),
        ("asking", "1.05"),
        ("bringing", "4"),
    ):
        source = (ROOT / f"tests/benchmarks/{script}.py").read_text("utf-8")
        assert all(re.search(rf"[ ,(]{re.escape(number)}[,)]", source) for number in numbers.split()), script
        assert all(re.search(rf"\| {re.escape(number)}(?: MB)? \|", page) for number in numbers.split()), script


# automation


def test_the_workflow_and_the_hooks_run_what_the_script_of_checks_runs() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert "run: .ci/run" in (ROOT / ".github/workflows/checks.yml").read_text("utf-8")
    hooks = re.findall(r"entry: (.*)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert hooks == [line for line in script.splitlines() if line.startswith(".venv/bin/")]
