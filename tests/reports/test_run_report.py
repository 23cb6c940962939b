"""The page that people read: sentences that follow from the intervals, and no share without its n."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.run_counts import PANDALM, VERDICTS, compared, counts_of, pandalm, table, votes
from uphold.formatting import coefficient, count_noun, interval, percent
from uphold.records.counts import ReviewerHabits, Stratum
from uphold.records.enums import Verdict
from uphold.records.statistics import Rate
from uphold.reports.rate_text import hits_of_n
from uphold.reports.run_report import run_report
from uphold.reports.text_tables import text_tables
from uphold.stats.summary import run_statistics

CHOSEN = (Stratum("all"), Stratum("chosen", chosen=True))


def page_of(counts, full=False):
    return run_report(run_statistics(counts, full), full)


def lines(page):
    """Every line as its cells joined by two blanks; headings are lines too."""
    return [
        text
        for section in page.sections
        for text in (
            section.title,
            *("  ".join(cells).strip() for table in text_tables(section) for cells in table.rows),
        )
    ]


def line(page, start):
    return next(text for text in lines(page) if text.startswith(start))


def has(page, text):
    return any(text in shown for shown in lines(page))


def test_the_title_says_what_was_compared():
    page = page_of(compared("W" * 12, "W" * 12, candidate="lora-r16", baseline="base-7b"))
    assert (page.title, page.subtitle) == ("x-vs-y", "lora-r16 against base-7b, 12 pairs of a set")
    pooled = page_of(compared("W" * 12, "W" * 12, pooled=True))
    assert (pooled.title, pooled.subtitle) == ("a set", "all runs of the set pooled, 12 pairs")
    assert has(pooled, "No rate: the runs have no one candidate in common.")


def test_a_rate_stands_with_its_counts_and_its_interval():
    page = page_of(compared("W" * 31 + "T" * 7 + "L" * 12, "W" * 31 + "L" * 19))
    assert line(page, "win rate") == "win rate  31 of 50  62 %  48–74"
    assert line(page, "says what people say") == "says what people say, like these  43 of 50  86 %  74–93"
    assert line(page, "ties half").startswith("ties half  34.5 of 50  69 %")


def test_the_headline_stands_first_with_both_targets_and_what_it_rests_on():
    page = page_of(counts_of(table(("W", 120, "W" * 20 + "L" * 8), ("L", 80, "L" * 10 + "W" * 2))))
    shown = lines(page)
    assert shown[0] == "How often x wins"
    assert re.fullmatch(r"for instructions like these  n 40  50 %  \d\d–\d\d", shown[1])
    assert re.fullmatch(r"for this set of 200  n 40  50 %  \d\d–\d\d", shown[2])
    rests = line(page, "It rests on")
    assert re.fullmatch(
        r"It rests on 40 verdicts of people \(drawn at random\) and on the judge,"
        r" whose verdicts are worth about \d+ more of people's.",
        rests,
    )
    assert has(page, "x is not shown to differ from even: with ties as half the interval contains 50.")


@pytest.mark.parametrize(
    ("pairs", "strata", "sentence"),
    [
        (
            table(("W", 60, "")),
            CHOSEN[:1],
            "No human verdict yet. What a judge says is an unverified opinion, not a win rate.",
        ),
        (
            table(("W", 60, "WWWW")),
            CHOSEN[:1],
            "10 verdicts needed for a rate: 4 read in the queue's order are there.",
        ),
        (
            table(("W", 60, "W" * 12)),
            CHOSEN[:1],
            "People alone, without the judge's help: 20 needed for the judge-assisted rate; "
            "12 read in the queue's order are there.",
        ),
        (
            table(("W", 60, "W" * 25), ("L", 31, "")),
            CHOSEN[:1],
            "People alone, without the judge's help: no verdict yet where the judge said loss (31 items).",
        ),
        (
            table(("W", 60, "")) + table(("W", 20, "W" * 20), stratum=1),
            CHOSEN,
            "No rate for what nobody read: chosen, not sampled: these numbers speak of the 20 pairs read.",
        ),
        (
            table(("W", 60, "W" * 25)) + table(("L", 40, ""), stratum=1),
            (Stratum("all"), Stratum("orders disagree")),
            "No rate for what nobody read: no verdict yet in the part 'orders disagree' (40 items).",
        ),
    ],
)
def test_each_refusal_of_the_headline_is_a_sentence(pairs, strata, sentence):
    assert sentence in lines(page_of(counts_of(pairs, strata=strata)))


def test_before_the_planned_n_the_page_says_provisional():
    page = page_of(counts_of(table(("W", 100, "W" * 20 + "L" * 14)), planned=60))
    assert "Provisional: 60 verdicts are planned, 34 are there." in lines(page)


def test_when_every_pair_is_read_the_set_is_exact():
    page = page_of(compared("W" * 20 + "L" * 10, "W" * 30))
    assert line(page, "for this set of 30") == "for this set of 30  n 30  67 %    exact"
    assert "Every pair is read: for this set the rate is exact." in lines(page)


def test_chosen_pairs_beside_drawn_ones_are_said_to_speak_for_themselves():
    pairs = table(("W", 80, "W" * 20)) + table(("W", 10, "W" * 10), stratum=1)
    page = page_of(counts_of(pairs, strata=CHOSEN))
    assert has(page, "30 verdicts of people (20 drawn at random, 10 chosen)")
    assert has(page, "10 pairs chosen, not sampled: in the headline they speak for themselves only")


def test_precision_recall_and_what_more_verdicts_buy_are_kept_for_full():
    counts = counts_of(table(("W", 120, "W" * 20 + "L" * 8), ("L", 80, "L" * 10 + "W" * 2)))
    short, full = page_of(counts), page_of(counts, full=True)
    for text in ("people do too (precision)", "What more verdicts buy", "if you look after every verdict"):
        assert not has(short, text)
        assert has(full, text)
    assert line(full, "10 more").startswith("10 more  ±")


def test_a_tag_that_all_of_it_is_about_stands_under_the_title():
    page = page_of(compared("W" * 12, "W" * 12, tag="billing"))
    assert page.subtitle == "x against y, 12 pairs of a set, only those with the tag 'billing'"


def test_other_judges_are_named_with_the_way_to_them():
    page = page_of(compared("W" * 12, "W" * 12, unread_judges=("gpt", "rules:closer")))
    assert has(page, "gpt, rules:closer: `uphold judges` shows them side by side.")


def test_ac1_stands_beside_kappa_where_the_two_are_far_apart():
    page = page_of(compared("W" * 19 + "L", "W" * 17 + "LLW"))
    assert line(page, "AC1").startswith("AC1, above chance    .8")
    assert not has(page_of(compared("WL" * 20, "WL" * 19 + "LW")), "AC1")


def test_a_weighted_queue_shows_both_agreements():
    pairs = table(("W", 160, "W" * 17 + "L" * 3)) + table(("W", 40, "W" * 7 + "L" * 13), stratum=1)
    page = page_of(counts_of(pairs, strata=(Stratum("rest"), Stratum("orders disagree"))))
    assert line(page, "says what people say").split()[-3:-1] == ["75", "%"]
    assert line(page, "unweighted") == "unweighted  24 of 40  60 %    some parts were read more than others"


@pytest.mark.parametrize(
    ("judge", "people", "sentence"),
    [
        (
            95,
            50,
            "The judge leans to longer answers more than people do (longer with the judge alone 45, with people alone 0",
        ),
        (
            20,
            80,
            "The judge leans to longer answers less than people do (longer with the judge alone 0, with people alone 60",
        ),
        (
            54,
            50,
            "The judge is not shown to lean to length otherwise than people (longer with the judge alone 4,",
        ),
    ],
)
def test_a_judge_s_taste_for_length_is_held_against_people_s(judge, people, sentence):
    pairs = [
        (votes("W" if k < people else "L"), VERDICTS["W" if k < judge else "L"], None, 0, 0, 1) for k in range(100)
    ]
    page = page_of(counts_of(pairs))
    assert has(page, sentence)
    assert line(page, "judge picks the longer").startswith(f"judge picks the longer  {judge} of 100")


def test_confidence_blind_words_and_anchoring_stand_on_the_full_page():
    said = [(votes("W"), VERDICTS["W"], None, 0, 0, 0, votes("W"))] * 15
    said += [(votes("L"), VERDICTS["W"], None, 0, 0, 0, votes("L"))] * 15
    said += [(votes("W"), VERDICTS["W"], None, 0, 0, 0, (), votes("W"))] * 20
    counts = counts_of(said)
    sure = ((0, 0.6, votes("L"), VERDICTS["W"], 15), (0, 0.9, votes("W"), VERDICTS["W"], 35))
    judge = replace(counts.judges[0], confidences=sure)
    page = page_of(replace(counts, judges=(judge,)), full=True)
    assert line(page, "decided before the verdict").startswith("decided before the verdict  15 of 30  50 %")
    assert has(page, "Seeing the verdict draws people to it: +50 points")
    assert line(page, ".60 to .60").startswith(".60 to .60  0 of 15  0 %")
    assert has(page, "AUROC 1.00 (.50 is chance)")


def test_alpha_and_each_reviewer_s_own_lean_are_shown():
    counts = compared(["WW"] * 20 + ["LL"] * 15 + ["WL"] * 5, "W" * 40)
    habits = {1: ReviewerHabits(side_a=((0, 1.0, 15), (0, 0.0, 5)), longer=((0, 1.0, 9), (0, 0.0, 11)))}
    page = page_of(replace(counts, habits=habits), full=True)
    assert re.fullmatch(r"all of them, above chance \(α\)    \.7\d  \.\d\d–\.\d\d", line(page, "all of them"))
    assert line(page, "winner stood on side A").startswith("winner stood on side A  15 of 20  75 %")
    assert "interval with --full" in line(page_of(counts), "all of them")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("W" * 30 + "L" * 10, "x is ahead of y: with ties as half the interval lies above 50."),
        ("W" * 10 + "L" * 30, "x is behind y: with ties as half the interval lies below 50."),
        ("W" * 20 + "L" * 18, "x is not shown to differ from even: with ties as half the interval contains 50."),
        ("T" * 40, "x is not shown to differ from even: with ties as half the interval contains 50."),
    ],
)
def test_the_sentence_follows_from_the_interval(said, sentence):
    assert sentence in lines(page_of(compared(said, said)))


@pytest.mark.parametrize("said", ["W" * 9, "L" * 8, "T" * 9])
def test_nobody_is_ahead_where_the_rate_is_withheld(said):
    page = page_of(compared(said, said))
    assert "10 verdicts needed to say who is ahead." in lines(page)
    assert "Every pair is read." in lines(page)
    assert not any("ahead of" in text or "behind" in text or "interval contains" in text for text in lines(page))


def test_before_the_planned_number_who_is_ahead_is_so_only_so_far():
    said = "W" * 30 + "L" * 10 + "." * 60
    page = page_of(compared(said, "W" * 70 + "L" * 30, planned=60))
    assert "x is so far ahead of y: with ties as half the interval lies above 50." in lines(page)
    final = page_of(compared(said, "W" * 70 + "L" * 30, planned=40))
    assert "x is ahead of y: with ties as half the interval lies above 50." in lines(final)


def test_below_ten_verdicts_there_are_counts_and_no_percent():
    page = page_of(compared("WWWWWWLLT", "WWWWWWLLT"))
    assert has(page, "9 of 9 pairs read: 6 wins, 1 tie, 2 losses")
    assert has(page, "10 verdicts needed for a rate")
    assert line(page, "for instructions like these").endswith("10 verdicts needed for a percentage")
    assert line(page, "says what people say") == "says what people say, like these  9 of 9      10 needed for a rate"
    assert not any("%" in text for text in lines(page) if not text.startswith("intervals are"))


def test_nothing_read_says_so():
    page = page_of(compared("..", "WL"))
    assert lines(page)[1] == "No human verdict yet. What a judge says is an unverified opinion, not a win rate."
    assert has(page, "No pair has a human verdict yet.")
    assert has(page, "No agreement to show: no pair with both a human label and a readable verdict.")
    assert has(page_of(counts_of({"judge": []})), "No pair has a human verdict yet.")


def test_the_matrix_has_people_in_rows_and_totals():
    page = page_of(compared("WWWWWTTTLLLL", "WWWTLTTILLLW"))
    shown = lines(page)
    at = next(i for i, text in enumerate(shown) if text.startswith("rows: what you and others say"))
    assert shown[at + 1 : at + 6] == [
        "x  tie  y  total",
        "x  3  1  1  5",
        "tie  0  3  0  3",
        "y  1  0  3  4",
        "total  4  4  4  12",
    ]


def test_a_word_that_was_never_said_has_a_dash_and_not_0_percent():
    page = page_of(compared("W" * 11 + "T", "W" * 12), full=True)
    after = lines(page)[lines(page).index("where the judge says it, people do too (precision)") + 1 :]
    assert after[1].split() == ["tie", "–", "the", "judge", "never", "says", "it"]


def test_a_kappa_without_interval_says_why():
    page = page_of(compared("W" * 12 + "L" * 8, "W" * 10 + "L" * 10))
    assert line(page, "κ") == "κ, above chance    .80    40 pairs needed for an interval"
    alone = page_of(compared("W" * 12, "W" * 12))
    assert "undefined (one class)" in line(alone, "κ")


def test_one_class_that_makes_up_nearly_all_verdicts_is_named():
    page = page_of(compared("W" * 19 + "L", "W" * 17 + "LLW"))
    assert has(page, "One class makes up 92 % of the verdicts (37 of 40): κ says little here.")


def test_the_human_ceiling_stands_beside_the_judge_or_its_absence_is_said():
    two = page_of(compared(["WW"] * 10 + ["WL"] * 2, "W" * 12))
    assert "people with each other  10 of 12  83 %    votes, no interval" in lines(two)
    assert line(two, "ada and ben").startswith("ada and ben  10 of 12  83 %  55–95  κ")
    assert has(page_of(compared("W" * 12, "W" * 12)), "One reviewer a pair: no human ceiling")


def ordered(*orders):
    return [(votes("W"), VERDICTS["W"], words, 0) for words, times in orders for _ in range(times)]


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (31, 8, "The judge leans to the answer it sees first."),
        (8, 31, "The judge leans to the answer it sees second."),
        (9, 7, "The judge is not shown to lean to either place."),
    ],
)
def test_a_lean_is_named_when_its_interval_shows_it(first, second, sentence):
    opposite = ((("candidate", "baseline"), first), (("baseline", "candidate"), second))
    page = page_of(counts_of(ordered((("tie", "tie"), 160), *opposite)))
    assert has(page, sentence)
    assert line(page, "first shown is chosen").startswith(f"first shown is chosen  {first} of {first + second}")


def test_few_opposite_pairs_and_single_orders_say_what_is_missing():
    few = page_of(counts_of(ordered((("candidate", "baseline"), 4), (("tie", "tie"), 20))))
    assert "10 pairs whose orders name opposite winners needed for a rate" in line(few, "first shown is chosen")
    assert has(page_of(counts_of(ordered((None, 20)))), "position bias cannot be measured")


def test_what_stands_outside_is_named_only_when_there_is_some():
    quiet = page_of(compared("W" * 12, "W" * 12))
    assert [len(section.items) for section in quiet.sections if section.title == "Beside the numbers"] == [1]
    pairs = table(("W", 12, "W" * 12), stratum=1) + table(("W", 3, ""))
    beside = {"skipped": 2, "broken": 1, "stale": 3, "retired": 4, "carried": 5, "imported": 6, "outside_queue": 7}
    loud = page_of(counts_of(pairs, strata=CHOSEN, **beside))
    for text in (
        "1 pair marked broken: in no number",
        "3 pairs stale, a text or an answer was changed since: in no number",
        "4 pairs of a retired example: in no number",
        "5 pairs with a verdict carried over from another run",
        "6 pairs with an imported verdict",
        "7 pairs read outside the queue",
        "chosen, not sampled: these numbers speak of the 12 pairs read",
        "2 pairs skipped",
        "more than a tenth of what was drawn: skips may bias this",
    ):
        assert text in lines(loud)


def test_when_all_pairs_are_read_nothing_was_chosen():
    assert not has(page_of(compared("W" * 12, "W" * 12, imported=12, outside_queue=12)), "chosen, not sampled")


def test_soft_preferences_and_the_judge_s_own_rate_are_called_what_they_are():
    page = page_of(compared("." * 12, "W" * 6 + "L" * 6, preferences=(0.25, 0.75) * 6))
    assert line(page, "mean preference") == "mean preference  n 12  50 %    standard error 7.5"
    assert line(page, "judge alone").endswith("6 of 12  50 %    a judge's opinion, no win rate")


def test_clustered_intervals_are_announced():
    pairs = [(votes("W" if k % 3 else "L"), VERDICTS["W"], None, 1 + k // 2) for k in range(40)]
    assert has(page_of(counts_of(pairs)), "Several pairs share an example; the intervals allow for it.")
    few = page_of(counts_of([(said, word, orders, 1 + example % 5) for said, word, orders, example in pairs]))
    assert has(few, "several pairs share an example: 10 examples needed for an interval")
    assert has(few, "Without an interval nothing is shown of who is ahead.")


def test_tags_have_rows_and_below_ten_verdicts_only_counts():
    tags = {"billing": compared("W" * 9 + "LLL", "W" * 12), "tone": compared("WWL", "WWL")}
    page = page_of(compared("W" * 12 + "WWL", "W" * 15, tags=tags))
    assert line(page, "billing").startswith("billing  12 pairs  12 read  won 9 of 12  75 %  47–91")
    assert line(page, "tone").split()[-6:] == ["10", "verdicts", "needed", "for", "a", "rate"]
    assert has(page, "Tags may overlap")


def test_many_reviewers_are_cut_short_and_counted():
    said = ["W" * 14] * 12
    names = {number: f"reader {number}" for number in range(1, 15)}
    page = page_of(compared(said, "W" * 12, reviewers=names))
    assert line(page, "14 people").endswith("reader 12 and 2 more")
    assert has(page, "and 81 pairs of reviewers with fewer shared pairs")


def test_foreign_names_stay_as_they_are():
    page = page_of(compared("W" * 12, "W" * 12, candidate="[red]x[/]\x1b[2J", reviewers={1: "\u202eada"}))
    assert "[red]x[/]\x1b[2J" in page.subtitle
    assert has(page, "\u202eada")


@settings(max_examples=examples(60))
@given(
    st.lists(
        st.tuples(
            st.text("WTLB.", max_size=3).map(votes),
            st.one_of(st.none(), st.sampled_from(Verdict)),
            st.one_of(st.none(), st.tuples(*[st.sampled_from(("candidate", "baseline", "tie"))] * 2)),
            st.integers(0, 14),
        ),
        max_size=40,
    ),
    st.booleans(),
)
def test_every_percent_stands_beside_its_n(pairs, pooled):
    for section in page_of(counts_of(pairs, pooled=pooled)).sections:
        for drawn in text_tables(section):
            for cells in drawn.rows:
                texts = [cells[column] for column in drawn.right]
                if any("%" in text for text in texts):
                    assert any(re.search(r"of \d\d|^n \d\d", text) for text in texts)


@pytest.mark.parametrize(
    ("share", "written"),
    [(0, "0 %"), (0.0005, "1 %"), (0.575, "57 %"), (0.584, "58 %"), (0.9996, "99 %"), (1, "100 %")],
)
def test_percent_keeps_0_and_100_for_none_and_all(share, written):
    assert percent(share) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0.664, ".66"), (-0.071, "−.07"), (-0.001, ".00"), (1, "1.00"), (0, ".00")]
)
def test_kappa_has_no_leading_zero(value, written):
    assert coefficient(value) == written


def test_small_words():
    assert (interval(0.493, 0.667), count_noun(1, "loss", "losses"), count_noun(2, "pair")) == (
        "49–67",
        "1 loss",
        "2 pairs",
    )
    assert hits_of_n(Rate(None, None, None, 3)) == "of 3"


@pytest.mark.skipif(not PANDALM.exists(), reason="the PandaLM data set is not beside the checkout")
def test_pandalm_reads_as_it_was_counted():
    page = page_of(pandalm())
    assert line(page, "says what people say") == "says what people say, like these  697 of 974  72 %  69–74"
    assert has(page, "x is not shown to differ from even")
    assert not has(page, "chosen, not sampled")


def test_under_a_refused_headline_nobody_is_said_to_be_ahead():
    pairs = table(("W", 60, "")) + table(("W", 30, "W" * 30), stratum=1)
    page = page_of(counts_of(pairs, strata=CHOSEN), full=True)
    assert not has(page, "x is ahead of y")
    assert not has(page, "says what people say, like these")
    assert line(page, "says what people say").startswith("says what people say  30 of 30")


def test_one_pair_is_no_ground_for_a_warning():
    assert not has(page_of(compared("W", "W")), "One class makes up")
    assert has(page_of(compared("W" * 20, "W" * 20)), "One class makes up 100 % of the verdicts (40 of 40)")
