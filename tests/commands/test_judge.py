import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from support.command_line import done, started, told, uphold
from support.faulty_endpoint import right
from support.model_server import Asked, Gate, Reply, answer_to, as_json, error, said, serving

KEYS = {"ANTHROPIC_API_KEY": "key-of-the-test", "OPENAI_API_KEY": "key-of-the-test"}


@pytest.fixture(autouse=True)
def environment_with_keys_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "key": f"k{n}",
            "instruction": f"Question {n}",
            "reference": "The answer.",
            "response_candidate": "yes",
            "response_baseline": "no",
        }
        for n in range(4)
    ]
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done(tmp_path, "import", "s.jsonl", "--set", "s", "--candidate", "new", "--baseline", "old")
    return tmp_path


def test_a_run_is_judged_and_says_what_it_cost(folder: Path) -> None:
    (folder / "uphold.toml").write_text("[prices.m]\ninput = 1.0\noutput = 10.0\n")
    with serving(right) as server:
        summary = json.loads(done(folder, "judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1", "--json"))
        again = done(folder, "judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1")
        assert len(server.asked) == 8
    assert (summary["wins"], summary["judgments"], summary["left"], summary["stopped"]) == (4, 8, 0, None)
    assert summary["cost"] == pytest.approx(8 * (1000 * 1.0 + 50 * 10.0) / 1e6)
    assert "nothing left to do" in again


def test_a_dry_run_asks_for_no_key_and_names_the_assumed_length(folder: Path) -> None:
    said_of_it = done(folder, "judge", "--judge", "anthropic:claude-haiku-4-5", "--dry-run", ANTHROPIC_API_KEY="")
    assert "8 judgments on 4 pairs are missing, 8 calls" in said_of_it
    assert "at 150 tokens an answer: assumed, until there are answers" in said_of_it
    assert "prices of 2026-11-25" in said_of_it
    unknown = done(folder, "judge", "--judge", "openai:my-own", "--dry-run", OPENAI_API_KEY="")
    assert "cost –: its price is not known" in unknown


def test_a_missing_key_an_unknown_price_and_a_wrong_file_are_sentences(folder: Path) -> None:
    assert "OPENAI_API_KEY: no API key" in told(folder, "judge", "--judge", "openai:m", OPENAI_API_KEY="")
    assert "NOWHERE: no API key" in told(folder, "judge", "--judge", "openai:m", "--api-key-env", "NOWHERE")
    assert "price of 'm' is not known" in told(folder, "judge", "--judge", "openai:m", "--max-cost", "1")
    assert "cannot be read" in told(folder, "judge", "--judge", "nowhere.toml")
    assert "give one of them" in told(folder, "judge", "--dry-run", "--batch")


def test_a_cap_that_is_reached_is_exit_four(folder: Path) -> None:
    (folder / "uphold.toml").write_text("[prices.m]\ninput = 1.0\noutput = 10.0\n")
    with serving(right) as server:
        arguments = ("judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1", "--concurrency", "1")
        ended = uphold(folder, *arguments, "--max-cost", "0.0075", "--judge-option", "max_tokens=100")
        assert ended.returncode == 4
        assert "--max-cost" in ended.stderr
        assert "$0.0075" in ended.stderr
        assert "pairs left" in ended.stdout
        asked = len(server.asked)
        refused = uphold(folder, *arguments, "--max-cost", "0.005")
        assert refused.returncode == 2
        assert "--max-cost $0.005: not one request fits" in refused.stderr
        assert "max_tokens=" in refused.stderr
        assert len(server.asked) == asked


def test_what_failed_and_what_could_not_be_read_is_named_with_counts_and_an_example(folder: Path) -> None:
    def some(asked: Asked) -> Reply:
        if asked.number == 0:
            return error(400, said="prompt of 1,234 tokens is too long")
        return answer_to(asked, "no idea" if asked.number < 4 else said("tie"))

    with serving(some) as server:
        arguments = ("judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1", "--concurrency", "1", "--json")
        ended = uphold(folder, *arguments)
        assert ended.returncode == 4
        told_of_it = json.loads(ended.stdout)
        assert [one["count"] for one in told_of_it["problems"]] == [3, 1]
        unreadable, failed = told_of_it["problems"]
        assert (unreadable["what"], unreadable["status"]) == ('no verdict in the text: "no idea"', "unreadable")
        assert "prompt of 1,234 tokens is too long" in failed["what"]
        assert {unreadable["example"], failed["example"]} <= {"a", "b", "c", "d", "k0", "k1", "k2", "k3"}
        plain = done(folder, *arguments[:-1])
    assert '3 judgments could not be read: no verdict in the text: "no idea" (such as ' in plain
    assert "8 judgments" not in plain
    with serving(some) as server:
        again = done(folder, "judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1")
        assert server.asked == []
    assert "nothing left to ask for; --redo asks again for what could not be read" in again


def test_carried_decisions_are_told_when_judging_makes_a_run(folder: Path) -> None:
    rows = [
        {
            "key": "k",
            "instruction": "Q",
            "response_candidate": "x",
            "response_baseline": "y",
            "reference": "x",
            "reviewer": "a",
            "review": "tie",
        }
    ]
    (folder / "t.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    done(folder, "import", "t.jsonl", "--set", "t", "--candidate", "one", "--baseline", "two")
    answer = {"key": "k", "instruction": "Q", "reference": "x", "response_candidate": "x"}
    (folder / "u.jsonl").write_text(json.dumps(answer) + "\n")
    done(folder, "import", "u.jsonl", "--set", "t", "--candidate", "three")
    names = ("--set", "t", "--candidate", "three", "--baseline", "two")
    made = done(folder, "judge", *names, "--judge", "rules:closer")
    assert "1 pair added to the run, 1 decision carried from equal pairs" in made


def test_ctrl_c_lets_what_is_in_flight_come_back_and_is_exit_130(folder: Path) -> None:
    gate = Gate()

    async def held(asked: Asked) -> Reply:
        if asked.number >= 2:
            await gate.passed()
        return right(asked)

    with serving(held) as server:
        command = ("judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1", "--concurrency", "2")
        with started(folder, *command) as program:
            try:
                assert server.wait_for(4, timeout=120)
                program.send_signal(signal.SIGINT)
                gate.open()
                assert program.wait(120) == 130
                assert program.stderr is not None
                assert b"Traceback" not in program.stderr.read()
            finally:
                program.kill()  # one that waits for the gate would be waited for
        asked = len(server.asked)
    with serving(right) as server:
        done(folder, "judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1")
        assert len(server.asked) == 8 - asked


def test_stored_answers_are_read_again_by_command(folder: Path) -> None:
    with serving(right) as server:
        done(folder, "judge", "--judge", "openai:m", "--base-url", f"{server.url}/v1")
    assert "8 answers read again, 0 say something else" in done(folder, "judge", "--judge", "openai:m", "--reread")
    (told_of_it,) = json.loads(done(folder, "judge", "--reread", "--json"))
    assert (told_of_it["judge"], told_of_it["answers"]) == ("openai:m", 8)


def test_several_judges_make_a_list_of_summaries(folder: Path) -> None:
    panel = json.loads(done(folder, "judge", "--judge", "rules:exact", "--judge", "rules:closer", "--json"))
    assert [one["judge"] for one in panel] == ["rules:exact", "rules:closer"]


def test_a_system_answers_and_is_judged(folder: Path) -> None:
    def answer(asked: Asked) -> Reply:
        if any(message["content"].startswith("The fence") for message in asked.body["messages"]):
            return answer_to(asked, said("A"))
        return answer_to(asked, "generated")

    with serving(answer) as server:
        place = ("--base-url", f"{server.url}/v1")
        made = done(folder, "generate", "--set", "s", "--system", "lora", "--endpoint", "openai:lora", *place)
        assert "4 of 4 examples answered" in made
        assert "nothing to do" in done(
            folder, "generate", "--set", "s", "--system", "lora", "--endpoint", "openai:lora", *place
        )
        pair = ("--set", "s", "--candidate", "lora", "--baseline", "old", "--judge", "openai:m")
        summary = json.loads(done(folder, "judge", *pair, *place, "--json"))
    assert (summary["run"], summary["pairs"], summary["inconsistent"]) == ("lora-vs-old", 4, 4)
    assert "no sentence" not in made
    assert "where does 'x' answer" in told(folder, "generate", "--set", "s", "--system", "x")


def test_what_could_not_be_generated_is_exit_four_and_named(folder: Path) -> None:
    with serving(lambda asked: answer_to(asked, "x") if "2" not in asked.user else as_json({}, 413)) as server:
        ended = uphold(
            folder,
            "generate",
            "--set",
            "s",
            "--system",
            "lora",
            "--endpoint",
            "openai:lora",
            "--base-url",
            f"{server.url}/v1",
        )
    assert ended.returncode == 4
    assert "k2: " in ended.stderr
    assert "1 example left" in ended.stdout


def scored(asked: Asked) -> Reply:
    prompt = asked.body["prompt"]
    told_of_it = {"text_offset": list(range(len(prompt))), "token_logprobs": [None, *[-1.5] * (len(prompt) - 1)]}
    return as_json({"model": "lora-1", "choices": [{"text": prompt, "index": 0, "logprobs": told_of_it}]})


def test_stats_show_perplexity_beside_the_win_rate_and_where_it_came_from(folder: Path) -> None:
    assert "perplexities" not in json.loads(done(folder, "stats", "--json"))
    with serving(scored) as server:
        place = ("--base-url", f"{server.url}/v1")
        done(folder, "perplexity", "--set", "s", "--system", "new", "--endpoint", "openai:lora", *place)
        page = done(folder, "stats")
        (found,) = json.loads(done(folder, "stats", "--json"))["perplexities"]
    assert "Perplexity of the reference answers" in page
    assert "4.48" in page
    assert f"4 of 4 references, 44 tokens, by lora-1 at {server.url}/v1, completions with echo" in page
    assert (found["system"], found["examples"], found["tokens"], found["model"]) == ("new", 4, 44, "lora-1")
    assert found["perplexity"] == pytest.approx(2.718281828**1.5)
    (pooled,) = json.loads(done(folder, "stats", "--set", "s", "--json"))["perplexities"]
    assert pooled == found


def test_a_batch_by_command(folder: Path) -> None:
    from support.batch_server import BatchDesk, succeeded

    desk = BatchDesk(lambda number, params: succeeded(right, params), ended=False)
    with serving(desk) as server:
        arguments = ("judge", "--judge", "anthropic:m", "--base-url", server.url)
        ended = uphold(folder, *arguments, "--batch")
        assert ended.returncode == 4
        assert "submitted as 1 batch: msgbatch_0000" in ended.stdout
        assert uphold(folder, *arguments, "--collect").returncode == 4
        desk.ended = True
        assert "8 judgments collected" in done(folder, *arguments, "--collect")
