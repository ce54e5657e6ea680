"""Where each signal of a rubric occurs in one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.guards import spoiled_by
from scoring.patterns import Pattern, compile_phrases, find_all
from scoring.transcript import Transcript

if TYPE_CHECKING:
    from scoring.signals.model import Signal
    from scoring.signals.semantic import Similarity

_PHRASE_CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A signal found at ``start:end`` of a turn's text; ``confidence`` in 0..1; ``label`` says which of several things."""

    turn: int
    start: int
    end: int
    signal: str = ""
    confidence: float = _PHRASE_CONFIDENCE
    method: str = "phrase"
    label: str = ""


class SignalBook:
    """Looks a signal up on first use and remembers where it was found."""

    def __init__(
        self,
        transcript: Transcript,
        signals: Mapping[str, Signal],
        words: Mapping[str, str],
        similarity: Similarity | None,
    ) -> None:
        self.transcript = transcript
        self.signals = signals
        self.similarity = similarity
        self._words = tuple(sorted(words.items()))
        self._found: dict[str, tuple[Hit, ...]] = {}
        self._too_slow: set[str] = set()

    def hits(self, name: str) -> tuple[Hit, ...]:
        """The occurrences of a signal, in order; raises ``TimeoutError`` when a pattern explodes."""
        if name in self._too_slow:  # do not wait for it once more
            raise TimeoutError(name)
        if name not in self._found:
            try:
                self._found[name] = self._search(name, self.signals[name])
            except TimeoutError:
                self._too_slow.add(name)
                raise
        return self._found[name]

    def pattern(self, phrases: tuple[str, ...]) -> Pattern | None:
        """Phrases compiled with the rubric's words."""
        return compile_phrases(phrases, self._words, self.transcript.language)

    def meanings_skipped(self, name: str) -> bool:
        """True when the signal has meanings and there was nothing to compare them with."""
        signal = self.signals[name]
        parts = [self.meanings_skipped(other) for other in signal.any_of]
        return any(parts) or (signal.meanings is not None and self.similarity is None)

    def _search(self, name: str, signal: Signal) -> tuple[Hit, ...]:
        from scoring.signals.detect import detect

        if signal.any_of:
            merged = {hit for other in signal.any_of for hit in self.hits(other)}
            found = merged
        else:
            found = {*self._by_phrase(name, signal)}
            if signal.meanings is not None and self.similarity is not None:
                found |= set(self.similarity.hits(name))
            if signal.detect is not None:
                found |= set(detect(self, name, signal.detect))
        window = self.transcript.window(signal.window)
        window -= {hit.turn for other in signal.not_with for hit in self.hits(other)}
        roles = signal.roles
        turns = self.transcript.turns
        keep_role = bool(signal.any_of)  # the parts have chosen their speakers
        return tuple(sorted(h for h in found if h.turn in window and (keep_role or turns[h.turn].role in roles)))

    def _by_phrase(self, name: str, signal: Signal) -> list[Hit]:
        pattern = self.pattern(signal.phrases)
        if pattern is None:
            return []
        taken_back = self.pattern(signal.exclude)
        found = []
        for turn in self.transcript.turns:
            if turn.role not in signal.roles:
                continue
            folded = self.transcript.folded[turn.index]
            matches = list(find_all(pattern, folded))
            if not matches:
                continue
            excluded = list(find_all(taken_back, folded)) if taken_back is not None else []
            for start, end in matches:
                if any(left < end and start < right for left, right in excluded):
                    continue
                if spoiled_by(folded, start, end, self.transcript.language, signal.guards) is None:
                    found.append(Hit(turn.index, start, end, name))
        return found
