"""A test of a judge, or a check for drift, in the background."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

from uphold.records.certificates import Certificate
from uphold.workflows.certifying import CertifyRequest, CertifyResult, certify
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.drift import DriftResult, check_drift
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging_progress import JudgingProgress
from uphold.workflows.lookup import Store
from uphold_tui.widgets import background_work

BackgroundWork = background_work.BackgroundWork[JudgingProgress, CertifyResult | DriftResult]
WorkStatus = background_work.WorkStatus[JudgingProgress, CertifyResult | DriftResult]


def test_work(path: Path, name: str, request: CertifyRequest, cap: float | None) -> BackgroundWork:
    """Return a test, not started yet."""

    def work(store: Store, control: WorkControl) -> AsyncGenerator[JudgingProgress | CertifyResult | DriftResult, None]:
        return certify(store, replace(request, asking=replace(request.asking, control=control)))

    return BackgroundWork(path, name, work, JudgingProgress, cap)


def drift_work(path: Path, certificate: Certificate, request: JudgeRequest, cap: float | None) -> BackgroundWork:
    """Return a check for drift, not started yet."""

    def work(store: Store, control: WorkControl) -> AsyncGenerator[JudgingProgress | CertifyResult | DriftResult, None]:
        return check_drift(store, certificate, replace(request, control=control))

    return BackgroundWork(path, certificate.judge.name, work, JudgingProgress, cap)
