"""Which decisions are a sample of the run, as the store tells them apart."""

import json

import pytest

from support.stores import new_store
from uphold.records.enums import Choice
from uphold.records.reviews import OnScreen
from uphold.stats.assisted import assisted
from uphold.stats.summary import run_statistics
from uphold.store import counts, runs
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.review_opening import open_review


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "u.db") as opened:
        yield opened


def bring(store, tmp_path, pairs, reviewed=(), name="v1", reviewer="ada", same_as=None):
    """Pairs `0..pairs-1` of one checkpoint, some with an imported review."""
    given = [
        {
            "key": f"k{at:03d}",
            "instruction": f"q {at}",
            "candidate": name,
            "baseline": "base",
            "response_candidate": f"{same_as or name} {at}",
            "response_baseline": f"base {at}",
            "judge": "gpt",
            "verdict": "candidate" if at % 3 else "baseline",
            **({"reviewer": reviewer, "review": "candidate"} if at in reviewed else {}),
        }
        for at in range(pairs)
    ]
    path = tmp_path / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
    list(import_files(store, ImportRequest([path], set="desk")))


def session(store, reviewer="ben", wanted=None):
    return open_review(store, runs.find_run(store, wanted), reviewer=reviewer)


def decide(sitting, times, choice="candidate"):
    """Decide on that many pairs; those that come back in between, as repeats, are decided too."""
    wanted = sitting.progress.read + times
    while sitting.progress.read < wanted:
        pair = sitting.current
        sitting.decide(Choice(choice), OnScreen(side_a=pair.side_a, verdict=sitting.verdict), 12.0)


def found(store, wanted=None):
    return counts.run_counts(store, runs.find_run(store, wanted), counts.CountOptions(details=True))


def strata(store, wanted=None):
    """By name of its stratum: (pairs, read)."""
    counted = found(store, wanted)
    sizes = {}
    for cell in counted.votes:
        name = counted.strata[cell.stratum].name
        pairs, read = sizes.get(name, (0, 0))
        sizes[name] = (pairs + cell.count, read + cell.count * bool(cell.votes))
    return sizes


def test_what_is_read_from_the_front_of_the_queue_is_a_sample(store, tmp_path):
    bring(store, tmp_path, 60)
    decide(session(store), 25)
    assert strata(store) == {"all": (60, 25)}
    assert assisted(found(store), found(store).judges[0]).state == "assisted"


def test_imported_reviews_are_chosen_and_what_is_read_after_them_samples_the_rest(store, tmp_path):
    bring(store, tmp_path, 60, reviewed=range(20))
    assert strata(store) == {"not drawn yet": (40, 0), "chosen": (20, 20)}
    decide(session(store, reviewer="ada"), 15)
    assert strata(store) == {"all": (40, 15), "chosen": (20, 20)}
    human = run_statistics(found(store)).human
    assert (human.imported, human.chosen, human.outside_queue) == (20, 20, 0)


def test_a_second_reviewer_s_imported_word_on_a_sampled_pair_leaves_it_sampled(store, tmp_path):
    bring(store, tmp_path, 40)
    decide(session(store), 40)
    bring(store, tmp_path, 40, reviewed=range(10), reviewer="cyd")
    assert strata(store) == {"all": (40, 40)}


def test_a_jump_far_ahead_is_chosen_and_a_few_passed_over_are_not(store, tmp_path):
    bring(store, tmp_path, 60)
    sitting = session(store)
    decide(sitting, 20)
    sitting.go_to(23)
    decide(sitting, 1)
    assert strata(store) == {"all": (60, 21)}
    sitting.go_to(55)
    decide(sitting, 1)
    assert strata(store) == {"all": (59, 21), "chosen": (1, 1)}


def test_skipped_pairs_do_not_end_the_front(store, tmp_path):
    bring(store, tmp_path, 60)
    sitting = session(store)
    for _ in range(8):
        sitting.skip(OnScreen(side_a=sitting.current.side_a))
    decide(sitting, 12)
    assert strata(store) == {"all": (60, 12)}
    assert run_statistics(found(store)).human.skipped == 8


def test_carried_decisions_are_chosen_in_the_run_they_came_to(store, tmp_path):
    bring(store, tmp_path, 30)
    decide(session(store), 12)
    bring(store, tmp_path, 30, name="v2", same_as="v1")
    assert strata(store, "v2-vs-base") == {"not drawn yet": (18, 0), "chosen": (12, 12)}
    human = run_statistics(found(store, "v2-vs-base")).human
    assert (human.carried, human.chosen) == (12, 12)


def test_pairs_that_come_later_are_a_part_of_their_own(store, tmp_path):
    bring(store, tmp_path, 40)
    decide(session(store), 25)
    bring(store, tmp_path, 60)
    assert strata(store) == {"all": (40, 25), "not drawn yet": (20, 0)}
    assert (
        assisted(found(store), found(store).judges[0]).reason == "no verdict yet in the part 'not drawn yet' (20 items)"
    )
    session(store)
    assert strata(store) == {"all": (40, 25), "all, draw 2": (20, 0)}


def test_strata_of_a_weighted_queue_are_kept(store, tmp_path):
    bring(store, tmp_path, 60)
    decide(session(store), 30)
    with store.writing() as conn:
        conn.execute("UPDATE queues SET kind = 'uncertain'")
        conn.execute("UPDATE queue_items SET stratum = 'orders disagree', weight = 3 WHERE pair_id % 2 = 0")
    sizes = strata(store)
    assert sizes.keys() == {"all", "orders disagree"}
    assert [pairs for pairs, _ in sizes.values()] == [30, 30]


def test_what_was_taken_back_or_broken_is_not_read(store, tmp_path):
    bring(store, tmp_path, 30)
    sitting = session(store)
    decide(sitting, 6)
    sitting.undo()
    sitting.broken(OnScreen(side_a=sitting.current.side_a))
    assert strata(store) == {"all": (29, 5)}
    assert run_statistics(found(store)).human.broken == 1


def test_lengths_and_habits_are_looked_at(store, tmp_path):
    bring(store, tmp_path, 30)
    decide(session(store), 10)
    counted = found(store)
    assert {cell.longer for cell in counted.votes if cell.votes} == {-1}
    habits = next(iter(counted.habits.values()))
    assert sum(count for *_, count in habits.side_a) == 10
    assert (habits.longer, habits.seconds) == (((0, 0.0, 10),), 12.0)
    assert sum(count for *_, count in counted.judges[0].length_differences) == 10


def test_pooled_runs_tell_drawn_pairs_from_chosen_ones(store, tmp_path):
    bring(store, tmp_path, 30, reviewed=range(5))
    bring(store, tmp_path, 30, name="v2")
    decide(session(store, wanted="v2-vs-base"), 12)
    set_id = runs.find_run(store, "1").set_id
    pooled = counts.set_counts(store, set_id, "desk")
    assert [stratum.name for stratum in pooled.strata] == ["all", "chosen"]
    human = run_statistics(pooled).human
    assert (human.reviewed, human.chosen) == (17, 5)
