"""Where signals were found in a call, kept for the next time that it is scored.

An occurrence hangs on the definition of its signal and of those that it is made of, on their thresholds, and on the
conversation. While these are the same (a threshold may move within its margin, :mod:`scoring.signals.margin`), nothing has to
be searched again: a changed threshold leaves every unrelated signal alone. Where it does not, the phrases of a signal are
still where they were: which of them count is decided anew, and only turns that were passed over are searched.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from scoring.signals.book import Hit
from scoring.signals.margin import Bounds, within

if TYPE_CHECKING:
    from qa.model import Evaluation
    from scoring.fingerprint import SignalFingerprint

_QUICK = 1
_WHOLE, _PHRASES = "whole", "phrases"

Searched = tuple[frozenset[int], tuple[Hit, ...]]
"""Turns of which it is known where the phrases of a signal stand, and where."""
_NOTHING: Searched = (frozenset(), ())


class KeptHits:
    """Occurrences by signal: those of an earlier evaluation of the same conversation that stand, and new ones."""

    def __init__(self, fingerprints: Mapping[str, SignalFingerprint], earlier: Evaluation | None = None) -> None:
        """``fingerprints`` are those of the form's signals (:func:`scoring.fingerprint.signal_fingerprints`)."""
        self._fingerprints = fingerprints
        self._margins: Bounds = earlier.margins if earlier is not None else {}
        self._packed: dict[tuple[str, str], str] = {}
        self._unchanged = earlier.hits if earlier is not None else None
        """What was stored, while nothing of it has changed."""
        if self._unchanged:
            self._unpack(self._unchanged)

    def _unpack(self, stored: bytes) -> None:
        """Take what still stands; it is read when it is asked for."""
        thresholds: dict[str, float] = {}
        for each in self._fingerprints.values():
            thresholds |= each.thresholds
        moved = {name for name, value in thresholds.items() if not within(self._margins, name, value)}
        fallen = {name for name, each in self._fingerprints.items() if not moved.isdisjoint(each.thresholds)}
        for line in zlib.decompress(stored).decode().split("\n"):
            name, kind, digest, packed = line.split("\t")
            now = self._fingerprints.get(name)
            if now is not None and digest == _digest(now, kind) and (kind == _PHRASES or name not in fallen):
                self._packed[name, kind] = packed
            else:
                self._unchanged = None

    def get(self, name: str) -> tuple[tuple[Hit, ...], Bounds] | None:
        """The occurrences of a signal, and the margins of the thresholds behind them; None when it has to be searched."""
        packed = self._packed.get((name, _WHOLE))
        if packed is None:
            return None
        behind = self._fingerprints[name].thresholds
        margins = {key: self._margins[key] for key in behind if key in self._margins}
        return tuple(Hit(*hit) for hit in json.loads(packed)), margins

    def put(self, name: str, hits: tuple[Hit, ...]) -> None:
        """Keep where a signal was found."""
        if name in self._fingerprints:
            self._put(name, _WHOLE, hits)

    def phrases(self, name: str) -> Searched:
        """Where the phrases of a signal stand, whether they count there or not."""
        packed = self._packed.get((name, _PHRASES))
        if packed is None:
            return _NOTHING
        turns, places = json.loads(packed)
        return frozenset(turns), tuple(Hit(turn, start, end, name) for turn, start, end in places)

    def put_phrases(self, name: str, turns: Collection[int], hits: Iterable[Hit]) -> None:
        """Keep where the phrases of a signal stand in these turns, if a moved threshold may ask for them again."""
        if name in self._fingerprints and self._fingerprints[name].thresholds:
            self._put(name, _PHRASES, [sorted(turns), [hit[:3] for hit in hits]])

    def _put(self, name: str, kind: str, value: object) -> None:
        if name.isprintable():  # no tab, no end of line
            self._packed[name, kind] = json.dumps(value, separators=(",", ":"))
            self._unchanged = None

    def to_bytes(self) -> bytes:
        """For a store: some kilobytes a call, no words of it."""
        lines = (
            f"{name}\t{kind}\t{_digest(self._fingerprints[name], kind)}\t{packed}"
            for (name, kind), packed in self._packed.items()
        )
        if self._unchanged is None:
            self._unchanged = zlib.compress("\n".join(lines).encode(), _QUICK) if self._packed else b""
        return self._unchanged


def _digest(fingerprint: SignalFingerprint, kind: str) -> str:
    return fingerprint.phrases if kind == _PHRASES else fingerprint.digest
