"""Output folders of lm-evaluation-harness, shaped as it writes them: results with groups, samples with filters."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TIME = "2026-11-25T10-00-00.123456"

LEAVES = ("mmlu_algebra", "mmlu_biology", "mmlu_law")
"""The tasks of the group `mmlu`; the first two are those of its group `mmlu_stem`."""

_GROUPS = {"mmlu": ("mmlu_stem", "mmlu_law"), "mmlu_stem": LEAVES[:2]}


def choice_sample(task: str, number: int, passed: bool) -> dict[str, Any]:
    """One document of a multiple choice task: an argument an option, log-probabilities as text."""
    options = {f"gen_args_{n}": {"arg_0": f"{task} {number}?\nAnswer:", "arg_1": f" {n}"} for n in range(2)}
    return {
        "doc_id": number,
        "doc": {"question": f"{task} question {number}?", "choices": ["a", "b"], "answer": 1},
        "target": "1",
        "arguments": options,
        "resps": [[["-0.79", "False"]], [["-1.2", "True"]]],
        "filtered_resps": [["-0.79", "False"], ["-1.2", "True"]],
        "filter": "none",
        "metrics": ["acc"],
        "doc_hash": doc_hash(task, number),
        "prompt_hash": "p",
        "target_hash": "t",
        "acc": float(passed),
    }


def text_sample(task: str, number: int, passed: bool, filter_name: str) -> dict[str, Any]:
    """One document of a task that generates text, under one filter."""
    return {
        "doc_id": number,
        "doc": {"question": f"{number} + 2?", "answer": "4"},
        "target": "4",
        "arguments": {"gen_args_0": {"arg_0": f"Q: {number} + 2?\nA:", "arg_1": {"until": ["\n"]}}},
        "resps": [[f"It is {number + 2}."]],
        "filtered_resps": ["[invalid]"],
        "filter": filter_name,
        "metrics": ["exact_match"],
        "doc_hash": doc_hash(task, number),
        "prompt_hash": "p",
        "target_hash": "t",
        "exact_match": float(passed),
    }


def doc_hash(task: str, number: int) -> str:
    """A hash as long as the harness's."""
    return f"{number:08x}{sum(map(ord, task)):08x}" * 4


def measured(passed: Sequence[bool]) -> tuple[float, float]:
    """Share and standard error as the harness computes them."""
    n = len(passed)
    share = sum(passed) / n
    return share, math.sqrt(share * (1 - share) / (n - 1))


def write_output(
    folder: Path,
    model: str,
    mmlu: Mapping[str, Sequence[bool]],
    gsm: Sequence[bool] = (),
    *,
    time: str = TIME,
    samples: bool = True,
    **changes: Any,
) -> Path:
    """Write what a run of `mmlu`, `gsm8k` (two filters) and `wikitext` (no samples) leaves, and return the folder."""
    out = folder / model.replace("/", "__")
    out.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {}
    for task, passed in mmlu.items():
        share, error = measured(passed)
        results[task] = {"alias": f"  - {task}", "name": task, "sample_len": len(passed)}
        results[task] |= {"acc,none": share, "acc_stderr,none": error}
    for group, parts in _GROUPS.items():
        leaves = [leaf for leaf in LEAVES if leaf in parts or "mmlu_stem" in parts]
        pooled = [value for leaf in leaves for value in mmlu[leaf]]
        share, error = measured(pooled)
        results[group] = {"alias": group, "name": group, "sample_count": {"acc,none": len(pooled)}}
        results[group] |= {"acc,none": share, "acc_stderr,none": error}
    if gsm:
        share, error = measured(gsm)
        results["gsm8k"] = {"alias": "gsm8k", "name": "gsm8k", "sample_len": len(gsm)}
        results["gsm8k"] |= {"exact_match,strict-match": share, "exact_match_stderr,strict-match": error}
        results["gsm8k"] |= {"exact_match,flexible-extract": share, "exact_match_stderr,flexible-extract": error}
    results["wikitext"] = {"alias": "wikitext", "name": "wikitext", "sample_len": 62}
    results["wikitext"] |= {"word_perplexity,none": 11.5, "word_perplexity_stderr,none": "N/A"}
    tasks = [name for name in results if name not in _GROUPS]
    content = {
        "results": results,
        "groups": {name: results[name] for name in _GROUPS},
        "group_subtasks": {**{name: list(parts) for name, parts in _GROUPS.items()}, **{name: [] for name in tasks}},
        "configs": {name: {"task": name} for name in tasks},
        "versions": dict.fromkeys(tasks, 1.0) | dict.fromkeys(_GROUPS, "N/A"),
        "n-shot": dict.fromkeys(tasks, 0),
        "higher_is_better": {name: {"acc": True} for name in (*mmlu, *_GROUPS)}
        | {"gsm8k": {"exact_match": True}, "wikitext": {"word_perplexity": False}},
        "n-samples": {name: {"original": size, "effective": size} for name, size in _sizes(results, tasks)},
        "config": {"model": "hf", "model_args": f"pretrained={model}"},
        "model_name": model,
    }
    (out / f"results_{time}.json").write_text(json.dumps(content | changes, indent=2))
    if samples:
        for task, passed in mmlu.items():
            rows = [choice_sample(task, number, value) for number, value in enumerate(passed)]
            _write_samples(out, task, time, rows)
        if gsm:
            filters = ("strict-match", "flexible-extract")
            texts = [text_sample("gsm8k", n, value, name) for name in filters for n, value in enumerate(gsm)]
            _write_samples(out, "gsm8k", time, texts)
    return out


def _sizes(results: Mapping[str, Any], tasks: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, results[name]["sample_len"]) for name in tasks]


def _write_samples(out: Path, task: str, time: str, rows: Sequence[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (out / f"samples_{task}_{time}.jsonl").write_text(lines)
