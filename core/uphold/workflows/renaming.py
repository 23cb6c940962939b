"""Renaming systems and reviewers; a set is renamed by `workflows.curating.SetEditor`, since that can be taken back."""

from uphold.store import renaming
from uphold.store.database import Store


def rename_system(store: Store, old: str, new: str) -> None:
    """Give a system another name, and its runs with default names theirs.

    Raises BadUsage for a name that does not exist, is taken or empty, and for `reference`.
    """
    with store.writing() as conn:
        renaming.rename(conn, "systems", old, new)


def rename_reviewer(store: Store, old: str, new: str) -> None:
    """Give a reviewer another name; raises BadUsage for one that does not exist, is taken or empty."""
    with store.writing() as conn:
        renaming.rename(conn, "reviewers", old, new)
