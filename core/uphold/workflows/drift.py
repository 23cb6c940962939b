"""Checks a certified judge for drift: decided pairs are asked again, and the verdicts that changed are counted."""

import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.formatting import count_noun
from uphold.judging.judges import LlmJudge
from uphold.records.certificates import (
    DRIFT_PAIRS,
    LEAST_DRIFT_PAIRS,
    Certificate,
    DriftCheck,
    DriftState,
    RerunCount,
)
from uphold.records.enums import Purpose, Verdict
from uphold.records.halves import Half
from uphold.records.judgments import JudgmentProblem
from uphold.records.labels import VERDICT_CLASS
from uphold.records.texts import canonical
from uphold.stats.drift import drift_limit
from uphold.stats.exact_tests import mcnemar
from uphold.store import certificates, decided_pairs, sets
from uphold.store.database import Store, now
from uphold.store.decided_pairs import DecidedPair
from uphold.store.judgments import PairsToAsk
from uphold.store.reruns import compared_outcome, verdicts_for
from uphold.workflows.asking_again import Questions, QuestionsAsked, ask_pairs, estimate_questions
from uphold.workflows.claimed_judgments import pair_to_judge
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.decided_half import find_scope
from uphold.workflows.halves import set_halves
from uphold.workflows.judge_request import JudgeRequest, JudgeTask
from uphold.workflows.judging_progress import JudgingProgress
from uphold.workflows.named_judge import judge_on_file, named_judge


@dataclass(frozen=True, slots=True)
class Reruns:
    """What came of the reruns after a test; `left` judgments could not be had, and without them there is no `count`.

    `why_left` is why, `problems` are why judgments failed or could not be read.
    """

    count: RerunCount | None
    left: int
    cost: float | None
    why_left: str | None = None
    problems: tuple[JudgmentProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class DriftPlan:
    """What a check would ask: `pairs` by id, its calls and dollars; `reruns` are those that are still to be asked for it.

    A check that is refused says why in `reason`; it has no `task`.
    """

    certificate: Certificate | None
    task: JudgeTask | None
    pairs: tuple[int, ...] = ()
    reruns: tuple[int, ...] = ()
    calls: int = 0
    cost: float | None = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DriftResult:
    """What came of a check: None where it was refused, with the reason, or where `left` judgments could not be had.

    `problems` are why judgments failed or could not be read.
    """

    plan: DriftPlan
    check: DriftCheck | None = None
    reason: str = ""
    left: int = 0
    cost: float | None = 0.0
    problems: tuple[JudgmentProblem, ...] = ()


def pairs_to_rerun(store: Store, set_id: int, task: JudgeTask, pairs: Iterable[DecidedPair]) -> tuple[int, ...]:
    """Return up to 60 of some decided pairs, drawn by the set's seed: at first one an example.

    Pairs whose answers are the same are left out: no judge is asked about them.
    """
    known = {pair.id: pair for pair in pairs}
    _, seed = sets.name_and_seed(store, set_id)
    keys = {
        pair_id: hashlib.sha256(canonical(["drift", seed, *place]).encode()).hexdigest()
        for pair_id, place in decided_pairs.places(store, list(known)).items()
    }
    times: Counter[int] = Counter()
    ranked = []
    for pair_id in sorted(keys, key=lambda one: (keys[one], one)):
        asked = known[pair_id].asked
        ranked.append((times[asked], keys[pair_id], pair_id))
        times[asked] += 1
    found: list[int] = []
    for *_, pair_id in sorted(ranked):
        if len(found) == DRIFT_PAIRS:
            break
        if not _needs_no_request(store, task, pair_id):
            found.append(pair_id)
    return tuple(found)


def _needs_no_request(store: Store, task: JudgeTask, pair_id: int) -> bool:
    judge = task.judge
    return isinstance(judge, LlmJudge) and (
        judge.judge_identical(pair_to_judge(store, pair_id)[0], task.orders[0]) is not None
    )


def _drawn(store: Store, certificate: Certificate, task: JudgeTask) -> tuple[int, ...]:
    """Return the pairs of a check: decided ones that the judge has read, none of them locked and unspent."""
    halves = set_halves(store, certificate.set_id)
    spent = certificates.spent_pairs(store, certificate.set_id)
    decided = [
        pair
        for pair in decided_pairs.read_decided(store, certificate.set_id, None)
        if pair.id in spent or halves[pair.example_id] is Half.DEVELOPMENT
    ]
    known = verdicts_then(store, certificate, [pair.id for pair in decided])
    return pairs_to_rerun(store, certificate.set_id, task, (pair for pair in decided if pair.id in known))


def verdicts_then(store: Store, certificate: Certificate, pair_ids: Sequence[int]) -> dict[int, Verdict]:
    """Return the verdicts that a certified judge gave on some pairs, in the orders of its certificate."""
    return _verdicts(store, certificate, Purpose.TRY, pair_ids) | _verdicts(
        store, certificate, Purpose.VERDICT, pair_ids
    )


def _verdicts(store: Store, certificate: Certificate, purpose: Purpose, pair_ids: Sequence[int]) -> dict[int, Verdict]:
    bound = certificate.bound
    asked = PairsToAsk(purpose, tuple(pair_ids), bound.orders, bound.samples)
    return verdicts_for(store, certificate.judge.id, asked)


async def ask_reruns(
    store: Store, certificate: Certificate, task: JudgeTask, request: JudgeRequest
) -> AsyncGenerator[JudgingProgress | Reruns, None]:
    """Ask a certified judge again, and write how many verdicts changed; yields progress, and last what came of it."""
    if not isinstance(task.judge, LlmJudge):
        yield Reruns(None, 0, 0.0)
        return
    pairs = _drawn(store, certificate, task)
    asked = None
    async with aclosing(ask_pairs(store, _questions(certificate, task, Purpose.RERUN, pairs, request))) as updates:
        async for update in updates:
            if isinstance(update, QuestionsAsked):
                asked = update
            else:
                yield update
    assert asked is not None
    if asked.left:
        yield Reruns(None, asked.left, asked.progress.cost, asked.why_left, asked.problems)
        return
    yield Reruns(count_reruns(store, certificate, pairs), 0, asked.progress.cost)


def count_reruns(store: Store, certificate: Certificate, pairs: Sequence[int]) -> RerunCount:
    """Count on how many pairs the verdict changed when the judge was asked again, and write that."""
    before, after = verdicts_then(store, certificate, pairs), _verdicts(store, certificate, Purpose.RERUN, pairs)
    count = RerunCount(len(after), _changed(before, after))
    with store.writing() as conn:
        certificates.write_rerun(conn, certificate.id, count)
    return count


def _questions(
    certificate: Certificate, task: JudgeTask, purpose: Purpose, pairs: tuple[int, ...], request: JudgeRequest
) -> Questions:
    bound = certificate.bound
    return Questions(task, PairsToAsk(purpose, pairs, bound.orders, bound.samples), request)


def _changed(before: Mapping[int, Verdict], after: Mapping[int, Verdict]) -> int:
    return sum(compared_outcome(before[pair]) != compared_outcome(verdict) for pair, verdict in after.items())


def find_certified(store: Store, request: JudgeRequest) -> tuple[str, Certificate | None]:
    """Return the name of the judge of a request, and its latest certificate over the set of the request's run.

    Raises BadUsage for a run, set or judge that does not exist.
    """
    scope = find_scope(store, request.run, request.set, request.settings.project)
    named = named_judge(store, scope.set_id, str(request.judge), request, on_file=True, with_address=False)
    found = certificates.latest_certificates(store, scope.set_id)
    return named.name, next((one for one in found if one.judge == named.ref), None)


async def plan_drift(
    store: Store, certificate: Certificate | None, request: JudgeRequest, *, with_address: bool = True
) -> DriftPlan:
    """Return what a check of a certified judge would ask; nothing is asked.

    Raises BadUsage, unless `with_address` is False, for a missing API key.
    """
    if certificate is None:
        return DriftPlan(None, None, reason="it was never certified here; `uphold judges certify` does it")
    if not certificate.is_shown:
        return DriftPlan(certificate, None, reason="its test was not passed: there is nothing that could drift")
    named = judge_on_file(store, certificate.set_id, certificate.judge, request, with_address=with_address)
    task = named.task
    if task is None:
        return DriftPlan(certificate, None, reason=named.why)
    if not isinstance(task.judge, LlmJudge):
        return DriftPlan(certificate, None, reason=f"{named.name} says the same every time: it cannot drift")
    pairs = _drawn(store, certificate, task)
    if len(pairs) < LEAST_DRIFT_PAIRS:
        there = count_noun(len(pairs), "decided pair")
        return DriftPlan(certificate, None, reason=f"{there} that it has read, {LEAST_DRIFT_PAIRS} needed")
    plan = DriftPlan(certificate, task, pairs, () if certificates.rerun_of(store, certificate.id) else pairs)
    for purpose, asked in ((Purpose.RERUN, plan.reruns), (Purpose.DRIFT, plan.pairs)):
        if asked:
            found = await estimate_questions(store, _questions(certificate, task, purpose, asked, request))
            cost = None if plan.cost is None or found.cost is None else plan.cost + found.cost
            plan = replace(plan, calls=plan.calls + found.calls, cost=cost)
    return plan


async def check_drift(
    store: Store, certificate: Certificate | None, request: JudgeRequest
) -> AsyncGenerator[JudgingProgress | DriftResult, None]:
    """Check a certified judge for drift; yields progress, and last what came of it.

    A judge that was found changed ends: what its name stands for is another version from then on. A check that was stopped goes
    on with the next call.
    """
    control = request.control or WorkControl(request.concurrency, request.max_cost)
    request = replace(request, control=control)
    plan = await plan_drift(store, certificate, request)
    if plan.task is None or certificate is None:
        yield DriftResult(plan, reason=plan.reason)
        return
    cost: float | None = 0.0
    if plan.reruns:
        async with aclosing(ask_reruns(store, certificate, plan.task, request)) as reruns:
            async for rerun in reruns:
                if isinstance(rerun, JudgingProgress):
                    yield rerun
                    continue
                cost = rerun.cost
                if rerun.count is None:
                    yield DriftResult(
                        plan,
                        reason=_left(rerun.left, rerun.why_left),
                        left=rerun.left,
                        cost=cost,
                        problems=rerun.problems,
                    )
                    return
    served = set(certificates.served_models(store, certificate.judge.id))
    asked = None
    async with aclosing(
        ask_pairs(store, _questions(certificate, plan.task, Purpose.DRIFT, plan.pairs, request))
    ) as updates:
        async for update in updates:
            if isinstance(update, QuestionsAsked):
                asked = update
            else:
                yield update
    assert asked is not None
    spent = asked.progress.cost
    cost = None if cost is None or spent is None else cost + spent
    if asked.left:
        reason = _left(asked.left, asked.why_left)
        yield DriftResult(plan, reason=reason, left=asked.left, cost=cost, problems=asked.problems)
        return
    others = [name for name in certificates.served_models(store, certificate.judge.id) if served and name not in served]
    check = finish_check(store, certificate, plan.pairs, others[0] if others else None)
    yield DriftResult(plan, check, cost=cost, problems=asked.problems)


def _left(left: int, reason: str | None) -> str:
    why = f": {reason}" if reason else ""
    return f"{count_noun(left, 'judgment')} could not be had{why}; the same command goes on"


def finish_check(store: Store, certificate: Certificate, pairs: Sequence[int], served: str | None = None) -> DriftCheck:
    """Count what changed on the pairs asked again, and write the check; a judge that changed ends.

    `served` is the model that the server named where it is another one than before. Raises BadUsage where it is not known how
    often the judge's verdicts change by themselves.
    """
    before, after = verdicts_then(store, certificate, pairs), _verdicts(store, certificate, Purpose.DRIFT, pairs)
    labels = {pair.id: pair.label for pair in decided_pairs.read_decided(store, certificate.set_id, None)}
    compared = [pair for pair in after if pair in labels]
    then = {pair: VERDICT_CLASS.get(before[pair]) == labels[pair] for pair in compared}
    today = {pair: VERDICT_CLASS.get(after[pair]) == labels[pair] for pair in compared}
    rerun = certificates.rerun_of(store, certificate.id)
    if rerun is None:
        raise BadUsage("how often its verdicts change by themselves is not known; the same command asks it first")
    changed, limit = _changed(before, after), drift_limit(len(after), rerun.changed, rerun.asked)
    check = DriftCheck(
        created_at=now(),
        state=DriftState.CHANGED if changed > limit or served is not None else DriftState.HOLDS,
        asked=len(after),
        changed=changed,
        limit=limit,
        agreed_then=sum(then.values()),
        agreed_now=sum(today.values()),
        p=mcnemar(
            sum(then[pair] and not today[pair] for pair in compared),
            sum(today[pair] and not then[pair] for pair in compared),
        ),
        served=served,
    )
    with store.writing() as conn:
        certificates.write_check(conn, certificate.id, check)
        certificates.close_round(conn, certificate.judge.id)
        if check.state is DriftState.CHANGED:
            certificates.end_judge(conn, certificate.judge.id, "drift")
    return check
