"""`uphold set`: eval sets, what is in them, and what their numbers rest on.

This module has the set itself; examples, versions and files have modules of their own.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold_tui.commands import set_check, set_examples, set_files, set_propose, set_versions
from uphold_tui.commands.options import AsJson, NewName, Reviewer, SetName, print_next, print_renamed, reviewer_name

if TYPE_CHECKING:
    from uphold.records.pinned_judge import PinnedJudge
    from uphold.records.runs import SetRow
    from uphold.records.sets import ExampleRow, SettingKind

app = typer.Typer(rich_markup_mode=None)

_NONE = Annotated[bool, typer.Option("--none", help="Take it away.")]

_LISTED_CHARACTERS = 60


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new eval set.")],
    purpose: Annotated[str | None, typer.Option("--purpose", metavar="TEXT", help="What the set is for.")] = None,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Make an empty eval set; `set add` fills it.

    \b
    uphold set new desk --purpose 'replies of the support desk'
    """
    from uphold.workflows.curating import make_set, overview
    from uphold_tui.console import print_json, print_line

    who = reviewer_name(context.obj.settings, reviewer)
    with context.obj.open_or_make() as store:
        make_set(store, name, who, purpose)
        made = overview(store, name)
    if json:
        print_json({"set": made.name, "purpose": made.purpose, "seed": made.seed})
    else:
        print_line(f"the set {made.name!r} is made")
        print_next(context.obj, "set", "add", made.name, "--from", "FILE")


def list_(
    context: typer.Context,
    set_: Annotated[
        str | None, typer.Argument(metavar="[SET]", help="Name of the eval set; without it the sets are listed.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="Only examples that are active, draft or retired.")
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only examples with this tag.")] = None,
    json: AsJson = False,
) -> None:
    """List the examples of a set, or the sets.

    \b
    uphold set list
    uphold set list desk --tag refund --status active
    """
    from uphold.workflows.curating import list_examples
    from uphold.workflows.lookup import list_sets
    from uphold_tui.console import print_json

    with context.obj.open(reading=True) as store:
        if set_ is None:
            sets = list_sets(store)
        else:
            rows = [row for row in list_examples(store, set_) if _is_wanted(row, status, tag)]
    if set_ is None:
        if json:
            print_json([_set_json(row) for row in sets])
        else:
            _print_sets(sets)
    elif json:
        print_json([set_examples.row_json(row) for row in rows])
    else:
        _print_examples(set_, rows)


def _is_wanted(row: "ExampleRow", status: str | None, tag: str | None) -> bool:
    from uphold.records.sets import ExampleStatus

    if status is not None and status not in list(ExampleStatus):
        raise BadUsage(f"--status {status!r}: it is one of {', '.join(ExampleStatus)}")
    return (status is None or row.status == status) and (tag is None or tag in row.tags)


def _set_json(row: "SetRow") -> dict[str, Any]:
    names = ("purpose", "active", "draft", "retired", "turns", "reviewed", "reviewers")
    return {"set": row.name, **{name: getattr(row, name) for name in names}}


def _print_sets(rows: "list[SetRow]") -> None:
    from uphold_tui.console import print_table, print_text

    if not rows:
        print_text("no sets yet; `uphold set new NAME` makes one, `uphold import FILE` brings one")
        return
    table = [(row.name, str(row.active), str(row.draft), str(row.retired), row.purpose or "") for row in rows]
    print_table([("set", "active", "draft", "retired", "purpose"), *table], right=[1, 2, 3])


_SIGNS = {"draft": "\u25cb", "active": "", "retired": "\u00d7"}


def _print_examples(name: str, rows: "list[ExampleRow]") -> None:
    from uphold_tui.console import print_table, print_text

    if not rows:
        print_text(f"no such example in {name!r}; `uphold set add` adds one")
        return
    table = [
        (
            _SIGNS[row.status],
            row.key,
            _shortened(row.text.turns[0]),
            ", ".join(row.tags),
            f"{row.wins}-{row.ties}-{row.losses}" if row.runs else "",
            ", ".join(row.health),
        )
        for row in rows
    ]
    print_table([("", "key", "instruction", "tags", "won-tied-lost", "health"), *table])


def _shortened(text: str) -> str:
    words = " ".join(text[: 4 * _LISTED_CHARACTERS].split())
    return words if len(words) <= _LISTED_CHARACTERS else words[: _LISTED_CHARACTERS - 1] + "\u2026"


def guidelines(
    context: typer.Context,
    set_: SetName,
    text: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="The new guidelines.")] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Read them from a text file.")] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="Encoding of FILE if it is not UTF-8, such as utf-16."),
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Write them in your editor ($EDITOR).")] = False,
    none: _NONE = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Print or change the guidelines of a set.

    Reviewers see them with I; a judge without a rubric of its own takes them as its rubric.

    \b
    uphold set guidelines desk --file guidelines.md
    """
    from uphold.records.sets import SettingKind
    from uphold.workflows.curating import overview
    from uphold_tui.console import print_note

    if sum((text is not None, file is not None, edit, none)) > 1:
        raise BadUsage("give one of --text, --file, --edit and --none")
    if encoding is not None and file is None:
        raise BadUsage("--encoding is that of the file of --file")
    value = text
    if file is not None:
        value = _read_text_file(file, encoding)
    elif edit:
        from uphold_tui.editor import edit_text

        _check_terminal("uphold set guidelines SET --text TEXT, or --file FILE")
        with context.obj.open(reading=True) as store:
            before = overview(store, set_).guidelines or ""
        value = edit_text(f"{before}\n", kept_for="what you wrote").removesuffix("\n")
    changed = _show_or_set(context, set_, SettingKind.GUIDELINES, value, none, reviewer, json)
    if changed:
        print_note("judges without a rubric of their own are new versions from now on: `uphold judge` asks them anew")


def _read_text_file(path: Path, encoding: str | None) -> str:
    from uphold.workflows.set_files import read_text_file

    return read_text_file(path, encoding)


def _check_terminal(instead: str) -> None:
    from uphold_tui.console import in_terminal

    if not in_terminal():
        raise BadUsage(f"an editor needs a terminal; without one: {instead}")


def purpose(
    context: typer.Context,
    set_: SetName,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What the set is for.")] = None,
    none: _NONE = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Print or change the purpose of a set.

    \b
    uphold set purpose desk 'replies of the support desk'
    """
    from uphold.records.sets import SettingKind

    _show_or_set(context, set_, SettingKind.PURPOSE, text, none, reviewer, json)


def baseline(
    context: typer.Context,
    set_: SetName,
    system: Annotated[str | None, typer.Argument(metavar="[SYSTEM]", help="The system to compare with.")] = None,
    none: _NONE = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Print or change the usual baseline of a set.

    \b
    uphold set baseline desk base-7b
    """
    from uphold.records.sets import SettingKind
    from uphold.workflows.curating import answering_systems
    from uphold_tui.console import print_note

    _show_or_set(context, set_, SettingKind.BASELINE, system, none, reviewer, json)
    if system is None:
        return
    with context.obj.open(reading=True) as store:
        known = [one.name for one in answering_systems(store, set_)]
    if system not in known:
        listed = ", ".join(map(repr, known)) or "none yet"
        print_note(f"{system!r} has answered nothing in {set_!r} so far; systems that have: {listed}")


def floor(
    context: typer.Context,
    set_: SetName,
    share: Annotated[
        float | None, typer.Argument(metavar="[SHARE]", help="Agreement with people, from 0 to 1, such as .75.")
    ] = None,
    none: _NONE = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Print or change the floor of a set: the agreement with people that a judge has to reach.

    \b
    uphold set floor desk 0.75
    """
    from uphold.records.sets import SettingKind

    if share is not None and not 0 <= share <= 1:
        hint = f": {share / 100:g} is {share:g} %" if 1 < share <= 100 else ""
        raise BadUsage(f"the floor is a share from 0 to 1, not {share:g}{hint}")
    value = None if share is None else repr(share)
    _show_or_set(context, set_, SettingKind.FLOOR, value, none, reviewer, json)


def _show_or_set(
    context: typer.Context,
    set_: str,
    kind: "SettingKind",
    value: str | None,
    none: bool,
    reviewer: str | None,
    json: bool,
) -> bool:
    """Print one of a set's settings, changed before where there is a new value; return whether it changed."""
    from uphold.workflows.curating import SetEditor, overview
    from uphold_tui.console import print_json, print_text

    if none and value is not None:
        raise BadUsage(f"give a new {kind.value}, or --none, not both")
    writes = none or value is not None
    changed = False
    with context.obj.open(reading=not writes) as store:
        if writes:
            editor = SetEditor(store, set_, reviewer_name(context.obj.settings, reviewer))
            changed = editor.set_value(kind, None if none else value or None)
        found = getattr(overview(store, set_), kind.value)
    if json:
        print_json({"set": set_, kind.value: found, "changed": changed})
    elif writes:
        print_text(f"{kind.value} {'changed' if changed else 'is as it was'}")
    else:
        print_text(str(found) if found is not None else f"{set_!r} has no {kind.value}")
    return changed


def rename(
    context: typer.Context,
    set_: SetName,
    name: NewName,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Give a set another name; runs that are called after it follow. `set undo` takes it back.

    \b
    uphold set rename desk support-desk
    """
    from uphold.workflows.curating import SetEditor

    with context.obj.open() as store:
        SetEditor(store, set_, reviewer_name(context.obj.settings, reviewer)).rename(name)
    print_renamed("set", set_, name, json=json)


def pin(
    context: typer.Context,
    set_: SetName,
    judge: Annotated[
        str | None,
        typer.Argument(metavar="[JUDGE]", help="Name of the judge; NAME@VERSION where several versions have the name."),
    ] = None,
    spec: Annotated[
        str | None,
        typer.Option(
            "--spec",
            metavar="SPEC",
            help="Pin what this stands for now, judged or not: rules:NAME, anthropic:MODEL, openai:MODEL, a TOML file, or a"
            " name in uphold.toml.",
        ),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take the pin away.")] = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Pin a judge to a set.

    The headlines of all its runs rest on it from then on, whatever other judges have read since.

    \b
    uphold set pin desk claude-sonnet-5-5
    uphold set pin desk --spec judge.toml
    """
    from uphold.workflows.pinning import pin_judge, pin_spec, unpin_judge
    from uphold_tui.console import print_json

    if (judge is not None) + (spec is not None) + none != 1:
        raise BadUsage(
            "name a judge, or a spec, or take the pin away with --none: uphold set pin SET JUDGE, uphold set pin SET --spec"
            " SPEC, uphold set pin SET --none"
        )
    who = reviewer_name(context.obj.settings, reviewer)
    with context.obj.open() as store:
        if spec is not None:
            found = pin_spec(store, set_, spec, who, context.obj.settings)
        elif judge is not None:
            found = pin_judge(store, set_, judge, who)
        else:
            found = unpin_judge(store, set_, who)
    if json:
        print_json(_pin_json(found))
    else:
        _print_pin(found)


def _pin_json(found: "PinnedJudge") -> dict[str, Any]:
    return {
        "set": found.set,
        "judge": found.judge.name if found.judge is not None else None,
        "judge_version": found.judge.version if found.judge is not None else None,
        "pairs": found.pairs,
        "missing": found.missing,
        "runs": [
            {
                "run": run.run,
                "number": run.number,
                "pairs": run.pairs,
                "missing": run.missing,
                "command": run.ask or None,
            }
            for run in found.runs
        ],
    }


def _print_pin(found: "PinnedJudge") -> None:
    from uphold.formatting import of_n
    from uphold.records.headline_judge import ask_words
    from uphold.records.pinned_judge import pin_sentence
    from uphold_tui.console import print_line, print_text

    print_line(pin_sentence(found))
    lacking = [run for run in found.runs if run.missing]
    if found.judge is None or not lacking:
        return
    print_text("until they are asked, the headline is that of people alone:")
    for run in lacking:
        print_line(f"  {run.run} lacks {of_n(run.missing, run.pairs)}: {ask_words(found.judge, run.ask)}")


_COMMANDS: dict[str, Callable[..., None]] = {
    "new": new,
    "list": list_,
    "show": set_examples.show,
    "add": set_examples.add,
    "edit": set_examples.edit,
    "tag": set_examples.tag,
    "retire": set_examples.retire,
    "restore": set_examples.restore,
    "draft": set_examples.draft,
    "activate": set_examples.activate,
    "undo": set_examples.undo,
    "check": set_check.check,
    "wanted": set_check.wanted,
    "propose": set_propose.propose,
    "take": set_propose.take,
    "leave": set_propose.leave,
    "versions": set_versions.versions,
    "diff": set_versions.diff,
    "bring-back": set_versions.bring_back,
    "export": set_files.export,
    "import": set_files.import_,
    "guidelines": guidelines,
    "purpose": purpose,
    "pin": pin,
    "baseline": baseline,
    "floor": floor,
    "rename": rename,
    "forget": set_files.forget,
}

for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
