"""Every figure on the numbers screen opens exactly the pairs that it counts: with its judge, of all reviewers, current ones."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from support.app_samples import make_app, press
from support.imports import DATA, bring_files
from support.judged_runs import made_run
from uphold.records.counts import CLASSES
from uphold.records.enums import Choice, Preference
from uphold.records.pair_list import Behind, PairFilter, PairsBehind
from uphold.records.reviews import OnScreen
from uphold.records.statistics import RunStatistics
from uphold.reports.run_report import run_report
from uphold.reviewing.pair_filters import selected
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.pair_list import PairListing
from uphold.workflows.review_opening import open_review
from uphold_tui.numbers.page import NumbersView, Row, left_rows, right_rows
from uphold_tui.numbers.screen import NumbersScreen, NumbersSource, numbers_source
from uphold_tui.pairs.screen import PairsScreen

SAMPLE = Path(__file__).parents[3] / "sample_sets" / "support-desk.jsonl"


def read(store: Store, reviewer: str, pairs: int) -> None:
    """Decisions of one reviewer in the queue's order."""
    session = open_review(store, all_runs(store)[0], reviewer)
    choices = (Choice.CANDIDATE, Choice.BASELINE, Choice.CANDIDATE, Choice.TIE)
    for number in range(pairs):
        session.decide(choices[number % 4], OnScreen(Preference.CANDIDATE))


def demo(folder: Path) -> Store:
    store = open_store(folder / "demo.db", create=True)
    bring_files(store, SAMPLE)
    read(store, "mira", 25)
    return store


def mt_bench(folder: Path) -> Store:
    if not (DATA / "mt_bench").is_dir():
        pytest.skip("MT-Bench is not beside the checkout")
    store = open_store(folder / "mt.db", create=True)
    bring_files(store, DATA / "mt_bench")
    read(store, "mira", 30)
    read(store, "ben", 12)
    return store


def counted(numbers: RunStatistics, wanted: PairFilter) -> int:
    """How many pairs a number counts, from the statistics themselves."""
    human, judge, behind = numbers.human, numbers.judges[0], wanted.behind
    assert behind is not None
    labelled = human.wins + human.ties + human.losses
    agreement = judge.agreement
    if behind.kind is Behind.COMPARED and behind.label is not None and behind.verdict is not None:
        return agreement.confusion[CLASSES.index(behind.label)][CLASSES.index(behind.verdict)]
    if behind.kind is Behind.SHARED and behind.reviewers:
        return next(pair.n for pair in numbers.reviewers.pairs if (pair.a, pair.b) == behind.reviewers)
    if behind.kind is Behind.SIDES:
        return next(lean.first.n for lean in numbers.reviewers.leans if (lean.name,) == behind.reviewers)
    if behind.kind is Behind.COUNTED:
        return next(tag.pairs for tag in numbers.tags if tag.tag == wanted.tag)
    return {
        Behind.LABELLED: labelled,
        Behind.UNLABELLED: numbers.pairs - human.broken - labelled,
        Behind.WON: human.wins,
        Behind.WON_OR_TIED: human.wins + human.ties,
        Behind.DECIDED: human.wins + human.losses,
        Behind.JUDGE_WON: judge.wins,
        Behind.COMPARED: agreement.n,
        Behind.COMPARED_DECIDED: agreement.without_ties.n,
        Behind.COMPARED_BLIND: agreement.blind.n,
        Behind.COMPARED_WITH_DRAWS: agreement.draws_as_ties.n,
        Behind.FLIPPED: judge.position.flips,
        Behind.OPPOSITE: judge.position.first + judge.position.second,
        Behind.JUDGE_LENGTH: judge.length.judge_longer.n,
        Behind.PEOPLE_LENGTH: judge.length.human_longer.n,
        Behind.SHARED: numbers.reviewers.items_shared,
    }[behind.kind]


def links(source: NumbersSource, numbers: RunStatistics) -> Iterator[tuple[str, PairFilter]]:
    """The words and the filter of every number on the page, with the history and with the tags."""
    for by_tag in (False, True):
        view = NumbersView(
            run_report(numbers, full=True),
            source.run.name,
            source.run.candidate,
            source.reviewer,
            numbers.reviewers.names,
            by_tag=by_tag,
        )
        rows: list[Row] = [*left_rows(view, 74), *right_rows(view, 74)]
        for row in rows:
            yield from ((part.plain, wanted) for part, wanted in row if wanted is not None)


@pytest.mark.parametrize("reviewer", ["mira", "somebody else"])
@pytest.mark.parametrize("make", [demo, mt_bench, made_run])
def test_every_number_of_the_page_opens_the_pairs_that_it_counts(make, reviewer: str, tmp_path: Path) -> None:
    with make(tmp_path) as store:
        run = all_runs(store)[0]
        source = numbers_source(store.path, run, reviewer)
        kinds = set()
        for judge in source.judges():
            numbers = source.numbers(judge)
            assert numbers.judge.shown is not None
            listing = PairListing(store, run, reviewer, numbers.judge.shown)
            pairs = listing.read()
            for words, wanted in links(source, numbers):
                assert wanted.behind is not None, words
                found = selected(pairs, wanted, behind=listing.behind(wanted.behind))
                assert len(found) == counted(numbers, wanted), (judge, words)
                # What stands on the screen as `13 of 50` are these pairs, or the part of them that the number is about.
                if re.search(r"\d of \d", words):
                    assert len(found) in map(int, re.findall(r"\d+", words)), (judge, words)
                assert not any(pair.broken for pair in found)
                kinds.add(wanted.behind.kind)
        assert kinds >= {Behind.LABELLED, Behind.WON, Behind.JUDGE_WON, Behind.COMPARED, Behind.UNLABELLED}


def test_the_made_run_has_all_that_a_number_leaves_out(tmp_path: Path) -> None:
    with made_run(tmp_path) as store:
        numbers = numbers_source(store.path, all_runs(store)[0], "mira").numbers(None)
        assert [judge.name for judge in numbers.judges] == ["full", "partial"]
        assert numbers.human.broken == 1
        assert numbers.human.stale == 2
        assert numbers.human.unresolved > 0
        assert numbers.judges[0].position.flips > 0
        assert numbers.judges[0].agreement.blind.n > 0
        assert numbers.judges[1].pending == 0
        assert numbers.judges[1].assisted.state not in ("assisted", "opinion")
        assert set(numbers.reviewers.names) == {"ada", "ben", "mira"}


async def opened(pilot: "Pilot[str]") -> PairsScreen:
    """The list of pairs when all of it has been read."""
    for _ in range(400):
        screen = pilot.app.screen
        if isinstance(screen, PairsScreen) and screen.loader.is_complete and not screen.workers._workers:
            await pilot.pause()
            return screen
        await pilot.pause(0.01)
    raise AssertionError("no list was opened")


@pytest.mark.parametrize("number_by_number", [False, pytest.param(True, marks=pytest.mark.slow)])
async def test_enter_opens_the_pairs_of_every_kind_of_number_with_either_judge(
    tmp_path: Path, number_by_number: bool
) -> None:
    store = made_run(tmp_path)
    async with make_app(store, reviewer="mira").run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        await press(pilot, "i")
        for judge in ("full", "partial"):
            screen = pilot.app.screen
            assert isinstance(screen, NumbersScreen)
            for _ in range(400):
                numbers = screen.statistics
                if numbers is not None and not screen.workers._workers:
                    break
                await pilot.pause(0.01)
            assert numbers is not None
            assert numbers.judge.shown is not None
            assert numbers.judge.shown.name == judge
            kinds = set()
            for place, link in enumerate(screen.linked.links):
                wanted = link.pair_filter
                assert wanted.behind is not None
                if wanted.behind.kind in kinds and not number_by_number:
                    continue
                kinds.add(wanted.behind.kind)
                screen.linked.cursor = place
                await press(pilot, "enter")
                listed = await opened(pilot)
                assert len(listed.list.items) == counted(numbers, wanted), wanted
                assert listed.listing.judge_name == judge
                await press(pilot, "q")
            await press(pilot, "tab")


def test_a_blind_review_lists_only_those_that_were_read(tmp_path: Path) -> None:
    with made_run(tmp_path) as store:
        listing = PairListing(store, all_runs(store)[0], "mira")
        wanted = PairFilter(behind=PairsBehind(Behind.LABELLED))
        ids = listing.behind(PairsBehind(Behind.LABELLED))
        open_, blind = (selected(listing.read(), wanted, behind=ids, blind=blind) for blind in (False, True))
        assert 0 < len(blind) < len(open_)
        assert all(pair.read for pair in blind)
