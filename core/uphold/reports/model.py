"""The report model: sections of sentences, numbers and tables, for every face that shows results to people.

A report holds numbers as the statistics gave them, with what they are called, what they rest on and the pairs behind
them; `reports.number_text` writes them. The command line draws a report as aligned text, the app as a screen with bars.
What a face arranges in its own way it finds by the id of its section or row; what it does not know it draws as it comes.

Text from users (names, tags, keys) is in a report as it came; whoever draws a report makes it safe.
"""

from dataclasses import dataclass
from enum import StrEnum

from uphold.records.comparisons import Change, RunDifference
from uphold.records.counts import CLASSES, MIN_FOR_RATE
from uphold.records.pair_list import Behind, PairFilter, behind
from uphold.records.statistics import MeanPreference, Rate, Share, Value, WidthForecast

SIGNIFICANCE = 0.05
"""Adjusted p values below this are reported as a difference."""

TOO_FEW = f"{MIN_FOR_RATE} needed for a rate"

TOO_FEW_SHORT = f"{MIN_FOR_RATE} needed"

TOO_FEW_VERDICTS = f"{MIN_FOR_RATE} verdicts needed for a rate"


class Tone(StrEnum):
    """How much a piece of text matters, which decides its style."""

    TEXT = "text"
    BOLD = "bold"
    MUTED = "muted"
    WARNING = "warning"


class SectionId(StrEnum):
    """The sections of reports; there is one `judge` section for each judge."""

    HEADLINE = "headline"
    CERTIFICATE = "certificate"
    PEOPLE = "people"
    JUDGE = "judge"
    OTHER_JUDGES = "other-judges"
    REVIEWERS = "reviewers"
    TAGS = "tags"
    FORECAST = "forecast"
    NOTES = "notes"
    PLAN = "plan"
    GATE = "gate"
    LOST = "lost"
    WON = "won"
    BEST = "best"
    SCORES = "scores"
    SIDE_BY_SIDE = "side-by-side"
    TWO_JUDGES = "two-judges"
    CRITERIA = "criteria"
    WRONG = "wrong"


class RowId(StrEnum):
    """Numbers, sentences and tables of a run's report that a face may want to find."""

    # The headline: for instructions like these, and for this set.
    LIKE_THESE = "like-these"
    THIS_SET = "this-set"
    WIN_TIE = "win-tie"
    TIES_HALF = "ties-half"
    REFUSAL = "refusal"
    CONCLUSION = "conclusion"
    ALL_READ = "all-read"
    BASIS = "basis"
    WORTH = "worth"
    PEOPLE_ALONE = "people-alone"
    HEADLINE_JUDGE = "headline-judge"
    PROVISIONAL = "provisional"
    PLAN_HINT = "plan-hint"

    CERTIFICATE = "certificate"

    # People.
    PEOPLE_COUNTS = "people-counts"
    PEOPLE_REFUSAL = "people-refusal"
    PEOPLE_WIN = "people-win"
    PEOPLE_WIN_TIE = "people-win-tie"
    PEOPLE_TIES_HALF = "people-ties-half"
    PEOPLE_WITHOUT_TIES = "people-without-ties"
    CLUSTERED = "clustered"
    PEEK_SAFE = "peek-safe"

    # A judge.
    VERDICT_COUNTS = "verdict-counts"
    JUDGE_ALONE = "judge-alone"
    MEAN_PREFERENCE = "mean-preference"
    AGREEMENT = "agreement"
    AGREEMENT_THIS_SET = "agreement-this-set"
    DRAWS_AS_TIES = "draws-as-ties"
    NO_AGREEMENT = "no-agreement"
    UNWEIGHTED = "unweighted"
    KAPPA = "kappa"
    AC1 = "ac1"
    WITHOUT_TIES = "without-ties"
    CEILING = "ceiling"
    KAPPA_WARNING = "kappa-warning"
    MATRIX_HEAD = "matrix-head"
    MATRIX = "matrix"
    PER_CLASS = "per-class"
    BLIND = "blind"
    ANCHORING = "anchoring"
    CONFIDENCE = "confidence"
    ORDER_HEAD = "order-head"
    FLIPS = "flips"
    FIRST_SHOWN = "first-shown"
    ORDER_LEAN = "order-lean"
    ACCURACY = "accuracy"
    RIGHT_IN_BOTH = "right-in-both"
    CONSISTENCY = "consistency"
    RERUN = "rerun"
    CRITERIA_HEAD = "criteria-head"
    CRITERION = "criterion"
    SAMPLES = "samples"

    # Where a judge is wrong.
    PART = "part"
    LENGTH_HEAD = "length-head"
    LONGER_BY_JUDGE = "longer-by-judge"
    LONGER_BY_PEOPLE = "longer-by-people"
    LENGTH_LEAN = "length-lean"

    # Reviewers.
    REVIEWER_NAMES = "reviewer-names"
    REVIEWER_PROGRESS = "reviewer-progress"
    REVIEWER_PAIR = "reviewer-pair"
    REVIEWER_PAIRS = "reviewer-pairs"
    ALPHA = "alpha"
    REVIEWERS_AC1 = "reviewers-ac1"
    REVIEWER_HEAD = "reviewer-head"
    REVIEWER_FIRST = "reviewer-first"
    REVIEWER_LONGER = "reviewer-longer"
    REVIEWER_AGAIN = "reviewer-again"

    # Tags, forecasts.
    TAG = "tag"
    TAG_DIFFERENCE = "tag-difference"
    TAGS_OVERLAP = "tags-overlap"
    FORECAST = "forecast"


Number = Rate | Share | Value | Change | RunDifference | MeanPreference
"""A number of a row, as the statistics gave it."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count with its noun, or with the words that stand after any number."""

    number: int
    singular: str
    plural: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """Running text. `aside`: said only beside a picture of the numbers, where text says it in other words."""

    text: str
    tone: Tone = Tone.TEXT
    id: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number with its name and what it rests on.

    `of` is the number of pairs that the name speaks of, where it speaks of a number. `note` says what the number is, or why
    there is none; `too_few` is said in place of a rate that rests on fewer than ten. `subjects` are the reviewers that the
    number is about. `hits` of `n` are the counts behind the number where it has none itself; an `estimate` rests on n
    verdicts without being a share of them. `sizes` are counts that stand before it, `verb` a word before the counts of a
    rate, `kappa` a coefficient beside it. `pairs` filters the pairs behind it. `aside`: drawn only in a picture, where
    every number keeps its place; text leaves it out, since a sentence says why it is missing, or it adds nothing.
    """

    id: str
    name: str
    number: Number
    of: int | None = None
    tone: Tone = Tone.TEXT
    note: str = ""
    too_few: str = TOO_FEW
    subjects: tuple[str, ...] = ()
    hits: float | None = None
    n: int | None = None
    estimate: bool = False
    sizes: tuple[Count, ...] = ()
    verb: str = ""
    kappa: Value | None = None
    pairs: PairFilter | None = None
    aside: bool = False


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """Counts by human label (rows) and judge's verdict (columns), in the order of `CLASSES` and named by `names`."""

    id: str
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def pairs(self, row: int, column: int) -> PairFilter:
        """Return the filter of the pairs behind one count."""
        return behind(Behind.COMPARED, label=CLASSES[row], verdict=CLASSES[column])


@dataclass(frozen=True, slots=True)
class ForecastTable:
    """Half-widths of the intervals for instructions like these and for this set, after more verdicts.

    `pairs` filters the pairs that would be read for them.
    """

    id: str
    forecasts: tuple[WidthForecast, ...]
    pairs: PairFilter | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """Only the counts of a rate, `31 of 50`; without any pair nothing."""

    rate: Rate


Cell = str | int | Rate | Hits | Value
"""A cell of a table; a rate takes three columns: counts, percent and interval."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `heads` has an entry for each column of text, or is empty. The first cell of a row names it."""

    id: str
    rows: tuple[tuple[Cell, ...], ...]
    heads: tuple[str, ...] = ()


Item = Sentence | NumberRow | ConfusionMatrix | ForecastTable | Table
"""What a section consists of."""


@dataclass(frozen=True, slots=True)
class ReportSection:
    """Items under a heading; adjacent numbers share their columns. A section without items is left out.

    `subject` is the name of the judge that a section is about.
    """

    id: str
    title: str
    items: tuple[Item, ...]
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A title, a subtitle that says what the report is about, and sections in reading order."""

    title: str
    subtitle: str
    sections: tuple[ReportSection, ...]
