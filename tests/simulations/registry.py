"""Every simulation, in the order of docs/statistics.md."""

from . import best, carried, differences, gates, headline, pandalm
from .frame import Simulation

SIMULATIONS: tuple[Simulation, ...] = (
    *headline.SIMULATIONS,
    *carried.SIMULATIONS,
    *differences.SIMULATIONS,
    *pandalm.SIMULATIONS,
    *gates.SIMULATIONS,
    *best.SIMULATIONS,
)
