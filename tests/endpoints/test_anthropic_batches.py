import pytest

from uphold.endpoints.anthropic_batches import BatchRequest, chunked
from uphold.records.model_calls import ModelRequest


def sent(count: int, length: int = 10) -> list[BatchRequest]:
    return [BatchRequest(f"id-{number}", ModelRequest("orders", "x" * length)) for number in range(count)]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (3, [3]), (7, [3, 3, 1])])
def test_no_chunk_has_more_requests_than_the_provider_takes(count: int, sizes: list[int]) -> None:
    assert [len(chunk) for chunk in chunked(sent(count), max_requests=3)] == sizes


def test_no_chunk_has_more_bytes_than_the_provider_takes() -> None:
    chunks = list(chunked(sent(5, 4000), max_bytes=10_000))
    assert [len(chunk) for chunk in chunks] == [2, 2, 1]
    assert [one.custom_id for chunk in chunks for one in chunk] == [f"id-{number}" for number in range(5)]


def test_a_request_that_is_too_large_by_itself_goes_alone() -> None:
    assert [len(chunk) for chunk in chunked(sent(2, 4000), max_bytes=10)] == [1, 1]
