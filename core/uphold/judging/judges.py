"""Judges that can be asked: offline rules and LLM judges, made from `--judge` specs and from TOML tables.

`ready_judge` reads `--judge SPEC` with `--judge-option NAME=VALUE`, `read_judges` a TOML file with one judge, with
[[judge]] tables or with [judges.NAME] tables; `judge_from_table` reads one such table.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.judging import parsing, prompts
from uphold.judging.costs import Price, find_price, parse_price
from uphold.judging.prompt_fields import (
    LOGPROBS,
    PROMPT_TABLES,
    PROMPT_TEXTS,
    read_prompt_settings,
    token_preference,
)
from uphold.judging.rules import RULES, Rule
from uphold.records.enums import BOTH_ORDERS, AnswerOrder, JudgmentStatus, Preference
from uphold.records.judge_prompt import DEFAULT_PROMPT, REASONED, PromptSettings
from uphold.records.judgments import Judge, Judgment
from uphold.records.model_calls import ModelAnswer, ModelRequest, PaceLimits, PairToJudge, extra_body_problem
from uphold.records.texts import canonical
from uphold.settings import read_toml

PROVIDERS = ("anthropic", "openai")
"""The kinds of endpoint of LLM judges, as in a spec KIND:MODEL."""

EFFORTS = ("low", "medium", "high", "xhigh", "max")
MAX_TOKENS = 4096
MOST_SAMPLES = 64
_LLM_OPTIONS = {
    "anthropic": ("effort", "max_tokens", "thinking"),
    "openai": ("effort", "max_tokens", "seed", "temperature"),
}
MIN_THINKING = 1024
Tables = Mapping[str, Any]
_TEXT_FIELDS = ("model", "name", *PROMPT_TEXTS, "endpoint", "rule", "base_url", "api_key_env")
_PACE_FIELDS = ("requests_per_minute", "tokens_per_minute")
_FIELDS = (
    *_TEXT_FIELDS,
    *PROMPT_TABLES,
    *("orders", "samples", "schema", "options", "extra_body", "prices", "timeout", *_PACE_FIELDS),
)
_ORDERS = {"both": BOTH_ORDERS, "one": BOTH_ORDERS[:1]}


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """Address settings that a judge brings along; not part of its version. `timeout` is in seconds."""

    base_url: str | None = None
    key_variable: str | None = None
    timeout: float | None = None
    pace: PaceLimits = field(default_factory=PaceLimits)


@dataclass(frozen=True, slots=True)
class LlmOptions:
    """The options of an LLM judge, all part of its version; None is the endpoint's default.

    `seed` is a whole number as it was written. `thinking` is the budget of thinking tokens, out of `max_tokens`.
    `extra_body` is JSON: further fields of the request body.
    """

    max_tokens: int = MAX_TOKENS
    effort: str | None = None
    temperature: float | None = None
    seed: str | None = None
    thinking: int | None = None
    extra_body: str | None = None


def _forgotten(order: AnswerOrder, sample: int = 0) -> Judgment:
    problem = "the example was forgotten: its texts are blank"
    return Judgment(order, JudgmentStatus.UNREADABLE, None, sample, problem=problem, cost=0.0)


@dataclass(frozen=True, slots=True)
class RulesJudge:
    """An offline rule with its options: one judgment per pair, without an order."""

    record: Judge
    rule: Rule
    options: Mapping[str, Fraction]
    samples: int = 1

    @property
    def orders(self) -> tuple[AnswerOrder, ...]:
        """The orders to ask for."""
        return (AnswerOrder.NONE,)

    def check_systems(self, candidate: str, baseline: str) -> None:
        """Raise BadUsage if the rule cannot compare these two systems."""
        self.rule.check_systems(candidate, baseline)

    def judge(self, pair: PairToJudge) -> Judgment:
        """Return the rule's judgment."""
        if pair.forgotten:
            return _forgotten(AnswerOrder.NONE)
        return self.rule.judge(pair, self.options)


@dataclass(frozen=True)
class LlmJudge:
    """A model behind an endpoint of the kind `provider`, and what it is asked.

    `with_schema`: answers are held to a JSON schema. `token_preference`: the preference, and the verdict with it, comes from
    the probabilities of the tokens A and B, where the server tells them. `name` (None: the spec), `orders`, `samples`,
    `price` and `endpoint` are not part of the judge's version. `revision` is: it grows when the model behind the same name was
    found changed.
    """

    provider: str
    model: str
    name: str | None = None
    options: LlmOptions = LlmOptions()
    asked: PromptSettings = DEFAULT_PROMPT
    with_schema: bool = True
    token_preference: bool = False
    orders: tuple[AnswerOrder, ...] = BOTH_ORDERS
    samples: int = 1
    price: Price | None = None
    endpoint: EndpointOptions = EndpointOptions()
    revision: int = 1

    @property
    def spec(self) -> str:
        """KIND:MODEL."""
        return f"{self.provider}:{self.model}"

    @cached_property
    def record(self) -> Judge:
        """Name and definition: everything that changes an answer."""
        options, asked = self.options, self.asked
        definition = {
            "endpoint": self.provider,
            "model": self.model,
            "prompt": prompts.prompt_text(asked),
            "rubric": asked.rubric,
            "style": None if asked.style == REASONED else asked.style,
            "ties": None if asked.ties else "false",
            "criteria": canonical([asdict(one) for one in asked.criteria]) if asked.criteria else None,
            "examples": canonical([asdict(one) for one in asked.examples]) if asked.examples else None,
            "template": asked.template,
            "preference": LOGPROBS if self.token_preference else None,
            "schema": None if self.with_schema else "false",
            "max_tokens": str(options.max_tokens),
            "effort": options.effort,
            "temperature": None if options.temperature is None else str(options.temperature),
            "seed": options.seed,
            "thinking": None if options.thinking is None else str(options.thinking),
            "extra_body": options.extra_body,
            "revision": None if self.revision == 1 else str(self.revision),
        }
        pairs = tuple(sorted((name, text) for name, text in definition.items() if text is not None))
        return Judge(self.name or self.spec, "llm", pairs)

    def check_systems(self, candidate: str, baseline: str) -> None:
        """Do nothing: a model can compare any two systems."""

    def judge_identical(self, pair: PairToJudge, order: AnswerOrder, sample: int = 0) -> Judgment | None:
        """Return the judgment on a pair that needs no request; None for any other pair.

        It is a tie where the two answers are the same, and unreadable where the texts were forgotten.
        """
        if pair.forgotten:
            return _forgotten(order, sample)
        if not pair.identical:
            return None
        return Judgment(order, JudgmentStatus.READABLE, Preference.TIE, sample, reason="identical answers", cost=0.0)

    def prompt(self, pair: PairToJudge, order: AnswerOrder, fence: str | None = None) -> prompts.Prompt:
        """Return the prompt for a pair in one order, with the judge's fence, or a new one where it is None or imitated."""
        return prompts.pair_prompt(pair, order, self.asked, fence)

    def request(self, prompt: prompts.Prompt, sample: int = 0) -> ModelRequest:
        """Return the request for a prompt; with a seed, each sample adds its number to it."""
        options = self.options
        return replace(
            prompt.request(options.max_tokens, options.effort, with_schema=self.with_schema),
            temperature=options.temperature,
            seed=None if options.seed is None else int(options.seed) + sample,
            thinking=options.thinking,
            extra_body=None if options.extra_body is None else json.loads(options.extra_body),
            logprobs=self.token_preference,
        )

    def read(
        self, answer: ModelAnswer, order: AnswerOrder, sample: int, fence: str, *, batched: bool = False
    ) -> Judgment:
        """Return the judgment in an answer, with its cost."""
        held = answer.with_schema or (self.asked.template is not None and not self.with_schema)
        context = parsing.AnswerContext(
            order,
            sample,
            prompts.prompt_name(self.asked) + ("" if held else prompts.WITHOUT_SCHEMA),
            fence,
            tuple(one.name for one in self.asked.criteria),
            by_tokens=self.token_preference,
        )
        cost = self.price.cost_of(answer, batched=batched) if self.price else None
        return parsing.parse_judgment(answer, context, cost=cost)


ReadyJudge = RulesJudge | LlmJudge


def ready_judge(
    spec: str, options: Iterable[str] = (), rubric: str | None = None, prices: Mapping[str, object] | None = None
) -> ReadyJudge:
    """Return the judge that `spec` names. Raises BadUsage for an unknown judge or option.

    `options` are NAME=VALUE texts. `rubric` is the set's; it is part of an LLM judge's version, and rules ignore it.
    `prices` are the user's own, by model.
    """
    kind, _, name = spec.partition(":")
    if kind == "rules" and name in RULES:
        return rules_judge(RULES[name], _parse_options(options))
    if kind in PROVIDERS and name.strip():
        values = _parse_options(options)
        judge = LlmJudge(kind, name, asked=PromptSettings(rubric=rubric), price=find_price(name, prices))
        return replace(judge, options=_llm_options(judge.spec, kind, values))
    models = ", ".join(f"{provider}:MODEL" for provider in PROVIDERS)
    raise BadUsage(
        f"there is no judge {spec!r}: --judge takes {', '.join(map('rules:{}'.format, RULES))}, {models}, "
        "a TOML file, or the name of a judge in uphold.toml"
    )


def failed_judgment(order: AnswerOrder, sample: int, problem: str, seconds: float | None = None) -> Judgment:
    """Return the judgment for a request that got no answer; it will be tried again."""
    return Judgment(order, JudgmentStatus.FAILED, sample=sample, problem=parsing.storable(problem), seconds=seconds)


def rules_judge(rule: Rule, options: Mapping[str, str], name: str | None = None) -> RulesJudge:
    """Return the judge of a rule with options given as text. Raises BadUsage."""
    spec = f"rules:{rule.name}"
    _check_names(spec, options, rule.defaults)
    values = {**rule.defaults, **{name: _share(name, text) for name, text in options.items()}}
    if values.get("tie", Fraction(0)) > values.get("win", Fraction(1)):
        raise BadUsage(f"{spec}: `tie` is above `win`, so that nothing could tie; give a smaller tie or a larger win")
    definition = {"rule": rule.name, **{name: str(float(share)) for name, share in values.items()}}
    return RulesJudge(Judge(name or spec, "rules", tuple(sorted(definition.items()))), rule, values)


def _llm_options(spec: str, provider: str, options: Mapping[str, str]) -> LlmOptions:
    _check_names(spec, options, _LLM_OPTIONS[provider])
    max_tokens = _count("max_tokens", options.get("max_tokens", str(MAX_TOKENS)))
    effort = options.get("effort")
    if effort is not None and effort not in EFFORTS:
        raise BadUsage(f"--judge-option effort={effort!r}: one of {', '.join(EFFORTS)} was expected")
    temperature = _temperature(options["temperature"]) if "temperature" in options else None
    seed = options.get("seed")
    if seed is not None:
        _check_seed(seed)
    thinking = _thinking(options["thinking"], max_tokens) if "thinking" in options else None
    return LlmOptions(max_tokens, effort, temperature, seed, thinking)


def _thinking(text: str, max_tokens: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and MIN_THINKING <= int(text) < max_tokens):
        raise BadUsage(
            f"--judge-option thinking={text!r}: a number of tokens from {MIN_THINKING} to less than max_tokens "
            f"({max_tokens}) was expected, since thoughts and answer share max_tokens"
        )
    return int(text)


def _parse_options(options: Iterable[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name:
            raise BadUsage(f"--judge-option {option!r}: NAME=VALUE was expected, as in win=.6")
        if name in values:
            raise BadUsage(f"--judge-option {name!r} is given twice")
        values[name] = value
    return values


def _check_names(spec: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
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


def _check_seed(text: str) -> None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise BadUsage(f"--judge-option seed={text!r}: a whole number was expected")


def _temperature(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 2:
        raise BadUsage(f"--judge-option temperature={text!r}: a number from 0 to 2 was expected")
    return value


def read_judges(
    path: Path, rubric: str | None = None, endpoints: Tables | None = None, prices: Tables | None = None
) -> list[ReadyJudge]:
    """Return the judges of a TOML file. Raises BadFile that names the file and the field."""
    contents = read_toml(path)
    endpoints = {**(endpoints or {}), **_pop_named_tables(path, contents, "endpoints")}
    prices = {**(prices or {}), **_pop_named_tables(path, contents, "prices")}
    _pop_named_tables(path, contents, "systems")
    tables = contents.pop("judge", None)
    if named := _pop_named_tables(path, contents, "judges"):
        tables = [*(tables or []), *({"name": name, **table} for name, table in named.items())]
    if tables is None:
        tables, contents = [contents], {}
    if contents or not isinstance(tables, list) or not tables:
        raise BadFile(f"{path}: one judge's fields, or nothing but [[judge]] tables, were expected")
    several = len(tables) > 1
    judges = []
    for number, table in enumerate(tables, 1):
        location = f"{path}: [[judge]] {number}" if several else str(path)
        judges.append(judge_from_table(table, location, rubric, endpoints, prices))
    return judges


def _pop_named_tables(path: Path, contents: dict[str, Any], name: str) -> dict[str, Any]:
    """Remove and return the tables [NAME.*] of a file; the `prices` of a single judge are not such tables."""
    tables = contents.get(name, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        if name == "prices":
            return {}
        raise BadFile(f"{path}: [{name}] holds tables by name, such as [{name}.NAME]")
    contents.pop(name, None)
    return tables


def judge_from_table(
    table: Any, location: str, rubric: str | None = None, endpoints: Tables | None = None, prices: Tables | None = None
) -> ReadyJudge:
    """Return the judge that a table describes. Raises BadFile that names `location`."""
    if not isinstance(table, dict):
        raise BadFile(f"{location}: a table was expected")
    _check_fields(table, location)
    try:
        return _judge_from_valid_table(table, rubric, endpoints or {}, prices)
    except BadUsage as error:
        raise BadFile(f"{location}: {error}") from None


def _judge_from_valid_table(table: Tables, rubric: str | None, endpoints: Tables, prices: Tables | None) -> ReadyJudge:
    options = {name: _option(value) for name, value in table.get("options", {}).items()}
    if (rule := table.get("rule")) is not None:
        if rule not in RULES:
            raise BadUsage(f"there is no rule {rule!r}: {', '.join(RULES)}")
        if beside := [name for name in (*PROMPT_TEXTS, *PROMPT_TABLES) if name in table]:
            raise BadUsage(f"{beside[0]}: a rule is asked nothing; {beside[0]} is for models")
        return rules_judge(RULES[rule], options, table.get("name"))
    provider, model, endpoint = _resolve_model(table, endpoints)
    asked = read_prompt_settings(table, rubric)
    own_price = table.get("prices")
    judge = LlmJudge(
        provider,
        model,
        name=table.get("name"),
        asked=asked,
        with_schema=table.get("schema", asked.template is None),
        token_preference=token_preference(table, provider),
        samples=table.get("samples", 1),
        endpoint=endpoint,
    )
    return replace(
        judge,
        orders=_orders(table.get("orders", "both")),
        price=find_price(model, prices) if own_price is None else parse_price(own_price, "prices"),
        options=replace(_llm_options(judge.spec, provider, options), extra_body=_extra_body(table, endpoints)),
    )


def _extra_body(table: Tables, endpoints: Tables) -> str | None:
    """Return the further fields of requests, of the endpoint and over them of the judge, as JSON; None if there are none."""
    endpoint = endpoints.get(table.get("endpoint", ""), {})
    merged: dict[str, Any] = {}
    for value in (endpoint.get("extra_body", {}), table.get("extra_body", {})):
        if problem := extra_body_problem(value):
            raise BadUsage(problem)
        merged |= value
    return canonical(merged) if merged else None


def _resolve_model(table: Tables, endpoints: Tables) -> tuple[str, str, EndpointOptions]:
    model = table.get("model", "")
    name = table.get("endpoint")
    if name is not None and name not in endpoints:
        raise BadUsage(f"there is no endpoint {name!r} in uphold.toml; there are: {', '.join(endpoints) or 'none'}")
    merged = {**(endpoints[name] if name is not None else {}), **table}
    kind, colon, rest = model.partition(":")
    if not (colon and kind in PROVIDERS):
        kind, rest = str(merged.get("kind", "")), model
    if kind not in PROVIDERS or not rest.strip():
        kinds = " or ".join(f"{one}:MODEL" for one in PROVIDERS)
        raise BadUsage(f'model = "{kinds}" was expected (or `rule`, or `endpoint` with `model`); it is {model!r}')
    timeout = merged.get("timeout")
    endpoint = EndpointOptions(
        merged.get("base_url"),
        merged.get("api_key_env"),
        None if timeout is None else float(timeout),
        PaceLimits(*(_pace(merged, name) for name in _PACE_FIELDS)),
    )
    return kind, rest, endpoint


def _pace(table: Tables, name: str) -> float | None:
    number = table.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 1e12:
        raise BadUsage(f"{name} = {number!r}: a number above 0 was expected")
    return float(number)


def _orders(value: Any) -> tuple[AnswerOrder, ...]:
    if isinstance(value, str) and value in _ORDERS:
        return _ORDERS[value]
    allowed = [order.value for order in BOTH_ORDERS]
    if isinstance(value, list) and value and all(order in allowed for order in value):
        return tuple(order for order in BOTH_ORDERS if order.value in value)
    raise BadUsage(f'orders = {value!r}: "both", "one", or a list of {" and ".join(map(repr, allowed))} was expected')


def _option(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _check_fields(table: Tables, location: str) -> None:
    for name, value in table.items():
        if name not in _FIELDS:
            raise BadFile(f"{location}: a judge has no field {name!r}; fields are {', '.join(_FIELDS)}")
        if name in _TEXT_FIELDS and not isinstance(value, str):
            raise BadFile(f"{location}: {name} wants a text in quotes")
    if not isinstance(table.get("schema", True), bool):
        raise BadFile(f"{location}: schema wants true or false")
    if not isinstance(table.get("options", {}), dict):
        raise BadFile(f"{location}: options wants a table such as {{ max_tokens = 1024 }}")
    samples = table.get("samples", 1)
    if isinstance(samples, bool) or not isinstance(samples, int) or not 1 <= samples <= MOST_SAMPLES:
        raise BadFile(f"{location}: samples wants a whole number from 1 to {MOST_SAMPLES}")
    timeout = table.get("timeout", 1)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise BadFile(f"{location}: timeout wants a number of seconds")
