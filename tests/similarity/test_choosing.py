"""The sample of a pool, and the choice that is spread over it."""

import random
from collections import Counter

from uphold.similarity.pool_sample import PoolSample
from uphold.similarity.spread import SpreadChoice, nearest, next_tag, vectors


def sampled(rows: list[str], **sizes: int) -> PoolSample[str]:
    sample: PoolSample[str] = PoolSample("seed", **sizes)
    for row in rows:
        sample.add(row, row.split(), row.split()[:1], len(row))
    return sample


def test_the_sample_holds_each_different_text_once_with_how_often_it_was_there() -> None:
    rows = [f"tag{number % 3} text{number % 40}" for number in range(400)]
    random.Random(1).shuffle(rows)
    counted = Counter(rows)
    kept = sampled(rows, all_rows=20, rows_of_a_tag=10).rows()
    assert {one.row: one.times for one in kept} == {one.row: counted[one.row] for one in kept}
    assert 20 <= len(kept) <= 20 + 3 * 10


def test_the_sample_does_not_depend_on_the_order_nor_on_copies_and_rare_tags_are_in_it() -> None:
    rows = [f"common text{number}" for number in range(500)] + ["rare text"]
    kept = {one.row for one in sampled(rows, all_rows=30, rows_of_a_tag=30).rows()}
    again = {one.row for one in sampled(rows[::-1] * 2, all_rows=30, rows_of_a_tag=30).rows()}
    assert kept == again
    assert "rare text" in kept


TOPICS = ("kettle leak invoice", "parcel customs delay", "password reset login")


def pool(rng: random.Random) -> list[list[str]]:
    return [[*TOPICS[number % 3].split(), f"word{rng.randrange(40)}", "please", "help"] for number in range(60)]


def test_the_first_texts_stand_for_what_the_set_does_not_cover() -> None:
    texts = pool(random.Random(2))
    existing = [TOPICS[0].split()]
    known = vectors([*texts, *existing])
    near = nearest(known[:60], known[60:])
    assert all((one.position == 0) is (number % 3 == 0) for number, one in enumerate(near))
    choice = SpreadChoice(vectors(texts), [1.0] * 60, [one.cosine for one in near])
    choice.add_stratum("", range(60))
    first = [choice.choose("") for _ in range(2)]
    assert {position % 3 for position in first if position is not None} == {1, 2}
    assert all(choice.stands_for(position) > 5 for position in first if position is not None)
    assert set(choice.topic(first[0] or 0)) <= set(" ".join(TOPICS).split())
    rest = [choice.choose("") for _ in range(60)]
    assert sorted(one for one in [*first, *rest] if one is not None) == list(range(60))


def test_the_tag_that_lacks_most_of_what_is_wanted_comes_first_and_then_the_rarest() -> None:
    assert next_tag({"a": 1, "b": 9, "c": 0}, {"a": 4, "b": 10}) == "a"
    assert next_tag({"a": 4, "b": 10, "c": 3, "d": 2}, {"a": 4, "b": 10}) == "d"
    assert next_tag({"a": 4}, {"a": 4}) == "a"
    assert next_tag({}, {"a": 4}) is None
