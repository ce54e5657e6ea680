"""Callibrate: scores every recorded call, shows the proof, and says how far each score can be trusted."""

__version__ = "0.1.0"
