"""Judges as data: a TOML file, or the [judges.NAME] tables of uphold.toml.

    model = "anthropic:claude-haiku-5-5"    # or endpoint = "NAME" and model = "MODEL"; or rule = "closer"
    name = "strict"                         # shown in place of the model
    prompt = "..."                          # how to judge, in place of our own words for it
    rubric = "..."                          # what counts; else the set's guidelines
    orders = "both"                         # or "one", or a list such as ["baseline-first"]
    samples = 1
    schema = true                           # false: the answer is read without holding the model to a schema
    options = { max_tokens = 4096 }         # as --judge-option
    prices = { input = 1.0, output = 5.0 }  # dollars per million tokens
    base_url, api_key_env, timeout          # where it is asked

Several judges in one file stand as [[judge]] tables, or as [judges.NAME]; the file may hold [endpoints.NAME] and
[prices.MODEL] of its own, as uphold.toml does.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.judging.prices import price_of, read_price
from uphold.judging.rules import RULES
from uphold.judging.specs import PROVIDERS, Place, ReadyJudge, llm_judge, rules_judge
from uphold.records.words import BOTH_ORDERS, Order

MOST_SAMPLES = 64

_TEXTS = ("model", "name", "prompt", "rubric", "endpoint", "rule", "base_url", "api_key_env")
_FIELDS = (*_TEXTS, "orders", "samples", "schema", "options", "prices", "timeout")
_ORDERS = {"both": BOTH_ORDERS, "one": BOTH_ORDERS[:1]}

Tables = Mapping[str, Any]


def judges_in(
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
        judges.append(judge_of(table, where, rubric, endpoints, prices))
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


def judge_of(
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
        provider, model, options, table.get("rubric", rubric), name=table.get("name"), how=table.get("prompt"),
        schema=table.get("schema", True), orders=_orders(table.get("orders", "both")), samples=table.get("samples", 1),
        price=price_of(model, prices) if own is None else read_price(own, "prices"), place=place,
    )  # fmt: skip


def _model(table: Tables, endpoints: Tables) -> tuple[str, str, Place]:
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
    place = Place(given.get("base_url"), given.get("api_key_env"), None if timeout is None else float(timeout))
    return kind, rest, place


def _orders(value: Any) -> tuple[Order, ...]:
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
