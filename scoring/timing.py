"""What turn times alone tell: interruptions, pace. Used where the recording's own features are missing."""

from __future__ import annotations

from statistics import median

from qa.model import Language, Span, SpeakerRole
from scoring.text import words
from scoring.transcript import Transcript

_MIN_OVERLAP_S = 0.5
_MIN_WORDS = 4
"""Shorter turns say nothing about pace."""
_BACK_CHANNEL = frozenset("嗯对是好哦啊行的呀噢呃唉哎吧了明白没错知道") | {
    *(
        "uh",
        "huh",
        "um",
        "mm",
        "mhm",
        "hmm",
        "hm",
        "yes",
        "yeah",
        "yep",
        "no",
        "oh",
        "ah",
        "okay",
        "ok",
        "right",
        "sure",
    ),
    *("i", "see", "really", "alright", "all", "good", "great", "thanks", "thank", "you"),
}
"""A turn of nothing but these words takes no floor."""


def interruptions(transcript: Transcript) -> list[tuple[int, int]]:
    """Pairs (customer turn, agent turn): the agent starts while the customer speaks, and is the one who goes on."""
    found = []
    customer = _taking_the_floor(transcript, SpeakerRole.CUSTOMER)
    for index, mine in _taking_the_floor(transcript, SpeakerRole.AGENT):
        for other, theirs in customer:
            cuts_in = theirs.start_s < mine.start_s < theirs.end_s - _MIN_OVERLAP_S
            if cuts_in and mine.end_s > theirs.end_s:
                found.append((other, index))
                break
    return found


def _taking_the_floor(transcript: Transcript, role: SpeakerRole) -> list[tuple[int, Span]]:
    """The turns of a role that are more than a back-channel, with their times."""
    return [
        (turn.index, span)
        for turn in transcript.turns
        if turn.role == role
        and (span := turn.span) is not None
        and not _BACK_CHANNEL.issuperset(words(transcript.folded[turn.index]))
    ]


def median_pace(transcript: Transcript, role: SpeakerRole, language: Language) -> float | None:
    """Words (zh: characters) a minute, the median over turns that say something; None without any."""
    least = _MIN_WORDS if language == "en" else 2 * _MIN_WORDS
    rates = []
    for index in transcript.turns_of((role,)):
        span = transcript.turns[index].span
        n = len(words(transcript.folded[index]))
        if span is not None and span.duration_s > 0 and n >= least:
            rates.append(60 * n / span.duration_s)
    return median(rates) if rates else None
