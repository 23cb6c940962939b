"""What is certified of the judge in force: read for a run or a set, and held against the set as it is now."""

from collections.abc import Iterable

from uphold.records.certificates import Ceiling, Certificate, Standing, certificate_state
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.records.statistics import RunStatistics
from uphold.stats.reviewers import reviewer_statistics
from uphold.stats.summary import merge_counts
from uphold.store import certificates, counts, runs, sets
from uphold.store.counts import CountOptions
from uphold.store.database import Store
from uphold.store.headline_judges import pinned_judge


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


def all_standings(store: Store, set_id: int) -> list[Standing]:
    """Return the latest certificate of each judge version over a set with what it is now, the latest first.

    The judge in force is the one pinned to the set; without a pin each judge is held against itself.
    """
    pinned = pinned_judge(store, set_id)[0]
    return [with_state(store, one, pinned, None) for one in certificates.latest_certificates(store, set_id)]


def _standing(store: Store, set_id: int, judge: JudgeRef | None, run: Run | None) -> Standing | None:
    if not certificates.has_certificates(store, set_id):
        return None
    counts = _counting(certificates.latest_certificates(store, set_id), judge)
    return with_state(store, counts, judge, run)


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
