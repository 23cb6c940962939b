"""From `--judge SPEC` and `--judge-option NAME=VALUE` to a judge that is ready to be asked."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.judging import parsing, prompts
from uphold.judging.costs import Price, price_of, read_price
from uphold.judging.rules import RULES, Rule
from uphold.records.enums import BOTH_ORDERS, AnswerOrder, JudgmentStatus, Preference
from uphold.records.judgments import Judge, Judgment
from uphold.records.model_calls import ModelAnswer, ModelRequest, PairToJudge

PROVIDERS = ("anthropic", "openai")
"""The kinds of endpoint that an LLM judge can stand behind, as they are written in a spec."""


EFFORTS = ("low", "medium", "high", "xhigh", "max")


MAX_TOKENS = 4096


_OPTIONS = {"anthropic": ("effort", "max_tokens"), "openai": ("effort", "max_tokens", "seed", "temperature")}


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """Where an LLM judge is asked, if it says so itself: not part of its version."""

    base_url: str | None = None
    key_variable: str | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class RulesJudge:
    """An offline rule with its options: one judgment a pair, no order."""

    record: Judge
    rule: Rule
    options: Mapping[str, Fraction]
    samples: int = 1

    @property
    def orders(self) -> tuple[AnswerOrder, ...]:
        """The orders that it is asked in."""
        return (AnswerOrder.NONE,)

    def check_systems(self, candidate: str, baseline: str) -> None:
        """Raise BadUsage where the rule cannot compare these two systems."""
        self.rule.check_systems(candidate, baseline)

    def judge(self, comparison: PairToJudge) -> Judgment:
        """The rule's judgment, at once and for nothing."""
        return self.rule.judge(comparison, self.options)


@dataclass(frozen=True, slots=True)
class LlmJudge:
    """A model behind an endpoint of the kind `provider`, with our prompt.

    `how` are its own words on how to judge; `schema`: its answers are held to our JSON schema. What stands behind
    `seed` is not part of its version.
    """

    record: Judge
    provider: str
    model: str
    rubric: str | None = None
    max_tokens: int = MAX_TOKENS
    effort: str | None = None
    how: str | None = None
    schema: bool = True
    temperature: float | None = None
    seed: int | None = None
    orders: tuple[AnswerOrder, ...] = BOTH_ORDERS
    samples: int = 1
    price: Price | None = None
    place: EndpointOptions = EndpointOptions()

    def check_systems(self, candidate: str, baseline: str) -> None:
        """A model can compare any two systems."""

    def unasked(self, comparison: PairToJudge, order: AnswerOrder, sample: int = 0) -> Judgment | None:
        """The judgment of a pair that needs no model, because its two answers are the same."""
        if not comparison.identical:
            return None
        return Judgment(order, JudgmentStatus.READABLE, Preference.TIE, sample, reason="identical answers", cost=0.0)

    def prompt(self, comparison: PairToJudge, order: AnswerOrder) -> prompts.Prompt:
        """The prompt that asks about a pair in one order, with a fence of its own."""
        return prompts.pair_prompt(comparison, order, self.rubric)

    def request(self, prompt: prompts.Prompt, sample: int = 0) -> ModelRequest:
        """The request that asks a prompt; samples of a seeded judge have seeds of their own."""
        system = prompts.SYSTEM if self.how is None else prompts.system_text(self.how)
        seed = None if self.seed is None else self.seed + sample
        return ModelRequest(
            system,
            prompt.user,
            prompts.SCHEMA if self.schema else None,
            self.max_tokens,
            self.effort,
            temperature=self.temperature,
            seed=seed,
        )

    def read(
        self, answer: ModelAnswer, order: AnswerOrder, sample: int, fence: str, *, batched: bool = False
    ) -> Judgment:
        """The judgment that the model's answer amounts to, with what it cost."""
        name = prompts.PROMPT_NAME + ("" if answer.schema else prompts.WITHOUT_SCHEMA)
        cost = self.price.of(answer, batched=batched) if self.price else None
        return parsing.judgment_of(answer, order, sample, name, fence, cost=cost, patient=not answer.schema)


ReadyJudge = RulesJudge | LlmJudge


def ready_judge(
    spec: str, options: Iterable[str] = (), rubric: str | None = None, prices: Mapping[str, object] | None = None
) -> ReadyJudge:
    """The judge that `spec` names; raises BadUsage that says what there is.

    `options` are NAME=VALUE texts. `rubric` is what counts in this set; it is part of an LLM judge's version, and
    rules have no use for it. `prices` are the user's own, by model.
    """
    kind, _, name = spec.partition(":")
    if kind == "rules" and name in RULES:
        return rules_judge(RULES[name], _named(options))
    if kind in PROVIDERS and name.strip():
        return llm_judge(kind, name, _named(options), rubric, price=price_of(name, prices))
    models = ", ".join(f"{provider}:MODEL" for provider in PROVIDERS)
    raise BadUsage(
        f"there is no judge {spec!r}: --judge takes {', '.join(map('rules:{}'.format, RULES))}, {models}, "
        "a TOML file, or the name of a judge in uphold.toml"
    )


def failed(order: AnswerOrder, sample: int, problem: str, seconds: float | None = None) -> Judgment:
    """The judgment of a pair that could not be asked about; it will be tried again."""
    return Judgment(order, JudgmentStatus.FAILED, sample=sample, problem=parsing.storable(problem), seconds=seconds)


def rules_judge(rule: Rule, given: Mapping[str, str], name: str | None = None) -> RulesJudge:
    """A rule with its options, as texts."""
    spec = f"rules:{rule.name}"
    _check_names(spec, given, rule.defaults)
    options = {**rule.defaults, **{name: _share(name, text) for name, text in given.items()}}
    if options.get("tie", Fraction(0)) > options.get("win", Fraction(1)):
        raise BadUsage(f"{spec}: `tie` is above `win`, so that nothing could tie; give a smaller tie or a larger win")
    definition = {"rule": rule.name, **{name: str(float(share)) for name, share in options.items()}}
    return RulesJudge(Judge(name or spec, "rules", tuple(sorted(definition.items()))), rule, options)


def llm_judge(
    provider: str,
    model: str,
    given: Mapping[str, str],
    rubric: str | None = None,
    *,
    name: str | None = None,
    how: str | None = None,
    schema: bool = True,
    orders: tuple[AnswerOrder, ...] = BOTH_ORDERS,
    samples: int = 1,
    price: Price | None = None,
    place: EndpointOptions | None = None,
) -> LlmJudge:
    """A model as a judge; `given` are its options as texts."""
    spec = f"{provider}:{model}"
    _check_names(spec, given, _OPTIONS[provider])
    max_tokens = _count("max_tokens", given.get("max_tokens", str(MAX_TOKENS)))
    effort = given.get("effort")
    if effort is not None and effort not in EFFORTS:
        raise BadUsage(f"--judge-option effort={effort!r}: one of {', '.join(EFFORTS)} was expected")
    temperature = _temperature(given["temperature"]) if "temperature" in given else None
    seed = _seed(given["seed"]) if "seed" in given else None
    definition = {
        "endpoint": provider,
        "max_tokens": str(max_tokens),
        "model": model,
        "prompt": prompts.prompt_text(how),
    }
    more = {"effort": effort, "rubric": rubric, "schema": None if schema else "false", "seed": given.get("seed")}
    more["temperature"] = None if temperature is None else str(temperature)
    definition |= {name: text for name, text in more.items() if text is not None}
    return LlmJudge(
        Judge(name or spec, "llm", tuple(sorted(definition.items()))),
        provider,
        model,
        rubric,
        max_tokens,
        effort,
        how,
        schema,
        temperature,
        seed,
        orders,
        samples,
        price,
        place or EndpointOptions(),
    )


def _named(options: Iterable[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name:
            raise BadUsage(f"--judge-option {option!r}: NAME=VALUE was expected, as in win=.6")
        if name in named:
            raise BadUsage(f"--judge-option {name!r} is given twice")
        named[name] = value
    return named


def _check_names(spec: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise BadUsage(f"{spec} has no option {name!r}: it has {', '.join(sorted(known))}")


def _share(name: str, text: str) -> Fraction:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise BadUsage(f"--judge-option {name}={text!r}: a number from 0 to 1 was expected")
    return share


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= 1_000_000):
        raise BadUsage(f"--judge-option {name}={text!r}: a whole number from 1 to 1000000 was expected")
    return int(text)


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise BadUsage(f"--judge-option seed={text!r}: a whole number was expected")
    return int(text)


def _temperature(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 2:
        raise BadUsage(f"--judge-option temperature={text!r}: a number from 0 to 2 was expected")
    return value


MOST_SAMPLES = 64


_TEXTS = ("model", "name", "prompt", "rubric", "endpoint", "rule", "base_url", "api_key_env")


_FIELDS = (*_TEXTS, "orders", "samples", "schema", "options", "prices", "timeout")


_ORDERS = {"both": BOTH_ORDERS, "one": BOTH_ORDERS[:1]}


Tables = Mapping[str, Any]


def read_judges(
    path: Path, rubric: str | None = None, endpoints: Tables | None = None, prices: Tables | None = None
) -> list[ReadyJudge]:
    """The judges of a file; raises BadFile that names the file and what in it does not fit."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadFile(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"{path}: not a TOML file ({error})") from error
    endpoints = {**(endpoints or {}), **_beside(path, found, "endpoints")}
    prices = {**(prices or {}), **_beside(path, found, "prices")}
    _beside(path, found, "systems")
    tables = found.pop("judge", None)
    if named := _beside(path, found, "judges"):
        tables = [*(tables or []), *({"name": name, **table} for name, table in named.items())]
    if tables is None:
        tables, found = [found], {}
    if found or not isinstance(tables, list) or not tables:
        raise BadFile(f"{path}: one judge's fields, or nothing but [[judge]] tables, were expected")
    several = len(tables) > 1
    judges = []
    for number, table in enumerate(tables, 1):
        where = f"{path}: [[judge]] {number}" if several else str(path)
        judges.append(judge_from_table(table, where, rubric, endpoints, prices))
    return judges


def _beside(path: Path, found: dict[str, Any], name: str) -> dict[str, Any]:
    """The tables by name that stand in a file beside its judges; a lone judge's own `prices` are none."""
    tables = found.get(name, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        if name == "prices":
            return {}
        raise BadFile(f"{path}: [{name}] holds tables by name, such as [{name}.NAME]")
    found.pop(name, None)
    return tables


def judge_from_table(
    table: Any, where: str, rubric: str | None = None, endpoints: Tables | None = None, prices: Tables | None = None
) -> ReadyJudge:
    """The judge that a table describes; raises BadFile that says `where`."""
    if not isinstance(table, dict):
        raise BadFile(f"{where}: a table was expected")
    _check_kinds(table, where)
    try:
        return _judge(table, rubric, endpoints or {}, prices)
    except BadUsage as error:
        raise BadFile(f"{where}: {error}") from None


def _judge(table: Tables, rubric: str | None, endpoints: Tables, prices: Tables | None) -> ReadyJudge:
    options = {name: _option(value) for name, value in table.get("options", {}).items()}
    if (rule := table.get("rule")) is not None:
        if rule not in RULES:
            raise BadUsage(f"there is no rule {rule!r}: {', '.join(RULES)}")
        return rules_judge(RULES[rule], options, table.get("name"))
    provider, model, place = _model(table, endpoints)
    own = table.get("prices")
    return llm_judge(
        provider,
        model,
        options,
        table.get("rubric", rubric),
        name=table.get("name"),
        how=table.get("prompt"),
        schema=table.get("schema", True),
        orders=_orders(table.get("orders", "both")),
        samples=table.get("samples", 1),
        price=price_of(model, prices) if own is None else read_price(own, "prices"),
        place=place,
    )


def _model(table: Tables, endpoints: Tables) -> tuple[str, str, EndpointOptions]:
    model = table.get("model", "")
    name = table.get("endpoint")
    if name is not None and name not in endpoints:
        raise BadUsage(f"there is no endpoint {name!r} in uphold.toml; there are: {', '.join(endpoints) or 'none'}")
    given = {**(endpoints[name] if name is not None else {}), **table}
    kind, colon, rest = model.partition(":")
    if not (colon and kind in PROVIDERS):
        kind, rest = str(given.get("kind", "")), model
    if kind not in PROVIDERS or not rest.strip():
        kinds = " or ".join(f"{one}:MODEL" for one in PROVIDERS)
        raise BadUsage(f'model = "{kinds}" was expected (or `rule`, or `endpoint` with `model`); it is {model!r}')
    timeout = given.get("timeout")
    place = EndpointOptions(
        given.get("base_url"), given.get("api_key_env"), None if timeout is None else float(timeout)
    )
    return kind, rest, place


def _orders(value: Any) -> tuple[AnswerOrder, ...]:
    if isinstance(value, str) and value in _ORDERS:
        return _ORDERS[value]
    allowed = [order.value for order in BOTH_ORDERS]
    if isinstance(value, list) and value and all(one in allowed for one in value):
        return tuple(order for order in BOTH_ORDERS if order.value in value)
    raise BadUsage(f'orders = {value!r}: "both", "one", or a list of {" and ".join(map(repr, allowed))} was expected')


def _option(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _check_kinds(table: Tables, where: str) -> None:
    for name, value in table.items():
        if name not in _FIELDS:
            raise BadFile(f"{where}: a judge has no field {name!r}; fields are {', '.join(_FIELDS)}")
        if name in _TEXTS and not isinstance(value, str):
            raise BadFile(f"{where}: {name} wants a text in quotes")
    if not isinstance(table.get("schema", True), bool):
        raise BadFile(f"{where}: schema wants true or false")
    if not isinstance(table.get("options", {}), dict):
        raise BadFile(f"{where}: options wants a table such as {{ max_tokens = 1024 }}")
    samples = table.get("samples", 1)
    if isinstance(samples, bool) or not isinstance(samples, int) or not 1 <= samples <= MOST_SAMPLES:
        raise BadFile(f"{where}: samples wants a whole number from 1 to {MOST_SAMPLES}")
    timeout = table.get("timeout", 1)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise BadFile(f"{where}: timeout wants a number of seconds")
