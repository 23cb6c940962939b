"""The origins of a report: versions, hashes, days, files, and the fingerprint."""

from collections.abc import Iterator, Sequence

from uphold.formatting import count, count_noun, dollars
from uphold.records.enums import AnswerOrder
from uphold.records.run_evidence import RunEvidence
from uphold.reports.document import DocumentItem, Property

_MAX_FILES = 4
"""Files that are named, the latest ones."""

_SHORT_HASH = 12


def origin_items(found: RunEvidence) -> Iterator[DocumentItem]:
    origin, numbers, read = found.origin, found.numbers, found.read
    version = f"judged on v{origin.set_version}, " if origin.set_version is not None else ""
    examples = f"{version}{count_noun(origin.examples, 'active example')}"
    yield Property("set", f"{found.run.set}: {examples}", numbers.set_hash[:_SHORT_HASH])
    yield Property("pairs", _pairs_said(found))
    yield from _judge_properties(found)
    if read.first and read.last:
        days = read.first[:10] if read.first[:10] == read.last[:10] else f"{read.first[:10]} to {read.last[:10]}"
        yield Property("decisions", f"{count_noun(read.read, 'pair')} read, {days}")
    if origin.files:
        files = ", ".join(f"{name} ({day})" for name, day in origin.files[-_MAX_FILES:])
        more = f" and {count(len(origin.files) - _MAX_FILES)} more" if len(origin.files) > _MAX_FILES else ""
        yield Property("files", files + more)
    yield Property("report", f"{found.created_at[:10]}, uphold {origin.made_with}")
    yield Property("fingerprint", "checked by uphold replay", found.fingerprint[:_SHORT_HASH])


def _pairs_said(found: RunEvidence) -> str:
    human = found.numbers.human
    aside = ((human.broken, "broken"), (human.stale, "stale"), (human.retired, "retired"))
    left_out = ", ".join(f"{count(number)} {word}" for number, word in aside if number)
    return f"{count(found.read.pairs)} counted" + (f"; left out: {left_out}" if left_out else "")


def _judge_properties(found: RunEvidence) -> Iterator[Property]:
    judge = found.origin.judge
    if judge is None:
        yield Property("judge", "none")
        return
    samples = f", {count_noun(judge.samples, 'sample')}" if judge.samples > 1 else ""
    cost = f", {dollars(judge.cost)}" if judge.kind == "llm" and judge.cost is not None else ""
    said = f"{judge.name} ({judge.kind}){_orders(judge.orders)}{samples}{cost}"
    yield Property("judge", said, judge.version[:_SHORT_HASH])
    for name in ("model", "rule", "rubric", "prompt"):
        text = judge.definition.get(name)
        if not text:
            continue
        if name in ("rubric", "prompt"):
            yield Property(name, f"{count_noun(len(text), 'character')}", folded=text)
        else:
            yield Property(name, text)


def _orders(orders: Sequence[str]) -> str:
    """Return the orders that a judge was asked in: nothing of a rule, which has none, and of one that was not asked here."""
    if AnswerOrder.UNKNOWN in orders:
        return ", order not recorded"
    named = [order for order in orders if order != AnswerOrder.NONE]
    return f", {' and '.join(named)}" if named else ""
