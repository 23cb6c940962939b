"""A test on locked pairs and a check for drift, before and after: sentences for people, JSON for programs."""

from collections.abc import Iterator
from dataclasses import dataclass

from uphold.formatting import count, count_noun, dollars, of_n, percent
from uphold.records.certificates import Ceiling, Certificate, CertifyState, DriftCheck, DriftState, RerunCount
from uphold.records.judgments import JudgmentProblem
from uphold.records.statistics import Rate
from uphold.reports.certificate_text import (
    Json,
    bound_json,
    bound_rows,
    bound_words,
    check_json,
    check_sentence,
    not_shown,
    rate_json,
    seen_sentence,
    test_words,
    uncovered_words,
)
from uphold.reports.model import Item, NumberRow, Report, ReportSection, SectionId, Sentence, Table, Tone
from uphold.reports.problem_text import problem_sentence, problems_json


@dataclass(frozen=True, slots=True)
class CertifyCost:
    """What a test spends: locked pairs of so many examples, calls for missing verdicts and reruns, and dollars."""

    pairs: int
    examples: int
    calls: int
    rerun_calls: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class CertifyOutcome:
    """What a test is about and what came of it; without a certificate `reason` says why.

    `pairs` is how many unspent locked pairs there were, `more` how many examples are lacking, `keys` those to read; `left`
    judgments could not be had.
    """

    state: CertifyState
    name: str
    judge: str
    floor: float
    pairs: int
    certificate: Certificate | None = None
    rerun: RerunCount | None = None
    reason: str = ""
    more: int = 0
    keys: tuple[str, ...] = ()
    chance: float | None = None
    chance_better: float | None = None
    ceilings: tuple[Ceiling, ...] = ()
    left: int = 0
    cost: float | None = 0.0
    problems: tuple[JudgmentProblem, ...] = ()


def spending_sentences(judge: str, spent: CertifyCost) -> Iterator[str]:
    """Yield what a test would spend, before it does."""
    pairs = count_noun(spent.pairs, "locked pair")
    yield f"testing {judge} spends {pairs} of {count_noun(spent.examples, 'example')}: no other test can use them, of any judge"
    calls = spent.calls + spent.rerun_calls
    if calls:
        cost = "at a price that is not known" if spent.cost is None else f"about {dollars(spent.cost)}"
        again = f", {count(spent.rerun_calls)} of them if it is passed, to know how often it changes by itself"
        yield f"{count_noun(calls, 'call')}, {cost}{again if spent.rerun_calls else ''}"
    else:
        yield "no call: all its verdicts are on file"


def chance_sentence(floor: float, chance: float | None, better: float | None, against: str | None) -> str:
    """Return the chance to pass, at what is known from the development half."""
    if chance is None:
        return "the chance to pass is not known: it has read no decided pair of the development half"
    words = f"the chance to reach {percent(floor)} is about {percent(chance)}, at its agreement in the development half"
    if against is None or better is None:
        return words
    return f"{words}; that of being shown better than {against} about {percent(better)}"


def outcome_report(outcome: CertifyOutcome) -> Report:
    """Return what came of a test as a report."""
    certificate = outcome.certificate
    if certificate is None or outcome.reason:
        items: tuple[Item, ...] = (Sentence(f"{outcome.state}: {outcome.reason}.", Tone.WARNING),)
        items += () if certificate is not None else (Sentence("Nothing was spent.", Tone.MUTED),)
        items += tuple(_problems(outcome.problems))
        return Report(
            outcome.judge, f"certificate on {outcome.name}", (ReportSection(SectionId.CERTIFICATE, "", items),)
        )
    stands = outcome.state is CertifyState.STANDS
    said = "stands" if stands else not_shown(certificate)
    first = Sentence(f"{outcome.judge} {said}: {test_words(certificate)}.", Tone.BOLD if stands else Tone.WARNING)
    sections = (
        ReportSection(SectionId.CERTIFICATE, "", (first, *_rows(outcome, certificate))),
        ReportSection("bound-to", "Bound to", (Table("bound-to", tuple(bound_rows(certificate))),)),
    )
    return Report(outcome.judge, f"certificate on {outcome.name}", sections)


def _rows(outcome: CertifyOutcome, certificate: Certificate) -> Iterator[Item]:
    rate = certificate.agreement
    yield Sentence(
        f"{bound_words(rate)[0].upper()}{bound_words(rate)[1:]}, of {count_noun(rate.n, 'pair')}.", Tone.MUTED
    )
    if certificate.unreadable:
        yield Sentence(f"{count_noun(certificate.unreadable, 'answer')} could not be read: not the same.", Tone.MUTED)
    yield from _problems(outcome.problems)
    if seen := seen_sentence(certificate):
        yield Sentence(f"{seen}.", Tone.WARNING)
    for ceiling in outcome.ceilings:
        yield NumberRow("ceiling", ceiling.words, ceiling.rate)
    if not outcome.ceilings:
        yield Sentence("No ceiling: nobody has read 10 pairs twice, and no two people 10 pairs both.", Tone.MUTED)
    if certificate.not_covered:
        yield Sentence(
            f"Not covered, fewer than 10 pairs tested: {uncovered_words(certificate.not_covered)}.", Tone.WARNING
        )
    if outcome.rerun is not None:
        changed = of_n(outcome.rerun.changed, outcome.rerun.asked)
        yield Sentence(f"Asked again, {changed} verdicts changed: what checks for drift are held against.", Tone.MUTED)
    elif outcome.left:
        yield Sentence(
            "How often its verdicts change by themselves is not known yet: the first check for drift asks.", Tone.MUTED
        )


def _problems(problems: tuple[JudgmentProblem, ...]) -> Iterator[Item]:
    for problem in problems:
        yield Sentence(f"{problem_sentence(problem)}.", Tone.MUTED)


def outcome_json(outcome: CertifyOutcome) -> Json:
    """Return what came of a test as JSON."""
    certificate = outcome.certificate
    unknown = Rate(None, None, None, 0, None, None, outcome.reason)
    rate = unknown if certificate is None else certificate.agreement
    test = None if certificate is None else certificate.test
    ceiling = next(iter(outcome.ceilings), None)
    return {
        "state": outcome.state.value,
        "judge": outcome.judge,
        "name": outcome.name,
        "n": outcome.pairs if certificate is None else rate.n,
        "examples": None if certificate is None else certificate.examples,
        "agreement": rate_json(rate),
        "bound": rate.low,
        "floor": outcome.floor,
        "bound_to": None if certificate is None else bound_json(certificate),
        "not_covered": [] if certificate is None else [tag.tag for tag in certificate.not_covered],
        "unreadable": None if certificate is None else certificate.unreadable,
        "seen": None if certificate is None else certificate.seen,
        "against": None if certificate is None or certificate.against is None else certificate.against.name,
        "better": None if test is None else test.better,
        "worse": None if test is None else test.worse,
        "p": None if test is None else test.p,
        "chance": outcome.chance,
        "chance_better": outcome.chance_better,
        "ceiling": None if ceiling is None else {"of": list(ceiling.who), **rate_json(ceiling.rate)},
        "rerun": None if outcome.rerun is None else {"asked": outcome.rerun.asked, "changed": outcome.rerun.changed},
        "cost": outcome.cost,
        "more": outcome.more,
        "keys": list(outcome.keys),
        "problems": problems_json(outcome.problems),
        "reason": outcome.reason,
    }


def exit_code(state: CertifyState) -> int:
    """Return the exit code of `uphold judges certify`: 0 stands, 1 not shown, 3 refused or spent."""
    return {CertifyState.STANDS: 0, CertifyState.NOT_SHOWN: 1}.get(state, 3)


def drift_report(
    judge: str,
    check: DriftCheck | None,
    reason: str,
    cost: float | None,
    problems: tuple[JudgmentProblem, ...] = (),
) -> Report:
    """Return what came of a check for drift as a report; without one `reason` says why."""
    items: list[Item] = []
    if check is None:
        items.append(Sentence(f"refused: {reason}.", Tone.WARNING))
    else:
        holds = check.state is DriftState.HOLDS
        items.append(
            Sentence(
                f"{check_sentence(check)[0].upper()}{check_sentence(check)[1:]}.", Tone.BOLD if holds else Tone.WARNING
            )
        )
        if not holds:
            items.append(
                Sentence("This version ends, and its certificate lapses; what its name stands for is a new version.")
            )
        items.append(Sentence(f"cost {dollars(cost)}", Tone.MUTED))
    items += _problems(problems)
    return Report(judge, "drift", (ReportSection(SectionId.CERTIFICATE, "", tuple(items)),))


def drift_json(
    judge: str,
    check: DriftCheck | None,
    reason: str,
    cost: float | None,
    problems: tuple[JudgmentProblem, ...] = (),
) -> Json:
    """Return what came of a check for drift as JSON."""
    if check is None:
        state = DriftState.REFUSED.value
        return {
            "state": state,
            "judge": judge,
            "asked": 0,
            "changed": None,
            "limit": None,
            "reason": reason,
            "cost": cost,
            "problems": problems_json(problems),
        }
    return {
        **check_json(check),
        "judge": judge,
        "reason": check_sentence(check),
        "sees_little": check.sees_little,
        "cost": cost,
        "problems": problems_json(problems),
    }


def drift_exit_code(check: DriftCheck | None) -> int:
    """Return the exit code of `uphold judges drift`: 0 holds, 1 changed, 3 refused."""
    if check is None:
        return 3
    return 0 if check.state is DriftState.HOLDS else 1
