"""Certifies a judge: one test on locked pairs that people have decided, after which these pairs are spent."""

import json
import shlex
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.formatting import count, count_noun
from uphold.records.certificates import LEAST_EXAMPLES, Certificate, CertifyState, RerunCount
from uphold.records.enums import AnswerOrder, Purpose, Verdict
from uphold.records.halves import Half
from uphold.records.judgments import JudgeRef, JudgmentProblem
from uphold.records.labels import VERDICT_CLASS
from uphold.records.set_history import VersionReason
from uphold.stats.certificate import agreement_bound, better_than, chance_to_be_better, chance_to_reach
from uphold.stats.intervals import ScoredPair
from uphold.store import certificates, decided_pairs, set_versions, sets
from uphold.store.certificates import NewCertificate
from uphold.store.database import Store
from uphold.store.decided_pairs import DecidedPair
from uphold.store.judges import asked_orders
from uphold.store.judgments import PairsToAsk
from uphold.store.reruns import verdicts_for
from uphold.workflows.asking_again import Questions, QuestionsAsked, ask_pairs, estimate_questions
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.decided_half import PairScope, decided_by_half, find_scope
from uphold.workflows.drift import ask_reruns, pairs_to_rerun
from uphold.workflows.halves import set_halves
from uphold.workflows.judge_request import JudgeRequest, JudgeTask
from uphold.workflows.judging_progress import JudgingProgress
from uphold.workflows.named_judge import named_judge

_LISTED_KEYS = 12

_OTHER_MODEL = "the server names another model than before"


@dataclass(frozen=True, slots=True)
class CertifyRequest:
    """The judge to test and how it is asked (`asking`), on the locked pairs of its run, or of all runs of its set.

    `floor` is a share, None for the floor of the set. `against` names a judge that it has to be better than.
    """

    asking: JudgeRequest
    floor: float | None = None
    against: str | None = None


@dataclass(frozen=True, slots=True)
class CertifyPlan:
    """What a test would spend, before anything is asked or written.

    Without a `task` the judge cannot be asked, and its verdicts on file are taken. `pairs` are the locked ones, about so many
    `examples`. Calls and dollars are for the verdicts that are missing, and for the reruns that follow a test that is passed.
    `chance` is that of reaching the floor at the agreement in the development half, `chance_better` that of being shown
    better than the other judge; None where nothing is known. A test that is refused, or whose pairs are spent, says how many
    `more` examples it takes and which could be read (`keys`), with the reason.
    """

    scope: PairScope
    judge: JudgeRef | None
    judge_name: str
    task: JudgeTask | None
    orders: tuple[AnswerOrder, ...]
    samples: int
    floor: float
    set_floor: float | None
    pairs: tuple[DecidedPair, ...]
    against: JudgeRef | None = None
    state: CertifyState | None = None
    reason: str = ""
    more: int = 0
    keys: tuple[str, ...] = ()
    calls: int = 0
    rerun_pairs: int = 0
    rerun_calls: int = 0
    cost: float | None = 0.0
    chance: float | None = None
    chance_better: float | None = None

    @property
    def examples(self) -> int:
        """How many different things are asked in the pairs."""
        return len({pair.asked for pair in self.pairs})


@dataclass(frozen=True, slots=True)
class CertifyResult:
    """What came of a test; without a certificate nothing was spent, and `reason` says why.

    One that was refused with a certificate was passed by a model that does not answer any more. `left` judgments could not be
    had; `cost` is in dollars, None where no price is known; `problems` are why judgments failed or could not be read.
    """

    state: CertifyState
    plan: CertifyPlan
    certificate: Certificate | None = None
    rerun: RerunCount | None = None
    reason: str = ""
    left: int = 0
    cost: float | None = 0.0
    problems: tuple[JudgmentProblem, ...] = ()


async def plan_certificate(store: Store, request: CertifyRequest, *, with_address: bool = True) -> CertifyPlan:
    """Return what a test would spend, and its chance. Nothing is asked, but a server may be asked to count tokens.

    Raises BadUsage for a judge, run or set that does not exist, without a floor, for a judge to compare with that has not
    read the pairs, and, unless `with_address` is False, for a missing API key.
    """
    asking = request.asking
    scope = find_scope(store, asking.run, asking.set, asking.settings.project)
    floor, set_floor = _floor(store, scope, request.floor)
    named = named_judge(store, scope.set_id, str(asking.judge), asking, with_address=with_address)
    if named.ref is not None and certificates.end_of_judge(store, named.ref.id) is not None:
        raise BadUsage(f"{named.why}; name what it is now by its spec or its TOML file")
    if named.task is not None:
        orders, samples = named.task.orders, named.task.samples
    elif named.ref is None:
        raise BadUsage(named.why)
    else:
        orders, samples = asked_orders(store, named.ref.id, scope.set_id, scope.run)
    decided = decided_by_half(store, scope)
    locked = decided[Half.LOCKED]
    spent = certificates.spent_pairs(store, scope.set_id)
    unspent = tuple(pair for pair in locked if pair.id not in spent)
    against = None
    if request.against is not None:
        against = named_judge(store, scope.set_id, request.against, asking, on_file=True, with_address=False).ref
        if against is None:
            raise BadUsage(f"--against {request.against!r}: this judge has read nothing in this file")
    plan = CertifyPlan(scope, named.ref, named.name, named.task, orders, samples, floor, set_floor, unspent, against)
    if plan.examples < LEAST_EXAMPLES:
        return _refused(store, plan, locked)
    if named.task is None:
        _check_verdicts(store, plan, named.ref)
    if against is not None:
        _check_other(store, plan, against)
    development = decided[Half.DEVELOPMENT]
    return await _with_costs(store, _with_chances(store, plan, development), asking, development)


def _floor(store: Store, scope: PairScope, given: float | None) -> tuple[float, float | None]:
    """Return the floor to reach, and that of the set."""
    value = sets.settings_of(store, scope.set_id).get("floor")
    of_set = None if value is None else float(json.loads(value))
    floor = of_set if given is None else given
    if floor is None:
        raise BadUsage(
            "how often must it agree? there is no floor by default: --floor .75 says it for this test,"
            f" `uphold set floor {shlex.quote(scope.set)} .75` for the set"
        )
    if not 0 < floor < 1:
        raise BadUsage(f"the floor is a share between 0 and 1, such as .75; it was given {floor:g}")
    return floor, of_set


def _refused(store: Store, plan: CertifyPlan, locked: Sequence[DecidedPair]) -> CertifyPlan:
    """Return the plan of a test that has too few examples: it is refused, or they are spent."""
    scope, more = plan.scope, LEAST_EXAMPLES - plan.examples
    halves = set_halves(store, scope.set_id)
    unread = decided_pairs.read_unread(store, scope.set_id, scope.run)
    keys = tuple(dict.fromkeys(pair.key for pair in unread if halves[pair.example_id] is Half.LOCKED))
    is_spent = len({pair.asked for pair in locked}) >= LEAST_EXAMPLES
    there = count_noun(plan.examples, "decided example")
    if is_spent:
        reason = (
            f"the locked pairs are spent by an earlier test: {there} of the locked half left, {LEAST_EXAMPLES} needed"
        )
    else:
        reason = f"{there} in the locked half, {LEAST_EXAMPLES} needed"
    if keys:
        shown = ", ".join(keys[:_LISTED_KEYS]) + (", …" if len(keys) > _LISTED_KEYS else "")
        run = next(pair.run for pair in unread if halves[pair.example_id] is Half.LOCKED)
        reason = f"{reason}: {count(more)} more to read; `uphold review {shlex.quote(run)}` has {shown}"
    else:
        reason = f"{reason}, and none is left to read: {more} more take new examples, or another run of the set"
    state = CertifyState.SPENT if is_spent else CertifyState.REFUSED
    return replace(plan, state=state, reason=reason, more=more, keys=keys)


def _check_verdicts(store: Store, plan: CertifyPlan, judge: JudgeRef | None) -> None:
    """Raise BadUsage where a judge that cannot be asked lacks verdicts on the pairs."""
    assert judge is not None
    known = decided_pairs.settled_verdicts(store, judge.id, [pair.id for pair in plan.pairs])
    lacking = len(plan.pairs) - len(known)
    if lacking:
        raise BadUsage(
            f"{judge.name} cannot be asked here, and it lacks a verdict on {count_noun(lacking, 'locked pair')};"
            " `uphold import` brings the rest"
        )


def _check_other(store: Store, plan: CertifyPlan, against: JudgeRef) -> None:
    known = known_verdicts(store, against.id, plan, [pair.id for pair in plan.pairs])
    both = len({pair.asked for pair in plan.pairs if pair.id in known})
    if both < LEAST_EXAMPLES:
        run = shlex.quote(plan.scope.name)
        raise BadUsage(
            f"--against {against.name!r} has read {both} of the {plan.examples} examples, {LEAST_EXAMPLES} needed;"
            f" `uphold judge {run} --judge {shlex.quote(against.name)} --only-reviewed` asks the rest"
        )


def known_verdicts(store: Store, judge_id: int, plan: CertifyPlan, pair_ids: Sequence[int]) -> dict[int, Verdict]:
    """Return a judge's verdicts on some pairs as they are on file: those of its runs, else those of tries."""
    tried = verdicts_for(store, judge_id, PairsToAsk(Purpose.TRY, tuple(pair_ids), plan.orders, plan.samples))
    return tried | decided_pairs.settled_verdicts(store, judge_id, pair_ids)


def _with_chances(store: Store, plan: CertifyPlan, development: Sequence[DecidedPair]) -> CertifyPlan:
    """Return the plan with the chances that the development half's decisions leave."""
    if plan.judge is None:
        return plan
    ids = [pair.id for pair in development]
    new = known_verdicts(store, plan.judge.id, plan, ids)
    chance = chance_to_reach(_scored(development, new), len(plan.pairs), plan.floor)
    if plan.against is None:
        return replace(plan, chance=chance)
    changes = _changes(development, new, known_verdicts(store, plan.against.id, plan, ids))
    return replace(plan, chance=chance, chance_better=chance_to_be_better(changes, len(plan.pairs)))


def _same(pair: DecidedPair, verdict: Verdict) -> bool:
    """Whether a verdict is what people said; an unreadable one is not."""
    return VERDICT_CLASS.get(verdict) == pair.label


def _scored(pairs: Iterable[DecidedPair], verdicts: Mapping[int, Verdict]) -> list[ScoredPair]:
    return [(pair.asked, float(_same(pair, verdicts[pair.id])), 1) for pair in pairs if pair.id in verdicts]


def _changes(pairs: Iterable[DecidedPair], new: Mapping[int, Verdict], old: Mapping[int, Verdict]) -> list[ScoredPair]:
    return [
        (pair.asked, float(_same(pair, new[pair.id])) - float(_same(pair, old[pair.id])), 1)
        for pair in pairs
        if pair.id in new and pair.id in old
    ]


def _questions(plan: CertifyPlan, request: JudgeRequest) -> Questions:
    assert plan.task is not None
    ids = tuple(pair.id for pair in plan.pairs)
    return Questions(plan.task, PairsToAsk(Purpose.TRY, ids, plan.orders, plan.samples), request)


async def _with_costs(
    store: Store, plan: CertifyPlan, asking: JudgeRequest, development: Sequence[DecidedPair]
) -> CertifyPlan:
    if plan.task is None:
        return plan
    verdicts = await estimate_questions(store, _questions(plan, asking))
    known = set()
    if plan.judge is not None:
        known = set(known_verdicts(store, plan.judge.id, plan, [pair.id for pair in development]))
    read = [pair for pair in development if pair.id in known]
    again = pairs_to_rerun(store, plan.scope.set_id, plan.task, [*read, *plan.pairs])
    reruns = await estimate_questions(
        store, Questions(plan.task, PairsToAsk(Purpose.RERUN, again, plan.orders, plan.samples), asking)
    )
    costs = (verdicts.cost, reruns.cost)
    return replace(
        plan,
        calls=verdicts.calls,
        rerun_pairs=len(again),
        rerun_calls=reruns.calls,
        cost=None if None in costs else sum(cost for cost in costs if cost is not None),
    )


async def certify(store: Store, request: CertifyRequest) -> AsyncGenerator[JudgingProgress | CertifyResult, None]:
    """Test a judge on locked pairs; yields progress, and last the result.

    The verdicts that are missing are asked first; where one cannot be had, nothing is spent. After a test that was passed the
    judge is asked again about up to 60 pairs, so that checks for drift know how often its verdicts change by themselves.
    Raises BadUsage as `plan_certificate` does.
    """
    asking = request.asking
    control = asking.control or WorkControl(asking.concurrency, asking.max_cost)
    request = replace(request, asking=replace(asking, control=control))
    plan = await plan_certificate(store, request)
    if plan.state is not None:
        yield CertifyResult(plan.state, plan, reason=plan.reason)
        return
    cost: float | None = 0.0
    judge_id = plan.judge.id if plan.judge is not None else 0
    if plan.task is not None:
        async with aclosing(ask_pairs(store, _questions(plan, request.asking))) as updates:
            async for update in updates:
                if isinstance(update, JudgingProgress):
                    yield update
                else:
                    asked = update
        judge_id, cost = asked.judge_id, asked.progress.cost
        if asked.left or certificates.end_of_judge(store, judge_id) is not None:
            yield _not_asked(plan, asked)
            return
    result = _test(store, plan, judge_id, cost)
    if plan.task is not None:
        result = replace(result, problems=asked.problems)
    if plan.task is not None and result.certificate is not None and result.state is CertifyState.STANDS:
        try:
            async with aclosing(ask_reruns(store, result.certificate, plan.task, request.asking)) as reruns:
                async for rerun in reruns:
                    if isinstance(rerun, JudgingProgress):
                        yield rerun
                    else:
                        result = replace(result, rerun=rerun.count, left=rerun.left, cost=_sum(cost, rerun.cost))
        except BadUsage:  # the cap has no room for one request: the first check for drift asks what is missing
            result = replace(result, left=plan.rerun_calls)
        if certificates.end_of_judge(store, judge_id) is not None:
            reason = f"{_OTHER_MODEL}: what was tested is not what answers now, and its certificate has lapsed"
            result = replace(result, state=CertifyState.REFUSED, reason=reason)
    yield result


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _not_asked(plan: CertifyPlan, asked: QuestionsAsked) -> CertifyResult:
    """Return the result of a test for which not everything could be asked, or another model answered than before."""
    if not asked.left:
        reason = f"{_OTHER_MODEL}: its verdicts are not of one judge; nothing is spent, its spec or file names the new version"
        return CertifyResult(CertifyState.REFUSED, plan, reason=reason, cost=asked.progress.cost)
    why = f": {asked.why_left}" if asked.why_left else ""
    reason = f"{count_noun(asked.left, 'judgment')} could not be had{why}; nothing is spent, the same command goes on"
    return CertifyResult(
        CertifyState.REFUSED, plan, reason=reason, left=asked.left, cost=asked.progress.cost, problems=asked.problems
    )


def _test(store: Store, plan: CertifyPlan, judge_id: int, cost: float | None) -> CertifyResult:
    """Hold the verdicts against people's labels and write what came of it, in one transaction."""
    ids = [pair.id for pair in plan.pairs]
    if plan.task is None:
        verdicts = decided_pairs.settled_verdicts(store, judge_id, ids)
    else:
        verdicts = verdicts_for(store, judge_id, PairsToAsk(Purpose.TRY, tuple(ids), plan.orders, plan.samples))
    in_view = certificates.decided_in_view(store, judge_id)
    test = None
    if plan.against is not None:
        test = better_than(_changes(plan.pairs, verdicts, known_verdicts(store, plan.against.id, plan, ids)))
    with store.writing() as conn:
        if certificates.spent_pairs(store, plan.scope.set_id) & set(ids):
            reason = "another test has spent these pairs meanwhile"
            return CertifyResult(CertifyState.SPENT, plan, reason=reason, cost=cost)
        version = set_versions.cut_version(store, plan.scope.set_id, VersionReason.JUDGED)
        assert version is not None  # the set has examples
        number = certificates.write_certificate(
            conn,
            NewCertificate(
                set_id=plan.scope.set_id,
                run_id=None if plan.scope.run is None else plan.scope.run.id,
                judge_id=judge_id,
                version_id=version.id,
                orders=plan.orders,
                samples=plan.samples,
                floor=plan.floor,
                set_floor=plan.set_floor,
                agreement=agreement_bound(_scored(plan.pairs, verdicts)),
                examples=plan.examples,
                unreadable=sum(verdict is Verdict.UNREADABLE for verdict in verdicts.values()),
                seen=len(in_view & set(ids)),
                uses={pair.id: _same(pair, verdicts[pair.id]) for pair in plan.pairs},
                against_id=None if plan.against is None else plan.against.id,
                test=test,
            ),
        )
    found = certificates.find_certificate(store, number)
    return CertifyResult(CertifyState.STANDS if found.is_shown else CertifyState.NOT_SHOWN, plan, found, cost=cost)
