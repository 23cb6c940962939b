"""Hands on runs from the app: a report, or an export of the pairs, in the forms that it is offered in there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from uphold.formatting import count_noun
from uphold.records.runs import Run
from uphold.workflows.lookup import Store, open_store


@dataclass(frozen=True, slots=True)
class HandOnForm:
    """A form in which runs are handed on: what it is, and the ending of its file; an export's `format` is its name."""

    words: str
    ending: str
    format: str | None = None


REPORT_FORMS = (HandOnForm("report, an HTML page", ".html"), HandOnForm("report, in Markdown", ".md"))

EXPORT_FORMS = (
    HandOnForm("pairs as a table, CSV", ".csv", "csv"),
    HandOnForm("pairs as a workbook, xlsx", ".xlsx", "xlsx"),
    HandOnForm("pairs with all verdicts and decisions, JSONL", ".jsonl", "jsonl"),
    HandOnForm("annotations for AlpacaEval", ".json", "alpaca-eval"),
    HandOnForm("a folder for FastChat, as MT-Bench has it", "", "mt-bench"),
    HandOnForm("everything, for an import elsewhere", ".uphold", "uphold"),
)
"""The formats of `uphold export` but for `trl`: that a set is turned into training data is said on the command line."""


def forms_for(runs: Sequence[Run]) -> tuple[HandOnForm, ...]:
    """Return the forms that some runs can be handed on in: several of them in a report only."""
    return REPORT_FORMS if len(runs) > 1 else REPORT_FORMS + EXPORT_FORMS


def form_named(forms: Sequence[HandOnForm], chosen: HandOnForm, path: Path) -> HandOnForm:
    """Return the form that a file's name asks for by its ending; the chosen one where it asks for none, or for that one."""
    if path.suffix == chosen.ending:
        return chosen
    return next((form for form in forms if form.ending == path.suffix.lower()), chosen)


@dataclass(frozen=True, slots=True)
class HandOnRequest:
    """Runs, the form, and the file to write; `replace` one that is there. `judge` is the one that the user named."""

    runs: tuple[Run, ...]
    form: HandOnForm
    path: Path
    replace: bool = False
    judge: str | None = None


def hand_on(database: Path, request: HandOnRequest) -> str:
    """Write the file and return what was written, in words; opens the database itself, so that a thread can call it.

    Raises FileExists for a file that is there and may not be replaced, else as `write_report` and `write_export` do.
    """
    with open_store(database, reading=True) as store:
        if request.form.format is None:
            return _write_report(store, request)
        return _export(store, request, request.form.format)


def _write_report(store: Store, request: HandOnRequest) -> str:
    from uphold.workflows.reporting import ReportRequest, write_report

    names = tuple(run.name for run in request.runs)
    written = write_report(store, ReportRequest(names, request.judge), request.path, force=request.replace)
    return "report written" if written.recorded else "report written, not recorded: the database is read-only"


def _export(store: Store, request: HandOnRequest, file_format: str) -> str:
    from uphold.reports.training_text import training_sentence
    from uphold.workflows.export_any import export_pairs
    from uphold.workflows.export_formats import DEFAULT_LABELS, ExportTarget, FormatOptions
    from uphold.workflows.exporting import ExportRequest

    judge = request.judge if file_format in DEFAULT_LABELS else None
    target = ExportTarget(request.path, force=request.replace)
    done = export_pairs(store, file_format, ExportRequest(request.runs[0].name, judge=judge), FormatOptions(), target)
    warning = f"; the set was {training_sentence(done.training)}" if done.training else ""
    return f"{count_noun(done.counts.pairs, 'pair')} written{warning}"


def free_file(runs: Sequence[Run], form: HandOnForm) -> str:
    """Return the name of a file for some runs that does not exist in the current folder yet."""
    name = runs[0].name if len(runs) == 1 else f"{runs[0].set}-checkpoints"
    stem = "".join(char if char.isalnum() or char in "-_." else "-" for char in name)[:60].strip(".-") or "run"
    names = (f"{stem}{suffix}{form.ending}" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    return next((name for name in names if not Path(name).exists()), f"{stem}{form.ending}")
