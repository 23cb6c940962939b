"""No cell of an export computes anything, wherever a spreadsheet splits it; read again it is the text that it was."""

import csv
import io
import re
import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uphold.formats.csv_cells import _INVISIBLE, _SEPARATORS, SIGNS, defuse, is_export, restore
from uphold.formats.writers.pairs_csv import column_names
from uphold.records.rows import ExportedAnnotators

INVISIBLE = ["\u200b", "\ufeff", "\u00a0", "\u202e", "\u2066", "\u00ad", "\u3164", "\x00", "\x1b", "\u2003", " "]

PARTS = st.sampled_from([*SIGNS, *_SEPARATORS, *INVISIBLE, "'", "''", '"', ",", "a", "=cmd|'/C calc'!A0", "é"])
TEXTS = st.lists(PARTS, max_size=12).map("".join) | st.text(max_size=30)


def acts(cell: str) -> bool:
    """Whether a spreadsheet that is lenient in every way would compute a part of this cell."""
    parts = re.split(f"[{_SEPARATORS}]", cell)
    shown = (re.sub(rf'^(?:\s|[{_INVISIBLE}"])+', "", part) for part in parts)
    return any(part[:1] and part[0] in SIGNS for part in shown)


@given(TEXTS)
def test_no_part_of_a_cell_acts_and_the_text_comes_back(text: str) -> None:
    cell = defuse(text)
    assert not acts(cell)
    assert cell[:1] not in set("\t\r\n") or not cell
    assert restore(cell) == text
    assert cell.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("before", ["", " ", *INVISIBLE, "\u200b \ufeff", '"', "'", "\t", "\n"])
@pytest.mark.parametrize("sign", SIGNS)
def test_signs_are_defused_behind_blanks_and_invisible_characters(before: str, sign: str) -> None:
    text = f"{before}{sign}1+1"
    assert acts(text) or before == "'"
    assert not acts(defuse(text))
    assert restore(defuse(text)) == text


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r\n", "; ", ";\u200b", ';"', "\u2028"])
def test_signs_are_defused_where_a_spreadsheet_may_split_a_cell(separator: str) -> None:
    text = f"x{separator}=cmd|'/C calc'!A0"
    assert defuse(text) == f"x{separator}'=cmd|'/C calc'!A0"
    assert restore(defuse(text)) == text


@pytest.mark.parametrize(
    "text", ["plain", "a-b", "x = 1", "1, -2", "mail@example.org", "it's", "'quoted'", "", "a;b", "a\nb"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert defuse(text) == text
    assert restore(text) == text


def test_every_character_that_shows_nothing_is_passed_over() -> None:
    kinds = {"Cf", "Cc", "Zs", "Zl", "Zp"}
    silent = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in kinds]
    missed = [char for char in silent if defuse(f"{char}=1") == f"{char}=1"]
    assert missed == []


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_row_of_cells_comes_back_through_csv(texts: list[str]) -> None:
    texts = [text for text in texts if "\0" not in text] or ["x"]
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([defuse(text) for text in texts])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""), strict=True)
    assert [restore(cell) for cell in row] == texts


def test_the_time_grows_with_the_length() -> None:
    began = time.process_time()
    for text in ("\u200b" * 300_000, ";" * 300_000, "'" * 300_000, "; " * 150_000, ";'" * 150_000 + "="):
        assert restore(defuse(text)) == text
    assert time.process_time() - began < 5


def test_only_an_export_is_restored() -> None:
    assert is_export(column_names(ExportedAnnotators(["j"], ["mira"])))
    assert not is_export(["instruction", "response_candidate", "response_baseline"])
