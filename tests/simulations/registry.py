"""Every simulation, in the order of docs/statistics.md."""

from . import best, carried, differences, gates, headline
from .frame import Simulation

SIMULATIONS: tuple[Simulation, ...] = (
    *headline.SIMULATIONS,
    *carried.SIMULATIONS,
    *differences.SIMULATIONS,
    *gates.SIMULATIONS,
    *best.SIMULATIONS,
)
