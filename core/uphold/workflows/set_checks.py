"""Checks an eval set: duplicates, leakage into training files and other sets, and what its runs say about its examples."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from statistics import median

from uphold.formats.files import InputFile, find_files
from uphold.formats.training_rows import iter_training_rows, where_text
from uphold.formatting import count, count_noun, of_n, percent
from uphold.records.set_checks import (
    ENOUGH_OF_A_TAG,
    CheckProgress,
    Finding,
    FindingKind,
    SetCheck,
    TemplateNote,
)
from uphold.records.sets import ExampleRow, ExampleStatus, Health, SettingKind
from uphold.records.wanted import read_wanted
from uphold.similarity.edits import likeness
from uphold.similarity.leakage import ExampleLeaks, Leak, LeakSearch, Likeness
from uphold.similarity.near_duplicates import ComparedText, NearDuplicates, find_near_duplicates
from uphold.store import sets
from uphold.store.database import Store
from uphold.store.example_list import example_rows
from uphold.store.other_sets import examples_of_other_sets

_SAMPLE = 2000
"""Rows of other files that are read ahead, to see which words are rare in them."""

_SAMPLE_CHARACTERS = 8_000_000
_PROGRESS_ROWS = 200

_LONG = 8_000
"""Characters from which an example that is far longer than the others is called long."""

_TIMES_MEDIAN = 10
_VERY_LONG = 32_000
"""Characters from which an example is long whatever the others are: some 8,000 tokens, as much as many judges take in all."""

CheckSteps = Generator[CheckProgress, None, SetCheck]

_Place = tuple[str, Sequence[str]]
"""Where texts stand, and the texts of one row."""


def check_set(
    store: Store, set_name: str, against: Sequence[Path] = (), encoding: str | None = None
) -> Generator[CheckProgress | SetCheck, None, None]:
    """Check a set's active examples and drafts; yields progress, and last what was found.

    `against` are training files, of which one row at a time is in memory; `encoding` is that of their text (None: UTF-8). The
    other sets of the database are searched too. Raises BadUsage for a set that does not exist, BadFile for files that cannot
    be read.
    """
    set_id = sets.find_set(store, set_name)
    files = find_files(against, encoding, store.path) if against else []
    rows = [row for row in example_rows(store, set_id) if row.status is not ExampleStatus.RETIRED]
    wanted = read_wanted(sets.settings_of(store, set_id).get(SettingKind.WANTED))
    texts = [ComparedText.of(row.text.context, row.text.turns) for row in rows]
    near = yield from _compare(texts)
    search = _Search(rows, texts, near.groups)
    others = (
        (f"{one.set}:{one.key}", [one.context or "", *one.turns]) for one in examples_of_other_sets(store, set_id)
    )
    yield from search.run(others, lambda: CheckProgress("other sets", 0, 0))
    reading = _Reading(files)
    with closing(reading.rows()) as places:
        yield from search.run(places, reading.progress)
    findings = [
        *_findings_of_rows(rows),
        *_long(rows),
        *_duplicates(rows, texts, near),
        *_thin_tags(rows, wanted),
        *search.findings(),
    ]
    order = {kind: number for number, kind in enumerate(FindingKind)}
    place = {row.key: number for number, row in enumerate(rows)}
    findings.sort(key=lambda finding: (order[finding.kind], place[finding.keys[0]] if finding.keys else -1))
    active = [row for row in rows if row.status is ExampleStatus.ACTIVE]
    yield SetCheck(
        set_name,
        len(active),
        len(rows) - len(active),
        len({row.text.hash for row in active}),
        tuple(findings),
        (*_families(rows, near), *search.templates()),
        reading.lines,
        reading.undecoded,
    )


def _compare(texts: Sequence[ComparedText]) -> Generator[CheckProgress, None, NearDuplicates]:
    steps = find_near_duplicates(texts)
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            found: NearDuplicates = end.value
            return found
        yield CheckProgress("examples", done, len(texts))


# What is known of each example.

_HEALTH_KINDS = {
    Health.EMPTY: FindingKind.EMPTY,
    Health.BROKEN: FindingKind.BROKEN,
    Health.SPLIT: FindingKind.SPLIT,
    Health.FLIPS: FindingKind.FLIPS,
    Health.NO_REFERENCE: FindingKind.NO_REFERENCE,
    Health.ALWAYS_LOST: FindingKind.ALWAYS_LOST,
    Health.ALWAYS_TIE: FindingKind.ALWAYS_TIE,
    Health.ALWAYS_WON: FindingKind.ALWAYS_WON,
}


def _findings_of_rows(rows: Sequence[ExampleRow]) -> Iterator[Finding]:
    for row in rows:
        for health in row.health:
            kind = _HEALTH_KINDS.get(health)
            if kind is not None:
                yield Finding(kind, (row.key,), _detail(kind, row))


def _detail(kind: FindingKind, row: ExampleRow) -> str:
    match kind:
        case FindingKind.EMPTY:
            return "nothing is asked"
        case FindingKind.BROKEN:
            return f"marked broken on {count_noun(row.broken, 'pair')}"
        case FindingKind.SPLIT:
            return f"reviewers differ on {count_noun(row.split, 'pair')}"
        case FindingKind.FLIPS:
            return f"the judge's verdict changes with the order of the answers on {count_noun(row.flips, 'pair')}"
        case FindingKind.NO_REFERENCE:
            lacking = sum(reference is None for reference in row.text.references)
            return (
                "no reference"
                if len(row.text.turns) == 1
                else f"no reference for {of_n(lacking, len(row.text.turns))} turns"
            )
        case FindingKind.ALWAYS_LOST:
            return f"lost in all of {count_noun(row.runs, 'run')}"
        case FindingKind.ALWAYS_TIE:
            return f"a tie in all of {count_noun(row.runs, 'run')}"
        case _:
            return f"won in all of {count_noun(row.runs, 'run')}"


def _long(rows: Sequence[ExampleRow]) -> Iterator[Finding]:
    lengths = [len(row.text.context or "") + sum(map(len, row.text.turns)) for row in rows]
    usual = median(lengths) if lengths else 0
    for row, length in zip(rows, lengths, strict=True):
        if length > _VERY_LONG or (length > _LONG and length > _TIMES_MEDIAN * usual):
            detail = f"{count(length)} characters; half of the set has at most {count(usual)}"
            yield Finding(FindingKind.LONG, (row.key,), detail)


def _thin_tags(rows: Sequence[ExampleRow], wanted: Mapping[str, int]) -> Iterator[Finding]:
    keys: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.status is ExampleStatus.ACTIVE:
            for tag in row.tags:
                keys[tag].append(row.key)
    for tag in dict.fromkeys([*wanted, *sorted(keys)]):
        have = keys.get(tag, [])
        if tag in wanted and len(have) < wanted[tag]:
            detail = f"{tag}: {count(len(have))} of {count(wanted[tag])} wanted"
        elif tag not in wanted and len(have) < ENOUGH_OF_A_TAG:
            detail = (
                f"{tag}: {count_noun(len(have), 'example')}, too few for a rate of its own ({ENOUGH_OF_A_TAG} needed)"
            )
        else:
            continue
        yield Finding(FindingKind.THIN_TAG, tuple(have), detail, tag=tag)


# Duplicates.


def _duplicates(rows: Sequence[ExampleRow], texts: Sequence[ComparedText], near: NearDuplicates) -> Iterator[Finding]:
    for pair in near.pairs:
        first, second = rows[pair.first], rows[pair.second]
        keys = (first.key, second.key)
        if first.text.hash == second.text.hash:
            yield Finding(FindingKind.DUPLICATE, keys, "the same text", likeness=1.0)
            continue
        own, other = (sum(texts[position].parts, ()) for position in (pair.first, pair.second))
        alike = likeness(own, other)
        if pair.edits:
            words = f"differ in {count_noun(pair.edits, 'word')} and share {percent(alike)} of their words"
        else:
            words = "the same words; case, blanks or punctuation differ"
        yield Finding(FindingKind.NEAR_DUPLICATE, keys, words, likeness=alike)


def _families(rows: Sequence[ExampleRow], near: NearDuplicates) -> Iterator[TemplateNote]:
    for family in near.families:
        keys = tuple(rows[position].key for position in family)
        detail = f"{count(len(keys))} examples of the set differ from each other in a word or two"
        yield TemplateNote(keys, len(keys), detail)


# Leakage.


_UNDECODED = "\ufffd"
"""What stands for bytes that are no text."""


class _Reading:
    """The rows of training files, one at a time, with how far they are read."""

    def __init__(self, files: Sequence[InputFile]) -> None:
        self._files = files
        self._total = sum(file.size for file in files)
        self._before = self._position = 0
        self.lines = self.undecoded = 0

    def rows(self) -> Generator[_Place, None, None]:
        """Yield where each row is, and its texts."""
        for file in self._files:
            for row in iter_training_rows(file, self._set_position):
                self.lines += 1
                self.undecoded += any(_UNDECODED in text for text in row.texts)
                yield where_text(file, row.line), row.texts
            self._before += file.size
            self._position = 0

    def _set_position(self, position: int) -> None:
        self._position = position

    def progress(self) -> CheckProgress:
        """Return how many bytes are read."""
        return CheckProgress(
            count_noun(self.lines, "row"), min(self._before + self._position, self._total), self._total
        )


class _Search:
    """Looks for the examples of a set in other texts, and keeps where they stand."""

    def __init__(self, rows: Sequence[ExampleRow], texts: Sequence[ComparedText], groups: Sequence[int]) -> None:
        self._rows, self._texts, self._groups = rows, texts, groups
        self._found: list[dict[int, ExampleLeaks]] = []

    def run(self, places: Iterator[_Place], progress: Callable[[], CheckProgress]) -> Iterator[CheckProgress]:
        """Search the texts of `places`, which are one body of texts; yields progress."""
        sample = list(_limited(islice(places, _SAMPLE)))
        if not sample or not self._texts:
            return
        search = LeakSearch(self._texts, self._groups, (texts for _, texts in sample))
        found: dict[int, ExampleLeaks] = {}
        self._found.append(found)
        for number, (where, texts) in enumerate(chain(sample, places)):
            for leak in search.find(texts):
                found.setdefault(leak.example, ExampleLeaks()).add(leak, where)
            if not number % _PROGRESS_ROWS:
                yield progress()

    def findings(self) -> Iterator[Finding]:
        """Yield where examples stand; what stands in many texts is told by `templates`."""
        for found in self._found:
            for example, leaks in sorted(found.items()):
                for likeness_, places in sorted(leaks.places.items()):
                    if not leaks.is_template(likeness_):
                        yield from self._leaked(example, places, leaks.counts[likeness_])

    def templates(self) -> Iterator[TemplateNote]:
        """Yield the examples that are like so many texts that they were taken for a template."""
        for found in self._found:
            for example, leaks in sorted(found.items()):
                for likeness_, places in sorted(leaks.places.items()):
                    if leaks.is_template(likeness_):
                        number, (leak, where) = leaks.counts[likeness_], places[0]
                        detail = f"{_leak_words(leak)} in {count_noun(number, 'row')}"
                        yield TemplateNote((self._rows[example].key,), number, detail, where)

    def _leaked(self, example: int, places: Sequence[tuple[Leak, str]], number: int) -> Iterator[Finding]:
        more = number - len(places)
        for leak, where in places:
            detail = _leak_words(leak) + (f"; and in {count_noun(more, 'more row', 'more rows')}" if more else "")
            yield Finding(FindingKind.LEAKED, (self._rows[example].key,), detail, where)


def _limited(places: Iterator[_Place]) -> Iterator[_Place]:
    """Yield places up to a number of characters."""
    characters = 0
    for where, texts in places:
        yield where, texts
        characters += sum(map(len, texts))
        if characters > _SAMPLE_CHARACTERS:
            return


def _leak_words(leak: Leak) -> str:
    match leak.likeness:
        case Likeness.VERBATIM:
            return "verbatim"
        case Likeness.RUN:
            return f"{leak.run} words in a row are the same"
        case _:
            return f"differs in {count_noun(leak.edits, 'word')}" if leak.edits else "verbatim, within a longer text"
