"""Reads for the standing screen; each function opens the database itself, so that a thread can call it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from uphold.records.certificates import Certificate
from uphold.records.judgments import JudgeRef
from uphold.settings import Settings
from uphold.workflows.certifying import CertifyPlan, CertifyRequest, plan_certificate
from uphold.workflows.drift import DriftPlan, plan_drift
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.lookup import open_store
from uphold.workflows.standing import StandingOverview, read_overview
from uphold_tui.standing.work import BackgroundWork, drift_work, test_work


@dataclass(frozen=True, slots=True)
class StandingSource:
    """Reads what the screen shows of one set, and begins what it asks a judge.

    `plan_test` takes what names a judge and a floor (None: the set's), `plan_drift` a certificate; `test` and `drift` return
    that work, not started yet.
    """

    set: str
    overview: Callable[[], StandingOverview]
    plan_test: Callable[[str, float | None], CertifyPlan]
    plan_drift: Callable[[Certificate], DriftPlan]
    test: Callable[[str, str, float | None], BackgroundWork]
    drift: Callable[[Certificate], BackgroundWork]


def standing_source(path: Path, set_name: str, judge: JudgeRef | None, settings: Settings) -> StandingSource:
    """Return the source of a set's certificates in the database at `path`; `judge` is in force where none is pinned."""
    cap = settings.project.max_cost

    def asking(named: str) -> JudgeRequest:
        return JudgeRequest(named, set=set_name, max_cost=cap, settings=settings)

    def overview() -> StandingOverview:
        with open_store(path) as store:
            return read_overview(store, set_name, judge)

    def plan_test(named: str, floor: float | None) -> CertifyPlan:
        with open_store(path) as store:
            return asyncio.run(plan_certificate(store, CertifyRequest(asking(named), floor)))

    def plan_check(certificate: Certificate) -> DriftPlan:
        with open_store(path) as store:
            return asyncio.run(plan_drift(store, certificate, asking(certificate.judge.name)))

    def test(named: str, name: str, floor: float | None) -> BackgroundWork:
        return test_work(path, name, CertifyRequest(asking(named), floor), cap)

    def drift(certificate: Certificate) -> BackgroundWork:
        return drift_work(path, certificate, asking(certificate.judge.name), cap)

    return StandingSource(set_name, overview, plan_test, plan_check, test, drift)
