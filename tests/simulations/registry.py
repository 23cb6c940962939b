"""Every simulation, in the order of docs/statistics.md."""

from . import best, differences, gates, headline
from .frame import Simulation

SIMULATIONS: tuple[Simulation, ...] = (
    *headline.SIMULATIONS,
    *differences.SIMULATIONS,
    *gates.SIMULATIONS,
    *best.SIMULATIONS,
)
