"""The conversation as checks read it: folded text, sentences, who holds the floor, the opening, the gaps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from qa.model import Act, ActScore, Conversation, Evidence, Language, Sentence, SpeakerRole, Turn, Word
from scoring import homophones
from scoring.literals import LiteralIndex
from scoring.text import clause, fold, full_width_marks, split_sentences, words

NamedWindow = Literal["call", "opening", "after_opening", "second_half", "closing"]

_CLOSING_FLOORS = 4
_OPENING_FLOORS = 2
_REASON_WORDS: dict[Language, int] = {"en": 8, "zh": 10}
"""A customer turn shorter than this ("hello?", "yes, who is this") does not state the reason of the call."""
_MAX_QUOTE: dict[Language, int] = {"en": 160, "zh": 60}


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence of a turn: ``folded[start:end]`` of that turn."""

    turn: int
    role: SpeakerRole
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody speaks for ``seconds`` after turn ``before`` and until turn ``after``."""

    before: int
    after: int
    seconds: float


class Transcript:
    """Read-only view of a conversation, with what several checks need worked out once."""

    def __init__(self, conversation: Conversation, language: Language, *, sounds_like: Iterable[str] = ()) -> None:
        self.conversation = conversation
        self.language: Language = language
        self.turns = conversation.turns
        folded = (fold(turn.text) for turn in self.turns)
        if language == "zh":
            repaired = homophones.repairer(tuple(sounds_like))
            folded = (repaired(full_width_marks(text)) for text in folded)
        self.folded = tuple(folded)
        self._turns_of: dict[tuple[SpeakerRole, ...], frozenset[int]] = {}

    @cached_property
    def literals(self) -> LiteralIndex:
        """Which turns hold a string."""
        return LiteralIndex(self.folded)

    @cached_property
    def sounding(self) -> dict[homophones.Syllables, list[tuple[int, int]]]:
        """By the sounds of two neighbouring characters, where they stand: turn and character."""
        found: dict[homophones.Syllables, list[tuple[int, int]]] = {}
        for index, folded in enumerate(self.folded):
            for at, pair in enumerate(pairwise(homophones.syllables(folded))):
                if pair[0] and pair[1]:
                    found.setdefault(pair, []).append((index, at))
        return found

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The sentences of all turns; a turn that was not split into sentences is split at its marks."""
        found = []
        for turn, folded in zip(self.turns, self.folded, strict=True):
            given = [(s.start, min(s.end, len(folded))) for s in turn.sentences if s.start < min(s.end, len(folded))]
            for start, end in given or split_sentences(folded):
                found.append(Unit(turn.index, turn.role, start, end, folded[start:end]))
        return tuple(found)

    def units_of(self, turn: int) -> list[Unit]:
        """The sentences of one turn."""
        return self._units_by_turn.get(turn, [])

    @cached_property
    def _units_by_turn(self) -> dict[int, list[Unit]]:
        found: dict[int, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.turn, []).append(unit)
        return found

    def turns_of(self, roles: tuple[SpeakerRole, ...]) -> frozenset[int]:
        """Indices of the turns of these roles."""
        if roles not in self._turns_of:
            self._turns_of[roles] = frozenset(turn.index for turn in self.turns if turn.role in roles)
        return self._turns_of[roles]

    @property
    def has_acts(self) -> bool:
        """True when the act classifier has read the conversation."""
        return bool(self._acts)

    def doing(self, acts: Iterable[Act]) -> Iterator[tuple[Turn, Sentence, ActScore]]:
        """The sentences that may do one of these acts, in order, each with the surest of them."""
        best: dict[tuple[int, int], tuple[float, int]] = {}
        for act in acts:
            for turn, number, place, confidence in self._acts.get(act, ()):
                rank = (-confidence, place)
                best[turn, number] = min(rank, best.get((turn, number), rank))
        for (turn, number), (_, place) in sorted(best.items()):
            sentence = self.turns[turn].sentences[number]
            yield self.turns[turn], sentence, sentence.acts[place]

    @cached_property
    def _acts(self) -> dict[Act, list[tuple[int, int, int, float]]]:
        """By act: turn, number of the sentence, place among its acts, and confidence."""
        found: dict[Act, list[tuple[int, int, int, float]]] = {}
        for turn in self.turns:
            for number, sentence in enumerate(turn.sentences):
                for place, score in enumerate(sentence.acts):
                    found.setdefault(score.act, []).append((turn.index, number, place, score.confidence))
        return found

    @cached_property
    def floors(self) -> tuple[tuple[int, ...], ...]:
        """Turn indices, neighbours of one role taken together: recognisers cut one turn into several."""
        grouped: list[list[int]] = []
        for turn in self.turns:
            if grouped and self.turns[grouped[-1][-1]].role == turn.role:
                grouped[-1].append(turn.index)
            else:
                grouped.append([turn.index])
        return tuple(tuple(group) for group in grouped)

    def role_floors(self, role: SpeakerRole) -> list[tuple[int, ...]]:
        """The floors of one role, in order."""
        return self._floors_by_role.get(role, [])

    @cached_property
    def _floors_by_role(self) -> dict[SpeakerRole, list[tuple[int, ...]]]:
        found: dict[SpeakerRole, list[tuple[int, ...]]] = {}
        for floor in self.floors:
            found.setdefault(self.turns[floor[0]].role, []).append(floor)
        return found

    @cached_property
    def floor_of(self) -> dict[int, int]:
        """Which floor a turn belongs to."""
        return {index: position for position, floor in enumerate(self.floors) for index in floor}

    def next_floors(self, turn: int, role: SpeakerRole, count: int | None) -> list[tuple[int, ...]]:
        """The next ``count`` floors of a role after a turn (None: all that follow)."""
        floors = self.role_floors(role)
        first = bisect_right(floors, turn, key=lambda floor: floor[0])
        return floors[first : None if count is None else first + count]

    @cached_property
    def reason_turn(self) -> int | None:
        """The customer turn that states the reason of the call: the first that is more than a greeting."""
        for floor in self.role_floors(SpeakerRole.CUSTOMER):
            if sum(len(words(self.folded[index])) for index in floor) >= _REASON_WORDS[self.language]:
                return floor[-1]
        return None

    @cached_property
    def _windows(self) -> dict[NamedWindow, frozenset[int]]:
        everything = frozenset(range(len(self.turns)))
        agent = self.role_floors(SpeakerRole.AGENT)
        reason = self.reason_turn if self.reason_turn is not None else len(self.turns)
        first = [floor for floor in agent[:_OPENING_FLOORS] if floor[0] < reason] or agent[:1]
        opening_end = max((floor[-1] for floor in first), default=-1)
        opening = frozenset(index for index in everything if index <= opening_end)
        closing_start = agent[-_CLOSING_FLOORS][0] if len(agent) > _CLOSING_FLOORS else opening_end + 1
        middle = agent[len(agent) // 2][0] if agent else 0
        return {
            "call": everything,
            "opening": opening,
            "after_opening": everything - opening,
            "second_half": frozenset(index for index in everything if index >= middle),
            "closing": frozenset(index for index in everything if index >= closing_start),
        }

    def window(self, name: NamedWindow) -> frozenset[int]:
        """Indices of the turns in a part of the call.

        ``opening``: until the customer has stated the reason, at most the agent's first two floors. ``second_half``: from
        the middle one of the agent's floors on. ``closing``: from the agent's fourth-last floor on.
        """
        return self._windows[name]

    @cached_property
    def has_times(self) -> bool:
        """True when every turn has a start and an end."""
        return self.conversation.has_times

    @cached_property
    def end_s(self) -> float:
        """When the last turn ends, 0 where no turn has a time."""
        return max((turn.end_s for turn in self.turns if turn.end_s is not None), default=0.0)

    def times(self, turn: int, start: int, end: int) -> tuple[float | None, float | None]:
        """When ``start:end`` of a turn's text is said: from the words inside it where there are words, else the turn's."""
        return times_of(self.turns[turn], start, end)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Silences between turns, overlaps considered; empty where times are missing."""
        if not self.has_times:
            return ()
        found: list[Gap] = []
        spoken_until, last = 0.0, -1
        for turn in sorted(self.turns, key=lambda t: (t.start_s or 0.0, t.index)):
            start, end = turn.start_s or 0.0, turn.end_s or 0.0
            if last >= 0 and start > spoken_until:
                found.append(Gap(last, turn.index, start - spoken_until))
            if end >= spoken_until:
                spoken_until, last = end, turn.index
        return tuple(found)

    def evidence(self, turn: int, start: int, end: int) -> Evidence:
        """The words around ``start:end`` as evidence: the sentence when it is short, else the clause, with its times."""
        said = self.turns[turn]
        start, end = self.quotable(turn, start, end)
        start_s, end_s = times_of(said, start, end)
        return Evidence(turn=turn, role=said.role, quote=said.text[start:end], start_s=start_s, end_s=end_s)

    def quotable(self, turn: int, start: int, end: int) -> tuple[int, int]:
        """Offsets of the words that are shown for ``start:end``."""
        limit = _MAX_QUOTE[self.language]
        folded = self.folded[turn]
        within = ((u.start, u.end) for u in self.units_of(turn) if u.start <= start and end <= u.end)
        sentence = next(within, None)
        for left, right in filter(None, (sentence, clause(folded, start, end))):
            if right - left <= limit:
                quote = folded[left:right]
                left += len(quote) - len(quote.lstrip(" ,，、"))
                return min(left, start), max(right, end)
        left, right = max(0, start - limit // 3), min(len(folded), max(end, start + limit * 2 // 3))
        if self.language == "en":  # no half words
            left = 0 if left == 0 else min(start, folded.find(" ", left) + 1 or start)
            right = right if right == len(folded) else max(end, folded.rfind(" ", 0, right))
        return left, right


def times_of(turn: Turn, start: int, end: int) -> tuple[float | None, float | None]:
    """Times of ``turn.text[start:end]``: from the words inside it where there are words, else the turn's."""
    if turn.span is None:
        return turn.start_s, turn.end_s
    inside = words_within(turn, start, end)
    if inside:  # a recogniser's word may reach past its turn
        start_s, end_s = max(inside[0].start_s, turn.span.start_s), min(inside[-1].end_s, turn.span.end_s)
        if start_s <= end_s:
            return start_s, end_s
    return turn.start_s, turn.end_s


def words_within(turn: Turn, start: int, end: int) -> list[Word]:
    """The turn's words that touch ``turn.text[start:end]``; a word that does not stand in the text is left out."""
    cursor = 0
    found = []
    for word in turn.words:
        text = word.text.strip()
        at = turn.text.find(text, cursor)
        if not text or at < 0:
            continue
        if at >= end:
            break
        cursor = at + len(text)
        if cursor > start:
            found.append(word)
    return found
