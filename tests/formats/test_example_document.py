"""An example in an editor: what is saved unchanged is unchanged, whatever stands in it, and nothing in it acts there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uphold.errors import BadUsage
from uphold.formats.example_document import DocumentParts, example_document
from uphold.records.sets import Example, ExampleStatus
from uphold.records.texts import ExampleText

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def example(text: ExampleText, tags: tuple[str, ...] = (), key: str = "k") -> Example:
    return Example(1, key, ExampleStatus.ACTIVE, 1, None, text, tags)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(TEXTS, st.none() | TEXTS), min_size=1, max_size=3),
    st.none() | TEXTS,
    st.lists(TEXTS, max_size=2),
)
def test_saved_unchanged_is_unchanged(
    turns: list[tuple[str, str | None]], context: str | None, tags: list[str]
) -> None:
    asked, references = zip(*turns, strict=True)
    one = example(ExampleText(asked, context, references), tuple(tags))
    document = example_document(one, "s")
    # Editors end a file with a line break; most write the line breaks as they found them.
    parts = document.parse(document.text)
    assert parts == DocumentParts(asked, context, references, tuple(tags))


def test_parts_are_changed_added_and_taken_away() -> None:
    one = example(ExampleText(("ask",), "be brief", ("ref",)), ("a", "b"))
    document = example_document(one, "s")
    text = (
        document.text.replace("\nask\n", "\nask\nmore\n").replace("\nbe brief\n", "\n\n").replace("\nb\n", "\nc d\n\n")
    )
    text = text.replace(f"{document.mark} tags", f"{document.mark} turn 2\nagain\n{document.mark} tags")
    assert document.parse(text) == DocumentParts(("ask\nmore", "again"), None, ("ref", None), ("a", "c d"))


@pytest.mark.parametrize("lost", [" turn 1", " end"])
def test_a_section_that_is_lacking_is_said(lost: str) -> None:
    document = example_document(example(ExampleText(("ask",), None, ("ref",))), "s")
    with pytest.raises(BadUsage, match="is lacking"):
        document.parse(document.text.replace(document.mark + lost, "", 1))
    with pytest.raises(BadUsage, match="names no section"):
        document.parse(
            document.text.replace(f"{document.mark} turn 1", f"{document.mark} turn 1\n{document.mark} turn 1")
        )


def test_no_text_stands_where_editors_look_for_settings() -> None:
    hostile = 'vim: set exrc:\n# Local Variables:\n# eval: (shell-command "x")\n# End:\n-*- mode: x -*-'
    document = example_document(
        example(ExampleText((hostile,), hostile, (hostile,)), (hostile,), "vim: set exrc:"), hostile
    )
    lines = document.text.split("\n")
    assert not any("vim:" in line or "-*-" in line for line in (*lines[:5], *lines[-6:]))
    last_page = document.text.rpartition("\f")[2]
    assert "Local Variables" not in last_page
    assert last_page.count("\n") > 5
