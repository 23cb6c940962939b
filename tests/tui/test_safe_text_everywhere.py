"""Everything foreign that a screen or widget draws passes through `safe_text`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import uphold_tui

ROOT = Path(uphold_tui.__file__).parent
FOREIGN = {
    "key",
    "tags",
    "turns",
    "context",
    "references",
    "candidate",
    "baseline",
    "candidate_cells",
    "baseline_cells",
    "raw",
    "comment",
    "note",
    "problem",
    "carried_from",
    "set",
    "purpose",
    "text",
}
"""Fields of records that hold what somebody else wrote."""

OURS = {
    ("keys", "key"),
    ("row", "turns"),
    ("entry", "key"),
    ("event", "key"),
    ("line", "text"),
    ("command", "keys"),
    ("self", "text"),
    ("field", "text"),
}
"""The same names on things of our own."""


def _files() -> list[Path]:
    return [
        file
        for folder in sorted(ROOT.iterdir())
        if folder.is_dir() and folder.name != "commands"
        for file in sorted(folder.rglob("*.py"))
    ]


def _foreign_reads(tree: ast.AST) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in FOREIGN:
            owner = node.value
            if not (isinstance(owner, ast.Name) and (owner.id, node.attr) in OURS):
                yield node


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}


def _is_drawing(node: ast.AST) -> bool:
    """Is this a place where a string becomes something on the screen?"""
    if isinstance(node, ast.JoinedStr):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name.split(".")[0] == "Content" or name in ("Static", "Label", "notify", "self.notify", "self.app.notify")


def test_no_foreign_field_is_drawn_without_safe_text() -> None:
    offences = []
    for file in _files():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        parents = _parents(tree)
        for read in _foreign_reads(tree):
            if isinstance(parents.get(read), ast.Attribute):
                continue
            node: ast.AST | None = read
            while node is not None:
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("safe_text."):
                    break
                if _is_drawing(node):
                    offences.append(f"{file.name}:{read.lineno}: {ast.unparse(read)}")
                    break
                node = parents.get(node)
    assert not offences


def test_no_screen_or_widget_uses_markup_or_what_reads_strings_as_markup() -> None:
    for file in _files():
        source = file.read_text(encoding="utf-8")
        for name in (
            "from_markup",
            "border_title",
            "border_subtitle",
            "tooltip",
            "markup=True",
            "Label(",
            "RichLog",
        ):
            assert name not in source, f"{file.name} uses {name}"


def test_what_is_notified_is_read_as_text_and_holds_nothing_foreign() -> None:
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".notify"):
                where = f"{file.name}:{node.lineno}"
                assert any(word.arg == "markup" and ast.unparse(word.value) == "False" for word in node.keywords), where
                assert isinstance(node.args[0], ast.Constant), where


def test_every_static_has_its_markup_turned_off() -> None:
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Static":
                assert any(word.arg == "markup" for word in node.keywords), f"{file.name}:{node.lineno}"


def test_only_safe_text_knows_the_map_of_hostile_characters() -> None:
    for file in ROOT.rglob("*.py"):
        if file.name not in ("safe_text.py", "console.py"):
            assert "uphold.text" not in file.read_text(encoding="utf-8"), file.name
