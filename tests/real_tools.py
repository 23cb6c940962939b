"""Do the programs that exports are meant for read them? Run by hand when an export changes, not by pytest.

    python tests/real_tools.py FOLDER [--data SHARED_DATA]

Makes a virtual environment in FOLDER with alpaca_eval, datasets, trl, torch, openpyxl, pandas and fschat (several minutes
and gigabytes the first time), exports the demo, MT-Bench and PandaLM in every format, and has each program compute from
its file what uphold computes from the database. A line says what was compared; a difference ends with exit code 1.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

PACKAGES = ("alpaca_eval", "datasets", "trl", "torch", "openpyxl", "pandas", "fschat", "anthropic", "setuptools<81")
"""alpaca_eval 0.6 needs pkg_resources, which later versions of setuptools lack; FastChat imports anthropic."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="PandaLM and MT-Bench")
    given = parser.parse_args()
    if sys.prefix == str((given.folder / "tools").resolve()):
        return check(given.folder)
    given.folder.mkdir(parents=True, exist_ok=True)
    python = make_environment(given.folder / "tools")
    export_all(given.folder, given.data)
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONWARNINGS": "ignore"}
    return subprocess.run([python, __file__, str(given.folder.resolve())], env=environment, check=False).returncode


def make_environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    have = subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    if not all(name.partition("<")[0].replace("_", "-") in have.replace("_", "-") for name in PACKAGES):
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


# What uphold says: exports, and the numbers to be found in them.

EXPORTS = {
    "human.json": ("alpaca-eval", "--by", "human"),
    "judge.json": ("alpaca-eval", "--by", "judge"),
    "outputs.json": ("alpaca-eval", "--outputs", "candidate"),
    "train.jsonl": ("trl", "--by", "both", "--for-training"),
    "messages.jsonl": ("trl", "--by", "both", "--messages", "--for-training"),
    "pairs.csv": ("csv",),
    "pairs.jsonl": ("jsonl",),
    "pairs.xlsx": ("xlsx",),
    "bench": ("mt-bench",),
    "bundle.jsonl": ("uphold",),
}


def export_all(folder: Path, data: Path) -> None:
    sources = {
        "demo": ["demo"],
        "mt_bench": ["import", str(data / "mt_bench")],
        "pandalm": ["import", *map(str, sorted((data / "pandalm").glob("*.json")))],
    }
    for name, command in sources.items():
        place = folder / name
        place.mkdir(exist_ok=True)
        database = place / "uphold.db"
        if not database.exists():
            uphold(database, *command)
        for file, options in EXPORTS.items():
            uphold(database, "export", options[0], "1", *options[1:], "-o", str(place / file), "--force")
        (place / "stats.json").write_text(uphold(database, "stats", "1", "--json"), "utf-8")


def uphold(database: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "uphold_tui", "--db", str(database), *arguments]
    found = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if found.returncode != 0 and "no pair has" not in found.stderr:
        raise SystemExit(f"{' '.join(arguments)}: {found.stderr}")
    return found.stdout


# What the programs say, in their environment.


class Report:
    """Prints what was compared, and remembers whether anything differed."""

    def __init__(self) -> None:
        self.failed = 0

    def compare(self, what: str, theirs: Any, ours: Any) -> None:
        same = abs(theirs - ours) < 1e-9 if isinstance(theirs, float) else theirs == ours
        self.failed += not same
        self.say(f"{what}: {theirs}" + ("" if same else f" — DIFFERS, uphold has {ours}"))

    def say(self, line: str) -> None:
        sys.stdout.write(line + "\n")


def check(folder: Path) -> int:
    report = Report()
    for name in ("demo", "mt_bench", "pandalm"):
        place = folder / name
        stats = json.loads((place / "stats.json").read_text("utf-8"))
        check_alpaca_eval(report, name, place, stats)
        check_fastchat(report, name, place, stats)
        check_tables(report, name, place)
        check_trl(report, name, place)
        check_notebook(report, name, place, stats)
    report.say("all as uphold has it" if not report.failed else f"{report.failed} differ")
    return int(report.failed > 0)


def check_alpaca_eval(report: Report, name: str, place: Path, stats: dict[str, Any]) -> None:
    """Its win rate counts ties half, as `ties_half` does."""
    from alpaca_eval.metrics import get_winrate
    from alpaca_eval.utils import load_or_convert_to_dataframe

    judge = next(one for one in stats["judges"] if one["judge"] == stats["judge"])
    for file, numbers in (("human.json", stats["human"]), ("judge.json", judge)):
        annotations = load_or_convert_to_dataframe(place / file)
        if len(annotations):
            theirs = get_winrate(annotations)
            report.compare(
                f"{name} alpaca_eval win rate, {file}", float(theirs["win_rate"] / 100), numbers["ties_half"]["rate"]
            )
            report.compare(f"{name} alpaca_eval n, {file}", int(theirs["n_total"]), numbers["ties_half"]["n"])
    outputs = load_or_convert_to_dataframe(place / "outputs.json")
    report.compare(f"{name} alpaca_eval model outputs", len(outputs), stats["pairs"])


def check_fastchat(report: Report, name: str, place: Path, stats: dict[str, Any]) -> None:
    """show_result.py's adjusted win rate, and the files as FastChat loads them."""
    from fastchat.llm_judge.common import load_model_answers, load_questions

    questions = load_questions(str(place / "bench" / "question.jsonl"), None, None)
    answers = load_model_answers(str(place / "bench" / "model_answer"))
    report.compare(f"{name} FastChat models", sorted(answers), sorted([stats["candidate"], stats["baseline"]]))
    report.compare(f"{name} FastChat questions answered", len(next(iter(answers.values()))), len(questions))
    for file in sorted((place / "bench" / "model_judgment").iterdir()):
        who = file.name.removesuffix("_pair.jsonl")
        found = [one for one in stats["judges"] if one["judge"].replace(" ", "_") == who]
        numbers = stats["human"] if who == "human" else found[0]
        shown = subprocess.run(
            [
                sys.executable,
                "-m",
                "fastchat.llm_judge.show_result",
                "--mode",
                "pairwise-all",
                "--input-file",
                str(file),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        row = next(line.split() for line in shown.splitlines() if line.split()[:1] == [stats["candidate"]])
        report.compare(
            f"{name} FastChat adjusted win rate of {who}",
            round(float(row[-1]), 5),
            round(numbers["ties_half"]["rate"], 5),
        )


def check_tables(report: Report, name: str, place: Path) -> None:
    """The same cells from the workbook, the CSV and datasets' reader of JSONL."""
    import pandas as pd
    from datasets import load_dataset
    from openpyxl import load_workbook

    sheet = pd.read_excel(place / "pairs.xlsx", dtype=str, keep_default_na=False)
    table = pd.read_csv(place / "pairs.csv", dtype=str, keep_default_na=False)
    alike = sum(one == other for one, other in zip(sheet.columns, table.columns, strict=True))
    report.compare(f"{name} pandas columns alike in xlsx and csv", alike, len(table.columns))
    rows = [json.loads(line) for line in (place / "pairs.jsonl").read_text("utf-8").splitlines()]
    for column, field in (("instruction", "turns"), ("response_candidate", "response_candidate")):
        texts = [row[field][-1] if isinstance(row[field][-1], str) else json.dumps(row[field][-1]) for row in rows]
        same = sum(cell == text for cell, text in zip(sheet[column], texts, strict=True))
        report.compare(f"{name} pandas texts alike in xlsx and jsonl, {column}", same, len(rows))
    book = load_workbook(place / "pairs.xlsx")
    kinds = {cell.data_type for row in book["pairs"].iter_rows() for cell in row}
    report.compare(f"{name} openpyxl formulas", "f" in kinds, False)
    loaded = load_dataset("json", data_files=str(place / "pairs.jsonl"), split="train", cache_dir=str(place / "cache"))
    report.compare(f"{name} datasets rows of jsonl", len(loaded), len(table))


TEMPLATE = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def check_trl(report: Report, name: str, place: Path) -> None:
    """DPO and reward trainers prepare the rows and take a step on a model of a few thousand weights."""
    from datasets import load_dataset
    from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer
    from trl.data_utils import is_conversational, maybe_apply_chat_template

    for file in ("train.jsonl", "messages.jsonl"):
        if not (place / file).exists():
            continue
        rows = load_dataset("json", data_files=str(place / file), split="train", cache_dir=str(place / "cache"))
        lines = (place / file).read_text("utf-8").splitlines()
        report.compare(f"{name} datasets rows of {file}", len(rows), len(lines))
        expected = isinstance(json.loads(lines[0])["prompt"], list)
        report.compare(f"{name} trl is_conversational, {file}", is_conversational(rows[0]), expected)
        tokenizer = make_tokenizer([row[part] for row in rows for part in ("prompt", "chosen")])
        plain = maybe_apply_chat_template({part: rows[0][part] for part in ("prompt", "chosen", "rejected")}, tokenizer)
        report.compare(
            f"{name} trl template gives text, {file}", {type(one).__name__ for one in plain.values()}, {"str"}
        )
        common = {"max_steps": 1, "per_device_train_batch_size": 2, "use_cpu": True, "report_to": "none"}
        common |= {"output_dir": str(place / "trained"), "bf16": False, "save_strategy": "no", "disable_tqdm": True}
        few = rows.select(range(min(4, len(rows))))
        dpo = DPOTrainer(
            make_model(tokenizer, reward=False),
            ref_model=make_model(tokenizer, reward=False),
            args=DPOConfig(**common, max_length=4096),
            train_dataset=few,
            processing_class=tokenizer,
        )
        report.compare(f"{name} trl DPO step on {file}", dpo.train().global_step, 1)
        reward = RewardTrainer(
            make_model(tokenizer, reward=True),
            args=RewardConfig(**common, max_length=4096),
            train_dataset=few,
            processing_class=tokenizer,
        )
        report.compare(f"{name} trl reward step on {file}", reward.train().global_step, 1)


def check_notebook(report: Report, name: str, place: Path, stats: dict[str, Any]) -> None:
    """The data frames of docs/notebook.md."""
    import pandas as pd

    sys.path.insert(0, str(ROOT / "core"))
    import uphold

    with uphold.open(place / "uphold.db") as db:
        run = db.run(1)
        pairs, reviews = (pd.DataFrame(records.dicts()) for records in (run.pairs(), run.reviews()))
        numbers = pd.DataFrame(run.statistics().dicts()).set_index("statistic")
        report.compare(f"{name} pandas rows of the notebook's pairs", len(pairs), stats["pairs"])
        wins = int((pairs["human_label"] == "candidate").sum())
        report.compare(f"{name} pandas wins counted in the data frame", wins, stats["human"]["wins"])
        report.compare(f"{name} pandas statistic human.wins", int(numbers.loc["human.wins", "value"]), wins)
        report.compare(f"{name} pandas rows of reviews", len(reviews), len(run.reviews()))


def make_tokenizer(texts: list[Any]) -> Any:
    """A tokenizer of whole words, made of the texts themselves: nothing is downloaded."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    words = (json.dumps(text) if not isinstance(text, str) else text for text in texts)
    special = ["<unk>", "<pad>", "</s>", "<user>", "<assistant>", "<system>"]
    tokenizer.train_from_iterator(words, trainers.WordLevelTrainer(vocab_size=2000, special_tokens=special))
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", eos_token="</s>", bos_token="<unk>"
    )
    made.chat_template = TEMPLATE
    return made


def make_model(tokenizer: Any, *, reward: bool) -> Any:
    from transformers import GPT2Config, GPT2ForSequenceClassification, GPT2LMHeadModel

    shape = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=4096,
        n_embd=16,
        n_layer=1,
        n_head=2,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        num_labels=1 if reward else 2,
    )
    return (GPT2ForSequenceClassification if reward else GPT2LMHeadModel)(shape)


if __name__ == "__main__":
    sys.exit(main())
