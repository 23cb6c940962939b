"""What other people's columns are taken for, and that a guess is never applied by itself."""

from typing import Any

import pytest

from uphold.errors import BadFile, BadUsage
from uphold.formats.column_guess import ColumnGuess, columns_of, guess_columns
from uphold.formats.reading import NeedsOptions
from uphold.records.import_request import ImportRequest, read_systems, systems_text


def guess(*rows: dict[str, Any], **taken: str) -> ColumnGuess:
    return guess_columns(columns_of(rows), taken, "file")


def needed(reading: Any, content: Any, name: str = "set.jsonl", **options: Any) -> NeedsOptions:
    with pytest.raises(NeedsOptions) as told:
        reading(content, name, **options)
    return told.value


LONG = "It left our warehouse on the third of May, as far as we can tell."

CASES: list[tuple[dict[str, Any], dict[str, str], dict[str, str]]] = [
    ({"prompt": "Say a.", "base": "a b", "sft": "c d"}, {"instruction": "prompt"}, {"base": "base", "sft": "sft"}),
    (
        {"Question": "Why?", "base_output": "x y", "SFT Response": "y z", "id": 3, "category": "c"},
        {"instruction": "Question", "key": "id", "tags": "category"},
        {"base": "base_output", "SFT": "SFT Response"},
    ),
    (
        {"query": "Why?", "response_a": "x y", "response_b": "z", "model_a": "m-1", "model_b": "m-2"},
        {
            "instruction": "query",
            "response_candidate": "response_a",
            "response_baseline": "response_b",
            "candidate": "model_a",
            "baseline": "model_b",
        },
        {},
    ),
    (
        {"question": "2+2?", "answer": 4, "prediction": "It is four."},
        {"instruction": "question", "reference": "answer", "response_candidate": "prediction"},
        {},
    ),
    (
        {"uid": "a", "input": "Why?", "target": "x", "model_name": "m", "completion": "because"},
        {"key": "uid", "instruction": "input", "reference": "target", "system": "model_name", "response": "completion"},
        {},
    ),
    (
        {
            "system": "You are a shop. Answer in one short sentence, please.",
            "prompt": "Hi",
            "model": "m",
            "output": "Ho",
        },
        {"context": "system", "instruction": "prompt", "system": "model", "response": "output"},
        {},
    ),
    ({"instruction": "x y", "qwen2.5-7b": "short text", "llama3": "or this"}, {"instruction": "instruction"}, {}),
    (
        {"text": "What is it?", "gold": "it", "score": 0.3, "url": LONG},
        {"instruction": "text", "reference": "gold"},
        {},
    ),
]


@pytest.mark.parametrize(("row", "mapping", "systems"), CASES, ids=[", ".join(case[0]) for case in CASES])
def test_columns_are_taken_for_what_they_are_called_elsewhere(
    row: dict[str, Any], mapping: dict[str, str], systems: dict[str, str]
) -> None:
    found = guess(row)
    assert found.mapping == mapping
    if systems:
        assert found.systems == systems


def test_columns_of_numbers_dates_and_remarks_are_no_answers() -> None:
    found = guess(
        {"instruction": "x", "base": 0.7, "sft": "0,8", "notes": LONG, "created_at": LONG, "output_tokens": "31"}
    )
    assert found.answers == ()


def test_long_texts_under_any_name_are_answers_but_only_perhaps() -> None:
    found = guess({"instruction": "x", "fable": LONG}, {"instruction": "y", "fable": LONG + " Or not."})
    assert (found.answers, found.unsure) == (("fable",), True)


def test_a_text_under_an_unknown_name_beside_a_key_is_the_instruction_but_a_remark_is_not() -> None:
    rows = [{"id": n, "frage": f"Wo ist Paket {n}?", "base": "hier", "sft": "dort"} for n in range(3)]
    assert guess(*rows).mapping == {"key": "id", "instruction": "frage"}
    rows = [{"id": n, "source file": f"from log {n}", "label": "some word", "base": "x", "sft": "y"} for n in range(3)]
    assert "instruction" not in guess(*rows).mapping


def test_where_no_name_says_anything_the_first_text_is_the_instruction_and_further_ones_perhaps_answers() -> None:
    found = guess(
        *({"Nr": n, "Frage": f"Wo ist Paket {n}?", "Basis": f"Nicht {n}.", "Neu": f"Im Lager {n}."} for n in range(3))
    )
    assert (found.mapping, found.systems, found.unsure) == (
        {"instruction": "Frage"},
        {"Basis": "Basis", "Neu": "Neu"},
        True,
    )
    assert guess({"Frage": "Wo ist es?", "Art": "Frage"}, {"Frage": "Wann kommt es?", "Art": "Frage"}).answers == ()


def test_words_of_winners_are_guessed_from_letters_sides_and_names() -> None:
    rows = [
        {"prompt": "x", "base": "a b", "sft": "c d", "winner": word} for word in ("sft", "base", "Tie", "tie (bothbad)")
    ]
    found = guess(*rows)
    assert (found.candidate, found.baseline) == ("sft", "base")
    assert found.words == {
        "verdict": {"sft": "candidate", "base": "baseline", "Tie": "tie", "tie (bothbad)": "tie"},
    }
    by_people = guess(*({**row, "annotator": "ann"} for row in rows))
    assert by_people.words["review"]["tie (bothbad)"] == "both-bad"


def test_a_file_that_would_lose_its_answers_is_refused_with_the_options_that_take_them(reading: Any) -> None:
    rows = [{"prompt": f"Say {n}.", "base": f"b {n}", "sft": f"s {n}", "id": n} for n in range(3)]
    told = needed(reading, rows)
    assert str(told) == 'set.jsonl: the columns "base" and "sft" seem to hold answers and would be left out'
    assert told.suggestion.mapping == {"instruction": "prompt", "key": "id"}
    assert told.suggestion.systems == {"base": "base", "sft": "sft"}
    taken = reading(rows, mapping=told.suggestion.mapping, systems=told.suggestion.systems)
    assert [(row.key, [response.system for response in row.responses]) for row in taken.rows] == [
        (str(n), ["base", "sft"]) for n in range(3)
    ]
    assert not any(row.compares or row.systems for row in taken.rows)


def test_a_mapping_that_leaves_answers_out_is_refused_too_but_not_one_that_chose_some(reading: Any) -> None:
    rows = [{"prompt": "Say it.", "base": "b c", "sft": "s t"}]
    assert needed(reading, rows, mapping={"instruction": "prompt"}).suggestion.systems
    chosen = reading(rows, mapping={"instruction": "prompt"}, systems={"sft": "sft"})
    assert chosen.reading.unused_fields == ["base"]
    left = reading(rows, mapping={"instruction": "prompt"}, left_out=frozenset({"base", "sft"}))
    assert (left.only.responses, left.reading.unused_fields) == ((), ["base", "sft"])


def test_further_answers_beside_our_own_columns_are_not_lost(reading: Any) -> None:
    rows = [{"instruction": "x", "response_candidate": "c", "response_baseline": "b", "response_dpo": "d e"}]
    told = needed(reading, rows, candidate="sft")
    assert told.suggestion.systems == {
        "sft": "response_candidate",
        "baseline": "response_baseline",
        "dpo": "response_dpo",
    }
    taken = reading(rows, systems=told.suggestion.systems, candidate="sft", baseline="baseline")
    assert taken.only.systems == ("sft", "baseline")
    assert taken.only.compares


def test_long_form_is_read_as_it_stands(reading: Any) -> None:
    rows = [
        {"id": 7, "instruction": "x", "system": "base", "response": "b"},
        {"key": "8", "instruction": "y", "model": "sft", "output": {"a": 1}},
    ]
    read = reading(rows)
    assert [(row.key, row.responses[0].system, row.responses[0].cells, row.systems) for row in read.rows] == [
        ("7", "base", ("b",), None),
        ("8", "sft", ({"a": 1},), None),
    ]
    assert read.reading.unused_fields == []
    assert {(use.name, use.field) for use in read.reading.columns} >= {("model", "system"), ("output", "response")}
    csv = reading("id,prompt,engine,text\n1,x,base,b\n", "set.csv", mapping={
        "instruction": "prompt", "system": "engine", "response": "text", "key": "id",
    })  # fmt: skip
    assert (csv.only.key, csv.only.responses[0].system) == ("1", "base")


def test_a_system_beside_two_responses_is_not_used_and_named(reading: Any) -> None:
    row = {"instruction": "x", "system": "You are a shop.", "response_candidate": "a", "response_baseline": "b"}
    assert reading([row]).reading.unused_fields == ["system"]


def test_an_answer_of_nobody_is_an_error_with_its_line(reading: Any) -> None:
    rows = [{"instruction": "x", "system": "base", "response": "b"}, {"instruction": "y", "response": "b"}]
    with pytest.raises(BadFile, match=r'set\.jsonl:2: response is there, but neither "system" nor "model" says whose'):
        reading(rows)


def test_other_words_for_a_verdict_are_taken_by_map_value(reading: Any) -> None:
    rows = [
        {"key": "a", "verdict": "model_a", "review": 2},
        {"key": "b", "verdict": "bad json", "review": "none of them"},
        {"key": "c", "verdict": "skip"},
    ]
    words = {
        "verdict": {"model_a": "candidate", "bad json": "unreadable", "skip": "none"},
        "review": {"2": "baseline", "none of them": "both-bad"},
    }
    read = reading(rows, words=words).rows
    assert [[one.verdict for one in row.judgments] for row in read] == [["candidate"], [None], []]
    assert [[one.choice for one in row.reviews] for row in read] == [["baseline"], ["both-bad"], []]
    shares = reading("key,preference\na,left\nb,0.2\n", "set.csv", words={"preference": {"left": "1"}}).rows
    assert [row.judgments[0].preference for row in shares] == [1.0, 0.2]


def test_unknown_words_are_refused_with_what_they_seem_to_mean_wherever_they_stand(reading: Any) -> None:
    rows = [{"key": str(n), "verdict": "tie"} for n in range(80)]
    rows += [{"key": "x", "verdict": "A"}, {"key": "y", "verdict": "[[B]]"}]
    told = needed(reading, rows)
    assert str(told) == 'set.jsonl:81: verdict must be candidate or baseline or tie, found the text "A"'
    assert told.suggestion.words == {"verdict": {"A": "candidate", "[[B]]": "baseline"}}
    with pytest.raises(
        BadFile, match=r"\nsay what it means \(also 'so-so'\): --map-value 'verdict:good=WORD', WORD being"
    ):
        reading([{"key": "a", "verdict": "good"}, {"key": "b", "verdict": "so-so"}])


def test_a_verdict_may_be_the_name_of_one_of_the_two_systems(reading: Any) -> None:
    row = {"key": "k", "candidate": "sft", "baseline": "base", "verdict": "base", "review": "sft"}
    read = reading([row]).only
    assert (read.judgments[0].verdict, read.reviews[0].choice) == ("baseline", "candidate")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"systems": {"a": "x"}, "mapping": {"response": "y"}}, "--systems names the columns of all answers"),
        ({"systems": {"a": "x", "b": "y"}, "candidate": "c", "baseline": "a"}, '--candidate "c" is none of --systems'),
        ({"systems": {"a": "x", "b": "y"}, "candidate": "a"}, "--candidate goes together with --baseline"),
        ({"words": {"reason": {"a": "b"}}}, '"reason" takes no words'),
        (
            {"words": {"verdict": {"a": "left"}}},
            'verdict must be candidate or baseline or tie or none or unreadable, found "left"',
        ),
        ({"words": {"preference": {"a": "2"}}}, "preference must be a number from 0 to 1"),
        ({"systems": {"a": "gone"}}, '--systems: no row has a column "gone"'),
        ({"left_out": frozenset({"gone"})}, '--leave-out: no row has a column "gone"'),
    ],
)
def test_options_that_fit_no_file_are_told(reading: Any, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadUsage) as told:
        reading([{"key": "k", "x": "1", "y": "2"}], **options)
    assert problem in str(told.value)


def test_systems_are_written_and_read_alike_whatever_their_names() -> None:
    systems = {"base": "base", "a,b": "a,b", "x=y": "col\\umn", "sft": "SFT output"}
    assert read_systems(systems_text(systems)) == systems
    for text in ("a,", "a,a", "=x", "a=b=c"):
        with pytest.raises(ValueError, match=r"^"):
            read_systems(text)


def test_a_command_line_is_quoted_for_a_shell() -> None:
    from pathlib import Path

    request = ImportRequest(
        [Path("-odd.csv"), Path("my file.csv")],
        mapping={"instruction": "the $prompt"},
        program=("uphold", "--db", "a b.db"),
    )
    assert request.command() == ("uphold --db 'a b.db' import ./-odd.csv 'my file.csv' --map 'instruction=the $prompt'")
