"""`uphold show RUN KEY`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.formatting import count, of_n, share
from uphold_tui.commands.options import AsJson

if TYPE_CHECKING:
    from uphold.records.judgments import Judgment, PairVerdict
    from uphold.records.reviews import ReviewEvent
    from uphold.workflows.pair_records import PairRecord


def show(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Name or number of the run.")],
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="Key of the example.")] = None,
    json: AsJson = False,
) -> None:
    """Show a pair with its texts, verdicts and decisions.

    \b
    uphold show 1 desk-0112
    """
    from uphold.workflows.pair_records import pair_records
    from uphold_tui.console import print_json, print_text

    with context.obj.open(reading=True) as store:
        found = pair_records(store, run, key)
    if json:
        print_json([_pair_json(pair) for pair in found])
        return
    for number, pair in enumerate(found):
        if number:
            print_text()
        _print_pair(pair)


def _print_pair(pair: "PairRecord") -> None:
    from uphold.records.judgments import criterion_verdicts, sample_votes
    from uphold.records.texts import cell_text
    from uphold_tui.console import print_block, print_line, print_text

    texts = pair.texts
    state = "" if pair.current else "   no longer current"
    tags = f"   {', '.join(texts.tags)}" if texts.tags else ""
    print_line(f"{texts.key}   turn {texts.turn} of {len(texts.text.turns)}{tags}{state}")
    if texts.text.context:
        print_block("context", texts.text.context)
    for turn in range(texts.turn):
        print_block(f"instruction, turn {turn + 1}", texts.text.turns[turn])
        reference = texts.text.reference(turn + 1)
        if reference is not None:
            print_block(f"reference, turn {turn + 1}", reference)
        print_block(f"candidate {texts.candidate}, turn {turn + 1}", cell_text(texts.candidate_cells[turn]))
        print_block(f"baseline {texts.baseline}, turn {turn + 1}", cell_text(texts.baseline_cells[turn]))
    print_text()
    print_text("verdicts" if pair.verdicts else "no judge has read this pair")
    for verdict in pair.verdicts:
        print_line(f"  {verdict.name}: {verdict.verdict.value}")
        for name, by_criterion in criterion_verdicts(verdict.judgments).items():
            print_line(f"    by {name}: {by_criterion.value}")
        for order, votes in sample_votes(verdict.judgments).items():
            told = ", ".join(f"{of_n(number, votes.total())} {word.value}" for word, number in votes.most_common())
            print_line(f"    samples {order.value}: {told}")
        for judgment in verdict.judgments:
            print_line(f"    {_judgment_line(judgment)}")
    print_text("decisions" if pair.events else "no reviewer has read this pair")
    for reviewer, event in pair.events:
        print_line(f"  {(event.at or '')[:16].replace('T', ' ')}  {reviewer}: {_event_line(event)}")


def _judgment_line(judgment: "Judgment") -> str:
    outcome = judgment.verdict.value if judgment.verdict else judgment.status.value
    confidence = f", confidence {share(judgment.confidence)}" if judgment.confidence is not None else ""
    preference = f", preference {share(judgment.preference)}" if judgment.preference is not None else ""
    reason = judgment.reason or judgment.problem
    sample = f", sample {count(judgment.sample + 1)}" if judgment.sample else ""
    criteria = "".join(f", {name} {word.value}" for name, word in judgment.criteria)
    told = f"{judgment.order.value}{sample}: {outcome}{confidence}{preference}{criteria}"
    return told + (f". {reason}" if reason else "")


def _event_line(event: "ReviewEvent") -> str:
    outcome = event.choice.value if event.choice else event.kind.value
    origin = " (carried)" if event.kind.value == "carried" else " (imported)" if event.source == "import" else ""
    return outcome + origin + (f": {event.note}" if event.note else "")


def _pair_json(pair: "PairRecord") -> dict[str, Any]:
    texts = pair.texts
    return {
        "run": pair.run.name,
        "set": pair.run.set,
        "key": texts.key,
        "turn": texts.turn,
        "current": pair.current,
        "tags": list(texts.tags),
        "context": texts.text.context,
        "turns": list(texts.text.turns[: texts.turn]),
        "references": list(texts.text.references[: texts.turn]),
        "candidate": {"system": texts.candidate, "response": list(texts.candidate_cells)},
        "baseline": {"system": texts.baseline, "response": list(texts.baseline_cells)},
        "contents": texts.contents,
        "verdicts": [_verdict_json(verdict) for verdict in pair.verdicts],
        "decisions": [_event_json(reviewer, event) for reviewer, event in pair.events],
    }


def _verdict_json(verdict: "PairVerdict") -> dict[str, Any]:
    from uphold.records.judgments import criterion_verdicts, sample_votes

    names = (
        "order",
        "status",
        "verdict",
        "sample",
        "preference",
        "confidence",
        "reason",
        "raw",
        "problem",
        "prompt_name",
        "stop_reason",
        "input_tokens",
        "output_tokens",
        "cost",
        "seconds",
        "at",
    )
    return {
        "judge": verdict.name,
        "verdict": verdict.verdict.value,
        "criteria": {name: word.value for name, word in criterion_verdicts(verdict.judgments).items()},
        "samples": {
            order.value: {word.value: number for word, number in votes.items()}
            for order, votes in sample_votes(verdict.judgments).items()
        },
        "judgments": [
            {
                **{name: getattr(judgment, name) for name in names},
                "criteria": {name: word.value for name, word in judgment.criteria},
            }
            for judgment in verdict.judgments
        ],
    }


def _event_json(reviewer: str, event: "ReviewEvent") -> dict[str, Any]:
    shown = event.shown
    return {
        "id": event.id,
        "reviewer": reviewer,
        "kind": event.kind.value,
        "choice": event.choice.value if event.choice else None,
        "note": event.note,
        "source": event.source,
        "seconds": event.seconds,
        "at": event.at,
        "on_screen": None
        if shown is None
        else {
            "side_a": shown.side_a.value,
            "mode": shown.mode,
            "verdict_shown": shown.verdict_shown,
            "names_shown": shown.names_shown,
            "verdict": shown.verdict.value if shown.verdict else None,
            "width": shown.width,
            "height": shown.height,
        },
    }
