"""Leakage: planted examples are found in every form of a training row, and little else is."""

import json
import random

import pytest

from support.imports import DATA
from support.words import sentences
from uphold.similarity.leakage import MOST_LINES, ExampleLeaks, Leak, LeakSearch, Likeness
from uphold.similarity.near_duplicates import ComparedText

EXAMPLES = [
    "Suggest a recipe for a vegan dessert.",
    "Explain to a customer why the promo code was refused, and offer a voucher instead of an apology.",
    "List three islands",
    "Describe in your own words how a heat pump takes warmth from cold outside air and brings it into an old house.",
]

FORMS = {
    "fields": lambda asked, answer: [asked, answer],
    "messages": lambda asked, answer: ["system", "Be brief.", "user", asked, "assistant", answer],
    "alpaca": lambda asked, answer: [f"### Instruction:\n{asked}\n\n### Response:\n{answer}"],
    "chatml": lambda asked, answer: [f"<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>"],
    "llama": lambda asked, answer: [f"<s>[INST] {asked} [/INST] {answer}</s>"],
    "labels": lambda asked, answer: [f"Question: {asked}\nAnswer: {answer}"],
}


def search(*examples: str, sample: list[list[str]] | None = None) -> LeakSearch:
    texts = [ComparedText.of(None, [text]) for text in examples]
    return LeakSearch(texts, range(len(texts)), sample or [[text] for text in sentences(random.Random(1), 300)])


@pytest.mark.parametrize("form", FORMS)
def test_examples_are_found_verbatim_and_with_words_changed_in_every_form(form: str) -> None:
    looking = search(*EXAMPLES)
    answers = sentences(random.Random(2), 3)
    for number, text in enumerate(EXAMPLES):
        leaks = looking.find(FORMS[form](text.upper(), " ".join(answers)))
        assert [(leak.example, leak.likeness) for leak in leaks] == [(number, Likeness.VERBATIM)]
    for number, edited in ((0, "Suggest a drink for a vegan party."), (1, EXAMPLES[1].replace("promo", "discount"))):
        (leak,) = looking.find(FORMS[form](edited, answers[0]))
        assert (leak.example, leak.likeness, leak.edits) == (number, Likeness.NEAR, 2 - number)


def test_thirteen_words_in_a_row_are_a_leak_and_twelve_are_none() -> None:
    looking = search(*EXAMPLES)
    own = EXAMPLES[3].split()
    (leak,) = looking.find([f"Somebody wrote once: {' '.join(own[4:18])} and so on, said the engineer."])
    assert leak == Leak(3, Likeness.RUN, run=14)
    assert not looking.find([f"Somebody wrote once: {' '.join(own[4:16])} and so on, said the engineer."])


def test_a_run_after_one_that_is_too_short_on_the_same_line_is_found() -> None:
    own = EXAMPLES[3].split()
    broken = [*own[:7], "really", *own[8:]]
    (leak,) = search(EXAMPLES[3]).find([f"x y z {' '.join(broken)} z y x", "and more"])
    assert leak.likeness is not Likeness.VERBATIM


def test_what_unlike_examples_share_is_boilerplate() -> None:
    policy = "answer as the support desk of a small shop in plain words and never promise a date " * 2
    texts = [
        ComparedText.of(policy, [turn]) for turn in ("Where is my kettle?", "Is the lamp blue?", "Do you sell chairs?")
    ]
    looking = LeakSearch(texts, range(3), [["nothing"]])
    assert not looking.find([policy, "What about tables and other furniture?"])
    assert [leak.example for leak in looking.find([policy, "Is the lamp blue?"])] == [1]


def test_a_turn_that_several_examples_share_leaks_with_its_context_only() -> None:
    articles = ["Bees dance to tell each other about flowers.", "Mortar sets slowly when the air is cold."]
    texts = [ComparedText.of(article, ["Summarise this in one short line."]) for article in articles]
    looking = LeakSearch(texts, range(2), [["nothing"]])
    assert not looking.find(["Summarise this in one short line.", "Sure."])
    assert [leak.example for leak in looking.find([articles[1], "Summarise this in one short line."])] == [1]


def test_little_else_is_named_in_a_file_of_natural_sentences() -> None:
    rng = random.Random(3)
    lines = sentences(rng, 4000)
    looking = search(*EXAMPLES, *sentences(random.Random(4), 60), sample=[[line] for line in lines[:500]])
    assert sum(bool(looking.find([line])) for line in lines) <= 2


def test_an_example_keeps_its_surest_places_and_is_a_template_where_there_are_very_many() -> None:
    leaks = ExampleLeaks()
    for number in range(40):
        leaks.add(Leak(0, Likeness.NEAR, edits=2 - (number == 33)), f"t:{number}")
        leaks.add(Leak(0, Likeness.VERBATIM), f"v:{number}")
    assert leaks.places[Likeness.NEAR][0] == (Leak(0, Likeness.NEAR, edits=1), "t:33")
    assert len(leaks.places[Likeness.VERBATIM]) == MOST_LINES
    assert leaks.places[Likeness.VERBATIM][0][1] == "v:0"
    assert (leaks.is_template(Likeness.NEAR), leaks.is_template(Likeness.VERBATIM)) == (True, False)


def changed(rng: random.Random, text: str, number: int) -> str:
    """The text with some words replaced, left out, or followed by another."""
    split = text.split()
    for place in rng.sample(range(len(split)), number):
        split[place] = rng.choice(["kettle", "really", "", f"{split[place]} indeed"])
    return " ".join(split)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_ten_real_instructions_planted_in_50_000_rows_are_found_with_at_most_two_false_alarms(form: str) -> None:
    file = DATA / "pandalm" / "testset-v1.json"
    if not file.exists():
        pytest.skip("the PandaLM data is not here")
    read = json.loads(file.read_text(encoding="utf-8"))
    texts = list(dict.fromkeys(f"{row['instruction']}\n{row['input']}" for row in read))
    rng = random.Random(form)
    asked, answers = sentences(rng, 50_000), sentences(rng, 50_000)
    chosen = rng.sample([place for place, text in enumerate(texts) if len(text.split()) >= 5], 10)
    rows = dict(zip(rng.sample(range(50_000), 10), chosen, strict=True))
    for number, (row, place) in enumerate(rows.items()):
        asked[row] = texts[place] if number < 5 else changed(rng, texts[place], 1 + number % 2)
    lines = [FORMS[form](question, answer) for question, answer in zip(asked, answers, strict=True)]
    looking = search(*texts, sample=lines[:2000])
    found = {(row, leak.example) for row, line in enumerate(lines) for leak in looking.find(line)}
    assert found >= set(rows.items())
    assert len(found - set(rows.items())) <= 2
