"""A judge as the table that a TOML file or uphold.toml has of it, complete in itself, and written as a TOML file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.settings import Settings, read_toml, toml_table

_NOT_A_JUDGE = ("endpoints", "prices", "systems", "judges", "judge")

_ENDPOINT_FIELDS = ("base_url", "api_key_env", "timeout", "requests_per_minute", "tokens_per_minute", "extra_body")


def judge_table(spec: str, options: Sequence[str], settings: Settings) -> dict[str, Any]:
    """Return the table of the one judge that a spec stands for, with the endpoint and the prices that its file gives it.

    What uphold.toml says of endpoints and prices stays there. Raises BadUsage for a rule, BadFile for a file with several.
    """
    if spec in settings.judges:
        return {"name": spec, **settings.judges[spec]}
    if spec.endswith(".toml"):
        return _table_of_file(Path(spec))
    kind, _, model = spec.partition(":")
    if kind == "rules" or not model:
        raise BadUsage(f"{spec} is no judge of a model: there is nothing to ask it in other words")
    given = dict(option.partition("=")[::2] for option in options)
    return {"model": spec} | ({"options": given} if given else {})


def _table_of_file(path: Path) -> dict[str, Any]:
    contents = read_toml(path)
    tables = [*contents.get("judge", []), *({"name": name, **one} for name, one in contents.get("judges", {}).items())]
    if not tables:
        tables = [{name: value for name, value in contents.items() if name not in _NOT_A_JUDGE or name == "prices"}]
    if len(tables) != 1:
        raise BadFile(f"{path}: holds several judges; give the one to work on a file of its own")
    (table,) = tables
    return _with_own_server(dict(table), contents)


def _with_own_server(table: dict[str, Any], contents: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with the endpoint and the prices that its file gives it, in place of their names."""
    endpoint = contents.get("endpoints", {}).get(table.get("endpoint"))
    if endpoint is not None:
        del table["endpoint"]
        known = {name: endpoint[name] for name in _ENDPOINT_FIELDS if name in endpoint}
        kind = endpoint.get("kind")
        model = str(table.get("model", ""))
        table = {**known, **table, "model": f"{kind}:{model}" if kind else model}
    prices = contents.get("prices", {})
    model = str(table.get("model", "")).partition(":")[2]
    if "prices" not in table and isinstance(prices.get(model), dict):
        table["prices"] = prices[model]
    return table


def write_judge(table: Mapping[str, Any], path: Path, comment: str) -> None:
    """Write a judge's table as a new TOML file. Raises BadFile where there is one already, or it cannot be written."""
    lines = "".join(f"# {line}\n" for line in comment.splitlines())
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(f"{lines}{toml_table(table)}")
    except FileExistsError:
        raise BadFile(f"{path}: is there already and is not overwritten; name another file") from None
    except (OSError, UnicodeEncodeError) as error:
        raise BadFile(f"{path}: cannot be written ({error})") from error
