"""A new checkpoint in one call: its answers, what carries over, the judging of what changed, and what is left to read.

Each step asks only for what the store lacks, so that a call that was stopped, killed or capped is taken up by the same call.
Every setting comes from the request, else from the set (judge, baseline) or the project (set, endpoint, cap, margin).
"""

import asyncio
import shlex
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from uphold.endpoints.addresses import TIMEOUT, find_address
from uphold.endpoints.retrying import RetryPolicy
from uphold.errors import BadUsage
from uphold.formats.files import find_files
from uphold.formatting import count, count_noun, noun
from uphold.generating.systems import find_system
from uphold.judging.costs import find_price
from uphold.records.certificates import Certificate, DriftCheck, DriftState, drift_words
from uphold.records.checkpoints import (
    CheckpointProgress,
    CheckpointResult,
    CheckpointStep,
    CheckpointWork,
    StepName,
    StepState,
)
from uphold.records.enums import REFERENCE, QueueKind
from uphold.records.judgments import Judge
from uphold.records.rows import ImportSummary
from uphold.records.runs import Run
from uphold.records.set_history import VersionReason
from uphold.reviewing.queue_order import FLIPPED_VERDICT
from uphold.settings import Settings
from uphold.store import blessed, checkpoints, pairs, runs, set_versions, sets
from uphold.store.certificates import checks_of, latest_certificates
from uphold.store.claims import CLAIM_SECONDS
from uphold.store.database import Store
from uphold.store.headline_judges import coverage, headline_judge
from uphold.workflows.comparison import GateRequest, compare_runs, gate_run
from uphold.workflows.concurrency import WorkControl, check_concurrency
from uphold.workflows.drift import DriftResult, check_drift
from uphold.workflows.generating import GenerateRequest, GenerationProgress, generate
from uphold.workflows.importing import ImportProgress, ImportRequest, check_files, import_files
from uphold.workflows.judge_request import JudgeRequest, RunTarget, find_judges
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary, JudgingProgress
from uphold.workflows.project import find_project_set
from uphold.workflows.queue_drawing import open_queue
from uphold.workflows.set_judge import JudgeToAsk, judge_of_set
from uphold.workflows.standing import with_state

Update = CheckpointProgress | CheckpointResult


@dataclass(frozen=True, slots=True)
class CheckpointRequest:
    """A checkpoint to bring in, and how; names as on the command line.

    Its missing answers come from the files `answers` or from an `endpoint`, not both. What is None comes from the set or from
    the project in `settings`. `max_cost` is in dollars, for answers and judging together; seconds are seconds. With
    `checks_drift` a judge whose certificate stands is checked for drift before it is asked.
    """

    system: str
    answers: Sequence[Path] = ()
    endpoint: str | None = None
    set: str | None = None
    baseline: str | None = None
    judge: str | None = None
    max_cost: float | None = None
    margin: float | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    base_url: str | None = None
    key_variable: str | None = None
    timeout: float | None = None
    concurrency: int = 8
    claim_seconds: float = CLAIM_SECONDS
    patience: RetryPolicy = field(default_factory=RetryPolicy)
    settings: Settings = field(default_factory=Settings)
    control: WorkControl | None = None
    checks_drift: bool = True

    @property
    def cap(self) -> float | None:
        """The most that the call may cost, in dollars."""
        return self.settings.project.max_cost if self.max_cost is None else self.max_cost

    @property
    def allowed(self) -> float | None:
        """The loss of win rate that the gate allows, a share."""
        return self.settings.project.margin if self.margin is None else self.margin


@dataclass(frozen=True, slots=True)
class _Plan:
    """A request with everything found that it left out; `endpoint` is None where nothing is generated.

    `certificate` is that of the judge, where one stands and is to be checked for drift.
    """

    request: CheckpointRequest
    set_id: int
    set: str
    baseline: str
    judge: JudgeToAsk
    endpoint: str | None
    generates: bool
    asks_model: bool
    control: WorkControl
    certificate: Certificate | None = None

    @property
    def judge_request(self) -> JudgeRequest:
        """The request to judge the run."""
        request, judge = self.request, self.judge
        return JudgeRequest(
            judge=judge.spec,
            set=self.set,
            candidate=request.system,
            baseline=self.baseline,
            options=judge.options,
            one_order=judge.one_order,
            samples=judge.samples,
            concurrency=request.concurrency,
            claim_seconds=request.claim_seconds,
            max_cost=request.cap,
            timeout=request.timeout,
            patience=request.patience,
            settings=request.settings,
            control=self.control,
        )


async def run_checkpoint(store: Store, request: CheckpointRequest) -> AsyncGenerator[Update, None]:
    """Bring a checkpoint in, step by step; yields progress, and last the result.

    Raises BadUsage, before anything is written or asked, for a request that cannot be carried out: a set, baseline or judge
    that is not named anywhere, a missing key, a file that cannot be read. A server that answers nothing breaks a step off;
    what was made by then is kept, and the result says what is left.
    """
    plan = _plan(store, request)
    work = _Work(store, plan)
    async for progress in work.bring_answers():
        yield progress
    yield work.make_pairs()
    async for progress in work.check_drift():
        yield progress
    async for progress in work.judge():
        yield progress
    yield work.queue_what_changed()
    yield work.result()


def check_checkpoint(store: Store, request: CheckpointRequest) -> None:
    """Raise BadUsage, as `run_checkpoint` does, for a request that cannot be carried out; nothing is written or asked."""
    _plan(store, request)


def _plan(store: Store, request: CheckpointRequest) -> _Plan:
    """Return the request with what it leaves out; raises BadUsage where nothing says it."""
    settings = request.settings
    if request.answers and request.endpoint is not None:
        raise BadUsage("the answers come from files or from an endpoint: give --answers or --endpoint, not both")
    if not request.system.strip():
        raise BadUsage("the checkpoint needs a name")
    if request.system == REFERENCE:
        raise BadUsage(f"{REFERENCE!r} is reserved for the reference answers; name the checkpoint otherwise")
    check_concurrency(request.concurrency)
    if request.allowed is not None and not 0 <= request.allowed < 1:
        raise BadUsage(
            f"--margin is a share between 0 and 1, such as .05 for 5 points; it was given {request.allowed:g}"
        )
    set_name = find_project_set(store, request.set, settings)
    set_id = sets.find_set(store, set_name)
    baseline = request.baseline or sets.settings_of(store, set_id).get("baseline")
    if baseline is None:
        quoted = shlex.quote(set_name)
        raise BadUsage(
            f"the set {set_name!r} has no usual baseline; `uphold set baseline {quoted} SYSTEM` gives it one, or --baseline"
            " SYSTEM names it for this call"
        )
    if baseline == request.system:
        raise BadUsage(
            f"{request.system!r} is the baseline of the set {set_name!r}: a system is not compared with itself"
        )
    judge = JudgeToAsk(request.judge) if request.judge is not None else judge_of_set(store, set_id, set_name, settings)
    generates = not request.answers and bool(
        request.endpoint or request.system in settings.systems or settings.project.endpoint
    )
    endpoint = request.endpoint or (None if request.system in settings.systems else settings.project.endpoint)
    control = request.control or WorkControl(request.concurrency, request.cap)
    control.set_cap(request.cap)
    plan = _Plan(request, set_id, set_name, baseline, judge, endpoint, generates, False, control)
    _check_answers(store, plan)
    if not judge.spec:
        return plan
    tasks = find_judges(store, plan.judge_request, RunTarget(set_id, set_name, request.system, baseline))
    if len(tasks) > 1:
        names = ", ".join(task.judge.record.name for task in tasks)
        raise BadUsage(
            f"{judge.spec} holds several judges ({names}); a checkpoint is judged by one: give it a file of its own"
        )
    certificate = _certificate(store, set_id, tasks[0].judge.record) if request.checks_drift else None
    return replace(plan, asks_model=any(task.address is not None for task in tasks), certificate=certificate)


def _certificate(store: Store, set_id: int, judge: Judge) -> Certificate | None:
    """Return the certificate of a judge over a set where it stands, for models: what is no model cannot drift."""
    for found in latest_certificates(store, set_id):
        if (found.judge.name, found.judge.version) == (judge.name, judge.version) and judge.kind == "llm":
            return found if with_state(store, found, found.judge, None).stands else None
    return None


def _check_answers(store: Store, plan: _Plan) -> None:
    """Raise BadUsage where the answers that are missing cannot be had, or the baseline has none."""
    request, settings = plan.request, plan.request.settings
    there, total = checkpoints.answered(store, plan.set_id, request.system)
    known = dict(pairs.systems_of(store, plan.set_id))
    if not request.answers and plan.baseline != REFERENCE and plan.baseline not in known:
        listed = ", ".join(map(repr, known)) or "none yet"
        raise BadUsage(
            f"the baseline {plan.baseline!r} has answered nothing in the set {plan.set!r}; systems that have: {listed}."
            f" `uphold import FILE --set {shlex.quote(plan.set)} --candidate {shlex.quote(plan.baseline)}` brings its answers"
        )
    if request.answers:
        check_files(_import_request(plan), store.path)
    elif plan.generates and there < total:
        system = find_system(
            request.system,
            plan.endpoint,
            settings.systems,
            settings.endpoints,
            base_url=request.base_url,
            key_variable=request.key_variable,
            timeout=request.timeout,
        )
        find_address(system.provider, system.model, system.base_url, system.key_variable, system.timeout or TIMEOUT)
        if request.cap is not None and find_price(system.model, settings.prices) is None:
            raise BadUsage(
                f"--max-cost: the price of {system.model!r} is not known; put [prices.{system.model!r}] with input and"
                " output, in dollars per million tokens, into uphold.toml"
            )
    elif not there and total:
        raise BadUsage(
            f"{request.system!r} has answered nothing in the set {plan.set!r}: --answers FILE brings its answers, --endpoint"
            " SPEC asks for them"
        )


def _import_request(plan: _Plan) -> ImportRequest:
    request = plan.request
    mapping = request.mapping or _own_mapping(request.answers)
    return ImportRequest(request.answers, set=plan.set, candidate=request.system, mapping=mapping)


def _own_mapping(files: Sequence[Path]) -> dict[str, str]:
    """Return the mapping of files whose answers stand under `response` and name no system: they are the checkpoint's."""
    fields = [file.fields or frozenset() for file in find_files(files)]
    is_own = all("response" in names and not names & _NAMES_A_SYSTEM for names in fields)
    return {"response_candidate": "response"} if fields and is_own else {}


_NAMES_A_SYSTEM = frozenset({"response_candidate", "response_baseline", "system", "model", "candidate"})


class _Work:
    """The steps of one checkpoint, and what this call did in them."""

    def __init__(self, store: Store, plan: _Plan) -> None:
        self._store, self._plan = store, plan
        self._work = CheckpointWork()
        self._summary: JudgeSummary | None = None
        self._queued = False
        self._progress = CheckpointProgress(
            set=plan.set,
            system=plan.request.system,
            baseline=plan.baseline,
            judge=plan.judge.name,
            steps=tuple(
                CheckpointStep(name) for name in StepName if name is not StepName.DRIFT or plan.certificate is not None
            ),
            current=StepName.ANSWERS,
            cap=plan.request.cap,
        )

    def _show(self, step: CheckpointStep, **more: object) -> CheckpointProgress:
        """Put a step into the progress and return that."""
        steps = tuple(step if one.name is step.name else one for one in self._progress.steps)
        self._progress = replace(self._progress, steps=steps, current=step.name, **more)  # type: ignore[arg-type]
        return self._progress

    def _did(self, left: Sequence[str] = (), **more: object) -> None:
        self._work = replace(self._work, left=(*self._work.left, *left), **more)  # type: ignore[arg-type]

    # answers

    async def bring_answers(self) -> AsyncGenerator[CheckpointProgress, None]:
        """Bring the answers that the checkpoint has not given yet: from files, or from its endpoint."""
        plan, store = self._plan, self._store
        there, total = self._answered()
        step = CheckpointStep(StepName.ANSWERS, StepState.RUNNING, there, total)
        yield self._show(step)
        failure = None
        if plan.request.answers:
            async for progress in self._import(step):
                yield progress
        elif plan.generates and there < total:
            async for generation in self._generate():
                step = replace(
                    step,
                    done=there + generation.answered,
                    cost=generation.cost,
                    pause_left=generation.pause_left,
                    where=plan.endpoint or "",
                )
                adapted = tuple(f"{plan.request.system}: {sentence}" for sentence in generation.adapted)
                yield self._show(step, adapted=adapted)
            failure = self._generated(generation)
        there, total = self._answered()
        if total and not there and failure is None and plan.control.stopped is None:
            known = ", ".join(repr(name) for name, _ in pairs.systems_of(store, plan.set_id)) or "none"
            raise BadUsage(
                f"after these answers {plan.request.system!r} has still answered nothing in the set {plan.set!r}; systems that"
                f" have: {known}. Do the rows name another system?"
            )
        lacking = total - there
        if lacking and failure is None:
            failure = f"{count_noun(lacking, 'example')} of {count(total)} without an answer"
        if lacking:
            self._did([f"answers: {failure}"])
        yield self._show(
            replace(
                step,
                done=there,
                total=total,
                state=self._ended(lacking, stopped=plan.control.stopped is not None or there == 0),
                failure=failure if lacking else None,
            )
        )

    def _answered(self) -> tuple[int, int]:
        return checkpoints.answered(self._store, self._plan.set_id, self._plan.request.system)

    @staticmethod
    def _ended(lacking: int, *, stopped: bool) -> StepState:
        if not lacking:
            return StepState.DONE
        return StepState.FAILED if stopped else StepState.LEFT

    async def _import(self, step: CheckpointStep) -> AsyncGenerator[CheckpointProgress, None]:
        """Import the files of answers: all of them, or none where it is stopped before they are written."""
        where = ", ".join(map(str, self._plan.request.answers))
        with closing(import_files(self._store, _import_request(self._plan))) as updates:
            for update in updates:
                if isinstance(update, ImportSummary):
                    self._did(imported=update.responses, new_examples=update.examples)
                elif isinstance(update, ImportProgress):
                    yield self._show(replace(step, done=update.done, total=update.total, where=where))
                    await asyncio.sleep(0)  # a stop is heard between two rows
                    if self._plan.control.stopped is not None:
                        return

    async def _generate(self) -> AsyncGenerator[GenerationProgress, None]:
        plan, request = self._plan, self._plan.request
        wanted = GenerateRequest(
            set=plan.set,
            system=request.system,
            endpoint=plan.endpoint,
            base_url=request.base_url,
            key_variable=request.key_variable,
            timeout=request.timeout,
            concurrency=request.concurrency,
            max_cost=request.cap,
            claim_seconds=request.claim_seconds,
            patience=request.patience,
            settings=request.settings,
            control=plan.control,
        )
        async with aclosing(generate(self._store, wanted)) as updates:
            async for progress in updates:
                yield progress

    def _generated(self, generation: GenerationProgress) -> str | None:
        """Count what was generated; return why some answers are missing."""
        cost = self._work.cost
        if generation.turns and generation.cost is None:
            cost = None
        elif cost is not None:
            cost += generation.cost or 0.0
        self._did(generated=generation.answered, cost=cost)
        if generation.stopped is not None:
            return generation.stopped
        if generation.problems:
            key, problem = generation.problems[0]
            others = len(generation.problems) - 1
            more = f" and {count_noun(others, 'other')}" if others else ""
            return f"{key}{more}: {problem}"
        return None

    # carried

    def make_pairs(self) -> CheckpointProgress:
        """Make the run and its pairs, with the decisions that are carried from equal pairs of other runs."""
        plan, store = self._plan, self._store
        made = pairs.make_pairs(store, plan.set_id, plan.set, plan.request.system, plan.baseline)
        if not plan.judge.spec:
            with store.writing():
                set_versions.name_version(
                    store, made.run_id, set_versions.cut_version(store, plan.set_id, VersionReason.JUDGED)
                )
        reading = checkpoints.run_reading(store, made.run_id)
        if reading.pairs == 0:
            self._did([f"{plan.request.system!r} and {plan.baseline!r} have answered no example in common"])
        elif made.unanswered and self._progress.step(StepName.ANSWERS).state is StepState.DONE:
            lacking = f"{count_noun(len(made.unanswered), 'example')} without an answer of {plan.baseline!r}"
            self._did([f"{lacking} (such as {made.unanswered[0]}): no pair"])
        step = CheckpointStep(StepName.CARRIED, StepState.DONE, reading.carried_pairs, reading.pairs)
        return self._show(step, run=runs.get_run(store, made.run_id))

    # drift

    async def check_drift(self) -> AsyncGenerator[CheckpointProgress, None]:
        """Check the judge for drift where its certificate stands, once for a checkpoint."""
        plan, certificate = self._plan, self._plan.certificate
        if certificate is None or plan.control.stopped is not None:
            return
        checks = checks_of(self._store, certificate.id)
        if checks and checks[-1].created_at >= checkpoints.created_at(self._store, self._run.id):
            yield self._drift_ended(checks[-1])
            return
        step = CheckpointStep(StepName.DRIFT, StepState.RUNNING, where=plan.judge.name)
        yield self._show(step)
        async with aclosing(check_drift(self._store, certificate, plan.judge_request)) as updates:
            async for update in updates:
                if isinstance(update, JudgingProgress):
                    step = replace(step, done=update.done, total=update.total, cost=update.cost)
                    yield self._show(step)
                else:
                    yield self._checked(step, update)

    def _checked(self, step: CheckpointStep, result: DriftResult) -> CheckpointProgress:
        """Count what a check cost, and show what came of it."""
        cost = self._work.cost
        self._did(cost=None if cost is None or result.cost is None else cost + result.cost)
        if result.check is not None:
            return self._drift_ended(result.check)
        if result.left:
            self._did([f"drift: {result.reason}"])
            return self._show(replace(step, state=StepState.LEFT, failure=result.reason))
        return self._show(replace(step, state=StepState.DONE, where=result.reason))

    def _drift_ended(self, check: DriftCheck) -> CheckpointProgress:
        """Show a check; a judge that was found changed is not asked."""
        self._did(drift=check)
        words, stays = drift_words(check), check.asked - check.changed
        step = CheckpointStep(StepName.DRIFT, StepState.DONE, stays, check.asked, where=words)
        if check.state is not DriftState.CHANGED:
            return self._show(step)
        pin = f"`uphold set pin {shlex.quote(self._plan.set)} --spec SPEC` pins what it is now"
        name = self._plan.judge.name
        self._did(
            [
                f"judging: {name} was found changed, and its certificate lapses; {pin}, `uphold judges certify` tests that"
            ]
        )
        return self._show(replace(step, state=StepState.FAILED, failure=f"it changed: {words}"))

    # judged

    async def judge(self) -> AsyncGenerator[CheckpointProgress, None]:
        """Judge what the run lacks of the judge, where anything may be asked."""
        run, plan = self._run, self._plan
        total = checkpoints.run_reading(self._store, run.id).pairs
        step = CheckpointStep(StepName.JUDGED, StepState.RUNNING, 0, total, where=plan.judge.name)
        if plan.control.stopped is not None or not total or self._work.judge_changed:
            lacking = self._lacking(total)
            state = StepState.WAITING if lacking else StepState.DONE
            yield self._show(replace(step, done=total - lacking, state=state), judge_id=self._judge_id)
            return
        if plan.judge.spec:
            async for progress in self._ask(step):
                yield progress
        lacking = self._lacking(total)
        failure = self._why_not_judged(lacking)
        if lacking:
            self._did([f"judging: {failure}"])
        last = self._progress.step(StepName.JUDGED)
        stopped = self._summary is not None and self._summary.stopped is not None
        state = self._ended(lacking, stopped=stopped)
        ended = replace(last, where=step.where, done=total - lacking, total=total, state=state, failure=failure)
        yield self._show(replace(ended, seconds_left=None, pause_left=0.0), judge_id=self._judge_id)

    async def _ask(self, step: CheckpointStep) -> AsyncGenerator[CheckpointProgress, None]:
        known = self._progress.adapted
        async with aclosing(judge_run(self._store, self._plan.judge_request)) as updates:
            async for update in updates:
                if isinstance(update, JudgeSummary):
                    self._summary = update
                    self._judged(update)
                else:
                    adapted = (*known, *(f"{update.judge}: {sentence}" for sentence in update.adapted))
                    yield self._show(_judging_step(step, update), adapted=adapted, judge_id=update.judge_id)

    def _judged(self, summary: JudgeSummary) -> None:
        progress, cost = summary.progress, self._work.cost
        asked = progress.requested
        if asked and progress.cost is None and self._plan.asks_model:
            cost = None
        elif cost is not None:
            cost += progress.cost or 0.0
        self._did(
            reused=self._work.reused + progress.reused,
            asked=self._work.asked + asked,
            cost=cost,
            unknown_cost=self._work.unknown_cost + progress.unknown_cost,
        )

    def _lacking(self, total: int) -> int:
        """Return how many pairs lack a judgment that was asked for."""
        if self._summary is not None:
            return self._summary.left
        pinned = self._plan.judge.pinned
        return total if pinned is None else coverage(self._store, self._run, pinned).missing

    def _why_not_judged(self, lacking: int) -> str | None:
        if not lacking:
            return None
        pairs_left = (
            f"{count_noun(lacking, 'pair')} {noun(lacking, 'lacks', 'lack')} a verdict of {self._plan.judge.name}"
        )
        if not self._plan.judge.spec:
            return f"{pairs_left}: its verdicts are imported, `uphold import FILE` brings them"
        summary = self._summary
        if summary is not None and summary.stopped is not None:
            return f"{pairs_left}: {summary.stopped}"
        if summary is not None and summary.problems:
            return f"{pairs_left}: {summary.problems[0].what}"
        return pairs_left

    # to read

    def queue_what_changed(self) -> CheckpointProgress:
        """Queue the pairs: those on which the judge turned, those otherwise changed, and those that were known already.

        While judging is not done nothing is drawn: which verdicts turned is not known yet.
        """
        store, run = self._store, self._run
        reading = checkpoints.run_reading(store, run.id)
        unread, flipped = checkpoints.pairs_to_read(store, run.id), 0
        if self._progress.step(StepName.JUDGED).state is StepState.DONE and reading.pairs:
            _, items = open_queue(store, run, QueueKind.CHANGED, self._judge_id)
            flipped = sum(item.stratum.startswith(FLIPPED_VERDICT) and item.pair_id in unread for item in items)
        state = StepState.DONE if not reading.to_read else StepState.WAITING
        step = CheckpointStep(StepName.TO_READ, state, reading.to_read, reading.pairs)
        return self._show(step, flipped=flipped, judge_id=self._judge_id)

    @property
    def _run(self) -> Run:
        run = self._progress.run
        assert run is not None  # its pairs are made before it is judged
        return run

    @property
    def _judge_id(self) -> int | None:
        """The judge whose verdicts are queued by: the one that was asked, else that of the headline."""
        if self._summary is not None:
            return self._summary.judge_id
        shown = headline_judge(self._store, self._run).shown
        return None if shown is None else shown.id

    def result(self) -> CheckpointResult:
        """Return what came of it."""
        return read_result(
            self._store,
            CheckpointResult(
                self._run,
                self._judge_id,
                self._progress,
                self._work,
                checkpoints.run_reading(self._store, self._run.id),
            ),
            self._plan.request.allowed,
        )


def _judging_step(step: CheckpointStep, judging: JudgingProgress) -> CheckpointStep:
    """Return the step of judging: pairs are counted as far as their judgments are made."""
    share = judging.done / judging.total if judging.total else 1.0
    lacking = step.total if judging.total else 0
    return replace(
        step,
        done=step.total - lacking + int(share * lacking),
        cost=judging.cost,
        expected_cost=judging.expected_cost,
        seconds_left=judging.seconds_left,
        pause_left=judging.pause_left,
    )


def read_result(store: Store, result: CheckpointResult, margin: float | None) -> CheckpointResult:
    """Return a result with what is read, and the gate, as they are now: after a review they have changed."""
    run = result.run
    reading = checkpoints.run_reading(store, run.id)
    against = blessed.blessed_run_of(store, run)
    if against is None:
        return replace(result, reading=reading, blessed=None, comparison=None, gate=None)
    if margin is None:
        compared = compare_runs(store, against.name, run.name)
        return replace(result, reading=reading, blessed=against, comparison=compared, gate=None)
    gated = gate_run(store, GateRequest(run.name, against.name, margin))
    return replace(result, reading=reading, blessed=against, comparison=gated.comparison, gate=gated)
