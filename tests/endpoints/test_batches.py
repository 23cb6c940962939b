import pytest

from support.batch_server import BatchDesk, FileBatchDesk, failed_row
from support.model_server import loopback
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


@pytest.mark.parametrize("kind", KINDS)
async def test_further_fields_stand_among_those_of_the_request(kind: str) -> None:
    files = FileBatchDesk(lambda number, body: failed_row("unused"))
    request = ModelRequest("orders", "x", temperature=0.5, extra_body={"top_k": 20})
    async with loopback(files if kind == "openai" else BatchDesk(lambda number, body: failed_row("unused"))) as server:
        client = open_batches(Address(kind, "m", "key", f"{server.url}/v1" if kind == "openai" else server.url))
        name = await client.submit([BatchRequest("id-0", request)], "id")
        await client.close()
    body = files.requests(name)[0]["body"] if kind == "openai" else server.asked[0].body["requests"][0]["params"]
    assert (body["top_k"], body["temperature"], body["model"]) == (20, 0.5, "m")
    assert "extra_body" not in body


@pytest.mark.parametrize("kind", KINDS)
async def test_no_problem_of_a_batch_names_the_key(kind: str) -> None:
    key = "sk-0123456789abcdef"
    said = {"code": key, "type": key, "message": f"bad key {key}"}
    result = {"type": key, "error": said} if kind == "anthropic" else {"response": None, "error": said}
    desk = (BatchDesk if kind == "anthropic" else FileBatchDesk)(lambda number, body: result)
    async with loopback(desk) as server:
        client = open_batches(Address(kind, "m", key, f"{server.url}/v1" if kind == "openai" else server.url))
        name = await client.submit([BatchRequest("id-0", ModelRequest("orders", "x"))], "id")
        problems = [one.problem async for one in client.results(name)]
        await client.close()
    assert problems == ["the batch says [key]: bad key [key]"]
