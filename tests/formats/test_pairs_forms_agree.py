import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from uphold.errors import BadFile
from uphold.formats.reading import ReadOptions
from uphold.formats.registry import FORMATS, open_files
from uphold.records.rows import ImportRow, RowSource

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)

TAG = TEXT.filter(lambda tag: "," not in tag and tag == tag.strip())

SHARE = st.floats(0, 1, allow_subnormal=False)

TURNS = st.lists(TEXT, min_size=2, max_size=3)


@st.composite
def rows_that_csv_can_hold(draw: st.DrawFn) -> dict[str, Any]:
    turns = draw(st.none() | TURNS)
    cells: Any = TEXT if turns is None else st.lists(TEXT, min_size=len(turns), max_size=len(turns))
    optional = {
        "key": TEXT,
        "context": TEXT,
        "reference": cells,
        "tags": st.lists(TAG, min_size=1, unique=True),
        "response_candidate": cells,
        "response_baseline": cells,
        "turn": st.integers(1, len(turns or [""])),
        "judge": TEXT,
        "verdict": st.sampled_from(["candidate", "baseline", "tie"]),
        "order": st.sampled_from(["candidate-first", "baseline-first"]),
        "confidence": SHARE,
        "reason": TEXT,
        "reviewer": TEXT,
        "review": st.sampled_from(["candidate", "baseline", "tie", "both-bad"]),
        "note": TEXT,
    }
    row = draw(st.fixed_dictionaries({}, optional=optional))
    return row | ({"instruction": draw(TEXT)} if turns is None else {"turns": turns})


def as_csv(rows: list[dict[str, Any]]) -> str:
    header = list(dict.fromkeys(field for row in rows for field in row))
    out = io.StringIO(newline="")
    # One cell of white space without quotes is a blank line.
    writer = csv.writer(out, quoting=csv.QUOTE_ALL if len(header) == 1 else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell_of(field, row.get(field)) for field in header])
    return out.getvalue()


def cell_of(field: str, value: Any) -> str:
    if value is None:
        return ""
    if field == "tags":
        return ",".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def without_places(rows: list[ImportRow]) -> list[tuple[Any, ...]]:
    fields = [name for name in ImportRow.__slots__ if name != "source"]
    return [tuple(getattr(row, name) for name in fields) for row in rows]


def read_bytes(content: bytes, **options: Any) -> list[ImportRow]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "set")
        path.write_bytes(content)
        return list(open_files([path], ReadOptions(options.pop("as_", "pairs"), **options)).rows)


@given(st.lists(rows_that_csv_can_hold(), min_size=1, max_size=4), st.booleans())
def test_the_same_rows_read_the_same_from_lines_array_and_csv(rows: list[dict[str, Any]], plain: bool) -> None:
    lines = "\n".join(json.dumps(row, ensure_ascii=plain) for row in rows)
    array = json.dumps(rows, ensure_ascii=plain, indent=1)
    from_lines = without_places(read_bytes(lines.encode()))
    assert len(from_lines) == len(rows)
    assert without_places(read_bytes(array.encode())) == from_lines
    assert without_places(read_bytes(as_csv(rows).encode())) == from_lines


SIGNS = [b"[", b"]", b",", b"\n", b'"', b"{", b"}", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\\ud800", b"NaN", b"1e999"]

STARTS = [
    b'{"key": "a"}',
    b"key,instruction",
    b'{"question_id": 1, "turns": ["a"]}',
    b'{"question_id": 1, "model_a": "a", "model_b": "b", "winner": "tie"}',
    b'{"instruction": "a", "output": "b"}',
    b'{"idx": 1, "x_result": 1}',
]

PIECES = st.sampled_from([*SIGNS, *STARTS])


def outcome(content: bytes, as_: str | None, skip_bad: bool) -> list[ImportRow] | BadFile:
    try:
        return read_bytes(content, as_=as_, skip_bad=skip_bad)
    except BadFile as error:
        return error


@given(
    st.binary(max_size=200) | st.lists(PIECES, max_size=12).map(b"".join),
    st.none() | st.sampled_from(FORMATS),
    st.booleans(),
)
@settings(max_examples=examples(300))
def test_random_bytes_raise_nothing_but_bad_file(content: bytes, as_: str | None, skip_bad: bool) -> None:
    found = outcome(content, as_, skip_bad)
    assert str(found) if isinstance(found, BadFile) else all(isinstance(row.source, RowSource) for row in found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)

SHAPES = {
    "pairs": ["key", "instruction", "turns", "tags", "reference", "response_candidate", "turn", "verdict", "review"],
    "pandalm": ["idx", "cmp_key", "instruction", "input", "response1", "response2", "annotator1", "motivation_app"],
    "alpaca-eval": ["instruction", "output_1", "output_2", "preference", "generator_1", "annotator", "raw_completion"],
    "mt-bench": ["question_id", "model_a", "model_b", "winner", "judge", "turn", "conversation_a", "conversation_b"],
}


@given(st.data(), st.sampled_from(sorted(SHAPES)), st.booleans())
@settings(max_examples=examples(200))
def test_fields_of_any_kind_raise_nothing_but_bad_file(data: st.DataObject, name: str, skip_bad: bool) -> None:
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(SHAPES[name], JSON)), min_size=1, max_size=3))
    found = outcome(json.dumps(rows).encode(), name, skip_bad)
    if isinstance(found, BadFile):
        assert str(found).startswith("set")
    else:
        assert all(isinstance(row.source, RowSource) for row in found)
