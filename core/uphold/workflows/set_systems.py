"""The systems that answered a set: how many examples each lacks, and what they answered to one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from uphold.records.enums import REFERENCE
from uphold.records.texts import AnswerCell, cell_text
from uphold.store import pairs, responses, sets
from uphold.store.database import Store


@dataclass(frozen=True, slots=True)
class SystemCoverage:
    """A system with the number of active examples that it answered, and that it did not."""

    name: str
    answered: int
    missing: int


@dataclass(frozen=True, slots=True)
class SystemAnswer:
    """The latest answer in force of a system to an example, a cell a turn."""

    system: str
    cells: tuple[AnswerCell, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The cells as people and judges read them."""
        return tuple(cell_text(cell) for cell in self.cells)


def systems_in_set(store: Store, set_name: str) -> list[SystemCoverage]:
    """Return every system with answers to active examples of a set, by name.

    The last one is `reference`, where references can be used as the answers of a system: its examples are those that have
    a reference for every turn.
    """
    set_id = sets.find_set(store, set_name)
    active = list(sets.active_examples(store, set_id))
    answered = [(name, number) for name, number in pairs.systems_of(store, set_id) if name != REFERENCE]
    referenced = sum(example.text.has_all_references for example in active)
    if referenced:
        answered.append((REFERENCE, referenced))
    return [SystemCoverage(name, number, len(active) - number) for name, number in answered]


def answers_to_example(store: Store, example_id: int) -> Sequence[SystemAnswer]:
    """Return the latest answer of each system to the present text of an example, by the system's name."""
    return [SystemAnswer(*row) for row in responses.answers_in_force(store, example_id) if row[0] != REFERENCE]
