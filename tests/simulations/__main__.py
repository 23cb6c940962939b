"""`python -m tests.simulations [NAME...] [--runs N] [--seed S] [--jobs N] [--list]` prints their tables in Markdown.

A name may be the beginning of several. Leaves with 1 where a table does not keep to what docs/statistics.md promises,
with 2 for a name that there is not.
"""

import argparse
import sys
import time
from multiprocessing import Pool, cpu_count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' `support`

from simulations.frame import broken_promises, simulate, table
from simulations.registry import SIMULATIONS

SEED = 20_251_125


def main(words: list[str]) -> int:
    """Run the simulations that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulations", description="Simulate what uphold shows.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to run: the beginning of a name (default: all)")
    parser.add_argument("--runs", type=int, metavar="N", help="runs of a setting (default: each simulation's own)")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S", help=f"default {SEED}")
    parser.add_argument("--jobs", type=int, default=cpu_count(), metavar="N", help="processes (default: one a core)")
    parser.add_argument("--list", action="store_true", help="name the simulations and leave")
    given = parser.parse_args(words)
    wanted = [one for one in SIMULATIONS if not given.names or one.name.startswith(tuple(given.names))]
    unknown = [name for name in given.names if not any(one.name.startswith(name) for one in SIMULATIONS)]
    if unknown or (given.runs is not None and given.runs < 1) or given.jobs < 1:
        parser.error(
            f"no simulation is called {unknown[0]!r}; --list names them" if unknown else "at least 1 is needed"
        )
    if given.list:
        sys.stdout.write("".join(f"{one.name:28} {one.title}\n" for one in wanted))
        return 0
    broken: list[str] = []
    with Pool(given.jobs) as pool:
        for one in wanted:
            runs, started = given.runs or one.runs, time.monotonic()
            rows = list(simulate(one, runs, given.seed, pool))
            taken = time.monotonic() - started
            sys.stdout.write(
                f"### {one.name}: {one.title}\n\n{table(one, rows)}\n\n{runs:,} runs a row, seed {given.seed}\n\n"
            )
            sys.stdout.flush()
            sys.stderr.write(f"{one.name}: {taken:.0f} s\n")
            broken += broken_promises(one, rows)
    sys.stdout.write("".join(f"broken: {sentence}\n" for sentence in broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
