"""Published figures come out of `uphold stats --json`: LLMBar, Auto-J and MT-Bench, in their authors' own files.

The data sets are expected beside the checkout; a test is skipped where its files are not there.
"""

import json
import re

import pytest

from support.command_line import done, told
from support.imports import DATA, compared, write

ORDERS = ("candidate-first", "baseline-first")

LLMBAR = sorted((DATA / "llmbar").rglob("statistics.json"))

AUTO_J = DATA / "auto-j"

MT_BENCH = DATA / "mt_bench" / "human_judgment"

WINNER = {"1": "candidate", "2": "baseline", None: None}


def judged_rows(key, label, answers):
    """A pair with a label, and what the judge said in either order (None: unreadable)."""
    row = compared(key, judge="judge")
    labelled = compared(key, reviewer="gold", review=label)
    return [labelled, *({**row, "order": order, "verdict": said} for order, said in zip(ORDERS, answers, strict=True))]


def statistics(folder, rows):
    """The one judge of a file of rows, as the command prints it."""
    done(folder, "import", write(folder / "rows.jsonl", *rows), "--set", "bench")
    (judge,) = json.loads(done(folder, "stats", "--json"))["judges"]
    return judge


def llmbar_rows(instances):
    """Rows of a result of LLMBar's: the last of an instance's results holds the winner in both orders."""
    for number, instance in enumerate(instances):
        last = instance["results"][-1]
        answers = [WINNER[last[f"swap = {swapped}"]["winner"]] for swapped in (False, True)]
        yield from judged_rows(f"k{number}", WINNER[str(instance["label"])], answers)


def published(statistics_file):
    """Accuracy over both orders, right in both and agreement with itself, as LLMBar gives them in percent."""
    figures = json.loads(statistics_file.read_text(encoding="utf-8"))
    return [
        float(re.search(r"([\d.]+)%", figures[name])[1]) / 100 for name in ("correct_average", "correct_both", "equal")
    ]


def found(judge):
    names = ("accuracy_both_orders", "right_in_both_orders", "consistency")
    return [judge[name]["rate"] for name in names]


@pytest.mark.skipif(not LLMBAR, reason="the data set LLMBar is not beside the checkout")
@pytest.mark.parametrize("figures", LLMBAR, ids=lambda path: "-".join(path.parts[-4:-1]))
def test_llmbar_s_accuracy_and_agreement_of_a_judge_with_itself(figures, tmp_path):
    instances = json.loads(figures.with_name("result.json").read_text(encoding="utf-8"))
    assert found(statistics(tmp_path, llmbar_rows(instances))) == pytest.approx(published(figures))


def test_files_in_the_form_of_llmbar_s_give_its_figures(tmp_path):
    said = (
        [("1", "1", 1)] * 9 + [("1", "2", 1)] * 4 + [("2", "2", 1)] * 3 + [(None, "2", 2)] * 2 + [(None, None, 2)] * 2
    )
    instances = [
        {"label": label, "results": [{"swap = False": {"winner": one}, "swap = True": {"winner": other}}]}
        for one, other, label in said
    ]
    judge = statistics(tmp_path, llmbar_rows(instances))
    assert found(judge) == pytest.approx([(9 + 4 / 2 + 2 / 2) / 20, 9 / 20, (9 + 3 + 2) / 20])
    for name in ("accuracy_both_orders", "right_in_both_orders", "consistency"):
        assert judge[name]["low"] < judge[name]["rate"] < judge[name]["high"]
    assert (judge["rerun"]["rate"], judge["rerun"]["reason"]) == (None, "this judge was asked nothing a second time")


@pytest.mark.skipif(not AUTO_J.is_dir(), reason="the data set Auto-J is not beside the checkout")
def test_auto_j_s_share_right_in_both_orders_and_consistency(tmp_path):
    def lines(pattern):
        (path,) = AUTO_J.rglob(pattern)
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    word, turned = ("candidate", "baseline", "tie"), ("baseline", "candidate", "tie")
    rows = [
        row
        for number, (pair, one, other) in enumerate(
            zip(
                lines("testdata_pairwise.jsonl"),
                lines("pairwise_example_output.jsonl"),
                lines("pairwise_exchange_example_output.jsonl"),
                strict=True,
            )
        )
        for row in judged_rows(f"k{number}", word[pair["label"]], (word[one["output"]], turned[other["output"]]))
    ]
    judge = statistics(tmp_path, rows)
    assert round(100 * judge["right_in_both_orders"]["rate"], 2) == 54.96
    answers = [row["verdict"] for row in rows if "verdict" in row]
    same = [one == other for one, other in zip(answers[::2], answers[1::2], strict=True)]
    assert judge["consistency"]["rate"] == pytest.approx(sum(same) / len(same))


@pytest.mark.skipif(not MT_BENCH.exists(), reason="the human votes of MT-Bench are not beside the checkout")
def test_both_readings_of_mt_bench_s_first_set_up(tmp_path):
    done(tmp_path, "import", MT_BENCH.parent, "--set", "mt_bench")
    judges = json.loads(done(tmp_path, "stats", "--set", "mt_bench", "--json"))["judges"]
    same = next(judge["agreement"] for judge in judges if judge["judge"].startswith("gpt-4"))
    readings = [(round(same[name]["rate"], 3), same[name]["n"]) for name in ("observed", "draws_as_ties")]
    assert readings == [(0.713, 1612), (0.672, 1814)]


def test_both_readings_are_in_json_and_in_the_text_where_they_are_far_apart(tmp_path):
    rows = []
    for number in range(40):
        drawn = number < 10
        votes = ("candidate", "baseline" if drawn else "candidate")
        rows.append(compared(f"k{number}", judge="judge", verdict="candidate", order=ORDERS[0]))
        rows += [
            compared(f"k{number}", reviewer=name, review=word) for name, word in zip(("ada", "ben"), votes, strict=True)
        ]
    judge = statistics(tmp_path, rows)
    readings = [
        (judge["agreement"][name]["rate"], judge["agreement"][name]["n"]) for name in ("observed", "draws_as_ties")
    ]
    assert readings == [(1.0, 30), (0.75, 40)]
    page = done(tmp_path, "stats")
    assert re.search(r"says what people say +30 of 30 +100 %", page)
    assert re.search(r"drawn votes as ties +30 of 40 +75 %", page)
    assert "10 pairs unresolved, no word leads: in no rate until one does" in page


def test_a_gate_and_a_set_take_no_plan_that_there_cannot_be(tmp_path):
    statistics(tmp_path, judged_rows("k", "candidate", ("candidate", "candidate")))
    gate = ("gate", "1", "--against", "1", "--margin", ".1", "--planned", "0")
    assert told(tmp_path, *gate) == "--planned is a number of examples, at least 1; it was given 0"
    assert told(tmp_path, "stats", "--set", "bench", "--planned", "9").startswith("--planned belongs to one run")


@pytest.mark.parametrize("command", ["plan", "stats"])
def test_no_decision_planned_is_refused_in_a_sentence(command, tmp_path):
    statistics(tmp_path, judged_rows("k", "candidate", ("candidate", "candidate")))
    sentence = "--planned is the number of decisions that are planned, at least 1; it was given 0"
    assert told(tmp_path, command, "--planned", "0") == sentence
