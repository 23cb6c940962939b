"""Verdicts and decisions by side (A, B): as badges, as words, and as the colour of the verdict strip's bar."""

from textual.content import Content

from uphold.formatting import share
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
from uphold.reviewing.presentation import first_answer_won
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
    """Return the side that the judge prefers; None for a tie or no verdict."""
    preferred = preferred_of(pair.judge)
    return pair.side_of(preferred) if preferred is not None else None


def preferred_of(judge: PairVerdict | None) -> Preference | None:
    """Return the preference that can be upheld, a system or a tie; None where the judge has none."""
    return judge.verdict.preference if judge is not None else None


def your_choice(pair: PairView) -> Choice | None:
    """Return the reviewer's decision in force: in a dispute the adjudication, else their own."""
    decision = pair.state.adjudicated if pair.adjudicating else pair.state.decision
    return decision.choice if decision is not None else None


def your_side(pair: PairView) -> Side | None:
    """Return the side that the reviewer chose; None for a tie or no decision."""
    choice = your_choice(pair)
    return pair.side_of(choice.preference) if choice is not None else None


def your_ruling(pair: PairView) -> Ruling | None:
    """Return whether the reviewer's decision upholds the verdict; a blind decision counts as it was made."""
    blind = None if pair.adjudicating else pair.state.blind_decision
    choice = your_choice(pair) if blind is None else blind.choice
    return ruling(choice, pair.judge.verdict if pair.judge else None) if choice is not None else None


def choice_of(pair: PairView, answer: str) -> Choice:
    """Return the choice behind the answer `a`, `b`, `tie` or `both-bad` of a key."""
    if answer in ("a", "b"):
        return Choice(pair.system_on(Side(answer.upper())).value)
    return Choice(answer)


def badge(side: Side, *, filled: bool) -> Content:
    """Return ` A ` or ` B `; filled for the verdict or decision in force."""
    return Content.styled(f" {side} ", BADGE[side] if filled else f"{BOLD} {SIDE[side]}")


def judge_badge(pair: PairView, signs: Signs, *, filled: bool) -> Content:
    """Return the judge's verdict as a badge."""
    verdict = pair.judge.verdict if pair.judge is not None else Verdict.PENDING
    side = judge_side(pair)
    if side is not None:
        return badge(side, filled=filled)
    sign, filled_style, style = {
        Verdict.TIE: (signs.tie, BADGE_EVEN, EVEN),
        Verdict.INCONSISTENT: (signs.inconsistent, BADGE_DOUBT, DOUBT),
        Verdict.UNREADABLE: (signs.unreadable, BADGE_WRONG, OVERTURNED),
        Verdict.FAILED: (signs.failed, BADGE_WRONG, OVERTURNED),
    }.get(verdict, (signs.undecided, "", MUTED))
    return Content.styled(f" {sign} ", filled_style if filled and filled_style else f"{BOLD} {style}")


def choice_badge(pair: PairView, choice: Choice, signs: Signs) -> Content:
    """Return a decision as a filled badge."""
    side = pair.side_of(choice.preference)
    if side is not None:
        return badge(side, filled=True)
    return Content.styled(f" {signs.tie if choice is Choice.TIE else signs.both_bad} ", BADGE_EVEN)


def choice_words(choice: Choice) -> str:
    """Return the words behind the badge of a decision."""
    return {Choice.TIE: "tie", Choice.BOTH_BAD: "both bad"}.get(choice, "is better")


def blind_words(pair: PairView, ruled: Ruling, signs: Signs) -> Content:
    """Return whether the verdict agrees with a decision that was made before it was shown."""
    if ruled is Ruling.UPHELD:
        return Content.styled(f"{signs.upheld} agrees with you", f"{BOLD} {UPHELD}")
    if ruled is Ruling.OVERTURNED:
        return Content.styled(f" {signs.overturned} disagrees ", BADGE_WRONG)
    return Content("")


def verdict_words(judge: PairVerdict | None, *, left_out: bool = False) -> str:
    """Return the words behind the badge of the judge's verdict; `left_out`: in a blind pack there can be none."""
    if judge is None and left_out:
        return "its verdicts are not in this pack"
    if judge is None or (judge.verdict is Verdict.PENDING and not judge.judgments):
        return "has not read this pair"
    if judge.verdict is Verdict.PENDING:
        return "has read one order of two"
    return "is better" if judge.verdict in (Verdict.CANDIDATE, Verdict.BASELINE) else judge.verdict.value


def ruling_words(ruled: Ruling, signs: Signs) -> Content:
    """Return a ruling in words: upheld and decided in plain text, overturned, which is rare, as a filled label."""
    if ruled is Ruling.UPHELD:
        return Content.styled(f"{signs.upheld} upheld", f"{BOLD} {UPHELD}")
    if ruled is Ruling.OVERTURNED:
        return Content.styled(f" {signs.overturned} overturned ", BADGE_WRONG)
    return Content.assemble((f"{signs.decided} ", MUTED), ("decided", BOLD))


def ruling_sign(ruled: Ruling, signs: Signs) -> Content:
    """Return the sign of a ruling for lists and receipts."""
    return {
        Ruling.UPHELD: Content.styled(signs.upheld, UPHELD),
        Ruling.OVERTURNED: Content.styled(signs.overturned, OVERTURNED),
        Ruling.DECIDED: Content.styled(signs.decided, MUTED),
    }[ruled]


def bar_style(pair: PairView) -> str:
    """Return the colour of the verdict strip's bar: of the ruling, else of the judge's side, else of its other verdict."""
    ruled = your_ruling(pair)
    if pair.reviewer_decisions and ruled is None:
        return DOUBT
    if ruled is Ruling.UPHELD:
        return UPHELD
    if ruled is Ruling.OVERTURNED:
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
    """Return in a few words whether the judge's orders agree."""
    judge = pair.judge
    if judge is None:
        return ""
    orders = {j.order for j in judge.judgments if j.status is JudgmentStatus.READABLE}
    if judge.verdict is Verdict.INCONSISTENT:
        first = first_answer_won(pair)
        winner = "one says tie" if first is None else f"the {'first' if first else 'second'} one shown wins"
        return f"orders disagree: {winner}"
    if orders.issuperset(BOTH_ORDERS):
        return "both orders agree"
    if orders.intersection(BOTH_ORDERS):
        return "one order only"
    return "order not recorded" if AnswerOrder.UNKNOWN in orders else ""


def brief_orders(pair: PairView) -> str:
    """Return the same in two words, for rows that are short."""
    return orders_words(pair).split(":")[0].removeprefix("both ")


def confidence(judge: PairVerdict) -> str:
    """Return the mean confidence of the judgments as `.8`; nothing where none has one."""
    values = [j.confidence for j in judge.judgments if j.confidence is not None]
    return share(sum(values) / len(values)) if values else ""


def problem(judge: PairVerdict) -> str | None:
    """Return what went wrong with the first judgment that failed; the text is foreign."""
    return next((j.problem for j in judge.judgments if j.problem), None)
