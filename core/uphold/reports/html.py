"""Draws a document as one HTML page: no script, no request, inline drawings, light and dark, for screens and for paper.

The page is filled in by Jinja with autoescape; this module turns items into strings and positions, so that the template
computes nothing. The style sheet is allowed by its hash, everything else is forbidden by the page's own policy.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.formatting import count, percent_number
from uphold.records.checkpoints import CheckpointRow
from uphold.records.statistics import Rate
from uphold.reports.comparison_report import change_sentences
from uphold.reports.document import (
    Chart,
    Checkpoints,
    DividedBar,
    Document,
    DocumentItem,
    DocumentSection,
    Folded,
    MarkedLine,
    Property,
    RunPart,
    Scale,
    SideBySide,
    Statement,
)
from uphold.reports.document_words import checkpoint_cells, part_text, system_of, who_said_what, why_shown
from uphold.reports.foreign_text import block, folded, line
from uphold.reports.model import ConfusionMatrix, NumberRow, ReportSection, Sentence
from uphold.reports.number_text import number_text, row_name
from uphold.reports.text_tables import text_tables

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent / "templates"

_UNBROKEN = 24
"""Characters up to which a system's name in the decision stands on one line."""

_TINTS = 4
"""Steps by which a count of the matrix is tinted."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on a scale, as positions in percent of its width; without `low` only the scale is drawn."""

    mark: str
    low: str = ""
    high: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page: the template has a macro for each `kind`, and `data` is what that shows."""

    kind: str
    data: Any


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a chart or table in words."""

    name: str
    texts: tuple[str, ...] = ()
    strong: bool = False
    bar: Bar | None = None


def html_page(document: Document) -> str:
    """Return a document as the text of an HTML file."""
    from markupsafe import Markup

    style = (_FOLDER / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    parts = [
        {
            "number": number,
            "set": line(part.set),
            "about": line(part.about),
            "decision": line(part.decision),
            "pieces": list(_pieces(part)),
            "rows": list(_section_rows(part.sections)),
        }
        for number, part in enumerate(document.parts, 1)
    ]
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    # Both are ours. In double quotes the policy's single ones need no escape; without it it can be found by its words.
    ours = {"style": Markup(style), "policy": Markup(policy)}
    return _template().render(parts=parts, day=document.created_at[:10], **ours)


def _pieces(part: RunPart) -> Iterator[dict[str, Any]]:
    """Yield the decision in pieces, so that no short name of a system is broken at a hyphen."""
    names = [re.escape(line(name)) for name in part.systems if name.strip() and len(name) <= _UNBROKEN]
    pattern = f"({'|'.join(sorted(names, key=len, reverse=True))})" if names else "(?!)"
    for place, text in enumerate(re.split(pattern, line(part.decision))):
        if text:
            yield {"text": text, "system": place % 2 == 1}


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _section_rows(sections: Sequence[DocumentSection]) -> Iterator[list[dict[str, Any]]]:
    """Yield sections in rows: two neighbours that are `half` share one."""
    waiting: dict[str, Any] | None = None
    for section in sections:
        made = {"title": line(section.title), "blocks": list(_blocks(section))}
        if not section.half:
            yield from ([waiting],) if waiting is not None else ()
            waiting = None
            yield [made]
        elif waiting is None:
            waiting = made
        else:
            yield [waiting, made]
            waiting = None
    if waiting is not None:
        yield [waiting]


def _blocks(section: DocumentSection) -> Iterator[Block]:
    for kind, group in groupby(section.items, type):
        found = list(group)
        if kind is Property:
            yield Block("properties", [_property(item) for item in found if isinstance(item, Property)])
        elif kind is MarkedLine:
            yield Block("marked", [_marked(item) for item in found if isinstance(item, MarkedLine)])
        elif kind is NumberRow:
            rows = tuple(item for item in found if isinstance(item, NumberRow))
            yield from _plain(ReportSection("", "", rows))
        else:
            yield from (made for item in found for made in _drawn(item))


def _drawn(item: DocumentItem) -> Iterator[Block]:
    if isinstance(item, Sentence):
        yield Block("sentence", {"pieces": _coded(item.text), "tone": item.tone.value})
    elif isinstance(item, Statement):
        yield Block("statement", {"lead": line(item.lead), "text": line(item.text)})
    elif isinstance(item, Chart):
        yield _chart(item)
    elif isinstance(item, DividedBar):
        yield _divided(item)
    elif isinstance(item, Checkpoints):
        yield Block("checkpoints", [_checkpoint(row, item) for row in item.rows])
    elif isinstance(item, SideBySide):
        yield _side_by_side(item)
    elif isinstance(item, ConfusionMatrix):
        yield _matrix(item)
    elif isinstance(item, Folded):
        yield _folded(item)
    elif not isinstance(item, Property | MarkedLine):
        yield from _plain(ReportSection("", "", (item,)))


def _plain(section: ReportSection) -> Iterator[Block]:
    """Yield sentences and tables of numbers, with the texts that the command line prints."""
    for table in text_tables(section):
        if all(len(row) == 1 for row in table.rows):
            yield from (Block("sentence", {"pieces": _coded(row[0]), "tone": "text"}) for row in table.rows)
            continue
        columns = max(map(len, table.rows))
        rows = [
            [(line(cell), at in table.right) for at, cell in enumerate((*row, *[""] * (columns - len(row))))]
            for row in table.rows
        ]
        yield Block("table", rows)


# numbers on a scale


def _position(share: float, scale: Scale) -> str:
    """Return where a share stands on a scale, in percent of its width; what is beyond an end stands at it."""
    place = (share - scale.low) / (scale.high - scale.low)
    return f"{100 * min(max(place, 0.0), 1.0):.2f}%"


def _bar(number: object, scale: Scale) -> Bar:
    mark = _position(scale.at, scale)
    if not isinstance(number, Rate) or number.rate is None or number.low is None or number.high is None:
        return Bar(mark)
    return Bar(mark, *(_position(share, scale) for share in (number.low, number.high, number.rate)))


def _chart(item: Chart) -> Block:
    rows = []
    for row in item.rows:
        text = number_text(row)
        texts = (text.figure + text.unit, text.ends, text.counts, text.note)
        rows.append(
            Cells(line(row_name(row)), tuple(map(line, texts)), row.tone == "bold", _bar(row.number, item.scale))
        )
    scale = item.scale
    is_central = scale.at == (scale.low + scale.high) / 2
    middle = percent_number(scale.at) if is_central else ""
    return Block("chart", {"rows": rows, "ends": tuple(map(line, scale.ends)), "middle": middle})


def _divided(item: DividedBar) -> Block:
    total = sum(part.number for part in item.parts)
    parts, before = [], 0
    for place, part in enumerate(item.parts):
        if part.number:
            x, width = (f"{100 * size / total:.2f}%" for size in (before, part.number))
            parts.append({"x": x, "width": width, "place": place, "text": part_text(part)})
        before += part.number
    return Block("divided", parts)


# checkpoints


def _checkpoint(row: CheckpointRow, item: Checkpoints) -> dict[str, Any]:
    cells = checkpoint_cells(row)
    return {
        "name": line(cells.name),
        "day": cells.day,
        "blessed": cells.blessed,
        "own": row.run.id == item.own,
        "figure": cells.figure,
        "ends": cells.ends,
        "difference": cells.difference,
        "difference_ends": cells.difference_ends,
        "agreement": cells.agreement,
        "bar": _bar(row.rate if cells.has_rate else None, Scale()),
        "changes": [_split(line(sentence)) for sentence in change_sentences(row.changes)] if row.changes else [],
    }


def _split(sentence: str) -> tuple[str, str]:
    head, _, rest = sentence.partition(": ")
    return head, rest


# pairs


def _side_by_side(item: SideBySide) -> Block:
    pair = item.pair
    winner = system_of(pair.label.value, item)
    answers = [
        {"side": side, "name": line(name), "text": folded(answer), "chosen": name == winner, "size": count(len(answer))}
        for side, name, answer in (
            ("candidate", item.candidate, pair.candidate_answer),
            ("baseline", item.baseline, pair.baseline_answer),
        )
    ]
    said = [
        {
            "who": line(one.who),
            "what": line(one.what),
            "mark": one.mark.value if one.mark is not None else "",
            "ruling": one.ruling,
            "quote": folded(one.quote),
            "aside": line(one.aside),
        }
        for one in who_said_what(item)
    ]
    return Block(
        "pair",
        {
            "key": line(pair.key),
            "turn": count(pair.turn) if pair.turn > 1 else "",
            "why": line(why_shown(pair)),
            "instruction": folded(pair.instruction),
            "context": block(pair.context) if pair.context else "",
            "answers": answers,
            "said": said,
        },
    )


# matrix, lists, folded sections


def _matrix(item: ConfusionMatrix) -> Block:
    most = max((number for row in item.counts for number in row), default=0)
    rows = [
        {
            "name": line(name),
            "cells": [(count(number), -(-_TINTS * number // most) if most else 0) for number in numbers],
        }
        for name, numbers in zip(item.names, item.counts, strict=True)
    ]
    return Block("matrix", {"names": [line(name) for name in item.names], "rows": rows})


def _marked(item: MarkedLine) -> dict[str, Any]:
    return {
        "mark": item.mark.value,
        "name": item.mark.name.lower(),
        "lead": line(item.lead),
        "pieces": _coded(item.text),
    }


def _coded(text: str) -> list[str]:
    """Return a sentence in pieces, every second of which stands between backticks: a command."""
    shown = line(text)
    return [shown] if shown.count("`") % 2 else shown.split("`")


def _property(item: Property) -> dict[str, str]:
    return {
        "name": line(item.name),
        "value": line(item.value),
        "code": line(item.code),
        "folded": block(item.folded) if item.folded else "",
    }


def _folded(item: Folded) -> Block:
    sections = [{"title": line(section.title), "blocks": list(_plain(section))} for section in item.sections]
    return Block("folded", {"title": line(item.title), "sections": sections})
