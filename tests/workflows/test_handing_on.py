"""Runs handed on from the app: every form is written, and nothing is replaced that was not to be."""

from pathlib import Path

import pytest

from support.imports import bring_files, judged, reviewed, write
from support.stores import new_store
from uphold.errors import BadUsage
from uphold.records.runs import Run
from uphold.store.runs import all_runs
from uphold.workflows.export_formats import FORMATS, TRAINING
from uphold.workflows.handing_on import (
    EXPORT_FORMS,
    REPORT_FORMS,
    HandOnForm,
    HandOnRequest,
    form_named,
    forms_for,
    free_file,
    hand_on,
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    with new_store(tmp_path / "x.db") as store:
        rows = [row for number in range(3) for row in (judged(f"k{number}"), reviewed(f"k{number}"))]
        bring_files(store, write(tmp_path / "s.jsonl", *rows), candidate="lora", baseline="base")
        return all_runs(store)[0]


def test_every_export_but_training_data_is_offered_and_for_several_runs_reports_alone(run: Run) -> None:
    assert {form.format for form in EXPORT_FORMS} == set(FORMATS) - {TRAINING}
    assert forms_for([run]) == REPORT_FORMS + EXPORT_FORMS
    assert forms_for([run, run]) == REPORT_FORMS


@pytest.mark.parametrize("form", REPORT_FORMS + EXPORT_FORMS, ids=lambda form: form.format or form.ending)
def test_a_form_is_written_once_and_again_only_when_it_may_be_replaced(
    tmp_path: Path, run: Run, form: HandOnForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / free_file([run], form)
    request = HandOnRequest((run,), form, path)
    assert hand_on(tmp_path / "x.db", request) == ("report written" if form.format is None else "3 pairs written")
    assert path.exists()
    assert free_file([run], form) != path.name
    with pytest.raises(BadUsage, match="there already"):
        hand_on(tmp_path / "x.db", request)
    hand_on(tmp_path / "x.db", HandOnRequest((run,), form, path, replace=True))


def test_the_ending_of_a_file_names_its_form() -> None:
    html, markdown, *_ = forms = REPORT_FORMS + EXPORT_FORMS
    assert form_named(forms, html, Path("a.md")) is markdown
    assert form_named(forms, markdown, Path("a.md")) is markdown
    assert form_named(forms, html, Path("a.txt")) is html
    assert form_named(forms, html, Path("a.XLSX")).format == "xlsx"
