"""Coverage of a run that carries decisions over: `python tests/stats/carried_slow.py [REPEATS]` prints a table.

With the real import, queue and session code: 200 pairs, 60 of them read in an old run, 80 % of the new run's answers unchanged
(their decisions are carried over), then 12, 30 and 60 further reads in queue order. On pairs whose answers changed the
candidate wins more rarely, so that reading only those first would show. Leaves with 1 where a rate is biased by a point,
or an interval holds the truth in less than .93 of the runs.
"""

import json
import random
import sys
import tempfile
from collections import defaultdict
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import Any

from uphold.records.enums import Choice
from uphold.records.reviews import OnScreen
from uphold.store.database import Store, open_store
from uphold.store.runs import find_run
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.review_opening import open_review
from uphold.workflows.statistics import StatisticsOptions, read_run_statistics

sys.path.append(str(Path(__file__).parents[1]))


PAIRS, READ_BEFORE, UNCHANGED = 200, 60, 0.8

FURTHER = (12, 30, 60)

WORDS = (Choice.CANDIDATE, Choice.TIE, Choice.BASELINE)

SHARES, SHARES_CHANGED = (0.55, 0.15, 0.30), (0.25, 0.15, 0.60)

JUDGE_RIGHT = 0.75


def rows(system: str, answers: list[str], truth: list[Choice], rng: random.Random) -> list[dict[str, Any]]:
    """Pairs with the verdict of a judge that is right in three of four."""
    verdicts = [word if rng.random() < JUDGE_RIGHT else rng.choice(WORDS) for word in truth]
    return [
        {
            "key": f"k-{number:03d}",
            "instruction": f"instruction {number}",
            "candidate": system,
            "baseline": "base",
            "response_candidate": answer,
            "response_baseline": f"base {number}",
            "judge": "judge",
            "verdict": verdict.value,
        }
        for number, (answer, verdict) in enumerate(zip(answers, verdicts, strict=True))
    ]


def add(store: Store, folder: Path, lines: list[dict[str, Any]]) -> None:
    """Import rows into the set."""
    file = folder / f"{lines[0]['candidate']}.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    for _ in import_files(store, ImportRequest([file], set="set")):
        pass


def read_more(store: Store, run: str, truth: list[Choice], count: int) -> None:
    """Decide the next pairs of the queue as the truth says."""
    session = open_review(store, find_run(store, run), "ann")
    for _ in range(count):
        pair = session.current
        assert pair is not None
        session.decide(truth[int(pair.key[2:])], OnScreen(pair.side_a, width=120, height=36), 1.0)


def one(seed: int) -> list[tuple[int, str, float, bool]]:
    """(further reads, rate, error, whether the interval holds the truth) of one simulated pair of runs."""
    rng = random.Random(seed)
    old = rng.choices(WORDS, SHARES, k=PAIRS)
    changed = [rng.random() >= UNCHANGED for _ in range(PAIRS)]
    new = [rng.choices(WORDS, SHARES_CHANGED)[0] if change else word for change, word in zip(changed, old, strict=True)]
    expected = UNCHANGED * SHARES[0] + (1 - UNCHANGED) * SHARES_CHANGED[0]
    in_set = new.count(Choice.CANDIDATE) / PAIRS
    found = []
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name)
        with open_store(folder / "uphold.db", create=True) as store:
            add(store, folder, rows("v1", [f"v1 {number}" for number in range(PAIRS)], old, rng))
            read_more(store, "v1-vs-base", old, READ_BEFORE)
            answers = [f"{'v2' if change else 'v1'} {number}" for number, change in enumerate(changed)]
            add(store, folder, rows("v2", answers, new, rng))
            before = 0
            for further in FURTHER:
                read_more(store, "v2-vs-base", new, further - before)
                before = further
                numbers = read_run_statistics(store, "v2-vs-base", StatisticsOptions())
                rates = {
                    "human": (numbers.human.rates.win_rate, expected),
                    "population": (numbers.judges[0].assisted.population.win_rate, expected),
                    "this set": (numbers.judges[0].assisted.this_set.win_rate, in_set),
                }
                for what, (rate, truth) in rates.items():
                    if rate.rate is not None and rate.low is not None and rate.high is not None:
                        found.append((further, what, rate.rate - truth, rate.low <= truth <= rate.high))
    return found


def main(repeats: int) -> int:
    """Print bias and coverage by further reads and rate; the exit code says whether all hold."""
    with Pool(2) as pool:
        results = [row for rows in pool.imap_unordered(one, range(repeats), chunksize=4) for row in rows]
    cells: dict[tuple[int, str], list[tuple[float, bool]]] = defaultdict(list)
    for further, what, error, holds in results:
        cells[further, what].append((error, holds))
    good = True
    for (further, what), outcomes in sorted(cells.items()):
        bias, coverage = fmean(error for error, _ in outcomes), fmean(holds for _, holds in outcomes)
        good &= abs(bias) < 0.01 and coverage >= 0.93
        sys.stdout.write(
            f"{further:3} more  {what:10}  bias {100 * bias:+.2f}  coverage {coverage:.3f}  of {len(outcomes)}\n"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 400))
