"""From `--judge SPEC` and `--judge-option NAME=VALUE` to a judge that is ready to be asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from uphold.errors import BadUsage
from uphold.judging import prompts, reading
from uphold.judging.prices import Price, price_of
from uphold.judging.rules import RULES, Rule
from uphold.records.asking import Answer, Comparison, Request
from uphold.records.judged import Judge, Judgment
from uphold.records.words import BOTH_ORDERS, Order, Preference, Status

PROVIDERS = ("anthropic", "openai")
"""The kinds of endpoint that an LLM judge can stand behind, as they are written in a spec."""

EFFORTS = ("low", "medium", "high", "xhigh", "max")
MAX_TOKENS = 4096
_OPTIONS = {"anthropic": ("effort", "max_tokens"), "openai": ("effort", "max_tokens", "seed", "temperature")}


@dataclass(frozen=True, slots=True)
class Place:
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
    def orders(self) -> tuple[Order, ...]:
        """The orders that it is asked in."""
        return (Order.NONE,)

    def check_systems(self, candidate: str, baseline: str) -> None:
        """Raise BadUsage where the rule cannot compare these two systems."""
        self.rule.check_systems(candidate, baseline)

    def judge(self, comparison: Comparison) -> Judgment:
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
    orders: tuple[Order, ...] = BOTH_ORDERS
    samples: int = 1
    price: Price | None = None
    place: Place = Place()

    def check_systems(self, candidate: str, baseline: str) -> None:
        """A model can compare any two systems."""

    def unasked(self, comparison: Comparison, order: Order, sample: int = 0) -> Judgment | None:
        """The judgment of a pair that needs no model, because its two answers are the same."""
        if not comparison.identical:
            return None
        return Judgment(order, Status.READABLE, Preference.TIE, sample, reason="identical answers", cost=0.0)

    def prompt(self, comparison: Comparison, order: Order) -> prompts.Prompt:
        """The prompt that asks about a pair in one order, with a fence of its own."""
        return prompts.pair_prompt(comparison, order, self.rubric)

    def request(self, prompt: prompts.Prompt, sample: int = 0) -> Request:
        """The request that asks a prompt; samples of a seeded judge have seeds of their own."""
        system = prompts.SYSTEM if self.how is None else prompts.system_text(self.how)
        seed = None if self.seed is None else self.seed + sample
        return Request(
            system, prompt.user, prompts.SCHEMA if self.schema else None, self.max_tokens, self.effort,
            temperature=self.temperature, seed=seed,
        )  # fmt: skip

    def read(self, answer: Answer, order: Order, sample: int, fence: str, *, batched: bool = False) -> Judgment:
        """The judgment that the model's answer amounts to, with what it cost."""
        name = prompts.PROMPT_NAME + ("" if answer.schema else prompts.WITHOUT_SCHEMA)
        cost = self.price.of(answer, batched=batched) if self.price else None
        return reading.judgment_of(answer, order, sample, name, fence, cost=cost, patient=not answer.schema)


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


def failed(order: Order, sample: int, problem: str, seconds: float | None = None) -> Judgment:
    """The judgment of a pair that could not be asked about; it will be tried again."""
    return Judgment(order, Status.FAILED, sample=sample, problem=reading.storable(problem), seconds=seconds)


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
    provider: str, model: str, given: Mapping[str, str], rubric: str | None = None, *, name: str | None = None,
    how: str | None = None, schema: bool = True, orders: tuple[Order, ...] = BOTH_ORDERS, samples: int = 1,
    price: Price | None = None, place: Place | None = None,
) -> LlmJudge:  # fmt: skip
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
        "endpoint": provider, "max_tokens": str(max_tokens), "model": model, "prompt": prompts.prompt_text(how),
    }  # fmt: skip
    more = {"effort": effort, "rubric": rubric, "schema": None if schema else "false", "seed": given.get("seed")}
    more["temperature"] = None if temperature is None else str(temperature)
    definition |= {name: text for name, text in more.items() if text is not None}
    return LlmJudge(
        Judge(name or spec, "llm", tuple(sorted(definition.items()))), provider, model, rubric, max_tokens, effort,
        how, schema, temperature, seed, orders, samples, price, place or Place(),
    )  # fmt: skip


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
