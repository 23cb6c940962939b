"""What judging tells whoever watches: how far it is, and in the end what it came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.judging.judges import PROVIDERS, LlmJudge
from uphold.judging.rules import RULES
from uphold.records.enums import REFERENCE, JudgmentStatus, Verdict
from uphold.records.judgments import Judgment, PairVerdict, verdict_of
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.store import judges, judgments
from uphold.store.database import Store
from uphold.store.judgments import JudgedPair, JudgingScope
from uphold.store.pairs import MadePairs
from uphold.store.runs import get_run, judges_of
from uphold.workflows.judge_request import JudgeTask


@dataclass(frozen=True, slots=True)
class SavedJudgment:
    """One judgment that is in the file now: asked for, had without asking, or (`reused`) copied from an equal pair."""

    pair_id: int
    judgment: Judgment
    reused: bool = False


@dataclass(frozen=True, slots=True)
class JudgingProgress:
    """How far a judge is: `total` judgments were missing when it began.

    `identical` (answers that are the same) and `reused` (copied from equal pairs) are readable or unreadable too.
    `pairs` are those about which something new was written since the last value. `cost` is in dollars, None without a
    price; `waiting` are the seconds that all still wait, `waited` those that all have waited, `again` the requests that
    had to be asked again; `seconds` have passed since the first one was asked.
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
    judge: str = ""
    run_id: int = 0
    judge_id: int = 0
    cost: float | None = None
    again: int = 0
    waiting: float = 0.0
    waited: float = 0.0
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """Judgments written by now, failed ones included."""
        return self.readable + self.unreadable + self.failed

    @property
    def left(self) -> int:
        """Judgments that are still to be tried."""
        return max(self.total - self.done, 0)

    @property
    def asked(self) -> int:
        """Judgments that a model was asked for."""
        return self.done - self.identical - self.reused

    @property
    def rate(self) -> float | None:
        """Judgments a minute that the model makes; None while that cannot be told."""
        return 60 * self.asked / self.seconds if self.asked and self.seconds > 0 else None

    @property
    def to_go(self) -> float | None:
        """Seconds until all is tried, at the rate so far."""
        return 60 * self.left / self.rate if self.rate else None

    @property
    def expected(self) -> float | None:
        """What all of it will have cost, at what an answer has cost so far."""
        if self.cost is None or not self.asked:
            return None
        return self.cost + self.left * self.cost / self.asked

    def with_written(self, written: Sequence[SavedJudgment]) -> "JudgingProgress":
        """The counts after these judgments."""
        said = [one.judgment for one in written]
        statuses = Counter(judgment.status for judgment in said)
        asked = [one.judgment for one in written if not one.reused]
        costs = [judgment.cost for judgment in asked if judgment.cost is not None]
        return replace(
            self,
            readable=self.readable + statuses[JudgmentStatus.READABLE],
            unreadable=self.unreadable + statuses[JudgmentStatus.UNREADABLE],
            failed=self.failed + statuses[JudgmentStatus.FAILED],
            identical=self.identical + sum(judgment.raw is None and judgment.cost == 0 for judgment in asked),
            reused=self.reused + len(said) - len(asked),
            input_tokens=self.input_tokens + sum(judgment.input_tokens or 0 for judgment in asked),
            output_tokens=self.output_tokens + sum(judgment.output_tokens or 0 for judgment in asked),
            cost=None if self.cost is None else self.cost + sum(costs),
            pairs=tuple(dict.fromkeys(one.pair_id for one in written)),
        )


@dataclass(frozen=True, slots=True)
class JudgeSummary:
    """What judging a run came to: what was done this time, and how the judge's verdicts on the run stand now.

    `left` pairs in scope lack a judgment; `out` judgments are with a batch that has not come back. `stopped` says why
    asking ended before all was tried.
    """

    run: Run
    judge: str
    judge_id: int
    done: JudgingProgress
    made: MadePairs
    verdicts: Mapping[Verdict, int]
    left: int = 0
    out: int = 0
    stopped: str | None = None
    submitted: tuple[str, ...] = ()
    collected: int = 0

    @property
    def pairs(self) -> int:
        """Current pairs of the run."""
        return sum(self.verdicts.values())


MAX_LISTED = 200
"""As many pairs that need a look are listed at most."""


@dataclass(frozen=True, slots=True)
class JudgingView:
    """The verdicts so far, the pairs that need a look (unreadable, failed), and the last that were judged."""

    verdicts: Mapping[Verdict, int]
    needs: Sequence[JudgedPair] = ()
    last: Sequence[JudgedPair] = ()


def judging_view(store: Store, run_id: int, judge_id: int) -> JudgingView:
    """How a judge's verdicts on a run stand now."""
    words = judgments.verdict_counts(store, run_id, judge_id)
    return JudgingView(
        words,
        judgments.needing_a_look(store, run_id, judge_id, MAX_LISTED),
        judgments.last_judged(store, run_id, judge_id, 8),
    )


def judge_answers(store: Store, pair_id: int, judge_id: int) -> PairVerdict | None:
    """Every judgment of a pair, raw answers and all."""
    return judgments.on_pair(store, pair_id, judge_id, verdict_of)


def judges_to_choose(store: Store, run_id: int, settings: Settings) -> list[str]:
    """Judges that one may want for a run: of uphold.toml, those that have judged it, rules that fit it."""
    run = get_run(store, run_id)
    before = [name for _, name, _, kind in judges_of(store, run_id) if kind != "imported" and _is_spec(name)]
    rules = []
    for name, rule in RULES.items():
        try:
            rule.check_systems(run.candidate, run.baseline)
        except BadUsage:
            continue
        if run.baseline == REFERENCE or not rule.against_reference:
            rules.append(f"rules:{name}")
    return list(dict.fromkeys([*settings.judges, *before, *rules]))


def _is_spec(name: str) -> bool:
    return name.partition(":")[0] in (*PROVIDERS, "rules")


def record_request(store: Store, run_id: int, one: JudgeTask) -> int:
    """Record what the run asks of a judge; returns the judge's id."""
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, one.judge.record)
        judges.record_requested_orders(conn, run_id, judge_id, one.orders, one.samples)
    return judge_id


def judge_summary(
    store: Store,
    made: MadePairs,
    one: JudgeTask,
    judge_id: int,
    scope: JudgingScope,
    done: JudgingProgress,
    stopped: str | None = None,
    *,
    submitted: tuple[str, ...] = (),
    collected: int = 0,
) -> JudgeSummary:
    """How a judge stands to a run now."""
    run_id = made.run_id
    missing = judgments.missing(store, run_id, judge_id, replace(scope, redo=False))
    return JudgeSummary(
        get_run(store, run_id),
        one.judge.record.name,
        judge_id,
        done,
        made,
        judgments.verdict_counts(store, run_id, judge_id),
        len({lacking.pair_id for lacking in missing}),
        len(missing) - len(judgments.missing(store, run_id, judge_id, replace(scope, redo=False, not_out=True))),
        stopped,
        submitted,
        collected,
    )


def initial_progress(store: Store, run_id: int, judge_id: int, one: JudgeTask, scope: JudgingScope) -> JudgingProgress:
    missing = judgments.missing(store, run_id, judge_id, replace(scope, not_out=True))
    priced = isinstance(one.judge, LlmJudge) and one.judge.price is not None
    name = one.judge.record.name
    return JudgingProgress(len(missing), judge=name, run_id=run_id, judge_id=judge_id, cost=0.0 if priced else None)
