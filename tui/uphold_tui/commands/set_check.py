"""`uphold set check` and `uphold set wanted`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold_tui.commands.options import AsJson, Reviewer, SetName, reviewer_name

if TYPE_CHECKING:
    from uphold.records.set_checks import Finding, SetCheck

_LISTED = 12

_TITLES = {
    "empty": "without an instruction",
    "broken": "marked broken",
    "leaked": "leaked",
    "duplicate": "twice in the set",
    "near-duplicate": "nearly the same",
    "split": "on which reviewers differ",
    "flips": "whose verdict changes with the order",
    "no-reference": "without a reference",
    "long": "far longer than the others",
    "thin-tag": "thin tags",
    "always-lost": "always lost",
    "always-tie": "always a tie",
    "always-won": "always won",
}


def check(
    context: typer.Context,
    set_: SetName,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against", metavar="FILE", help="A training file (JSONL, JSON, CSV, text; gzip too); may be repeated."
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of these files; UTF-8 by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Look for what may be wrong with a set: duplicates, leakage, missing references, thin tags.

    With --against also for its examples in training files: verbatim, with a word or two changed, or with 13 words in a row.
    It suggests and changes nothing.

    \b
    uphold set check desk
    uphold set check desk --against train.jsonl
    """
    from uphold_tui.console import print_json

    found = _check(context, set_, against or [], encoding)
    if json:
        print_json(_check_json(found))
    else:
        _print_check(found)


def _check(context: typer.Context, name: str, against: list[Path], encoding: str | None) -> "SetCheck":
    from contextlib import closing

    from uphold.records.set_checks import SetCheck
    from uphold.workflows.set_checks import check_set
    from uphold_tui.console import progress

    with (
        context.obj.open(reading=True) as store,
        progress("checking") as bar,
        closing(check_set(store, name, against, encoding)) as updates,
    ):
        for update in updates:
            if isinstance(update, SetCheck):
                return update
            bar(update.done, update.total, update.what)
    raise AssertionError("a check ends with what it found")


def _check_json(found: "SetCheck") -> dict[str, Any]:
    return {
        "set": found.set,
        "findings": [_finding_json(finding) for finding in found.findings],
        "effective": found.effective,
        "active": found.active,
        "draft": found.draft,
        "lines": found.lines,
        "undecoded": found.undecoded,
        "templates": [
            {"keys": list(note.keys), "where": note.where, "count": note.count, "detail": note.detail}
            for note in found.templates
        ],
    }


def _finding_json(finding: "Finding") -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "keys": list(finding.keys),
        "where": finding.where,
        "detail": finding.detail,
        "tag": finding.tag,
        "likeness": finding.likeness,
    }


def _print_check(found: "SetCheck") -> None:
    from uphold.formatting import count, count_noun
    from uphold_tui.console import print_note, print_table, print_text

    drafts = f", {count_noun(found.draft, 'draft')}" if found.draft else ""
    print_text(f"{found.set!r}: {count_noun(found.active, 'active example')}{drafts}")
    if found.effective < found.active:
        print_text(
            f"they ask {count_noun(found.effective, 'different thing')}: that many count where intervals are drawn"
        )
    if found.lines:
        print_text(f"{count_noun(found.lines, 'row')} of training files read")
    if found.undecoded:
        print_note(
            f"{count_noun(found.undecoded, 'row')} of them with bytes that are no text: words with such bytes are not found;"
            " --encoding names what a file is in that is not UTF-8"
        )
    for kind, number in found.counts.items():
        print_text(f"{count(number)} {_TITLES[kind.value]}:")
        shown = [finding for finding in found.findings if finding.kind is kind]
        if len(shown) > 1 and len({(one.detail, one.where, len(one.keys) == 1) for one in shown}) == 1 == len(
            shown[0].keys
        ):
            # All say the same of one example each: their keys are enough.
            print_table([(f"  {shown[0].detail}", _keys(tuple(key for one in shown for key in one.keys), _LISTED))])
            continue
        print_table([_row(finding) for finding in shown[:_LISTED]])
        _print_more(len(shown) - _LISTED)
    if not found.findings:
        print_text("nothing found")
    if found.templates:
        print_text(f"{count(len(found.templates))} taken for a template, since so many texts are like it:")
        print_table([(f"  {_keys(note.keys)}", note.where or "", note.detail) for note in found.templates[:_LISTED]])
        _print_more(len(found.templates) - _LISTED)


def _row(finding: "Finding") -> tuple[str, ...]:
    where = () if finding.where is None else (finding.where,)
    return (f"  {_keys(finding.keys)}", *where, finding.detail)


def _keys(keys: tuple[str, ...], most: int = 3) -> str:
    from uphold.formatting import count

    listed = ", ".join(keys[:most])
    return listed + (f" and {count(len(keys) - most)} more" if len(keys) > most else "")


def _print_more(number: int) -> None:
    from uphold.formatting import count
    from uphold_tui.console import print_text

    if number > 0:
        print_text(f"  and {count(number)} more; --json lists all")


def wanted(
    context: typer.Context,
    set_: SetName,
    counts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TAG=N...]", help="How many examples of a tag are wanted; 0 for no longer."),
    ] = None,
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Say how many examples of each tag a set is to have, or show how many it has.

    `set check` names the tags that have fewer, and `set propose --by tag` fills them first.

    \b
    uphold set wanted desk refund=20 tone=10
    """
    from uphold.workflows.proposals import coverage, want
    from uphold_tui.console import print_json, print_table, print_text

    if counts:
        with context.obj.open() as store:
            found = want(store, set_, reviewer_name(context.obj.settings, reviewer), counts)
    else:
        with context.obj.open(reading=True) as store:
            found = coverage(store, set_)
    if json:
        print_json([{"tag": one.tag, "have": one.have, "taken": one.taken, "wanted": one.wanted} for one in found])
    elif not found:
        print_text("no example has a tag, and none is wanted; uphold set wanted SET TAG=N says how many are")
    else:
        rows = [(one.tag, str(one.have), "" if one.wanted is None else f"of {one.wanted}") for one in found]
        print_table([("tag", "have", "wanted"), *rows], right=[1])
