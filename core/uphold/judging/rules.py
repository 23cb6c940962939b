"""Offline judge rules, which compare words, letters or whole texts with the reference answer.

A rule gives one judgment per pair, without an order, with its scores as the reason. Scores are exact fractions, so that
thresholds are exact.

To add a rule, write a function with the signature of `Rule.compare` and add a `Rule` with it to `RULES`: it is then
available as `--judge rules:NAME`, and its options (`defaults`) as `--judge-option NAME=VALUE`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from uphold.errors import BadUsage
from uphold.formatting import coefficient
from uphold.records.enums import REFERENCE, AnswerOrder, JudgmentStatus, Preference
from uphold.records.judgments import Judgment
from uphold.records.model_calls import PairToJudge
from uphold.records.texts import cell_text

_NO_WORDS = "no words in the reference"
_STANDALONE_LETTER = re.compile(r"(?<![^\W_])[A-E](?![^\W_])")
RuleOptions = Mapping[str, Fraction]

RuleResult = tuple[Preference | None, str]
"""The verdict and its scores as text; or None and the problem if the reference cannot be compared with."""

_NO_MARGIN = {"margin": Fraction(0)}


@dataclass(frozen=True, slots=True)
class Rule:
    """A judge rule.

    `defaults` are its options with their default values (shares, 0 to 1); they are part of the judge version. `compare`
    gets the texts of the reference, the candidate's and the baseline's answer, and the options. `against_reference`: the
    baseline is the reference itself.
    """

    name: str
    defaults: Mapping[str, Fraction]
    compare: Callable[[str, str, str, RuleOptions], RuleResult]
    against_reference: bool = False

    def check_systems(self, candidate: str, baseline: str) -> None:
        """Raise BadUsage if this rule cannot compare these two systems."""
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

    def can_read(self, reference: str) -> bool:
        """Whether answers can be compared with this reference."""
        return self.compare(reference, "", "", self.defaults)[0] is not None

    def judge(self, pair: PairToJudge, options: RuleOptions) -> Judgment:
        """Return the judgment of the pair's turn; unreadable without a reference that can be compared with."""
        reference = pair.text.reference(pair.turn)
        if reference is None:
            return _unreadable("no reference")
        candidate = cell_text(pair.candidate[pair.turn - 1])
        baseline = cell_text(pair.baseline[pair.turn - 1])
        verdict, reason = self.compare(reference, candidate, baseline, options)
        return (
            _unreadable(reason)
            if verdict is None
            else Judgment(AnswerOrder.NONE, JudgmentStatus.READABLE, verdict, reason=reason)
        )


def _unreadable(problem: str) -> Judgment:
    return Judgment(AnswerOrder.NONE, JudgmentStatus.UNREADABLE, problem=problem)


def _word_set(text: str) -> set[str]:
    return set(text.lower().split())


def _format_score(score: Fraction) -> str:
    """Return a score as it is written in a reason: .62, 1 or 0."""
    if score.denominator == 1:
        return str(score.numerator)
    return coefficient(float(score))


def _format_option(option: Fraction) -> str:
    return str(float(option)).removeprefix("0").removesuffix(".0") or "0"


def _compare_overlap(reference: str, candidate: str, baseline: str, options: RuleOptions) -> RuleResult:
    expected = _word_set(reference)
    if not expected:
        return None, _NO_WORDS
    share = Fraction(len(expected & _word_set(candidate)), len(expected))
    scores_text, win, tie = (
        f"overlap {_format_score(share)}",
        _format_option(options["win"]),
        _format_option(options["tie"]),
    )
    if share > options["win"]:
        return Preference.CANDIDATE, f"{scores_text}: above {win} wins"
    if share > options["tie"]:
        return Preference.TIE, f"{scores_text}: above {tie} ties, above {win} wins"
    return Preference.BASELINE, f"{scores_text}: {tie} or less loses"


def _compare_f1(reference: str, candidate: str, baseline: str, options: RuleOptions) -> RuleResult:
    expected = _word_set(reference)
    if not expected:
        return None, _NO_WORDS
    scores = _f1(expected, candidate), _f1(expected, baseline)
    scores_text = f"F1 with the reference: candidate {_format_score(scores[0])}, baseline {_format_score(scores[1])}"
    return _prefer_higher(*scores, options), f"{scores_text}; more than {_format_option(options['margin'])} apart wins"


def _f1(expected: set[str], answer: str) -> Fraction:
    """F1 of two sets of words: 2 |A and B| / (|A| + |B|)."""
    words = _word_set(answer)
    return Fraction(2 * len(expected & words), len(expected) + len(words))


def _compare_exact(reference: str, candidate: str, baseline: str, options: RuleOptions) -> RuleResult:
    expected = reference.strip()
    equal = candidate.strip() == expected, baseline.strip() == expected
    scores_text = " ".join(
        f"{name} {'equals' if same else 'differs from'} the reference{end}"
        for name, same, end in (("candidate", equal[0], ","), ("baseline", equal[1], ""))
    )
    return _prefer_higher(Fraction(equal[0]), Fraction(equal[1]), options), scores_text


def _compare_choice(reference: str, candidate: str, baseline: str, options: RuleOptions) -> RuleResult:
    expected = _last_letter(reference)
    if expected is None:
        return None, "no letter A-E in the reference"
    letters = _last_letter(candidate), _last_letter(baseline)
    scores_text = f"reference {expected}; candidate {letters[0] or 'none'}, baseline {letters[1] or 'none'}"
    return _prefer_higher(Fraction(letters[0] == expected), Fraction(letters[1] == expected), options), scores_text


def _last_letter(text: str) -> str | None:
    letters = _STANDALONE_LETTER.findall(text)
    return letters[-1] if letters else None


def _prefer_higher(candidate: Fraction, baseline: Fraction, options: RuleOptions) -> Preference:
    if candidate - baseline > options["margin"]:
        return Preference.CANDIDATE
    if baseline - candidate > options["margin"]:
        return Preference.BASELINE
    return Preference.TIE


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "reference-overlap",
            {"win": Fraction("0.5"), "tie": Fraction("0.3")},
            _compare_overlap,
            against_reference=True,
        ),
        Rule("closer", {"margin": Fraction("0.05")}, _compare_f1),
        Rule("exact", _NO_MARGIN, _compare_exact),
        Rule("choice", _NO_MARGIN, _compare_choice),
    )
}
