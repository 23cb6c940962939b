"""Progress and summary of judging a run, and what direct and batch judging share in computing them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from uphold.errors import BadUsage
from uphold.judging.fences import new_fence
from uphold.judging.judges import PROVIDERS, LlmJudge
from uphold.judging.rules import RULES
from uphold.records.enums import REFERENCE, JudgmentStatus, Verdict
from uphold.records.judgments import Judgment, JudgmentProblem, PairVerdict
from uphold.records.runs import Run
from uphold.records.set_history import VersionReason
from uphold.settings import Settings
from uphold.store import claims, judges, judgments, set_versions
from uphold.store.database import Store
from uphold.store.headline_judges import run_judges, set_judges
from uphold.store.judge_specs import find_spec, record_spec
from uphold.store.judgments import JudgedPair, JudgingScope, MissingJudgment, ProblemCount
from uphold.store.pairs import MadePairs, make_pairs, references_in_common
from uphold.store.runs import get_run, responses_from_other_sets
from uphold.workflows.judge_request import JudgeRequest, JudgeTask, RunTarget

MAX_LISTED = 200
"""Most unreadable or failed pairs that are listed."""

_LATEST = 40
"""Pairs judged last that are read: as many as a high screen has room for."""

_REFERENCES_LOOKED_AT = 50
"""References that are tried to tell whether a rule can read a set."""

_VARIABLE = re.compile(r"\breq_\w+|\d+(?:[.,]\d+)*")
"""What differs between messages about the same thing: ids of requests, and numbers."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|$)|(?<=JSON object )\{.*', re.S)
"""What messages about unreadable answers quote of them; it may be cut at its end."""


@dataclass(frozen=True, slots=True)
class SavedJudgment:
    """A judgment that has been written; `reused` if it was copied from a pair with equal contents."""

    pair_id: int
    judgment: Judgment
    reused: bool = False


@dataclass(frozen=True, slots=True)
class JudgingProgress:
    """Progress of one judge; `total` judgments were missing at the start.

    `identical` counts judgments on identical answers and `reused` those copied from pairs with equal contents; both are
    counted as readable or unreadable too. `changed_pairs` are the ids of the pairs judged since the previous value.
    `cost` is in dollars, None for a model without a price; `unknown_cost` is the most that requests may have cost beside
    it whose reply was lost or came without its tokens. `retries` counts repeated requests. Seconds: `pause_left`
    until requests are sent again after the server asked for a pause, `paused` in such pauses so far, `elapsed` since
    the endpoint was opened. `adapted` says how requests were changed since the server takes no others, `refused` is the
    server's refusal where it has answered nothing since.
    """

    total: int
    readable: int = 0
    unreadable: int = 0
    failed: int = 0
    identical: int = 0
    reused: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    changed_pairs: tuple[int, ...] = ()
    judge: str = ""
    run_id: int = 0
    judge_id: int = 0
    cost: float | None = None
    unknown_cost: float = 0.0
    retries: int = 0
    pause_left: float = 0.0
    paused: float = 0.0
    elapsed: float = 0.0
    adapted: tuple[str, ...] = ()
    refused: str | None = None

    @property
    def done(self) -> int:
        """Judgments written so far, failed ones included."""
        return self.readable + self.unreadable + self.failed

    @property
    def left(self) -> int:
        """Judgments not tried yet."""
        return max(self.total - self.done, 0)

    @property
    def requested(self) -> int:
        """Judgments for which a request was sent to the model."""
        return self.done - self.identical - self.reused

    @property
    def rate(self) -> float | None:
        """Requested judgments per minute; None before the first one."""
        return 60 * self.requested / self.elapsed if self.requested and self.elapsed > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds until all judgments are tried, at the rate so far."""
        return 60 * self.left / self.rate if self.rate else None

    @property
    def expected_cost(self) -> float | None:
        """Estimated final cost in dollars, at the mean cost of the judgments so far."""
        if self.cost is None or not self.requested:
            return None
        return self.cost + self.left * self.cost / self.requested

    def add(self, saved: Sequence[SavedJudgment]) -> "JudgingProgress":
        """Return the progress after these judgments."""
        statuses = Counter(item.judgment.status for item in saved)
        new = [item.judgment for item in saved if not item.reused]
        costs = [judgment.cost for judgment in new if judgment.cost is not None]
        return replace(
            self,
            readable=self.readable + statuses[JudgmentStatus.READABLE],
            unreadable=self.unreadable + statuses[JudgmentStatus.UNREADABLE],
            failed=self.failed + statuses[JudgmentStatus.FAILED],
            identical=self.identical + sum(judgment.raw is None and judgment.cost == 0 for judgment in new),
            reused=self.reused + len(saved) - len(new),
            input_tokens=self.input_tokens + sum(judgment.input_tokens or 0 for judgment in new),
            output_tokens=self.output_tokens + sum(judgment.output_tokens or 0 for judgment in new),
            cost=None if self.cost is None else self.cost + sum(costs),
            changed_pairs=tuple(dict.fromkeys(item.pair_id for item in saved)),
        )


@dataclass(frozen=True, slots=True)
class JudgeSummary:
    """Result of judging a run: `progress` of this invocation, and the judge's current verdicts on the run.

    `left` counts pairs in scope that lack a judgment, `in_batches` judgments that are part of a batch whose results are
    not in yet, `elsewhere` those that another process is asking for. `problems` are those of the judgments in force that
    failed or could not be read. `stopped` is the reason why judging ended before everything was tried. `submitted` holds
    the ids of new batches, `collected` counts judgments brought in from earlier ones.
    """

    run: Run
    judge: str
    judge_id: int
    progress: JudgingProgress
    made: MadePairs
    verdicts: Mapping[Verdict, int]
    left: int = 0
    in_batches: int = 0
    elsewhere: int = 0
    problems: Sequence[JudgmentProblem] = ()
    stopped: str | None = None
    submitted: tuple[str, ...] = ()
    collected: int = 0
    from_other_sets: Mapping[str, int] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """Current pairs of the run."""
        return sum(self.verdicts.values())

    @property
    def unasked(self) -> int:
        """Pairs that were not in scope and have no verdict yet."""
        return max(self.verdicts.get(Verdict.PENDING, 0) - self.left, 0)


@dataclass(frozen=True, slots=True)
class JudgingView:
    """Verdict counts, the pairs whose judgments are unreadable or failed and their problems, and the pairs judged last."""

    verdicts: Mapping[Verdict, int]
    problems: Sequence[JudgedPair] = ()
    latest: Sequence[JudgedPair] = ()
    reasons: Sequence[JudgmentProblem] = ()


def judging_view(store: Store, run_id: int, judge_id: int) -> JudgingView:
    """Return the present state of a judge's verdicts on a run."""
    return JudgingView(
        judgments.verdict_counts(store, run_id, judge_id),
        judgments.problem_pairs(store, run_id, judge_id, MAX_LISTED),
        judgments.recently_judged_pairs(store, run_id, judge_id, _LATEST),
        find_problems(store, run_id, judge_id),
    )


def find_problems(store: Store, run_id: int, judge_id: int) -> list[JudgmentProblem]:
    """Return why judgments of a judge on a run failed or could not be read, the most frequent reason first."""
    return group_problems(judgments.problem_counts(store, run_id, judge_id))


def group_problems(counts: Iterable[ProblemCount]) -> list[JudgmentProblem]:
    """Return the problems of judgments, the most frequent first.

    Reasons that differ in numbers, in the ids of requests, or in what they quote of an unreadable answer only are taken
    together.
    """
    found: dict[tuple[JudgmentStatus, str], JudgmentProblem] = {}
    for one in counts:
        said = _QUOTED.sub("#", one.problem) if one.status is JudgmentStatus.UNREADABLE else one.problem
        key = one.status, _VARIABLE.sub("#", said)
        what = one.problem or "no reason was recorded"
        first = found.get(key, JudgmentProblem(what, 0, one.example, one.status))
        found[key] = replace(first, count=first.count + one.count)
    return sorted(found.values(), key=lambda problem: -problem.count)


def judge_answers(store: Store, pair_id: int, judge_id: int) -> PairVerdict | None:
    """Return a judge's verdict on a pair with every judgment and its raw answer; None if it has not judged the pair."""
    return judgments.read_pair_verdict(store, pair_id, judge_id)


def judges_to_choose(store: Store, run_id: int, settings: Settings) -> list[str]:
    """Return the specs of judges to offer for a run: those of uphold.toml, those that judged its set, rules that suit it.

    A file that a judge of the set was asked by is offered as long as it is there.
    """
    run = get_run(store, run_id)
    known = dict.fromkeys([*run_judges(store, run_id), *set_judges(store, run.set_id)])
    asked = [judge for judge in known if judge.kind in ("llm", "rules")]
    specs = [judge.name if _is_spec(judge.name) else find_spec(store, judge.id) or "" for judge in asked]
    used = [spec for spec in specs if _is_spec(spec) or (spec.endswith(".toml") and Path(spec).is_file())]
    rules = suitable_rules(store, run.set_id, run.candidate, run.baseline)
    readable = [name for name in used if not name.startswith("rules:") or name in rules]
    return list(dict.fromkeys([*settings.judges, *readable, *rules]))


def suitable_rules(store: Store, set_id: int, candidate: str, baseline: str) -> list[str]:
    """Return the specs of the rules that can read the answers of two systems over a set, by its first references."""
    references = list(islice(references_in_common(store, set_id, candidate, baseline), _REFERENCES_LOOKED_AT))
    rules = []
    for name, rule in RULES.items():
        try:
            rule.check_systems(candidate, baseline)
        except BadUsage:
            continue
        if (baseline == REFERENCE or not rule.against_reference) and any(map(rule.can_read, references)):
            rules.append(f"rules:{name}")
    return rules


def _is_spec(name: str) -> bool:
    return name.partition(":")[0] in (*PROVIDERS, "rules")


@dataclass(frozen=True, slots=True)
class RecordedTask:
    """A judge's task on a run whose pairs are made, with the judge and its requested orders in the store.

    `fence` separates the parts of the judge's prompts.
    """

    task: JudgeTask
    judge_id: int
    made: MadePairs
    scope: JudgingScope
    fence: str

    @property
    def run_id(self) -> int:
        """The run that is judged."""
        return self.made.run_id


@dataclass(frozen=True, slots=True)
class RecordedQuestions:
    """A judge's task on given pairs for another purpose than verdicts (`scope.again`), with the judge in the store.

    No run wants its orders: the judge stands in no list of a run's judges. `fence` separates the parts of its prompts.
    """

    task: JudgeTask
    judge_id: int
    scope: JudgingScope
    fence: str
    run_id: int = 0


def make_run_to_judge(store: Store, target: RunTarget, request: JudgeRequest) -> MadePairs:
    """Make the run and its pairs where they do not exist yet, and have the run name the version of the set as it is now."""
    made = make_run_pairs(store, target, request)
    with store.writing():
        cut = set_versions.cut_version(store, target.set_id, VersionReason.JUDGED)
        set_versions.name_version(store, made.run_id, cut)
    return made


def make_run_pairs(store: Store, target: RunTarget, request: JudgeRequest) -> MadePairs:
    """Make the run and its pairs where they do not exist yet."""
    return make_pairs(
        store,
        target.set_id,
        target.set,
        target.candidate,
        target.baseline,
        last_turn_only=request.last_turn_only,
    )


def record_task(store: Store, made: MadePairs, task: JudgeTask, scope: JudgingScope) -> RecordedTask:
    """Record the judge, and the orders and samples that the run wants from it."""
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, task.judge.record)
        record_spec(conn, judge_id, task.spec)
        judges.record_requested_orders(conn, made.run_id, judge_id, task.orders, task.samples)
        fence = judges.fence_of(conn, judge_id, new_fence()) if isinstance(task.judge, LlmJudge) else ""
    return RecordedTask(task, judge_id, made, scope, fence)


def missing_outside_batches(store: Store, recorded: RecordedTask | RecordedQuestions) -> list[MissingJudgment]:
    """Return the judgments in scope that are missing and not part of an open batch."""
    scope = replace(recorded.scope, exclude_batched=True)
    return judgments.missing_judgments(store, recorded.run_id, recorded.judge_id, scope)


def initial_progress(store: Store, recorded: RecordedTask | RecordedQuestions) -> JudgingProgress:
    """Return the progress of a judge before it has done anything."""
    run_id, judge_id, judge = recorded.run_id, recorded.judge_id, recorded.task.judge
    missing = missing_outside_batches(store, recorded)
    priced = isinstance(judge, LlmJudge) and judge.price is not None
    return JudgingProgress(
        len(missing), judge=judge.record.name, run_id=run_id, judge_id=judge_id, cost=0.0 if priced else None
    )


def judge_summary(
    store: Store,
    recorded: RecordedTask,
    progress: JudgingProgress,
    *,
    stopped: str | None = None,
    submitted: tuple[str, ...] = (),
    collected: int = 0,
) -> JudgeSummary:
    """Return the summary of a judge that has finished."""
    run_id, judge_id = recorded.run_id, recorded.judge_id
    scope = replace(recorded.scope, redo=False)
    missing = judgments.missing_judgments(store, run_id, judge_id, scope)
    outside_batches = judgments.missing_judgments(store, run_id, judge_id, replace(scope, exclude_batched=True))
    return JudgeSummary(
        run=get_run(store, run_id),
        judge=recorded.task.judge.record.name,
        judge_id=judge_id,
        progress=progress,
        made=recorded.made,
        verdicts=judgments.verdict_counts(store, run_id, judge_id),
        left=len({judgment.pair_id for judgment in missing}),
        in_batches=len(missing) - len(outside_batches),
        elsewhere=claims.claimed_count(store, run_id, judge_id) if missing else 0,
        problems=find_problems(store, run_id, judge_id),
        stopped=stopped,
        submitted=submitted,
        collected=collected,
        from_other_sets=responses_from_other_sets(store.conn, run_id=run_id),
    )
