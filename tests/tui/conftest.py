from collections.abc import Iterator

import pytest

from support.settling import settle_at_once


@pytest.fixture(scope="session", autouse=True)
def _settling() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        settle_at_once(patch)
        yield
