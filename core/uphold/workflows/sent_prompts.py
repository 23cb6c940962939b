"""The request that a judge would be sent for a pair, as its server takes it, made without sending it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from uphold.endpoints.addresses import TIMEOUT, find_address
from uphold.endpoints.request_forms import explained, written
from uphold.errors import BadUsage
from uphold.judging.judges import LlmJudge, ReadyJudge
from uphold.records.enums import AnswerOrder
from uphold.records.model_calls import Dialect, ModelRequest, RequestForm
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.store import judges, model_servers, pairs, runs, sets
from uphold.store.database import Store
from uphold.workflows.claimed_judgments import pair_to_judge
from uphold.workflows.judge_request import JudgeRequest, judges_of
from uphold.workflows.named_judge import named_judge
from uphold.workflows.project import run_meant, runs_of_set


@dataclass(frozen=True, slots=True)
class PromptQuery:
    """Which judge's prompt is wanted, for which pair: of a run or, with a key, of a set; the first pair of a run by default.

    `judge` is a name in the file or in uphold.toml, KIND:MODEL, or a TOML file.
    """

    judge: str
    run: str | None = None
    set: str | None = None
    key: str | None = None
    turn: int | None = None
    order: AnswerOrder = AnswerOrder.CANDIDATE_FIRST


@dataclass(frozen=True, slots=True)
class SentPrompt:
    """A request that would be sent, and what it is about; `adapted` says how the server has taught to write it.

    `needs_none` is why a pair needs no request, None where it needs one. `keeps_fence`: the file keeps this fence for the
    judge; else it was drawn for this once.
    """

    judge: LlmJudge
    run: Run
    texts: pairs.PairTexts
    order: AnswerOrder
    request: ModelRequest
    fence: str
    keeps_fence: bool
    adapted: tuple[str, ...] = ()
    needs_none: str | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What is sent beside the texts, as far as it is sent; names as in `judge --judge-option`."""
        request = self.request
        values = {
            "max_tokens": None if "max_tokens" in request.form.left_out else request.max_tokens,
            "effort": request.effort,
            "temperature": request.temperature,
            "seed": request.seed,
            "thinking": request.thinking,
            "logprobs": request.logprobs or None,
            "json_mode": request.json_mode or None,
            "extra_body": request.extra_body,
        }
        return {name: value for name, value in values.items() if value is not None}


def sent_prompts(store: Store, query: PromptQuery, settings: Settings) -> list[SentPrompt]:
    """Return what each judge that a query names is sent for its pair.

    Raises BadUsage for a judge that is asked nothing or cannot be made any more, and for a run or a pair that is not there.
    """
    run, pair_id = _find_pair(store, query, settings)
    ready = judges_meant(store, query.judge, run.set_id, settings)
    asked = [judge for judge in ready if isinstance(judge, LlmJudge)]
    if not asked:
        raise BadUsage(f"{query.judge} is a rule: it computes its verdict, and nothing is sent to anybody")
    return [_sent(store, judge, run, pair_id, query.order) for judge in asked]


def judges_meant(store: Store, name: str, set_id: int, settings: Settings) -> Sequence[ReadyJudge]:
    """Return the judge that a name means, as `named_judge` reads it; of a TOML file all judges that it holds.

    Raises BadUsage for none, for one whose verdicts were imported, and for one that nothing stands for any more.
    """
    if name.endswith(".toml"):
        return [judge for _, judge in judges_of(store, [name], (), sets.guidelines(store, set_id), settings)]
    request = JudgeRequest(name, settings=settings)
    return [named_judge(store, set_id, name, request, with_address=False).to_ask().judge]


def _find_pair(store: Store, query: PromptQuery, settings: Settings) -> tuple[Run, int]:
    """Return the run and the pair that a query means. Raises BadUsage for one that is not there."""
    if query.set is not None:
        if query.run is not None:
            raise BadUsage("a run has its set already: give either RUN or --set")
        if query.key is None:
            raise BadUsage(
                f"which example of {query.set!r}? --key KEY names one; `uphold set list {shlex.quote(query.set)}` lists them"
            )
        sets.find_set(store, query.set)
        candidates = runs_of_set(store, query.set)[::-1]
    else:
        candidates = [runs.find_run(store, run_meant(store, query.run, settings.project.set))]
    for run in candidates:
        found = _pair_in(store, run, query)
        if found is not None:
            return run, found
    if query.key is None and query.turn is None:
        raise BadUsage(f"the run {candidates[0].name!r} has no pairs yet: nothing could be judged")
    example = "its first example" if query.key is None else f"an example {query.key!r}"
    turn = "" if query.turn is None else f", turn {query.turn}"
    where = f"no run over the set {query.set!r} has a" if query.set else f"the run {candidates[0].name!r} has no"
    raise BadUsage(f"{where} pair of {example}{turn}")


def _pair_in(store: Store, run: Run, query: PromptQuery) -> int | None:
    """Return the pair of a run that a query means: of several turns the last that is current; None where there is none."""
    key = query.key if query.key is not None else next(iter(pairs.first_keys(store, run.id, 1)), None)
    found = [] if key is None else pairs.find_pairs(store, run.id, key)
    wanted = [one for one in found if query.turn in (None, one[1])]
    current = [one for one in wanted if one[2]]
    return (current or wanted)[-1][0] if wanted else None


def _sent(store: Store, judge: LlmJudge, run: Run, pair_id: int, order: AnswerOrder) -> SentPrompt:
    pair, _ = pair_to_judge(store, pair_id)
    kept = judges.kept_fence(store, judge.record)
    prompt = judge.prompt(pair, order, kept)
    request = judge.request(prompt)
    adapted: tuple[str, ...] = ()
    identical = judge.judge_identical(pair, order)
    learnt = _learnt_form(store, judge)
    if learnt is not None:
        request = written(request, learnt)
        adapted = tuple(explained(RequestForm(), learnt, Dialect(json_mode=judge.provider == "openai")))
    return SentPrompt(
        judge,
        run,
        pairs.pair_texts(store, pair_id),
        order,
        request,
        prompt.fence,
        prompt.fence == kept,
        adapted,
        None if identical is None else identical.reason or identical.problem,
    )


def _learnt_form(store: Store, judge: LlmJudge) -> RequestForm | None:
    """Return the form in which the judge's server is known to take requests, None where it is asked as it is meant."""
    place = judge.endpoint
    try:
        address = find_address(judge.provider, judge.model, place.base_url, place.key_variable, TIMEOUT)
    except BadUsage:
        return None  # without a key nothing could be sent, and nothing was learnt in this environment
    text = model_servers.learnt_form(store, address.kind, address.display_name, address.model)
    return None if text is None else RequestForm.from_text(text)
