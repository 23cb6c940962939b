"""Scores of systems: the list, two systems document by document, and the gate that a score is no worse."""

from collections.abc import Mapping, Sequence

from uphold.errors import BadUsage
from uphold.records.comparisons import ScoreComparison, ScoreGate
from uphold.records.runs import Run
from uphold.records.scores import NO_FILTER, NoWorse, Score, ScoreChange, SystemScores
from uphold.stats.score_difference import compare_scores, gate_score
from uphold.store import benchmarks
from uphold.store.database import Store
from uphold.store.scores import SystemPerplexity, perplexities_of

PERPLEXITY = "perplexity"
"""Name of the score that is measured here: the perplexity of a set's reference answers."""


def list_scores(store: Store, systems: Sequence[str] = ()) -> list[SystemScores]:
    """Return the scores of systems, or of all that have one; a run stands for its candidate. Raises BadUsage."""
    named = [benchmarks.find_system(store, name) for name in systems] or benchmarks.systems_with_scores(store)
    return [benchmarks.scores_of(store, system) for system in dict.fromkeys(named)]


def compare_systems(store: Store, before: str, after: str) -> list[ScoreComparison]:
    """Return the scores that two systems share, compared; documents one by one where both were scored on them."""
    old, new = (benchmarks.scores_of(store, system) for system in (before, after))
    if not old.scores or not new.scores:
        return []
    shared = benchmarks.shared_items(store, before, after)
    found = []
    for name, score in new.scores.items():
        earlier = old.same_as(score)
        if earlier is not None:
            found.append(compare_scores(name, earlier, score, *shared.of(earlier, score)))
    return found


def top_level(comparisons: Sequence[ScoreComparison]) -> list[ScoreComparison]:
    """Return the comparisons of scores that are no part of a group that is among them."""
    names = SystemScores("", {one.name: one.after for one in comparisons}).top_level()
    return [one for one in comparisons if one.name in names]


def parse_no_worse(text: str) -> NoWorse:
    """Return a score and a margin of a text such as `mmlu:acc:0.01`. Raises BadUsage."""
    name, _, margin = text.rpartition(":")
    try:
        allowed = float(margin)
    except ValueError:
        allowed = -1.0
    if not name or not 0 <= allowed < float("inf"):
        raise BadUsage(
            f"--no-worse wants TASK:METRIC:MARGIN, such as mmlu:acc:0.01 for one point; it was given {text!r}"
        )
    return NoWorse(name, allowed)


def gate_scores(store: Store, before: str, after: str, wanted: Sequence[NoWorse]) -> tuple[ScoreGate, ...]:
    """Return whether each score of a system is no worse than another system's.

    Raises BadUsage, with the names that were measured, for one that was not measured for both.
    """
    if not wanted:
        return ()
    old, new = (benchmarks.scores_of(store, system) for system in (before, after))
    compared = {id(one.after): one for one in compare_systems(store, before, after)}
    by_place = {(one.after.task, one.after.metric, one.after.filter): one for one in compared.values()}
    found = []
    for one in wanted:
        score = new.find(one.name)
        comparison = by_place.get((score.task, score.metric, score.filter)) if score is not None else None
        if comparison is None:
            lacking = [system.system for system in (old, new) if system.find(one.name) is None] or [before]
            raise BadUsage(_not_measured(one.name, lacking, [known.name for known in compared.values()]))
        found.append(gate_score(comparison, one.margin))
    return tuple(found)


_NAMES = 40


def _not_measured(name: str, lacking: Sequence[str], measured: Sequence[str]) -> str:
    systems = " and ".join(map(repr, lacking))
    more = f" and {len(measured) - _NAMES} more" if len(measured) > _NAMES else ""
    known = f"measured for both: {', '.join(measured[:_NAMES])}{more}" if measured else "no score was measured for both"
    return (
        f"--no-worse: {name} was not measured for {systems}; {known}. `uphold import FOLDER --as lm-eval` brings scores,"
        " `uphold scores` lists them"
    )


def run_scores(store: Store, run: Run) -> dict[str, Score]:
    """Return the scores of a run's candidate by name, and the perplexity of its set's references where it was measured."""
    return _scores_on(store, run.set_id, run.candidate)


def _scores_on(store: Store, set_id: int, system: str) -> dict[str, Score]:
    found = dict(benchmarks.scores_of(store, system).scores)
    for measured in perplexities_of(store, set_id, [system]):
        found[PERPLEXITY] = _as_score(measured)
    return found


def score_changes(store: Store, run: Run, scores: Mapping[str, Score]) -> dict[str, ScoreChange]:
    """Return the scores of a run's candidate that are no part of another, each with its baseline's."""
    shown = shown_scores(scores)
    if not shown:
        return {}
    baseline = SystemScores(run.baseline, _scores_on(store, run.set_id, run.baseline))
    return {name: ScoreChange(score, baseline.same_as(score)) for name, score in shown.items()}


def _as_score(measured: SystemPerplexity) -> Score:
    return Score(None, PERPLEXITY, "", NO_FILTER, measured.perplexity, None, measured.examples, higher_is_better=False)


def shown_scores(scores: Mapping[str, Score]) -> dict[str, Score]:
    """Return the scores that are no part of a group that is among them."""
    return SystemScores("", scores).top_level()
