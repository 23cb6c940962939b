"""Offline rules: free judges that compare words, letters or whole texts with a reference.

A rule gives one judgment a pair, without an order; its scores are the reason. Scores are exact fractions, so that a
score on a threshold is on it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from uphold.errors import BadUsage
from uphold.records.enums import REFERENCE, AnswerOrder, JudgmentStatus, Preference
from uphold.records.judgments import Judgment
from uphold.records.model_calls import PairToJudge
from uphold.records.texts import cell_text

_NO_WORDS = "no words in the reference"


_CHOICE = re.compile(r"(?<![^\W_])[A-E](?![^\W_])")


Options = Mapping[str, Fraction]


RuleScores = tuple[Preference | None, str]
"""The word and the scores behind it; no word where the reference holds nothing to measure with, and what is missing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by name, with its options and what each is when nobody says otherwise (shares, 0 to 1)."""

    name: str
    defaults: Mapping[str, Fraction]
    weigh: Callable[[str, str, str, Options], RuleScores]
    against_reference: bool = False

    def check_systems(self, candidate: str, baseline: str) -> None:
        """Raise BadUsage where this rule cannot compare these two systems."""
        spec = f"rules:{self.name}"
        if candidate == REFERENCE:
            raise BadUsage(f"{spec} measures with the reference answers, so they cannot be the candidate themselves")
        if self.against_reference and baseline != REFERENCE:
            raise BadUsage(
                f"{spec} is for the baseline `{REFERENCE}` only, and this one is {baseline!r}: "
                "rules:closer says which of two systems is closer to the reference"
            )
        if not self.against_reference and baseline == REFERENCE:
            raise BadUsage(
                f"{spec} scores two systems' answers, so the baseline cannot be `{REFERENCE}`: use "
                "rules:reference-overlap, or rules:closer with another system as the baseline"
            )

    def judge(self, comparison: PairToJudge, options: Options) -> Judgment:
        """The rule's judgment of the pair's turn; unreadable where the reference gives it nothing to measure with."""
        reference = comparison.text.reference(comparison.turn)
        if reference is None:
            return _unreadable("no reference")
        candidate = cell_text(comparison.candidate[comparison.turn - 1])
        baseline = cell_text(comparison.baseline[comparison.turn - 1])
        verdict, reason = self.weigh(reference, candidate, baseline, options)
        return (
            _unreadable(reason)
            if verdict is None
            else Judgment(AnswerOrder.NONE, JudgmentStatus.READABLE, verdict, reason=reason)
        )


def _unreadable(problem: str) -> Judgment:
    return Judgment(AnswerOrder.NONE, JudgmentStatus.UNREADABLE, problem=problem)


def _words(text: str) -> set[str]:
    return set(text.lower().split())


def _shown(score: Fraction) -> str:
    """A share as it is written in a reason: .62, and 1 or 0 where it is that."""
    if score.denominator == 1:
        return str(score.numerator)
    return f"{float(score):.2f}".removeprefix("0")


def _exactly(option: Fraction) -> str:
    return str(float(option)).removeprefix("0").removesuffix(".0") or "0"


def _overlap(reference: str, candidate: str, baseline: str, options: Options) -> RuleScores:
    wanted = _words(reference)
    if not wanted:
        return None, _NO_WORDS
    share = Fraction(len(wanted & _words(candidate)), len(wanted))
    shown, win, tie = f"overlap {_shown(share)}", _exactly(options["win"]), _exactly(options["tie"])
    if share > options["win"]:
        return Preference.CANDIDATE, f"{shown}: above {win} wins"
    if share > options["tie"]:
        return Preference.TIE, f"{shown}: above {tie} ties, above {win} wins"
    return Preference.BASELINE, f"{shown}: {tie} or less loses"


def _closer(reference: str, candidate: str, baseline: str, options: Options) -> RuleScores:
    wanted = _words(reference)
    if not wanted:
        return None, _NO_WORDS
    scores = _f1(wanted, candidate), _f1(wanted, baseline)
    shown = f"F1 with the reference: candidate {_shown(scores[0])}, baseline {_shown(scores[1])}"
    return _higher(*scores, options), f"{shown}; more than {_exactly(options['margin'])} apart wins"


def _f1(wanted: set[str], answer: str) -> Fraction:
    """F1 of two sets of words: 2 |both| / (|one| + |other|)."""
    words = _words(answer)
    return Fraction(2 * len(wanted & words), len(wanted) + len(words))


def _exact(reference: str, candidate: str, baseline: str, options: Options) -> RuleScores:
    wanted = reference.strip()
    equal = candidate.strip() == wanted, baseline.strip() == wanted
    shown = " ".join(
        f"{name} {'equals' if same else 'differs from'} the reference{end}"
        for name, same, end in (("candidate", equal[0], ","), ("baseline", equal[1], ""))
    )
    return _higher(Fraction(equal[0]), Fraction(equal[1]), options), shown


def _choice(reference: str, candidate: str, baseline: str, options: Options) -> RuleScores:
    wanted = _last_letter(reference)
    if wanted is None:
        return None, "no letter A-E in the reference"
    given = _last_letter(candidate), _last_letter(baseline)
    shown = f"reference {wanted}; candidate {given[0] or 'none'}, baseline {given[1] or 'none'}"
    return _higher(Fraction(given[0] == wanted), Fraction(given[1] == wanted), options), shown


def _last_letter(text: str) -> str | None:
    letters = _CHOICE.findall(text)
    return letters[-1] if letters else None


def _higher(candidate: Fraction, baseline: Fraction, options: Options) -> Preference:
    if candidate - baseline > options["margin"]:
        return Preference.CANDIDATE
    if baseline - candidate > options["margin"]:
        return Preference.BASELINE
    return Preference.TIE


_NO_MARGIN = {"margin": Fraction(0)}


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("reference-overlap", {"win": Fraction("0.5"), "tie": Fraction("0.3")}, _overlap, against_reference=True),
        Rule("closer", {"margin": Fraction("0.05")}, _closer),
        Rule("exact", _NO_MARGIN, _exact),
        Rule("choice", _NO_MARGIN, _choice),
    )
}
