"""Every simulation, in the order of docs/statistics.md."""

from . import agreement, extremes, headline, planner
from .frame import Simulation

SIMULATIONS: tuple[Simulation, ...] = (
    *headline.SIMULATIONS,
    *extremes.SIMULATIONS,
    *agreement.SIMULATIONS,
    *planner.SIMULATIONS,
)
