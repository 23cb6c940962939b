"""The third column of standing on wide terminals: every test and check, and the pairs that the judge was wrong on."""

from collections.abc import Sequence

from textual.content import Content

from uphold.formatting import count, count_noun, of_n, percent_number
from uphold.records.certificates import Certificate, DriftCheck, DriftState, Standing
from uphold.store.judge_trials import PairPlace
from uphold_tui import safe_text
from uphold_tui.themes import BOLD, DOUBT, MUTED, OVERTURNED, UPHELD, Signs
from uphold_tui.widgets.rows import spread

_TESTS = 8

_CHECKS = 12

_DATE = 12

_KEY = 14

_TAGS = 20


def history_rows(tests: Sequence[Certificate], standing: Standing, signs: Signs, width: int) -> list[Content]:
    """Return the tests over a set and the checks of the judge shown, the latest first."""
    rows = [Content.assemble(("Tests", BOLD), (f"   {count(len(tests))} over this set", MUTED))]
    for test in tests[: -_TESTS - 1 : -1]:
        rows.append(_test(test, signs, width, is_shown=test.id == standing.certificate.id))
    rows += _more(len(tests) - _TESTS)
    if standing.checks:
        rows += [Content(""), Content.styled("Checks for drift", BOLD)]
        rows += [_check(check, signs, width) for check in standing.checks[: -_CHECKS - 1 : -1]]
        rows += _more(len(standing.checks) - _CHECKS)
    return rows


def _test(test: Certificate, signs: Signs, width: int, *, is_shown: bool) -> Content:
    sign = (f"{signs.upheld} ", UPHELD) if test.is_shown else (f"{signs.unreadable} ", OVERTURNED)
    name = safe_text.line(test.judge.name, BOLD if is_shown else "")
    left = Content.assemble(sign, (f"{test.created_at[:10]:<{_DATE}}", MUTED), name)
    right = f"{of_n(test.agreed, test.agreement.n)}   at least {percent_number(test.agreement.low or 0.0)}"
    return spread(left, Content.styled(right, MUTED), width)


def _check(check: DriftCheck, signs: Signs, width: int) -> Content:
    sign = (f"{signs.stale} ", DOUBT) if check.state is DriftState.CHANGED else (f"{signs.upheld} ", UPHELD)
    changed = f"{of_n(check.changed, check.asked)} changed"
    left = Content.assemble(sign, (f"{check.created_at[:10]:<{_DATE}}", MUTED), changed)
    right = f"{count(check.agreed_now)} right, {count(check.agreed_then)} before"
    return spread(left, Content.styled(right, MUTED), width)


def _more(left: int) -> list[Content]:
    return [Content.styled(f"and {count(left)} before", MUTED)] if left > 0 else []


def differing_rows(pairs: Sequence[PairPlace], tested: int, width: int, height: int) -> list[Content]:
    """Return the tested pairs on which judge and people differed, as many as there is room for."""
    if not pairs:
        return []
    head = Content.assemble(
        ("Said otherwise than people", BOLD),
        (f"   on {of_n(len(pairs), tested)} tested pairs, when it was tested", MUTED),
    )
    room = max(height - 1, 1)
    shown = pairs if len(pairs) <= room else pairs[: room - 1]
    rows = [head.truncate(width, ellipsis=True)]
    for pair in shown:
        key = safe_text.key(pair.key, MUTED, _KEY)
        turn = f" t{pair.turn}" if pair.turn > 1 else ""
        left = Content.assemble(
            key, " " * (_KEY + 2 - key.cell_length), safe_text.running(pair.instruction), (turn, MUTED)
        )
        rows.append(left.truncate(width, ellipsis=True))
    if len(shown) < len(pairs):
        rows.append(
            Content.styled(f"and {count_noun(len(pairs) - len(shown), 'other')}: l lists all that were tested", MUTED)
        )
    return rows
