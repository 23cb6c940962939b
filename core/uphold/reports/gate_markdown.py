"""A gate as a summary for a pull request, in Markdown.

Text from files, models and people stands in code spans on one line each: there Markdown, HTML, links and mentions of people
have no meaning.
"""

import re
from collections.abc import Iterator, Sequence

from uphold.formatting import count, count_noun, margin, points_interval, points_noun
from uphold.records.checkpoints import BlessedRun, Reader
from uphold.records.comparisons import ChangedExample, GatedRun, RunComparison, RunDifference
from uphold.reports.certificate_text import standing_sentence
from uphold.reports.comparison_report import (
    MAX_CHANGED_EXAMPLES,
    MAX_TEXT,
    OUTCOMES,
    change_sentences,
    counts_sentence,
    gate_purpose,
    more_sentences,
)
from uphold.reports.score_report import gate_sentences

_BACKTICKS = re.compile("`+")


def gate_markdown(gated: GatedRun, readers: Sequence[Reader], blessed: BlessedRun | None = None) -> str:
    """Return the summary of a gate; `readers` are those of the later run, `blessed` the run it is held against if blessed."""
    return "\n".join([*_summary(gated, readers, blessed), ""])


def code_span(text: str, longest: int = MAX_TEXT) -> str:
    """Return text as a code span on one line; what cannot be printed is shown by its code point, and long text is cut."""
    shown = "".join(char if char.isprintable() else _sign(char) for char in text[: longest + 1])
    if len(shown) > longest:
        shown = shown[: longest - 1] + "…"
    if not shown.strip():
        shown = "(empty)"
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(shown)), default=0))
    space = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _sign(char: str) -> str:
    return " " if char in "\n\r\t" else f"⟨U+{ord(char):04X}⟩"


def _summary(gated: GatedRun, readers: Sequence[Reader], blessed: BlessedRun | None) -> Iterator[str]:
    gate, comparison = gated.gate, gated.comparison
    people = comparison.people
    rated = comparison.by_judge if gate.judge_only and comparison.by_judge is not None else people
    yield f"## {gated.outcome}: {code_span(comparison.after)} against {code_span(comparison.before)}"
    yield ""
    yield f"{_plain(gated.reason)}."
    yield ""
    if gated.no_worse:
        yield f"- {gate.outcome}: win rate: {_plain(gate.reason)}"
        yield from (f"- {sentence}" for sentence in gate_sentences(gated.no_worse, code_span))
    yield f"- margin: {margin(gate.margin)}"
    yield f"- difference, ties half: {_difference(rated.ties_half)}"
    yield f"- {counts_sentence(rated, 'judged' if gate.judge_only else 'read')}"
    if gate.judge_only:
        yield f"- by judge {code_span(comparison.judge or '')} alone: it decides nothing"
    if blessed is not None:
        by = f" by {code_span(blessed.reviewer)}" if blessed.reviewer else ""
        note = f": {code_span(blessed.note)}" if blessed.note else ""
        yield f"- held against the run blessed on {blessed.created_at[:10]}{by}{note}"
    yield f"- read by {', '.join(map(_reader, readers)) or 'nobody'}"
    if gated.standing is not None:
        yield f"- certificate: {_plain(standing_sentence(gated.standing))}"
    for sentence in change_sentences(comparison.changes, code_span):
        yield f"- **{sentence}**"
    for word, examples in (("Lost", rated.lost), ("Won", rated.won)):
        if examples:
            yield ""
            yield f"### {word}: {count_noun(len(examples), 'example')}"
            yield ""
            yield from _examples(examples, comparison)
    more = list(more_sentences(gate.more, gate_purpose(gate)))
    if more:
        yield ""
        yield more[0]
        yield from (f"- {code_span(command.strip(), 1000)}" for command in more[1:])


def _plain(sentence: str) -> str:
    """Return a sentence of the gate; one that names a judge as a code span, since the name is a stranger's."""
    return sentence if re.fullmatch(r"[\w .,:;%−+()-]*", sentence) else code_span(sentence, 1000)


def _difference(found: RunDifference) -> str:
    if found.difference is None:
        return _plain(found.reason or "none")
    if found.low is None or found.high is None:
        return f"{points_noun(found.difference, 1)}, without an interval: {_plain(found.reason or '')}"
    ends = points_interval(found.low, found.high, 1)
    return f"{points_noun(found.difference, 1)} ({ends}), {count_noun(found.n, 'example')}"


def _reader(reader: Reader) -> str:
    carried = f", {count(reader.carried)} carried over" if reader.carried else ""
    return f"{code_span(reader.name)} ({count(reader.read)} here{carried})"


def _examples(examples: Sequence[ChangedExample], comparison: RunComparison) -> Iterator[str]:
    for example in examples[:MAX_CHANGED_EXAMPLES]:
        details = comparison.details.get((example.key, example.turn))
        turn = f" turn {count(example.turn)}" if example.turn > 1 else ""
        by = f", by {', '.join(map(code_span, details.by))}" if details is not None and details.by else ""
        yield f"- {code_span(example.key)}{turn}: {OUTCOMES[example.before]} to {OUTCOMES[example.after]}{by}"
        if details is None:
            continue
        yield f"  - asked: {code_span(details.instruction)}"
        yield from (f"  - {code_span(name)}: {code_span(said)}" for name, said in details.reasons)
    if len(examples) > MAX_CHANGED_EXAMPLES:
        yield f"- and {count(len(examples) - MAX_CHANGED_EXAMPLES)} more"
