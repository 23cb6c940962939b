"""Systems that can generate responses: model, system prompt and settings, from uphold.toml and the command line.

In uphold.toml a system is a table [systems.NAME]:

    model = "openai:lora-r16"       # or endpoint = "NAME" (a table [endpoints.NAME]) and model = "MODEL"
    system = "You are ..."          # its system prompt
    max_tokens = 2048
    temperature = 0.0               # if the endpoint supports it
    seed = 7
    template = "{instruction}\n\n{reference}"   # text of a turn for perplexity
    extra_body = { top_k = 20 }     # further fields of the request
    thinking = 2048                 # budget of thinking tokens (anthropic); effort = "low" for openai
    base_url, api_key_env, timeout, requests_per_minute, tokens_per_minute
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.records.enums import REFERENCE
from uphold.records.model_calls import extra_body_problem
from uphold.records.texts import canonical, canonical_hash

MAX_TOKENS = 4096

TEMPLATE = "{instruction}\n\n{reference}\n\n"
"""Default text of a turn for a model that only completes text."""

_PROVIDERS = ("anthropic", "openai")

_TEXT_FIELDS = ("model", "endpoint", "kind", "system", "template", "base_url", "api_key_env", "effort")

_PACE_FIELDS = ("requests_per_minute", "tokens_per_minute")

_NUMBER_FIELDS = ("temperature", "timeout", *_PACE_FIELDS)

_COUNT_FIELDS = ("max_tokens", "seed", "thinking")


@dataclass(frozen=True, slots=True)
class System:
    """A system that can generate responses.

    `extra_body` is JSON: further fields of the request body. Address, timeout and pace change no answer.
    """

    name: str
    provider: str
    model: str
    prompt: str | None = None
    max_tokens: int = MAX_TOKENS
    temperature: float | None = None
    seed: int | None = None
    template: str = TEMPLATE
    base_url: str | None = None
    key_variable: str | None = None
    timeout: float | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    effort: str | None = None
    thinking: int | None = None
    extra_body: str | None = None

    @property
    def definition(self) -> dict[str, str]:
        """Everything that changes an answer, as texts."""
        definition = {
            "endpoint": self.provider,
            "model": self.model,
            "system": self.prompt,
            "max_tokens": str(self.max_tokens),
            "temperature": None if self.temperature is None else str(self.temperature),
            "seed": None if self.seed is None else str(self.seed),
            "effort": self.effort,
            "thinking": None if self.thinking is None else str(self.thinking),
            "extra_body": self.extra_body,
        }
        return {name: text for name, text in definition.items() if text is not None}

    @property
    def hash(self) -> str:
        """Hash of the definition."""
        return canonical_hash(self.definition)

    @property
    def scoring_hash(self) -> str:
        """Hash of what changes its perplexity: model and template."""
        return canonical_hash({"endpoint": self.provider, "model": self.model, "template": self.template})


def find_system(
    name: str, spec: str | None, systems: Mapping[str, Any], endpoints: Mapping[str, Any], **overrides: Any
) -> System:
    """Return the system `name` as uphold.toml describes it, with the overrides of the command line.

    `spec` is KIND:MODEL, or the name of an endpoint table with a model. `overrides` are fields of System; None means
    not given. Raises BadUsage or BadFile for invalid settings.
    """
    if name == REFERENCE:
        raise BadUsage(f"--system {name!r}: this name is reserved for the reference answers; use another name")
    if not name.strip():
        raise BadUsage("--system: a name was expected")
    table: dict[str, Any] = dict(systems.get(name, {}))
    _check_table(table, f"[systems.{name}]")
    endpoint = table.get("endpoint")
    if spec is not None and ":" not in spec:
        endpoint, spec = spec, None
    if endpoint is not None:
        if endpoint not in endpoints:
            listed = ", ".join(endpoints) or "none"
            raise BadUsage(f"there is no endpoint {endpoint!r} in uphold.toml; there are: {listed}")
        _check_table(endpoints[endpoint], f"[endpoints.{endpoint}]")
        bodies = {**endpoints[endpoint].get("extra_body", {}), **table.get("extra_body", {})}
        table = {**endpoints[endpoint], **table, **({"extra_body": bodies} if bodies else {})}
    provider, model = _resolve_model(spec or str(table.get("model", "")), str(table.get("kind", "")), name)
    system = System(
        name,
        provider,
        model,
        prompt=table.get("system"),
        max_tokens=table.get("max_tokens", MAX_TOKENS),
        temperature=table.get("temperature"),
        seed=table.get("seed"),
        template=table.get("template", TEMPLATE),
        base_url=table.get("base_url"),
        key_variable=table.get("api_key_env"),
        timeout=table.get("timeout"),
        requests_per_minute=table.get("requests_per_minute"),
        tokens_per_minute=table.get("tokens_per_minute"),
        effort=table.get("effort"),
        thinking=table.get("thinking"),
        extra_body=canonical(table["extra_body"]) if table.get("extra_body") else None,
    )
    system = replace(system, **{field: value for field, value in overrides.items() if value is not None})
    _check_values(system)
    return system


def _resolve_model(spec: str, kind: str, name: str) -> tuple[str, str]:
    provider, colon, model = spec.partition(":")
    if not (colon and provider in _PROVIDERS):
        provider, model = kind, spec
    if provider not in _PROVIDERS or not model.strip():
        kinds = " or ".join(f"{provider}:MODEL" for provider in _PROVIDERS)
        raise BadUsage(f"where does {name!r} answer? --endpoint {kinds}, or a table [systems.{name}] in uphold.toml")
    return provider, model


def _check_values(system: System) -> None:
    if not 1 <= system.max_tokens <= 1_000_000:
        raise BadUsage(f"--max-tokens {system.max_tokens}: a number from 1 to 1000000 was expected")
    if system.temperature is not None and not 0 <= system.temperature <= 2:
        raise BadUsage(f"--temperature {system.temperature}: a number from 0 to 2 was expected")
    if system.seed is not None and not 0 <= system.seed < 2**53:
        raise BadUsage(f"--seed {system.seed}: a whole number from 0 on was expected")
    if system.seed is not None and system.provider == "anthropic":
        raise BadUsage("--seed: anthropic: endpoints take none")
    if system.thinking is not None and system.provider != "anthropic":
        raise BadUsage(
            "thinking: for anthropic: endpoints; openai: endpoints take effort, or their own field in extra_body"
        )
    if system.thinking is not None and not 1024 <= system.thinking < system.max_tokens:
        raise BadUsage(
            f"thinking = {system.thinking}: from 1024 to less than max_tokens ({system.max_tokens}) was expected, since "
            "thoughts and answer share max_tokens"
        )
    if "{reference}" not in system.template:
        raise BadUsage(f"template {system.template!r}: it has to hold {{reference}}")


def _check_table(table: Mapping[str, Any], location: str) -> None:
    for name, value in table.items():
        if name == "prices":
            continue
        if name == "extra_body":
            if problem := extra_body_problem(value):
                raise BadFile(f"{location}: {problem}")
            continue
        known = (*_TEXT_FIELDS, *_NUMBER_FIELDS, *_COUNT_FIELDS, "extra_body")
        if name not in known:
            raise BadFile(f"{location}: no field {name!r}; fields are {', '.join(known)}")
        if name in _TEXT_FIELDS and not isinstance(value, str):
            raise BadFile(f"{location}: {name} wants a text in quotes")
        if name in _NUMBER_FIELDS and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise BadFile(f"{location}: {name} wants a number")
        if name in _PACE_FIELDS and not 0 < value < 1e12:
            raise BadFile(f"{location}: {name} wants a number above 0")
        if name in _COUNT_FIELDS and (isinstance(value, bool) or not isinstance(value, int)):
            raise BadFile(f"{location}: {name} wants a whole number")
