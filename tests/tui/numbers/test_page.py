"""The command line and the numbers screen are two drawings of one report: what one shows the other shows alike."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from support.run_counts import Looked, compared, counts_of, table, votes
from uphold.records.counts import ReviewerHabits, RunCounts
from uphold.records.enums import Verdict
from uphold.records.statistics import Rate, Value
from uphold.reports.model import NumberRow, Report, ReportSection, RowId, SectionId, Sentence
from uphold.reports.run_report import run_report
from uphold.reports.text_tables import text_tables
from uphold.stats.summary import run_statistics
from uphold_tui.console import print_report
from uphold_tui.numbers.page import NumbersView, Row, _columns, left_rows, page_columns, right_rows

LABELS = {
    RowId.LIKE_THESE: ("for instructions like these", "win rate"),
    RowId.THIS_SET: ("for this set of", "this set"),
    RowId.WIN_TIE: ("win or tie, like these", "win and tie"),
    RowId.TIES_HALF: ("ties as half, like these", "ties half"),
    RowId.JUDGE_ALONE: ("judge alone: win rate", "judge alone"),
    RowId.AGREEMENT: ("says what people say", "says what people say"),
    RowId.KAPPA: ("κ, above chance", "κ, above chance"),
    RowId.AC1: ("AC1, above chance", "AC1, above chance"),
    RowId.ALPHA: ("all of them, above chance (α)", "α among people"),
    RowId.BLIND: ("decided before the verdict", "blind reviews only"),
    RowId.LONGER_BY_PEOPLE: ("people pick the longer", "  people"),
}
"""What a number is called on the command line and on the screen."""


def report_of(counts: RunCounts) -> Report:
    """The full report, as the screen has it."""
    return run_report(run_statistics(counts), full=True)


def view_of(report: Report, **others: bool) -> NumbersView:
    """What the screen draws."""
    return NumbersView(report, "x-vs-y", "x", "ada", ("ada", "ben"), **others)


def screen_lines(report: Report, **others: bool) -> list[str]:
    """Both halves of the screen, one below the other."""
    view = view_of(report, **others)
    return [text_of(row) for row in (*left_rows(view, 60), *right_rows(view, 60))]


def text_of(row: Row) -> str:
    """A row of the screen as text."""
    return "".join(content.plain for content, _ in row)


def console_lines(report: Report) -> list[str]:
    """The cells of the command line, two blanks between them."""
    return [
        "  ".join(filter(None, cells))
        for section in report.sections
        for table_ in text_tables(section)
        for cells in table_.rows
    ]


def numbers_in(line: str) -> list[str]:
    """Every number of a line with its sign, intervals whole; the unit does not count."""
    return re.findall(r"[+−±]?[\d,]*\.?\d+(?:(?:–| to )−?[\d,]*\.?\d+)?", line)


def one_line(lines: Sequence[str], label: str) -> str | None:
    """The first line that begins with a name; none where there is no such number."""
    return next((line.removeprefix(label) for line in lines if line.startswith(label)), None)


PAIRS = st.lists(
    st.tuples(
        st.text("WTLB.", min_size=1, max_size=2).map(votes),
        st.one_of(st.none(), st.sampled_from(Verdict)),
        st.one_of(st.none(), st.tuples(*[st.sampled_from(("candidate", "baseline", "tie"))] * 2)),
        st.just(0),
        st.just(0),
        st.sampled_from((-1, 0, 1)),
    ),
    max_size=60,
)


def numbers_compared(report: Report) -> set[str]:
    """The names of the numbers that both show; those of the screen are all among the command line's."""
    console, screen = console_lines(report), screen_lines(report)
    names = set()
    for here, there in LABELS.values():
        printed, drawn = one_line(console, here), one_line(screen, there)
        if printed is not None and drawn is not None and "needed" not in printed + drawn:
            assert set(numbers_in(drawn)) <= set(numbers_in(printed)), (printed, drawn)
            names.add(there.strip())
    for name in ("x", "tie", "y"):
        cells = [line.split() for line in console if re.match(rf"{name}  \d", line)]
        drawn_cells = [line.split() for line in screen if re.search(rf"(?:^|\s){name}\s+\d", line)]
        if cells:
            assert cells[0][1:4] in [row[-3:] for row in drawn_cells]
            names.add(f"matrix {name}")
    return names


@settings(max_examples=80, deadline=None)
@given(PAIRS, st.integers(1, 12))
def test_a_number_is_written_alike_by_the_command_line_and_the_screen(pairs: list[Looked], times: int) -> None:
    numbers_compared(report_of(counts_of(pairs * times)))


def test_that_comparison_finds_the_numbers() -> None:
    assert numbers_compared(some_report()) == {
        *("win rate", "this set", "win and tie", "ties half", "judge alone"),
        *("says what people say", "κ, above chance"),
        *("matrix x", "matrix tie", "matrix y"),
    }
    two = report_of(compared(["WW"] * 1000 + ["LL"] * 500 + ["WL"] * 5, "W" * 1505))
    assert {"α among people", "AC1, above chance"} <= numbers_compared(two)


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 400), st.integers(0, 400), st.integers(0, 400))
def test_the_large_digits_are_the_percentage_and_0_and_100_stand_for_none_and_all(
    n: int, wins: int, pairs: int
) -> None:
    wins = min(wins, n)
    report = report_of(compared("W" * wins + "L" * (n - wins) + "." * pairs, "W" * (n + pairs)))
    rate = next(item for item in report.sections[0].items if item.id == RowId.LIKE_THESE)
    assert isinstance(rate, NumberRow)
    assert isinstance(rate.number, Rate)
    bar = one_line(screen_lines(report), "win rate")
    printed = one_line(console_lines(report), "for instructions like these")
    if bar is None or printed is None or rate.number.rate is None:
        return
    figure = numbers_in(bar)[0]
    assert f"  {figure} %" in printed
    assert (figure == "100") == (rate.number.rate >= 1 - 1e-9)
    assert (figure == "0") == (rate.number.rate <= 1e-9)


def some_report() -> Report:
    """A report with every part of the screen in it."""
    counts = counts_of(table(("W", 120, "W" * 20 + "L" * 8), ("L", 80, "L" * 10 + "W" * 2)))
    return report_of(replace(counts, habits={1: ReviewerHabits(side_a=((0, 1.0, 15), (0, 0.0, 5)))}))


def with_items(report: Report, section_id: SectionId, *items: NumberRow | Sentence) -> Report:
    """The report with more items at the end of a section."""
    sections = [
        replace(section, items=(*section.items, *items)) if section.id == section_id else section
        for section in report.sections
    ]
    return replace(report, sections=tuple(sections))


@pytest.mark.parametrize("section", [SectionId.HEADLINE, SectionId.PEOPLE, SectionId.JUDGE, SectionId.REVIEWERS])
def test_a_statistic_that_a_report_gains_is_drawn_by_both(
    section: SectionId, capsys: pytest.CaptureFixture[str]
) -> None:
    number = NumberRow("new-statistic", "a new one", Rate(1230 / 1234, 0.62, 0.999, 1234))
    value = NumberRow("new-value", "a new value", Value(-0.12, -0.3, 0.1))
    report = with_items(some_report(), section, number, value, Sentence("A new sentence.", id="new-sentence"))
    print_report(report)
    printed = capsys.readouterr().out
    assert re.search(r"a new one +1,230 of 1,234 +99 % +62–99", printed)
    drawn = "\n".join(screen_lines(report))
    assert re.search(r"a new one .*99 +62–99", drawn)
    assert re.search(r"a new value +−\.12 +−\.30 to \.10", printed)
    assert re.search(r"a new value +−\.12 +−\.30 to \.10", drawn)
    assert "A new sentence." in printed
    assert "A new sentence." in drawn


def test_a_section_that_a_report_gains_follows_on_the_screen() -> None:
    report = some_report()
    new = ReportSection("new-section", "Something new", (Sentence("and what it says"),))
    drawn = screen_lines(replace(report, sections=(*report.sections, new)))
    assert drawn[-2:] == ["Something new", "and what it says"]


def test_what_the_command_line_leaves_out_is_on_the_screen_only_where_it_has_a_place() -> None:
    report = report_of(compared("WWL" + "." * 20, "WWL" + "W" * 20))
    console, screen = console_lines(report), screen_lines(report)
    assert "10 verdicts needed for a rate" in console
    assert not any(line.startswith("ties half") for line in console)
    assert one_line(screen, "ties half") == "      10 needed for a rate"
    assert "2 of 3 won by x" in screen


def test_below_ten_verdicts_no_large_digits_stand_even_where_all_is_read() -> None:
    screen = screen_lines(report_of(compared("WWL", "WWL")))
    assert screen[0] == "2 of 3 won by x"
    assert not any("percent won" in line for line in screen)


def test_a_kappa_that_says_little_is_warned_of_on_the_screen_too() -> None:
    report = report_of(compared("W" * 19 + "L", "W" * 17 + "LLW"))
    assert "One class makes up 92 % of the verdicts (37 of 40): κ says little here." in console_lines(report)
    assert any(line.startswith("! One class makes up 92 %") for line in screen_lines(report))


def test_long_tags_get_the_room_that_a_column_has_and_are_cut_in_the_middle() -> None:
    names = ("refund", "https://www.merriam-webster.com/word-of-the-day", "(Wolfram alpha)?")
    view = view_of(report_of(compared("W" * 12, "W" * 12, tags={name: compared("WW", "WW") for name in names})))
    wide, narrow = ([text_of(row) for column in page_columns(view, width)[0] for row in column] for width in (200, 120))
    assert all(any(row.startswith("(Wolfram alpha)?  ") for row in rows) for rows in (wide, narrow))
    for rows, width in ((wide, 30), (narrow, 25)):
        tag = next(filter(None, (re.match(r"(https:\S+…\S+day)  2 of 2 read", row) for row in rows)))
        assert len(tag[1]) == width


def test_a_judge_of_one_order_is_not_said_to_need_more_verdicts_for_a_lean() -> None:
    lines = screen_lines(report_of(compared("W" * 40, "W" * 40)))
    at = next(place for place, line in enumerate(lines) if "first shown is chosen" in line)
    assert lines[at + 1].split(maxsplit=1) == ["judge", "no pair in both orders"]


def test_long_ends_of_an_interval_leave_the_number_in_its_column() -> None:
    short, long = (_columns(Content("κ"), "8 of 13", ".41", ends, 54).plain for ends in ("10 needed", "−.02 to .88"))
    assert short.index(".41") == long.index(".41")
    assert long.endswith(".41 −.02 to .88")
    assert len(short) == len(long) == 54
