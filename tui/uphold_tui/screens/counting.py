"""What the numbers' screen reads, each time from the file anew: a thread may do it, and a connection belongs to one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from uphold.records.results import RunNumbers
from uphold.records.runs import Run
from uphold.steps.advising import Advice, what_next
from uphold.steps.history import RunPoint, set_history
from uphold.steps.opening import open_store
from uphold.steps.statistics import run_numbers

JSONL = ".jsonl"


@dataclass(frozen=True, slots=True)
class Counted:
    """What the numbers' screen asks for; reading takes long on large runs, so that a thread does it.

    `numbers` of one judge by name, or of the run's own; `advice` is what to read next; `export` writes the run's pairs
    into a new file, as its name ends, and answers how many.
    """

    run: Run
    reviewer: str
    numbers: Callable[[str | None], RunNumbers]
    history: Callable[[], list[RunPoint]]
    advice: Callable[[str | None], Advice]
    export: Callable[[Path], int]


def counted(path: Path, run: Run, reviewer: str) -> Counted:
    """The numbers of a run, and the history of its set."""

    def numbers(judge: str | None) -> RunNumbers:
        with open_store(path) as store:
            return run_numbers(store, run.name, judge=judge, by_tag=True)

    def history() -> list[RunPoint]:
        with open_store(path) as store:
            return set_history(store, run.set_id, run.baseline_id)

    def advice(judge: str | None) -> Advice:
        with open_store(path) as store:
            return what_next(store, run, reviewer, judge)

    def export(target: Path) -> int:
        from uphold.steps.exporting import Meant, exporting
        from uphold.steps.writing import write_lines

        form = "jsonl" if target.suffix.lower() == JSONL else "csv"
        with open_store(path, reading=True) as store, exporting(store, Meant(run.name)) as made:
            write_lines(made.lines(form), target, store.path)
            return len(made)

    return Counted(run, reviewer, numbers, history, advice, export)


def free_name(run: Run) -> str:
    """A file name for a run that is not taken in the present folder."""
    name = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in run.name)[:60].strip(".-") or "run"
    names = (f"{name}{number}.csv" for number in ("", *(f"-{count}" for count in range(2, 1000))))
    return next((one for one in names if not Path(one).exists()), f"{name}.csv")
