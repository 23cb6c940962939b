"""What stands in the terminal after the app was left."""

from pathlib import Path

import pytest

from support.imports import bring, judged
from support.terminal import UPHOLD, Terminal
from uphold.store.database import open_store


@pytest.mark.parametrize(("acts", "leave"), [("a", "q"), ("b", "Q"), ("t", "\x03")])
def test_leaving_names_the_file_once_something_was_said(tmp_path: Path, acts: str, leave: str) -> None:
    database = tmp_path / "kept.db"
    with open_store(database, create=True) as store:
        bring(store, *(judged(f"k{number}") for number in range(3)))
    with Terminal([*UPHOLD, "--db", str(database), "review", "--reviewer", "mira"]) as terminal:
        terminal.wait("says the candidate")
        terminal.quiet()
        terminal.send(acts)
        terminal.wait("before:")
        terminal.quiet()
        terminal.send(leave)
        said = terminal.rest()
    assert b"kept.db review goes on" in said
    with Terminal([*UPHOLD, "--db", str(database), "review", "--reviewer", "mira"]) as terminal:
        terminal.wait("says the candidate")
        terminal.quiet()
        terminal.send(leave)
        assert b"goes on" not in terminal.rest()
