"""`uphold set show`, `add`, `edit`, `tag`, `retire`, `restore`, `draft`, `activate` and `undo`: the examples of a set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold.formatting import count_noun
from uphold_tui.commands.options import AsJson, FieldColumns, Reviewer, SetName, reviewer_name

if TYPE_CHECKING:
    from uphold.records.sets import (
        Example,
        ExampleDetails,
        ExampleEdit,
        ExampleRow,
        NewExample,
        SetOverview,
        StaleCounts,
    )
    from uphold.workflows.curating import SetEditor
    from uphold.workflows.lookup import Store
    from uphold.workflows.set_files import AddedExamples

Keys = Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys of examples.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Key of the example.")]
Instructions = Annotated[
    list[str] | None,
    typer.Option("--instruction", metavar="TEXT", help="What is asked; once a turn, for several turns."),
]
References = Annotated[
    list[str] | None,
    typer.Option("--reference", metavar="TEXT", help="The reference answer; once a turn, empty for none."),
]
InContext = Annotated[
    str | None, typer.Option("--context", metavar="TEXT", help="Policy, system prompt or earlier talk; empty for none.")
]

_LISTED = 8


def _editor(context: typer.Context, store: "Store", set_: str, reviewer: str | None) -> "SetEditor":
    from uphold.workflows.curating import SetEditor

    return SetEditor(store, set_, reviewer_name(context.obj.settings, reviewer))


# show


def show(
    context: typer.Context,
    set_: SetName,
    key: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="Key of an example; without it the set is shown.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Show an example with its answers and history, or what is set for the set.

    \b
    uphold set show desk
    uphold set show desk desk-0112
    """
    from uphold.workflows.curating import example_details, overview
    from uphold_tui.console import print_json

    with context.obj.open(reading=True) as store:
        if key is None:
            found = overview(store, set_)
        else:
            details = example_details(store, set_, key)
    if key is None:
        print_json(_overview_json(found)) if json else _print_overview(found)
    elif json:
        print_json(_details_json(details))
    else:
        _print_details(details)


def _overview_json(found: "SetOverview") -> dict[str, Any]:
    from uphold.reports.training_text import training_json

    names = (
        "purpose",
        "guidelines",
        "judge",
        "baseline",
        "floor",
        "active",
        "draft",
        "retired",
        "version",
        "changed",
        "hash",
    )
    values = {name: getattr(found, name) for name in names}
    training = training_json(found.training) if found.training else None
    more = {"tags": dict(found.tags), "wanted": dict(found.wanted), "training_data": training}
    return {"set": found.name, **values, "seed": found.seed, **more}


def _print_overview(found: "SetOverview") -> None:
    from uphold.reports.training_text import training_sentence
    from uphold_tui.console import print_block, print_line, print_table, print_text

    print_line(f"{found.name}   {found.purpose or 'no purpose given'}")
    version = "no version yet" if found.version is None else f"version {found.version}"
    changed = ", changed since" if found.changed and found.version is not None else ""
    print_text(
        f"{found.active} active, {found.draft} draft, {found.retired} retired; {version}{changed}; {found.hash[:7]}"
    )
    if found.training:
        print_text(training_sentence(found.training))
    rows = [("judge", found.judge), ("baseline", found.baseline), ("floor", found.floor)]
    print_table([(f"  {name}", str(value)) for name, value in rows if value is not None])
    if found.tags:
        tags = [(f"  {tag}", str(number)) for tag, number in found.tags.items()]
        print_table([("  tag", "active"), *tags], right=[1])
    if found.guidelines:
        print_block("guidelines", found.guidelines)


def row_json(row: "ExampleRow") -> dict[str, Any]:
    """Return an example as `set list --json` has it; `turns` is their number, `instruction` the first."""
    text, single = row.text, len(row.text.turns) == 1
    given = any(reference is not None for reference in text.references)
    names = (
        "wins",
        "ties",
        "losses",
        "runs",
        "parted",
        "flips",
        "split",
        "broken",
        "unread",
        "stale",
        "forgotten",
        "reason",
    )
    return {
        "key": row.key,
        "status": row.status.value,
        "tags": list(row.tags),
        "turns": len(text.turns),
        "instruction": text.turns[0],
        "reference": (text.references[0] if single else list(text.references)) if given else None,
        "health": [one.value for one in row.health],
        "context": text.context,
        "texts": list(text.turns),
        **{name: getattr(row, name) for name in names},
        "duplicates": list(row.duplicates),
    }


def _details_json(details: "ExampleDetails") -> dict[str, Any]:
    return {
        **row_json(details.row),
        "answers": [{"system": one.system, "response": list(one.cells)} for one in details.answers],
        "history": [{"at": one.at, "reviewer": one.reviewer, "what": one.what} for one in details.history],
        "rests_on_it": stale_json(details.rests_on_it),
    }


def stale_json(counts: "StaleCounts") -> dict[str, int]:
    """Return what a change makes stale as JSON."""
    return {name: getattr(counts, name) for name in ("runs", "pairs", "verdicts", "decisions", "older_reference")}


def _print_details(details: "ExampleDetails") -> None:
    from uphold.records.texts import cell_text
    from uphold_tui.console import print_block, print_line, print_table, print_text

    row = details.row
    notes = [row.status.value, ", ".join(row.tags), *row.health]
    print_line(f"{row.key}   {'   '.join(note for note in notes if note)}")
    if row.reason and row.status.value == "retired":
        print_line(f"retired: {row.reason}")
    if row.text.context:
        print_block("context", row.text.context)
    for turn, asked in enumerate(row.text.turns, 1):
        print_block(_numbered("instruction", turn, row), asked)
        reference = row.text.reference(turn)
        if reference is not None:
            print_block(_numbered("reference", turn, row), reference)
    for answer in details.answers:
        print_block(f"answer of {answer.system}", "\n\n".join(map(cell_text, answer.cells)))
    print_text()
    if row.runs:
        print_text(f"won {row.wins}, tied {row.ties}, lost {row.losses} in {count_noun(row.runs, 'run')}")
    rests = details.rests_on_it
    if rests:
        verdicts, decisions = count_noun(rests.verdicts, "verdict"), count_noun(rests.decisions, "decision")
        print_text(f"{count_noun(rests.pairs, 'pair')}, {verdicts} and {decisions} rest on its text")
    lines = [(f"  {one.at[:16].replace('T', ' ')}", one.reviewer or "(import)", one.what) for one in details.history]
    print_table(lines)


def _numbered(what: str, turn: int, row: "ExampleRow") -> str:
    return f"{what}, turn {turn}" if len(row.text.turns) > 1 else what


# add


def add(
    context: typer.Context,
    set_: SetName,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="Its key; made of the text's hash by default.")
    ] = None,
    instruction: Instructions = None,
    in_context: InContext = None,
    reference: References = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag; may be repeated.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Add as a draft, which is not counted yet.")] = False,
    from_: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="Add the examples of a file in any format; may be repeated."),
    ] = None,
    as_: Annotated[
        str | None, typer.Option("--as", metavar="FORMAT", help="Format of the file; detected by default.")
    ] = None,
    mapping: FieldColumns = None,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Add an example, or those of a file: --instruction or --from.

    Of a file only examples are taken: answers, verdicts and decisions come with `uphold import`.

    \b
    uphold set add desk --instruction 'Answer the customer.' --tag tone
    uphold set add desk --from examples.csv --map instruction=prompt
    """
    from uphold.records.sets import ExampleStatus
    from uphold.workflows.set_files import AddedExamples, add_from_files
    from uphold_tui.commands.import_ import read_mapping
    from uphold_tui.console import print_json

    status = ExampleStatus.DRAFT if draft else ExampleStatus.ACTIVE
    if from_ and (instruction or key is not None or reference or in_context is not None):
        raise BadUsage("give --from FILE, or --instruction with --key, --context and --reference, not both")
    if not from_ and not instruction:
        raise BadUsage("what to add? uphold set add NAME --instruction TEXT, or --from FILE")
    if not from_ and (as_ or mapping):
        raise BadUsage("--as and --map go with --from")
    _check_tags(tag or [])
    with context.obj.open() as store:
        if from_:
            found = add_from_files(
                store,
                set_,
                from_,
                reviewer_name(context.obj.settings, reviewer),
                status=status,
                tags=tag or [],
                file_format=as_,
                mapping=read_mapping(mapping or []),
            )
        else:
            one = _new_example(key, instruction or [], in_context, reference, tag or [], status.value)
            found = AddedExamples(1, _editor(context, store, set_, reviewer).add([one]))
    if json:
        print_json(_added_json(set_, found))
    else:
        _print_added(set_, found)


def _check_tags(tags: list[str]) -> None:
    if any(not tag.strip() for tag in tags):
        raise BadUsage("a tag is empty; give it a name")


def _new_example(
    key: str | None,
    turns: list[str],
    in_context: str | None,
    references: list[str] | None,
    tags: list[str],
    status: str,
) -> "NewExample":
    from uphold.records.sets import ExampleStatus, NewExample, fitted_references
    from uphold.records.texts import ExampleText

    if key == "":
        raise BadUsage("--key is empty; give the example a key, or leave the option out")
    given = [reference or None for reference in references or []]
    if len(given) > len(turns):
        raise BadUsage(f"{len(given)} references for {count_noun(len(turns), 'turn')}; give one a turn, empty for none")
    text = ExampleText(tuple(turns), in_context or None, fitted_references(given, len(turns)))
    return NewExample(text, key, tuple(dict.fromkeys(tags)), ExampleStatus(status))


def _added_json(set_: str, found: "AddedExamples") -> dict[str, Any]:
    return {
        "set": set_,
        "rows": found.rows,
        "added": found.added,
        "tagged": found.tagged,
        "already_there": found.known,
        "answers_left_out": found.answers,
        "odd": found.warnings,
    }


def _print_added(set_: str, found: "AddedExamples") -> None:
    from uphold_tui.console import print_line, print_note, print_text

    if len(found.added) == 1:
        print_line(f"added to {set_}: {found.added[0]}")
    else:
        print_text(f"{count_noun(len(found.added), 'example')} added" if found.added else "no new example")
    if found.known:
        print_text(f"{count_noun(found.known, 'row was', 'rows were')} there already")
    if found.tagged:
        print_text(f"{count_noun(len(found.tagged), 'example')} got tags")
    for warning in found.warnings[:_LISTED]:
        print_line(f"odd, kept as it is: {warning}")
    if found.answers:
        print_note(
            f"{count_noun(found.answers, 'answer')} in the file left out: `uphold import FILE --set SET` takes answers too"
        )


# edit


def edit(
    context: typer.Context,
    set_: SetName,
    key: Key,
    instruction: Instructions = None,
    in_context: InContext = None,
    reference: References = None,
    turn: Annotated[
        int | None, typer.Option("--turn", metavar="N", help="The turn whose instruction or reference is given.")
    ] = None,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Change the text, context or reference of an example; without options in your editor ($EDITOR).

    It says what turns stale by it. Nothing is lost: what was judged and decided comes back with the old text, also by
    `set undo`.

    \b
    uphold set edit desk desk-0112
    uphold set edit desk desk-0112 --reference 'Returns take 14 days.'
    """
    from uphold.workflows.curating import find_one
    from uphold_tui.console import print_json

    if not (instruction or reference) and in_context is None:
        return _edit_whole(context, set_, key, reviewer)
    with context.obj.open() as store:
        editor = _editor(context, store, set_, reviewer)
        example = find_one(store, set_, key)
        change = _edit_of(example, instruction or [], in_context, reference or [], turn)
        stale = editor.edit(key, change)
    if json:
        print_json({"set": set_, "key": key, "changed": stale is not None, "stale": _stale_or_none(stale)})
    else:
        _print_edit(key, stale)
    return None


def _stale_or_none(stale: "StaleCounts | None") -> dict[str, int]:
    from uphold.records.sets import StaleCounts

    return stale_json(stale if stale is not None else StaleCounts())


def _print_edit(key: str, stale: "StaleCounts | None") -> None:
    from uphold.records.sets import stale_sentence
    from uphold_tui.console import print_line, print_text

    if stale is None:
        print_line(f"{key} is as it was")
        return
    print_line(f"{key} is changed")
    if stale:
        print_text(f"{stale_sentence(stale)}; `uphold set undo` takes it back")


def _edit_of(
    example: "Example", turns: list[str], in_context: str | None, references: list[str], turn: int | None
) -> "ExampleEdit":
    from uphold.records.sets import ExampleEdit

    there = len(example.text.turns)
    if turn is not None and not 1 <= turn <= there:
        raise BadUsage(f"--turn {turn}: {example.key!r} has {count_noun(there, 'turn')}")
    if turn is not None:
        if len(turns) > 1 or len(references) > 1:
            raise BadUsage("with --turn, give --instruction and --reference at most once")
        return ExampleEdit(
            _with_one(example.text.turns, turn, turns[0]) if turns else None,
            in_context,
            _with_one(example.text.references, turn, references[0]) if references else None,
        )
    if there > 1 and (len(turns) == 1 or len(references) == 1):
        raise BadUsage(f"{example.key!r} has {there} turns; say which with --turn N, or give the option once a turn")
    after = len(turns) or there
    if len(references) > after:
        raise BadUsage(f"{len(references)} references for {count_noun(after, 'turn')}; give one a turn, empty for none")
    return ExampleEdit(tuple(turns) or None, in_context, tuple(references) or None)


def _with_one(values: tuple[Any, ...], turn: int, value: str) -> tuple[Any, ...]:
    return (*values[: turn - 1], value, *values[turn:])


def _edit_whole(context: typer.Context, set_: str, key: str, reviewer: str | None) -> None:
    """Edit an example in the user's editor; before it is saved it says what turns stale, and asks."""
    from uphold.formats.example_document import example_document
    from uphold.records.sets import ExampleEdit, stale_sentence
    from uphold.workflows.curating import find_one
    from uphold_tui.console import in_terminal, print_note
    from uphold_tui.editor import edit_text, keep_text

    if not in_terminal():
        raise BadUsage("what to change? --instruction, --context or --reference; an editor needs a terminal")
    with context.obj.open(reading=True) as store:
        document = example_document(find_one(store, set_, key), set_)
    written = edit_text(document.text, kept_for="what you wrote")
    try:
        parts = document.parse(written)
    except BadUsage as error:
        raise BadUsage(f"{error}; nothing is changed, what you wrote is in {keep_text(written)}") from None
    change = ExampleEdit(parts.turns, parts.context or "", parts.references)
    with context.obj.open() as store:
        editor = _editor(context, store, set_, reviewer)
        stale = editor.preview_edit(key, change)
        if stale:
            print_note(stale_sentence(stale))
            if not typer.confirm("save the change?", default=True, err=True):
                print_note(f"nothing is changed; what you wrote is in {keep_text(written)}")
                return
        changed = editor.edit_all(key, change, parts.tags)
    _print_edit(key, changed)


# tags and statuses


def tag(
    context: typer.Context,
    set_: SetName,
    keys: Keys,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="TAG", help="Set this tag; may be repeated.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="TAG", help="Take this tag; may be repeated.")
    ] = None,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Set and take tags of examples.

    \b
    uphold set tag desk desk-0112 desk-0113 --add refund --remove misc
    """
    if not add and not remove:
        raise BadUsage("which tags? uphold set tag NAME KEY... --add TAG, or --remove TAG")
    with context.obj.open() as store:
        changed = _editor(context, store, set_, reviewer).tag(keys, add or [], remove or [])
    _print_changed(set_, changed, "got other tags", json)


def retire(
    context: typer.Context,
    set_: SetName,
    keys: Keys,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Retire examples: they leave every number, and nothing is deleted.

    \b
    uphold set retire desk desk-0112 --reason 'asks for two things'
    """
    from uphold.records.sets import leaving_sentence
    from uphold_tui.console import print_note

    with context.obj.open() as store:
        editor = _editor(context, store, set_, reviewer)
        leaving = editor.preview_retire(keys)
        changed = editor.retire(keys, reason or None)
    _print_changed(set_, changed, "retired", json)
    if changed and leaving.pairs and not json:
        print_note(leaving_sentence(leaving))


def restore(context: typer.Context, set_: SetName, keys: Keys, reviewer: Reviewer = None, json: AsJson = False) -> None:
    """Take retired examples into the set again, with what was judged and decided on them.

    \b
    uphold set restore desk desk-0112
    """
    with context.obj.open() as store:
        changed = _editor(context, store, set_, reviewer).restore(keys)
    _print_changed(set_, changed, "restored", json)


def draft(context: typer.Context, set_: SetName, keys: Keys, reviewer: Reviewer = None, json: AsJson = False) -> None:
    """Make examples drafts, which are not counted.

    \b
    uphold set draft desk desk-0112
    """
    with context.obj.open() as store:
        changed = _editor(context, store, set_, reviewer).make_draft(keys)
    _print_changed(set_, changed, "made drafts", json)


def activate(
    context: typer.Context, set_: SetName, keys: Keys, reviewer: Reviewer = None, json: AsJson = False
) -> None:
    """Make drafts or retired examples active.

    \b
    uphold set activate desk desk-0112
    """
    with context.obj.open() as store:
        changed = _editor(context, store, set_, reviewer).activate(keys)
    _print_changed(set_, changed, "made active", json)


def _print_changed(set_: str, keys: list[str], what: str, json: bool) -> None:
    from uphold_tui.console import print_json, print_line

    if json:
        print_json({"set": set_, "changed": keys})
    elif not keys:
        print_line("nothing to change: all of them are so already")
    else:
        named = ", ".join(keys[:_LISTED]) + (", …" if len(keys) > _LISTED else "")
        print_line(f"{count_noun(len(keys), 'example')} {what}: {named}")


# undo


def undo(context: typer.Context, set_: SetName, reviewer: Reviewer = None, json: AsJson = False) -> None:
    """Take back your last act on the set, whatever it was and whenever; the next time the one before.

    \b
    uphold set undo desk
    """
    from uphold_tui.console import print_json, print_line

    with context.obj.open() as store:
        found = _editor(context, store, set_, reviewer).undo()
    act = found.act
    if json:
        what = {
            "kind": act.kind.value,
            "what": act.what,
            "keys": list(act.keys),
            "at": act.at,
            "reviewer": act.reviewer,
        }
        print_json({"set": set_, "undone": what, "left": list(found.left)})
        return
    print_line(f"taken back: {act.what}, of {act.at[:16].replace('T', ' ')}")
    for sentence in found.left:
        print_line(f"  {sentence}")
