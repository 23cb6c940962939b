"""Certificates of judges, the locked pairs that are spent by them, checks for drift, and judge versions that ended."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from uphold.records.certificates import (
    BetterThan,
    Bound,
    Certificate,
    DriftCheck,
    DriftState,
    EndedJudge,
    Present,
    RerunCount,
    TagAgreement,
)
from uphold.records.enums import AnswerOrder
from uphold.records.judgments import Judge, JudgeRef
from uphold.records.runs import Run
from uphold.records.statistics import Rate
from uphold.store.database import Store, first_values, now
from uphold.store.judges import asked_orders
from uphold.store.set_versions import changed_since
from uphold.store.sets import settings_of

_LEVEL = 0.95

_CERTIFICATES = """
SELECT c.id, c.set_id, r.name, c.created_at, g.id, g.name, CASE WHEN g.is_program THEN 'program' ELSE g.kind END, g.version,
    c.answer_orders, c.samples, c.floor, c.set_floor, c.n, c.examples, c.agreed, c.unreadable, c.seen, c.low, c.method,
    c.against_id, c.better, c.worse, c.p, s.name, v.id, v.number, v.hash
FROM certificates c JOIN judges g ON g.id = c.judge_id JOIN sets s ON s.id = c.set_id
JOIN set_versions v ON v.id = c.set_version_id LEFT JOIN runs r ON r.id = c.run_id
WHERE {} ORDER BY c.id
"""

_JUDGE = "SELECT id, name, CASE WHEN is_program THEN 'program' ELSE kind END, version FROM judges WHERE id = ?"


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A test to be written: as `Certificate`, with ids; `uses` says of each tested pair whether judge and people agree."""

    set_id: int
    run_id: int | None
    judge_id: int
    version_id: int
    orders: tuple[AnswerOrder, ...]
    samples: int
    floor: float
    set_floor: float | None
    agreement: Rate
    examples: int
    unreadable: int
    seen: int
    uses: Mapping[int, bool]
    against_id: int | None = None
    test: BetterThan | None = None


def write_certificate(conn: sqlite3.Connection, new: NewCertificate) -> int:
    """Write a test with the pairs that it spends, within the open transaction; return its id."""
    test, rate = new.test, new.agreement
    values = {
        "set_id": new.set_id,
        "run_id": new.run_id,
        "judge_id": new.judge_id,
        "set_version_id": new.version_id,
        "answer_orders": json.dumps([order.value for order in new.orders]),
        "samples": new.samples,
        "floor": new.floor,
        "set_floor": new.set_floor,
        "n": rate.n,
        "examples": new.examples,
        "agreed": sum(new.uses.values()),
        "unreadable": new.unreadable,
        "seen": new.seen,
        "low": rate.low,
        "method": rate.method,
        "against_id": new.against_id,
        "better": None if test is None else test.better,
        "worse": None if test is None else test.worse,
        "p": None if test is None else test.p,
        "created_at": now(),
    }
    marks = ", ".join(f":{name}" for name in values)
    number = conn.execute(f"INSERT INTO certificates ({', '.join(values)}) VALUES ({marks})", values).lastrowid or 0
    conn.executemany(
        "INSERT INTO locked_uses (certificate_id, pair_id, same) VALUES (?, ?, ?)",
        [(number, pair_id, int(same)) for pair_id, same in new.uses.items()],
    )
    return number


def all_certificates(store: Store, set_id: int) -> list[Certificate]:
    """Return every test over a set, the oldest first, without their tags."""
    return [_certificate(store, row) for row in store.rows(_CERTIFICATES.format("c.set_id = ?"), (set_id,)).fetchall()]


def find_certificate(store: Store, number: int) -> Certificate:
    """Return a test by its id, with its tags."""
    return with_tags(store, _certificate(store, store.one(_CERTIFICATES.format("c.id = ?"), (number,))))


def latest_certificates(store: Store, set_id: int) -> list[Certificate]:
    """Return the latest test of each judge version over a set, the latest first, without their tags."""
    latest = "c.id IN (SELECT max(id) FROM certificates WHERE set_id = ? GROUP BY judge_id)"
    return [_certificate(store, row) for row in store.rows(_CERTIFICATES.format(latest), (set_id,)).fetchall()][::-1]


def has_certificates(store: Store, set_id: int) -> bool:
    """Whether any judge was ever tested over a set."""
    return store.one("SELECT 1 FROM certificates WHERE set_id = ? LIMIT 1", (set_id,)) is not None


def _certificate(store: Store, row: tuple) -> Certificate:  # type: ignore[type-arg]
    number, set_id, run, created_at, *judge = row[:8]
    orders, samples, floor, set_floor, n, examples, agreed, unreadable, seen, low, method = row[8:19]
    against_id, better, worse, p, set_name, version_id, version, set_hash = row[19:]
    members_then = store.one("SELECT count(*) FROM set_members WHERE version_id = ?", (version_id,))[0]
    return Certificate(
        id=number,
        judge=JudgeRef(*judge),
        set_id=set_id,
        run=run,
        created_at=created_at,
        bound=Bound(
            set=set_name,
            version=version,
            set_hash=set_hash,
            examples=members_then,
            orders=tuple(AnswerOrder(order) for order in json.loads(orders)),
            samples=samples,
            floor=floor,
            set_floor=set_floor,
        ),
        agreement=Rate(agreed / n, low, 1.0, n, _LEVEL, method),
        agreed=agreed,
        examples=examples,
        unreadable=unreadable,
        seen=seen,
        against=None if against_id is None else JudgeRef(*store.one(_JUDGE, (against_id,))),
        test=None if p is None else BetterThan(better, worse, p),
    )


def with_tags(store: Store, certificate: Certificate) -> Certificate:
    """Return a test with the tags of the set's active examples and how many tested pairs have them, the most frequent first."""
    rows = store.rows(
        "SELECT t.tag, total(u.same), count(u.pair_id) FROM tags t JOIN examples e ON e.id = t.example_id"
        " JOIN certificates c ON c.id = :id AND c.set_id = e.set_id"
        " LEFT JOIN pairs p ON p.example_id = e.id AND p.id IN (SELECT pair_id FROM locked_uses WHERE certificate_id = :id)"
        " LEFT JOIN locked_uses u ON u.certificate_id = c.id AND u.pair_id = p.id"
        " WHERE e.status = 'active' GROUP BY t.tag ORDER BY count(u.pair_id) DESC, t.tag",
        {"id": certificate.id},
    )
    return replace(certificate, tags=tuple(TagAgreement(tag, int(agreed), n) for tag, agreed, n in rows))


def tested_pairs(store: Store, number: int) -> dict[int, bool]:
    """Return the pairs of a test by id, and whether judge and people said the same on them."""
    sql = "SELECT pair_id, same FROM locked_uses WHERE certificate_id = ? ORDER BY pair_id"
    return {pair_id: bool(same) for pair_id, same in store.rows(sql, (number,))}


def runs_tested(store: Store, number: int) -> list[int]:
    """Return the ids of the runs whose pairs a test was on."""
    sql = (
        "SELECT DISTINCT p.run_id FROM locked_uses u JOIN pairs p ON p.id = u.pair_id WHERE u.certificate_id = ?"
        " ORDER BY p.run_id"
    )
    return [row[0] for row in store.rows(sql, (number,))]


def spent_pairs(store: Store, set_id: int) -> set[int]:
    """Return the pairs of a set's runs that were tested, or have the same texts as one that was."""
    of_set = "SELECT p.id FROM pairs p JOIN runs r ON r.id = p.run_id WHERE r.set_id = ?"
    sql = f"SELECT pair_id FROM spent_pairs WHERE pair_id IN ({of_set})"
    return first_values(store, sql, (set_id,))


_SEEN = """
SELECT DISTINCT e.pair_id FROM current_decisions d JOIN events e ON e.seq = d.seq
WHERE e.verdict_shown = 1 AND e.judge_id = ? AND NOT EXISTS (
    SELECT 1 FROM blind_decisions b WHERE b.pair_id = e.pair_id AND b.reviewer_id = e.reviewer_id
)
"""


def decided_in_view(store: Store, judge_id: int) -> set[int]:
    """Return the pairs on which somebody decided with this judge's verdict in view, and never without."""
    return first_values(store, _SEEN, (judge_id,))


# Drift.


def write_rerun(conn: sqlite3.Connection, certificate_id: int, count: RerunCount) -> None:
    """Write how many verdicts changed when the judge was asked again right after its test."""
    conn.execute(
        "INSERT INTO drift_checks (certificate_id, kind, asked, changed, created_at) VALUES (?, 'rerun', ?, ?, ?)",
        (certificate_id, count.asked, count.changed, now()),
    )


def write_check(conn: sqlite3.Connection, certificate_id: int, check: DriftCheck) -> None:
    """Write a check for drift."""
    conn.execute(
        "INSERT INTO drift_checks (certificate_id, kind, asked, changed, allowed, agreed_then, agreed_now, p, served,"
        " created_at) VALUES (?, 'check', ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            certificate_id,
            check.asked,
            check.changed,
            check.limit,
            check.agreed_then,
            check.agreed_now,
            check.p,
            check.served,
            check.created_at,
        ),
    )


def rerun_of(store: Store, certificate_id: int) -> RerunCount | None:
    """Return how many verdicts changed right after a test; None where that was not asked yet."""
    sql = "SELECT asked, changed FROM drift_checks WHERE certificate_id = ? AND kind = 'rerun' ORDER BY id DESC LIMIT 1"
    row = store.one(sql, (certificate_id,))
    return None if row is None else RerunCount(*row)


def checks_of(store: Store, certificate_id: int) -> list[DriftCheck]:
    """Return the checks for drift since a test, the oldest first."""
    rows = store.rows(
        "SELECT created_at, asked, changed, allowed, agreed_then, agreed_now, p, served FROM drift_checks"
        " WHERE certificate_id = ? AND kind = 'check' ORDER BY id",
        (certificate_id,),
    )
    return [
        DriftCheck(
            created_at=at,
            state=_drift_state(changed, allowed, served),
            asked=asked,
            changed=changed,
            limit=allowed,
            agreed_then=then,
            agreed_now=today,
            p=p,
            served=served,
        )
        for at, asked, changed, allowed, then, today, p, served in rows
    ]


def _drift_state(changed: int, allowed: int, served: str | None) -> DriftState:
    return DriftState.CHANGED if changed > allowed or served is not None else DriftState.HOLDS


def close_round(conn: sqlite3.Connection, judge_id: int) -> None:
    """Take the judgments of a finished check for drift out of force, so that the next one asks anew; they stay in the file."""
    sql = "UPDATE judgments SET superseded_by = id WHERE judge_id = ? AND purpose = 'drift' AND superseded_by IS NULL"
    conn.execute(sql, (judge_id,))


# What a certificate is held against.


def read_present(store: Store, certificate: Certificate, judge: JudgeRef | None, run: Run | None = None) -> Present:
    """Return the set and its runs, or one of them, as they are now; `judge` is the one in force."""
    orders, samples = asked_orders(store, certificate.judge.id, certificate.set_id, run)
    floor = settings_of(store, certificate.set_id).get("floor")
    version = store.one("SELECT set_version_id FROM certificates WHERE id = ?", (certificate.id,))[0]
    return Present(
        judge=judge,
        orders=orders or None,
        samples=samples if orders else None,
        floor=None if floor is None else float(json.loads(floor)),
        changed_examples=changed_since(store, certificate.set_id, version),
        ended=end_of_judge(store, certificate.judge.id),
    )


# Judge versions that ended.


def end_judge(conn: sqlite3.Connection, judge_id: int, reason: str) -> None:
    """Write that a judge version is not asked any more: `drift`, or `another model`."""
    sql = "INSERT OR IGNORE INTO ended_judges (judge_id, reason, created_at) VALUES (?, ?, ?)"
    conn.execute(sql, (judge_id, reason, now()))


def end_of_judge(store: Store, judge_id: int) -> EndedJudge | None:
    """Return why and when a judge version ended; None for one that is asked still."""
    row = store.one("SELECT reason, created_at FROM ended_judges WHERE judge_id = ?", (judge_id,))
    return None if row is None else EndedJudge(*row)


def current_revision(store: Store, versions: Iterable[Judge]) -> int:
    """Return the number, from 1, of the first of these versions of one judge that has not ended in this file."""
    sql = "SELECT 1 FROM ended_judges d JOIN judges g ON g.id = d.judge_id WHERE g.name = ? AND g.version = ?"
    for number, judge in enumerate(versions, 1):
        if store.one(sql, (judge.name, judge.version)) is None:
            return number
    raise ValueError("every version given has ended")


def add_served(conn: sqlite3.Connection, judge_id: int, models: Iterable[str]) -> None:
    """Write the models that a server named in its answers to a judge; those that are known already stay."""
    rows = [(judge_id, model, now()) for model in models]
    conn.executemany("INSERT OR IGNORE INTO served_models (judge_id, model, created_at) VALUES (?, ?, ?)", rows)


def served_models(store: Store, judge_id: int) -> list[str]:
    """Return the models that a server named in its answers to a judge, in the order of their first answer."""
    sql = "SELECT model FROM served_models WHERE judge_id = ? ORDER BY created_at, model"
    return [row[0] for row in store.rows(sql, (judge_id,))]
