"""Eval sets as data: examples, changes of them and what these make stale, and examples as they are listed.

An edit never touches what was judged or decided: pairs are tied to texts by hash, and what an edit makes stale is current
again when the text comes back.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from uphold.formatting import count_noun
from uphold.records.texts import AnswerCell, ExampleText, cells_hash
from uphold.records.training_data import NO_TRAINING, TrainingUse


class ExampleStatus(StrEnum):
    """Whether an example counts: a draft does not yet, a retired one no longer."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class SettingKind(StrEnum):
    """What can be set for a set; the value of `judge` is NAME@VERSION, that of `wanted` a JSON object of counts by tag."""

    PURPOSE = "purpose"
    GUIDELINES = "guidelines"
    JUDGE = "judge"
    BASELINE = "baseline"
    FLOOR = "floor"
    WANTED = "wanted"


class Health(StrEnum):
    """What may be wrong with an example, as lists and `set check` call it."""

    DUPLICATE = "duplicate"
    NO_REFERENCE = "no-reference"
    EMPTY = "empty"
    ALWAYS_WON = "always-won"
    ALWAYS_LOST = "always-lost"
    ALWAYS_TIE = "always-tie"
    FLIPS = "flips"
    SPLIT = "split"
    BROKEN = "broken"
    FORGOTTEN = "forgotten"


ENOUGH_RUNS = 3
"""Runs from which on an example that comes out alike in all of them is called always won, lost or tied."""


@dataclass(frozen=True, slots=True)
class NewExample:
    """An example to add; without a key it gets one made of its text's hash. `reason` says where it comes from."""

    text: ExampleText
    key: str | None = None
    tags: tuple[str, ...] = ()
    status: ExampleStatus = ExampleStatus.ACTIVE
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ExampleEdit:
    """What to change in an example; None leaves a part as it is.

    An empty `context` takes the context away, a reference of None or of no characters that of its turn.
    """

    turns: tuple[str, ...] | None = None
    context: str | None = None
    references: tuple[str | None, ...] | None = None


def edited_text(text: ExampleText, edit: ExampleEdit) -> ExampleText:
    """Return the text after an edit; references follow the number of turns: those of turns that went away are dropped."""
    turns = text.turns if edit.turns is None else edit.turns
    context = text.context if edit.context is None else edit.context or None
    references = text.references if edit.references is None else tuple(one or None for one in edit.references)
    return ExampleText(turns, context, fitted_references(references, len(turns)))


def fitted_references(references: Sequence[str | None], turns: int) -> tuple[str | None, ...]:
    """Return one reference a turn, None where there is none."""
    kept = tuple(references[:turns])
    return kept + (None,) * (turns - len(kept))


def reference_hash(references: Sequence[str | None], turn: int) -> str | None:
    """Return the hash of the references up to a turn; None while all of them are lacking."""
    upto = tuple(references[:turn])
    return None if all(one is None for one in upto) else cells_hash(upto)


@dataclass(frozen=True, slots=True)
class Example:
    """An example as it is now; ids are those of its rows, private to the file."""

    id: int
    key: str
    status: ExampleStatus
    text_id: int
    reference_id: int | None
    text: ExampleText
    tags: tuple[str, ...] = ()


# What an edit makes stale.


@dataclass(frozen=True, slots=True)
class PairUse:
    """A current pair of an example, and what rests on it.

    `prefix` is the hash of the text up to its turn. `reference` is that of the reference it compares with, where one of its
    systems is the reference. `seen` holds, for each verdict on it, the hashes of the references that the judge's judgments
    saw; empty for a judge that takes none. `decisions` are those in force.
    """

    run_id: int
    turn: int
    prefix: str
    reference: str | None = None
    verdicts: tuple[tuple[str | None, ...], ...] = ()
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class StaleCounts:
    """What a change takes out of the numbers until it is judged and reviewed again, or the old text comes back.

    Pairs, verdicts and decisions that are current no longer, in how many runs; `older_reference` decisions stay in force and
    are marked as made with an older reference.
    """

    runs: int = 0
    pairs: int = 0
    verdicts: int = 0
    decisions: int = 0
    older_reference: int = 0

    def __bool__(self) -> bool:
        return bool(self.pairs or self.verdicts or self.decisions or self.older_reference)


def stale_counts(uses: Iterable[PairUse], before: ExampleText, after: ExampleText | None) -> StaleCounts:
    """Return what turns stale when an example's text and references become `after`; None: when it is retired.

    A pair stays while the text up to its turn and the reference that it compares with stay; its verdicts stay that saw the
    reference of that turn as it is then, its decisions in any case.
    """
    runs, counts = set(), Counter[str]()
    for use in uses:
        if after is None or not _stays(use, after):
            counts.update(pairs=1, verdicts=len(use.verdicts), decisions=use.decisions)
            runs.add(use.run_id)
            continue
        reference = reference_hash(after.references, use.turn)
        lost = sum(bool(seen) and reference not in seen for seen in use.verdicts)
        mended = reference != reference_hash(before.references, use.turn)
        counts.update(verdicts=lost, older=use.decisions if mended else 0)
        if lost:
            runs.add(use.run_id)
    return StaleCounts(len(runs), counts["pairs"], counts["verdicts"], counts["decisions"], counts["older"])


def _stays(use: PairUse, after: ExampleText) -> bool:
    """Whether a pair is still current with another text and reference of its example."""
    if use.turn > len(after.turns) or after.prefix(use.turn) != use.prefix:
        return False
    return use.reference is None or use.reference == reference_hash(after.references, use.turn)


def stale_sentence(counts: StaleCounts) -> str:
    """Return what becomes stale as a sentence; empty where nothing does."""
    if not counts:
        return ""
    parts = [
        count_noun(number, noun)
        for number, noun in ((counts.pairs, "pair"), (counts.verdicts, "verdict"), (counts.decisions, "decision"))
        if number
    ]
    sentences = []
    if parts:
        listed = ", ".join(parts[:-1]) + (" and " if parts[:-1] else "") + parts[-1]
        verb = "turns" if len(parts) == 1 and parts[0].startswith("1 ") else "turn"
        sentences.append(f"{listed} in {count_noun(counts.runs, 'run')} {verb} stale")
    if counts.older_reference:
        one = counts.older_reference == 1
        sentences.append(
            f"{count_noun(counts.older_reference, 'decision')} {'stays' if one else 'stay'} in force,"
            f" marked as made with an older reference"
        )
    return "; ".join(sentences)


def leaving_sentence(counts: StaleCounts) -> str:
    """Return what leaves the numbers with examples that are retired; empty where nothing does."""
    if not counts.pairs:
        return ""
    what = (
        f"{count_noun(counts.pairs, 'pair')}, {count_noun(counts.verdicts, 'verdict')} and"
        f" {count_noun(counts.decisions, 'decision')}"
    )
    return f"{what} leave the numbers; `uphold set restore` and `uphold set undo` bring them back"


# Lists of examples.


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """An example for lists, with what is known of it from the runs over its set.

    `wins`, `ties` and `losses` count its current, unbroken pairs: the human label, else the verdict of the run's headline
    judge (`inconsistent` counts as a tie). `runs` is in how many runs there is such an outcome, `parted` on how many pairs
    people and that judge differ, `flips` how many verdicts change with the order of the answers, `split` how many pairs
    reviewers differ on, `unread` how many nobody has decided, `stale` how many are current no longer. `duplicates` are the
    keys of other examples, not retired, with the same context and turns. `reason` is that of a retirement.
    """

    id: int
    key: str
    status: ExampleStatus
    tags: tuple[str, ...]
    text: ExampleText
    wins: int = 0
    ties: int = 0
    losses: int = 0
    runs: int = 0
    parted: int = 0
    flips: int = 0
    split: int = 0
    broken: int = 0
    unread: int = 0
    stale: int = 0
    duplicates: tuple[str, ...] = ()
    reason: str | None = None
    forgotten: bool = False

    @property
    def health(self) -> tuple[Health, ...]:
        """What may be wrong with the example, the worst first; nothing for a retired one."""
        return () if self.status is ExampleStatus.RETIRED else _health(self)


def _health(row: ExampleRow) -> tuple[Health, ...]:
    outcomes = {
        Health.ALWAYS_WON: (row.wins, row.ties + row.losses),
        Health.ALWAYS_LOST: (row.losses, row.wins + row.ties),
        Health.ALWAYS_TIE: (row.ties, row.wins + row.losses),
    }
    always = [name for name, (same, other) in outcomes.items() if same and not other and row.runs >= ENOUGH_RUNS]
    if row.forgotten:
        return (Health.FORGOTTEN, *always)
    found = {
        Health.EMPTY: not any(turn.strip() for turn in row.text.turns),
        Health.BROKEN: bool(row.broken),
        Health.DUPLICATE: bool(row.duplicates),
        Health.SPLIT: bool(row.split),
        Health.FLIPS: bool(row.flips),
        Health.NO_REFERENCE: not row.text.has_all_references,
    }
    return (*(name for name, is_so in found.items() if is_so), *always)


def next_key(keys: Iterable[str]) -> str:
    """Return a key for a new example in the manner of the set's last numbered ones: after desk-0193 comes desk-0194.

    Without numbered keys it is `ex-1` or the next free number; keys made of a hash are not numbered.
    """
    known = list(keys)
    taken, prefix, width, largest = set(known), "ex-", 1, 0
    for key in reversed(known):
        if re.fullmatch("ex-[0-9a-f]{10}", key):  # made of a text's hash: its digits are no number
            continue
        stem = key.rstrip("0123456789")
        digits = key[len(stem) :]
        if stem and 0 < len(digits) <= 9 and digits.isascii():
            prefix, width = stem, len(digits)
            break
    for key in known:
        digits = key[len(prefix) :]
        if key.startswith(prefix) and digits.isascii() and digits.isdigit() and len(digits) <= 9:
            largest = max(largest, int(digits))
    while (made := f"{prefix}{largest + 1:0{width}d}") in taken:
        largest += 1
    return made


# One example in full.


@dataclass(frozen=True, slots=True)
class SystemAnswer:
    """A system's answer in force to an example's present text, one cell a turn; the id is private to the file."""

    response_id: int
    system: str
    cells: tuple[AnswerCell, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One fact of an example's history in words; `reviewer` is None for an import."""

    at: str
    reviewer: str | None
    what: str


@dataclass(frozen=True, slots=True)
class ExampleDetails:
    """An example with its answers, its history (the oldest first), and what would turn stale if its text changed."""

    row: ExampleRow
    answers: tuple[SystemAnswer, ...]
    history: tuple[HistoryLine, ...]
    rests_on_it: StaleCounts


@dataclass(frozen=True, slots=True)
class AnsweringSystem:
    """A system with answers to examples of a set, and the keys of the active examples that it has not answered."""

    name: str
    answered: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetOverview:
    """What is set for a set, and how many examples it has.

    `version` is its latest one, `changed` whether the set differs from that; `tags` counts active examples by tag.
    `training` is what of it was turned into training data.
    """

    name: str
    seed: str
    hash: str
    purpose: str | None
    guidelines: str | None
    judge: str | None
    baseline: str | None
    floor: float | None
    wanted: Mapping[str, int]
    active: int
    draft: int
    retired: int
    tags: Mapping[str, int]
    version: int | None
    changed: bool
    training: TrainingUse = NO_TRAINING


@dataclass(frozen=True, slots=True)
class SharedText:
    """Another example that has or had the same text."""

    set: str
    key: str


@dataclass(frozen=True, slots=True)
class ForgottenCounts:
    """How much was blanked: texts, references, answers of systems, replies of judges, notes of reviewers."""

    texts: int = 0
    references: int = 0
    answers: int = 0
    replies: int = 0
    notes: int = 0
