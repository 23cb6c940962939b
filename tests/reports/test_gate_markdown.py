"""The summary of a gate: nothing that a stranger wrote is anything but text in it."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from support.hostile_texts import BIDI, CONTROLS, SEQUENCES
from support.matched_runs import part, runs
from uphold.records.checkpoints import BlessedRun, Reader
from uphold.records.comparisons import ChangedDetails, GatedRun, RunChanges, RunComparison
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.reports.gate_markdown import code_span, gate_markdown
from uphold.stats.gating import gate, judge_gate
from uphold.stats.run_difference import by_judge, by_people, rated_difference

READER = MarkdownIt("gfm-like")

EVIL = (
    "`</code><script>alert(1)</script> [x](javascript:alert(1)) ![i](http://evil.example/i.png) @everyone #1 http://evil.example"
    " <!-- | a | b |\n\n# heading\n\n```sh\nrm -rf /\n```\n\n- item\n    code\n> quote ``` `"
    + CONTROLS
    + BIDI
    + SEQUENCES[0]
)


def flat(text: str) -> list[Token]:
    """All tokens of a text."""
    return [token for block in READER.parse(text) for token in (block, *(block.children or ()))]


def summary(text: str, *, judge_only: bool = False) -> str:
    """The summary of a gate in which every name and text is this one."""
    matched = runs(part("W" * 30, "L" * 12 + "W" * 18, ("W" * 30, "L" * 30)), judge=text)
    people = rated_difference(matched, by_people)
    details = {
        (one.key, one.turn): ChangedDetails(text, (text,), (text,), ((text, text),))
        for one in (*people.lost, *people.won)
    }
    judges = (JudgeRef(1, text, "llm", "1" * 64), JudgeRef(2, text, "llm", "2" * 64))
    comparison = RunComparison(
        *(text,) * 7, people, text, rated_difference(matched, by_judge), details, changes=RunChanges(judges)
    )
    found = judge_gate(matched, 0.05, text) if judge_only else gate(matched, 0.05)
    run = Run(1, text, 1, text, 1, text, 2, text, "00")
    return gate_markdown(
        GatedRun(comparison, found), [Reader(text, 3, 2)], BlessedRun(run, "2026-03-01T00:00:00Z", text, text)
    )


@given(st.text())
def test_any_text_is_one_code_span_and_nothing_else(text: str) -> None:
    line = code_span(text, 1000)
    assert "\n" not in line
    line.encode()
    (inline,) = [token for token in READER.parse(f"- said: {line}") if token.type == "inline"]
    kinds = [child.type for child in inline.children or ()]
    assert kinds == ["text", "code_inline"]


def test_hostile_names_and_texts_do_nothing_in_a_pull_request() -> None:
    for judge_only in (False, True):
        evil, plain = (flat(summary(text, judge_only=judge_only)) for text in (EVIL, "plain"))
        assert [token.type for token in evil] == [token.type for token in plain]
        assert not {token.type for token in evil} & {
            "html_block",
            "html_inline",
            "link_open",
            "image",
            "fence",
            "code_block",
        }
        assert all("evil" not in token.content for token in evil if token.type == "text")
    assert all(character.isprintable() or character == "\n" for character in summary(EVIL))


def test_it_says_what_was_lost_and_cuts_what_is_long() -> None:
    text = summary("x" * 300)
    assert text.startswith(f"## FAIL: `{'x' * 99}…` against `{'x' * 99}…`\n")
    assert "- difference, ties half: −40.0 points (" in text
    assert "### Lost: 12 examples" in text
    assert "(3 here, 2 carried over)" in text
