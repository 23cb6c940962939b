"""Verdicts and decisions in the screen's letters: badges, words, and the colour of the bar."""

from textual.content import Content

from uphold.records.enums import (
    BOTH_ORDERS,
    AnswerOrder,
    Choice,
    JudgmentStatus,
    Preference,
    Ruling,
    Side,
    Verdict,
    ruling,
)
from uphold.records.judgments import PairVerdict
from uphold.records.reviews import PairView
from uphold.reviewing.presentation import first_wins
from uphold_tui.themes import (
    BADGE,
    BADGE_DOUBT,
    BADGE_EVEN,
    BADGE_WRONG,
    BOLD,
    DOUBT,
    EVEN,
    MUTED,
    OVERTURNED,
    RULE,
    SIDE,
    UPHELD,
    Signs,
)


def judge_side(pair: PairView) -> Side | None:
    """The side that the judge picked, if it picked one."""
    preferred = preferred_of(pair.judge)
    return pair.side_of(preferred) if preferred is not None else None


def preferred_of(judge: PairVerdict | None) -> Preference | None:
    """What there is to uphold: a system or a tie."""
    return judge.verdict.preference if judge is not None else None


def your_choice(pair: PairView) -> Choice | None:
    """The decision in force."""
    said = pair.state.adjudicated if pair.adjudicating else pair.state.decision
    return said.choice if said is not None else None


def your_side(pair: PairView) -> Side | None:
    """The side that you chose, if you chose one."""
    choice = your_choice(pair)
    return pair.side_of(choice.preference) if choice is not None else None


def your_ruling(pair: PairView) -> Ruling | None:
    """How your decision stands to the verdict: the one from before it was shown, where there is one."""
    early = None if pair.adjudicating else pair.state.early
    choice = your_choice(pair) if early is None else early.choice
    return ruling(choice, pair.judge.verdict if pair.judge else None) if choice is not None else None


def choice_of(pair: PairView, word: str) -> Choice:
    """The system behind a key: `a`, `b`, `tie` or `both-bad`."""
    if word in ("a", "b"):
        return Choice(pair.system_on(Side(word.upper())).value)
    return Choice(word)


def badge(side: Side, *, filled: bool) -> Content:
    """` A ` filled is the verdict in force, a bare letter is not."""
    return Content.styled(f" {side} ", BADGE[side] if filled else f"{BOLD} {SIDE[side]}")


def judge_badge(pair: PairView, signs: Signs, *, filled: bool) -> Content:
    """The judge's verdict as a badge."""
    verdict = pair.judge.verdict if pair.judge is not None else Verdict.PENDING
    side = judge_side(pair)
    if side is not None:
        return badge(side, filled=filled)
    sign, full, quiet = {
        Verdict.TIE: (signs.tie, BADGE_EVEN, EVEN),
        Verdict.INCONSISTENT: (signs.inconsistent, BADGE_DOUBT, DOUBT),
        Verdict.UNREADABLE: (signs.unreadable, BADGE_WRONG, OVERTURNED),
        Verdict.FAILED: (signs.failed, BADGE_WRONG, OVERTURNED),
    }.get(verdict, (signs.undecided, "", MUTED))
    return Content.styled(f" {sign} ", full if filled and full else f"{BOLD} {quiet}")


def choice_badge(pair: PairView, choice: Choice, signs: Signs) -> Content:
    """Your decision as a badge, always filled."""
    side = pair.side_of(choice.preference)
    if side is not None:
        return badge(side, filled=True)
    return Content.styled(f" {signs.tie if choice is Choice.TIE else signs.both_bad} ", BADGE_EVEN)


def choice_words(choice: Choice) -> str:
    """Your decision in words, behind its badge."""
    return {Choice.TIE: "tie", Choice.BOTH_BAD: "both bad"}.get(choice, "is better")


def blind_words(pair: PairView, stands: Ruling, signs: Signs) -> Content:
    """What the verdict says to a decision that was made before it was shown."""
    if stands is Ruling.UPHELD:
        return Content.styled(f"{signs.upheld} agrees with you", f"{BOLD} {UPHELD}")
    if stands is Ruling.OVERTURNED:
        return Content.styled(f" {signs.overturned} disagrees ", BADGE_WRONG)
    return Content("")


def verdict_words(judge: PairVerdict | None) -> str:
    """The judge's verdict in words, behind its badge."""
    if judge is None or (judge.verdict is Verdict.PENDING and not judge.judgments):
        return "has not read this pair"
    if judge.verdict is Verdict.PENDING:
        return "has read one order of two"
    return "is better" if judge.verdict in (Verdict.CANDIDATE, Verdict.BASELINE) else judge.verdict.value


def short_choice(pair: PairView, choice: Choice) -> str:
    """A decision in one or two words: A, B, tie, both bad."""
    side = pair.side_of(choice.preference)
    return side.value if side is not None else choice_words(choice)


def ruling_words(stands: Ruling, signs: Signs) -> Content:
    """Upheld as plain coloured words, overturned as a filled label: the rare case is the loud one."""
    if stands is Ruling.UPHELD:
        return Content.styled(f"{signs.upheld} upheld", f"{BOLD} {UPHELD}")
    if stands is Ruling.OVERTURNED:
        return Content.styled(f" {signs.overturned} overturned ", BADGE_WRONG)
    return Content.assemble((f"{signs.decided} ", MUTED), ("decided", BOLD))


def ruling_sign(stands: Ruling, signs: Signs) -> Content:
    """The mark of a ruling, as it stands in lists and receipts."""
    return {
        Ruling.UPHELD: Content.styled(signs.upheld, UPHELD),
        Ruling.OVERTURNED: Content.styled(signs.overturned, OVERTURNED),
        Ruling.DECIDED: Content.styled(signs.decided, MUTED),
    }[stands]


def bar_style(pair: PairView) -> str:
    """The colour of the strip's bar: what stands, else the judge's side, else its trouble."""
    stands = your_ruling(pair)
    if pair.people and stands is None:
        return DOUBT
    if stands is Ruling.UPHELD:
        return UPHELD
    if stands is Ruling.OVERTURNED:
        return OVERTURNED
    side = judge_side(pair)
    if side is not None:
        return SIDE[side]
    verdict = pair.judge.verdict if pair.judge is not None else Verdict.PENDING
    return {
        Verdict.TIE: EVEN,
        Verdict.INCONSISTENT: DOUBT,
        Verdict.UNREADABLE: OVERTURNED,
        Verdict.FAILED: OVERTURNED,
    }.get(verdict, RULE)


def orders_words(pair: PairView) -> str:
    """What the judge's orders say together, in a few words."""
    judge = pair.judge
    if judge is None:
        return ""
    said = {j.order for j in judge.judgments if j.status is JudgmentStatus.READABLE}
    if judge.verdict is Verdict.INCONSISTENT:
        first = first_wins(pair)
        winner = "one says tie" if first is None else f"the {'first' if first else 'second'} one shown wins"
        return f"orders disagree: {winner}"
    if said.issuperset(BOTH_ORDERS):
        return "both orders agree"
    if said.intersection(BOTH_ORDERS):
        return "one order only"
    return "order not recorded" if AnswerOrder.UNKNOWN in said else ""


def confidence(judge: PairVerdict) -> str:
    """The mean confidence of the readable answers as `.8`; empty where the judge has none to give."""
    given = [j.confidence for j in judge.judgments if j.confidence is not None]
    if not given:
        return ""
    return share(sum(given) / len(given))


def share(value: float) -> str:
    """A number from 0 to 1 as `.66`, without trailing zeros; 1 and 0 as they are."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) or "0"


def problem(judge: PairVerdict) -> str | None:
    """What went wrong, in the words of the judgment that had it (foreign text)."""
    return next((j.problem for j in judge.judgments if j.problem), None)
