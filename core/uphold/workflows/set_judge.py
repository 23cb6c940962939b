"""The judge of a set: the one that is pinned to it, and by what spec it is asked, so that nobody has to repeat it.

A judge that is asked again must be the very version that is pinned: what a spec stands for changes with its file, with
uphold.toml and with the guidelines of the set.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from uphold.errors import BadUsage, UpholdError
from uphold.judging.judges import ReadyJudge
from uphold.records.headline_judge import is_spec, versioned_name
from uphold.records.judgments import Judge, JudgeRef
from uphold.settings import Settings
from uphold.store import judge_specs, sets
from uphold.store.certificates import end_of_judge
from uphold.store.database import Store
from uphold.store.headline_judges import pinned_judge
from uphold.store.judges import AskOptions, ask_options
from uphold.store.runs import find_run
from uphold.workflows.judge_request import JudgeRequest, judges_of
from uphold.workflows.kept_judges import kept_table
from uphold.workflows.project import find_project_set, run_meant

_SPEC_OPTIONS = ("effort", "max_tokens", "seed", "temperature", "thinking")
"""Options of a model named by KIND:MODEL, as its definition has them."""


@dataclass(frozen=True, slots=True)
class JudgeToAsk:
    """A judge by the spec and options that it is asked by; `orders` and `samples` are None for its own.

    `pinned` is the judge version of the store where the set names it. Without a `spec` it cannot be asked: its verdicts
    are imported.
    """

    spec: str
    options: tuple[str, ...] = ()
    one_order: bool = False
    samples: int | None = None
    pinned: JudgeRef | None = None

    @property
    def name(self) -> str:
        """What to call it before it is asked."""
        return self.pinned.name if self.pinned is not None else self.spec


def judge_of_set(store: Store, set_id: int, set_name: str, settings: Settings) -> JudgeToAsk:
    """Return the judge pinned to a set, to be asked in the orders and samples that the set's latest run asked of it.

    Raises BadUsage, with the command that mends it, where none is pinned, or no spec stands for the pinned version.
    """
    judge, unknown = pinned_judge(store, set_id)
    quoted = shlex.quote(set_name)
    if judge is None:
        missing = (
            f"the judge pinned to the set {set_name!r}, {unknown}, is not in this file"
            if unknown
            else (f"no judge is pinned to the set {set_name!r}")
        )
        raise BadUsage(
            f"{missing}; `uphold set pin {quoted} --spec SPEC` pins one (rules:NAME, anthropic:MODEL, openai:MODEL, a TOML file"
            " or a name in uphold.toml), or --judge SPEC names it for this call"
        )
    if judge.kind not in ("llm", "rules"):
        return JudgeToAsk("", pinned=judge)
    found, why = find_version(store, judge, set_id, settings)
    if found is not None:
        return in_known_orders(store, judge, set_id, found.spec, found.options)
    raise BadUsage(
        f"the judge pinned to the set {set_name!r}, {versioned_name(judge)}, cannot be asked as it was{why}."
        f" `uphold set pin {quoted} --spec SPEC` pins what SPEC stands for now, or --judge SPEC asks another for this call"
    )


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """A judge that is ready to be asked, and the spec and options that it was made from."""

    judge: ReadyJudge
    spec: str
    options: tuple[str, ...]


def find_version(store: Store, judge: JudgeRef, set_id: int, settings: Settings) -> tuple[FoundVersion | None, str]:
    """Return what stands for a judge version of the store, with the guidelines of a set.

    None where nothing does any more, beside the end of a sentence that says what the specs stand for now, if anything, and what
    has changed.
    """
    rubric = sets.guidelines(store, set_id)
    others: list[str] = []
    for spec, options in _specs_of(store, judge, settings):
        try:
            made = judges_of(store, [spec], options, rubric, settings)
        except UpholdError as error:
            others.append(str(error))
            continue
        for _, one in made:
            if _is(one.record, judge):
                return FoundVersion(one, spec, options), ""
        others += [f"{spec} is {one.record.name}@{one.record.version[:8]} now" for _, one in made]
    why = f": {'; '.join(others)}" if others else ""
    ended = end_of_judge(store, judge.id)
    if ended is not None:
        return None, f"{why}; it was found changed on {ended.created_at[:10]} ({ended.reason})"
    return None, f"{why}; its file, uphold.toml or the guidelines of the set have changed"


def _specs_of(store: Store, judge: JudgeRef, settings: Settings) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (spec, options) by which a judge may be asked: the spec recorded last, then what its name may stand for."""
    recorded = judge_specs.find_spec(store, judge.id)
    definition = judge_specs.judge_definition(store, judge.id)
    for spec in dict.fromkeys(filter(None, (recorded, judge.name))):
        if spec in settings.judges or spec.endswith(".toml"):
            yield spec, ()
        elif is_spec(spec):
            names = [name for name in definition if name != "rule"] if judge.kind == "rules" else _SPEC_OPTIONS
            yield spec, tuple(f"{name}={definition[name]}" for name in names if name in definition)
        elif kept_table(store, spec) is not None:
            yield spec, ()


def _is(made: Judge, judge: JudgeRef) -> bool:
    return (made.name, made.version) == (judge.name, judge.version)


def in_known_orders(store: Store, judge: JudgeRef, set_id: int, spec: str, options: Sequence[str]) -> JudgeToAsk:
    """Return how a judge version is asked by a spec in the orders and samples that the set's latest run asked of it."""
    run = judge_specs.last_run_asked(store, judge.id, set_id)
    asked = AskOptions() if run is None else ask_options(store, run, judge)
    samples = asked.samples if asked.samples is not None and asked.samples > 1 else None
    return JudgeToAsk(spec, tuple(options), asked.one_order, samples, judge)


def judge_from_spec(store: Store, set_id: int | None, spec: str, settings: Settings) -> ReadyJudge:
    """Return the one judge that a spec stands for, with the guidelines of the set, which is None where it is yet to be made.

    Raises BadUsage or BadFile for a spec that stands for none or for several.
    """
    rubric = None if set_id is None else sets.guidelines(store, set_id)
    made = judges_of(store, [spec], (), rubric, settings)
    if len(made) != 1:
        names = ", ".join(judge.record.name for _, judge in made)
        raise BadUsage(f"{spec} holds several judges ({names}); a set rests on one: give it a file of its own")
    return made[0][1]


def with_project(store: Store, request: JudgeRequest) -> JudgeRequest:
    """Return a request to judge with what it leaves out: set and baseline beside a candidate, the run, the judge.

    They come from the project in its settings and from the set; what neither has stays out. Raises BadUsage for a pinned judge
    that cannot be asked.
    """
    settings = request.settings
    if request.run is None and request.candidate is not None:
        set_name = find_project_set(store, request.set, settings)
        usual = sets.settings_of(store, sets.find_set(store, set_name)).get("baseline")
        request = replace(request, set=set_name, baseline=request.baseline or usual)
    elif request.set is None and request.baseline is None:
        request = replace(request, run=run_meant(store, request.run, settings.project.set))
    if request.judge:
        return request
    name = request.set or find_run(store, request.run).set
    set_id = sets.find_set(store, name)
    if pinned_judge(store, set_id) == (None, ""):
        return request
    judge = judge_of_set(store, set_id, name, settings)
    if not judge.spec:
        raise BadUsage(
            f"the judge pinned to the set {name!r}, {judge.name}, is imported and cannot be asked; --judge SPEC names one"
        )
    return replace(
        request,
        judge=judge.spec,
        options=request.options or judge.options,
        one_order=request.one_order or judge.one_order,
        samples=request.samples or judge.samples,
    )
