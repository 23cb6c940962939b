"""store -> judging -> store: a judge's verdicts on every pair of a run; what is settled is never judged again."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from uphold.endpoints import Address, find_address, open_endpoint
from uphold.errors import BadUsage
from uphold.judging.specs import LlmJudge, ReadyJudge, RulesJudge, ready_judge
from uphold.records.asking import Comparison
from uphold.records.runs import Run
from uphold.records.words import REFERENCE, Order, Status, Verdict
from uphold.steps.asking import CLAIM_SECONDS, Asking, Written
from uphold.store import judgments
from uphold.store.database import Store
from uphold.store.pairs import MadePairs, make_pairs, pair_texts, systems_of
from uphold.store.runs import find_run, get_run
from uphold.store.sets import find_set

MOST_SAMPLES = 64
MOST_AT_ONCE = 1000
_RULES_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """What to judge and how; names as on the command line: a run, or the set and two systems that make one."""

    judge: str
    run: str | None = None
    set: str | None = None
    candidate: str | None = None
    baseline: str | None = None
    options: Sequence[str] = ()
    rubric: str | None = None
    one_order: bool = False
    samples: int = 1
    last_turn_only: bool = False
    concurrency: int = 8
    base_url: str | None = None
    key_variable: str | None = None
    claim_seconds: float = CLAIM_SECONDS


@dataclass(frozen=True, slots=True)
class Judging:
    """How far a judge is: `total` judgments were missing when it began.

    `identical` (answers that are the same) and `reused` (copied from equal pairs) are readable or unreadable too.
    `pairs` are those about which something new was written since the last value.
    """

    total: int
    readable: int = 0
    unreadable: int = 0
    failed: int = 0
    identical: int = 0
    reused: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    pairs: tuple[int, ...] = ()

    @property
    def done(self) -> int:
        """Judgments written by now, failed ones included."""
        return self.readable + self.unreadable + self.failed

    @property
    def left(self) -> int:
        """Judgments that are still to be tried."""
        return max(self.total - self.done, 0)

    def with_written(self, written: Sequence[Written]) -> "Judging":
        """The counts after these judgments."""
        said = [one.judgment for one in written]
        statuses = Counter(judgment.status for judgment in said)
        asked = [one.judgment for one in written if not one.reused]
        return Judging(
            self.total,
            self.readable + statuses[Status.READABLE],
            self.unreadable + statuses[Status.UNREADABLE],
            self.failed + statuses[Status.FAILED],
            self.identical + sum(judgment.raw is None and judgment.cost == 0 for judgment in asked),
            self.reused + len(said) - len(asked),
            self.input_tokens + sum(judgment.input_tokens or 0 for judgment in asked),
            self.output_tokens + sum(judgment.output_tokens or 0 for judgment in asked),
            tuple(dict.fromkeys(one.pair_id for one in written)),
        )


@dataclass(frozen=True, slots=True)
class JudgeSummary:
    """What judging a run came to: what was done this time, and how the judge's verdicts on the run stand now."""

    run: Run
    judge: str
    judge_id: int
    done: Judging
    made: MadePairs
    verdicts: Mapping[Verdict, int]

    @property
    def pairs(self) -> int:
        """Current pairs of the run."""
        return sum(self.verdicts.values())

    @property
    def left(self) -> int:
        """Pairs without a verdict, failed or pending: part of the work is left when there are any."""
        return self.verdicts.get(Verdict.FAILED, 0) + self.verdicts.get(Verdict.PENDING, 0)


async def judge_run(store: Store, request: JudgeRequest) -> AsyncGenerator[Judging | JudgeSummary, None]:
    """Judge what a run lacks; yields how far it is, and last the summary.

    The run and its pairs are made where they are new. Everything that can be wrong with the request, a missing key
    too, raises BadUsage before anything is written. With nothing left to do nobody is asked anything. Raises Barred
    when the endpoint refuses key or model; what was done by then, or when the task was cancelled, is kept.
    """
    judge = ready_judge(request.judge, request.options, request.rubric)
    _check_numbers(request, judge)
    which = _which(store, request)
    judge.check_systems(which.candidate, which.baseline)
    address = _address(request, judge)
    made = make_pairs(
        store, which.set_id, which.set, which.candidate, which.baseline, last_turn_only=request.last_turn_only
    )
    orders = judge.orders[:1] if request.one_order else judge.orders
    judge_id = _ask(store, made.run_id, judge, orders, request.samples)
    asks = judgments.missing(store, made.run_id, judge_id)
    progress = Judging(len(asks))
    if isinstance(judge, RulesJudge):
        for written in _by_rule(store, made.run_id, judge_id, judge):
            yield (progress := progress.with_written(written))
    elif asks and address is not None:
        asking = Asking(
            store, made.run_id, judge_id, judge, lambda: open_endpoint(address), request.concurrency,
            request.claim_seconds,
        )  # fmt: skip
        async with aclosing(asking.ask_all(asks)) as batches:
            async for written in batches:
                yield (progress := progress.with_written(written))
    verdicts = judgments.verdict_counts(store, made.run_id, judge_id)
    yield JudgeSummary(get_run(store, made.run_id), judge.record.name, judge_id, progress, made, verdicts)


@dataclass(frozen=True, slots=True)
class _Which:
    """The set and the two systems of a run that may not exist yet."""

    set_id: int
    set: str
    candidate: str
    baseline: str


def _which(store: Store, request: JudgeRequest) -> _Which:
    names = (request.set, request.candidate, request.baseline)
    if names == (None, None, None):
        run = find_run(store, request.run)
        return _Which(run.set_id, run.set, run.candidate, run.baseline)
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
    return _Which(set_id, request.set, request.candidate, request.baseline)


def _check_numbers(request: JudgeRequest, judge: ReadyJudge) -> None:
    if not 1 <= request.samples <= MOST_SAMPLES:
        raise BadUsage(f"--samples {request.samples}: a number from 1 to {MOST_SAMPLES} was expected")
    if not 1 <= request.concurrency <= MOST_AT_ONCE:
        raise BadUsage(f"--concurrency {request.concurrency}: a number from 1 to {MOST_AT_ONCE} was expected")
    if request.samples > 1 and isinstance(judge, RulesJudge):
        raise BadUsage(f"--samples {request.samples}: {judge.record.name} says the same every time, once is enough")


def _address(request: JudgeRequest, judge: ReadyJudge) -> Address | None:
    """Where an LLM judge is asked; raises BadUsage without a key or with an address that is none."""
    if not isinstance(judge, LlmJudge):
        return None
    return find_address(judge.provider, judge.model, request.base_url, request.key_variable)


def _ask(store: Store, run_id: int, judge: ReadyJudge, orders: Sequence[Order], samples: int) -> int:
    with store.writing() as conn:
        judge_id = judgments.add_judge(conn, judge.record)
        judgments.ask(conn, run_id, judge_id, orders, samples)
    return judge_id


def _by_rule(store: Store, run_id: int, judge_id: int, judge: RulesJudge) -> Iterator[list[Written]]:
    while True:
        written = []
        with store.writing() as conn:
            for ask in judgments.missing(store, run_id, judge_id)[:_RULES_AT_A_TIME]:
                texts = pair_texts(store, ask.pair_id)
                pair = Comparison(texts.text, texts.turn, texts.candidate_cells, texts.baseline_cells)
                judgment = judge.judge(pair)
                judgments.add_judgment(conn, ask.pair_id, judge_id, judgment)
                written.append(Written(ask.pair_id, judgment))
        if not written:
            return
        yield written
