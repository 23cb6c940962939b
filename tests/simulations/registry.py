"""Every simulation, in the order of docs/statistics.md."""

from . import (
    agreement,
    best,
    carried,
    certificates,
    differences,
    extremes,
    gates,
    headline,
    packed,
    pandalm,
    planner,
    scores,
    trials,
)
from .frame import Simulation

SIMULATIONS: tuple[Simulation, ...] = (
    *headline.SIMULATIONS,
    *extremes.SIMULATIONS,
    *agreement.SIMULATIONS,
    *planner.SIMULATIONS,
    *carried.SIMULATIONS,
    *packed.SIMULATIONS,
    *differences.SIMULATIONS,
    *pandalm.SIMULATIONS,
    *gates.SIMULATIONS,
    *scores.SIMULATIONS,
    *best.SIMULATIONS,
    *trials.SIMULATIONS,
    *certificates.SIMULATIONS,
)
