"""`uphold doctor`: what is wrong with a database, with settings, keys and environment."""

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from uphold_tui.commands.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uphold.records.diagnosis import Diagnosis, Finding
    from uphold.settings import CheckedSettings
    from uphold.workflows.diagnosis import TerminalFacts

WRONG = 1
"""Exit code where something is wrong."""


def doctor(
    context: typer.Context,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Make outcomes that differ from the facts again; facts are never touched."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Say what is wrong with the database, the settings, the keys and the environment.

    Pages, schema, every value, references between rows, and whether verdicts and human labels are what judgments and decisions
    amount to. Keys are said to be set or not, never shown. Nothing is written without --repair.

    Exits with 0 where nothing is wrong, else with 1, also where the file cannot be opened at all.

    \b
    uphold doctor
    uphold --db uphold-monday.db doctor --json
    """
    from uphold.settings import check_settings
    from uphold.workflows.diagnosis import diagnose
    from uphold_tui.console import print_json

    is_named = context.obj.db is not None or bool(os.environ.get("UPHOLD_DB"))
    checked = check_settings(context.obj.config)
    found = diagnose(context.obj.path, checked, _terminal(), is_named=is_named, repair=repair)
    found = replace(found, findings=(*found.findings, *_of_the_app(checked)))
    if json:
        print_json(_diagnosis_json(found))
    else:
        _print_diagnosis(found)
    if not found.is_sound:
        raise typer.Exit(WRONG)


def _of_the_app(checked: "CheckedSettings") -> "Iterator[Finding]":
    """Yield what is wrong with the user's own keys, which of them take one from another entry, and the state of the app."""
    from uphold.errors import BadUsage
    from uphold.records.diagnosis import Area, Finding
    from uphold_tui.keymap_check import check_keymap, lost_keys
    from uphold_tui.user_state import read_state, state_file

    where, keymap = str(checked.path), checked.settings.keys
    try:
        check_keymap(keymap)
    except BadUsage as error:
        what, _, advice = str(error).partition("; ")
        yield Finding(Area.SETTINGS, where, what, advice)
    else:
        for words in lost_keys(keymap):
            yield Finding(Area.SETTINGS, where, f"[keys]: {words}", is_wrong=False)
    path = state_file()
    if (problem := read_state(path)[1]) is not None:
        what, _, _ = problem.removeprefix(f"{path}: ").partition("; ")
        yield Finding(Area.SETTINGS, str(path), f"what the app remembers: {what}", "delete it", is_wrong=False)


def _terminal() -> "TerminalFacts":
    from uphold.workflows.diagnosis import TerminalFacts

    try:
        columns, lines = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        columns, lines = None, None
    colours = (
        "no colours (NO_COLOR)" if os.environ.get("NO_COLOR") else os.environ.get("COLORTERM") or "colours not told"
    )
    name = os.environ.get("TERM") or "TERM not set"
    return TerminalFacts(columns, lines, name, colours, sys.stdout.encoding or "none")


def _diagnosis_json(found: "Diagnosis") -> dict[str, object]:
    return {
        "sound": found.is_sound,
        "findings": [
            {
                "area": one.area.value,
                "wrong": one.is_wrong,
                "where": one.where,
                "what": one.what,
                "advice": one.advice or None,
            }
            for one in found.findings
        ],
        **{area.value: dict(facts) for area, facts in found.facts.items()},
    }


def _print_diagnosis(found: "Diagnosis") -> None:
    from uphold.formatting import count_noun
    from uphold_tui.console import print_line, print_table, print_text

    wrong = sum(one.is_wrong for one in found.findings)
    print_line("nothing is wrong" if not wrong else f"{count_noun(wrong, 'thing')} wrong")
    for one in found.findings:
        print_text()
        print_line(f"{'wrong' if one.is_wrong else 'note'}: {one.where}")
        print_line(f"  {one.what}")
        if one.advice:
            print_line(f"  {one.advice}")
    for area, facts in found.facts.items():
        print_text()
        print_line(area.value)
        print_table([(f"  {name}", value) for name, value in facts.items()])
