"""Speech against gold: error rates, roles, speakers. Counts, not percentages, so that calls add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

from qa.language import for_error_rate
from qa.model import Conversation, Language, SpeakerRole, Turn

PEOPLE = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)


@dataclass(frozen=True, slots=True)
class SpeechCounts:
    """Counts over one call or many; add them with ``+``. Units of text are words (en) or characters (zh)."""

    units: int = 0
    errors: int = 0
    """Substitutions, deletions and insertions against gold, all turns in order of their start, whoever spoke."""
    by_role_errors: int = 0
    """The same with each role's words compared to that role's gold (a word under the wrong role counts twice)."""
    role_words: int = 0
    role_words_right: int = 0
    calls: int = 0
    calls_roles_right: int = 0
    """Calls in which most words of the agent, and most of the customer, carry their role."""
    speech_s: float = 0.0
    missed_s: float = 0.0
    false_alarm_s: float = 0.0
    confusion_s: float = 0.0

    def __add__(self, other: Self) -> SpeechCounts:
        return SpeechCounts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @property
    def error_rate(self) -> float:
        return self.errors / self.units

    @property
    def by_role_error_rate(self) -> float:
        return self.by_role_errors / self.units

    @property
    def diarization_error_rate(self) -> float:
        """Missed, false and confused speech over true speech; no collar, overlap scored."""
        return (self.missed_s + self.false_alarm_s + self.confusion_s) / self.speech_s


def compare(found: Conversation, gold: Conversation, rttm: str) -> SpeechCounts:
    """How far a conversation is from gold; ``rttm`` holds the true speech by role."""
    language = gold.language or "en"
    errors, units = _errors(_text(gold.turns, language), _text(found.turns, language))
    by_role = sum(
        _errors(
            _text([t for t in gold.turns if t.role == role], language),
            _text([t for t in found.turns if t.role == role], language),
        )[0]
        for role in SpeakerRole
    )
    right = {role: _words_right(found, gold, role) for role in PEOPLE}
    missed, false_alarm, confusion, total = _diarization(found, rttm)
    return SpeechCounts(
        units=units,
        errors=errors,
        by_role_errors=by_role,
        role_words=sum(n for _, n in right.values()),
        role_words_right=sum(ok for ok, _ in right.values()),
        calls=1,
        calls_roles_right=int(all(2 * ok > n for ok, n in right.values() if n)),
        speech_s=total,
        missed_s=missed,
        false_alarm_s=false_alarm,
        confusion_s=confusion,
    )


def _text(turns: Sequence[Turn], language: Language) -> str:
    text = for_error_rate(" ".join(turn.text for turn in turns), language)
    return " ".join(text.replace(" ", "")) if language == "zh" else text


def _errors(gold: str, found: str) -> tuple[int, int]:
    import jiwer

    if not gold.strip():
        return len(found.split()), 0
    got = jiwer.process_words(gold, found)
    return got.substitutions + got.deletions + got.insertions, len(gold.split())


def _words_right(found: Conversation, gold: Conversation, role: SpeakerRole) -> tuple[int, int]:
    """Words heard while only this role was speaking, and how many of them carry it."""
    right = total = 0
    for turn in found.turns:
        for word in turn.words:
            middle_s = (word.start_s + word.end_s) / 2
            speaking = {t.role for t in gold.turns if t.span and t.span.start_s <= middle_s <= t.span.end_s}
            if speaking == {role}:
                total += 1
                right += turn.role == role
    return right, total


def _diarization(found: Conversation, rttm: str) -> tuple[float, float, float, float]:
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    reference, hypothesis = Annotation(), Annotation()
    for i, line in enumerate(rttm.splitlines()):
        _, _, _, start, seconds, _, _, name, *_ = line.split()
        reference[Segment(float(start), float(start) + float(seconds)), i] = name
    for turn in found.turns:
        for i, run in enumerate(_runs(turn)):
            hypothesis[run, f"{turn.index}-{i}"] = turn.speaker
    whole = Timeline([Segment(0.0, found.duration_s or reference.get_timeline().extent().end)])
    metric = DiarizationErrorRate(collar=0.0, skip_overlap=False)
    parts = metric(reference, hypothesis, uem=whole, detailed=True)
    return parts["missed detection"], parts["false alarm"], parts["confusion"], parts["total"]


def _runs(turn: Turn) -> list[object]:
    """A turn's stretches of speech: words less than a third of a second apart."""
    from pyannote.core import Segment

    runs: list[list[float]] = []
    for word in turn.words:
        if runs and word.start_s - runs[-1][1] < 0.33:
            runs[-1][1] = max(runs[-1][1], word.end_s)
        else:
            runs.append([word.start_s, max(word.end_s, word.start_s + 0.01)])
    return [Segment(start, end) for start, end in runs]
