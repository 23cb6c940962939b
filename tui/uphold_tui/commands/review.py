"""`uphold review`, and what bare `uphold` opens."""

from typing import TYPE_CHECKING, Annotated

import typer

from uphold.errors import BadUsage
from uphold_tui.commands.context import Context

if TYPE_CHECKING:
    from uphold.records.runs import Run
    from uphold.workflows.lookup import Store
    from uphold.workflows.review_opening import ReviewOptions


def review(
    context: typer.Context,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's name or number.")] = None,
    reviewer: Annotated[
        str | None, typer.Option("--reviewer", metavar="NAME", help="Who reviews; else the system's user name.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="NAME", help="Whose verdicts are on the table.")
    ] = None,
    set_: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="With the next two: review two systems.")
    ] = None,
    candidate: Annotated[str | None, typer.Option("--candidate", metavar="SYSTEM")] = None,
    baseline: Annotated[str | None, typer.Option("--baseline", metavar="SYSTEM")] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Verdicts are shown after your own decision.")] = False,
    open_share: Annotated[
        float,
        typer.Option("--open-share", metavar="SHARE", min=0.0, max=1.0, help="Of a blind session's pairs, shown open."),
    ] = 0.15,
    planned: Annotated[
        int | None, typer.Option("--plan", metavar="N", min=1, help="How many pairs you mean to read.")
    ] = None,
    queue: Annotated[
        str,
        typer.Option(
            "--queue",
            metavar="KIND",
            help="random, uncertain, tag:NAME, all, disputed, flagged, changed or hand-picked.",
        ),
    ] = "random",
) -> None:
    """Read pairs side by side; uphold the judge's verdicts or overturn them."""
    from uphold.errors import BadUsage
    from uphold.workflows.lookup import find_run
    from uphold.workflows.review_opening import ReviewOptions

    _needs_terminal()
    manner = ReviewOptions(queue, blind, open_share, planned)
    if (set_ is None) != (candidate is None) or (set_ is None) != (baseline is None) or (set_ and run):
        raise BadUsage("name a run, or all of --set, --candidate and --baseline")
    with context.obj.open() as store:
        if set_ is not None and candidate is not None and baseline is not None:
            from uphold.workflows.review_opening import make_run

            wanted: Run | None = make_run(store, set_, candidate, baseline)
        else:
            usual = run is None and manner == ReviewOptions()
            wanted = None if usual else find_run(store, run)
        open_app(context.obj, store, wanted, reviewer, judge, manner=manner)


def start(context: Context) -> None:
    """What bare `uphold` opens: the start screen; a new file where there is none."""
    _needs_terminal()
    with context.open(create=True) as store:
        open_app(context, store, start=True)


def open_app(
    context: Context,
    store: "Store",
    run: "Run | None" = None,
    reviewer: str | None = None,
    judge: str | None = None,
    tour: bool = False,
    start: bool = False,
    manner: "ReviewOptions | None" = None,
) -> None:
    """Run the app on a run, on the only one, or on the start screen; what it says on leaving goes to the terminal."""
    from uphold_tui.app import run_app
    from uphold_tui.console import print_note

    settings, before = context.settings, store.written_here()
    said = run_app(
        store,
        run=run,
        start=start,
        reviewer=reviewer or settings.reviewer or _user(),
        judge=judge,
        theme=settings.theme,
        signs=settings.signs,
        keymap=dict(settings.keys),
        hold=settings.hold,
        tables=settings,
        tour=tour,
        manner=manner,
    )
    if said:
        print_note(said)
    if store.written_here() > before and not tour:
        print_note(f"kept in {store.path}; uphold{f' --db {store.path}' if context.db else ''} review goes on")


def _user() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError):
        return "reviewer"


def _needs_terminal() -> None:
    """Raises BadUsage without a terminal; with one the garbage collector rests until the app's first frame is there."""
    import gc

    from uphold.errors import BadUsage
    from uphold_tui.console import in_terminal

    if not in_terminal():
        raise BadUsage("a review wants a terminal; `uphold stats` prints the numbers without one")
    # Little of what is loaded now is garbage, and looking for it takes a tenth of the time to the first frame.
    gc.disable()


DEFAULT = "support-desk"


def demo(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="Which sample set.")] = DEFAULT,
    reviewer: Annotated[str | None, typer.Option("--reviewer", metavar="NAME", help="Whose decisions.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew; the earlier demo stays.")] = False,
) -> None:
    """Open a packaged sample set in the review app; without a terminal print its statistics."""
    from uphold.workflows.demo import demo_path, open_demo
    from uphold_tui.console import in_terminal, print_note

    if fresh and context.obj.db is not None:
        raise BadUsage("--fresh makes a file of its own; give it or --db, not both")
    path = context.obj.db or demo_path(set_, fresh=fresh)
    copied = Context(path, context.obj.config)
    with copied.open(create=True) as store:
        run = open_demo(store, set_)
        if in_terminal():
            open_app(copied, store, run, reviewer, tour=True)
    if not in_terminal():
        from uphold_tui.commands.stats import show_stats

        show_stats(copied, run.name)
    if context.obj.db is None:
        print_note(f"the demo is kept in {path}; uphold demo goes on with it, uphold demo --fresh begins anew")
