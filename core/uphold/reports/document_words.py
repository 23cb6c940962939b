"""Words of a document that HTML and Markdown share: who said what of a pair, a checkpoint's cells, the parts of a bar."""

from collections.abc import Iterator
from dataclasses import dataclass

from uphold.formatting import NONE, count, noun, of_n, percent_number, points, points_interval
from uphold.records.checkpoints import CheckpointRow, Opinion
from uphold.records.counts import MIN_FOR_RATE
from uphold.records.enums import Choice, Preference, Verdict
from uphold.records.labels import LABEL_CLASS, VERDICT_CLASS, Label
from uphold.records.run_evidence import JudgeReason, TellingKind, TellingPair
from uphold.reports.document import Mark, SideBySide
from uphold.reports.model import Count
from uphold.reports.rate_text import rate_interval


def part_text(part: Count) -> str:
    """Return a part of a divided bar: `120 read here`."""
    return f"{count(part.number)} {noun(part.number, part.singular, part.plural)}"


# checkpoints


@dataclass(frozen=True, slots=True)
class CheckpointCells:
    """A checkpoint in words; what is not known is a dash, or says what there is instead."""

    name: str
    day: str
    blessed: bool
    has_rate: bool
    figure: str
    ends: str
    difference: str
    difference_ends: str
    agreement: str


def checkpoint_cells(row: CheckpointRow) -> CheckpointCells:
    """Return a checkpoint in words; below ten verdicts there is no rate."""
    rate, found, agreement = row.rate, row.difference, row.agreement
    has_rate = rate.rate is not None and rate.n >= MIN_FOR_RATE
    ends = "" if found.low is None or found.high is None else points_interval(found.low, found.high)
    share = agreement.rate if agreement.n >= MIN_FOR_RATE else None
    return CheckpointCells(
        name=row.run.candidate,
        day=row.created_at[:10],
        blessed=row.blessed is not None,
        has_rate=has_rate,
        figure=percent_number(rate.rate) if has_rate and rate.rate is not None else NONE,
        ends=rate_interval(rate) if has_rate else _read(row),
        difference=NONE if found.difference is None or not found.n else points(found.difference),
        difference_ends="" if found.difference is None or not found.n else ends,
        agreement=NONE if share is None else percent_number(share),
    )


def _read(row: CheckpointRow) -> str:
    return f"{of_n(row.row.reviewed, row.row.pairs)} read"


# pairs


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of a pair: the system, `tie` or another word; a mark where it upholds or overturns the judge.

    `quote` is what they wrote; `aside` says how it is to be read.
    """

    who: str
    what: str
    mark: Mark | None = None
    ruling: str = ""
    quote: str = ""
    aside: str = ""

    def text(self) -> str:
        """Return it as a line of text."""
        ruling = f" {self.mark} {self.ruling}" if self.mark is not None else ""
        quote = f" “{self.quote}”" if self.quote else ""
        aside = f" ({self.aside})" if self.aside else ""
        return f"{self.who}: {self.what}{ruling}{quote}{aside}".replace(":  ", ": ")


def pair_heading(pair: TellingPair) -> str:
    """Return the key of a pair, its turn where it is not the first, and why it is shown."""
    turn = f", turn {count(pair.turn)}" if pair.turn > 1 else ""
    return f"{pair.key}{turn}: {why_shown(pair)}"


def why_shown(pair: TellingPair) -> str:
    """Return why a pair is shown: `overturned, lost against lora-r16`."""
    words = {
        TellingKind.OVERTURNED: "overturned",
        TellingKind.LOST: f"lost against {pair.lost_against}",
        TellingKind.INCONSISTENT: "the judge’s orders disagree",
        TellingKind.UPHELD: "won, as the judge said",
    }
    return ", ".join(words[kind] for kind in pair.kinds)


def system_of(word: str | None, item: SideBySide) -> str | None:
    """Return the name of the system that a label, verdict or choice prefers, None for any other word."""
    return {Preference.CANDIDATE.value: item.candidate, Preference.BASELINE.value: item.baseline}.get(word or "")


_WORDS = {
    Verdict.INCONSISTENT.value: "one in one order, another in the other",
    Choice.BOTH_BAD.value: "both bad",
    Label.UNRESOLVED.value: "no word leads",
}


def who_said_what(item: SideBySide) -> Iterator[Said]:
    """Yield what the judge said of a pair, with its reasons, then each person."""
    pair = item.pair
    if pair.verdict is not None:
        reasons = [(one.text, _letters(one, item)) for one in pair.reasons]
        first = reasons.pop(0) if len(reasons) == 1 else ("", "")
        yield Said("judge", _words(pair.verdict, item), quote=first[0], aside=first[1])
        yield from (Said("judge’s reason", "", quote=text, aside=aside) for text, aside in reasons)
    for opinion in pair.opinions:
        mark, ruling = _ruling(pair, opinion)
        carried = f"carried from {opinion.carried_from}" if opinion.carried_from else ""
        yield Said(opinion.reviewer, _words(opinion.choice, item), mark, ruling, _why(opinion), carried)


def _words(word: str, item: SideBySide) -> str:
    return system_of(word, item) or _WORDS.get(word, word)


def _letters(reason: JudgeReason, item: SideBySide) -> str:
    """Return which answer a judge's reason calls A, or the first."""
    if reason.side_a is None:
        return "order not recorded" if reason.is_unknown else ""
    first = item.candidate if reason.side_a is Preference.CANDIDATE else item.baseline
    return f"it saw {first} first, as A"


def _ruling(pair: TellingPair, opinion: Opinion) -> tuple[Mark | None, str]:
    if pair.verdict is None or Verdict(pair.verdict) not in VERDICT_CLASS or pair.verdict == Verdict.INCONSISTENT:
        return None, ""
    label = LABEL_CLASS[Label(Choice(opinion.choice).preference.value)]
    is_upheld = label == VERDICT_CLASS[Verdict(pair.verdict)]
    return (Mark.UPHELD, "upheld") if is_upheld else (Mark.OVERTURNED, "overturned")


def _why(opinion: Opinion) -> str:
    return "; ".join([*opinion.reasons, *([opinion.note] if opinion.note else [])])
