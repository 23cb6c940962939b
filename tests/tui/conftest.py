from collections.abc import Iterator

import pytest

from support.settling import parse_styles_once, settle_at_once


@pytest.fixture(scope="session", autouse=True)
def _quick_apps() -> Iterator[None]:
    """Every app of these tests is waited for by what it has to do, and finds its style sheets parsed."""
    with pytest.MonkeyPatch.context() as patch:
        settle_at_once(patch)
        parse_styles_once(patch)
        yield
