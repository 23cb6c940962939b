"""Where a judge is wrong on a run: the parts, exactly their pairs, and nothing of the locked half before its test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.judge_workbench import LOCKED, reviewed_store
from uphold.records.halves import Half
from uphold.records.judge_parts import PartKind, RunPart
from uphold.records.pair_list import Behind, PairsBehind
from uphold.reports.breakdown_report import breakdown_report
from uphold.reports.text_tables import text_tables
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.halves import set_halves
from uphold.workflows.pair_list import PairListing
from uphold.workflows.where_wrong import breakdown_of, pairs_of_part


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "x.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "key-of-the-test")
        with reviewed_store(path) as store, store.writing() as conn:
            conn.execute(
                "INSERT INTO tags (example_id, tag) SELECT id, CASE id % 2 WHEN 0 THEN 'even' ELSE 'odd' END FROM examples"
            )
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    with open_store(Path(shutil.copy(made, tmp_path / "x.db"))) as opened:
        yield opened


def halves_of(store: Store, ids: frozenset[int]) -> set[Half]:
    halves = set_halves(store, 1)
    return {halves[store.one("SELECT example_id FROM pairs WHERE id = ?", (number,))[0]] for number in ids}


def test_every_row_opens_exactly_the_pairs_that_it_counts(store: Store) -> None:
    run = all_runs(store)[0]
    found = breakdown_of(store, run)
    assert found is not None
    rows = [found.whole, *(row for rows in found.rows.values() for row in rows)]
    assert {row.part.kind for row in rows} >= {PartKind.WHOLE, PartKind.TAG, PartKind.REASON}
    listing = PairListing(store, run, "somebody")
    for row in rows:
        ids = pairs_of_part(store, run, found.judge, row.part)
        assert len(ids) == row.n > 0
        assert listing.behind(PairsBehind(Behind.PART, part=row.part)) == ids
        assert halves_of(store, ids) == {Half.DEVELOPMENT}


def test_what_is_left_out_is_counted_and_said_and_shown_nowhere(store: Store) -> None:
    run = all_runs(store)[0]
    found = breakdown_of(store, run)
    assert found is not None
    assert found.locked > 0
    report = breakdown_report(found, run.name)
    cells = [
        cell for section in report.sections for table in text_tables(section) for row in table.rows for cell in row
    ]
    assert not any(LOCKED in cell for cell in [*cells, report.title, report.subtitle])
    assert any(f"{found.locked} more read pairs are in the half" in cell for cell in cells)


def test_pairs_that_a_test_has_spent_are_looked_at(store: Store) -> None:
    run = all_runs(store)[0]
    before = breakdown_of(store, run)
    assert before is not None
    with store.writing() as conn:
        (version,) = conn.execute("SELECT max(id) FROM set_versions").fetchone()
        certificate = {
            "id": 1,
            "set_id": 1,
            "judge_id": before.judge.id,
            "set_version_id": version,
            "answer_orders": "[]",
            "samples": 1,
            "floor": 0.5,
            "n": 1,
            "examples": 1,
            "agreed": 1,
            "unreadable": 0,
            "seen": 0,
            "low": 0.1,
            "method": "wilson",
            "created_at": "2026-01-01",
        }
        columns, values = ", ".join(certificate), ", ".join(f":{name}" for name in certificate)
        conn.execute(f"INSERT INTO certificates ({columns}) VALUES ({values})", certificate)
        conn.execute("INSERT INTO locked_uses SELECT 1, id, 1 FROM pairs")
    after = breakdown_of(store, run)
    assert after is not None
    assert (after.locked, after.whole.n) == (0, before.whole.n + before.locked)


def test_the_worst_part_of_a_kind_is_first(store: Store) -> None:
    found = breakdown_of(store, all_runs(store)[0])
    assert found is not None
    for rows in found.rows.values():
        rates = [row.agreement.rate for row in rows if row.agreement.rate is not None]
        assert rates == sorted(rates)


def test_without_a_judge_there_is_nothing_to_take_apart(store: Store) -> None:
    with store.writing() as conn:
        for table in ("verdicts", "judge_orders", "judgments"):
            conn.execute(f"DELETE FROM {table}")
    run = all_runs(store)[0]
    assert breakdown_of(store, run) is None
    assert "No judge has read a pair" in str(breakdown_report(None, run.name))


def test_a_part_that_there_is_not_has_no_pairs(store: Store) -> None:
    run = all_runs(store)[0]
    found = breakdown_of(store, run)
    assert found is not None
    assert pairs_of_part(store, run, found.judge, RunPart(PartKind.TAG, "nonsense")) == frozenset()
