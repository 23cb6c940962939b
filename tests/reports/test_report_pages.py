"""A report as HTML and Markdown: the numbers of the console, nothing that acts, and no request."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.hostile_texts import database
from support.report_pages import ReadPage, evidence_of, read_page
from support.run_counts import table
from uphold.records.runs import Run
from uphold.reports.evidence_report import evidence_document
from uphold.reports.foreign_text import folded, line, markdown_block, markdown_line
from uphold.reports.html import html_page
from uphold.reports.markdown import markdown_page
from uphold.reports.run_report import run_report
from uphold.reports.text_tables import text_tables
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold.workflows.reporting import ReportRequest, collect, report_text, shown_evidence

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>x</script>",
    "javascript:alert(1)",
    "[link](http://evil.example) ![x](http://evil.example/x.png)",
    "```\n<b>out of the fence</b>\n```",
    "| a | b |\n| --- | --- |",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt; &#x3C;script&#x3E;",
    "\u202egnp.exe\u202c \x1b[31m",
    "@everyone #1 $\\frac{a}{b}$ <details>",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose every foreign field holds what acts in a terminal, in HTML and in Markdown."""
    folder = tmp_path_factory.mktemp("hostile")
    return database(folder / "x", dressed)


def dressed(text: str) -> str:
    """A text with an attack behind it, no file name."""
    return text if text.endswith((".db", ".jsonl")) else f"{text} {ATTACKS[len(text) % len(ATTACKS)]}"


def written(path: Path, form: str, *, no_names: bool = False) -> str:
    with open_store(path) as store:
        request = ReportRequest(tuple(run.name for run in all_runs(store)), no_names=no_names)
        return report_text(evidence_document(shown_evidence(collect(store, request), request)), form)


def assert_inert(html: str) -> ReadPage:
    """The page runs nothing, asks for nothing, and is well formed."""
    page = read_page(html)
    assert page.declarations == ["DOCTYPE html"]
    allowed = {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "article",
            "header",
            "section",
            "nav",
            "div",
            "span",
        ),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "p",
            "b",
            "strong",
            "bdi",
            "code",
            "time",
            "ul",
            "li",
            "a",
            "dl",
            "dt",
            "dd",
            "details",
        ),
        *("summary", "table", "tr", "td", "th", "svg", "line", "circle", "rect"),
    }
    assert {tag for tag, _ in page.elements} <= allowed
    for tag, attributes in page.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "srcset", "style", "action")
        ]
        if "href" in attributes:
            assert (attributes["href"] or "").startswith("#run-"), (tag, attributes)
    assert "url(" not in html.split("</style>")[0]
    assert "@import" not in html
    policies = [
        found["content"] for tag, found in page.elements if found.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert (policies[0] or "").startswith("default-src 'none'; style-src 'sha256-")
    assert "content=\"default-src 'none'; " in html
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
    return page


def test_hostile_text_of_every_field_is_inert_in_html(hostile: Path) -> None:
    html = written(hostile, "html")
    page = assert_inert(html)
    assert "<script>alert(1)</script>" in page.text
    for field in (
        "asked",
        "candidate",
        "because",
        "note",
        "key",
        "tag",
        "cand",
        "base",
        "live-judge",
        "second-reviewer",
    ):
        assert field in page.text, field


def test_hostile_text_is_inert_in_markdown(hostile: Path) -> None:
    text = written(hostile, "markdown")
    outside, fence = [], ""
    for row in text.split("\n"):
        opened = re.match(r"\s*(`{3,})", row)
        if fence:
            fence = "" if row.strip() == fence else fence
        elif opened:
            fence = opened.group(1)
        else:
            outside.append(row)
    assert fence == ""
    for row in outside:
        bare = re.sub(r"\\.", "", row)
        assert not re.search(r"[<>`~@\[\]$]", re.sub(r"`[0-9a-f]{12}`", "", bare)), row
        assert "http://" not in bare
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_no_name_of_a_person_stands_in_a_report_without_names(tmp_path: Path, hostile: Path) -> None:
    with open_store(hostile) as store:
        names = [row[0] for row in store.rows("SELECT name FROM reviewers")]
    assert len(names) == 2
    for form in ("html", "markdown"):
        text = written(hostile, form, no_names=True)
        assert "reviewer 1" in text
        assert "second-reviewer" not in text
        assert "second-reviewer" in written(hostile, form)


@given(st.lists(st.tuples(st.sampled_from("WTLIUF"), st.sampled_from("WTLB.")), min_size=1, max_size=80))
@settings(max_examples=examples(60))
def test_every_number_of_the_console_stands_in_the_page_as_it_is_there(pairs: list[tuple[str, str]]) -> None:
    found = evidence_of([one for judged, said in pairs for one in table((judged, 1, said))])
    document = evidence_document([found])
    page, text = assert_inert(html_page(document)), markdown_page(document)
    cells = {" ".join(cell.split()) for cell in page.by_element.get("td", [])}
    for section in run_report(found.numbers).sections:
        for shown in text_tables(section):
            for row in shown.rows:
                for cell in row:
                    words = " ".join(cell.split())
                    assert not words or len(row) == 1 or words in cells, (words, section.title)
                    assert words.replace("`", "") in page.text
                    assert markdown_line(words) in text
    assert page.by_element["h1"] == [found.decision.sentence]
    assert text.startswith(f"# {markdown_line(found.decision.sentence)}\n")


def test_several_runs_stand_in_one_page_with_the_first_decision_first(hostile: Path) -> None:
    page = read_page(written(hostile, "html"))
    with open_store(hostile) as store:
        runs: list[Run] = all_runs(store)
        names = tuple(run.name for run in runs)
        decisions = [one.evidence.decision.sentence for one in collect(store, ReportRequest(names))]
    assert len(page.by_element["h1"]) == len(runs) == 2
    assert page.by_element["h1"] == [line(decision) for decision in decisions]
    assert [found.get("id") for _, found in page.elements if str(found.get("id")).startswith("run-")] == [
        "run-1",
        "run-2",
    ]


def test_a_long_text_is_folded_at_a_word_and_cut_far_behind() -> None:
    text = "word " * 10_000
    shown, rest = folded(text)
    assert len(shown) < 500
    assert shown.endswith("word")
    assert len(shown) + len(rest) < 20_100
    assert rest.endswith("… 30,000 more characters")
    assert folded("short") == ("short", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1. not a list", "1\\. not a list"),
        ("9.5 of 14", "9.5 of 14"),
        ("# no heading", "\\# no heading"),
        ("- no item", "\\- no item"),
        ("lora-r16-e3 (2)", "lora-r16-e3 (2)"),
        ("a\nb", "a b"),
        ("see http://x.example", "see http:\\/\\/x.example"),
        ("www.x.example", "www\\.x.example"),
        ("\\<b>", "\\\\\\<b\\>"),
    ],
)
def test_a_line_of_markdown_is_only_what_it_says(text: str, shown: str) -> None:
    assert markdown_line(text) == shown


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    assert markdown_block("a\n`````\nb").split("\n")[0] == "``````text"
