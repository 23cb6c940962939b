"""Three checkpoints of one system against one base on the same 120 examples, and what becomes of each call."""

import asyncio
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, variance
from typing import Any

import pytest

from support.certified import SEED, StubJudge, judge_file, key_of
from support.checkpoints import SET, SETTINGS, brought, keys, project, read, requested, shown
from support.imports import bring, write
from support.model_server import Asked, Reply, answer_to, error, loopback, said
from uphold.endpoints.retrying import NO_RETRY
from uphold.errors import BadFile, BadUsage
from uphold.records.checkpoints import CheckpointProgress, CheckpointResult, StepName, StepState
from uphold.records.comparisons import SetChange
from uphold.records.enums import AnswerOrder, Choice
from uphold.records.sets import ExampleEdit, NewExample
from uphold.records.texts import ExampleText
from uphold.reports.comparison_report import gate_report
from uphold.reports.model import Sentence
from uphold.settings import Project, Settings
from uphold.stats.distributions import t_quantile
from uphold.store.checkpoints import pairs_to_read
from uphold.store.database import Store, open_store
from uphold.store.judges import record_requested_orders
from uphold.store.runs import find_run
from uphold.workflows.certifying import CertifyRequest, certify
from uphold.workflows.checkpoint_run import CheckpointRequest, read_result, run_checkpoint
from uphold.workflows.checkpoints import bless_run, checkpoint_rows, gate_summary, lost_and_won, old_and_new
from uphold.workflows.comparison import GateRequest, compare_runs, gate_run
from uphold.workflows.curating import SetEditor
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.pinning import pin_judge, pin_spec
from uphold.workflows.project_setup import NewProject, make_project
from uphold.workflows.set_judge import judge_of_set

KEYS = keys(120)

CHANGED, AGAIN = KEYS[:20], KEYS[100:110]

LOST, WON = KEYS[4:8], KEYS[:2]

FIRST = {key: f"it is {key}" for key in KEYS}

SECOND = FIRST | {key: "no clue" if key in CHANGED[:3] else f"it is {key} indeed" for key in CHANGED}

THIRD = FIRST | {key: f"it is {key}, thanks" for key in AGAIN}

MARGIN = 0.1

SAID_FIRST = dict.fromkeys(KEYS, Choice.CANDIDATE) | dict.fromkeys(WON, Choice.BASELINE)

SAID_SECOND = SAID_FIRST | dict.fromkeys(LOST, Choice.BASELINE) | dict.fromkeys(WON, Choice.CANDIDATE)


@pytest.fixture(scope="module")
def read_in_both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[CheckpointResult], list[str]]:
    """Two checkpoints that were read, the first blessed: the database, the results, and the keys of the second as read."""
    path = tmp_path_factory.mktemp("checkpoints") / "x.db"
    with open_store(path, create=True) as store:
        project(store, len(KEYS))
        first = asyncio.run(brought(store, "v1", FIRST))
        read(store, first.run, SAID_FIRST, len(KEYS))
        bless_run(store, "v1-vs-base", "released", "ada")
        second = asyncio.run(brought(store, "v2", SECOND))
        came = read(store, second.run, SAID_SECOND, len(KEYS))
    return path, [first, second], came


@pytest.fixture
def three(read_in_both: tuple[Path, list[CheckpointResult], list[str]], tmp_path: Path) -> Iterator[Store]:
    with open_store(Path(shutil.copy(read_in_both[0], tmp_path / "x.db"))) as store:
        yield store


def test_what_is_known_carries_over_and_is_not_asked_again_and_the_rest_is_queued_flips_first(
    read_in_both: tuple[Path, list[CheckpointResult], list[str]],
) -> None:
    _, (first, second), came = read_in_both
    assert (first.work.asked, first.reading.carried, first.reading.changed, first.reading.to_read) == (120, 0, 120, 120)
    assert first.gate is None
    assert (second.work.imported, second.work.asked, second.work.reused) == (120, 20, 100)
    assert (second.reading.carried, second.reading.changed, second.reading.to_read) == (100, 20, 20)
    assert second.progress.flipped == 3
    assert set(came) == set(CHANGED)
    assert set(came[:3]) == set(CHANGED[:3])


def test_compare_gate_and_history_agree_with_a_calculation_by_hand(three: Store) -> None:
    changes = [-1.0] * len(LOST) + [1.0] * len(WON) + [0.0] * 14
    share, n, total = len(CHANGED) / len(KEYS), len(CHANGED), len(KEYS)
    whole = share * mean(changes)
    between = (share * mean(changes) ** 2 - whole**2) / total
    half = t_quantile(n - 1) * math.sqrt(share**2 * variance(changes) / n + between)
    added = [*changes, 1.0, -1.0]
    widened = sum(one**2 for one in added) - sum(changes) ** 2 / len(added)
    bound = whole - 1.6448536 * math.sqrt(share**2 * widened / len(added) ** 2 + between)

    compared = compare_runs(three, "v1-vs-base", "v2-vs-base").people.ties_half
    assert (compared.difference, compared.low, compared.high) == pytest.approx((whole, whole - half, whole + half))
    gated = gate_run(three, GateRequest("v2-vs-base", None, MARGIN)).gate
    assert gated.bounds.low == pytest.approx(bound)
    assert gated.outcome == "PASS"
    before, after = checkpoint_rows(three)
    assert (before.difference.difference, before.lost, before.won) == (None, None, None)
    assert before.blessed is not None
    assert (before.blessed.note, before.blessed.reviewer) == ("released", "ada")
    assert after.difference == compared
    assert (after.lost, after.won, after.reading.carried, after.reading.read) == (4, 2, 100, 20)


async def test_a_pair_that_an_earlier_run_has_is_known_even_if_the_last_one_has_it_not(three: Store) -> None:
    third = await brought(three, "v3", THIRD, margin=MARGIN)
    assert (third.reading.carried, third.reading.changed, third.work.asked, third.work.reused) == (110, 10, 10, 110)
    items = three.rows(
        "SELECT e.key, i.stratum FROM queues q JOIN queue_items i ON i.queue_id = q.id JOIN pairs p ON p.id = i.pair_id"
        " JOIN examples e ON e.id = p.example_id WHERE q.run_id = ? ORDER BY i.position",
        (third.run.id,),
    ).fetchall()
    assert {key for key, stratum in items[:10]} == set(AGAIN)
    assert all(stratum.startswith("unchanged") for _, stratum in items[10:])
    assert pairs_to_read(three, third.run.id) == {
        row[0]
        for row in three.rows(
            "SELECT p.id FROM pairs p JOIN examples e ON e.id = p.example_id WHERE p.run_id = ? AND e.key BETWEEN ? AND ?",
            (third.run.id, AGAIN[0], AGAIN[-1]),
        )
    }
    assert third.gate is not None
    assert third.gate.gate.outcome == "INCONCLUSIVE"
    read(three, third.run, SAID_FIRST, len(KEYS))
    settled = read_result(three, third, MARGIN)
    assert settled.gate is not None
    assert (settled.gate.gate.outcome, settled.reading.to_read) == ("PASS", 0)
    assert [row.run.candidate for row in checkpoint_rows(three, SET)] == ["v1", "v2", "v3"]


async def test_a_second_call_does_nothing_and_says_the_same(three: Store) -> None:
    before = three.total_changes()
    again = await brought(three, "v2")
    assert (again.work.asked, again.work.reused, again.work.imported, again.work.cost) == (0, 0, 0, 0.0)
    assert (again.reading.changed, again.reading.carried, again.reading.to_read) == (20, 100, 0)
    assert three.total_changes() == before


def test_lost_examples_say_who_says_so_and_why_and_both_answers_stand_side_by_side(three: Store) -> None:
    before, after = (find_run(three, name) for name in ("v1-vs-base", "v2-vs-base"))
    lost, won = lost_and_won(three, before, after)
    assert [one.key for one in lost] == LOST
    assert {(by.reviewer, by.choice, by.carried_from) for one in lost for by in one.by} == {("ada", "baseline", None)}
    assert {one.key for one in won if one.by} == set(WON)
    old, new = old_and_new(three, before, after, CHANGED[0], 1)
    assert old is not None
    assert new is not None
    assert (old.texts.candidate_cells, new.texts.candidate_cells) == ((FIRST[CHANGED[0]],), ("no clue",))
    assert old.verdicts[0].judgments[0].reason != new.verdicts[0].judgments[0].reason
    assert old_and_new(three, before, after, "gone", 1) == (None, None)


async def test_an_unread_loss_that_only_the_judge_sees_counts_in_no_number(three: Store) -> None:
    worse = FIRST | {AGAIN[0]: "who knows"}
    fourth = await brought(three, "v4", worse)
    lost, _ = lost_and_won(three, find_run(three, "v1-vs-base"), fourth.run)
    assert [(one.key, one.before, one.after, one.by) for one in lost] == [(AGAIN[0], 1.0, 0.5, ())]
    assert checkpoint_rows(three)[-1].lost == 0


# judge and set


async def test_where_the_judge_changes_the_history_and_the_gate_say_so(three: Store) -> None:
    pin_spec(three, SET, "rules:exact", "ada", Settings())
    third = await brought(three, "v3", THIRD)
    rows = checkpoint_rows(three)
    assert not rows[1].changes
    assert rows[2].changes is not None
    assert rows[2].changes.judges is not None
    assert [judge.name for judge in rows[2].changes.judges] == ["rules:closer", "rules:exact"]
    assert [row.judged_by.name for row in rows if row.judged_by] == ["rules:closer", "rules:closer", "rules:exact"]
    assert third.gate is not None
    assert third.gate.comparison.changes.judges == rows[2].changes.judges
    assert "the judge changed here: rules:closer to rules:exact" in gate_summary(three, third.gate).replace("`", "")


async def test_where_the_set_changes_the_difference_speaks_of_what_both_share(three: Store) -> None:
    editor = SetEditor(three, SET, "ada")
    editor.retire(KEYS[110:113], "out of date")
    editor.edit(KEYS[113], ExampleEdit(turns=("Another question?",)))
    editor.add([NewExample(ExampleText(("New?",), None, (None,)), "q-new")])
    bring(
        three,
        {"key": "q-new", "response_candidate": "b"},
        {"key": KEYS[113], "response_candidate": "b"},
        set_=SET,
        candidate="base",
    )
    third = await brought(three, "v3", {key: FIRST[key] for key in KEYS[:110] + KEYS[113:]} | {"q-new": "a"})
    changes = checkpoint_rows(three)[2].changes
    assert changes is not None
    assert changes.set_change == SetChange(1, 2, added=1, retired=3, edited=1)
    assert changes.shared == 116
    assert third.gate is not None
    report = gate_report(third.gate)
    said = [item.text for section in report.sections for item in section.items if isinstance(item, Sentence)]
    assert "The set changed here: v1 to v2, +1 −3 ~1: compared on the 116 they share." in said
    assert third.gate.comparison.people.shared.shared == 116
    assert [row.set_version for row in checkpoint_rows(three)] == [1, 1, 2]


async def test_a_judge_is_asked_in_the_pinned_version_only(three: Store, tmp_path: Path) -> None:
    file = tmp_path / "strict.toml"
    file.write_text('name = "strict"\nrule = "closer"\noptions = { margin = 0.2 }\n')
    pin_spec(three, SET, str(file), "ada", Settings())
    set_id = three.one("SELECT id FROM sets")[0]
    assert judge_of_set(three, set_id, SET, Settings()).spec == str(file)
    file.write_text('name = "strict"\nrule = "closer"\noptions = { margin = 0.3 }\n')
    with pytest.raises(
        BadUsage, match=r"strict@\w{8}, cannot be asked as it was: .*strict@\w{8} now.*uphold set pin desk --spec"
    ):
        await brought(three, "v3", THIRD)
    assert three.one("SELECT count(*) FROM runs")[0] == 2


async def test_the_options_of_a_pinned_judge_are_asked_again(store: Store) -> None:
    project(store, 4)
    first = await brought(store, "v1", {key: FIRST[key] for key in KEYS[:4]}, judge="rules:closer")
    store.conn.execute("DELETE FROM judge_specs")  # as a file has it that was judged before they were recorded
    assert judge_of_set(store, first.run.set_id, SET, Settings()).options == ("margin=0.05",)


async def test_a_model_is_asked_in_the_orders_and_samples_of_the_latest_run(three: Store) -> None:
    pin_spec(three, SET, "anthropic:judge", "ada", Settings())
    set_id, judge_id = three.one("SELECT set_id, judge_id FROM pinned_judges")
    assert judge_of_set(three, set_id, SET, Settings()).one_order is False
    with three.writing() as conn:
        record_requested_orders(conn, 2, judge_id, (AnswerOrder.CANDIDATE_FIRST,), 3)
    found = judge_of_set(three, set_id, SET, Settings())
    assert (found.spec, found.one_order, found.samples) == ("anthropic:judge", True, 3)


# requests that cannot be carried out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"set": "other"}, "there is no set 'other'"),
        ({"endpoint": "openai:m", "answers": (Path("a.jsonl"),)}, "--answers or --endpoint, not both"),
        ({"judge": "nobody", "system": "v2"}, "there is no judge 'nobody'"),
        ({"baseline": "nobody"}, "the baseline 'nobody' has answered nothing"),
        ({"margin": 2}, "--margin is a share"),
        ({"endpoint": "anthropic:m", "max_cost": 1.0}, "the price of 'm' is not known"),
        ({"system": " "}, "the checkpoint needs a name"),
        ({"system": "base"}, "is the baseline of the set 'desk'"),
        ({"endpoint": "nowhere"}, "there is no endpoint 'nowhere'"),
        ({}, "'v9' has answered nothing in the set 'desk': --answers FILE"),
    ],
)
async def test_a_request_that_cannot_be_carried_out_writes_nothing(
    three: Store, options: dict[str, Any], words: str
) -> None:
    before = three.total_changes()
    with pytest.raises((BadUsage, BadFile), match=words):
        await brought(three, **{"system": "v9", **options})
    assert three.total_changes() == before


async def test_answers_of_another_system_are_no_answers_of_this_one(three: Store) -> None:
    rows = ({"key": key, "candidate": "other", "response_candidate": "x"} for key in KEYS[:2])
    file = write(three.path.with_name("other.jsonl"), *rows)
    with pytest.raises(BadUsage, match=r"'v9' has still answered nothing.*systems that have: 'base', 'other'"):
        await brought(three, "v9", answers=(file,))


async def test_answers_may_stand_under_response(three: Store) -> None:
    file = write(three.path.with_name("short.jsonl"), *({"key": key, "response": FIRST[key]} for key in KEYS))
    result = await brought(three, "v6", answers=(file,))
    assert (result.work.left, result.reading.carried) == ((), 120)


async def test_missing_answers_are_left_and_named(three: Store) -> None:
    result = await brought(three, "v5", {key: FIRST[key] for key in KEYS[:110]})
    assert result.work.left == ("answers: 10 examples of 120 without an answer",)
    assert result.progress.step(StepName.ANSWERS).state is StepState.LEFT
    assert (result.reading.pairs, result.reading.carried) == (110, 110)


async def test_verdicts_of_an_imported_judge_are_waited_for(store: Store) -> None:
    bring(
        store,
        *({"key": key, "instruction": key, "response_candidate": "b"} for key in KEYS[:3]),
        set_=SET,
        candidate="base",
    )
    make_project(store, store.path.with_name("p.toml"), NewProject(Project(set=SET), "base"), "ada", Settings())
    row = {
        "key": KEYS[0],
        "response_candidate": "a",
        "response_baseline": "b",
        "judge": "elsewhere",
        "verdict": "candidate",
    }
    bring(store, row, set_=SET, candidate="v1", baseline="base")
    pin_judge(store, SET, "elsewhere", "ada")
    result = await brought(store, "v1", dict.fromkeys(KEYS[:3], "a"))
    assert result.work.left == (
        "judging: 2 pairs lack a verdict of elsewhere: its verdicts are imported, `uphold import FILE` brings them",
    )


# endpoints


class Server:
    """A model that answers for checkpoint and judge; it refuses what `broken` says of the number of the request."""

    def __init__(self, broken: Any = lambda number: False) -> None:
        self.broken = broken
        self.answers: list[str] = []
        self.verdicts = 0

    def __call__(self, asked: Asked) -> Reply:
        if self.broken(asked.number):
            return error(400, "invalid_request_error", "no such model here")
        if asked.body["model"] == "judge":
            self.verdicts += 1
            return answer_to(asked, said("A"))
        self.answers.append(asked.user)
        return answer_to(asked, f"answer to {asked.user}")


PRICED = Settings(
    project=Project(set=SET, endpoint="anthropic:model", max_cost=1.0),
    prices={name: {"input": 1.0, "output": 1.0} for name in ("model", "judge")},
)


async def asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, server: Server, system: str, **more: Any
) -> CheckpointResult:
    async with loopback(server) as serving:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", serving.url)
        given = {"settings": PRICED, "judge": "anthropic:judge", "patience": NO_RETRY, "concurrency": 1, **more}
        updates = [update async for update in run_checkpoint(store, CheckpointRequest(system, **given))]
    *progress, result = updates
    assert isinstance(result, CheckpointResult)
    assert all(isinstance(one, CheckpointProgress) for one in progress)
    return result


async def test_an_endpoint_answers_what_is_missing_and_the_judge_what_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(store, 6)
    server = Server()
    first = await asked_for(store, monkeypatch, server, "v1")
    assert (first.work.generated, first.work.asked, first.work.reused) == (6, 12, 0)
    assert first.work.cost == pytest.approx(18 * 120 / 1e6)
    again = await asked_for(store, monkeypatch, server, "v1")
    assert (again.work.generated, again.work.asked, again.work.cost) == (0, 0, 0.0)
    twin = await asked_for(store, monkeypatch, server, "v2")
    assert (twin.work.generated, twin.work.asked, twin.work.reused, twin.reading.changed) == (6, 0, 12, 0)
    assert (len(server.answers), server.verdicts) == (12, 12)


async def test_a_server_that_refuses_breaks_its_step_off_and_the_same_call_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(store, 6)
    server = Server(lambda number: number >= 2)
    broken = await asked_for(store, monkeypatch, server, "v1")
    answers = broken.progress.step(StepName.ANSWERS)
    assert (answers.state, answers.done, broken.work.generated) == (StepState.FAILED, 2, 2)
    assert "no such model here" in (answers.failure or "")
    assert broken.work.left[0].startswith("answers: ")
    server.broken = lambda number: number >= 4 + 5
    halfway = await asked_for(store, monkeypatch, server, "v1")
    assert halfway.work.generated == 4
    judged = halfway.progress.step(StepName.JUDGED)
    assert judged.state is StepState.FAILED
    assert "no such model here" in (judged.failure or "")
    server.broken = lambda number: False
    whole = await asked_for(store, monkeypatch, server, "v1")
    assert whole.work.left == ()
    assert (len(server.answers), server.verdicts) == (6, 12)


async def test_the_cap_holds_for_answers_and_judging_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    project(store, 6)
    server = Server()
    capped = await asked_for(store, monkeypatch, server, "v1", max_cost=0.01)
    assert capped.work.cost is not None
    assert capped.work.cost <= 0.01
    assert "pass --max-cost" in capped.work.left[0]
    assert (capped.work.generated, capped.work.asked) != (6, 12)


async def test_the_steps_come_one_after_another(three: Store) -> None:
    request = requested(three, "v3", THIRD, settings=SETTINGS)
    updates = [update async for update in run_checkpoint(three, request) if isinstance(update, CheckpointProgress)]
    assert shown(updates) == [
        ("answers", "running"),
        ("answers", "done"),
        ("carried", "done"),
        ("judged", "running"),
        ("judged", "done"),
        ("to read", "waiting"),
    ]


async def certified_project(store: Store, judge: StubJudge, file: Path) -> None:
    """A set whose first checkpoint was decided, and the judge that is pinned to it certified."""
    make_project(
        store, store.path.with_name("uphold.toml"), NewProject(SETTINGS.project, "base", str(file)), "ada", Settings()
    )
    with store.writing() as conn:
        conn.execute("UPDATE sets SET seed = ?", (SEED,))  # with another one fewer than 30 examples may be locked
    rows = [
        {
            "key": key_of(n),
            "instruction": f"{n * 7919} of {key_of(n)}?",
            "response_candidate": f"baseline of {key_of(n)}",
        }
        for n in range(70)
    ]
    bring(store, *rows, set_=SET, candidate="base")
    first = await brought(store, "v1", {key_of(n): f"candidate of {key_of(n)}" for n in range(70)})
    read(store, first.run, dict.fromkeys(map(key_of, range(70)), Choice.CANDIDATE), 70)
    request = CertifyRequest(JudgeRequest(str(file), set=SET), 0.75)
    *_, result = [one async for one in certify(store, request)]
    assert result.state == "stands", result


SECOND_ANSWERS = {key_of(n): f"candidate of {key_of(n)}{' too' if n < 9 else ''}" for n in range(70)}


async def test_a_certified_judge_is_checked_for_drift_once_before_it_is_asked(store: Store) -> None:
    judge = StubJudge()
    with judge_file(store.path.parent, judge) as (file, _):
        await certified_project(store, judge, file)
        asked = len(judge.asked)
        result = await brought(store, "v2", SECOND_ANSWERS)
        assert [step.name for step in result.progress.steps] == ["answers", "carried", "drift", "judged", "to read"]
        assert result.work.drift is not None
        assert (result.work.drift.state, result.work.drift.changed) == ("holds", 0)
        assert len(judge.asked) == asked + result.work.drift.asked + 9
        assert result.work.left == ()
        again = await brought(store, "v2", SECOND_ANSWERS)
        assert again.progress.step(StepName.DRIFT).state is StepState.DONE
        assert len(judge.asked) == asked + result.work.drift.asked + 9
        unchecked = await brought(store, "v3", SECOND_ANSWERS, checks_drift=False)
        assert (unchecked.work.drift, len(unchecked.progress.steps)) == (None, 4)


async def test_a_judge_that_was_found_changed_is_not_asked(store: Store) -> None:
    judge = StubJudge()
    with judge_file(store.path.parent, judge) as (file, _):
        await certified_project(store, judge, file)
        judge.turned = {key_of(number) for number in range(0, 70, 2)}
        asked = len(judge.asked)
        result = await brought(store, "v2", SECOND_ANSWERS)
        assert result.work.judge_changed
        assert result.progress.step(StepName.DRIFT).state is StepState.FAILED
        assert result.progress.step(StepName.JUDGED).state is StepState.WAITING
        assert len(judge.asked) == asked + result.work.drift.asked
        assert "was found changed, and its certificate lapses; `uphold set pin desk --spec SPEC`" in result.work.left[0]
        with pytest.raises(BadUsage, match="it was found changed on"):
            await brought(store, "v2", SECOND_ANSWERS)


async def test_the_cap_holds_for_the_check_too(store: Store) -> None:
    judge = StubJudge()
    with judge_file(store.path.parent, judge) as (file, _):
        await certified_project(store, judge, file)
        asked = len(judge.asked)
        result = await brought(store, "v2", SECOND_ANSWERS, max_cost=0.005)
        assert 0 < len(judge.asked) - asked < 70
        assert result.progress.step(StepName.DRIFT).state is StepState.LEFT
        assert result.work.left[0].startswith("drift: ")
