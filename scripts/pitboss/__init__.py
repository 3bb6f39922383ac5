"""Pitboss: from an online casino's raw telemetry to numbers that can be trusted."""

__version__ = "0.1.0"
