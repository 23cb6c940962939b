"""The views that people query say what the rules in Python say."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.imports import bring, compared, judged, reviewed
from support.stores import new_store
from uphold.records.counts import Votes
from uphold.records.enums import AnswerOrder, Choice, EventKind, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judge, Judgment, verdict_of
from uphold.records.labels import Label, human_label
from uphold.records.reviews import OnScreen, ReviewEvent, new_event_id
from uphold.store import judges, judgments
from uphold.store.database import Store
from uphold.store.reviews import add_event, add_reviewer
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import open_review

PAIRS = 6

SAID = st.sampled_from([*Preference, JudgmentStatus.UNREADABLE, JudgmentStatus.FAILED])

ASKED = st.dictionaries(st.sampled_from(list(AnswerOrder)), st.integers(1, 3), min_size=1, max_size=3)

QUICK = settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])


def store_with_pairs(folder: str) -> Store:
    store = new_store(Path(folder) / "x.db")
    bring(store, *[compared(str(number)) for number in range(PAIRS)])
    return store


def judgment(order: AnswerOrder, sample: int, said: Preference | JudgmentStatus) -> Judgment:
    if isinstance(said, Preference):
        return Judgment(order, JudgmentStatus.READABLE, said, sample)
    return Judgment(order, said, None, sample)


@QUICK
@given(asked=ASKED | st.none(), data=st.data())
def test_the_verdicts_view_is_the_consensus_of_the_judgments(
    asked: dict[AnswerOrder, int] | None, data: st.DataObject
) -> None:
    """`asked` None: a judge recorded elsewhere, one sample in each order that is there."""
    places = [(order, n) for order, samples in (asked or dict.fromkeys(AnswerOrder, 1)).items() for n in range(samples)]
    with TemporaryDirectory() as folder, store_with_pairs(folder) as store:
        with store.writing() as conn:
            judge_id = judges.add_judge(conn, Judge("j", "imported" if asked is None else "llm"))
            judges.record_requested_orders(conn, 1, judge_id, asked or AnswerOrder, 0)
            for order, samples in (asked or {}).items():
                judges.record_requested_orders(conn, 1, judge_id, [order], samples)
            expected, by_pair = {}, {}
            for pair in range(1, PAIRS + 1):
                there = data.draw(st.lists(st.sampled_from(places), unique=True))
                said = [judgment(*place, data.draw(SAID)) for place in there]
                for one in said:
                    judgments.add_judgment(conn, pair, judge_id, one)
                if said:
                    expected[pair], by_pair[pair] = verdict_of(said, asked), said
        found = store.rows("SELECT pair_id, verdict FROM verdicts WHERE judge_id = ?", (judge_id,))
        assert {pair: Verdict(word) for pair, word in found} == expected
        words = store.rows(
            "SELECT pair_id, candidate_first, baseline_first FROM verdicts WHERE judge_id = ?", (judge_id,)
        )
        for pair, *both in words:
            for order, word in zip((AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST), both, strict=True):
                own = [one for one in by_pair[pair] if one.order is order]
                wanted = None if asked is None else {order: asked.get(order, 0)}
                assert word == (verdict_of(own, wanted).value if own else None)


@QUICK
@given(st.lists(st.lists(st.none() | st.sampled_from(Choice), max_size=5), min_size=PAIRS, max_size=PAIRS))
def test_the_human_labels_view_is_the_label_of_the_votes(said: list[list[Choice | None]]) -> None:
    with TemporaryDirectory() as folder, store_with_pairs(folder) as store:
        expected: dict[int, Label] = {}
        with store.writing() as conn:
            readers = [add_reviewer(conn, name) for name in "abcde"]
        for pair, choices in enumerate(said, 1):
            votes: Votes = tuple((r, c) for r, c in zip(readers, choices, strict=False) if c is not None)
            for reader, choice in votes:
                add_event(store, reader, None, ReviewEvent(new_event_id(), EventKind.DECISION, pair, choice))
            if votes:
                expected[pair] = human_label(votes)
        found = store.rows("SELECT pair_id, label FROM human_labels")
        assert {pair: Label(word) for pair, word in found} == expected


def test_the_latest_decision_that_was_not_taken_back_counts(tmp_path: Path) -> None:
    with store_with_pairs(str(tmp_path)) as store:
        with store.writing() as conn:
            ada = add_reviewer(conn, "ada")
        first, second = (
            ReviewEvent(new_event_id(), EventKind.DECISION, 1, choice) for choice in (Choice.TIE, Choice.BASELINE)
        )
        for event in (first, second, ReviewEvent(new_event_id(), EventKind.UNDO, 1, target_id=second.id)):
            add_event(store, ada, None, event)
        assert store.one("SELECT label FROM human_labels")[0] == "tie"
        add_event(store, ada, None, ReviewEvent(new_event_id(), EventKind.REDO, 1, target_id=second.id))
        assert store.one("SELECT label FROM human_labels")[0] == "baseline"


def test_the_views_for_people_name_things_by_name(tmp_path: Path) -> None:
    with store_with_pairs(str(tmp_path)) as store:
        assert store.one("SELECT run, key, turn, verdict, human FROM win_loss LIMIT 1") == (
            "candidate-vs-baseline",
            "0",
            1,
            None,
            None,
        )
        assert store.one(
            "SELECT set_name, key, instruction, candidate_answer, baseline_answer FROM readable_pairs LIMIT 1"
        ) == (
            "s",
            "0",
            "Say 0.",
            "0, says the candidate",
            "0, says the baseline",
        )


def test_a_file_in_which_every_answer_was_replaced_is_still_quick_to_read(tmp_path: Path) -> None:
    with store_with_pairs(str(tmp_path)) as store:
        plan = " ".join(str(row) for row in store.rows("EXPLAIN QUERY PLAN SELECT count(*) FROM current_pairs"))
        assert "SCAN" in plan
        assert "SEARCH r USING INDEX replacements_response" in plan
        assert "SCAN r " not in plan
        assert "MATERIALIZE" not in plan


def test_readable_pairs_are_the_current_ones_a_row_each_with_the_primary_judges_verdict(tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring(store, judged("a", "tie", judge="early", tags=["x", "y"]), judged("b", "baseline", judge="early"))
        bring(store, judged("a", "candidate", judge="late"), reviewed("b", "both-bad"))
        bring(store, {"key": "b", "instruction": "Sing b."}, update=True)
        found = store.rows("SELECT * FROM readable_pairs")
        assert [column[0] for column in found.description] == [
            *("run", "set_name", "key", "turn", "tags", "instruction", "candidate", "candidate_answer"),
            *("baseline", "baseline_answer", "judge", "verdict", "human_label"),
        ]
        (row,) = store.rows("SELECT * FROM readable_pairs").fetchall()
        assert row[:5] == ("candidate-vs-baseline", "s", "a", 1, "x, y")
        assert row[6:] == (
            "candidate",
            "a, says the candidate",
            "baseline",
            "a, says the baseline",
            "late",
            "candidate",
            None,
        )


def test_readable_decisions_have_the_verdict_of_the_time_and_the_history_counts_the_labels(tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring(store, judged("a", "tie"), judged("b"), reviewed("b", "both-bad"))
        session = open_review(store, all_runs(store)[0], "cyd")
        session.go_to(session.named("a")[0][0])
        session.decide(Choice.BASELINE, OnScreen(Preference.CANDIDATE))
        bring(store, judged("a", "candidate"), update=True)
        rows = store.rows(
            "SELECT run, key, turn, reviewer, choice, judge, verdict, mode FROM readable_decisions ORDER BY key"
        ).fetchall()
        run = "candidate-vs-baseline"
        assert rows == [
            (run, "a", 1, "cyd", "baseline", "j", "tie", "open"),
            (run, "b", 1, "ada", "both-bad", None, None, None),
        ]
        assert store.rows(
            "SELECT run, pairs, reviewed, wins, ties, losses, unresolved FROM run_history"
        ).fetchall() == [(run, 2, 2, 0, 1, 1, 0)]
