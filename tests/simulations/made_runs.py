"""Made-up runs in a real file: imported, drawn and reviewed by the program's own code, decided as the truth says."""

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.stores import new_store
from uphold.records.enums import Choice, EventKind, Preference
from uphold.records.reviews import OnScreen, ReviewEvent, new_event_id
from uphold.store.database import Store
from uphold.store.headline_judges import headline_judge
from uphold.store.reviews import SessionRow, add_reviewer, add_session, find_reviewer, write_event
from uphold.store.runs import find_run
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.queue_drawing import open_queue

WORDS = (Choice.CANDIDATE, Choice.TIE, Choice.BASELINE)

Verdicts = Sequence[Sequence[Choice]]
"""What the judge says of each example: a word, or two words for the two orders."""


class MadeRuns:
    """A file with one set; the words of a run are what people would say of each example."""

    def __init__(self, store: Store, folder: Path, seed: str) -> None:
        self.store, self._folder, self._seed = store, folder, seed
        self._words: dict[str, Sequence[Choice]] = {}

    def add(
        self,
        system: str,
        words: Sequence[Choice],
        answers: Sequence[str] | None = None,
        *,
        judge: Verdicts = (),
        read: bool = False,
    ) -> str:
        """Import a run of a system against the baseline and return its name; with `read` all decisions come with it.

        `answers` are those of the system, its own by default; decisions on equal answers are carried over by the import.
        """
        name = f"{system}-vs-base"
        self._words[name] = words
        lines = []
        for number, word in enumerate(words):
            row = {
                "key": f"k{number:04d}",
                "instruction": f"instruction {number}",
                "candidate": system,
                "baseline": "base",
                "response_candidate": answers[number] if answers else f"{system} {number}",
                "response_baseline": f"base {number}",
            }
            decided = {"reviewer": "ann", "review": word.value} if read else {}
            said = [
                {"judge": "judge", "verdict": one.value, **({"order": order} if len(judge[number]) > 1 else {})}
                for one, order in zip(
                    judge[number] if judge else (), ("candidate-first", "baseline-first"), strict=False
                )
            ]
            lines += [{**row, **decided, **one} for one in said or [{}]]
        file = self._folder / f"{system}.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        for _ in import_files(self.store, ImportRequest([file], set="set")):
            pass
        with self.store.writing() as conn:
            conn.execute("UPDATE sets SET seed = ?", (self._seed,))
        return name

    def read(
        self, run: str, count: int, queue: str = "random", *, pack: Store | None = None, reviewer: str = "ann"
    ) -> None:
        """Decide the next unread pairs of a queue, in its order; all that are left where there are fewer.

        The queue is the program's own and so is the writing; only the screen's view of each pair is left out. `pack` is a pack
        of the run that is read in its place.
        """
        store = pack or self.store
        words, found = self._words[run], find_run(store, run)
        judge = headline_judge(store, found).shown
        queue_id, items = open_queue(store, found, queue, judge.id if judge else None)
        decided = {row[0] for row in store.rows("SELECT pair_id FROM current_decisions")}
        due = [item for item in items if item.pair_id not in decided][:count]
        shown = OnScreen(Preference.CANDIDATE, mode="open", verdict_shown=True, width=120, height=36)
        with store.writing() as conn:
            reviewer_id = find_reviewer(store, reviewer) or add_reviewer(conn, reviewer)
            session = add_session(conn, SessionRow(found.id, reviewer_id, queue_id, None, "open", None))
            for item in due:
                choice = words[int(item.key[1:])]
                event = ReviewEvent(new_event_id(), EventKind.DECISION, item.pair_id, choice, seconds=1.0, shown=shown)
                write_event(conn, reviewer_id, session, event)


@contextmanager
def made_runs(rng: random.Random) -> Iterator[MadeRuns]:
    """Open a new file, in memory where the machine can; what the program would draw at random comes from `rng`."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name)
        with new_store(folder / "uphold.db") as store:
            yield MadeRuns(store, folder, rng.randbytes(16).hex())


def redrawn(shares: Sequence[float], count: int, rng: random.Random) -> list[Choice]:
    """Return words drawn with the shares of win, tie and loss."""
    return rng.choices(WORDS, shares, k=count)
