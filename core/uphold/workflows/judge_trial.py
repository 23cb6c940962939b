"""Tries a judge on the decided pairs of the development half against one whose verdicts are on file."""

import hashlib
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from uphold.errors import BadUsage, NotEnoughRead, UpholdError
from uphold.judging.judges import LlmJudge, ReadyJudge
from uphold.records.counts import Reruns
from uphold.records.enums import Purpose, Verdict
from uphold.records.halves import Half
from uphold.records.headline_judge import versioned_name
from uphold.records.judgments import JudgeRef
from uphold.records.texts import canonical
from uphold.records.trials import Trial, TrialPair
from uphold.stats.trials import trial_numbers
from uphold.store import judge_trials
from uphold.store.certificates import decided_in_view
from uphold.store.database import Store
from uphold.store.decided_pairs import DecidedPair, settled_verdicts
from uphold.store.headline_judges import find_judge, headline_judge, pinned_judge, set_judges
from uphold.store.judge_trials import PairPlace
from uphold.store.judgments import PairsToAsk
from uphold.store.reruns import read_reruns, verdicts_for
from uphold.store.sets import name_and_seed
from uphold.workflows.asking_again import Questions, QuestionsAsked, ask_pairs, estimate_questions
from uphold.workflows.concurrency import WorkControl
from uphold.workflows.decided_half import PairScope, decided_by_half, find_scope, pair_ids
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging_progress import JudgingProgress
from uphold.workflows.named_judge import NamedJudge, judge_on_file, named_judge

RERUN_PAIRS = 60
"""Pairs on which the old judge is asked again, drawn by the seed of the set."""


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """What to try: `request` names the judge, the run or set, and says how it is asked: server, key, cap, pace.

    `against` names the old judge, by default that of the headline. Without `rerun` the old judge is not asked again.
    """

    request: JudgeRequest
    against: str | None = None
    rerun: bool = True


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """What a try is to ask. `pairs` are compared, those `shown` to the new judge and those `without_old` verdict are not.

    `rerun_reason` says why the old judge is not asked again where it is not.
    """

    scope: PairScope
    new: NamedJudge
    old: JudgeRef
    old_verdicts: Mapping[int, Verdict]
    pairs: tuple[DecidedPair, ...]
    shown: int
    without_old: int
    tries: Questions
    reruns: Questions | None
    rerun_reason: str = ""

    @property
    def questions(self) -> tuple[Questions, ...]:
        """All that is asked."""
        return (self.tries,) if self.reruns is None else (self.tries, self.reruns)


@dataclass(frozen=True, slots=True)
class TrialPrice:
    """What a try would take: calls in all, and dollars (None where a price is not known).

    `tries` of the calls ask the new judge, `reruns` the old one again.
    """

    tries: int
    reruns: int
    cost: float | None

    @property
    def calls(self) -> int:
        """All calls."""
        return self.tries + self.reruns


@dataclass(frozen=True, slots=True)
class TrialProgress:
    """How far a try is: what is being asked, and the progress of that."""

    purpose: Purpose
    progress: JudgingProgress


def plan_trial(store: Store, wanted: TrialRequest, *, with_address: bool = True) -> TrialPlan:
    """Return what a try is to ask. Without `with_address` no key is looked for, as for a dry run.

    Raises BadUsage for a run, set or judge that there is not, and an old judge without verdicts; NotEnoughRead where nothing of
    the development half is decided.
    """
    scope = find_scope(store, wanted.request.run, wanted.request.set, wanted.request.settings.project)
    new = named_judge(store, scope.set_id, str(wanted.request.judge), wanted.request, with_address=with_address)
    return plan_trial_of(store, scope, new, wanted, with_address=with_address)


def plan_trial_of(
    store: Store, scope: PairScope, new: NamedJudge, wanted: TrialRequest, *, with_address: bool = True
) -> TrialPlan:
    """Return what a try of a judge that is at hand is to ask; raises as `plan_trial` does."""
    task = new.to_ask()
    old = find_old_judge(store, scope, wanted.against)
    if (old.name, old.version) == (task.judge.record.name, task.judge.record.version):
        raise BadUsage(
            f"{versioned_name(old)} is the old judge itself: --judge names another, or --against another old one"
        )
    decided = decided_by_half(store, scope)[Half.DEVELOPMENT]
    if not decided:
        raise NotEnoughRead(nothing_decided(scope))
    kept = without_shown(store, decided, task.judge)
    old_verdicts = verdicts_of_old(store, old, pair_ids(kept))
    compared = tuple(pair for pair in kept if pair.id in old_verdicts)
    if not compared:
        raise BadUsage(_no_old_verdicts(scope, old))
    request = replace(wanted.request, control=wanted.request.control or _control(wanted.request))
    tries = Questions(task, PairsToAsk(Purpose.TRY, pair_ids(compared), task.orders, task.samples), request)
    reruns, reason = None, "not asked for"
    if wanted.rerun:
        reruns, reason = _reruns(store, scope, old, compared, request, with_address=with_address)
    shown, without_old = len(decided) - len(kept), len(kept) - len(compared)
    return TrialPlan(scope, new, old, old_verdicts, compared, shown, without_old, tries, reruns, reason)


def _control(request: JudgeRequest) -> WorkControl:
    return WorkControl(request.concurrency, request.max_cost)


def nothing_decided(scope: PairScope) -> str:
    """Return the sentence for a scope of which nothing of the development half is decided."""
    return (
        f"{scope.name}: no decided pair is in the development half, so nothing can be tried on;"
        f" `uphold review` reads more of them"
    )


def _no_old_verdicts(scope: PairScope, old: JudgeRef) -> str:
    return (
        f"{versioned_name(old)} has read no decided pair of the development half of {scope.name};"
        f" `uphold judge RUN --judge {old.name}` asks it, --against names another"
    )


def find_old_judge(store: Store, scope: PairScope, named: str | None) -> JudgeRef:
    """Return the judge to hold another against: the one named, else that of the headline.

    For all runs of a set it is the pinned one, else the latest that is no rule. Raises BadUsage where there is none.
    """
    if named is not None:
        return find_judge(store, named)
    if scope.run is not None:
        found = headline_judge(store, scope.run).shown
    else:
        found = pinned_judge(store, scope.set_id)[0] or next(iter(set_judges(store, scope.set_id)), None)
    if found is None:
        raise BadUsage(f"{scope.name}: no judge has read these pairs; `uphold judge` asks one, --against names one")
    return found


def shown_instructions(judge: ReadyJudge) -> set[str]:
    """Return the instructions of the decided examples that a judge is shown."""
    examples = json.loads(dict(judge.record.definition).get("examples", "[]"))
    return {str(example["instruction"]) for example in examples}


def without_shown(store: Store, decided: Sequence[DecidedPair], judge: ReadyJudge) -> list[DecidedPair]:
    """Return the pairs whose instruction is not among the examples that a judge is shown: it has been told their verdict."""
    told = shown_instructions(judge)
    if not told:
        return list(decided)
    places = judge_trials.pair_places(store, pair_ids(decided))
    asked = {pair.asked for pair in decided if places[pair.id].instruction in told}
    return [pair for pair in decided if pair.asked not in asked]


def verdicts_of_old(store: Store, old: JudgeRef, ids: Sequence[int]) -> dict[int, Verdict]:
    """Return the verdicts of a judge on some pairs: those in force, and where there is none, those of its own tries."""
    found = settled_verdicts(store, old.id, ids)
    lacking = [pair_id for pair_id in ids if pair_id not in found]
    tried = judge_trials.tried_in(store, old.id, lacking) if lacking else None
    return found if tried is None else found | verdicts_for(store, old.id, tried)


def _reruns(
    store: Store,
    scope: PairScope,
    old: JudgeRef,
    compared: Sequence[DecidedPair],
    request: JudgeRequest,
    *,
    with_address: bool,
) -> tuple[Questions | None, str]:
    """Return what the old judge is asked again, or why nothing is."""
    wanted = _drawn(store, scope, compared)
    known = _known_reruns(store, old, compared)
    if known is not None and len(known.scored) >= len(wanted):
        return None, ""
    try:
        named = judge_on_file(store, scope.set_id, old, request, with_address=with_address)
    except UpholdError as error:
        return None, str(error)
    if named.task is None:
        return None, named.why
    if not isinstance(named.task.judge, LlmJudge):
        return None, f"{old.name} says the same every time"
    task = named.task
    return Questions(task, PairsToAsk(Purpose.RERUN, wanted, task.orders, task.samples), request), ""


def _drawn(store: Store, scope: PairScope, pairs: Sequence[DecidedPair]) -> tuple[int, ...]:
    """Return at most `RERUN_PAIRS` of the pairs, in an order that the seed of the set gives: more of them later join these."""
    _, seed = name_and_seed(store, scope.set_id)
    places = judge_trials.pair_places(store, pair_ids(pairs))

    def order(pair: DecidedPair) -> bytes:
        place = places[pair.id]
        return hashlib.sha256(canonical(["rerun", seed, place.run, place.key, place.turn]).encode()).digest()

    return tuple(sorted(pair_ids(sorted(pairs, key=order)[:RERUN_PAIRS])))


def _known_reruns(store: Store, old: JudgeRef, pairs: Sequence[DecidedPair]) -> Reruns | None:
    """Return on which of some pairs the old judge changed its verdict when asked again."""
    if not pairs:
        return None
    ids = pair_ids(pairs)
    found = read_reruns(store, old.id, (min(ids), max(ids)))
    if found is None:
        return None
    scored = tuple((pair.asked, float(found.changed[pair.id]), 1) for pair in pairs if pair.id in found.changed)
    return Reruns(scored, found.from_samples)


async def price_trial(store: Store, plan: TrialPlan, *, asking: bool = True) -> TrialPrice:
    """Return what a try would take; nothing is written. Without `asking` no endpoint is asked to count tokens."""
    found = [await estimate_questions(store, questions, asking=asking) for questions in plan.questions]
    costs = [one.cost for one in found]
    cost = None if any(one is None for one in costs) else sum(one for one in costs if one is not None)
    return TrialPrice(found[0].calls, sum(one.calls for one in found[1:]), cost)


async def run_trial(store: Store, plan: TrialPlan) -> AsyncGenerator[TrialProgress | Trial, None]:
    """Ask what a try needs and was not answered yet; yields progress, and at last the try, which is recorded."""
    asked = []
    for questions in plan.questions:
        async with aclosing(ask_pairs(store, questions)) as updates:
            async for update in updates:
                if isinstance(update, QuestionsAsked):
                    asked.append(update)
                else:
                    yield TrialProgress(questions.pairs.purpose, update)
    trial = trial_so_far(store, plan, asked[0].judge_id)
    costs = [one.progress.cost for one in asked if one.progress.total]
    trial = replace(
        trial,
        calls=sum(one.progress.requested for one in asked),
        cost=None if any(cost is None for cost in costs) else sum(cost for cost in costs if cost is not None),
        unknown_cost=sum(one.progress.unknown_cost for one in asked),
        stopped=next((one.stopped for one in asked if one.stopped), None),
        problems=tuple(problem for one in asked for problem in one.problems),
    )
    _record(store, plan, trial, asked[0].judge_id)
    yield trial


def trial_so_far(store: Store, plan: TrialPlan, judge_id: int) -> Trial:
    """Return a try from what is on file, without asking anything."""
    task, old = plan.tries.task, plan.old
    found = verdicts_for(store, judge_id, plan.tries.pairs)
    places = judge_trials.pair_places(store, pair_ids(plan.pairs))
    pairs = tuple(
        _trial_pair(pair, places[pair.id], plan.old_verdicts[pair.id], found[pair.id])
        for pair in plan.pairs
        if pair.id in found
    )
    seen = decided_in_view(store, old.id)
    return Trial(
        Half.DEVELOPMENT,
        task.judge.record.name,
        task.judge.record.version,
        old.name,
        old.version,
        pairs,
        trial_numbers(pairs, _known_reruns(store, old, plan.pairs)),
        in_view=sum(pair.pair_id in seen for pair in pairs),
        shown=plan.shown,
        without_old=plan.without_old,
        left=len(plan.pairs) - len(pairs),
        rerun_reason=plan.rerun_reason,
    )


def _trial_pair(pair: DecidedPair, place: PairPlace, was: Verdict, is_now: Verdict) -> TrialPair:
    return TrialPair(pair.id, place.run, place.key, place.turn, place.instruction, pair.asked, pair.label, was, is_now)


def _record(store: Store, plan: TrialPlan, trial: Trial, judge_id: int) -> None:
    """Record a try, unless it is the latest one again."""
    rerun = trial.numbers.rerun
    changed = round((rerun.rate or 0.0) * rerun.n)
    run_id = None if plan.scope.run is None else plan.scope.run.id
    new = judge_trials.NewTrial(
        plan.scope.set_id, run_id, judge_id, plan.old.id, trial.half, trial.numbers.counts, rerun.n, changed, trial.cost
    )
    if not trial.pairs:
        return
    latest = next(reversed(judge_trials.set_trials(store, plan.scope.set_id)), None)
    same = latest is not None and (
        (latest.version, latest.against_version, latest.counts, latest.rerun_pairs)
        == (trial.version, trial.against_version, trial.numbers.counts, rerun.n)
    )
    if not same or trial.calls:
        with store.writing() as conn:
            judge_trials.add_trial(conn, new)
