"""Texts of a proposal: its two panes and the rows around them."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from uphold.formatting import count, count_noun, percent
from uphold.records.proposals import Proposal, ProposalState
from uphold.records.texts import ExampleText, cell_text
from uphold.workflows.proposal_session import ProposalItem, Tally
from uphold_tui import safe_text
from uphold_tui.keys import Key, label
from uphold_tui.themes import BOLD, FAINT, MUTED, Signs
from uphold_tui.widgets.own_words import own_words, word_set

_LONGEST = 20_000
"""Characters of a text that are shown: what is longer than 32,000 is not proposed at all."""


@dataclass(frozen=True, slots=True)
class ReadingLook:
    """How a proposal is read: whether what is around it is unfolded, and whether shared words are muted."""

    signs: Signs
    unfolded: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class PaneText:
    """A pane: its title, what stands at the right of it, and its text."""

    title: Content
    facts: Content
    body: Content


def proposed(item: ProposalItem, look: ReadingLook) -> PaneText:
    """Return the left pane: the proposal, with the words that only it has."""
    one = item.proposal
    other = word_set(*_parts(one.near.text)) if one.near is not None and not look.plain else frozenset()
    parts = list(_asked(one.text, look, other, is_compared=one.near is not None and not look.plain))
    parts += _around(one, look)
    words = count_noun(len(one.text.turns[-1].split()), "word")
    return PaneText(Content.styled("proposed", BOLD), Content.styled(words, MUTED), Content("\n\n").join(parts))


def nearest(item: ProposalItem, look: ReadingLook) -> PaneText:
    """Return the right pane: the nearest example of the set, or that there is none."""
    one = item.proposal
    if one.near is None:
        words = "The set had nothing like it when it was proposed."
        return PaneText(Content.styled("nearest", MUTED), Content(""), Content.styled(words, MUTED))
    near = one.near
    title = Content.assemble(("nearest: ", MUTED), safe_text.key(near.key))
    facts = Content.styled(f"shares {percent(near.likeness)} of the words", MUTED)
    turns = "one turn" if len(near.text.turns) == 1 else count_noun(len(near.text.turns), "turn")
    tags = safe_text.tags(near.tags, MUTED)
    head = Content.assemble(tags, "   " if tags else "", (turns, MUTED))
    other = frozenset() if look.plain else word_set(*_parts(one.text))
    parts = list(_asked(near.text, look, other, is_compared=not look.plain))
    return PaneText(title, facts, Content("\n\n").join([head, *parts]))


def _parts(text: ExampleText) -> list[str]:
    return [*([text.context] if text.context else []), *text.turns]


def _asked(text: ExampleText, look: ReadingLook, other: frozenset[str], *, is_compared: bool) -> Iterator[Content]:
    """Yield what came before, folded unless it is to be read, and what is asked last."""

    def shown(part: str) -> Content:
        content = safe_text.shown(part[:_LONGEST])
        return own_words(content, other) if is_compared else content

    before = [*([("context", text.context)] if text.context else [])]
    before += [(f"turn {number}", turn) for number, turn in enumerate(text.turns[:-1], 1)]
    if before and look.unfolded:
        for name, part in before:
            yield Content.assemble((f"{look.signs.more} {name}", MUTED), "\n", shown(part))
        number = len(text.turns)
        last = f"turn {number}" if number > 1 else "what is asked"
        yield Content.styled(f"{look.signs.more} {last}", MUTED)
    elif before:
        yield _folded("before it", f"{_before_words(text)}, folded", look)
    yield shown(text.turns[-1])


def _before_words(text: ExampleText) -> str:
    """Return what came before the last turn, such as `context, 2 turns, 96 words`."""
    parts = ["context"] if text.context else []
    if len(text.turns) > 1:
        parts.append(count_noun(len(text.turns) - 1, "turn"))
    size = sum(len(part.split()) for part in (text.context or "", *text.turns[:-1]))
    return ", ".join([*parts, count_noun(size, "word")])


def _folded(name: str, facts: str, look: ReadingLook) -> Content:
    return Content.assemble((f"{look.signs.folded} {name}", MUTED), (f"   {facts}", MUTED))


def _around(one: Proposal, look: ReadingLook) -> Iterator[Content]:
    """Yield the reference and the answers that came with a log."""
    references = [reference for reference in one.text.references if reference]
    answers = [text for cells in one.answers.values() for cell in cells if (text := cell_text(cell)).strip()]
    for name, texts, fact in (("its reference", references, ""), ("the logged answer", answers, ": no reference")):
        if not texts:
            continue
        if look.unfolded:
            body = safe_text.shown("\n\n".join(texts)[:_LONGEST])
            yield Content.assemble((f"{look.signs.more} {name}", MUTED), "\n", body)
        else:
            size = count_noun(sum(len(text.split()) for text in texts), "word")
            yield _folded(name, f"{size}, folded{fact}", look)


# The rows around the panes.


def counts(place: int, total: int, active: int) -> Content:
    """Return `12 of 40   62 active`."""
    at = f"{count(place)} of {count(total)}   " if total else ""
    return Content.styled(f"{at}{count(active)} active", MUTED)


def facts(item: ProposalItem, place: int) -> tuple[Content, Content]:
    """Return the row above the panes: which proposal, what became of it, its tags; and where it comes from."""
    words = {
        ProposalState.TAKEN: "taken",
        ProposalState.LEFT: "left out",
        ProposalState.WITHDRAWN: "somebody answered it",
    }
    state = words.get(item.state)
    tags = safe_text.tags(item.tags, MUTED) or Content.styled("no tag", FAINT)
    left = Content.assemble((f"proposal {count(place)}", MUTED), (f"   {state}" if state else "", BOLD), "   ", tags)
    one = item.proposal
    line = "" if one.line is None else f", line {count(one.line)}"
    return left, Content.assemble(
        safe_text.line(one.source.replace("\\", "/").rsplit("/", 1)[-1], MUTED), (line, MUTED)
    )


def why(item: ProposalItem, width: int, height: int) -> Content:
    """Return why it was proposed, the first reason bold."""
    indent = 10
    rows = [safe_text.line(reason) for reason in item.proposal.reasons if reason][: max(height, 1)]
    cut = [row.truncate(max(width - indent, 1), ellipsis=True) for row in rows]
    names = [Content.styled("Why", MUTED), *[Content("")] * len(cut)]
    return Content("\n").join(
        Content.assemble(name, " " * (indent - name.cell_length), row if at == 0 else row.stylize(MUTED))
        for at, (name, row) in enumerate(zip(names, cut, strict=False))
    )


def none_left(tally: Tally, table: dict[str, Key]) -> Content:
    """Return what stands in place of a proposal where none is left, and what to press."""
    propose, back, undo = (label(table[f"proposals.{name}"]) for name in ("propose", "back", "undo"))
    if not tally.total:
        return Content("\n").join(
            [
                Content.styled("Nothing is proposed.", BOLD),
                Content.styled(
                    "Proposals come from logs: those that are unlike each other, and unlike the set.", MUTED
                ),
                Content(""),
                Content.assemble((propose, BOLD), ("   reads a file of logs", MUTED)),
                Content.assemble((back, BOLD), ("   goes back", MUTED)),
            ]
        )
    done = f"{count(tally.taken)} taken, {count(tally.left)} left out" if tally.left else f"{count(tally.taken)} taken"
    rows = [
        Content.styled(f"No proposal is left: {count(tally.total)} of {count(tally.total)}.", BOLD),
        Content.styled(f"{done}.", MUTED),
        Content(""),
    ]
    into = f"puts the {count(tally.taken)} into the set, as one new version" if tally.taken else "goes back"
    for key, words in ((back, into), (propose, "proposes more"), (undo, "takes the last one back")):
        rows.append(Content.assemble((key, BOLD), (f"   {words}", MUTED)))
    return Content("\n").join(rows)


def receipt(item: ProposalItem, signs: Signs, *, with_tags: bool = True) -> Content:
    """Return what was done with the proposal before: `before: + log-12 taken, shipping`."""
    taken = item.state is ProposalState.TAKEN
    key = item.example if item.example is not None else item.proposal.key
    shown = item.tags if taken and with_tags else ()
    tags = Content.assemble((", ", MUTED), safe_text.tags(shown, MUTED)) if shown else Content("")
    sign = "+" if taken else signs.skipped
    return Content.assemble(
        (f"before: {sign} ", MUTED), safe_text.key(key, MUTED, 24), (" taken" if taken else " left out", MUTED), tags
    )
