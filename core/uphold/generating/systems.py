"""A system as something that can be asked: its model, its system prompt, its settings.

In uphold.toml a system is a table [systems.NAME]:

    model = "openai:lora-r16"       # or endpoint = "NAME" (a table [endpoints.NAME]) and model = "MODEL"
    system = "You are ..."          # its system prompt
    max_tokens = 2048
    temperature = 0.0               # where the endpoint takes one
    seed = 7
    template = "{instruction}

{reference}"   # a turn's text for perplexity
    base_url, api_key_env, timeout
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.records.enums import REFERENCE
from uphold.records.texts import canonical_hash

MAX_TOKENS = 4096


TEMPLATE = "{instruction}\n\n{reference}\n\n"
"""How a turn is written for a model that only goes on with a text."""


_PROVIDERS = ("anthropic", "openai")


_TEXTS = ("model", "endpoint", "kind", "system", "template", "base_url", "api_key_env")


_NUMBERS = ("temperature", "timeout")


_COUNTS = ("max_tokens", "seed")


@dataclass(frozen=True, slots=True)
class System:
    """A system that can be asked; what stands behind `template` says where, and changes no answer."""

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

    @property
    def definition(self) -> dict[str, str]:
        """Whatever changes an answer, as texts."""
        given = {
            "endpoint": self.provider,
            "model": self.model,
            "system": self.prompt,
            "max_tokens": str(self.max_tokens),
            "temperature": None if self.temperature is None else str(self.temperature),
            "seed": None if self.seed is None else str(self.seed),
        }
        return {name: text for name, text in given.items() if text is not None}

    @property
    def hash(self) -> str:
        """Identity of the definition."""
        return canonical_hash(self.definition)

    @property
    def scoring(self) -> str:
        """Identity of how it finds a text likely: its model and template."""
        return canonical_hash({"endpoint": self.provider, "model": self.model, "template": self.template})


def find_system(
    name: str, spec: str | None, systems: Mapping[str, Any], endpoints: Mapping[str, Any], **given: Any
) -> System:
    """The system `name`, as uphold.toml describes it and the command line completes it.

    `spec` is KIND:MODEL, or the name of an endpoint table that names its model. `given` are fields of System; None ones
    count as left out. Raises BadUsage or BadFile for what does not fit.
    """
    if name == REFERENCE:
        raise BadUsage(f"--system {name!r}: the reference answers are nobody's to generate; use another name")
    if not name.strip():
        raise BadUsage("--system: a name was expected")
    table: dict[str, Any] = dict(systems.get(name, {}))
    _check(table, f"[systems.{name}]")
    endpoint = table.get("endpoint")
    if spec is not None and ":" not in spec:
        endpoint, spec = spec, None
    if endpoint is not None:
        if endpoint not in endpoints:
            listed = ", ".join(endpoints) or "none"
            raise BadUsage(f"there is no endpoint {endpoint!r} in uphold.toml; there are: {listed}")
        _check(endpoints[endpoint], f"[endpoints.{endpoint}]")
        table = {**endpoints[endpoint], **table}
    provider, model = _model(spec or str(table.get("model", "")), str(table.get("kind", "")), name)
    system = System(
        name,
        provider,
        model,
        table.get("system"),
        table.get("max_tokens", MAX_TOKENS),
        table.get("temperature"),
        table.get("seed"),
        table.get("template", TEMPLATE),
        table.get("base_url"),
        table.get("api_key_env"),
        table.get("timeout"),
    )
    system = replace(system, **{field: value for field, value in given.items() if value is not None})
    return _checked(system)


def _model(spec: str, kind: str, name: str) -> tuple[str, str]:
    provider, colon, model = spec.partition(":")
    if not (colon and provider in _PROVIDERS):
        provider, model = kind, spec
    if provider not in _PROVIDERS or not model.strip():
        kinds = " or ".join(f"{one}:MODEL" for one in _PROVIDERS)
        raise BadUsage(f"where does {name!r} answer? --endpoint {kinds}, or a table [systems.{name}] in uphold.toml")
    return provider, model


def _checked(system: System) -> System:
    if not 1 <= system.max_tokens <= 1_000_000:
        raise BadUsage(f"--max-tokens {system.max_tokens}: a number from 1 to 1000000 was expected")
    if system.temperature is not None and not 0 <= system.temperature <= 2:
        raise BadUsage(f"--temperature {system.temperature}: a number from 0 to 2 was expected")
    if system.seed is not None and not 0 <= system.seed < 2**53:
        raise BadUsage(f"--seed {system.seed}: a whole number from 0 on was expected")
    if system.seed is not None and system.provider == "anthropic":
        raise BadUsage("--seed: anthropic: endpoints take none")
    if "{reference}" not in system.template:
        raise BadUsage(f"template {system.template!r}: it has to hold {{reference}}")
    return system


def _check(table: Mapping[str, Any], where: str) -> None:
    for name, value in table.items():
        if name == "prices":
            continue
        if name not in (*_TEXTS, *_NUMBERS, *_COUNTS):
            raise BadFile(f"{where}: no field {name!r}; fields are {', '.join((*_TEXTS, *_NUMBERS, *_COUNTS))}")
        if name in _TEXTS and not isinstance(value, str):
            raise BadFile(f"{where}: {name} wants a text in quotes")
        if name in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise BadFile(f"{where}: {name} wants a number")
        if name in _COUNTS and (isinstance(value, bool) or not isinstance(value, int)):
            raise BadFile(f"{where}: {name} wants a whole number")
