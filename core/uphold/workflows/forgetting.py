"""Forgetting personal data: blanks the texts of examples wherever they stand in the file, and clears the file of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.sets import ForgottenCounts, SharedText
from uphold.store import examples, forgetting, sets
from uphold.store.database import Store
from uphold.store.reviews import add_reviewer
from uphold.store.written_reports import reports_of_examples


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was blanked; `purged` is False where another program kept the file from being written anew.

    `reports` are files of reports that were written before on runs with these examples, as they were called then.
    """

    counts: ForgottenCounts
    purged: bool
    reports: Sequence[str] = ()


def shared_texts(store: Store, set_name: str, keys: Sequence[str]) -> list[SharedText]:
    """Return the other examples with a text of these, which are blanked with them.

    Raises BadUsage for a set or an example that does not exist.
    """
    set_id = sets.find_set(store, set_name)
    return forgetting.shared_texts(store, [one.id for one in examples.find_examples(store, set_id, keys)])


def forget_examples(store: Store, set_name: str, keys: Sequence[str], reviewer: str) -> Forgotten:
    """Blank the texts of examples, present and former, with their answers, judges' replies and reviewers' notes.

    Hashes, verdicts, decisions and counts stay, and the examples are not asked, judged or compared anew. The file is then
    written anew, so that nothing of the texts is left in it or in its log. It cannot be undone. Raises BadUsage for a set or an
    example that does not exist.
    """
    set_id = sets.find_set(store, set_name)
    forgetting.overwrite_deleted(store.conn)
    with store.writing() as conn:
        chosen = [one.id for one in examples.find_examples(store, set_id, keys)]
        counts = forgetting.forget(conn, chosen, add_reviewer(conn, reviewer))
        reports = reports_of_examples(conn, chosen)
    return Forgotten(counts, forgetting.purge(store), reports)
