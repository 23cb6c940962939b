import pytest

from uphold.endpoints.addresses import NO_KEY, Address, find_address, read_key
from uphold.errors import BadUsage


def test_the_key_comes_from_the_variable_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "one\n")
    monkeypatch.setenv("OTHER_KEY", "two")
    assert read_key("anthropic") == "one"
    assert read_key("anthropic", "OTHER_KEY") == "two"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_key_names_the_variable_and_the_option(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", value)
    with pytest.raises(BadUsage, match=r"ANTHROPIC_API_KEY: no API key .* --api-key-env"):
        read_key("anthropic")


def test_a_missing_key_in_a_named_variable_names_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "there")
    monkeypatch.delenv("MINE", raising=False)
    with pytest.raises(BadUsage, match="MINE: no API key"):
        read_key("anthropic", "MINE")


@pytest.mark.parametrize("value", ["two words", "schlüssel-1", "one\ntwo", "tab\there"])
def test_what_no_header_can_carry_is_no_key_and_is_not_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", value)
    with pytest.raises(BadUsage, match="cannot be an API key") as caught:
        read_key("anthropic")
    assert value not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host", "http://", "http://host:port", "http://[", "nonsense"])
def test_an_address_that_is_no_url_is_bad_usage(url: str) -> None:
    with pytest.raises(BadUsage, match="is no address of a model endpoint"):
        find_address("anthropic", "judge-model", url)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.9.10", True),
        ("http://[::1]:8000/v1", True),
        ("http://LOCALHOST:8000", True),
        ("http://models.localhost", True),
        ("http://localhost.example", False),
        ("https://127.0.0.1.example", False),
        ("http://10.0.0.1", False),
        (None, False),
    ],
)
def test_loopback_addresses_are_known(url: str | None, loopback: bool) -> None:
    assert Address("anthropic", "m", "key", url).is_loopback is loopback


def test_an_address_shows_neither_key_nor_password() -> None:
    address = Address("anthropic", "m", "sesame", "https://user:secret@host:8000/v1?token=hidden")
    assert "sesame" not in repr(address)
    assert address.display_name == "https://host:8000/v1"


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8000",
        "127.0.0.1:1",
        "127.9.9.9",
        "[::1]:8",
        "10.0.0.3",
        "192.168.1.5:8000",
        "172.16.0.1",
        "gpu.local",
        "vllm:8000",
    ],
)
def test_a_local_server_needs_no_key(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for kind in ("openai", "anthropic"):
        monkeypatch.delenv(f"{kind.upper()}_API_KEY", raising=False)
        assert find_address(kind, "m", f"http://{host}/v1").key == NO_KEY
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    assert find_address("openai", "m", f"http://{host}/v1").key == "mine"


@pytest.mark.parametrize("url", [None, "https://api.example.com", "http://8.8.8.8/v1", "http://localhost.example.com"])
def test_any_other_server_needs_one(monkeypatch: pytest.MonkeyPatch, url: str | None) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BadUsage, match="no API key"):
        find_address("openai", "m", url)


def test_a_key_that_was_named_is_wanted_also_of_a_local_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(BadUsage, match="MY_KEY: no API key"):
        find_address("openai", "m", "http://127.0.0.1:8000/v1", "MY_KEY")
