"""Certificates and drift: how often a judge at the floor passes, one that is no better is said to be, and an alarm is false.

Tests and checks are the program's own, on a file with locked and decided pairs; only the judge's answers are made up.
"""

import asyncio
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.certified import SEED, rows
from support.imports import bring
from support.stores import new_store
from uphold.records.certificates import Certificate, CertifyState, DriftState
from uphold.records.enums import AnswerOrder, JudgmentStatus, Preference, Purpose
from uphold.records.halves import Half
from uphold.records.judgments import Judge, Judgment
from uphold.store import judges, judgments
from uphold.store.certificates import find_certificate
from uphold.store.database import Store
from uphold.store.decided_pairs import read_decided
from uphold.store.outcomes import write_verdicts
from uphold.workflows.certifying import CertifyRequest, CertifyResult, certify
from uphold.workflows.curating import make_set
from uphold.workflows.drift import count_reruns, finish_check
from uphold.workflows.halves import set_halves
from uphold.workflows.judge_request import JudgeRequest

from .frame import Measures, Promise, Simulation

SYSTEMS = ("sft", "dpo", "orpo")

_FOLDER = tempfile.TemporaryDirectory(prefix="uphold-simulated-")
"""Where the files are made, each once in a process; removed at its end."""

RIGHT, WRONG = Preference.CANDIDATE, Preference.BASELINE


@cache
def _made(examples: int, each: int) -> Store:
    """Return a store with so many locked and so many other examples, decided in `each` runs of the set `s`."""
    folder = Path(_FOLDER.name, str(os.getpid()))  # processes that were forked from one share the folder above it
    folder.mkdir(exist_ok=True)
    store = new_store(folder / f"{examples}-{each}.db")
    make_set(store, "s", "ada", seed=SEED)
    asked = rows(4 * examples + 40)
    for row in asked:
        for name in ("reviewer", "review"):
            row.pop(name)
    for system in SYSTEMS[:each]:
        bring(
            store, *(row | {"candidate": system, "response_candidate": f"{system} says {row['key']}"} for row in asked)
        )
    halves = set_halves(store, 1)
    keys = dict(store.rows("SELECT id, key FROM examples").fetchall())
    chosen = {keys[number] for half in Half for number in [n for n, one in halves.items() if one is half][:examples]}
    for system in SYSTEMS[:each]:
        decided = (
            row | {"candidate": system, "response_candidate": f"{system} says {row['key']}", "reviewer": "ada"}
            for row in asked
            if row["key"] in chosen
        )
        bring(store, *(row | {"review": "candidate"} for row in decided))
    return store


@contextmanager
def _copied(examples: int, each: int) -> Iterator[Store]:
    with _made(examples, each).copy_in_memory() as store:
        yield store


def _add_judge(store: Store, name: str) -> int:
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, Judge(name, "llm", (("endpoint", "stub"), ("model", name))))
        for (run_id,) in store.rows("SELECT id FROM runs").fetchall():
            judges.record_requested_orders(conn, run_id, judge_id, [AnswerOrder.CANDIDATE_FIRST])
    return judge_id


def _write(store: Store, judge_id: int, said: dict[int, Preference], purpose: Purpose = Purpose.VERDICT) -> None:
    """Write what a judge said on some pairs."""
    with store.writing() as conn:
        for pair_id, verdict in said.items():
            judgment = Judgment(AnswerOrder.CANDIDATE_FIRST, JudgmentStatus.READABLE, verdict)
            judgments.add_judgment_only(conn, pair_id, judge_id, judgment, purpose=purpose)
        if purpose is Purpose.VERDICT:
            write_verdicts(conn, list(said), judge_id)


def _tested(store: Store, judge: str, floor: float, against: str | None = None) -> CertifyResult:
    async def run() -> CertifyResult:
        *_, result = [one async for one in certify(store, CertifyRequest(JudgeRequest(judge, set="s"), floor, against))]
        assert isinstance(result, CertifyResult)
        return result

    return asyncio.run(run())


@dataclass(frozen=True)
class Quality:
    """A judge that is right with chance `right` on `examples` locked examples, each compared in `each` runs.

    Where an example is compared several times, the chance differs between examples, with the correlation `alike`.
    """

    right: float
    floor: float
    examples: int
    each: int = 1
    alike: float = 0.0


def measure_quality(setting: Quality, rng: random.Random) -> Measures:
    """Test a judge of a known quality; beside it the chance to pass that was named before."""
    with _copied(setting.examples, setting.each) as store:
        judge_id, chances = _add_judge(store, "new"), dict[int, float]()
        for pair in read_decided(store, 1, None):
            if pair.asked not in chances:
                size = (1 - setting.alike) / setting.alike if setting.alike else 0.0
                drawn = rng.betavariate(setting.right * size, (1 - setting.right) * size) if size else setting.right
                chances[pair.asked] = drawn
        said = {
            pair.id: RIGHT if rng.random() < chances[pair.asked] else WRONG for pair in read_decided(store, 1, None)
        }
        _write(store, judge_id, said)
        result = _tested(store, "new", setting.floor)
        return {"certified": result.state is CertifyState.STANDS, "chance named": result.plan.chance}


@dataclass(frozen=True)
class Better:
    """On 60 locked pairs the new judge alone is right on a share `better`, the old one alone on a share `worse`."""

    better: float
    worse: float
    both: float = 0.7


def measure_better(setting: Better, rng: random.Random) -> Measures:
    """Test a judge against another, at a floor that it reaches."""
    with _copied(60, 1) as store:
        new, old = _add_judge(store, "new"), _add_judge(store, "old")
        said: tuple[dict[int, Preference], dict[int, Preference]] = ({}, {})
        for pair in read_decided(store, 1, None):
            drawn = rng.random()
            alone = drawn < setting.better, setting.better <= drawn < setting.better + setting.worse
            both = setting.better + setting.worse <= drawn < setting.better + setting.worse + setting.both
            said[0][pair.id] = RIGHT if alone[0] or both else WRONG
            said[1][pair.id] = RIGHT if alone[1] or both else WRONG
        _write(store, new, said[0])
        _write(store, old, said[1])
        result = _tested(store, "new", 0.5, "old")
        assert result.certificate is not None
        assert result.certificate.test is not None
        return {"said to be better": result.certificate.test.is_shown, "chance named": result.plan.chance_better}


@dataclass(frozen=True)
class Drifting:
    """Of a judge's verdicts a share `noise` changes whenever it is asked again; since its test a share `drift` is another."""

    noise: float
    drift: float
    pairs: int = 60


def measure_drift(setting: Drifting, rng: random.Random) -> Measures:
    """Certify a judge, ask it again, and check it for drift."""
    with _copied(60, 1) as store:
        judge_id = _add_judge(store, "new")
        decided = read_decided(store, 1, None)
        true = {pair.id: RIGHT if rng.random() < 0.95 else WRONG for pair in decided}
        _write(store, judge_id, true)
        result = _tested(store, "new", 0.5)
        assert result.certificate is not None
        again = [pair.id for pair in decided[:60]]
        _write(store, judge_id, _again(true, again, setting.noise, rng), Purpose.RERUN)
        count_reruns(store, result.certificate, again)
        moved = {pair: _other(word) if rng.random() < setting.drift else word for pair, word in true.items()}
        asked = again[: setting.pairs]
        _write(store, judge_id, _again(moved, asked, setting.noise, rng), Purpose.DRIFT)
        return _alarm(store, result.certificate, asked)


def _alarm(store: Store, certificate: Certificate, asked: Sequence[int]) -> Measures:
    check = finish_check(store, find_certificate(store, certificate.id), asked)
    return {"alarm": check.state is DriftState.CHANGED, "limit": check.limit}


def _again(
    said: dict[int, Preference], pairs: Sequence[int], noise: float, rng: random.Random
) -> dict[int, Preference]:
    return {pair: _other(said[pair]) if rng.random() < noise else said[pair] for pair in pairs}


def _other(word: Preference) -> Preference:
    return WRONG if word is RIGHT else RIGHT


AT, ABOVE = "at the floor", "above it"

SIMULATIONS = (
    Simulation(
        "certificates",
        "A test on locked pairs",
        {
            f"{AT}, .75, 30 examples": Quality(0.75, 0.75, 30),
            f"{AT}, .75, 46 examples": Quality(0.75, 0.75, 46),
            f"{AT}, .75, 60 examples": Quality(0.75, 0.75, 60),
            f"{AT}, .75, 100 examples": Quality(0.75, 0.75, 100),
            f"{AT}, .9, 60 examples": Quality(0.9, 0.9, 60),
            f"{AT}, .75, 30 examples in 3 runs, alike": Quality(0.75, 0.75, 30, 3, 0.4),
            f"{AT}, .75, 60 examples in 2 runs, alike": Quality(0.75, 0.75, 60, 2, 0.6),
            f"{ABOVE}, .85 at a floor of .75, 30 examples": Quality(0.85, 0.75, 30),
            f"{ABOVE}, .85 at a floor of .75, 60 examples": Quality(0.85, 0.75, 60),
            f"{ABOVE}, .9 at a floor of .75, 60 examples": Quality(0.9, 0.75, 60),
        },
        measure_quality,
        (
            Promise("certified", most=0.05, where=AT),
            Promise("certified", least=0.5, where=".85 at a floor of .75, 60"),
            Promise("certified", least=0.8, where=".9 at a floor of .75, 60"),
        ),
        runs=1000,
        tiny=3,
    ),
    Simulation(
        "better-judge",
        "A test against another judge",
        {
            "no better, 20 % discordant": Better(0.1, 0.1),
            "no better, 40 % discordant": Better(0.2, 0.2, 0.5),
            "15 points better, 20 % discordant": Better(0.175, 0.025),
            "15 points better, 16 % discordant": Better(0.155, 0.005),
            "10 points better, 20 % discordant": Better(0.15, 0.05),
        },
        measure_better,
        (
            Promise("said to be better", most=0.05, where="no better"),
            Promise("said to be better", least=0.5, where="15 points better"),
        ),
        runs=1000,
        tiny=3,
    ),
    Simulation(
        "drift",
        "Checks for drift",
        {
            "no drift, rerun .02": Drifting(0.02, 0.0),
            "no drift, rerun .05": Drifting(0.05, 0.0),
            "no drift, rerun .1": Drifting(0.1, 0.0),
            "no drift, rerun .05, 30 asked": Drifting(0.05, 0.0, 30),
            "20 % changed, rerun .02": Drifting(0.02, 0.2),
            "20 % changed, rerun .05": Drifting(0.05, 0.2),
            "20 % changed, rerun .05, 30 asked": Drifting(0.05, 0.2, 30),
            "10 % changed, rerun .05": Drifting(0.05, 0.1),
        },
        measure_drift,
        (
            Promise("alarm", most=0.02, where="no drift"),
            Promise("alarm", least=0.5, where="20 % changed, rerun .02"),
            Promise("alarm", least=0.5, where="20 % changed, rerun .05"),
        ),
        runs=1000,
        tiny=3,
    ),
)
