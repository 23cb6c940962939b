"""The figures of a report by name, for its record and for JSON: what `uphold replay` holds against the facts."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from uphold.records.replayed import Changed, Replay
from uphold.records.run_evidence import RunEvidence, TellingPair
from uphold.reports.certificate_text import certificate_json
from uphold.reports.json_output import Json, checkpoint_row_json, statistics_json
from uphold.reports.report_limits import limits

_EXACT = 1e-9


def figures(found: RunEvidence) -> dict[str, object]:
    """Return every number of a report by its name, such as `headline.population.win_rate.rate`."""
    read = found.read
    given = {
        "state": found.decision.state.value,
        **statistics_json(found.numbers, found.standing),
        "against_blessed": checkpoint_row_json(found.checkpoint)["difference"] if found.against is not None else None,
        "read": {"pairs": read.pairs, "read": read.read, "carried": read.carried, "blind": read.blind},
        "upheld": read.upheld,
        "overturned": read.overturned,
        "checkpoints": {f"run-{row.run.number}": asdict(row.rate) for row in found.history},
    }
    kept = dict(_numbers(given, ""))
    return {"state": found.decision.state.value, **kept}


def _numbers(value: Any, name: str) -> Iterator[tuple[str, object]]:
    """Yield (name, number) of every number in a JSON value; names are the keys on the way, joined by dots.

    In a list it is the judge or tag, else the place: people, systems and runs may get other names.
    """
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _numbers(part, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            own = next((part[key] for key in ("judge", "tag") if isinstance(part, dict) and key in part), place)
            yield from _numbers(part, f"{name}.{own}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


def changed_figures(before: Mapping[str, object], after: Mapping[str, object]) -> list[Changed]:
    """Return the figures of a report that are no longer what they were, in its order; new figures are no change."""
    found = ((name, was, after.get(name)) for name, was in before.items())
    return [Changed(name, _plain(was), _plain(now)) for name, was, now in found if not _same(was, now)]


def _same(was: object, now: object) -> bool:
    if isinstance(was, int | float) and isinstance(now, int | float):
        return abs(was - now) <= _EXACT * max(1.0, abs(was))
    return was == now


def _plain(value: object) -> str | float | None:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def report_json(found: RunEvidence) -> Json:
    """Return the report of one run as JSON: the decision first, then what it rests on."""
    decision, run, numbers, origin = found.decision, found.run, found.numbers, found.origin
    row = found.checkpoint
    return {
        "state": decision.state.value,
        "sentence": decision.sentence,
        "beside": list(decision.beside),
        "fingerprint": found.fingerprint,
        "run": run.name,
        "set": run.set,
        "set_version": origin.set_version,
        "set_hash": numbers.set_hash,
        "candidate": run.candidate,
        "baseline": run.baseline,
        "judge": None if origin.judge is None else origin.judge.name,
        "judge_version": None if origin.judge is None else origin.judge.version,
        "judge_reason": numbers.judge.reason.value,
        "rate": None if decision.rate is None else asdict(decision.rate),
        "pairs": found.read.pairs,
        "read": found.read.read,
        "carried": found.read.carried,
        "upheld": found.read.upheld,
        "overturned": found.read.overturned,
        "decided": found.read.decided,
        "blind": found.read.blind,
        "readers": [{"reviewer": one.name, "read": one.read, "carried": one.carried} for one in found.readers],
        "against": None if found.against is None else found.against.name,
        "difference": None if found.against is None else checkpoint_row_json(row)["difference"],
        "lost": row.lost,
        "won": row.won,
        "certificate": certificate_json(found.standing),
        "pairs_shown": [_pair(pair) for pair in found.pairs],
        "limits": limits(found),
    }


def _pair(pair: TellingPair) -> Json:
    return {"key": pair.key, "turn": pair.turn, "why": [kind.value for kind in pair.kinds], "label": pair.label.value}


def replay_json(replay: Replay) -> Json:
    """Return what became of a report as JSON: `was` and `is` are null for what was not there, or is not."""
    return {
        "holds": replay.holds,
        "changed": [{"what": one.what, "was": one.was, "is": one.now} for one in replay.changed],
        "since": list(replay.since),
        "run": replay.run,
        "report": replay.report.path,
        "written": replay.report.created_at,
        "fingerprint": replay.report.fingerprint,
        "figures": len(replay.report.figures),
        "facts": replay.facts,
    }
