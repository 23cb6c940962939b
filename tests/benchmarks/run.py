"""Every budget in one run: `python tests/benchmarks/run.py` prints one table.

Everything is measured in turn with what it is compared with, as medians; only the ratios mean anything on another
machine. `--quick` shows in seconds that the scripts work; its numbers mean nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

import asking
import bringing
import checking
import counting
import curation
import dropping
import exporting
import history
import lists
import made
import saving
import screens
import set_screen
import startup
import tables
import workbench

from support.terminal import Ended

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    pairs: int
    long_pairs: int
    judged: int
    judging_cases: int
    rounds: int
    keys: int
    saves: int
    decisions: int
    dropped: tuple[int, ...]
    examples: int
    training_lines: int
    logs: int
    exported: int
    still: float = 0.3
    """Seconds without a byte after which a terminal is at rest."""


WHOLE = Size(
    pairs=10_000,
    long_pairs=120,
    judged=300,
    judging_cases=6,
    rounds=7,
    keys=25,
    saves=300,
    decisions=20,
    dropped=(1000, 3000, 12_000),
    examples=10_000,
    training_lines=50_000,
    logs=5_000,
    exported=100_000,
)

QUICK = Size(
    pairs=40,
    long_pairs=24,
    judged=5,
    judging_cases=1,
    rounds=1,
    keys=1,
    saves=5,
    decisions=2,
    dropped=(10, 30),
    examples=30,
    training_lines=100,
    logs=200,
    exported=50,
    still=0.05,
)


class Bench:
    """The files that are measured on, in a folder, and the groups of budgets."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.folder, self.size = folder, size
        self.groups: dict[str, Callable[[], list[tables.Line]]] = {
            "startup": lambda: startup.measure(self.big, self.panel, size.rounds),
            "frame": lambda: screens.first_frame(size.rounds, self.big, size.still),
            "key": lambda: screens.next_pair(size.keys, self.long, size.still),
            "list": lambda: lists.measure(max(size.rounds, 1), self.big, size.still),
            "set": lambda: set_screen.measure(max(size.rounds, 1), self.big, size.still),
            "checkpoints": lambda: history.measure(max(size.rounds, 1), self.history, size.still),
            "workbench": lambda: workbench.measure(max(size.rounds, 1), self.at_work, size.still),
            "curation": lambda: curation.measure(max(size.rounds, 1), self.big, size.logs, size.still),
            "numbers": lambda: counting.measure(size.saves, self.big, self.panel),
            "memory": lambda: screens.memory(max(size.rounds // 2, 1), self.big, size.decisions, size.still),
            "saving": lambda: saving.measure(size.saves, self.big),
            "import": lambda: bringing.measure(size.rounds, folder, self._imported()),
            "drop": lambda: dropping.measure(min(size.rounds, 3), folder, self._dropped()),
            "export": lambda: exporting.measure(folder, *self._exported()),
            "checks": lambda: checking.measure(min(size.rounds, 3), folder, size.examples, size.training_lines),
            "judging": lambda: asking.measure(size.rounds, folder, self.judged, asking.CASES[: size.judging_cases]),
        }

    @property
    def big(self) -> Path:
        """Many pairs of 2 x 700 characters."""
        return self._database("big", self.size.pairs, 700)

    @property
    def panel(self) -> Path:
        """Many pairs that many judges and reviewers have read."""
        path = self.folder / "panel.db"
        if not path.exists():
            made.database(path, made.write_panel(self.folder / "panel.jsonl", self.size.pairs))
        return path

    @property
    def history(self) -> Path:
        """Thirty checkpoints of a set."""
        path = self.folder / "history.db"
        return path if path.exists() else history.database(path, self.size.long_pairs // 4, self.size.long_pairs)

    @property
    def at_work(self) -> Path:
        """A run with tested judges and one that was tried."""
        path = self.folder / "at-work.db"
        return path if path.exists() else workbench.database(path, max(self.size.pairs, workbench.LEAST_PAIRS))

    @property
    def long(self) -> Path:
        """Pairs of 2 x 8,000 characters."""
        return self._database("long", self.size.long_pairs, 8_000)

    @property
    def judged(self) -> Path:
        """Pairs for a judge."""
        return self._database("judged", self.size.judged, 700)

    def _database(self, name: str, pairs: int, characters: int) -> Path:
        path = self.folder / f"{name}.db"
        if not path.exists():
            made.database(path, self._file(name, pairs, characters))
        return path

    def _file(self, name: str, pairs: int, characters: int, *, repeated: bool = False) -> Path:
        path = self.folder / f"{name}.jsonl"
        return path if path.exists() else made.write_pairs(path, pairs, characters, repeated=repeated)

    def _dropped(self) -> list[tuple[str, Path]]:
        return [(f"{pairs:,} pairs", self._file(f"dropped-{pairs}", pairs, 700)) for pairs in self.size.dropped]

    def _exported(self) -> tuple[Path, Path]:
        """Many pairs, and a few."""
        return self._database("exported", self.size.exported, 700), self._database("few", 20, 700)

    def _imported(self) -> list[tuple[str, Path]]:
        files = [
            ("pairs", self._file("big", self.size.pairs, 700)),
            ("pairs, texts in every row", self._file("repeated", self.size.pairs, 700, repeated=True)),
        ]
        return files + [(name, SHARED / name) for name in ("pandalm", "mt_bench") if (SHARED / name).is_dir()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few small rounds, to see that the scripts work")
    parser.add_argument("--only", nargs="*", metavar="GROUP", help="these groups only")
    parser.add_argument("--json", action="store_true", help="the table for a program")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="uphold-measured-") as folder:
        bench = Bench(Path(folder), QUICK if given.quick else WHOLE)
        lines: list[tables.Line] = []
        broken: list[str] = []
        for name, group in bench.groups.items():
            if given.only is not None and name not in given.only:
                continue
            began = time.perf_counter()
            try:
                lines += group()
            except (Ended, subprocess.CalledProcessError) as error:
                broken.append(name)
                sys.stderr.write(f"{name}: could not be measured: {error}\n")
            sys.stderr.write(f"{name}: {time.perf_counter() - began:.0f} s\n")
    sys.stdout.write(json.dumps(tables.as_data(lines)) if given.json else tables.as_text(lines))
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    sys.stdout.write(
        "\n" if given.json else f"\n\n{os.cpu_count()} cores, load {load}, Python {sys.version.split()[0]}\n"
    )


if __name__ == "__main__":
    main()
