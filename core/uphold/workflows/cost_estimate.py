"""store -> judging -> what judging would take: calls, tokens, dollars; nothing is written and nothing is paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from uphold.endpoints.addresses import Address, open_endpoint
from uphold.endpoints.retrying import RetryingEndpoint
from uphold.errors import BadUsage, EndpointError
from uphold.judging.costs import ASSUMED_OUTPUT, guessed_tokens
from uphold.judging.judges import LlmJudge
from uphold.records.model_calls import ModelRequest
from uphold.store import judgments
from uphold.store.database import Store
from uphold.store.pairs import make_pairs
from uphold.workflows.judge_request import JudgeRequest, JudgeTask, find_judge_address, find_judges, find_target
from uphold.workflows.judging_progress import record_request
from uphold.workflows.llm_judging import pair_to_judge

_COUNTED = 24
"""Requests that the endpoint is asked to count; the others are reckoned from their lengths."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a judge would be asked. `counted_by`: who counted the input tokens; `output_each` is assumed."""

    judge: str
    model: bool
    pairs: int
    judgments: int
    calls: int
    input_tokens: int
    output_each: int
    counted_by: str
    cost: float | None
    batch_cost: float | None

    @property
    def output_tokens(self) -> int:
        """Tokens of all answers, at the assumed length."""
        return self.calls * self.output_each


async def estimate(store: Store, request: JudgeRequest) -> list[Estimate]:
    """What each judge of a request would take.

    Everything is reckoned in a copy of the database in memory. The endpoint is asked to count some of the requests
    where it does so for nothing; without a key, or where it counts none, they are guessed from their lengths.
    """
    with store.copied() as copy:
        which = find_target(copy, request)
        found = find_judges(copy, request, which, asking=False)
        made = make_pairs(
            copy, which.set_id, which.set, which.candidate, which.baseline, last_turn_only=request.last_turn_only
        )
        return [await _estimate(copy, request, made.run_id, one) for one in found]


async def _estimate(store: Store, request: JudgeRequest, run_id: int, one: JudgeTask) -> Estimate:
    judge_id = record_request(store, run_id, one)
    missing = judgments.missing(store, run_id, judge_id, replace(request.scope, not_out=True))
    pairs = len({lacking.pair_id for lacking in missing})
    judge = one.judge
    if not isinstance(judge, LlmJudge):
        return Estimate(judge.record.name, False, pairs, len(missing), 0, 0, 0, "", 0.0, None)
    requests = _requests(store, judge_id, judge, missing, request.scope.redo)
    before = _learnt(store, judge_id, judge)
    tokens, counted_by = await _tokens(request, judge, requests, before)
    learnt = judgments.mean_output(store, judge_id)
    each = min(round(learnt), judge.max_tokens) if learnt else min(ASSUMED_OUTPUT, judge.max_tokens)
    cost = batch_cost = None
    if judge.price is not None:
        cost = sum(judge.price.estimate(count, each) for count in tokens)
        batch_cost = sum(judge.price.estimate(count, each, batched=True) for count in tokens)
    return Estimate(
        judge.record.name,
        True,
        pairs,
        len(missing),
        len(requests),
        round(sum(tokens)),
        each,
        counted_by,
        cost,
        batch_cost if judge.provider == "anthropic" else None,
    )


def _requests(
    store: Store, judge_id: int, judge: LlmJudge, missing: Sequence[judgments.MissingJudgment], redo: bool
) -> list[ModelRequest]:
    """The requests that would be sent: what needs no asking is left out, equal contents are asked once."""
    requests, met = [], set()
    for lacking in missing:
        key = (lacking.contents, lacking.order, lacking.sample)
        pair = pair_to_judge(store, lacking.pair_id)
        if key in met or judge.unasked(pair, lacking.order, lacking.sample) is not None:
            continue
        if judgments.reusable(store, lacking.contents, judge_id, lacking.order, lacking.sample, readable=redo):
            continue
        met.add(key)
        requests.append(judge.request(judge.prompt(pair, lacking.order), lacking.sample))
    return requests


def _learnt(store: Store, judge_id: int, judge: LlmJudge) -> float | None:
    """How many tokens the endpoint counted for each one that was guessed, in answers that are there."""
    counted = guessed = 0.0
    for pair_id, order, tokens in judgments.counted_inputs(store, judge_id, _COUNTED):
        counted += tokens
        guessed += _guessed(judge.request(judge.prompt(pair_to_judge(store, pair_id), order)))
    return counted / guessed if guessed else None


def _guessed(request: ModelRequest) -> float:
    return guessed_tokens(request.system or "") + guessed_tokens(request.user)


async def _tokens(
    request: JudgeRequest, judge: LlmJudge, requests: Sequence[ModelRequest], before: float | None
) -> tuple[list[float], str]:
    """Input tokens of each request, and who counted them; `before` is what earlier answers teach."""
    guessed = [_guessed(one) for one in requests]
    if not requests:
        return guessed, "nobody"
    if before is not None:
        return [tokens * before for tokens in guessed], "the endpoint, in earlier answers"
    try:
        counts = await _counted(find_judge_address(request, judge), request, requests)
    except (EndpointError, BadUsage):
        counts = {}  # no key, nobody there, no such service: a guess will do
    if not counts:
        return guessed, "a rule of thumb, 4 characters a token"
    ratio = sum(counts.values()) / sum(guessed[number] for number in counts)
    return [counts.get(number, guessed[number] * ratio) for number in range(len(requests))], "the endpoint"


async def _counted(address: Address, request: JudgeRequest, requests: Sequence[ModelRequest]) -> dict[int, float]:
    """By number: the endpoint's own count of some requests, evenly spread over their lengths."""
    if address.kind != "anthropic":
        return {}
    by_length = sorted(range(len(requests)), key=lambda number: requests[number].length)
    step = max(len(by_length) / _COUNTED, 1.0)
    chosen = dict.fromkeys(by_length[int(place * step)] for place in range(min(_COUNTED, len(by_length))))
    endpoint = RetryingEndpoint(open_endpoint(address), replace(request.patience, tries=2, for_all=2))
    try:
        counts = {number: await endpoint.count(requests[number]) for number in chosen}
    finally:
        await endpoint.close()
    return {number: float(count) for number, count in counts.items() if count}
