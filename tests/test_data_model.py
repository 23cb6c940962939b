"""docs/data-model.md names the tables and views that there are, and its queries run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from uphold.store.database import Store, open_store
from uphold.workflows.importing import ImportRequest, import_files

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "data-model.md").read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
EMPTY = ("disputes", "spending", "criterion_verdicts")
"""Views of which the sample set has no row."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("model") / "uphold.db", create=True) as store:
        for _ in import_files(store, ImportRequest([ROOT / "sample_sets" / "support-desk.jsonl"])):
            pass
        yield store


def test_there_are_eleven_queries() -> None:
    assert len(QUERIES) == 11


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_runs_and_finds_what_the_sample_set_has(sample: Store, query: str) -> None:
    rows = sample.rows(query).fetchall()
    assert rows or any(f"FROM {view}" in query for view in EMPTY)


def test_every_table_is_on_the_page_and_none_that_is_not_there(sample: Store) -> None:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlite%'"
    tables = {row[0] for row in sample.rows(sql)}
    section = PAGE.split("## Tables")[1].split("A new migration")[0]
    assert set(re.findall(r"`([a-z_]+)`", section)) == tables
