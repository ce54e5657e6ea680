"""Parts of a call: by name, by the first or last turns or seconds, before, after or around something said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from qa.model import SpeakerRole
from scoring.form import Form
from scoring.transcript import NamedWindow, Transcript

_KINDS = ("first_turns", "last_turns", "first_s", "last_s", "before", "after", "around")
_ANCHORED = ("before", "after", "around")

Place = tuple[int, int]
"""Index of a turn and of a character in its text."""


class TimesMissing(Exception):
    """A window in seconds over turns that have no times."""


class Stretch(Form):
    """Exactly one of ``first_turns, last_turns, first_s, last_s, before, after, around``.

    The last three name a signal. ``turns`` or ``seconds`` say how far they reach; left out, ``before`` reaches back to the
    start and ``after`` on to the end of the call. Neighbouring turns of one speaker count as one, and ``of`` says whose
    are counted.
    """

    first_turns: int | None = Field(default=None, ge=1)
    last_turns: int | None = Field(default=None, ge=1)
    first_s: float | None = Field(default=None, gt=0)
    last_s: float | None = Field(default=None, gt=0)
    before: str | None = None
    """Before the first occurrence; the whole call when there is none."""
    after: str | None = None
    """After the first occurrence; nothing when there is none."""
    around: str | None = None
    """Near any occurrence, its own turn included."""
    turns: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    of: SpeakerRole | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        named = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(named) != 1:
            raise ValueError(
                f"expected exactly one of {', '.join(_KINDS)}, got {' and '.join(named) or 'none of them'}"
            )
        kind = named[0]
        if self.turns is not None and self.seconds is not None:
            raise ValueError("turns and seconds contradict each other: use one of them")
        reach = "turns" if self.turns is not None else "seconds" if self.seconds is not None else None
        if kind not in _ANCHORED and reach is not None:
            raise ValueError(
                f"{reach} and {kind} contradict each other: {reach} is how far a window around a signal reaches"
            )
        if kind == "around" and reach is None:
            raise ValueError("around needs turns or seconds")
        if self.of is not None and self.turns is None and kind not in ("first_turns", "last_turns"):
            raise ValueError("of says whose turns are counted: it needs first_turns, last_turns or turns")
        return self

    @property
    def anchor(self) -> str | None:
        """The signal that it lies before, after or around."""
        return self.before or self.after or self.around


def _kind(value: Any) -> str:
    """Which of the two a window in the file is (tags that are no keys, so that paths stay those of the file)."""
    return "a mapping" if isinstance(value, dict | Stretch) else "a name"


Window = Annotated[
    Annotated[NamedWindow, Tag("a name")] | Annotated[Stretch, Tag("a mapping")],
    Discriminator(_kind),
]


def anchor_of(window: Window | None) -> tuple[str, ...]:
    """The signals that a window depends on."""
    return (window.anchor,) if isinstance(window, Stretch) and window.anchor is not None else ()


@dataclass(frozen=True, slots=True)
class _Bounds:
    after: Place | None = None
    before: Place | None = None
    from_s: float | None = None
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """Where something is looked for: turns, and within them the words inside any of the bounds (none: all words)."""

    transcript: Transcript
    turns: frozenset[int]
    bounds: tuple[_Bounds, ...] = field(default=())

    def holds(self, turn: int, start: int, end: int) -> bool:
        """True when ``start:end`` of that turn lies inside."""
        if turn not in self.turns:
            return False
        return not self.bounds or any(self._within(bounds, turn, start, end) for bounds in self.bounds)

    def _within(self, bounds: _Bounds, turn: int, start: int, end: int) -> bool:
        if bounds.after is not None and (turn, start) < bounds.after:
            return False
        if bounds.before is not None and (turn, end) > bounds.before:
            return False
        if bounds.from_s is None and bounds.until_s is None:
            return True
        said_s, until_s = self.transcript.times(turn, start, end)
        if said_s is None or until_s is None:
            return False
        return until_s > (bounds.from_s or 0.0) and (bounds.until_s is None or said_s < bounds.until_s)


def region(window: Window, transcript: Transcript, anchors: Iterable[tuple[Place, Place]] = ()) -> Region:
    """The part of the call that a window means; ``anchors`` are start and end of its signal's occurrences, in order.

    Raises:
        TimesMissing: for a window in seconds when the turns have no times.
    """
    if isinstance(window, str):
        return Region(transcript, transcript.window(window))
    if window.first_turns is not None or window.last_turns is not None:
        return Region(transcript, _counted(window, transcript))
    if window.first_s is not None:
        return _timed(transcript, [_Bounds(until_s=window.first_s)])
    if window.last_s is not None:
        return _timed(transcript, [_Bounds(from_s=transcript.end_s - window.last_s)] if transcript.has_times else [])
    return _anchored(window, transcript, list(anchors))


def _counted(window: Stretch, transcript: Transcript) -> frozenset[int]:
    floors = transcript.floors if window.of is None else transcript.role_floors(window.of)
    if not floors:
        return frozenset()
    if window.first_turns is not None:
        return frozenset(range(floors[: window.first_turns][-1][-1] + 1))
    return frozenset(range(floors[-(window.last_turns or 0) :][0][0], len(transcript.turns)))


def _anchored(window: Stretch, transcript: Transcript, anchors: list[tuple[Place, Place]]) -> Region:
    everything = frozenset(range(len(transcript.turns)))
    if not anchors:
        return Region(transcript, everything if window.before is not None else frozenset())
    if window.around is None:
        anchors = anchors[:1]  # before and after look at the first occurrence
    if window.seconds is not None:
        return _timed(transcript, [_seconds_near(window, window.seconds, transcript, *anchor) for anchor in anchors])
    turns: frozenset[int] = frozenset()
    for (first, _), (last, _) in anchors:
        turns |= everything if window.turns is None else _turns_near(window, window.turns, transcript, first, last)
    if window.around is not None:
        return Region(transcript, turns)
    start, end = anchors[0]
    return Region(transcript, turns, (_Bounds(before=start) if window.before is not None else _Bounds(after=end),))


def _turns_near(window: Stretch, count: int, transcript: Transcript, first: int, last: int) -> frozenset[int]:
    """The anchor's own turns and the nearest ``count`` floors on the sides that the window reaches to."""
    floors = transcript.floors if window.of is None else transcript.role_floors(window.of)
    low, high = first, last
    if window.after is None:
        low = min([floor[0] for floor in floors if floor[-1] < first][-count:], default=first)
    if window.before is None:
        high = max([floor[-1] for floor in floors if floor[0] > last][:count], default=last)
    return frozenset(range(low, high + 1))


def _seconds_near(window: Stretch, seconds: float, transcript: Transcript, start: Place, end: Place) -> _Bounds:
    from_s, until_s = transcript.times(start[0], start[1], end[1])
    if from_s is None or until_s is None:
        raise TimesMissing
    return _Bounds(
        after=end if window.after is not None else None,
        before=start if window.before is not None else None,
        from_s=None if window.after is not None else from_s - seconds,
        until_s=None if window.before is not None else until_s + seconds,
    )


def _timed(transcript: Transcript, bounds: list[_Bounds]) -> Region:
    if not transcript.has_times:
        raise TimesMissing
    return Region(transcript, frozenset(range(len(transcript.turns))), tuple(bounds))


def described(window: Window, titles: Callable[[str], str]) -> tuple[str, dict[str, object]]:
    """Key and values of the words for a window in an explanation (:mod:`scoring.wording`); ``titles`` names a signal."""
    if isinstance(window, str):
        return f"window_{window}", {}
    for kind in ("first_turns", "last_turns", "first_s", "last_s"):
        amount = getattr(window, kind)
        if amount is not None:
            return f"window_{kind}", {"n": f"{amount:g}"}
    kind = next(kind for kind in _ANCHORED if getattr(window, kind) is not None)
    anchor = titles(getattr(window, kind))
    if window.turns is not None:
        return f"window_{kind}_turns", {"n": window.turns, "anchor": anchor}
    if window.seconds is not None:
        return f"window_{kind}_s", {"n": f"{window.seconds:g}", "anchor": anchor}
    return f"window_{kind}", {"anchor": anchor}
