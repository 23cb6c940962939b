"""Texts around the list of an eval set: its header, what is known of an example, and how to begin."""

import shlex
from collections.abc import Mapping

from textual.content import Content

from uphold.formatting import count, count_noun
from uphold.records.sets import ExampleRow, ExampleStatus
from uphold_tui import safe_text
from uphold_tui.eval_set.rows import HEALTH_WORDS
from uphold_tui.keys import Key, label
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, OVERTURNED, Signs

_HASH_DIGITS = 7


def header(name: str, purpose: str | None) -> Content:
    """Return the set's name and purpose."""
    parts = [safe_text.line(name, BOLD), Content.styled("   eval set", MUTED)]
    if purpose:
        parts.append(Content.assemble("   ", safe_text.running(purpose, MUTED)))
    return Content.assemble(*parts)


def counts(numbers: Mapping[ExampleStatus, int], set_hash: str) -> Content:
    """Return `184 active   9 draft   7 retired   8f3c1e2`; drafts and retired ones only where there are some."""
    shown = [status for status in ExampleStatus if numbers.get(status) or status is ExampleStatus.ACTIVE]
    order = (ExampleStatus.ACTIVE, ExampleStatus.DRAFT, ExampleStatus.RETIRED)
    parts = [f"{count(numbers.get(status, 0))} {status.value}" for status in order if status in shown]
    return Content.styled("   ".join([*parts, set_hash[:_HASH_DIGITS]]), MUTED)


def version_words(number: int | None, *, is_as_cut: bool) -> str:
    """Return which version the set is at: `version 2`, or that it has been changed since."""
    if number is None:
        return "no version yet"
    return f"version {number}" if is_as_cut else f"version {number}, being edited"


def example_title(example: ExampleRow, signs: Signs) -> Content:
    """Return the key and status over the fields of an example."""
    sign = {ExampleStatus.DRAFT: f"{signs.draft} ", ExampleStatus.RETIRED: f"{signs.retired} "}.get(example.status, "")
    return Content.assemble(safe_text.line(example.key, BOLD), (f"   {sign}{example.status.value}", MUTED))


def example_note(
    example: ExampleRow, kinds: list[str], alike: tuple[str, ...], table: Mapping[str, Key], signs: Signs
) -> Content:
    """Return what is known of an example: its status, how it fared in the runs, what is stale, what may be wrong."""
    rows: list[Content] = []
    activate = label(table["set.activate"])
    if example.status is ExampleStatus.DRAFT:
        rows.append(_row(signs.draft, DOUBT, f"a draft counts in nothing; {activate} makes it active"))
    if example.status is ExampleStatus.RETIRED:
        why = (
            Content.assemble((": ", MUTED), safe_text.running(example.reason, MUTED)) if example.reason else Content("")
        )
        rows.append(Content.assemble((f"{signs.retired} retired", MUTED), why, (f"; {activate} restores it", MUTED)))
    if example.runs:
        outcomes = (
            f"{example.wins} won   {example.ties} tied   {example.losses} lost   in {count_noun(example.runs, 'run')}"
        )
        rows.append(Content.styled(outcomes, MUTED))
    if example.parted:
        words = f"judge and people part on {count_noun(example.parted, 'pair')}"
        rows.append(_row(signs.overturned, OVERTURNED, words))
    if example.unread and example.status is ExampleStatus.ACTIVE:
        rows.append(Content.styled(f"{count_noun(example.unread, 'pair')} nobody has read", MUTED))
    if example.stale:
        verb = (
            "is about an older text: it stays with it"
            if example.stale == 1
            else "are about older texts: they stay with them"
        )
        rows.append(_row(signs.stale, DOUBT, f"{count_noun(example.stale, 'pair')} {verb}"))
    for kind in kinds:
        more = Content("")
        if kind in ("duplicate", "near-duplicate") and alike:
            keys = ", ".join(alike[:2]) + (f" and {count(len(alike) - 2)} more" if len(alike) > 2 else "")
            side = f"; {label(table['set.alike'])} side by side"
            more = Content.assemble(
                (" as " if kind == "near-duplicate" else " of ", MUTED), safe_text.line(keys), (side, MUTED)
            )
        rows.append(Content.assemble((signs.broken, DOUBT), (f" {HEALTH_WORDS[kind]}", MUTED), more))
    return Content("\n").join(rows)


def _row(sign: str, style: str, words: str) -> Content:
    return Content.assemble((sign, style), (f" {words}", MUTED))


def empty_set(name: str, table: Mapping[str, Key]) -> Content:
    """Return how to begin with a set that has no example."""
    to_set = f"--set {shlex.quote(name)}"
    return Content("\n").join(
        [
            Content.styled("No example yet.", BOLD),
            Content.styled("An example is one instruction, or several turns; a reference and tags if you like.", MUTED),
            Content(""),
            Content.assemble((label(table["set.new"]), BOLD), ("   writes the first one", MUTED)),
            Content.assemble((label(table["set.proposals"]), BOLD), ("   chooses from logs", MUTED)),
            Content.assemble((label(table["set.texts"]), BOLD), ("   writes purpose and guidelines", MUTED)),
            Content(""),
            Content.assemble(("From a file, in the shell:   ", FAINT), safe_text.line(f"uphold import FILE {to_set}")),
        ]
    )


def none_here(words: str, table: Mapping[str, Key]) -> Content:
    """Return why a list is empty although the set is not, and what to press."""
    return Content("\n").join(
        [
            Content.styled("No example here.", BOLD),
            safe_text.line(words, MUTED),
            Content.assemble((label(table["set.escape"]), BOLD), (" shows all examples again", MUTED)),
        ]
    )
