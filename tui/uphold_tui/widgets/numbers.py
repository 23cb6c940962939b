"""The numbers at the foot of the review: counts below ten verdicts, from ten on rates with their intervals."""

from textual.content import Content

from uphold.records.numbers import LEAST_FOR_RATE, LiveNumbers, Rate, Value
from uphold_tui import showing
from uphold_tui.look import BOLD, MUTED
from uphold_tui.widgets.lines import spread
from uphold_tui.widgets.verdicts import share


def percent(rate: Rate) -> str:
    """`58 %`, or `–` where there is no rate."""
    return "–" if rate.rate is None else f"{round(rate.rate * 100)} %"


def span(rate: Rate) -> str:
    """The interval as `42–71`; empty where there is none."""
    if rate.low is None or rate.high is None:
        return ""
    return f"{round(rate.low * 100)}–{round(rate.high * 100)}"


def kappa(value: Value) -> str:
    """Kappa as `.66`, a negative one with its sign; `–` where there is none."""
    if value.value is None:
        return "–"
    sign = "−" if value.value < 0 else ""
    return sign + share(abs(value.value))


def numbers_line(numbers: LiveNumbers | None, candidate: str, width: int, before: Content | None = None) -> Content:
    """The whole line; `before` (what a mode has to say) takes the first place."""
    if numbers is None:
        return before or Content("")
    if numbers.n < LEAST_FOR_RATE:
        left = _counts(numbers, candidate)
        right = Content.styled(f"{LEAST_FOR_RATE} verdicts needed for a rate", MUTED)
        left = Content("       ").join([part for part in (before, left) if part])
        return spread(left, right, width)
    groups = [part for part in (before, win_rate(numbers), agreement(numbers)) if part]
    while len(groups) > 1 and sum(g.cell_length for g in groups) + 7 * (len(groups) - 1) > width:
        groups.pop()
    return Content("       ").join(groups)


def _counts(numbers: LiveNumbers, candidate: str) -> Content:
    if not numbers.n:
        return Content.styled("nothing reviewed yet", MUTED)
    won = _plural(numbers.wins, "win", "wins")
    tied = _plural(numbers.ties, "tie", "ties")
    lost = _plural(numbers.losses, "loss", "losses")
    words = f"{numbers.n} reviewed: {won}, {tied}, {lost} for "
    return Content.assemble((words, MUTED), showing.line(candidate, MUTED))


def _plural(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def win_rate(numbers: LiveNumbers) -> Content:
    """`win rate 58 %  42–71  of 37`."""
    return Content.assemble(
        ("win rate ", MUTED),
        (percent(numbers.win_rate), BOLD),
        (f"  {span(numbers.win_rate)}  of {numbers.win_rate.n}", MUTED),
    )


def agreement(numbers: LiveNumbers) -> Content:
    """`agreement 84 %  κ .66  of 35`; nothing where no judge was compared."""
    if numbers.agreement.rate is None:
        return Content("")
    return Content.assemble(
        ("agreement ", MUTED),
        (percent(numbers.agreement), BOLD),
        (f"  κ {kappa(numbers.kappa)}  of {numbers.agreement.n}", MUTED),
    )
