"""Reader of bundles: JSONL as `formats.writers.bundle` writes it.

Examples and pairs are rows like those of any format. Everything else is facts, read a second time once the rows are in the
database: `OpenBundle.facts`. The first reading checks every line, so that a file is refused before anything is written.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from uphold.errors import BadFile, BadUsage
from uphold.formats.fields import (
    check_cells,
    read_choice,
    read_name,
    read_number,
    read_share,
    read_text,
    read_texts,
    read_turn,
    required,
)
from uphold.formats.files import InputFile, iter_rows
from uphold.formats.json_values import describe
from uphold.formats.readers.eval_set import read_example, read_header
from uphold.formats.reading import BadRow, ByteMeter, ReadNotes, ReadOptions
from uphold.records.bundles import (
    BUNDLE_VERSION,
    BundleEvent,
    BundleFact,
    BundleHeader,
    BundleJudge,
    BundleJudgment,
    BundleOrder,
    BundlePair,
    BundlePlan,
    BundleQueue,
    BundleQueueItem,
    BundleReference,
    BundleRun,
    BundleSession,
    BundleShown,
    BundleStatus,
    OpenBundle,
)
from uphold.records.enums import AnswerOrder, Choice, EventKind, JudgmentStatus, Preference, Verdict
from uphold.records.judgments import Judge, Judgment
from uphold.records.reviews import OnScreen, ReviewEvent
from uphold.records.rows import ImportedResponse, ImportRow, RowSource
from uphold.records.texts import canonical_hash

NAME = "uphold"

DESCRIPTION = 'a bundle that `uphold export uphold` wrote: its first line is about the set, {"uphold": {...}}'

IGNORED_KINDS: frozenset[str] = frozenset()

_HEADER = "uphold"

_HEX = re.compile(r"[0-9a-f]{32,64}", re.ASCII)

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,20}Z", re.ASCII)

_LARGEST = 2**53

_ORDERS = {order.value: order for order in AnswerOrder}
_STATUSES = {status.value: status for status in JudgmentStatus}
_PREFERENCES = {one.value: one for one in Preference}
_VERDICTS = {one.value: one for one in Verdict}
_CHOICES = {one.value: one for one in Choice}
_KINDS = {kind.value: kind for kind in EventKind}
_SIDES = {one.value: one for one in (Preference.CANDIDATE, Preference.BASELINE)}
_PURPOSES = {name: name for name in ("verdict", "rerun", "try", "drift")}
_JUDGE_KINDS = {name: name for name in ("llm", "rules", "imported", "program")}
_MODES = {name: name for name in ("open", "blind")}
_SHOWN_BY = {name: name for name in ("next", "app")}
_SOURCES = {name: name for name in ("app", "import", "carried")}

_WITH_CHOICE = (EventKind.DECISION, EventKind.CARRIED, EventKind.REPEAT, EventKind.ADJUDICATED)
_WITH_TARGET = (EventKind.UNDO, EventKind.REDO, EventKind.CARRIED)

Record = Mapping[str, Any]


def sniff(file: InputFile) -> str | None:
    """Return `bundle` for a file that begins like one."""
    row = file.first_row if file.shape == "jsonl" else None
    return "bundle" if row is not None and row.keys() == {_HEADER} and isinstance(row[_HEADER], dict) else None


def open_bundle(files: Sequence[InputFile]) -> OpenBundle:
    """Return the bundle of a file; raises BadUsage for several, BadFile for one of another version or a bad first line."""
    if len(files) != 1:
        raise BadUsage(f"bundles are imported one by one, and here are {len(files)}: name one of them")
    (file,) = files
    first = file.first_row
    if first is None or sniff(file) is None:
        raise BadFile(f"{file.name}:1: this is {DESCRIPTION}")
    about = first[_HEADER]
    if about.get("bundle") != BUNDLE_VERSION:
        raise BadFile(
            f"{file.name}:1: a bundle of version {describe(about.get('bundle'))}, and this uphold reads version"
            f" {BUNDLE_VERSION}; export it anew, or bring uphold up to date"
        )
    try:
        reasons = about.get("reasons") or {}
        if not isinstance(reasons, dict) or not all(
            len(key) == 1 and isinstance(word, str) for key, word in reasons.items()
        ):
            raise BadRow("reasons must be an object of texts by keys of one character")
        described = about.get("set")
        if not isinstance(described, dict):
            raise BadRow(f"set must be an object, found {describe(described)}")
        reviewers = read_texts(about, "reviewers") or ()
        header = BundleHeader(read_header(described), read_name(about, "judge"), reasons, reviewers)
    except BadRow as error:
        raise BadFile(f"{file.name}:1: {error}") from None
    return OpenBundle(RowSource(file.name, 1), header, partial(_facts, file))


def _facts(file: InputFile) -> Iterator[tuple[RowSource, BundleFact]]:
    """Yield everything but texts and answers, in the order of the file. Raises BadFile."""
    rows = iter_rows(file, ReadNotes(ByteMeter(file.size, None)))
    next(rows)
    for source, record in rows:
        try:
            yield source, _read_fact(source, *_only_field(record))
        except BadRow as error:
            raise BadFile(f"{source}: {error}") from None


def read(files: Mapping[str, Sequence[InputFile]], options: ReadOptions, notes: ReadNotes) -> Iterator[ImportRow]:
    """Yield a row for each example, then one for each pair."""
    (file,) = files["bundle"]
    runs: list[BundleRun] = []
    rows = iter_rows(file, notes)
    next(rows)
    counts: dict[type[Any], int] = {}
    for source, record in rows:
        try:
            kind, about = _only_field(record)
            fact = _read_fact(source, kind, about)
            _check_numbers(fact, counts)
            if isinstance(fact, BundleRun):
                runs.append(fact)
            elif isinstance(fact, BundleStatus):
                yield _example_row(source, about)
            elif isinstance(fact, BundlePair):
                yield _pair_row(source, about, fact, runs[fact.run])
        except BadRow as error:
            raise BadFile(f"{source}: {error}") from None


def _only_field(record: Record) -> tuple[str, dict[str, Any]]:
    if len(record) == 1:
        ((kind, about),) = record.items()
        if isinstance(about, dict) and kind in _READERS:
            return kind, about
    raise BadRow(f"a line must be an object with one of {', '.join(_READERS)}, found {describe(dict(record))}")


def _read_fact(source: RowSource, kind: str, about: dict[str, Any]) -> BundleFact:
    return _READERS[kind](source, about)


_REFERRING: dict[type[Any], dict[str, type[Any]]] = {
    BundlePair: {"run": BundleRun},
    BundleOrder: {"run": BundleRun, "judge": BundleJudge},
    BundleJudgment: {"pair": BundlePair, "judge": BundleJudge},
    BundleQueue: {"run": BundleRun},
    BundleQueueItem: {"queue": BundleQueue, "pair": BundlePair},
    BundleShown: {"pair": BundlePair, "queue": BundleQueue, "program": BundleJudge, "judge": BundleJudge},
    BundleSession: {"run": BundleRun, "queue": BundleQueue, "judge": BundleJudge},
    BundlePlan: {"queue": BundleQueue},
    BundleEvent: {"session": BundleSession},
}
"""The fields of a fact that are numbers of earlier ones."""


def _check_numbers(fact: BundleFact, counts: dict[type[Any], int]) -> None:
    """Raise BadRow where a fact is not numbered in order, or refers to one that did not come before it."""
    referred = {name: (getattr(fact, name), kind) for name, kind in _REFERRING.get(type(fact), {}).items()}
    if isinstance(fact, BundleEvent):
        referred["pair"] = (fact.event.pair_id, BundlePair)
        referred["shown: judge"] = (fact.event.shown.judge_id if fact.event.shown else None, BundleJudge)
    for name, (number, kind) in referred.items():
        if number is not None and number >= counts.get(kind, 0):
            raise BadRow(f"{name} is {number}, and no earlier line has that number")
    own = getattr(fact, "number", None)
    if own is not None and own != counts.get(type(fact), 0):
        raise BadRow(
            f"number is {own}, and the next one is {counts.get(type(fact), 0)}: lines are missing or in disorder"
        )
    counts[type(fact)] = counts.get(type(fact), 0) + 1


def _example_row(source: RowSource, about: dict[str, Any]) -> ImportRow:
    example = read_example(source, about)
    text = example.text
    references = text.references if any(one is not None for one in text.references) else None
    return ImportRow(source, example.key, text.turns, text.context, references, example.tags or ())


def _pair_row(source: RowSource, about: dict[str, Any], pair: BundlePair, run: BundleRun) -> ImportRow:
    told_before = ReadNotes(ByteMeter(0, None))  # what is odd about the answers was told when they were imported first
    responses = []
    for name, system in (("response_candidate", run.candidate), ("response_baseline", run.baseline)):
        cells = about.get(name)
        if not isinstance(cells, list) or None in cells:
            raise BadRow(f"{name} must be a list with one answer a turn, found {describe(cells)}")
        check_cells(told_before, source, name, tuple(cells))
        responses.append(ImportedResponse(system, tuple(cells)))
    systems = (run.candidate, run.baseline)
    return ImportRow(source, pair.key, responses=tuple(responses), systems=systems, compares=True, turn=pair.turn)


# What each line says.


def _whole(record: Record, field: str) -> int | None:
    value = record.get(field)
    if value is None or (type(value) is int and 0 <= value < _LARGEST):
        return value
    raise BadRow(f"{field} must be a whole number from 0, found {describe(value)}")


def _hex(record: Record, field: str) -> str | None:
    value = record.get(field)
    if value is None or (type(value) is str and _HEX.fullmatch(value)):
        return value
    raise BadRow(f"{field} must be 32 to 64 hex digits in lower case, found {describe(value)}")


def _time(record: Record, field: str) -> str | None:
    value = record.get(field)
    if value is None or (type(value) is str and _TIME.fullmatch(value)):
        return value
    raise BadRow(f"{field} must be a time such as 2026-01-31T12:00:00Z, found {describe(value)}")


def _word(words: Mapping[str, Any]) -> Callable[[Record, str], Any]:
    return lambda record, field: read_choice(record, field, words)


def _status(source: RowSource, record: dict[str, Any]) -> BundleFact:
    example = read_example(source, record)
    return BundleStatus(example.key, example.status)


def _run(source: RowSource, record: Record) -> BundleFact:
    candidate, baseline = (required(record, name, read_name) for name in ("candidate", "baseline"))
    return BundleRun(required(record, "number", _whole), candidate, baseline)


def _pair(source: RowSource, record: Record) -> BundleFact:
    number, run = (required(record, name, _whole) for name in ("number", "run"))
    key, turn = required(record, "key", read_name), required(record, "turn", read_turn)
    return BundlePair(number, run, key, turn, required(record, "contents", _hex))


def _reference(source: RowSource, record: Record) -> BundleFact:
    turns = record.get("turns")
    if not isinstance(turns, list) or not all(one is None or isinstance(one, str) for one in turns) or not any(turns):
        raise BadRow(f"turns must be a list of texts and null, found {describe(turns)}")
    digest = required(record, "hash", _hex)
    if canonical_hash(turns) != digest:
        raise BadRow("the hash is not that of these turns: the file was changed")
    return BundleReference(digest, tuple(turns))


def _judge(source: RowSource, record: Record) -> BundleFact:
    definition = record.get("definition")
    if not isinstance(definition, dict) or not all(isinstance(value, str) for value in definition.values()):
        raise BadRow(f"definition must be an object of texts, found {describe(definition)}")
    name, kind = required(record, "name", read_name), required(record, "kind", _word(_JUDGE_KINDS))
    judge = Judge(name, kind, tuple(sorted(definition.items())))
    if judge.version != required(record, "version", _hex):
        raise BadRow("the version is not that of this definition: the file was changed")
    return BundleJudge(required(record, "number", _whole), judge, read_text(record, "fence"))


def _order(source: RowSource, record: Record) -> BundleFact:
    run, judge, samples = (required(record, name, _whole) for name in ("run", "judge", "samples"))
    return BundleOrder(run, judge, required(record, "order", _word(_ORDERS)).value, samples)


def _judgment(source: RowSource, record: Record) -> BundleFact:
    status, verdict = required(record, "status", _word(_STATUSES)), read_choice(record, "verdict", _PREFERENCES)
    if (status is JudgmentStatus.READABLE) != (verdict is not None):
        raise BadRow("a judgment has a verdict if its status is readable, and only then")
    judgment = Judgment(
        required(record, "order", _word(_ORDERS)),
        status,
        verdict,
        required(record, "sample", _whole),
        read_share(record, "preference"),
        read_share(record, "confidence"),
        reason=read_text(record, "reason"),
        raw=read_text(record, "raw"),
        problem=read_text(record, "problem"),
        prompt_name=read_text(record, "prompt_name"),
        fence=read_text(record, "fence"),
        stop_reason=read_text(record, "stop_reason"),
        input_tokens=_whole(record, "input_tokens"),
        output_tokens=_whole(record, "output_tokens"),
        cost=read_number(record, "cost"),
        seconds=read_number(record, "seconds"),
        at=required(record, "at", _time),
        request_form=read_text(record, "request_form"),
        criteria=_criteria(record),
    )
    pair, judge = (required(record, name, _whole) for name in ("pair", "judge"))
    return BundleJudgment(
        pair, judge, required(record, "purpose", _word(_PURPOSES)), _hex(record, "reference"), judgment
    )


def _criteria(record: Record) -> tuple[tuple[str, Preference], ...]:
    """Read the verdicts by criterion."""
    said = record.get("criteria")
    if said is None:
        return ()
    if not isinstance(said, dict):
        raise BadRow(f"criteria must be an object, found {describe(said)}")
    return tuple((name, required(said, name, _word(_PREFERENCES))) for name in said)


def _queue(source: RowSource, record: Record) -> BundleFact:
    number, run = (required(record, name, _whole) for name in ("number", "run"))
    return BundleQueue(number, run, required(record, "kind", read_name), required(record, "at", _time))


def _place(source: RowSource, record: Record) -> BundleFact:
    queue, position, pair, draw = (required(record, name, _whole) for name in ("queue", "position", "pair", "draw"))
    weight, key = (required(record, name, read_number) for name in ("weight", "sort_key"))
    if weight <= 0:
        raise BadRow(f"weight must be above 0, found {describe(weight)}")
    return BundleQueueItem(queue, position, pair, required(record, "stratum", read_name), weight, key, draw)


def _session(source: RowSource, record: Record) -> BundleFact:
    return BundleSession(
        required(record, "number", _whole),
        required(record, "run", _whole),
        required(record, "reviewer", read_name),
        _whole(record, "queue"),
        _whole(record, "judge"),
        required(record, "mode", _word(_MODES)),
        read_share(record, "open_share"),
        record.get("judge_named") is True,
        required(record, "at", _time),
    )


def _shown(source: RowSource, record: Record) -> BundleFact:
    pair, queue = (required(record, name, _whole) for name in ("pair", "queue"))
    reviewer, program = read_name(record, "reviewer"), _whole(record, "program")
    if (reviewer is None) == (program is None):
        raise BadRow("a pair is shown to a reviewer or to a program")
    return BundleShown(
        pair,
        queue,
        reviewer,
        program,
        required(record, "side_a", _word(_SIDES)).value,
        required(record, "mode", _word(_MODES)),
        record.get("verdict_shown") is True,
        record.get("names_shown") is True,
        _whole(record, "judge"),
        verdict.value if (verdict := read_choice(record, "verdict", _VERDICTS)) is not None else None,
        _hex(record, "reference"),
        required(record, "source", _word(_SHOWN_BY)),
        required(record, "at", _time),
    )


def _plan(source: RowSource, record: Record) -> BundleFact:
    queue, planned, reviewed = (required(record, name, _whole) for name in ("queue", "planned", "reviewed"))
    if not planned:
        raise BadRow("planned must be a whole number from 1")
    return BundlePlan(queue, required(record, "reviewer", read_name), planned, reviewed, required(record, "at", _time))


def _event(source: RowSource, record: Record) -> BundleFact:
    kind, choice = required(record, "kind", _word(_KINDS)), read_choice(record, "choice", _CHOICES)
    target = _hex(record, "target_id")
    if (kind in _WITH_CHOICE) != (choice is not None):
        raise BadRow(f"an event of kind {kind.value} has {'a' if kind in _WITH_CHOICE else 'no'} choice")
    if (kind in _WITH_TARGET) != (target is not None):
        raise BadRow(f"an event of kind {kind.value} has {'a' if kind in _WITH_TARGET else 'no'} target_id")
    event = ReviewEvent(
        required(record, "id", _hex),
        kind,
        required(record, "pair", _whole),
        choice,
        read_text(record, "note"),
        target,
        _on_screen(record),
        read_number(record, "seconds"),
        required(record, "source", _word(_SOURCES)),
        required(record, "at", _time),
        chosen=record.get("chosen") is True,
    )
    reviewer = required(record, "reviewer", read_name)
    return BundleEvent(event, reviewer, _whole(record, "session"), _hex(record, "reference"))


def _on_screen(record: Record) -> OnScreen | None:
    shown = record.get("shown")
    if shown is None:
        return None
    if not isinstance(shown, dict):
        raise BadRow(f"shown must be an object, found {describe(shown)}")
    return OnScreen(
        required(shown, "side_a", _word(_SIDES)),
        required(shown, "mode", _word(_MODES)),
        shown.get("verdict_shown") is True,
        shown.get("names_shown") is True,
        _whole(shown, "judge"),
        read_choice(shown, "verdict", _VERDICTS),
        _whole(shown, "width"),
        _whole(shown, "height"),
    )


_READERS: dict[str, Callable[[RowSource, dict[str, Any]], BundleFact]] = {
    "example": _status,
    "run": _run,
    "pair": _pair,
    "reference": _reference,
    "judge": _judge,
    "order": _order,
    "queue": _queue,
    "place": _place,
    "plan": _plan,
    "session": _session,
    "shown": _shown,
    "judgment": _judgment,
    "event": _event,
}
