"""Several people settle the same disputes: the statistics and the views take the same word for it."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.imports import bring, compared
from support.stores import new_store
from uphold.records.enums import Choice, EventKind
from uphold.records.labels import Label, human_label
from uphold.records.reviews import ReviewEvent, new_event_id
from uphold.store.counts import count_reviews, read_counted_run, run_counts
from uphold.store.database import Store
from uphold.store.pair_columns import read_decisions
from uphold.store.reviews import add_event, add_reviewer
from uphold.workflows.lookup import find_run

PAIRS, PEOPLE = 3, 4

PAIR, PERSON = st.integers(1, PAIRS), st.integers(0, PEOPLE - 1)

SAID = st.tuples(st.just(EventKind.DECISION), PAIR, PERSON, st.sampled_from(Choice))

SETTLED = st.tuples(st.just(EventKind.ADJUDICATED), PAIR, PERSON, st.sampled_from(Choice))

TURNED = st.tuples(st.sampled_from([EventKind.UNDO, EventKind.REDO]), PAIR, st.integers(0, 9), st.none())

ACTS = st.lists(SAID | SETTLED | TURNED, max_size=25)

QUICK = settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])


def opened(folder: str) -> Store:
    store = new_store(Path(folder) / "x.db")
    bring(store, *[compared(str(number)) for number in range(PAIRS)])
    return store


class People:
    """Their acts as the app would write them; taking back picks among what stands, doing again among what was taken back."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.writing() as conn:
            self.ids = [add_reviewer(conn, name) for name in "abcdefgh"[:PEOPLE]]
        self.standing: list[tuple[int, ReviewEvent]] = []
        self.taken_back: list[tuple[int, ReviewEvent]] = []

    def act(self, kind: EventKind, pair: int, who: int, choice: Choice | None = None) -> ReviewEvent | None:
        if choice is not None:
            event = ReviewEvent(new_event_id(), kind, pair, choice)
            self.standing.append((self.ids[who], event))
            return add_event(self.store, self.ids[who], None, event)
        here, there = self.standing, self.taken_back
        if kind is EventKind.REDO:
            here, there = there, here
        if here:
            reviewer, event = here.pop(who % len(here))
            there.append((reviewer, event))
            add_event(self.store, reviewer, None, ReviewEvent(new_event_id(), kind, event.pair_id, target_id=event.id))
        return None


def viewed(store: Store) -> dict[int, Label]:
    return {pair: Label(word) for pair, word in store.rows("SELECT pair_id, label FROM human_labels")}


def counted(store: Store) -> dict[int, Label]:
    said = read_decisions(store, (1, PAIRS)).by_pair
    return {pair: human_label(one.votes) for pair, one in said.items() if one.votes}


@QUICK
@given(ACTS)
def test_the_statistics_take_the_word_that_the_views_take(
    acts: list[tuple[EventKind, int, int, Choice | None]],
) -> None:
    with TemporaryDirectory() as folder, opened(folder) as store:
        people, run = People(store), find_run(store, None)
        counted_run = read_counted_run(store, run, None)
        for act in acts:
            people.act(*act)
            assert counted(store) == viewed(store)
        expected = Counter(viewed(store).values())
        counted_run = read_counted_run(store, run, None, counted_run)
        for counts in (run_counts(store, run), count_reviews(store, counted_run)):
            found = Counter[Label]()
            for cell in counts.votes:
                found[human_label(cell.votes)] += cell.count
            del found[Label.UNREAD]
            assert found == expected


def test_the_latest_of_two_who_settle_a_dispute_counts_and_after_an_undo_the_other(tmp_path: Path) -> None:
    with opened(str(tmp_path)) as store:
        people = People(store)
        people.act(EventKind.DECISION, 1, 0, Choice.CANDIDATE)
        people.act(EventKind.DECISION, 1, 1, Choice.BASELINE)
        people.act(EventKind.ADJUDICATED, 1, 3, Choice.TIE)
        assert counted(store) == viewed(store) == {1: Label.TIE}
        people.act(EventKind.ADJUDICATED, 1, 2, Choice.BASELINE)
        assert counted(store) == viewed(store) == {1: Label.BASELINE}
        people.act(EventKind.UNDO, 1, len(people.standing) - 1)
        assert counted(store) == viewed(store) == {1: Label.TIE}
        people.act(EventKind.REDO, 1, 0)
        assert counted(store) == viewed(store) == {1: Label.BASELINE}
