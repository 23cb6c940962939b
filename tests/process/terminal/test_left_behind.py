"""What stands in the terminal after the app was left."""

from pathlib import Path

from support.imports import bring, judged
from support.terminal import UPHOLD, Terminal, note_frames, without_holding
from uphold.store.database import open_store


def test_leaving_names_the_file_once_something_was_said(tmp_path: Path) -> None:
    database = tmp_path / "kept.db"
    with open_store(database, create=True) as store:
        bring(store, *(judged(f"k{number}") for number in range(3)))
    for acts, leave, told in (("t", "\x03", True), ("", "q", False)):
        options = without_holding(tmp_path)
        with Terminal([*UPHOLD, *options, "--db", str(database), "review", "--reviewer", "mira"]) as terminal:
            terminal.see("says the candidate")
            note_frames(terminal)
            if acts:
                terminal.send(acts)
                terminal.see("before:")
            terminal.send(leave)
            assert (b"kept.db review goes on" in terminal.rest()) is told
