"""Where signals were found in a call, kept for the next time that it is scored.

An occurrence hangs on the definition of its signal and of those that it is made of, on their thresholds, and on the
conversation. While these are the same (a threshold may move within its margin, :mod:`scoring.signals.margin`), nothing has to
be searched again: a changed threshold leaves every unrelated signal alone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scoring.signals.book import Hit
from scoring.signals.margin import Bounds, within

if TYPE_CHECKING:
    from qa.model import Evaluation
    from scoring.fingerprint import Fingerprint

_QUICK = 1


class KeptHits:
    """Occurrences by signal: those of an earlier evaluation of the same conversation that stand, and new ones."""

    def __init__(self, fingerprints: Mapping[str, Fingerprint], earlier: Evaluation | None = None) -> None:
        """``fingerprints`` are the signals' own (:func:`scoring.fingerprint.signal_fingerprints`)."""
        self._fingerprints = fingerprints
        self._margins: Bounds = earlier.margins if earlier is not None else {}
        self._packed: dict[str, list[list[Any]]] = {}
        if earlier is not None and earlier.hits:
            moved = {
                name
                for each in fingerprints.values()
                for name, value in each.thresholds.items()
                if not within(earlier.margins, name, value)
            }
            for name, (digest, hits) in json.loads(zlib.decompress(earlier.hits)).items():
                now = fingerprints.get(name)
                if now is not None and now.digest == digest and moved.isdisjoint(now.thresholds):
                    self._packed[name] = hits

    def get(self, name: str) -> tuple[tuple[Hit, ...], Bounds] | None:
        """The occurrences of a signal, and the margins of the thresholds behind them; None when it has to be searched."""
        packed = self._packed.get(name)
        if packed is None:
            return None
        behind = self._fingerprints[name].thresholds
        return tuple(Hit(*hit) for hit in packed), {key: self._margins[key] for key in behind if key in self._margins}

    def put(self, name: str, hits: tuple[Hit, ...]) -> None:
        """Keep what a search has found."""
        if name in self._fingerprints:
            self._packed[name] = [
                [hit.turn, hit.start, hit.end, hit.signal, hit.confidence, hit.method, hit.label] for hit in hits
            ]

    def to_bytes(self) -> bytes:
        """For a store: some three kilobytes a call, no words of it."""
        kept = {name: (self._fingerprints[name].digest, hits) for name, hits in self._packed.items()}
        return zlib.compress(json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode(), _QUICK)
