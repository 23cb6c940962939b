"""A judge at work on the development half of a set: its rubric as clauses, decisions to show it, versions, and tries.

Nothing of the locked half is read here but how many pairs of it are decided.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from uphold.errors import BadUsage, UpholdError
from uphold.formatting import count, noun
from uphold.judging.judges import LlmJudge, judge_from_table
from uphold.judging.prompts import same_for_every_pair
from uphold.records.certificates import Certificate
from uphold.records.counts import CLASSES
from uphold.records.enums import Preference
from uphold.records.halves import Half
from uphold.records.judge_clauses import Clause, JudgePrompt, PromptVersion, ShownPair, clauses_of_rubric
from uphold.records.judgments import JudgeRef
from uphold.records.trials import Trial, TrialRecord
from uphold.settings import Settings
from uphold.store import judge_prompts, judge_trials
from uphold.store.certificates import all_certificates, spent_pairs
from uphold.store.database import Store
from uphold.store.decided_pairs import DecidedPair
from uphold.store.headline_judges import all_judges
from uphold.store.judge_trials import PairPlace
from uphold.store.judges import add_judge
from uphold.store.overturned import OverturnedPair
from uphold.store.reviews import add_reviewer
from uphold.store.sets import find_set
from uphold.workflows.decided_half import PairScope, decided_by_half, find_scope, pair_ids
from uphold.workflows.judge_reasons import OverturnedReasons, overturned_in_development, overturned_reasons
from uphold.workflows.judge_request import JudgeRequest, JudgeTask
from uphold.workflows.judge_table import judge_table, write_judge
from uphold.workflows.judge_trial import (
    TrialPlan,
    TrialRequest,
    find_old_judge,
    plan_trial_of,
    trial_so_far,
)
from uphold.workflows.kept_judges import draft_table, kept_judge, kept_name, unknown_server
from uphold.workflows.named_judge import NamedJudge, with_address_of
from uphold.workflows.set_judge import find_version

LEAST_TO_WORK = 20
"""Decided pairs of the development half from which on a judge can be worked on."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """What the workbench shows of a set before anything is tried.

    `old` is the judge that others are tried against, `name` that of the judge that is worked on; `versions` are those kept of
    it, `draft` is what the next one begins with. `problem` says why nothing can be tried, empty where it can. `decided` and
    `locked` count the decided pairs of the halves, those of the locked one in all runs of the set, since a test is about all of
    them; `spent` of these were used up by the `tests`.
    """

    scope: PairScope
    old: JudgeRef | None
    name: str
    versions: tuple[PromptVersion, ...]
    draft: JudgePrompt
    reasons: OverturnedReasons | None
    decided: int
    locked: int
    spent: int
    trials: tuple[TrialRecord, ...]
    tests: tuple[Certificate, ...] = ()
    problem: str = ""

    @property
    def number(self) -> int:
        """The number of the version that is being written; the judge as it is counts as the first."""
        return max(len(self.versions), 1) + 1

    def version_of(self, prompt: JudgePrompt) -> PromptVersion | None:
        """Return the kept version that a draft is; None where it is none."""
        return next((one for one in self.versions if one.prompt.hash == prompt.hash), None)

    def name_of(self, prompt: JudgePrompt) -> str:
        """Return what the judge of a draft is called: as the version that it is, or the one that is being written."""
        version = self.version_of(prompt)
        if version is not None:
            return kept_name(self.name, version.number)
        is_first = not self.versions and prompt.hash == self.draft.hash
        return kept_name(self.name, 1 if is_first else self.number)

    def named_for_test(self, prompt: JudgePrompt) -> str:
        """Return what names the judge of a draft, which is not new, to test it: with its version where that is on file."""
        version, name = self.version_of(prompt), self.name_of(prompt)
        if version is not None:
            return f"{name}@{version.judge_version}"
        return f"{name}@{self.old.version}" if self.old is not None and self.old.name == name else name

    def is_new(self, prompt: JudgePrompt) -> bool:
        """Whether a draft differs from every version, and from the judge as it is."""
        return self.name_of(prompt) == kept_name(self.name, self.number)

    @property
    def cost(self) -> float | None:
        """What all tries have cost by now, in dollars; None where a price was not known."""
        costs = [one.cost for one in self.trials]
        return None if any(cost is None for cost in costs) else sum(cost for cost in costs if cost is not None)


def open_workbench(store: Store, scope: PairScope, settings: Settings) -> Workbench:
    """Return the workbench of a scope: of the judge of its headline, else of the first judge of a model in uphold.toml."""
    decided = len(decided_by_half(store, scope)[Half.DEVELOPMENT])
    locked = decided_by_half(store, find_scope(store, None, scope.set))[Half.LOCKED]
    spent = spent_pairs(store, scope.set_id)
    trials = tuple(judge_trials.set_trials(store, scope.set_id))
    old: JudgeRef | None = None
    problem, draft, name = "", JudgePrompt(), ""
    versions: list[PromptVersion] = []
    reasons = None
    try:
        old = find_old_judge(store, scope, None)
        reasons = overturned_reasons(store, scope, old)
        name, versions, draft = _judge_at_work(store, scope, old, settings)
        _check_clauses(draft)
    except UpholdError as error:
        problem = str(error)
    if decided < LEAST_TO_WORK:
        there = f"{count(decided)} {noun(decided, 'is', 'are')} there"
        problem = f"a try takes {count(LEAST_TO_WORK)} decided pairs of the development half; {there}"
    return Workbench(
        scope,
        old,
        name,
        tuple(versions),
        draft,
        reasons,
        decided,
        len(locked),
        sum(pair.id in spent for pair in locked),
        trials,
        tuple(all_certificates(store, scope.set_id)),
        problem,
    )


def _judge_at_work(
    store: Store, scope: PairScope, old: JudgeRef, settings: Settings
) -> tuple[str, list[PromptVersion], JudgePrompt]:
    """Return the name of the judge to work on, its kept versions, and what the next one begins with.

    Raises BadUsage where there is no judge of a model that can be asked.
    """
    kept = judge_prompts.prompt_versions(store, scope.set_id)
    own = next((one for one in kept if one.judge_version == old.version), None)
    name = own.name if own is not None else old.name
    versions = [one for one in kept if one.name == name]
    if versions:
        return name, versions, versions[-1].prompt
    found, why = find_version(store, old, scope.set_id, settings) if old.kind == "llm" else (None, "")
    if found is not None and isinstance(found.judge, LlmJudge):
        return name, [], base_prompt(found.judge, judge_table(found.spec, found.options, settings))
    for spec in settings.judges:
        table = judge_table(spec, (), settings)
        judge = judge_from_table(table, f"[judges.{spec}]", None, settings.endpoints, settings.prices)
        if isinstance(judge, LlmJudge):
            versions = [one for one in kept if one.name == spec]
            return spec, versions, versions[-1].prompt if versions else base_prompt(judge, table)
    what = f"{old.name} cannot be asked as it was{why}" if old.kind == "llm" else f"{old.name} is no judge of a model"
    raise BadUsage(f"{what}; a judge of a model in uphold.toml, as [judges.NAME], can be worked on here")


def base_prompt(judge: LlmJudge, table: dict[str, Any]) -> JudgePrompt:
    """Return what a judge is asked now, its rubric as clauses."""
    rubric = judge.asked.rubric
    kept = {name: value for name, value in table.items() if name != "rubric"} | ({"rubric": rubric} if rubric else {})
    return JudgePrompt(kept, clauses_of_rubric(rubric))


def _check_clauses(prompt: JudgePrompt) -> None:
    """Raise BadUsage for a judge whose prompt has no place for clauses."""
    template = prompt.judge.get("template")
    if isinstance(template, str) and "{rubric}" not in template:
        raise BadUsage("its template has no place for clauses: write {rubric} into it where they are to stand")


def draft_judge(
    store: Store, prompt: JudgePrompt, name: str, request: JudgeRequest, *, with_address: bool = True
) -> NamedJudge:
    """Return the judge that asks what a prompt says. Raises BadUsage or BadFile where it cannot be asked.

    Without `with_address` no key is looked for.
    """
    judge = kept_judge(store, draft_table(store, prompt, name), request.settings)
    if not isinstance(judge, LlmJudge):
        raise BadUsage(f"{name} is no judge of a model")
    ref = next(
        (one for one in all_judges(store) if (one.name, one.version) == (judge.record.name, judge.record.version)), None
    )
    task = JudgeTask(judge, judge.orders, judge.samples, None, "")
    return NamedJudge(name, ref, with_address_of(task, request) if with_address else task)


def plan_draft(
    store: Store, bench: Workbench, prompt: JudgePrompt, request: JudgeRequest, *, with_address: bool = True
) -> TrialPlan:
    """Return what a try of a draft is to ask: what is on file where the draft is the latest version or the judge itself.

    Raises BadUsage, NotEnoughRead, or BadFile.
    """
    if bench.problem:
        raise BadUsage(bench.problem)
    name = bench.name_of(prompt)
    judge = draft_judge(store, prompt, name, request, with_address=with_address)
    return plan_trial_of(store, bench.scope, judge, TrialRequest(request), with_address=with_address)


def known_trial(store: Store, plan: TrialPlan) -> Trial | None:
    """Return the try of a plan as far as its answers are on file; None where there is none."""
    ref = plan.new.ref
    trial = None if ref is None else trial_so_far(store, plan, ref.id)
    return trial if trial is not None and trial.pairs else None


def text_asked(plan: TrialPlan) -> str:
    """Return what every request of a try is the same in, to be read: the draft's whole prompt but for the texts of a pair."""
    judge = plan.tries.task.judge
    return same_for_every_pair(judge.asked) if isinstance(judge, LlmJudge) else ""


def keep_version(
    store: Store, bench: Workbench, prompt: JudgePrompt, reviewer: str, request: JudgeRequest
) -> PromptVersion:
    """Keep a draft as the next version; the judge as it was is kept as the first one, where none is.

    Raises BadUsage where nothing differs from the latest version.
    """
    latest = bench.versions[-1].prompt if bench.versions else bench.draft
    if latest.hash == prompt.hash:
        raise BadUsage("nothing differs from the version before")
    first = [] if bench.versions else [(bench.draft, bench.name)]
    for one, name in (*first, (prompt, kept_name(bench.name, bench.number))):
        judge = kept_judge(store, draft_table(store, one, name), request.settings)
        with store.writing() as conn:
            judge_id = add_judge(conn, judge.record)
            judge_prompts.add_version(conn, bench.scope.set_id, bench.name, one, judge_id, add_reviewer(conn, reviewer))
    return judge_prompts.prompt_versions(store, bench.scope.set_id)[-1]


def kept_versions(store: Store, set_name: str, judge: str | None = None) -> list[PromptVersion]:
    """Return the kept versions of a judge for a set, the oldest first; of the judge of the latest one where none is named.

    Raises BadUsage for a set or a judge that there is not.
    """
    found = judge_prompts.prompt_versions(store, find_set(store, set_name))
    name = judge or (found[-1].name if found else None)
    versions = [one for one in found if one.name == name]
    if judge is not None and not versions:
        names = ", ".join(dict.fromkeys(repr(one.name) for one in found)) or "none yet"
        raise BadUsage(f"no version of a judge {judge!r} was kept for {set_name!r}; judges with versions: {names}")
    return versions


def write_version(store: Store, version: PromptVersion, path: Path, settings: Settings) -> str | None:
    """Write a kept version as a TOML file that `--judge` takes; raises BadFile where it cannot be written.

    Returns where it would be asked, if the database alone says so; the file says it too. None where there is nothing to say.
    """
    name = kept_name(version.name, version.number)
    table = draft_table(store, version.prompt, name)
    where = unknown_server(store, table, settings)
    comment = f"Version {version.number} of the judge {version.name}, kept on {version.created_at[:10]}."
    if where is not None:
        comment += f"\nIt is asked {where}: so the database says, and nothing in uphold.toml."
    write_judge(table, path, comment)
    return where


@dataclass(frozen=True, slots=True)
class ShowablePair:
    """A decided pair of the development half that a judge may be shown: where it stands, what people say, and why."""

    pair_id: int
    place: PairPlace
    winner: Preference
    reason: str
    overturned: bool


def showable_pairs(store: Store, bench: Workbench) -> list[ShowablePair]:
    """Return the decided first turns of the development half, those on which the judge was overturned first."""
    decided = decided_by_half(store, bench.scope)[Half.DEVELOPMENT]
    places = judge_trials.pair_places(store, pair_ids(decided))
    said = _overturned(store, bench)
    found = [_showable(pair, places[pair.id], said.get(pair.id)) for pair in decided if places[pair.id].turn == 1]
    return sorted(found, key=lambda one: not one.overturned)


def _overturned(store: Store, bench: Workbench) -> dict[int, OverturnedPair]:
    found = [] if bench.old is None else overturned_in_development(store, bench.scope, bench.old)
    return {one.pair_id: one for one in found}


def _showable(pair: DecidedPair, place: PairPlace, said: OverturnedPair | None) -> ShowablePair:
    reason = "" if said is None else said.note or ", ".join(said.reasons)
    return ShowablePair(pair.id, place, CLASSES[pair.label], reason, said is not None)


def as_shown(pair: ShowablePair, number: int) -> ShownPair:
    """Return a pair as it is shown from the version `number` on."""
    place = pair.place
    return ShownPair(pair.pair_id, place.run, place.key, place.turn, pair.winner, pair.reason, number)


def written_clause(text: str, number: int) -> Clause:
    """Return a clause that somebody wrote, on one line. Raises BadUsage for one without a word."""
    line = " ".join(text.split())
    if not line:
        raise BadUsage("a clause needs a word")
    return Clause(line, since=number)


def edited_clause(clause: Clause, text: str) -> Clause:
    """Return a clause with another text, on one line; where it comes from stays. Raises BadUsage for one without a word."""
    return replace(clause, text=written_clause(text, clause.since).text)
