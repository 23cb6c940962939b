"""Writes reports of runs to files, and records them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadUsage
from uphold.records.replayed import WrittenReport
from uphold.records.run_evidence import RunEvidence
from uphold.reports.document import Document
from uphold.reports.evidence_report import evidence_document
from uphold.reports.numbered_people import numbered_people
from uphold.store import runs, written_reports
from uphold.store.database import Store, now
from uphold.store.exports import snapshot
from uphold.workflows.file_writing import check_target, write_lines
from uphold.workflows.run_evidence import CollectedRun, collect_run

FORMS = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown"}
"""The forms of a report by the ending of its file."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """The runs of a report, by name or number, none for the only one; `judge` is the one that the user names."""

    runs: tuple[str, ...] = ()
    judge: str | None = None
    no_names: bool = False


def report_form(path: Path) -> str:
    """Return the form that a file's name asks for; raises BadUsage where it asks for none."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise BadUsage(f"{path}: a report is written as .html or .md; name a file that ends so, such as report.html")
    return form


def collect(store: Store, request: ReportRequest, *, with_facts: bool = False) -> list[CollectedRun]:
    """Read the evidence of each run of a report, and if wanted the facts behind it, from one state of the database.

    Raises BadUsage for a run or judge that does not exist, and for a run that is named twice.
    """
    with snapshot(store):
        found = [runs.find_run(store, name) for name in request.runs or (None,)]
        twice = next((run for place, run in enumerate(found) if run in found[:place]), None)
        if twice is not None:
            raise BadUsage(f"the run {twice.name!r} is named twice; name each once")
        at = now()
        return [collect_run(store, run, request.judge, at, with_facts=with_facts) for run in found]


def shown_evidence(collected: Iterable[CollectedRun], request: ReportRequest) -> list[RunEvidence]:
    """Return the evidence as a report shows it: without people's names where that is asked for."""
    found = [one.evidence for one in collected]
    return [numbered_people(one) for one in found] if request.no_names else found


def report_text(document: Document, form: str) -> str:
    """Return a document as the text of a file of a form, html or markdown."""
    if form == "html":
        from uphold.reports.html import html_page

        return html_page(document)
    from uphold.reports.markdown import markdown_page

    return markdown_page(document)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A report that was written: its file, and whether it is recorded in the database, which `replay` needs."""

    path: Path
    runs: tuple[CollectedRun, ...]
    recorded: bool


def write_report(store: Store, request: ReportRequest, path: Path, *, force: bool = False) -> WrittenFile:
    """Write a report to a file and record it; in a database that may only be read it is not recorded.

    Raises as `collect`, `report_form` and `check_target` do, and BadFile where the file cannot be written.
    """
    form = report_form(path)
    target = _recordable(check_target(path, store.path, force=force))
    collected = collect(store, request, with_facts=True)
    text = report_text(evidence_document(shown_evidence(collected, request)), form)
    write_lines([text], path, store.path, force=force)
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    records = [_record(one, request, form, target, digest) for one in collected]
    if not store.read_only:
        with store.writing() as conn:
            for record in records:
                written_reports.add_report(conn, record)
    return WrittenFile(target, tuple(collected), not store.read_only)


def _recordable(path: Path) -> Path:
    """Return a path that can be recorded; raises BadUsage where it is no text."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise BadUsage(f"{str(path)!r}: this path is not UTF-8; name a file whose path is") from error
    return path


def _record(one: CollectedRun, request: ReportRequest, form: str, target: Path, digest: str) -> WrittenReport:
    evidence = one.evidence
    return WrittenReport(
        run_id=evidence.run.id,
        form=form,
        path=str(target),
        sha256=digest,
        fingerprint=evidence.fingerprint,
        state=evidence.decision.state.value,
        sentence=evidence.decision.sentence,
        set_hash=evidence.numbers.set_hash,
        set_version=evidence.origin.set_version,
        judge_id=one.judge_id,
        judge_named=request.judge,
        made_with=evidence.origin.made_with,
        figures=one.figures,
        facts=one.facts,
        created_at=evidence.created_at,
    )
