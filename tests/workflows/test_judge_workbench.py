"""The workbench without a screen: clauses, shown decisions, versions that are kept, read, gone back to and asked by name."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.judge_workbench import LOCKED, good_answer_wins, judge_file, reviewed_store
from support.model_server import serving
from uphold.endpoints.retrying import NO_RETRY
from uphold.errors import BadDatabase, BadFile, BadUsage
from uphold.records.judge_clauses import (
    Clause,
    ClauseChange,
    ClauseSource,
    changed_clauses,
    parse_prompt,
    suggested_clause,
)
from uphold.records.trials import Trial, TrialState
from uphold.settings import Settings
from uphold.store.database import Store, open_store
from uphold.workflows import judge_workbench
from uphold.workflows.decided_half import find_scope
from uphold.workflows.forgetting import forget_examples
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judge_trial import run_trial
from uphold.workflows.judge_workbench import Workbench, open_workbench
from uphold.workflows.kept_judges import draft_table
from uphold.workflows.named_judge import named_judge
from uphold.workflows.tried_pair import JudgeVersion, read_tried_pair

REQUEST = JudgeRequest((), "lora-vs-base", patience=NO_RETRY)


@pytest.fixture
def decided(tmp_path: Path) -> Iterator[Store]:
    with reviewed_store(tmp_path / "x.db", 64) as store:
        yield store


def opened(store: Store, settings: Settings | None = None) -> Workbench:
    return open_workbench(store, find_scope(store, REQUEST.run, None), settings or Settings())


def test_it_opens_on_the_judge_of_the_headline_with_its_rubric_as_clauses(tmp_path: Path) -> None:
    with reviewed_store(tmp_path / "x.db", 64, rubric="- Be strict.\n\nShorter is better.") as store:
        bench = opened(store)
    assert (bench.name, bench.number, bench.problem) == ("weak", 2, "")
    assert [clause.text for clause in bench.draft.clauses] == ["- Be strict.", "Shorter is better."]
    assert {clause.source for clause in bench.draft.clauses} == {ClauseSource.RUBRIC}
    assert (bench.decided, bench.locked, bench.spent) == (32, 32, 0)
    assert bench.reasons is not None
    assert {one.reason for one in bench.reasons.reasons if not one.is_note} == {"wrong fact", "too long"}


def test_few_decided_pairs_open_it_to_read(tmp_path: Path) -> None:
    with reviewed_store(tmp_path / "x.db", 24) as store:
        bench = opened(store)
        assert bench.problem == "a try takes 20 decided pairs of the development half; 16 are there"
        with pytest.raises(BadUsage, match="16 are there"):
            judge_workbench.plan_draft(store, bench, bench.draft, REQUEST)


def test_an_unchanged_draft_is_the_judge_itself(tmp_path: Path) -> None:
    with reviewed_store(tmp_path / "x.db", 64, rubric="Be strict.\n\n  Shorter is better.  ") as store:
        bench = opened(store)
        judge = judge_workbench.draft_judge(store, bench.draft, "weak", REQUEST)
        assert bench.old is not None
        assert judge.to_ask().judge.record.version == bench.old.version


def test_a_judge_is_tested_as_the_version_that_it_is(decided: Store) -> None:
    bench = opened(decided)
    assert bench.old is not None
    assert bench.named_for_test(bench.draft) == f"weak@{bench.old.version}"
    other = replace(bench, old=replace(bench.old, name="recorded elsewhere"))
    assert other.named_for_test(bench.draft) == "weak"
    draft = bench.draft.with_new_clause(Clause("One.", since=2))
    version = judge_workbench.keep_version(decided, bench, draft, "mira", REQUEST)
    assert opened(decided).named_for_test(draft) == f"weak v2@{version.judge_version}"


def test_clauses_from_reasons_carry_their_evidence(decided: Store) -> None:
    bench = opened(decided)
    assert bench.reasons is not None
    reason = next(one for one in bench.reasons.reasons if one.reason == "too long")
    clause = suggested_clause(reason, bench.number)
    assert clause.text.startswith("Length is no merit")
    assert (clause.source, len(clause.pairs), clause.since) == (ClauseSource.REASON, reason.count, 2)
    assert all(pair.key.endswith("-dev") for pair in clause.pairs)


async def test_a_draft_is_tried_kept_and_asked_by_its_name(decided: Store, tmp_path: Path) -> None:
    bench = opened(decided)
    clause = judge_workbench.written_clause("A good answer\n wins.", bench.number)
    pair = judge_workbench.showable_pairs(decided, bench)[0]
    draft = bench.draft.with_new_clause(clause).with_shown(judge_workbench.as_shown(pair, bench.number))
    with serving(good_answer_wins) as server:
        judge_file(tmp_path / "weak.toml", server.url, "weak")
        bench = opened(decided)
        draft = replace(draft, judge=bench.draft.judge)
        plan = judge_workbench.plan_draft(decided, bench, draft, REQUEST)
        assert (len(plan.pairs), plan.shown) == (31, 1)
        *_, trial = [update async for update in run_trial(decided, plan)]
        assert isinstance(trial, Trial)
        assert trial.numbers.state is TrialState.BETTER
        sent = [asked.raw.decode() for asked in server.asked]
        assert sum("A good answer wins." in text and pair.place.instruction in text for text in sent) == 2 * 31
        assert len(sent) == 4 * 31  # the old judge was asked again
        assert all(LOCKED not in asked.raw.decode() for asked in server.asked)
        known = judge_workbench.known_trial(
            decided, judge_workbench.plan_draft(decided, opened(decided), draft, REQUEST)
        )
        assert known is not None
        assert known.numbers.counts == trial.numbers.counts
    version = judge_workbench.keep_version(decided, bench, draft, "mira", REQUEST)
    assert (version.number, version.parent, version.judge_version) == (2, 1, trial.version)
    again = opened(decided)
    assert (again.number, again.draft, again.trials[-1].version) == (3, draft, trial.version)
    named = named_judge(decided, 1, "weak v2", REQUEST)
    assert named.to_ask().judge.record.version == trial.version


async def test_a_tried_pair_has_what_people_said_and_why_both_judges_said_what_they_did(
    decided: Store, tmp_path: Path
) -> None:
    with serving(good_answer_wins) as server:
        judge_file(tmp_path / "weak.toml", server.url, "weak")
        bench = opened(decided)
        draft = bench.draft.with_new_clause(judge_workbench.written_clause("Facts first.", bench.number))
        *_, trial = [
            one async for one in run_trial(decided, judge_workbench.plan_draft(decided, bench, draft, REQUEST))
        ]
    assert isinstance(trial, Trial)
    fixed = trial.fixed[0]
    old, new = JudgeVersion(trial.against, trial.against_version), JudgeVersion(trial.judge, trial.version)
    pair = read_tried_pair(decided, fixed.pair_id, old, new)
    assert (pair.texts.key, pair.old and pair.old.verdict, pair.new and pair.new.verdict) == (
        fixed.key,
        fixed.was,
        fixed.is_now,
    )
    assert pair.old is not None
    assert [judgment.reason for judgment in pair.old.judgments] == ["it is correct"] * 2
    assert [opinion.note for opinion in pair.said] == [f"note {int(fixed.key[1:4])}"]
    assert pair.is_read_by("mira")
    assert not pair.is_read_by("jonas")
    alone = read_tried_pair(decided, fixed.pair_id, None, JudgeVersion("nobody", "0"))
    assert (alone.old, alone.new) == (None, None)


def test_versions_are_compared_written_and_gone_back_to(decided: Store, tmp_path: Path) -> None:
    bench = opened(decided)
    draft = bench.draft.with_new_clause(judge_workbench.written_clause("One.", 2))
    judge_workbench.keep_version(decided, bench, draft, "mira", REQUEST)
    with pytest.raises(BadUsage, match="nothing differs"):
        judge_workbench.keep_version(decided, opened(decided), draft, "mira", REQUEST)
    second = draft.toggled(0, 3).with_new_clause(judge_workbench.written_clause('Two "quoted" \x7f.', 3))
    judge_workbench.keep_version(decided, opened(decided), second, "mira", REQUEST)
    one, two, three = judge_workbench.kept_versions(decided, "s")
    assert [version.number for version in (one, two, three)] == [1, 2, 3]
    assert changed_clauses(two.prompt, three.prompt) == [
        (ClauseChange.OFF, "One."),
        (ClauseChange.ADDED, 'Two "quoted" \x7f.'),
    ]
    assert parse_prompt(three.prompt.text) == second
    assert judge_workbench.write_version(decided, three, tmp_path / "three.toml", Settings()) is None
    table = tomllib.loads((tmp_path / "three.toml").read_text())
    assert (table["name"], table["rubric"]) == ("weak v3", 'Two "quoted" \x7f.')
    written = named_judge(decided, 1, str(tmp_path / "three.toml"), REQUEST)
    assert written.to_ask().judge.record.version == three.judge_version
    with pytest.raises(BadFile, match="not overwritten"):
        judge_workbench.write_version(decided, three, tmp_path / "three.toml", Settings())
    judge_workbench.keep_version(decided, opened(decided), two.prompt, "mira", REQUEST)
    assert judge_workbench.kept_versions(decided, "s")[-1].judge_version != three.judge_version


def test_a_shown_pair_whose_texts_were_forgotten_is_not_sent(decided: Store) -> None:
    bench = opened(decided)
    pair = judge_workbench.showable_pairs(decided, bench)[0]
    draft = bench.draft.with_shown(judge_workbench.as_shown(pair, 2))
    assert draft_table(decided, draft, "x")["examples"][0]["instruction"] == pair.place.instruction
    forget_examples(decided, "s", [pair.place.key], "mira")
    assert "examples" not in draft_table(decided, draft, "x")


def test_forgetting_reaches_kept_versions_and_judges(decided: Store, tmp_path: Path) -> None:
    bench = opened(decided)
    assert bench.reasons is not None
    pair = judge_workbench.showable_pairs(decided, bench)[0]
    notes = [one for one in bench.reasons.reasons if one.is_note and pair.place.key in {p.key for p in one.pairs}]
    draft = bench.draft.with_shown(judge_workbench.as_shown(pair, 2)).with_new_clause(suggested_clause(notes[0], 2))
    judge_workbench.keep_version(decided, bench, draft, "mira", REQUEST)
    forget_examples(decided, "s", [pair.place.key], "mira")
    kept = judge_workbench.kept_versions(decided, "s")[-1].prompt
    assert (kept.shown[0].reason, kept.clauses[-1].text, kept.clauses[-1].reason) == ("", "", "")
    stored = decided.path.read_bytes()
    for text in (pair.place.instruction, notes[0].reason):
        assert text.encode() not in stored


def test_an_imported_judge_is_worked_on_with_a_model_of_the_settings(tmp_path: Path) -> None:
    with reviewed_store(tmp_path / "x.db", 64, imported=True) as store:
        bench = opened(store)
        assert "is no judge of a model" in bench.problem
        own = Settings(judges={"mine": {"model": "openai:m", "rubric": "Be fair."}})
        bench = opened(store, own)
        assert (bench.name, bench.problem) == ("mine", "")
        assert bench.old is not None
        assert bench.old.name == "old"


@pytest.mark.parametrize(
    "server",
    [
        {"base_url": "https://models.example/v1"},
        {"base_url": "https://models.example/v1", "api_key_env": "OPENAI_API_KEY"},
        {"api_key_env": "AWS_SECRET_ACCESS_KEY"},
        {"endpoint": "mine", "base_url": "https://models.example/v1"},
    ],
)
def test_a_database_does_not_say_where_keys_are_sent(decided: Store, server: dict[str, str]) -> None:
    settings = Settings(endpoints={"mine": {"kind": "openai", "api_key_env": "MY_KEY"}})
    request = replace(REQUEST, settings=settings)
    draft = opened(decided).draft
    judge_workbench.keep_version(
        decided, opened(decided), draft.with_new_clause(Clause("One.", since=2)), "mira", REQUEST
    )
    kept = replace(draft, judge={"model": "openai:gpt-5", **server})
    with decided.writing() as conn:
        conn.execute("UPDATE judge_prompts SET text = ? WHERE number = 2", (kept.text,))
    with pytest.raises(BadUsage, match=r"nothing in uphold\.toml says"):
        named_judge(decided, 1, "weak v2", request)
    with pytest.raises(BadUsage, match=r"nothing in uphold\.toml says"):
        judge_workbench.plan_draft(decided, opened(decided, settings), kept, request)
    version, path = judge_workbench.kept_versions(decided, "s")[-1], decided.path.with_name("kept.toml")
    where = judge_workbench.write_version(decided, version, path, settings)
    assert where is not None
    assert f"# It is asked {where}: so the database says" in path.read_text()
    own = Settings(endpoints={**settings.endpoints, "theirs": server})
    judge = named_judge(decided, 1, "weak v2", replace(request, settings=own), with_address=False)
    assert judge.to_ask().judge.record.name == "weak v2"


@pytest.mark.parametrize("text", ["{}", "[1]", '{"judge": 1, "clauses": [], "shown": []}', "[" * 900 + "]" * 900])
def test_a_version_of_another_shape_is_named_with_its_row(decided: Store, text: str) -> None:
    draft = opened(decided).draft.with_new_clause(Clause("One.", since=2))
    judge_workbench.keep_version(decided, opened(decided), draft, "mira", REQUEST)
    with decided.writing() as conn:
        conn.execute("UPDATE judge_prompts SET text = ? WHERE number = 2", (text,))
    with pytest.raises(BadDatabase, match="table judge_prompts, row 2, "), open_store(decided.path) as store:
        opened(store)


def test_a_since_without_end_is_no_version() -> None:
    with pytest.raises(ValueError, match="no version"):
        parse_prompt('{"judge": {}, "clauses": [{"text": "", "source": "written", "since": 1e999}], "shown": []}')
