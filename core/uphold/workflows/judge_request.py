"""Resolves a request to judge a run into the run, its judges and the addresses of their endpoints."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from uphold.endpoints.addresses import TIMEOUT, Address, find_address
from uphold.endpoints.retrying import RetryPolicy
from uphold.errors import BadUsage
from uphold.judging.judges import (
    MOST_SAMPLES,
    PROVIDERS,
    LlmJudge,
    ReadyJudge,
    RulesJudge,
    judge_from_table,
    read_judges,
    ready_judge,
)
from uphold.records.enums import REFERENCE, AnswerOrder
from uphold.records.headline_judge import is_spec
from uphold.settings import Settings
from uphold.store.claims import CLAIM_SECONDS
from uphold.store.database import Store
from uphold.store.judgments import JudgingScope
from uphold.store.pairs import any_reference, systems_of
from uphold.store.runs import find_run
from uphold.store.sets import find_set, guidelines
from uphold.workflows.concurrency import WorkControl, check_concurrency
from uphold.workflows.judge_revisions import in_current_revision
from uphold.workflows.kept_judges import kept_judge, kept_table


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """What to judge and how; names as on the command line: a run, or the set and two systems that make one.

    `judge` holds one or several specs, TOML files or names in `settings`. `samples` and the orders default to the
    judge's own. `max_cost` is in dollars, for all judges together; `claim_seconds` and `timeout` are in seconds.
    """

    judge: str | Sequence[str]
    run: str | None = None
    set: str | None = None
    candidate: str | None = None
    baseline: str | None = None
    options: Sequence[str] = ()
    rubric: str | None = None
    one_order: bool = False
    samples: int | None = None
    last_turn_only: bool = False
    concurrency: int = 8
    base_url: str | None = None
    key_variable: str | None = None
    claim_seconds: float = CLAIM_SECONDS
    only_reviewed: bool = False
    redo: bool = False
    max_cost: float | None = None
    timeout: float | None = None
    patience: RetryPolicy = field(default_factory=RetryPolicy)
    settings: Settings = field(default_factory=Settings)
    control: WorkControl | None = None

    @property
    def scope(self) -> JudgingScope:
        """Which pairs of the run are judged."""
        return JudgingScope(self.only_reviewed, self.redo)


@dataclass(frozen=True, slots=True)
class RunTarget:
    """The set and the two systems of a run that may not exist yet."""

    set_id: int
    set: str
    candidate: str
    baseline: str


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """A judge, the orders and samples to get from it, the address of its endpoint if it is a model, and its spec."""

    judge: ReadyJudge
    orders: tuple[AnswerOrder, ...]
    samples: int
    address: Address | None
    spec: str = ""


def find_target(store: Store, request: JudgeRequest) -> RunTarget:
    """Return the run to judge; raises BadUsage where it, its set or its systems do not exist."""
    names = (request.set, request.candidate, request.baseline)
    if names == (None, None, None):
        run = find_run(store, request.run)
        return RunTarget(run.set_id, run.set, run.candidate, run.baseline)
    if request.run is not None:
        raise BadUsage("a run has its set and systems already: give either RUN or --set, --candidate and --baseline")
    if request.set is None or request.candidate is None or request.baseline is None:
        raise BadUsage("to make a run, --set, --candidate and --baseline go together; to judge one, give its name")
    set_id = find_set(store, request.set)
    if request.candidate == request.baseline:
        raise BadUsage(f"{request.candidate!r} cannot be compared with itself: --candidate and --baseline are the same")
    known = [name for name, _ in systems_of(store, set_id)]
    for option, name in (("--candidate", request.candidate), ("--baseline", request.baseline)):
        if name not in known and name != REFERENCE:
            listed = ", ".join(map(repr, known)) or "none yet"
            raise BadUsage(
                f"{option} {name!r} has answered nothing in the set {request.set!r}; systems that have: {listed}"
            )
    return RunTarget(set_id, request.set, request.candidate, request.baseline)


def find_judges(
    store: Store, request: JudgeRequest, target: RunTarget, *, with_addresses: bool = True, models_only: bool = False
) -> list[JudgeTask]:
    """Return the judges of a request, each with its orders and samples.

    Raises BadUsage for judges that do not exist, for options out of range, and, unless `with_addresses` is False, for a
    missing API key or a bad address; for rules that cannot compare anything in the run, unless the caller takes
    `models_only`.
    """
    _check_numbers(request)
    tasks = []
    rubric = request.rubric if request.rubric is not None else guidelines(store, target.set_id)
    specs = [request.judge] if isinstance(request.judge, str) else request.judge
    for spec, judge in judges_of(store, specs, request.options, rubric, request.settings):
        samples = request.samples or judge.samples
        if samples > 1 and isinstance(judge, RulesJudge):
            raise BadUsage(f"--samples {samples}: {judge.record.name} says the same every time, once is enough")
        if isinstance(judge, RulesJudge) and not models_only:
            _check_comparable(store, target, judge)
        orders = judge.orders[:1] if request.one_order else judge.orders
        address = find_judge_address(request, judge) if with_addresses and isinstance(judge, LlmJudge) else None
        check_price(judge, request.max_cost)
        tasks.append(JudgeTask(judge, orders, samples, address, spec))
    return tasks


def check_price(judge: ReadyJudge, max_cost: float | None) -> None:
    """Raise BadUsage where a cap is set and the price of a model is not known."""
    if max_cost is not None and isinstance(judge, LlmJudge) and judge.price is None:
        raise BadUsage(
            f"--max-cost: the price of {judge.model!r} is not known; put [prices.{judge.model!r}] with input and "
            "output, in dollars per million tokens, into uphold.toml"
        )


def _check_comparable(store: Store, target: RunTarget, judge: RulesJudge) -> None:
    """Raise BadUsage, with a command that works, for a rule that can compare nothing in the run."""
    comparable = any_reference(store, target.set_id, target.candidate, target.baseline)
    systems = target.candidate, target.baseline
    try:
        judge.check_systems(*systems)
    except BadUsage as error:
        if REFERENCE in systems:
            other = systems[0] if systems[1] == REFERENCE else systems[1]
            command = _command(target, "rules:reference-overlap", candidate=other, baseline=REFERENCE)
        elif comparable:
            command = _command(target, "rules:closer")
        else:
            command = _command(target, f"{PROVIDERS[0]}:MODEL")
        raise BadUsage(f"{error}; this works: {command}") from None
    if comparable is False:
        raise BadUsage(
            f"{judge.record.name} could read nothing: no example of the set {target.set!r} that both systems answered has"
            " a reference answer. `uphold import FILE --update` adds references from rows of `key` and `reference`;"
            f" without them a model judges: {_command(target, f'{PROVIDERS[0]}:MODEL')}"
        )


def _command(target: RunTarget, judge: str, candidate: str | None = None, baseline: str | None = None) -> str:
    """Return the command line that judges a run's systems with a judge."""
    names = {
        "--set": target.set,
        "--candidate": candidate or target.candidate,
        "--baseline": baseline or target.baseline,
        "--judge": judge,
    }
    return "uphold judge " + " ".join(f"{option} {shlex.quote(name)}" for option, name in names.items())


def find_judge_address(request: JudgeRequest, judge: LlmJudge) -> Address:
    """Return the address of a judge's endpoint; raises BadUsage for a missing API key or a bad address."""
    place = judge.endpoint
    timeout = request.timeout or place.timeout or TIMEOUT
    base_url, key = request.base_url or place.base_url, request.key_variable or place.key_variable
    return find_address(judge.provider, judge.model, base_url, key, timeout)


def judges_of(
    store: Store, specs: Sequence[str], options: Sequence[str], rubric: str | None, settings: Settings
) -> list[tuple[str, ReadyJudge]]:
    """Return (spec, judge) of the judges that some specs stand for: KIND:MODEL, rules:NAME, a TOML file, a name in uphold.toml.

    What is none of these may be the name of a judge that was kept in the workbench; the rubric is its own then. One that was
    found changed comes in the revision that is asked now.

    Raises BadUsage or BadFile for a spec that stands for none, and for options beside a judge whose options are in a file.
    """
    judges: list[tuple[str, ReadyJudge]] = []
    for spec in specs:
        defined_in_file = spec in settings.judges or spec.endswith(".toml")
        if defined_in_file and options:
            raise BadUsage(f"--judge-option: the options of {spec!r} are set in its file")
        if spec in settings.judges:
            judges.append((spec, judge_in_settings(spec, rubric, settings)))
        elif defined_in_file:
            found = read_judges(Path(spec), rubric, settings.endpoints, settings.prices)
            judges += [(spec, judge) for judge in found]
        elif not is_spec(spec) and (kept := kept_table(store, spec)) is not None:
            judges.append((spec, kept_judge(store, kept, settings)))
        else:
            judges.append((spec, ready_judge(spec, options, rubric, settings.prices)))
    return [(spec, in_current_revision(store, judge)) for spec, judge in judges]


def judge_in_settings(name: str, rubric: str | None, settings: Settings) -> ReadyJudge:
    """Return the judge of the table [judges.NAME] of uphold.toml; raises BadFile for one that cannot be asked."""
    table = {"name": name, **settings.judges[name]}
    return judge_from_table(table, f"[judges.{name}]", rubric, settings.endpoints, settings.prices)


def _check_numbers(request: JudgeRequest) -> None:
    if request.samples is not None and not 1 <= request.samples <= MOST_SAMPLES:
        raise BadUsage(f"--samples {request.samples}: a number from 1 to {MOST_SAMPLES} was expected")
    check_concurrency(request.concurrency)
    if request.max_cost is not None and not 0 <= request.max_cost < 1e9:
        raise BadUsage(f"--max-cost {request.max_cost}: an amount of dollars was expected")
