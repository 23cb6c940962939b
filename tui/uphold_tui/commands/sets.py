"""`uphold set`: what is set for an eval set."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.errors import BadUsage
from uphold_tui.commands.options import AsJson, reviewer_name

if TYPE_CHECKING:
    from uphold.records.pinned_judge import PinnedJudge

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Curate eval sets, and say what their numbers rest on."
)


@app.command()
def pin(
    context: typer.Context,
    set_: Annotated[str, typer.Argument(metavar="SET", help="Name of the eval set.")],
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
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Who pins it; the user name by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Pin a judge to a set.

    The headlines of all its runs rest on it from then on, whatever other judges have read since.
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
