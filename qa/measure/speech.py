"""When somebody speaks: runs of speech, and the silences and overlaps between them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from qa.model import Conversation, Language, Span, SpeakerRole, Turn, intersection, total_s, union

PAUSE_S = 1.0
"""A longer pause between two words of a turn is silence."""
DEAD_AIR_S = 15.0

_HAN = re.compile("[\u3400-\u9fff]")
_LATIN_WORD = re.compile("[^\\W\\d_\u3400-\u9fff]+(?:['’][^\\W\\d_\u3400-\u9fff]+)*")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Run:
    """Speech of one side without a pause over 1 s; ``length`` is in words (en) or characters (zh)."""

    span: Span
    role: SpeakerRole
    length: int
    channel: int | None = None


def spoken_length(text: str, language: Language) -> int:
    """Words in English. In Mandarin characters, where a digit counts as one and so does a word in Latin letters."""
    if language == "zh":
        return sum(len(pattern.findall(text)) for pattern in (_HAN, _DIGIT, _LATIN_WORD))
    return sum(any(character.isalnum() for character in word) for word in text.split())


def language_of(conversation: Conversation) -> Language:
    """The call's language; where it names none, Mandarin if any turn has a Chinese character."""
    if conversation.language is not None:
        return conversation.language
    return "zh" if any(_HAN.search(turn.text) for turn in conversation.turns) else "en"


def turn_spans(turn: Turn) -> list[Span]:
    """When the turn's speaker really speaks: its words with pauses up to 1 s, or the whole turn without word times."""
    if turn.words:
        return union((Span(word.start_s, word.end_s) for word in turn.words), gap_s=PAUSE_S)
    return [turn.span] if turn.span else []


def runs(conversation: Conversation) -> list[Run]:
    """All runs of all roles, in the order in which they begin. Empty when times are missing."""
    if not conversation.has_times:
        return []
    language = language_of(conversation)
    found = [run for turn in conversation.turns for run in _turn_runs(turn, language)]
    return sorted(found, key=lambda run: run.span)


def spans_of(speech: Iterable[Run], *roles: SpeakerRole) -> list[Span]:
    """The union of these roles' runs; of all runs when no role is named."""
    return union(run.span for run in speech if not roles or run.role in roles)


def silences(conversation: Conversation, *, min_s: float = 0.0) -> tuple[Span, ...]:
    """Silences longer than ``min_s`` between the first and the last word of the call, in order.

    Nobody speaks in them, an IVR neither; music is no speech. Ringing before and after the conversation does not count.
    Empty when times are missing: ask ``conversation.has_times``.
    """
    return tuple(_gaps(spans_of(runs(conversation)), min_s=min_s))


def lasting_s(start_s: float, end_s: float) -> float:
    """The time between, to the millisecond: 5.0 - 4.7 must be 0.3 where it is held against a threshold."""
    return round(end_s - start_s, 3)


def overlap_s(speech: Iterable[Run]) -> float:
    """Seconds in which agent and customer speak at once."""
    speech = list(speech)
    return total_s(intersection(spans_of(speech, SpeakerRole.AGENT), spans_of(speech, SpeakerRole.CUSTOMER)))


def _gaps(spans: list[Span], *, min_s: float) -> list[Span]:
    gaps = [Span(before.end_s, after.start_s) for before, after in pairwise(spans)]
    return [gap for gap in gaps if lasting_s(gap.start_s, gap.end_s) > min_s]


def _turn_runs(turn: Turn, language: Language) -> list[Run]:
    spans = turn_spans(turn)
    if len(spans) == 1:
        return [Run(spans[0], turn.role, spoken_length(turn.text, language), turn.channel)]
    texts: list[list[str]] = [[] for _ in spans]
    starts = [span.start_s for span in spans]
    for word in turn.words:
        texts[bisect_right(starts, word.start_s) - 1].append(word.text)
    return [
        Run(span, turn.role, spoken_length(" ".join(words), language), turn.channel)
        for span, words in zip(spans, texts, strict=True)
    ]
