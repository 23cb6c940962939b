"""Estimates the calls, tokens and dollars that judging would take, without writing or requesting judgments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from uphold.endpoints import batches
from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.addresses import Address, open_endpoint
from uphold.errors import BadUsage, EndpointError
from uphold.formatting import count_noun
from uphold.judging.answer_forms import more_tokens
from uphold.judging.costs import ASSUMED_OUTPUT, guess_tokens
from uphold.judging.judges import LlmJudge
from uphold.records.model_calls import ModelRequest
from uphold.store import judgments
from uphold.store.database import Store
from uphold.store.judgments import MissingJudgment
from uphold.workflows.claimed_judgments import pair_to_judge
from uphold.workflows.judge_request import JudgeRequest, find_judge_address, find_judges, find_target
from uphold.workflows.judging_progress import (
    RecordedQuestions,
    RecordedTask,
    make_run_pairs,
    missing_outside_batches,
    record_task,
)
from uphold.workflows.spending import SpendingCap

_COUNTED_REQUESTS = 24
"""Requests whose tokens the endpoint counts; the others are estimated from their lengths."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What judging with one judge would take; costs are in dollars, None for a model without a price.

    `counted_by` says how the input tokens were counted; `output_each` is the assumed number of tokens per answer, and
    `output_from` says where it comes from.
    """

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
    output_from: str = ""

    @property
    def output_tokens(self) -> int:
        """Tokens of all answers at the assumed length."""
        return self.calls * self.output_each


async def estimate(store: Store, request: JudgeRequest) -> list[Estimate]:
    """Return what each judge of a request would take.

    This works on a copy of the database in memory. Where the endpoint offers a free token count, it counts a sample of
    the requests; without a key or such a service, tokens are guessed from the lengths of the texts.
    """
    with store.copy_in_memory() as copy:
        target = find_target(copy, request)
        tasks = find_judges(copy, request, target, with_addresses=False)
        made = make_run_pairs(copy, target, request)
        return [await estimate_recorded(copy, request, record_task(copy, made, task, request.scope)) for task in tasks]


async def estimate_recorded(
    store: Store, request: JudgeRequest, recorded: RecordedTask | RecordedQuestions, *, asking: bool = True
) -> Estimate:
    """Return what the missing judgments of one judge would take; nothing is written.

    Without `asking` no endpoint is asked to count tokens.
    """
    judge, judge_id = recorded.task.judge, recorded.judge_id
    missing = missing_outside_batches(store, recorded)
    pairs = len({judgment.pair_id for judgment in missing})
    if not isinstance(judge, LlmJudge):
        return Estimate(judge.record.name, False, pairs, len(missing), 0, 0, 0, "", 0.0, None)
    requests = _requests(store, recorded, judge, missing)
    ratio = _counted_per_guessed(store, judge_id, judge)
    tokens, counted_by = await _input_tokens(request, judge, requests, ratio, asking=asking)
    mean_output, output_from = _mean_output(store, judge_id, judge)
    each = min(mean_output, judge.options.max_tokens)
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
        batch_cost if _has_batches(request, judge) else None,
        output_from,
    )


def _has_batches(request: JudgeRequest, judge: LlmJudge) -> bool:
    """Whether the judge's requests can be batched, as far as is known: few servers of one's own take batches."""
    own_server = request.base_url or judge.endpoint.base_url
    return judge.provider == "anthropic" or (judge.provider in batches.KINDS and own_server is None)


def _mean_output(store: Store, judge_id: int, judge: LlmJudge) -> tuple[int, str]:
    """Return the output tokens that an answer is expected to have, and where that number comes from."""
    for same_model, whose in ((False, "this judge"), (True, f"other judges with {judge.model}")):
        mean, answers = judgments.mean_output_tokens(store, judge_id, same_model=same_model)
        if mean is not None:
            return max(round(mean), 1), f"the mean of {count_noun(answers, 'answer')} of {whose}"
    return ASSUMED_OUTPUT + more_tokens(judge.asked), "assumed, until there are answers"


def _requests(
    store: Store, recorded: RecordedTask | RecordedQuestions, judge: LlmJudge, missing: Sequence[MissingJudgment]
) -> list[ModelRequest]:
    """Return the requests that would be sent, one for pairs of equal contents, none for judgments that need none."""
    requests, keys = [], set()
    for judgment in missing:
        key = (judgment.contents, judgment.order, judgment.sample, judgment.reference_id)
        pair, _ = pair_to_judge(store, judgment.pair_id)
        if key in keys or judge.judge_identical(pair, judgment.order, judgment.sample) is not None:
            continue
        scope = recorded.scope
        if judgments.find_reusable(store, recorded.judge_id, judgment, readable=scope.redo, purpose=scope.purpose):
            continue
        keys.add(key)
        requests.append(judge.request(judge.prompt(pair, judgment.order, recorded.fence), judgment.sample))
    return requests


def check_room(
    store: Store,
    recorded: RecordedTask | RecordedQuestions,
    judge: LlmJudge,
    cap: SpendingCap,
    missing: Sequence[MissingJudgment],
) -> None:
    """Raise BadUsage if the cap has no room for any request, so that nothing could be asked."""
    cap.check_room(
        judge.request(judge.prompt(pair, one.order, recorded.fence), one.sample)
        for one in missing
        if judge.judge_identical((pair := pair_to_judge(store, one.pair_id)[0]), one.order) is None
    )


def _counted_per_guessed(store: Store, judge_id: int, judge: LlmJudge) -> float | None:
    """Return the ratio of counted to guessed input tokens in earlier answers, or None if there are none."""
    counted = guessed = 0.0
    for pair_id, order, tokens in judgments.input_token_counts(store, judge_id, _COUNTED_REQUESTS):
        counted += tokens
        guessed += _guessed(judge.request(judge.prompt(pair_to_judge(store, pair_id)[0], order)))
    return counted / guessed if guessed else None


def _guessed(request: ModelRequest) -> float:
    return guess_tokens(request.system or "") + guess_tokens(request.user)


async def _input_tokens(
    request: JudgeRequest, judge: LlmJudge, requests: Sequence[ModelRequest], ratio: float | None, *, asking: bool
) -> tuple[list[float], str]:
    """Return the input tokens of each request, and how they were counted.

    `ratio` is that of counted to guessed tokens in earlier answers, where there are any.
    """
    guessed = [_guessed(model_request) for model_request in requests]
    if not requests:
        return guessed, "nobody"
    if ratio is not None:
        return [tokens * ratio for tokens in guessed], "the endpoint, in earlier answers"
    try:
        counts = await _count_sample(find_judge_address(request, judge), request, requests) if asking else {}
    except (EndpointError, BadUsage):
        counts = {}  # no key, no connection, or no such service: fall back to a guess
    if not counts:
        return guessed, "a rule of thumb, 4 characters a token"
    ratio = sum(counts.values()) / sum(guessed[number] for number in counts)
    return [counts.get(number, guessed[number] * ratio) for number in range(len(requests))], "the endpoint"


async def _count_sample(address: Address, request: JudgeRequest, requests: Sequence[ModelRequest]) -> dict[int, float]:
    """Return the endpoint's token counts, by index, of a sample of the requests spread evenly over their lengths."""
    if address.kind != "anthropic":
        return {}
    by_length = sorted(range(len(requests)), key=lambda number: requests[number].length)
    step = max(len(by_length) / _COUNTED_REQUESTS, 1.0)
    sample = range(min(_COUNTED_REQUESTS, len(by_length)))
    chosen = dict.fromkeys(by_length[int(place * step)] for place in sample)
    endpoint = RetryingEndpoint(open_endpoint(address), replace(request.patience, max_tries=2, max_server_tries=2))
    try:
        counts = {number: await endpoint.count(requests[number]) for number in chosen}
    finally:
        await endpoint.close()
    return {number: float(count) for number, count in counts.items() if count}
