"""Which revision of a judge is asked: one that was found changed has ended, and its name stands for a new version."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from uphold.judging.judges import LlmJudge, ReadyJudge
from uphold.records.judgments import Judge
from uphold.store.certificates import current_revision
from uphold.store.database import Store


def in_current_revision(store: Store, judge: ReadyJudge) -> ReadyJudge:
    """Return a judge in the version that is asked now: the first revision of it that has not ended in this file.

    A later revision shares no version with an earlier one, so that nothing older is reused.
    """
    if not isinstance(judge, LlmJudge):
        return judge
    revision = current_revision(store, _revisions(judge))
    return judge if revision == 1 else replace(judge, revision=revision)


def _revisions(judge: LlmJudge) -> Iterator[Judge]:
    yield judge.record
    for number in count(2):
        yield replace(judge, revision=number).record
