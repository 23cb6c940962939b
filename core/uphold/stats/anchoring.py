"""How much seeing the judge's verdict sways people: votes of blind sessions on pairs shown open against blind ones."""

from collections.abc import Iterable

from uphold.records.numbers import LEAST_FOR_RATE, Cell
from uphold.records.results import Anchoring
from uphold.stats.exact import newcombe
from uphold.stats.labels import COMPARED, SAID, label

FEW = f"{LEAST_FOR_RATE} votes of each kind needed"


def anchoring(cells: Iterable[Cell]) -> Anchoring | None:
    """Agreement with the verdict in view less agreement without, vote by vote (Newcombe's interval).

    None where no blind session was held.
    """
    seen, unseen = [0, 0], [0, 0]
    for cell in cells:
        said = SAID.get(cell.verdict) if cell.verdict is not None else None
        if said is None:
            continue
        for votes, tally in ((cell.opened, seen), (cell.blind, unseen)):
            for vote in votes:
                tally[0] += cell.count * (COMPARED[label((vote,))] == said)
                tally[1] += cell.count
    if not seen[1] and not unseen[1]:
        return None
    if min(seen[1], unseen[1]) < LEAST_FOR_RATE:
        return Anchoring(None, None, None, seen[1], unseen[1], FEW)
    low, high = newcombe(*seen, *unseen)
    return Anchoring(seen[0] / seen[1] - unseen[0] / unseen[1], low, high, seen[1], unseen[1])
