"""A casino that never was, as JSONL: players, games, money and dirt, with the truth about them beside the lines."""

from pitboss.simulate.run import VERSION, SimulationError, simulate
from pitboss.simulate.truth import Truth

__all__ = ["VERSION", "SimulationError", "Truth", "simulate"]
