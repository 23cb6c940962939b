"""Judges kept in the workbench: clauses and decisions put into the table of the judge they were made from, and asked by it."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from uphold.endpoints.addresses import is_loopback
from uphold.errors import BadUsage, UpholdError
from uphold.judging.judges import ReadyJudge, judge_from_table
from uphold.records.enums import Preference
from uphold.records.judge_clauses import JudgePrompt, PromptVersion, ShownPair, clauses_of_rubric
from uphold.records.texts import cell_text
from uphold.settings import Settings
from uphold.store import judge_prompts, judge_specs
from uphold.store.database import Store
from uphold.store.pairs import pair_texts
from uphold.workflows.judge_table import judge_table


def kept_name(name: str, number: int) -> str:
    """Return what the judge of a kept version is called: `NAME v4`, the first one as it was called before."""
    return name if number == 1 else f"{name} v{number}"


def kept_table(store: Store, name: str) -> dict[str, Any] | None:
    """Return the table of the kept judge that is called so, the latest of that name; None where there is none."""
    found = [
        one
        for one in judge_prompts.prompt_versions(store)
        if one.number > 1 and kept_name(one.name, one.number) == name
    ]
    return draft_table(store, found[-1].prompt, name) if found else None


def kept_judge(store: Store, table: dict[str, Any], settings: Settings) -> ReadyJudge:
    """Return the judge of a table that the database holds, to ask it.

    Raises BadFile for a table that is none of a judge, BadUsage for a server or a key that no file of the user's names: a
    database from elsewhere must not say where texts and keys are sent. A server on this machine, without a key, needs no name.
    """
    judge = judge_from_table(table, table["name"], None, settings.endpoints, settings.prices)
    where = unknown_server(store, table, settings)
    if where is not None:
        raise BadUsage(
            f"{table['name']}: the database would have it asked {where}, which nothing in uphold.toml says; if that is right,"
            " write base_url and api_key_env under [endpoints.NAME] there"
        )
    return judge


def unknown_server(store: Store, table: Mapping[str, Any], settings: Settings) -> str | None:
    """Return where, and with which key, the table of a judge would have it asked, if the database alone says so."""
    url, variable = server = _server(table)
    is_harmless = variable is None and (url is None or is_loopback(url))
    if is_harmless or server in _known_servers(store, settings):
        return None
    return " ".join([*([f"at {url!r}"] if url else []), *([f"with the key in {variable!r}"] if variable else [])])


def _server(table: Mapping[str, Any]) -> tuple[Any, Any]:
    return table.get("base_url"), table.get("api_key_env")


def _known_servers(store: Store, settings: Settings) -> Iterator[tuple[Any, Any]]:
    """Yield (URL, variable of the key) of the servers in uphold.toml and in the files by which judges were asked."""
    yield from map(_server, (*settings.endpoints.values(), *settings.judges.values()))
    for path in judge_specs.recorded_files(store):
        try:
            yield _server(judge_table(path, (), settings))
        except UpholdError:
            continue


def find_prompt(versions: list[PromptVersion], number: int) -> PromptVersion:
    """Return the version with a number; raises BadUsage where there is none."""
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        numbers = ", ".join(str(one.number) for one in versions) or "none yet"
        raise BadUsage(f"there is no version {number}; kept versions: {numbers}")
    return found


def draft_table(store: Store, prompt: JudgePrompt, name: str) -> dict[str, Any]:
    """Return the table of the judge that asks what a prompt says; a shown pair whose texts were forgotten is left out."""
    table = {**prompt.judge, "name": name}
    original = prompt.judge.get("rubric")
    unchanged = [clause.text for clause in clauses_of_rubric(original)] == prompt.rubric.splitlines()
    table["rubric"] = original if original is not None and unchanged else prompt.rubric
    if not table["rubric"]:
        del table["rubric"]
    examples = [*prompt.judge.get("examples", []), *filter(None, (_example(store, one) for one in prompt.shown))]
    if examples:
        table["examples"] = examples
    return table


def _example(store: Store, shown: ShownPair) -> dict[str, str] | None:
    """Return a decided pair as an entry of `examples`; which system is A is drawn, so that it tells the judge nothing."""
    texts = pair_texts(store, shown.pair_id)
    if texts.forgotten:
        return None
    turn = texts.turn - 1
    answers = {
        Preference.CANDIDATE: cell_text(texts.candidate_cells[turn]),
        Preference.BASELINE: cell_text(texts.baseline_cells[turn]),
    }
    first = Preference.CANDIDATE if hashlib.sha256(texts.contents.encode()).digest()[0] >> 7 else Preference.BASELINE
    winner = "tie" if shown.winner is Preference.TIE else "A" if shown.winner is first else "B"
    fields = {
        "instruction": texts.text.turns[turn],
        "context": texts.text.context or "",
        "reference": texts.text.reference(texts.turn) or "",
        "response_a": answers[first],
        "response_b": answers[first.mirrored],
        "winner": winner,
        "reason": shown.reason,
    }
    return {name: text for name, text in fields.items() if text or name.startswith("response")}
