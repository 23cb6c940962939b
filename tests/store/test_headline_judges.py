"""The judge of a run's headline as the file has it: completeness, pins with their history, and the view for SQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.imports import bring, compared, judged
from support.stores import new_store
from uphold.errors import BadUsage
from uphold.records.enums import AnswerOrder, EventKind, JudgmentStatus, Preference
from uphold.records.headline_judge import JudgeReason
from uphold.records.judgments import Judge, Judgment
from uphold.records.reviews import OnScreen, ReviewEvent, new_event_id
from uphold.store import judgments, reviews
from uphold.store.database import Store, open_store
from uphold.store.headline_judges import headline_judge, judges_in_order, pinned_judge
from uphold.store.imports import drop_import
from uphold.store.judges import add_judge, record_requested_orders
from uphold.store.runs import all_runs
from uphold.store.schema import MIGRATIONS, statements
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.pinning import pin_judge, toggle_pin, unpin_judge

BOTH = (AnswerOrder.CANDIDATE_FIRST, AnswerOrder.BASELINE_FIRST)


@pytest.fixture
def run_of_three(store: Store) -> Store:
    bring(store, *(compared(key) for key in "abc"))
    return store


def ask(store: Store, name: str, keys: str, kind: str = "llm", orders: tuple[AnswerOrder, ...] = BOTH) -> None:
    """Give a judge's answers on some examples, in some of the orders asked for (both)."""
    run = all_runs(store)[0]
    wanted = BOTH if kind == "llm" else (AnswerOrder.NONE,)
    with store.writing() as conn:
        judge_id = add_judge(conn, Judge(name, kind, (("model", name),)))
        record_requested_orders(conn, run.id, judge_id, wanted)
        pairs = dict(
            store.rows("SELECT e.key, p.id FROM current_pairs p JOIN examples e ON e.id = p.example_id").fetchall()
        )
        for key in keys:
            for order in orders if kind == "llm" else wanted:
                judgment = Judgment(order, JudgmentStatus.READABLE, Preference.CANDIDATE)
                judgments.add_judgment(conn, pairs[key], judge_id, judgment)


def chosen(store: Store, named: str | None = None) -> tuple[str | None, str, int, int]:
    found = headline_judge(store, all_runs(store)[0], named)
    return found.name, found.reason.value, found.missing, found.pairs


def by_view(store: Store) -> list[tuple[str, str]]:
    return store.rows("SELECT judge, reason FROM headline_judges").fetchall()


def test_nobody_has_judged(run_of_three: Store) -> None:
    assert chosen(run_of_three) == (None, "none", 0, 0)
    assert by_view(run_of_three) == []


def test_a_rule_on_all_pairs_stays_before_a_model_that_was_asked_for_a_part(run_of_three: Store) -> None:
    ask(run_of_three, "rules:closer", "abc", "rules")
    ask(run_of_three, "openai:m", "ab")
    assert chosen(run_of_three) == ("rules:closer", "rule", 0, 0)
    assert by_view(run_of_three) == [("rules:closer", "rule")]
    ask(run_of_three, "openai:m", "c")
    assert chosen(run_of_three) == ("openai:m", "complete", 0, 0)
    assert by_view(run_of_three) == [("openai:m", "complete")]


def test_a_judge_asked_in_one_of_two_orders_is_not_complete(run_of_three: Store) -> None:
    ask(run_of_three, "openai:m", "abc", orders=BOTH[:1])
    found = headline_judge(run_of_three, all_runs(run_of_three)[0])
    assert (found.judge, found.reason, found.missing, found.pairs) == (None, JudgeReason.NONE, 3, 3)
    assert found.partial is not None
    assert found.partial.name == "openai:m"
    assert by_view(run_of_three) == []


def test_whatever_came_of_a_question_the_judge_was_asked(run_of_three: Store) -> None:
    ask(run_of_three, "openai:m", "ab")
    pair = run_of_three.one("SELECT p.id FROM pairs p JOIN examples e ON e.id = p.example_id WHERE e.key = 'c'")[0]
    with run_of_three.writing() as conn:
        for order in BOTH:
            failed = Judgment(order, JudgmentStatus.FAILED, problem="the server was down")
            judgments.add_judgment(conn, pair, 1, failed)
    assert chosen(run_of_three) == ("openai:m", "complete", 0, 0)


def test_a_broken_pair_need_not_be_asked_and_a_new_pair_must_be(run_of_three: Store) -> None:
    ask(run_of_three, "openai:m", "ab")
    pair = run_of_three.one("SELECT p.id FROM pairs p JOIN examples e ON e.id = p.example_id WHERE e.key = 'c'")[0]
    with run_of_three.writing() as conn:
        shown = OnScreen(Preference.CANDIDATE)
        reviewer = reviews.add_reviewer(conn, "mira")
        session = reviews.add_session(conn, reviews.SessionRow(1, reviewer, None, None, "open", None))
        event = ReviewEvent(new_event_id(), EventKind.BROKEN, pair, shown=shown)
        reviews.write_event(conn, reviewer, session, event)
    assert chosen(run_of_three)[1] == "complete"
    assert by_view(run_of_three) == [("openai:m", "complete")]
    bring(run_of_three, compared("d"))
    assert chosen(run_of_three) == (None, "none", 1, 3)
    bring(run_of_three, compared("d", instruction="Another text."), update=True)
    assert chosen(run_of_three) == (None, "none", 1, 3)


def test_the_latest_is_the_one_that_judged_this_run_last(run_of_three: Store) -> None:
    ask(run_of_three, "one", "abc")
    ask(run_of_three, "two", "abc")
    assert chosen(run_of_three)[0] == "two"
    bring(run_of_three, compared("d"))
    ask(run_of_three, "two", "d")
    ask(run_of_three, "one", "d")
    assert chosen(run_of_three)[0] == "one"
    assert by_view(run_of_three) == [("one", "complete")]


def test_named_is_before_pinned_and_a_pinned_one_is_never_passed_over(run_of_three: Store) -> None:
    ask(run_of_three, "all", "abc")
    ask(run_of_three, "some", "a")
    pinned = pin_judge(run_of_three, "s", "some", "mira")
    assert (pinned.missing, pinned.pairs) == (2, 3)
    assert pinned.runs[0].ask.endswith("judge candidate-vs-baseline --judge some")
    assert chosen(run_of_three) == ("some", "pinned", 2, 3)
    assert by_view(run_of_three) == [("some", "pinned")]
    assert chosen(run_of_three, "all") == ("all", "named", 0, 0)
    assert [judge.name for judge in judges_in_order(run_of_three, all_runs(run_of_three)[0])[1]] == ["some", "all"]
    with pytest.raises(BadUsage, match="judge 'nobody' has not judged this run; judges that have: all, some"):
        headline_judge(run_of_three, all_runs(run_of_three)[0], "nobody")


def test_a_pin_has_a_history_and_saying_it_again_writes_nothing(run_of_three: Store) -> None:
    ask(run_of_three, "one", "abc")
    ask(run_of_three, "two", "abc")
    pin_judge(run_of_three, "s", "one", "mira")
    pin_judge(run_of_three, "s", "one", "mira")
    pin_judge(run_of_three, "s", "two", "ben")
    unpin_judge(run_of_three, "s", "mira")
    with pytest.raises(BadUsage, match="no judge is pinned to the set 's'"):
        unpin_judge(run_of_three, "s", "mira")
    rows = run_of_three.rows(
        "SELECT v.kind, v.value, w.name FROM set_events v JOIN reviewers w ON w.id = v.reviewer_id ORDER BY v.id"
    ).fetchall()
    assert [(kind, value and value.partition("@")[0], who) for kind, value, who in rows] == [
        ("judge", "one", "mira"),
        ("judge", "two", "ben"),
        ("judge", None, "mira"),
    ]
    assert run_of_three.rows("SELECT * FROM set_values").fetchall() == []
    judge = judges_in_order(run_of_three, all_runs(run_of_three)[0])[1][0]
    assert toggle_pin(run_of_three, "s", judge, "mira").judge == judge
    assert pinned_judge(run_of_three, 1)[0] == judge
    assert toggle_pin(run_of_three, "s", judge, "mira").judge is None


def test_of_several_versions_one_is_named_with_its_hash(run_of_three: Store) -> None:
    ask(run_of_three, "haiku", "abc")
    with run_of_three.writing() as conn:
        add_judge(conn, Judge("haiku", "llm", (("model", "another"),)))
    with pytest.raises(
        BadUsage, match=r"several versions of a judge are named 'haiku'; name one: 'haiku@[0-9a-f]{8}', "
    ) as told:
        pin_judge(run_of_three, "s", "haiku", "mira")
    name = str(told.value).rsplit("'", 2)[1]
    assert pin_judge(run_of_three, "s", name, "mira").judge is not None
    with pytest.raises(BadUsage, match="there is no judge 'sonnet' in this file; judges: 'haiku'"):
        pin_judge(run_of_three, "s", "sonnet", "mira")
    with pytest.raises(BadUsage, match="there is no set 't'"):
        pin_judge(run_of_three, "t", name, "mira")


def test_an_import_whose_judge_is_pinned_is_not_taken_back(store: Store) -> None:
    bring(store, *(compared(key) for key in "ab"))
    bring(store, judged("a"), judged("b"))
    pin_judge(store, "s", "j", "mira")
    with pytest.raises(BadUsage, match=r"its judge 'j' is pinned to the set 's'; `uphold set pin s --none`"):
        drop_import(store, 2)
    assert chosen(store) == ("j", "pinned", 0, 0)
    unpin_judge(store, "s", "mira")
    drop_import(store, 2)
    assert chosen(store) == (None, "none", 0, 0)


def test_a_pinned_judge_that_the_file_does_not_have_is_said_and_no_other_takes_its_place(run_of_three: Store) -> None:
    ask(run_of_three, "all", "abc")
    with run_of_three.writing() as conn:
        conn.execute(
            "INSERT INTO set_events (set_id, kind, value, created_at) VALUES (1, 'judge', ?, '2026-01-01')",
            (f"gone@{'f' * 64}",),
        )
    found = headline_judge(run_of_three, all_runs(run_of_three)[0])
    assert (found.judge, found.name, found.reason) == (None, "gone@ffffffff", JudgeReason.PINNED)
    assert by_view(run_of_three) == []


def test_the_judge_of_two_runs_has_read_both(run_of_three: Store) -> None:
    other = [compared(key, candidate="new", response_candidate="other") for key in "abc"]
    bring(run_of_three, *other)
    for row in (compared(key) for key in "abc"):
        bring(run_of_three, row | {"judge": "both", "verdict": "tie"})
    bring(run_of_three, *(row | {"judge": "both", "verdict": "tie"} for row in other))
    bring(run_of_three, *(row | {"judge": "newest", "verdict": "tie"} for row in other))
    old, new = all_runs(run_of_three)
    assert headline_judge(run_of_three, new).name == "newest"
    assert headline_judge(run_of_three, new, against=old).name == "both"
    lacking = headline_judge(run_of_three, new, "newest", against=old)
    assert (lacking.reason, lacking.missing, lacking.pairs) == (JudgeReason.NAMED, 3, 6)


def test_a_programs_labels_take_the_headline_only_where_they_are_pinned_or_named(run_of_three: Store) -> None:
    ask(run_of_three, "rule", "abc", "rules")
    run = all_runs(run_of_three)[0]
    with run_of_three.writing() as conn:
        judge_id = add_judge(conn, Judge("script", "program"))
        record_requested_orders(conn, run.id, judge_id, [AnswerOrder.NONE], samples=0)
        for (pair,) in run_of_three.rows("SELECT id FROM current_pairs").fetchall():
            said = Judgment(AnswerOrder.NONE, JudgmentStatus.READABLE, Preference.TIE)
            judgments.add_judgment(conn, pair, judge_id, said)
    assert chosen(run_of_three) == ("rule", "rule", 0, 0)
    assert by_view(run_of_three) == [("rule", "rule")]
    assert chosen(run_of_three, "script") == ("script", "named", 0, 0)
    assert pin_judge(run_of_three, "s", "script", "mira").missing == 0
    assert chosen(run_of_three) == ("script", "pinned", 0, 0)
    assert by_view(run_of_three) == [("script", "pinned")]


KINDS = st.sampled_from(["llm", "imported", "rules"])


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(KINDS, st.sets(st.sampled_from("abc"), min_size=1)), min_size=1, max_size=4), st.booleans())
def test_the_view_for_sql_says_what_the_rule_says(
    tmp_path_factory: pytest.TempPathFactory, judges: list[tuple[str, set[str]]], pins: bool
) -> None:
    with new_store(tmp_path_factory.mktemp("view") / "x.db") as store:
        bring(store, *(compared(key) for key in "abc"))
        for number, (kind, keys) in enumerate(judges):
            if kind == "imported":
                bring(store, *(judged(key, judge=f"j{number}") for key in sorted(keys)))
            else:
                ask(store, f"j{number}", "".join(sorted(keys)), kind)
        if pins:
            pin_judge(store, "s", "j0", "mira")
        name, reason, *_ = chosen(store)
        assert by_view(store) == ([(name, reason)] if name is not None else [])


def test_a_file_of_schema_6_gets_the_views_when_it_is_opened_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    script = (Path(statements.__code__.co_filename).parent / "migrations" / MIGRATIONS[0][1]).read_text("utf-8")
    with closing(sqlite3.connect(path)) as conn:
        for statement in statements(script):
            conn.execute(statement)
        conn.execute("INSERT INTO sets (name, seed, created_at) VALUES ('s', '00', '2026-01-01')")
        conn.execute(f"PRAGMA application_id={0x75_70_68_64}")
        conn.execute("PRAGMA user_version=6")
        conn.commit()
    with open_store(path) as store:
        assert store.one("PRAGMA user_version") == (MIGRATIONS[-1][0],)
        assert store.rows("SELECT * FROM headline_judges").fetchall() == []
        assert store.one("SELECT name FROM sets") == ("s",)


async def test_the_command_that_asks_the_rest_of_a_rule_does(run_of_three: Store) -> None:
    bring(run_of_three, *(compared(key, reference=f"{key}, says the candidate") for key in "abc"), update=True)
    bring(run_of_three, compared("a", reviewer="mira", review="tie"))
    request = JudgeRequest("rules:closer", "1", options=("margin=0.2",), only_reviewed=True)
    async for _ in judge_run(run_of_three, request):
        pass
    pinned = pin_judge(run_of_three, "s", "rules:closer", "mira")
    assert (pinned.missing, pinned.pairs) == (2, 3)
    assert pinned.runs[0].ask.endswith("--judge rules:closer --judge-option margin=0.2")
    async for _ in judge_run(run_of_three, JudgeRequest("rules:closer", "1", options=("margin=0.2",))):
        pass
    assert chosen(run_of_three) == ("rules:closer", "pinned", 0, 0)
