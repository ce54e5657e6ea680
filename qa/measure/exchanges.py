"""Who takes over from whom, and how: interruptions and response latencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from qa.measure.speech import Run, lasting_s
from qa.model import Language, Span, SpeakerRole

SIDES = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)

_OVERLAP_S = 0.3
"""Speakers who take turns smoothly often overlap by less (Heldner and Edlund 2010)."""
_YIELD_S = 1.5
"""Who is interrupted stops within this time, and stays silent at least as long or until the other has finished."""
_BACK_CHANNEL_S = 1.0
_BACK_CHANNEL_LENGTH: dict[Language, int] = {"en": 2, "zh": 3}
_SAME_UTTERANCE_S = 0.3


def utterances(speech: Iterable[Run]) -> list[Run]:
    """The runs of agent and customer in order; those of one side up to 0.3 s apart are one, whatever turn they came in.

    Recognisers and data sets often cut one sentence into several turns.
    """
    joined: list[Run] = []
    for side in SIDES:
        last: Run | None = None
        for run in (run for run in speech if run.role == side):
            if last is not None and lasting_s(last.span.end_s, run.span.start_s) <= _SAME_UTTERANCE_S:
                end_s = max(last.span.end_s, run.span.end_s)
                last = replace(last, span=Span(last.span.start_s, end_s), length=last.length + run.length)
                joined[-1] = last
            else:
                last = run
                joined.append(run)
    return sorted(joined, key=lambda run: run.span)


def is_back_channel(run: Run, language: Language) -> bool:
    """At most 1 s, or at most two words or three characters: "uh-huh", "嗯嗯"."""
    short = lasting_s(run.span.start_s, run.span.end_s) <= _BACK_CHANNEL_S
    return short or run.length <= _BACK_CHANNEL_LENGTH[language]


def interruptions(speech: Iterable[Run], language: Language) -> list[Run]:
    """The utterances that take the floor from the other side, in order; their role is who interrupts.

    Such an utterance is no back-channel, begins at least 0.3 s before the end of an utterance of the other side that
    began earlier and is no back-channel either, and outlasts it; the other side stops within 1.5 s and does not go on
    within the next 1.5 s while the interrupter still speaks.
    """
    said = [run for run in utterances(speech) if not is_back_channel(run, language)]
    sides = {side: [run for run in said if run.role == side] for side in SIDES}
    other = dict(zip(SIDES, reversed(SIDES), strict=True))
    return [run for run in said if _takes_floor(run, sides[other[run.role]])]


def _takes_floor(run: Run, theirs: Sequence[Run]) -> bool:
    for index, victim in enumerate(theirs):
        if victim.span.start_s >= run.span.start_s:
            return False
        overlap_s = lasting_s(run.span.start_s, victim.span.end_s)
        if overlap_s < _OVERLAP_S or overlap_s > _YIELD_S or run.span.end_s <= victim.span.end_s:
            continue
        floor_s = min(run.span.end_s, victim.span.end_s + _YIELD_S)
        following = theirs[index + 1 :][:1]
        if not following or following[0].span.start_s >= floor_s:
            return True
    return False


def response_latencies(speech: Iterable[Run], language: Language) -> dict[SpeakerRole, list[float]]:
    """Seconds from the end of the other side's utterance to the begin of the answer, by who answers.

    Negative when the answer begins earlier. Back-channels are neither answers nor answered.
    """
    said = [run for run in utterances(speech) if not is_back_channel(run, language)]
    found: dict[SpeakerRole, list[float]] = {side: [] for side in SIDES}
    for before, after in pairwise(said):
        if before.role != after.role:
            found[after.role].append(after.span.start_s - before.span.end_s)
    return found


def median_or_none(values: Sequence[float]) -> float | None:
    """The median; of nothing it is None, not 0."""
    return median(values) if values else None
