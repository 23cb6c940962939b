"""store -> judging -> store: reading raw answers again with the reader of today; nobody is asked, nothing is paid."""

from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.judging.prompts import WITHOUT_SCHEMA
from uphold.judging.reading import judgment_of
from uphold.records.asking import Answer
from uphold.records.judged import Judgment
from uphold.records.runs import Run
from uphold.store import judgments
from uphold.store.database import Store
from uphold.store.runs import find_run, judges_of


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading a judge's answers again came to; `changed` of them now say something else."""

    run: Run
    judge: str
    version: str
    answers: int
    changed: int
    now_readable: int


def reread(store: Store, wanted: str | None, judge: str | None = None) -> list[Reread]:
    """Read the stored answers of a run's LLM judges (or of the one of this name) again.

    An answer that now says something else becomes a new judgment, which supersedes the old one and cost nothing.
    """
    run = find_run(store, wanted)
    models = [(number, name, version) for number, name, version, kind in judges_of(store, run.id) if kind == "llm"]
    chosen = [one for one in models if judge is None or one[1] == judge]
    if not chosen:
        names = ", ".join(sorted({name for _, name, _ in models})) or "none"
        raise BadUsage(f"{run.name}: no answers of {judge or 'a model'} to read again; models that judged it: {names}")
    return [_reread(store, run, *one) for one in chosen]


def _reread(store: Store, run: Run, judge_id: int, name: str, version: str) -> Reread:
    changed = now_readable = 0
    with store.writing() as conn:
        found = judgments.in_force(store, run.id, judge_id)
        for number, pair_id, old in found:
            new = _read_again(old)
            if _said(new) == _said(old):
                continue
            judgments.add_judgment(conn, pair_id, judge_id, new, number, reread=True)
            changed += 1
            now_readable += old.verdict is None and new.verdict is not None
    return Reread(run, name, version, len(found), changed, now_readable)


def _read_again(old: Judgment) -> Judgment:
    patient = (old.prompt_name or "").endswith(WITHOUT_SCHEMA)
    answer = Answer(old.raw or "", old.stop_reason)
    read = judgment_of(answer, old.order, old.sample, old.prompt_name, old.fence, patient=patient)
    return replace(read, cost=0.0)


def _said(judgment: Judgment) -> tuple[object, ...]:
    return judgment.status, judgment.verdict, judgment.reason, judgment.confidence
