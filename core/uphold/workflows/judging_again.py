"""Estimates what judging a set's runs again takes after examples were added or edited: calls and dollars, run by run."""

from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.records.headline_judge import is_spec
from uphold.records.judgments import JudgeRef
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.store import example_history, sets
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge
from uphold.store.judges import ask_options
from uphold.store.runs import all_runs
from uphold.workflows.cost_estimate import estimate
from uphold.workflows.judge_request import JudgeRequest


@dataclass(frozen=True, slots=True)
class JudgingAgain:
    """What the headline's judge of a run has not read: pairs, calls and dollars, None where a price is not known.

    `unanswered` examples were compared in the run and are not any more, since one of the two systems has no answer to their
    present text. `reason` says why the judge cannot be asked here; the rest is 0 then.
    """

    run: str
    judge: str
    pairs: int = 0
    calls: int = 0
    cost: float | None = 0.0
    unanswered: int = 0
    reason: str = ""


async def judging_again(store: Store, set_name: str, settings: Settings) -> list[JudgingAgain]:
    """Return what judging again would take in each run of a set that has something to judge or to answer.

    The judge is that of the run's headline. A model that has answered nothing yet may be asked to count tokens.
    """
    set_id = sets.find_set(store, set_name)
    missing = {one.name: set(one.missing) for one in example_history.answering_systems(store, set_id)}
    found = []
    for run in all_runs(store):
        judge = headline_judge(store, run).shown
        if run.set_id == set_id and judge is not None:
            stale = example_history.stale_keys(store, run.id)
            unanswered = {key for name in (run.candidate, run.baseline) for key in stale & missing.get(name, stale)}
            found.append(await _of_run(store, run, judge, len(unanswered), settings))
    return [one for one in found if one.pairs or one.unanswered or one.reason]


async def _of_run(store: Store, run: Run, judge: JudgeRef, unanswered: int, settings: Settings) -> JudgingAgain:
    if judge.kind not in ("llm", "rules"):
        return JudgingAgain(run.name, judge.name, unanswered=unanswered)
    if not is_spec(judge.name) and judge.name not in settings.judges:
        why = f"{judge.name} is a judge of a TOML file; `uphold judge --dry-run` says what it costs"
        return JudgingAgain(run.name, judge.name, unanswered=unanswered, reason=why)
    asked = ask_options(store, run, judge)
    request = JudgeRequest(
        judge.name,
        str(run.number),
        options=asked.options,
        one_order=asked.one_order,
        samples=asked.samples,
        settings=settings,
    )
    try:
        (one,) = await estimate(store, request)
    except BadUsage as error:
        return JudgingAgain(run.name, judge.name, unanswered=unanswered, reason=str(error))
    return JudgingAgain(run.name, judge.name, one.pairs, one.calls, one.cost, unanswered)
