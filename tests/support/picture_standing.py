"""A set with two certified judges for pictures and tests: one stands, the other lapsed when it was checked for drift."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.certified import SEED, rows
from support.imports import bring
from uphold.records.certificates import Certificate, DriftCheck, DriftState, RerunCount
from uphold.records.sets import SettingKind
from uphold.store import certificates
from uphold.store.database import Store, open_store
from uphold.workflows.certifying import CertifyRequest, CertifyResult, certify
from uphold.workflows.curating import SetEditor, make_set
from uphold.workflows.judge_request import JudgeRequest

_TAGS = ("billing", "refund", "shipping", "account", "warranty")

_FIRST_CHECKS = ((0, "03-03"), (1, "03-10"), (0, "03-17"), (1, "03-24"), (2, "03-31"), (1, "04-07"))


def _tags(number: int) -> list[str]:
    """The tags of an example: three that many have, and two that few have."""
    return [_TAGS[number % 3] if number % 11 else _TAGS[3 + number // 11 % 2]]


def standing(path: Path) -> None:
    """The set `support-desk`: haiku-4.5 was certified and drifted, haiku-5-5 stands; mira is alike with herself."""
    # In a thread: pictures are drawn inside an event loop, and a test starts one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_make, path, stands=True).result()


def lapsed(path: Path) -> None:
    """The same before the second judge was tested."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_make, path, stands=False).result()


def _make(path: Path, *, stands: bool) -> None:
    with open_store(path, create=True) as store:
        make_set(store, "support-desk", "mira", seed=SEED)
        made = rows(200 if stands else 120, tags=_tags)
        bring(store, *(row | {"reviewer": "mira"} for row in made[:120]), set_="support-desk")
        jonas = (
            row | {"reviewer": "jonas", "review": "tie" if n % 9 == 0 else "candidate"}
            for n, row in enumerate(made[:40])
        )
        bring(store, *jonas, set_="support-desk")
        SetEditor(store, "support-desk", "mira").set_value(SettingKind.FLOOR, "0.75")
        first = tested(store, made[:120], "haiku-4.5 strict-v3", every=9)
        _checked(store, first, ((1, "02-19"), (0, "02-26"), (13, "03-01")), date="02-12")
        if stands:
            bring(store, *(row | {"reviewer": "mira"} for row in made[120:]), set_="support-desk")
            second = tested(store, made, "haiku-5-5 v3", every=8)
            _checked(store, second, _FIRST_CHECKS, date="03-03")


def tested(store: Store, made: list[dict[str, object]], judge: str, every: int) -> Certificate:
    """Import a judge's verdicts, one in so many of them wrong, pin it and test it."""
    judged = (
        {**row, "judge": judge, "verdict": "baseline" if n % every == 3 else "candidate", "order": order}
        for n, row in enumerate(made)
        for order in ("candidate-first", "baseline-first")
    )
    bring(
        store,
        *({k: v for k, v in row.items() if k not in ("reviewer", "review")} for row in judged),
        set_="support-desk",
    )

    async def run() -> CertifyResult:
        *_, result = [one async for one in certify(store, CertifyRequest(JudgeRequest(judge, set="support-desk")))]
        assert isinstance(result, CertifyResult)
        return result

    result = asyncio.run(run())
    assert result.certificate is not None, result.reason
    return result.certificate


def _checked(store: Store, certificate: Certificate, checks: tuple[tuple[int, str], ...], date: str) -> None:
    """Write checks for drift, and the date of the test."""
    with store.writing() as conn:
        conn.execute("UPDATE certificates SET created_at = ? WHERE id = ?", (f"2026-{date}T09:00:00Z", certificate.id))
        certificates.write_rerun(conn, certificate.id, RerunCount(60, 1))
        for changed, day in checks:
            state = DriftState.CHANGED if changed > 7 else DriftState.HOLDS
            check = DriftCheck(f"2026-{day}T09:00:00Z", state, 60, changed, 7, 53, 53 - changed // 2, 0.5)
            certificates.write_check(conn, certificate.id, check)
            if state is DriftState.CHANGED:
                certificates.end_judge(conn, certificate.judge.id, "drift")
