"""Two runs matched by hand: a letter an example for what people and the judge say, `.` for nobody."""

from collections.abc import Sequence

from support.run_counts import VERDICTS, votes
from uphold.records.comparisons import MatchedExample, MatchedRuns, RatedExample


def side(said: str, judged: str = "", inclusion: float = 1.0, *, chosen: bool = False) -> RatedExample:
    """One example in one run; several letters are several reviewers."""
    return RatedExample(votes(said), VERDICTS.get(judged), inclusion, chosen)


def part(
    before: Sequence[str],
    after: Sequence[str],
    judged: tuple[str, str] = ("", ""),
    *,
    unread: int = 0,
    inclusion: float | None = None,
    equal: bool = False,
    chosen: bool = False,
    start: int = 0,
) -> list[MatchedExample]:
    """Examples read in both runs, and `unread` more like them; chosen ones leave the others undrawn."""
    n = len(before)
    chance = inclusion if inclusion is not None else n / (n + unread)
    known = [
        MatchedExample(
            f"k{start + at:03d}",
            1,
            start + at + 1,
            equal,
            side(old, judged[0][at : at + 1], 1.0 if chosen else chance, chosen=chosen),
            side(new, judged[1][at : at + 1], 1.0 if chosen else chance, chosen=chosen),
        )
        for at, (old, new) in enumerate(zip(before, after, strict=True))
    ]
    others = [
        MatchedExample(
            f"k{at:03d}",
            1,
            at + 1,
            equal,
            side(".", judged[0][at - start : at - start + 1], 0.0 if chosen else chance),
            side(".", judged[1][at - start : at - start + 1], 0.0 if chosen else chance),
        )
        for at in range(start + n, start + n + unread)
    ]
    return known + others


def runs(*parts: list[MatchedExample], examples: int | None = None, judge: str | None = None) -> MatchedRuns:
    """Parts as what two runs share."""
    pairs = tuple(pair for one in parts for pair in one)
    return MatchedRuns(pairs, examples or len({pair.asked for pair in pairs}), judge)
