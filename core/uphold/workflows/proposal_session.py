"""Going through the proposals of a set one by one: each is taken or left, undone, and counts once the session is finished.

What is taken is a draft of the set at once, so that nothing is lost when the program ends; `finish` makes the drafts active.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.records.proposals import Proposal, ProposalState, TagCoverage
from uphold.records.set_history import ActKind, UndoneAct
from uphold.records.sets import ExampleStatus
from uphold.records.texts import ExampleText
from uphold.store.examples import all_examples
from uphold.store.sets import status_counts
from uphold.workflows.curating import SetEditor
from uphold.workflows.proposals import coverage, leave, take_draft, waiting

_MOST_SLOTS = 1_000
"""Tags of which the coverage is kept."""


@dataclass(frozen=True, slots=True)
class ProposalItem:
    """A proposal and what became of it in this session; `tags` are those that it is to have, `example` its key once taken."""

    proposal: Proposal
    tags: tuple[str, ...]
    state: ProposalState = ProposalState.PROPOSED
    example: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it was neither taken nor left."""
        return self.state is ProposalState.PROPOSED


@dataclass(frozen=True, slots=True)
class Tally:
    """How many proposals were taken, left out, and still wait; without those that somebody else answered."""

    taken: int = 0
    left: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        """All proposals of the session."""
        return self.taken + self.left + self.waiting


@dataclass(frozen=True, slots=True)
class SetCounts:
    """The active examples of a set as it was opened, and by tag.

    `lacking` is how many the tags lack of what is wanted of each; None where nothing is said of any. An example with two
    tags counts for both, so that it is no number of examples.
    """

    active: int = 0
    lacking: int | None = None
    tags: tuple[TagCoverage, ...] = ()


class ProposalSession:
    """The proposals of one set that wait, for one reviewer; `at` is the index of the one at hand, `len(items)` past the end.

    Raises BadUsage for a set that does not exist.
    """

    def __init__(self, editor: SetEditor) -> None:
        self.editor = editor
        self.items: list[ProposalItem] = []
        self.at = 0
        self.counts = SetCounts()
        self.reload()

    def reload(self) -> None:
        """Read what waits now: new proposals come behind the others, and the first that waits is at hand."""
        self._merge(waiting(self.editor.store, self.editor.name))
        self.counts = self._counted()
        self.at = self._next_waiting(self.at)

    def _merge(self, found: Sequence[Proposal]) -> list[int]:
        """Take over what waits; return the indices of the items that did not wait before, or were not known.

        An item that waited, and does not any more, was answered by somebody else: it counts as withdrawn here.
        """
        known = {item.proposal.id: index for index, item in enumerate(self.items)}
        wait = {proposal.id for proposal in found}
        for index, item in enumerate(self.items):
            if item.waits and item.proposal.id not in wait:
                self.items[index] = replace(item, state=ProposalState.WITHDRAWN)
        fresh = []
        for proposal in found:
            at = known.get(proposal.id)
            if at is None:
                self.items.append(ProposalItem(proposal, proposal.tags))
                fresh.append(len(self.items) - 1)
            elif not self.items[at].waits:
                self.items[at] = replace(self.items[at], state=ProposalState.PROPOSED, example=None)
                fresh.append(at)
        return fresh

    def _counted(self) -> SetCounts:
        store = self.editor.store
        active = status_counts(store, self.editor.set_id).get(ExampleStatus.ACTIVE, 0)
        by_tag = coverage(store, self.editor.name)
        is_said = any(one.wanted for one in by_tag)
        lacking = sum(max((one.wanted or 0) - one.have, 0) for one in by_tag) if is_said else None
        pool = Counter(tag for item in self.items for tag in item.proposal.tags)
        there = {one.tag for one in by_tag}
        new = [TagCoverage(tag, 0, 0, None) for tag in sorted(pool) if tag not in there]
        thin = sorted([*by_tag, *new], key=lambda one: (one.have / one.wanted if one.wanted else 1.0, one.have))
        return SetCounts(active, lacking, tuple(thin[:_MOST_SLOTS]))

    # what is at hand

    @property
    def item(self) -> ProposalItem | None:
        """The proposal at hand; None past the end."""
        return self.items[self.at] if self.at < len(self.items) else None

    @property
    def tally(self) -> Tally:
        """How many were taken, left out, and wait."""
        states = Counter(item.state for item in self.items)
        return Tally(states[ProposalState.TAKEN], states[ProposalState.LEFT], states[ProposalState.PROPOSED])

    def taken_by_tag(self) -> Counter[str]:
        """Return how many were taken now of each tag."""
        return Counter(tag for item in self.items if item.state is ProposalState.TAKEN for tag in item.tags)

    def tags(self) -> list[str]:
        """Return the tags of the set and of its proposals, the most used first."""
        used = Counter({one.tag: one.have for one in self.counts.tags})
        used.update(tag for item in self.items for tag in item.tags)
        return [tag for tag, _ in used.most_common()]

    def go(self, step: int) -> bool:
        """Go to the next proposal or a previous one, whatever became of it; False at either end."""
        to = self.at + step
        if not 0 <= to < len(self.items):
            return False
        self.at = to
        return True

    def _next_waiting(self, start: int) -> int:
        """Return the index of the next proposal that waits, going round; the number of items where none does."""
        order = [*range(start, len(self.items)), *range(min(start, len(self.items)))]
        return next((index for index in order if self.items[index].waits), len(self.items))

    # deciding

    def take(self, text: ExampleText | None = None, tags: tuple[str, ...] | None = None) -> ProposalItem | None:
        """Make a draft of the proposal at hand, with its text and tags unless others are given, and go on.

        Returns what was taken, None where the proposal at hand does not wait. Raises BadUsage where somebody else took or
        left it.
        """
        item = self.item
        if item is None or not item.waits:
            return None
        kept = item.tags if tags is None else tags
        key = take_draft(self.editor, item.proposal.key, text or item.proposal.text, kept)
        return self._decided(replace(item, tags=kept, state=ProposalState.TAKEN, example=key))

    def leave(self) -> ProposalItem | None:
        """Leave the proposal at hand out, and go on; returns and raises as `take` does."""
        item = self.item
        if item is None or not item.waits:
            return None
        leave(self.editor.store, self.editor.name, self.editor.reviewer, [item.proposal.key])
        return self._decided(replace(item, state=ProposalState.LEFT))

    def _decided(self, item: ProposalItem) -> ProposalItem:
        self.items[self.at] = item
        self.at = self._next_waiting(self.at)
        return item

    def set_tags(self, add: Sequence[str], remove: Sequence[str]) -> None:
        """Change the tags that the proposal at hand is to have when it is taken."""
        item = self.item
        if item is not None:
            kept = [tag for tag in item.tags if tag not in remove]
            self.items[self.at] = replace(item, tags=tuple(dict.fromkeys([*kept, *add])))

    def undo(self) -> UndoneAct:
        """Take back the reviewer's last taking or leaving, also one from before a restart; its proposal is at hand again.

        Raises BadUsage where their last act on the set was another one.
        """
        last = self.editor.last_acts(1)
        if not last or last[0].kind not in (ActKind.TAKE, ActKind.LEAVE):
            other = f"; your last act on the set was another one: {last[0].what}" if last else ""
            raise BadUsage(f"nothing taken or left out to take back{other}")
        undone = self.editor.undo()
        fresh = self._merge(waiting(self.editor.store, self.editor.name))
        if fresh:
            self.at = fresh[0]
        return undone

    def finish(self) -> list[str]:
        """Make the drafts that were taken active, as one act; return the keys of the examples that count now."""
        made = {item.example for item in self.items if item.state is ProposalState.TAKEN}
        drafts = [
            one.key
            for one in (all_examples(self.editor.store, self.editor.set_id) if made else ())
            if one.key in made and one.status is ExampleStatus.DRAFT
        ]
        return self.editor.activate(drafts) if drafts else []
