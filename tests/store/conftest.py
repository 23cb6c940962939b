"""A new store in a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.stores import new_store
from uphold.store.database import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "new.db") as made:
        yield made
