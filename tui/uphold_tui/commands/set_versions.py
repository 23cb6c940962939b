"""`uphold set versions`, `diff` and `bring-back`: the numbered states of a set."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold.formatting import count_noun
from uphold_tui.commands.options import AsJson, Reviewer, SetName, reviewer_name

if TYPE_CHECKING:
    from uphold.records.set_history import EffectCounts, MemberChange, SetVersion, VersionDiff, VersionEffects
    from uphold.records.texts import ExampleText
    from uphold.workflows.judging_again import JudgingAgain

_NOW = "now"

_SHOWN_CHARACTERS = 72


def versions(context: typer.Context, set_: SetName, json: AsJson = False) -> None:
    """List the versions of a set, with what changed since the one before, and the runs that were judged on each.

    A version is cut when the set is judged, exported, imported or brought back, and when the set screen is left with changes.

    \b
    uphold set versions desk
    """
    from uphold.workflows.set_versions import list_versions
    from uphold_tui.console import print_json

    with context.obj.open(reading=True) as store:
        found = list_versions(store, set_)
    if json:
        print_json([_version_json(version) for version in found])
    else:
        _print_versions(found)


def _version_json(version: "SetVersion") -> dict[str, Any]:
    names = ("number", "hash", "at", "added", "retired", "edited", "active", "reviewer")
    values = {name: getattr(version, name) for name in names}
    return {**values, "why": version.why.value, "runs": list(version.runs)}


def _print_versions(found: "list[SetVersion]") -> None:
    from uphold_tui.console import print_table, print_text

    if not found:
        print_text("no version yet: one is cut when the set is judged or exported")
        return
    rows = [
        (
            str(version.number),
            version.hash[:7],
            version.at[:16].replace("T", " "),
            f"+{version.added} -{version.retired} ~{version.edited}",
            str(version.active),
            version.why.value,
            ", ".join(version.runs),
        )
        for version in reversed(found)
    ]
    print_table([("version", "hash", "when (UTC)", "change", "active", "why", "runs"), *rows], right=[0, 4])


def diff(
    context: typer.Context,
    set_: SetName,
    before: Annotated[str, typer.Argument(metavar="A", help="Number of a version, or now.")],
    after: Annotated[str, typer.Argument(metavar="[B]", help="Number of a version, or now.")] = _NOW,
    json: AsJson = False,
) -> None:
    """Show what differs between two versions of a set, and what the change did to the pairs of its runs.

    \b
    uphold set diff desk 1
    uphold set diff desk 1 2
    """
    import asyncio

    from uphold.workflows.judging_again import judging_again
    from uphold.workflows.set_versions import difference, effects
    from uphold_tui.console import print_json

    numbers = _number(before), _number(after)
    with context.obj.open(reading=True) as store:
        found = difference(store, set_, *numbers)
        did = effects(store, set_, *numbers)
        again = asyncio.run(judging_again(store, set_, context.obj.settings)) if numbers[1] is None else []
    if json:
        names = ("run", "judge", "pairs", "calls", "cost", "unanswered", "reason")
        lacking = [{name: getattr(one, name) for name in names} for one in again]
        print_json({"set": set_, **_diff_json(found), "effects": _effects_json(did), "judging_again": lacking})
        return
    _print_diff(found)
    _print_effects(did)
    for one in again:
        _print_judging(one)


def _number(text: str) -> int | None:
    if text == _NOW:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise BadUsage(f"{text!r} is no version: give its number, as `uphold set versions` lists it, or {_NOW}")
    return int(text)


def _diff_json(found: "VersionDiff") -> dict[str, Any]:
    changes = {
        name: [_change_json(change) for change in getattr(found, name)] for name in ("added", "retired", "edited")
    }
    return {"before": found.before, "after": found.after, **changes, "same": found.same}


def _change_json(change: "MemberChange") -> dict[str, Any]:
    return {
        "key": change.key,
        "tags": list(change.tags),
        "reason": change.reason,
        "before": _text_json(change.before),
        "after": _text_json(change.after),
    }


def _text_json(text: "ExampleText | None") -> dict[str, Any] | None:
    if text is None:
        return None
    return {"turns": list(text.turns), "context": text.context, "references": list(text.references)}


def _effects_json(did: "VersionEffects") -> dict[str, Any]:
    def counts(one: "EffectCounts") -> dict[str, int]:
        return {"pairs": one.pairs, "judgments": one.judgments, "decisions": one.decisions}

    return {
        "stale": counts(did.stale),
        "retired": counts(did.retired),
        "stand": counts(did.stand),
        "runs": list(did.runs),
    }


def _print_diff(found: "VersionDiff") -> None:
    from uphold_tui.console import print_table, print_text

    if not found:
        print_text(f"no difference: {count_noun(found.same, 'example')}, all the same")
        return
    for sign, title, changes in (
        ("+", "added", found.added),
        ("-", "retired", found.retired),
        ("~", "edited", found.edited),
    ):
        if not changes:
            continue
        print_text(f"{sign} {len(changes)} {title}")
        rows = [row for change in changes for row in _change_rows(change)]
        print_table([(f"    {key}", *cells) for key, *cells in rows])
    print_text(f"{count_noun(found.same, 'example')} the same")


def _change_rows(change: "MemberChange") -> list[tuple[str, ...]]:
    """Return the lines of a change: the instruction, or each part that differs, old and new."""
    old, new = change.before, change.after
    if old is None or new is None:
        text = new or old
        said = _short(text.turns[0]) if text is not None else ""
        return [(change.key, "", said), *([("", "reason", change.reason)] if change.reason else [])]
    rows = []
    for turn in range(max(len(old.turns), len(new.turns))):
        rows += _part(f"turn {turn + 1}", _at(old.turns, turn), _at(new.turns, turn))
        rows += _part(f"reference {turn + 1}", _at(old.references, turn), _at(new.references, turn))
    rows += _part("context", old.context, new.context)
    return [(change.key if place == 0 else "", *row) for place, row in enumerate(rows)]


def _at(values: "tuple[str | None, ...]", place: int) -> str | None:
    return values[place] if place < len(values) else None


def _part(name: str, old: str | None, new: str | None) -> list[tuple[str, str]]:
    if old == new:
        return []
    return [(name, f"- {_short(old or '(none)')}"), ("", f"+ {_short(new or '(none)')}")]


def _short(text: str) -> str:
    words = " ".join(text[: 4 * _SHOWN_CHARACTERS].split())
    return words if len(words) <= _SHOWN_CHARACTERS else words[: _SHOWN_CHARACTERS - 1] + "…"


def _print_effects(did: "VersionEffects") -> None:
    from uphold_tui.console import print_table, print_text

    rows = [
        (
            f"  {name}",
            count_noun(one.pairs, "pair"),
            count_noun(one.judgments, "judgment"),
            count_noun(one.decisions, "decision"),
        )
        for name, one in (("stale", did.stale), ("retired", did.retired), ("stand", did.stand))
        if one.pairs or one.judgments
    ]
    if rows:
        print_text("what it did to the pairs of the set's runs")
        print_table(rows, right=[1, 2, 3])


def _print_judging(one: "JudgingAgain") -> None:
    from uphold.formatting import dollars
    from uphold_tui.console import print_line

    parts = []
    if one.unanswered:
        parts.append(f"{count_noun(one.unanswered, 'example')} to be answered anew by its systems")
    if one.pairs:
        calls, cost = count_noun(one.calls, "call"), dollars(one.cost)
        parts.append(f"{one.judge} lacks {count_noun(one.pairs, 'pair')}: {calls}, about {cost}")
    if one.reason:
        parts.append(one.reason)
    print_line(f"{one.run}: {'; '.join(parts)}")


def bring_back(
    context: typer.Context,
    set_: SetName,
    number: Annotated[int, typer.Argument(metavar="N", help="Number of a version.")],
    reviewer: Reviewer = None,
    json: AsJson = False,
) -> None:
    """Bring an old version back, as a new one: its examples, texts and references; `set undo` takes it back.

    Tags, guidelines and what else is set stay as they are.

    \b
    uphold set bring-back desk 1
    """
    from uphold.workflows.set_versions import bring_back as bring
    from uphold_tui.console import print_json, print_text

    with context.obj.open() as store:
        found, version = bring(store, set_, number, reviewer_name(context.obj.settings, reviewer))
    if json:
        made = None if version is None else {"number": version.number, "hash": version.hash}
        print_json({"set": set_, **_diff_json(found), "version": made})
        return
    _print_diff(found)
    if version is not None and version.is_new:
        print_text(f"version {number} is back as version {version.number}")
    elif version is not None:
        print_text(f"the set is as in version {version.number}: no new one is cut")
