"""Signals: things said that criteria are declared over, and how they are found in a transcript."""

from scoring.signals.book import Hit, SignalBook
from scoring.signals.model import Signal

__all__ = ["Hit", "Signal", "SignalBook"]
