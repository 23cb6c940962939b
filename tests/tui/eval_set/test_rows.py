"""The columns of the list of examples."""

from dataclasses import replace

import pytest

from uphold.records.sets import ExampleRow, ExampleStatus
from uphold.records.texts import ExampleText
from uphold_tui.eval_set.rows import ExampleColumns, RowLook, SetContents, heads, row
from uphold_tui.themes import PLAIN

ONE = ExampleRow(1, "k-1", ExampleStatus.ACTIVE, (), ExampleText(("Write the reply.",)), wins=7, losses=1, runs=8)

MANY = replace(ONE, wins=12, ties=0, losses=104, runs=116, parted=11)


def lines(width: int, *examples: ExampleRow) -> list[str]:
    """The heads, and the rows of some examples."""
    contents = SetContents.of(examples)
    look = RowLook(ExampleColumns.fitting(width, contents), PLAIN, {}, contents)
    return [heads(look.columns, PLAIN).plain, *(row(one, look, is_marked=False).plain for one in examples)]


@pytest.mark.parametrize(("width", "words"), [(70, ("w", "t", "l")), (110, ("won", "tied", "lost"))])
def test_wins_ties_and_losses_end_below_the_ends_of_their_heads(width: int, words: tuple[str, ...]) -> None:
    head, one, many = lines(width, ONE, MANY)
    ends, at = [], head.index(" won " if words[0] == "won" else " w ")
    for word in words:
        at = head.index(word, at) + len(word)
        ends.append(at)
    for line, numbers in ((one, ("7", "0", "1")), (many, ("12", "0", "104"))):
        assert [line[:end].split()[-1] for end in ends] == list(numbers)
    assert "≠ 11" in many


def test_a_set_whose_people_and_judges_never_part_has_no_column_for_it() -> None:
    assert PLAIN.overturned not in lines(70, ONE)[0]
    assert PLAIN.overturned in lines(70, ONE, MANY)[0]
