"""A new store in a file of its own, and an environment in which only keys of the test are known."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.stores import new_store
from uphold.store.database import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "new.db") as made:
        yield made


@pytest.fixture(autouse=True)
def environment_with_keys_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "key-of-the-test")
