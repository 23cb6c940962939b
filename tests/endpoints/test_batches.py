import pytest

from uphold.endpoints.addresses import Address
from uphold.endpoints.batches import KINDS, BatchLimits, BatchRequest, chunked, open_batches
from uphold.records.model_calls import ModelRequest

MANY = 1_000_000


def sent(count: int, length: int = 10) -> list[BatchRequest]:
    return [BatchRequest(f"id-{number}", ModelRequest("orders", "x" * length)) for number in range(count)]


def cut(kind: str, requests: list[BatchRequest], limits: BatchLimits) -> list[list[BatchRequest]]:
    return list(chunked(requests, open_batches(Address(kind, "m", "key", "http://127.0.0.1:9")), limits))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("count", "sizes"), [(0, []), (3, [3]), (7, [3, 3, 1])])
def test_no_chunk_has_more_requests_than_the_provider_takes(kind: str, count: int, sizes: list[int]) -> None:
    assert [len(chunk) for chunk in cut(kind, sent(count), BatchLimits(3, MANY))] == sizes


@pytest.mark.parametrize("kind", KINDS)
def test_no_chunk_has_more_bytes_than_the_provider_takes(kind: str) -> None:
    chunks = cut(kind, sent(5, 4000), BatchLimits(MANY, 10_000))
    assert [len(chunk) for chunk in chunks] == [2, 2, 1]
    assert [one.custom_id for chunk in chunks for one in chunk] == [f"id-{number}" for number in range(5)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_is_too_large_by_itself_goes_alone(kind: str) -> None:
    assert [len(chunk) for chunk in cut(kind, sent(2, 4000), BatchLimits(MANY, 10))] == [1, 1]


@pytest.mark.parametrize(("kind", "requests", "size"), [("anthropic", 100_000, 256e6), ("openai", 50_000, 200e6)])
def test_the_limits_are_those_of_each_provider(kind: str, requests: int, size: float) -> None:
    limits = open_batches(Address(kind, "m", "key", "http://127.0.0.1:9")).limits
    assert (limits.requests, limits.bytes) == (requests, size)
