"""`uphold set propose`, `set take` and `set leave`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold_tui.commands.options import AsJson, Context, Reviewer, SetName, reviewer_name
from uphold_tui.commands.review import app_options, open_app, prepare_app

if TYPE_CHECKING:
    from uphold.records.proposals import Proposal, Proposed
    from uphold.workflows.proposals import ProposeRequest

_LISTED = 12
_LISTED_CHARACTERS = 60

_Keys = Annotated[
    list[str] | None, typer.Argument(metavar="[KEY...]", help="Keys of proposals; all that wait where none is given.")
]


def propose(
    context: typer.Context,
    set_: SetName,
    pool: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[POOL...]", help="Files of logs, or a folder; without them what waits is listed."),
    ] = None,
    number: Annotated[int, typer.Option("--n", metavar="N", help="Propose until so many wait.")] = 100,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="tag|cluster", help="Spread them over tags, or over what the texts are about."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Read instruction, context, response, tags, key or reference from a column; may be repeated.",
        ),
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="TEXT", help="Seed of the sample; that of the set by default.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of the pool; UTF-8 by default.")
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help="Then go through what waits, one log a key; needs a terminal.")
    ] = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Propose examples for a set from logs, unlike each other and unlike what the set has.

    Nothing is in the set until it is taken: by `set take`, or one by one with --review. What was taken or left is not proposed
    again.

    \b
    uphold set propose desk logs.jsonl --n 50 --by tag
    uphold set propose desk --review
    """
    from uphold.workflows.proposals import ProposeRequest, Spread, waiting
    from uphold_tui.commands.import_ import read_mapping
    from uphold_tui.console import in_terminal, print_json

    if by not in (None, *Spread):
        raise BadUsage(f"--by must be {' or '.join(Spread)}, not {by!r}")
    if review and json:
        raise BadUsage("--review goes through proposals in a terminal, --json prints them; give one of them")
    if review and not in_terminal():
        raise BadUsage("--review wants a terminal; `uphold set take` and `uphold set leave` do without one")
    if review and not pool:
        _review(context.obj, set_, reviewer)
        return
    if not pool:
        with context.obj.open(reading=True) as store:
            found = waiting(store, set_)
        if json:
            print_json({"set": set_, "proposals": [_proposal_json(one) for one in found], "waiting": len(found)})
        else:
            _print_proposals(found, len(found), set_)
        return
    columns = read_mapping(mapping or [])
    request = ProposeRequest(pool, number, None if by is None else Spread(by), columns, seed, encoding)
    made = _propose(context, set_, request, reviewer_name(context.obj.settings, reviewer))
    if json:
        print_json(_proposed_json(set_, made))
    else:
        _print_proposed(made, set_)
    if review and made.waiting:
        _review(context.obj, set_, reviewer)


def _review(context: Context, name: str, reviewer: str | None) -> None:
    """Open the app on the proposals that wait."""
    prepare_app()
    with context.open() as store:
        open_app(context, store, replace(app_options(context, reviewer), proposals=name), start=True)


def _propose(context: typer.Context, name: str, request: "ProposeRequest", reviewer: str) -> "Proposed":
    from contextlib import closing

    from uphold.formatting import count_noun
    from uphold.records.proposals import Proposed
    from uphold.workflows.proposals import propose as read_pool
    from uphold_tui.console import progress

    with (
        context.obj.open() as store,
        progress("reading the pool") as bar,
        closing(read_pool(store, name, request, reviewer)) as updates,
    ):
        for update in updates:
            if isinstance(update, Proposed):
                return update
            bar(update.done, update.total, count_noun(update.rows, "row"))
    raise AssertionError("proposing ends with what was proposed")


def _proposed_json(name: str, made: "Proposed") -> dict[str, Any]:
    return {
        "set": name,
        "proposals": [_proposal_json(one) for one in made.new],
        "waiting": made.waiting,
        "rows": made.rows,
        "known": made.known,
        "different": made.different,
        "skipped": [{"where": where, "why": why} for where, why in made.skipped],
        "columns": dict(made.columns),
    }


def _proposal_json(one: "Proposal") -> dict[str, Any]:
    return {
        "key": one.key,
        "instruction": one.text.turns[0] if len(one.text.turns) == 1 else None,
        "turns": list(one.text.turns),
        "context": one.text.context,
        "tags": list(one.tags),
        "where": _where(one),
        "reasons": list(one.reasons),
        "near": None if one.near is None else {"key": one.near.key, "likeness": one.near.likeness},
        "answers": {system: list(cells) for system, cells in one.answers.items()},
    }


def _where(one: "Proposal") -> str:
    return one.source if one.line is None else f"{one.source}:{one.line}"


def _print_proposed(made: "Proposed", name: str) -> None:
    from uphold.formatting import count, count_noun
    from uphold_tui.console import print_table, print_text

    print_text(f"{count_noun(made.rows, 'row')} read, {count_noun(made.different, 'different text')} looked at")
    if made.known:
        print_text(f"{count_noun(made.known, 'row')} in the set already, or proposed before")
    taken = [f"{column!r} as the {field}" for field, column in made.columns.items() if field != column]
    if taken:
        print_text("read " + ", ".join(taken))
    if made.skipped:
        print_text(f"{count(len(made.skipped))} left out:")
        print_table([(f"  {where}", why) for where, why in made.skipped[:_LISTED]])
        if len(made.skipped) > _LISTED:
            print_text(f"  and {count(len(made.skipped) - _LISTED)} more; --json lists all")
    _print_proposals(made.new, made.waiting, name)


def _print_proposals(shown: "list[Proposal] | tuple[Proposal, ...]", waiting: int, name: str) -> None:
    from uphold.formatting import count, percent
    from uphold_tui.console import print_note, print_table, print_text

    if not waiting:
        print_text("nothing is proposed; uphold set propose SET FILE proposes from a file of logs")
        return
    print_text(
        f"{count(len(shown))} proposed now, {count(waiting)} waiting"
        if len(shown) < waiting
        else f"{count(waiting)} waiting"
    )
    rows = [
        (
            f"  {one.key}",
            _start_of(one.text.turns[-1]),
            "" if one.near is None else f"{one.near.key} {percent(one.near.likeness)}",
            "; ".join(one.reasons),
        )
        for one in shown[:_LISTED]
    ]
    if rows:
        print_table([("  key", "asks", "nearest", "why"), *rows])
    if len(shown) > _LISTED:
        print_text(f"  and {count(len(shown) - _LISTED)} more; --json lists all")
    print_note(f"next: uphold set take {name} KEY..., or uphold set leave {name} KEY...")


def _start_of(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LISTED_CHARACTERS else line[: _LISTED_CHARACTERS - 1] + "…"


def take(
    context: typer.Context, set_: SetName, keys: _Keys = None, reviewer: Reviewer = None, json: AsJson = False
) -> None:
    """Make examples of proposals; `set undo` takes it back.

    \b
    uphold set take desk log-17 log-32
    """
    from uphold.workflows.proposals import take as take_proposals

    with context.obj.open() as store:
        taken = take_proposals(store, set_, reviewer_name(context.obj.settings, reviewer), keys or None)
    _print_keys("taken", set_, taken, json)


def leave(
    context: typer.Context, set_: SetName, keys: _Keys = None, reviewer: Reviewer = None, json: AsJson = False
) -> None:
    """Leave proposals out, so that they are not proposed again; `set undo` takes it back.

    \b
    uphold set leave desk log-18
    """
    from uphold.workflows.proposals import leave as leave_proposals

    with context.obj.open() as store:
        left = leave_proposals(store, set_, reviewer_name(context.obj.settings, reviewer), keys or None)
    _print_keys("left", set_, left, json)


def _print_keys(word: str, name: str, keys: list[str], json: bool) -> None:
    from uphold.formatting import count_noun
    from uphold_tui.console import print_json, print_text

    if json:
        print_json({"set": name, word: keys})
    elif not keys:
        print_text(f"nothing is proposed for {name!r}")
    else:
        shown = ", ".join(keys[:_LISTED]) + (", …" if len(keys) > _LISTED else "")
        print_text(f"{count_noun(len(keys), 'proposal')} {word}: {shown}")
