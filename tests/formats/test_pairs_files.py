import json
from typing import Any

import pytest

from uphold.errors import BadFile, BadUsage
from uphold.formats.json_values import LONGEST_LINE

GOOD = '{"key": "a", "response_candidate": "x"}'


def told(reading: Any, content: str | bytes, name: str = "set.jsonl", **options: Any) -> str:
    with pytest.raises(BadFile) as error:
        reading(content, name, **options)
    return str(error.value)


def test_the_three_forms_are_told_apart_by_content_not_by_name(reading: Any) -> None:
    for content in (GOOD, f"[{GOOD}]", "key,response_candidate\na,x\n"):
        for name in ("set.jsonl", "set.json", "set.csv", "set"):
            row = reading(content, name).only
            assert (row.key, row.responses[0].cells) == ("a", ("x",))


def test_a_byte_order_mark_and_blank_lines_are_passed_over(reading: Any) -> None:
    for content in (f"\n  \r\n{GOOD}\r\n\n", f" \n[\n{GOOD}\n]\n\n", "\n\nkey,response_candidate\n\na,x\n\n"):
        assert reading(b"\xef\xbb\xbf" + content.encode()).only.key == "a"


def test_a_place_has_the_line_and_in_arrays_and_csv_the_item(reading: Any) -> None:
    assert str(reading(f"\n{GOOD}").only.source) == "set.jsonl:2"
    assert [str(row.source) for row in reading(f"[\n{GOOD}, {GOOD},\n\n{GOOD}]").rows] == [
        "set.jsonl:2 (item 1)",
        "set.jsonl:2 (item 2)",
        "set.jsonl:4 (item 3)",
    ]
    csv = 'key,instruction\na,"one\ntwo"\n\nb,three\n'
    assert [str(row.source) for row in reading(csv).rows] == ["set.jsonl:2 (item 1)", "set.jsonl:5 (item 2)"]


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff", "[]", " [ ] ", "key,instruction\n"])
def test_a_file_without_a_row_is_an_error(reading: Any, content: str) -> None:
    assert "there is no row in it" in told(reading, content)


def test_json_that_breaks_off_is_told_at_its_line(reading: Any) -> None:
    lines = [GOOD] * 811 + ['{"key": "b", "instruction": ', GOOD]
    assert told(reading, "\n".join(lines)).startswith("set.jsonl:812: not JSON: expecting value at column ")
    assert told(reading, '{"key": "b",').startswith("set.jsonl:1: not JSON: ")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"key": "b', "unterminated string starting at column 9"),
        ('{"key": "a\tb"}', "invalid control character at column 11"),
    ],
)
def test_the_place_of_a_fault_is_named_with_one_at(reading: Any, line: str, problem: str) -> None:
    assert told(reading, line).startswith(f"set.jsonl:1: not JSON: {problem}")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (f'[{GOOD},\n{{"key": }}]', "set.jsonl:2 (item 2): not JSON: expecting value at column 9"),
        (f"[{GOOD},\n]", "set.jsonl:2 (item 2): not JSON"),
        (f"[{GOOD}\n{GOOD}]", 'set.jsonl:2 (item 1): not JSON: "," or "]" expected'),
        (f"[{GOOD}", 'set.jsonl:1 (item 1): not JSON: "," or "]" expected'),
        (f"[{GOOD}]\n{GOOD}", "set.jsonl:2: something follows after the end"),
        ("[", "set.jsonl:1 (item 1): not JSON"),
    ],
)
def test_an_array_that_breaks_off_is_told_at_line_and_item(reading: Any, content: str, start: str) -> None:
    assert told(reading, content).startswith(start)
    assert told(reading, content, skip_bad=True).startswith(start)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("17", "the number 17 where an object"),
        ('"text"', 'the text "text" where an object'),
        ("[1]", "a list where an object"),
        ("null", "null where an object"),
        ('{"key": "a", "key": "b"}', 'field "key" stands twice'),
        ('{"key": "a", "confidence": NaN}', "NaN is no JSON number"),
        ('{"key": "a", "x": [-Infinity]}', "-Infinity is no JSON number"),
        ('{"key": "a", "response_candidate": 1e999}', "too large"),
        ('{"key": "a\\ud800"}', "half of a surrogate pair"),
        ('{"key": "a", "\\uDFFF": 1}', "half of a surrogate pair"),
        ('{"key": "a", "x": ' + "9" * 5000 + "}", "not JSON that can be read"),
        ('{"key": "a", "response_candidate": ' + '{"a":' * 600 + "1" + "}" * 601, "nested more than 500 levels"),
    ],
)
def test_what_is_no_row_is_an_error_in_lines_and_in_arrays(reading: Any, value: str, why: str) -> None:
    assert why in told(reading, f"{GOOD}\n{value}\n")
    message = told(reading, f"[{GOOD},\n{value}]")
    assert why in message
    assert message.startswith("set.jsonl:2 (item 2): ")


def test_whole_pairs_of_surrogate_escapes_are_characters(reading: Any) -> None:
    assert reading('{"key": "\\ud83d\\ude00"}').only.key == "\U0001f600"


def test_nesting_that_the_parser_cannot_hold_is_an_error(reading: Any) -> None:
    deep = "[" * 100_000
    assert "nested too deeply" in told(reading, f'{GOOD}\n{{"key": {deep}\n')
    assert "nested too deeply" in told(reading, f'[{GOOD},{{"key": {deep}')
    assert "no format" in told(reading, deep) or "nested" in told(reading, deep)


def test_a_nul_byte_is_an_error(reading: Any) -> None:
    assert "set.jsonl:2: a NUL byte" in told(reading, f"{GOOD}\n".encode() + b'{"key": "a\0"}')
    assert "set.jsonl:2 (item 2): not JSON" in told(reading, f"[{GOOD},\n".encode() + b'{"key": "a\0"}]')
    assert "set.jsonl:3 (item 2): a NUL byte in key" in told(reading, b"key\na\nb\0\n")
    assert "NUL byte" in told(reading, b"\0\0\0\0")


def test_another_encoding_is_an_error_that_names_byte_and_line(reading: Any) -> None:
    assert told(reading, f"{GOOD}\n".encode() + b'{"key": "\xe9"}').startswith("set.jsonl:2: not UTF-8 at byte 49;")
    assert told(reading, b'[{"key": "a"},\n{"key": "\xe9"}]').startswith("set.jsonl:2: not UTF-8 at byte 24;")
    assert told(reading, b"key,instruction\na,b\nc,caf\xe9\n").startswith("set.jsonl:3: not UTF-8 at byte 25;")
    assert "import it with --encoding utf-16," in told(reading, "key,instruction\na,b\n".encode("utf-16"))
    assert "not UTF-8" in told(reading, b'{"key": "\xed\xa0\x80"}')


def test_a_line_over_64_mib_is_an_error_and_the_next_line_still_has_its_number(reading: Any) -> None:
    long = '{"key": "' + "x" * LONGEST_LINE + '"}\n'
    assert told(reading, long + GOOD).startswith("set.jsonl:1: the line is longer than 64 MiB")
    read = reading(long + GOOD, skip_bad=True)
    assert str(read.only.source) == "set.jsonl:2"


def test_one_object_over_several_lines_is_told_what_it_lacks(reading: Any) -> None:
    assert "read only within a JSON array" in told(reading, '{\n  "key": "a"\n}\n')


def test_a_first_line_that_is_no_json_is_a_bad_line_of_its_file(reading: Any) -> None:
    assert told(reading, f"loading model\n{GOOD}\n").startswith("set.jsonl:1: not JSON")
    assert reading(f"loading model\n{GOOD}\n", skip_bad=True).only.key == "a"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("key,instruction\na\n", "set.csv:2 (item 1): 1 cells where the header has 2"),
        ("key,instruction\na,b\n\nc,d,e\n", "set.csv:4 (item 2): 3 cells where the header has 2"),
        ('key,instruction\na,b\nc,"d\n\n', "set.csv:3 (item 2): a quote that is opened in this record never closes"),
        ('key,instruction\na,"b"c\n', "set.csv:2 (item 1): not CSV"),
        ("key,key\na,b\n", 'set.csv:1: the header names the column "key" twice'),
        ("key,turn\na,1.0\n", 'turn must be a whole number from 1, found "1.0"'),
        ("key,turn\na,\u0661\n", "turn must be a whole number"),
        ("key,preference\na,nan\n", 'preference must be a number from 0 to 1, found "nan"'),
        ("key,preference\na,1e309\n", "preference must be"),
        ("key,verdict\na,null\n", "verdict must be candidate or baseline or tie"),
        ("key,turns\na,one\n", "turns must be a JSON list"),
        ('turns,response_candidate\n"[""a"",""b""]",x\n', "response_candidate must be a JSON list of one per turn"),
        ("key,instruction\n,\n", 'neither "instruction", "turns" nor "key"'),
    ],
)
def test_a_bad_csv_record_is_told_at_line_and_item(reading: Any, content: str, why: str) -> None:
    assert why in told(reading, content, "set.csv")


def test_csv_cells_are_text_except_where_a_field_is_a_list_or_a_number(reading: Any) -> None:
    row = reading(
        "key,instruction,tags,response_candidate,turn,preference,order\n"
        'a,1,"tone, short,",true,1,.25,candidate-first\n',
        "set.csv",
    ).only
    assert row.turns == ("1",)
    assert row.tags == ("tone", "short")
    assert row.responses[0].cells == ("true",)
    assert (row.turn, row.judgments[0].preference, row.judgments[0].verdict) == (1, 0.25, "baseline")


def test_csv_holds_several_turns_as_json_lists(reading: Any) -> None:
    cells = [json.dumps(value) for value in (["one", "two"], ["a", 'b"'], [None, "r"])]
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    row = reading(f"turns,response_candidate,reference\n{quoted}\n", "set.csv").only
    assert (row.turns, row.responses[0].cells, row.references) == (("one", "two"), ("a", 'b"'), (None, "r"))


def test_unknown_csv_columns_are_named_even_when_they_are_empty(reading: Any) -> None:
    assert set(reading("key,,split\na,0,\n", "set.csv").reading.unused_fields) == {"(column 2)", "split"}


def test_bad_rows_of_every_form_can_be_skipped(reading: Any) -> None:
    for content in (
        f'{GOOD}\n{{"key": \n{GOOD}\n7\n',
        f'[{GOOD}, {{"key": "a", "key": "b"}}, 7, {GOOD}]',
        'key,instruction\na,1\nb\nc,"x"y\nd,4\n',
    ):
        read = reading(content, skip_bad=True)
        assert len(read.rows) == 2
        assert len(read.reading.skipped) == 2


def test_other_peoples_columns_are_read_by_mapping(reading: Any) -> None:
    mapping = {"instruction": "prompt", "response_candidate": "new", "response_baseline": "old"}
    for content in ('{"prompt": "p", "new": "n", "old": "o", "id": 3}', "prompt,new,old,id\np,n,o,3\n"):
        read = reading(content, mapping=mapping)
        assert read.only.turns == ("p",)
        assert [response.cells for response in read.only.responses] == [("n",), ("o",)]
        assert read.reading.unused_fields == ["id"]


def test_a_mapping_takes_the_place_of_a_field_of_that_name_and_can_swap_two(reading: Any) -> None:
    read = reading([{"key": "k", "instruction": "mine", "prompt": "theirs"}], mapping={"instruction": "prompt"})
    assert read.only.turns == ("theirs",)
    assert read.reading.unused_fields == ["instruction"]
    swapped = {"candidate": "baseline", "baseline": "candidate"}
    row = reading([{"key": "k", "candidate": "a", "baseline": "b", "verdict": "tie"}], mapping=swapped).only
    assert row.systems == ("b", "a")


def test_a_mapping_that_fits_nothing_is_told(reading: Any) -> None:
    with pytest.raises(BadUsage, match='"question" is no field of the pairs format'):
        reading([{"key": "k"}], mapping={"question": "prompt"})
    with pytest.raises(BadUsage, match='no row has a column "prompt"; the columns are "key"'):
        reading([{"key": "k"}], mapping={"instruction": "prompt"})
    with pytest.raises(BadFile, match='no column "prompt", only "question"'):
        reading([{"question": "k"}], mapping={"instruction": "prompt"})


def test_progress_grows_to_the_whole(reading: Any) -> None:
    for content in ("\n".join([GOOD] * 600), f"[{','.join([GOOD] * 600)}]", "key,note\n" + "a,b\n" * 600):
        told_: list[tuple[int, int]] = []
        reading(content, progress=lambda done, total, told_=told_: told_.append((done, total)))
        assert len(told_) > 2
        assert told_ == sorted(told_)
        assert told_[-1] == (len(content), len(content))
