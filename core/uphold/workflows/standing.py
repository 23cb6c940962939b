"""The certificate of the judge in force: read for a run or a set, and held against the set as it is now."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from uphold.records.certificates import Ceiling, Certificate, CertificateState, Standing, certificate_state
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.records.statistics import RunStatistics
from uphold.stats.reviewers import reviewer_statistics
from uphold.stats.summary import merge_counts
from uphold.store import certificates, counts, judge_specs, runs, sets
from uphold.store.counts import CountOptions
from uphold.store.database import Store
from uphold.store.headline_judges import pinned_judge
from uphold.store.judge_trials import PairPlace, pair_places


def run_standing(store: Store, run: Run, judge: JudgeRef | None) -> Standing | None:
    """Return the certificate that counts for a run and the judge in force, with what it is now; None where there is none."""
    return _standing(store, run.set_id, judge, run)


def set_standing(store: Store, set_id: int) -> Standing | None:
    """Return the certificate that counts for a set: of the judge pinned to it, else of the judge tested last."""
    return _standing(store, set_id, pinned_judge(store, set_id)[0], None)


def statistics_standing(store: Store, numbers: RunStatistics) -> Standing | None:
    """Return the certificate that counts for the judge of some statistics: of a run's headline, or of a set."""
    if numbers.run is None:
        return set_standing(store, sets.find_set(store, numbers.set))
    return run_standing(store, runs.find_run(store, numbers.run), numbers.judge.shown)


def _standing(store: Store, set_id: int, judge: JudgeRef | None, run: Run | None) -> Standing | None:
    if not certificates.has_certificates(store, set_id):
        return None
    found = _counting(certificates.latest_certificates(store, set_id), judge)
    return with_state(store, certificates.with_tags(store, found), judge, run)


def run_state(store: Store, run: Run, judge: JudgeRef | None) -> CertificateState | None:
    """Return what the certificate that counts for a run is now, and nothing else of it; None where there is none."""
    if not certificates.has_certificates(store, run.set_id):
        return None
    found = _counting(certificates.latest_certificates(store, run.set_id), judge)
    return with_state(store, found, judge, run).state


def _counting(found: Iterable[Certificate], judge: JudgeRef | None) -> Certificate:
    """Return the latest test of the judge in force, else of a judge of that name, else the latest of any."""
    known = list(found)
    if judge is None:
        return known[0]
    of_version = [one for one in known if one.judge.version == judge.version]
    of_name = [one for one in known if one.judge.name == judge.name]
    return (of_version or of_name or known)[0]


def with_state(store: Store, certificate: Certificate, judge: JudgeRef | None, run: Run | None) -> Standing:
    """Return a certificate with what it is now, held against the judge in force and a run, or all runs of the set."""
    checks = certificates.checks_of(store, certificate.id)
    present = certificates.read_present(store, certificate, judge, run)
    state, reasons = certificate_state(certificate, present, checks)
    return Standing(certificate, state, reasons, tuple(checks), certificates.rerun_of(store, certificate.id))


def read_ceilings(store: Store, set_id: int, set_name: str) -> tuple[Ceiling, ...]:
    """Return how often people agree over a set, which no judge can be expected to pass.

    Each reviewer with themselves on pairs that were shown twice, then every two reviewers; only from ten pairs on.
    """
    found = reviewer_statistics(merge_counts(counts.set_counts(store, set_id, set_name, CountOptions(details=True))))
    own = [Ceiling((lean.name,), lean.self_agreement) for lean in found.leans]
    shared = [Ceiling((pair.a, pair.b), pair.agreement) for pair in found.pairs]
    return tuple(one for one in (*own, *shared) if one.rate.rate is not None and one.rate.n >= MIN_FOR_RATE)


def tested_pairs(store: Store, set_id: int, judge: JudgeRef | None) -> frozenset[int]:
    """Return the ids of the locked pairs that a judge's latest test over a set was on; of any judge's where it had none."""
    known = certificates.latest_certificates(store, set_id)
    return frozenset(certificates.tested_pairs(store, _counting(known, judge).id)) if known else frozenset()


def runs_tested(store: Store, certificate: Certificate) -> list[Run]:
    """Return the runs whose pairs a test was on, by number."""
    return [runs.get_run(store, run_id) for run_id in certificates.runs_tested(store, certificate.id)]


@dataclass(frozen=True, slots=True)
class JudgeToTest:
    """A judge that can be tested on a set: what names it when it is asked, and what it is called."""

    named: str
    name: str


@dataclass(frozen=True, slots=True)
class StandingOverview:
    """What is certified over a set: each judge's latest test with what it is now, and how often people agree.

    The first of `standings` is that of the judge in force, the others follow, the latest first. `floor` is that of the set;
    `to_test` is the judge that a new test would be of, None where none can be asked. `tests` are all tests, the oldest first;
    `differing` has the pairs on which judge and people differed in each of `standings`, by certificate id.
    """

    set: str
    standings: tuple[Standing, ...]
    ceilings: tuple[Ceiling, ...]
    floor: float | None
    to_test: JudgeToTest | None
    tests: tuple[Certificate, ...]
    differing: Mapping[int, tuple[PairPlace, ...]]


def read_overview(store: Store, set_name: str, judge: JudgeRef | None = None) -> StandingOverview:
    """Return what is certified over a set; `judge` is the one in force where none is pinned to the set."""
    set_id = sets.find_set(store, set_name)
    in_force = pinned_judge(store, set_id)[0] or judge
    latest = certificates.latest_certificates(store, set_id)
    found = [with_state(store, certificates.with_tags(store, one), in_force, None) for one in latest]
    if found:
        first = _counting([one.certificate for one in found], in_force)
        found.sort(key=lambda one: one.certificate.id != first.id)
    floor = sets.settings_of(store, set_id).get("floor")
    return StandingOverview(
        set_name,
        tuple(found),
        read_ceilings(store, set_id, set_name),
        None if floor is None else float(json.loads(floor)),
        _to_test(store, in_force or (found[0].certificate.judge if found else None)),
        tuple(certificates.all_certificates(store, set_id)),
        {one.certificate.id: _differing(store, one.certificate) for one in found},
    )


def _differing(store: Store, certificate: Certificate) -> tuple[PairPlace, ...]:
    pairs = [pair for pair, same in certificates.tested_pairs(store, certificate.id).items() if not same]
    places = pair_places(store, pairs)
    return tuple(places[pair] for pair in pairs)


def _to_test(store: Store, judge: JudgeRef | None) -> JudgeToTest | None:
    """Return what names a judge: its version where it can be asked as it is, else what its name stands for now."""
    if judge is None:
        return None
    if certificates.end_of_judge(store, judge.id) is None:
        return JudgeToTest(f"{judge.name}@{judge.version}", judge.name)
    spec = judge_specs.find_spec(store, judge.id)
    return JudgeToTest(spec or judge.name, judge.name)
