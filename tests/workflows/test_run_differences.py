"""Two runs over one set in a real file: what they share, how it was read, and that the queue of what changed is a sample."""

from typing import Any

import pytest

from support.imports import bring, compared, judged, reviewed
from uphold.records.enums import Choice, Preference
from uphold.records.reviews import OnScreen
from uphold.store.counts import run_condition
from uphold.store.database import Store
from uphold.store.matched import inclusions, matched_runs
from uphold.store.pair_columns import read_pairs
from uphold.store.runs import all_runs
from uphold.workflows.comparison import GateRequest, compare_runs, compare_several, gate_run
from uphold.workflows.history import set_history
from uphold.workflows.review_opening import ReviewOptions, open_review
from uphold.workflows.statistics import read_run_statistics

HERE = OnScreen(Preference.CANDIDATE)

KEYS = [f"k{number:02d}" for number in range(60)]


def checkpoint(name: str, answers: dict[str, str] | None = None, **fields: Any) -> list[dict[str, Any]]:
    """A row an example; answers are the system's own but for those given."""
    own = {key: f"{name} on {key}" for key in KEYS} | (answers or {})
    return [compared(key, candidate=name, response_candidate=own[key], **fields) for key in KEYS]


def read(store: Store, run: int, count: int, choice: Choice = Choice.TIE, queue: str = "random") -> None:
    """Decide the next pairs of a queue."""
    session = open_review(store, all_runs(store)[run], "ada", ReviewOptions(queue=queue))
    until = session.progress.read + count
    while session.progress.read < until:
        session.decide(choice, HERE)


def two_checkpoints(store: Store, changed: int = 20) -> None:
    """Two checkpoints of which the second gives the same answers but on the last `changed` examples; 30 are read first."""
    bring(store, *checkpoint("one"))
    read(store, 0, 30)
    bring(store, *checkpoint("two", {key: f"one on {key}" for key in KEYS[: len(KEYS) - changed]}))


def test_equal_answers_are_known_and_carried_decisions_count_as_drawn(store: Store) -> None:
    two_checkpoints(store)
    old, new = all_runs(store)
    matched = matched_runs(store, old, new)
    assert (len(matched.pairs), matched.examples) == (60, 60)
    assert sum(pair.equal for pair in matched.pairs) == 40
    read(store, 1, 10)
    matched = matched_runs(store, old, new)
    assert not any(pair.before.chosen or pair.after.chosen for pair in matched.pairs)
    people = compare_runs(store, "1", "2").people
    assert (people.shared.equal, people.ties_half.difference) == (40, 0)
    assert people.shared.known == 40 + sum(
        not pair.equal and bool(pair.after.votes and pair.before.votes) for pair in matched_runs(store, old, new).pairs
    )


def test_the_queue_of_what_changed_has_flipped_changed_and_unchanged_with_carried_ones_in_front(store: Store) -> None:
    bring(store, *(judged(key, "candidate", candidate="one", response_candidate=f"one on {key}") for key in KEYS))
    read(store, 0, 20)
    said = {key: "baseline" if key in KEYS[:5] else "candidate" for key in KEYS}
    answers = {key: f"two on {key}" if key in KEYS[:15] else f"one on {key}" for key in KEYS}
    bring(store, *(judged(key, said[key], candidate="two", response_candidate=answers[key]) for key in KEYS))
    session = open_review(store, all_runs(store)[1], "ada", ReviewOptions(queue="changed"))
    rows = store.rows(
        "SELECT e.key, i.stratum, d.pair_id IS NOT NULL FROM queues q JOIN queue_items i ON i.queue_id = q.id"
        " JOIN pairs p ON p.id = i.pair_id JOIN examples e ON e.id = p.example_id"
        " LEFT JOIN current_decisions d ON d.pair_id = p.id WHERE q.kind = 'changed' ORDER BY i.position"
    ).fetchall()
    assert [stratum for _, stratum, _ in rows] == ["flipped"] * 5 + ["changed"] * 10 + ["unchanged"] * 45
    assert {key for key, stratum, _ in rows if stratum == "flipped"} == set(KEYS[:5])
    carried = [bool(decided) for _, stratum, decided in rows if stratum == "unchanged"]
    assert carried == sorted(carried, reverse=True)
    assert session.current is not None
    assert session.current.key in KEYS[:5]
    while session.progress.read < sum(carried) + 20:
        session.decide(Choice.TIE, HERE)
    human = read_run_statistics(store, "2").human
    assert (human.chosen, human.reviewed) == (0, sum(carried) + 20)


def test_unchanged_pairs_keep_the_strata_of_a_weighted_queue_they_were_read_in(store: Store) -> None:
    def rows(name: str) -> list[dict[str, Any]]:
        return [
            judged(key, word, candidate=name, response_candidate=f"one on {key}", order=order)
            for key in KEYS
            for order, word in (
                ("candidate-first", "candidate"),
                ("baseline-first", "baseline" if key in KEYS[:20] else "candidate"),
            )
        ]

    bring(store, *rows("one"))
    read(store, 0, 30, queue="uncertain")
    bring(store, *rows("two"))
    open_review(store, all_runs(store)[1], "ada", ReviewOptions(queue="changed"))
    new = all_runs(store)[1]
    columns = read_pairs(store, run_condition(new))
    assert {stratum.name for stratum in columns.strata} == {"unchanged, orders disagree", "unchanged, rest"}
    assert not any(stratum.chosen for stratum in columns.strata)
    assert sum(bool(decisions.votes) for decisions in columns.decisions) == 30


def test_of_several_queues_the_one_counts_that_was_read(store: Store) -> None:
    bring(store, *(judged(key, confidence=number / 100) for number, key in enumerate(KEYS)))
    read(store, 0, 20, queue="uncertain")
    open_review(store, all_runs(store)[0], "ada", ReviewOptions(queue="changed"))
    read(store, 0, 0, queue="random")
    human = read_run_statistics(store, "1").human
    assert (human.reviewed, human.chosen) == (20, 0)


def test_a_pair_of_a_heavier_stratum_has_the_better_chance_to_have_been_read(store: Store) -> None:
    rows = [judged(key) for key in KEYS[10:]]
    rows += [
        judged(key, word, order=order)
        for key in KEYS[:10]
        for order, word in (("candidate-first", "candidate"), ("baseline-first", "baseline"))
    ]
    bring(store, *rows)
    read(store, 0, 30, queue="uncertain")
    columns = read_pairs(store, run_condition(all_runs(store)[0]))
    chances = dict(zip((stratum.name for stratum in columns.strata), inclusions(columns), strict=True))
    assert chances["orders disagree"] == pytest.approx(min(1, 3 * chances["rest"]))
    assert 10 * chances["orders disagree"] + 50 * chances["rest"] == pytest.approx(30)


def test_what_nobody_drew_has_no_chance_and_what_was_chosen_a_sure_one(store: Store) -> None:
    bring(store, *(reviewed(key, "tie") for key in KEYS[:10]), *(compared(key) for key in KEYS[10:]))
    columns = read_pairs(store, run_condition(all_runs(store)[0]))
    chances = dict(zip((stratum.name for stratum in columns.strata), inclusions(columns), strict=True))
    assert chances == {"not drawn yet": 0, "chosen": 1}


def test_examples_with_equal_texts_are_one_whatever_their_keys(store: Store) -> None:
    def rows(name: str, choice: str) -> list[dict[str, Any]]:
        return [
            reviewed(f"{key}{copy}", choice, candidate=name, instruction=f"asked {key}", response_candidate=name)
            for key in KEYS[:12]
            for copy in "ab"
        ]

    bring(store, *rows("one", "candidate"), *rows("two", "baseline"))
    people = compare_runs(store, "1", "2").people
    assert (people.shared.examples, people.shared.shared, people.ties_half.n) == (12, 12, 12)
    assert len(people.lost) == 24


def test_each_changed_example_has_its_text_tags_reviewers_and_reasons(store: Store) -> None:
    bring(
        store,
        *(
            reviewed(key, "candidate", candidate="one", response_candidate=f"1 {key}", tags=["hard"])
            for key in KEYS[:12]
        ),
    )
    bring(
        store,
        *(reviewed(key, "baseline", candidate="two", reviewer="ben", note="made \x1b[2J up") for key in KEYS[:12]),
    )
    found = compare_runs(store, "1", "2")
    details = found.details["k00", 1]
    assert details.by == ("ben", "ada")
    assert details.tags == ("hard",)
    assert details.reasons == (("ben", "made \x1b[2J up"),)
    assert len(found.people.lost) == 12


def test_the_gate_takes_the_plan_of_the_run(store: Store) -> None:
    two_checkpoints(store, changed=60)
    open_review(store, all_runs(store)[1], "ada", ReviewOptions(planned=40))
    read(store, 1, 25)
    gate = gate_run(store, GateRequest("2", "1", 0.3)).gate
    assert (gate.reason, gate.planned) == ("25 of 40 planned", 40)
    assert gate.more is not None
    assert gate.more.examples == 15
    assert gate_run(store, GateRequest("2", "1", 0.3, planned=20)).gate.reason.startswith("not worse by 30 points")


def test_a_gate_says_which_run_lacks_the_verdicts(store: Store) -> None:
    two_checkpoints(store, changed=60)
    gate = gate_run(store, GateRequest("2", "1", 0.3)).gate
    assert gate.more is not None
    assert (gate.more.before, gate.more.after, gate.more.examples) == (0, 10, 10)
    assert gate.more.commands == ("uphold review two-vs-baseline --queue changed --plan 10",)
    read(store, 1, 30)
    gate = gate_run(store, GateRequest("2", "1", 0.05)).gate
    assert gate.more is not None
    assert (gate.more.before, gate.more.after, gate.more.examples) == (15, 15, 15)
    assert gate.more.commands[0].startswith("uphold review two-vs-baseline --queue changed --plan ")
    assert gate.more.commands[1].startswith("uphold review one-vs-baseline --plan ")


def test_the_history_has_the_difference_to_the_run_before(store: Store) -> None:
    bring(store, *(reviewed(key, "candidate", candidate="one", response_candidate=f"1 {key}") for key in KEYS))
    bring(store, *(reviewed(key, "baseline", candidate="two", response_candidate=f"2 {key}") for key in KEYS))
    run = all_runs(store)[0]
    first, second = set_history(store, run.set_id, run.baseline_id)
    assert first.difference is None
    assert second.difference == compare_runs(store, "1", "2").people.ties_half


def test_three_runs_that_share_nothing_read_may_each_be_the_best(store: Store) -> None:
    for name in ("one", "two", "three"):
        bring(store, *checkpoint(name))
    found = compare_several(store, ["1", "2", "3"])
    assert [ranked.state.value for ranked in found.best] == ["may be best"] * 3
    assert all(ranked.difference.reason for ranked in found.best)
