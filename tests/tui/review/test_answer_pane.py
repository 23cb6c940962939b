"""What stands in a pane."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from support.app_samples import app, database, decided, judge, pair, press, review, rows
from uphold.records.enums import Choice, Side, Verdict
from uphold.records.texts import ExampleText
from uphold_tui.review.answer_pane import prepare, title
from uphold_tui.review.reading import ReadingState
from uphold_tui.themes import DIVIDER, THICK, TINT
from uphold_tui.widgets.text_body import PreparedAnswer
from uphold_tui.widgets.word_diff import word_diff


def body(answer: PreparedAnswer) -> str:
    """The text of an answer."""
    assert isinstance(answer.body, Content)
    return answer.body.plain


def test_an_empty_response_is_a_fact() -> None:
    answer = prepare(pair(candidate_cells=("",)), Side.A, ReadingState())
    assert body(answer) == "empty response"
    assert answer.length == "0 words"
    assert body(prepare(pair(candidate_cells=("",)), Side.A, ReadingState(markdown=True))) == "empty response"
    assert body(prepare(pair(candidate_cells=("",)), Side.A, ReadingState(diff=True))) == "empty response"


def test_other_json_than_text_is_shown_as_json() -> None:
    assert body(prepare(pair(candidate_cells=(True,)), Side.A, ReadingState())) == "true"
    assert body(prepare(pair(baseline_cells=({"a": [1]},)), Side.B, ReadingState())) == '{"a": [1]}'


def test_words_are_counted_one_by_one() -> None:
    assert prepare(pair(candidate_cells=("one",)), Side.A, ReadingState()).length == "1 word"
    long = ("w " * 1234,)
    same = pair(candidate_cells=long, baseline_cells=long)
    assert prepare(same, Side.A, ReadingState()).length == "identical answers, 1,234 words"


def test_an_answer_that_is_much_longer_than_the_other_says_so() -> None:
    view = pair(candidate_cells=("w " * 100,), baseline_cells=("w " * 50,))
    assert prepare(view, Side.A, ReadingState()).length == "100 words, 2.0 × the other"
    assert prepare(view, Side.B, ReadingState()).length == "50 words"
    assert prepare(pair(candidate_cells=("w " * 20,)), Side.A, ReadingState()).length == "20 words"


async def test_code_in_markdown_stands_on_a_ground_of_its_own_with_bold_keywords(tmp_path: Path) -> None:
    text = "Use this:\n\n```python\n# why\ndef f(): return 1\n```\n"
    store = database(tmp_path, rows(1, response_candidate=text, response_baseline=text))
    async with app(store).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await press(pilot, "m")
        strips = pilot.app.screen._compositor.render_strips()
        styles = {part.strip(): style for strip in strips for part, style, _ in strip if style is not None}
        prose, keyword, comment = styles["Use this:"], styles["def"], styles["# why"]
        assert keyword.bold
        assert not prose.bold
        assert keyword.bgcolor == comment.bgcolor != prose.bgcolor
        assert keyword.color == prose.color != comment.color


def test_the_count_is_that_of_the_judged_turn() -> None:
    two = pair(
        text=ExampleText(("x", "y")), turn=2, candidate_cells=("one two three", "four"), baseline_cells=("a", "b")
    )
    answer = prepare(two, Side.A, ReadingState())
    assert answer.length == "1 word"
    assert body(answer) == "▸ turn 1   3 words, folded\n\nturn 2\n\nfour"
    assert "one two three" in body(prepare(two, Side.A, ReadingState(earlier=True)))


def test_the_diff_marks_what_one_side_has_alone() -> None:
    view = pair(candidate_cells=("the red fox runs",), baseline_cells=("the blue fox runs fast",))
    a, b = (prepare(view, side, ReadingState(diff=True)) for side in Side)
    assert (a.length, b.length) == ("1 word only here", "2 words only here")
    assert a.changes == (4,)
    assert b.changes == (4, 18)


@given(st.text("abc \n", max_size=80), st.text("abc \n", max_size=80))
def test_a_diff_covers_exactly_the_words_that_differ(a: str, b: str) -> None:
    found = word_diff(a, b)
    only = sum(len(a[start:end].split()) for start, end in found.only_a)
    assert only == found.words_a
    same_a = len(a.split()) - found.words_a
    same_b = len(b.split()) - found.words_b
    assert same_a == same_b
    assert 0 <= found.same <= 1


def test_equal_texts_have_no_difference() -> None:
    found = word_diff("a b c", "a  b\nc")
    assert (found.words_a, found.words_b, found.same) == (0, 0, 1.0)


def test_the_title_says_whose_choice_it_is() -> None:
    view = pair(state=decided(Choice.CANDIDATE))
    assert title(view, Side.A, ReadingState(), in_force=True).plain == "  A   your choice, judge’s pick"
    assert title(view, Side.B, ReadingState(), in_force=False).plain == "  B   "
    named = title(pair(), Side.B, ReadingState(names=True), in_force=False).plain
    assert named.startswith("  B   base-7b")
    assert title(pair(judge=judge(Verdict.TIE)), Side.A, ReadingState(), in_force=False).plain == "  A   "


async def test_on_a_small_screen_the_tint_of_a_title_row_tells_which_answer_scrolls_alone(tmp_path: Path) -> None:
    async with app(database(tmp_path)).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        panes = review(pilot).view.panes.values()
        assert [pane.title_row.fill for pane in panes] == [DIVIDER, DIVIDER]
        for fills in ([TINT, ""], ["", TINT], [DIVIDER, DIVIDER]):
            await press(pilot, "tab")
            assert [pane.title_row.fill for pane in panes] == fills


async def test_with_sixteen_colours_only_the_badge_of_the_answer_in_force_is_filled(tmp_path: Path) -> None:
    async with app(database(tmp_path), theme="ansi-dark").run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for row in (pane.title_row for pane in review(pilot).view.panes.values()):
            letter = next(
                style for part, style, _ in row.render_line(0) if part.strip() in ("A", "B") and style is not None
            )
            assert bool(letter.reverse) == row.bar.plain.startswith(THICK)
