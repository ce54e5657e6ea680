"""How fast a side speaks."""

from __future__ import annotations

from collections.abc import Iterable

from qa.measure.speech import spoken_length, turn_spans
from qa.model import Language, Turn, total_s

PACE_UNITS: dict[Language, str] = {"en": "words/min", "zh": "characters/min"}
_SHORTEST: dict[Language, int] = {"en": 5, "zh": 8}
"""Words or characters: the pace of shorter turns says more about the recogniser's borders than about the speaker."""


def paces(turns: Iterable[Turn], language: Language) -> list[float]:
    """Words (en) or characters (zh) per minute of each turn that is long enough and has times.

    With word times, pauses over 1 s inside a turn do not count.
    """
    found = []
    for turn in turns:
        length = spoken_length(turn.text, language)
        seconds = total_s(turn_spans(turn))
        if length >= _SHORTEST[language] and seconds > 0:
            found.append(60 * length / seconds)
    return found
