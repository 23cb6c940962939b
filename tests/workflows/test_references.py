"""A reference stands beside the text: a mended one makes verdicts stale that saw the old one, and leaves decisions in force."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from support.imports import bring, compared, current, decisions, dump, judged, reviewed, values, verdict
from support.sessions import on_screen
from uphold.records.enums import AnswerOrder, Choice, JudgmentStatus, Preference
from uphold.records.judgments import Judge, Judgment
from uphold.store import judges, judgments
from uphold.store.database import Store
from uphold.store.outcomes import rebuild
from uphold.store.runs import all_runs
from uphold.workflows.importing import drop_import
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judging import judge_run
from uphold.workflows.judging_progress import JudgeSummary
from uphold.workflows.review_opening import open_review
from uphold.workflows.statistics import read_run_statistics

CLOSER = "rules:closer"


def mend(store: Store, reference: object, key: str = "k") -> int | None:
    """Give the example another reference and nothing else."""
    return bring(store, {"key": key, "reference": reference}, update=True).number


async def judge(store: Store, spec: str = CLOSER, **request: object) -> JudgeSummary:
    async def summaries() -> AsyncIterator[JudgeSummary]:
        async for told in judge_run(store, JudgeRequest(spec, **request)):  # type: ignore[arg-type]
            if isinstance(told, JudgeSummary):
                yield told

    return [one async for one in summaries()][-1]


def test_a_mended_reference_is_the_same_text_with_the_same_answers(store: Store) -> None:
    bring(store, judged(reference="r"), reviewed())
    pairs, sets = current(store), values(store, "SELECT count(*) FROM texts")
    summary = bring(store, {"key": "k", "reference": "s"}, update=True)
    assert (summary.edited, summary.already_there) == (1, 0)
    assert (current(store), values(store, "SELECT count(*) FROM texts")) == (pairs, sets)
    events = "SELECT v.kind, v.text_id IS NULL, r.turns FROM example_events v JOIN reference_texts r ON r.id = v.reference_id"
    assert store.rows(events + " ORDER BY v.id").fetchall() == [("added", 0, '["r"]'), ("referenced", 1, '["s"]')]


def test_imported_judges_and_decisions_stay_in_force_and_decisions_are_counted(store: Store) -> None:
    bring(store, judged(reference="r"), reviewed())
    assert read_run_statistics(store, None).human.older_reference == 0
    mend(store, "s")
    assert (verdict(store), decisions(store)) == (["candidate"], [("ada", "decision", "candidate")])
    assert read_run_statistics(store, None).human.older_reference == 1
    session = open_review(store, all_runs(store)[0], "ada")
    session.decide(Choice.TIE, on_screen(session))
    assert read_run_statistics(store, None).human.older_reference == 0
    mend(store, "r")
    assert read_run_statistics(store, None).human.older_reference == 1


async def test_a_verdict_that_saw_the_old_reference_is_pending_and_comes_back_with_it(store: Store) -> None:
    bring(store, compared("a", reference="a, says the candidate"), compared("b", reference="b, says the baseline"))
    assert (await judge(store)).progress.total == 2
    assert verdict(store, "a", CLOSER) == ["candidate"]
    mend(store, "a, says the baseline", "a")
    assert (verdict(store, "a", CLOSER), verdict(store, "b", CLOSER)) == (["pending"], ["baseline"])
    assert read_run_statistics(store, None).judges[0].pending == 1
    assert (await judge(store)).progress.total == 1
    assert verdict(store, "a", CLOSER) == ["baseline"]
    assert (await judge(store)).progress.total == 0
    mend(store, "a, says the candidate", "a")
    assert verdict(store, "a", CLOSER) == ["candidate"]
    assert (await judge(store)).progress.total == 0
    assert values(store, "SELECT count(*) FROM judgments WHERE superseded_by IS NULL") == [3]


async def test_only_a_judgment_with_an_equal_reference_is_reused(store: Store) -> None:
    bring(store, compared("k", reference="r"))
    run, judge_record = all_runs(store)[0], Judge("llm:x", "llm")
    with store.writing() as conn:
        judge_id = judges.add_judge(conn, judge_record)
        judges.record_requested_orders(conn, run.id, judge_id, [AnswerOrder.CANDIDATE_FIRST])
        (missing,) = judgments.missing_judgments(store, run.id, judge_id)
        made = Judgment(
            AnswerOrder.CANDIDATE_FIRST, JudgmentStatus.READABLE, Preference.TIE, reference_id=missing.reference_id
        )
        judgments.add_judgment(conn, missing.pair_id, judge_id, made)
    assert missing.reference_id is not None
    assert judgments.find_reusable(store, judge_id, missing) is not None
    assert judgments.find_reusable(store, judge_id, replace(missing, reference_id=None)) is None
    mend(store, "s")
    (again,) = judgments.missing_judgments(store, run.id, judge_id)
    assert judgments.find_reusable(store, judge_id, again) is None


async def test_of_several_turns_only_the_reference_up_to_the_pairs_turn_counts(store: Store) -> None:
    turns = {"turns": ["one", "two"], "response_candidate": ["r", "s"], "response_baseline": ["p", "q"]}
    bring(store, compared(instruction=None, reference=["r", "s"], **turns))
    await judge(store)
    rows = "SELECT p.turn, v.verdict FROM current_pairs p JOIN verdicts v ON v.pair_id = p.id ORDER BY 1"
    assert store.rows(rows).fetchall() == [(1, "candidate"), (2, "candidate")]
    mend(store, ["r", "t"])
    assert store.rows(rows).fetchall() == [(1, "candidate"), (2, "pending")]


async def test_against_the_baseline_reference_a_mended_reference_is_another_answer(store: Store) -> None:
    bring(store, {"key": "k", "instruction": "Say k.", "reference": "r", "response_candidate": "r", "candidate": "x"})
    systems = {"set": "s", "candidate": "x", "baseline": "reference"}
    await judge(store, "rules:reference-overlap", **systems)
    assert [row[3] for row in current(store)] == ['["r"]']
    first = values(store, "SELECT id FROM current_pairs")
    mend(store, "s")
    assert current(store) == []
    await judge(store, "rules:reference-overlap", **systems)
    assert [row[3] for row in current(store)] == ['["s"]']
    mend(store, "r")
    assert values(store, "SELECT id FROM current_pairs") == first


async def test_a_dropped_import_takes_its_reference_back_and_the_verdict_counts_again(store: Store) -> None:
    bring(store, compared(reference="k, says the candidate"))
    await judge(store)
    before = dump(store)
    number = mend(store, "k, says the baseline")
    assert number is not None
    assert verdict(store, "k", CLOSER) == ["pending"]
    drop_import(store, number)
    assert dump(store) == before
    with store.writing() as conn:
        rebuild(conn)
    assert dump(store) == before


def test_the_set_hash_and_a_carried_decision_know_the_reference(store: Store) -> None:
    bring(store, reviewed(reference="r"))
    first = read_run_statistics(store, None).set_hash
    mend(store, "s")
    assert read_run_statistics(store, None).set_hash != first
    bring(store, compared(candidate="twin"))
    seen = "SELECT r.turns FROM events v JOIN reference_texts r ON r.id = v.reference_id ORDER BY v.seq"
    assert values(store, seen) == ['["r"]', '["r"]']


@pytest.mark.parametrize("reference", [None, "r"])
def test_every_run_of_a_set_is_read_in_the_same_order(store: Store, reference: str | None) -> None:
    for candidate in ("one", "two"):
        keys = [f"k{number}" for number in range(30)]
        bring(
            store,
            *(compared(key, candidate=candidate, response_candidate=candidate, reference=reference) for key in keys),
        )
    first, second = ([item.key for item in open_review(store, run, "ada").cursor.items] for run in all_runs(store))
    assert first == second
    assert first != sorted(first)
