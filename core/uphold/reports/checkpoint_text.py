"""Sentences on a new checkpoint that the command line and the screen share."""

from uphold.formatting import count, count_noun, duration, noun, of_n, seconds
from uphold.records.checkpoints import RunReading
from uphold.records.statistics import LiveNumbers


def nothing_to_read(reading: RunReading) -> str:
    """Return the sentence on a run of which no new pair is to be read."""
    if reading.read and not reading.unread:
        return f"all {count_noun(reading.pairs, 'pair')} {noun(reading.pairs, 'is', 'are')} read"
    if not reading.unread:
        return f"all {count_noun(reading.pairs, 'answer')} {noun(reading.pairs, 'is', 'are')} known: nothing to read"
    return f"no new answer; {count_noun(reading.unread, 'pair')} of earlier runs that nobody has read"


def time_to_read(pairs: int, seconds_a_pair: float | None) -> tuple[str, str]:
    """Return how many pairs are to be read, and about how long that takes; the pace second, both where it is known."""
    what = count_noun(pairs, "pair")
    if seconds_a_pair is None or seconds_a_pair < 1:
        return what, ""
    return f"{what}, about {duration(pairs * seconds_a_pair)}", f"{seconds(seconds_a_pair)} a pair, as before"


def people_so_far(numbers: LiveNumbers, reading: RunReading) -> str:
    """Return what people have said of a run whose new answers are not all read; nothing where nobody has."""
    if not numbers.n:
        return ""
    won = f"people so far: {of_n(numbers.wins, numbers.n)} won"
    if reading.read and reading.carried_pairs:
        return f"{won}, {count(reading.carried_pairs)} of them carried from unchanged answers"
    if reading.read:
        return won
    return f"{won}, all carried from unchanged answers"
