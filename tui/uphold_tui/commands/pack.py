"""`uphold pack` and `uphold merge`: a second reviewer by file, without a server."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.formatting import count, count_noun, noun
from uphold_tui.commands.options import AsJson, Force, RunName

if TYPE_CHECKING:
    from uphold.records.merges import MergeConflict, MergeSummary
    from uphold.workflows.packing import Packed

_MOST_LISTED = 12


def pack(
    context: typer.Context,
    run: RunName = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Database to write, such as for-ann.db.", show_default=False
        ),
    ] = ...,  # type: ignore[assignment]  # Typer's mark of an option that has to be given
    blind: Annotated[
        bool, typer.Option("--blind", help="Leave out what judges and other people said; the review there is blind.")
    ] = False,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="NAME", help="Name of the reviewer there, unless they give another.")
    ] = None,
    share: Annotated[
        str | None,
        typer.Option("--share", metavar="K/N", help="Part K of N of the run, such as 1/3; no pair is in two."),
    ] = None,
    overlap: Annotated[
        int | None,
        typer.Option(
            "--overlap", metavar="M", min=0, help="Number of pairs that every part has, to compare reviewers."
        ),
    ] = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Write a run into a file of its own for another reviewer.

    The file is a database: `uphold --db FILE review` opens it, and `uphold merge FILE` brings its decisions back. It holds the
    pairs of the run with their texts and answers, guidelines and reasons; without --blind verdicts and decisions too.

    Parts are drawn from the run's random order, so that what is read of each is a sample of the run.

    \b
    uphold pack lora-r16-vs-base-7b -o for-ann.db --for ann --blind
    uphold pack 1 -o for-bob.db --for bob --share 2/3 --overlap 20
    """
    from uphold.workflows.lookup import find_run
    from uphold.workflows.packing import PackRequest, pack_run, parse_share
    from uphold.workflows.project import run_meant
    from uphold_tui.console import print_json, print_line, progress

    wanted = PackRequest(output, blind, for_, parse_share(share, overlap), force)
    with context.obj.open() as store, progress("packing") as show:
        packed = pack_run(store, find_run(store, run_meant(store, run, context.obj.project.set)), wanted, show)
    if json:
        print_json(_packed_json(packed))
    else:
        print_line(str(packed.path))
        _print_packed(packed)


def _packed_json(packed: "Packed") -> dict[str, Any]:
    share = packed.pack.share
    return {
        "path": str(packed.path),
        "run": packed.run.name,
        "mode": packed.pack.mode,
        "reviewer": packed.pack.reviewer,
        "pairs": packed.pairs,
        "of": packed.of,
        "part": share.part,
        "parts": share.parts,
        "overlap": share.overlap,
        "token": packed.pack.token,
    }


def _print_packed(packed: "Packed") -> None:
    from uphold_tui.console import print_note

    share = packed.pack.share
    what = (
        count_noun(packed.pairs, "pair")
        if share.is_whole
        else f"{count(packed.pairs)} of {count_noun(packed.of, 'pair')}"
    )
    part = "" if share.is_whole else f", part {share.part} of {share.parts}"
    part += f" with {count_noun(share.overlap, 'pair')} that every part has" if share.overlap else ""
    said = ", without verdicts and decisions" if packed.pack.is_blind else ", with verdicts and decisions"
    who = f" for {packed.pack.reviewer}" if packed.pack.reviewer else ""
    print_note(f"{what} of {packed.run.name}{part}{said}{who}")
    file = shlex.quote(str(packed.path))
    print_note(f"there: uphold --db {file} review")
    print_note(f"back here: uphold merge {file}")


def merge(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A pack that came back, or another uphold database.")],
    take_theirs: Annotated[
        bool,
        typer.Option(
            "--take-theirs", help="Where a reviewer decided differently in both files, let the word of FILE stand."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in, and write nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Bring the reviews of another file in: all of them or none, and a second time nothing.

    Decisions come in on pairs that are here with the same texts and answers. Where a reviewer decided a pair differently
    in both files, each time without the other, what stands here stands, and the pair is listed as a conflict.

    \b
    uphold merge for-ann.db --dry-run
    uphold merge for-ann.db
    """
    from uphold.workflows.merging import merge_file
    from uphold_tui.console import print_json, progress

    with context.obj.open() as store, progress("merging") as show:
        summary = merge_file(store, file, take_theirs=take_theirs, dry_run=dry_run, tell=show)
    if json:
        print_json(_summary_json(summary))
    else:
        _print_summary(summary, take_theirs=take_theirs, future=dry_run)
        _print_next(summary, file, f" --db {shlex.quote(str(context.obj.db))}" if context.obj.db else "")


def _summary_json(summary: "MergeSummary") -> dict[str, Any]:
    names = ("file", "added", "known", "taken_back", "notes", "not_here", "stale", "chosen")
    return {
        **{name: getattr(summary, name) for name in names},
        "conflicts": [_conflict_json(one) for one in summary.conflicts],
        "reviewers": [
            {"reviewer": one.name, "added": one.added, "known": one.known, "new": one.is_new}
            for one in summary.reviewers
        ],
        "other_seeds": list(summary.other_seeds),
        "other_runs": list(summary.other_runs),
        "disputes": summary.disputes,
    }


def _conflict_json(one: "MergeConflict") -> dict[str, Any]:
    return {
        "run": one.run,
        "key": one.key,
        "turn": one.turn,
        "reviewer": one.reviewer,
        "here": one.here,
        "there": one.there,
        "decided_at": one.decided_at,
        "what": one.what,
    }


def _print_summary(summary: "MergeSummary", *, take_theirs: bool, future: bool) -> None:
    from uphold_tui.console import print_line, print_table, print_text

    would = "would be " if future else ""
    print_line(
        f"{count_noun(summary.added, 'decision')} {would}added from {summary.file}, {count(summary.known)} known"
    )
    print_table(
        [
            (
                f"  {one.name}",
                f"{count(one.added)} added",
                f"{count(one.known)} known",
                "new here" if one.is_new else "",
            )
            for one in summary.reviewers
        ],
        right=(1, 2),
    )
    for number, text in (
        (summary.taken_back, "taken back there, or put back"),
        (summary.notes, "comments, reasons, flags and other marks came with them"),
        (summary.not_here, "on pairs that are not here, or not with these texts and answers: left out"),
        (summary.stale, "on texts that have changed here since: they do not count now"),
        (summary.chosen, "count as chosen, not drawn"),
    ):
        if number:
            print_text(f"{count(number)} {text}")
    for name in summary.other_seeds:
        print_line(f"the set {name!r} has another random order there: its decisions are chosen, not drawn")
    if summary.other_runs:
        names = ", ".join(map(repr, summary.other_runs[:_MOST_LISTED]))
        print_line(f"{count_noun(len(summary.other_runs), 'run')} of the file not here, left out: {names}")
    if not summary.conflicts:
        return
    stands = "the word of the file stands" if take_theirs else "what was decided here stands"
    print_text(f"{count_noun(len(summary.conflicts), 'conflict')}: {stands}")
    print_table(_conflict_rows(summary))
    if len(summary.conflicts) > _MOST_LISTED:
        print_text(f"  and {count(len(summary.conflicts) - _MOST_LISTED)} more; --json lists all")


def _conflict_rows(summary: "MergeSummary") -> list[tuple[str, ...]]:
    return [
        (
            f"  {one.key}",
            f"turn {one.turn}",
            one.reviewer,
            f"here {one.here or 'taken back'}",
            f"there {one.there or 'taken back'}",
            one.what if one.what != "decision" else "",
        )
        for one in summary.conflicts[:_MOST_LISTED]
    ]


def _print_next(summary: "MergeSummary", file: Path, option: str) -> None:
    """Say on standard error what can be done next."""
    from uphold_tui.console import print_note

    name = shlex.quote(str(file))
    if any(not one.is_altered for one in summary.conflicts):
        who = _word(summary.conflicts[0].reviewer)
        print_note(f"the file's word instead: uphold{option} merge {name} --take-theirs")
        print_note(f"two people of one name: uphold --db {name} reviewers rename {who} NEW, then merge again")
    for run, number in summary.disputes.items():
        differ = noun(number, "pair", "pairs")
        print_note(f"{count(number)} {differ} in dispute: uphold{option} review {_word(run)} --queue disputed")


def _word(name: str) -> str:
    """Return a name as a word of a command line; one that cannot be pasted is left for the reader to fill in."""
    return shlex.quote(name) if name.isprintable() else "NAME"
