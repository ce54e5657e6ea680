"""Where each signal of a rubric occurs in one conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from scoring import homophones
from scoring.guards import spoiled_by
from scoring.literals import LiteralIndex
from scoring.patterns import Pattern, Phrase, find_all, literal_words, name_pattern, phrasebook
from scoring.signals.margin import ALIKENESS, SURENESS, Margin, threshold_key
from scoring.slots import names_of
from scoring.transcript import Transcript
from scoring.windows import Region, Window, anchor_of, region

if TYPE_CHECKING:
    from scoring.signals.kept import KeptHits
    from scoring.signals.model import Signal
    from scoring.signals.semantic import Similarity

_PHRASE_CONFIDENCE = 0.9


class Hit(NamedTuple):
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
        kept: KeptHits | None = None,
    ) -> None:
        self.transcript = transcript
        self.signals = signals
        self.similarity = similarity
        self._kept = kept
        self.margins: dict[str, Margin] = {}
        """Of the thresholds of the signals that were looked up."""
        self._phrasebook = phrasebook(tuple(sorted(words.items())), transcript.language)
        self._names = names_of(transcript.conversation.call, transcript.language)
        self._name_patterns = tuple((slot, name_pattern(forms)) for slot, forms in sorted(self._names.items()))
        self._found: dict[str, tuple[Hit, ...]] = {}
        self._too_slow: set[str] = set()
        self._part_of: tuple[SignalBook, Callable[[Hit], bool]] | None = None

    def only(self, keep: Callable[[Hit], bool]) -> SignalBook:
        """The same signals with only those of their occurrences that are to be kept."""
        part = copy(self)
        part._part_of, part._found = (self, keep), {}
        return part

    def hits(self, name: str) -> tuple[Hit, ...]:
        """The occurrences of a signal, in order; raises ``TimeoutError`` when a pattern explodes."""
        if name in self._too_slow:  # do not wait for it once more
            raise TimeoutError(name)
        if name not in self._found:
            if self._part_of is not None:
                whole, keep = self._part_of
                return self._found.setdefault(name, tuple(hit for hit in whole.hits(name) if keep(hit)))
            self._found[name] = self._kept_or_searched(name)
        return self._found[name]

    def _kept_or_searched(self, name: str) -> tuple[Hit, ...]:
        if self._kept is not None and (kept := self._kept.get(name)) is not None:
            hits, margins = kept
            self.margins |= {key: Margin(*bounds) for key, bounds in margins.items()}
            return hits
        try:
            hits = self._search(name, self.signals[name])
        except TimeoutError:
            self._too_slow.add(name)
            raise
        if self._kept is not None:
            self._kept.put(name, hits)
        return hits

    def pattern(self, phrases: tuple[str, ...], tolerance: float = 0.0) -> Pattern | None:
        """Phrases compiled with the rubric's words and the call's names."""
        return self._phrasebook.pattern(phrases, tolerance, self._name_patterns)

    def _heard(self, signal: Signal) -> LiteralIndex:
        """The turns' folded texts as this signal reads them: Chinese by sound where it asks for that, or for a name."""
        folded = self.transcript.folded
        terms: list[str] = []
        if self.transcript.language == "zh":
            if signal.tolerance:
                terms += literal_words(signal.phrases, self._phrasebook)
            for slot, forms in self._names.items():
                if any(f"{{{slot}}}" in phrase for phrase in signal.phrases):
                    terms += (form for form in forms if len(form) > 1)
        if not terms:
            return self.transcript.literals
        repair, sounding = homophones.repairer(tuple(terms)), self.transcript.sounding
        places: dict[int, list[int]] = {}
        for pair in repair.beginnings & sounding.keys():
            for turn, at in sounding[pair]:
                places.setdefault(turn, []).append(at)
        repaired = {turn: repair.spelled(folded[turn], sorted(found)) for turn, found in places.items()}
        return self.transcript.literals.with_texts(repaired)

    def region(self, window: Window) -> Region:
        """The part of the call that a window means; raises ``TimesMissing``."""
        anchors = (
            ((hit.turn, hit.start), (hit.turn, hit.end)) for name in anchor_of(window) for hit in self.hits(name)
        )
        return region(window, self.transcript, anchors)

    def meanings_skipped(self, name: str) -> bool:
        """True when the signal has meanings and there was nothing to compare them with."""
        signal = self.signals[name]
        parts = [self.meanings_skipped(other) for other in signal.any_of]
        return any(parts) or (signal.meanings is not None and self.similarity is None)

    def acts_skipped(self, name: str) -> bool:
        """True when the signal is told by acts and no sentence of the conversation carries any."""
        signal = self.signals[name]
        if any(self.acts_skipped(other) for other in signal.any_of):
            return True
        return bool(signal.acts or signal.if_acts or signal.unless_acts) and not self.transcript.has_acts

    def _search(self, name: str, signal: Signal) -> tuple[Hit, ...]:
        from scoring.signals.acts import hits_by_act, with_acts, without_acts
        from scoring.signals.detect import detect

        window = self.region(signal.window)
        where = window.turns.difference(hit.turn for other in signal.not_with for hit in self.hits(other))
        if signal.followed_by:
            where &= self._followed(signal.followed_by)
        turns = self.transcript.turns
        keep_role = bool(signal.any_of)  # the parts have chosen their speakers

        def in_place(hit: Hit) -> bool:
            return (
                hit.turn in where
                and window.holds(hit.turn, hit.start, hit.end)
                and (keep_role or turns[hit.turn].role in signal.roles)
            )

        sure = self._margin(name, SURENESS)
        if signal.any_of:
            found = {hit for other in signal.any_of for hit in self.hits(other)}
        else:
            found = {*self._by_phrase(name, signal, where)}
            if signal.meanings is not None and self.similarity is not None:
                found |= {*self._by_meaning(name, self.similarity, signal.meanings.threshold, in_place)}
            if signal.acts:
                doing = filter(in_place, hits_by_act(self.transcript, name, signal))
                found |= {hit for hit in doing if sure.reached(hit.confidence, signal.min_confidence)}
            if signal.detect is not None:
                found |= set(detect(self, name, signal.detect))
        found = set(filter(in_place, found))
        if signal.if_acts:
            found = with_acts(found, self.transcript, signal, sure)
        if signal.unless_acts:
            found = without_acts(found, self.transcript, signal, sure)
        return tuple(sorted(found)) if len(found) >= signal.at_least else ()

    def _followed(self, signals: tuple[str, ...]) -> set[int]:
        """The turns after which the next turn of its speaker carries one of the signals."""
        turns = self.transcript.turns
        said = {hit.turn for name in signals for hit in self.hits(name)}
        roles = {turns[index].role for index in said}
        return {
            turn.index
            for turn in turns
            for role in roles - {turn.role}
            for floor in self.transcript.next_floors(turn.index, role, 1)
            if not said.isdisjoint(floor)
        }

    def _margin(self, name: str, kind: str) -> Margin:
        return self.margins.setdefault(threshold_key(name, kind), Margin())

    def _by_meaning(
        self, name: str, similarity: Similarity, threshold: float, in_place: Callable[[Hit], bool]
    ) -> Iterator[Hit]:
        margin = self._margin(name, ALIKENESS)
        for cosine, hit in similarity.hits(name):
            if in_place(hit):
                if not margin.reached(cosine, threshold):
                    return  # the others are less alike
                yield hit

    def _by_phrase(self, name: str, signal: Signal, turns: frozenset[int]) -> list[Hit]:
        from scoring.signals.acts import may_hold

        transcript, sure = self.transcript, self._margin(name, SURENESS)
        known, kept = self._kept.phrases(name) if self._kept is not None else (frozenset[int](), ())
        turns &= transcript.turns_of(signal.roles)
        left = turns - known
        if known:  # what is left was passed over before, and mostly is again
            left = frozenset(i for i in left if may_hold(transcript.turns[i], transcript, signal, sure))
        found = [hit for hit in kept if hit.turn in turns]
        pattern = self.pattern(signal.phrases, signal.tolerance) if left else None
        if pattern is None:
            return found
        heard = self._heard(signal)
        searched, hits = set(left), []
        for index, phrases in heard.candidates(pattern):
            if index not in left:
                continue
            if may_hold(transcript.turns[index], transcript, signal, sure):
                places = self._places(signal, phrases, heard.texts[index])
                hits += [Hit(index, start, end, name) for start, end in places]
            else:
                searched.discard(index)
        if self._kept is not None:
            self._kept.put_phrases(name, known | searched, [*kept, *hits])
        return found + hits

    def _places(self, signal: Signal, phrases: Sequence[Phrase], folded: str) -> Iterator[tuple[int, int]]:
        """Where the phrases stand in a text, neither taken back by ``except`` nor spoiled by a guard."""
        matches = list(find_all(phrases, folded))
        taken_back = self.pattern(signal.exclude) if matches else None
        excluded = list(find_all(taken_back, folded)) if taken_back is not None else []
        for start, end in matches:
            if any(left < end and start < right for left, right in excluded):
                continue
            if spoiled_by(folded, start, end, self.transcript.language, signal.guards) is None:
                yield start, end
