"""Text in other encodings: named in the refusal, and read with the option that the refusal names."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.errors import BadFile, BadUsage
from uphold.formats import encodings
from uphold.formats.encodings import find_encoding, guess_encodings, text_lines

ROW = {"key": "größe", "instruction": "Wie heißt „das“?", "response_candidate": "so – öfter"}
JSONL = json.dumps(ROW, ensure_ascii=False) + "\n"
FORMS = {
    "set.jsonl": JSONL * 2,
    "set.json": f"[{JSONL},\n{JSONL}]",
    "set.csv": "key;instruction;response_candidate\r\n" + ('größe;"Wie heißt „das“?";so – öfter\r\n' * 2),
}


def told(reading: Any, content: bytes, name: str = "set.jsonl", **options: Any) -> str:
    with pytest.raises(BadFile) as raised:
        reading(content, name, **options)
    return str(raised.value)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("codec", "option"),
    [
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "windows-1252"),
    ],
)
def test_the_refusal_names_the_option_that_reads_the_file(reading: Any, name: str, codec: str, option: str) -> None:
    content = FORMS[name].encode(codec)
    refusal = told(reading, content, name)
    assert f"import it with --encoding {option}, or save the file as UTF-8" in refusal
    assert refusal.startswith(f"{name}:{2 if codec == 'cp1252' and name == 'set.csv' else 1}: not UTF-8 at byte ")
    read = reading(content, name, encoding=option)
    plain = reading(FORMS[name], name)
    assert [(str(row.source), row.key, row.turns) for row in read.rows] == [
        (str(row.source), row.key, row.turns) for row in plain.rows
    ]
    assert read.rows[0].responses == plain.rows[0].responses


def test_a_mark_behind_a_named_byte_order_is_passed_over(reading: Any) -> None:
    content = b"\xff\xfe" + FORMS["set.csv"].encode("utf-16-le")
    for option in ("utf-16", "UTF-16LE", "utf_16_le"):
        assert reading(content, "set.csv", encoding=option).rows[0].key == "größe"


@pytest.mark.parametrize(
    ("content", "option", "refusal"),
    [
        (FORMS["set.csv"].encode(), "windows-1252", "not cp1252 but UTF-8: leave out --encoding"),
        (b'{"key": "a"}', "utf-16", "not utf-16 but UTF-8: leave out --encoding"),
        (JSONL.encode("utf-16"), "latin-1", "not iso8859-1 but UTF-16: use --encoding utf-16"),
        (JSONL.encode() + b"\xff", "utf-16-le", ":1: not utf-16-le: the bytes ff are no text in it; name another"),
        (b'{"key": "a"}\n{"key": "\x81"}\n', "windows-1252", ":2: not cp1252: the bytes 81 are no text in it"),
        (JSONL.encode("utf-16-le") + b"\x00\xd8", "utf-16-le", ":2: not utf-16-le: the bytes 00 d8"),
    ],
)
def test_an_encoding_that_does_not_fit_is_refused(reading: Any, content: bytes, option: str, refusal: str) -> None:
    assert refusal in told(reading, content, encoding=option)


def test_utf_8_by_its_name_is_read(reading: Any) -> None:
    assert reading(JSONL, encoding="UTF8").only.key == "größe"
    assert reading(b"\xef\xbb\xbf" + JSONL.encode(), encoding="utf-8-sig").only.key == "größe"


@pytest.mark.parametrize("name", ["rot13", "base64", "idna", "undefined", "unicode_escape", "", "\0", "\udc80", "a/b"])
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(BadUsage, match="is no encoding of text that Python knows"):
        find_encoding(name)


def test_a_misspelt_encoding_is_told_the_nearest() -> None:
    with pytest.raises(BadUsage, match="perhaps windows-1252 or"):
        find_encoding("windos-1252")


def test_a_damaged_line_of_utf_8_is_not_taken_for_another_encoding(reading: Any) -> None:
    lines = [JSONL.encode()] * 3 + [b'{"key": "gr\xf6\xdfe"}\n', JSONL.encode()]
    refusal = told(reading, b"".join(lines))
    assert "set.jsonl:4: not UTF-8 at byte" in refusal
    assert "other lines are UTF-8, this line is not" in refusal
    read = reading(b"".join(lines), skip_bad=True)
    assert (len(read.rows), len(read.reading.skipped)) == (4, 1)


@pytest.mark.parametrize(
    ("text", "codec", "likely"),
    [
        ("Café crème – “très bon”", "cp1252", ("windows-1252",)),
        ("Ответьте на вопрос", "cp1251", "windows-1251"),
        ("你好，世界", "gb18030", "gb18030"),
        ("こんにちは", "shift_jis", "shift_jis"),
        ("Bądź łaskaw, zażółć", "cp1250", "windows-1250"),
    ],
)
def test_an_encoding_is_guessed_only_where_it_is_plain(text: str, codec: str, likely: Any) -> None:
    guesses = guess_encodings(text.encode(codec))
    assert guesses == likely if type(likely) is tuple else likely in guesses and len(guesses) > 1


def test_a_place_is_the_same_in_lines_that_end_in_cr(reading: Any) -> None:
    assert told(reading, b"key,instruction\ra,b\rc,caf\xe9\r").startswith("set.jsonl:3: not UTF-8 at byte 25;")


@given(st.lists(st.sampled_from(["a", "é", "€", "😀", "\r", "\n", "\r\n", '"', "\u2028"]), max_size=40))
def test_lines_are_the_same_wherever_blocks_end(parts: list[str]) -> None:
    text = "".join(parts)
    expected = list(io.StringIO(text, newline=""))
    size, encodings._BLOCK = encodings._BLOCK, 3
    try:
        assert list(text_lines(io.BytesIO(text.encode()))) == expected
        for codec in ("utf-16-be", "utf-16-le"):
            stream = encodings.Utf8Stream(io.BytesIO(text.encode(codec)), codec, "x")
            assert io.BufferedReader(stream, 2).read() == text.encode()
    finally:
        encodings._BLOCK = size
