"""`uphold next` and `uphold decide`: the review without a screen, for scripts and programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold_tui.commands.options import AsJson, ReviewerName, RunName, reviewer_in

if TYPE_CHECKING:
    from uphold.records.reviews import PairView
    from uphold.records.runs import Run
    from uphold.records.scripted_review import DecisionInput
    from uphold.workflows.lookup import Store
    from uphold.workflows.review_opening import ReviewOptions
    from uphold.workflows.scripted_review import NextPairs, WrittenDecision

_Queue = Annotated[
    str,
    typer.Option(
        "--queue",
        metavar="KIND",
        help="Order of the pairs: random, uncertain, tag:NAME, all, disputed, flagged, changed or hand-picked.",
    ),
]
_Judge = Annotated[str | None, typer.Option("--judge", metavar="NAME", help="Compare with the verdicts of this judge.")]
_Blind = Annotated[bool, typer.Option("--blind", help="Hide verdicts until a pair is decided.")]
_Program = Annotated[
    str | None,
    typer.Option(
        "--as-program",
        metavar="NAME",
        help="Decide as a program: its decisions are a judge's of this name and enter no human number.",
    ),
]


def next_(
    context: typer.Context,
    run: RunName = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help="Number of pairs.")] = 1,
    reviewer: ReviewerName = None,
    queue: _Queue = "random",
    judge: _Judge = None,
    blind: _Blind = False,
    as_program: _Program = None,
    json: AsJson = False,
) -> None:
    """Print the next unread pairs of a queue, as the reviewer would meet them.

    What was printed is recorded: a decision with `uphold decide` is made on it, and counts as drawn from the queue.

    \b
    uphold next 1 --count 5 --json
    """
    from uphold.workflows.lookup import find_run
    from uphold.workflows.project import run_meant
    from uphold.workflows.review_opening import ReviewOptions
    from uphold.workflows.scripted_review import next_pairs, next_pairs_for_program
    from uphold_tui.console import print_json

    options = ReviewOptions(queue, blind, judge=judge)
    _check_decider(reviewer, as_program)
    with context.obj.open() as store:
        name = as_program if as_program is not None else reviewer_in(store, context.obj.settings, reviewer)
        wanted = find_run(store, run_meant(store, run, context.obj.project.set))
        find = next_pairs if as_program is None else next_pairs_for_program
        found = find(store, wanted, name, options, count)
    if json:
        print_json(_next_json(found, name, as_program is not None))
    else:
        _print_next(found)


def decide(
    context: typer.Context,
    run: RunName = None,
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="Key of the example.")] = None,
    choice: Annotated[
        str | None,
        typer.Argument(metavar="[CHOICE]", help="a, b, tie or both-bad; or candidate or baseline, names known."),
    ] = None,
    turn: Annotated[
        int | None, typer.Option("--turn", metavar="T", min=1, help="Turn, where there are several.")
    ] = None,
    reason: Annotated[
        list[str] | None, typer.Option("--reason", metavar="WORD", help="A reason; may be given several times.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A note.")] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="JSONL with key, turn, choice, reasons and note: all or nothing."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="Encoding of FILE if it is not UTF-8, such as utf-16."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back your last act in the run.")] = False,
    reviewer: ReviewerName = None,
    queue: _Queue = "random",
    judge: _Judge = None,
    blind: _Blind = False,
    as_program: _Program = None,
    json: AsJson = False,
) -> None:
    """Write decisions on pairs of a run, or take the last ones back.

    A decision is made on the pair as `uphold next` printed it. A pair that it did not print counts as chosen, not drawn.

    \b
    uphold decide 1 desk-0112 a --reason tone
    uphold decide 1 --from decisions.jsonl
    uphold decide 1 --undo
    """
    from uphold.formats.decisions import read_decisions
    from uphold.workflows.review_opening import ReviewOptions

    _check_decider(reviewer, as_program)
    options = ReviewOptions(queue, blind, judge=judge)
    if sum((undo, from_ is not None, key is not None)) > 1:
        raise BadUsage("give one of KEY CHOICE, --from FILE and --undo")
    if (undo or from_ is not None) and (turn is not None or reason or note):
        raise BadUsage("--turn, --reason and --note belong to KEY CHOICE")
    if encoding is not None and from_ is None:
        raise BadUsage("--encoding is that of the file of --from")
    with context.obj.open() as store:
        name = as_program if as_program is not None else reviewer_in(store, context.obj.settings, reviewer)
        if undo:
            _undo(store, _find_run(store, run), name, as_program is not None, json)
            return
        decisions: Sequence[DecisionInput]
        if from_ is not None:
            wanted, decisions = _find_run(store, run), read_decisions(from_, encoding)
        else:
            wanted, decisions = _one_decision(store, (run, key, choice), (turn, tuple(reason or ()), note))
        written = _write(store, wanted, name, as_program is not None, options, decisions)
    _print_written(wanted, name, as_program is not None, written, json)


def _check_decider(reviewer: str | None, program: str | None) -> None:
    if reviewer is not None and program is not None:
        raise BadUsage("give --reviewer or --as-program, not both")


def _find_run(store: "Store", name: str | None) -> "Run":
    from uphold.workflows.lookup import find_run

    return find_run(store, name)


def _one_decision(
    store: "Store",
    names: tuple[str | None, str | None, str | None],
    details: tuple[int | None, tuple[str, ...], str | None],
) -> "tuple[Run, Sequence[DecisionInput]]":
    """Return the run and the decision, given RUN, KEY and CHOICE; RUN may be left out where there is one."""
    from uphold.records.scripted_review import DecisionInput

    run, key, choice = names
    if choice is None and key is not None:
        run, key, choice = None, run, key
    if key is None or choice is None:
        raise BadUsage("say which pair and what: uphold decide RUN KEY CHOICE, or --from FILE, or --undo")
    turn, reasons, note = details
    return _find_run(store, run), [DecisionInput(key, choice.lower(), turn, reasons, note)]


def _write(
    store: "Store",
    run: "Run",
    name: str,
    is_program: bool,
    options: "ReviewOptions",
    decisions: "Sequence[DecisionInput]",
) -> "list[WrittenDecision]":
    from uphold.workflows.scripted_review import decide as write_decisions
    from uphold.workflows.scripted_review import decide_as_program

    if is_program:
        return decide_as_program(store, run, name, decisions)
    return write_decisions(store, run, name, options, decisions)


def _undo(store: "Store", run: "Run", name: str, is_program: bool, json: bool) -> None:
    from uphold.formatting import count_noun
    from uphold.workflows.scripted_review import undo_last, undo_last_of_program
    from uphold_tui.console import print_json, print_note

    keys = (undo_last_of_program if is_program else undo_last)(store, run, name)
    if json:
        print_json({"run": run.name, _who(is_program): name, "undone": keys})
    else:
        shown = ", ".join(keys[:5]) + (", …" if len(keys) > 5 else "")
        print_note(f"taken back: the last act of {name} in {run.name}, on {count_noun(len(keys), 'example')} ({shown})")


def _who(is_program: bool) -> str:
    return "program" if is_program else "reviewer"


def _print_written(run: "Run", name: str, is_program: bool, written: "Sequence[WrittenDecision]", json: bool) -> None:
    from uphold.workflows.scripted_review import summary
    from uphold_tui.console import print_json, print_line, print_note

    if json:
        print_json({"run": run.name, _who(is_program): name, "decided": [_written_json(item) for item in written]})
        return
    for item in written:
        outcome = f"  {item.ruling.value}" if item.ruling is not None else ""
        verdict = f" (verdict: {item.verdict})" if item.verdict is not None else ""
        print_line(f"{item.key}  turn {item.turn}  {item.choice}{outcome}{verdict}")
    print_note(summary(written))


def _written_json(item: "WrittenDecision") -> dict[str, Any]:
    return {
        "key": item.key,
        "turn": item.turn,
        "choice": item.choice,
        "ruling": item.ruling.value if item.ruling is not None else None,
        "verdict": item.verdict,
        "current": item.current,
        "chosen": item.chosen,
    }


def _next_json(found: "NextPairs", name: str, is_program: bool) -> dict[str, Any]:
    return {
        "run": found.run.name,
        _who(is_program): name,
        "queue": found.queue,
        "unread": found.unread,
        "pairs": [_pair_json(pair) for pair in found.pairs],
    }


def _pair_json(pair: "PairView") -> dict[str, Any]:
    from uphold.records.enums import Side
    from uphold.records.texts import cell_text

    a, b = pair.cells(Side.A), pair.cells(Side.B)
    here = pair.turn - 1
    return {
        "key": pair.key,
        "turn": pair.turn,
        "turns": len(pair.text.turns),
        "instruction": pair.text.turns[here],
        "a": cell_text(a[here]),
        "b": cell_text(b[here]),
        "context": pair.text.context,
        "reference": pair.text.reference(pair.turn),
        "tags": list(pair.tags),
        "earlier": [
            {"instruction": pair.text.turns[turn], "a": cell_text(a[turn]), "b": cell_text(b[turn])}
            for turn in range(here)
        ],
        "verdict_hidden": pair.verdict_hidden,
        "verdict": _verdict_json(pair),
    }


def _verdict_json(pair: "PairView") -> dict[str, Any] | None:
    """Return the verdict in the sides' letters; each reason says which side the judge calls A, null where unknown."""
    from uphold.reviewing.presentation import reason_shown

    if pair.judge is None:
        return None
    preferred = pair.judge.verdict.preference
    side = pair.side_of(preferred) if preferred is not None else None
    return {
        "judge": pair.judge.name,
        "verdict": side.value.lower() if side is not None else pair.judge.verdict.value,
        "reasons": [
            {"text": reason.text, "its_a": reason.side_of_a.value.lower() if reason.side_of_a else None}
            for reason in reason_shown(pair).reasons
        ],
    }


def _print_next(found: "NextPairs") -> None:
    from uphold.formatting import count_noun
    from uphold_tui.console import print_block, print_line, print_note, print_text

    for number, pair in enumerate(found.pairs):
        if number:
            print_text()
        fields = _pair_json(pair)
        tags = f"   {', '.join(pair.tags)}" if pair.tags else ""
        print_line(f"{pair.key}   turn {pair.turn} of {fields['turns']}{tags}")
        if fields["context"]:
            print_block("context", fields["context"])
        for turn, earlier in enumerate(fields["earlier"], 1):
            for title, text in earlier.items():
                print_block(f"turn {turn}, {title}", text)
        for title in ("instruction", "reference", "a", "b"):
            if fields[title] is not None:
                print_block(title, fields[title])
        print_text()
        print_line(_verdict_line(pair, fields["verdict"]))
    print_note(f"{count_noun(found.unread, 'pair')} unread in the queue {found.queue}")


def _verdict_line(pair: "PairView", verdict: dict[str, Any] | None) -> str:
    if pair.verdict_hidden:
        return "verdict: shown after the decision"
    if verdict is None:
        return "no judge has read this pair"
    reasons = "; ".join(reason["text"] for reason in verdict["reasons"])
    return f"verdict of {verdict['judge']}: {verdict['verdict']}" + (f": {reasons}" if reasons else "")
