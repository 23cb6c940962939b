"""Does every command still print what it printed? For a change that is meant to change nothing that anybody sees.

    python tests/frozen_outputs.py record FOLDER [--uphold PROGRAM]
    python tests/frozen_outputs.py compare FOLDER [--uphold PROGRAM]

`record` runs the program over four databases, each in a fresh folder: the demo, PandaLM and MT-Bench where they lie
beside the checkout, and one made of files written here. A text file for each database holds every command with its exit
code, what it printed (`| `) and what it told on standard error (`! `). `compare` does the same again and shows what
differs; it leaves with 1 then. Help is recorded apart, in help.txt: another wording there is told, and is no difference.

What no two runs have in common is masked: the folder, moments within the run, seconds that something took.
"""

import argparse
import csv
import difflib
import io
import itertools
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from string import Template
from typing import Any

DATA = Path(__file__).parents[1].parent / "shared" / "data"
"""Real data sets, beside the checkout where they are there at all."""
REAL = ("pandalm", "mt_bench")
"""Their folders."""
MOST_SHOWN, WIDEST = 300, 200
"""Lines of differences that are printed, and the signs of each."""

HELP = """
[|demo|import|imports|imports drop|generate|perplexity|judge|review|stats|judges|plan|compare|gate|show|runs|export] --help
[|-h|stats -h]
"""

READINGS = """
runs [|--json]
imports [|--json]
stats $run [|--json|--full|--full --json|--by tag|--by tag --json|--tag $tag|--tag $tag --json|--judge $judge|--planned 500]
stats --set $set [|--json|--full|--full --json|--by tag|--tag $tag|--judge $judge --json]
judges $run [|--json]
plan $run [|--json|--half-width .1|--half-width .02 --json|--planned 30|--judge $judge]
compare $run $other [|--json|--judge $judge|--judge $judge --json]
gate $other --against $run --margin [.01|.1|.4] [|--json|--judge-only|--judge-only --judge $judge --json|--planned 500]
show $run [|$key|$key --json]
export [csv|jsonl] $run
export csv [$run --reviewer $person|--set $set]
"""
"""What is read of a database; a line `readings run=1 ...` stands for all of it with these names in it."""

VIEWS = "view [readable_pairs|verdicts|current_decisions|human_labels|win_loss]"
"""The views that the README names, read without the program."""

UNREACHABLE = "--base-url http://127.0.0.1:9/v1 --api-key-env FROZEN_KEY --concurrency 1 --timeout 1"
"""A server that is not there, and a key for it."""

DEMO = f"""
runs
demo [||--fresh|--reviewer ada|--set case-summaries|--set coding-helper|--set nobody|--fresh --db other.db|--db other.db]
demo --set coding-helper --db other.db
[stats|judges|plan|export csv|show desk-0008]
judge --set support-desk --candidate base-7b --baseline lora-r16 --judge rules:exact [--dry-run|]
readings run=1 other=2 set=support-desk tag=returns judge='sample judge' key=desk-0008 person=robin
judge 1 --judge rules:[closer|exact|choice] [--dry-run|--dry-run --json|--json|]
judge 1 --judge rules:reference-overlap
{VIEWS}
--db share/uphold/demo/case-summaries-1.db judge --judge rules:closer --judge-option margin=.2 --json
--db share/uphold/demo/[case-summaries-1|coding-helper-1].db judge --judge rules:closer [--only-reviewed|--turns last|]
--db share/uphold/demo/[case-summaries-1|coding-helper-1].db [runs|stats --full|judges|plan|show code-01|show case-005 --json]
generate --set support-desk --system new --endpoint openai:m {UNREACHABLE}
"""

PANDALM = """
import pandalm/[pandalm-7b-testset-v1.json|nothing.json]
import pandalm/testset-v1.json --as mt-bench
import pandalm --set pandalm --candidate mine
import pandalm --set pandalm
import pandalm --set pandalm --json
readings run=1 other=bloom-7b-vs-opt-7b set=pandalm tag=Gmail judge=gpt-3.5-turbo key=ex-c434e33018 person=annotator2
gate 4 --against 6 --margin .3 --judge pandalm-7b
judge 3 --judge rules:[exact|closer] [--dry-run|--json]
stats 3
imports drop 1
"""

MT_BENCH = f"""
import mt_bench/[question.jsonl|reference_answer|model_judgment/gpt-4_pair.jsonl] --db alone.db
import mt_bench --set mt-bench --map key=question_id
import mt_bench [--set mt-bench --json|--set mt-bench]
stats
judge --set mt-bench --candidate gpt-4 --baseline reference --judge rules:[closer|reference-overlap --dry-run|reference-overlap]
judge --set mt-bench --candidate claude-v1 --baseline reference --judge rules:reference-overlap --turns last --json
judge --set mt-bench --candidate claude-v1 --baseline reference --judge rules:reference-overlap [|--judge-option win=.6 --json]
judge --set mt-bench --candidate reference --baseline gpt-4 --judge rules:closer
judge --set mt-bench --candidate [gpt-4|gpt-3.5-turbo] --baseline claude-v1 --judge rules:closer --judge rules:exact [--json|]
import votes.jsonl --set mt-bench [--json|]
readings run=4 other=gpt-3.5-turbo-vs-claude-v1 set=mt-bench tag=math judge=rules:closer key=mt-105 person=expert
[stats|stats --full --json|judges|plan|show] phi-3-vs-phi-3-dpo
show phi-3-vs-phi-3-dpo [mt-81|mt-124 --json]
[stats|judges|plan|compare claude-v1-vs-reference] gpt-4-vs-reference
gate gpt-4-vs-reference --against claude-v1-vs-reference --margin .1 --judge-only
judge phi-3-vs-phi-3-dpo --dry-run --judge [anthropic:claude-haiku-5-5|openai:own] [|--json|--samples 3 --one-order]
judge phi-3-vs-phi-3-dpo --dry-run --judge anthropic:claude-haiku-5-5 --max-cost .01
perplexity --set mt-bench --system gpt-4 --endpoint openai:m {UNREACHABLE}
"""

MADE = f"""
# nothing there yet
[runs|runs --json|imports|imports drop 1|stats|judges|plan|compare 1 2|gate 2 --against 1 --margin .1|show 1 k|export csv]
[judge --judge rules:exact|judge --judge rules:exact --dry-run|review|generate --set s --system x|perplexity --set s --system x]
[--version|nonsense|stats --nonsense|--nonsense|import|import --dry-run desk.jsonl|gate 1|compare 1|show|export|imports drop]
import [bad.jsonl|bad.csv|bad.json|broken.json|empty.jsonl|binary.jsonl|latin.jsonl|unknown.jsonl|nowhere.jsonl|house.toml]
import [bad.jsonl --json|bad.csv|bad.json] --skip-bad --db bad.db
import desk.jsonl [--map nonsense|--map nonsense=key|--map key=nowhere|--as nonsense|--as pandalm|--baseline-file outputs.json]
# each import twice
import desk.jsonl --candidate new [--json|]
import talks.jsonl hostile.jsonl --set talks [|--json]
import mapped.csv --map key=id --map instruction=prompt --map response_candidate=new --map response_baseline=old [|--json]
import list.json --set 'a list' --candidate new --baseline old [|]
import outputs.json --baseline-file baseline.json --set alpaca --baseline davinci [|--json]
import annotations.json --set alpaca [|]
import [talks.jsonl list.json|files]
import carried.jsonl --set desk [|--json]
import contradicting.jsonl --set desk [|--skip-bad --json]
import edited.jsonl --set desk
import edited.jsonl --set desk --update [|--json]
import contradicting.jsonl --set desk --update [--json|]
imports drop [8|99|x|1]
{VIEWS}
readings run=v1-vs-base other=v2-vs-base set=desk tag=billing judge=strict key=k06 person=ben
readings run=v3-vs-base other=v1-vs-base set=talks tag=odd judge=fond key=k05 person=cleo
gate v2-vs-base --against v1-vs-base --margin [1|x|-1|.05 --judge nobody|.05 --planned x]
show talks-new-vs-talks-old [t1|t3|t3 --json|nobody]
show 5 [h1|h3|h2 --json]
show v1-vs-base [k09|k12]
[stats|judges|export csv|export jsonl] [5|talks-new-vs-talks-old]
[stats --set talks --full|stats --set alpaca --json|stats --set nobody|export jsonl --set desk]
[stats|judges|plan|show|export csv] [nobody|99]
[stats|plan|judges --json|export jsonl]
stats v1-vs-base [--set desk|--by colour|--tag nobody|--judge nobody|--planned x]
plan 1 [--half-width 5|--half-width x|--judge nobody|--planned 0]
compare v1-vs-base [v1-vs-base|talks-new-vs-talks-old|v2-vs-base --judge nobody]
export csv v1-vs-base [--set desk|--reviewer nobody|-o desk.csv|-o desk.csv|-o desk.csv --force|-o no/where.csv|-o made.db]
export [xml 1|csv desk.csv|csv --set nobody|jsonl --set desk --reviewer ada -o desk.out]
file [desk.csv|desk.out]
# judges
judge v1-vs-base [|--reread]
judge v1-vs-base --judge [nobody|rules:nobody|openai:|rules:reference-overlap|nowhere.toml|bad.toml|openai:m|anthropic:m]
judge v1-vs-base --judge rules:closer --judge-option [nonsense|nonsense=1|margin=x|margin=2]
judge v1-vs-base --judge rules:closer [--samples 2|--concurrency 0|--max-cost -1|--turns some|--batch|--samples x|--set desk]
judge --judge rules:exact [--set desk|--set desk --candidate v1 --baseline nobody|--set desk --candidate v1 --baseline v1]
judge v1-vs-base --judge rules:closer --dry-run [--batch|--collect|--reread]
judge v1-vs-base --judge rules:closer [--dry-run --json|--only-reviewed --json|--one-order|--redo --json|]
judge v1-vs-base --judge rules:closer --judge rules:exact --judge rules:choice [--dry-run|--json]
judge v1-vs-base --judge rules:closer --judge-option margin=.3
judge v1-vs-base --judge [judges.toml|house --config house.toml|house|judges.toml --judge-option margin=1] --json
judge --set desk --candidate v1 --baseline reference --judge rules:reference-overlap --judge-option tie=.1 [--json|]
judge v1-vs-base --judge rules:exact --config [bad.toml|nowhere.toml|desk.jsonl]
judge v1-vs-base --judge openai:m --max-cost 1
judge same-new-vs-same-old --judge openai:m {UNREACHABLE} [--one-order|--json|--samples 2|--redo|--collect|--reread]
[stats same-new-vs-same-old --full|show same-new-vs-same-old same|judges v1-vs-base|judges v1-vs-base --json]
judge far-new-vs-far-old --judge openai:m {UNREACHABLE} --json
[stats far-new-vs-far-old|export jsonl far-new-vs-far-old|show far-new-vs-far-old far --json]
# a model would answer, a terminal would open
generate [--set desk|--system x|--set nobody --system x|--set desk --system x|--set desk --system reference --endpoint openai:m]
generate --set desk --system x --endpoint [nobody|openai:|openai:m|anthropic:m|anthropic:m --seed 1|openai:m --max-tokens 0]
generate --set desk --system x --endpoint openai:m [--only-missing --redo|--temperature 3|--seed x|--base-url nonsense]
generate --set desk --system x --endpoint openai:m --api-key-env FROZEN_KEY [--concurrency 0|--max-cost 1]
generate --set mapped --system candidate --endpoint openai:m {UNREACHABLE} [|--json|--only-missing|--system-prompt Short.]
generate --set desk --system helper --config [house.toml|bad.toml]
perplexity [--set desk|--set nobody --system x|--set desk --system x|--set desk --system x --endpoint anthropic:m]
perplexity --set desk --system x --endpoint openai:m [|--template none|--concurrency 0|--timeout x|--base-url nonsense]
perplexity --set mapped --system candidate --endpoint openai:m {UNREACHABLE} [|--json|--redo]
review [|v1-vs-base --judge strict|--set desk --candidate v1 --baseline base|--blind --open-share 2|--plan 0]
review [--queue uncertain --reviewer ada|nobody]
[--db=made.db runs|--db|runs --db .|runs --db desk.jsonl|stats -- --nonsense]
"""

LINES = {"demo": DEMO, "pandalm": PANDALM, "mt_bench": MT_BENCH, "made": MADE, "help": HELP}
"""By recording: its commands, a line for one with each of its `[this|that]`; what follows `# ` is a remark."""
STORES = {"demo": "share/uphold/demo/support-desk-1.db"}
"""Databases that are kept elsewhere than in NAME.db."""

UNSEEN = {n: f"⟦{n:x}⟧" for n in range(0x110000) if n != 10 and unicodedata.category(chr(n)) in ("Cc", "Cf")}
"""Signs that cannot be looked at, each by its number."""

WORDS = ("candidate", "baseline", "tie")
WINNERS = ("model_a", "model_a", "model_b", "tie", "tie (bothbad)")
HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m \u202eback\u202c [bold red]x[/] [@click=app.quit]y[/] \x00\x08\r\n\tend"
BAD = (
    '{"key": "a", "instruction": "A?", "response_candidate": "1", "response_baseline": "2"}\n{"key": "b", "instruct\n'
    '{"key": "c", "instruction": "C?", "verdict": "best"}\n{"instruction": 3}\n{"key": "d", "preference": 2}\n[1]\n'
    '{"key": "e", "turns": ["1", "2"], "response_candidate": ["one"]}\n{"key": "nobody", "review": "tie"}\n'
)


def desk_rows() -> Iterator[dict[str, Any]]:
    """Three systems on 40 examples: v2 is worse than v1, v3 about as good; two judges, three people who differ at times."""
    for system, n in itertools.product(("v1", "v2", "v3"), range(40)):
        place = {"key": f"k{n:02d}", "candidate": system, "baseline": "base"}
        good = n % 4 < 3 if system == "v1" else n % 4 == 1 if system == "v2" else n % 4 < 3 and n != 5
        word = "tie" if n % 7 == 6 else "candidate" if good else "baseline"
        other = WORDS[(n + len(word)) % 3]
        yield {
            **place, "instruction": f"Question {n}: where is parcel {n * 7}?", "reference": f"Parcel {n * 7} left on day {n}.",
            "tags": [("even", "odd")[n % 2], *(["billing"] if n % 3 == 0 else [])],
            "response_candidate": f"Parcel {n * 7} left" + f" on day {n} from {system}." * good,
            "response_baseline": f"Please wait{' a little' * (n % 5)}.", "reviewer": "ada", "review": word,
            "judge": "strict", "order": "candidate-first", "verdict": None if n == 7 else word if n % 6 else other,
            "reason": f"because of {n}", "note": f"note {n}" if n % 9 == 0 else None,
        }  # fmt: skip
        if n % 2 == 0:
            said = "both-bad" if n % 12 == 0 else other if n % 8 == 0 else word
            yield {**place, "reviewer": "ben", "review": said, "note": "=1+1", "judge": "strict",
                   "order": "baseline-first", "verdict": word if n % 5 else other}  # fmt: skip
        if n % 3 == 0:
            yield {**place, "reviewer": "cleo", "review": WORDS[n % 9 // 3], "judge": "fond",
                   "preference": n % 11 / 10, "confidence": n % 8 / 7}  # fmt: skip


def talk_rows() -> Iterator[dict[str, Any]]:
    """Examples of two turns, with a context, references that are lacking here and there, answers that are no text."""
    cells: dict[str, list[Any]] = {
        "t1": ["one", "two"], "t2": ["", True], "t3": [{"a": [1, None]}, 2.5], "t4": ["=1+1", "@x"],
    }  # fmt: skip
    for n, (key, answers) in enumerate(cells.items()):
        for turn in (1, 2):
            yield {
                "key": key, "turns": [f"First {n}?", "And then?"], "context": "A policy.\nOf two lines.", "turn": turn,
                "reference": [None, f"two {n}"], "response_candidate": answers, "response_baseline": ["-1", "+2 two"],
                "candidate": "talks-new", "baseline": "talks-old", "reviewer": "ada", "review": WORDS[n % 3],
                "judge": "gpt", "verdict": WORDS[(n + turn) % 3], "extra": n,
            }  # fmt: skip


def hostile_rows() -> Iterator[dict[str, Any]]:
    """Texts that want to do something to a terminal, in every field."""
    for n in range(1, 4):
        fields = ("instruction", "context", "reference", "response_candidate", "response_baseline", "reason", "note")
        named = {name: f"{name}{HOSTILE}" for name in ("judge", "reviewer")}
        yield {
            "key": f"h{n}", **{name: f"{name} {n} {HOSTILE}" for name in fields}, **named, "verdict": WORDS[n % 3],
            "candidate": f"evil{HOSTILE}", "baseline": f"base{HOSTILE}", "review": WORDS[(n + 1) % 3], "tags": [HOSTILE],
        }  # fmt: skip


def compared(name: str, candidate: str, baseline: str, **more: Any) -> dict[str, Any]:
    """One pair of two systems of its own."""
    return {"key": name, "instruction": f"{name}?", "response_candidate": candidate, "response_baseline": baseline,
            "candidate": f"{name}-new", "baseline": f"{name}-old", **more}  # fmt: skip


def jsonl(rows: Iterable[dict[str, Any]]) -> str:
    """One row a line."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(rows: Iterable[Iterable[object]]) -> str:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def files() -> dict[str, str | bytes]:
    """The files that the commands read, by name."""
    desk = list(desk_rows())
    carried = [{**row, "candidate": "v4"} for row in desk[:12] if "instruction" in row]
    silent = ("reviewer", "review", "note", "judge", "order", "verdict", "reason")
    said = {"key": "k06", "candidate": "v1", "baseline": "base", "reviewer": "ada"}
    edited = [
        {"key": "k05", "instruction": "Edited?"},
        {"key": "k09", "candidate": "v1", "response_candidate": "Another."},
    ]
    outputs = [
        {"instruction": f"Name {n}.", "output": f"It is {n}.", "generator": "ft", "dataset": "d"} for n in range(5)
    ]
    notes = [
        {"instruction": f"Name {n}.", "output_1": f"No {n}.", "generator_1": "davinci", "output_2": f"It is {n}.",
         "generator_2": "ft", "annotator": "weighted", "preference": 1 + n / 4, "time_per_example": 2.5}
        for n in range(5)
    ]  # fmt: skip
    votes = [
        {"question_id": n, "turn": turn, "model_a": model, "model_b": "claude-v1", "judge": ("expert", "author")[person],
         "winner": Random(f"{model} {n} {turn} {person * (n % 5 == 0)}").choice(WINNERS)}
        for model, n, turn, person in itertools.product(("gpt-4", "gpt-3.5-turbo"), range(81, 161), (1, 2), (0, 1))
    ]  # fmt: skip
    return {
        "desk.jsonl": jsonl(desk), "talks.jsonl": jsonl(talk_rows()), "hostile.jsonl": jsonl(hostile_rows()),
        "carried.jsonl": jsonl({name: row[name] for name in row if name not in silent} for row in carried),
        "edited.jsonl": jsonl(edited),
        "contradicting.jsonl": jsonl([{**said, "review": "both-bad"}, {**said, "reviewer": "ben", "review": "tie"}]),
        "list.json": json.dumps([compared("same", "equal", "equal", reference="equal"), compared("far", "near", "far")]),
        "mapped.csv": table([("id", "prompt", "new", "old", "tags"), *((n, f"Q{n}", "=a", "b\nc", "x, y") for n in "12")]),
        "outputs.json": json.dumps(outputs), "annotations.json": json.dumps(notes), "votes.jsonl": jsonl(votes),
        "baseline.json": json.dumps([{**row, "output": "No.", "generator": "davinci"} for row in outputs[:4]]),
        "files/one.jsonl": jsonl([compared("one", "a", "b")]), "files/other.txt": "nothing known\n", "bad.jsonl": BAD,
        "bad.csv": table([("key", "instruction", "preference"), ("a", "A?", "x"), ("b",), ("c", "C?", ".5")]),
        "bad.json": '[\n  {"key": "a", "instruction": "A?"},\n  {"key": "b", "instruction": 3}\n]\n',
        "broken.json": '[{"key": "a", "instruction": "A?"}\n {"key": "b"}]', "empty.jsonl": "", "bad.toml": 'rule = "none"\n',
        "binary.jsonl": b'{"key": "a\x00"}\n', "latin.jsonl": '{"key": "\xe9", "instruction": "A?"}\n'.encode("latin-1"),
        "unknown.jsonl": '{"a": 1, "b": 2}\n', "judges.toml": '[[judge]]\nrule = "exact"\nname = "exactly"\n'
        '[[judge]]\nrule = "closer"\noptions = {margin = 0.2}\nname = "near"\n',
        "house.toml": 'reviewer = "ada"\n[judges.house]\nrule = "choice"\n[systems.helper]\nmodel = "openai:m"\nseed = 7\n',
    }  # fmt: skip


def commands(lines: str) -> Iterator[list[str]]:
    """Every command, as words."""
    for line in lines.splitlines():
        command = line.partition("# ")[0].strip()
        if command.startswith("readings "):
            names = dict(word.split("=", 1) for word in shlex.split(command)[1:])
            yield from commands(Template(READINGS).substitute({name: shlex.quote(names[name]) for name in names}))
        elif command:
            parts = re.split(r"\[([^]]*)\]", command)
            choices = [part.split("|") if number % 2 else [part] for number, part in enumerate(parts)]
            yield from (shlex.split("".join(chosen)) for chosen in itertools.product(*choices))


class Desk:
    """A fresh folder with the files in it, and the program run there over one database."""

    def __init__(self, folder: Path, program: Path, name: str) -> None:
        self.folder, self.program, self.since = folder, program, datetime.now(UTC) - timedelta(minutes=1)
        self.store = folder / STORES.get(name, f"{name}.db")
        for file, text in files().items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_bytes(text if isinstance(text, bytes) else text.encode())
        for data in REAL:
            (folder / data).symlink_to(DATA / data)
        homes = {f"XDG_{kind.upper()}_HOME": str(folder / kind) for kind in ("config", "cache", "state")}
        self.environment = {
            **homes, "XDG_DATA_HOME": str(folder / "share"), "HOME": str(folder / "home"), "TMPDIR": str(folder),
            "PATH": os.defpath, "UPHOLD_DB": str(self.store.relative_to(folder)), "FROZEN_KEY": "none", "USER": "frozen",
            "COLUMNS": "100", "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_PROXY": "*",
        }  # fmt: skip

    def record(self, words: list[str]) -> str:
        """A command with all that came of it."""
        try:
            code, out, err = self._run(words)
        except (OSError, sqlite3.Error, subprocess.TimeoutExpired) as error:
            code, out, err = -1, "", f"{error}\n"
        told = [f"| {line}" for line in self._lines(out)] + [f"! {line}" for line in self._lines(err)]
        return "\n".join([f"$ {shlex.join(words)}", f"exit {code}", *told, "", ""])

    def _run(self, words: list[str]) -> tuple[int, str, str]:
        """Exit code, output and talk; `file` and `view` are no commands, but show a file, or a view of the database."""
        match words:
            case ["file", name]:
                return 0, (self.folder / name).read_bytes().decode(), ""
            case ["view", name]:
                with closing(sqlite3.connect(self.store)) as store:
                    rows = sorted(map(json.dumps, store.execute(f"SELECT * FROM {name}")))
                return 0, "".join(f"{row}\n" for row in rows), ""
        done = subprocess.run(
            [self.program, *words], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
            check=False, timeout=120,
        )  # fmt: skip
        out, err = (text.decode("utf-8", "backslashreplace") for text in (done.stdout, done.stderr))
        return done.returncode, out, err

    def _lines(self, text: str) -> list[str]:
        """The lines of a text, with what varies masked and every sign to be seen."""
        text = text.replace(str(self.folder), "FOLDER").replace(str(DATA), "DATA")
        text = re.sub(r'("seconds": )\d+\.\d{4,}', r"\1<taken>", text)
        text = re.sub(r"(20\d\d-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z?", self._moment, text)
        *lines, rest = text.translate(UNSEEN).split("\n")
        return [*lines, f"{rest}⟦no line end⟧"] if rest else lines

    def _moment(self, found: re.Match[str]) -> str:
        """`<now>` for a moment of this run; others stay."""
        at = datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
        return "<now>" if self.since <= at <= datetime.now(UTC) else found[0]


def recorded(name: str, program: Path) -> tuple[str, float]:
    """A recording, and the seconds it took."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder).resolve() / "work", program, name)
        return "".join(map(desk.record, commands(LINES[name]))), time.monotonic() - began


def blocks(recording: str) -> list[str]:
    """A recording, command by command."""
    return re.split(r"^(?=\$ )", recording, flags=re.MULTILINE)[1:]


def broken(block: str) -> list[str]:
    """Its lines, the long ones broken, so that a diff shows where they differ."""
    return [line[at : at + WIDEST] for line in block.split("\n") for at in range(0, len(line) or 1, WIDEST)]


def differences(before: str, now: str) -> list[str]:
    """A unified diff of two recordings, command by command."""
    found: list[str] = []
    for one, other in itertools.zip_longest(blocks(before), blocks(now), fillvalue="$ none"):
        if one != other:
            titles = ("recorded: " + one.partition("\n")[0], "now: " + other.partition("\n")[0])
            found += difflib.unified_diff(broken(one), broken(other), *titles, n=2, lineterm="")
    return found


def record(folder: Path, now: dict[str, str]) -> int:
    """Write the recordings."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, recording in now.items():
        (folder / f"{name}.txt").write_bytes(recording.encode())
    say(f"recorded: {counted(now)}")
    return 0


def compare(folder: Path, now: dict[str, str]) -> int:
    """Show what differs from the recordings; 1 where something does, help apart."""
    found: list[str] = []
    for name, recording in now.items():
        file = folder / f"{name}.txt"
        differing = differences(file.read_bytes().decode(), recording) if file.exists() else [f"{file} is not there"]
        if name != "help":
            found += differing
        elif differing:
            say("wording, which may differ:", *differing[:MOST_SHOWN])
    if not found:
        say(f"equal: {counted(now)}")
        return 0
    more = [f"and {len(found) - MOST_SHOWN:,} lines more"] if len(found) > MOST_SHOWN else []
    different = sum(line.startswith("--- recorded") for line in found)
    say(*found[:MOST_SHOWN], *more, f"different: {different} of {counted(now)}")
    return 1


def counted(now: dict[str, str]) -> str:
    """How many commands that is."""
    return f"{sum(len(blocks(recording)) for recording in now.values())} commands"


def say(*lines: str) -> None:
    """Print lines."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def main() -> int:
    """Record or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("record", "compare"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--uphold", type=Path, default=Path(sys.executable).with_name("uphold"), help="the program")
    given = parser.parse_args()
    if not given.uphold.is_file():
        parser.error(f"{given.uphold}: there is no such program; name it with --uphold")
    lacking = [name for name in REAL if not (DATA / name).is_dir()]
    say(*(f"{name} is skipped: {DATA / name} is not there" for name in lacking))
    names = [name for name in ("made", "mt_bench", "demo", "pandalm", "help") if name not in lacking]
    now: dict[str, str] = {}
    with ProcessPoolExecutor(2) as pool:
        work = pool.map(recorded, names, itertools.repeat(given.uphold.absolute()))
        for name, (recording, seconds) in zip(names, work, strict=True):
            now[name] = recording
            say(f"{name}: {len(blocks(recording))} commands in {seconds:.0f} s")
    return (record if given.what == "record" else compare)(given.folder, now)


if __name__ == "__main__":
    sys.exit(main())
