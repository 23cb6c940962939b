"""A database with rows in every table, made by the commands that write them: what damage can be done to.

The set `s` has the runs `lora-vs-base` and `loraplus-vs-base`; the judges `weak` (asked, certified, tried, kept in a
workbench) and `rules:closer`; the reviewers mira, ada and bob.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from unittest import mock

from support.command_line import uphold
from support.imports import compared, write
from support.judge_workbench import reviewed_store
from support.lm_eval_output import LEAVES, write_output
from support.model_server import Asked, Reply, answer_to, serving
from uphold.records.sets import ExampleRow
from uphold.settings import Settings
from uphold.store import pair_list
from uphold.store.database import open_store
from uphold.workflows.curating import list_examples
from uphold.workflows.decided_half import find_scope
from uphold.workflows.judge_request import JudgeRequest
from uphold.workflows.judge_workbench import keep_version, open_workbench, written_clause

NAME = "x.db"

RUN, OTHER_RUN = "lora-vs-base", "loraplus-vs-base"

KEY = {"OPENAI_API_KEY": "key-of-the-test"}

EXAMPLES = 16
"""Of these half are locked."""

NOW = "2026-01-01T00:00:00Z"

_BY_SQL = (
    "INSERT INTO claims SELECT contents, 1, 'candidate-first', 0, 'somebody', :now FROM pairs LIMIT 2",
    "INSERT INTO generation_claims SELECT id, 1, 'somebody', :now FROM texts LIMIT 2",
    "INSERT INTO batches VALUES (1, 1, 1, 'p-', 'batch-1', 2, 1, 'submitted', :now, :now, NULL)",
    "INSERT INTO batch_items SELECT 1, id, id, 'candidate-first', 0, NULL, 'fence', NULL FROM pairs LIMIT 2",
    "INSERT INTO ended_judges SELECT id, 'drift', :now FROM judges WHERE kind = 'rules' LIMIT 1",
    "INSERT INTO served_models SELECT id, 'm-1', :now FROM judges WHERE kind = 'llm'",
    "INSERT INTO reason_keys SELECT id, 'z', 'too long' FROM sets",
    "INSERT INTO perplexities (system_id, text_id, reference_id, how, endpoint, model, template, logprob, tokens,"
    " perplexity, created_at) SELECT 1, text_id, reference_id, 'how', 'openai:m', 'm', '{instruction}', -2.0, 2, 2.7, :now"
    " FROM examples WHERE reference_id IS NOT NULL",
    "INSERT INTO replacements (response_id, by_response_id, from_turn, how, created_at)"
    " SELECT max(id), max(id), NULL, 'redo', :now FROM responses",
    "INSERT INTO model_servers VALUES ('openai', 'http://127.0.0.1:9', 'm', '{}', :now)",
    "INSERT INTO odd_rows (import_id, place, what) SELECT id, 'rows.jsonl:1', 'odd' FROM imports LIMIT 1",
    "INSERT INTO plans (run_id, queue_id, reviewer_id, planned, reviewed, created_at)"
    " SELECT run_id, id, 1, 9, 3, :now FROM queues",
    "INSERT INTO judge_trials (set_id, run_id, judge_id, old_judge_id, half, pairs, fixed, broken, both_right, both_wrong,"
    " rerun_pairs, rerun_changed, created_at) SELECT 1, 1, max(id), 1, 'development', 8, 2, 1, 4, 1, 8, 1, :now FROM judges",
    "INSERT INTO certificates (set_id, judge_id, set_version_id, answer_orders, samples, floor, n, examples, agreed,"
    " unreadable, seen, low, method, created_at)"
    " SELECT 1, 1, 1, '[\"candidate-first\", \"baseline-first\"]', 1, 0.5, 8, 8, 7, 0, 8, 0.53, 'exact', :now",
    "INSERT INTO locked_uses SELECT 1, p.id, 1 FROM pairs p JOIN example_halves h ON h.example_id = p.example_id"
    " WHERE h.half = 'locked' AND p.run_id = 1",
    "INSERT INTO drift_checks (certificate_id, kind, asked, changed, created_at) VALUES (1, 'rerun', 8, 0, :now)",
    "INSERT INTO drift_checks (certificate_id, kind, asked, changed, allowed, agreed_then, agreed_now, p, created_at)"
    " VALUES (1, 'check', 8, 1, 2, 7, 6, 1.0, :now)",
    "UPDATE judgments SET criteria = '{\"tone\": \"tie\"}', request_form = '{}' WHERE id % 3 = 0 AND verdict IS NOT NULL",
)
"""What no command leaves behind that ends well, and what takes a day, a provider or hundreds of judgments."""


def make_full_file(folder: Path) -> Path:
    """Make the database in a folder, beside files that its commands read; returns its path."""
    path = folder / NAME
    with mock.patch.dict(os.environ, KEY):
        reviewed_store(path, EXAMPLES).close()
        _keep_a_judge(folder)
        _curate(folder)
        _answer(folder)
        _hand_on(folder)
    with closing(sqlite3.connect(path)) as conn:
        for statement in _BY_SQL:
            conn.execute(statement, {"now": NOW})
        conn.commit()
    return path


def _told(folder: Path, *words: str | Path, codes: tuple[int, ...] = (0,), db: str = NAME) -> None:
    found = uphold(folder, *words, db=db, USER="mira", LOGNAME="mira", **KEY)
    assert found.returncode in codes, (words, found.stderr)


def _keep_a_judge(folder: Path) -> None:
    with open_store(folder / NAME) as store:
        request = JudgeRequest((), RUN)
        bench = open_workbench(store, find_scope(store, RUN, None), Settings())
        draft = bench.draft.with_new_clause(written_clause("Be fair.", bench.number))
        keep_version(store, bench, draft, "mira", request)
    _told(folder, "set", "pin", "s", "weak")
    _told(folder, "runs", "bless", RUN, "--note", "went live")


def _curate(folder: Path) -> None:
    rows = [
        {"prompt": f"What would you ask about {word}, and why?", "response": "Yes.", "category": "odd"}
        for word in ("kettles of copper", "lamps that flicker", "sofas in the rain")
    ]
    _told(folder, "set", "guidelines", "s", "--text", "Be fair.")
    _told(folder, "set", "purpose", "s", "to be damaged")
    _told(folder, "set", "floor", "s", ".6")
    _told(folder, "set", "wanted", "s", "odd=12")
    _told(folder, "set", "baseline", "s", "base")
    _told(folder, "set", "propose", "s", write(folder / "pool.jsonl", *rows))
    keys = [row.key for row in _examples(folder)]
    _told(folder, "set", "tag", "s", *keys[:6], "--add", "odd")
    _told(folder, "set", "edit", "s", keys[0], "--reference", "as it should be")
    _told(folder, "set", "edit", "s", keys[1], "--instruction", "Something else is asked now.")
    _told(folder, "set", "retire", "s", keys[2])
    _told(folder, "set", "undo", "s")
    _told(folder, "set", "forget", "s", keys[3], "--yes")
    _told(folder, "set", "export", "s", "-o", "s.jsonl")


def _answer(folder: Path) -> None:
    def answer(asked: Asked) -> Reply:
        return answer_to(asked, f"an answer of {len(asked.user)} characters")

    with serving(answer) as server:
        words = ("--set", "s", "--system", "loraplus", "--endpoint", "openai:m", "--base-url", f"{server.url}/v1")
        _told(folder, "generate", *words)
    _told(folder, "judge", "--set", "s", "--candidate", "loraplus", "--baseline", "base", "--judge", "rules:closer")
    for system in ("lora", "loraplus"):
        write_output(folder / "scores", system, {leaf: [True, False, True] for leaf in LEAVES})
    _told(folder, "import", "scores", "--as", "lm-eval")
    row = compared("two-turns", turns=["First?", "Second?"], reference=["one", None], tags=["odd"])
    row |= {"response_candidate": ["a", "b"], "response_baseline": ["c", "d"], "candidate": "lora", "baseline": "base"}
    del row["instruction"]
    said = {"judge": "told", "verdict": "tie", "order": "candidate-first", "confidence": 0.5, "reason": "so"}
    _told(
        folder,
        "import",
        write(folder / "two.jsonl", row | said | {"reviewer": "ada", "review": "tie", "note": "n"}),
        "--set",
        "s",
    )
    _told(folder, "judge", RUN, "--judge", "rules:closer")


def _hand_on(folder: Path) -> None:
    _told(folder, "next", RUN, "--reviewer", "ada", "--queue", "uncertain")
    _told(folder, "decide", RUN, _examples(folder)[10].key, "candidate", "--reviewer", "ada", "--note", "word")
    _told(folder, "decide", RUN, _examples(folder)[11].key, "tie", "--reviewer", "ada")
    _told(folder, "decide", RUN, "--undo", "--reviewer", "ada")
    _told(folder, "export", "trl", "--set", "s", "--for-training", "-o", "train.jsonl")
    _told(folder, "pack", RUN, "-o", "pack.db", "--for", "bob")
    _told(folder, "decide", RUN, _examples(folder)[12].key, "tie", "--reviewer", "bob", db="pack.db")
    _told(folder, "merge", "pack.db")
    _told(folder, "report", RUN, "-o", "report.html")
    with open_store(folder / NAME) as store:
        pair_list.update_index(store)


def _examples(folder: Path) -> list[ExampleRow]:
    with open_store(folder / NAME) as store:
        return list_examples(store, "s")
