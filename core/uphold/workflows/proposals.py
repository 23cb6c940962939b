"""Proposes examples for a set from a pool of logs, and takes or leaves what was proposed.

A pool is read once, one row at a time. Proposals wait in the database until they are taken or left, over restarts; what was
taken or left is not proposed again. Every step is an act of curation that `SetEditor.undo` takes back.
"""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from uphold.errors import BadUsage
from uphold.formats.pool_rows import PoolRow, open_pool
from uphold.formatting import count, count_noun, percent
from uphold.records.proposals import (
    NewProposal,
    Proposal,
    Proposed,
    ProposeProgress,
    TagCoverage,
)
from uphold.records.set_history import ActKind
from uphold.records.sets import Example, ExampleStatus, NewExample, SettingKind, fitted_references
from uphold.records.texts import ExampleText, default_key
from uphold.records.wanted import parse_wanted, read_wanted, write_wanted
from uphold.similarity.edits import likeness
from uphold.similarity.near_duplicates import ComparedText, find_near_duplicates
from uphold.similarity.pool_sample import PoolSample, SampledRow
from uphold.similarity.spread import Nearest, SpreadChoice, nearest, next_tag, vectors
from uphold.similarity.words import words
from uphold.store import proposals as stored
from uphold.store import sets
from uphold.store.database import Store
from uphold.store.examples import add_example, all_examples, example_keys
from uphold.store.set_acts import write_proposal_state
from uphold.workflows.curating import SetEditor

_PROGRESS_ROWS = 200

_LONGEST = 32_000
"""Characters of context and turns beyond which a log is no example: it is left out and counted."""

_ALL = ""
"""The stratum of all texts."""


class Spread(StrEnum):
    """Over what proposals are spread."""

    TAG = "tag"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class ProposeRequest:
    """What to propose from which files: until `number` proposals wait.

    `spread` is None for tags where the pool has any, else clusters of words. `mapping` is field -> column. `seed` is that of
    the set where it is None: the same pool, set and seed give the same proposals.
    """

    paths: Sequence[Path]
    number: int = 100
    spread: Spread | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    seed: str | None = None
    encoding: str | None = None


def waiting(store: Store, set_name: str) -> list[Proposal]:
    """Return the proposals that nobody has taken or left yet; raises BadUsage for a set that does not exist."""
    return stored.waiting_proposals(store, sets.find_set(store, set_name))


def propose(
    store: Store, set_name: str, request: ProposeRequest, reviewer: str
) -> Generator[ProposeProgress | Proposed, None, None]:
    """Read a pool and write proposals; yields progress, and last what was proposed.

    Nothing is written before the whole pool is read. Raises BadUsage for a set that does not exist, BadFile for a pool of which
    nothing can be read.
    """
    if request.number < 1:
        raise BadUsage("--n must be at least 1")
    editor = SetEditor(store, set_name, reviewer)
    known = stored.known_hashes(store, editor.set_id)
    before = stored.waiting_proposals(store, editor.set_id)
    pool = _Pool(store, request, known, request.seed or sets.name_and_seed(store, editor.set_id)[1])
    yield from pool.read()
    lacking = request.number - len(before)
    made = list(_chosen(store, editor.set_id, pool.sample.rows(), request.spread, lacking)) if lacking > 0 else []
    if made:
        with editor.act(ActKind.PROPOSE, {"items": str(len(made))}) as act:
            stored.add_proposals(store.conn, act, made)
    after = stored.waiting_proposals(store, editor.set_id)
    ids = {proposal.id for proposal in before}
    yield Proposed(
        tuple(proposal for proposal in after if proposal.id not in ids),
        len(after),
        pool.rows,
        pool.known,
        pool.different,
        tuple(pool.skipped),
        pool.columns,
    )


class _Pool:
    """Reads a pool into a sample of its different texts."""

    def __init__(self, store: Store, request: ProposeRequest, known: set[str], seed: str) -> None:
        self._bytes = (0, 0)
        self._reading = open_pool(request.paths, request.mapping, request.encoding, store.path, self._set_progress)
        self._known_hashes = known
        self.sample: PoolSample[PoolRow] = PoolSample(seed)
        self.rows = self.known = 0
        self._left_out: list[tuple[str, str]] = []

    def _set_progress(self, done: int, total: int) -> None:
        self._bytes = (done, total)

    def read(self) -> Iterator[ProposeProgress]:
        """Read every row; yields progress, and last that all is read."""
        for row in self._reading.rows:
            self.rows += 1
            self._add(row)
            if not self.rows % _PROGRESS_ROWS:
                yield ProposeProgress(*self._bytes, self.rows)
        yield ProposeProgress(self._bytes[1], self._bytes[1], self.rows)

    def _add(self, row: PoolRow) -> None:
        size = len(row.context or "") + sum(map(len, row.turns))
        if not any(turn.strip() for turn in row.turns):
            self._left_out.append((str(row.source), "nothing is asked"))
        elif size > _LONGEST:
            self._left_out.append((str(row.source), f"{count(size)} characters, too long for an example"))
        elif ExampleText(row.turns, row.context).hash in self._known_hashes:
            self.known += 1
        else:
            self.sample.add(row, _row_words(row), row.tags, size + _answer_size(row))

    @property
    def skipped(self) -> list[tuple[str, str]]:
        """The rows that were left out, each with its place and why."""
        return [*((str(one.source), one.reason) for one in self._reading.skipped), *self._left_out]

    @property
    def columns(self) -> dict[str, str]:
        """The column of each field."""
        return dict(self._reading.columns)

    @property
    def different(self) -> int:
        """How many different texts are in the sample."""
        return len(self.sample.rows())


def _row_words(row: PoolRow) -> list[str]:
    return [*words(row.context or ""), "", *(word for turn in row.turns for word in [*words(turn), ""])]


def _answer_size(row: PoolRow) -> int:
    return sum(len(cell) for cells in row.answers.values() for cell in cells if isinstance(cell, str))


# Choosing.


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A text of the pool; `times` counts the texts that are nearly the same, itself among them."""

    row: PoolRow
    words: tuple[str, ...]
    times: int
    near: Nearest


def _chosen(
    store: Store, set_id: int, rows: Sequence[SampledRow[PoolRow]], spread: Spread | None, number: int
) -> Iterator[NewProposal]:
    """Yield what is proposed of the sampled rows."""
    examples = [one for one in all_examples(store, set_id) if one.status is not ExampleStatus.RETIRED]
    candidates = _candidates(rows, examples, stored.answered_texts(store, set_id))
    if not candidates:
        return
    choice = SpreadChoice(
        vectors([one.words for one in candidates]),
        [1 + len(str(one.times)) for one in candidates],
        [one.near.cosine for one in candidates],
    )
    has_tags = any(one.row.tags for one in candidates)
    if spread is Spread.TAG and not has_tags:
        raise BadUsage("no row of the pool has a tag; --map tags=COLUMN names the column, or leave out --by tag")
    if has_tags and spread is not Spread.CLUSTER:
        picked = _pick_by_tag(choice, _TagOrder(store, set_id, candidates, examples), number)
    else:
        picked = _pick(choice, len(candidates), number)
    keys = {*example_keys(store, set_id), *stored.proposal_keys(store, set_id)}
    for pick in picked:
        yield _new_proposal(candidates[pick.position], examples, choice, pick, keys)


@dataclass(frozen=True, slots=True)
class _Pick:
    """A chosen candidate by its position, and why its tag was next."""

    position: int
    tag_reason: str | None = None


def _pick(choice: SpreadChoice, candidates: int, number: int) -> list[_Pick]:
    choice.add_stratum(_ALL, range(candidates))
    chosen = (choice.choose(_ALL) for _ in range(number))
    return [_Pick(position) for position in chosen if position is not None]


def _pick_by_tag(choice: SpreadChoice, order: "_TagOrder", number: int) -> list[_Pick]:
    """Choose tag by tag; rows without a tag come once the others are used up."""
    for name, positions in order.strata.items():
        choice.add_stratum(name, positions)
    picked: list[_Pick] = []
    while len(picked) < number and (tag := order.next(choice)) is not None:
        position = choice.choose(tag)
        if position is not None:
            picked.append(_Pick(position, order.take(position, tag)))
    return picked + _pick(choice, order.candidates, number - len(picked))


class _TagOrder:
    """Which tag comes next, and how many examples of each there are with those that are chosen."""

    def __init__(
        self, store: Store, set_id: int, candidates: Sequence[_Candidate], examples: Sequence[Example]
    ) -> None:
        self._candidates = candidates
        self._wanted = read_wanted(sets.settings_of(store, set_id).get(SettingKind.WANTED))
        self._active = sum(one.status is ExampleStatus.ACTIVE for one in examples)
        self._in_set = Counter(tag for one in examples if one.status is ExampleStatus.ACTIVE for tag in one.tags)
        self._have = self._in_set + Counter(
            tag for proposal in stored.waiting_proposals(store, set_id) for tag in proposal.tags
        )
        self.strata: dict[str, list[int]] = defaultdict(list)
        for position, one in enumerate(candidates):
            for tag in one.row.tags:
                self.strata[tag].append(position)

    @property
    def candidates(self) -> int:
        """How many candidates there are."""
        return len(self._candidates)

    def next(self, choice: SpreadChoice) -> str | None:
        """Return the tag of which something should be chosen; None if nothing is left."""
        return next_tag({tag: self._have[tag] for tag in self.strata if choice.has_more(tag)}, self._wanted)

    def take(self, position: int, tag: str) -> str:
        """Count a chosen text; return why its tag was next."""
        self._have.update(self._candidates[position].row.tags)
        there = self._in_set[tag]
        if self._wanted.get(tag, 0) > there:
            return f"few examples of {tag}: {count(there)} of {count(self._wanted[tag])} wanted"
        return f"examples of {tag}: {count(there)} of {count(self._active)}" if there else f"no example of {tag} yet"


def _candidates(
    rows: Sequence[SampledRow[PoolRow]], examples: Sequence[Example], answered: Sequence[ExampleText]
) -> list[_Candidate]:
    """Return one row of each group that is nearly the same, but none that the set or a proposal has nearly."""
    there = [*(example.text for example in examples), *answered]
    texts = [ComparedText.of(text.context, text.turns) for text in there]
    texts += [ComparedText.of(sampled.row.context, sampled.row.turns) for sampled in rows]
    groups = _groups(texts)
    members: dict[int, list[int]] = defaultdict(list)
    for position, group in enumerate(groups):
        members[group].append(position)
    kept = [group for group in members.values() if group[0] >= len(there)]
    flat = [tuple(word for part in text.parts for word in part) for text in texts]
    vectored = vectors(flat)
    nearest_to = nearest([vectored[group[0]] for group in kept], vectored[: len(examples)])
    return [
        _Candidate(
            rows[group[0] - len(there)].row,
            flat[group[0]],
            sum(rows[position - len(there)].times for position in group),
            near,
        )
        for group, near in zip(kept, nearest_to, strict=True)
    ]


def _groups(texts: Sequence[ComparedText]) -> list[int]:
    """Return by text the first one of those that are nearly the same; a family of very many is a group only of equal texts."""
    steps = find_near_duplicates(texts)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found = end.value
            break
    groups: list[int] = list(found.groups)
    for family in found.families:
        first: dict[object, int] = {}
        for position in family:
            groups[position] = first.setdefault(texts[position].parts, position)
    return groups


def _new_proposal(
    one: _Candidate,
    examples: Sequence[Example],
    choice: SpreadChoice,
    pick: _Pick,
    keys: set[str],
) -> NewProposal:
    row = one.row
    text = ExampleText(row.turns, row.context, fitted_references(row.references or (), len(row.turns)))
    key = row.key if row.key is not None and row.key not in keys else default_key(text)
    keys.add(key)
    near = examples[one.near.position] if one.near.position is not None else None
    alike = None if near is None else likeness(one.words, _example_words(near))
    return NewProposal(
        key,
        row.source.file,
        row.source.line,
        text,
        row.tags,
        tuple(_reasons(one, choice, pick, near, alike)),
        near.key if near is not None else None,
        alike,
        row.answers,
    )


def _example_words(example: Example) -> list[str]:
    return [*words(example.text.context or ""), *(word for turn in example.text.turns for word in words(turn))]


def _reasons(
    one: _Candidate,
    choice: SpreadChoice,
    pick: _Pick,
    near: Example | None,
    alike: float | None,
) -> Iterator[str]:
    if pick.tag_reason is not None:
        yield pick.tag_reason
    stands_for, topic = choice.stands_for(pick.position), ", ".join(choice.topic(pick.position))
    if stands_for and topic:
        yield f"nearest to {count_noun(stands_for, 'other text')} of the pool, by words such as {topic}"
    elif near is None:
        yield "the set has nothing like it"
    elif pick.tag_reason is None:
        yield f"unlike the others; its nearest example shares {percent(alike or 0)} of the words"
    if one.times > 1:
        yield f"one of {count(one.times)} that ask nearly this; the others are not proposed"


# Taking and leaving.


def take(store: Store, set_name: str, reviewer: str, keys: Sequence[str] | None = None) -> list[str]:
    """Make examples of proposals, as one act, and return their keys; without `keys` all that wait are taken.

    Raises BadUsage, with nothing taken, for a key that is not proposed.
    """
    editor = SetEditor(store, set_name, reviewer)
    return _take(editor, _named(editor, keys))


def take_draft(editor: SetEditor, key: str, text: ExampleText, tags: Sequence[str]) -> str:
    """Make a draft of a proposal with this text and these tags, as one act; return its key. It counts once it is activated.

    Raises BadUsage for a key that is not proposed.
    """
    (found,) = stored.find_proposals(editor.store, editor.set_id, [key])
    return _take(editor, [found], {key: (text, tuple(tags))}, ExampleStatus.DRAFT)[0]


def leave(store: Store, set_name: str, reviewer: str, keys: Sequence[str] | None = None) -> list[str]:
    """Leave proposals out, as one act, and return their keys; without `keys` all that wait are left.

    Raises BadUsage, with nothing left, for a key that is not proposed.
    """
    editor = SetEditor(store, set_name, reviewer)
    chosen = _named(editor, keys)
    if chosen:
        with editor.act(ActKind.LEAVE, {"items": str(len(chosen))}) as act:
            for proposal in chosen:
                write_proposal_state(store.conn, act, proposal.id, "left")
    return [proposal.key for proposal in chosen]


def _named(editor: SetEditor, keys: Sequence[str] | None) -> list[Proposal]:
    if keys is None:
        return stored.waiting_proposals(editor.store, editor.set_id)
    return stored.find_proposals(editor.store, editor.set_id, keys)


def _take(
    editor: SetEditor,
    chosen: Sequence[Proposal],
    changed: Mapping[str, tuple[ExampleText, tuple[str, ...]]] | None = None,
    status: ExampleStatus = ExampleStatus.ACTIVE,
) -> list[str]:
    made = []
    if chosen:
        with editor.act(ActKind.TAKE, {"items": str(len(chosen))}) as act:
            keys = stored.present_keys(editor.store, editor.set_id, [one.key for one in chosen])
            for proposal in chosen:
                text, tags = (changed or {}).get(proposal.key, (proposal.text, proposal.tags))
                place = proposal.source if proposal.line is None else f"{proposal.source}:{proposal.line}"
                key = proposal.key if proposal.key not in keys else default_key(text)
                new = NewExample(text, key, tags, status, f"from {place}")
                example_id, _ = add_example(editor.store.conn, act, new)
                write_proposal_state(editor.store.conn, act, proposal.id, "taken", example_id)
                made.append(key)
    return made


# Coverage.


def coverage(store: Store, set_name: str) -> list[TagCoverage]:
    """Return how many active examples each tag has and how many are wanted; first the wanted tags, as they were named."""
    set_id = sets.find_set(store, set_name)
    wanted = read_wanted(sets.settings_of(store, set_id).get(SettingKind.WANTED))
    active = [one for one in all_examples(store, set_id) if one.status is ExampleStatus.ACTIVE]
    fresh = stored.taken_since_version(store, set_id)
    have = Counter(tag for one in active for tag in one.tags)
    taken = Counter(tag for one in active if one.id in fresh for tag in one.tags)
    return [TagCoverage(tag, have[tag], taken[tag], wanted.get(tag)) for tag in dict.fromkeys([*wanted, *sorted(have)])]


def want(store: Store, set_name: str, reviewer: str, counts: Sequence[str]) -> list[TagCoverage]:
    """Set how many examples of some tags are wanted, as texts such as `warranty=12`; return the coverage.

    0 takes the count of a tag away. Raises BadUsage for a set that does not exist, or for a text that is no TAG=N.
    """
    editor = SetEditor(store, set_name, reviewer)
    now = read_wanted(sets.settings_of(store, editor.set_id).get(SettingKind.WANTED))
    editor.set_value(SettingKind.WANTED, write_wanted({**now, **parse_wanted(list(counts))}))
    return coverage(store, set_name)
