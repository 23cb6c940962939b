"""Every simulation, in the order of docs/statistics.md."""

from . import headline
from .frame import Simulation

SIMULATIONS: tuple[Simulation, ...] = (*headline.SIMULATIONS,)
