"""Training files in every shape: all texts of a row, with the line where it begins, one row at a time."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.errors import BadFile
from uphold.formats.files import find_file
from uphold.formats.training_rows import iter_training_rows, texts_in


def rows(path: Path, content: str | bytes) -> list[tuple[int, list[str]]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(row.line, row.texts) for row in iter_training_rows(find_file(path), lambda _: None)]


TALK = {"messages": [{"role": "user", "content": "Hi\nthere"}, {"role": "assistant", "content": "Ho"}], "n": 3}
TEXTS = ["user", "Hi\nthere", "assistant", "Ho"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", f"\n{json.dumps(TALK)}\n\n{json.dumps(['x', {'y': 'z'}])}\n", [(2, TEXTS), (4, ["x", "z"])]),
        ("a.json", json.dumps([TALK, {"a": "b"}]), [(1, TEXTS), (1, ["b"])]),
        ("b.json", json.dumps([TALK, {"a": "b"}], indent=1), [(2, TEXTS), (15, ["b"])]),
        (
            "c.csv",
            'asked;answer\n"two\nlines";ok\nlast;\n',
            [(1, ["asked", "answer"]), (2, ["two\nlines", "ok"]), (4, ["last"])],
        ),
        ("d.txt", "One, two\n\n{no json}\n", [(1, ["One, two\n"]), (3, ["{no json}\n"])]),
        ("e.jsonl", '{"a": "b"}\n{"a": "cut of', [(1, ["b"]), (2, ['{"a": "cut of'])]),
    ],
)
def test_every_text_of_a_row_is_read_whatever_the_shape(
    tmp_path: Path, name: str, content: str, expected: list[tuple[int, list[str]]]
) -> None:
    assert rows(tmp_path / name, content) == expected
    assert rows(tmp_path / f"{name}.gz", gzip.compress(content.encode())) == expected


@given(
    st.lists(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=3))),
    st.booleans(),
)
def test_an_array_is_read_item_by_item_as_it_would_be_as_a_whole(
    tmp_path_factory: pytest.TempPathFactory, items: list[object], indented: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "array.json"
    content = json.dumps(items, indent=2 if indented else None, ensure_ascii=False)
    if any(isinstance(item, str) and not item.isprintable() for item in texts_in(items)):
        content = json.dumps(items)
    assert [texts for _, texts in rows(path, content)] == [texts_in(item) for item in items]


def test_an_item_longer_than_what_is_read_at_once_is_read(tmp_path: Path) -> None:
    long = "wörter " * 400_000
    assert rows(tmp_path / "a.json", json.dumps([long, "b"], ensure_ascii=False)) == [(1, [long]), (1, ["b"])]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[1, 2\n3]", 'a.json:2: not JSON: "," expected here'),
        ('["a",\n "b', "a.json:2: not JSON: "),
        ("[" * 100_000, "a.json:1: nested too deeply to be read"),
    ],
)
def test_an_array_that_is_none_is_an_error_with_its_line(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(BadFile, match=problem.replace("(", r"\(")):
        rows(tmp_path / "a.json", content)


def test_texts_are_found_at_any_depth() -> None:
    deep: object = "text"
    for _ in range(5000):
        deep = [deep]
    assert texts_in(deep) == ["text"]
