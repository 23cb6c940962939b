"""`uphold judges [RUN]`, which compares the judges of a run, and the commands about judges."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from uphold.formatting import count_noun, dollars
from uphold_tui.commands import certify, judge_trials, judge_versions
from uphold_tui.commands.lazy import DefaultGroup
from uphold_tui.commands.options import AsJson, Context, RunName

if TYPE_CHECKING:
    from uphold.workflows.sent_prompts import SentPrompt

app = typer.Typer(cls=DefaultGroup, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Compare the judges of a run; show what one is asked, try it, certify it."""


@app.command(DefaultGroup.default)
def judges(context: typer.Context, run: RunName = None, json: AsJson = False) -> None:
    """Compare the judges of a run on the same reviews; this is what `uphold judges [RUN]` does.

    \b
    uphold judges compare 1
    """
    from uphold.reports.comparison_report import judges_report
    from uphold.reports.json_output import judges_json
    from uphold.workflows.statistics import compare_judges
    from uphold.workflows.where_wrong import breakdowns
    from uphold_tui.console import print_json, print_report

    with context.obj.open(reading=True) as store:
        name, found = compare_judges(store, run)
        wrong = breakdowns(store, name) if json else {}
    if json:
        print_json(judges_json(found, name, wrong))
    else:
        print_report(judges_report(found, name))


@app.command()
def show(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A judge of the file or of uphold.toml, anthropic:MODEL, openai:MODEL, or a TOML file."
        ),
    ],
    run: RunName = None,
    set_: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="Eval set of the example, with --key; in place of RUN.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="The example; the first of the run by default.")
    ] = None,
    turn: Annotated[
        int | None, typer.Option("--turn", metavar="N", help="The turn of a conversation; the last by default.")
    ] = None,
    order: Annotated[
        str,
        typer.Option("--order", metavar="ORDER", help="candidate-first or baseline-first: which answer is A."),
    ] = "candidate-first",
    json: AsJson = False,
) -> None:
    """Print exactly what a judge is sent for an example, in one order. No request is made.

    uphold judges show anthropic:claude-haiku-5-5 lora-r16-vs-base-7b --key returns-03
    """
    from uphold.errors import BadUsage
    from uphold.records.enums import BOTH_ORDERS, AnswerOrder
    from uphold.workflows.sent_prompts import PromptQuery, sent_prompts
    from uphold_tui.console import print_json, print_text

    if order not in [known.value for known in BOTH_ORDERS]:
        raise BadUsage(f"--order takes {' or '.join(known.value for known in BOTH_ORDERS)}; it was given {order!r}")
    obj: Context = context.obj
    query = PromptQuery(name, run, set_, key, turn, AnswerOrder(order))
    with obj.open(reading=True) as store:
        found = sent_prompts(store, query, obj.settings)
    if json:
        values = [_sent_json(sent) for sent in found]
        print_json(values[0] if len(values) == 1 else values)
        return
    for number, sent in enumerate(found):
        if number:
            print_text()
        _print_sent(sent)


def _print_sent(sent: "SentPrompt") -> None:
    """Print what is sent as blocks; what is said about it stands above them."""
    from json import dumps

    from uphold_tui.console import print_line, print_text

    for line in _about(sent):
        print_line(line)
    blocks = {"system prompt": sent.request.system or "", "message": sent.request.user}
    if sent.request.schema is not None:
        blocks["JSON schema of the answer"] = dumps(sent.request.schema, indent=2, ensure_ascii=False)
    for title, text in blocks.items():
        print_text()
        print_line(f"-- {title}, {count_noun(len(text), 'character')}")
        print_text(text.removesuffix("\n"))


def _about(sent: "SentPrompt") -> list[str]:
    """Return the lines that say who is sent this, about what, and with which settings."""
    from uphold.workflows.judge_offers import asked_words

    judge, texts = sent.judge, sent.texts
    sides = [f"A is {texts.candidate}", f"B is {texts.baseline}"]
    if sent.order.value == "baseline-first":
        sides = [f"A is {texts.baseline}", f"B is {texts.candidate}"]
    turns = len(texts.text.turns)
    turn = f", turn {texts.turn} of {turns}" if turns > 1 else ""
    settings = ", ".join(f"{name} {value}" for name, value in sent.settings.items())
    lines = [
        f"{judge.record.name}@{judge.record.version[:8]}: {asked_words(judge)}",
        f"{texts.key}{turn} of {sent.run.name}, {sent.order.value}: {', '.join(sides)}",
        f"sent with {settings}",
    ]
    if judge.price is not None:
        lines.append(f"costs at most {dollars(judge.price.most(sent.request))}")
    if not sent.keeps_fence:
        lines.append("the fence was drawn for this print; a judge that has been asked keeps its own")
    lines += [f"its server: {sentence}" for sentence in sent.adapted]
    if sent.needs_none is not None:
        lines.append(f"this pair is not sent: {sent.needs_none}")
    return lines


def _sent_json(sent: "SentPrompt") -> dict[str, Any]:
    judge, texts = sent.judge, sent.texts
    return {
        "judge": judge.record.name,
        "version": judge.record.version,
        "kind": judge.provider,
        "model": judge.model,
        "style": judge.asked.style if judge.asked.template is None else "template",
        "run": sent.run.name,
        "key": texts.key,
        "turn": texts.turn,
        "order": sent.order.value,
        "fence": sent.fence,
        "system": sent.request.system,
        "user": sent.request.user,
        "schema": sent.request.schema,
        "settings": sent.settings,
        "adapted": list(sent.adapted),
        "not_sent": sent.needs_none,
    }


app.command("clauses")(judge_trials.clauses)
app.command("try")(judge_trials.try_)
app.command("versions")(judge_versions.versions)
app.command("certify")(certify.certify)
app.command("drift")(certify.drift)


@app.command()
def wrong(
    context: typer.Context,
    run: RunName = None,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="NAME", help="The judge; that of the headline by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Show where a judge is wrong: by tag, length, order, confidence, turn, and the reasons people gave.

    The half of the set that is kept for a test of the judge is left out until the test.

    \b
    uphold judges wrong 1 --judge claude-haiku-5-5
    """
    from uphold.reports.breakdown_report import breakdown_report
    from uphold.reports.json_output import breakdown_json
    from uphold.workflows.lookup import find_run
    from uphold.workflows.project import run_meant
    from uphold.workflows.where_wrong import breakdown_of
    from uphold_tui.console import print_json, print_report

    with context.obj.open(reading=True) as store:
        meant = find_run(store, run_meant(store, run, context.obj.project.set))
        found = breakdown_of(store, meant, judge)
    if json:
        print_json({"run": meant.name, **breakdown_json(found)})
    else:
        print_report(breakdown_report(found, meant.name))
