"""A pager has the terminal while it runs: ctrl+c in it is its own, and the review goes on when it is left."""

from pathlib import Path

from support.imports import bring, judged
from support.terminal import KEYS_WHILE_REVIEWING, UPHOLD, Terminal, note_frames
from uphold.store.database import open_store

_PAGER = """#!/bin/sh
trap '' INT
echo PAGER of "$1"
read line
echo LEFT
"""


def test_ctrl_c_in_the_pager_does_not_end_the_review(tmp_path: Path) -> None:
    database, pager = tmp_path / "u.db", tmp_path / "pager"
    with open_store(database, create=True) as store:
        bring(store, judged("k", response_candidate="An answer with \x1b[31m an escape."))
    pager.write_text(_PAGER)
    pager.chmod(0o755)
    command = [*UPHOLD, "--db", str(database), "review", "--reviewer", "mira"]
    with Terminal(command, env={"PAGER": str(pager)}, frames=True) as terminal:
        terminal.see("all keys")
        note_frames(terminal)
        terminal.send("e")
        terminal.wait("PAGER of", "pair.txt")
        terminal.send("\x03\n")
        terminal.wait("LEFT", "all keys")
        terminal.send("?")
        terminal.see(KEYS_WHILE_REVIEWING)
        terminal.send("qq")
        terminal.rest()
        assert terminal.code == 0
