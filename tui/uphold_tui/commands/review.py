"""`uphold review`, `uphold demo` and `uphold` without a command: those that open the app."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from uphold.errors import BadFile, BadUsage
from uphold_tui.commands.options import Context, ReviewerName, RunName, reviewer_name

if TYPE_CHECKING:
    from uphold.records.runs import Run
    from uphold.workflows.lookup import Store
    from uphold.workflows.review_resuming import WantedReview
    from uphold_tui.app import AppEnd, NewCheckpoint
    from uphold_tui.app_options import AppOptions

DEFAULT_SAMPLE = "support-desk"


def review(
    context: typer.Context,
    run: RunName = None,
    reviewer: ReviewerName = None,
    judge: Annotated[
        str | None,
        typer.Option(
            "--judge", metavar="NAME", help="Review the verdicts of this judge; an empty name is the run's own again."
        ),
    ] = None,
    set_: Annotated[
        str | None,
        typer.Option("--set", metavar="NAME", help="Eval set of a new run; needs --candidate and --baseline."),
    ] = None,
    candidate: Annotated[
        str | None, typer.Option("--candidate", metavar="SYSTEM", help="Candidate of the new run.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="SYSTEM", help="Baseline of the new run.")
    ] = None,
    blind: Annotated[
        bool | None, typer.Option("--blind/--no-blind", help="Hide verdicts until you have decided, or show them.")
    ] = None,
    open_share: Annotated[
        float | None,
        typer.Option(
            "--open-share",
            metavar="SHARE",
            min=0.0,
            max=1.0,
            help="Share of a blind session's pairs that show the verdict; 0.15 by default.",
        ),
    ] = None,
    planned: Annotated[
        int | None, typer.Option("--plan", metavar="N", min=1, help="Number of pairs that you plan to review.")
    ] = None,
    queue: Annotated[
        str | None,
        typer.Option(
            "--queue",
            metavar="KIND",
            help="Order of the pairs: random, uncertain, tag:NAME, all, disputed, flagged, changed or hand-picked.",
        ),
    ] = None,
) -> None:
    """Review pairs and uphold or overturn the verdicts.

    A run is taken up again as you read it last: blind or not, its queue, its plan, and the judge if you had named one. What an
    option says goes before that.

    \b
    uphold review
    uphold review 1 --queue uncertain --plan 60
    uphold review 1 --blind --reviewer mira
    """
    from uphold.workflows.lookup import find_run, packed_for
    from uphold.workflows.review_resuming import WantedReview

    prepare_app()
    options = WantedReview(queue, blind, open_share, planned, judge)
    if (set_ is None) != (candidate is None) or (set_ is None) != (baseline is None) or (set_ and run):
        raise BadUsage("name a run, or all of --set, --candidate and --baseline")
    with context.obj.open() as store:
        if set_ is not None and candidate is not None and baseline is not None:
            from uphold.workflows.review_opening import make_run

            wanted: Run | None = make_run(store, set_, candidate, baseline)
        else:
            by_default = run is None and options == WantedReview(judge=judge)
            if run is None and context.obj.project.set is not None:
                from uphold.workflows.project import run_meant, run_or_set

                of_set = context.obj.project.set
                run = run_or_set(store, of_set)[0] if by_default else run_meant(store, run, of_set)
                by_default = by_default and run is None
            wanted = None if by_default else find_run(store, run)
        open_app(
            context.obj,
            store,
            app_options(context.obj, reviewer or packed_for(store), judge=judge or None),
            run=wanted,
            review=options,
        )


def start(context: Context) -> None:
    """Open the start screen, with a new database if there is none."""
    from uphold.workflows.lookup import packed_for

    prepare_app()
    with context.open(create=True) as store:
        open_app(context, store, app_options(context, packed_for(store)), start=True)


def open_app(
    context: Context,
    store: "Store",
    options: "AppOptions",
    *,
    run: "Run | None" = None,
    review: "WantedReview | None" = None,
    start: bool = False,
    checkpoint: "NewCheckpoint | None" = None,
) -> "AppEnd":
    """Run the app on a run, on the only one, on the start screen or on a new checkpoint; print how it ended and return it.

    Exits with the app's code where it is not 0: 4 where something was not kept or the app broke off.
    """
    from uphold_tui.app import run_app
    from uphold_tui.console import print_note

    before, path = store.total_changes(), store.path
    end = run_app(store, options, context.settings, run=run, review=review, start=start, checkpoint=checkpoint)
    if end.message:
        print_note(end.message)
    for trouble in end.troubles:
        print_note(trouble)
    is_moved = store.path != path
    if store.lost() is None and store.total_changes() > before and (is_moved or not options.tour):
        kept = "everything else is kept" if end.code else "kept"
        option = f" --db {shlex.quote(str(store.path))}" if context.db or is_moved else ""
        print_note(f"{kept} in {store.path}; uphold{option} review goes on")
    if end.code:
        raise typer.Exit(end.code)
    return end


def app_options(
    context: Context, reviewer: str | None = None, *, tour: bool = False, judge: str | None = None
) -> "AppOptions":
    """Return the app's options from uphold.toml and the command line."""
    from uphold_tui import keys
    from uphold_tui.app_options import AppOptions
    from uphold_tui.themes import SIGNS
    from uphold_tui.user_state import read_state, state_file

    settings = context.settings
    if settings.keys:
        _check_keys(context)
    return AppOptions(
        {key_id: ",".join(keys.own_keys(settings.keys, key_id)) for key_id in settings.keys},
        SIGNS[settings.signs],
        settings.hold,
        settings.numbers == "rest",
        reviewer_name(settings, reviewer),
        settings.theme,
        tour,
        judge,
        state=read_state(state_file())[0],
    )


def _check_keys(context: Context) -> None:
    """Raise BadFile, with the name of the settings file, for keys that cannot be."""
    from uphold.settings import check_settings
    from uphold_tui.keymap_check import check_keymap

    try:
        check_keymap(context.settings.keys)
    except BadUsage as error:
        raise BadFile(f"{check_settings(context.config).path}: {error}") from None


def prepare_app() -> None:
    """Raise BadUsage without a terminal, and pause the garbage collector until the app has drawn its first frame."""
    import gc

    from uphold_tui.console import in_terminal

    if not in_terminal():
        raise BadUsage("a review wants a terminal; `uphold stats` prints the numbers without one")
    # Start-up leaves little garbage, and collecting it takes a tenth of the time to the first frame.
    gc.disable()


def demo(
    context: typer.Context,
    set_: Annotated[str, typer.Option("--set", metavar="NAME", help="Name of the sample set.")] = DEFAULT_SAMPLE,
    reviewer: ReviewerName = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start a new demo; the earlier one is kept.")] = False,
) -> None:
    """Review a sample set.

    Without a terminal, print its statistics.

    \b
    uphold demo
    uphold demo --set coding
    """
    from uphold.workflows.demo import demo_path, open_demo
    from uphold_tui.console import in_terminal, print_note

    if fresh and context.obj.db is not None:
        raise BadUsage("--fresh makes a file of its own; give it or --db, not both")
    path = context.obj.db or demo_path(set_, fresh=fresh)
    demo_context = Context(path, context.obj.config)
    with demo_context.open_or_make() as store:
        run = open_demo(store, set_)
    if in_terminal():
        with demo_context.open() as store:
            open_app(demo_context, store, app_options(demo_context, reviewer, tour=True), run=run)
            path = store.path
    else:
        from uphold.workflows.statistics import StatisticsOptions
        from uphold_tui.commands.stats import print_statistics

        print_statistics(demo_context, run.name, None, StatisticsOptions(first_only=True))
    if context.obj.db is None:
        print_note(f"the demo is kept in {path}; uphold demo goes on with it, uphold demo --fresh begins anew")
