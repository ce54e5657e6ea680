"""When each turn is heard: gaps, overlaps, back-channels, holds and silences."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from _generator.script import Line, Script, Wait
from _generator.voice import RATE, Samples

LEAD_IN_S = 0.8
LEAD_OUT_S = 0.9
GAP_S = (0.25, 0.65)
MUSIC_MARGIN_S = 0.5


class Speaks(Protocol):
    """Whoever can turn text into samples at 24 kHz."""

    def speak(self, text: str, voice_name: str, language: str, speed: float = 1.0) -> Samples:
        """Synthesise one turn."""
        ...


@dataclass(frozen=True)
class Placed:
    """A turn with its sound and its place; times are whole milliseconds."""

    line: Line
    samples: Samples
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Event:
    """Something that is not speech: hold, music or dead air."""

    kind: str
    start_s: float
    end_s: float
    announced: bool | None = None
    music: bool | None = None


@dataclass(frozen=True)
class Timeline:
    """The whole call."""

    turns: list[Placed]
    events: list[Event]
    duration_s: float


def _placed(line: Line, samples: Samples, start_s: float) -> Placed:
    start_s = round(start_s, 3)
    return Placed(line, samples, start_s, round(start_s + len(samples) / RATE, 3))


def lay_out(script: Script, voices: Speaks, seed: int) -> Timeline:
    """Speak every line and put it in its place."""
    random = np.random.default_rng([seed, *script.call_id.encode()])
    turns: list[Placed] = []
    events: list[Event] = []
    floor: Placed | None = None
    clock_s = LEAD_IN_S
    for item in script.items:
        if isinstance(item, Wait):
            events.extend(_wait(item, clock_s))
            clock_s += item.seconds
            floor = None
            continue
        samples = voices.speak(item.text, script.voices[item.role], script.language, item.speed)
        gap_s = float(random.uniform(*GAP_S))
        if item.during is not None:
            if floor is None:
                raise ValueError(f"{script.call_id}: back-channel without a turn: {item.text}")
            turns.append(_placed(item, samples, floor.start_s + item.during * (floor.end_s - floor.start_s)))
            continue
        if floor is not None:
            clock_s += gap_s if item.gap_s is None else item.gap_s
        elif item.gap_s is not None:
            clock_s += item.gap_s
        floor = _placed(item, samples, clock_s)
        turns.append(floor)
        clock_s = max(clock_s, floor.end_s)
    turns.sort(key=lambda turn: (turn.start_s, turn.end_s))
    end_s = max(turn.end_s for turn in turns) + LEAD_OUT_S
    return Timeline(turns, events, round(end_s, 3))


def _wait(wait: Wait, start_s: float) -> list[Event]:
    start_s = round(start_s, 3)
    end_s = round(start_s + wait.seconds, 3)
    if wait.kind == "dead_air":
        return [Event("dead_air", start_s, end_s, announced=wait.announced)]
    events = [Event("hold", start_s, end_s, announced=wait.announced, music=wait.music)]
    if wait.music:
        music = (round(start_s + MUSIC_MARGIN_S, 3), round(end_s - MUSIC_MARGIN_S, 3))
        events.append(Event("music", *music))
    return events
