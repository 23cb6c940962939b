"""store -> the judging screen: what there is to see of a judge on a run while it works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from uphold.errors import BadUsage
from uphold.judging.consensus import consensus
from uphold.judging.rules import RULES
from uphold.judging.specs import PROVIDERS
from uphold.records.judged import JudgeOnPair
from uphold.records.words import REFERENCE, Verdict
from uphold.settings import Settings
from uphold.store import judgments, seen
from uphold.store.database import Store
from uphold.store.runs import get_run, judges_of
from uphold.store.seen import Seen

__all__ = ["Seen", "Watched", "answers", "judges_to_choose", "watch"]

LISTED = 200
"""As many pairs that need a look are listed at most."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The verdicts so far, the pairs that need a look (unreadable, failed), and the last that were judged."""

    verdicts: Mapping[Verdict, int]
    needs: Sequence[Seen] = ()
    last: Sequence[Seen] = ()


def watch(store: Store, run_id: int, judge_id: int) -> Watched:
    """How a judge's verdicts on a run stand now."""
    words = judgments.verdict_counts(store, run_id, judge_id)
    return Watched(
        words,
        seen.needing_a_look(store, run_id, judge_id, LISTED),
        seen.last_judged(store, run_id, judge_id, 8),
    )


def answers(store: Store, pair_id: int, judge_id: int) -> JudgeOnPair | None:
    """Every judgment of a pair, raw answers and all."""
    return judgments.on_pair(store, pair_id, judge_id, consensus)


def judges_to_choose(store: Store, run_id: int, settings: Settings) -> list[str]:
    """Judges that one may want for a run: of uphold.toml, those that have judged it, rules that fit it."""
    run = get_run(store, run_id)
    before = [name for _, name, _, kind in judges_of(store, run_id) if kind != "imported" and _is_spec(name)]
    rules = []
    for name, rule in RULES.items():
        try:
            rule.check_systems(run.candidate, run.baseline)
        except BadUsage:
            continue
        if run.baseline == REFERENCE or not rule.against_reference:
            rules.append(f"rules:{name}")
    return list(dict.fromkeys([*settings.judges, *before, *rules]))


def _is_spec(name: str) -> bool:
    return name.partition(":")[0] in (*PROVIDERS, "rules")
