"""Revisions of a judge: one that was found changed has ended, and its name stands for a new version."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import count

from uphold.judging.judges import LlmJudge, ReadyJudge
from uphold.records.judgments import Judge
from uphold.store import certificates
from uphold.store.database import Store


def in_current_revision(store: Store, judge: ReadyJudge) -> ReadyJudge:
    """Return a judge in the version that is asked now: the first revision of it that has not ended in this file.

    A later revision shares no version with an earlier one, so that nothing older is reused.
    """
    if not isinstance(judge, LlmJudge):
        return judge
    revision = certificates.current_revision(store, _revisions(judge))
    return judge if revision == 1 else replace(judge, revision=revision)


def note_served(store: Store, judge_id: int, models: Collection[str]) -> str | None:
    """Write which models a server named in its answers to a judge; one that is not as before ends the judge's version.

    Returns a sentence where that happened: from the next call on, the same name stands for another version.
    """
    known = certificates.served_models(store, judge_id)
    new = sorted(set(models) - set(known))
    if not new:
        return None
    with store.writing() as conn:
        certificates.add_served(conn, judge_id, new)
        if known:
            certificates.end_judge(conn, judge_id, "another model")
    if not known:
        return None
    changed = f"the server answers as {new[0]}, it answered as {known[-1]} before"
    return f"{changed}: from the next call on this is another judge version"


def _revisions(judge: LlmJudge) -> Iterator[Judge]:
    yield judge.record
    for number in count(2):
        yield replace(judge, revision=number).record
