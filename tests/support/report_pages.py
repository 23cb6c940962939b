"""Report pages for tests: a page read by a parser, and evidence around statistics that are made of letters."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from support.run_counts import counts_of
from uphold.records.checkpoints import CheckpointRow, Reader, RunReading
from uphold.records.comparisons import RunDifference
from uphold.records.run_evidence import ReadCounts, RunEvidence, RunOrigin
from uphold.records.runs import Run, RunRow
from uphold.records.statistics import Share
from uphold.reports.decision import decide
from uphold.stats.summary import run_statistics

VOID = frozenset({"meta", "line", "rect", "circle", "br", "link", "img", "input"})

RUN = Run(1, "x-vs-y", 1, "a set", 1, "x", 2, "y", "00")


@dataclass
class ReadPage(HTMLParser):
    """What a parser finds in a page: elements with their attributes, and the text between them."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    by_element: dict[str, list[str]] = field(default_factory=dict)
    declarations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))
        if tag in ("h1", "h2", "h3", "title", "summary", "td"):
            self.by_element.setdefault(tag, []).append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that closes itself."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element; the page has to close what it opened last."""
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text, and what of it stands in a heading."""
        if "style" in self.open:
            return
        self.texts.append(data)
        for tag, found in self.by_element.items():
            if tag in self.open:
                found[-1] += data

    def handle_decl(self, decl: str) -> None:
        """Keep the document type."""
        self.declarations.append(decl)

    @property
    def text(self) -> str:
        """The whole text, blanks as one."""
        return " ".join("".join(self.texts).split())


def read_page(html: str) -> ReadPage:
    """A page as a parser reads it."""
    page = ReadPage()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def evidence_of(pairs: Any, **others: Any) -> RunEvidence:
    """Evidence of a run without texts, whose statistics are those of pairs as `run_counts` makes them."""
    numbers = run_statistics(counts_of(pairs, **others))
    human = numbers.human
    row = RunRow(RUN, numbers.pairs, human.reviewed, human.wins, human.ties, human.losses, 0, numbers.judge, 0, 0)
    checkpoint = CheckpointRow(
        row=row,
        created_at="2026-03-03T10:00:00.000000Z",
        rate=human.rates.win_rate,
        agreement=Share(None, 0),
        reading=RunReading(numbers.pairs, 0, 0, 0, 0, human.reviewed, numbers.pairs - human.reviewed),
        difference=RunDifference(None, None, None, 0, 0.95, None, "no run of the set is blessed"),
        judged_by=None,
    )
    return RunEvidence(
        run=RUN,
        numbers=numbers,
        decision=decide(numbers),
        checkpoint=checkpoint,
        against=None,
        read=ReadCounts(numbers.pairs, human.reviewed, 0, 0, 0, human.reviewed, 0),
        readers=tuple(Reader(name, 1, 0) for name in numbers.reviewers.names),
        pairs=(),
        history=(checkpoint,),
        left_out=0,
        scores={},
        smallest_change=0.1,
        origin=RunOrigin(None, numbers.pairs, True, None, None, (), "0"),
        fingerprint="f" * 64,
        created_at="2026-03-03T10:00:00.000000Z",
    )
