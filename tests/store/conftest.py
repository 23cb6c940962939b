"""A new store in a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from uphold.store.database import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "new.db", create=True) as made:
        yield made
