"""`uphold set export`, `import` and `forget`: sets as files, and personal data that has to go."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold.formatting import count, count_noun, noun
from uphold_tui.commands.options import AsJson, Reviewer, SetName, reviewer_name

if TYPE_CHECKING:
    from uphold.records.set_files import SetFile, SetImport
    from uphold.records.sets import SharedText
    from uphold.store.set_versions import CutVersion

_LISTED = 8

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def export(
    context: typer.Context,
    set_: SetName,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="File to write; standard output by default.")
    ] = None,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Write a set to a file that `set import` takes elsewhere, and cut a version; a file that is there is replaced.

    The first line is about the set, each further one an example in the pairs format with its status.

    \b
    uphold set export desk -o desk.jsonl
    """
    from uphold.workflows.set_files import export_set, exported_lines
    from uphold_tui.console import print_json, print_note, write_lines

    if output is None and json:
        raise BadUsage("--json goes with -o FILE: without it the set itself is printed")
    with context.obj.open(reading=True) as store:
        if output is None:
            write_lines(exported_lines(store, set_))
            return
        done = export_set(store, set_, output, reviewer_name(context.obj.settings, reviewer))
    number = done.version.number if done.version is not None else None
    if done.forgotten:
        print_note(f"{count_noun(done.forgotten, 'forgotten example')} left out")
    if json:
        print_json({"set": set_, "file": str(output), "examples": done.examples, "hash": done.hash, "version": number})
        return
    version = "" if number is None else f", version {number}"
    print_note(f"{count_noun(done.examples, 'example')} written to {output}{version}, {done.hash[:7]}")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `set export` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Apply the difference; without it, it is only shown.")] = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Import a set that was exported elsewhere: show the difference, or with --yes apply it.

    The set is named in the file. Examples get its texts, references, tags and statuses; those that the file does not have stay.
    The seed travels too, so that a new set is read in the same order here.

    \b
    uphold set import desk.jsonl
    uphold set import desk.jsonl --yes
    """
    from uphold.formats.readers.eval_set import read_set_file
    from uphold.workflows.set_files import import_set, preview_import
    from uphold_tui.console import print_json, print_note

    found = read_set_file(file)
    version = None
    with context.obj.open_or_make() as store:
        if yes:
            planned, version = import_set(store, found, reviewer_name(context.obj.settings, reviewer))
        else:
            planned = preview_import(store, found)
    if json:
        print_json(_import_json(planned, found, version, applied=yes))
        return
    _print_import(planned, found)
    if yes and version is not None:
        new = "version" if version.is_new else "no new version: it is as in version"
        print_note(f"{new} {version.number}, {version.hash[:7]}")
    elif planned and not yes:
        print_note("nothing is written yet; --yes applies it")


def _import_json(
    planned: "SetImport", file: "SetFile", version: "CutVersion | None", *, applied: bool
) -> dict[str, Any]:
    return {
        "set": planned.set,
        "new": planned.is_new,
        "applied": applied,
        "added": [row.key for row in planned.added],
        "edited": [change.key for change in planned.edited],
        "tags": [{"key": one.key, "added": list(one.added), "removed": list(one.removed)} for one in planned.tags],
        "status": [{"key": one.key, "before": one.before, "after": one.after} for one in planned.statuses],
        "settings": [{"kind": one.kind, "before": one.before, "after": one.after} for one in planned.settings],
        "seed": planned.seed,
        "only_here": list(planned.only_here),
        "same": planned.same,
        "version": None if version is None else version.number,
        "hash": None if version is None else version.hash,
        "odd": [{"where": str(odd.source), "what": odd.message} for odd in file.warnings],
        "unused_fields": list(file.unused_fields),
    }


def _print_import(planned: "SetImport", file: "SetFile") -> None:
    from uphold_tui.console import print_line, print_text

    print_line(f"{planned.set}{': a new set' if planned.is_new else ''}")
    if not planned:
        print_text("no difference: all of it is here already")
    _print_keys("+", "added", [row.key for row in planned.added])
    _print_keys("~", "edited", [change.key for change in planned.edited])
    _print_keys("#", "with other tags", [f"{one.key} ({_signed(one.added, one.removed)})" for one in planned.tags])
    _print_keys("!", "with another status", [f"{one.key} ({one.before} to {one.after})" for one in planned.statuses])
    for change in planned.settings:
        print_line(
            f"{change.kind}: {'taken away' if change.after is None else 'changed' if change.before else 'given'}"
        )
    if planned.seed == "kept":
        print_text(
            "the seed stays that of this file, since runs were drawn with it: reading order and sides are not those there"
        )
    _print_keys("=", "only here, left as they are", list(planned.only_here))
    for odd in file.warnings:
        print_line(f"{odd.source}: {odd.message}")
    if file.unused_fields:
        print_line("fields not used: " + ", ".join(map(repr, file.unused_fields)))


def _signed(added: tuple[str, ...], removed: tuple[str, ...]) -> str:
    return ", ".join([f"+{tag}" for tag in added] + [f"-{tag}" for tag in removed])


def _print_keys(sign: str, what: str, keys: list[str]) -> None:
    from uphold_tui.console import print_line

    if keys:
        named = ", ".join(keys[:_LISTED]) + (", …" if len(keys) > _LISTED else "")
        print_line(f"{sign} {len(keys):,} {what}: {named}")


def forget(
    context: typer.Context,
    set_: SetName,
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys of examples.")],
    yes: Yes = False,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Blank the texts, answers, judges' replies and notes of examples for good; hashes and counts stay.

    This cannot be undone. Copies of the file, and files that were exported, are not touched; reports that were written of
    these examples are named.

    \b
    uphold set forget desk desk-0112
    """
    from uphold.workflows.forgetting import forget_examples, shared_texts
    from uphold_tui.console import print_json, print_note, print_text

    who = reviewer_name(context.obj.settings, reviewer)
    with context.obj.open() as store:
        shared = shared_texts(store, set_, keys)
        if not _is_confirmed(keys, shared, yes):
            print_note("nothing is forgotten")
            return
        done = forget_examples(store, set_, keys, who)
    names = ("texts", "references", "answers", "replies", "notes")
    counts = {name: getattr(done.counts, name) for name in names}
    if json:
        also = [{"set": one.set, "key": one.key} for one in shared]
        said = {"set": set_, "forgotten": keys, **counts, "also": also, "purged": done.purged}
        print_json({**said, "reports": list(done.reports)})
    else:
        listed = ", ".join(
            f"{number:,} {noun(number, name[:-1] if name != 'replies' else 'reply')}" for name, number in counts.items()
        )
        print_text(f"blanked: {listed}")
    if done.reports:
        listed = ", ".join(repr(path) for path in done.reports[:_LISTED])
        more = len(done.reports) - _LISTED
        print_note(
            f"reports written before may show the texts: {listed}{f' and {count(more)} more' if more > 0 else ''}; delete"
            " them, or write them again with uphold report"
        )
    if not done.purged:
        print_note(
            "another program has the file open: traces of the texts may be in it until it is written anew; close that"
            " program and run the same command again"
        )


def _is_confirmed(keys: list[str], shared: "list[SharedText]", yes: bool) -> bool:
    """Ask whether to go on, unless that is said already; raises BadUsage where nobody can be asked."""
    from uphold_tui.console import in_terminal, print_note

    for one in shared:
        print_note(f"the same text is in the set {one.set!r} as {one.key!r}: it is blanked there too")
    if not yes and not in_terminal():
        raise BadUsage(f"forgetting {count_noun(len(keys), 'example')} cannot be undone; --yes does it")
    return yes or typer.confirm(f"forget {count_noun(len(keys), 'example')} for good?", default=False, err=True)
