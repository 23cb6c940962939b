"""The numbers at the foot of the review: counts below ten verdicts, from ten on rates with their intervals."""

from textual.content import Content

from uphold.records.numbers import LEAST_FOR_RATE, LiveNumbers, Rate, Value
from uphold_tui import showing
from uphold_tui.look import BOLD, MUTED
from uphold_tui.widgets.lines import spread


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
    return sign + f"{abs(value.value):.2f}".removeprefix("0")


def numbers_line(numbers: LiveNumbers | None, candidate: str, width: int, before: Content | None = None) -> Content:
    """The whole line; `before` (what a mode has to say) takes the first place."""
    if numbers is None:
        return before or Content("")
    if numbers.n < LEAST_FOR_RATE:
        left = _counts(numbers, candidate)
        right = Content.styled(f"{LEAST_FOR_RATE} verdicts needed for a rate", MUTED)
        left = Content("       ").join([part for part in (before, left, readers(numbers)) if part])
        return spread(left, right, width)
    groups = [part for part in (before, win_rate(numbers), agreement(numbers), readers(numbers)) if part]
    while len(groups) > 1 and _room(groups) > width:
        groups.pop()
    left, right = Content("       ").join(groups), target(numbers)
    return spread(left, right, width) if right and left.cell_length + 3 + right.cell_length <= width else left


def _room(groups: list[Content]) -> int:
    return sum(group.cell_length for group in groups) + 7 * (len(groups) - 1)


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
    """`win rate 58 %  49–67 like these, 54–62 this set`; of the pairs read alone where there is no such rate."""
    wide, narrow = numbers.like_these, numbers.this_set
    if wide is None or wide.rate is None:
        won = numbers.win_rate
        return Content.assemble(("win rate ", MUTED), (percent(won), BOLD), (f"  {span(won)}  of {won.n}", MUTED))
    here = f", {this_set(narrow)} this set" if narrow is not None and narrow.rate is not None else ""
    return Content.assemble(
        ("win rate ", MUTED), (percent(wide), BOLD), (f"  {span(wide)} like these{here}", MUTED)
    )  # fmt: skip


def this_set(rate: Rate) -> str:
    """The interval for exactly these examples; one number where all are read."""
    return percent(rate) if rate.method == "exact" else span(rate)


def target(numbers: LiveNumbers) -> Content:
    """`22 more to ±8 like these`, or why nothing is said of the unread."""
    if numbers.target is not None:
        whom = "like these" if numbers.target.like_these else "this set"
        return Content.styled(f"{numbers.target.more} more to ±{round(numbers.target.half_width * 100)} {whom}", MUTED)
    return Content.styled(numbers.refused, MUTED) if numbers.state == "refused" and numbers.refused else Content("")


def agreement(numbers: LiveNumbers) -> Content:
    """`agreement 84 %  κ .66  of 35`; nothing where no judge was compared."""
    if numbers.agreement.rate is None:
        return Content("")
    return Content.assemble(
        ("agreement ", MUTED),
        (percent(numbers.agreement), BOLD),
        (f"  κ {kappa(numbers.kappa)}  of {numbers.agreement.n}", MUTED),
    )


def readers(numbers: LiveNumbers) -> Content:
    """Whose verdicts these are, where others read too: `3 by you, 14 by others, 2 unresolved`."""
    if not numbers.others and not numbers.unresolved:
        return Content("")
    parts = [(numbers.own, "by you"), (numbers.others, "by others"), (numbers.unresolved, "unresolved")]
    words = ", ".join(f"{number} {whose}" for number, whose in parts if number or whose == "by you")
    return Content.styled(words, MUTED)
