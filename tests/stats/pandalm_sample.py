"""Does the headline hold on real data? `python tests/stats/pandalm_sample.py [SAMPLES]` prints a table.

For each of PandaLM's ten pairs of models and both judges: seeded samples of 60 items with their human majority, and how
often the judge-assisted interval for the set holds the win rate from all reviews.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

from support.run_counts import PANDALM, Looked, counts_of, pandalm_runs
from uphold.stats.assisted import HeadlineInputs, headline_inputs, win_rates
from uphold.stats.poststratify import WIN

sys.path.append(str(Path(__file__).parents[1]))


READ, SEED = 60, 20_250_409


def truth_of(pairs: Sequence[Looked]) -> float:
    """The win rate from all reviews."""
    counts = counts_of(pairs)
    return headline_inputs(counts, counts.judges[0]).spread(WIN).mean


def sampled(pairs: Sequence[Looked], rng: random.Random) -> HeadlineInputs:
    """The headline when people have read 60 of them, drawn at random."""
    read = set(rng.sample(range(len(pairs)), READ))
    seen = [(pair if at in read else ((), *pair[1:])) for at, pair in enumerate(pairs)]
    counts = counts_of(seen)
    return headline_inputs(counts, counts.judges[0])


def main(samples: int) -> int:
    """Print the shares by run and judge, and over all of them."""
    held = every = width = 0.0
    for name, by_judge in sorted(pandalm_runs().items()):
        for judge, pairs in by_judge.items():
            truth, rng, inside = truth_of(pairs), random.Random(f"{SEED} {name} {judge}"), 0
            for _ in range(samples):
                _, this = win_rates(sampled(pairs, rng))
                low, high = this.low or 0.0, this.high or 1.0
                inside += low <= truth <= high
                width += high - low
            held, every = held + inside, every + samples
            sys.stdout.write(f"{name:30} {judge:14} N {len(pairs)}  truth {truth:.3f}  held {inside / samples:.3f}\n")
    sys.stdout.write(f"held in {held / every:.4f} of {every:.0f} samples, mean width {width / every:.3f}\n")
    return 0


if __name__ == "__main__":
    if not PANDALM.exists():
        sys.exit("the PandaLM data set is not beside the checkout")
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
